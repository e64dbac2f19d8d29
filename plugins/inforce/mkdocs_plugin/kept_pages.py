"""A policy's pages, kept from build to build.

All pages of a policy are made together and kept under a name that says everything they depend on: the policy with its
revisions, the last change, which notices are told, what else the site tells of them, and our own code. What a build
adds is in marks (`late`). So a build with nothing new makes no page anew, and a posting or a notice that falls due
those of its own policy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache

from inforce.adapters.cache import Cache
from inforce.adapters.workers import dealt
from inforce.core.record import PolicyRecord
from inforce.formats.text.markdown import Heading
from inforce.mkdocs_plugin.content import Content
from inforce.mkdocs_plugin.pages import Pages
from inforce.workflows.progress import Progress

_FEW = 100
"""Below this many pages, workers would take longer to begin than the pages to make."""


class KeptPages:
    """Gives the contents of policies' pages, by their addresses; from the cache, or made and kept."""

    def __init__(self, pages: Pages, cache: Cache) -> None:
        """Take pages from what makes them, and keep them there."""
        self._pages = pages
        self._cache = cache
        self._names: dict[str, str] = {}
        self._last = lru_cache(1)(self._contents)

    def make(self, progress: Progress, workers: int) -> None:
        """Make the pages of all policies that are not kept.

        Args:
            progress: told of each policy.
            workers: how many processes may work at once.
        """
        policies = (one for one in self._pages.site.record.policies if self._name(one) not in self._cache)
        new = sorted(policies, key=lambda one: len(one.revisions), reverse=True)
        pages = sum(len(one.revisions) + len(self._pages.of_policies) for one in new)
        for count in dealt(self._make, new, workers if pages >= _FEW else 1):
            progress.step("pages made", count)

    def content(self, policy: PolicyRecord, place: str) -> Content:
        """The page of a policy at an address."""
        return self._pages.filled(self._last(policy.slug)[place])

    def others(self, policy: PolicyRecord, places: Collection[str]) -> Iterator[Content]:
        """A policy's pages but for those at these addresses, with their marks."""
        return (content for place, content in self._last(policy.slug).items() if place not in places)

    def filled(self, content: Content) -> Content:
        """The page with what belongs in the place of its marks."""
        return self._pages.filled(content)

    def drafts(self) -> Iterator[Content]:
        """The pages of a preview's drafts."""
        return (self.filled(page) for draft in self._pages.site.drafts for page in self._pages.of_draft(draft))

    def _name(self, policy: PolicyRecord) -> str:
        if policy.slug not in self._names:
            name = self._pages.depends_on(policy)
            self._names[policy.slug] = hashlib.sha256(name.encode()).hexdigest()
        return self._names[policy.slug]

    def _contents(self, slug: str) -> Mapping[str, Content]:
        policy = self._pages.site.record.policy(slug)
        if policy is None:
            return {}
        kept = self._cache.get(self._name(policy))
        return {one.address: one for one in (self._made(policy) if kept is None else _load(kept))}

    def _make(self, policy: PolicyRecord) -> int:
        return len(self._made(policy))

    def _made(self, policy: PolicyRecord) -> list[Content]:
        contents = [*self._pages.of_policy(policy)]
        for revision in policy.revisions:
            contents += self._pages.of_revision(policy, revision)
        self._cache.put(self._name(policy), _dump(contents))
        return contents


def _dump(contents: list[Content]) -> bytes:
    return json.dumps([asdict(one) for one in contents]).encode()


def _load(kept: bytes) -> Iterator[Content]:
    for one in json.loads(kept):
        yield Content(**{**one, "headings": [Heading(**heading) for heading in one["headings"]]})
