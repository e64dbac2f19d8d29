"""Read an archive: its manifest, its files, and what an interrupted run left in it.

Whoever only wants what was archived asks `read_archive`. Its files are as the manifest has them, even while a run
writes: a file to which an archive timestamp is being added begins with the bytes that it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from inforce.adapters.archive_store import Stamp, Store, StoreError, open_store
from inforce.core.archive import (
    CERTIFICATES,
    MANIFEST,
    MANIFEST_SIGNATURE,
    OWN_FILES,
    PENDING,
    PRESENTATION_ENDINGS,
    SUMS,
    Archived,
    KeptPresentation,
    Key,
    Manifest,
)
from inforce.core.archive_plan import Contents
from inforce.core.errors import Problem, RecordError
from inforce.formats.certificates_pem import parse_certificates
from inforce.formats.manifest_json import parse_entry, parse_manifest
from inforce.formats.sha256sums import sha256sums
from inforce.workflows.archive_notes import ArchiveNotes
from inforce.workflows.settings import Settings

_FROM_BACKUP = "bring back the one that a run wrote, from a backup"


@dataclass(frozen=True, slots=True)
class Survey:
    """An archive as it lies there, looked through.

    `own` has the manifest and what lies beside it, as far as it is there; `is_committed` says that a run was
    interrupted when these were all written, but not yet all in their places. `problems` are those that reading it
    shows; where not even the manifest `is_readable`, nothing more can be told.
    """

    stamps: Mapping[str, Stamp]
    own: Mapping[str, bytes]
    is_committed: bool
    contents: Contents
    certificates: tuple[bytes, ...]
    problems: tuple[Problem, ...]
    is_readable: bool

    @property
    def left(self) -> list[str]:
        """Whatever lies in `PENDING`."""
        return [place for place in self.stamps if place.startswith(PENDING)]


@dataclass(frozen=True, slots=True)
class ReadArchive:
    """What was archived, for whoever shows or checks it. `own` has the manifest and what lies beside it, by name."""

    manifest: Manifest
    own: Mapping[str, bytes]
    store: Store = field(repr=False)

    def data(self, archived: Archived) -> bytes:
        """The signed PDF of an entry.

        Raises:
            RecordError: it is not there, or not what the manifest says.
        """
        place = self.manifest.place(archived)
        data = self.store.read(place)[: archived.present.size]
        if sha256(data).hexdigest() != archived.present.digest:
            raise RecordError([self.changed(archived)])
        return data

    def presentation(self, kept: KeptPresentation) -> bytes:
        """The document that an entry is of.

        Raises:
            RecordError: it is not there, or not what the manifest says.
        """
        data = self._lying(kept.place)
        if sha256(data).hexdigest() != kept.digest:
            raise RecordError([_changed(f"{self.store.address}/{kept.place}")])
        return data

    def _lying(self, place: str) -> bytes:
        """What lies there; while a run puts it there, from where it comes."""
        for one in (place, f"{PENDING}{place}"):
            with suppress(StoreError):
                return self.store.read(one)
        return self.store.read(place)

    def changed(self, archived: Archived) -> Problem:
        """What to say of an entry whose file is not what the manifest says."""
        return _changed(f"{self.store.address}/{self.manifest.place(archived)}")

    def path(self, archived: Archived) -> Path | None:
        """The file itself where there is one on this machine; it must not be written to."""
        return self.store.local(self.manifest.place(archived))


def read_archive(address: str, settings: Settings) -> ReadArchive | None:
    """The archive at an address, the option's or that of what a throw-away key signed; None where there is none.

    Raises:
        InforceError: it cannot be read.
    """
    store = open_store(address, settings.folder, settings.file)
    own = _own_files(store, store.stamps())
    if MANIFEST not in own:
        return None
    try:
        return ReadArchive(parse_manifest(own[MANIFEST]), own, store)
    except ValueError as wrong:
        raise RecordError([_no_manifest(store.address, wrong)]) from None


def surveyed(store: Store, notes: ArchiveNotes, *, is_test: bool) -> Survey:
    """Look through an archive; who signed its manifest is not looked at.

    Raises:
        InforceError: it cannot be read.
    """
    stamps = store.stamps()
    own = _own_files(store, stamps)
    problems = []
    manifest, is_readable = Manifest(is_test=is_test), True
    certificates: tuple[bytes, ...] = ()
    try:
        if MANIFEST in own:
            is_known = notes.is_well_signed(own[MANIFEST], own.get(MANIFEST_SIGNATURE, b""))
            manifest = parse_manifest(own[MANIFEST], is_known=is_known)
    except ValueError as wrong:
        problems.append(_no_manifest(store.address, wrong))
        is_readable = False
    if manifest.is_test != is_test:
        what = "this is the manifest of PDFs that a throw-away key signed, and of no archive"
        problems.append(Problem(f"{store.address}/{MANIFEST}", what, "move that folder away"))
        is_readable = False
    try:
        certificates = parse_certificates(own.get(CERTIFICATES, b""))
    except ValueError as wrong:
        problems.append(Problem(f"{store.address}/{CERTIFICATES}", str(wrong), _FROM_BACKUP))
    if not problems:
        problems += _own_problems(own, manifest, certificates, store.address)
    files: dict[str, str] = {}
    staged: dict[str, str] = {}
    facts: dict[Key, Archived] = {}
    for place, stamp in sorted(stamps.items()):
        if place.lower().endswith((".pdf", *PRESENTATION_ENDINGS)):
            where = staged if place.startswith(PENDING) else files
            where[place.removeprefix(PENDING)] = notes.digest(store, place, stamp)
        elif place.startswith(PENDING) and place.count("/") > 1 and place.endswith(".json"):
            facts.update(_facts(store.read(place), is_test=is_test))
    is_committed = f"{PENDING}{MANIFEST}" in stamps
    coming = [one.place for one in manifest.kept if one.place in staged and one.place not in files]
    files |= {place: staged[place] for place in coming if is_committed}
    contents = Contents(manifest, files, facts, staged)
    return Survey(stamps, own, is_committed, contents, certificates, tuple(problems), is_readable)


def manifest_signer(own: Mapping[str, bytes], where: str) -> bytes:
    """The certificate (DER) of whoever signed the manifest, whoever that is.

    Raises:
        RecordError: it was changed after it was signed.
    """
    from inforce.adapters.checking.signature_reading import NotSignedError, detached_signer  # noqa: PLC0415 - a second to load

    try:
        return detached_signer(own[MANIFEST], own[MANIFEST_SIGNATURE])
    except NotSignedError as wrong:
        what = f"this was changed after it was signed; or {MANIFEST_SIGNATURE} was: {wrong}"
        todo = f"bring it and {MANIFEST_SIGNATURE} back as a run wrote them, from a backup"
        raise RecordError([Problem(f"{where}/{MANIFEST}", what, todo)]) from None


def sums_of(manifest: Manifest, own: Mapping[str, bytes]) -> bytes:
    """What `SHA256SUMS` has to say: of every PDF and presentation, and of the files beside the manifest but itself."""
    return sha256sums(manifest.digests | {name: sha256(data).hexdigest() for name, data in own.items() if name != SUMS})


def _own_files(store: Store, stamps: Mapping[str, Stamp]) -> dict[str, bytes]:
    """The manifest and what lies beside it; from `PENDING`, where a run has written them all there."""
    is_committed = f"{PENDING}{MANIFEST}" in stamps
    places = {}
    for name in OWN_FILES:
        if is_committed and f"{PENDING}{name}" in stamps:
            places[name] = f"{PENDING}{name}"
        elif name in stamps:
            places[name] = name
    return {name: store.read(place) for name, place in places.items()}


def _own_problems(
    own: Mapping[str, bytes], manifest: Manifest, certificates: tuple[bytes, ...], where: str
) -> list[Problem]:
    """What does not fit together among the manifest and the files beside it."""
    problems = []
    if own:
        needed = (MANIFEST, MANIFEST_SIGNATURE, CERTIFICATES)
        missing = [name for name in needed if name not in own]
        problems += [Problem(f"{where}/{name}", "this file is not there", _FROM_BACKUP) for name in missing]
    if not problems and SUMS in own and own[SUMS] != sums_of(manifest, own):
        what = "these are not the digests that the manifest has, or one of the files beside it is another"
        problems.append(Problem(f"{where}/{SUMS}", what, f"{_FROM_BACKUP}; or remove it, and it is written anew"))
    known = {sha256(one).hexdigest() for one in certificates}
    for fingerprint in sorted({one.certificate for one in manifest} - known) if CERTIFICATES in own else ():
        what = f"the certificate with the SHA-256 {fingerprint}, which the manifest names, is not in it"
        problems.append(Problem(f"{where}/{CERTIFICATES}", what, _FROM_BACKUP))
    return problems


def _changed(place: str) -> Problem:
    todo = "run `inforce export-pdfs`, which tells what is wrong with the archive"
    return Problem(place, "this is not what was archived", todo)


def _no_manifest(where: str, wrong: ValueError) -> Problem:
    return Problem(f"{where}/{MANIFEST}", f"this is not a manifest as a run writes it: {wrong}", _FROM_BACKUP)


def _facts(data: bytes, *, is_test: bool) -> dict[Key, Archived]:
    """The entry; nothing where it was cut short, and so never came to count."""
    try:
        entry = parse_entry(data, is_test=is_test)
    except ValueError:
        return {}
    return {entry.key: entry}
