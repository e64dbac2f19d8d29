"""The project in which something is asked: its options, its record, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from inforce.adapters.clock import Door
    from inforce.core.record import PolicyRecord, Record
    from inforce.workflows.progress import Progress
    from inforce.workflows.settings import Settings


def settings_of(config_file: Path | None) -> Settings:
    """The options of that file, or of the nearest one."""
    from inforce.mkdocs_plugin.config import read_settings

    return read_settings(config_file or nearest_config())


def nearest_config() -> Path:
    """The mkdocs.yml of this folder or the nearest one above; where there is none, the one that would be here."""
    here = Path.cwd()
    places = [folder / "mkdocs.yml" for folder in (here, *here.parents)]
    return next((place for place in places if place.is_file()), places[0])


@contextmanager
def record_of(config_file: Path | None, *, as_known: bool = True) -> Iterator[tuple[Record, Door]]:
    """The record without errors, as known at the door's instant; `as_known=False`: with what is posted after it."""
    from inforce.core.errors import RecordError
    from inforce.workflows.read_record import opened

    door = at_the_door()
    with opened(settings_of(config_file), door, lines()) as source:
        if source.record.errors:
            raise RecordError(source.record.errors)
        yield (source.record.as_of(door.asked) if as_known else source.record), door


def policy_of(record: Record, slug: str) -> PolicyRecord:
    """The policy of that name."""
    from inforce.workflows.new_draft import find_policy

    return find_policy(record, slug)


def resolved(moment: date | datetime | str, zone: tzinfo, door: Door) -> datetime:
    """The instant that is meant on the command line: a day begins in the zone, `now` is the door's."""
    from inforce.core.instant import first_instant

    if isinstance(moment, str):
        return door.asked
    return moment if isinstance(moment, datetime) else first_instant(moment, zone)


def at_the_door() -> Door:
    """The clock, read."""
    from inforce.adapters.clock import read_clock

    return read_clock()


def lines() -> Progress:
    """Progress as lines on standard error."""
    from inforce.workflows.progress import Progress

    return Progress(lambda line: click.echo(line, err=True))
