"""HTML as a tree that can be changed, from python-markdown's form and in the form of XML.

python-markdown's HTML, and ours, is well-formed but for a few elements that have no end and for names of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from xml.etree import ElementTree as ET

_ENDLESS = re.compile(r"<(br|hr|input|col)\b([^<>]*?)/?>")
_BARE = re.compile(r'(<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*) (hidden|checked)(?=[ />])')
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot);)#?\w+;")
_EMPTY = re.compile(r"></(br|hr|col)>")
Element = ET.Element


def parsed(source: str) -> Element:
    """The HTML in a `section` around it."""
    source = _NAMED.sub(lambda found: escape(unescape(found[0])), _ENDLESS.sub(r"<\1\2/>", source))
    source = _BARE.sub(r'\1 \2=""', source)
    return ET.fromstring(f"<section>{source}</section>")  # noqa: S314 - there are no declarations in it


def written(element: Element) -> str:
    """The tree as HTML that is XML as well."""
    return _EMPTY.sub("/>", ET.tostring(element, encoding="unicode", short_empty_elements=False))


def with_parents(root: Element) -> Iterator[tuple[Element, Element]]:
    """Each element but the root, with its parent; it may be taken out then."""
    for parent in list(root.iter()):
        for child in list(parent):
            yield parent, child


def take_out(parent: Element, child: Element) -> None:
    """Take out an element with all that is in it; what stands after it stays."""
    _add_text(parent, list(parent).index(child), child.tail or "")
    parent.remove(child)


def words_of(element: Element) -> str:
    """All text in it, white space as one space."""
    return " ".join("".join(element.itertext()).split())


def _add_text(parent: Element, place: int, text: str) -> None:
    """Add text before the child at that place."""
    if place:
        before = parent[place - 1]
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
