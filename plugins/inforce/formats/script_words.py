"""The words that a page hands to its script, in the page's language: messages, and how dates are written.

The whole form; a pattern is a list of texts and of fields of Unicode's CLDR, a field being `[letter, width]`. `months`
has the names of the widths that the patterns use; `messages` are those asked for, names in braces left as they are::

    {
      "date": [["d", 1], " ", ["M", 4], " ", ["y", 1]],
      "date_with_time": "{date}, {time}",
      "messages": {"stale.called": "the revision of {day}"},
      "months": {"4": ["January", "February", …]},
      "time": [["H", 2], ":", ["m", 2]],
      "time_exact": [["H", 2], ":", ["m", 2], ":", ["s", 2]]
    }
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.dates import tokenize_pattern

from inforce.formats.messages import Messages

Json = dict[str, Any]
_FIELDS = "yMdHms"
_NAMES = {3: "abbreviated", 4: "wide", 5: "narrow"}


def script_words(messages: Messages, keys: Iterable[str]) -> Json:
    """The words of those keys, and the dates of their language.

    Raises:
        ValueError: a pattern of the message file has a field that scripts do not know.
    """
    patterns = {name: _pattern(messages(key)) for name, key in _PATTERNS.items()}
    widths = {field[1] for pattern in patterns.values() for field in pattern if field[0] == "M" and field[1] in _NAMES}
    names = Locale.parse(messages.language, sep="-").months["format"]
    months = {str(width): [names[_NAMES[width]][month] for month in range(1, 13)] for width in sorted(widths)}
    return {
        **patterns,
        "date_with_time": messages("date.with_time"),
        "messages": {key: messages(key) for key in keys},
        "months": months,
    }


_PATTERNS = {"date": "date", "time": "time", "time_exact": "time.exact"}


def _pattern(text: str) -> list[Any]:
    parts: list[Any] = []
    for kind, value in tokenize_pattern(text):
        if kind == "field" and value[0] not in _FIELDS:
            raise ValueError(f"the pattern `{text}` has the field {value[0]}; scripts know {', '.join(_FIELDS)}")
        parts.append(value if kind == "chars" else list(value))
    return parts
