"""The command `inforce`: the only code that prints and chooses exit statuses.

0: done, or the answer is good. 1: the record, the input or the thing checked is at fault. 2: the command line or the
configuration is at fault. Answers go to standard output and nothing else does; errors go to standard error in the
form `path:line: what is wrong`, and under it, indented, what to do.

Whatever is heavy is imported by the command that needs it: `inforce --help` answers at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

if TYPE_CHECKING:
    from inforce.adapters.clock import Door
    from inforce.core.record import PolicyRecord, Record
    from inforce.core.timeline import Acceptance
    from inforce.formats.messages import Messages
    from inforce.workflows.progress import Progress
    from inforce.workflows.settings import Settings

P = ParamSpec("P")
_AT_FAULT, _MISUSED = 1, 2


class Moment(click.ParamType[Any]):
    """A day, which means its first instant in the policy's time zone, or an instant; `now` is the clock's."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime | str:
        """Read `2018-05-10`, `2018-05-10T09:00:00+09:00` or `now`."""
        from inforce.core.instant import parse_date, parse_instant

        if not isinstance(value, str) or value == "now":
            return value  # type: ignore[no-any-return]
        try:
            moment = parse_date(value) or parse_instant(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        if moment is None:
            self.fail(f"{value!r} is no day (2018-05-10) and no instant (2018-05-10T09:00:00+09:00)", param, ctx)
        return moment


class AcceptedRevision(click.ParamType[Any]):
    """A revision and the moment at which it was accepted, `REVISION@INSTANT`."""

    name = "revision@instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read `2018-04-10@2018-04-20T12:00:00+09:00`."""
        if not isinstance(value, str):
            return value
        revision, sign, moment = value.partition("@")
        if not sign or not revision:
            self.fail(f"{value!r} is not of the form REVISION@INSTANT", param, ctx)
        return revision, Moment().convert(moment, param, ctx)


class Fingerprint(click.ParamType[str]):
    """The SHA-256 of a certificate, in hexadecimal; colons, capitals and `…=` before it are openssl's."""

    name = "sha256"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read `AB:CD:…` or `abcd…`."""
        digits = str(value).rpartition("=")[2].strip().replace(":", "").lower()
        if digits and re.fullmatch("[0-9a-f]{64}", digits) is None:
            self.fail(f"{value!r} is no fingerprint: 64 hexadecimal digits, with or without colons", param, ctx)
        return digits


MOMENT, ACCEPTED = Moment(), AcceptedRevision()
FINGERPRINT = Fingerprint()
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def told(command: Callable[P, int | None]) -> Callable[P, None]:
    """Run a command; tell its errors on standard error, and exit with the status that fits them."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from inforce.core.errors import ConfigurationError, InforceError

        try:
            status = command(*args, **kwargs) or 0
        except InforceError as wrong:
            for problem in wrong.problems:
                click.echo(problem, err=True)
            status = _MISUSED if isinstance(wrong, ConfigurationError) else _AT_FAULT
        sys.exit(status)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="inforce", message="%(prog)s %(version)s")
@click.option(
    "-f",
    "--config-file",
    type=click.Path(path_type=Path),
    help="mkdocs.yml; by default the nearest one, from this folder upwards.",
)
@click.pass_context
def main(context: click.Context, config_file: Path | None) -> None:
    """Which text of a policy binds whom, from when: asked of the record in git.

    A day (2018-05-10) means its first instant in the policy's time zone; an instant has an offset
    (2018-05-10T09:00:00+09:00). Exit status: 0, done or good; 1, the record or the input is at fault;
    2, the command line or the configuration is.
    """
    context.obj = config_file


