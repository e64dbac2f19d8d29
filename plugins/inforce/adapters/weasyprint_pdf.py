"""WeasyPrint: HTML becomes a tagged PDF, PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) at once.

What is hidden here: WeasyPrint writes one of the two standards at a time, and the other is added in the same block of
metadata; it reports what it could not do in a log, and leaves a hole where a glyph is missing; it would fetch what a
page asks for, and is given nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import cssselect2
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from inforce.core.errors import Problem, RecordError
from inforce.formats.pdf.document import Document

_VARIANT = "pdf/a-3a"
_END = b"</rdf:RDF>"
_LOG = logging.getLogger("weasyprint")


def printed(document: Document) -> bytes:
    """The PDF.

    Raises:
        RecordError: it asks for a file, or a glyph is missing.
    """
    page = _Page(document.html, _Nothing())
    fonts = _fonts()
    with _told() as told:
        try:
            laid_out = page.render(font_config=fonts, stylesheets=[_style(document.style)], pdf_variant=_VARIANT)
            _complete(laid_out.metadata, document)
            data = laid_out.write_pdf(pdf_variant=_VARIANT, attachments=_attachments(document), pdf_tags=True)
        except _AskedError as asked:
            what = f"the text asks for `{asked}`: a PDF is made of the revision's own bytes alone"
            raise RecordError([Problem(document.path, what, "write the text itself there")]) from None
    del told
    return bytes(data)


class _Page(weasyprint.HTML):
    """HTML that is well-formed XML, and so need not go through a parser of HTML, which takes longer than its layout."""

    def __init__(self, source: str, fetcher: URLFetcher) -> None:
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        root = ET.fromstring(source)  # noqa: S314 - ours, and without declarations
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


class _AskedError(FatalURLFetchingError):
    """A page asked for something."""


class _Nothing(URLFetcher):
    """Gives out nothing: all that a page needs is in it."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Refuse."""
        raise _AskedError(url)


@lru_cache(1)
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(8)
def _style(source: str) -> weasyprint.CSS:
    return weasyprint.CSS(string=source, url_fetcher=_Nothing(), font_config=_fonts())


def _attachments(document: Document) -> list[weasyprint.Attachment]:
    return [
        weasyprint.Attachment(
            string=one.data,
            name=one.name,
            description=one.description,
            relationship=one.relationship,
            created=document.instant,
            modified=document.instant,
        )
        for one in document.attachments
    ]


def _complete(metadata: Any, document: Document) -> None:
    """Have our metadata written into the block of PDF/A's: validators look at the first one alone."""
    write = metadata.generate_rdf_metadata

    def with_ours(*arguments: Any) -> bytes:
        return bytes(write(*arguments)).replace(_END, document.metadata.encode() + _END)

    metadata.generate_rdf_metadata = with_ours


class _Gathering(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


@contextmanager
def _told() -> Iterator[list[logging.LogRecord]]:
    """What WeasyPrint logs meanwhile."""
    handler = _Gathering(logging.WARNING)
    _LOG.addHandler(handler)
    try:
        yield handler.records
    finally:
        _LOG.removeHandler(handler)
