"""Copies as they lie somewhere: one file, a folder, or a zip. They may come from anybody.

Nothing is unpacked to disk, and no name from inside is used as a path: names are told, and looked up among those that
are there. Sizes are bounded before anything is read; links are not followed.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inforce.core.archive import PRESENTATION_ENDINGS
from inforce.core.errors import Problem, RecordError

MOST_BYTES = 128 << 20
"""The largest PDF that is read."""
_MOST_MEMBERS = 100_000
_PACKED_MOST = 50
"""How many times its own size a zip may hold: a PDF is compressed already, and hardly gets smaller."""
_PACKED_LEAST = 64 << 20
_PDF, _ZIP, _HTML = ".pdf", ".zip", ".html"


class UnreadableCopyError(Exception):
    """A file among copies cannot be read; the words say why."""


class Copies(Protocol):
    """Files that belong together."""

    @property
    def top(self) -> str:
        """What stands before all paths, where they lie in a folder of their own: its name and a slash."""

    @property
    def is_single(self) -> bool:
        """Whether one file was named, and no folder."""

    def pdfs(self) -> Iterator[str]:
        """The paths of the PDFs, in order, relative to where the copies lie."""

    def presentations(self) -> Iterator[str]:
        """The paths of the presentations as an archive has them, in order."""

    def has(self, path: str) -> bool:
        """Whether there is something at a path, whatever it is."""

    def read(self, path: str, most: int = MOST_BYTES) -> bytes | None:
        """A file's bytes; None where it is not there.

        Raises:
            UnreadableCopyError: it cannot be read.
        """


def open_copies(place: Path) -> Copies:
    """The copies at a place.

    Raises:
        RecordError: there is nothing that could be copies.
    """
    try:
        if place.is_dir():
            return FolderCopies(place)
        if not place.is_file():
            why = "is not there" if not os.path.lexists(place) else "is neither a file nor a folder"
            raise RecordError([Problem(str(place), why, "name a PDF, a receipt, a folder, or a ZIP of PDFs")])
        return _zip_or_file(place)
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise RecordError([Problem(str(place), f"cannot be read: {why}", "see that it may be read")]) from None


def _zip_or_file(place: Path) -> Copies:
    with place.open("rb") as file:
        start = file.read(4)
    if start[:2] != b"PK":
        if place.suffix.lower() == _ZIP and start != b"%PDF":
            raise RecordError([Problem(str(place), "this is no ZIP file and no PDF", "get it once more")])
        return FolderCopies(_top_of(place), place)
    try:
        return ZipCopies(zipfile.ZipFile(place), place.stat().st_size)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as wrong:
        todo = "get it once more: it is damaged"
        raise RecordError([Problem(str(place), f"is no zip that can be read: {wrong}", todo)]) from None


def _top_of(file: Path) -> Path:
    """The folder of the archive in which a PDF lies, if it lies in one: `ARCHIVE/POLICY/FILE`."""
    folder = file.parent
    return next((one for one in (folder, folder.parent) if (one / "manifest.json").is_file()), folder)


@dataclass(frozen=True)
class FolderCopies:
    """The copies in a folder; or a single one there, with what lies beside it."""

    folder: Path
    only: Path | None = None
    top: str = ""

    @property
    def is_single(self) -> bool:
        """See `Copies`."""
        return self.only is not None

    def pdfs(self) -> Iterator[str]:
        """The paths of the PDFs; a single file is one, whatever it is called, unless it is called as HTML is."""
        if self.only is None:
            yield from self._ending((_PDF,))
        elif self.only.suffix.lower() != _HTML:
            yield self.only.relative_to(self.folder).as_posix()

    def presentations(self) -> Iterator[str]:
        """The paths of the presentations; or the single file."""
        if self.only is None:
            yield from self._ending(PRESENTATION_ENDINGS)
        elif self.only.suffix.lower() == _HTML:
            yield self.only.relative_to(self.folder).as_posix()

    def _ending(self, endings: tuple[str, ...]) -> Iterator[str]:
        """The paths that end so; folders are walked one at a time, and links are not followed."""
        for folder, folders, files in os.walk(self.folder):
            folders.sort()
            for name in sorted(files):
                if name.lower().endswith(endings):
                    yield (Path(folder) / name).relative_to(self.folder).as_posix()

    def has(self, path: str) -> bool:
        """See `Copies`."""
        return os.path.lexists(self.folder / path)

    def read(self, path: str, most: int = MOST_BYTES) -> bytes | None:
        """See `Copies`."""
        place = self.folder / path
        try:
            descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | self._following(place))
        except FileNotFoundError:
            return None
        except OSError as wrong:
            what = "it is a link" if place.is_symlink() else f"it cannot be read: {wrong.strerror}"
            raise UnreadableCopyError(what) from None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise UnreadableCopyError("it is no ordinary file")
            _require_size(found.st_size, most)
            data = file.read(most + 1)
        _require_size(len(data), most)
        return data

    def _following(self, place: Path) -> int:
        """Links are followed where the reader named the file itself."""
        return 0 if place == self.only else getattr(os, "O_NOFOLLOW", 0)


class ZipCopies:
    """The copies in a zip."""

    is_single = False

    def __init__(self, packed: zipfile.ZipFile, size: int) -> None:
        """Keep it open; see `open_copies`."""
        self._packed = packed
        self._left = max(size * _PACKED_MOST, _PACKED_LEAST)
        members = [one for one in packed.infolist() if not one.is_dir()]
        self.top = _common_top([one.filename for one in members])
        self._counts = Counter(one.filename.removeprefix(self.top) for one in members)
        self._members = {one.filename.removeprefix(self.top): one for one in members}
        if len(members) > _MOST_MEMBERS:
            raise zipfile.BadZipFile(f"it has more than {_MOST_MEMBERS} members")

    def pdfs(self) -> Iterator[str]:
        """The paths of the PDFs."""
        yield from sorted(name for name in self._members if name.lower().endswith(_PDF))

    def presentations(self) -> Iterator[str]:
        """The paths of the presentations."""
        yield from sorted(name for name in self._members if name.lower().endswith(PRESENTATION_ENDINGS))

    def has(self, path: str) -> bool:
        """See `Copies`."""
        return path in self._members

    def read(self, path: str, most: int = MOST_BYTES) -> bytes | None:
        """See `Copies`."""
        member = self._members.get(path)
        if member is None:
            return None
        if self._counts[path] > 1:
            raise UnreadableCopyError("the zip has it more than once")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableCopyError("it is packed in an unusual way")
        _require_size(member.file_size, most)
        bound = min(most, self._left)
        try:
            with self._packed.open(member) as file:
                data = file.read(bound + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise UnreadableCopyError("the zip is damaged") from None
        except RuntimeError:
            raise UnreadableCopyError("it is encrypted") from None
        self._left -= len(data)
        if len(data) > bound:
            raise UnreadableCopyError("the zip holds far more than one of its size should: unpack it yourself")
        return data


def _common_top(names: list[str]) -> str:
    """The folder in which everything lies, with its slash; empty where there is no such folder."""
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _require_size(size: int, most: int) -> None:
    if size > most:
        raise UnreadableCopyError(f"it is larger than {most >> 20} MiB")
