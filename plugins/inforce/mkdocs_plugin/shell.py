"""The theme's page, rendered once and used for many: revisions are spliced into it.

A page of the theme costs milliseconds, a splice microseconds (and MkDocs' own pipeline far more, with a record of
thousands). So the theme renders one page whose title, address, description, content and table of contents are marks;
each permanent page is that page with the marks replaced. A mark is searched for by itself: nothing is assumed of the
theme but that it makes one `<li>` of each entry of the table of contents.
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
CONTENT = "<h1>inforce-mark-content</h1>"
ADDRESS = "inforce-mark-address"
ENTRY = "inforce-mark-entry"
HEAD = '<meta name="inforce-mark-head">'
_ANY = re.compile("|".join(map(re.escape, (TITLE, DESCRIPTION, CONTENT, HEAD))))
_ITEM = re.compile(rf"<li(?=[\s>])(?:(?!<li[\s>]|</li>).)*{re.escape(ENTRY)}.*?</li>\s*", re.DOTALL)


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
            HEAD: content.whole_head,
        }
        page = _with_entries(self.source, content.headings)
        page = page.replace(self.address, content.address)
        return _ANY.sub(lambda mark: values[mark[0]], page)


def _with_entries(source: str, headings: Sequence[Heading]) -> str:
    """The page with each `<li>` that holds the mark of an entry repeated for the headings.

    A mark outside of any `<li>` is a link to the beginning of the text.
    """
    level = min((one.level for one in headings if one.level > 1), default=0)
    sections = [one for one in headings if one.level == level]

    def entries(item: re.Match[str]) -> str:
        return "".join(
            item[0].replace(f"#{ENTRY}", f"#{html.escape(one.anchor)}").replace(ENTRY, html.escape(one.words))
            for one in sections
        )

    first = headings[0].anchor if headings else ""
    return _ITEM.sub(entries, source).replace(f"#{ENTRY}", f"#{html.escape(first)}")
