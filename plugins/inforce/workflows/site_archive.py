"""The signed PDFs that a site offers: those of the archive, and where it lacks one, what a throw-away key signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inforce.core.archive import SUMS, Archived
from inforce.core.errors import Problem, RecordError, Severity
from inforce.core.policy import Revision
from inforce.core.record import FOLDER, PolicyRecord, Record
from inforce.workflows.read_archive import ReadArchive, read_archive, read_test_archive
from inforce.workflows.settings import Settings

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
        """A revision's signed PDF."""
        for read, is_test in ((self.archive, False), (self.tests, True)):
            archived = read.manifest.files.get((revision.policy, revision.name)) if read else None
            if archived is not None and (archived.source == revision.digest or not is_test):
                return SignedPdf(archived, is_test)
        return None

    def pdfs(self, policy: PolicyRecord) -> Iterator[tuple[Revision, SignedPdf]]:
        """The revisions of a policy that have a signed PDF, in order of posting."""
        for revision in policy.revisions:
            if (pdf := self.pdf(revision)) is not None:
                yield revision, pdf

    def has(self, policy: PolicyRecord) -> bool:
        """Whether the archive has any PDF of a policy."""
        return any(not pdf.is_test for _, pdf in self.pdfs(policy))

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


def site_archive(settings: Settings, record: Record) -> SiteArchive:
    """The archive as the site of a record offers it.

    Raises:
        RecordError: the archive cannot be read, or has a revision with another text than the record.
    """
    if not settings.archive:
        return SiteArchive()
    found = SiteArchive(is_wanted=True, archive=read_archive(settings), tests=read_test_archive(settings))
    problems = [
        Problem(
            f"{FOLDER}/{revision.policy}/{revision.name}.md",
            f"the archive has a signed PDF of this revision with the digest {pdf.archived.source}, not the record's "
            f"{revision.digest}",
            "find out which of the two was changed, and restore it: posted is posted, signed is signed (rules 7, 13)",
        )
        for policy in record.policies
        for revision, pdf in found.pdfs(policy)
        if pdf.archived.source != revision.digest
    ]
    if problems:
        raise RecordError(problems)
    return found


def missing_pdfs(archive: SiteArchive, record: Record) -> Iterator[Problem]:
    """A warning for each policy of which revisions have no signed PDF."""
    for policy in record.policies if archive.is_wanted else ():
        missing = [revision.name for revision in policy.revisions if archive.pdf(revision) is None]
        if missing:
            told = ", ".join(missing[:_TOLD]) + (f" and {len(missing) - _TOLD} more" if len(missing) > _TOLD else "")
            yield Problem(
                f"{FOLDER}/{policy.slug}",
                f"not yet in the archive, so that their pages offer no signed PDF: {told}",
                'run scripts/export_pdfs.py; for a site without PDFs, give the plugin the option `archive: ""`',
                severity=Severity.WARNING,
            )
