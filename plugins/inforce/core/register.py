"""The register of acceptances as values: what was asked and answered, one row for each answer, chained by digests.

A row never changes and never goes. Each names the digest of the one before it, and its own covers that, so that an
edited, removed or inserted row shows; a *head* says how far the chain had come at an instant, and is signed, so that a
cut-off tail shows too. A *receipt* is a row in the hands of whom it is about, signed. What was on the screen is named
by the digest of the *presentation*, whose bytes the register keeps as well.

No row has a name or a mail address in it: a subject is an opaque id that the company's application gave.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inforce.core.acceptance import Answered, Decision, accepted_of
from inforce.core.effect import Audience
from inforce.core.timeline import Person, Timeline

NO_ROW = "0" * 64
"""What the first row names in the place of a row before it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person was shown, and so what an answer is about.

    Attributes:
        policy: the policy's name.
        revision: the revision whose text was shown, corrections included: not its root.
        digest: of the text; SHA-256, in hexadecimal.
        presentation: the digest of what the screen said, word for word.
        audience: as which the person met it.
        compared_with: the revision since which the changes were shown beside it; None where none were.
        language: of the words around the text (BCP 47).
    """

    policy: str
    revision: str
    digest: str
    presentation: str
    audience: Audience
    compared_with: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said to what was shown, before it has a place in the register.

    Attributes:
        subject: the person, by an opaque id of the application's.
        registered: when they registered, as the application says; None where they are about to.
        shown: what they answer.
        decision: what they said.
        application: which application sent them.
        channel: by which way, in the application's word: `web`, `ios` ….
        request: the id of the request that asked them.
        ip: where they came from; None unless the operator wants it kept.
        user_agent: what they used; None unless the operator wants it kept.
    """

    subject: str
    registered: datetime | None
    shown: Shown
    decision: Decision
    application: str
    channel: str
    request: str
    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A statement in its place.

    Attributes:
        number: 1 for the first row, and one more for each further one.
        previous: the digest of the row before it; `NO_ROW` for the first.
        instant: the server's, never earlier than that of the row before it.
        statement: what was said.
    """

    number: int
    previous: str
    instant: datetime
    statement: Statement


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that is in the register for good, with its digest, and its receipt."""

    row: Row
    digest: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far a register had come: its last row's number and digest, at an instant.

    `register` is the register's own id, made once, when it was.
    """

    register: str
    number: int
    digest: str
    instant: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who registered, and when: by the company's own list, or as the register knows it."""

    subject: str
    registered: datetime


def answers_of(rows: Iterable[Row], policy: str, timeline: Timeline) -> tuple[Answered, ...]:
    """What one subject's rows say of a policy, as the decision of what is asked takes it.

    An answer counts for the very text that was shown, and for no other of its name: where a record was written anew
    against rule 1, nobody has accepted what is there now.
    """
    return tuple(
        Answered(row.statement.shown.revision, row.statement.decision, row.instant)
        for row in rows
        if row.statement.shown.policy == policy and is_of(row.statement.shown, timeline)
    )


def is_of(shown: Shown, timeline: Timeline) -> bool:
    """Whether what was shown is, to the byte, the text that the policy's timeline has under that name."""
    return shown.revision in timeline and timeline[shown.revision].digest == shown.digest


def person_of(rows: Iterable[Row], policy: str, timeline: Timeline) -> Person | None:
    """The person that one subject's rows tell of, as the policy's timeline takes them (rule 3).

    They registered when the application said so last; where it never did, when they first accepted anything. None where
    neither is known: nobody can say what binds somebody of whom nothing says that they ever registered.

    Args:
        rows: the subject's, of whatever policy, in order.
        policy: the policy of which what was accepted counts …
        timeline: … and its timeline.
    """
    known = list(rows)
    said = [row.statement.registered for row in known if row.statement.registered is not None]
    accepted = [row.instant for row in known if row.statement.decision is Decision.ACCEPTED]
    joined = said[-1] if said else min(accepted, default=None)
    return None if joined is None else Person(joined, accepted_of(answers_of(known, policy, timeline)))
