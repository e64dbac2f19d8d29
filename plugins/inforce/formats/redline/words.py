"""What is compared, and what the forms of a redline call it: clauses, where they stand, and how words are set off.

Everything is said in the words of a language, by its messages (`redline.…`). What is put into a sentence is a number,
words of the two texts between quotation marks, or the name of a clause: `a list item in a quotation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word, plain, spaced
from inforce.core.redline import Change, Measure, Placed, Redline, sections
from inforce.formats.messages import Messages

GAP = "[…]"
"""Stands for words that are left out."""
_KINDS = {
    Kind.HEADING: "redline.a.heading",
    Kind.PARAGRAPH: "redline.a.paragraph",
    Kind.ITEM: "redline.a.item",
    Kind.ROW: "redline.a.row",
    Kind.CODE: "redline.a.code",
    Kind.TERM: "redline.a.term",
    Kind.DEFINITION: "redline.a.definition",
    Kind.TITLE: "redline.a.title",
    Kind.FOOTNOTE: "redline.a.footnote",
    Kind.SEPARATOR: "redline.a.separator",
    Kind.CONTENTS: "redline.a.contents",
}
_CONTAINERS = {
    "list": "redline.in.list",
    "numbered list": "redline.in.numbered_list",
    "quotation": "redline.in.quotation",
    "table": "redline.in.table",
    "definitions": "redline.in.definitions",
    "footnotes": "redline.in.footnotes",
}
_OWN = (Kind.ITEM, Kind.ROW, Kind.FOOTNOTE, Kind.TERM, Kind.DEFINITION, Kind.TITLE)
"""What is named without the container that it is a part of."""
_MARKS = {
    Mark.STRONG: "redline.set.strong",
    Mark.EM: "redline.set.em",
    Mark.CODE: "redline.set.code",
    Mark.U: "redline.set.u",
    Mark.SUB: "redline.set.sub",
    Mark.SUP: "redline.set.sup",
    Mark.FOOTNOTE: "redline.set.footnote",
}


@dataclass(frozen=True, slots=True)
class Text:
    """One of two texts that are compared.

    Attributes:
        name: how it was asked for: a file, or POLICY/REVISION.
        digest: that of its bytes.
        clauses: what it says.
        posted: the instant of its posting, for a revision.
        identities: those of its clauses, for a revision whose policy's history was read.
    """

    name: str
    digest: str
    clauses: tuple[Clause, ...]
    posted: str | None = None
    identities: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts and their redline; `language` is that of the texts (BCP 47), where it is known."""

    old: Text
    new: Text
    redline: Redline
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a clause stands: under a heading, or for a heading after the one before it.

    `section` is that heading's words; empty where there is none.
    """

    section: str
    is_heading: bool


class Locations:
    """Where the clauses of two texts stand."""

    def __init__(self, comparison: Comparison) -> None:
        self._old = list(sections(comparison.old.clauses))
        self._new = list(sections(comparison.new.clauses))

    def of(self, change: Change) -> Location:
        """Where it is shown: in the new text, if the clause is there."""
        return _location(self._new, change.new[0]) if change.new else self.before(change)

    def before(self, change: Change) -> Location:
        """Where it stood in the old text."""
        return _location(self._old, change.old[0])

    def section(self, change: Change) -> str:
        """The words of the heading under which it is shown, its own for a heading."""
        heading = self._new[change.new[0].place] if change.new else self._old[change.old[0].place]
        return _words_of(heading)


def _location(headings: Sequence[Clause | None], placed: Placed) -> Location:
    if placed.clause.kind is not Kind.HEADING:
        return Location(_words_of(headings[placed.place]), is_heading=False)
    return Location(_words_of(headings[placed.place - 1] if placed.place else None), is_heading=True)


def named(clause: Clause, messages: Messages) -> str:
    """What a clause is and where it stands, as a sentence goes on with it: `a list item in a quotation`."""
    frames = list(clause.frames)
    key = _KINDS[clause.kind]
    if clause.kind in _OWN and frames:
        own = frames.pop()
        if clause.kind is Kind.ITEM and own.startswith("numbered"):
            key = "redline.a.item.numbered"
    return reduce(lambda name, frame: messages(_container(frame), clause=name), reversed(frames), messages(key))


def set_off(word: Word, messages: Messages) -> str:
    """How a word is set off: `bold and italic`, or `plain`."""
    names = [messages(_MARKS[mark]) for mark in word.marks] or [messages("redline.set.plain")]
    return reduce(lambda first, second: messages("redline.set.and", first=first, second=second), names)


def read(words: Sequence[Word]) -> str:
    """The words as they are read: the sign of a footnote as `[1]`, white space as it stands."""
    text = "".join([word.before + word.text for word in words])
    if BORDER not in text and "[^" not in text:
        return text
    return "".join(spaced(one).replace("[^", "[") if Mark.FOOTNOTE in one.marks else spaced(one) for one in words)


def quoted(words: Sequence[Word] | str, messages: Messages) -> str:
    """The words between quotation marks, all in one line."""
    text = words if isinstance(words, str) else read(words)
    return messages("redline.quotation", words=text.strip().replace("\n", " / "))


def measured(comparison: Comparison, messages: Messages) -> str:
    """How much changed, in a sentence: `3 of 41 clauses changed, 1 moved.`"""
    return measure_told(comparison.redline.measure(), messages)


def measure_told(measure: Measure, messages: Messages) -> str:
    """A measure in a sentence."""
    if measure.clauses == 1:
        return messages("redline.measure.one", changed=measure.changed)
    key = "redline.measure.moved" if measure.moved else "redline.measure"
    values = {"changed": measure.changed, "clauses": measure.clauses}
    return messages(key, **values, **({"moved": measure.moved} if measure.moved else {}))


def words_counted(comparison: Comparison, messages: Messages) -> str:
    """How many words came and went, in a sentence: `8 words and signs inserted, 4 deleted.`"""
    measure = comparison.redline.measure()
    if measure.words_inserted == 1:
        return messages("redline.words.one", deleted=measure.words_deleted)
    return messages("redline.words", inserted=measure.words_inserted, deleted=measure.words_deleted)


def _container(frame: str) -> str:
    return _CONTAINERS.get(frame.partition(",")[0], "redline.in.box")


def _words_of(heading: Clause | None) -> str:
    return plain(heading.words) if heading else ""
