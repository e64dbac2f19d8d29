"""Which clause of the old text is which of the new one.

Most clauses are the same in both, and are found by that: first how the texts begin and end, then what stands once in
each. They divide the rest into gaps, in which everything else is looked for: clauses that are the same, that were split
or joined, that are similar. What is left then may have been moved and edited. Only what is not the same is ever looked
into word by word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from inforce.core.alignment import Alphabet, common, heaviest_chain, once_in_both, same_ends
from inforce.core.clause import Clause, Kind, is_content
from inforce.core.likeness import Judge

_SIMILAR = 0.45
"""How similar clauses in the same place have to be for the one to be the other, edited."""
_SIMILAR_ELSEWHERE = 0.7
"""The same for clauses in different places, …"""
_LONG_ENOUGH = 6
"""… which also need so many words."""
_SHORT = 10
"""Of clauses with fewer words the punctuation counts, too: `Effective date: May 25, 2018` keeps its form."""
_MOVABLE = 3
"""How many words a clause needs, at the least, to have moved by itself."""
_ALL_PAIRS = 20_000
"""Up to how many pairs of clauses are all compared; of more, only those that share rare words."""
_RARE, _POSTINGS = 8, 16
"""How many rare words of a clause are looked at, and in how many others a word may stand to be rare."""
_WHOLES = (Kind.HEADING, Kind.ROW, Kind.CODE, Kind.TITLE, Kind.SEPARATOR, Kind.CONTENTS)
"""What is not split or joined, but a new one of its kind."""
_FAMILIES = {Kind.ROW, Kind.CODE, Kind.SEPARATOR, Kind.CONTENTS}
"""What is never the same as a clause of another kind: its words are of another nature."""

_NUMBER = re.compile(r"[\W\d_]+|\w|[ivxlc]+|[IVXLC]+")
"""What may number a heading."""


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


Places: TypeAlias = list[int]
Match: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The old places and the new ones of clauses that belong together; of more than one on a side, in a row."""


