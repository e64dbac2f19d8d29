"""The content of the pages: facts from the site, put into our own templates. No theme is known here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from inforce.core import address
from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.standing import Standing, standings
from inforce.core.timeline import Status, Timeline
from inforce.formats import words
from inforce.formats.built_json import built
from inforce.formats.markdown import Heading, Rendition, rebased
from inforce.formats.messages import ENGLISH, messages_in
from inforce.formats.on_json import on_data
from inforce.workflows.publish_site import Site, draft_rendition
from inforce.workflows.read_record import Draft

_templates = Environment(
    loader=PackageLoader("inforce.mkdocs_plugin"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True}
_templates.globals.update(words=words, address=address, Audience=Audience, Status=Status)
ASSETS = "assets/inforce/"
"""Where our styles and scripts lie on the site."""
_ON_HEADINGS = (
    (2, "audiences", "on.rows"),
    (3, "current-users", "on.rows.current_users"),
    (3, "new-users", "on.rows.new_users"),
    (2, "persons", "on.persons"),
)


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into the theme's page: title, description, HTML, headings, and whether search engines may list it."""

    address: str
    title: str
    description: str
    html: str
    headings: Sequence[Heading] = ()
    is_listed: bool = True


@dataclass(frozen=True)
class RevisionFacts:
    """A revision as templates show it, at the instant of the build."""

    revision: Revision
    timeline: Timeline
    instant: datetime
    draft: Draft | None = None

    @cached_property
    def standings(self) -> list[Standing]:
        """Its standing towards each audience, cohort by cohort."""
        name = self.revision.name
        return [one for audience in Audience for one in standings(self.timeline, name, audience, self.instant)]

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """For each cohort: who they are, and what the revision is to them."""
        return [
            (
                words.cohort_words(one, self.revision.zone),
                words.standing_words(one, self.instant, self.revision.zone, self.calling),
            )
            for one in self.standings
        ]

    @property
    def statuses(self) -> list[Status]:
        """The statuses for the audiences, each once; `never` only where there is no other."""
        found = list(dict.fromkeys(one.status for one in self.standings))
        return [status for status in found if status is not Status.NEVER] or found

    @property
    def kind(self) -> str:
        """The word that marks the page: in-force, offered, scheduled, overtaken, superseded or draft."""
        if self.draft is not None:
            return "draft"
        ranks = (Status.IN_FORCE, Status.OFFERED, Status.SCHEDULED, Status.OVERTAKEN, Status.SUPERSEDED, Status.NEVER)
        return min(self.statuses, key=ranks.index).replace(" ", "-")

    @property
    def heading(self) -> str:
        """The status in a few words."""
        if self.draft is not None:
            return "Draft: not posted, binds nobody"
        if self.correction is not None:
            return "Corrected: another revision stands for this one"
        statuses = {one.audience: one.status for one in self.standings}
        if len(self.statuses) == 1:
            return words.STATUSES[self.statuses[0]].capitalize()
        current, new = (words.STATUSES[statuses[audience]] for audience in Audience)
        return f"For current users: {current}. For new users: {new}"

    @property
    def root(self) -> Revision:
        """The revision that this one in the end corrects, or itself (rule 5)."""
        return self.timeline[self.timeline.root(self.revision.name)]

    @property
    def correction(self) -> Revision | None:
        """The correction that stands for this revision now (rule 5)."""
        name = self.timeline.standing(self.revision.name, self.instant)
        return self.timeline[name] if name != self.revision.name else None

    @property
    def successors(self) -> list[Revision]:
        """The revisions that follow this one, for one audience or the other; not a correction of it."""
        names = dict.fromkeys(one.successor for one in self.standings)
        standing_now = self.timeline.standing(self.revision.name, self.instant)
        return [self.timeline[name] for name in names if name not in (None, standing_now)]

    @property
    def overtaker(self) -> Revision | None:
        """The revision that withdrew this one, as far as that had not taken effect (rule 4)."""
        names = {one.overtaker for one in self.standings if one.status is Status.OVERTAKEN}
        return next((self.timeline[name] for name in names if name is not None), None)

    def calling(self, name: str) -> str:
        """How sentences call another revision."""
        return words.calling(self.timeline[name])


