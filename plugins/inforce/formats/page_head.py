"""The end of a page's `<head>`: what machines are told of the page, put into any theme's HTML.

Nothing is assumed of the theme's page but that it is HTML: `with_head` finds the end of its head, `with_canonical` adds
the page's own address where the theme did not write it. A link's shape is `<link rel="original" href="…">`, with `type`
and `title` where they are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

NO_INDEX = '<meta name="robots" content="noindex">\n'
_END = re.compile(r"</head\s*>|<body[\s>]", re.IGNORECASE)
_CANONICAL = re.compile(r"<link\b[^>]*\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page to something: its relation, its address, the media type of what lies there, and its title."""

    relation: str
    target: str
    type: str = ""
    title: str = ""

    @property
    def html(self) -> str:
        """The element, and a line's end."""
        kind = f' type="{escape(self.type)}"' if self.type else ""
        title = f' title="{escape(self.title)}"' if self.title else ""
        return f'<link rel="{escape(self.relation)}"{kind}{title} href="{escape(self.target)}">\n'


def with_head(page: str, head: str) -> str:
    """The page with that at the end of its head; before `<body>` where the head's end is not written, else in front."""
    if not head:
        return page
    end = _END.search(page)
    place = end.start() if end else 0
    return f"{page[:place]}{head}{page[place:]}"


def with_canonical(page: str, canonical: str | None) -> str:
    """The page with its own address, where that is known and the theme did not write it."""
    if not canonical or _CANONICAL.search(page):
        return page
    return with_head(page, Link("canonical", canonical).html)
