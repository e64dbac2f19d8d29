"""Texts beside each other on one page: each with ids of its own."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[a-z][^<>]*>")
_PLACE = re.compile(r' (id="|href="#)')


def placed(html: str, prefix: str) -> str:
    """The HTML, with the prefix before each id in it, and before each link to one.

    Args:
        html: as we make it; whatever stands there as text has no tags in it.
        prefix: what makes the ids differ from all others on the page; written as an attribute's value is.

    >>> placed('<p id="a">id="a" <a href="#a">a</a></p>', "one-")
    '<p id="one-a">id="a" <a href="#one-a">a</a></p>'
    """
    return _TAG.sub(lambda tag: _PLACE.sub(lambda found: f" {found[1]}{prefix}", tag[0]), html)
