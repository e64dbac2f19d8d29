"""The permanent address as a QR code (ISO/IEC 18004), drawn as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    runs = "".join(
        f"M{start} {line}h{length}v1h-{length}z"
        for line, row in enumerate(code.matrix)
        for start, length in _dark_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<title>{escape(alternative)}</title><path d="{runs}"/></svg>'
    )


def _dark_runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the dark stretches of a row begin, and how long they are."""
    for is_dark, run in groupby(enumerate(row), lambda square: square[1]):
        if is_dark:
            columns = [column for column, _ in run]
            yield columns[0], len(columns)
