"""Files that others read meanwhile, written whole or not at all, alone or together."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EEXIST
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write the file so that a reader sees the old bytes or the new ones, whatever happens in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


_IGNORED = ".gitignore"


class Staging:
    """Files that come to lie in a folder together, or not at all. Made by `staged`.

    They are written into a hidden folder beside their places first. `publish` moves them there, which cannot fail
    half-way but by a power cut: what was moved is taken back if a further move fails.
    """

    def __init__(self, folder: Path, hidden: Path) -> None:
        """Keep the folders; see `staged`."""
        self._folder = folder
        self._hidden = hidden
        self._written: list[str] = []

    def write(self, path: str, data: bytes) -> None:
        """Take a file, its path relative to the folder."""
        place = self._hidden / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        self._written.append(path)

    def publish(self) -> None:
        """Move what was written to its places.

        Raises:
            OSError: something lies in one of them already, or cannot be written there; then nothing was moved.
        """
        moved: list[Path] = []
        try:
            for source in _uppermost(self._hidden, self._folder):
                target = self._folder / source.relative_to(self._hidden)
                _move(source, target)
                moved.append(target)
        except BaseException:
            for target in moved:
                target.rename(self._hidden / target.relative_to(self._folder))
            raise

    def replace(self) -> int:
        """Move what was written to its places, over whatever files lie there, in the order in which it was written.

        Each file is the old one or the new one for whoever reads meanwhile. What has its bytes already is left alone.

        Returns:
            How many files were moved.

        Raises:
            OSError: one cannot be written; those before it are in their places.
        """
        moved = 0
        for path in self._written:
            source, target = self._hidden / path, self._folder / path
            if target.is_file() and not target.is_symlink() and target.read_bytes() == source.read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            moved += 1
        return moved


@contextmanager
def staged(folder: Path) -> Iterator[Staging]:
    """Make a place to write files in that are to come into the folder together; what is not published is gone after.

    Raises:
        OSError: the folder cannot be written to.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".inforce-") as hidden:
            (Path(hidden) / _IGNORED).write_text("*\n")  # Where the machine stops in between, git adds nothing of it.
            yield Staging(folder, Path(hidden))
    finally:
        if is_new and not any(folder.iterdir()):
            folder.rmdir()


def _move(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(target))
    source.rename(target)


def _uppermost(hidden: Path, folder: Path) -> Iterator[Path]:
    """What has to be moved: whole folders where there is none of that name yet, else the files in them."""
    for path in sorted(path for path in hidden.iterdir() if path.name != _IGNORED):
        target = folder / path.name
        if path.is_dir() and target.is_dir() and not target.is_symlink():
            yield from _uppermost(path, target)
        else:
            yield path
