"""What is asked of a register: what binds a subject, who answered a text, who has still to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from inforce.adapters.acceptance.register_store import Register
from inforce.core.acceptance import Answered, Open, open_to
from inforce.core.errors import NotThereError, Problem
from inforce.core.record import PolicyRecord
from inforce.core.register import Member, Row, answers_of, is_of, person_of
from inforce.core.timeline import Answer, Person


@dataclass(frozen=True, slots=True)
class Bound:
    """What of a policy bound a subject at an instant; `person` is None where nothing says that they registered."""

    policy: PolicyRecord
    on: datetime
    person: Person | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Pending:
    """That a subject has still to answer a text."""

    subject: str
    asked: Open


def binding(
    register: Register, subject: str, policies: Iterable[PolicyRecord], on: Callable[[PolicyRecord], datetime]
) -> Iterator[Bound]:
    """What bound a subject: the timeline's answer, of that subject's rows.

    Args:
        register: the register.
        subject: whom.
        policies: of which policies.
        on: the instant that is asked about, of each.

    Raises:
        NotThereError: the register has no row of that subject.
        UnavailableError: the database does not answer.
    """
    rows = register.rows_of(subject)
    if not rows:
        todo = "look whether this is the id that the application gives; who was never asked has no rows"
        raise NotThereError([Problem("--subject", f"the register has no row of `{subject}`", todo)])
    for policy in policies:
        instant, person = on(policy), person_of(rows, policy.slug, policy.timeline)
        answer = Answer(None, None, None, None) if person is None else policy.timeline.binding(person, instant)
        yield Bound(policy, instant, person, answer)


def answered(register: Register, policy: PolicyRecord, revision: str) -> Iterator[Row]:
    """Of each subject, what they said last to a revision, as the record has it; streamed, in order."""
    return (row for row in register.rows_about(policy.slug, revision) if is_of(row.statement.shown, policy.timeline))


def pending(
    register: Register, policy: PolicyRecord, instant: datetime, members: Iterable[Member] | None = None
) -> Iterator[Pending]:
    """Who has not yet answered what is asked of them at the instant; streamed.

    Args:
        register: the register.
        policy: of which policy.
        instant: the present.
        members: who registered; None: whom the register knows to have registered, as it was said.
    """
    people = _known(register, policy) if members is None else _listed(register, policy, members)
    for one, answers in people:
        for asked in open_to(policy.timeline, one.registered, answers, instant):
            if asked.is_asked:
                yield Pending(one.subject, asked)


def _known(register: Register, policy: PolicyRecord) -> Iterator[tuple[Member, tuple[Answered, ...]]]:
    """Whom the register knows to have registered, with what they answered."""
    for rows in register.rows_by_subject():
        person = person_of(rows, policy.slug, policy.timeline)
        if person is not None:
            yield Member(rows[0].statement.subject, person.joined), answers_of(rows, policy.slug, policy.timeline)


def _listed(
    register: Register, policy: PolicyRecord, members: Iterable[Member]
) -> Iterator[tuple[Member, tuple[Answered, ...]]]:
    """Whom a list has, with what they answered."""
    for one in members:
        yield one, answers_of(register.rows_of(one.subject), policy.slug, policy.timeline)
