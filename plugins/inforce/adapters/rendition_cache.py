"""Renditions kept from one build to the next, in a folder: one file for each text and renderer configuration.

An entry is written whole or not at all, under a name that says everything that it depends on. So the folder can be
deleted at any time, read while another build writes into it, and copied from one machine to another. An entry that is
damaged is as good as none. What is not as it should be with the folder costs time, and nothing else.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from inforce.adapters.files import write_atomically
from inforce.formats.markdown import CONFIGURATION, Rendition
from inforce.formats.rendition_file import dump, load

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by inforce, which makes it anew when it is deleted.\n"
"""What tells backup programs that this is a cache: the Cache Directory Tagging Specification, https://bford.info/cachedir/."""


@dataclass(frozen=True, slots=True)
class RenditionCache:
    """The renditions in a folder. Made by `open_cache`; a value that another process can be given."""

    folder: Path

    def __contains__(self, digest: str) -> bool:
        """Whether there is an entry for the text of that digest; it may be damaged."""
        return self._path(digest).exists()

    def get(self, digest: str) -> Rendition | None:
        """The rendition of the text of that digest; None where there is none that is whole."""
        try:
            return load(self._path(digest).read_bytes(), digest)
        except OSError:
            return None

    def put(self, digest: str, rendition: Rendition) -> None:
        """Keep a rendition, if the folder can be written to."""
        with suppress(OSError):
            write_atomically(self._path(digest), dump(rendition, digest))

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


def open_cache(folder: Path) -> RenditionCache:
    """The cache for this configuration of the renderer, in a folder that is made if it is not there.

    Raises:
        OSError: it cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
        if not (folder / name).exists():
            write_atomically(folder / name, text.encode())
    configuration = hashlib.sha256(CONFIGURATION.encode()).hexdigest()[:16]
    return RenditionCache(folder / "html" / configuration)
