"""A text's HTML with more in it: the anchor of each clause, and beside some of them something to open.

What is put in beside a clause goes before its element; into it, at its beginning, where only certain elements may
follow on each other: into an item of a list, a term, a definition, the first cell of a row.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from inforce.formats.text.clauses import ReadPassage
from inforce.formats.text.markdown import Passage

_TAG = re.compile(r"<(\w+)([^>]*)>")
_CELL = re.compile(r"<t[hd][^>]*>")
_INSIDE = ("li", "dd", "dt", "tr")

Insertion = tuple[int, str]
"""An offset in a passage's HTML, and what is put in there."""


def marked(
    passages: Sequence[Passage], read: Sequence[ReadPassage], names: Sequence[str], beside: Mapping[int, str]
) -> Iterator[Passage]:
    """The passages with their clauses' anchors.

    Args:
        passages: of the text, in order.
        read: their clauses.
        names: the identities of all the clauses, in order.
        beside: HTML to be put in beside clauses, by their places in the text.
    """
    first = 0
    for passage, clauses in zip(passages, read, strict=True):
        source = "".join(passage.pieces)
        insertions: list[Insertion] = []
        for number, place in enumerate(clauses.places, first):
            insertions += _insertions(source, place, names[number], beside.get(number, ""))
        first += len(clauses.places)
        yield Passage(tuple(_spliced(passage.pieces, insertions)), passage.headings, passage.refused)


def _insertions(source: str, place: int, name: str, beside: str) -> Iterator[Insertion]:
    tag = _TAG.match(source, place if place >= 0 else -1 - place)
    if tag is None:
        return
    anchor = f' id="{html.escape(name)}"'
    if place < 0 or ' id="' in tag[2]:
        inside = f"<span{anchor}></span>"
        if place < 0 or tag[1] in _INSIDE:
            yield tag.end(), beside + inside
        else:
            yield from [(tag.start(), beside)] if beside else []
            yield tag.end(), inside
        return
    if beside:
        cell = _CELL.search(source, tag.end()) if tag[1] == "tr" else None
        yield (cell or tag).end() if tag[1] in _INSIDE else tag.start(), beside
    yield tag.end(1), anchor


def _spliced(pieces: Sequence[str], insertions: Iterable[Insertion]) -> Iterator[str]:
    """The pieces with everything put in, each at its offset in all of them together; nothing goes between two."""
    waiting = sorted(insertions, key=lambda one: one[0])
    ends = list(accumulate(map(len, pieces)))
    number = 0
    for piece, end in zip(pieces, ends, strict=True):
        begin, parts, done = end - len(piece), [], 0
        while number < len(waiting) and waiting[number][0] <= end:
            offset, text = waiting[number][0] - begin, waiting[number][1]
            parts += [piece[done:offset], text]
            done = offset
            number += 1
        yield "".join(parts) + piece[done:]
