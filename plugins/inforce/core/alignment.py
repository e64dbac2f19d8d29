"""What two sequences have in common, in order: of clauses, and of the words in them.

A sequence is a string with one character for each thing, whatever these are: RapidFuzz compares strings fastest.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

LARGEST = 400_000_000
"""How many places the matrix of a comparison may have; each takes a bit of memory."""
_LAST = 0x10FFFF
_DEEPEST = 6
"""How often what lies between common things is taken apart again, in the coarser way."""
_WIDTHS = (1, 6)
"""The coarser way holds to runs of so many things that both sequences have once; to longer ones for want of shorter."""


class Block(NamedTuple):
    """A stretch that is the same in both: where it begins in each, and its length."""

    old: int
    new: int
    length: int


class Alphabet:
    """Gives each thing a character, the same one to equal things.

    Beyond a million different things the further ones share one. So what is found with these strings has to be looked
    at again where it matters.
    """

    def __init__(self) -> None:
        """Begin with no thing known."""
        self._known: dict[Hashable, str] = {}

    def spell(self, things: Iterable[Hashable]) -> str:
        """The things as a string."""
        known = self._known
        return "".join([known.get(one) or self._learn(one) for one in things])

    def _learn(self, thing: Hashable) -> str:
        return self._known.setdefault(thing, chr(min(len(self._known) + 1, _LAST)))


def common(old: str, new: str) -> tuple[list[Block], bool]:
    """What both have in common, in order; and whether that is coarser than it could be, to save memory.

    As much as possible, but where the matrix would become too large: there, only what lies around things, or runs
    of things, that both have once.
    """
    blocks: list[Block] = []
    is_coarse = _gather(old, new, Block(0, 0, 0), blocks, 0)
    return _united(blocks), is_coarse


def _gather(old: str, new: str, at: Block, blocks: list[Block], depth: int) -> bool:
    """Add what both have in common, which begin at `at`; whether it is coarse."""
    head, tail = same_ends(old, new)
    if head:
        blocks.append(Block(at.old, at.new, head))
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    inner = Block(at.old + head, at.new + head, 0)
    is_coarse = False
    if inner_old and inner_new:
        if len(inner_old) * len(inner_new) <= LARGEST:
            blocks += (
                Block(inner.old + one.src_start, inner.new + one.dest_start, one.src_end - one.src_start)
                for one in LCSseq.opcodes(inner_old, inner_new)
                if one.tag == "equal"
            )
        else:
            is_coarse = True
            if depth < _DEEPEST:
                _around_anchors(inner_old, inner_new, inner, blocks, depth)
    if tail:
        blocks.append(Block(at.old + len(old) - tail, at.new + len(new) - tail, tail))
    return is_coarse


def _around_anchors(old: str, new: str, at: Block, blocks: list[Block], depth: int) -> None:
    chosen = next(filter(None, (_anchors(old, new, width) for width in _WIDTHS)), None)
    if chosen is None:
        return
    for (i, j), (next_i, next_j) in pairwise([(-1, -1), *chosen, (len(old), len(new))]):
        begin = Block(at.old + i + 1, at.new + j + 1, 0)
        _gather(old[i + 1 : next_i], new[j + 1 : next_j], begin, blocks, depth + 1)
        if next_i < len(old):
            blocks.append(Block(at.old + next_i, at.new + next_j, 1))


def _anchors(old: str, new: str, width: int) -> list[tuple[int, int]]:
    pairs = [(i, j, 1.0) for i, j in once_in_both(_runs(old, width), _runs(new, width))]
    return [pairs[one][:2] for one in heaviest_chain(pairs)]


def _runs(things: str, width: int) -> list[str]:
    """From each place so many things."""
    return [things[place : place + width] for place in range(len(things) - width + 1)]


def once_in_both(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """The places of what stands exactly once in each, in the order of the old one."""
    there = _single_places(new)
    for thing, place in _single_places(old).items():
        if thing in there:
            yield place, there[thing]


def heaviest_chain(pairs: Sequence[tuple[int, int, float]]) -> list[int]:
    """Which of the pairs of places stay in order, in both sequences, and weigh most together: their indices."""
    ranks = {place: rank for rank, place in enumerate(sorted({pair[1] for pair in pairs}), start=1)}
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(ranks) + 1)
    weights, before = [0.0] * len(pairs), [-1] * len(pairs)
    for index in sorted(range(len(pairs)), key=lambda one: (pairs[one][0], -pairs[one][1])):
        rank = ranks[pairs[index][1]]
        weight, before[index] = _best_below(best, rank - 1)
        weights[index] = weight + pairs[index][2]
        while rank <= len(ranks):
            best[rank] = max(best[rank], (weights[index], index))
            rank += rank & -rank
    chain = []
    last = _best_below(best, len(ranks))[1]
    while last >= 0:
        chain.append(last)
        last = before[last]
    return chain[::-1]


def _best_below(best: list[tuple[float, int]], rank: int) -> tuple[float, int]:
    found = (0.0, -1)
    while rank:
        found = max(found, best[rank])
        rank -= rank & -rank
    return found


def _single_places(things: Sequence[Hashable]) -> dict[Hashable, int]:
    places: dict[Hashable, int] = {}
    repeated = set()
    for place, thing in enumerate(things):
        if thing in places:
            repeated.add(thing)
        places[thing] = place
    return {thing: place for thing, place in places.items() if thing not in repeated}


def same_ends(old: str, new: str) -> tuple[int, int]:
    """How much of both is the same at the beginning, and how much of the rest at the end."""
    head = _same_length(old, new)
    return head, _same_length(old[head:][::-1], new[head:][::-1])


def _same_length(old: str, new: str) -> int:
    """How long the common beginning is."""
    least, most = 0, min(len(old), len(new))
    while least < most:
        tried = (least + most + 1) // 2
        if old[least:tried] == new[least:tried]:
            least = tried
        else:
            most = tried - 1
    return least


def _united(blocks: list[Block]) -> list[Block]:
    """Blocks that follow on each other directly, in one."""
    united: list[Block] = []
    for block in blocks:
        if united:
            last = united[-1]
            if (last.old + last.length, last.new + last.length) == (block.old, block.new):
                united[-1] = Block(last.old, last.new, last.length + block.length)
                continue
        united.append(block)
    return united