class _Pairs:
    def __init__(self, old: Sequence[Clause], new: Sequence[Clause], alphabet: Alphabet) -> None:
        self.old, self.new = old, new
        letters = Alphabet()
        self.letters = [letters.spell((one.wording, one.setting) for one in side) for side in (old, new)]
        self.wordings = _Wordings(old, alphabet), _Wordings(new, alphabet)
        self.found = Pairing()
        self.taken: set[int] = set()
        self.gaps: list[tuple[Places, Places]] = []
        self.likely: list[tuple[int, int, float]] = []
        self.judge = Judge()

    def paired(self) -> Pairing:
        self._anchor()
        self._in_gaps(self._same(lambda side, place: self.letters[side][place]))
        self._in_gaps(self._same(self._words_of))
        self._in_gaps(self._split)
        self._in_gaps(self._joined)
        self._in_gaps(self._similar_in_gap)
        self._moves()
        self.found.is_coarse = self.found.is_coarse or self.judge.is_tired
        return self.found

    def _keep(self, olds: Sequence[int], news: Sequence[int]) -> None:
        for old in olds:
            self.found.kept[old] = news[0]
        self.taken.update(news)
        if len(news) > 1:
            self.found.split[olds[0]] = tuple(news)
        if len(olds) > 1:
            self.found.joined[news[0]] = tuple(olds)

    def _move(self, old: int, new: int) -> None:
        self.found.moved[old] = new
        self.taken.add(new)

    def _is_free(self, old: int, new: int) -> bool:
        is_old_free = 0 <= old < len(self.old) and old not in self.found.kept and old not in self.found.moved
        return is_old_free and 0 <= new < len(self.new) and new not in self.taken

    def _words_of(self, side: int, place: int) -> Hashable:
        """What clauses that differ in nothing but their setting have in common; one without words is like no other."""
        clause = (self.old, self.new)[side][place]
        return (clause.wording, _family(clause)) if clause.words else (side, place)

    # What is the same at the ends, and what stands once in each

    def _anchor(self) -> None:
        head, tail = same_ends(*self.letters)
        end_old, end_new = len(self.old) - tail, len(self.new) - tail
        self._keep_all(zip(range(head), range(head), strict=True))
        self._keep_all(zip(range(end_old, len(self.old)), range(end_new, len(self.new)), strict=True))
        between = self.letters[0][head:end_old], self.letters[1][head:end_new]
        once = [(head + i, head + j) for i, j in once_in_both(*between) if self.old[head + i].words]
        anchors = self._in_order(once, range(head, end_old), range(head, end_new))
        self._keep_all(anchors)
        for i, j in once:
            if i not in self.found.kept and len(self.old[i].words) >= _MOVABLE:
                self._move(i, j)
        self._extend_moves()
        free = self._not_moved(range(head, end_old), range(head, end_new))
        self.gaps = list(_around(*free, [((i,), (j,)) for i, j in anchors]))

    def _keep_all(self, pairs: Iterable[tuple[int, int]]) -> None:
        kept = dict(pairs)
        self.found.kept.update(kept)
        self.taken.update(kept.values())

    def _not_moved(self, olds: range, news: range) -> tuple[Places, Places]:
        """The places without those of what moved."""
        moved = self.found.moved
        if not moved:
            return [*olds], [*news]
        moved_to = set(moved.values())
        return [place for place in olds if place not in moved], [place for place in news if place not in moved_to]

    def _in_order(self, once: list[tuple[int, int]], olds: range, news: range) -> list[tuple[int, int]]:
        """Those of the pairs that keep their order; so that as many words as possible do, of edited clauses too."""
        pairs = [(i, j, 1.0 + len(self.old[i].words)) for i, j in once]
        gone, taken = {i for i, _ in once}, {j for _, j in once}
        self.likely = self._likely([i for i in olds if i not in gone], [j for j in news if j not in taken])
        chain = heaviest_chain([*pairs, *self._edited()])
        return [once[index] for index in chain if index < len(once)]

    def _edited(self) -> Iterator[tuple[int, int, float]]:
        """Pairs of the other clauses that are most probably the same, edited, and what they weigh."""
        taken_old, taken_new = set(), set()
        for i, j, score in self.likely:
            if i not in taken_old and j not in taken_new:
                taken_old.add(i)
                taken_new.add(j)
                yield i, j, score * len(self.wordings[0].content(i))

    def _likely(self, olds: Places, news: Places) -> list[tuple[int, int, float]]:
        """Of these, the long clauses that are similar wherever they stand, and how much so; the nearest first."""
        long_olds, long_news = (
            [place for place in places if len(wordings.content(place)) >= _LONG_ENOUGH]
            for places, wordings in zip((olds, news), self.wordings, strict=True)
        )
        found = self._scored(long_olds, long_news, _SIMILAR_ELSEWHERE)
        return sorted(found, key=lambda one: (-one[2], one[0], one[1]))

    def _extend_moves(self) -> None:
        """Let what stands beside a moved clause in both texts move with it."""
        for i, j in list(self.found.moved.items()):
            for step in (-1, 1):
                old, new = i + step, j + step
                while self._is_free(old, new) and self._is_same(old, new):
                    self._move(old, new)
                    old, new = old + step, new + step

    def _is_same(self, old: int, new: int) -> bool:
        """Whether nothing is different, or only the number of a heading."""
        if self.letters[0][old] == self.letters[1][new]:
            return True
        titles = _title(self.old[old]), _title(self.new[new])
        return bool(titles[0]) and titles[0] == titles[1]

    # What stands in the gaps

    def _in_gaps(self, find: Callable[[Places, Places], Iterable[Match]]) -> None:
        """Look in each gap for what keeps its order; what is left are smaller gaps."""
        gaps, self.gaps = self.gaps, []
        for old, new in gaps:
            matches = list(find(old, new))
            for olds, news in matches:
                self._keep(olds, news)
            self.gaps += _around(old, new, matches) if matches else [(old, new)]

    def _same(self, key: Callable[[int, int], Hashable]) -> Callable[[Places, Places], Iterator[Match]]:
        """What finds the clauses that are the same by a key."""

        def find(old: Places, new: Places) -> Iterator[Match]:
            old_keys, new_keys = [key(0, i) for i in old], [key(1, j) for j in new]
            if set(old_keys).isdisjoint(new_keys):
                return
            letters = Alphabet()
            blocks, is_coarse = common(letters.spell(old_keys), letters.spell(new_keys))
            self.found.is_coarse = self.found.is_coarse or is_coarse
            for block in blocks:
                for step in range(block.length):
                    yield (old[block.old + step],), (new[block.new + step],)

        return find

    def _split(self, old: Places, new: Places) -> Iterator[Match]:
        if len(new) > 1:
            yield from self._divided(0, old, new)

    def _joined(self, old: Places, new: Places) -> Iterator[Match]:
        if len(old) > 1:
            yield from ((olds, news) for news, olds in self._divided(1, new, old))

    def _divided(self, side: int, wholes: Places, parts: Places) -> Iterator[Match]:
        """The clauses of a side that stand on the other one as a run of parts, in order, and these."""
        if len(wholes) * len(parts) > _ALL_PAIRS:
            return
        clauses, others = ((self.old, self.new), (self.new, self.old))[side]
        free = [one for one in parts if others[one].kind not in _WHOLES]
        spelt = {one: self.wordings[1 - side].content(one) for one in free}
        for whole in wholes:
            if clauses[whole].kind in _WHOLES:
                continue
            run = self.judge.best_run(self.wordings[side].content(whole), free, spelt)
            if run:
                free = [one for one in free if one > run[-1]]
                yield (whole,), run

    def _similar_in_gap(self, old: Places, new: Places) -> Iterator[Match]:
        pairs = [
            (i, j, score * (1 + min(len(self.wordings[0].content(i)), len(self.wordings[1].content(j)))))
            for i, j, score in self._scored(old, new, _SIMILAR)
        ]
        for index in heaviest_chain(pairs):
            i, j, _ = pairs[index]
            yield (i,), (j,)

    def _scored(self, old: Places, new: Places, least: float) -> Iterator[tuple[int, int, float]]:
        """The pairs that are similar enough, of those that may belong together, and how similar they are."""
        spelt = {j: self.wordings[1].form(j) for j in new if self.new[j].words}
        families: dict[Kind | None, dict[int, str]] = {}
        for j, text in spelt.items():
            families.setdefault(_family(self.new[j]), {})[j] = text
        for i, others in self._candidates(old, new):
            family = families.get(_family(self.old[i]))
            if not family or not self.old[i].words:
                continue
            near = family if others is None else {j: family[j] for j in others if j in family}
            told = self.wordings[0].told(i)
            for j, score in self.judge.similar(self.wordings[0].form(i), near, least):
                if not told.isdisjoint(self.wordings[1].told(j)):
                    yield i, j, score if self.old[i].kind == self.new[j].kind else score * 0.9

    def _candidates(self, old: Places, new: Places) -> Iterator[tuple[int, list[int] | None]]:
        """For each old place the new ones that are worth a comparison.

        All (None); or, if they are many, those that share rare words or stand at the same place.
        """
        if len(old) * len(new) <= _ALL_PAIRS:
            yield from ((i, None) for i in old)
            return
        said = {j: set(self.wordings[1].content(j)) for j in new}
        counts = Counter(letter for letters in said.values() for letter in letters)
        postings: dict[str, list[int]] = {}
        for j, letters in said.items():
            for letter in letters:
                if counts[letter] <= _POSTINGS:
                    postings.setdefault(letter, []).append(j)
        for number, i in enumerate(old):
            rare = sorted(
                (letter for letter in set(self.wordings[0].content(i)) if letter in postings),
                key=lambda one: (counts[one], one),
            )
            near = {j for letter in rare[:_RARE] for j in postings[letter]}
            near |= {new[place] for place in (number, number - len(old) + len(new)) if 0 <= place < len(new)}
            yield i, sorted(near)

    # What was moved and edited

    def _moves(self) -> None:
        for i, j, _ in self.likely:
            if self._is_free(i, j):
                self._move(i, j)
        self._extend_moves()


