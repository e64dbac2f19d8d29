"""Code and automatic links in a Markdown text: put aside while the rest is worked on, and put back as they were.

In their places stand marks of characters for private use, which no text has that rule 10 takes.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})([^\n]*)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_BEGIN_BLOCK = re.compile(r"<(?:table|ul|ol|div|dl)\b", re.IGNORECASE)
_END_BLOCK = re.compile(r"</(?:table|ul|ol|div|dl)\b", re.IGNORECASE)
_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_PRE = re.compile(r"(<pre\b[^<>]*>.*?</pre\s*>)", re.DOTALL | re.IGNORECASE)
_AUTOMATIC = re.compile(r"<(?:[Hh][Tt][Tt][Pp][Ss]?://[^<>\s]*|(?!/)[^<> !@\s/]+@[^@<> \s]+)>")
_INLINE, _BLOCK, _END = "\ue000", "\ue002", "\ue001"
_MARK = re.compile(f"[{_INLINE}{_BLOCK}](\\d+){_END}")
MARKS = f"{_INLINE}{_BLOCK}"
"""The characters with which the places of code begin."""
BLOCK_MARK = _BLOCK
"""The character with which the place of a block of code begins."""


class Aside:
    """What was put aside of a text: `parts`, in the order of their numbers."""

    def __init__(self) -> None:
        """Nothing is put aside yet."""
        self.parts: list[str] = []

    def taken(self, text: str) -> str:
        """The text with marks in the places of its code and automatic links."""
        if "```" in text or "~~~" in text:
            text = self._without_fences(text)
        if "\n    " in text or "\n\t" in text or text.startswith(("    ", "\t")):
            text = self._without_indented(text)
        if "`" in text or "<" in text:
            parts = _PRE.split(text) if "<pre" in text.lower() else [text]
            parts[::2] = map(self._without_spans, parts[::2])
            text = "".join(parts)
        return text

    def put_back(self, text: str) -> str:
        """The text with its code and automatic links."""
        while _MARK.search(text):
            text = _MARK.sub(lambda found: self.parts[int(found[1])], text)
        return text

    def _aside(self, part: str, sign: str) -> str:
        self.parts.append(part)
        return f"{sign}{len(self.parts) - 1}{_END}"

    def _without_fences(self, text: str) -> str:
        """Fenced code, in lists and quotations too; a fence that does not end is none."""
        out: list[str] = []
        lines = text.split("\n")
        at = 0
        while at < len(lines):
            opening = _FENCE.fullmatch(lines[at])
            end = _end_of_fence(lines, at, opening) if opening else None
            if opening is None or end is None:
                out.append(lines[at])
                at += 1
                continue
            prefix = opening[1]
            code = "\n".join(lines[at : end + 1])[len(prefix) :]
            out.append(prefix + self._aside(code, _BLOCK))
            at = end + 1
        return "\n".join(out)

    def _without_indented(self, text: str) -> str:
        """Lines of code by their indentation; within a list or a table of HTML they are none."""
        out: list[str] = []
        code: list[str] = []
        depth, is_after_blank, open_blocks = 4, True, 0
        for line in text.split("\n"):
            is_blank = not line.strip()
            indent = len(line) - len(line.lstrip()) if not line.startswith("\t") else 4
            if not is_blank and indent >= depth and open_blocks <= 0 and (is_after_blank or code):
                code.append(line)
                continue
            if code:
                out.append(self._aside("\n".join(code), _BLOCK))
                code = []
            open_blocks += len(_BEGIN_BLOCK.findall(line)) - len(_END_BLOCK.findall(line)) if "<" in line else 0
            if _ITEM.match(line):
                depth = indent // 4 * 4 + 8
            elif not is_blank and indent == 0 and is_after_blank:
                depth = 4
            is_after_blank = is_blank
            out.append(line)
        return "\n".join([*out, self._aside("\n".join(code), _BLOCK)] if code else out)

    def _without_spans(self, text: str) -> str:
        if "`" in text:
            text = _SPAN.sub(lambda found: self._aside(found[0], _INLINE), text)
        return _AUTOMATIC.sub(lambda found: self._aside(found[0], _INLINE), text) if "<" in text else text


def _end_of_fence(lines: list[str], start: int, opening: re.Match[str]) -> int | None:
    """The line that ends a fenced block."""
    if opening[2][0] == "`" and "`" in opening[3]:
        return None
    closing = re.compile(rf"[ \t>]*{opening[2][0]}{{{len(opening[2])},}}[ \t]*")
    return next((at for at in range(start + 1, len(lines)) if closing.fullmatch(lines[at])), None)
