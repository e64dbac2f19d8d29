"""Time zones by their IANA names, from the locked `tzdata` package and never from the machine (rule 6)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from inforce.core.errors import did_you_mean


@lru_cache
def zone_names() -> frozenset[str]:
    """Every name that the package knows."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache
def time_zone(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        ValueError: there is none, told for a person, with a hint.
    """
    if name not in zone_names():
        raise ValueError(f"`{name}` is no time zone{did_you_mean(name, zone_names())}")
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
