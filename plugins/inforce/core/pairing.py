"""Which clause of an old text became which of a new one.

First what stands once in each, word for word: the heaviest run of it keeps its order, and the rest was moved. Then, in
the gaps between, what is the same but stands there more than once; then what has the same words but is set otherwise;
then what was split or joined; then what is similar. What is left may have been moved and edited.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz.distance import Indel, LCSseq

from inforce.core.alignment import LARGEST, Alphabet, common, heaviest_chain, once_in_both
from inforce.core.clause import Clause, Kind, is_content

_SIMILAR = 0.5
"""How similar clauses in the same place have to be for the one to be the other, edited."""
_SIMILAR_ELSEWHERE = 0.7
"""The same for clauses in different places, …"""
_LONG_ENOUGH = 6
"""… which also need so many words."""
_MOVABLE = 3
"""How many words a clause needs, at the least, to have moved by itself."""
_WHOLE = 0.75
"""How similar the parts of a split clause have to be to the whole."""
_PART = 0.7
"""How much of a part has to stand in the whole."""
_BETTER = 0.04
"""By how much all parts together have to be more similar to the whole than the most similar of them is."""
_EFFORT, _PRICE = 40_000_000_000, 20_000
"""What may be spent on looking for what is similar; a comparison has a price, and costs the product of the lengths."""
_MOST_PARTS = 40
"""Up to how many parts are looked for."""
_ALL_PAIRS = 20_000
"""Up to how many pairs of clauses are all compared; of more, only those that share rare words."""
_RARE, _POSTINGS = 8, 16
"""How many rare words of a clause are looked at, and in how many others a word may stand to be rare."""


@dataclass(slots=True)
class Pairing:
    """Places in the old text and those in the new to which they belong.

    Attributes:
        kept: pairs that keep their order.
        moved: pairs that do not.
        split: for an old place among those of `kept`, all the new ones, which follow on each other.
        joined: for a new place among those of `kept`, all the old ones.
        is_coarse: whether more could have been found with more memory.
    """

    kept: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    split: dict[int, tuple[int, ...]] = field(default_factory=dict)
    joined: dict[int, tuple[int, ...]] = field(default_factory=dict)
    is_coarse: bool = False


def pair(old: Sequence[Clause], new: Sequence[Clause], alphabet: Alphabet) -> Pairing:
    """Find out which clause became which.

    Args:
        old: the clauses of the old text, in order.
        new: those of the new one.
        alphabet: of the words.
    """
    return _Pairs(old, new, alphabet).paired()


class _Pairs:
    def __init__(self, old: Sequence[Clause], new: Sequence[Clause], alphabet: Alphabet) -> None:
        self.old, self.new = old, new
        self.spelt = [[alphabet.spell(word.text for word in one.words) for one in side] for side in (old, new)]
        self.said = [[alphabet.spell(_content(one)) for one in side] for side in (old, new)]
        self.sets = [[_setting(one) for one in side] for side in (old, new)]
        self.found = Pairing()
        self.taken: set[int] = set()
        self.judge = _Judge()

    def paired(self) -> Pairing:
        self._anchor()
        self._in_gaps(self._same(lambda side, place: (self.spelt[side][place], self.sets[side][place])))
        self._in_gaps(self._same(self._words_of))
        self._divided()
        self._in_gaps(self._similar_in_gap)
        self._moves()
        self.found.is_coarse = self.found.is_coarse or self.judge.is_tired
        return self.found

    def _keep(self, old: int, new: int) -> None:
        self.found.kept[old] = new
        self.taken.add(new)

    def _move(self, old: int, new: int) -> None:
        self.found.moved[old] = new
        self.taken.add(new)

    def _is_free(self, old: int, new: int) -> bool:
        is_old_free = 0 <= old < len(self.old) and old not in self.found.kept and old not in self.found.moved
        return is_old_free and 0 <= new < len(self.new) and new not in self.taken

    def _words_of(self, side: int, place: int) -> Hashable:
        """What clauses that differ in nothing but their setting have in common; one without words is like no other."""
        clause = (self.old, self.new)[side][place]
        return (self.spelt[side][place], _family(clause)) if clause.words else (side, place)

    # What stands once in each

    def _anchor(self) -> None:
        keys = [list(zip(self.spelt[side], self.sets[side], strict=True)) for side in (0, 1)]
        pairs = [(i, j, 1.0 + len(self.spelt[0][i])) for i, j in once_in_both(*keys) if self.old[i].words]
        chain = set(heaviest_chain([*pairs, *self._edited(pairs)]))
        for index in chain:
            if index < len(pairs):
                self._keep(*pairs[index][:2])
        for index, (i, j, _) in enumerate(pairs):
            if index not in chain and len(self.spelt[0][i]) >= _MOVABLE:
                self._move(i, j)
        self._extend_moves()

    def _edited(self, pairs: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
        """Pairs of the other clauses that are most probably the same, edited: they weigh, too, in what stays."""
        found = []
        taken_old, taken_new = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
        for i, j, score in self._likely(taken_old, taken_new):
            if i not in taken_old and j not in taken_new:
                taken_old.add(i)
                taken_new.add(j)
                found.append((i, j, score * len(self.said[0][i])))
        return found

    def _likely(self, gone: Container[int], taken: Container[int]) -> list[tuple[int, int, float]]:
        """Of the others, the long clauses that are similar wherever they stand, and how much so; the nearest first."""
        old = [i for i, text in enumerate(self.said[0]) if i not in gone and len(text) >= _LONG_ENOUGH]
        new = [j for j, text in enumerate(self.said[1]) if j not in taken and len(text) >= _LONG_ENOUGH]
        return sorted(self._scored(old, new, _SIMILAR_ELSEWHERE), key=lambda one: (-one[2], one[0], one[1]))

    def _extend_moves(self) -> None:
        """Let what stands beside a moved clause in both texts move with it."""
        for i, j in list(self.found.moved.items()):
            for step in (-1, 1):
                old, new = i + step, j + step
                while self._is_free(old, new) and self.old[old] == self.new[new]:
                    self._move(old, new)
                    old, new = old + step, new + step

    # What stands in the gaps

    def _in_gaps(self, find: Callable[[list[int], list[int]], Iterator[tuple[int, int]]]) -> None:
        """Look in each gap between kept clauses, in what is left of it, for pairs that keep their order."""
        for old, new in list(self._gaps()):
            for pair_found in list(find(old, new)):
                self._keep(*pair_found)

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        ends = [(-1, -1), *sorted(self.found.kept.items()), (len(self.old), len(self.new))]
        for (i, j), (next_i, next_j) in pairwise(ends):
            old = [place for place in range(i + 1, next_i) if place not in self.found.moved]
            new = [place for place in range(j + 1, next_j) if place not in self.taken]
            if old and new:
                yield old, new

    def _same(self, key: Callable[[int, int], Hashable]) -> Callable[[list[int], list[int]], Iterator[tuple[int, int]]]:
        """What finds the clauses that are the same by a key."""

        def find(old: list[int], new: list[int]) -> Iterator[tuple[int, int]]:
            letters = Alphabet()
            blocks, is_coarse = common(letters.spell(key(0, i) for i in old), letters.spell(key(1, j) for j in new))
            self.found.is_coarse = self.found.is_coarse or is_coarse
            for block in blocks:
                yield from zip(
                    old[block.old : block.old + block.length], new[block.new : block.new + block.length], strict=True
                )

        return find

    def _similar_in_gap(self, old: list[int], new: list[int]) -> Iterator[tuple[int, int]]:
        pairs = [
            (i, j, score * (1 + min(len(self.said[0][i]), len(self.said[1][j]))))
            for i, j, score in self._scored(old, new, _SIMILAR)
        ]
        for index in heaviest_chain(pairs):
            yield pairs[index][:2]

    def _scored(self, old: list[int], new: list[int], least: float) -> Iterator[tuple[int, int, float]]:
        """The pairs that are similar enough, of those that may belong together, and how similar they are."""
        for i, j in _candidates(old, new, self.said):
            if _family(self.old[i]) == _family(self.new[j]) and self.old[i].words and self.new[j].words:
                score = self.judge.similarity(self.said[0][i], self.said[1][j], least)
                if score >= least:
                    yield i, j, score if self.old[i].kind == self.new[j].kind else score * 0.9

    # What was split or joined

    def _divided(self) -> None:
        """Look in each gap for clauses that are several on the other side."""
        for old, new in list(self._gaps()):
            if len(old) * len(new) > _ALL_PAIRS:
                continue
            for whole, run in self._wholes_and_parts(old, new, is_split=True):
                self._keep(whole, run[0])
                self.taken.update(run)
                self.found.split[whole] = run
        for old, new in list(self._gaps()):
            if len(old) * len(new) > _ALL_PAIRS:
                continue
            for whole, run in self._wholes_and_parts(new, old, is_split=False):
                self.found.kept.update(dict.fromkeys(run, whole))
                self.taken.add(whole)
                self.found.joined[whole] = run

    def _wholes_and_parts(
        self, wholes: list[int], parts: list[int], *, is_split: bool
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The clauses that stand on the other side as a run of parts, in order, and these."""
        side = 0 if is_split else 1
        clauses = (self.old, self.new)
        beyond = -1
        for whole in wholes:
            if clauses[side][whole].kind in _WHOLES:
                continue
            free = [one for one in parts if one > beyond and clauses[1 - side][one].kind not in _WHOLES]
            run = self.judge.best_run(self.said[side][whole], free, self.said[1 - side])
            if run:
                beyond = run[-1]
                yield whole, run

    # What was moved and edited

    def _moves(self) -> None:
        for i, j, _ in self._likely(self.found.kept.keys() | self.found.moved.keys(), self.taken):
            if self._is_free(i, j):
                self._move(i, j)
        self._extend_moves()


