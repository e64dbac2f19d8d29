"""What each page's head tells machines: relations to other versions (RFC 5829), the TimeMap (RFC 7089), the policies
that hold for the site itself (RFC 6903), the feeds of notices, and JSON-LD. No theme is known here.

A permanent page's predecessor and successors are those of `core.lineage`; its latest version is the policy's page,
which always has the text in force. The latest version of the policy's page is the permanent page of the text it shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from inforce.core import address
from inforce.core.lineage import lineage_of
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Timeline
from inforce.formats import json_ld, timemap
from inforce.formats.page_head import Link
from inforce.workflows.publish_site import Site

_SOURCE = "alternate via"
"""The exact source is another form of the page (HTML), and what the page was made from (RFC 4287). Material's script
asks for a sitemap beside the target of each link whose relation is `alternate` and nothing else."""
_PDF = "alternate signed"
"""The signed PDF is another form of the page too."""


class Heads:
    """Makes the end of the head of every page of a site."""

    def __init__(
        self,
        site: Site,
        timelines: Mapping[str, Timeline],
        instants: Mapping[str, datetime],
        root: str,
        feeds: Callable[[str, PolicyRecord], Iterable[Link]],
    ) -> None:
        """Keep what is known.

        Args:
            site: what is shown.
            timelines: of each policy.
            instants: as of when the pages of each policy speak.
            root: the site's address with a slash at its end, or nothing.
            feeds: gives the feeds of a policy and of all, with titles in that language.
        """
        self._feeds = feeds
        self._archive = site.archive
        self._timelines = timelines
        self._instants = instants
        self._root = root
        self._policies: dict[str, json_ld.Known] = {}
        self.governing = _governing(site.record.policies)

    def other(self, place: str, feeds: Iterable[Link] = ()) -> str:
        """Of a page that belongs to no policy: home, and the site's own pages; with these feeds."""
        return self._html(place, [*(Link(relation, target) for relation, target in self.governing.items()), *feeds])

    def policy(self, policy: PolicyRecord, shown: Revision) -> str:
        """Of a policy's page, which shows that revision."""
        place = address.policy_address(policy.slug)
        links = [
            *self._of_policy(policy),
            Link("original", place),
            Link("version-history", address.history_address(policy.slug)),
            Link("latest-version", address.revision_address(policy.slug, shown.name)),
        ]
        told = json_ld.of_policy(self._known(policy), partial(address.located, page=place, root=self._root))
        return self._html(place, links) + json_ld.json_ld_script(told)

    def below(self, policy: PolicyRecord, place: str) -> str:
        """Of a page about a policy: its history, and others of that kind."""
        return self._html(place, self._of_policy(policy))

    def revision(self, policy: PolicyRecord, revision: Revision) -> str:
        """Of a posted revision's permanent page."""
        slug, place = policy.slug, address.revision_address(policy.slug, revision.name)
        known = self._known(policy)
        before = known.lineage.predecessor.get(revision.name)
        links = [
            *self._of_policy(policy),
            Link("original", address.policy_address(slug)),
            Link("version-history", address.history_address(slug)),
            Link("latest-version", address.policy_address(slug)),
            *([Link("predecessor-version", address.revision_address(slug, before))] if before else []),
            *(
                Link("successor-version", address.revision_address(slug, name))
                for name in known.lineage.successors.get(revision.name, ())
            ),
            Link(_SOURCE, address.source_address(slug, revision.name), "text/markdown"),
        ]
        pdf = self._archive.pdf(revision)
        archived = pdf.archived if pdf is not None and not pdf.is_test else None
        if archived is not None:
            links.append(Link(_PDF, address.pdf_address(slug, revision.name), "application/pdf"))
        told = json_ld.of_revision(revision, known, archived, partial(address.located, page=place, root=self._root))
        return self._html(place, links) + json_ld.json_ld_script(told)

    def _of_policy(self, policy: PolicyRecord) -> Iterable[Link]:
        """What every page of a policy says. Its own relation goes before another policy's claim to the same."""
        relations = dict(self.governing)
        if policy.terms.relation is not None:
            relations[policy.terms.relation] = address.policy_address(policy.slug)
        yield from (Link(relation, target) for relation, target in sorted(relations.items()))
        yield Link("timemap", address.timemap_address(policy.slug), timemap.TYPE)
        yield Link("describedby", address.in_force_address(policy.slug), "application/json")
        yield from self._feeds(policy.terms.language, policy)

    def _known(self, policy: PolicyRecord) -> json_ld.Known:
        slug = policy.slug
        if slug not in self._policies:
            timeline = self._timelines[slug]
            self._policies[slug] = json_ld.Known(policy, timeline, lineage_of(timeline), self._instants[slug])
        return self._policies[slug]

    def _html(self, place: str, links: Iterable[Link]) -> str:
        return "".join(replace(one, target=address.located(one.target, place, self._root)).html for one in links)


def _governing(policies: Iterable[PolicyRecord]) -> dict[str, str]:
    """The policy that holds for the whole site, by relation; where two policies claim one, nobody can tell which."""
    claims = [(one.terms.relation, address.policy_address(one.slug)) for one in policies if one.terms.relation]
    counts = Counter(relation for relation, _ in claims)
    return {relation: target for relation, target in sorted(claims) if counts[relation] == 1}
