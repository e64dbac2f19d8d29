"""Notices: the announcements of the events of a policy's life, computed from the record alone.

*posted*
    each posting: one notice, for everybody. Whoever registered before it is to be told; who comes later reads the text
    when registering.
*reminder*, *in-effect*
    for each audience for which a revision takes effect later than it was posted: some days before, and then. A reminder
    is worth telling until the next one is due, so that whoever is told late is told once.
*overtaken*
    a posting withdrew what was still scheduled for somebody, or on offer to current users (rule 4).

Every notice is caused by one posting, and rests on the record as it was when that posting joined it. So a later posting
changes no notice and removes none: what will not come about any more is *cancelled* by the notice of its overtaking.
What a notice is called depends on its policy, its revision and its event, and on nothing else (rule 12).

A notice is worth telling from the instant at which it is `due` until it `expires`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter

from inforce.core.acceptance import asks_current_users
from inforce.core.announcement import Recipients
from inforce.core.effect import Audience
from inforce.core.instant import days_later
from inforce.core.policy import ChangeClass, Revision
from inforce.core.record import Record
from inforce.core.timeline import Timeline

WORTH_TELLING = 30
"""For how many days something that came about is worth telling, at the least."""
_ASKS_NOBODY = (ChangeClass.EDITORIAL, ChangeClass.IMPORTED)


class Event(StrEnum):
    """What is announced."""

    POSTED = "posted"
    IN_EFFECT = "in-effect"
    REMINDER = "reminder"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose name notices are called: a domain name or mail address that was the publisher's on 1 January of a year.

    It is said once, and never changes (RFC 4151, section 2.1).
    """

    name: str
    year: int

    @property
    def prefix(self) -> str:
        """With what every identity begins.

        >>> Authority("qstore.example", 2014).prefix
        'tag:qstore.example,2014:'
        """
        return f"tag:{self.name},{self.year}:"

    def id_of(self, path: str) -> str:
        """The identity of what has that path."""
        return f"{self.prefix}{path}"


@dataclass(frozen=True, slots=True)
class Notice:
    """The announcement of one event.

    Attributes:
        event: what is announced.
        revision: of which revision.
        cause: the posting that brought it about: the revision's own, or that of what overtakes it.
        due: from when on it is worth telling.
        expires: from when on it is not any more.
        audience: for whom the revision takes effect; None where everybody is meant.
        days: of a reminder: how many days before.
        start: when the revision takes effect for the audience; of an overtaken one, when it would have been.
        recipients: who is to be told; None: nobody needs to be (rule 5, and imported histories).
        is_first: no revision of the policy was there before.
        asks_acceptance: whether current users are asked to accept the revision.
        cancels: the paths of the notices that are not to be told any more.
        corrected: of an editorial revision: which one it corrects.
    """

    event: Event
    revision: Revision
    cause: Revision
    due: datetime
    expires: datetime
    audience: Audience | None = None
    days: int | None = None
    start: datetime | None = None
    recipients: Recipients | None = None
    is_first: bool = False
    asks_acceptance: bool = False
    cancels: tuple[str, ...] = ()
    corrected: Revision | None = None

    @property
    def name(self) -> str:
        """What it is called beside the other notices of its revision: `reminder-30.current_users`."""
        days = "" if self.days is None else f"-{self.days}"
        return f"{self.event}{days}" + ("" if self.audience is None else f".{self.audience}")

    @property
    def path(self) -> str:
        """What it is called among all notices: `notices/privacy-policy/2018-04-10/posted`."""
        return f"notices/{self.revision.policy}/{self.revision.name}/{self.name}"

    @property
    def told_from(self) -> datetime:
        """When a site can first tell it: when it is due, but not before its posting joined the record (rule 8)."""
        return max(self.due, self.cause.joined)


def notices_of(revisions: Iterable[Revision]) -> list[Notice]:
    """The notices of one policy, in the order in which their postings joined the record."""
    told: list[Notice] = []
    known: dict[str, Revision] = {}
    oldest: Revision | None = None
    for revision in sorted(revisions, key=lambda one: (one.posting.sequence, one.order)):
        is_first = oldest is None or revision.order < oldest.order
        oldest = revision if is_first else oldest
        told.append(_posted(revision, known.get(revision.corrects or ""), is_first=is_first))
        if revision.overtakes:
            timeline = Timeline(known.values())
            told += filter(None, [_overtaken(name, revision, timeline, told) for name in revision.overtakes])
        told += sorted(_of_effects(revision, is_first=is_first), key=lambda one: (one.due, one.name))
        known[revision.name] = revision
    return told


def notices_of_record(record: Record) -> list[Notice]:
    """The notices of all policies, in the order in which their postings joined the record: the list only grows."""
    told = [notice for policy in record.policies for notice in notices_of(policy.revisions)]
    return sorted(told, key=lambda one: (one.cause.posting.sequence, one.cause.posted, one.cause.policy))


