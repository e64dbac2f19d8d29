"""The folder of a site, written anew over the site of the build before.

A site has thousands of small files that hardly ever change, and to remove and make them costs more than to compare
them. So the files that we shall write again are saved from MkDocs, which empties the folder first, and then brought up
to date. The site is the same as if it were new, and no file of it is ever changed in place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from inforce.adapters.cache import Cache
from inforce.adapters.written_files import WrittenFiles, written_files
from inforce.adapters.zip_file import write_zip

_ASIDE = ".inforce-before"
"""MkDocs leaves hidden entries of a site alone."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a file has to hold, told by its SHA-256 (hexadecimal): it is read only where it is not there yet."""

    digest: str
    read: Callable[[], bytes]


class SiteFolder:
    """A site's folder. Places are relative to it."""

    def __init__(self, path: Path) -> None:
        """Begin with the folder as it is."""
        self._path = path
        self._aside = path / _ASIDE
        self._made: set[Path] = set()

    def set_aside(self, names: Iterable[str]) -> None:
        """Hide these folders of the old site, as far as they are there."""
        self.clear()
        for name in names:
            with suppress(OSError):  # What cannot be set aside is made anew.
                self._aside.mkdir(parents=True, exist_ok=True)
                (self._path / name).rename(self._aside / name)

    def bring_back(self, places: Collection[str]) -> None:
        """Bring back what was set aside, as far as it will be written again: the files of these places."""
        with suppress(OSError):
            _drop_others(self._aside, "", places, _folders_of(places))
            for kept in self._aside.iterdir():
                kept.rename(self._path / kept.name)
        self.clear()

    def clear(self) -> None:
        """Remove what was set aside and not brought back."""
        shutil.rmtree(self._aside, ignore_errors=True)

    @contextmanager
    def noting(self, about: str, cache: Cache) -> Iterator[WrittenOnce]:
        """Write files about something that seldom change, and keep notes of them for the next build."""
        with written_files(self._path, about, cache) as notes:
            yield WrittenOnce(self, notes)

    def write(self, place: str, data: bytes | Text) -> None:
        """Write a file, if it is not there like that; folders on the way are made."""
        path = self._path / place
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        _bring_up_to_date(path, data)

    def pack(self, place: str, members: Iterable[tuple[str, bytes | Path]]) -> None:
        """Write a ZIP archive of these members; see `zip_file`."""
        path = self._path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        write_zip(path, members)


@dataclass(frozen=True, slots=True)
class WrittenOnce:
    """Writes files that need not be made again where they are there already. Made by `SiteFolder.noting`."""

    folder: SiteFolder
    notes: WrittenFiles

    def write(self, place: str, made_for: str, make: Callable[[], bytes]) -> None:
        """Write a file, unless it was written for just that; `made_for` names everything that its bytes rest on."""
        if not self.notes.has(place, made_for):
            self.folder.write(place, make())
            self.notes.note(place, made_for)

    def pack(self, place: str, made_for: str, members: Callable[[], Iterable[tuple[str, bytes | Path]]]) -> None:
        """Write a ZIP archive, unless it was written for just that."""
        if not self.notes.has(place, made_for):
            self.folder.pack(place, members())
            self.notes.note(place, made_for)


def _folders_of(places: Iterable[str]) -> set[str]:
    """Every folder on the way to these places."""
    folders: set[str] = set()
    for place in places:
        folder = place.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _drop_others(folder: str | Path, place: str, files: Collection[str], folders: Collection[str]) -> None:
    """Remove everything below a folder but the files of these places."""
    for one in os.scandir(folder):
        here = f"{place}{one.name}"
        if one.is_dir(follow_symlinks=False):
            if here in folders:
                _drop_others(one.path, f"{here}/", files, folders)
            else:
                shutil.rmtree(one.path)
        elif here not in files or not one.is_file(follow_symlinks=False):
            Path(one.path).unlink()


def _bring_up_to_date(path: Path, data: bytes | Text) -> None:
    """Give a file these bytes. Where it has others it is made anew: a copy of the old site may share it by a link."""
    try:
        old = path.read_bytes()
    except OSError:
        old = None
    if isinstance(data, Text):
        if old is not None and hashlib.sha256(old).hexdigest() == data.digest:
            return
        data = data.read()
    elif old == data:
        return
    path.unlink(missing_ok=True)
    path.write_bytes(data)
