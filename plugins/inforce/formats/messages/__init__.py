"""The words of the pages, in the language of whoever reads them: one message file for each language.

The whole format of a message file, `en.yml`: keys of the form `page.thing`, each with a plain text (no HTML) in which
`{name}` is replaced. `date` and `time` are patterns of Unicode's CLDR (UTS #35, part 4), `date.with_time` joins them::

    date: "d MMMM y"
    time: "HH:mm"
    time.exact: "HH:mm:ss"
    date.with_time: "{date}, {time}"
    history.title: "{title}: history"

A page is written in the language of its policy, if there is a message file for that, else in English. Every file says
every message: one that is missing, or unknown, or that has other names in braces than English has, is an error.
"""

from __future__ import annotations

import string
from datetime import datetime, tzinfo
from functools import lru_cache
from importlib.resources import files as resources

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time

from inforce.formats.strict_yaml import Scalar, parse_mapping

ENGLISH = "en"
_RIGHT_TO_LEFT = "right-to-left"


class Messages:
    """The words of one language. Made by `messages_in`."""

    def __init__(self, language: str, texts: dict[str, str]) -> None:
        """Keep the texts; `language` is the tag of BCP 47 that they are in."""
        self.language = language
        self._texts = texts
        self._locale = Locale.parse(language, sep="-")
        self._moments: dict[tuple[datetime, tzinfo, bool], str] = {}

    def __call__(self, key: str, /, **values: object) -> str:
        """The message of that key, its names in braces replaced by the values.

        Raises:
            KeyError: there is no such message, or no value for a name in it.
        """
        text = self._texts[key]
        return text.format(**values) if values else text

    def moment(self, instant: datetime, zone: tzinfo, *, exactly: bool = False) -> str:
        """An instant in words; the time of day only where it is not midnight, seconds only where they are wanted."""
        key = instant, zone, exactly
        if key not in self._moments:
            self._moments[key] = self._in_words(instant.astimezone(zone), exactly=exactly)
        return self._moments[key]

    def day(self, instant: datetime, zone: tzinfo) -> str:
        """The day on which an instant lies in the zone."""
        return format_date(instant.astimezone(zone).date(), self._texts["date"], self._locale)

    def formatted(self, key: str, instant: datetime, zone: tzinfo) -> str:
        """An instant by the message of that key, which is a pattern of CLDR for dates and times."""
        return format_datetime(instant.astimezone(zone).replace(tzinfo=None), self(key), locale=self._locale)

    def _in_words(self, local: datetime, *, exactly: bool) -> str:
        date = format_date(local.date(), self._texts["date"], self._locale)
        with_seconds = exactly and local.second != 0
        if (local.hour, local.minute) == (0, 0) and not with_seconds:
            return date
        pattern = self._texts["time.exact" if with_seconds else "time"]
        return self("date.with_time", date=date, time=format_time(local.time(), pattern, locale=self._locale))


@lru_cache
def messages_in(language: str) -> Messages:
    """The words for readers of a language (a tag of BCP 47): those of the nearest file that there is, else English."""
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        tag = "-".join(parts[:length])
        if tag in languages():
            return Messages(tag, _texts(tag))
    return Messages(ENGLISH, _texts(ENGLISH))


@lru_cache
def languages() -> frozenset[str]:
    """The languages that have a message file."""
    return frozenset(
        file.name.removesuffix(".yml") for file in resources(__name__).iterdir() if file.name.endswith(".yml")
    )


def direction(language: str) -> str:
    """`rtl` where the language is written from right to left, else `ltr`; for HTML's `dir`."""
    try:
        orientation = Locale.parse(language, sep="-").character_order
    except (ValueError, UnknownLocaleError):  # CLDR knows nothing of it.
        return "ltr"
    return "rtl" if orientation == _RIGHT_TO_LEFT else "ltr"


def names_in(text: str) -> frozenset[str]:
    """The names in braces of a message."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


@lru_cache
def _texts(language: str) -> dict[str, str]:
    source = resources(__name__).joinpath(f"{language}.yml").read_text("utf-8")
    values = parse_mapping(source).values
    return {key: value.text for key, value in values.items() if isinstance(value, Scalar)}
