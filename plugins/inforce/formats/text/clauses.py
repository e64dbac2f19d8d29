"""From a revision's text to its clauses.

The text is rendered as for the site, and the clauses are read from the HTML, so that what is compared is what is shown.
How wide apart the items of a list stand, how the columns of a table are aligned and in which language code is written
is no content. Of each clause it is known at which element of the HTML it begins, so that a page can mark it there.

The HTML is python-markdown's own, well-formed but for a few elements that have no end, and with every sign escaped that
could be taken for a tag. So it is read by its tags alone, and each passage by itself: a passage begins with a heading
or a paragraph, and no container reaches from one into the next.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word
from inforce.core.words import cut, cut_code
from inforce.formats.text.markdown import Passage, renderer
from inforce.formats.text.markdown_rules import RELATIVE
from inforce.formats.text.passages import passages

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_RELATIVE = re.compile(re.escape(RELATIVE).replace(r"\{\}", "([^\x03]*)"))
_ENDLESS = {"br", "hr"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MARKS = {"strong": Mark.STRONG, "em": Mark.EM, "code": Mark.CODE, "u": Mark.U, "sub": Mark.SUB, "sup": Mark.SUP}
_ORDER = {mark: place for place, mark in enumerate(Mark)}
_SPACE = " \t\r\n\f"
_PASSAGES = 6000
"""How many passages are remembered as clauses: the texts of one policy repeat each other."""
_BLOCKS = {"p", "ul", "ol", "dl", "blockquote", "pre", "table", "div", "hr", *_HEADINGS}
_word = lru_cache(maxsize=1 << 16)(
    Word
)  # Texts repeat their words, and equal ones are fast to compare if they are one.


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """The clauses of a passage, and where in its HTML they begin.

    Attributes:
        clauses: in reading order.
        places: for each of them the place of its element's `<` in `"".join(passage.pieces)`. A clause without an
            element of its own (text that follows on a block, in an item or a quotation) has -1 less the place of the
            element in which it stands.
    """

    clauses: tuple[Clause, ...]
    places: tuple[int, ...]


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a text, in reading order.

    Args:
        text: Markdown in which `text_faults` finds nothing.

    Raises:
        RecursionError: it is nested too deep.
    """
    return read_clauses(map(renderer().convert, passages(text)))


def read_clauses(text: Iterable[Passage]) -> tuple[Clause, ...]:
    """The clauses of a text whose passages are converted already."""
    return tuple(clause for passage in text for clause in read_passage(passage).clauses)


@lru_cache(_PASSAGES)
def read_passage(passage: Passage) -> ReadPassage:
    """The clauses of a passage; those of a text are the clauses of its passages, one after another.

    Raises:
        RecursionError: it is nested too deep.
    """
    reader = _Reader()
    reader.container(_parsed("".join(passage.pieces)), (), Kind.PARAGRAPH)
    return ReadPassage(tuple(reader.clauses), tuple(reader.places))


# The HTML as a tree


@dataclass(slots=True, eq=False)
class _Element:
    """An element: its tag, the text of its attributes, the place of its `<`, and the text and elements in it."""

    tag: str
    attributes: str
    place: int
    pieces: list[str | _Element] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of an attribute; None where it has none."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1] == name:
                return html.unescape(found[2])
        return None

    def elements(self) -> Iterator[_Element]:
        """The elements directly in it."""
        return (piece for piece in self.pieces if not isinstance(piece, str))

    def all(self, tag: str) -> Iterator[_Element]:
        """The elements of this tag within it, in order."""
        for element in self.elements():
            if element.tag == tag:
                yield element
            yield from element.all(tag)

    def text(self) -> str:
        """All text in it."""
        return "".join(piece if isinstance(piece, str) else piece.text() for piece in self.pieces)


Run: TypeAlias = list[str | _Element]


