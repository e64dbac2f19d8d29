"""Pieces of an SVG whose places along the time axis are percentages, and whose heights and texts are pixels.

Texts are placed for two widths. What a text needs is reckoned by letters, on the safe side of common fonts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape

NARROW, WIDE = 280, 640
"""The widths in pixels from which on the texts of a narrow picture, and those of a wide one, do not meet."""
TEXT, APART = 12, 10
"""In pixels: the size of text, and what lies between two texts at the least."""
_LETTER = 8
"""How wide a letter is at the most, in pixels; those of East Asia are as wide as high."""
OVERHANG = 6
"""By how much a text may stand over the edge, in pixels."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text: `x` in percent, `y` in pixels, `anchor` as SVG has it, `kind` the last part of its class."""

    words: str
    x: float
    y: int
    kind: str
    anchor: str = "start"

    def extent(self, width: int) -> tuple[float, float]:
        """From where to where it reaches in a picture of that width, in pixels."""
        needed = width_of(self.words)
        left = self.x * width / 100 - {"start": 0, "middle": needed / 2, "end": needed}[self.anchor]
        return left, left + needed

    def svg(self, more: str = "") -> str:
        """As SVG; `more` is a further class."""
        return (
            f'<text class="inforce-tl-{self.kind}{more}" x="{percent(self.x)}" y="{self.y}" '
            f'text-anchor="{self.anchor}">{escape(self.words)}</text>\n'
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line at `x`, in percent, from `top` to `bottom`, in pixels."""

    kind: str
    x: float
    top: int
    bottom: int

    def svg(self, more: str = "") -> str:
        """As SVG; `more` is a further class."""
        x = percent(self.x)
        return f'<line class="inforce-tl-{self.kind}{more}" x1="{x}" x2="{x}" y1="{self.top}" y2="{self.bottom}"/>\n'


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from `left` to `right`, in percent; `kinds` are the last parts of its classes, `pattern` an id."""

    kinds: tuple[str, ...]
    left: float
    right: float
    y: int
    height: int
    pattern: str = ""

    def svg(self) -> str:
        """As SVG."""
        kinds = " ".join(f"inforce-tl-{kind}" for kind in self.kinds)
        fill = f' fill="url(#{self.pattern})"' if self.pattern else ""
        return (
            f'<rect class="{kinds}" x="{percent(self.left)}" width="{percent(self.right - self.left)}" y="{self.y}" '
            f'height="{self.height}"{fill}/>'
        )


def level(kind: str, y: int, left: float = 0, right: float = 100) -> str:
    """A level line."""
    return f'<line class="inforce-tl-{kind}" x1="{percent(left)}" x2="{percent(right)}" y1="{y}" y2="{y}"/>\n'


def use(name: str, x: float, y: int) -> str:
    """A shape that is defined by that id."""
    return f'<use href="#{name}" x="{percent(x)}" y="{y}"/>\n'


def percent(share: float) -> str:
    """A share, as short as a thousandth of a percent allows."""
    return f"{share:.3f}".rstrip("0").rstrip(".") + "%"


def width_of(words: str) -> float:
    """How wide a text is at the most, in pixels."""
    if words.isascii():
        return len(words) * _LETTER
    return sum(TEXT if unicodedata.east_asian_width(letter) in "WF" else _LETTER for letter in words)


def placed(labels: Iterable[Label], width: int) -> Iterator[Label]:
    """Of texts in one line, those that have room beside the ones that were placed before."""
    taken: list[tuple[float, float]] = []
    for label in labels:
        left, right = label.extent(width)
        if all(right + APART / 2 <= begin or left >= end + APART / 2 for begin, end in taken):
            taken.append((left, right))
            yield label


def in_both_widths(pieces: Callable[[int], Iterable[Label | Mark]]) -> str:
    """What is laid out for each width: what both have once, the rest marked as one width's own."""
    narrow, wide = (dict.fromkeys(pieces(width)) for width in (NARROW, WIDE))
    kept = [one.svg("" if one in wide else " inforce-tl-narrow") for one in narrow]
    return "".join([*kept, *(one.svg(" inforce-tl-wide") for one in wide if one not in narrow)])
