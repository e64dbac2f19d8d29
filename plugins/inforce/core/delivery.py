"""What is to be delivered, to whom, and what became of it.

A delivery is one notice for one recipient by one channel. Its states::

    (none) → claimed → sent        the other side took it
                     → failed      refused; tried again at later runs, up to a limit, unless refused for good
                     → in doubt    nobody knows: the job died, or the connection did, while it was on its way

Claimed is written down before the first byte goes out, and one job runs at a time. So what is still claimed when a
run begins was left by a job that died. A mail is then in doubt, and only a person has it sent again; what goes to a
webhook has failed, and is tried again: the other side knows it by its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inforce.core.announcement import Announcement, Recipient, Recipients

_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = 6
"""After so many pauses they grow no more: two weeks."""


class State(StrEnum):
    """How a delivery stands."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    DOUBTFUL = "in doubt"


class Channel(StrEnum):
    """By what a notice is delivered."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Standing(StrEnum):
    """How a notice stands in the ledger; `seen` was due before the ledger was, and is not told."""

    SEEN = "seen"
    OPEN = "open"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice, one recipient (None: whoever the webhook serves), one channel."""

    announcement: Announcement
    recipient: Recipient | None
    channel: Channel

    @property
    def subject(self) -> str:
        """By what the recipient is known; empty where there is none."""
        return self.recipient.subject if self.recipient else ""

    @property
    def key(self) -> str:
        """64 hexadecimal digits, the same at each try: made of the notice's key, the channel and the subject."""
        parts = (self.announcement.id, self.announcement.key, self.channel, self.subject)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery; `is_final`: a failure that trying again would not mend."""

    state: State
    error: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """A delivery as the ledger has it.

    Attributes:
        state: how it stands.
        attempts: how many times it was tried.
        is_final: whether trying it again would not mend it.
        run: the run that tried it last.
        tried: when that was.
        address: where it went.
    """

    state: State
    attempts: int
    is_final: bool
    run: int
    tried: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that a person has to look at; `to` is the address, or the subject where there is none."""

    state: State
    notice: str
    channel: Channel
    to: str
    error: str
    is_tried_again: bool


@dataclass(frozen=True, slots=True)
class Persistence:
    """How often a delivery is tried.

    Attributes:
        attempts: how many times, while it is refused for the time being.
        resends_doubtful: whether what is in doubt is sent again.
        retries_failed: whether what failed for good, or too often, is tried again, and at once.
    """

    attempts: int
    resends_doubtful: bool = False
    retries_failed: bool = False


def pause_after(attempts: int) -> timedelta:
    """How long a delivery that failed so many times (1 or more) is left alone: 5 minutes, 20, 80, and so on."""
    return _FIRST_PAUSE * (1 << 2 * min(attempts - 1, _LONGEST_PAUSE))


def may_be_tried(noted: Noted | None, address: str, run: int, now: datetime, how: Persistence) -> bool:
    """Whether a delivery is to be tried in this run: once in a run, whatever the list of recipients says twice.

    Args:
        noted: what the ledger has of it; None: nothing.
        address: where it would go; another one than before makes a failure good.
        run: this run.
        now: the instant.
        how: how often deliveries are tried.
    """
    if noted is None:
        return True
    if noted.run >= run:
        return False
    if noted.state is State.DOUBTFUL:
        return how.resends_doubtful
    if noted.state is not State.FAILED:
        return False
    if how.retries_failed or noted.address != address:
        return True
    is_paused = noted.tried <= now < noted.tried + pause_after(noted.attempts)
    return not noted.is_final and noted.attempts < how.attempts and not is_paused


def concerns(whom: Recipients | None, registered: datetime) -> bool:
    """Whether a notice is for somebody who registered then: the earlier bound belongs to it, the later does not."""
    if whom is None:
        return False
    if whom.registered_from is not None and registered < whom.registered_from:
        return False
    return whom.registered_before is None or registered < whom.registered_before


def cancelled(announcements: Iterable[Announcement], now: datetime) -> frozenset[str]:
    """The ids that notices which are due by now take back."""
    return frozenset(gone for one in announcements if one.due <= now for gone in one.cancels)


def standing(one: Announcement, before: Standing, gone: frozenset[str], now: datetime) -> Standing:
    """How a notice stands now. Nothing about time is for ever: a clock that went wrong and was set right loses none."""
    if before is Standing.SEEN and one.due <= now:
        return before
    if one.id in gone:
        return Standing.CANCELLED
    return Standing.EXPIRED if one.expires <= now else Standing.OPEN


def to_tell(
    stood: Sequence[tuple[Announcement, Standing]], now: datetime, events: frozenset[str], policies: frozenset[str]
) -> list[Announcement]:
    """The notices that are due, worth telling and asked for, the earliest due first."""
    chosen = [
        one
        for one, how in stood
        if how is Standing.OPEN
        and one.recipients is not None
        and one.due <= now
        and one.event in events
        and (not policies or one.policy in policies)
    ]
    return sorted(chosen, key=lambda one: (one.due, one.id))