@main.command()
@click.option(
    "--as-if-posted",
    type=MOMENT,
    metavar="INSTANT",
    help="Judge the drafts as if they were posted then (a day, an instant, or `now`): their faults are errors.",
)
@json_option
@click.pass_obj
@told
def check(config_file: Path | None, as_if_posted: Any, as_json: bool) -> int:
    """Tell every problem and warning of the record.

    Problems are told on standard error; exits 1 if any of them is an error. Drafts are not published, so that what is
    wrong with one is a warning, unless --as-if-posted is given.
    """
    from inforce.formats.answer_json import check_answer
    from inforce.workflows.check import check as find

    door, settings = _door(), _settings(config_file)
    if settings.messages:
        _check_messages(settings)
    findings = find(settings, door, door.asked if as_if_posted == "now" else as_if_posted, _progress())
    if as_json:
        _print_json(check_answer(findings.problems))
    else:
        for problem in findings.problems:
            click.echo(problem, err=True)
    if findings.is_readable and not as_json:
        warnings = len(findings.problems) - findings.errors
        found = f"{_count(findings.errors, 'error')}, {_count(warnings, 'warning')}"
        there = f"{_count(findings.policies, 'policy', 'policies')}, {_count(findings.revisions, 'revision')} posted"
        click.echo(f"{there}, {_count(len(findings.drafts), 'draft')}: {found}")
    return _AT_FAULT if findings.errors else 0


@main.command()
@click.argument("policy")
@click.option("--on", type=MOMENT, required=True, metavar="INSTANT", help="The day or instant that is asked about.")
@click.option("--audience", type=click.Choice(["current_users", "new_users"]), help="Ask for a whole audience.")
@click.option("--joined", type=MOMENT, metavar="INSTANT", help="Ask for a person who registered then.")
@click.option(
    "--accepted",
    type=ACCEPTED,
    multiple=True,
    metavar="REVISION@INSTANT",
    help="What that person accepted, and when. May be given more than once.",
)
@json_option
@click.pass_obj
@told
def which(  # noqa: PLR0913, PLR0917 - one parameter for each option
    config_file: Path | None,
    policy: str,
    on: date | datetime | str,
    audience: str | None,
    joined: date | datetime | str | None,
    accepted: tuple[tuple[str, date | datetime | str], ...],
    as_json: bool,
) -> None:
    """Tell which revision of POLICY bound whom at an instant, from when until when.

    Ask for an audience or for a person:

    \b
      inforce which privacy-policy --on 2018-05-09 --audience current_users
      inforce which privacy-policy --on 2018-05-10 --joined 2018-04-20 --accepted 2018-04-10@2018-04-20
    """
    from inforce.core.effect import Audience
    from inforce.core.timeline import Person
    from inforce.formats.answer_json import which_answer

    if (audience is None) == (joined is None):
        raise click.UsageError("say either --audience or --joined: for whom do you ask?")
    if audience is not None and accepted:
        raise click.UsageError("--accepted belongs to a person: give --joined, and leave out --audience.")
    with _record(config_file) as (record, door):
        known = _policy(record, policy)
        zone, timeline = known.terms.zone, known.timeline
        instant = _resolved(on, zone, door)
        asked_for: Audience | datetime
        if audience is not None:
            asked_for = Audience(audience)
            answer = timeline.on(asked_for, instant)
        elif joined is not None:
            asked_for = _resolved(joined, zone, door)
            answer = timeline.binding(Person(asked_for, _acceptances(known, accepted, door)), instant)
        answered = which_answer(known, instant, answer, asked_for=asked_for)
    if as_json:
        _print_json(answered)
    else:
        click.echo(_which_words(answered))


@main.command()
@click.argument("policy")
@json_option
@click.pass_obj
@told
def history(config_file: Path | None, policy: str, as_json: bool) -> None:
    """List every revision of POLICY, in order of posting."""
    from inforce.formats.in_force_json import revision_entry

    with _record(config_file) as (record, _):
        known = _policy(record, policy)
        entries = [revision_entry(one, known) for one in known.timeline.revisions]
    if as_json:
        _print_json(entries)
        return
    for entry in entries:
        click.echo(f"{entry['revision']}: {entry['change'] or 'first revision'}")
        how = entry["posting"].get("source") or f"commit {entry['posting']['commit'][:12]}"
        click.echo(f"  posted {entry['posted']} ({entry['posting']['kind']}: {how})")
        for audience, effect in entry["effective"].items():
            start = f": {effect['from']}" if effect["from"] else ""
            click.echo(f"  {audience}: {effect['rule']}{start}")
        for key in ("corrects", "overtakes", "keeps"):
            if key in entry:
                click.echo(f"  {key}: {entry[key] if key == 'corrects' else ', '.join(entry[key])}")
        for sentence in entry["summary"]:
            click.echo(f"  - {sentence}")


