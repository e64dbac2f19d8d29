"""A rendition as bytes: a line with the headings as JSON, and the HTML.

The whole format::

    [[1, "privacy-policy", "Privacy Policy"], [2, "cookies", "Cookies"]]
    <h1 id="privacy-policy">Privacy Policy</h1>
    …
"""

from __future__ import annotations

import json

from inforce.formats.markdown import Heading, Rendition


def dump(rendition: Rendition) -> bytes:
    """The bytes of a rendition."""
    headings = json.dumps([[one.level, one.anchor, one.words] for one in rendition.headings], ensure_ascii=False)
    return f"{headings}\n{rendition.html}".encode()


def load(data: bytes) -> Rendition:
    """The rendition that `dump` made these bytes of."""
    headings, _, html = data.decode().partition("\n")
    return Rendition(html, tuple(Heading(*one) for one in json.loads(headings)))
