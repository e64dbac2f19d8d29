"""The revision's text as a part of the document: its headings for the table of contents, its links readable on paper.

Nothing is put into the text but small signs beside links whose words are not their addresses (`[L1]`): the addresses
stand in a list after it. Links that lead to no web page, no mail address and no telephone, or to a place that is not in
the text, are plain words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from inforce.formats.pdf.elements import Element, parsed, take_out, with_parents, words_of, written
from inforce.formats.pdf.headings import set_levels
from inforce.formats.pdf.tables import fit_tables
from inforce.formats.text.markdown import placed, render

_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_SAID = re.compile(r"^(?:https?://|mailto:|tel:)|/$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table of contents: the heading's level in the document, its anchor and its words."""

    level: int
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text as HTML that is XML, its headings in order, and the addresses of its links by their numbers from 1."""

    html: str
    headings: tuple[Line, ...]
    links: tuple[str, ...]


def text_part(text: str, address: str, root: str, top: int) -> TextPart:
    """The text.

    Args:
        text: Markdown in which `text_faults` finds nothing.
        address: the revision's permanent address, relative to the site's root.
        root: the site's address.
        top: the level of the highest heading.
    """
    section = parsed(placed(render(text), address, root))
    drop_ways_back(section)
    headings = set_levels(section, top)
    links = _number_links(section)
    fit_tables(section)
    lines = [Line(level, one.get("id") or "", words_of(one)) for level, one in headings]
    return TextPart(written(section), tuple(line for line in lines if line.words), tuple(links))


def drop_ways_back(section: Element) -> None:
    """Take out the arrows that lead from a footnote back to its sign: nobody can follow them on paper."""
    for parent, child in with_parents(section):
        if child.get("class") == "footnote-backref":
            take_out(parent, child)


def make_plain(link: Element) -> None:
    """Have a link be words."""
    link.tag = "span"
    link.attrib.pop("href", None)


def _number_links(section: Element) -> list[str]:
    """Put the signs beside links, and give the addresses for which they stand."""
    anchors = {one.get("id") for one in section.iter()}
    numbers: dict[str, int] = {}
    for link in section.iter("a"):
        target = link.get("href") or ""
        if target.startswith("#"):
            if unquote(target[1:]) not in anchors and target[1:] not in anchors:
                make_plain(link)
        elif not target.lower().startswith(_SCHEMES):
            make_plain(link)
        elif not _is_said(target, words_of(link)):
            number = numbers.setdefault(target, len(numbers) + 1)
            sign = Element("span", {"class": "sign"})
            sign.text = f"[L{number}]"
            link.append(sign)
    return list(numbers)


def _is_said(target: str, words: str) -> bool:
    """Whether the words of a link are its address."""
    return _SAID.sub("", target).casefold() in (words.casefold(), _SAID.sub("", words).casefold())
