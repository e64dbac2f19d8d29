"""What two sequences have in common, in order: of clauses, and of the words in them.

A sequence is a string with one character for each thing, whatever these are: RapidFuzz compares strings fastest.
"""

from __future__ import annotations

from bisect import bisect_left
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
        things = list(things)
        known = self._known
        for thing in dict.fromkeys(things):
            if thing not in known:
                known[thing] = chr(min(len(known) + 1, _LAST))
        return "".join(map(known.__getitem__, things))


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
    """Which of the pairs of places stay in order, in both sequences, and weigh most together: their indices.

    Each pair weighs more than nothing.
    """
    if all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(pairs)):
        return list(range(len(pairs)))
    # For chains that were begun: the new place at which each ends, its weight, its last pair. Further ends weigh more.
    ends: list[int] = []
    weights: list[float] = []
    lasts: list[int] = []
    before = [-1] * len(pairs)
    for index in sorted(range(len(pairs)), key=lambda one: (pairs[one][0], -pairs[one][1])):
        _, end, weight = pairs[index]
        at = bisect_left(ends, end)
        if at:
            weight += weights[at - 1]
            before[index] = lasts[at - 1]
        beyond = at
        while beyond < len(ends) and weights[beyond] <= weight:
            beyond += 1
        if beyond > at or at == len(ends) or ends[at] > end:
            ends[at:beyond], weights[at:beyond], lasts[at:beyond] = [end], [weight], [index]
    chain = [lasts[-1]]
    while before[chain[-1]] >= 0:
        chain.append(before[chain[-1]])
    return chain[::-1]


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