class Pages:
    """Makes the content of every page of a site."""

    def __init__(self, site: Site) -> None:
        """Lay out the timelines once."""
        self.site = site
        self._timelines = {policy.slug: policy.timeline for policy in site.record.policies}
        self._facts: dict[tuple[str, str], RevisionFacts] = {}

    def facts(self, revision: Revision) -> RevisionFacts:
        """A posted revision's facts."""
        key = revision.policy, revision.name
        if key not in self._facts:
            self._facts[key] = RevisionFacts(revision, self._timelines[revision.policy], self.site.as_of)
        return self._facts[key]

    def home(self, introduction: str) -> Content:
        """`/`: every policy: what is in force, offered, scheduled."""
        policies = [self._overview(policy) for policy in self.site.record.policies]
        known = {policy.slug for policy in self.site.record.policies}
        drafts = [draft for draft in self.site.drafts if draft.policy not in known]
        html = self._render("home.html", "", introduction=Markup(introduction), policies=policies, drafts=drafts)  # noqa: S704 - MkDocs' own HTML
        html = self._dated(html, "", self.site.record.policies)
        return Content("", "Policies in force", "Every policy: what is in force, offered and scheduled.", html)

    def policy(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/`: the text in force for current users."""
        place = address.policy_address(policy.slug)
        overview = self._overview(policy)
        shown = self._shown(policy, overview)
        rendition = self.site.rendition(shown.revision)
        html = self._render(
            "policy.html",
            place,
            policy.terms.language,
            shown=shown,
            text=Markup(rebased(rendition.html, "../")),  # noqa: S704 - rendered by us, raw HTML refused (rule 10)
            **overview,
        )
        html = self._dated(html, place, [policy], policy.terms.language, shown.revision.name)
        description = f"{policy.terms.title}: the text in force, since when, and for whom."
        return Content(place, policy.terms.title, description, html, rendition.headings)

    def history(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/history/`: every revision."""
        place = address.history_address(policy.slug)
        revisions = [self.facts(one) for one in reversed(self._timelines[policy.slug].revisions)]
        html = self._render(
            "history.html",
            place,
            policy.terms.language,
            policy=policy,
            revisions=revisions,
            drafts=self.site.drafts_of(policy),
        )
        html = self._dated(html, place, [policy], policy.terms.language)
        title = f"{policy.terms.title}: history"
        return Content(place, title, f"Every revision of the {policy.terms.title}.", html)

    def on(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/on/`: which text bound whom on a day."""
        place, language = address.on_address(policy.slug), policy.terms.language
        timeline, messages = self._timelines[policy.slug], messages_in(language)
        html = self._render(
            "on.html",
            place,
            language,
            policy=policy,
            timeline=timeline,
            revisions=list(reversed(timeline.revisions)),
            rows={audience: list(reversed(timeline.row(audience))) for audience in Audience},
            exactly=lambda instant: format_instant(instant, policy.terms.zone),
            data=on_data(policy, timeline, self.site.as_of, messages),
            script=f"{ASSETS}on.js",
        )
        title = messages("on.title", title=policy.terms.title)
        description = messages("on.description", title=policy.terms.title)
        headings = [Heading(level, anchor, messages(key)) for level, anchor, key in _ON_HEADINGS]
        return Content(place, title, description, self._dated(html, place, [policy], language), headings)

    def permanent(self) -> Iterator[tuple[str, Iterator[Content]]]:
        """Every permanent page, by policy; in a preview the drafts' as well."""
        for policy in self.site.record.policies:
            yield policy.slug, (self.revision(policy, one) for one in policy.revisions)
        for draft in self.site.drafts:
            yield draft.policy, iter([self.draft(draft)])

    def revision(self, policy: PolicyRecord, revision: Revision) -> Content:
        """`/privacy-policy/2018-04-10/`: the permanent page."""
        return self._permanent(policy.terms.title, self.facts(revision), self.site.rendition(revision))

    def draft(self, draft: Draft) -> Content:
        """The page of a draft, where its permanent page will be; marked."""
        known = self.site.record.policy(draft.policy)
        title = draft.terms.title if draft.terms else draft.policy
        if draft.revision is not None:
            timeline = Timeline([*(known.revisions if known else ()), draft.revision])
            facts = RevisionFacts(draft.revision, timeline, max(self.site.as_of, draft.revision.posted), draft)
            return self._permanent(title, facts, draft_rendition(draft))
        place = address.revision_address(draft.policy, draft.name)
        text = Markup(rebased(draft_rendition(draft).html, address.relative("", place)))  # noqa: S704 - rendered by us
        html = self._render("broken_draft.html", place, draft=draft, is_known=known is not None, text=text)
        return Content(
            place, f"{title}, draft {draft.name}", "A draft that cannot be posted yet.", html, is_listed=False
        )

    def _permanent(self, policy_title: str, facts: RevisionFacts, rendition: Rendition) -> Content:
        revision = facts.revision
        place = address.revision_address(revision.policy, revision.name)
        root = address.relative("", place)
        html = self._render(
            "revision.html",
            place,
            facts=facts,
            policy_title=policy_title,
            text=Markup(rebased(rendition.html, root)),  # noqa: S704 - rendered by us, raw HTML refused (rule 10)
        )
        if "<h1" not in html:
            html = f"<h1>{escape(revision.title)}</h1>\n{html}"
        if facts.draft is None and (policy := self.site.record.policy(revision.policy)) is not None:
            html = self._dated(html, place, [policy], policy.terms.language, revision.name)
        title = f"{revision.title}, revision {revision.name}"
        description = (
            f"{revision.title}, posted {words.moment(revision.posted, revision.zone)}: {facts.heading.lower()}."
        )
        return Content(place, title, description, html, rendition.headings, facts.kind == "in-force")

    def _shown(self, policy: PolicyRecord, overview: dict[str, object]) -> RevisionFacts:
        """What the policy's page shows: the text in force for current users, else the one offered, else the newest."""
        for key in ("current", "newcomers"):
            if (facts := overview[key]) is not None and isinstance(facts, RevisionFacts):
                return facts
        return self.facts(self._timelines[policy.slug].revisions[-1])

    def _overview(self, policy: PolicyRecord) -> dict[str, object]:
        timeline, now = self._timelines[policy.slug], self.site.as_of
        rows = {audience: timeline.on(audience, now) for audience in Audience}
        named = {
            audience: self.facts(timeline[row.revision]) if row.revision else None for audience, row in rows.items()
        }
        scheduled = timeline.scheduled(now)
        standing_for = [timeline[timeline.standing(one.name, now)] for one in scheduled]
        return {
            "policy": policy,
            "current": named[Audience.CURRENT_USERS],
            "newcomers": named[Audience.NEW_USERS],
            "current_row": rows[Audience.CURRENT_USERS],
            "newcomers_row": rows[Audience.NEW_USERS],
            "scheduled": [
                (self.facts(stands), {audience: timeline.start(root.name, audience) for audience in Audience})
                for root, stands in zip(scheduled, standing_for, strict=True)
            ],
            "offered": [
                self.facts(one)
                for one in timeline.revisions
                if timeline.status(one.name, Audience.CURRENT_USERS, now) is Status.OFFERED
            ],
            "drafts": self.site.drafts_of(policy),
        }

    def _dated(
        self,
        html: str,
        place: str,
        policies: Iterable[PolicyRecord],
        language: str = ENGLISH,
        revision: str | None = None,
    ) -> str:
        """The page's HTML under what tells readers that it is out of date, if ever it is; `revision`: its text."""
        known = [(policy, self._timelines[policy.slug]) for policy in policies]
        link = partial(address.relative, page=place)
        data = built(known, self.site.as_of, messages_in(language), link, revision)
        return html if data is None else self._render("built.html", place, language, data=data) + html

    def _render(self, template: str, place: str, language: str = ENGLISH, **values: object) -> str:
        """A template's HTML. It may use `link` (an address from this page) and `say` (a message, escaped)."""
        messages = messages_in(language)

        def link(target: str) -> str:
            return address.relative(target, place)

        def say(key: str, /, **words: object) -> Markup:
            return escape(messages(key)).format(**words)

        return _templates.get_template(template).render(
            link=link, say=say, messages=messages, now=self.site.as_of, **values
        )
