"""From a revision's text to its clauses.

The text is rendered as for the site, and the clauses are read from the HTML, so that what is compared is what is shown.
How wide apart the items of a list stand, how the columns of a table are aligned and in which language code is written
is no content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element as Element

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word
from inforce.core.words import cut
from inforce.formats.text.markdown import Rendition, render
from inforce.formats.text.markdown_rules import RELATIVE

_RELATIVE = re.compile(re.escape(RELATIVE).replace(r"\{\}", "([^\x03]*)"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MARKS = {"strong": Mark.STRONG, "em": Mark.EM, "code": Mark.CODE, "u": Mark.U, "sub": Mark.SUB, "sup": Mark.SUP}
_ORDER = {mark: place for place, mark in enumerate(Mark)}
_CODE = re.compile(r"\n|[ \t]+|[^\s]+")
_SPACE = " \t\r\n\f"
_BLOCKS = {"p", "ul", "ol", "dl", "blockquote", "pre", "table", "div", "hr", *_HEADINGS}


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a text, in reading order.

    Args:
        text: Markdown in which `text_faults` finds nothing.

    Raises:
        RecursionError: it is nested too deep.
    """
    return read_clauses(render(text))


def read_clauses(rendition: Rendition) -> tuple[Clause, ...]:
    """The clauses of a text that was rendered already."""
    source = _RELATIVE.sub(r"\1", rendition.html)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    page = etree.fromstring(f"<html><body>{source}</body></html>".encode(), parser)
    return tuple(_in_container(page[0], (), Kind.PARAGRAPH))


class _Line:
    """The words of one clause, as its inline elements are read."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._before = ""

    def add(self, text: str, marks: frozenset[Mark], link: str | None) -> None:
        """Read on: text that is set like this."""
        in_order = tuple(sorted(marks, key=_ORDER.__getitem__))
        end = 0
        for space, word in cut(text):
            end += len(space) + len(word)
            self._add(word, in_order, link, self._before or " " * bool(space))
        if text[end:]:
            self._before = self._before or " "

    def sign(self, text: str, *marks: Mark) -> None:
        """Read a word that is made of more than text."""
        self._add(text, marks, None, self._before)

    def break_line(self) -> None:
        """What comes next stands on a new line."""
        self._before = "\n"

    def take(self) -> tuple[Word, ...]:
        """The words that were read, once."""
        words, self.words, self._before = tuple(self.words), [], ""
        return words

    def _add(self, text: str, marks: tuple[Mark, ...], link: str | None, before: str) -> None:
        is_first = not self.words or BORDER in (text, self.words[-1].text)
        self.words.append(Word(text, marks, link, "" if is_first else before))
        self._before = ""


Run: TypeAlias = list[str | Element]


def _in_container(element: Element, frames: tuple[str, ...], first: Kind, label: str = "") -> Iterator[Clause]:
    """The clauses in an element that can hold both text and blocks.

    Args:
        element: the element.
        frames: where what is in it stands.
        first: of what kind its first clause is, which is there even without words unless it is a paragraph.
        label: the sign of a footnote, with which it begins.
    """
    line, kind, previous = _Line(), first, ""
    if label:
        line.sign(label, Mark.FOOTNOTE)
        line.add(" ", frozenset(), None)
    for run in _runs(element):
        if isinstance(run, list):
            _read(line, run)
            previous = ""
            if line.words or kind is not Kind.PARAGRAPH:
                yield Clause(kind, line.take(), frames)
                kind = Kind.PARAGRAPH
            continue
        if kind is not Kind.PARAGRAPH:
            yield Clause(kind, line.take(), frames)
            kind = Kind.PARAGRAPH
        name = _frame(run)
        previous = f"{name}, again" if name and name == previous else name
        yield from _block(run, frames, previous)
    if kind is not Kind.PARAGRAPH:
        yield Clause(kind, line.take(), frames)


def _runs(element: Element) -> Iterator[Run | Element]:
    """What is in an element: its blocks, and between them the stretches of text; a paragraph is such a stretch."""
    run: Run = [element.text or ""]
    for child in element:
        if child.tag not in _BLOCKS:
            run += [child, child.tail or ""]
            continue
        if _shows(run):
            yield run
        yield _pieces(child) if child.tag == "p" and not child.get("class") else child
        run = [child.tail or ""]
    if _shows(run):
        yield run


def _shows(run: Run) -> bool:
    return any(not isinstance(piece, str) or piece.strip(_SPACE) for piece in run)


def _pieces(element: Element) -> Run:
    pieces: Run = [element.text or ""]
    for child in element:
        pieces += [child, child.tail or ""]
    return pieces


_FRAMES = {"ul": "list", "ol": "numbered list", "dl": "definitions", "blockquote": "quotation", "table": "table"}


def _frame(block: Element) -> str:
    """What a container is called; nothing for other blocks."""
    if block.tag != "div":
        return _FRAMES.get(block.tag, "")
    classes = block.get("class") or ""
    if classes.startswith("admonition"):
        return classes
    return {"footnote": "footnotes", "inforce-table": "table"}.get(classes, "")


def _block(block: Element, frames: tuple[str, ...], name: str) -> Iterator[Clause]:
    """The clauses of a block; `name` is its frame's, if it is a container."""
    if name:
        yield from _contained(block, (*frames, name), name.partition(",")[0])
    elif block.tag in _HEADINGS:
        yield Clause(Kind.HEADING, _words(block), frames, _HEADINGS[block.tag])
    elif block.tag == "pre":
        yield Clause(Kind.CODE, _code(block), frames)
    elif block.tag == "hr":
        yield Clause(Kind.SEPARATOR, (), frames)
    elif block.get("class") == "toc":
        yield Clause(Kind.CONTENTS, (), frames)
    elif block.tag == "p":
        yield Clause(Kind.TITLE, _words(block), frames)
    else:
        yield from _in_container(block, frames, Kind.PARAGRAPH)


