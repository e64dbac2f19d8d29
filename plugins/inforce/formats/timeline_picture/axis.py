"""The time axis of a picture of a timeline: which stretch of time it shows, to scale, and the ticks below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from inforce.core.effect import Audience
from inforce.core.instant import at_wall_clock, first_instant
from inforce.core.timeline import Timeline

_SHORTEST = timedelta(hours=1)
"""No window is shorter: a first revision that was posted a moment ago is no reason to draw seconds."""
_LEFT, _RIGHT, _BEFORE = 0.02, 0.05, 0.2
"""What a window has before its first and after its last instant, as a share of what lies between; `_BEFORE` is what an
enlarged one has on the left, where something went before."""
_RECENT = 0.08
"""What began within this share of the whole is recent …"""
_ENLARGE = 3
"""… and enlarged where the window for that is so many times shorter, but not to less than a month."""
_MONTH = timedelta(days=30)
_MINUTE = 60
_HOUR, _DAY, _YEAR = 60 * _MINUTE, 24 * 60 * _MINUTE, 365 * 24 * 60 * _MINUTE
_STEPS = (
    *((minutes * _MINUTE, "time") for minutes in (1, 5, 10, 30)),
    *((hours * _HOUR, "time") for hours in (1, 3, 6, 12)),
    *((days * _DAY, "day") for days in (1, 2, 7, 14)),
    *((months * 30 * _DAY, "month") for months in (1, 2, 3, 6)),
    *((years * _YEAR, "year") for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
"""The steps between ticks: their length in seconds, nearly, and the unit that their labels end with."""
_MOST = 64
"""More ticks than fit anywhere."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a panel shows, from its left edge to its right one."""

    start: datetime
    end: datetime

    def share(self, instant: datetime) -> float:
        """Where an instant lies, in percent of the width; what lies outside lies at the edge."""
        share = (instant - self.start) / (self.end - self.start)
        return 100 * min(max(share, 0.0), 1.0)

    def meets(self, start: datetime, until: datetime | None) -> bool:
        """Whether something of the stretch is shown."""
        return start < self.end and (until is None or until > self.start)

    def holds(self, instant: datetime) -> bool:
        """Whether the instant lies in the window."""
        return self.start <= instant <= self.end


def whole(timeline: Timeline, now: datetime) -> Window:
    """From the first posting to the last instant that is known of, be it `now`."""
    changes = timeline.changes()
    return _around(min(changes[0], now), max(changes[-1], now), _SHORTEST, _LEFT)


def enlarged(timeline: Timeline, now: datetime, window: Window) -> Window | None:
    """What is to come, from its posting on, and what began lately; None where the whole shows that as well."""
    instants = {now}
    for revision in timeline.scheduled(now):
        starts = (timeline.start(revision.name, audience) for audience in Audience)
        instants |= {revision.posted, *(start for start in starts if start is not None and start > now)}
    for audience in Audience:
        start = timeline.on(audience, now).start
        if start is not None and (now - start) / (window.end - window.start) < _RECENT:
            instants.add(start)
    if len(instants) == 1:
        return None
    detail = _around(min(instants), max(instants), _MONTH, _BEFORE)
    return detail if (detail.end - detail.start) * _ENLARGE <= window.end - window.start else None


def ticks(window: Window, zone: tzinfo, most: int) -> tuple[str, list[datetime]]:
    """The finest ticks of which there are not more than `most`: the unit of their labels, and their instants in order.

    They stand where a year, month, day or hour begins in the zone.
    """
    length = (window.end - window.start).total_seconds()
    for step, unit in _STEPS:
        if length / step <= min(most, _MOST) + 1:
            # Where clocks skip a time or a day, two ticks can fall together.
            found = sorted({instant for instant in _starts(window, zone, step, unit) if window.holds(instant)})
            if len(found) <= most:
                return unit, found
    return "year", []


def _around(first: datetime, last: datetime, shortest: timedelta, left: float) -> Window:
    length = max(last - first, shortest)
    return Window(last - length * (1 + left), last + length * _RIGHT)


def _starts(window: Window, zone: tzinfo, step: int, unit: str) -> Iterator[datetime]:
    """Every instant that a tick of the step could stand at, from before the window to after it."""
    first, last = window.start.astimezone(zone), window.end.astimezone(zone)
    if unit == "year":
        every = step // _YEAR
        yield from (first_instant(date(year, 1, 1), zone) for year in _multiples(first.year, last.year, every) if year)
    elif unit == "month":
        every = step // (30 * _DAY)
        for month in _multiples(first.year * 12 + first.month - 1, last.year * 12 + last.month - 1, every):
            yield first_instant(date(month // 12, month % 12 + 1, 1), zone)
    elif unit == "day":
        every = step // _DAY
        for day in _multiples(first.toordinal() - 1, last.toordinal() - 1, every):  # Day 1 of the calendar is a Monday.
            yield first_instant(date.fromordinal(day + 1), zone)
    else:
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        ahead = int((last.replace(tzinfo=None) - midnight).total_seconds())
        yield from (at_wall_clock(midnight + timedelta(seconds=one), zone) for one in range(0, ahead + 1, step))


def _multiples(first: int, last: int, every: int) -> range:
    """The multiples of a number from `first` to `last`."""
    return range(-(-first // every) * every, last + 1, every)
