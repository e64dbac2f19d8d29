"""What a site offers of the archive: the signed PDFs, and what people are asked to accept, as it was kept.

Where there is no archive, it offers the PDFs that a throw-away key signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inforce.adapters.archive_store import open_store
from inforce.core.archive import MANIFEST, MANIFEST_SIGNATURE, SUMS, Archived, KeptPresentation
from inforce.core.archive_plan import plan, recovered, unpresented
from inforce.core.effect import Audience
from inforce.core.errors import Problem, RecordError, Severity
from inforce.core.policy import Revision
from inforce.core.record import FOLDER, PolicyRecord, Record
from inforce.workflows.archive_notes import archive_notes
from inforce.workflows.read_archive import ReadArchive, manifest_signer, read_archive, surveyed
from inforce.workflows.settings import TEST_ARCHIVE, Settings

_TOLD = 5
"""How many revisions a warning names."""


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A revision's signed PDF; one that `is_test` proves nothing (rule 13)."""

    archived: Archived
    is_test: bool


@dataclass(frozen=True, slots=True)
class SiteArchive:
    """What a site offers of signed PDFs; `is_wanted` says whether it should have any."""

    is_wanted: bool = False
    archive: ReadArchive | None = None
    tests: ReadArchive | None = None

    def pdf(self, revision: Revision) -> SignedPdf | None:
        """A revision's signed PDF, of just this text."""
        for read, is_test in ((self.archive, False), (self.tests, True)):
            archived = read.manifest.files.get((revision.policy, revision.name)) if read else None
            if archived is not None and archived.source == revision.digest:
                return SignedPdf(archived, is_test)
        return None

    def is_signed(self, revision: Revision) -> bool:
        """Whether there is a PDF of a revision that a key of the publisher's has signed."""
        pdf = self.pdf(revision)
        return pdf is not None and not pdf.is_test

    def pdfs(self, policy: PolicyRecord) -> Iterator[tuple[Revision, SignedPdf]]:
        """The revisions of a policy that have a signed PDF, in order of posting."""
        for revision in policy.revisions:
            if (pdf := self.pdf(revision)) is not None:
                yield revision, pdf

    def has(self, policy: PolicyRecord) -> bool:
        """Whether the archive has any PDF of a policy."""
        return any(not pdf.is_test for _, pdf in self.pdfs(policy))

    def presentations(self, revision: Revision) -> Iterator[KeptPresentation]:
        """What the archive has of what people are asked of a revision."""
        kept = self.archive.manifest.presentations if self.archive is not None else {}
        for audience in Audience:
            if (one := kept.get((revision.policy, revision.name, audience))) is not None:
                yield one

    def presentation(self, revision: Revision, audience: Audience) -> bytes | None:
        """What that audience is asked of a revision: the document, as it was kept; None where none was.

        Raises:
            RecordError: it is gone, or is not what the manifest tells of.
        """
        for one in self.presentations(revision):
            if one.audience is audience and self.archive is not None:
                return self.archive.presentation(one)
        return None

    def path(self, pdf: SignedPdf) -> Path | None:
        """Where a PDF lies on this machine; None where it lies elsewhere."""
        return self._read(pdf).path(pdf.archived)

    def data(self, pdf: SignedPdf) -> bytes:
        """A PDF's bytes.

        Raises:
            RecordError: they are gone, or are not those that the manifest tells of.
        """
        return self._read(pdf).data(pdf.archived)

    @property
    def fingerprints(self) -> Sequence[str]:
        """The SHA-256 of each certificate with which the archive's PDFs were signed."""
        return sorted({one.certificate for one in self.archive.manifest}) if self.archive else []

    def companions(self) -> Sequence[tuple[str, bytes]]:
        """The manifest and what it is checked with, by their names in the archive.

        Not `SHA256SUMS`: the site has the PDFs in other places.
        """
        own = self.archive.own.items() if self.archive is not None else ()
        return sorted((name, data) for name, data in own if name != SUMS)

    def _read(self, pdf: SignedPdf) -> ReadArchive:
        read = self.tests if pdf.is_test else self.archive
        assert read is not None  # noqa: S101 - the PDF came from there
        return read


def site_archive(settings: Settings, record: Record, asked: datetime) -> SiteArchive:
    """The archive as the site of a record offers it; what a throw-away key signed only where there is nothing else.

    Args:
        settings: where it lies.
        record: everything that is posted.
        asked: the instant of the build.

    Raises:
        RecordError: the archive is not as it was written, or has another text than the record: everything, together.
    """
    if not settings.archive:
        return SiteArchive()
    store = open_store(settings.archive, settings.folder, settings.file)
    notes = archive_notes(settings, store)
    survey = surveyed(store, notes, is_test=False)
    problems = survey.problems
    if survey.is_readable:
        problems += plan(record, asked, recovered(survey.contents).contents, store.address)[1]
    if problems:
        raise RecordError(problems)
    if MANIFEST in survey.own:
        if not notes.is_well_signed(survey.own[MANIFEST], survey.own[MANIFEST_SIGNATURE]):
            manifest_signer(survey.own, store.address)
        return SiteArchive(is_wanted=True, archive=ReadArchive(survey.contents.manifest, survey.own, store))
    return SiteArchive(is_wanted=True, tests=read_archive(TEST_ARCHIVE, settings) if settings.signing is None else None)


def missing_pdfs(archive: SiteArchive, record: Record) -> Iterator[Problem]:
    """A warning for each policy of which revisions have no signed PDF."""
    for policy in record.policies if archive.is_wanted else ():
        missing = [revision.name for revision in policy.revisions if archive.pdf(revision) is None]
        if missing:
            yield Problem(
                f"{FOLDER}/{policy.slug}",
                f"not yet in the archive, so that their pages offer no signed PDF: {_some(missing)}",
                'run `inforce export-pdfs`; for a site without PDFs, give the plugin the option `archive: ""`',
                severity=Severity.WARNING,
            )


def missing_presentations(archive: SiteArchive, record: Record, asked: datetime) -> Iterator[Problem]:
    """A warning for each policy of which people are asked something that is not kept.

    Args:
        archive: without PDFs of the publisher's own nothing is missing.
        record: everything that is posted.
        asked: the instant of the build.
    """
    missing: dict[str, list[str]] = {}
    for one in unpresented(record, asked, archive.archive.manifest) if archive.archive is not None else ():
        missing.setdefault(one.revision.policy, []).append(one.revision.name)
    for policy, names in missing.items():
        yield Problem(
            f"{FOLDER}/{policy}",
            f"not yet in the archive, so that its words could still change: what people are asked of {_some(names)}",
            "run `inforce export-pdfs`",
            severity=Severity.WARNING,
        )


def _some(names: Sequence[str]) -> str:
    """The names, each once; of many, some."""
    each = list(dict.fromkeys(names))
    return ", ".join(each[:_TOLD]) + (f" and {len(each) - _TOLD} more" if len(each) > _TOLD else "")
