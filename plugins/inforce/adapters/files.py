"""Files: those that others read meanwhile, written whole or not at all, and those of a folder that is being filled."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class Folder:
    """A folder that is being filled with files of one's own, such as a site."""

    def __init__(self, path: Path) -> None:
        """Begin with the folder as it is."""
        self._path = path
        self._made: set[Path] = set()

    def write(self, place: str, data: bytes) -> None:
        """Write a file, given by its place below the folder; folders on the way are made."""
        path = self._path / place
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        path.write_bytes(data)


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
