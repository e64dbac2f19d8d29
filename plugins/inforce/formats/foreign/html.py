"""Raw HTML within Markdown, as Markdown where that has a form for it, and as plain text where not.

What stands between the tags stays as it is: it is Markdown. No HTML library reads such a text, they all take Markdown
for words to be escaped and lines to be filled; so the tags are read here, into a tree that is written out again.

| HTML | Markdown |
|---|---|
| `a`, `b`, `strong`, `i`, `em`, `code`, `img` | link, strong, emphasis, code, alternative text |
| `h1`-`h6`, `p`, `div` …, `ul`, `ol`, `li`, `dl`, `blockquote`, `pre`, `hr` | the same |
| `table` | a table; a table within a cell, its rows as lines |
| `br`, `sub`, `sup`, `u` | stay, without attributes |
| `summary` | a line in strong letters |
| `script`, `style` and other code | goes |
| other elements, comments, declarations | go, and what they hold stays |
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from textwrap import dedent

from inforce.formats.foreign.links import as_address

_TOKEN = re.compile(
    r"(?P<comment><!--(?:-?>|.*?--!?>))|<!\[CDATA\[(?P<cdata>.*?)\]\]>|(?P<declaration><![a-zA-Z][^<>]*>|<\?.*?\?>)|"
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*(?:[:.-][a-zA-Z0-9:.-]*)?)"
    r"(?P<attributes>(?:\s(?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*|/)?)/?>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>`]+))")
_ATTRIBUTES = re.compile(
    r"(?:(?:\s+|(?<=[\"']))[a-zA-Z_:@#.-][\w:.@#-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*\s*/?"
)
_UNSEEN = re.compile(
    r"<(script|style|template|noembed|noframes|xmp|title)\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*(lower|upper)-(alpha|latin|roman)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_PREFIX = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+$")
_SPACE_AROUND_LINES = re.compile(r"[ \t]*\n[ \t]*")
_STRONG = frozenset({"b", "strong"})
_EMPHASIS = frozenset({"i", "em", "cite", "dfn", "var"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
KEPT = frozenset({"sub", "sup", "u"})
"""The elements that may stand in a text, without attributes; `br` as well."""
_VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_PARTS = frozenset({"li", "dt", "dd", "tr", "td", "th", "caption", "summary", "colgroup"})
_BLOCKS = _HEADINGS | _LISTS | _PARTS | {
    "address", "article", "aside", "blockquote", "body", "center", "details", "dialog", "div", "dl", "fieldset",
    "figcaption", "figure", "footer", "form", "frameset", "head", "header", "hgroup", "hr", "html", "legend", "main",
    "nav", "optgroup", "option", "p", "pre", "search", "section", "select", "table", "tbody", "tfoot", "thead",
}  # fmt: skip
_INLINE = _STRONG | _EMPHASIS | _CODE | KEPT | {
    "a", "abbr", "acronym", "applet", "audio", "bdi", "bdo", "big", "blink", "button", "canvas", "data", "datalist",
    "del", "font", "iframe", "ins", "label", "map", "mark", "marquee", "math", "meter", "nobr", "noscript", "object",
    "output", "picture", "portal", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "slot", "small", "span",
    "strike", "svg", "textarea", "time", "video",
}  # fmt: skip
_KNOWN = _BLOCKS | _INLINE | _VOID
_CLOSED_BY = {
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "option": {"option"},
    "tbody": {"tr", "td", "th", "thead", "tbody"},
    "tfoot": {"tr", "td", "th", "thead", "tbody"},
}
"""What ends where a tag begins, though no end tag says so."""
_WALLS = {
    "li": {"ul", "ol", "menu", "dir"},
    "dt": {"dl"},
    "dd": {"dl"},
    "option": {"select"},
}
_TABLE_WALL = frozenset({"table"})
_COMMENT = "\x00"
"""Stands for a comment until it is known whether it had a line for itself."""
_BREAKS = ("<br>", "<br/>", "<br />")
_DEEPEST = 60
"""Elements within elements that are still taken for such."""
_SINGLE = {"br": "<br>", "!": _COMMENT, "img": ""}

LinkTarget = Callable[[str], str | None]
"""Gives the target that a link can have here, or None where it can have none."""


@dataclass(slots=True)
class _Element:
    """An element: its attributes, what it holds, and whether an end tag closed it."""

    name: str
    attributes: dict[str, str]
    children: list[_Element | str] = field(default_factory=list)
    is_closed: bool = False


_Node = _Element | str


def without_html(text: str, counts: Counter[str], target: LinkTarget) -> str:
    """The text with its raw HTML turned into Markdown.

    Args:
        text: Markdown, its code and automatic links taken out.
        counts: takes what was done, by kind.
        target: says where a link may lead.
    """
    text = _UNSEEN.sub(lambda _: _count("", "html", counts), text)
    if "<" not in text:
        return text
    nodes = _parse(text, counts)
    return _Writer(counts, target).page(nodes)


def _parse(text: str, counts: Counter[str]) -> list[_Node]:
    root = _Element("", {})
    stack = [root]
    last = 0
    ends = {name.lower() for name in re.findall(r"</([a-zA-Z][^\s<>/]*)", text)}
    for token in _TOKEN.finditer(text):
        before = text[last : token.start()]
        last = token.end()
        if before:
            stack[-1].children.append(before)
        if token["name"] is None:
            _take_other(token, stack[-1], counts)
        else:
            _take_tag(token, stack, ends, counts)
    stack[-1].children.append(text[last:])
    return root.children


def _take_other(token: re.Match[str], parent: _Element, counts: Counter[str]) -> None:
    """A comment, a declaration, or characters that are said to be no markup."""
    counts["comments" if token["comment"] else "html"] += 1
    parent.children.append(_Element("!", {}) if token["cdata"] is None else html.escape(token["cdata"], quote=False))


def _take_tag(token: re.Match[str], stack: list[_Element], ends: set[str], counts: Counter[str]) -> None:
    name = token["name"].lower()
    is_unknown = name not in _KNOWN and name not in ends and not token["end"]
    if is_unknown or not _ATTRIBUTES.fullmatch(token["attributes"]):
        stack[-1].children.append("&lt;" + token[0][1:])
        counts["signs"] += 1
        return
    if token[0] in _BREAKS:
        stack[-1].children.append(token[0])
        return
    if name == "br" or (token["end"] and name == "p" and not any(one.name == "p" for one in stack)):
        stack[-1].children.append(_Element(name, {}, is_closed=True))
        counts["html"] += 1
        return
    if token["end"]:
        _end(name, stack, counts)
        return
    if name not in KEPT:
        counts["html"] += 1
    for closed in _implied(name, stack):
        closed.is_closed = True
    element = _Element(name, _attributes(token["attributes"]))
    stack[-1].children.append(element)
    if name not in _VOID and not token[0].endswith("/>") and len(stack) < _DEEPEST:
        stack.append(element)
    else:
        element.is_closed = True


def _end(name: str, stack: list[_Element], counts: Counter[str]) -> None:
    """Close the element that the end tag means; what is open within it ends too."""
    for place in range(len(stack) - 1, 0, -1):
        if stack[place].name == name:
            stack[place].is_closed = True
            del stack[place:]
            return
        if stack[place].name in ("td", "th", "table") and name not in ("table", "tr", "thead", "tbody", "tfoot"):
            break
        if name not in _BLOCKS and stack[place].name in _BLOCKS:
            break
    counts["html"] += 1


def _implied(name: str, stack: list[_Element]) -> Iterator[_Element]:
    """The elements that end because another one begins."""
    closed_by = _CLOSED_BY.get(name, set())
    if name in _BLOCKS and name not in _PARTS and stack[-1].name == "p":
        yield stack.pop()
    walls = _WALLS.get(name, _TABLE_WALL)
    place = next((at for at in range(len(stack) - 1, 0, -1) if stack[at].name in walls), 0)
    first = next((at for at in range(place + 1, len(stack)) if stack[at].name in closed_by), None)
    if first is not None:
        gone = stack[first:]
        del stack[first:]
        yield from gone


def _attributes(text: str) -> dict[str, str]:
    found = {one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "") for one in _ATTRIBUTE.finditer(text)}
    return found if "=" in text else {}


class _Writer:
    """Writes the tree as Markdown."""

    def __init__(self, counts: Counter[str], target: LinkTarget) -> None:
        self._counts = counts
        self._target = target

    def page(self, nodes: Sequence[_Node]) -> str:
        """The whole text: what is no HTML stays byte for byte, blocks of HTML are set off by blank lines."""
        out: list[str] = []
        ends_block = False
        for node in nodes:
            if isinstance(node, str):
                out.append(_after_block(node) if ends_block else node)
                ends_block = ends_block and not node.strip()
            elif node.name == "!":
                out.append(_COMMENT)
            elif _is_block(node):
                blocks = self._block(node)
                out = [_with_block("".join(out), "\n\n".join(blocks))]
                ends_block = True
            else:
                out.append(self._inline(node))
                ends_block = False
        return _without_comment_lines("".join(out))

    def _blocks(self, nodes: Iterable[_Node]) -> list[str]:
        """What an element holds, as blocks."""
        blocks: list[str] = []
        run: list[str] = []
        for node in nodes:
            if isinstance(node, _Element) and _is_block(node):
                blocks += [*_paragraphs("".join(run)), *self._block(node)]
                run = []
            else:
                run.append(node if isinstance(node, str) else self._inline(node))
        return [*blocks, *_paragraphs("".join(run))]

    def _block(self, element: _Element) -> list[str]:
        write = {
            "hr": lambda _: ["* * *"],
            "pre": lambda one: _fenced(html.unescape(_words(one))),
            "table": self._table,
            "dl": self._definitions,
            "blockquote": self._quotation,
            "summary": lambda one: [words for words in [_wrapped("**", _one_line(self._run(one)))] if words],
            **dict.fromkeys(_LISTS, self._list),
            **dict.fromkeys(_HEADINGS, self._heading),
        }.get(element.name)
        return write(element) if write is not None else self._blocks(element.children)

    def _heading(self, element: _Element) -> list[str]:
        words = _one_line(self._run(element))
        return [f"{'#' * int(element.name[1])} {words}"] if words else []

    def _quotation(self, element: _Element) -> list[str]:
        quoted = "\n\n".join(self._blocks(element.children))
        return ["\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))] if quoted else []

    def _list(self, element: _Element) -> list[str]:
        items: list[list[str]] = []
        for child in element.children:
            blocks = self._blocks(child.children if isinstance(child, _Element) and child.name == "li" else [child])
            if isinstance(child, _Element) and child.name == "li":
                items.append(blocks)
            elif items:  # What stands between two items belongs to the first of them.
                items[-1] += [block for block in blocks if block != "<br>"]
        start = element.attributes.get("start", "1")
        number = int(start) if start.isdecimal() else 1
        written = [_item(element, number + at, blocks) for at, blocks in enumerate(items) if blocks]
        is_loose = any("\n\n" in item for item in written)
        return [("\n\n" if is_loose else "\n").join(written)] if written else []

    def _definitions(self, element: _Element) -> list[str]:
        lines: list[str] = []
        for child in element.children:
            if isinstance(child, _Element) and child.name == "dd":
                lines.append(":   " + _indented("\n\n".join(self._blocks(child.children))))
            elif words := _one_line(" ".join(self._blocks([child]))):
                lines.append(("\n" if lines else "") + words)
        return ["\n".join(lines)] if lines else []

    def _table(self, element: _Element) -> list[str]:
        caption = [one for one in _parts(element, {"caption"}) if one.name == "caption"]
        above = [block for one in caption for block in self._blocks(one.children)]
        loose = [block for block in self._blocks(_stray(element)) if block]
        rows = _grid([_parts(row, {"td", "th"}) for row in _parts(element, {"tr"})])
        cells = [[self._blocks(cell.children) if cell else [] for cell in row] for row in rows]
        cells = [row for row in cells if any(row)]
        if not cells:
            return above + loose
        width = max(map(len, cells))
        if width == 1 or any("```" in block or "\ue002" in block for row in cells for cell in row for block in cell):
            return [*above, *loose, *(block for row in cells for cell in row for block in cell)]
        lines = [[_cell(cell) for cell in row] for row in cells]
        has_header = any(cell is not None and cell.name == "th" for cell in rows[0]) and len(rows) > 0
        head = lines.pop(0) if has_header else [""] * width
        return [*above, *loose, "\n".join(_row(one, width) for one in [head, ["---"] * width, *lines])]

    def _run(self, element: _Element) -> str:
        """What an element holds, on one line."""
        return " ".join(self._blocks(element.children))

    def _inline(self, element: _Element) -> str:
        if element.name in _SINGLE:
            return self._picture(element) if element.name == "img" else _SINGLE[element.name]
        within = self._within(element)
        if not element.is_closed or _BLANK_LINE.search(within):
            self._counts["html"] += element.name in KEPT
            return within
        return self._marked(element, within)

    def _marked(self, element: _Element, within: str) -> str:
        """What an element holds, in Markdown's signs for it."""
        match element.name:
            case "a":
                return self._link(element, within)
            case "q":
                return f"“{within}”"
            case name if name in KEPT:
                return self._kept(element, within)
            case name if name in _CODE:
                return _as_code(within)
            case name if name in _STRONG and "**" not in within:
                return _wrapped("**", within)
            case name if name in _EMPHASIS and "*" not in within:
                return _wrapped("*", within)
        return within

    def _within(self, element: _Element) -> str:
        """What an inline element holds; blocks within it, which it cannot have in Markdown, end it."""
        if not any(isinstance(child, _Element) and _is_block(child) for child in element.children):
            return "".join(child if isinstance(child, str) else self._inline(child) for child in element.children)
        blocks = self._blocks(element.children)
        return blocks[0] if len(blocks) == 1 and "\n" not in blocks[0] else "\n\n" + "\n\n".join(blocks) + "\n\n"

    def _kept(self, element: _Element, within: str) -> str:
        if element.attributes or f"<{element.name}>" in within or not within.strip():
            self._counts["html"] += 1
        if f"<{element.name}>" in within or not within.strip():
            return within
        return f"<{element.name}>{within}</{element.name}>"

    def _picture(self, element: _Element) -> str:
        self._counts["images"] += 1
        return _plain(" ".join(element.attributes.get("alt", "").split()))

    def _link(self, element: _Element, within: str) -> str:
        href = element.attributes.get("href", "").strip()
        if not href:
            return within
        to = self._target(href)
        if to is None:
            self._counts["links"] += 1
            return within
        if not within.strip() or "](" in within:
            return within
        before, words, after = _trimmed(within)
        return f"{before}[{_balanced(words)}]({as_address(to)}){after}"


