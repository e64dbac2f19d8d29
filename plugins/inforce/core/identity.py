"""The identities of clauses: names that last over the whole history of a policy.

A clause keeps its identity while it is kept, edited, moved, and for the first part of one that was split, or the first
of several that were joined. A new clause gets a new one, made of what it says at first, such as `c-marketing-2`. One
that was removed and comes back gets its old identity again. Identities are given revision by revision, in the order in
which these joined the record, and depend on earlier ones alone: so a posting changes nothing of what was given before,
and a history that is read anew gives the same.

That is version 1 of how identities are given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import Indel

from inforce.core.alignment import Alphabet
from inforce.core.clause import BETWEEN, Clause, Kind, is_content, plain
from inforce.core.redline import Group, Placed, Redline

VERSION = 1
PREFIX = "c-"
"""What an identity begins with; headings have anchors of their own, which do not."""
_PARTS, _LONGEST = 4, 32
"""An identity has so many of a clause's first words, and of these so many characters at the most."""
_SIMILAR, _LONG_ENOUGH = 0.7, 6
"""How similar a clause has to be to one that is gone, to be that one again; and how many words both need for that."""
_EFFORT = 4_000_000
"""How many pairs are compared for that; beyond, only a clause with the same words is found again."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The identities of a revision's clauses, and how identities became others.

    Attributes:
        names: one for each clause, in reading order; no two are the same.
        split: of identities that came out of another one, as its clause was split: which that was.
        joined: of identities that went into another one, as their clauses were joined: which that was.
    """

    names: tuple[str, ...]
    split: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Memory:
    """What a clause said when it was last there.

    Attributes:
        turn: in which revision that was, by the order in which identities were given.
        kind: of what kind it was.
        wording: its words, as `Clause.wording` has them.
    """

    turn: int
    kind: str
    wording: str


class Identities:
    """Gives identities, one revision after the other."""

    def __init__(self, known: Mapping[str, Memory] | None = None, last: Identified | None = None) -> None:
        """Go on from what was given before: all identities ever given, and those of the revision before."""
        self.known = dict(known or {})
        self._split = dict(last.split) if last else {}
        self._joined = dict(last.joined) if last else {}
        self._turn = 1 + max((one.turn for one in self.known.values()), default=-1)
        self._next: dict[str, int] = {}

    def begin(self, clauses: Sequence[Clause]) -> Identified:
        """The identities of a text that has no other before it."""
        anchors = _anchors(clauses)
        return self._given([self._fresh(clause, anchors) for clause in clauses], clauses)

    def follow(self, before: Sequence[str], redline: Redline) -> Identified:
        """The identities of a text that was made from another one.

        Args:
            before: the identities of that other one's clauses.
            redline: what changed between them.
        """
        names: dict[int, str] = {}
        for change in redline.changes:
            if change.old and change.new:
                names[change.new[0].place] = before[change.old[0].place]
                self._joined |= dict.fromkeys(
                    (before[one.place] for one in change.old[1:]), before[change.old[0].place]
                )
        placed = [one for change in redline.changes for one in change.new]
        come = [one for one in placed if one.place not in names]
        names |= self._returned(come, frozenset(before))
        anchors = _anchors(one.clause for one in placed)
        names |= {one.place: self._fresh(one.clause, anchors) for one in come if one.place not in names}
        for change in redline.changes:
            for one in change.new[1:]:
                self._part(names[one.place], names[change.new[0].place])
        return self._given([names[place] for place in range(len(placed))], [one.clause for one in placed])

    def _given(self, names: Sequence[str], clauses: Sequence[Clause]) -> Identified:
        for name, clause in zip(names, clauses, strict=True):
            self.known[name] = _memory(clause, self._turn)
        self._turn += 1
        return Identified(tuple(names), dict(self._split), dict(self._joined))

    def _part(self, name: str, whole: str) -> None:
        if name not in _origins(whole, self._split):
            self._split[name] = whole

    def _fresh(self, clause: Clause, anchors: Container[str]) -> str:
        """An identity that no clause ever had, and that is not the anchor of a heading beside it."""
        name = _said_first(clause)
        number = self._next.get(name, 1)
        while (numbered := f"{name}-{number}" if number > 1 else name) in self.known or numbered in anchors:
            number += 1
        self._next[name] = number + 1
        self.known[numbered] = _memory(clause, self._turn)
        return numbered

    def _returned(self, placed: Sequence[Placed], here: frozenset[str]) -> dict[int, str]:
        """Of new clauses those that were there before: their places, and their identities."""
        if not placed:
            return {}
        gone = {name: memory for name, memory in self.known.items() if name not in here}
        found = dict(_same(placed, gone)) if gone else {}
        left = [one for one in placed if one.place not in found]
        found |= _similar(left, {name: one for name, one in gone.items() if name not in found.values()})
        for name in found.values():
            self._split.pop(name, None)
            self._joined.pop(name, None)
        return found


