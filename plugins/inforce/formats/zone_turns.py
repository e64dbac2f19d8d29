"""A time zone as numbers, for programs that have no zone database of their own: the pages' scripts.

Read from the same files of the locked `tzdata` package as everything else (rule 6): TZif, RFC 9636. The whole form,
here of Europe/Berlin, instants being seconds since 1970 and offsets seconds ahead of UTC::

    {
      "before": 3208,
      "turns": [[-2422054408, 3600], [-1693706400, 7200], …, [846378000, 3600]],
      "rule": {"standard": 3600, "summer": 7200, "starts": [3, 5, 0, 7200], "ends": [10, 5, 0, 10800]}
    }

`before` is the offset until the first turn, each turn an instant and the offset from then on. `rule` says how it goes
on after the last one, every year: the month, the week in it (5: the last), the day of the week (0: Sunday), and the
seconds on the clock after 00:00, which can be negative or more than a day has. It is null where clocks no longer turn.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from importlib.resources import files

from inforce.formats.json_text import Json

_HEADER = struct.Struct(">4sc15x6I")
_TYPE = struct.Struct(">i?B")
_OFFSET = r"(?:<[^>]+>|[A-Za-z]+)([+-]?\d+(?::\d+){0,2})"
_RULE = re.compile(
    rf"{_OFFSET}(?:<[^>]+>|[A-Za-z]+)([+-]?\d+(?::\d+){{0,2}})?,"
    r"M(\d+)\.(\d)\.(\d)(?:/([+-]?[\d:]+))?,M(\d+)\.(\d)\.(\d)(?:/([+-]?[\d:]+))?"
)
_HOUR = 3600
_AT_TWO = "2"


@lru_cache
def zone_turns(name: str) -> Json:
    """The zone of that name as numbers.

    Raises:
        ValueError: its rule is of a form that the package has not had so far.
    """
    data = files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()
    *_, leaps, times, types, letters = _counts(data, 0)
    first = _HEADER.size + times * 5 + types * _TYPE.size + letters + leaps * 8
    first += sum(_counts(data, 0)[:2])
    start = first + _HEADER.size
    universal, standard, leaps, times, types, letters = _counts(data, first)
    instants = struct.unpack_from(f">{times}q", data, start)
    kinds = struct.unpack_from(f">{times}B", data, start + times * 8)
    offsets = [_TYPE.unpack_from(data, start + times * 9 + place * _TYPE.size) for place in range(types)]
    end = start + times * 9 + types * _TYPE.size + letters + leaps * 12 + standard + universal
    before = next((offset for offset, is_summer, _ in offsets if not is_summer), offsets[0][0])
    turns = [[instant, offsets[kind][0]] for instant, kind in zip(instants, kinds, strict=True)]
    return {"before": before, "turns": turns, "rule": _rule(data[end:].strip().decode("ascii"))}


def _counts(data: bytes, start: int) -> tuple[int, ...]:
    """The numbers of universal and of standard marks, leap seconds, turns, types and letters."""
    return _HEADER.unpack_from(data, start)[2:]


def _rule(text: str) -> Json | None:
    """The rule of a zone's last line, a POSIX `TZ` string; None where it has no summer time."""
    if "," not in text:
        return None
    found = _RULE.fullmatch(text)
    if found is None:
        raise ValueError(f"the zone rule `{text}` is of no known form")
    standard = -_seconds(found[1])
    return {
        "standard": standard,
        "summer": -_seconds(found[2]) if found[2] else standard + _HOUR,
        "starts": [*map(int, found.group(3, 4, 5)), _seconds(found[6] or _AT_TWO)],
        "ends": [*map(int, found.group(7, 8, 9)), _seconds(found[10] or _AT_TWO)],
    }


def _seconds(text: str) -> int:
    """Of `-1`, `2:45` or `+03:30:00`, in seconds."""
    hours, minutes, seconds = [*map(int, text.lstrip("+-").split(":")), 0, 0][:3]
    return (hours * _HOUR + minutes * 60 + seconds) * (-1 if text.startswith("-") else 1)
