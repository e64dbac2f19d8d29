"""What is to be delivered, to whom, and what became of it.

A delivery is one notice for one recipient by one channel. Its states::

    (none) → claimed → sent        the other side took it
                     → failed      refused; tried again at later runs, up to a limit, unless refused for good
                     → in doubt    nobody knows: the job died, or the connection did, while it was on its way

Claimed is written down before the first byte goes out, and one job runs at a time. So what is still claimed when a
run begins was left by a job that died, and is in doubt; only a person has it sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inforce.core.announcement import Announcement, Recipient, Recipients


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
    """A delivery as the ledger has it; `run` is the run that touched it last."""

    state: State
    attempts: int
    is_final: bool
    run: int


def may_be_tried(noted: Noted | None, run: int, attempts: int, *, resend_doubtful: bool) -> bool:
    """Whether a delivery is to be tried in this run: once in a run, whatever the list of recipients says twice."""
    if noted is None:
        return True
    if noted.run >= run:
        return False
    if noted.state is State.DOUBTFUL:
        return resend_doubtful
    return noted.state is State.FAILED and not noted.is_final and noted.attempts < attempts


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
    if before is Standing.SEEN:
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
