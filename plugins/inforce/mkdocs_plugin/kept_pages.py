"""A policy's pages, kept from build to build.

All pages of a policy are made together and kept under a name that says everything they depend on: the policy with its
revisions, the last change, what else the site tells of them, and our own code. What a build adds is in marks (`late`).
So a build with nothing new makes no page anew, and a posting those of its own policy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache

from inforce.adapters.cache import Cache
from inforce.core.record import PolicyRecord
from inforce.formats.markdown import Heading
from inforce.mkdocs_plugin.pages import Content, Pages


class KeptPages:
    """Gives the contents of policies' pages, by their addresses; from the cache, or made and kept."""

    def __init__(self, pages: Pages, cache: Cache) -> None:
        """Take pages from what makes them, and keep them there."""
        self._pages = pages
        self._cache = cache
        self._of = lru_cache(4)(self._contents)

    def content(self, policy: PolicyRecord, place: str) -> Content:
        """The page of a policy at an address."""
        return self._pages.filled(self._of(policy.slug)[place])

    def permanent(self) -> Iterator[Content]:
        """Every permanent page; in a preview the drafts' as well."""
        for policy in self._pages.site.record.policies:
            others = {address(policy.slug) for address in self._pages.of_policies}
            for place, content in self._of(policy.slug).items():
                if place not in others:
                    yield self._pages.filled(content)
        for draft in self._pages.site.drafts:
            yield self._pages.filled(self._pages.draft(draft))

    def _contents(self, slug: str) -> Mapping[str, Content]:
        policy = self._pages.site.record.policy(slug)
        if policy is None:
            return {}
        name = hashlib.sha256(self._pages.depends_on(policy).encode()).hexdigest()
        if (kept := self._cache.get(name)) is not None:
            return {one.address: one for one in _load(kept)}
        contents = [page(policy) for page in self._pages.of_policies.values()]
        contents += [self._pages.revision(policy, revision) for revision in policy.revisions]
        self._cache.put(name, _dump(contents))
        return {one.address: one for one in contents}


def _dump(contents: list[Content]) -> bytes:
    return json.dumps([asdict(one) for one in contents]).encode()


def _load(kept: bytes) -> Iterator[Content]:
    for one in json.loads(kept):
        yield Content(**{**one, "headings": [Heading(**heading) for heading in one["headings"]]})