@main.command(name="next")
@json_option
@click.pass_obj
@told
def next_(config_file: Path | None, as_json: bool) -> None:
    """Tell the next instant at which the site changes by itself, so that a cron job can build it then.

    Prints nothing where nothing is scheduled.
    """
    from inforce.formats.answer_json import next_answer

    with _record(config_file, as_known=False) as (record, door):
        changes = {one.slug: one.timeline.next_change(door.asked) for one in record.policies}
        instant = min((one for one in changes.values() if one is not None), default=None)
        concerned = [
            (one, revision.name)
            for one in record.policies
            if instant is not None and changes[one.slug] == instant
            for revision in one.revisions
            if instant in (revision.posted, *(one.timeline.start(revision.name, who) for who in revision.effects))
        ]
        zone: tzinfo = concerned[0][0].terms.zone if concerned else UTC
        answer = next_answer(instant, zone, [(one.slug, name) for one, name in concerned])
    if as_json:
        _print_json(answer)
    elif answer["next"]:
        click.echo(answer["next"])


@main.command()
@click.argument("policy")
@click.option("--name", help="The revision's name; by default today's date in the policy's time zone.")
@click.pass_obj
@told
def new(config_file: Path | None, policy: str, name: str | None) -> None:
    """Begin a draft for POLICY: the newest revision's text under a new front matter."""
    from inforce.core.address import near_slug, slug_fault
    from inforce.workflows.new_draft import new_draft

    if name is not None and (fault := slug_fault(name, "revision")):
        raise click.BadParameter(f"{fault}. Try {near_slug(name)}.", param_hint="--name")
    settings = _settings(config_file)
    path = new_draft(settings, _door(), policy, name, _progress())
    click.echo(path.relative_to(settings.folder).as_posix())


@main.command(name="import")
@click.argument("repository", metavar="REPO", type=click.Path(path_type=Path))
@click.argument("path", required=False)
@click.option("--policy", metavar="SLUG", help="The name of the policy, with PATH.")
@click.option("--all", "pattern", metavar="GLOB", help="Import every file that GLOB means as a policy each.")
@click.option("--title", help="The policy's title; by default the newest text's heading.")
@click.option("--language", metavar="TAG", help="The texts' language; by default en.")
@click.option("--time-zone", metavar="NAME", help="The policy's time zone; by default UTC.")
@click.option("--branch", "ref", metavar="REF", help="A branch, tag or commit of REPO; by default its HEAD.")
@click.option("--source-name", metavar="NAME", help="What sources call REPO; by default the name of its folder.")
@click.option("--encoding", metavar="NAME", help="The encoding of texts that are not UTF-8.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
@json_option
@click.pass_obj
@told
def import_(config_file: Path | None, /, *, dry_run: bool, as_json: bool, **asked: Any) -> None:
    """Write a policy folder from the history of a Markdown file in another repository.

    \b
      inforce import ../site-policy Policies/privacy.md --policy privacy-policy
      inforce import ../site-policy --all 'Policies/**/*.md'

    Each commit that changed the text becomes a stated revision. Nothing is committed. Running it again adds what is
    new.
    """
    from inforce.core.address import near_slug, slug_fault
    from inforce.formats.import_json import import_answer
    from inforce.formats.import_words import import_words
    from inforce.workflows.import_history import Request, import_history

    policy, pattern = asked["policy"], asked["pattern"]
    if (asked["path"] is None) == (pattern is None):
        raise click.UsageError("say either PATH, for one file, or --all GLOB.")
    if pattern is None and policy is None:
        raise click.UsageError("say --policy SLUG: what is the policy called?")
    if pattern is not None and policy is not None:
        raise click.UsageError("with --all, policies are named by their paths: leave out --policy.")
    if pattern is not None and asked["title"] is not None:
        raise click.UsageError("with --all, each policy has its own title: leave out --title.")
    if policy is not None and (fault := slug_fault(policy, "policy")):
        raise click.BadParameter(f"{fault}. Try {near_slug(policy)}.", param_hint="--policy")
    report = import_history(_settings(config_file), _door(), Request(**asked, is_dry_run=dry_run), _progress())
    if as_json:
        _print_json(import_answer(report))
    else:
        click.echo("\n".join(import_words(report)))


@main.command(name="export-pdfs")
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

    settings = _settings(config_file)
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
            report = export_archive(settings, _door(), request, _ask, progress)
    else:
        report = Report(where="", is_test=False, is_dry_run=dry_run, kept=0)
    if as_json:
        _print_json(export_answer(report))
    else:
        click.echo("\n".join(export_words(report)))
    for problem in report.problems:
        click.echo(problem, err=True)
    return _AT_FAULT if report.problems else 0


@main.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json", "criticmarkup"]),
    help="How the redline is written; text, if nothing is said.",
)
@json_option
@click.pass_obj
@told
def redline(config_file: Path | None, old: str, new: str, form: str | None, as_json: bool) -> None:
    """Tell what changed between two texts, clause by clause and word by word.

    OLD and NEW are files, or posted revisions:

    \b
      inforce redline privacy-policy/2014-03-01 privacy-policy/2018-04-10
      inforce redline privacy-policy/2018-04-10 draft.md
    """
    from inforce.formats.redline.criticmarkup import redline_criticmarkup
    from inforce.formats.redline.json import redline_json
    from inforce.formats.redline.page import redline_page
    from inforce.formats.redline.text import redline_text
    from inforce.workflows.compare import compare

    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} are two answers: leave out one of them.")
    comparison = compare(old, new, lambda: _settings(config_file), _door, _progress())
    if as_json or form == "json":
        _print_json(redline_json(comparison))
    elif form == "html":
        click.echo(redline_page(comparison, _messages_of(comparison.language, config_file)), nl=False)
    else:
        write = redline_criticmarkup if form == "criticmarkup" else redline_text
        click.echo("\n".join(write(comparison)))


