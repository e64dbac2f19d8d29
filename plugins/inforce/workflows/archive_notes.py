"""What a run has found out about an archive, noted for the next one: digests of files, who signed the manifest, and how
many files it had.

A file that the store still describes as it did has the bytes that it had, as git takes it with its index
(`adapters/written_files.py`). A manifest that was found well signed is not checked again. The notes lie in the cache:
without them everything is read and checked once more, and nobody knows that an archive is gone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from inforce.adapters.archive_store import Stamp, Store
from inforce.adapters.cache import Cache, open_cache
from inforce.workflows.settings import Settings

_KIND, _FORMAT = "archive", "1"


@dataclass
class ArchiveNotes:
    """The notes on one archive. Made by `archive_notes`.

    `signer` is the fingerprint of whoever signed the manifest that was found good last; `signed` the digest of that
    manifest with its signature; `entries` the number of files that it had.
    """

    signer: str = ""
    signed: str = ""
    entries: int = 0
    _files: dict[str, list[Any]] = field(default_factory=dict)
    _cache: Cache | None = None
    _name: str = ""
    _kept: bytes = b""

    def digest(self, store: Store, place: str, stamp: Stamp) -> str:
        """The digest of a file, read only if it is not known."""
        known = self._files.get(place)
        if known is not None and stamp and known[1:] == stamp:
            return str(known[0])
        found = sha256(store.read(place)).hexdigest()
        self._files[place] = [found, *stamp]
        return found

    def is_well_signed(self, manifest: bytes, signature: bytes) -> bool:
        """Whether just this manifest was found well signed before."""
        return self.signed == _both(manifest, signature)

    def note_signed(self, manifest: bytes, signature: bytes, signer: str) -> None:
        """It was found well signed now."""
        self.signed, self.signer = _both(manifest, signature), signer

    def keep(self, stamps: Mapping[str, Stamp], written: Mapping[str, str]) -> None:
        """Leave the notes for the next run.

        Args:
            stamps: of everything that is there at the end.
            written: the digests of files that this run wrote, by place.
        """
        known = {place: one for place, one in self._files.items() if place in stamps and one[1:]}
        known |= {place: [digest, *stamps[place]] for place, digest in written.items() if stamps.get(place)}
        notes = {"entries": self.entries, "files": known, "signed": self.signed, "signer": self.signer}
        kept = json.dumps(notes, sort_keys=True).encode()
        if self._cache is not None and kept != self._kept:
            self._cache.put(self._name, kept)


def archive_notes(settings: Settings, store: Store) -> ArchiveNotes:
    """The notes on that archive, empty where there are none."""
    name = sha256(f"{settings.folder}\n{store.address}".encode()).hexdigest()
    cache = None
    if settings.cache is not None:
        with suppress(OSError):
            cache = open_cache(settings.cache, _KIND, _FORMAT)
    kept = (cache.get(name) if cache else None) or b""
    try:
        read = json.loads(kept or b"{}")
    except ValueError:
        read = {}
    signer, signed, entries = read.get("signer", ""), read.get("signed", ""), read.get("entries", 0)
    return ArchiveNotes(signer, signed, entries, read.get("files", {}), cache, name, kept)


def _both(manifest: bytes, signature: bytes) -> str:
    return sha256(sha256(manifest).digest() + signature).hexdigest()
