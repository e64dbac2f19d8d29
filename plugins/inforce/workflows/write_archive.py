"""Write to an archive, step by step as `core/archive_plan.py` tells it, so that it can end at any instant."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from inforce.adapters.archive_store import AlreadyThereError, Store
from inforce.adapters.signing.pyhanko_signing import Signer
from inforce.core.archive import (
    CERTIFICATES,
    MANIFEST,
    MANIFEST_SIGNATURE,
    OWN_FILES,
    PENDING,
    SUMS,
    Archived,
    KeptPresentation,
    digest_of,
    facts_place,
)
from inforce.core.archive_plan import Recovery
from inforce.core.errors import Problem, RecordError
from inforce.formats.certificates_pem import certificates_pem
from inforce.formats.manifest_json import entry_json, manifest_json
from inforce.workflows.archive_notes import ArchiveNotes
from inforce.workflows.read_archive import Survey, sums_of

_FILES, _SECONDS = 100, 60.0
"""After how many files, and after how long, a new manifest is written."""


class ArchiveWriter:
    """An archive that is locked, and is being written to."""

    def __init__(self, store: Store, survey: Survey, recovery: Recovery, notes: ArchiveNotes) -> None:
        """Begin with what lies there.

        Args:
            store: where the archive lies.
            survey: what lies there, without a problem.
            recovery: what becomes of what an interrupted run left.
            notes: told of each manifest that is written.
        """
        self._store, self._survey, self._recovery, self._notes = store, survey, recovery, notes
        self.manifest = survey.contents.manifest
        self.certificates = survey.certificates
        self.written: dict[str, str] = {}
        self._new: list[Archived] = []
        self._presented: list[KeptPresentation] = []
        self._since = time.monotonic()

    def recover(self) -> None:
        """Finish what an interrupted run began, as far as it can be, and clear away the rest."""
        store, left = self._store, self._survey.left
        if self._survey.is_committed:
            self._place([one for one in self.manifest.kept if f"{PENDING}{one.place}" in left])
        for name in _IN_ORDER:
            if f"{PENDING}{name}" in left:
                if self._survey.is_committed:
                    store.move(f"{PENDING}{name}", name)
                else:
                    store.remove(f"{PENDING}{name}")
        for entry in self._recovery.moved:
            self._settle(entry)
        self._new += self._recovery.adopted
        kept = {facts_place(*entry.key) for entry in self._new}
        kept |= {f"{PENDING}{self.manifest.place(entry)}" for entry in self._new}
        for place in left:
            if place not in kept and place.removeprefix(PENDING) not in OWN_FILES:
                store.remove(place)

    def add(self, entry: Archived, data: bytes) -> None:
        """Put a new file into its place; `data` is what its facts, the entry, say.

        Raises:
            RecordError: something lies there.
        """
        self._keep_facts(entry)
        place = self.manifest.place(entry)
        try:
            self._store.put_new(place, data)
        except AlreadyThereError:
            raise RecordError([_there_already(f"{self._store.address}/{place}")]) from None
        self._note(entry)

    def replace(self, entry: Archived, data: bytes) -> None:
        """Put a file into the place of the one with whose bytes it begins."""
        self._keep_facts(entry)
        self._store.put_over(self.manifest.place(entry), data)
        self._note(entry)

    def present(self, kept: KeptPresentation, data: bytes) -> None:
        """Have a presentation kept; `data` is what its entry says. It comes into its place with the next manifest."""
        self._store.stage(kept.place, data)
        self._presented.append(kept)
        self.written[kept.place] = kept.digest

    def is_due(self) -> bool:
        """Whether there is enough for another manifest."""
        is_much = len(self._new) + len(self._presented) >= _FILES
        return is_much or time.monotonic() - self._since >= _SECONDS

    @property
    def is_behind(self) -> bool:
        """Whether the manifest lacks something."""
        return bool(self._new or self._presented) or (MANIFEST in self._survey.own and SUMS not in self._survey.own)

    def commit(self, signer: Signer, at: datetime) -> None:
        """Write a new manifest, with all files that there are now."""
        store = self._store
        store.secure(map(self.manifest.place, self._new))
        self.manifest = self.manifest.with_files(self._new).with_presentations(self._presented)
        self.certificates = tuple(dict.fromkeys((*self.certificates, *signer.chain)))
        manifest = manifest_json(self.manifest)
        own = {
            CERTIFICATES: certificates_pem(self.certificates),
            MANIFEST_SIGNATURE: signer.sign_detached(manifest, at),
            MANIFEST: manifest,
        }
        own[SUMS] = sums_of(self.manifest, own)
        for name in _IN_ORDER:
            store.write(f"{PENDING}{name}", own[name])
        self._place(self._presented)
        for name in _IN_ORDER:
            store.move(f"{PENDING}{name}", name)
        for entry in self._new:
            store.remove(facts_place(*entry.key))
            if (staged := f"{PENDING}{self.manifest.place(entry)}") in self._survey.left:
                store.remove(staged)
        self._notes.note_signed(manifest, own[MANIFEST_SIGNATURE], signer.fingerprint)
        self._notes.entries = self.manifest.count
        self._new, self._presented, self._since = [], [], time.monotonic()

    def _place(self, presentations: Sequence[KeptPresentation]) -> None:
        """Put presentations that the manifest has by now into their places."""
        for kept in presentations:
            try:
                self._store.settle(kept.place, is_new=True)
            except AlreadyThereError:
                if digest_of(self._store.read(kept.place)) != kept.digest:
                    raise RecordError([_there_already(f"{self._store.address}/{kept.place}")]) from None
        self._store.secure(kept.place for kept in presentations)

    def _settle(self, entry: Archived) -> None:
        place = self.manifest.place(entry)
        is_new = entry.key not in self.manifest.files
        try:
            self._store.settle(place, is_new=is_new)
        except AlreadyThereError:
            raise RecordError([_there_already(f"{self._store.address}/{place}")]) from None

    def _keep_facts(self, entry: Archived) -> None:
        self._store.note(facts_place(*entry.key), entry_json(entry, is_test=self.manifest.is_test))

    def _note(self, entry: Archived) -> None:
        self._new.append(entry)
        self.written[self.manifest.place(entry)] = entry.present.digest


_IN_ORDER = (CERTIFICATES, SUMS, MANIFEST_SIGNATURE, MANIFEST)
"""The manifest last: where it is in `PENDING`, the others are, or have been."""


def _there_already(place: str) -> Problem:
    what = "something else was put here while this run was at work"
    return Problem(place, what, "move it away, and see who else writes here")
