"""The files of policies that MkDocs has no part in: permanent pages, sources, data files, and of many policies more.

Each policy is written by itself, so that worker processes can share the work.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from hashlib import sha256

from mkdocs.config.defaults import MkDocsConfig

from inforce.adapters.site_folder import SiteFolder, Text, WrittenOnce
from inforce.adapters.workers import Dealt
from inforce.core import address
from inforce.core.record import PolicyRecord
from inforce.mkdocs_plugin.content import PAGE, Content
from inforce.mkdocs_plugin.kept_pages import KeptPages
from inforce.mkdocs_plugin.theme import Shells
from inforce.workflows.policy_zip import PolicyZip
from inforce.workflows.progress import Progress
from inforce.workflows.publish_site import Site

_FEW = 100
"""Below this many revisions, workers would take longer to begin than the files to write."""


class PermanentPages:
    """Writes the policies of a site into its folder."""

    def __init__(self, site: Site, pages: KeptPages, shells: Shells, folder: SiteFolder, config: MkDocsConfig) -> None:
        """Keep what is to be written, and where."""
        self._site, self._pages, self._shells, self._folder = site, pages, shells, folder
        self._root = config.site_url or ""

    def begin(self, places: Collection[str]) -> Dealt[PolicyRecord, tuple[int, list[str]]]:
        """Begin to write, beside what else is done; `places` are the addresses of the pages that MkDocs makes."""
        policies = sorted(self._site.record.policies, key=lambda one: len(one.revisions), reverse=True)
        total = sum(len(policy.revisions) for policy in policies)
        for policy in policies:  # Here, once, and not by each worker; what stands in them is looked at in the end.
            first = policy.slug, policy.revisions[0].name
            self._shells.shell(address.revision_address(*first))
            self._shells.shell(address.changes_address(*first))
            if self._site.notices is not None:
                self._shells.shell(address.notices_address(*first))
            if address.policy_address(policy.slug) not in places:
                self._shells.shell(address.policy_address(policy.slug))
        self._site.source.rest()
        return Dealt(partial(self._write, places), policies, self._site.workers if total >= _FEW else 1)

    def finish(self, begun: Dealt[PolicyRecord, tuple[int, list[str]]], progress: Progress) -> list[str]:
        """Write what is not written yet.

        Args:
            begun: what was begun.
            progress: told of each policy.

        Returns:
            The addresses of pages that search engines may list.
        """
        listed: list[str] = []
        for count, addresses in begun.answers():
            progress.step("revisions written", count)
            listed += addresses
        for draft in self._pages.drafts():
            self._folder.write(f"{draft.address}{PAGE}", self._shells.around(draft).encode())
        return listed

    def _write(self, places: Collection[str], policy: PolicyRecord) -> tuple[int, list[str]]:
        """Write what is of a policy: the number of its revisions, and the addresses that may be listed."""
        for place, data in self._site.files_of(policy, self._root):
            self._folder.write(place, data)
        for revision in policy.revisions:
            source = Text(revision.digest, partial(self._site.source.data, revision))
            self._folder.write(address.source_address(policy.slug, revision.name), source)
        listed = []
        with self._folder.noting(policy.slug, self._site.written) as written:
            for revision in policy.revisions:
                place = address.clauses_address(policy.slug, revision.name)
                name = self._site.redlines.name(revision)
                written.write(place, name, partial(self._site.redlines.clauses, revision))
            self._write_pdfs(policy, written)
            self._write_presentations(policy, written)
            for content in self._pages.others(policy, places):
                place, page = f"{content.address}{PAGE}", partial(self._page, content)
                if content.is_of_any_time:
                    written.write(place, self._name(policy, content), page)
                else:
                    self._folder.write(place, page())
                listed += [content.address] if content.is_listed else []
        return len(policy.revisions), listed

    def _write_pdfs(self, policy: PolicyRecord, written: WrittenOnce) -> None:
        """Write the signed PDFs of a policy, and the ZIP archive of all that the archive has of it."""
        archive = self._site.archive
        for revision, pdf in archive.pdfs(policy):
            place = address.pdf_address(policy.slug, revision.name, is_test=pdf.is_test)
            written.write(place, pdf.archived.present.digest, partial(archive.data, pdf))
        if archive.has(policy):
            zipped = PolicyZip.of(policy, archive, self._site.source, self._root)
            written.pack(address.zip_address(policy.slug), zipped.name, zipped.members)

    def _write_presentations(self, policy: PolicyRecord, written: WrittenOnce) -> None:
        """Write what people are asked to accept, each as the exact document."""
        for name, digests in self._site.acceptance.digests(policy.slug).items():
            for audience, digest in digests.items():
                data = partial(self._site.acceptance.data, policy.slug, name, audience)
                written.write(address.presentation_address(policy.slug, name, audience), digest, data)

    def _page(self, content: Content) -> bytes:
        return self._shells.around(self._pages.filled(content)).encode()

    def _name(self, policy: PolicyRecord, content: Content) -> str:
        """A name for everything on which a page rests on which nothing is of the present."""
        compares = content.compares
        changes = self._site.redlines.name(policy.timeline[compares]) if compares is not None else ""
        return sha256(f"{changes} {content} {self._shells.shell(content.address).name}".encode()).hexdigest()