def _is_block(element: _Element) -> bool:
    return element.name in _BLOCKS


def _with_block(before: str, block: str) -> str:
    """The text with a block set off from it; on the line of a list's marker, it is the item's first block."""
    start = before.rfind("\n") + 1
    line = before[start:]
    if not block:
        return before
    found = _PREFIX.fullmatch(line)
    if found is None or not line.strip():
        indent = line if found is not None and not line.strip() else ""
        head = before[:start].rstrip("\n") if found is not None else before.rstrip(" \t")
        return f"{head}\n\n{_prefixed(block, indent)}" if head else _prefixed(block, indent)
    if _MARKER.search(line):
        indent = re.sub(r"[^ \t>].*", "", line) + "    "
        return before + _prefixed(block, indent)[len(indent) :]
    return before[:start] + _prefixed(block, line)


def _prefixed(block: str, prefix: str) -> str:
    return "\n".join(f"{prefix}{line}".rstrip() if prefix.strip() or line else "" for line in block.split("\n"))


def _after_block(text: str) -> str:
    """What follows a block: a blank line, then the text."""
    stripped = text.lstrip(" \t")
    if not stripped.strip():
        return "\n" * min(stripped.count("\n"), 1) if stripped else ""
    lines = stripped.lstrip("\n")
    blank = stripped[: len(stripped) - len(lines)]
    return "\n\n" + lines if len(blank) < 2 else blank + lines  # noqa: PLR2004 - two line ends make a blank line


