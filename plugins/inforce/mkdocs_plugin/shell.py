"""The theme's page, rendered once and used for many: revisions are spliced into it.

A page of the theme costs milliseconds, a splice microseconds (and MkDocs' own pipeline far more, with a record of
thousands). So the theme renders one page whose title, address, description, content and table of contents are marks;
each permanent page is that page with the marks replaced. A mark is searched for by itself: nothing is assumed of the
theme but that it puts a page's title where titles go, and makes one `<li>` of each entry of the table of contents.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inforce.formats.markdown import Heading
from inforce.mkdocs_plugin.pages import Content

TITLE = "inforce-mark-title"
DESCRIPTION = "inforce-mark-description"
CONTENT = "inforce-mark-content"
ADDRESS = "inforce-mark-address"
ENTRY = "inforce-mark-entry"
ROBOTS = '<meta name="robots" content="inforce-mark-robots">'
_ANY = re.compile("|".join(map(re.escape, (TITLE, DESCRIPTION, CONTENT, ROBOTS))))
_NO_INDEX = '<meta name="robots" content="noindex">'


@dataclass(frozen=True, slots=True)
class Shell:
    """A page of the theme, with marks. `address` is the one under which the theme rendered it."""

    source: str
    address: str

    def around(self, content: Content) -> str:
        """The whole page."""
        values = {
            TITLE: html.escape(content.title),
            DESCRIPTION: html.escape(content.description),
            CONTENT: content.html,
            ROBOTS: "" if content.is_listed else _NO_INDEX,
        }
        page = _with_entries(self.source, [one for one in content.headings if one.level > 1])
        page = page.replace(self.address, content.address)
        return _ANY.sub(lambda mark: values[mark[0]], page)


def _with_entries(source: str, headings: Sequence[Heading]) -> str:
    """The page with each `<li>` that holds the mark of an entry repeated for the headings."""
    while (place := source.find(ENTRY)) >= 0:
        start, end = source.rfind("<li", 0, place), source.find("</li>", place) + len("</li>")
        item = source[start:end]
        entries = (
            item.replace(f"#{ENTRY}", f"#{one.anchor}").replace(ENTRY, html.escape(one.words)) for one in headings
        )
        source = source[:start] + "".join(entries) + source[end:]
    return source
