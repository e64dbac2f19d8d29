"""Commands about signed PDFs: export them, and check copies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inforce.cli.answering import AT_FAULT, print_json, told
from inforce.cli.arguments import FINGERPRINT, MOMENT, json_option
from inforce.cli.project import at_the_door, lines, nearest_config, resolved, settings_of

if TYPE_CHECKING:
    from inforce.adapters.clock import Door
    from inforce.core.verdict import Checked
    from inforce.workflows.progress import Progress
    from inforce.workflows.settings import Settings


@click.command(name="export-pdfs")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and write nothing.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="How many processes render; all, if not said.")
@click.option(
    "--executor",
    default="processes",
    metavar="NAME",
    help="Where PDFs are rendered: `processes`, on this machine, or `dask:ADDRESS`, on a Dask cluster.",
)
@click.option(
    "--allow-lower-level",
    is_flag=True,
    help="Where the level of signatures cannot be reached, take a lower one, which the manifest tells.",
)
@click.option("--upgrade", is_flag=True, help="Add an archive timestamp to each file that is there.")
@click.option("--no-wait", is_flag=True, help="If another export is at work on the archive, say so and end.")
@click.option(
    "--earlier-signer",
    type=FINGERPRINT,
    default="",
    metavar="SHA256",
    help="The fingerprint of a certificate with which the archive's manifest was signed before the present one.",
)
@click.option("--new-archive", is_flag=True, help="Begin anew on purpose, though there was an archive, or more in it.")
@json_option
@click.pass_obj
@told
def export_pdfs(  # noqa: PLR0913 - one parameter for each option
    config_file: Path | None,
    /,
    *,
    dry_run: bool,
    jobs: int | None,
    executor: str,
    allow_lower_level: bool,
    upgrade: bool,
    no_wait: bool,
    earlier_signer: str,
    new_archive: bool,
    as_json: bool,
) -> int:
    """Put every posted revision that the archive lacks into it, as a signed PDF.

    What is in the archive is never signed again. Without a key in the options, a throw-away one signs, into the folder
    test-signed/. Killed at any instant, it goes on when it is run again.
    """
    from inforce.core.archiving import Report, Request
    from inforce.formats.export_words import export_answer, export_words
    from inforce.workflows.export_archive import export_archive

    settings = settings_of(config_file)
    if executor != "processes" and not executor.startswith("dask:"):
        raise click.BadParameter(f"{executor!r} is neither `processes` nor `dask:ADDRESS`", param_hint="--executor")
    request = Request(
        is_dry_run=dry_run,
        jobs=jobs or settings.workers,
        executor=executor,
        allow_lower_level=allow_lower_level,
        with_upgrade=upgrade,
        is_waiting=not no_wait,
        earlier_signer=earlier_signer,
        is_new_archive=new_archive,
    )
    if settings.archive and settings.signing is None:
        click.echo("warning: no key is named (option `signing`): a throw-away key signs, for nobody", err=True)
    if settings.archive:
        with _bar() as progress:
            report = export_archive(settings, at_the_door(), request, _ask, progress)
    else:
        report = Report(where="", is_test=False, is_dry_run=dry_run, kept=0)
    if as_json:
        print_json(export_answer(report))
    else:
        click.echo("\n".join(export_words(report)))
    for problem in report.problems:
        click.echo(problem, err=True)
    return AT_FAULT if report.problems else 0


@click.command()
@click.argument("places", metavar="FILE|FOLDER|ZIP|RECEIPT...", nargs=-1, required=True)
@click.option(
    "--trust", metavar="CERT|SHA256", default="", help="Whom you trust: a file of certificates, or a fingerprint."
)
@click.option("--site", metavar="ADDRESS", default="", help="A site, or its folder: what it publishes of its signer.")
@click.option("--record", metavar="REPO", type=click.Path(path_type=Path), help="The repository with the record.")
@click.option("--branch", metavar="NAME", default="main", help="The published branch of REPO; by default main.")
@click.option(
    "--keys",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="For receipts: the register's public keys; this project's, if not said.",
)
@click.option("--on", type=MOMENT, metavar="INSTANT", help="Check as if it were that day or instant.")
@json_option
@click.pass_obj
@told
def verify(  # noqa: PLR0913 - one parameter for each option
    config_file: Path | None,
    /,
    *,
    places: tuple[str, ...],
    trust: str,
    site: str,
    record: Path | None,
    branch: str,
    keys: Path | None,
    on: date | datetime | str | None,
    as_json: bool,
) -> int:
    """Check signed PDFs and receipts of acceptances: authentic, test-signed, altered, or one cannot tell.

    \b
      inforce verify privacy-policy-2018-04-10.pdf --trust publisher.pem
      inforce verify privacy-policy-archive.zip --site https://policies.example --record ../policies
      inforce verify receipt.jws --keys keys.json --record ../policies

    A receipt is a file (or some, on lines of their own), the text itself, or the address of the page that shows it.
    It is held against the record of
    REPO, or of the project in which this is asked.

    Exits 0 only if everything is authentic. Needs no mkdocs.yml: say whom to trust, for no archive vouches for itself.
    """
    from inforce.core.verdict import Verdict, worst
    from inforce.formats.verdict_json import verdict_json
    from inforce.formats.verdict_words import summary_words, verdict_words
    from inforce.workflows.acceptance.check_receipt import receipts_at
    from inforce.workflows.verify_copies import Request, verify_copies

    door = at_the_door()
    found = {place: receipts_at(place) for place in places}
    receipts = [one for of_place in found.values() for one in of_place.items()]
    copies = tuple(Path(place) for place in places if not found[place])
    archive = None if trust or site else _archive_here(config_file)
    instant = door.latest if on is None else resolved(on, UTC, door)
    request = Request(copies, instant, trust, site, archive, record, branch)
    checked = []
    progress = lines() if sys.stderr.isatty() else None
    found_receipts = _receipts(config_file, receipts, instant, keys, record, branch, door) if receipts else ()
    for place, one in chain(found_receipts, verify_copies(request, door, progress) if copies else ()):
        checked.append((place, one) if as_json else (place, replace(one, reasons=())))
        if not as_json:
            click.echo("\n".join(verdict_words(place, one)))
    if as_json:
        print_json(verdict_json(checked))
    else:
        click.echo(summary_words(one.verdict for _, one in checked))
    return 0 if worst(one.verdict for _, one in checked) is Verdict.AUTHENTIC else AT_FAULT


def _receipts(  # noqa: PLR0913, PLR0917 - what was said on the command line
    config_file: Path | None,
    receipts: list[tuple[str, str]],
    on: datetime,
    keys: Path | None,
    record: Path | None,
    branch: str,
    door: Door,
) -> Iterator[tuple[str, Checked]]:
    """Check receipts: by keys and a record that were said, or those of the project in which this is asked."""
    from inforce.workflows.acceptance.check_receipt import Request, check_receipts, key_set_here
    from inforce.workflows.settings import Settings

    here = _settings_here(config_file) if keys is None or record is None else None
    against = here if record is None else Settings(record, branch)
    keys = key_set_here(here) if keys is None and here is not None else keys
    return check_receipts(receipts, Request(on, keys, against), door)


def _settings_here(config_file: Path | None) -> Settings | None:
    """The options of the project in which something is asked, if there is one."""
    from inforce.core.errors import InforceError

    if config_file is None and not nearest_config().is_file():
        return None
    try:
        return settings_of(config_file)
    except InforceError:
        return None


def _archive_here(config_file: Path | None) -> Path | None:
    """The archive of the project in which this is asked, if there is one on this machine."""
    from inforce.core.archive import MANIFEST

    settings = _settings_here(config_file)
    if settings is None:
        return None
    folder = settings.folder / settings.archive
    return folder if settings.archive and "://" not in settings.archive and (folder / MANIFEST).is_file() else None


@contextmanager
def _bar() -> Iterator[Progress]:
    """Progress as a bar with an estimate, where somebody looks; else as lines. Ctrl-C is told as an error."""
    from inforce.core.errors import Problem, RecordError
    from inforce.workflows.progress import Progress

    class Bar(Progress):
        """A bar for what is counted beforehand."""

        _bar: Any = None

        def expect(self, count: int) -> None:
            self.end()
            super().expect(count)
            self._bar = click.progressbar(length=count, label="PDFs", file=sys.stderr, show_pos=True)
            self._bar.render_progress()

        def step(self, doing: str, count: int = 1) -> None:
            if self._expected:
                self._bar.update(count)
            else:
                super().step(doing, count)

        def end(self) -> None:
            """Leave the bar as it is, and give the cursor back."""
            if self._bar is not None:
                self._bar.render_finish()
                self._bar = None

    bar = Bar(lambda line: click.echo(line, err=True)) if sys.stderr.isatty() else None
    try:
        yield bar or lines()
    except KeyboardInterrupt:
        todo = "what was signed is kept: run it again, and it goes on from there"
        raise RecordError([Problem("export-pdfs", "interrupted", todo)]) from None
    finally:
        if bar is not None:
            bar.end()


def _ask(prompt: str) -> str:
    """What somebody types, unseen; "" where there is nobody."""
    if not sys.stdin.isatty():
        return ""
    return str(click.prompt(prompt, hide_input=True, default="", show_default=False, err=True))
