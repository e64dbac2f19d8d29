"""The words that a page hands to its script, in the page's language: messages, and how dates are written.

The whole form; a pattern is a list of texts and of fields of Unicode's CLDR, a field being `[letter, width]`. `months`
has the names of the widths that the patterns use; `messages` are those asked for, names in braces left as they are.
A pattern with other fields than year, month, day, hour (of 24), minute and second is given as digits, `2018-04-10` and
`09:00`::

    {
      "date": [["d", 1], " ", ["M", 4], " ", ["y", 1]],
      "date_with_time": "{date}, {time}",
      "messages": {"revision.called": "the revision of {day}"},
      "months": {"4": ["January", "February", …]},
      "time": [["H", 2], ":", ["m", 2]],
      "time_exact": [["H", 2], ":", ["m", 2], ":", ["s", 2]]
    }
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import tokenize_pattern

from inforce.formats.json_text import Json
from inforce.formats.messages import Messages

_FIELDS = "yMdHms"
_NAMES = {3: "abbreviated", 4: "wide", 5: "narrow"}


def script_words(messages: Messages, keys: Iterable[str]) -> Json:
    """The words of those keys, and the dates of their language."""
    return _script_words(messages, tuple(keys))


@lru_cache
def _script_words(messages: Messages, keys: tuple[str, ...]) -> Json:
    patterns = {name: _pattern(messages(key), otherwise) for name, (key, otherwise) in _PATTERNS.items()}
    widths = {field[1] for pattern in patterns.values() for field in pattern if field[0] == "M" and field[1] in _NAMES}
    names = Locale.parse(messages.language, sep="-").months["format"]
    months = {str(width): [names[_NAMES[width]][month] for month in range(1, 13)] for width in sorted(widths)}
    return {
        **patterns,
        "date_with_time": messages("date.with_time"),
        "messages": {key: messages(key) for key in keys},
        "months": months,
    }


_PATTERNS = {"date": ("date", "yyyy-MM-dd"), "time": ("time", "HH:mm"), "time_exact": ("time.exact", "HH:mm:ss")}


def _pattern(text: str, otherwise: str) -> list[Any]:
    """A pattern's parts; those of another one, of digits alone, where it has fields that scripts do not know."""
    parts = tokenize_pattern(text)
    if any(kind == "field" and value[0] not in _FIELDS for kind, value in parts):
        parts = tokenize_pattern(otherwise)
    return [value if kind == "chars" else list(value) for kind, value in parts]