def _without_comment_lines(text: str) -> str:
    """Take out the places of comments: a line that has nothing else goes, and still parts what it parted."""
    if "\x00" not in text:
        return text
    text = re.sub(r"(?<=\S)\n[ \t]*\x00[ \t\x00]*\n(?=[ \t]*\S)", "\n\n", text)
    text = re.sub(r"^[ \t]*\x00[ \t\x00]*(?:\n|\Z)", "", text, flags=re.MULTILINE)
    return text.replace("\x00", "")


def _paragraphs(run: str) -> list[str]:
    """Text within a block of HTML: lines without their indentation; Markdown, where it has blank lines, as it is."""
    run = run.replace(_COMMENT, "")
    if not run.strip():
        return []
    if _BLANK_LINE.search(run):
        return [dedent("\n".join(line.rstrip() for line in run.split("\n"))).strip("\n")]
    return [_SPACE_AROUND_LINES.sub("\n", run).strip()]


def _words(element: _Element) -> str:
    return "".join(
        child if isinstance(child, str) else "\n" if child.name == "br" else _words(child) for child in element.children
    )


def _fenced(code: str) -> list[str]:
    code = code.strip("\n")
    if not code.strip():
        return []
    fence = "`" * max(3, 1 + max((len(one) for one in re.findall(r"`+", code)), default=0))
    return [f"{fence}\n{code}\n{fence}"]


