"""Asking a person: what an application says of them, the request that is made of it, and what cannot be answered.

A request is for one person, once, and soon: it has an address that nobody can guess, which has to be opened within
minutes. Whoever opened it may take hours to read, as long as they stay with the browser that they opened it in. What
the person says is a row of the register; the request only remembers which rows those are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inforce.core.acceptance import Decision

AHEAD = timedelta(minutes=5)
"""How much later than ours another clock may be."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an application says of a person who may have something to answer.

    Attributes:
        subject: the person, by an opaque id of the application's.
        registered: when they registered; None: they are about to, at the instant of their answer.
        policies: which policies are asked about, in the order in which they are shown; empty: all.
        language: of the words around the texts (BCP 47); empty: that of the first policy.
        return_to: where the person is sent back to; None: nowhere.
        state: what the application wants to get back with them.
        channel: by which way the person comes, in the application's word.
        reconsider: whether what was answered before may be answered otherwise.
    """

    subject: str
    registered: datetime | None
    policies: tuple[str, ...] = ()
    language: str = ""
    return_to: str | None = None
    state: str | None = None
    channel: str = "web"
    reconsider: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A question for which an address was given out.

    Attributes:
        id: by which the application asks what became of it.
        application: who asks.
        question: what is asked, and of whom.
        made: when.
        expires: when the address can be opened no more, but in the browser in which it was opened before.
        until: when nobody can answer any more.
        key: a secret of which the browser's ticket is made.
    """

    id: str
    application: str
    question: Question
    made: datetime
    expires: datetime
    until: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given to a request; `row` is the number of its row in the register."""

    policy: str
    revision: str
    decision: Decision
    instant: datetime
    row: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A request, and what was answered: None where nothing was yet."""

    request: Request
    given: tuple[Given, ...] | None

    def is_closed(self, instant: datetime) -> bool:
        """Whether its address is good for those browsers alone in which it was opened."""
        return instant >= self.request.expires

    def is_over(self, instant: datetime) -> bool:
        """Whether its address is good no more."""
        return instant >= self.request.until


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says to one text that was shown to them, by the form that they sent."""

    policy: str
    revision: str
    digest: str
    presentation: str
    compared_with: str | None
    decision: Decision


class Refusal(StrEnum):
    """Why an answer is not taken."""

    NOT_POSTED = "not-posted"
    """There is no such revision, or there is not yet."""
    NOT_OPEN = "not-open"
    """It is not offered to this person any more, or another text stands in its place."""
    NOT_ASKED = "not-asked"
    """It takes effect, or is to, whatever the person says, and nobody asks them."""
    ANSWERED = "answered-already"
    """The person answered otherwise already."""
    MISMATCH = "digest-mismatch"
    """It is not the text, or not the page, that is shown for this revision."""
    CHANGED = "asked-changed"
    """Something else is asked by now than was shown."""
    USED = "address-used"
    """The address was used, with other answers."""


class RefusedError(Exception):
    """An answer is not taken; nothing is noted."""

    def __init__(self, refusal: Refusal, policy: str = "", revision: str = "") -> None:
        """Say why, and of which revision."""
        self.refusal, self.policy, self.revision = refusal, policy, revision
        super().__init__(f"{refusal}: {policy}/{revision}")
