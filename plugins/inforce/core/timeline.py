"""The timeline of one policy: which text binds whom, from when until when (rules 2 to 6).

Everything here is computed from posted revisions; nothing is stored and no clock is read. The words:

*slot*
    the instant at which a revision's turn comes for an audience: the posting where the rule is `on acceptance` (an
    offer), else the rule's instant. Slots are ordered by instant, those of one instant by posting; the latest wins.
*offer*
    open from the posting until a later slot of the same audience comes, or until the revision is overtaken.
*substantive*
    not editorial. An editorial revision has no slot: it stands for the one it corrects, from its posting on.

A person is bound by the revision whose beginning is the latest one (rule 3). Beginnings come from the slots of the
audience that the person belongs to, revision by revision. One thing decides at the instant of registration: if a
revision is on offer to new users just then, it has taken the place of what bound new users before. Whoever registers
and does not accept it is bound by nothing older: the last person of the worked case.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from itertools import accumulate, islice
from operator import itemgetter

from inforce.core.effect import Audience
from inforce.core.policy import Revision

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Basis(StrEnum):
    """How a revision stands towards a row's person: binding, or waiting for acceptance."""

    BINDS = "binds"
    OFFERED = "offered"


class Status(StrEnum):
    """The status of a revision for an audience at an instant."""

    IN_FORCE = "in force"
    OFFERED = "offered"
    SCHEDULED = "scheduled"
    SUPERSEDED = "superseded"
    OVERTAKEN = "overtaken"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Span:
    """One revision's stretch of a row: from `start` (included) until `until` (excluded; None: no end known)."""

    revision: str
    basis: Basis
    start: datetime
    until: datetime | None

    def contains(self, instant: datetime) -> bool:
        """Whether the instant lies in the span."""
        return self.start <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That a person accepted a revision (or one of its corrections) at an instant."""

    revision: str
    instant: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who registered at an instant, and what they accepted."""

    joined: datetime
    accepted: tuple[Acceptance, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What bound somebody at an instant: the span that holds it.

    `revision` and `basis` are None where nothing binds; `start` and `until` then enclose the stretch in which nothing
    does, None standing for no bound.
    """

    revision: str | None
    basis: Basis | None
    start: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Slot:
    """A revision's turn for an audience; `rank` is its place in the order of posting."""

    start: datetime
    rank: int
    revision: Revision
    is_offer: bool

    @property
    def key(self) -> tuple[datetime, int]:
        return self.start, self.rank


class Timeline:
    """The revisions of one policy, and every question of time about them.

    Args:
        revisions: the posted ones; only those posted by the instant that is asked from, in any order.
    """

    def __init__(self, revisions: Iterable[Revision]) -> None:
        """Order the revisions and lay out both audiences' rows."""
        self.revisions: Sequence[Revision] = sorted(revisions, key=lambda revision: revision.order)
        self._by_name = {revision.name: revision for revision in self.revisions}
        self._rank = {revision.name: rank for rank, revision in enumerate(self.revisions)}
        self._corrections = self._corrections_by_root()
        self._overtaken_by = {
            self.root(name): revision for revision in reversed(self.revisions) for name in revision.overtakes
        }
        self._sweeps = {
            audience: _Sweep(self._slots(audience), self._overtakings(), offers_displace=audience is Audience.NEW_USERS)
            for audience in Audience
        }
        self._rows = {
            audience: tuple(self._split_by_corrections(sweep.spans)) for audience, sweep in self._sweeps.items()
        }
        self._row_of = {audience: self._by_root(row) for audience, row in self._rows.items()}
        self._latest_starts = list(accumulate(map(_last_start, self.revisions), max))

    def as_of(self, instant: datetime) -> Timeline:
        """The timeline as it was known then: later postings are simply not there yet (rule 9)."""
        if not self.revisions or self.revisions[-1].posted <= instant:
            return self  # nothing ever changes in one
        return Timeline(revision for revision in self.revisions if revision.posted <= instant)

    def __getitem__(self, name: str) -> Revision:
        """The revision of that name; KeyError where there is none."""
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        """Whether a revision of that name is posted."""
        return name in self._by_name

    # Corrections and overtaking

    def root(self, name: str) -> str:
        """The substantive revision that this one is, or in the end corrects (rule 5)."""
        while (corrected := self._by_name[name].corrects) is not None:
            name = corrected
        return name

    def standing(self, name: str, instant: datetime) -> str:
        """The revision that stands for this one's root at the instant: its newest correction, or itself."""
        root = self.root(name)
        chain = [one.name for one in self._corrections.get(root, ()) if one.posted <= instant]
        return chain[-1] if chain else root

    def corrections(self, name: str) -> Sequence[Revision]:
        """The editorial revisions of this one's root, in order of posting."""
        return self._corrections.get(self.root(name), ())

    def overtaken_by(self, name: str) -> Revision | None:
        """The posting that said that this revision is overtaken (rule 4)."""
        return self._overtaken_by.get(self.root(name))

    # Slots and rows

    def start(self, name: str, audience: Audience) -> datetime | None:
        """The instant at which the root takes effect for the audience; None for an offer, for never, or overtaken."""
        root = self._by_name[self.root(name)]
        start = root.effects[audience].start
        overtaker = self.overtaken_by(name)
        return None if start is not None and overtaker is not None and start > overtaker.posted else start

    def offer(self, name: str, audience: Audience) -> Span | None:
        """The span in which the root is on offer to the audience; None where it never is. It may be empty."""
        return self._sweeps[audience].offers.get(self.root(name))

    def row(self, audience: Audience) -> tuple[Span, ...]:
        """A row of `in-force.json`.

        `current_users`: a person registered before every posting who accepted nothing. `new_users`: at each instant, a
        person who registers at that instant.
        """
        return self._rows[audience]

    def row_of(self, name: str, audience: Audience) -> Sequence[Span]:
        """The spans of a row that show the revision's root."""
        return self._row_of[audience].get(self.root(name), ())

    def posted_within(self, after: datetime, until: datetime | None) -> Sequence[Revision]:
        """The revisions posted after the one instant, and not after the other."""
        start = bisect_right(self.revisions, after, key=_posted)
        return self.revisions[start : None if until is None else bisect_right(self.revisions, until, key=_posted)]

    def late_for(self, root: Revision) -> Iterator[Revision]:
        """The substantive revisions posted before this one that still took effect for somebody after its posting."""
        for place in range(bisect_left(self.revisions, root.posted, key=_posted) - 1, -1, -1):
            if self._latest_starts[place] <= root.posted:
                return
            if _last_start(self.revisions[place]) > root.posted:
                yield self.revisions[place]

    def on(self, audience: Audience, instant: datetime) -> Answer:
        """The row's answer at the instant."""
        return _answer(self._rows[audience], instant)

    def status(self, name: str, audience: Audience, instant: datetime) -> Status | None:
        """The status of a revision for an audience at an instant; None before its posting."""
        if self._by_name[name].posted > instant:
            return None
        root = self._by_name[self.root(name)]
        effect = root.effects[audience]
        overtaker = self.overtaken_by(name)
        gone = overtaker is not None and overtaker.posted <= instant
        if effect.start is None and not effect.rule.needs_acceptance:
            return Status.NEVER
        if gone and (self.start(name, audience) is None if effect.start else self._was_withdrawn(name, audience)):
            return Status.OVERTAKEN
        if self.standing(name, instant) != name:
            return Status.SUPERSEDED
        if effect.start is None:
            offer = self.offer(name, audience)
            return Status.OFFERED if offer is not None and offer.contains(instant) else Status.SUPERSEDED
        if self._is_scheduled(root, audience, instant):
            return Status.SCHEDULED
        now = self.on(audience, instant)
        return Status.IN_FORCE if now.revision == name and now.basis is Basis.BINDS else Status.SUPERSEDED

    def _was_withdrawn(self, name: str, audience: Audience) -> bool:
        """Whether it was its overtaking that ended the root's offer, rather than another's turn before that."""
        return self.root(name) in self._sweeps[audience].withdrawn

    # Persons

    def binding(self, person: Person, instant: datetime) -> Answer:
        """What bound this person at the instant (rule 3)."""
        return _answer(self.spans_of(person), instant)

    def spans_of(self, person: Person) -> tuple[Span, ...]:
        """Everything that ever binds this person, as far as is known."""
        return tuple(self._split_by_corrections(_spans(list(self._turns(person, person.joined)))))

    def spans_about(self, person: Person, name: str) -> tuple[Span, ...]:
        """Of what ever binds this person, the spans of the revision's root, and those of the one that follows it.

        Nothing where the root never binds them. However long the history is, only what is about these is looked at.
        """
        own = self._beginning(person, self._by_name[self.root(name)])
        if own is None:
            return ()
        turns = list(islice(self._turns(person, max(own.start, person.joined)), 2))
        if not turns or turns[0][1].revision is not own.revision:
            return ()
        return tuple(self._split_by_corrections(_spans(turns)))

    def first_bound(self, person: Person) -> datetime | None:
        """The instant from which anything binds this person; None where nothing ever does."""
        first = next(self._turns(person, person.joined), None)
        return first[0] if first is not None else None

    def _turns(self, person: Person, instant: datetime) -> Iterator[tuple[datetime, _Slot]]:
        """Whose turn it is for the person at the instant, if it begins there, and then each further turn.

        At the registration everything that began before counts.
        """
        accepted = [slot for slot in map(partial(self._beginning, person), self._accepted_roots(person)) if slot]
        at: datetime | None = instant
        while at is not None:
            if (winner := self._winner(person, at, accepted)) is not None:
                yield at, winner
            later = [slot.start for slot in accepted if slot.start > at]
            is_current = partial(self._meets, person, Audience.CURRENT_USERS)
            is_new = partial(self._meets, person, Audience.NEW_USERS)
            current = self._sweeps[Audience.CURRENT_USERS].next_after(at, is_current)
            later += [current] if current is not None else []
            new = self._sweeps[Audience.NEW_USERS].next_after(at, is_new, min(later, default=None))
            at = min([*later, *([new] if new is not None else [])], default=None)

    def _winner(self, person: Person, at: datetime, accepted: Sequence[_Slot]) -> _Slot | None:
        """Of the slots that begin at the instant the last one; at the registration, of those that began by then."""
        if at == person.joined:
            new = self._sweeps[Audience.NEW_USERS]
            found = [slot for slot in accepted if slot.start <= at]
            found += [] if new.is_offering(at) else new.last_by(at)
        else:
            found = [slot for slot in accepted if slot.start == at]
            for audience, sweep in self._sweeps.items():
                found += [slot for slot in sweep.beginning_at(at) if self._meets(person, audience, slot)]
        return max(found, key=lambda slot: slot.key, default=None)

    @staticmethod
    def _meets(person: Person, audience: Audience, slot: _Slot) -> bool:
        """Whether the person belongs to that audience of the slot's revision."""
        return (person.joined < slot.revision.posted) == (audience is Audience.CURRENT_USERS)

    def _accepted_roots(self, person: Person) -> Iterator[Revision]:
        """What the person accepted that asks for it, each once."""
        known = (one.revision for one in person.accepted if one.revision in self._by_name)
        for name in dict.fromkeys(map(self.root, known)):
            root = self._by_name[name]
            if root.effects[self._audience_of(person, root)].rule.needs_acceptance:
                yield root

    @staticmethod
    def _audience_of(person: Person, revision: Revision) -> Audience:
        return Audience.CURRENT_USERS if person.joined < revision.posted else Audience.NEW_USERS

    def _beginning(self, person: Person, root: Revision) -> _Slot | None:
        """The person's own slot of a root; None where it never begins for them."""
        audience = self._audience_of(person, root)
        if root.effects[audience].rule.needs_acceptance:
            start = self._accepted(person, root.name, audience)
        else:
            start = self.start(root.name, audience)
            is_new = audience is Audience.NEW_USERS
            if (
                start is not None
                and is_new
                and start <= person.joined
                and self._sweeps[audience].is_offering(person.joined)
            ):
                return None
        return None if start is None else _Slot(start, self._rank[root.name], root, is_offer=False)

    def _accepted(self, person: Person, root: str, audience: Audience) -> datetime | None:
        """When the person accepted the revision or a correction of it, while it was offered."""
        offer = self.offer(root, audience)
        return min(
            (
                one.instant
                for one in person.accepted
                if one.revision in self._by_name
                and self.root(one.revision) == root
                and self._by_name[one.revision].posted <= one.instant
                and offer is not None
                and offer.contains(one.instant)
            ),
            default=None,
        )

    # What is still to come

    def changes(self) -> tuple[datetime, ...]:
        """Every instant at which an answer or a status changes, in order."""
        starts = {self.start(one.name, audience) for one in self.revisions for audience in one.effects}
        return tuple(sorted({one.posted for one in self.revisions} | {start for start in starts if start is not None}))

    def next_change(self, instant: datetime) -> datetime | None:
        """The next instant after this one at which anything changes by itself; None where nothing is scheduled."""
        changes = self.changes()
        place = bisect_right(changes, instant)
        return changes[place] if place < len(changes) else None

    def scheduled(self, instant: datetime) -> list[Revision]:
        """The substantive revisions that are still to take effect for some audience (rule 4), in order of posting."""
        return [
            one
            for one in self.revisions
            if one.posted <= instant and any(self._is_scheduled(one, audience, instant) for audience in one.effects)
        ]

    def _is_scheduled(self, root: Revision, audience: Audience, instant: datetime) -> bool:
        """Whether the (posted) revision, or what corrects it, is still to take effect, and not overtaken by then."""
        start = root.effects[audience].start
        overtaker = self.overtaken_by(root.name)
        return start is not None and start > instant and (overtaker is None or overtaker.posted > instant)

    # Laying out

    def _by_root(self, row: Iterable[Span]) -> Mapping[str, list[Span]]:
        spans: dict[str, list[Span]] = {}
        for span in row:
            spans.setdefault(self.root(span.revision), []).append(span)
        return spans

    def _corrections_by_root(self) -> Mapping[str, list[Revision]]:
        corrections: dict[str, list[Revision]] = {}
        for revision in self.revisions:
            if revision.corrects is not None:
                corrections.setdefault(self.root(revision.name), []).append(revision)
        return corrections

    def _slots(self, audience: Audience) -> list[_Slot]:
        slots = []
        for rank, revision in enumerate(self.revisions):
            if revision.corrects is not None:
                continue
            if revision.effects[audience].rule.needs_acceptance:
                slots.append(_Slot(revision.posted, rank, revision, is_offer=True))
            elif (start := self.start(revision.name, audience)) is not None:
                slots.append(_Slot(start, rank, revision, is_offer=False))
        return slots

    def _overtakings(self) -> Iterator[tuple[datetime, int, str]]:
        """When, by the posting of which rank, and which root was overtaken."""
        for name, overtaker in self._overtaken_by.items():
            yield overtaker.posted, self._rank[overtaker.name], name

    def _split_by_corrections(self, spans: Iterable[Span]) -> Iterator[Span]:
        """The spans with each root replaced by what stands for it, from posting to posting (rule 5)."""
        for span in spans:
            turns = [(span.start, self.standing(span.revision, span.start))]
            turns += [
                (one.posted, self.standing(one.name, one.posted))
                for one in self._corrections.get(span.revision, ())
                if span.start < one.posted and span.contains(one.posted)
            ]
            for place, (start, name) in enumerate(turns):
                until = turns[place + 1][0] if place + 1 < len(turns) else span.until
                if start != until:
                    yield Span(name, span.basis, start, until)


class _Sweep:
    """One audience's slots, walked once in order: the row's spans (by root), and how long each offer is open.

    An offer displaces what binds new users, who have nothing else yet; current users stay bound until they accept.
    """

    def __init__(
        self, slots: Iterable[_Slot], overtakings: Iterable[tuple[datetime, int, str]], *, offers_displace: bool
    ) -> None:
        slots = list(slots)
        self._dated = sorted((slot for slot in slots if not slot.is_offer), key=lambda slot: slot.key)
        self._starts = [slot.start for slot in self._dated]
        self.offers: dict[str, Span] = {}
        self.withdrawn: set[str] = set()
        self._winners: list[tuple[datetime, _Slot | None]] = []
        binding: _Slot | None = None
        offer: _Slot | None = None
        # In order of instants, at one instant of posting; what a posting overtakes goes before its own turn.
        turns = [(slot.start, slot.rank, 1, slot) for slot in slots]
        for instant, _, _, turn in sorted([*turns, *((start, rank, 0, name) for start, rank, name in overtakings)]):
            is_overtaken = offer is not None and turn == offer.revision.name
            if offer is not None and (is_overtaken or isinstance(turn, _Slot)):
                self.offers[offer.revision.name] = Span(offer.revision.name, Basis.OFFERED, offer.start, instant)
                self.withdrawn |= {offer.revision.name} if is_overtaken else set()
                offer = None
            if isinstance(turn, _Slot):
                offer, binding = (turn, binding) if turn.is_offer else (None, turn)
            self._winners.append((instant, offer if offer is not None and offers_displace else binding))
        if offer is not None:
            self.offers[offer.revision.name] = Span(offer.revision.name, Basis.OFFERED, offer.start, None)
        self.spans = tuple(_spans(self._winners))

    def is_offering(self, instant: datetime) -> bool:
        """Whether a revision is on offer to the audience at the instant."""
        place = bisect_right(self._winners, instant, key=itemgetter(0)) - 1
        winner = self._winners[place][1] if place >= 0 else None
        return winner is not None and winner.is_offer

    def last_by(self, instant: datetime) -> list[_Slot]:
        """The last slot without acceptance that began by the instant; none, or one."""
        place = bisect_right(self._starts, instant)
        return self._dated[max(place - 1, 0) : place]

    def beginning_at(self, instant: datetime) -> list[_Slot]:
        """The slots without acceptance that begin at the instant, in order."""
        return self._dated[bisect_left(self._starts, instant) : bisect_right(self._starts, instant)]

    def next_after(
        self, instant: datetime, counts: Callable[[_Slot], bool], before: datetime | None = None
    ) -> datetime | None:
        """The first instant after this one, and before the other, at which a slot begins that counts."""
        for place in range(bisect_right(self._starts, instant), len(self._dated)):
            if before is not None and self._starts[place] >= before:
                return None
            if counts(self._dated[place]):
                return self._starts[place]
        return None


def _posted(revision: Revision) -> datetime:
    return revision.posted


def _last_start(revision: Revision) -> datetime:
    """The last instant at which a revision takes effect for an audience; the beginning of time where it has none."""
    starts = (effect.start for effect in revision.effects.values())
    return max((start for start in starts if start is not None), default=_BEGINNING)


def _spans(turns: Sequence[tuple[datetime, _Slot | None]]) -> Iterator[Span]:
    """Spans from the instants at which the winner is decided anew; equal neighbours are joined, empty ones left out."""
    decided = [turn for place, turn in enumerate(turns) if place + 1 == len(turns) or turns[place + 1][0] != turn[0]]
    place = 0
    while place < len(decided):
        start, winner = decided[place]
        place += 1
        while place < len(decided) and decided[place][1] is winner:
            place += 1
        if winner is not None:
            until = decided[place][0] if place < len(decided) else None
            basis = Basis.OFFERED if winner.is_offer else Basis.BINDS
            yield Span(winner.revision.name, basis, start, until)


def _answer(spans: Sequence[Span], instant: datetime) -> Answer:
    place = bisect_right(spans, instant, key=lambda span: span.start) - 1
    if place >= 0 and spans[place].contains(instant):
        span = spans[place]
        return Answer(span.revision, span.basis, span.start, span.until)
    start = spans[place].until if place >= 0 else None
    until = spans[place + 1].start if place + 1 < len(spans) else None
    return Answer(None, None, start, until)