def _item(element: _Element, number: int, blocks: Sequence[str]) -> str:
    """A list's item; where Markdown has not its kind of number, that stands before its words."""
    marker, words = "*   ", ""
    if element.name == "ol":
        kind = _number_kind(element)
        marker = f"{number}.".ljust(3) + " " if kind == "1" else marker
        words = {"a": _letter, "i": _roman}.get(kind.lower(), lambda _: "")(number)
        words = f"{words.upper() if kind.isupper() else words}\\. " if words else ""
    body = "\n".join([words + blocks[0], *blocks[1:]]) if _is_tight(blocks) else words + "\n\n".join(blocks)
    return marker + _indented(body)


def _number_kind(element: _Element) -> str:
    """How the items of a list are numbered, as HTML's `type` says it: `1`, `a`, `A`, `i` or `I`."""
    style = _LIST_STYLE.search(element.attributes.get("style", ""))
    if style is None:
        said = element.attributes.get("type", "1")
        return said if said in ("a", "A", "i", "I") else "1"
    kind = "i" if style[2] == "roman" else "a"
    return kind.upper() if style[1] == "upper" else kind


def _letter(number: int) -> str:
    """Letters from a to z, then aa."""
    out = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        out = chr(ord("a") + rest) + out
    return out


def _roman(number: int) -> str:
    out = ""
    for value, sign in ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv")):
        out += sign * (number // value)
        number %= value
    return out + "i" * number


def _is_tight(blocks: Sequence[str]) -> bool:
    """A paragraph, and perhaps a list right under it."""
    return len(blocks) == 1 or (len(blocks) == 2 and bool(re.match(r"(?:\*|\d+\.) ", blocks[1])))  # noqa: PLR2004


def _indented(text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"    {line}" if line else "" for line in rest)])


