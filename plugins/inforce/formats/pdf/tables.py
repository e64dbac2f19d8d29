"""How wide the columns of a table are, by what stands in them.

A layout that measures every word of every cell takes longer than all other text together, if words may be broken where
they do not fit; and they must be, so that nothing is cut off. So each column gets its share beforehand: the length of
its longest word as far as there is room, and of what remains more, the longer its cells are.
"""

from __future__ import annotations

from collections import defaultdict
from unicodedata import east_asian_width

from inforce.formats.pdf.elements import Element, words_of

_WIDE, _WIDER = 6, 9
"""Of how many columns on a table is set smaller, and smaller still."""
_LINE = {"": 92, "wide": 118, "wider": 152}
"""How many letters stand in a line of a page then."""
_LONGEST = 18
"""Longer words than that get no wider column."""
_PADDING = 3
"""What the edges of a cell take, in letters."""
_DAMPING = 0.8
"""A cell of twice the length wants less than twice the width."""


def fit_tables(section: Element) -> None:
    """Give the tables in a text their columns, and say of head cells that they head columns."""
    for table in section.iter("table"):
        rows = [list(row) for row in table.iter("tr")]
        columns = max((sum(map(_span, row)) for row in rows), default=0)
        kind = "wider" if columns >= _WIDER else "wide" if columns >= _WIDE else ""
        if kind:
            table.set("class", kind)
        for cell in table.iter("th"):
            cell.set("scope", "col")
        if columns > 1:
            table.insert(0, _columns(shares(rows, columns, _LINE[kind])))


def shares(rows: list[list[Element]], columns: int, line: int) -> list[float]:
    """The width of each column in percent.

    Args:
        rows: the cells of each.
        columns: how many there are.
        line: the letters of a line.
    """
    longest_word: dict[int, int] = defaultdict(int)
    longest: dict[int, int] = defaultdict(int)
    for row in rows:
        place = 0
        for cell in row:
            if (span := _span(cell)) == 1:
                words = words_of(cell)
                longest[place] = max(longest[place], _width(words))
                longest_word[place] = max([longest_word[place], *map(_width, words.split())])
            place += span
    least = [min(longest_word[place], _LONGEST) + _PADDING for place in range(columns)]
    rest = max(line - sum(least), 0)
    wanted = [max(min(longest[place], line) + _PADDING - least[place], 1) ** _DAMPING for place in range(columns)]
    widths = [least[place] + rest * wanted[place] / sum(wanted) for place in range(columns)]
    return [round(100 * width / sum(widths), 2) for width in widths]


def _columns(widths: list[float]) -> Element:
    group = Element("colgroup")
    group.extend(Element("col", {"style": f"width: {width}%"}) for width in widths)
    return group


def _span(cell: Element) -> int:
    return int(cell.get("colspan", "1"))


def _width(words: str) -> int:
    """How many letters wide words are: East Asian ones count twice."""
    return len(words) + (0 if words.isascii() else sum(east_asian_width(one) in "WF" for one in words))
