"""The fonts in which PDFs are set, by their families. They are Noto's, under the SIL Open Font License.

No other font is used, whatever a machine has: so the same fonts give the same bytes, and a glyph that they lack is an
error instead of somebody's substitute. Debian has them in `fonts-noto-core`, `fonts-noto-cjk` and `fonts-noto-mono`.
"""

from __future__ import annotations

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
)
FAMILIES = (
    SERIF,
    MONO,
    *(f"Noto Serif CJK {region}" for region in _REGIONS),
    *(f"Noto Sans Mono CJK {region}" for region in _REGIONS),
    *_OTHERS,
)
"""Every family that may be used."""
NEEDED = (SERIF, MONO, "Noto Serif CJK KR", "Noto Sans Mono CJK KR", "Noto Naskh Arabic")
"""The families without which no PDF is made: one of each package."""


def text_families(language: str) -> tuple[str, ...]:
    """In which fonts a text of that language is set, the first that has a glyph; Han characters as is usual there.

    Args:
        language: a tag of BCP 47.
    """
    regions = _regions(language)
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