_WHOLES = (Kind.HEADING, Kind.ROW, Kind.CODE, Kind.TITLE, Kind.SEPARATOR, Kind.CONTENTS)
"""What is not split or joined, but a new one of its kind."""


def _content(clause: Clause) -> list[str]:
    """The words by which clauses are found to be similar: without punctuation, if there are others."""
    return [word.text for word in clause.words if is_content(word)] or [word.text for word in clause.words]


def _setting(clause: Clause) -> Hashable:
    """Everything that a clause is besides the text of its words."""
    marks = tuple((place, one.marks, one.link) for place, one in enumerate(clause.words) if one.marks or one.link)
    return clause.kind, clause.level, clause.frames, marks


def _family(clause: Clause) -> Hashable:
    """Clauses of different families are never the same one: their words are of different natures."""
    return clause.kind if clause.kind in {Kind.ROW, Kind.CODE, Kind.SEPARATOR, Kind.CONTENTS} else None


class _Judge:
    """Says how similar wordings are, as long as that is not too much work; then that they are not."""

    def __init__(self) -> None:
        self._left = _EFFORT
        self.is_tired = False

    def similarity(self, old: str, new: str, least: float) -> float:
        """How similar two wordings are, from 0 to 1; 0 where it is less than asked for."""
        if not self._can_afford(old, new):
            return 0.0
        if len(old) * len(new) <= LARGEST:
            return Indel.normalized_similarity(old, new, score_cutoff=least)
        shared = (Counter(old) & Counter(new)).total()
        return 2 * shared / (len(old) + len(new))

    def is_part(self, part: str, whole: str) -> bool:
        """Whether most of the one stands in the other, which is longer."""
        if not part or len(part) >= len(whole) or not self._can_afford(part, whole):
            return False
        least = math.ceil(_PART * len(part))
        return LCSseq.similarity(part, whole, score_cutoff=least) >= least

    def best_run(self, whole: str, free: list[int], spelt: list[str]) -> tuple[int, ...]:
        """The places, following on each other, of the parts that make up the whole; none, if one part does as well."""
        best: tuple[float, tuple[int, ...]] = (0.0, ())
        run: list[int] = []
        for place in free:
            if not self.is_part(spelt[place], whole):
                run = []
                continue
            run = [*(run if run and run[-1] == place - 1 else []), place][-_MOST_PARTS:]
            while sum(len(spelt[one]) for one in run) * _WHOLE > len(whole) * (2 - _WHOLE):
                del run[0]  # However they are worded, so many words cannot be similar enough.
            for first in range(len(run) - 1):
                tried = tuple(run[first:])
                score = self.similarity(whole, "".join(spelt[one] for one in tried), max(best[0], _WHOLE))
                best = max(best, (score, tried), key=lambda one: one[0])
        single = max((self.similarity(whole, spelt[one], 0) for one in best[1]), default=1.0)
        return best[1] if best[0] >= max(_WHOLE, single + _BETTER) else ()

    def _can_afford(self, old: str, new: str) -> bool:
        self._left -= _PRICE + min(len(old) * len(new), LARGEST)
        self.is_tired = self._left < 0
        return not self.is_tired


def _candidates(old: list[int], new: list[int], spelt: list[list[str]]) -> Iterator[tuple[int, int]]:
    """The pairs that are worth a comparison: all, or those that share rare words or the same place."""
    if len(old) * len(new) <= _ALL_PAIRS:
        yield from ((i, j) for i in old for j in new)
        return
    counts = Counter(letter for j in new for letter in set(spelt[1][j]))
    postings: dict[str, list[int]] = {}
    for j in new:
        for letter in set(spelt[1][j]):
            if counts[letter] <= _POSTINGS:
                postings.setdefault(letter, []).append(j)
    for number, i in enumerate(old):
        rare = sorted((letter for letter in set(spelt[0][i]) if letter in postings), key=lambda one: (counts[one], one))
        near = {j for letter in rare[:_RARE] for j in postings[letter]}
        near |= {new[place] for place in (number, number - len(old) + len(new)) if 0 <= place < len(new)}
        yield from ((i, j) for j in sorted(near))
