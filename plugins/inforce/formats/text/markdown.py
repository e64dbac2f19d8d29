"""A revision's text as HTML, by python-markdown, from its bytes and this configuration alone (rule 10).

What may stand in a text is said in `markdown_rules`. Passages that were converted before are not converted again (see
`passages`); the anchors of headings, which have to be told apart across the whole text, are given when all of it is
there.

Links between texts of the record are written as from file to file (`../user-agreement/2018-04-10.md#fees`). A rendition
keeps them marked, so that it depends on nothing but the text; `placed` makes them fit the page on which it is shown.
"""

from __future__ import annotations

import hashlib
import html
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import markdown
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify

from inforce.core.errors import Fault
from inforce.formats.text.markdown_rules import RELATIVE, Refusal, Refusals
from inforce.formats.text.markdown_shortcuts import Headings, PlainWords
from inforce.formats.text.passages import passages

EXTENSIONS = ("admonition", "def_list", "fenced_code", "footnotes", "sane_lists", "tables")
CONFIGURATION = " ".join(["markdown", markdown.__version__, "python", *map(str, sys.version_info[:2]), *EXTENSIONS])
"""Names what a rendition depends on besides the text and our own code."""
_LINK = re.compile(r"\](?:\(|:)\s*(?!(?:https?|mailto|tel):)[^)\s]*[:&]")
_TAG, _BREAK = re.compile(r"<[a-zA-Z/!?]"), re.compile(r"<br[ \t]?/?>")
_SNIPPET = re.compile(r"^[ \t]*;*-{1,}8<-{1,}.*$|\{!.*?!\}|\{%.*?%\}", re.MULTILINE)
_SHOWN = re.compile(r"^(?! {0,3}\[[^\]]+\]:)[^\n]*\S", re.MULTILINE)
_TOO_DEEP = re.compile(
    r"\n(?=[ \t>*+\-\d.)]{21})"  # Nearly every line begins otherwise, and needs no closer look.
    r"(?:[ \t]*(?:(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)|>[ \t]*){21,}\S|[ ]{100,}(?:[-*+]|\d{1,9}[.)])[ \t])"
)
_RELATIVE = re.compile(re.escape(RELATIVE).replace(r"\{\}", "([^\x03]*)"))
_HEADING_ID = re.compile(r'(?<=<h[1-6] id=")[^"]*(?=")')
_NUMBERED = re.compile(r"(.*)_(\d+)")
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ALIGNED = re.compile(r'<(t[dh]) style="text-align: (left|center|right);">')
_SHORT = 4_000
"""Below this many characters a text is looked at whole, in case that it shows nothing at all."""
_KNOWN = 4_000
"""How many passages a renderer remembers."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text: its level (1 to 6), its anchor, and its words."""

    level: int
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """A text as HTML, its links within the record still marked, and its headings in order."""

    html: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A converted passage: its HTML, cut where each heading's anchor goes, and its headings.

    The anchors of these are not told apart yet from others of the text. `refused` is what may not stand in the passage.
    """

    pieces: tuple[str, ...]
    headings: tuple[Heading, ...]
    refused: tuple[Refusal, ...] = ()


class Renderer:
    """Converts texts, remembering their passages: one for the texts of one policy is what pays."""

    def __init__(self, size: int | None = _KNOWN) -> None:
        """Remember so many passages (None: all)."""
        self._refusals = Refusals()
        extensions: list[str | Extension] = [*EXTENSIONS, Headings(), PlainWords(), self._refusals]
        self._markdown = Markdown(extensions=extensions, output_format="html")
        self._refused: dict[bytes, tuple[Refusal, ...]] = {}
        self._converted: Callable[[str], Passage] = lru_cache(size)(self._convert)

    def render(self, text: str) -> Rendition:
        """The text as HTML.

        Args:
            text: Markdown in which `text_faults` finds nothing.

        Raises:
            RecursionError: it is nested too deep.
        """
        return joined(map(self._converted, passages(text)))

    def convert(self, passage: str) -> Passage:
        """One passage; see `render`."""
        return self._converted(passage)

    def refused(self, text: str) -> Iterator[Refusal]:
        """What may not stand in the text.

        Raises:
            RecursionError: it is nested too deep.
        """
        for passage in passages(text):
            if len(text) < _SHORT:
                yield from self._converted(passage).refused
            elif _is_suspect(passage):
                yield from self._refused_of(passage)

    def _refused_of(self, passage: str) -> tuple[Refusal, ...]:
        """What may not stand in a passage of a long text, of which no more is remembered than that."""
        name = hashlib.blake2b(passage.encode(), digest_size=16).digest()
        if name not in self._refused:
            self._refused[name] = self._convert(passage).refused
        return self._refused[name]

    def _convert(self, passage: str) -> Passage:
        try:
            source = self._markdown.reset().convert(passage)
        except RecursionError:
            renderer.cache_clear()  # What was interrupted is not in order.
            raise
        tokens: list[dict[str, Any]] = self._markdown.toc_tokens  # type: ignore[attr-defined]
        headings = tuple(_headings(tokens))
        return Passage(tuple(_HEADING_ID.split(with_fit_tables(source))), headings, self._refusals.take())


def joined(passages: Iterable[Passage], taken: Iterable[str] = ()) -> Rendition:
    """A whole text of its passages, in order; `taken` are anchors that no heading can have."""
    anchors = set(taken)
    sources, headings = [], []
    for passage in passages:
        source = passage.pieces[0]
        for heading, piece in zip(passage.headings, passage.pieces[1:], strict=True):
            anchor = _unique(heading.anchor, anchors)
            headings.append(Heading(heading.level, anchor, heading.words))
            source += anchor + piece  # Letters, digits, "-" and "_": nothing to escape.
        sources.append(source)
    return Rendition("\n".join(filter(None, sources)), tuple(headings))


@lru_cache(maxsize=1)
def renderer() -> Renderer:
    """One for texts that come in any order."""
    return Renderer()


def render(text: str) -> Rendition:
    """The text as HTML; see `Renderer.render`."""
    return renderer().render(text)


def placed(rendition: Rendition, address: str, root: str) -> str:
    """The HTML with its links fit for a page.

    Args:
        rendition: the text.
        address: the revision's permanent address, against which its relative links are resolved.
        root: where the site's root is from the page: `../../`, or empty for the root itself.
    """
    return with_links(rendition.html, address, root)


def with_links(source: str, address: str, root: str) -> str:
    """The same for any HTML in which such links are marked."""
    if "\x02" not in source:
        return source
    return _RELATIVE.sub(lambda mark: html.escape((root + _resolved(html.unescape(mark[1]), address)) or "./"), source)


def links_of(rendition: Rendition, address: str) -> Iterator[tuple[str, str]]:
    """The links of a text within the site: the address (empty: the same text) and the anchor of each."""
    for own, relative in re.findall(rf'href="(?:#([^"]*)|{_RELATIVE.pattern})"', rendition.html):
        target = _resolved(html.unescape(relative), address) if relative else f"#{html.unescape(own)}"
        place, _, anchor = target.partition("#")
        yield place, anchor


def anchors_of(rendition: Rendition) -> frozenset[str]:
    """Every anchor that a text has."""
    return frozenset(html.unescape(one) for one in re.findall(r'id="([^"]*)"', rendition.html))


def with_fit_tables(source: str) -> str:
    """python-markdown's HTML with its tables in boxes that scroll, by keyboard too, and cells aligned by classes.

    A strict Content-Security-Policy lets no element have a style of its own. In a text `<` is escaped: only what
    python-markdown itself writes is meant, and tables with a class are left alone.
    """
    if "<table>" not in source:
        return source
    boxed = _TABLE.sub(r'<div class="inforce-table" tabindex="0">\g<0></div>', source)
    return _ALIGNED.sub(r'<\1 class="inforce-\2">', boxed)


def text_faults(text: str, first_line: int) -> Iterator[Fault]:
    """What rule 10 refuses in a text: an empty one, images, raw HTML, comments, snippets, links by unknown schemes.

    Most texts hold none of the signs that any of these begins with, and are not converted for this.
    """
    if not _SHOWN.search(text):
        yield Fault("the text is empty", "write the revision's text under the front matter", first_line)
        return
    if found := _TOO_DEEP.search(f"\n{text}"):
        todo = "lists and quotations go a few levels deep, not dozens"
        yield Fault("the text is nested too deep", todo, first_line + text.count("\n", 0, found.start()))
        return
    if len(text) < _SHORT or _is_suspect(text):
        try:
            refused = list(renderer().refused(text))
            shows = len(text) >= _SHORT or html.unescape(re.sub(r"<[^>]*>", "", render(text).html)).strip()
        except RecursionError:
            todo = "lists and quotations go a few levels deep, not hundreds"
            yield Fault("the text is nested too deep", todo, first_line)
            return
        for one in refused:
            place = text.find(one.snippet)
            line = first_line + text.count("\n", 0, place) if place >= 0 else first_line
            yield Fault(one.what, one.todo, line)
        if not shows:
            yield Fault("the text is empty", "write the revision's text under the front matter", first_line)
    for found in _SNIPPET.finditer(text) if "<" in text or "{" in text else ():
        line = first_line + text.count("\n", 0, found.start())
        what = f"`{found[0].strip()}` would take in another file: a revision is shown from its own bytes alone"
        yield Fault(what, "write the text itself here", line)


def _is_suspect(text: str) -> bool:
    """Whether there is any sign in the text that something to be refused begins with."""
    if "<" in text and _TAG.search(_BREAK.sub("", text)) is not None:
        return True
    return "[" in text and ("![" in text or (("](" in text or "]:" in text) and _LINK.search(text) is not None))


def _headings(tokens: list[dict[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        words = html.unescape(token["name"])
        yield Heading(token["level"], slugify(words, "-"), words)
        yield from _headings(token["children"])


def _unique(anchor: str, taken: set[str]) -> str:
    """The anchor, with a number where it is taken; as python-markdown's table of contents does it."""
    while not anchor or anchor in taken:
        found = _NUMBERED.fullmatch(anchor)
        anchor = f"{found[1]}_{int(found[2]) + 1}" if found else f"{anchor}_1"
    taken.add(anchor)
    return anchor


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
