"""Clauses in their containers, as HTML: lists, tables, quotations, and what is folded in them.

Clauses come one after the other, each with the frames in which it stands; those of both texts are mixed. What comes out
is valid whatever comes in: a clause that lacks the container or the item in which alone it can stand gets one, an item
without a mark (`inforce-goes-on`). A clause of one text never goes on in an item of the other.

Stretches of clauses that nobody has to see are folded: only whole ones side by side in one container, so that a fold
cuts no item. A list goes on after a fold with the next number, and rows are folded in a row of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Flag
from html import escape

from inforce.core.clause import Clause, Kind

LEAST = 4
"""Fewer clauses than that are not folded."""
_HOMES = {
    Kind.ITEM: ("list", "numbered list"),
    Kind.ROW: ("table",),
    Kind.TERM: ("definitions",),
    Kind.DEFINITION: ("definitions",),
    Kind.FOOTNOTE: ("footnotes",),
}
"""In which containers alone clauses of a kind can stand."""
_ITEMS = {"list": "li", "numbered list": "li", "definitions": "dd", "footnotes": "li", "table": "tr"}
"""Containers that hold nothing but items, and what these are."""
Summary = Callable[[int, Clause], str]
"""Says in HTML what is folded: so many clauses, the first of them."""


class Side(Flag):
    """In which of the two texts something stands."""

    OLD = 1
    NEW = 2
    BOTH = 3


@dataclass(slots=True)
class Node:
    """A clause, an item, or a container, with what is in it.

    Attributes:
        html: of a clause: all of it. Of an item and a row: attributes, `>`, and its own words.
        name: of an item and a row its element, `li`; of a container its frame; empty for any other clause.
        cells: of a row: the HTML of each.
        is_head: of a row: whether it heads its table.
        number: of an item of a numbered list.
        side: in which text it stands.
        children: what else is in it.
        count: how many clauses there are in it.
        is_quiet: whether all of them can be folded.
        first: the first of them.
    """

    html: str = ""
    name: str = ""
    cells: Sequence[str] = ()
    is_head: bool = False
    number: int = 0
    side: Side = Side.BOTH
    children: list[Node] = field(default_factory=list)
    count: int = 0
    is_quiet: bool = True
    first: Clause | None = None


class Outline:
    """Takes the clauses, one after the other, and writes them."""

    def __init__(self, summary: Summary) -> None:
        """Begin with none; `summary` says what is folded."""
        self._summary = summary
        self._root = Node()
        self._frames: tuple[str, ...] = ()
        self._path: list[tuple[Node, Node | None]] = []
        """The open containers, from the outermost on, each with its open item."""

    def add(self, clause: Clause, node: Node, *, is_quiet: bool) -> None:
        """Put a clause where it belongs.

        Args:
            clause: the clause.
            node: how it is written; `name` and `side` say what it is.
            is_quiet: whether it can be folded.
        """
        frames = clause.frames
        homes = _HOMES.get(clause.kind)
        if homes and not (frames and frames[-1].partition(",")[0] in homes):
            frames = (*frames, homes[0])
        self._open(frames, node.side)
        if homes:
            container, _ = self._path[-1]
            container.children.append(node)
            self._path[-1] = container, node
        else:
            self._place(node.side).children.append(node)
        node.count, node.is_quiet, node.first = 1, is_quiet, clause
        for container, item in self._path:
            _count(container, clause, is_quiet=is_quiet)
            if item is not None and item is not node:
                _count(item, clause, is_quiet=is_quiet)

    def _open(self, frames: tuple[str, ...], side: Side) -> None:
        """Close the containers in which the next clause does not stand, and open those in which it does."""
        path = self._path
        if frames != self._frames or any(not _can_hold(item, side) for _, item in path[:-1]):
            shared = 0
            for one, other in zip(frames, self._frames, strict=False):
                if one != other or (shared and not _can_hold(path[shared - 1][1], side)):
                    break
                shared += 1
            del path[shared:]
            for frame in frames[shared:]:
                container = Node(name=frame.partition(",")[0])
                self._place(side).children.append(container)
                path.append((container, None))
            self._frames = frames

    def _place(self, side: Side) -> Node:
        """Where a clause goes that is no item."""
        if not self._path:
            return self._root
        container, item = self._path[-1]
        name = _ITEMS.get(container.name)
        if name is None:
            return container
        if item is None or item.name != name or not _can_hold(item, side) or item.cells:
            item = Node(' class="inforce-goes-on">', name, side=side)
            container.children.append(item)
            self._path[-1] = container, item
        return item

    def html(self) -> str:
        """All of it."""
        out: list[str] = []
        _Writer(out, self._summary).flow(self._root.children, may_fold=True)
        return "\n".join(out)


def _can_hold(item: Node | None, side: Side) -> bool:
    """Whether a clause of that side can go on in the item: it has to stand in the same text."""
    if item is None:
        return True
    return bool(item.side & (Side.NEW if Side.NEW in side else Side.OLD))


def _count(node: Node, clause: Clause, *, is_quiet: bool) -> None:
    node.count += 1
    node.is_quiet = node.is_quiet and is_quiet
    if node.first is None:
        node.first = clause


class _Writer:
    """Writes nodes, line by line."""

    def __init__(self, out: list[str], summary: Summary) -> None:
        self._out, self._summary = out, summary

    def flow(self, children: Sequence[Node], *, may_fold: bool) -> None:
        """What stands one below the other, in no list."""
        for run, is_folded in _runs(children, may_fold=may_fold):
            if is_folded:
                self._out.append(self._opened(run))
                self._plain(run, may_fold=False)
                self._out.append("</details>")
            else:
                self._plain(run, may_fold=may_fold)

    def _plain(self, children: Iterable[Node], *, may_fold: bool) -> None:
        for child in children:
            if child.name:
                self._container(child, may_fold=may_fold and not child.is_quiet)
            else:
                self._out.append(child.html)

    def _opened(self, run: Sequence[Node]) -> str:
        first = run[0].first
        summary = self._summary(sum(node.count for node in run), first) if first is not None else ""
        return f'<details class="inforce-kept"><summary>{summary}</summary>'

    def _container(self, node: Node, *, may_fold: bool) -> None:
        match node.name:
            case "list" | "numbered list" | "footnotes":
                self._list(node, may_fold=may_fold)
            case "definitions":
                self._definitions(node.children)
            case "table":
                self._table(node, may_fold=may_fold)
            case "quotation":
                self._around("<blockquote>", node, "</blockquote>", may_fold=may_fold)
            case _:
                self._around(f'<div class="{escape(node.name)}">', node, "</div>", may_fold=may_fold)

    def _around(self, opening: str, node: Node, closing: str, *, may_fold: bool) -> None:
        self._out.append(opening)
        self.flow(node.children, may_fold=may_fold)
        self._out.append(closing)

    def _list(self, node: Node, *, may_fold: bool) -> None:
        for run, is_folded in _runs(node.children, may_fold=may_fold):
            if is_folded:
                self._out.append(self._opened(run))
            number = next((item.number for item in run if item.number), 1)
            opening, closing = _LISTS[node.name]
            self._out.append(opening if number == 1 else f'<ol start="{number}">')
            for item in run:
                value = f' value="{item.number}"' if item.number and item.number != number else ""
                number = (item.number or number) + 1
                self._item(item, f"<li{value}", may_fold=may_fold and not is_folded)
            self._out.append(closing)
            if is_folded:
                self._out.append("</details>")

    def _item(self, item: Node, opening: str, *, may_fold: bool) -> None:
        if not item.children:
            self._out.append(f"{opening}{item.html}</{item.name}>")
            return
        self._out.append(f"{opening}{item.html}")
        self.flow(item.children, may_fold=may_fold and not item.is_quiet)
        self._out.append(f"</{item.name}>")

    def _definitions(self, children: Sequence[Node]) -> None:
        """Terms and definitions: HTML wants one of each in a list at least, the terms first."""
        self._out.append("<dl>")
        if children[0].name != "dt":
            self._out.append("<dt></dt>")
        for item in children:
            self._item(item, f"<{item.name}", may_fold=False)
        if children[-1].name != "dd":
            self._out.append("<dd></dd>")
        self._out.append("</dl>")

    def _table(self, node: Node, *, may_fold: bool) -> None:
        columns = max(len(row.cells) for row in node.children) or 1
        heads = next((place for place, row in enumerate(node.children) if not row.is_head), len(node.children))
        self._out.append('<div class="inforce-table" tabindex="0"><table>')
        if heads:
            self._out.append("<thead>")
            self._rows(node.children[:heads], columns)
            self._out.append("</thead>")
        if heads < len(node.children):
            self._out.append("<tbody>")
            for run, is_folded in _runs(node.children[heads:], may_fold=may_fold):
                if is_folded:
                    self._out.append(f'<tr class="inforce-fold"><td{_span(columns)}>{self._opened(run)}<table><tbody>')
                self._rows(run, columns)
                if is_folded:
                    self._out.append("</tbody></table></details></td></tr>")
            self._out.append("</tbody>")
        self._out.append("</table></div>")

    def _rows(self, rows: Iterable[Node], columns: int) -> None:
        for row in rows:
            if row.cells:
                self._out.append(f"<tr{row.html}{''.join(_cells(row, columns))}</tr>")
            else:
                self._out.append(f"<tr{row.html}<td{_span(columns)}>")
                self.flow(row.children, may_fold=False)
                self._out.append("</td></tr>")


_LISTS = {
    "list": ("<ul>", "</ul>"),
    "numbered list": ("<ol>", "</ol>"),
    "footnotes": ('<ul class="inforce-footnotes">', "</ul>"),
}


def _cells(row: Node, columns: int) -> Iterator[str]:
    """The cells; the last one is as wide as what is lacking."""
    tag, last = "th" if row.is_head else "td", len(row.cells) - 1
    for place, cell in enumerate(row.cells):
        span = _span(columns - last) if place == last else ""
        yield f"<{tag}{span}>{cell}</{tag}>"


def _span(columns: int) -> str:
    return f' colspan="{columns}"' if columns > 1 else ""


def _runs(children: Sequence[Node], *, may_fold: bool) -> Iterator[tuple[Sequence[Node], bool]]:
    """The nodes in stretches, each with whether it is folded."""
    if not may_fold:
        yield children, False
        return
    start = place = 0
    while place < len(children):
        end, count = place, 0
        while end < len(children) and children[end].is_quiet:
            count += children[end].count
            end += 1
        if count >= LEAST:
            if start < place:
                yield children[start:place], False
            yield children[place:end], True
            start = end
        place = max(end, place + 1)
    if start < len(children):
        yield children[start:], False
