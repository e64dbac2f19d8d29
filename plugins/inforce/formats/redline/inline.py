"""The words of clauses as HTML: as they stand, and with what was done to them marked.

What was deleted is in `<del>`, what was inserted in `<ins>`; white space before them stands outside, so that either can
be left out. Between the two there is always some, but in code: whoever hears no marks must not hear 3045 for 30 that
became 45. Links within the record are marked as in a rendition (see `formats/text/markdown.py`), to be placed later.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word, cells
from inforce.core.wording import Fate, Stretch
from inforce.formats.text.markdown_rules import RELATIVE

_TAGS = {Mark.STRONG: "strong", Mark.EM: "em", Mark.CODE: "code", Mark.U: "u", Mark.SUB: "sub", Mark.SUP: "sup"}
_ELSEWHERE, _SCHEME = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE), re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:")
_SET = (Fate.LINKED, Fate.FORMATTED)
_SPACES = {"": "", " ": " ", "\n": "<br>"}
_SPECIAL = re.compile(f"[&<>\n{BORDER}]")
_MOST = 20_000


class _Known:
    """The HTML of clauses that come again and again: from one revision to the next most are the very same values.

    They are known by what they are in memory, as it takes longer to compare two of them than to write one.
    """

    def __init__(self) -> None:
        self._cells: dict[int, tuple[Clause, tuple[str, ...]]] = {}

    def cells(self, clause: Clause) -> tuple[str, ...]:
        """The HTML of a clause: of each of its cells for a row, otherwise one."""
        found = self._cells.get(id(clause))
        if found is not None:
            return found[1]
        if len(self._cells) >= _MOST:
            self._cells.clear()
        parts = cells(clause.words) if clause.kind is Kind.ROW else [clause.words]
        written = tuple(map(words_html, parts))
        self._cells[id(clause)] = clause, written
        return written


cells_of = _Known().cells


def words_html(words: Sequence[Word]) -> str:
    """The words as they are set."""
    pieces: list[str] = []
    start, count = 0, len(words)
    while start < count:
        first, end = words[start], start + 1
        marks, link = first.marks, first.link
        while end < count and words[end].link == link and words[end].marks == marks:
            end += 1
        pieces.append(_run(words[start:end], first))
        start = end
    return "".join(pieces)


def _run(words: Sequence[Word], first: Word) -> str:
    """Words that are set alike."""
    if not first.marks and first.link is None:
        return _text(words)
    text = _text(_unspaced(words))
    for mark in reversed(first.marks):
        tag = _TAGS.get(mark)
        text = f"<{tag}>{text}</{tag}>" if tag else f'<sup class="inforce-sign">{text.replace("[^", "[")}</sup>'
    return _SPACES[first.before] + (text if first.link is None else _linked(text, first.link))


def _text(words: Sequence[Word]) -> str:
    """The words without how they are set."""
    text = "".join([word.before + word.text for word in words])
    if not _SPECIAL.search(text):
        return text
    return "".join([_SPACES[word.before] + html.escape(_cell(word.text), quote=False) for word in words])


def _cell(text: str) -> str:
    """What stands for the border of a cell where there are no cells."""
    return " | " if text == BORDER else text


def _linked(text: str, target: str) -> str:
    if _ELSEWHERE.match(target):
        return f'<a href="{html.escape(target)}">{text}</a>'
    if not target or _SCHEME.match(target):
        return text
    return f'<a href="{html.escape(RELATIVE.format(target))}">{text}</a>'


def marked(stretches: Iterable[Stretch]) -> str:
    """What was deleted and inserted marked in the words. Where they are set otherwise, both are there, one hidden."""
    return both(stretches)[0]


def both(stretches: Iterable[Stretch]) -> tuple[str, str]:
    """The same, and the new words alone with what was inserted marked in them."""
    pieces: list[str] = []
    new: list[str] = []
    last: Fate | None = None
    for one in stretches:
        before, last = last, one.fate
        match one.fate:
            case Fate.KEPT:
                written = words_html(one.new)
                pieces.append(_apart(one.new[0]) if before is Fate.DELETED and one.old[0].before else "")
            case Fate.DELETED:
                pieces.append(_within(one.old, "<del>", "</del>"))
                continue
            case Fate.INSERTED:
                written = _within(one.new, "<ins>", "</ins>")
                pieces.append(_apart(one.new[0]) if before is Fate.DELETED else "")
            case _:
                written = _within(one.new, '<span class="inforce-reset">', "</span>")
        pieces.append(written)
        new.append(written)
        if one.fate in _SET:
            pieces.append(f'<span class="inforce-before" hidden>{words_html(_unspaced(one.old))}</span>')
    return "".join(pieces), "".join(new)


def _apart(word: Word) -> str:
    """What keeps a word apart from what was deleted before it; in code, white space would be content."""
    return "" if word.before or Mark.CODE in word.marks else " "


def _within(words: Sequence[Word], opening: str, closing: str) -> str:
    return f"{_SPACES[words[0].before]}{opening}{words_html(_unspaced(words))}{closing}"


def _unspaced(words: Sequence[Word]) -> Sequence[Word]:
    """The words, without the white space before them."""
    first = words[0]
    return (Word(first.text, first.marks, first.link), *words[1:]) if first.before else words


def by_cell(stretches: Sequence[Stretch]) -> list[list[Stretch]] | None:
    """The stretches of a row, cell by cell, with cells that came and cells that went; None where there are both."""
    fates = {one.fate for one in stretches for word in one.old or one.new if word.text == BORDER}
    if {Fate.DELETED, Fate.INSERTED} <= fates:
        return None
    cells: list[list[Stretch]] = [[]]
    for one in stretches:
        start = 0
        words = one.new or one.old
        for place, word in enumerate(words):
            if word.text == BORDER:
                _add(cells[-1], one, start, place)
                cells.append([])
                start = place + 1
        _add(cells[-1], one, start, len(words))
    return cells


def _add(cell: list[Stretch], stretch: Stretch, start: int, end: int) -> None:
    """Put some of a stretch's words into a cell."""
    if start < end:
        cell.append(Stretch(stretch.fate, stretch.old[start:end], stretch.new[start:end]))
