"""The print stylesheet: `document.css`, with the paper, the fonts and the lines at the edges of its pages put in."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files as resources

from inforce.formats.messages import ENGLISH, Messages, messages_in
from inforce.formats.pdf.fonts import code_families, text_families
from inforce.formats.pdf.sheet import Sheet
from inforce.formats.redline.style import PALETTE

_EDGE = "font-size: 8pt; color: #444444; vertical-align: middle"
_TEST = (
    "font-size: 7.5pt; font-weight: 700; color: #b00020; border: 1pt solid #b00020; padding: 1mm 2mm;"
    " margin: auto 2mm; line-height: 1.5; white-space: pre; text-align: center; vertical-align: middle"
)
_COUNTERS = {"\x01": "counter(page)", "\x02": "counter(pages)", "\x03": "string(digest)"}


def style_of(sheet: Sheet, say: Messages) -> str:
    """The stylesheet of a sheet; there are as many as there are languages and papers."""
    language = sheet.source.revision.language
    ours, theirs, code = (
        _named((*families, *sheet.fonts))
        for families in (
            text_families(say.language, among=language),
            text_families(language),
            code_families(language),
        )
    )
    start, end = ("left", "right") if say.direction == "ltr" else ("right", "left")
    boxes = [
        (f"top-{start}", "string(policy)", _EDGE),
        (f"top-{end}", "string(revision)", _EDGE),
        (f"bottom-{start}", _content(say("pdf.digest.short", digest="\x03")), _EDGE),
        (f"bottom-{end}", _content(say("pdf.page", page="\x01", pages="\x02")), _EDGE),
    ]
    if sheet.is_test:
        lines = test_lines(say)
        look = f"{_TEST}; height: {1.5 * len(lines)}em"
        boxes += [(f"{place}-center", _content("\n".join(lines)), look) for place in ("top", "bottom")]
    edges = " ".join(
        f"@{place} {{ content: {content}; direction: {say.direction}; {look} }}" for place, content, look in boxes
    )
    return "\n".join(
        [
            f"@page {{ size: {sheet.paper}; font-family: {ours}; {edges} }}",
            f".title .code {{ float: {end} }}",
            f"html {{ font-family: {ours} }}",
            f".own {{ font-family: {theirs} }}",
            f"code, pre {{ font-family: {code} }}",
            _document(),
        ]
    )


def test_lines(say: Messages) -> tuple[str, ...]:
    """What stands on each page of a test rendition: in the language of the policy, and in English for everybody."""
    return tuple(dict.fromkeys([say("pdf.test"), messages_in(ENGLISH)("pdf.test")]))


def _content(text: str) -> str:
    """A text as CSS has it, with counters in the places of signs."""
    pieces = re.split("([\x01-\x03])", text)
    return " ".join(_COUNTERS.get(piece) or _string(piece) for piece in pieces if piece)


def _string(text: str) -> str:
    return '"' + re.sub(r'["\\\n]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def _named(families: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in families)


@lru_cache
def _document() -> str:
    source = resources(__package__).joinpath("document.css").read_text("utf-8")
    return re.sub(r"var\(--([a-z-]+)\)", lambda found: PALETTE[found[1]][0], source)
