"""Check copies of revisions: files, folders and zips, held against themselves, a manifest, a record, and trust.

One copy is read at a time, and only what was said of it is kept. What a copy is held against is gathered first: the
certificates that the reader trusts, the manifest that a site publishes, the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from inforce.adapters.checking.copies import Copies, UnreadableCopyError, open_copies
from inforce.adapters.checking.process import Checker, checking
from inforce.adapters.checking.published_manifest import read_published
from inforce.adapters.clock import Door
from inforce.core.address import ARCHIVE, presentation_address
from inforce.core.archive import (
    CERTIFICATES,
    MANIFEST,
    MANIFEST_SIGNATURE,
    OWN_FILES,
    SUMS,
    Archived,
    KeptPresentation,
    Key,
    Manifest,
    PresentationKey,
)
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError
from inforce.core.presentation_verdict import PresentationEvidence, judge_presentation
from inforce.core.record import FOLDER, Record
from inforce.core.verdict import (
    Asked,
    Beside,
    Checked,
    Evidence,
    Manifested,
    Recorded,
    Sums,
    judge,
    judge_empty,
    judge_gone,
    judge_manifest,
    judge_missing,
)
from inforce.formats.acceptance.presentation import presentation_in
from inforce.formats.manifest_json import parse_manifest
from inforce.formats.sha256sums import parse_sums
from inforce.workflows.progress import Progress, silent
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

_MOST_TRUST = 1 << 20
_MOST_MANIFEST = 32 << 20
_MOST_SIGNATURE = 1 << 20
_MOST_ERRORS = 3
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be checked, and against what.

    `trust` names a file of certificates, or is the fingerprint of the signer's: SHA-256 in hexadecimal. `site` is the
    address of a site or the folder of one, `archive` the folder of the archive of the project in which this is asked;
    either says whose signature it is, where `trust` is not given.
    `record` is the folder that holds `policy_versions`, in a repository whose published branch is `branch`.
    """

    places: tuple[Path, ...]
    on: datetime
    trust: str = ""
    site: str = ""
    archive: Path | None = None
    record: Path | None = None
    branch: str = "main"


def verify_copies(request: Request, door: Door, progress: Progress | None = None) -> Iterator[tuple[str, Checked]]:
    """Check everything; each copy, and each manifest that comes with copies, by its place.

    Raises:
        ConfigurationError: the certificates are none, or what is asked is nowhere.
        RecordError: a place has nothing that could be checked, or the site no manifest.
    """
    progress = progress or silent()
    trust = _trust(request.trust)
    _require_record(request.record)
    collections = [(place, open_copies(place)) for place in request.places]
    published = _published(request)
    record = _record(request, door) if request.record is not None else None
    with ExitStack() as stack:
        checker = stack.enter_context(checking(trust, request.on))
        against = _Against(request.on, checker, published, record, str(request.record))
        for place, copies in collections:
            for name, checked in _checked(copies, _without_itself(place, request, against)):
                yield _told(place, copies, name), checked
                progress.step("copies checked")


@dataclass(frozen=True)
class _Against:
    """What copies are held against, and who reads them."""

    on: datetime
    checker: Checker
    published: tuple[Manifested, Manifest] | None
    record: Record | InforceError | None
    record_place: str
    is_own: bool = False


@dataclass
class _Beside:
    """The manifest that lies beside copies, and what the copies have shown of it.

    `base` is where it lies. `sums` are the digests in `SHA256SUMS`, by name; `sums_fault` says why they cannot be read.
    """

    base: str = ""
    manifest: Manifest | None = None
    evidence: Evidence | None = None
    fault: str = ""
    sums: dict[str, str] | None = None
    sums_fault: str = ""
    seen: set[Key] = field(default_factory=set)
    presented: set[PresentationKey] = field(default_factory=set)

    @property
    def is_broken(self) -> bool:
        """Whether it is signed, and not what was signed."""
        return self.evidence is not None and bool(self.evidence.alterations or self.evidence.unreadable)


def _told(place: Path, copies: Copies, name: str) -> str:
    return str(place) if copies.is_single or not name else f"{place}/{copies.top}{name}"


