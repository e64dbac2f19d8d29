"""Commands about change notices: write their files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from inforce.cli.answering import count, print_json, told
from inforce.cli.arguments import MOMENT, json_option
from inforce.cli.project import at_the_door, lines, resolved, settings_of


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
