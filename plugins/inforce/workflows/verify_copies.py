"""Check copies of revisions: files, folders and zips, held against themselves, a manifest, a record, and trust.

One copy is read at a time, and only what was said of it is kept. What a copy is held against is gathered first: the
certificates that the reader trusts, the manifest that a site publishes, the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from inforce.adapters.checking_process import Checker, checking
from inforce.adapters.clock import Door
from inforce.adapters.copies import Copies, UnreadableCopyError, open_copies
from inforce.adapters.published_manifest import read_published
from inforce.core.archive import CERTIFICATES, MANIFEST, MANIFEST_SIGNATURE, SUMS, Archived, Key, Manifest
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError
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
    judge_manifest,
)
from inforce.formats.manifest_json import parse_manifest
from inforce.formats.sha256sums import parse_sums
from inforce.workflows.progress import Progress, silent
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

_MOST_TRUST = 1 << 20
_MOST_MANIFEST = 32 << 20
_MOST_SIGNATURE = 1 << 20
_MOST_ERRORS = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be checked, and against what.

    `trust` is a file of certificates. `site` is the address of a site or the folder of one, `archive` the folder of the
    archive of the project in which this is asked; either says whose signature it is, where `trust` is not given.
    `record` is the folder that holds `policy_versions`, in a repository whose published branch is `branch`.
    """

    places: tuple[Path, ...]
    on: datetime
    trust: Path | None = None
    site: str = ""
    archive: Path | None = None
    record: Path | None = None
    branch: str = "main"


def verify_copies(request: Request, door: Door, progress: Progress | None = None) -> Iterator[tuple[str, Checked]]:
    """Check everything; each copy, and each manifest that comes with copies, by its place.

    Raises:
        ConfigurationError: the certificates are none.
        RecordError: a place has nothing that could be checked, or the site no manifest.
    """
    progress = progress or silent()
    trust = _trust(request.trust)
    collections = [(place, open_copies(place)) for place in request.places]
    published = _published(request)
    record = _record(request, door) if request.record is not None else None
    with ExitStack() as stack:
        checker = stack.enter_context(checking(trust, request.on))
        against = _Against(request.on, checker, published, record, str(request.record))
        for place, copies in collections:
            for name, checked in _checked(copies, against):
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


@dataclass
class _Beside:
    """The manifest that lies beside copies, and what the copies have shown of it."""

    manifest: Manifest | None = None
    evidence: Evidence | None = None
    fault: str = ""
    seen: set[Key] = field(default_factory=set)


def _told(place: Path, copies: Copies, name: str) -> str:
    return str(place) if copies.is_single else f"{place}/{copies.top}{name}"


def _checked(copies: Copies, against: _Against) -> Iterator[tuple[str, Checked]]:
    beside = _manifest_beside(copies, against)
    for name in copies.pdfs():
        yield name, _copy(copies, name, against, beside)
    if not copies.is_single and (beside.manifest is not None or beside.fault):
        yield MANIFEST, _manifest(copies, beside, against.published[0] if against.published else None)


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
        manifests.append(Manifested("the manifest beside it", entry, is_vouched_for))
        if entry is not None:
            beside.seen.add(entry.key)
    if against.published is not None:
        said, manifest = against.published
        manifests.append(replace(said, entry=_entry(manifest, evidence, name)))
    recorded = _recorded(against, evidence) if against.record is not None else None
    return judge(evidence, Asked(own, against.on, tuple(manifests), recorded))


def _entry(manifest: Manifest, evidence: Evidence, name: str) -> Archived | None:
    """What a manifest has of a copy: by what the copy says that it is, or else by its name."""
    facts = evidence.facts
    if facts is not None:
        return manifest.files.get((facts.policy, facts.revision))
    names = {manifest.place(one).rpartition("/")[2]: one for one in manifest}
    return names.get(name.rpartition("/")[2])


# The manifest beside --------------------------------------------------------------------------------------------------