def _parsed(source: str) -> _Element:
    """The HTML in one element around it."""
    around = element = _Element("body", "", 0)
    above: list[_Element] = []
    end = 0
    for tag in _TAG.finditer(source):
        start = tag.start()
        if start > end:
            element.pieces.append(_unescaped(source[end:start]))
        end = tag.end()
        closing, name, attributes = tag.groups()
        if closing:
            element = above.pop()
            continue
        inner = _Element(name, attributes, start)
        element.pieces.append(inner)
        if name not in _ENDLESS:
            above.append(element)
            element = inner
    if end < len(source):
        element.pieces.append(_unescaped(source[end:]))
    return around


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text else text


# Its words


class _Line:
    """The words of one clause, as its inline elements are read."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._before = ""

    def read(self, run: Run, marks: tuple[Mark, ...] = (), link: str | None = None) -> None:
        """Read text and inline elements."""
        for piece in run:
            if isinstance(piece, str):
                self.add(piece, marks, link)
            elif piece.tag == "br":
                self._before = "\n"
            elif piece.tag == "sup" and (piece.get("id") or "").startswith("fnref"):
                label = (next(piece.all("a")).get("href") or "").partition(":")[2]
                self.sign(f"[^{label}]", Mark.FOOTNOTE)
            elif piece.tag == "a":
                if piece.get("class") != "footnote-backref":
                    self.read(piece.pieces, marks, _RELATIVE.sub(r"\1", piece.get("href") or ""))
            else:
                mark = _MARKS.get(piece.tag)
                self.read(piece.pieces, _with(marks, mark) if mark else marks, link)

    def add(self, text: str, marks: tuple[Mark, ...] = (), link: str | None = None) -> None:
        """Read on: text that is set like this."""
        found = cut(text)
        if found:
            space, word = found[0]
            self._add(word, marks, link, self._before or " " * bool(space))
            self.words += [_word(word, marks, link, " " if space else "") for space, word in found[1:]]
        if text[-1:].isspace():
            self._before = self._before or " "

    def sign(self, text: str, *marks: Mark) -> None:
        """Read a word that is made of more than text."""
        self._add(text, marks, None, self._before)

    def take(self) -> tuple[Word, ...]:
        """The words that were read, once."""
        words, self.words, self._before = tuple(self.words), [], ""
        return words

    def _add(self, text: str, marks: tuple[Mark, ...], link: str | None, before: str) -> None:
        is_first = not self.words or BORDER in (text, self.words[-1].text)
        self.words.append(_word(text, marks, link, "" if is_first else before))
        self._before = ""


@lru_cache(maxsize=256)
def _with(marks: tuple[Mark, ...], mark: Mark) -> tuple[Mark, ...]:
    return tuple(sorted({*marks, mark}, key=_ORDER.__getitem__))


def _words(element: _Element) -> tuple[Word, ...]:
    line = _Line()
    line.read(element.pieces)
    return line.take()


def _row(row: _Element) -> tuple[Word, ...]:
    line = _Line()
    for number, cell in enumerate(row.elements()):
        if number:
            line.sign(BORDER)
        line.read(cell.pieces)
    return line.take()


def _code(block: _Element) -> tuple[Word, ...]:
    """The words of a block of code, in which white space is content: each line end and each stretch of blanks."""
    return tuple(_word(found, (Mark.CODE,)) for found in cut_code(block.text().strip("\n")))


# Its blocks


class _Reader:
    """Gathers the clauses of a passage, and their places."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self.places: list[int] = []

    def container(
        self, element: _Element, frames: tuple[str, ...], first: Kind, *, label: str = "", level: int = 0
    ) -> None:
        """Read an element that can hold both text and blocks.

        Args:
            element: the element.
            frames: where what is in it stands.
            first: of what kind its first clause is, which is there even without words unless it is a paragraph.
            label: the sign of a footnote, with which it begins.
            level: that of its first clause.
        """
        line, previous = _Line(), ""
        is_begun = first is Kind.PARAGRAPH
        if label:
            line.sign(label, Mark.FOOTNOTE)
            line.add(" ")
        for run, own in _runs(element):
            if isinstance(run, list):
                line.read(run)
                previous = ""
                if not is_begun:
                    self._add(Clause(first, line.take(), frames, level), element.place)
                elif line.words:
                    self._add(Clause(Kind.PARAGRAPH, line.take(), frames), own)
                is_begun = True
                continue
            if not is_begun:
                self._add(Clause(first, line.take(), frames, level), element.place)
                is_begun = True
            name = _frame(run)
            previous = f"{name}, again" if name and name == previous else name
            self._block(run, frames, previous)
        if not is_begun:
            self._add(Clause(first, line.take(), frames, level), element.place)

    def _add(self, clause: Clause, place: int) -> None:
        self.clauses.append(clause)
        self.places.append(place)

    def _block(self, block: _Element, frames: tuple[str, ...], name: str) -> None:
        """Read a block; `name` is its frame's, if it is a container."""
        if name:
            self._contained(block, (*frames, name), name.partition(",")[0])
        elif block.tag in _HEADINGS:
            self._add(Clause(Kind.HEADING, _words(block), frames, _HEADINGS[block.tag]), block.place)
        elif block.tag == "pre":
            self._add(Clause(Kind.CODE, _code(block), frames), block.place)
        elif block.tag == "hr":
            self._add(Clause(Kind.SEPARATOR, (), frames), block.place)
        elif block.get("class") == "toc":
            self._add(Clause(Kind.CONTENTS, (), frames), block.place)
        elif block.tag == "p":
            self._add(Clause(Kind.TITLE, _words(block), frames), block.place)
        else:
            self.container(block, frames, Kind.PARAGRAPH)

    def _contained(self, block: _Element, frames: tuple[str, ...], name: str) -> None:
        match name:
            case "list" | "numbered list":
                self._items(block, frames)
            case "definitions":
                for child in block.elements():
                    self._term_or_definition(child, frames)
            case "table":
                for part in (*block.all("thead"), *block.all("tbody")):
                    for row in part.elements():
                        self._add(Clause(Kind.ROW, _row(row), frames, int(part.tag == "thead")), row.place)
            case "footnotes":
                for note in block.all("li"):
                    if (label := note.get("id") or "").startswith("fn:"):
                        self.container(note, frames, Kind.FOOTNOTE, label=f"[^{label.removeprefix('fn:')}]")
            case _:
                self.container(block, frames, Kind.PARAGRAPH)

    def _term_or_definition(self, element: _Element, frames: tuple[str, ...]) -> None:
        """Read what stands in a list of definitions; a table of contents may be the term."""
        if element.tag == "div":
            self._block(element, frames, "")
        else:
            self.container(element, frames, Kind.TERM if element.tag == "dt" else Kind.DEFINITION)

    def _items(self, block: _Element, frames: tuple[str, ...]) -> None:
        """Read the items of a list; the number at which it begins is its first one's."""
        start = int(block.get("start") or 1)
        for number, item in enumerate(block.elements()):
            self.container(item, frames, Kind.ITEM, level=start if number == 0 and start != 1 else 0)


def _runs(element: _Element) -> Iterator[tuple[Run | _Element, int]]:
    """What is in an element: its blocks, and between them the stretches of text; a paragraph is such a stretch.

    With the place of each paragraph and block; of text without an element the one that `ReadPassage` tells of.
    """
    bare = -1 - element.place
    run: Run = []
    for piece in element.pieces:
        if isinstance(piece, str) or piece.tag not in _BLOCKS:
            run.append(piece)
            continue
        if _shows(run):
            yield run, bare
        run = []
        yield piece.pieces if piece.tag == "p" and not piece.get("class") else piece, piece.place
    if _shows(run):
        yield run, bare


def _shows(run: Run) -> bool:
    return any(not isinstance(piece, str) or piece.strip(_SPACE) for piece in run)


_FRAMES = {"ul": "list", "ol": "numbered list", "dl": "definitions", "blockquote": "quotation", "table": "table"}


def _frame(block: _Element) -> str:
    """What a container is called; nothing for other blocks."""
    if block.tag != "div":
        return _FRAMES.get(block.tag, "")
    classes = block.get("class") or ""
    if classes.startswith("admonition"):
        return classes
    return {"footnote": "footnotes", "inforce-table": "table"}.get(classes, "")
