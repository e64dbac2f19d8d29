"""The levels of headings in a PDF: each at most one below the one before it, as PDF/UA asks (ISO 14289-1, 7.4.2).

A text may leave out a level, or begin with a low one. What is a part of what stays as it is.
"""

from __future__ import annotations

import re

from inforce.formats.pdf.elements import Element

LOWEST = 6
_TAG = re.compile("h([1-6])")


def set_levels(root: Element, top: int) -> list[tuple[int, Element]]:
    """Give the headings their levels, in place; the highest becomes `top`.

    Returns:
        The headings in order, each with its level.
    """
    above: list[int] = []
    found = []
    for element in root.iter():
        if (heading := _TAG.fullmatch(element.tag)) is None:
            continue
        own = int(heading[1])
        while above and above[-1] >= own:
            above.pop()
        level = min(top + len(above), LOWEST)
        above.append(own)
        element.tag = f"h{level}"
        found.append((level, element))
    return found