def _manifest_beside(copies: Copies, against: _Against) -> _Beside:
    try:
        data = copies.read(MANIFEST, _MOST_MANIFEST)
        signature = copies.read(MANIFEST_SIGNATURE, _MOST_SIGNATURE)
        if data is None:
            return _Beside()
        manifest = parse_manifest(data)
    except UnreadableCopyError as wrong:
        return _Beside(fault=str(wrong))
    except ValueError as wrong:
        return _Beside(fault=f"it is not what Inforce writes: {wrong}")
    if signature is None:
        unsigned = Evidence(sha256(data).hexdigest(), len(data))
        return _Beside(manifest, unsigned)
    evidence = against.checker.evidence(data, signature)
    return _Beside(manifest, evidence)


def _manifest(copies: Copies, beside: _Beside, published: Manifested | None) -> Checked:
    """The manifest itself, once the copies beside it are known."""
    if beside.manifest is None or beside.evidence is None:
        return judge_manifest(Evidence("", 0, beside.fault, is_signed=True), Manifest(), Beside(Sums(is_there=False)))
    missing = tuple(beside.manifest.place(one) for one in beside.manifest if one.key not in beside.seen)
    held = Beside(_sums(copies, beside.manifest), missing, published)
    return judge_manifest(beside.evidence, beside.manifest, held)


def _sums(copies: Copies, manifest: Manifest) -> Sums:
    """Whether `SHA256SUMS` agrees with the manifest, and with the files that have no place in that."""
    try:
        data = copies.read(SUMS, _MOST_MANIFEST)
        if data is None:
            return Sums(is_there=False)
        said = parse_sums(data)
        others = {name: copies.read(name, _MOST_MANIFEST) for name in (MANIFEST, MANIFEST_SIGNATURE, CERTIFICATES)}
    except (UnreadableCopyError, ValueError) as wrong:
        return Sums(fault=str(wrong))
    digests = {manifest.place(one): one.present.digest for one in manifest}
    digests |= {name: sha256(one).hexdigest() for name, one in others.items() if one is not None}
    wrong_ones = sorted(name for name, digest in said.items() if digests.get(name, digest) != digest)
    return Sums(differing=tuple(wrong_ones))


# Trust ----------------------------------------------------------------------------------------------------------------


def _trust(path: Path | None) -> bytes | None:
    """The file of certificates, once it is seen that it is one."""
    from inforce.adapters.certificates import read_trust  # noqa: PLC0415 - takes its time

    if path is None:
        return None
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_TRUST)
        read_trust(data)
    except OSError as wrong:
        problem = Problem(str(path), f"cannot be read: {wrong.strerror}", "name a file with a certificate")
        raise ConfigurationError([problem]) from None
    except (ValueError, TypeError, KeyError):
        todo = "name a file that has the publisher's certificate, or its root's, in PEM or DER"
        raise ConfigurationError([Problem(str(path), "there is no certificate in it", todo)]) from None
    return data


def _published(request: Request) -> tuple[Manifested, Manifest] | None:
    """The manifest that the reader holds for the publisher's own: of the site, or of the project."""
    if request.site:
        data, where = read_published(request.site), request.site
    elif request.archive is not None and request.trust is None:
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


def _holder(folder: Path) -> Path:
    """The folder that holds the record: the one that is named, or the only one in it that does."""
    if (folder / FOLDER).is_dir() or not folder.is_dir():
        return folder
    inside = [one.parent for one in sorted(folder.glob(f"*/{FOLDER}"))]
    return inside[0] if len(inside) == 1 else folder


def _recorded(against: _Against, evidence: Evidence) -> Recorded:
    where = f"the record in {against.record_place}"
    if not isinstance(against.record, Record):
        problems = against.record.problems if against.record is not None else ()
        return Recorded(where, None, _errors(problems))
    errors = _errors(against.record.errors)
    facts = evidence.facts
    policy = against.record.policy(facts.policy) if facts is not None else None
    found = next((one for one in policy.revisions if facts and one.name == facts.revision), None) if policy else None
    return Recorded(where, found, errors)


def _errors(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    told = [f"{one.path}: {one.what}" for one in problems[:_MOST_ERRORS]]
    more = len(problems) - len(told)
    return (*told, f"and {more} more problems") if more > 0 else tuple(told)
