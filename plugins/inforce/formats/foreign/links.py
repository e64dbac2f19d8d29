"""Links and images in a foreign Markdown text: images become words, and so do links that would lead nowhere here.

A link within the other repository, or by a scheme that rule 10 does not know, keeps its words and loses its target.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator

_LABEL = r"\[((?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.){0,500}\]){0,500}\]){0,1000})\]"
_DESTINATION = (
    r"\(\s*(?:<([^<>\n]*)>|((?:[^()\s\\]|\\.|\((?:[^()\\\n]|\\.|\([^()\n]*\))*\))*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_IMAGE = re.compile(rf"!{_LABEL}(?:\s?{_DESTINATION}|\s?\(([^()\n]*)\)|[ ]?\n?\[([^\[\]]*)\])?", re.DOTALL)
_TARGET = re.compile(_DESTINATION)
_LOOSE_TARGET = re.compile(r"\(([^()\n]*)\)")
_SUSPECT_LINK = re.compile(r"\](?=\(\s*<?(?!https?://|mailto:|tel:|#))")
_EMPTY_LINK = re.compile(r"(?<!!)(?<!\\)\[\]\(\s*((?:https?://|mailto:|tel:)[^()\s<>]*)\s*(?:\"[^\"]*\"\s*)?\)")
_DEFINITION = re.compile(
    r"^ {0,3}\[(?!\^)([^\[\]\n]+)\]:[ ]*\n?[ ]*<?([^\s<>]+)>?[ ]*"
    r"(?:\n?[ ]*(?:\"[^\n]*\"|'[^\n]*'|\([^\n]*\))[ ]*)?$\n?",
    re.MULTILINE,
)
_REFERENCE = re.compile(rf"(?<![!\\]){_LABEL}(?:[ ]?\n?[ ]*\[([^\[\]]*)\])?(?![(:])", re.DOTALL)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_ALLOWED = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)


def target(href: str) -> str | None:
    """Where a link can lead here: by the schemes that rule 10 knows, and within the text; None for all else."""
    meant = re.sub(r"[\s\x00-\x1f]", "", html.unescape(href))
    if meant.startswith("//"):
        return f"https:{meant}"
    if meant.startswith("#"):
        return meant
    return re.sub(r"\s", "%20", href.strip()) if _ALLOWED.match(meant) and _ALLOWED.match(href.strip()) else None


def bare_targets(text: str) -> str:
    """The text with its links' targets out of their angle brackets, in which they look like tags."""
    return re.sub(r"(?<=\]\()\s*<([^<>\n]*)>", lambda found: as_address(found[1]), text) if "](" in text else text


def as_address(href: str) -> str:
    """A target without what ends a target in Markdown."""
    return re.sub(r"[\s()<>\"]", lambda sign: f"%{ord(sign[0]):02X}", href)


def without_images(text: str, counts: Counter[str]) -> str:
    """The text with the alternative text in the place of each image."""
    labels = {_folded(one[1]) for one in _DEFINITION.finditer(text)} if "]:" in text else set()

    def words(found: re.Match[str]) -> str:
        label = found[5] or found[1]
        if found[5] is not None and _folded(label) not in labels:
            counts["signs"] += 1
            return f"!\\{found[0][1:]}"
        has_target = any(found[number] is not None for number in (2, 3, 4))
        if not has_target and _folded(label) not in labels:
            return found[0]
        counts["images"] += 1
        return " ".join(found[1].split())

    return _IMAGE.sub(words, text)


def without_dead_links(text: str, counts: Counter[str]) -> str:
    """The text with words in the place of the links that would lead nowhere here."""
    if "]:" in text:
        text = _without_dead_definitions(text, counts)
    for found in reversed(list(_SUSPECT_LINK.finditer(text))):
        text = _without_dead_link(text, found.start(), counts)
    return _EMPTY_LINK.sub(_shown, text)


def retargeted(text: str, anchors: Callable[[str], str | None]) -> Iterator[tuple[int, int, str]]:
    """What to put where, so that the links within a text lead to anchors that it has.

    Args:
        text: Markdown.
        anchors: gives the anchor that one in the text means, or None where it has none.
    """
    for found in re.finditer(r"\]\(\s*<?#([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?[^()\n]*\)", text):
        meant = anchors(html.unescape(found[1]))
        opening = _opening(text, found.start())
        if meant == found[1] or opening is None:
            continue
        words = text[opening + 1 : found.start()]
        yield opening, found.end(), words if meant is None else f"[{words}](#{meant})"


def _shown(found: re.Match[str]) -> str:
    """A link without words, of which only a target is left, shows that."""
    return f"<{found[1]}>" if "://" in found[1] else found[1].partition(":")[2]


def _without_dead_definitions(text: str, counts: Counter[str]) -> str:
    definitions = list(_DEFINITION.finditer(text))
    dead = {_folded(one[1]) for one in definitions if target(one[2]) is None}
    if not dead:
        return text

    def kept(found: re.Match[str]) -> str:
        return "" if _folded(found[1]) in dead else found[0]

    def words(found: re.Match[str]) -> str:
        if _folded(found[2] or found[1]) not in dead:
            return found[0]
        counts["links"] += 1
        return found[1]

    return _REFERENCE.sub(words, _DEFINITION.sub(kept, text))


def _without_dead_link(text: str, end: int, counts: Counter[str]) -> str:
    """The text without the link whose words end at `end`."""
    opening = _opening(text, end)
    if opening is None:
        return text
    found = _TARGET.match(text, end + 1)
    if found is None:
        # Other programs take this for words in brackets and words in parentheses: so it is shown.
        loose = _LOOSE_TARGET.match(text, end + 1)
        counts["signs"] += loose is not None
        return f"{text[: end + 1]}\\{text[end + 1 :]}" if loose else text
    words, href = text[opening + 1 : end], found[1] if found[1] is not None else found[2]
    to = target(href)
    if to is not None:
        return f"{text[:opening]}[{words}]({to}){text[found.end() :]}"
    counts["links"] += 1
    return text[:opening] + words + text[found.end() :]


def _opening(text: str, end: int) -> int | None:
    """Where the words of a link begin that end at `end`: the bracket that belongs to that one, in its paragraph."""
    depth = 0
    start = max(text.rfind("\n\n", 0, end), 0)
    for place in range(end, start - 1, -1):
        if text[place] not in "[]" or _is_escaped(text, place):
            continue
        depth += 1 if text[place] == "]" else -1
        if depth == 0:
            return place
    return None


def _is_escaped(text: str, place: int) -> bool:
    before = text[:place] if place < 8 else text[place - 8 : place]  # noqa: PLR2004 - more backslashes nobody writes
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _folded(label: str) -> str:
    return " ".join(label.split()).lower()
