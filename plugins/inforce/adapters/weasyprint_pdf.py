"""WeasyPrint: HTML becomes a tagged PDF, PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) at once.

What is hidden here: WeasyPrint writes one of the two standards at a time, and the other is added in the same block of
metadata; it reports what it could not do in a log, and leaves a hole where a glyph is missing; it would fetch what a
page asks for, and is given nothing.
"""

from __future__ import annotations

import logging
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import cssselect2
import pydyf
import weasyprint
from weasyprint.pdf import tags
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from inforce.adapters.fontconfig_fonts import fonts
from inforce.core.errors import Problem, RecordError
from inforce.formats.pdf.document import Document

_VARIANT = "pdf/a-3a"
_NO_GLYPH = ".notdef glyph"
"""How WeasyPrint begins to say that no font has a glyph; the character follows."""
_END = b"</rdf:RDF>"
_LOG = logging.getLogger("weasyprint")


def printed(document: Document) -> bytes:
    """The PDF.

    Raises:
        RecordError: the document asks for a file, fonts lack a glyph, or WeasyPrint fails.
        ConfigurationError: fonts are missing altogether.
    """
    found = fonts(document.fonts)
    with _told() as told:
        try:
            page, style = _Page(document.html, _Nothing()), _style(document.style, document.fonts)
            laid_out = page.render(font_config=found, stylesheets=[style], pdf_variant=_VARIANT)
            links = _Links(laid_out)
            _complete(laid_out.metadata, document)
            with _tagged(document.language), warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves the file of its colours open.
                data = laid_out.write_pdf(
                    pdf_variant=_VARIANT, attachments=_attachments(document), finisher=links.describe
                )
        except _AskedError as asked:
            what = f"the text asks for `{asked}`: a PDF is made of the revision's own bytes alone"
            raise RecordError([Problem(document.path, what, "write the text itself there")]) from None
        except Exception as wrong:
            what = f"WeasyPrint could not set this text: {type(wrong).__name__}: {wrong}"
            todo = "find the passage by taking others out of a copy, and report it; nothing was written"
            raise RecordError([Problem(document.path, what, todo)]) from wrong
    if missing := dict.fromkeys(_characters(told)):
        raise RecordError(_without_glyphs(missing, document))
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


@lru_cache(8)
def _style(source: str, families: tuple[str, ...]) -> weasyprint.CSS:
    return weasyprint.CSS(string=source, url_fetcher=_Nothing(), font_config=fonts(families))


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


class _Links:
    """The links of a document: one annotation for each, where WeasyPrint has one more for each element within."""

    def __init__(self, laid_out: Any) -> None:
        """Keep on each page those of `a` alone, and note what the links say."""
        self._words: dict[str, str] = {}
        for page in laid_out.pages:
            page.links[:] = [link for link in page.links if link[3].element_tag == "a"]
            for _, target, _, box in page.links:
                self._words.setdefault(target, " ".join("".join(box.element.itertext()).split()))

    def describe(self, _: Any, pdf: Any) -> None:
        """Have each link within the document described by its words, and not by the name of an anchor."""
        for one in pdf.objects:
            if isinstance(one, dict) and one.get("Subtype") == "/Link" and "Dest" in one:
                one["Contents"] = pydyf.String(self._words.get(one["Dest"].string, "") or one["Dest"].string)


@contextmanager
def _tagged(language: str) -> Iterator[None]:
    """Meanwhile, tags say in which language they are, and a list's items hold labels and bodies alone.

    WeasyPrint says the language of the whole document alone, and puts paragraphs into items (ISO 14289-1, 7.2).
    """
    build = tags._build_box_tree  # noqa: SLF001 - nothing else comes between a box and its tag

    def with_more(box: Any, parent: Any, pdf: Any, *rest: Any) -> Iterator[Any]:
        element = box.element
        spoken = element.get("lang") if element is not None else None
        for tag in build(box, parent, pdf, *rest):
            if spoken and spoken != language:
                tag["Lang"] = pydyf.String(spoken)
            if tag["S"] == "/LI":
                _gather_bodies(tag, pdf)
            yield tag

    tags._build_box_tree = with_more  # noqa: SLF001
    try:
        yield
    finally:
        tags._build_box_tree = build  # noqa: SLF001


def _gather_bodies(item: Any, pdf: Any) -> None:
    """Put what stands directly in an item into a body."""
    kids = [(kid, pdf.objects[int(kid.split()[0])]) for kid in item["K"]]
    if all(tag["S"] in ("/Lbl", "/LBody") for _, tag in kids):
        return
    body = pydyf.Dictionary(
        {"Type": "/StructElem", "S": "/LBody", "K": pydyf.Array(), "Pg": item["Pg"], "P": item.reference}
    )
    pdf.add_object(body)
    labels = []
    for kid, tag in kids:
        if tag["S"] == "/Lbl":
            labels.append(kid)
        elif tag["S"] == "/LBody":
            body["K"].extend(tag["K"])
            for inner in tag["K"]:
                pdf.objects[int(inner.split()[0])]["P"] = body.reference
        else:
            body["K"].append(kid)
            tag["P"] = body.reference
    item["K"] = pydyf.Array([*labels, body.reference])


def _characters(told: Iterable[logging.LogRecord]) -> Iterator[str]:
    """The characters that no font has, as the log names them."""
    for record in told:
        if str(record.msg).startswith(_NO_GLYPH) and isinstance(record.args, tuple):
            yield str(record.args[0])


def _without_glyphs(characters: Iterable[str], document: Document) -> Iterator[Problem]:
    """For each character that no font has, what it is and where it stands."""
    lines = document.source.decode().split("\n")
    for one in characters:
        name = unicodedata.name(one, "a character without a name")
        line = next((number for number, text in enumerate(lines, start=1) if one in text), None)
        what = f"no font for PDFs has the character U+{ord(one):04X} ({name})"
        todo = "install a font that has it, and name its family in the option `fonts`"
        yield Problem(document.path, what, todo, line)


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
