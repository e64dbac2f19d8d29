"""What the formats of a redline say in the same words: how clauses are called, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inforce.core.clause import Clause, Kind, Mark, Word, plain
from inforce.core.redline import Change, Redline, sections

_KINDS = {
    Kind.ITEM: "list item",
    Kind.ROW: "table row",
    Kind.CODE: "block of code",
    Kind.SEPARATOR: "line across the page",
    Kind.CONTENTS: "table of contents",
}
_CONTAINERS = {"quotation": "a quotation", "definitions": "a definition list", "footnotes": "the footnotes"}
_OWN = {Kind.ITEM: "list", Kind.ROW: "table", Kind.FOOTNOTE: "footnotes"}
_MARKS = {
    Mark.STRONG: "bold",
    Mark.EM: "italic",
    Mark.CODE: "code",
    Mark.U: "underlined",
    Mark.SUB: "subscript",
    Mark.SUP: "superscript",
    Mark.FOOTNOTE: "the sign of a footnote",
}


@dataclass(frozen=True, slots=True)
class Text:
    """One of two texts that are compared.

    `name` is how it was asked for: a file, or POLICY/REVISION; `digest` that of its bytes; `posted` the instant of its
    posting, for a revision.
    """

    name: str
    digest: str
    clauses: tuple[Clause, ...]
    posted: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts and their redline."""

    old: Text
    new: Text
    redline: Redline


class Sections:
    """Under which headings the clauses of two texts stand."""

    def __init__(self, comparison: Comparison) -> None:
        self._old = list(sections(comparison.old.clauses))
        self._new = list(sections(comparison.new.clauses))

    def of(self, change: Change) -> str:
        """The heading's words, in the new text if the clause is there; empty above the first heading."""
        return _words_of(self._new[change.new[0].place]) if change.new else self.before(change)

    def before(self, change: Change) -> str:
        """The same in the old text."""
        return _words_of(self._old[change.old[0].place])


def described(clause: Clause) -> str:
    """What a clause is and where it stands: `list item in a quotation`."""
    names = [_container(frame) for frame in clause.frames]
    if clause.kind in _OWN and names:
        own = clause.frames[-1].partition(",")[0]
        name = "numbered list item" if own == "numbered list" else _KINDS.get(clause.kind, clause.kind)
        names.pop()
    else:
        name = _KINDS.get(clause.kind, clause.kind)
    if clause.kind in (Kind.TERM, Kind.DEFINITION, Kind.TITLE) and names:
        names.pop()
    return " in ".join([name, *reversed(names)])


def set_off(word: Word) -> str:
    """How a word is set off: `bold and italic`, or `plain`."""
    return " and ".join(_MARKS[mark] for mark in word.marks) or "plain"


def quoted(words: Iterable[Word]) -> str:
    """The words between quotation marks."""
    return f'"{plain(words)}"'.replace("\n", " / ")


def counted(number: int, one: str, many: str = "") -> str:
    """How many there are of something: `1 clause`, `2 clauses`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def measured(comparison: Comparison) -> str:
    """How much changed, in a line: `3 of 41 clauses changed, 1 moved`."""
    measure = comparison.redline.measure()
    moved = f", {measure.moved} moved" if measure.moved else ""
    return f"{measure.changed} of {counted(measure.clauses, 'clause')} changed{moved}"


def _container(frame: str) -> str:
    name = frame.partition(",")[0]
    if name.startswith("admonition"):
        return "a box"
    return _CONTAINERS.get(name, f"a {name}")


def _words_of(heading: Clause | None) -> str:
    return plain(heading.words) if heading else ""
