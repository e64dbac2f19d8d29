"""What a build wrote into the site's folder, noted for the next one, which then need not make or read it again.

A note says of a file for what it was made, and how the file system describes it. A file that is still the same by size,
i-node and times, to the nanosecond, is taken to have the same bytes, as git does with its index. A file that was
written just before its note is not taken for that: within the clock's grain it could have changed unseen.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from inforce.adapters.cache import Cache

_GRAIN = 50_000_000
"""Nanoseconds: what is younger than that is looked at again."""


class WrittenFiles:
    """The notes on some files of a site's folder. Made by `written_files`."""

    def __init__(self, folder: Path, notes: Mapping[str, list[object]]) -> None:
        """Begin with the notes of the build before."""
        self._folder, self._before = folder, notes
        self._after: dict[str, str] = {}

    def has(self, place: str, made_for: str) -> bool:
        """Whether the file is there as it was written, and was made for just that."""
        is_there = self._before.get(place) == [made_for, *_description(self._folder / place)]
        if is_there:
            self._after[place] = made_for
        return is_there

    def note(self, place: str, made_for: str) -> None:
        """The file was written, or has the bytes that would have been."""
        self._after[place] = made_for

    def notes(self) -> Iterator[tuple[str, list[object]]]:
        """What to keep for the next build."""
        latest = time.time_ns() - _GRAIN
        for place, made_for in self._after.items():
            description = _description(self._folder / place)
            if description and description[-1] < latest:
                yield place, [made_for, *description]


@contextmanager
def written_files(folder: Path, about: str, cache: Cache) -> Iterator[WrittenFiles]:
    """The notes on the files about something; kept at the end, unless an error comes first."""
    name = sha256(f"{folder.absolute()}\n{about}".encode()).hexdigest()
    try:
        before = json.loads(cache.get(name) or b"{}")
    except ValueError:
        before = {}
    written = WrittenFiles(folder, before)
    yield written
    notes = json.dumps(dict(written.notes())).encode()
    cache.put(name, notes)


def _description(path: Path) -> list[int]:
    """How the file system describes a file; nothing where there is none, or where it is no ordinary one."""
    try:
        found = os.lstat(path)
    except OSError:
        return []
    return [found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns]