@contextmanager
def _record(config_file: Path | None, *, as_known: bool = True) -> Iterator[tuple[Record, Door]]:
    """The record without errors, as known at the door's instant; `as_known=False`: with what is posted after it."""
    from inforce.core.errors import RecordError
    from inforce.workflows.read_record import opened

    door = _door()
    with opened(_settings(config_file), door, _progress()) as source:
        if source.record.errors:
            raise RecordError(source.record.errors)
        yield (source.record.as_of(door.asked) if as_known else source.record), door


@main.command()
@click.argument("places", metavar="FILE|FOLDER|ZIP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--trust", metavar="CERT|SHA256", default="", help="Whom you trust: a file of certificates, or a fingerprint."
)
@click.option("--site", metavar="ADDRESS", default="", help="A site, or its folder: what it publishes of its signer.")
@click.option("--record", metavar="REPO", type=click.Path(path_type=Path), help="The repository with the record.")
@click.option("--branch", metavar="NAME", default="main", help="The published branch of REPO; by default main.")
@click.option("--on", type=MOMENT, metavar="INSTANT", help="Check as if it were that day or instant.")
@json_option
@click.pass_obj
@told
def verify(  # noqa: PLR0913 - one parameter for each option
    config_file: Path | None,
    /,
    *,
    places: tuple[Path, ...],
    trust: str,
    site: str,
    record: Path | None,
    branch: str,
    on: date | datetime | str | None,
    as_json: bool,
) -> int:
    """Check signed PDFs: authentic, test-signed, altered, or one cannot tell.

    \b
      inforce verify privacy-policy-2018-04-10.pdf --trust publisher.pem
      inforce verify privacy-policy-archive.zip --site https://policies.example --record ../policies

    Exits 0 only if everything is authentic. Needs no mkdocs.yml: say whom to trust, for no archive vouches for itself.
    """
    from inforce.core.verdict import Verdict, worst
    from inforce.formats.verdict_json import verdict_json
    from inforce.formats.verdict_words import summary_words, verdict_words
    from inforce.workflows.verify_copies import Request, verify_copies

    door = _door()
    archive = None if trust or site else _archive_here(config_file)
    instant = door.latest if on is None else _resolved(on, UTC, door)
    request = Request(places, instant, trust, site, archive, record, branch)
    checked = []
    progress = _progress() if sys.stderr.isatty() else None
    for place, found in verify_copies(request, door, progress):
        checked.append((place, found) if as_json else (place, replace(found, reasons=())))
        if not as_json:
            click.echo("\n".join(verdict_words(place, found)))
    if as_json:
        _print_json(verdict_json(checked))
    else:
        click.echo(summary_words(one.verdict for _, one in checked))
    return 0 if worst(one.verdict for _, one in checked) is Verdict.AUTHENTIC else _AT_FAULT