class _Wordings:
    """The words of the clauses of a text as strings, made when they are asked for."""

    def __init__(self, clauses: Sequence[Clause], alphabet: Alphabet) -> None:
        self._clauses, self._alphabet = clauses, alphabet
        self._contents: dict[int, str] = {}
        self._told: dict[int, frozenset[str]] = {}

    def content(self, place: int) -> str:
        """The words by which clauses are told apart: without punctuation, if there are others."""
        content = self._contents.get(place)
        if content is None:
            words = self._clauses[place].words
            told = [word.text for word in words if word.text[0].isalnum() or is_content(word)]
            content = self._alphabet.spell(told or [word.text for word in words])
            self._contents[place] = content
        return content

    def told(self, place: int) -> frozenset[str]:
        """The words of which two clauses have to share one to be similar: no numbers, if there are others."""
        told = self._told.get(place)
        if told is None:
            words = self._clauses[place].words
            letters = self._alphabet.spell(one.text for one in words if any(map(str.isalpha, one.text)))
            told = self._told[place] = frozenset(letters or self.content(place))
        return told

    def form(self, place: int) -> str:
        """The words by which clauses are found to be similar: of short ones all, but of titles and rows."""
        content = self.content(place)
        if len(content) < _SHORT and self._clauses[place].kind not in _WHOLES:
            return self._alphabet.spell(word.text for word in self._clauses[place].words)
        return content


def _around(old: Places, new: Places, matches: Iterable[Match]) -> Iterator[tuple[Places, Places]]:
    """What is left of a gap around what was found in it, in order; where something is left on both sides."""
    at_old = at_new = 0
    for olds, news in [*matches, ((), ())]:
        end_old = old.index(olds[0], at_old) if olds else len(old)
        end_new = new.index(news[0], at_new) if news else len(new)
        if end_old > at_old and end_new > at_new:
            yield old[at_old:end_old], new[at_new:end_new]
        at_old, at_new = end_old + len(olds), end_new + len(news)


def _title(clause: Clause) -> list[str]:
    """The words of a heading without its number: `3.`, `C.` or `IV.`; nothing for other clauses."""
    words = [word.text for word in clause.words if is_content(word)] if clause.kind is Kind.HEADING else []
    return words[1:] if words and _NUMBER.fullmatch(words[0]) else words


def _family(clause: Clause) -> Kind | None:
    return clause.kind if clause.kind in _FAMILIES else None
