r"""A text's passages: the stretches that Markdown converts to the same HTML by themselves as within the whole.

Revisions of one policy repeat each other: of real histories more than five sixths of the text stood in an earlier
revision of the same policy already. A passage that was converted once need not be converted again, if that is exact.
It is, because of how python-markdown reads a document: it parses blocks (separated by blank lines) in order, and a
block depends on what came before only where its kind can continue an earlier one: list items, quotations, indented
lines, definitions. A block that begins with a heading, a letter or bold text continues nothing, so that the text can be
cut before it; only what may be a table is left with what is before it, because a redline tells apart two that follow on
each other. What reaches across blocks in other ways (fenced code, reference and footnote definitions, a marker for the
table of contents, definition lists) keeps a text in one piece.
"""

from __future__ import annotations

import re

_CUT = re.compile(r"\n\n(?=#|\*\*[^\W_]|[^\W\d_])(?![^\n]*\|)")
_REACHING = re.compile(r"\]:|```|~~~|\[TOC\]|\n {0,3}:[ \t]|[\x02\x03]")


def passages(text: str) -> list[str]:
    r"""The passages, in order; the HTML of the whole is theirs, joined by line ends.

    >>> passages("# Terms\n\nWe ask.\n\n- You\n\n- agree.\n")
    ['# Terms', 'We ask.\n\n- You\n\n- agree.\n']
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [text] if _REACHING.search(text) else _CUT.split(text)