def _without_itself(place: Path, request: Request, against: _Against) -> _Against:
    """Against what the copies at a place are held: an archive that is asked about is not asked about itself."""
    if request.site or request.archive is None:
        return against
    archive, here = request.archive.resolve(), place.resolve()
    is_own = here.is_relative_to(archive) or archive.is_relative_to(here)
    return replace(against, published=None, is_own=True) if is_own else against


def _checked(copies: Copies, against: _Against) -> Iterator[tuple[str, Checked]]:
    """Everything at a place; by its path there, which is empty for the place itself."""
    beside = _manifest_beside(copies, against)
    has_any = False
    for name in copies.pdfs():
        has_any = True
        yield name, _copy(copies, name, against, beside)
    for name in _presentations(copies, beside):
        has_any = True
        yield name, _presentation(copies, name, against, beside)
    if copies.is_single:
        return
    if not has_any:
        yield "", judge_empty()
    missing, elsewhere = _missing(copies, beside)
    for name, names, key in missing:
        yield name, judge_missing(names, key)
    place = beside.base + MANIFEST
    if beside.manifest is not None or beside.fault:
        yield place, _manifest(copies, beside, against, elsewhere)
    elif companion := next((one for one in OWN_FILES if copies.has(beside.base + one)), ""):
        yield place, judge_gone(companion)


def _missing(copies: Copies, beside: _Beside) -> tuple[list[tuple[str, str, Key | None]], int]:
    """The files that are named and not there: place, who names it, and of what; and how many are not looked for.

    Where the copies are of one policy alone, the manifest still tells of all. Then the others' files are not looked
    for, unless `SHA256SUMS` has them, which tells what lies beside it.
    """
    manifest = Manifest() if beside.manifest is None else beside.manifest
    unseen = {manifest.place(one): one.key for one in manifest if one.key not in beside.seen}
    unseen |= {one.place: one.key[:2] for one in manifest.kept if not copies.has(_place(one, beside))}
    sums, named = beside.sums or {}, manifest.digests
    seen = {policy for policy, *_ in (*beside.seen, *beside.presented)}
    found: dict[str, tuple[str, Key | None]] = {}
    elsewhere = 0
    for place, key in unseen.items():
        if len(seen) == 1 and key[0] not in seen and place not in sums:
            elsewhere += 1
        else:
            found[place] = "the manifest beside it", key
    for name in sums:
        if name not in named and name not in (MANIFEST, MANIFEST_SIGNATURE) and not copies.has(beside.base + name):
            found[name] = SUMS, None
    base = beside.base if beside.sums is not None else ""  # a site has its PDFs elsewhere, and no sums
    return [(base + name, *found[name]) for name in sorted(found)], elsewhere


def _copy(copies: Copies, name: str, against: _Against, beside: _Beside) -> Checked:
    """One PDF."""
    own = name.rpartition("/")[2]
    try:
        data = copies.read(name)
        evidence = against.checker.evidence(data) if data is not None else Evidence("", 0, "it is gone")
    except UnreadableCopyError as wrong:
        evidence = Evidence("", 0, str(wrong))
    manifests = []
    if beside.manifest is not None:
        entry = _entry(beside.manifest, evidence, name)
        is_vouched_for = beside.evidence is not None and beside.evidence.is_trusted
        manifests.append(Manifested("the manifest beside it", entry, is_vouched_for, is_broken=beside.is_broken))
        if entry is not None:
            beside.seen.add(entry.key)
    if against.published is not None:
        said, manifest = against.published
        manifests.append(replace(said, entry=_entry(manifest, evidence, name)))
    facts = evidence.facts
    key = (facts.policy, facts.revision) if facts is not None else None
    recorded = _recorded(against, key) if against.record is not None else None
    return judge(evidence, Asked(own, against.on, tuple(manifests), recorded, against.is_own))


def _entry(manifest: Manifest, evidence: Evidence, name: str) -> Archived | None:
    """What a manifest has of a copy: by what the copy says that it is, or else by its name."""
    facts = evidence.facts
    if facts is not None:
        return manifest.files.get((facts.policy, facts.revision))
    names = {manifest.place(one).rpartition("/")[2]: one for one in manifest}
    return names.get(name.rpartition("/")[2])


# Presentations --------------------------------------------------------------------------------------------------------


def _presentations(copies: Copies, beside: _Beside) -> Iterator[str]:
    """Where there is one: as an archive has them; or as a site does, those of them that its manifest has."""
    yield from copies.presentations()
    if beside.base and beside.manifest is not None and not copies.is_single:
        yield from filter(copies.has, (_place(one, beside) for one in beside.manifest.kept))


