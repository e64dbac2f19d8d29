"""The document that is printed: a title block, a table of contents, the text, and what it changed.

It is HTML that is well-formed XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape, unescape
from importlib.resources import files as resources

from inforce.core.address import revision_address
from inforce.formats.messages import Messages, direction
from inforce.formats.pdf.qr import qr_svg
from inforce.formats.pdf.record_json import RECORD, SOURCE, record_json
from inforce.formats.pdf.sheet import Sheet, messages_of
from inforce.formats.pdf.xmp import metadata_of
from inforce.formats.revision_file import body
from inforce.formats.text.markdown import placed, render

_ENDLESS = re.compile(r"<(br|hr)\s*/?>")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(#?\w+);")
_HEADING = re.compile(r"<(/?)h([1-6])\b")


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
        html: well-formed XML.
        style: CSS.
        metadata: our part of the metadata, as RDF.
        attachments: the files within it.
        instant: that of the posting, to which all dates within the file are set.
    """

    path: str
    html: str
    style: str
    metadata: str
    attachments: tuple[Attached, ...]
    instant: datetime


def document_of(sheet: Sheet) -> Document:
    """The document of a sheet."""
    say = messages_of(sheet)
    return Document(
        path=sheet.path,
        html="".join(_html(sheet, say)),
        style=_source("document.css"),
        metadata=metadata_of(sheet),
        attachments=(
            Attached(SOURCE, sheet.source.data, "Source", "The exact text, of which the digest is"),
            Attached(RECORD, record_json(sheet), "Data", "The facts of this revision as of its posting"),
        ),
        instant=sheet.source.revision.posted,
    )


def _html(sheet: Sheet, say: Messages) -> Iterator[str]:
    revision = sheet.source.dated
    posted = revision.posted.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title = escape(f"{revision.title}, {revision.name}")
    yield f'<html lang="{say.language}" dir="{say.direction}"><head><title>{title}</title>'
    yield f'<meta name="dcterms.created" content="{posted}"/><meta name="dcterms.modified" content="{posted}"/>'
    yield '<meta name="generator" content="Inforce"/></head><body>'
    yield f"<section><h1>{escape(revision.title)}</h1><p>{revision.digest}</p>{qr_svg(sheet.address, sheet.address)}"
    yield "</section>"
    rendition = render(body(sheet.source.data))
    yield f'<section lang="{revision.language}" dir="{direction(revision.language)}">'
    text = placed(rendition, revision_address(revision.policy, revision.name), sheet.root)
    yield _well_formed(text)
    yield "</section></body></html>"


def _well_formed(source: str) -> str:
    """python-markdown's HTML as XML."""
    return _ENTITY.sub(lambda found: escape(unescape(found[0])), _ENDLESS.sub(r"<\1/>", source))


@lru_cache
def _source(name: str) -> str:
    return resources(__package__).joinpath(name).read_text("utf-8")