def _parts(element: _Element, names: set[str]) -> list[_Element]:
    """The elements of these names within, but not within a table of their own or within each other."""
    found: list[_Element] = []
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.name in names:
            found.append(child)
        elif child.name not in ("table", "td", "th"):
            found += _parts(child, names)
    return found


def _stray(table: _Element) -> list[_Node]:
    """What stands in a table and in none of its cells."""
    out: list[_Node] = []
    for child in table.children:
        if isinstance(child, str) or child.name not in ("tr", "thead", "tbody", "tfoot", "caption", "td", "th", "col"):
            if not isinstance(child, _Element) or child.name != "colgroup":
                out.append(child)
        elif child.name in ("tr", "thead", "tbody", "tfoot"):
            out += _stray(child)
    return out


def _grid(rows: Sequence[Sequence[_Element]]) -> list[list[_Element | None]]:
    """The cells in their columns: one that spans rows is repeated, one that spans columns leaves the others empty."""
    grid: list[list[_Element | None]] = []
    carried: dict[int, tuple[_Element, int]] = {}
    for row in rows:
        line: list[_Element | None] = []
        cells = list(row)
        while cells or len(line) in carried:
            if len(line) in carried:
                cell, left = carried.pop(len(line))
                if left > 1:
                    carried[len(line)] = cell, left - 1
                line.append(cell)
                continue
            cell = cells.pop(0)
            if (rows_spanned := _span(cell, "rowspan")) > 1:
                carried[len(line)] = cell, rows_spanned - 1
            line += [cell, *[None] * (_span(cell, "colspan") - 1)]
        grid.append(line)
    return grid


