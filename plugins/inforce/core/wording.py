"""What changed within a clause, word by word.

Readable beats minimal: where hardly a word was kept between two changes it is marked with them, and what was inserted
or deleted begins where a sentence does, if it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from inforce.core.alignment import Alphabet, Block, common
from inforce.core.clause import BORDER, Word, cells, is_content

Words = tuple[Word, ...]
_FURTHEST = 200
"""How far a change is moved to where it reads better."""
_LONG, _TELLING = 10, 4
"""In a wording of so many words, how many have to be kept in a row to say that it is the same one."""


class Fate(StrEnum):
    """What became of words."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"
    LINKED = "linked"
    """The same words, with another target of their link, or a link more or less."""
    FORMATTED = "formatted"
    """The same words, set off otherwise."""


class Stretch(NamedTuple):
    """Words that share a fate: as they stand in the old text (none where inserted) and in the new (none: deleted)."""

    fate: Fate
    old: Words = ()
    new: Words = ()


class _Hunk(NamedTuple):
    """Words that were replaced: from and up to which in the old clause, and in the new."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def compare_words(old: Words, new: Words, alphabet: Alphabet) -> tuple[tuple[Stretch, ...], bool]:
    """The stretches of two wordings of a clause, in order; and whether they are coarser than they could be.

    Rows with equally many cells are compared cell by cell.
    """
    old_cells, new_cells = cells(old), cells(new)
    if len(old_cells) != len(new_cells) or len(old_cells) == 1:
        hunks, blocks, is_coarse = _hunks(old, new, alphabet)
        return tuple(_stretches(old, new, hunks, blocks)), is_coarse
    border = Word(BORDER)
    stretches: list[Stretch] = []
    is_coarse = False
    for number, (old_cell, new_cell) in enumerate(zip(old_cells, new_cells, strict=True)):
        if number:
            stretches.append(Stretch(Fate.KEPT, (border,), (border,)))
        inside, is_coarse_inside = compare_words(old_cell, new_cell, alphabet)
        stretches += inside
        is_coarse = is_coarse or is_coarse_inside
    return tuple(_united(stretches)), is_coarse


def kept_share(stretches: Iterable[Stretch]) -> float:
    """How much of the longer wording was kept: from 0 to 1, punctuation not counted.

    Nor are, in long ones, the few words that two changes have left between them here and there: any two texts have
    such in common.
    """
    lengths = [(sum(map(is_content, one.old)), sum(map(is_content, one.new))) for one in stretches]
    longer = max(sum(old for old, _ in lengths), sum(new for _, new in lengths))
    least = _TELLING if longer >= _LONG else 1
    return sum(min(both) for both in lengths if min(both) >= least) / max(longer, 1)


def parted(stretches: Iterable[Stretch], lengths: Sequence[int], *, by_new: bool) -> tuple[tuple[Stretch, ...], ...]:
    """The stretches, cut where clauses end: one part for each of them, with as many words of that side.

    Args:
        stretches: of all the clauses together.
        lengths: how many words each clause has.
        by_new: whether these are clauses of the new text, rather than of the old.
    """
    parts: list[list[Stretch]] = [[] for _ in lengths]
    part, room = 0, lengths[0]
    for stretch in stretches:
        rest = stretch
        while rest.old or rest.new:
            counted = rest.new if by_new else rest.old
            while not room and part + 1 < len(lengths) and counted:
                part += 1
                room = lengths[part]
            taken = min(room, len(counted)) if part + 1 < len(lengths) else len(counted)
            first, rest = _cut(rest, taken, is_whole=taken == len(counted))
            room -= taken
            parts[part].append(first)
    return tuple(map(tuple, parts))


def _cut(stretch: Stretch, length: int, *, is_whole: bool) -> tuple[Stretch, Stretch]:
    if is_whole:
        return stretch, Stretch(stretch.fate)
    first = Stretch(stretch.fate, stretch.old[:length], stretch.new[:length])
    return first, Stretch(stretch.fate, stretch.old[length:], stretch.new[length:])


def _hunks(old: Words, new: Words, alphabet: Alphabet) -> tuple[list[_Hunk], list[Block], bool]:
    spelt = [alphabet.spell(word.text for word in words) for words in (old, new)]
    blocks, is_coarse = common(*spelt)
    hunks = _absorbed(list(_between(blocks, len(old), len(new))), old)
    hunks = _slid(hunks, old, new)
    return hunks, list(_kept(hunks, len(old), len(new))), is_coarse


def _between(blocks: list[Block], old: int, new: int) -> Iterator[_Hunk]:
    ends = [(0, 0), *((one.old + one.length, one.new + one.length) for one in blocks)]
    starts = [*((one.old, one.new) for one in blocks), (old, new)]
    for (old_start, new_start), (old_end, new_end) in zip(ends, starts, strict=True):
        if old_end > old_start or new_end > new_start:
            yield _Hunk(old_start, old_end, new_start, new_end)


def _kept(hunks: list[_Hunk], old: int, new: int) -> Iterator[Block]:
    for before, after in pairwise([_Hunk(0, 0, 0, 0), *hunks, _Hunk(old, old, new, new)]):
        yield Block(before.old_end, before.new_end, after.old_start - before.old_end)


def _absorbed(hunks: list[_Hunk], old: Words) -> list[_Hunk]:
    """The hunks, those with hardly a kept word between them in one."""
    united: list[_Hunk] = []
    for hunk in hunks:
        while united and _is_salad(old[united[-1].old_end : hunk.old_start], united[-1], hunk):
            last = united.pop()
            hunk = _Hunk(last.old_start, hunk.old_end, last.new_start, hunk.new_end)  # noqa: PLW2901 - it grows
        united.append(hunk)
    return united


def _is_salad(kept: Words, before: _Hunk, after: _Hunk) -> bool:
    """Whether so little was kept between two changes that they read better as one."""
    if any(_ends_sentence(word) for word in kept):
        return False
    content = sum(map(is_content, kept))
    replaced = _is_replaced(before) + _is_replaced(after)
    return not content or content < replaced or (content == replaced and min(_size(before), _size(after)) > 1)


def _is_replaced(hunk: _Hunk) -> bool:
    """Whether words stand on both sides; one that is only inserted or only deleted is read easily by itself."""
    return hunk.old_end > hunk.old_start and hunk.new_end > hunk.new_start


def _size(hunk: _Hunk) -> int:
    return max(hunk.old_end - hunk.old_start, hunk.new_end - hunk.new_start)


def _ends_sentence(word: Word) -> bool:
    return word.text in {".", "!", "?", ";", ":", "。", "؟", "！", "？", BORDER}


def _slid(hunks: list[_Hunk], old: Words, new: Words) -> list[_Hunk]:
    """The hunks, what is only inserted or only deleted moved to where it reads better."""
    slid: list[_Hunk] = []
    for hunk in hunks:
        first = slid[-1] if slid else _Hunk(0, 0, 0, 0)
        if hunk.old_start == hunk.old_end:
            room = hunk.new_start - first.new_end
            steps = _steps(new, hunk.new_start, hunk.new_end, room - bool(slid))
        elif hunk.new_start == hunk.new_end:
            room = hunk.old_start - first.old_end
            steps = _steps(old, hunk.old_start, hunk.old_end, room - bool(slid))
        else:
            steps = 0
        slid.append(_Hunk(*(place - steps for place in hunk)))
    return slid


def _steps(words: Words, start: int, end: int, room: int) -> int:
    """By how many words to move a stretch towards the beginning: what it passes has to be the same as its end."""
    best, best_score = 0, _score(words, start)
    for steps in range(1, min(room, _FURTHEST) + 1):
        if words[start - steps].text != words[end - steps].text:
            break
        score = _score(words, start - steps)
        if score > best_score:
            best, best_score = steps, score
    return best


def _score(words: Words, start: int) -> int:
    """How well a stretch reads that begins here."""
    if start == 0 or _ends_sentence(words[start - 1]):
        return 2
    return int(bool(words[start].before))


def _stretches(old: Words, new: Words, hunks: list[_Hunk], blocks: list[Block]) -> Iterator[Stretch]:
    """The kept words and the others in turn, none without words; there is one block more than hunks."""
    for index, block in enumerate(blocks):
        if block.length:
            kept_old = old[block.old : block.old + block.length]
            yield from _kept_stretches(kept_old, new[block.new : block.new + block.length])
        if index < len(hunks):
            hunk = hunks[index]
            if hunk.old_end > hunk.old_start:
                yield Stretch(Fate.DELETED, old=old[hunk.old_start : hunk.old_end])
            if hunk.new_end > hunk.new_start:
                yield Stretch(Fate.INSERTED, new=new[hunk.new_start : hunk.new_end])


def _kept_stretches(old: Words, new: Words) -> Iterator[Stretch]:
    """The stretches of words that are the same but for how they are set and linked."""
    if old == new:
        yield Stretch(Fate.KEPT, old, new)
        return
    for likeness, group in groupby(zip(old, new, strict=True), _likeness):
        olds, news = zip(*group, strict=True)
        if likeness is not None:
            yield Stretch(likeness[0], olds, news)
            continue
        for one, other in zip(olds, news, strict=True):
            yield Stretch(Fate.DELETED, old=(one,))
            yield Stretch(Fate.INSERTED, new=(other,))


def _likeness(words: tuple[Word, Word]) -> tuple[Fate, *tuple[object, ...]] | None:
    """What pairs of words must have in common to be shown as one: for links and formatting, from what to what.

    None for those of so many different words that they share a character.
    """
    old, new = words
    if old is new or old == new:
        return (Fate.KEPT,)
    if old.text != new.text:
        return None
    return Fate.LINKED if old.link != new.link else Fate.FORMATTED, old.marks, old.link, new.marks, new.link


def _united(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The stretches, kept ones that follow on each other in one."""
    for is_kept, group in groupby(stretches, lambda one: one.fate is Fate.KEPT):
        same = list(group)
        if is_kept and len(same) > 1:
            old = tuple(word for one in same for word in one.old)
            yield Stretch(Fate.KEPT, old, tuple(word for one in same for word in one.new))
        else:
            yield from same
