"""What a calendar says of the time zones by whose clocks its events are told: `VTIMEZONE` (RFC 5545, section 3.6.5).

The whole of one; each part begins at a turn, by the clock as it was until then, and `RDATE` has the later turns of the
same kind::

    BEGIN:VTIMEZONE
    TZID:Europe/Berlin
    BEGIN:STANDARD
    DTSTART:20171231T010000
    TZNAME:CET
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0100
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:20180325T020000
    RDATE:20190331T020000
    TZNAME:CEST
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    END:DAYLIGHT
    …
    END:VTIMEZONE

The turns are those of the locked zone data, for the years that have events. (`Timezone.from_tzinfo` has the clock after
a turn, and so every turn to summer time an hour late.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Event, Timezone, TimezoneDaylight, TimezoneStandard

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_YEARS = range(1900, 2100)
"""Within which zones are described."""


def on_clock(instant: datetime, zone: tzinfo) -> datetime:
    """The instant on the zone's clock, where a calendar can say it so; else in UTC.

    It cannot of the second of two times that are the same on the clock (section 3.3.5), and of an offset with seconds.
    """
    local = instant.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    can_be_said = not local.fold and not offset.seconds % 60 and local.year in _YEARS
    return local if can_be_said else instant.astimezone(UTC)


def described(events: Sequence[Event]) -> Iterator[Timezone]:
    """The zones by whose clocks events are told, for the years of these events.

    Where there are none, UTC is described: a calendar has to have something in it (section 3.6).
    """
    spans: dict[str, list[datetime]] = {}
    for event in events:
        start: Any = event["dtstart"]
        if name := start.params.get("TZID"):
            spans.setdefault(name, []).append(start.dt)
    for name, starts in sorted(spans.items()):
        yield _zone(name, starts[0].tzinfo or UTC, min(starts).year, max(starts).year)
    if not events:
        yield _zone("Etc/UTC", UTC, _YEARS[0], _YEARS[0])


def _zone(name: str, zone: tzinfo, first: int, last: int) -> Timezone:
    """A zone from the beginning of one year to the end of another."""
    start = datetime(first, 1, 1, tzinfo=UTC) - _DAY
    turns = [start, *_turns(zone, start, datetime(last + 1, 1, 1, tzinfo=UTC) + _DAY)]
    kinds: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    earlier = _offset(start, zone)
    for turn in turns:
        later, local = _offset(turn, zone), turn.astimezone(zone)
        kind = earlier, later, local.tzname() or "", bool(local.dst())
        kinds.setdefault(kind, []).append((turn + earlier).replace(tzinfo=None))
        earlier = later
    made = Timezone()
    made.add("tzid", name)
    for (before, after, called, is_summer), onsets in kinds.items():
        part = TimezoneDaylight() if is_summer else TimezoneStandard()
        part.add("dtstart", onsets[0])
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", called)
        if onsets[1:]:
            part.add("rdate", onsets[1:])
        made.add_component(part)
    return made


def _turns(zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every instant between the two, to the second, at which the zone's clocks turn; at most one a day."""
    while start < end:
        early, late = start, start + _DAY
        if _offset(early, zone) != _offset(late, zone):
            yield _turn(zone, early, late)
        start = late


def _turn(zone: tzinfo, early: datetime, late: datetime) -> datetime:
    """The first second at which the clocks are as they are at `late`."""
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if _offset(middle, zone) == _offset(early, zone):
            early = middle
        else:
            late = middle
    return late


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
