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

import re
import string
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from importlib.resources import files as resources

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.units import format_unit

from inforce.core.errors import Fault, did_you_mean
from inforce.core.record import Reading
from inforce.formats.strict_yaml import Keys, Scalar, parse_mapping, read_mapping

ENGLISH = "en"
SUFFIX = ".yml"
_RIGHT_TO_LEFT = "right-to-left"
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "mand", "nkoo", "rohg", "syrc", "thaa"})
_SCRIPT = re.compile(r"[a-z]{4}", re.ASCII)
_RIGHT_TO_LEFT_LETTERS = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_ISOLATES = {"ltr": "\u2066", "rtl": "\u2067"}
"""Isolates (UAX #9): in a text what `<bdi>` is in HTML, by first strong letter; and with a direction given."""
_PATTERNS = (
    *("date", "time", "time.exact"),
    *("timeline.tick.year", "timeline.tick.month", "timeline.tick.day", "timeline.tick.time"),
)

_UNITS = (("digital-megabyte", 1_000_000), ("digital-kilobyte", 1_000), ("digital-byte", 1))


class Messages:
    """The words of one language. Made by `Languages`."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        """Keep the texts; `language` is the tag of BCP 47 that they are in."""
        self.language = language
        self.direction = direction(language)
        self._texts = texts
        self._locale = Locale.parse(language, sep="-")
        self._moments: dict[tuple[datetime, tzinfo, bool, bool], str] = {}
        self._days: dict[tuple[datetime, tzinfo], str] = {}
        self._formatted: dict[tuple[str, datetime, tzinfo], str] = {}

    def __call__(self, key: str, /, **values: object) -> str:
        """The message of that key, its names in braces replaced by the values.

        Raises:
            KeyError: there is no such message, or no value for a name in it.
        """
        text = self._texts[key]
        return text.format(**{name: self.isolated(value) for name, value in values.items()}) if values else text

    def isolated(self, value: object) -> object:
        """A value for a sentence, kept from mixing with the words around it where directions could (UAX #9).

        HTML (what has `__html__`) is left as it is; it has `<bdi>` for that.
        """
        if not isinstance(value, str) or hasattr(value, "__html__"):
            return value
        if self.direction == "rtl" or (not value.isascii() and _RIGHT_TO_LEFT_LETTERS.search(value)):
            # What holds an isolate was put together here, and is in our direction; a first strong letter may be inside.
            return f"{_ISOLATES[self.direction] if _POP in value else _FIRST_STRONG}{value}{_POP}"
        return value

    def moment(self, instant: datetime, zone: tzinfo, *, exactly: bool = False, with_time: bool = False) -> str:
        """An instant in words; the time of day only where it is not midnight or is wanted, seconds where wanted."""
        key = instant, zone, exactly, with_time
        if key not in self._moments:
            self._moments[key] = self._in_words(instant.astimezone(zone), exactly=exactly, with_time=with_time)
        return self._moments[key]

    def day(self, instant: datetime, zone: tzinfo) -> str:
        """The day on which an instant lies in the zone."""
        key = instant, zone
        if key not in self._days:
            self._days[key] = self._date(instant.astimezone(zone))
        return self._days[key]

    def size(self, count: int) -> str:
        """A number of bytes, in the largest unit of which there is one at least: `214 kB`."""
        unit, factor = next(((unit, factor) for unit, factor in _UNITS if count >= factor), _UNITS[-1])
        return format_unit(round(count / factor, 0 if count >= 10 * factor else 1), unit, "short", locale=self._locale)

    def formatted(self, key: str, instant: datetime, zone: tzinfo) -> str:
        """An instant by the message of that key, which is a pattern of CLDR for dates and times."""
        place = key, instant, zone
        if place not in self._formatted:
            local = instant.astimezone(zone).replace(tzinfo=None)
            self._formatted[place] = format_datetime(local, self(key), locale=self._locale)
        return self._formatted[place]

    def _in_words(self, local: datetime, *, exactly: bool, with_time: bool) -> str:
        day = self._date(local)
        with_seconds = exactly and local.second != 0
        if (local.hour, local.minute) == (0, 0) and not with_seconds and not with_time:
            return day
        pattern = self._texts["time.exact" if with_seconds else "time"]
        return self._texts["date.with_time"].format(
            date=day, time=format_time(local.time(), pattern, locale=self._locale)
        )

    def _date(self, local: datetime) -> str:
        return format_date(local.date(), self._texts["date"], self._locale)


class Languages:
    """Every language that pages can be written in: those that come with us, and whatever a site adds."""

    def __init__(self, more: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Add languages; the texts that are given for a language of ours stand in the place of ours."""
        ours = {tag: _texts(tag) for tag in languages()}
        self._texts = {tag.lower(): (tag, texts) for tag, texts in {**ours, **(more or {})}.items()}
        self._messages: dict[str, Messages] = {}

    def messages_in(self, language: str) -> Messages:
        """The words for readers of a language (BCP 47): those of the nearest file that there is, else English."""
        if language not in self._messages:
            near = self._near(language)
            known = self._messages.get(near)
            self._messages[near] = self._messages[language] = known or Messages(*self._texts[near])
        return self._messages[language]

    @property
    def tags(self) -> list[str]:
        """The tags of all languages, in order."""
        return sorted(tag for tag, _ in self._texts.values())

    def texts_in(self, language: str) -> tuple[str, Mapping[str, str]]:
        """The tag and the texts of the nearest file, as they stand there."""
        return self._texts[self._near(language)]

    def _near(self, language: str) -> str:
        return next((tag for tag in _ever_shorter(language) if tag in self._texts), ENGLISH)


@lru_cache
def messages_in(language: str) -> Messages:
    """The words for readers of a language, from the languages that come with us."""
    return Languages().messages_in(language)


@lru_cache
def languages() -> frozenset[str]:
    """The languages that have a message file."""
    return frozenset(
        file.name.removesuffix(SUFFIX) for file in resources(__name__).iterdir() if file.name.endswith(SUFFIX)
    )


def message_file(language: str) -> str:
    """The message file of a language that comes with us, as it stands."""
    return resources(__name__).joinpath(f"{language}{SUFFIX}").read_text("utf-8")


@lru_cache
def direction(language: str) -> str:
    """`rtl` where the language is written from right to left, else `ltr`; for HTML's `dir`."""
    for script in filter(_SCRIPT.fullmatch, language.lower().split("-")[1:]):
        return "rtl" if script in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    for tag in _ever_shorter(language):
        try:
            orientation = Locale.parse(tag, sep="-").character_order
        except (ValueError, UnknownLocaleError):  # CLDR knows nothing of it.
            continue
        return "rtl" if orientation == _RIGHT_TO_LEFT else "ltr"
    return "ltr"


def names_in(text: str) -> frozenset[str]:
    """The names in braces of a message.

    Raises:
        ValueError: braces that do not close, or hold more than a name.
    """
    parts = list(string.Formatter().parse(text))
    if any(form or conversion for _, _, form, conversion in parts):
        raise ValueError("a pair of braces holds more than a name")
    names = [name for _, name, _, _ in parts if name is not None]
    if not all(map(str.isidentifier, names)):
        raise ValueError("a pair of braces holds no name")
    return frozenset(names)


def parse_messages(data: bytes, language: str) -> Reading[Mapping[str, str]]:
    """The messages of a file for a language, or everything that is wrong with it."""
    read = read_mapping(data)
    if read.value is None:
        return Reading(None, read.faults)
    keys = read.value
    faults = sorted([*_faults_of_keys(keys), *_faults_of_language(keys, language)], key=lambda one: one.line or 0)
    texts = {key: value.text for key, value in keys.values.items() if isinstance(value, Scalar)}
    return Reading(None if faults else texts, tuple(faults))


def _faults_of_keys(keys: Keys) -> Iterator[Fault]:
    """What differs from English: keys that are unknown or missing, texts that are none, names in braces."""
    english = _texts(ENGLISH)
    for key, value in keys.values.items():
        line = keys.lines[key]
        if key not in english:
            what = f"`{key}` is no message{did_you_mean(key, english)}"
            yield Fault(what, "take it out, or give it the name of a message", line)
        elif not isinstance(value, Scalar) or not value.text.strip():
            yield Fault(f"`{key}` has to be a text", f'write `{key}: "…"`; in English it is "{english[key]}"', line)
        else:
            yield from _faults_of_names(key, value.text, english[key], line)
    for key in (key for key in english if key not in keys.values):
        yield Fault(f"`{key}` is missing", f'write `{key}: "…"`; in English it is "{english[key]}"')


def _faults_of_names(key: str, text: str, english: str, line: int) -> Iterator[Fault]:
    wanted = names_in(english)
    told = " and ".join(f"{{{name}}}" for name in sorted(wanted)) or "no braces"
    try:
        names = names_in(text)
    except ValueError as wrong:
        yield Fault(f"`{key}`: {wrong}", f"write {told}", line)
        return
    for name in sorted(names - wanted):
        yield Fault(f"`{key}` knows no {{{name}}}{did_you_mean(name, wanted)}", f"write {told}", line)
    for name in sorted(wanted - names):
        yield Fault(f"`{key}` lacks {{{name}}}", f"write {told}: without it the sentence does not say everything", line)


def _faults_of_language(keys: Keys, language: str) -> Iterator[Fault]:
    """A language that CLDR does not know has no names of months; a pattern can be none."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        yield Fault(
            f"`{language}` is no language whose dates are known", "name the file as BCP 47 has it: ja.yml, pt-BR.yml"
        )
        return
    for key in _PATTERNS:
        value = keys.values.get(key)
        if not isinstance(value, Scalar):
            continue
        try:
            if key.startswith("timeline."):
                format_datetime(datetime(2018, 4, 10, 9, tzinfo=UTC), value.text, locale=locale)
            elif key == "date":
                format_date(date(2018, 4, 10), value.text, locale)
            else:
                format_time(time(9, 0, 30), value.text, locale=locale)
        except (ValueError, KeyError, TypeError, AttributeError, NotImplementedError):
            todo = f'write it as Unicode has it (UTS #35), such as "{_texts(ENGLISH)[key]}"'
            yield Fault(f"`{key}: {value.text}` is no pattern", todo, keys.lines[key])


def _ever_shorter(language: str) -> Iterator[str]:
    """The tag in lower case, and what is left when parts are taken from its end."""
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])


@lru_cache
def _texts(language: str) -> dict[str, str]:
    values = parse_mapping(message_file(language)).values
    return {key: value.text for key, value in values.items() if isinstance(value, Scalar)}