def _contained(block: Element, frames: tuple[str, ...], name: str) -> Iterator[Clause]:
    match name:
        case "list" | "numbered list":
            yield from _items(block, frames)
        case "definitions":
            for child in block:
                yield from _in_container(child, frames, Kind.TERM if child.tag == "dt" else Kind.DEFINITION)
        case "table":
            yield from _rows(block, frames)
        case "footnotes":
            for note in block.iter("li"):
                label = note.get("id") or ""
                if label.startswith("fn:"):
                    yield from _in_container(note, frames, Kind.FOOTNOTE, f"[^{label.removeprefix('fn:')}]")
        case _:
            yield from _in_container(block, frames, Kind.PARAGRAPH)


def _items(block: Element, frames: tuple[str, ...]) -> Iterator[Clause]:
    """The items of a list; the number at which it begins is its first one's."""
    start = int(block.get("start") or 1)
    for item in block:
        clauses = _in_container(item, frames, Kind.ITEM)
        if start != 1:
            yield replace(next(clauses), level=start)
            start = 1
        yield from clauses


def _rows(block: Element, frames: tuple[str, ...]) -> Iterator[Clause]:
    for row in block.iter("tr"):
        line = _Line()
        for number, cell in enumerate(row):
            if number:
                line.sign(BORDER)
            _read(line, _pieces(cell))
        parent = row.getparent()
        is_head = parent is not None and parent.tag == "thead"
        yield Clause(Kind.ROW, line.take(), frames, int(is_head))


def _code(block: Element) -> tuple[Word, ...]:
    """The words of a block of code, in which white space is content: each line end and each stretch of blanks."""
    text = "".join(map(str, block.itertext())).strip("\n")
    return tuple(Word(found[0], (Mark.CODE,)) for found in _CODE.finditer(text))


def _words(element: Element) -> tuple[Word, ...]:
    line = _Line()
    _read(line, _pieces(element))
    return line.take()


def _read(line: _Line, run: Run, marks: frozenset[Mark] = frozenset(), link: str | None = None) -> None:
    """Read text and inline elements into a line."""
    for piece in run:
        if isinstance(piece, str):
            line.add(piece, marks, link)
        elif piece.tag == "br":
            line.break_line()
        elif piece.tag == "sup" and (piece.get("id") or "").startswith("fnref"):
            label = (next(piece.iter("a")).get("href") or "").partition(":")[2]
            line.sign(f"[^{label}]", Mark.FOOTNOTE)
        elif piece.tag == "a":
            if piece.get("class") != "footnote-backref":
                _read(line, _pieces(piece), marks, piece.get("href") or "")
        else:
            mark = _MARKS.get(piece.tag)
            _read(line, _pieces(piece), marks | {mark} if mark else marks, link)
