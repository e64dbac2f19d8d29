"""Commands about acceptances: keys, what a register answers, what it proves, whether it is as it was written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inforce.cli.answering import AT_FAULT, count, print_json, told
from inforce.cli.arguments import MOMENT, json_option
from inforce.cli.asking import which_words
from inforce.cli.project import at_the_door, nearest_config, policy_of, record_of, resolved, settings_of

if TYPE_CHECKING:
    from inforce.adapters.acceptance.register_store import Register
    from inforce.core.acceptance_settings import AcceptanceSettings
    from inforce.core.errors import Problem

_MOST_TOLD = 100

settings_option = click.option(
    "--settings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="How the register is set up; acceptances.yml beside mkdocs.yml, if not said.",
)
_subject_option = click.option("--subject", required=True, metavar="ID", help="The person, by the application's id.")


@click.group()
def acceptances() -> None:
    """Ask the register of acceptances: what binds whom, who accepted a text, who has still to answer; and prove it."""


@acceptances.command(name="new-key")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The private key's file.")
@click.option("--jwks", type=click.Path(path_type=Path), metavar="FILE", help="Add the public key to this key set.")
@click.option(
    "--type", "kind", type=click.Choice(["ed25519", "es256"]), default="ed25519", help="ed25519, if not said."
)
@json_option
@told
def new_key(out: Path, jwks: Path | None, kind: str, as_json: bool) -> None:
    """Make a key that signs receipts and heads.

    The private key is written into a new file that nobody else may read, the public one into the key set that the site
    publishes. A key that is replaced stays in the key set: what it signed is to be checked for ever.
    """
    from inforce.workflows.acceptance.new_key import new_key

    kid = new_key(kind, out, jwks)
    if as_json:
        print_json({"jwks": None if jwks is None else str(jwks), "kid": kid, "private": str(out)})
        return
    click.echo(f"{out}: has the private key; its public name (kid) is {kid}")
    if jwks is not None:
        click.echo(f"{jwks}: has its public key")


@acceptances.command()
@_subject_option
@click.option("--policy", metavar="POLICY", help="Of this policy; of all, if not said.")
@click.option("--on", type=MOMENT, required=True, metavar="INSTANT", help="The day or instant that is asked about.")
@settings_option
@json_option
@click.pass_obj
@told
def binding(  # noqa: PLR0913, PLR0917 - one parameter for each option
    config_file: Path | None,
    subject: str,
    policy: str | None,
    on: date | datetime | str,
    settings: Path | None,
    as_json: bool,
) -> None:
    """Tell which revision bound a person at an instant: `inforce which`, of what the register has of them."""
    from inforce.formats.answer_json import which_answer
    from inforce.workflows.acceptance.questions import binding

    with _register(config_file, settings) as register, record_of(config_file) as (record, door):
        policies = record.policies if policy is None else (policy_of(record, policy),)
        answers = []
        for one in binding(register, subject, policies, lambda each: resolved(on, each.terms.zone, door)):
            joined = None if one.person is None else one.person.joined
            answers.append(which_answer(one.policy, one.on, one.answer, asked_for=joined))
    if as_json:
        print_json(answers if policy is None else answers[0])
        return
    for answer in answers:
        click.echo(f"{answer['policy']}: {which_words(answer)}")


@acceptances.command()
@click.argument("policy")
@click.option("--revision", required=True, metavar="REVISION", help="The text that was shown.")
@settings_option
@json_option
@click.pass_obj
@told
def who(config_file: Path | None, policy: str, revision: str, settings: Path | None, as_json: bool) -> None:
    """List who answered a revision of POLICY, with what each of them said last; JSON has an object on each line."""
    from inforce.formats.acceptance.answers_json import who_answer
    from inforce.formats.acceptance.row_json import canonical
    from inforce.workflows.acceptance.questions import answered

    with _register(config_file, settings) as register, record_of(config_file) as (record, _):
        known = policy_of(record, policy)
        _check_revision([one.name for one in known.revisions], policy, revision)
        for row in answered(register, known, revision):
            one = who_answer(row, known.terms.zone)
            line = f"{one['subject']} {one['decision']} at {one['instant']} (row {one['number']})"
            click.echo(canonical(one) if as_json else line)


@acceptances.command()
@click.argument("policy")
@click.option(
    "--members",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of these: a CSV file with columns subject and registered. Of whom the register knows, if not said.",
)
@settings_option
@json_option
@click.pass_obj
@told
def pending(config_file: Path | None, policy: str, members: Path | None, settings: Path | None, as_json: bool) -> int:
    """List who has not yet answered what is asked of them now; JSON has an object on each line."""
    from inforce.adapters.acceptance.members_file import read_members
    from inforce.formats.acceptance.answers_json import pending_answer
    from inforce.formats.acceptance.row_json import canonical
    from inforce.workflows.acceptance.questions import pending

    faulty: list[int] = []

    def tell(problem: Problem) -> None:
        faulty.append(problem.line or 0)
        click.echo(problem, err=True)

    with _register(config_file, settings) as register, record_of(config_file) as (record, door):
        known = policy_of(record, policy)
        listed = None if members is None else read_members(members, tell)
        for one in pending(register, known, door.asked, listed):
            answer = pending_answer(known, one.subject, one.asked)
            until = f" by {answer['accept_by']}" if answer["accept_by"] else ""
            line = f"{one.subject} is asked to accept {answer['revision']}{until} ({answer['reason']})"
            click.echo(canonical(answer) if as_json else line)
    return AT_FAULT if faulty else 0


@acceptances.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Into this file, whole or not at all.")
@click.pass_obj
@settings_option
@told
def export(config_file: Path | None, out: Path | None, settings: Path | None) -> None:
    """Write every row, one on each line (JSON Lines), just as its digest covers it."""
    from inforce.workflows.acceptance.export import export

    with _register(config_file, settings) as register:
        if out is None:
            for line in export(register):
                sys.stdout.buffer.write(line)
        else:
            from inforce.workflows.acceptance.export import export_to

            click.echo(f"{out}: {count(export_to(register, out), 'row')}")


@acceptances.command()
@click.option(
    "--head",
    "heads",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="A file with signed heads that were kept elsewhere. May be given more than once.",
)
@click.option("--receipts", is_flag=True, help="Check the signature of every receipt, too: that takes longer.")
@settings_option
@json_option
@click.pass_obj
@told
def check(
    config_file: Path | None, heads: tuple[Path, ...], receipts: bool, settings: Path | None, as_json: bool
) -> int:
    """Check that the register is as it was written: rows, chain, signed heads, receipts, presentations.

    A row that was edited, removed, inserted or cut off is named. Heads that lie elsewhere show, too, what somebody has
    made anew who may change everything here.
    """
    from inforce.core.errors import Problem
    from inforce.workflows.acceptance.check_register import Check, read_heads
    from inforce.workflows.acceptance.set_up import public_keys_of

    path, said = settings_of_register(config_file, settings)
    found, told_of = 0, []
    with _opened(said, path) as register:
        checking = Check(register, public_keys_of(said, path.parent), tuple(read_heads(heads)), receipts)
        for flaw in checking.flaws():
            found += 1
            if found > _MOST_TOLD:
                continue
            told_of.append({"row": flaw.row, "what": flaw.what})
            todo = "keep the database as it is, and compare it with a backup and with what was kept elsewhere"
            if flaw.is_of_unknown_key:
                todo = f"if it was a key of yours, put its public key back into {said.public_keys}; else {todo}"
            if not as_json:
                click.echo(Problem(said.database.address, flaw.what, todo), err=True)
    done = checking.checked
    if as_json:
        numbers = {"heads": done.heads, "presentations": done.presentations, "receipts": done.receipts}
        print_json({"faults": found, "rows": done.rows, "told": told_of, **numbers})
    else:
        seen = f"{count(done.rows, 'row')}, {count(done.heads, 'signed head')}, {count(done.receipts, 'receipt')} read"
        click.echo(f"{seen}, {count(done.presentations, 'presentation')}: {count(found, 'fault')}")
    return AT_FAULT if found else 0


@acceptances.command()
@_subject_option
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE.zip", help="The ZIP to write.")
@settings_option
@json_option
@click.pass_obj
@told
def prove(config_file: Path | None, subject: str, out: Path, settings: Path | None, as_json: bool) -> None:
    """Write a ZIP that proves what a person was shown and said, for whoever has nothing else: rows, chain, texts."""
    from inforce.workflows.acceptance.prove import prove

    path, said = settings_of_register(config_file, settings)
    with _opened(said, path, writes=True) as register:
        proved = prove(settings_of(config_file), said, path.parent, register, subject, at_the_door(), out)
    if as_json:
        print_json({"files": proved.files, "out": str(out), "rows": proved.rows})
        return
    click.echo(f"{out}: {count(proved.rows, 'row')} of {subject}, {count(proved.files, 'file')}")


def settings_of_register(config_file: Path | None, settings: Path | None) -> tuple[Path, AcceptanceSettings]:
    """How the register is set up, and in which file that stands."""
    from inforce.core.errors import ConfigurationError, Problem
    from inforce.workflows.acceptance.set_up import read_acceptances_file

    project = config_file or nearest_config()
    path = settings or project.parent / "acceptances.yml"
    if settings is None and not project.is_file() and not path.is_file():
        what = "no project is found: there is no such file in this folder, nor in one above"
        todo = "work in the folder that holds it, or name the file: `inforce --config-file PATH …`"
        if config_file is not None:
            what = "no project is found: there is no such file"
        raise ConfigurationError([Problem(str(config_file or project.name), what, todo)])
    return path, read_acceptances_file(path)


@contextmanager
def _opened(said: AcceptanceSettings, path: Path, *, writes: bool = False) -> Iterator[Register]:
    from inforce.workflows.acceptance.set_up import register_of

    with register_of(said, path.parent, writes=writes) as register:
        yield register


@contextmanager
def _register(config_file: Path | None, settings: Path | None) -> Iterator[Register]:
    """The register, for asking alone."""
    path, said = settings_of_register(config_file, settings)
    with _opened(said, path) as register:
        yield register


def _check_revision(names: list[str], policy: str, revision: str) -> None:
    from inforce.core.errors import did_you_mean

    if revision not in names:
        what = f"{policy} has no posted revision {revision!r}{did_you_mean(revision, names)}"
        raise click.BadParameter(what, param_hint="--revision")
