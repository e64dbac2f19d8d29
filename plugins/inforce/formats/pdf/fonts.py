"""The fonts in which PDFs are set, by their families: Noto's, and Symbola for emoji and other signs.

No other font is used, whatever a machine has, but for those that the option `fonts` names: so the same fonts give the
same bytes, and a glyph that they lack is an error instead of somebody's substitute. Debian has them in
`fonts-noto-core`, `fonts-noto-cjk`, `fonts-noto-mono` and `fonts-symbola`.
"""

from __future__ import annotations

import re

SERIF, MONO = "Noto Serif", "Noto Sans Mono"
_KOREAN, _JAPANESE, _SIMPLIFIED, _TRADITIONAL, _HONG_KONG = "KR", "JP", "SC", "TC", "HK"
_REGIONS = (_KOREAN, _JAPANESE, _SIMPLIFIED, _TRADITIONAL, _HONG_KONG)
_OTHERS = (
    "Noto Naskh Arabic",
    "Noto Serif Hebrew",
    "Noto Serif Armenian",
    "Noto Serif Georgian",
    "Noto Serif Ethiopic",
    "Noto Serif Devanagari",
    "Noto Serif Bengali",
    "Noto Serif Gujarati",
    "Noto Serif Gurmukhi",
    "Noto Serif Tamil",
    "Noto Serif Telugu",
    "Noto Serif Kannada",
    "Noto Serif Malayalam",
    "Noto Serif Sinhala",
    "Noto Serif Thai",
    "Noto Serif Lao",
    "Noto Serif Khmer",
    "Noto Serif Myanmar",
    "Noto Sans Math",
    "Noto Sans Symbols",
    "Noto Sans Symbols2",
    "Symbola",
)
FAMILIES = (
    SERIF,
    MONO,
    *(f"Noto Serif CJK {region}" for region in _REGIONS),
    *(f"Noto Sans Mono CJK {region}" for region in _REGIONS),
    *_OTHERS,
)
"""Every family that is used by itself."""
_RARE = re.compile("[^\n\t -~\u00a0-\u017f\u2010-\u2027\u20ac\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]")
NEEDED = (SERIF, MONO, "Noto Serif CJK KR", "Noto Sans Mono CJK KR", "Noto Naskh Arabic", "Symbola")
"""The families without which no PDF is made: one of each package."""


def has_rare(text: str) -> bool:
    """Whether a text has a character of which it is not certain beforehand that one of our fonts has it."""
    return _RARE.search(text) is not None


def text_families(language: str, among: str = "") -> tuple[str, ...]:
    """In which fonts a text of that language is set, the first that has a glyph; Han characters as is usual there.

    Args:
        language: a tag of BCP 47.
        among: that of the text among which it stands, and words of which it may quote, if that is another one.
    """
    regions = _regions(among or language)
    east_asian = tuple(f"Noto Serif CJK {region}" for region in regions)
    first = language.lower().split("-")[0]
    if first in ("zh", "ja", "yue"):  # Their quotation marks and dashes are as wide as their characters.
        return (*east_asian, SERIF, *_OTHERS)
    if first in ("ar", "fa", "ur", "ps"):  # It has the signs and digits that go with Arabic letters.
        return ("Noto Naskh Arabic", SERIF, *east_asian, *_OTHERS[1:])
    return (SERIF, *east_asian, *_OTHERS)


def code_families(language: str) -> tuple[str, ...]:
    """The same for code, in which all letters are equally wide where that can be."""
    return (MONO, *(f"Noto Sans Mono CJK {region}" for region in _regions(language)), *text_families(language))


def _regions(language: str) -> tuple[str, ...]:
    """Whose forms of Han characters come first."""
    first, *rest = language.lower().split("-")
    if first == "ja":
        own = _JAPANESE
    elif first in ("zh", "yue"):
        own = _chinese(rest)
    else:
        own = _KOREAN
    return (own, *(region for region in _REGIONS if region != own))


def _chinese(rest: list[str]) -> str:
    if "hk" in rest or "mo" in rest:
        return _HONG_KONG
    return _TRADITIONAL if "hant" in rest or ("tw" in rest and "hans" not in rest) else _SIMPLIFIED