@main.command()
@click.argument("language", default="en")
@told
def messages(language: str) -> None:
    """Print the words of the pages in a LANGUAGE, the message file that comes with us: `en` or `ko`.

    For a translation into another language, or words of your own: see the option `messages` of the plugin.
    """
    from inforce.core.errors import ConfigurationError, Problem
    from inforce.formats.messages import languages, message_file

    if language not in languages():
        what = f"no message file for `{language}` comes with us"
        known = ", ".join(sorted(languages()))
        raise ConfigurationError([Problem("LANGUAGE", what, f"begin with one of these: {known}")])
    click.echo(message_file(language), nl=False)


def _messages_of(language: str | None, config_file: Path | None) -> Messages:
    """The words of a language as the site has them; of none, where nothing is of the record, those in English."""
    from inforce.formats.messages import ENGLISH, messages_in
    from inforce.workflows.read_messages import languages_of

    if language is None:
        return messages_in(ENGLISH)
    return languages_of(_settings(config_file)).messages_in(language)


def _settings(config_file: Path | None) -> Settings:
    from inforce.mkdocs_plugin.config import read_settings

    return read_settings(config_file or _nearest_config())


def _nearest_config() -> Path:
    """The mkdocs.yml of this folder or the nearest one above; where there is none, the one that would be here."""
    here = Path.cwd()
    places = [folder / "mkdocs.yml" for folder in (here, *here.parents)]
    return next((place for place in places if place.is_file()), places[0])


def _archive_here(config_file: Path | None) -> Path | None:
    """The archive of the project in which this is asked, if there is one on this machine."""
    from inforce.core.archive import MANIFEST
    from inforce.core.errors import InforceError

    if config_file is None and not _nearest_config().is_file():
        return None
    try:
        settings = _settings(config_file)
    except InforceError:
        return None
    folder = settings.folder / settings.archive
    return folder if settings.archive and "://" not in settings.archive and (folder / MANIFEST).is_file() else None


def _check_messages(settings: Settings) -> None:
    """Read the message files of the site, which says what is wrong with them."""
    from inforce.workflows.read_messages import languages_of

    languages_of(settings)


def _progress() -> Progress:
    from inforce.workflows.progress import Progress

    return Progress(lambda line: click.echo(line, err=True))


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
        yield bar or _progress()
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


def _door() -> Door:
    from inforce.adapters.clock import read_clock

    return read_clock()


def _policy(record: Record, slug: str) -> PolicyRecord:
    from inforce.workflows.new_draft import find_policy

    return find_policy(record, slug)


def _resolved(moment: date | datetime | str, zone: tzinfo, door: Door) -> datetime:
    from inforce.core.instant import first_instant

    if isinstance(moment, str):
        return door.asked
    return moment if isinstance(moment, datetime) else first_instant(moment, zone)


def _acceptances(
    policy: PolicyRecord, accepted: tuple[tuple[str, date | datetime | str], ...], door: Door
) -> tuple[Acceptance, ...]:
    from inforce.core.errors import did_you_mean
    from inforce.core.timeline import Acceptance

    names = [one.name for one in policy.revisions]
    for revision, _ in accepted:
        if revision not in names:
            hint = did_you_mean(revision, names)
            raise click.BadParameter(
                f"{policy.slug} has no posted revision {revision!r}{hint}", param_hint="--accepted"
            )
    return tuple(Acceptance(one, _resolved(moment, policy.terms.zone, door)) for one, moment in accepted)


def _which_words(answer: dict[str, Any]) -> str:
    who = answer.get("audience") or f"who registered at {answer['joined']}"
    if answer["revision"] is None:
        return f"nothing binds {who} at {answer['on']}"
    verb = "binds" if answer["basis"] == "binds" else "is offered to"
    until = f" until {answer['until']}" if answer["until"] else ""
    return f"{answer['revision']} {verb} {who} at {answer['on']} (from {answer['from']}{until})"


def _print_json(value: Any) -> None:
    from inforce.formats.json_text import to_json

    click.echo(to_json(value), nl=False)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


if __name__ == "__main__":
    main()
