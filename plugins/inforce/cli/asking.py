"""Commands that ask the record: what is wrong, what binds whom, what comes next, what changed; and our words."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inforce.cli.answering import AT_FAULT, count, print_json, told
from inforce.cli.arguments import ACCEPTED, MOMENT, json_option
from inforce.cli.project import at_the_door, lines, policy_of, record_of, resolved, settings_of

if TYPE_CHECKING:
    from inforce.adapters.clock import Door
    from inforce.core.record import PolicyRecord
    from inforce.core.timeline import Acceptance
    from inforce.formats.messages import Messages
    from inforce.workflows.settings import Settings


@click.command()
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

    door, settings = at_the_door(), settings_of(config_file)
    if settings.messages:
        _check_messages(settings)
    findings = find(settings, door, door.asked if as_if_posted == "now" else as_if_posted, lines())
    if as_json:
        print_json(check_answer(findings.problems))
    else:
        for problem in findings.problems:
            click.echo(problem, err=True)
    if findings.is_readable and not as_json:
        warnings = len(findings.problems) - findings.errors
        found = f"{count(findings.errors, 'error')}, {count(warnings, 'warning')}"
        there = f"{count(findings.policies, 'policy', 'policies')}, {count(findings.revisions, 'revision')} posted"
        click.echo(f"{there}, {count(len(findings.drafts), 'draft')}: {found}")
    return AT_FAULT if findings.errors else 0


@click.command()
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
    with record_of(config_file) as (record, door):
        known = policy_of(record, policy)
        zone, timeline = known.terms.zone, known.timeline
        instant = resolved(on, zone, door)
        asked_for: Audience | datetime
        if audience is not None:
            asked_for = Audience(audience)
            answer = timeline.on(asked_for, instant)
        elif joined is not None:
            asked_for = resolved(joined, zone, door)
            answer = timeline.binding(Person(asked_for, _acceptances(known, accepted, door)), instant)
        answered = which_answer(known, instant, answer, asked_for=asked_for)
    if as_json:
        print_json(answered)
    else:
        click.echo(which_words(answered))


@click.command()
@click.argument("policy")
@json_option
@click.pass_obj
@told
def history(config_file: Path | None, policy: str, as_json: bool) -> None:
    """List every revision of POLICY, in order of posting."""
    from inforce.formats.in_force_json import revision_entry

    with record_of(config_file) as (record, _):
        known = policy_of(record, policy)
        entries = [revision_entry(one, known) for one in known.timeline.revisions]
    if as_json:
        print_json(entries)
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


@click.command(name="next")
@json_option
@click.pass_obj
@told
def next_(config_file: Path | None, as_json: bool) -> None:
    """Tell the next instant at which the site changes by itself, so that a cron job can build it then.

    Prints nothing where nothing is scheduled.
    """
    from inforce.formats.answer_json import next_answer

    with record_of(config_file, as_known=False) as (record, door):
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
        print_json(answer)
    elif answer["next"]:
        click.echo(answer["next"])


@click.command()
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
    comparison = compare(old, new, lambda: settings_of(config_file), at_the_door, lines())
    if as_json or form == "json":
        print_json(redline_json(comparison))
    elif form == "html":
        click.echo(redline_page(comparison, _messages_of(comparison.language, config_file)), nl=False)
    else:
        write = redline_criticmarkup if form == "criticmarkup" else redline_text
        click.echo("\n".join(write(comparison)))


@click.command()
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


def _check_messages(settings: Settings) -> None:
    """Read the message files of the site, which says what is wrong with them."""
    from inforce.workflows.read_messages import languages_of

    languages_of(settings)


def _messages_of(language: str | None, config_file: Path | None) -> Messages:
    """The words of a language as the site has them; of none, where nothing is of the record, those in English."""
    from inforce.formats.messages import ENGLISH, messages_in
    from inforce.workflows.read_messages import languages_of

    if language is None:
        return messages_in(ENGLISH)
    return languages_of(settings_of(config_file)).messages_in(language)


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
    return tuple(Acceptance(one, resolved(moment, policy.terms.zone, door)) for one, moment in accepted)


def which_words(answer: dict[str, Any]) -> str:
    """What `which` answers, in words."""
    joined = answer.get("joined")
    who = answer.get("audience") or (f"who registered at {joined}" if joined else "who never registered")
    if answer["revision"] is None:
        return f"nothing binds {who} at {answer['on']}"
    verb = "binds" if answer["basis"] == "binds" else "is offered to"
    until = f" until {answer['until']}" if answer["until"] else ""
    return f"{answer['revision']} {verb} {who} at {answer['on']} (from {answer['from']}{until})"
