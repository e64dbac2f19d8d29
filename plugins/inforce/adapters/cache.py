"""What one build leaves for the next: a folder of files, each of which can be made anew at any time.

An entry is written whole or not at all, under a name that says everything that it depends on, and tells whether it is
intact. So the folder can be deleted, read while another build writes into it, and copied from one machine to another.
An entry that is damaged is as good as none. What is not as it should be with the folder costs time, and nothing else.
What nobody has asked for in a month goes.

The whole format of an entry: a line with the BLAKE2b (16 bytes, hexadecimal, keyed with the entry's name) of all that
follows, and what was kept. An entry can have parts, of which one can be read without the others: then what is kept is a
line of JSON with the names of the parts and their lengths, and each part follows with such a line of its own.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path

from inforce.adapters.files import write_atomically

_TAG_NAME = "CACHEDIR.TAG"
_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by inforce, which makes it anew when it is deleted.\n"
"""What tells backup programs that this is a cache: the Cache Directory Tagging Specification."""
_CHECK = 32
_MONTH = 30 * 24 * 60 * 60
_LIBRARIES = (
    *("babel", "jinja2", "markdown", "markupsafe", "pyyaml", "tzdata"),
    *("fonttools", "pydyf", "segno", "tinycss2", "tinyhtml5", "weasyprint"),
)


@dataclass(frozen=True, slots=True)
class Cache:
    """Entries of one kind. A value that another process can be given."""

    folder: Path

    def __contains__(self, name: str) -> bool:
        """Whether there is an entry of that name; it may be damaged."""
        return self._path(name).exists()

    def get(self, name: str) -> bytes | None:
        """What was kept under that name; None where there is nothing, or nothing intact."""
        path = self._path(name)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)
        kept = data[_CHECK + 1 :]
        return kept if data[: _CHECK + 1] == _check(kept, name) else None

    def get_part(self, name: str, part: str) -> bytes | None:
        """One part of what was kept under that name by `put_parts`; None where it is not there or not intact."""
        try:
            with self._path(name).open("rb") as file:
                check, index = file.readline(), file.readline()
                if check != _check(index, name):
                    return None
                lengths: dict[str, int] = json.loads(index)
                file.seek(sum(lengths[one] for one in itertools.takewhile(part.__ne__, lengths)), os.SEEK_CUR)
                data = file.read(lengths[part])
        except (OSError, KeyError):
            return None
        kept = data[_CHECK + 1 :]
        return kept if data[: _CHECK + 1] == _check(kept, f"{name} {part}") else None

    def put_parts(self, name: str, parts: Mapping[str, bytes]) -> None:
        """Keep several things together, if the folder can be written to."""
        checked = [_check(kept, f"{name} {part}") + kept for part, kept in parts.items()]
        index = json.dumps(dict(zip(parts, map(len, checked), strict=True))).encode() + b"\n"
        self._write(name, b"".join([_check(index, name), index, *checked]))

    def keep(self, names: Iterable[str]) -> bool:
        """Say that these entries are wanted still, whether or not they are read; whether all of them are there."""
        are_all = True
        for name in names:
            try:
                os.utime(self._path(name))
            except OSError:
                are_all = False
        return are_all

    def put(self, name: str, kept: bytes) -> None:
        """Keep something, if the folder can be written to."""
        self._write(name, _check(kept, name) + kept)

    def _write(self, name: str, data: bytes) -> None:
        path = self._path(name)
        beside = path.with_name(f".{name}.{os.getpid()}")
        with suppress(OSError):
            try:
                beside.write_bytes(data)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                beside.write_bytes(data)
            beside.replace(path)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def open_cache(folder: Path, kind: str, configuration: str) -> Cache:
    """The entries of a kind that were made under a configuration; the folder is made if it is not there.

    Raises:
        OSError: it cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in ((_TAG_NAME, _TAG), (".gitignore", b"*\n")):
        if not (folder / name).exists():
            write_atomically(folder / name, data)
    return Cache(folder / kind / hashlib.sha256(configuration.encode()).hexdigest()[:16])


def clear_out(folder: Path) -> None:
    """Remove what nobody has asked for in a month, by the clock of the file system."""
    with suppress(OSError):
        (folder / _TAG_NAME).touch()
        now = (folder / _TAG_NAME).stat().st_mtime
        for path in folder.glob("*/*/*/*"):
            with suppress(OSError):
                if path.stat().st_mtime < now - _MONTH:
                    path.unlink()


@cache
def edition() -> str:
    """A name for this very state of our own code and of the libraries that it writes with: what entries depend on."""
    found = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for name, data in sorted(_sources(resources("inforce"))):
        found.update(f"{name}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def _sources(folder: Traversable, place: str = "") -> list[tuple[str, bytes]]:
    found = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _sources(one, f"{place}{one.name}/")
        elif one.name.endswith((".py", ".html", ".yml", ".css")):
            found.append((f"{place}{one.name}", one.read_bytes()))
    return found


def _check(kept: bytes, name: str) -> bytes:
    key = hashlib.sha256(name.encode()).digest()
    return hashlib.blake2b(kept, digest_size=_CHECK // 2, key=key).hexdigest().encode() + b"\n"
