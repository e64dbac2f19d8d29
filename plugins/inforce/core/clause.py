"""Clauses: the smallest parts of a text that a redline tells apart, and the words in them.

A text is its clauses in reading order. Each says of what kind it is and in which containers it stands, which is enough
to set the text again. White space is no content: how words were spaced is known, and makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """What a clause is.

    An item, a term, a definition or a footnote begins with the clause of that kind, which may be without words; further
    paragraphs in it are of the kind `paragraph`, and stand in the same container.
    """

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CODE = "code"
    TERM = "term"
    DEFINITION = "definition"
    TITLE = "title"
    """The title of an admonition."""
    FOOTNOTE = "footnote"
    SEPARATOR = "separator"
    """A line across the page, without words."""
    CONTENTS = "contents"
    """The place of a table of contents, which is made of the headings and has no words of its own."""


class Mark(StrEnum):
    """How a word is set off from the others. A link is no mark: a word says its target."""

    STRONG = "strong"
    EM = "em"
    CODE = "code"
    U = "u"
    SUB = "sub"
    SUP = "sup"
    FOOTNOTE = "footnote"
    """The word is the sign of a footnote: `[^1]`."""


@dataclass(frozen=True, slots=True)
class Word:
    r"""A word, a number, or a sign of punctuation, with how it is set.

    Attributes:
        text: what it says. Only in code can it be white space, which is content there.
        marks: how it is set off, in the order of `Mark`.
        link: the target of the link in which it stands, as it was written; None outside of links.
        before: the white space before it: nothing, `" "`, or `"\\n"` for a line break. No content: words that differ
            in nothing else are equal.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    link: str | None = None
    before: str = field(default="", compare=False)


BORDER = "\x1f"
"""The text of the word that stands between two cells of a row: a sign that no text can hold."""


BETWEEN = "\x1e"
"""What stands between words that are joined to one text: a sign that no word can hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """A heading, a paragraph, an item, a row of a table …

    Clauses are compared so often that what makes them equal is kept as two texts, whose hashes Python keeps.

    Attributes:
        kind: what it is.
        words: what it says, in order; the cells of a row have a word `BORDER` between them.
        frames: the containers in which it stands, from the outermost to the innermost: `list`, `numbered list`,
            `quotation`, `table`, `definitions`, `footnotes`, `admonition note` and its like. A container that follows
            directly on another one of its kind has `, again` behind its name.
        level: of a heading 1 to 6; 1 for the row at the head of a table; of the first item of a numbered list that does
            not begin at 1 the number at which it begins; 0 otherwise.
        wording: the texts of the words: equal for clauses that say the same.
        setting: everything else: equal for clauses that are set alike.
    """

    kind: Kind
    words: tuple[Word, ...] = ()
    frames: tuple[str, ...] = ()
    level: int = 0
    wording: str = field(init=False, repr=False)
    setting: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep what it is compared by."""
        object.__setattr__(self, "wording", BETWEEN.join([word.text for word in self.words]))
        object.__setattr__(self, "setting", _setting(self.kind, self.level, self.frames) + _marks(self.words))

    def __eq__(self, other: object) -> bool:
        """Whether they say the same and are set alike; white space is no content."""
        if self is other:
            return True
        if not isinstance(other, Clause):
            return NotImplemented
        return self.wording == other.wording and self.setting == other.setting

    def __hash__(self) -> int:
        """Equal for equal clauses."""
        return hash(self.wording) ^ hash(self.setting)


@lru_cache(maxsize=1024)
def _setting(kind: Kind, level: int, frames: tuple[str, ...]) -> str:
    return f"{kind} {level} {frames!r}"


def _marks(words: tuple[Word, ...]) -> str:
    """How the words are set off and linked; nothing, if none of them is."""
    marked = [(place, word.marks, word.link) for place, word in enumerate(words) if word.marks or word.link is not None]
    return repr(marked) if marked else ""


def plain(words: Iterable[Word]) -> str:
    """The words as they are read, without their marks; cells with a bar between them.

    >>> plain([Word("30"), Word("days", before=" "), Word(".")])
    '30 days.'
    """
    return "".join(map(spaced, words)).strip(" \n")


def spaced(word: Word) -> str:
    """The word with the white space before it."""
    return " | " if word.text == BORDER else word.before + word.text


def is_content(word: Word) -> bool:
    """Whether it is more than punctuation or the border of a cell."""
    return word.text[0].isalnum() or any(map(str.isalnum, word.text))


def cells(words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    """The words of a row, cell by cell; all of them in one, where there is no border."""
    if BORDER not in [word.text for word in words]:
        return [words]
    found: list[list[Word]] = [[]]
    for word in words:
        if word.text == BORDER:
            found.append([])
        else:
            found[-1].append(word)
    return list(map(tuple, found))
