"""The pages on which people read what they are asked to accept, and members their receipts. Nothing is answered there.

A revision's page is there for good, and so is what it says: what is asked is what is asked, whenever somebody looks.
What is asked today stands on the page of each policy, and on one of all policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from markupsafe import Markup

from inforce.core import address
from inforce.core.acceptance import Open
from inforce.core.effect import Audience
from inforce.core.occasion import Occasions, asked_of
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.formats.acceptance.presentation import presentation_of
from inforce.formats.acceptance.receipt_page_json import receipt_page_data
from inforce.formats.messages import Languages
from inforce.formats.text.markdown import Heading, Rendition
from inforce.formats.words import capital
from inforce.mkdocs_plugin.ages import Ages
from inforce.mkdocs_plugin.content import ASSETS, PAGE, Content
from inforce.mkdocs_plugin.facts import RevisionFacts
from inforce.mkdocs_plugin.late import article_of, asked_part_of, effect_of
from inforce.mkdocs_plugin.templating import Templates
from inforce.workflows.publish_site import Site

ANCHORS = {Audience.NEW_USERS: "new-users", Audience.CURRENT_USERS: "current-users"}
"""The places on a revision's page, in their order."""


@dataclass(frozen=True)
class Asked:
    """A revision of which somebody is asked something, as templates show it.

    `documents` has the digests of the exact documents. `opened` says how it is open to somebody who never answered
    anything; None on a page that is not of the present.
    """

    facts: RevisionFacts
    documents: dict[Audience, str]
    opened: Open | None = None

    @property
    def revision(self) -> Revision:
        """The revision."""
        return self.facts.revision

    @property
    def anchor(self) -> str:
        """Its place on a page of several."""
        return f"accept:{self.revision.policy}:{self.revision.name}"


