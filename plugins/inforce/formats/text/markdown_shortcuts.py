"""Ways round what python-markdown does at length where nothing comes of it. What comes out is the same, and faster.

Most stretches of a legal text have none of the signs that any inline pattern begins with, and most passages no heading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from markdown.treeprocessors import InlineProcessor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SIGNS = re.compile(r"[`\\\[<&*_]|  \n")
"""What inline patterns begin with: code, escapes, links and footnotes, tags, entities, emphasis, line breaks."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class PlainWords(Extension):
    """Leaves stretches of plain words alone."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - python-markdown's name
        """Put our processor in the place of python-markdown's."""
        md.treeprocessors.register(_Inline(md), "inline", 20)


class _Inline(InlineProcessor):
    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 - its names
        if _SIGNS.search(data) is None:
            return data
        return super()._InlineProcessor__handleInline(data, patternIndex)  # type: ignore[misc,no-any-return]


class _Headings(TocTreeprocessor):
    """Makes a table of contents only of headings, and sets it only where a text asks for it."""

    def run(self, doc: Element) -> None:
        self._is_wanted = any(self.marker in (element.text or "") for element in doc.iter())
        if self._is_wanted or any(element.tag in _HEADINGS for element in doc.iter()):
            super().run(doc)
        else:
            self.md.toc_tokens, self.md.toc = [], ""  # type: ignore[attr-defined]

    def build_toc_div(self, toc_list: list[Any]) -> Element:
        return super().build_toc_div(toc_list) if self._is_wanted else ET.Element("div")


class Headings(TocExtension):
    """python-markdown's table of contents, made where there is anything to put into it."""

    TreeProcessorClass = _Headings