def _memory(clause: Clause, turn: int = 0) -> Memory:
    return Memory(turn, clause.kind, clause.wording)


def _same(placed: Sequence[Placed], gone: Mapping[str, Memory]) -> Iterator[tuple[int, str]]:
    """Of the clauses those that say what one that is gone said: the one that went last."""
    by_wording: dict[object, list[str]] = {}
    for name, memory in sorted(reversed(list(gone.items())), key=lambda one: one[1].turn):  # noqa: C414 - it is stable
        by_wording.setdefault((_nature(memory.kind), memory.wording), []).append(name)
    for one in placed:
        if names := by_wording.get((_nature(one.clause.kind), one.clause.wording)):
            yield one.place, names.pop()


def _similar(placed: Sequence[Placed], gone: Mapping[str, Memory]) -> Iterator[tuple[int, str]]:
    """Of the clauses those that say nearly what one that is gone said."""
    placed = [one for one in placed if len(one.clause.words) >= _LONG_ENOUGH]
    if not placed:
        return
    alphabet = Alphabet()
    choices: dict[object, dict[str, str]] = {}
    for name, memory in gone.items():
        said = [text for text in memory.wording.split(BETWEEN) if any(map(str.isalnum, text))]
        if len(said) >= _LONG_ENOUGH:
            choices.setdefault(_nature(memory.kind), {})[name] = alphabet.spell(said)
    if len(placed) * sum(map(len, choices.values())) > _EFFORT:
        return
    for one in placed:
        said = [word.text for word in one.clause.words if is_content(word)]
        there = choices.get(_nature(one.clause.kind), {})
        if len(said) >= _LONG_ENOUGH and there:
            best = process.extractOne(
                alphabet.spell(said), there, scorer=Indel.normalized_similarity, score_cutoff=_SIMILAR
            )
            if best is not None:
                del there[best[2]]
                yield one.place, best[2]


def groups_of(older: Sequence[str], newer: Identified) -> Iterator[Group]:
    """Which clauses of an older revision became which of a newer one of the same policy.

    Args:
        older: the identities of the older one's clauses.
        newer: those of the newer one.
    """
    here, there = ({name: place for place, name in enumerate(names)} for names in (older, newer.names))
    for place, name in enumerate(older):
        if name not in there:
            continue
        news = _run(newer.names, there[name], here, newer.split)
        yield ((place,) if len(news) > 1 else _run(older, place, there, newer.joined)), news


def _run(names: Sequence[str], start: int, others: Mapping[str, int], wholes: Mapping[str, str]) -> tuple[int, ...]:
    """The place of an identity, and those after it whose identities the other text lacks and that are parts of it."""
    end = start + 1
    while end < len(names) and names[end] not in others and names[start] in _origins(names[end], wholes):
        end += 1
    return tuple(range(start, end))


def _origins(name: str, wholes: Mapping[str, str]) -> list[str]:
    """What an identity came out of, or went into: the nearest first; itself not."""
    found: list[str] = []
    while (name := wholes.get(name, "")) and name not in found:
        found.append(name)
    return found


def _said_first(clause: Clause) -> str:
    """The name of a clause by its first words, or by its kind where it has none."""
    parts = _parts(plain(islice(clause.words, 3 * _PARTS)))
    return PREFIX + ("-".join(parts[:_PARTS])[:_LONGEST].strip("-") or clause.kind)


def _anchors(clauses: Iterable[Clause]) -> frozenset[str]:
    """The anchors that headings have by themselves, as far as they could be taken for identities."""
    anchors = ("-".join(_parts(plain(one.words))) for one in clauses if one.kind is Kind.HEADING)
    return frozenset(anchor for anchor in anchors if anchor.startswith(PREFIX))


def _parts(text: str) -> list[str]:
    """What is between the signs of a text, in small letters."""
    marked = (one if one.isalnum() or unicodedata.category(one).startswith("M") else " " for one in text.casefold())
    return "".join(marked).split()


_BY_THEMSELVES = frozenset({Kind.ROW, Kind.CODE, Kind.SEPARATOR, Kind.CONTENTS})


def _nature(kind: str) -> str:
    """Clauses of different natures are never the same one."""
    return kind if kind in _BY_THEMSELVES else ""
