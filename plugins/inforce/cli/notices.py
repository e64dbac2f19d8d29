"""Commands about change notices: write their files, and tell people."""

from __future__ import annotations

import os
import re
import select
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inforce.cli.answering import AT_FAULT, count, print_json, told
from inforce.cli.arguments import MOMENT, json_option
from inforce.cli.project import at_the_door, lines, resolved, settings_of

if TYPE_CHECKING:
    from inforce.core.delivery import Trouble
    from inforce.workflows.notify_report import Report

_EVERY = re.compile(r"([1-9]\d{0,4})([smh])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@click.command(name="export-feed")
@click.option(
    "--at",
    type=MOMENT,
    default="now",
    metavar="INSTANT",
    help="As of a day (in UTC) or an instant; by default now.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default="feeds", metavar="DIR", help="The folder; feeds, if not said."
)
@json_option
@click.pass_obj
@told
def export_feed(config_file: Path | None, at: date | datetime | str, out: Path, as_json: bool) -> None:
    """Write the change notices without building the site: feeds, calendar, and what the notification job reads.

    They have the bytes that the site of that instant has. What else lies in the folder is left alone.
    """
    from inforce.workflows.export_notices import export_notices

    settings, door = settings_of(config_file), at_the_door()
    report = export_notices(settings, door, resolved(at, UTC, door), out, lines())
    if as_json:
        counts = {"files": report.files, "notices": report.notices, "told": report.told, "written": report.written}
        print_json({"out": str(out), **counts})
        return
    notices = f"{count(report.notices, 'notice')}, {report.told} told by then"
    click.echo(f"{out}: {notices}; {count(report.files, 'file')}, {report.written} written")


@click.command()
@click.option(
    "--settings",
    type=click.Path(path_type=Path),
    default="notify.yml",
    metavar="FILE",
    help="How the job is set up; notify.yml, if not said.",
)
@click.option("--dry-run", is_flag=True, help="Show who would get what; send nothing and note nothing.")
@click.option("--tell-what-is-due", is_flag=True, help="With a new ledger: tell what is due already, too.")
@click.option("--resend-doubtful", is_flag=True, help="Send again what is in doubt, with the same Message-ID.")
@click.option("--settle-doubtful", is_flag=True, help="What is in doubt arrived: take it as sent.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed for good or too often, and at once.")
@click.option("--list", "lists", is_flag=True, help="List every delivery that failed or is in doubt; send nothing.")
@click.option("--once", is_flag=True, help="Run once and end: for cron. So it is, if nothing is said.")
@click.option("--every", metavar="TIME", help="Run again and again, with such a pause: 30s, 5m, 1h.")
@click.option("--quiet", is_flag=True, help="Print nothing where all is well: for cron.")
@json_option
@told
def notify(  # noqa: PLR0913 - one argument for each option
    *,
    settings: Path,
    dry_run: bool,
    tell_what_is_due: bool,
    resend_doubtful: bool,
    settle_doubtful: bool,
    retry_failed: bool,
    lists: bool,
    once: bool,
    every: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Tell people of changes: pull a site's notices, and send each to whom it concerns, once.

    Exit status: 0, all is well; 1, something failed, is in doubt or raised an alarm; 2, the settings are at fault.
    """
    from inforce.core.errors import ConfigurationError, InforceError
    from inforce.workflows.notify import notify, read_notify_file, troubles
    from inforce.workflows.notify_report import How

    pause = _pause(every, once=once)
    how = How(tell_what_is_due, resend_doubtful, settle_doubtful, retry_failed, dry_run)
    said = read_notify_file(settings)
    if lists:
        _tell_troubles(troubles(said, settings.parent), as_json=as_json)
        return 0
    ending = _Ending()
    while True:
        status = AT_FAULT
        try:
            report = notify(said, settings.parent, lambda: datetime.now(UTC), ending.wait, how)
            status = _tell_report(report, as_json=as_json, is_quiet=quiet)
        except ConfigurationError:
            raise
        except InforceError as wrong:
            if pause is None:
                raise
            for problem in wrong.problems:
                click.echo(problem, err=True)
        if pause is None or ending.wait(pause):
            return status
        how = How(is_dry=dry_run)  # what was asked besides was asked once


class _Ending:
    """Whether the job was asked to end, by SIGTERM or Ctrl-C.

    Not an event of `threading`: a signal that comes while one is asked would wait for ever for the lock of that event.
    """

    def __init__(self) -> None:
        """Listen from now on."""
        self._asked, self._ask = os.pipe()
        os.set_blocking(self._ask, False)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._end)

    def _end(self, *_: object) -> None:
        with suppress(BlockingIOError):  # as full as that it says it all the same
            os.write(self._ask, b".")

    def wait(self, seconds: float) -> bool:
        """Wait for so long, or until it is asked; whether it was."""
        return bool(select.select([self._asked], [], [], seconds)[0])


def _pause(every: str | None, *, once: bool) -> int | None:
    if every is None:
        return None
    found = _EVERY.fullmatch(every)
    if found is None or once:
        what = "say --once or --every" if once else f"--every {every} is not understood: write 30s, 5m or 1h"
        raise click.UsageError(what)
    return int(found[1]) * _SECONDS[found[2]]


def _tell_report(report: Report, *, as_json: bool, is_quiet: bool) -> int:
    for problem in report.problems:
        click.echo(problem, err=True)
    numbers = ("notices", "seen", "told", "cancelled", "expired", "sent", "failed", "doubtful")
    if as_json:
        shown = [dict(zip(("notice", "channel", "to"), one, strict=True)) for one in report.shown]
        counts = {name: getattr(report, name) for name in numbers}
        print_json({**counts, "listed": list(map(asdict, report.listed)), "would_send": shown})
        return 0 if report.is_well else AT_FAULT
    for notice, channel, whom in report.shown:
        click.echo(f"would send by {channel}: {notice} to {whom}")
    for one in report.listed:
        click.echo(_line(one), err=True)
    if is_quiet and report.is_well:
        return 0
    click.echo(
        f"{count(report.notices, 'notice')}, {report.told} told, {report.seen} taken as seen,"
        f" {report.cancelled} cancelled, {report.expired} expired;"
        f" {report.sent} sent, {report.failed} failed, {report.doubtful} in doubt"
    )
    return 0 if report.is_well else AT_FAULT


def _tell_troubles(troubles: Sequence[Trouble], *, as_json: bool) -> None:
    if as_json:
        print_json({"listed": list(map(asdict, troubles))})
        return
    for one in troubles:
        click.echo(_line(one))
    click.echo(f"{count(len(troubles), 'delivery', 'deliveries')} failed or in doubt")


def _line(one: Trouble) -> str:
    how = f"{one.state}, tried again later" if one.is_tried_again else one.state
    return f"{one.channel}: {one.notice} to {one.to or 'everybody'}: {how}: {one.error}"
