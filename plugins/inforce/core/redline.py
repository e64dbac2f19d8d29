"""The redline: what changed between two texts, clause by clause, and in a clause word by word.

    redline(old, new).accepted() == new
    redline(old, new).rejected() == old

hold for any two texts, the structure included, and every word of both is in the redline once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from inforce.core.alignment import Alphabet, heaviest_chain, once_in_both
from inforce.core.clause import Clause, Kind, Word
from inforce.core.pairing import Pairing, pair
from inforce.core.wording import Fate, Stretch, compare_words, kept_share, parted

_LITTLE = 0.3
"""If less of a clause was kept, it is shown deleted and inserted whole."""
_ENOUGH = 3
"""So many words need clauses whose identities differ, to be the same one all the same."""


class Done(StrEnum):
    """What was done to a clause."""

    KEPT = "kept"
    EDITED = "edited"
    MOVED = "moved"
    MOVED_AND_EDITED = "moved and edited"
    SPLIT = "split"
    JOINED = "joined"
    INSERTED = "inserted"
    DELETED = "deleted"


class Aspect(StrEnum):
    """In what an edited clause differs."""

    WORDS = "words"
    LINK = "link"
    """The target of a link, of words that were kept."""
    FORMATTING = "formatting"
    """How words that were kept are set off."""
    LEVEL = "level"
    """The level of a heading; of a row, whether it heads the table; of a list, the number at which it begins."""
    STRUCTURE = "structure"
    """What kind of clause it is, or in which containers it stands."""


class Placed(NamedTuple):
    """A clause, and its place in its text, counted from 0."""

    place: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a clause; also that nothing did.

    Attributes:
        done: what was done.
        old: as it stands in the old text: one clause, none where it was inserted, several where they were joined.
        new: as it stands in the new one: one, none where it was deleted, several where it was split.
        parts: its words, in order: for each clause where there are several on a side, otherwise all in one part.
        aspects: in what it differs.
        is_coarse: whether more words are marked than would have to be, to save memory.
    """

    done: Done
    old: tuple[Placed, ...]
    new: tuple[Placed, ...]
    parts: tuple[tuple[Stretch, ...], ...]
    aspects: frozenset[Aspect] = frozenset()
    is_coarse: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether it stands elsewhere now."""
        return self.done in (Done.MOVED, Done.MOVED_AND_EDITED)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its words, whatever the parts."""
        return tuple(stretch for part in self.parts for stretch in part)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much changed.

    Attributes:
        clauses: how many clauses there are in both texts together, each counted once.
        changed: how many of them are neither kept nor only moved.
        moved: how many stand elsewhere, edited or not.
        words_inserted: how many words, punctuation included, stand in the new text alone.
        words_deleted: how many in the old one alone.
    """

    clauses: int
    changed: int
    moved: int
    words_inserted: int
    words_deleted: int


@dataclass(frozen=True, slots=True)
class Redline:
    """The changes of two texts in reading order: that of the new text, and deleted clauses where they stood.

    `is_coarse`: to save memory, less was recognised than could be.
    """

    changes: tuple[Change, ...]
    is_coarse: bool = False

    def accepted(self) -> tuple[Clause, ...]:
        """The new text."""
        return tuple(one.clause for change in self.changes for one in change.new)

    def rejected(self) -> tuple[Clause, ...]:
        """The old text."""
        placed = [one for change in self.changes for one in change.old]
        return tuple(one.clause for one in sorted(placed, key=lambda one: one.place))

    def with_departures(self) -> Iterator[tuple[Change, bool]]:
        """The changes, those of moved clauses twice: where they stand now, and (True) where they stood before."""
        leaving = sorted((one for one in self.changes if one.is_moved), key=lambda one: one.old[0].place)
        for change in self.changes:
            while leaving and change.old and not change.is_moved and leaving[0].old[0].place < change.old[0].place:
                yield leaving.pop(0), True
            yield change, False
        yield from ((one, True) for one in leaving)

    def measure(self) -> Measure:
        """How much changed."""
        counts = Counter(change.done for change in self.changes)
        fates: Counter[Fate] = Counter()
        for change in self.changes:
            for stretch in change.stretches:
                fates[stretch.fate] += len(stretch.new or stretch.old)
        return Measure(
            clauses=len(self.changes),
            changed=len(self.changes) - counts[Done.KEPT] - counts[Done.MOVED],
            moved=counts[Done.MOVED] + counts[Done.MOVED_AND_EDITED],
            words_inserted=fates[Fate.INSERTED],
            words_deleted=fates[Fate.DELETED],
        )


Group = tuple[tuple[int, ...], tuple[int, ...]]
"""Clauses that belong to each other, by their places in the old text and in the new: one on each side, or several that
follow on each other on one of them, where the clause was split or joined."""


def redline(old: Sequence[Clause], new: Sequence[Clause], groups: Iterable[Group] | None = None) -> Redline:
    """Compare two texts.

    Args:
        old: the clauses of the old text, in reading order.
        new: those of the new one.
        groups: what is known of which clause became which; without it, that is found out by what the clauses say.
    """
    alphabet = Alphabet()
    is_coarse = False
    if groups is None:
        pairing = pair(old, new, alphabet)
        groups, is_coarse = _groups_of(pairing), pairing.is_coarse
    else:
        groups = _with_equal(old, new, list(groups))
    changes = tuple(_Comparison(old, new, groups, alphabet).changes())
    return Redline(changes, is_coarse or any(one.is_coarse for one in changes))


def _with_equal(old: Sequence[Clause], new: Sequence[Clause], groups: list[Group]) -> list[Group]:
    """The groups, and what they leave on both sides that is the same: of texts that stood twice for a while, say.

    That is what stands once in each whole text, and what stands beside that. In neighbouring revisions there is none.
    """
    gone, come = ({place for group in groups for place in group[side]} for side in (0, 1))
    for i, j in once_in_both(old, new):
        if i in gone or j in come or len(old[i].words) < _ENOUGH:
            continue
        for step in (1, -1):
            at, to = (i, j) if step > 0 else (i - 1, j - 1)
            while (
                0 <= at < len(old) and 0 <= to < len(new) and at not in gone and to not in come and old[at] == new[to]
            ):
                groups.append(((at,), (to,)))
                gone.add(at)
                come.add(to)
                at, to = at + step, to + step
    return groups


def _groups_of(pairing: Pairing) -> Iterator[Group]:
    for old_place, new_place in pairing.kept.items():
        olds = pairing.joined.get(new_place, (old_place,))
        if old_place == olds[0]:
            yield olds, pairing.split.get(old_place, (new_place,))
    yield from (((old_place,), (new_place,)) for old_place, new_place in pairing.moved.items())


class _Comparison:
    def __init__(
        self, old: Sequence[Clause], new: Sequence[Clause], groups: Iterable[Group], alphabet: Alphabet
    ) -> None:
        self.old, self.new, self.alphabet = old, new, alphabet
        compared = (self._compared(olds, news) for olds, news in sorted(groups))
        changes = [change for change in compared if not _is_rewritten(change)]
        chain = set(heaviest_chain([(one.old[0].place, one.new[0].place, _weight(one)) for one in changes]))
        self.kept = [change for index, change in enumerate(changes) if index in chain]
        moved = (change for index, change in enumerate(changes) if index not in chain)
        self.moved = {change.new[0].place: _moved(change) for change in moved}
        self.gone = {one.place for change in changes for one in change.old}
        self.come = {one.place for change in changes for one in change.new}

    def changes(self) -> Iterator[Change]:
        """All of them, in reading order."""
        old_place = new_place = 0
        for change in self.kept:
            olds, news = change.old, change.new
            yield from self._before(range(old_place, olds[0].place), range(new_place, news[0].place))
            yield change
            old_place, new_place = olds[-1].place + 1, news[-1].place + 1
        yield from self._before(range(old_place, len(self.old)), range(new_place, len(self.new)))

    def _before(self, olds: Iterable[int], news: Iterable[int]) -> Iterator[Change]:
        """What stands before the next clauses that keep their order."""
        for place in olds:
            if place not in self.gone:
                yield _deleted(Placed(place, self.old[place]))
        for place in news:
            if place in self.moved:
                yield self.moved[place]
            elif place not in self.come:
                yield _inserted(Placed(place, self.new[place]))

    def _compared(self, olds: tuple[int, ...], news: tuple[int, ...]) -> Change:
        placed_old = tuple([Placed(place, self.old[place]) for place in olds])
        placed_new = tuple([Placed(place, self.new[place]) for place in news])
        is_single = len(olds) == len(news) == 1
        if is_single and placed_old[0].clause == placed_new[0].clause:
            return Change(Done.KEPT, placed_old, placed_new, _kept(placed_old[0].clause, placed_new[0].clause))
        old_words, new_words = _words(placed_old), _words(placed_new)
        stretches, is_coarse = compare_words(old_words, new_words, self.alphabet)
        several = placed_new if len(news) > 1 else placed_old
        parts = parted(stretches, [len(one.clause.words) for one in several], by_new=len(news) > 1)
        done = Done.EDITED if is_single else Done.SPLIT if len(news) > 1 else Done.JOINED
        aspects = frozenset(_aspects(placed_old[0].clause, placed_new[0].clause, stretches))
        return Change(done, placed_old, placed_new, parts, aspects, is_coarse)


def _words(placed: Iterable[Placed]) -> tuple[Word, ...]:
    return tuple(word for one in placed for word in one.clause.words)


def _kept(old: Clause, new: Clause) -> tuple[tuple[Stretch, ...], ...]:
    return ((Stretch(Fate.KEPT, old.words, new.words),) if new.words else (),)


_MOVED = {Done.KEPT: Done.MOVED, Done.EDITED: Done.MOVED_AND_EDITED}


def _moved(change: Change) -> Change:
    """The change of a clause that left its place."""
    return replace(change, done=_MOVED.get(change.done, change.done))


def _is_rewritten(change: Change) -> bool:
    """Whether so little is left that it is rather another clause."""
    return change.done is Done.EDITED and Aspect.WORDS in change.aspects and kept_share(change.stretches) < _LITTLE


def _weight(change: Change) -> int:
    """How much it weighs in what keeps its order: whatever moves should be little."""
    return 1 + sum([len(one.clause.words) for one in change.old + change.new])


def _deleted(placed: Placed) -> Change:
    words = placed.clause.words
    return Change(Done.DELETED, (placed,), (), ((Stretch(Fate.DELETED, old=words),) if words else (),))


def _inserted(placed: Placed) -> Change:
    words = placed.clause.words
    return Change(Done.INSERTED, (), (placed,), ((Stretch(Fate.INSERTED, new=words),) if words else (),))


def _aspects(old: Clause, new: Clause, stretches: Iterable[Stretch]) -> Iterator[Aspect]:
    fates = {stretch.fate for stretch in stretches}
    if fates & {Fate.DELETED, Fate.INSERTED}:
        yield Aspect.WORDS
    if Fate.LINKED in fates:
        yield Aspect.LINK
    if Fate.FORMATTED in fates:
        yield Aspect.FORMATTING
    if old.kind != new.kind or old.frames != new.frames:
        yield Aspect.STRUCTURE
    if old.level != new.level and old.kind == new.kind:
        yield Aspect.LEVEL


def sections(clauses: Iterable[Clause]) -> Iterator[Clause | None]:
    """For each clause the heading under which it stands: the nearest before it, itself for a heading."""
    heading = None
    for clause in clauses:
        heading = clause if clause.kind is Kind.HEADING else heading
        yield heading
