"""Text that shows what it says (rule 10): UTF-8 in form NFC, without characters that cannot be seen.

The characters refused are those of Unicode's *Bidirectional Algorithm* (UAX #9) and *Security Mechanisms* (UTS #39)
that change what a reader sees without being seen themselves. Joiners and directional marks are allowed where the
script around them needs them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from inforce.core.errors import Fault
from inforce.core.record import Reading

SUSPECTS = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\uf8ff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no line of words has, be it seen or not: control characters, line ends, halves of characters."""
ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
"""A reference to a character, which rule 10 refuses where the character is one of the suspects."""
_JOINERS = "\u200c\u200d"
_MARKS = "\u200e\u200f\u061c"
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_JOINING_SCRIPTS = re.compile(
    "ARABIC|SYRIAC|MONGOLIAN|NKO|MANDAIC|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|"
    "SINHALA|KHMER|MYANMAR|TIBETAN|TAI THAM|BALINESE|JAVANESE"
)


_PLAIN = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
"""The bytes of ASCII that nobody suspects."""
_JAMO = range(0x1100, 0x1200)


def decode(data: bytes) -> Reading[str]:
    """The text of the bytes, as it stands (line ends too), or everything in it that rule 10 refuses."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return Reading(None, (Fault("this is UTF-16, not UTF-8", "save the file as UTF-8", 1),))
        what = f"byte {wrong.start} (0x{data[wrong.start]:02x}) is not UTF-8"
        return Reading(None, (Fault(what, "save the file as UTF-8", line),))
    faults = [*_entity_faults(text)]
    if not _is_above_suspicion(data.translate(None, _PLAIN).decode("utf-8")):
        faults += [*_composition_faults(text), *_invisible_faults(text)]
    return Reading(None if faults else text, tuple(sorted(faults, key=lambda fault: fault.line or 0)))


def faults_of(text: str) -> Iterator[Fault]:
    """What rule 10 refuses in a text that came by escapes, and not as it stands in a file; lines count from 1."""
    yield from _composition_faults(text)
    yield from _invisible_faults(text)


def _is_above_suspicion(unusual: str) -> bool:
    """Whether what is left of a text without plain ASCII can do no harm wherever in the text it stood.

    A text is long and its unusual characters are few, so that most texts need no closer look.
    """
    return all(map(_is_harmless, set(unusual)))


@lru_cache(4096)
def _is_harmless(character: str) -> bool:
    """Whether the character can be seen, and composes with no other (so that form NFC holds beside any neighbour)."""
    if SUSPECTS.match(character) or ord(character) in _JAMO or not unicodedata.is_normalized("NFC", character):
        return False
    return not unicodedata.category(character).startswith("M") and character > "\x7f"


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _composition_faults(text: str) -> Iterator[Fault]:
    if unicodedata.is_normalized("NFC", text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line):
            what = "letters and their accents are written apart (the text is not in form NFC)"
            yield Fault(what, "save the file in form NFC, for example by typing the letters anew", number)
            return
    yield Fault("the text is not in form NFC", "save the file in form NFC")  # pragma: no cover - lines compose apart


def _invisible_faults(text: str) -> Iterator[Fault]:
    for found in SUSPECTS.finditer(text):
        if not is_needed(text, found.start()):
            what = f"{_name(found[0])} cannot be seen"
            if found[0] in _OVERRIDES:
                what = f"{_name(found[0])} turns the direction of the text round it"
            todo = "save the file as UTF-8 without BOM" if found[0] == "\ufeff" else "delete it"
            yield Fault(f"{what}, and is not allowed", todo, _line_of(text, found.start()))


def _entity_faults(text: str) -> Iterator[Fault]:
    for found in ENTITY.finditer(text) if "&" in text else ():
        meant = html.unescape(found[0])
        if meant != found[0] and any(SUSPECTS.match(character) for character in meant):
            what = f"{found[0]} stands for {_name(meant)}, which cannot be seen, and is not allowed"
            yield Fault(what, "delete it", _line_of(text, found.start()))


def _name(character: str) -> str:
    known = {"\ufeff": "BYTE ORDER MARK", "\r": "CARRIAGE RETURN that ends no line"}
    name = known.get(character) or unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} {name}"


def is_needed(text: str, place: int) -> bool:
    """Whether the script around the character needs it."""
    character = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if character == "\r":
        return after == "\n"
    if character in _JOINERS:
        near = f"{unicodedata.name(before, '') if before else ''} {unicodedata.name(after, '') if after else ''}"
        is_emoji = character == "\u200d" and _is_symbol(before) and _is_symbol(after)
        return bool(_JOINING_SCRIPTS.search(near)) or is_emoji
    if character in _MARKS:
        start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
        line = text[start : end if end >= 0 else len(text)]
        return any(unicodedata.bidirectional(one) in ("R", "AL") for one in line if one not in _MARKS)
    if "\ufe00" <= character <= "\ufe0f":
        return _is_symbol(before) or _is_ideograph(before) or (before in "#*0123456789" and bool(before))
    if "\U000e0100" <= character <= "\U000e01ef":
        return _is_ideograph(before)
    if "\u180b" <= character <= "\u180f" and character != "\u180e":
        return "MONGOLIAN" in unicodedata.name(before, "") if before else False
    return False


def _is_symbol(character: str) -> bool:
    return bool(character) and (unicodedata.category(character) in ("So", "Sk", "Sm", "Po") or character == "\ufe0f")


def _is_ideograph(character: str) -> bool:
    return bool(character) and unicodedata.name(character, "").startswith("CJK")