def _place(kept: KeptPresentation, beside: _Beside) -> str:
    """Where a presentation lies among copies: as in an archive, or as on a site."""
    return presentation_address(*kept.key) if beside.base else kept.place


def _presentation(copies: Copies, name: str, against: _Against, beside: _Beside) -> Checked:
    """One presentation."""
    try:
        data = copies.read(name)
        evidence = _shown(data) if data is not None else PresentationEvidence("", unreadable="it is gone")
    except UnreadableCopyError as wrong:
        evidence = PresentationEvidence("", unreadable=str(wrong))
    said = []
    if beside.manifest is not None:
        kept = _kept(beside.manifest, evidence, name)
        is_vouched_for = beside.evidence is not None and beside.evidence.is_trusted
        manifested = Manifested("the manifest beside it", None, is_vouched_for, is_broken=beside.is_broken)
        said.append((manifested, kept))
        if kept is not None:
            beside.presented.add(kept.key)
    if against.published is not None:
        published, manifest = against.published
        said.append((published, _kept(manifest, evidence, name)))
    recorded = _recorded(against, evidence.key[:2] if evidence.key else None) if against.record is not None else None
    return judge_presentation(evidence, name.rpartition("/")[2], said, recorded)


def _shown(data: bytes) -> PresentationEvidence:
    digest = sha256(data).hexdigest()
    try:
        found = presentation_in(data)
    except ValueError as wrong:
        return PresentationEvidence(digest, unreadable=str(wrong))
    return PresentationEvidence(digest, (found.policy, found.revision, found.audience), found.source)


def _kept(manifest: Manifest, evidence: PresentationEvidence, name: str) -> KeptPresentation | None:
    """What a manifest has of a presentation: by what it says that it is, or else by where it lies."""
    if evidence.key is not None and evidence.key in manifest.presentations:
        return manifest.presentations[evidence.key]
    places = {place: one for one in manifest.kept for place in (one.place, presentation_address(*one.key))}
    return places.get(name)


# The manifest beside --------------------------------------------------------------------------------------------------


def _manifest_beside(copies: Copies, against: _Against) -> _Beside:
    """The manifest at the top of the copies; or where sites have it."""
    is_on_site = not any(map(copies.has, OWN_FILES)) and any(copies.has(ARCHIVE + one) for one in OWN_FILES)
    beside = _Beside(ARCHIVE if is_on_site else "")
    _read_sums(copies, beside)
    try:
        data = copies.read(beside.base + MANIFEST, _MOST_MANIFEST)
        signature = copies.read(beside.base + MANIFEST_SIGNATURE, _MOST_SIGNATURE)
        if data is None:
            return beside
        manifest = parse_manifest(data)
    except UnreadableCopyError as wrong:
        beside.fault = str(wrong)
        return beside
    except ValueError as wrong:
        beside.fault = f"it is not what Inforce writes: {wrong}"
        return beside
    beside.manifest = manifest
    if signature is None:
        beside.evidence = Evidence(sha256(data).hexdigest(), len(data))
    else:
        beside.evidence = against.checker.evidence(data, signature)
    return beside


def _read_sums(copies: Copies, beside: _Beside) -> None:
    try:
        data = copies.read(beside.base + SUMS, _MOST_MANIFEST)
        beside.sums = None if data is None else parse_sums(data)
    except (UnreadableCopyError, ValueError) as wrong:
        beside.sums_fault = str(wrong)


def _manifest(copies: Copies, beside: _Beside, against: _Against, elsewhere: int) -> Checked:
    """The manifest itself, once the copies beside it are known."""
    if beside.manifest is None or beside.evidence is None:
        return judge_manifest(Evidence("", 0, beside.fault, is_signed=True), Manifest(), Beside(Sums(is_there=False)))
    published = against.published[0] if against.published else None
    held = Beside(_sums(copies, beside, beside.manifest), elsewhere, published, against.is_own)
    return judge_manifest(beside.evidence, beside.manifest, held)