class AcceptancePages:
    """Makes the pages on which people read what they are asked to accept."""

    def __init__(  # noqa: PLR0913 - what all of its pages need
        self,
        site: Site,
        templates: Templates,
        languages: Languages,
        language: str,
        ages: Ages,
        *,
        facts: Callable[[Revision], RevisionFacts],
    ) -> None:
        """Keep what is known.

        Args:
            site: what is shown.
            templates: make the HTML.
            languages: those that pages can be written in.
            language: that of the theme's own words.
            ages: say how old pages are.
            facts: gives a revision's.
        """
        self._site, self._templates, self._languages = site, templates, languages
        self._language, self._ages, self._facts = language, ages, facts

    def is_asked(self, revision: Revision) -> bool:
        """Whether anybody is ever asked to accept a posted revision."""
        return revision.name in self._site.acceptance.digests(revision.policy)

    def depends_on(self, policy: PolicyRecord) -> object:
        """What the pages of a policy depend on besides the policy."""
        return self._site.acceptance.option, self._site.acceptance.digests(policy.slug)

    def files(self, policy: PolicyRecord) -> Iterator[str]:
        """Where the files of a policy lie."""
        if policy.slug in self._site.acceptance:
            yield f"{address.acceptance_address(policy.slug)}{PAGE}"
        for name, digests in self._site.acceptance.digests(policy.slug).items():
            yield f"{address.acceptance_address(policy.slug, name)}{PAGE}"
            yield from (address.presentation_address(policy.slug, name, audience) for audience in digests)

    def part(self, name: str, policy: str, revision: str, audience: str) -> str:
        """What belongs in the place of a mark: the `article`, its end (`asked`), or when it takes `effect`."""
        found = self._site.acceptance.presentations.of(policy, revision, Audience(audience))
        if found is None:
            return ""
        return {"article": found.article, "asked": found.asked, "effect": escape(found.effect, quote=False)}[name]

    def revision(self, policy: PolicyRecord, revision: Revision, head: str) -> Content:
        """`/privacy-policy/2018-04-10/accept/`: what is asked of a revision, for ever."""
        content = self._of_revision(self._asked(revision), policy.terms.language, self._shared())
        return replace(content, head=head, is_permanent=True)

    def draft(self, facts: RevisionFacts, text: Rendition) -> Iterator[Content]:
        """The same of a draft, as if it were posted; nothing where nobody would be asked."""
        revision, timeline = facts.revision, facts.timeline
        occasions = Occasions(timeline.revisions, timeline)
        found = {}
        for audience in Audience:
            if (occasion := occasions.of(revision.name, audience)) is not None:
                say = self._languages.messages_in(revision.language)
                found[audience.value] = presentation_of(occasion, text, say)
        if found:
            parts = {
                "article_of": lambda *place: Markup(found[place[-1]].article),  # noqa: S704 - made by us
                "asked_part_of": lambda *place: Markup(found[place[-1]].asked),  # noqa: S704 - as above
                "effect_of": lambda *place: found[place[-1]].effect,
            }
            asked = Asked(facts, {Audience(one): each.digest for one, each in found.items()})
            yield self._of_revision(asked, revision.language, {**self._shared(), **parts})

    def _of_revision(self, asked: Asked, language: str, shared: Mapping[str, object]) -> Content:
        revision, root = asked.revision, asked.facts.root
        place, say = address.acceptance_address(revision.policy, revision.name), self._languages.messages_in(language)
        posted = say.moment(root.posted, root.zone, exactly=True)
        audiences = [
            (one, anchor, say(f"accepting.for.{one}", posted=posted))
            for one, anchor in ANCHORS.items()
            if one in asked.documents
        ]
        html = self._templates.render(
            "accept_revision.html", place, language, None, asked=asked, audiences=audiences, **shared
        )
        title = say("accepting.revision.title", title=revision.title, name=revision.name)
        description = say("accepting.revision.description", title=revision.title, name=revision.name)
        headings = [Heading(2, anchor, words) for _, anchor, words in audiences]
        return Content(place, title, description, html, headings, is_listed=False)

    def policy(self, policy: PolicyRecord, now: datetime, head: str) -> Content:
        """`/privacy-policy/accept/`: what is asked today."""
        place, language = address.acceptance_address(policy.slug), policy.terms.language
        say, asked = self._languages.messages_in(language), self._asked_today(policy, Audience.NEW_USERS)
        html = self._templates.render(
            "accept_policy.html",
            place,
            language,
            now,
            policy=policy,
            asked=asked,
            current=self._asked_today(policy, Audience.CURRENT_USERS),
            **self._shared(),
        )
        html = self._ages.dated(html, place, [policy], language)
        title = say("accepting.title", title=policy.terms.title)
        description = say("accepting.description", title=policy.terms.title)
        headings = [Heading(2, one.anchor, capital(one.facts.words.calling(one.revision))) for one in asked]
        headings.append(Heading(2, ANCHORS[Audience.CURRENT_USERS], say("accepting.current")))
        return Content(place, title, description, html, headings, is_listed=bool(asked), head=head)

    def all(self, head: str) -> Content:
        """`/accept/`: what all policies ask of whoever registers, each with a box of its own."""
        place, say, now = address.ACCEPTANCE, self._languages.messages_in(self._language), self._site.as_of
        policies = self._site.acceptance.policies
        asked = [one for policy in policies for one in self._asked_today(policy, Audience.NEW_USERS)]
        html = self._templates.render("accept_all.html", place, self._language, now, asked=asked, **self._shared())
        html = self._ages.dated(html, place, policies, self._language)
        headings = [Heading(2, one.anchor, one.revision.title) for one in asked]
        return Content(place, say("accepting.all.title"), say("accepting.all.description"), html, headings, head=head)

    def receipt(self, head: str) -> Content:
        """`/accept/receipt/`: where members read their receipts."""
        say = self._languages.messages_in(self._language)
        html = self._templates.render(
            "receipt.html",
            address.RECEIPT,
            self._language,
            data=receipt_page_data(self._site.record.policies, say),
            script=f"{ASSETS}receipt.js",
        )
        title, description = say("member.title"), say("member.description")
        return Content(address.RECEIPT, title, description, html, is_listed=False, head=head)

    def _shared(self) -> dict[str, object]:
        """What the templates of these pages have in common."""
        option = self._site.acceptance.option
        return {
            "option": option,
            "article_of": article_of,
            "asked_part_of": asked_part_of,
            "effect_of": effect_of,
            "anchors": ANCHORS,
        }

    def _asked(self, revision: Revision, opened: Open | None = None) -> Asked:
        digests = self._site.acceptance.digests(revision.policy)[revision.name]
        return Asked(self._facts(revision), dict(digests), opened)

    def _asked_today(self, policy: PolicyRecord, audience: Audience) -> list[Asked]:
        return [self._asked(policy.timeline[one.revision], one) for one in self._today(policy, audience)]

    def _today(self, policy: PolicyRecord, audience: Audience) -> tuple[Open, ...]:
        if policy.slug not in self._site.acceptance:
            return ()
        return asked_of(policy.timeline, audience, self._site.as_of)
