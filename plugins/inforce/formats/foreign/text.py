"""The bytes of a foreign file as text that shows what it says (rule 10): decoded, in form NFC, nothing invisible.

A text is decoded where its encoding is certain: UTF-8, UTF-16 with its mark or with a zero in every other byte, and
ASCII with such signs as all of Windows' code pages have in one place. Anything else is refused, unless the encoding is
given. Nothing is guessed.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections import Counter

from inforce.formats.text.clean_text import ENTITY, SUSPECTS, is_needed

_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SHARED_SIGNS = re.compile(rb"[\x80-\xff]")
_IN_EVERY_CODE_PAGE = bytes([0x82, *range(0x84, 0x88), 0x8B, *range(0x91, 0x98), 0x99, 0x9B]) + bytes(
    [0xA0, 0xA7, 0xA9, 0xAB, 0xAE, 0xB0, 0xB1, 0xB6, 0xB7, 0xBB]
)
_SPACES = re.compile("[\u000b\u000c\u0085\u2028\u2029\u2800]")
_LFS = b"version https://git-lfs.github.com/spec/"
_LEAST = 8
"""Fewer bytes than these say nothing of their encoding."""


def decoded(data: bytes, counts: Counter[str], encoding: str | None = None) -> str:
    """The text of the bytes, its lines ending in line feeds.

    Args:
        data: a foreign file.
        counts: takes what was done to it, by kind.
        encoding: Python's name of the encoding of what is not UTF-8, where somebody knows it.

    Raises:
        ValueError: what it is cannot be told, told for a person.
    """
    if data.startswith(_LFS):
        raise ValueError("it is a pointer of Git LFS: the text is not in the repository")
    text = _characters(data, counts, encoding)
    if text.startswith("\ufeff"):
        counts["byte_order_marks"] += 1
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        counts["line_ends"] += text.count("\r")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def visible(text: str, counts: Counter[str]) -> str:
    """The text without what cannot be seen, in form NFC."""
    if not text.isascii():
        text = _SPACES.sub(lambda _: _counted(" ", "invisible", counts), text)
        if "\ufffd" in text:
            counts["lost"] += text.count("\ufffd")
            text = text.replace("\ufffd", "?")
        text = _composed(text, counts)
    while SUSPECTS.search(text) and (shorter := _without_invisible(text, counts)) != text:
        text = _composed(shorter, counts)
    return ENTITY.sub(lambda found: _without_hidden(found, counts), text) if "&" in text else text


def _characters(data: bytes, counts: Counter[str], encoding: str | None) -> str:
    certain = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _utf_16_without_mark(data)
    if certain is not None:
        return _by(data, certain, counts)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" in text:
            raise ValueError("it is no text: it holds zero bytes")
        return text
    if b"\0" in data:
        raise ValueError("it is no text: it holds zero bytes")
    if encoding is not None:
        return _by(data, encoding, counts)
    if all(sign[0] in _IN_EVERY_CODE_PAGE for sign in _SHARED_SIGNS.findall(data)):
        return _by(data, "cp1252", counts)
    raise ValueError("it is not UTF-8, and what else it is cannot be told for certain; say it with --encoding")


def _by(data: bytes, encoding: str, counts: Counter[str]) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise ValueError(f"it is neither UTF-8 nor {encoding}") from None
    counts["decoded"] += 1
    return text


def _utf_16_without_mark(data: bytes) -> str | None:
    """UTF-16 of mostly ASCII has a zero in every other byte, and none in the others."""
    if b"\0" not in data:
        return None
    for name, zeros, others in (("utf-16-le", data[1::2], data[0::2]), ("utf-16-be", data[0::2], data[1::2])):
        if len(data) >= _LEAST and zeros.count(0) * 2 > len(zeros) and 0 not in others:
            return name
    return None


def _composed(text: str, counts: Counter[str]) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    composed = unicodedata.normalize("NFC", text)
    counts["composed"] += max(1, len(text) - len(composed))
    return composed


def _without_invisible(text: str, counts: Counter[str]) -> str:
    kept: list[str] = []
    last = 0
    for found in SUSPECTS.finditer(text):
        if not is_needed(text, found.start()):
            kept.append(text[last : found.start()])
            last = found.end()
            counts["invisible"] += 1
    return "".join(kept) + text[last:]


def _without_hidden(found: re.Match[str], counts: Counter[str]) -> str:
    meant = html.unescape(found[0])
    if meant == found[0] or not any(SUSPECTS.match(character) for character in meant):
        return found[0]
    return _counted("", "invisible", counts)


def _counted(text: str, kind: str, counts: Counter[str]) -> str:
    counts[kind] += 1
    return text