def _sums(copies: Copies, beside: _Beside, manifest: Manifest) -> Sums:
    """Whether `SHA256SUMS` agrees with the manifest, and with the files that have no place in that."""
    said, names = beside.sums, (MANIFEST, MANIFEST_SIGNATURE, CERTIFICATES)
    if beside.sums_fault:
        return Sums(fault=beside.sums_fault)
    if said is None:
        return Sums(is_there=False)
    try:
        others = {name: copies.read(beside.base + name, _MOST_MANIFEST) for name in names}
    except UnreadableCopyError as wrong:
        return Sums(fault=str(wrong))
    digests = manifest.digests
    digests |= {name: sha256(one).hexdigest() for name, one in others.items() if one is not None}
    wrong_ones = sorted(name for name, digest in said.items() if digests.get(name, digest) != digest)
    return Sums(differing=tuple(wrong_ones))


# Trust ----------------------------------------------------------------------------------------------------------------


def _trust(named: str) -> bytes | str | None:
    """The file of certificates, once it is seen that it is one; or a fingerprint, in small letters without colons."""
    from inforce.adapters.checking.certificates import read_trust  # noqa: PLC0415 - takes its time

    if not named:
        return None
    fingerprint = named.replace(":", "").lower()
    if _FINGERPRINT.fullmatch(fingerprint):
        return fingerprint
    path = Path(named)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_TRUST)
        read_trust(data)
    except OSError as wrong:
        todo = "name a file with a certificate, or give the certificate's SHA-256: 64 hexadecimal digits"
        problem = Problem(str(path), f"cannot be read: {wrong.strerror}", todo)
        raise ConfigurationError([problem]) from None
    except (ValueError, TypeError, KeyError):
        todo = "name a file that has the publisher's certificate, or its root's, in PEM or DER"
        raise ConfigurationError([Problem(str(path), "there is no certificate in it", todo)]) from None
    return data


def _published(request: Request) -> tuple[Manifested, Manifest] | None:
    """The manifest that the reader holds for the publisher's own: of the site, or of the project."""
    if request.site:
        data, where = read_published(request.site), request.site
    elif request.archive is not None and not request.trust:
        data, where = read_published(str(request.archive)), "this project's archive"
    else:
        return None
    try:
        manifest = parse_manifest(data)
    except ValueError as wrong:
        todo = "ask its publisher; or say whom to trust with --trust"
        raise RecordError([Problem(where, f"the manifest there is none: {wrong}", todo)]) from None
    certificates = frozenset(one.certificate for one in manifest)
    return Manifested(where, None, is_vouched_for=True, published=certificates), manifest


# The record -----------------------------------------------------------------------------------------------------------


def _record(request: Request, door: Door) -> Record | InforceError:
    folder = request.record or Path()
    try:
        with opened(Settings(_holder(folder), request.branch), door) as record:
            return record.record
    except InforceError as wrong:
        return wrong


def _require_record(folder: Path | None) -> None:
    """See that what is named as the repository is there, and is not the folder within it.

    Raises:
        ConfigurationError: it is not so.
    """
    if folder is None:
        return
    if not folder.is_dir():
        what, todo = "is not there, or is no folder", f"name the folder that holds {FOLDER}"
    elif folder.resolve().name == FOLDER and not (folder / FOLDER).is_dir():
        what, todo = "is the folder with the policies", f"name the one that holds it: {folder.resolve().parent}"
    else:
        return
    raise ConfigurationError([Problem(str(folder), what, todo)])


def _holder(folder: Path) -> Path:
    """The folder that holds the record: the one that is named, or the only one in it that does."""
    if (folder / FOLDER).is_dir() or not folder.is_dir():
        return folder
    inside = [one.parent for one in sorted(folder.glob(f"*/{FOLDER}"))]
    return inside[0] if len(inside) == 1 else folder


def _recorded(against: _Against, key: Key | None) -> Recorded:
    """What the record says of the revision that a copy says it is of."""
    where = f"the record in {against.record_place}"
    if not isinstance(against.record, Record):
        problems = against.record.problems if against.record is not None else ()
        return Recorded(where, None, _errors(problems))
    errors = _errors(against.record.errors)
    policy = against.record.policy(key[0]) if key is not None else None
    found = next((one for one in policy.revisions if key and one.name == key[1]), None) if policy else None
    return Recorded(where, found, errors)


def _errors(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    told = [f"{one.path}: {one.what}" for one in problems[:_MOST_ERRORS]]
    more = len(problems) - len(told)
    return (*told, f"and {more} more problems") if more > 0 else tuple(told)
