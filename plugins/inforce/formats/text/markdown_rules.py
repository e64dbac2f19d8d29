"""What python-markdown may make of a revision's text, and what it has to refuse (rule 10).

Raw HTML is not passed on: a short list of bare inline tags is rebuilt as elements, everything else of its kind is
refused. So are images, comments, and links by other schemes than the web's and mail's.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import IMAGE_LINK_RE, InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

RELATIVE = "\x02inforce:{}\x03"
"""How a link within the record comes out: its target as it was written, between signs that no text can hold."""
_SCHEMES = ("http", "https", "mailto", "tel")
_PAIRED = ("sub", "sup", "u")
_TAG_RE = r"<(/?[a-zA-Z][^<>]*|!\[CDATA\[[^<>]*|![a-zA-Z][^<>]*|\?[^<>]*)>"
_PAIR_RE = rf"<({'|'.join(_PAIRED)})>(.*?)</\1>"
_BREAK_RE = r"<br\s?/?>"
_COMMENT_RE = r"<!--"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that may not stand in a text: what, what to do about it, and the words by which to find it."""

    what: str
    todo: str
    snippet: str


class Refusals(Extension):
    """Takes raw HTML and images out of python-markdown, and notes where a text has them."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Refusal] = []

    def take(self) -> tuple[Refusal, ...]:
        """What was refused since the last time."""
        found, self._found = tuple(self._found), []
        return found

    def note(self, what: str, todo: str, snippet: str) -> None:
        """One more thing is refused."""
        self._found.append(Refusal(what, todo, snippet))

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - python-markdown's name
        """Put our patterns in the place of python-markdown's."""
        md.preprocessors.deregister("html_block")
        for name in ("image_link", "image_reference", "short_image_ref", "html"):
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(_Image(IMAGE_LINK_RE, md, self), "inforce_image", 150)
        md.inlinePatterns.register(_Comment(_COMMENT_RE, md, self), "inforce_comment", 96)
        md.inlinePatterns.register(_Break(_BREAK_RE, md), "inforce_break", 95)
        md.inlinePatterns.register(_Pair(_PAIR_RE, md), "inforce_pair", 94)
        md.inlinePatterns.register(_Refused(_TAG_RE, md, self), "inforce_tag", 90)
        md.treeprocessors.register(_Links(md, self), "inforce_links", 5)


class _Watching(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, watch: Refusals) -> None:
        super().__init__(pattern, md)
        self.watch = watch


class _Image(_Watching):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[None, None, None]:  # type: ignore[override]  # noqa: N802
        if re.match(r"!\[[^\]]*\]\s?[(\[]", data[m.start() :]) or self._is_defined(data[m.start() :]):
            what = "an image: a revision is text, and shown from its own bytes alone"
            self.watch.note(what, "say in words what the image shows", data[m.start() : data.find("]", m.end()) + 1])
        return None, None, None

    def _is_defined(self, data: str) -> bool:
        found = re.match(r"!\[([^\]]*)\]", data)
        return found is not None and found[1].lower() in self.md.references


class _Comment(_Watching):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[None, None, None]:  # type: ignore[override]  # noqa: N802
        self.watch.note("an HTML comment: readers would not see what the digest covers", "delete it", m[0])
        return None, None, None


class _Break(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802
        return ET.Element("br"), m.start(0), m.end(0)


class _Pair(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802
        element = ET.Element(m[1])
        element.text = m[2]
        return element, m.start(0), m.end(0)


class _Refused(_Watching):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[None, None, None]:  # type: ignore[override]  # noqa: N802
        name = re.match(r"/?([a-zA-Z]*)", m[1])
        if name is not None and name[1].lower() in _PAIRED:
            what = f"the tag `{m[0]}` has attributes, or no counterpart in its paragraph"
        else:
            what = f"raw HTML, `{m[0]}`"
        todo = "write it in Markdown; of HTML only <br>, <sub>…</sub>, <sup>…</sup> and <u>…</u> may stand in a text"
        self.watch.note(what, f"{todo}, and a sign < that is meant as such can be written &lt;", m[0])
        return None, None, None


class _Links(Treeprocessor):
    """Marks links within the record, and refuses schemes that can run or hide something."""

    def __init__(self, md: Markdown, watch: Refusals) -> None:
        super().__init__(md)
        self.watch = watch

    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            href = link.get("href")
            if href is None or href.startswith(("#", AMP_SUBSTITUTE)):
                continue
            target = html.unescape(href).strip()
            found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", target)
            scheme = found[1] if found else ""
            if scheme and scheme.lower() not in _SCHEMES:
                todo = f"link by {', '.join(_SCHEMES)}, or relative to this file"
                self.watch.note(f"a link by the scheme `{scheme}:`", todo, href)
                del link.attrib["href"]
            elif not scheme and not target.startswith("/"):
                link.set("href", RELATIVE.format(target))
