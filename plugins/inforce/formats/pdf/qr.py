"""The permanent address as a QR code (ISO/IEC 18004), drawn as SVG."""

from __future__ import annotations

from html import escape

import segno


def qr_svg(address: str, alternative: str) -> str:
    """The code, with what it says in words for whoever does not see it.

    Args:
        address: what the code says.
        alternative: the alternative text.
    """
    code = segno.make_qr(address, error="m")
    side = code.symbol_size(border=0)[0]
    squares = "".join(
        f"M{column} {line}h1v1h-1z"
        for line, row in enumerate(code.matrix)
        for column, is_dark in enumerate(row)
        if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<title>{escape(alternative)}</title><path d="{squares}"/></svg>'
    )
