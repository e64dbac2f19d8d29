"""The theme's page, rendered once and used for many: revisions are spliced into it.

A page of the theme costs milliseconds, a splice microseconds (and MkDocs' own pipeline far more, with a record of
thousands). So the theme renders one page whose title, address, description, content and table of contents are marks;
each permanent page is that page with the marks replaced. A mark is searched for by itself: nothing is assumed of the
theme but that it makes one `<li>` of each entry of the table of contents.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence

from inforce.formats.text.markdown import Heading
from inforce.mkdocs_plugin.content import Content

TITLE = "inforce-mark-title"
DESCRIPTION = "inforce-mark-description"
CONTENT = "<h1>inforce-mark-content</h1>"
POLICY = "inforce-mark-policy"
ADDRESS = "inforce-mark-address"
ENTRY = "inforce-mark-entry"
HEAD = '<meta name="inforce-mark-head">'
_MARKS = (TITLE, DESCRIPTION, CONTENT, HEAD)
_ITEM_MARKS = tuple(f"inforce-mark-item-{number}-" for number in range(9))
"""In the place of each `<li>` of an entry; a theme has one or two tables of contents on a page."""
_ITEM = re.compile(rf"<li(?=[\s>])(?:(?!<li[\s>]|</li>).)*{re.escape(ENTRY)}.*?</li>\s*", re.DOTALL)


class Shell:
    """A page of the theme, taken apart at its marks."""

    def __init__(self, source: str, address: str) -> None:
        """Take the page apart; `address` is the one under which the theme rendered it."""
        self.source = source
        self.name = hashlib.sha256(source.encode()).hexdigest()
        self._items: list[list[str]] = []
        marks = (*_MARKS, address, f"#{ENTRY}")
        self._address = address
        self._pieces = _split(marks + _ITEM_MARKS, _ITEM.sub(self._take_item, source))

    def around(self, content: Content) -> str:
        """The whole page."""
        first = content.headings[0].anchor if content.headings else ""
        values = {
            TITLE: html.escape(content.title),
            DESCRIPTION: html.escape(content.description),
            CONTENT: content.html,
            HEAD: content.whole_head,
            self._address: content.address,
            f"#{ENTRY}": f"#{html.escape(first)}",
        }
        sections = _sections(content.headings)
        for mark, item in zip(_ITEM_MARKS, self._items, strict=False):
            values[mark] = "".join(_entry(item, one) for one in sections)
        return "".join(map(values.get, self._pieces, self._pieces))

    def _take_item(self, found: re.Match[str]) -> str:
        """Keep the `<li>` of an entry of the table of contents, and leave a mark in its place."""
        if len(self._items) == len(_ITEM_MARKS):
            return ""
        self._items.append(_split((f"#{ENTRY}", ENTRY), found[0]))
        return _ITEM_MARKS[len(self._items) - 1]


def _split(marks: Sequence[str], source: str) -> list[str]:
    """The text, cut before and after each mark."""
    return re.split(f"({'|'.join(map(re.escape, marks))})", source)


def _sections(headings: Sequence[Heading]) -> list[Heading]:
    """The headings of the highest level below the title: what the table of contents lists."""
    level = min((one.level for one in headings if one.level > 1), default=0)
    return [one for one in headings if one.level == level]


def _entry(item: list[str], heading: Heading) -> str:
    values = {f"#{ENTRY}": f"#{html.escape(heading.anchor)}", ENTRY: html.escape(heading.words)}
    return "".join(map(values.get, item, item))
