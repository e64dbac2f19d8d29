"""Instants, days and wall clocks (rule 6).

An *instant* is an aware `datetime` in UTC, here and everywhere: Python compares two times of one zone by their wall
clocks, which is wrong in the hour that comes twice. Zones are passed in; nothing here asks the machine for one.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?", re.ASCII)
EARLIEST, LATEST = 1000, 9000
"""The years between which a date can be meant."""


def parse_date(text: str) -> date | None:
    """A day written `2018-05-10`; None where the text has another form.

    Raises:
        ValueError: of that form, but no such day, told for a person.
    """
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"the year of {text} cannot be meant")
    return day


def parse_instant(text: str) -> datetime | None:
    """An instant written as RFC 3339 has it, `2018-05-10T09:00:00+09:00`, in UTC; None where the text has another form.

    Raises:
        ValueError: of that form or nearly, but no instant, told for a person.
    """
    found = _INSTANT.fullmatch(text)
    if not found:
        if _LOCAL.fullmatch(text):
            raise ValueError(f"{text} does not say in which zone: add the offset, as in 2018-05-10T09:00:00+09:00")
        return None
    day, clock, offset = found.groups()
    parse_date(day)
    try:
        return datetime.fromisoformat(f"{day}T{clock}{offset.upper()}").astimezone(UTC)
    except ValueError:
        raise ValueError(f"there is no instant {text}") from None


def at_wall_clock(local: datetime, zone: tzinfo) -> datetime:
    """The instant at which clocks in `zone` show `local` (naive).

    A time that does not exist moves later by the length of the gap; one that comes twice means the first (PEP 495
    with `fold=0`; java.time's `ZonedDateTime.ofLocal` does the same).
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def first_instant(day: date, zone: tzinfo) -> datetime:
    """The instant at which a bare date begins: 00:00 in the zone."""
    return at_wall_clock(datetime.combine(day, time()), zone)


def days_later(instant: datetime, days: int, zone: tzinfo) -> datetime:
    """The same wall-clock time that many calendar days later in the zone."""
    return at_wall_clock(instant.astimezone(zone).replace(tzinfo=None) + timedelta(days=days), zone)


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The calendar day on which the instant lies in the zone."""
    return instant.astimezone(zone).date()


def format_instant(instant: datetime, zone: tzinfo) -> str:
    """RFC 3339 with the zone's offset; in UTC where the offset then had seconds, which RFC 3339 cannot say.

    >>> format_instant(datetime(2018, 5, 9, 15, tzinfo=UTC), UTC)
    '2018-05-09T15:00:00+00:00'
    """
    local = instant.astimezone(zone)
    offset = local.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        local = instant.astimezone(UTC)
    return local.isoformat()
