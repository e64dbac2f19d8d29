"""The permanent address as a QR code (ISO/IEC 18004), drawn as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

import segno


def qr_svg(address: str, alternative: str) -> str:
    """The code, with what it says in words for whoever does not see it.

    Args:
        address: what the code says.
        alternative: the alternative text.
    """
    code = segno.make_qr(address, error="m")
    side = code.symbol_size(border=0)[0]
    lines = "".join(_line(number, row) for number, row in enumerate(code.matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<title>{escape(alternative)}</title><path d="{lines}" stroke="#000000" stroke-width="1"/></svg>'
    )


def _line(number: int, row: Iterable[int]) -> str:
    """A line of squares, as strokes: one for each stretch of dark ones, as WeasyPrint takes its time for every one."""
    strokes, column = "", 0
    for is_dark, squares in groupby(row):
        width = len(list(squares))
        strokes += f"M{column} {number}.5h{width}" if is_dark else ""
        column += width
    return strokes
