"""A revision's text as HTML, by python-markdown, from its bytes and this configuration alone (rule 10).

Raw HTML is not passed on: a short list of bare inline tags is rebuilt as elements, everything else of its kind is
refused. So are images, comments, snippets, and links by other schemes than the web's and mail's.

Links between texts of the record are written as from file to file (`../user-agreement/2018-04-10.md#fees`). They come
out as `href="inforce:user-agreement/2018-04-10/#fees"`, relative to the site's root, and `rebased` makes them fit the
page on which the text is shown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import IMAGE_LINK_RE, InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from inforce.core.errors import Fault

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

EXTENSIONS = ("admonition", "def_list", "fenced_code", "footnotes", "sane_lists", "tables")
_ROOT = "inforce:"
_SCHEMES = ("http", "https", "mailto", "tel")
_PAIRED = ("sub", "sup", "u")
_TAG_RE = r"<(/?[a-zA-Z][^<>]*|!\[CDATA\[[^<>]*|![a-zA-Z][^<>]*|\?[^<>]*)>"
_PAIR_RE = rf"<({'|'.join(_PAIRED)})>(.*?)</\1>"
_BREAK_RE = r"<br\s?/?>"
_COMMENT_RE = r"<!--"
_LINK = re.compile(r"\](?:\(|:)\s*(?!(?:https?|mailto|tel):)[^)\s]*[:&]")
_SNIPPET = re.compile(r"^[ \t]*;*-{1,}8<-{1,}.*$|\{!.*?!\}|\{%.*?%\}", re.MULTILINE)
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:")
_TOO_DEEP = re.compile(
    r"^(?:[ \t]*(?:(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)|>[ \t]*){21,}\S|[ ]{100,}(?:[-*+]|\d{1,9}[.)])[ \t])", re.MULTILINE
)
_SHORT = 4_000
"""Below this many characters a text is looked at whole, in case that it shows nothing at all."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text: its level (1 to 6), its anchor, and its words."""

    level: int
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """A text as HTML, its links relative to the site's root, and its headings in order."""

    html: str
    headings: tuple[Heading, ...]


def render(text: str, address: str) -> Rendition:
    """The text as HTML.

    Args:
        text: Markdown in which `text_faults` finds nothing.
        address: the revision's permanent address, against which its relative links are resolved.
    """
    markdown, watch = _renderer()
    watch.begin(address)
    source = markdown.reset().convert(text)
    tokens: list[dict[str, Any]] = markdown.toc_tokens  # type: ignore[attr-defined]
    return Rendition(source, tuple(_headings(tokens)))


def forget_renderer() -> None:
    """Make a new renderer for the next text: one that was interrupted is not in order."""
    _renderer.cache_clear()


def rebased(source: str, root: str) -> str:
    """The HTML with its links fit for a page from which the site's root is `root` (`../../`, or `` for the root)."""
    return source.replace(f'href="{_ROOT}', f'href="{root or "./"}')


def links_of(rendition: Rendition) -> Iterator[tuple[str, str]]:
    """The links of a text within the site: the address (empty: the same text) and the anchor of each."""
    for target in re.findall(rf'href="({_ROOT}[^"]*|#[^"]*)"', rendition.html):
        place, _, anchor = html.unescape(target).removeprefix(_ROOT).partition("#")
        yield place, anchor


def anchors_of(rendition: Rendition) -> frozenset[str]:
    """Every anchor that a text has."""
    return frozenset(html.unescape(one) for one in re.findall(r'id="([^"]*)"', rendition.html))


def text_faults(text: str, first_line: int) -> Iterator[Fault]:
    """What rule 10 refuses in a text: an empty one, images, raw HTML, comments, snippets, links by unknown schemes.

    Most texts hold none of the signs that any of these begins with, and are not converted for this.
    """
    if not any(line.strip() and not _DEFINITION.match(line) for line in text.splitlines()):
        yield Fault("the text is empty", "write the revision's text under the front matter", first_line)
        return
    if found := _TOO_DEEP.search(text):
        todo = "lists and quotations go a few levels deep, not dozens"
        yield Fault("the text is nested too deep", todo, first_line + text.count("\n", 0, found.start()))
        return
    if len(text) < _SHORT or "<" in text or "![" in text or (("](" in text or "]:" in text) and _LINK.search(text)):
        markdown, watch = _renderer()
        watch.begin("policy/revision/")
        try:
            source = markdown.reset().convert(text)
        except RecursionError:
            forget_renderer()
            yield Fault(
                "the text is nested too deep", "lists and quotations go a few levels deep, not hundreds", first_line
            )
            return
        for what, todo, snippet in watch.found:
            place = text.find(snippet)
            line = first_line + text.count("\n", 0, place) if place >= 0 else first_line
            yield Fault(what, todo, line)
        if not html.unescape(re.sub(r"<[^>]*>", "", source)).strip():
            yield Fault("the text is empty", "write the revision's text under the front matter", first_line)
    for found in _SNIPPET.finditer(text) if "8<" in text or "{!" in text or "{%" in text else ():
        line = first_line + text.count("\n", 0, found.start())
        what = f"`{found[0].strip()}` would take in another file: a revision is shown from its own bytes alone"
        yield Fault(what, "write the text itself here", line)


def _headings(tokens: list[dict[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["level"], token["id"], html.unescape(token["name"]))
        yield from _headings(token["children"])


@lru_cache(maxsize=1)
def _renderer() -> tuple[Markdown, _Watch]:
    watch = _Watch()
    return Markdown(extensions=[*EXTENSIONS, TocExtension(), watch], output_format="html"), watch


class _Watch(Extension):
    """Takes raw HTML and images out of python-markdown, and notes where a text has them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.address = ""

    def begin(self, address: str) -> None:
        """Forget what the last text had."""
        self.found = []
        self.address = address

    def note(self, what: str, todo: str, snippet: str) -> None:
        self.found.append((what, todo, snippet))

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - python-markdown's name
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
    def __init__(self, pattern: str, md: Markdown, watch: _Watch) -> None:
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
    """Resolves links against the revision's address, and refuses schemes that can run or hide something."""

    def __init__(self, md: Markdown, watch: _Watch) -> None:
        super().__init__(md)
        self.watch = watch

    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            href = link.get("href")
            if href is None or href.startswith(("#", AMP_SUBSTITUTE)):
                continue
            target = html.unescape(href).strip()
            scheme = urlsplit(target).scheme if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", target) else ""
            if scheme and scheme.lower() not in _SCHEMES:
                todo = f"link by {', '.join(_SCHEMES)}, or relative to this file"
                self.watch.note(f"a link by the scheme `{scheme}:`", todo, href)
                del link.attrib["href"]
            elif not scheme and not target.startswith("/"):
                link.set("href", _ROOT + _resolved(target, self.watch.address))


def _resolved(target: str, address: str) -> str:
    """A relative link between files of the record, as an address relative to the site's root."""
    path, hash_sign, fragment = target.partition("#")
    if path.endswith(".md") and not path.endswith("source.md"):
        path = f"{path.removesuffix('.md')}/"
        base = address.removesuffix("/")
    else:
        base = address if not path.startswith("../") else address.removesuffix("/")
    resolved = urljoin(f"/{base}", path).lstrip("/")
    return f"{resolved}{hash_sign}{fragment}"