def told_by(notices: Iterable[Notice], instant: datetime) -> list[Notice]:
    """Those that are told at the instant, the first told first; not what was cancelled before it was due.

    What was told once stays, and what comes later is put behind it. A posting that comes late, dated before what was
    told meanwhile, is put before that, though, and what it cancelled by its date is told no more.
    """
    due = [one for one in notices if one.told_from <= instant]
    cancelled = {path: one for one in due for path in one.cancels}
    told = [one for one in due if one.path not in cancelled or _is_before(one, cancelled[one.path])]
    return sorted(told, key=attrgetter("told_from", "due"))


def cancelled_by(notices: Iterable[Notice], instant: datetime) -> dict[str, Notice]:
    """By the path of each notice that is cancelled at the instant, the notice that cancels it."""
    return {path: one for one in notices if one.told_from <= instant for path in one.cancels}


def _is_before(notice: Notice, canceller: Notice) -> bool:
    return notice.due < canceller.due or notice.told_from < canceller.told_from


def _posted(revision: Revision, corrected: Revision | None, *, is_first: bool) -> Notice:
    starts = [effect.start for effect in revision.effects.values()]
    last = [one for one in (*starts, revision.accept_by) if one is not None]
    current = revision.effects.get(Audience.CURRENT_USERS)
    concerns = current is not None and (current.start is not None or current.rule.needs_acceptance)
    is_to_be_told = concerns and revision.change not in _ASKS_NOBODY
    return Notice(
        Event.POSTED,
        revision,
        cause=revision,
        due=revision.posted,
        expires=max([_later(revision, revision.posted), *last]),
        start=current.start if current is not None else None,
        recipients=Recipients(None, revision.posted) if is_to_be_told else None,
        is_first=is_first,
        asks_acceptance=asks_current_users(revision, is_first=is_first),
        corrected=corrected,
    )


def _of_effects(revision: Revision, *, is_first: bool) -> Iterator[Notice]:
    """Of each audience for which it takes effect later: the reminders, and that it has come."""
    for audience, effect in revision.effects.items():
        if effect.start is None or effect.start <= revision.posted:
            continue
        end = _later(revision, effect.start)
        for due, expires, days in [*_reminders(revision, effect.start), (effect.start, end, None)]:
            yield Notice(
                Event.IN_EFFECT if days is None else Event.REMINDER,
                revision,
                cause=revision,
                due=due,
                expires=expires,
                audience=audience,
                days=days,
                start=effect.start,
                recipients=None if revision.change in _ASKS_NOBODY else _registered(revision, [audience], due),
                is_first=is_first,
                asks_acceptance=audience is Audience.CURRENT_USERS and asks_current_users(revision, is_first=is_first),
            )


def _reminders(revision: Revision, start: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """When each is due and expires, and how many days before: nobody needs an earlier one once the next one is due."""
    dues = [days_later(start, -days, revision.zone) for days in revision.terms.reminders]
    for days, (due, following) in zip(revision.terms.reminders, pairwise([*dues, start]), strict=True):
        # Not before the posting; and where a zone has skipped a day, not twice at once, nor at the effect itself.
        if revision.posted < due < following:
            yield due, following, days


def _overtaken(name: str, overtaker: Revision, timeline: Timeline, told: Sequence[Notice]) -> Notice | None:
    """That this one's root will not take effect for those for whom it was still to; None where it was for nobody."""
    root = timeline[timeline.root(name)]
    posted = overtaker.posted
    starts = {audience: timeline.start(root.name, audience) for audience in root.effects}
    waiting = [audience for audience, start in starts.items() if start is not None and start > posted]
    offer = timeline.offer(root.name, Audience.CURRENT_USERS)
    if offer is not None and offer.contains(posted):
        waiting.append(Audience.CURRENT_USERS)
    if not waiting:
        return None
    would_be = [start for audience in waiting if (start := starts[audience]) is not None]
    cancelled = [one for one in told if one.revision.name == root.name and one.event is not Event.OVERTAKEN]
    return Notice(
        Event.OVERTAKEN,
        root,
        cause=overtaker,
        due=posted,
        expires=max([_later(overtaker, posted), *would_be]),
        audience=waiting[0] if len(waiting) == 1 else None,
        start=min(would_be, default=None),
        recipients=None if root.change in _ASKS_NOBODY else _registered(root, waiting, posted),
        cancels=tuple(one.path for one in cancelled if (one.audience or Audience.CURRENT_USERS) in waiting),
    )


def _registered(revision: Revision, audiences: Sequence[Audience], due: datetime) -> Recipients:
    """Who of these audiences is there when the notice is due."""
    since = None if Audience.CURRENT_USERS in audiences else revision.posted
    return Recipients(since, due if Audience.NEW_USERS in audiences else revision.posted)


def _later(revision: Revision, instant: datetime) -> datetime:
    return days_later(instant, WORTH_TELLING, revision.zone)
