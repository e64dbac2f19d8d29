"""The document that is printed: a title block, a table of contents, the text, and what it changed.

It is HTML that is well-formed XML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from inforce.core.address import revision_address
from inforce.formats.messages import Messages, direction
from inforce.formats.pdf.changes import changes_part, comparison_of
from inforce.formats.pdf.record_json import RECORD, SOURCE, record_json
from inforce.formats.pdf.sheet import Sheet, messages_of
from inforce.formats.pdf.style import style_of
from inforce.formats.pdf.text import Line, text_part
from inforce.formats.pdf.title_block import title_block
from inforce.formats.pdf.xmp import metadata_of
from inforce.formats.redline.words import Comparison
from inforce.formats.revision_file import body

LINKS, CHANGES = "pdf:links", "pdf:changes"
"""Where our own parts begin; no heading of a text can have such an anchor."""
_DEEPEST = 4
"""The lowest level of headings in the table of contents."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file within the PDF; `relationship` as in ISO 32000-2, 7.11.3."""

    name: str
    data: bytes
    relationship: str
    description: str


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed.

    Attributes:
        path: the revision's file, for telling what is wrong with it.
        source: its bytes.
        language: that of the document; parts in another one say so.
        html: well-formed XML.
        style: CSS.
        fonts: further families of fonts, for what ours lack.
        metadata: our part of the metadata, as RDF.
        attachments: the files within it.
        instant: that of the posting, to which all dates within the file are set.
    """

    path: str
    source: bytes
    language: str
    html: str
    style: str
    fonts: tuple[str, ...]
    metadata: str
    attachments: tuple[Attached, ...]
    instant: datetime


def document_of(sheet: Sheet) -> Document:
    """The document of a sheet."""
    say = messages_of(sheet)
    return Document(
        path=sheet.path,
        source=sheet.source.data,
        language=sheet.source.revision.language,
        html="".join(_html(sheet, say)),
        style=style_of(sheet, say),
        fonts=sheet.fonts,
        metadata=metadata_of(sheet),
        attachments=(
            Attached(SOURCE, sheet.source.data, "Source", "The exact text, of which the digest is"),
            Attached(RECORD, record_json(sheet), "Data", "The facts of this revision as of its posting"),
        ),
        instant=sheet.source.revision.posted,
    )


def _html(sheet: Sheet, say: Messages) -> Iterator[str]:
    """The document; `spoken` and `ours` are attributes that say in which language the text is, and our words are."""
    revision = sheet.source.revision
    spoken = f' lang="{escape(revision.language)}" dir="{direction(revision.language)}"'
    ours = "" if say.language == revision.language else f' lang="{say.language}" dir="{say.direction}"'
    address = revision_address(revision.policy, revision.name)
    text = text_part(body(sheet.source.data), address, sheet.root, top=2)
    comparison = comparison_of(sheet)
    yield f"<html{spoken}>"
    yield from _head(sheet, say)
    yield "<body>"
    yield from title_block(sheet, say, ours)
    yield f'<section class="contents"{ours}><h2>{_text(say("pdf.contents"))}</h2><ul>'
    yield from (_entry(line, spoken if ours else "") for line in text.headings if line.level <= _DEEPEST)
    if text.links:
        yield _entry(Line(2, LINKS, say("pdf.links")))
    if comparison is not None:
        yield _entry(Line(2, CHANGES, say("pdf.changes")))
    yield f'</ul></section><section class="text own"{spoken}>{text.html}</section>'
    if text.links:
        yield f'<section class="links"{ours}>'
        yield from _addresses(text.links, say)
        yield "</section>"
    if comparison is not None:
        yield f'<section class="changes"{ours}>'
        yield from _appendix(sheet, comparison, say)
        yield "</section>"
    yield "</body></html>"


def _head(sheet: Sheet, say: Messages) -> Iterator[str]:
    revision = sheet.source.revision
    posted = revision.posted.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield f"<head><title>{_text(say('pdf.title', title=revision.title, name=revision.name))}</title>"
    yield f'<meta name="dcterms.created" content="{posted}"/><meta name="dcterms.modified" content="{posted}"/>'
    yield f'<meta name="description" content="{escape(sheet.address)}"/>'
    yield '<meta name="generator" content="Inforce"/></head>'


def _entry(line: Line, spoken: str = "") -> str:
    """A line of the table of contents; the style adds the number of its page."""
    target = f"#{escape(line.anchor)}"
    words = f'<a href="{target}"{spoken}>{_text(line.words)}</a>'
    return f'<li class="level-{line.level}">{words} <span class="page" data-of="{target}"></span></li>'


def _addresses(links: Sequence[str], say: Messages) -> Iterator[str]:
    """For which addresses the signs in the text stand."""
    yield f"{_heading(LINKS, say('pdf.links'))}<p>{_text(say('pdf.links.about'))}</p><table><tbody>"
    for number, target in enumerate(links, start=1):
        yield f'<tr><th scope="row">L{number}</th><td>{_text(target)}</td></tr>'
    yield "</tbody></table>"


def _appendix(sheet: Sheet, comparison: Comparison, say: Messages) -> Iterator[str]:
    """What the revision changed."""
    before = sheet.before.revision.name if sheet.before is not None else ""
    told = say("pdf.changes.between", name=sheet.source.revision.name, old=dict(sheet.calls).get(before, before))
    yield f"{_heading(CHANGES, say('pdf.changes'))}<p>{_text(told)}</p>"
    yield from changes_part(sheet, comparison, say)


def _heading(anchor: str, words: str) -> str:
    return f'<h2 id="{anchor}">{_text(words)}</h2>'


def _text(words: str) -> str:
    return escape(words, quote=False)
