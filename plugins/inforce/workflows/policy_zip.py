"""The ZIP file of a policy: everything that the archive has of it, put together; see `formats/archive_zip.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from inforce.core import address
from inforce.core.archive import SUMS, place_of
from inforce.core.record import PolicyRecord
from inforce.formats.archive_zip import README, readme, source_place, sums
from inforce.workflows.read_record import OpenRecord
from inforce.workflows.site_archive import SiteArchive


@dataclass(frozen=True)
class PolicyZip:
    """What goes into the ZIP file of a policy. `others` has what is of no single revision, by name."""

    policy: PolicyRecord
    archive: SiteArchive
    source: OpenRecord
    others: Mapping[str, bytes]

    @classmethod
    def of(cls, policy: PolicyRecord, archive: SiteArchive, source: OpenRecord, root: str) -> PolicyZip:
        """Put together what there is; `root` is the site's address, or nothing."""
        others = dict(archive.companions())
        kept = [one for revision in policy.revisions for one in archive.presentations(revision)]
        fingerprints = archive.fingerprints
        others[README] = readme(policy.slug, policy.terms.title, root, fingerprints, is_asking=bool(kept))
        digests = ((name, sha256(data).hexdigest()) for name, data in others.items())
        files = (pdf.archived for _, pdf in archive.pdfs(policy) if not pdf.is_test)
        return cls(policy, archive, source, dict(sorted([*others.items(), (SUMS, sums(files, kept, digests))])))

    @property
    def name(self) -> str:
        """A name for everything on which the bytes of the ZIP file rest."""
        return sha256(repr(self.others).encode()).hexdigest()

    def members(self) -> Iterator[tuple[str, bytes | Path]]:
        """The files in it: the name there, and the bytes or where they lie."""
        slug = self.policy.slug
        folder = address.zip_address(slug).rpartition("/")[2].removesuffix(".zip")
        yield from ((f"{folder}/{name}", data) for name, data in self.others.items())
        for revision, pdf in self.archive.pdfs(self.policy):
            if not pdf.is_test:
                yield f"{folder}/{source_place(slug, revision.name)}", self.source.data(revision)
                yield f"{folder}/{place_of(slug, revision.name)}", self.archive.path(pdf) or self.archive.data(pdf)
        for revision in self.policy.revisions:
            for kept in self.archive.presentations(revision):
                data = self.archive.presentation(revision, kept.audience)
                assert data is not None  # noqa: S101 - it is kept
                yield f"{folder}/{kept.place}", data