def _span(cell: _Element, attribute: str) -> int:
    said = cell.attributes.get(attribute, "1")
    return max(1, min(int(said), 50)) if said.isdecimal() else 1


def _cell(blocks: Sequence[str]) -> str:
    """A cell's blocks on one line."""
    lines = [line for block in blocks for line in _lines_of(block)]
    return re.sub(r"(?<!\\)\|", r"\\|", "<br>".join(lines))


def _lines_of(block: str) -> list[str]:
    """A block's lines in a cell: those of a paragraph are one, those of a list or of a table stay apart."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    if lines and lines[0].startswith("|"):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        return [" – ".join(filter(None, row)) for row in rows if any(row) and not all(one == "---" for one in row)]
    if lines and re.match(r"(?:\*|\d+\.) ", lines[0]):
        return [re.sub(r"^\*\s+", "• ", line) for line in lines]
    return [re.sub(r"^#+ ", "", " ".join(lines))] if lines else []


def _row(cells: Sequence[str], width: int) -> str:
    padded = [cell for cell, _ in zip_longest(cells, range(width), fillvalue="")]
    return "|" + "|".join(f" {cell} " if cell else "  " for cell in padded) + "|"


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _trimmed(text: str) -> tuple[str, str, str]:
    """White space before, words, white space after."""
    words = text.strip()
    start = text.find(words)
    return text[:start], words, text[start + len(words) :]


def _wrapped(sign: str, text: str) -> str:
    before, words, after = _trimmed(text)
    return f"{before}{sign}{words}{sign}{after}" if words else text


def _as_code(text: str) -> str:
    before, words, after = _trimmed(text)
    if not words or "`" in words or "<br>" in words or "\ue000" in words or "\ue002" in words:
        return text
    return f"{before}`{html.unescape(words)}`{after}"


def _plain(text: str) -> str:
    """Words in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", text).replace("<", "&lt;")


def _balanced(words: str) -> str:
    """A link's words, whose brackets come in pairs."""
    depth = 0
    for sign in re.findall(r"(?<!\\)[\[\]]", words):
        depth += 1 if sign == "[" else -1
        if depth < 0:
            break
    return words if depth == 0 else re.sub(r"(?<!\\)([\[\]])", r"\\\1", words)


def _count(text: str, kind: str, counts: Counter[str]) -> str:
    counts[kind] += 1
    return text
