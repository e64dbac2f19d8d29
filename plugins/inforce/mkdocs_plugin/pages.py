"""The content of the pages: facts from the site, put into our own templates. No theme is known here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from markupsafe import Markup, escape

from inforce.core import address
from inforce.core.archive import place_of
from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.last_change import last_change, last_change_of
from inforce.core.lineage import lineage_of
from inforce.core.policy import Revision, Terms
from inforce.core.record import PolicyRecord
from inforce.core.standing import turn_of
from inforce.core.timeline import Status, Timeline
from inforce.formats.archive_zip import steps
from inforce.formats.clause_notes import placed_notes
from inforce.formats.compare_json import compare_data
from inforce.formats.messages import ENGLISH, Languages, Messages
from inforce.formats.on_json import on_data
from inforce.formats.redline.words import measure_told
from inforce.formats.text.markdown import Heading, placed, with_links
from inforce.formats.time_zones import time_zone
from inforce.formats.timeline_picture.picture import legend, timeline_svg
from inforce.formats.words import Words
from inforce.mkdocs_plugin import late
from inforce.mkdocs_plugin.acceptance import AcceptancePages
from inforce.mkdocs_plugin.ages import Ages
from inforce.mkdocs_plugin.content import ASSETS, PAGE, Content, Link
from inforce.mkdocs_plugin.facts import RevisionFacts
from inforce.mkdocs_plugin.heads import Heads
from inforce.mkdocs_plugin.history import rows
from inforce.mkdocs_plugin.home import Card, latest
from inforce.mkdocs_plugin.late import LISTED, PICTURE, REDLINE, TEXT, as_of_instant
from inforce.mkdocs_plugin.notices import FEED, NoticePages
from inforce.mkdocs_plugin.templating import Templates
from inforce.workflows.publish_site import Site, draft_rendition, draft_text
from inforce.workflows.read_record import Draft
from inforce.workflows.redline_texts import Changes

_ON_HEADINGS = (
    (2, "audiences", "on.rows"),
    (3, "current-users", "on.rows.current_users"),
    (3, "new-users", "on.rows.new_users"),
    (2, "persons", "on.persons"),
)
_OF_REVISIONS = (address.revision_address, address.changes_address)
_DATA_OF_REVISIONS = (address.source_address, address.clauses_address)
_CHANGES_HEADINGS = (("changes", "changes.list"), ("redline", "changes.redline"))


class Pages:
    """Makes the content of every page of a site. The pages of a policy speak its language, home the theme's.

    Between two changes a policy's pages say the same, whenever they are built: they are made as of the last change, and
    with marks where the instant of the build is to be told.
    """

    def __init__(
        self,
        site: Site,
        root: str = "",
        languages: Languages | None = None,
        language: str = ENGLISH,
        *,
        feed: str = FEED,
    ) -> None:
        """Lay out the timelines once.

        Args:
            site: what is shown.
            root: the site's address with a slash at its end, or nothing.
            languages: those that pages can be written in; without them, the ones that come with us.
            language: that of the theme's own words.
            feed: as what pages link feeds.
        """
        self.site, self._root = site, root
        self.languages = languages or Languages()
        self._language = language
        revisions = [one for policy in site.record.policies for one in policy.revisions]
        self._templates = Templates(self.languages, revisions, root, site.notices)
        self._timelines = {policy.slug: policy.timeline for policy in site.record.policies}
        self._instants = {slug: last_change(one, site.as_of) or site.as_of for slug, one in self._timelines.items()}
        self._ages = Ages(self._templates, self.languages, self._timelines, self._instants)
        self.notices = NoticePages(site, self._templates, self.languages, language, self._ages, feed=feed)
        self.acceptance = AcceptancePages(site, self._templates, self.languages, language, self._ages, facts=self.facts)
        self.heads = Heads(site, self._timelines, self._instants, root, self.notices.feeds)
        self._facts: dict[tuple[str, str], RevisionFacts] = {}

    @property
    def of_policies(self) -> Mapping[Callable[[str], str], Callable[[PolicyRecord], Content]]:
        """The pages that each policy has besides the permanent ones: what gives the address, and what the content."""
        return {
            address.policy_address: self.policy,
            address.history_address: self.history,
            address.on_address: self.on,
            address.compare_address: self.compare,
        }

    def files_but_for(self, places: Collection[str]) -> set[str]:
        """Where the files of the policies lie, but for the pages at these addresses."""
        files = set()
        for policy in self.site.record.policies:
            slug, revisions = policy.slug, [revision.name for revision in policy.revisions]
            pages = [place(slug) for place in self.of_policies]
            pages += [place(slug, name) for name in revisions for place in _OF_REVISIONS]
            files |= {f"{page}{PAGE}" for page in pages if page not in places}
            files |= {place(slug, name) for name in revisions for place in _DATA_OF_REVISIONS}
            files |= {address.in_force_address(slug), address.timemap_address(slug), address.zip_address(slug)}
            pdfs = self.site.archive.pdfs(policy)
            files |= {address.pdf_address(slug, one.name, is_test=pdf.is_test) for one, pdf in pdfs}
            files |= {*self.notices.files(policy), *self.acceptance.files(policy)}
        return files

    def depends_on(self, policy: PolicyRecord) -> str:
        """Everything that the contents of a policy's pages depend on besides our own code, but for what marks hold."""
        words = self.languages.texts_in(policy.terms.language)
        site = (self._root, self._language, words, self.heads.governing)
        pdfs = list(self.site.archive.pdfs(policy))
        notices = self.notices.depends_on(policy) if self.notices.are_wanted else None
        asked = self.acceptance.depends_on(policy)
        return repr((policy, self._instants[policy.slug], site, self.site.drafts_of(policy), pdfs, notices, asked))

    def facts(self, revision: Revision) -> RevisionFacts:
        """A posted revision's facts."""
        key = revision.policy, revision.name
        if key not in self._facts:
            self._facts[key] = RevisionFacts(
                revision,
                self._timelines[revision.policy],
                self._instants[revision.policy],
                self._templates.words_in(self._language_of(revision.policy)),
                pdf=self.site.archive.pdf(revision),
            )
        return self._facts[key]

    def last_change(self, place: str) -> datetime | None:
        """When something last changed on a page, if it is ours: on a policy's, on home, or a listed permanent page."""
        slug, _, rest = place.partition("/")
        timeline, now = self._timelines.get(slug), self.site.as_of
        if place in ("", address.ACCEPTANCE):
            return max(filter(None, (last_change(one, now) for one in self._timelines.values())), default=None)
        if place == address.NOTICES:
            return self.notices.last_told()
        if timeline is None:
            return None
        name = rest.rstrip("/")
        return last_change_of(timeline, name, now) if name in timeline else last_change(timeline, now)

    def home(self, introduction: str, auditors: Link | None = None) -> Content:
        """`/`: every policy: what is in force, offered, scheduled; and the latest postings.

        Args:
            introduction: HTML that comes first.
            auditors: the page that tells how to check what is published, where there is one.
        """
        record, now, say = self.site.record, self.site.as_of, self.languages.messages_in(self._language)
        html = self._templates.render(
            "home.html",
            "",
            self._language,
            now,
            introduction=Markup(introduction),  # noqa: S704 - MkDocs' own HTML
            cards=[Card(one, self._timelines[one.slug], now, self.site.drafts_of(one)) for one in record.policies],
            drafts=[draft for draft in self.site.drafts if record.policy(draft.policy) is None],
            latest=latest(record),
            auditors=auditors,
            has_archive=self.site.archive.is_wanted,
            is_asked=bool(self.site.acceptance.policies),
        )
        html = self._ages.dated(html, "", record.policies, self._language)
        return self.filled(Content("", say("page.home.title"), say("page.home.description"), html))

    def archive(self) -> Content:
        """`/archive/`: every signed PDF with its digest, and how to check it; for auditors."""
        say, record = self.languages.messages_in(self._language), self.site.record
        example = next((place_of(one.slug, one.revisions[-1].name) for one in record.policies), "COPY.pdf")
        html = self._templates.render(
            "archive.html",
            address.ARCHIVE,
            self._language,
            policies=[(one, [(each, self.facts(each)) for each in reversed(one.revisions)]) for one in record.policies],
            archive=self.site.archive,
            fingerprints=self.site.archive.fingerprints,
            example=example,
            steps=steps(example),
        )
        title, description = say("archive.title"), say("archive.description")
        headings = [
            *([Heading(2, "checking", say("archive.checking"))] if self.site.archive.archive else []),
            *(Heading(2, f"archive-{one.slug}", one.terms.title) for one in record.policies),
        ]
        head = self.heads.other(address.ARCHIVE)
        return self.filled(Content(address.ARCHIVE, title, description, html, headings, head=head))

    def head_of_other(self, place: str) -> str:
        """The end of the head of home, which leads to the feeds, and of the site's own pages."""
        return self.heads.other(place, () if place.strip("./") else self.notices.feeds(self._language))

    def all_notices(self) -> Content:
        """`/notices/`: what is to come, what was told last, and how to subscribe."""
        feeds = self.notices.feeds(self._language)
        return self.filled(self.notices.all(self.heads.other(address.NOTICES, feeds)))

    def of_revision(self, policy: PolicyRecord, revision: Revision) -> Iterator[Content]:
        """The permanent pages of a revision."""
        yield self.revision(policy, revision)
        yield self.changes(policy, revision)
        if self.notices.are_wanted:
            place = address.notices_address(policy.slug, revision.name)
            yield self.notices.of(policy, revision, self.heads.below(policy, place))
        if self.acceptance.is_asked(revision):
            place = address.acceptance_address(policy.slug, revision.name)
            yield self.acceptance.revision(policy, revision, self.heads.below(policy, place))

    def of_policy(self, policy: PolicyRecord) -> Iterator[Content]:
        """The pages of a policy that are not of one revision."""
        yield from (page(policy) for page in self.of_policies.values())
        if policy.slug in self.site.acceptance:
            place = address.acceptance_address(policy.slug)
            yield self.acceptance.policy(policy, self._instants[policy.slug], self.heads.below(policy, place))

    def accept(self) -> Content:
        """`/accept/`: what all policies ask of whoever registers."""
        return self.filled(self.acceptance.all(self.heads.other(address.ACCEPTANCE)))

    def receipt(self) -> Content:
        """`/accept/receipt/`: where members read their receipts."""
        return self.filled(self.acceptance.receipt(self.heads.other(address.RECEIPT)))

    def policy(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/`: the text in force for current users."""
        place = address.policy_address(policy.slug)
        overview = self._overview(policy)
        shown = self._shown(policy, overview)
        html = self._templates.render(
            "policy.html", place, policy.terms.language, self._instants[policy.slug], shown=shown, text=TEXT, **overview
        )
        say = self.languages.messages_in(policy.terms.language)
        description = say("page.policy.description", title=policy.terms.title)
        head = self.heads.policy(policy, shown.revision)
        html = self._ages.dated(html, place, [policy], policy.terms.language, shown.revision.name)
        return Content(place, policy.terms.title, description, html, head=head, shows=shown.revision.name)

    def history(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/history/`: every revision."""
        place, title = address.history_address(policy.slug), policy.terms.title
        timeline, now = self._timelines[policy.slug], self._instants[policy.slug]
        say = self.languages.messages_in(policy.terms.language)
        html = self._templates.render(
            "history.html",
            place,
            policy.terms.language,
            now,
            policy=policy,
            rows=rows(timeline, now),
            zones={policy.terms.time_zone, *(one.time_zone for one in timeline.revisions)},
            picture=PICTURE,
            measures=dict(self._measures(timeline, say)),
            pdfs={one.name: self.facts(one).pdf_address for one in timeline.revisions},
            drafts=self.site.drafts_of(policy),
        )
        description = say("page.history.description", title=title)
        head = self.heads.below(policy, place)
        html = self._ages.dated(html, place, [policy], policy.terms.language)
        return Content(place, say("page.history.title", title=title), description, html, head=head)

    def _measures(self, timeline: Timeline, say: Messages) -> Iterator[tuple[str, str]]:
        """How much each revision changed in its predecessor, by their names."""
        for revision in timeline.revisions:
            if (changes := self.site.redlines.changes(revision)) is not None:
                yield revision.name, measure_told(changes.measure, say)

    def on(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/on/`: which text bound whom on a day."""
        place, language = address.on_address(policy.slug), policy.terms.language
        timeline, messages = self._timelines[policy.slug], self.languages.messages_in(language)
        html = self._templates.render(
            "on.html",
            place,
            language,
            policy=policy,
            zone=policy.terms.time_zone,
            timeline=timeline,
            revisions=list(reversed(timeline.revisions)),
            rows={audience: list(reversed(timeline.row(audience))) for audience in Audience},
            exactly=lambda instant: format_instant(instant, policy.terms.zone),
            data=on_data(policy, timeline, as_of_instant(policy.terms.time_zone), messages),
            script=f"{ASSETS}on.js",
        )
        title = messages("on.title", title=policy.terms.title)
        description = messages("on.description", title=policy.terms.title)
        head, html = self.heads.below(policy, place), self._ages.dated(html, place, [policy], language)
        headings = [Heading(level, anchor, messages(key)) for level, anchor, key in _ON_HEADINGS]
        return Content(place, title, description, html, headings, head=head)

    def compare(self, policy: PolicyRecord) -> Content:
        """`/privacy-policy/compare/`: any two revisions, compared in the browser; and links to the redlines."""
        place, language = address.compare_address(policy.slug), policy.terms.language
        timeline, say = self._timelines[policy.slug], self.languages.messages_in(language)
        before = lineage_of(timeline).predecessor
        current = timeline.on(Audience.CURRENT_USERS, self._instants[policy.slug]).revision
        html = self._templates.render(
            "compare.html",
            place,
            language,
            policy=policy,
            revisions=list(reversed(timeline.revisions)),
            adjacent=[(one, timeline[before[one.name]]) for one in reversed(timeline.revisions) if one.name in before],
            data=compare_data(policy, current, say),
            script=f"{ASSETS}compare.js",
        )
        title, description = (say(f"compare.{key}", title=policy.terms.title) for key in ("title", "description"))
        html = self._ages.dated(html, place, [policy], language)
        return Content(place, title, description, html, head=self.heads.below(policy, place))

    def revision(self, policy: PolicyRecord, revision: Revision) -> Content:
        """`/privacy-policy/2018-04-10/`: the permanent page."""
        has_title = any(one.level == 1 for one in self.site.texts.rendition(revision).headings)
        content = self._permanent(policy.terms, self.facts(revision), TEXT, has_title=has_title)
        html = self._ages.dated(content.html, content.address, [policy], policy.terms.language, revision.name)
        return replace(content, html=html, head=self.heads.revision(policy, revision), shows=revision.name)

    def changes(self, policy: PolicyRecord, revision: Revision) -> Content:
        """`/privacy-policy/2018-04-10/changes/`: what a revision changed in its predecessor."""
        changes = self.site.redlines.changes(revision)
        content = self._changes(policy.terms, self.facts(revision), changes, LISTED, REDLINE)
        head = self.heads.below(policy, content.address)
        return replace(content, head=head, compares=revision.name)

    def of_draft(self, draft: Draft) -> Iterator[Content]:
        """The pages of a draft, where its permanent page and that of its changes will be; marked."""
        known = self.site.record.policy(draft.policy)
        if draft.revision is None or draft.terms is None:
            yield self._broken(draft, is_known=known is not None)
            return
        language = draft.terms.language
        rendition, changes = self.site.redlines.of_draft(draft.revision, draft_text(draft), language)
        timeline = Timeline([*(known.revisions if known else ()), draft.revision])
        now = max(self.site.as_of, draft.revision.posted)
        words = Words(self.languages.messages_in(language), timeline.revisions)
        facts = RevisionFacts(draft.revision, timeline, now, words, draft)
        place = address.revision_address(draft.policy, draft.name)
        text = placed_notes(placed(rendition, place, address.relative("", place)), draft.policy, place)
        has_title = any(one.level == 1 for one in rendition.headings)
        content = self._permanent(draft.terms, facts, Markup(text), has_title=has_title)  # noqa: S704 - made by us
        yield replace(content, headings=rendition.headings)
        yield from self.acceptance.draft(facts, draft_rendition(draft))
        if changes is not None:
            placed_changes = map(Markup, _placed_changes(changes, draft.policy, draft.name).values())
            yield self._changes(draft.terms, facts, changes, *placed_changes)

    def _broken(self, draft: Draft, *, is_known: bool) -> Content:
        """A draft that cannot be posted yet, and why."""
        title = draft.terms.title if draft.terms else draft.policy
        language = draft.terms.language if draft.terms else ENGLISH
        say = self.languages.messages_in(language)
        place = address.revision_address(draft.policy, draft.name)
        text = Markup(placed(draft_rendition(draft), place, address.relative("", place)))  # noqa: S704 - rendered by us
        html = self._templates.render(
            "broken_draft.html", place, language, self.site.as_of, draft=draft, is_known=is_known, text=text
        )
        heading = say("page.draft.title", title=title, name=draft.name)
        return Content(place, heading, say("page.draft.description"), html, is_listed=False)

    def _changes(
        self, terms: Terms, facts: RevisionFacts, changes: Changes | None, listed: Markup, redline: Markup
    ) -> Content:
        revision, say = facts.revision, facts.words.messages
        place = address.changes_address(revision.policy, revision.name)
        html = self._templates.render(
            "changes.html",
            place,
            terms.language,
            facts=facts,
            before=facts.predecessor,
            measure=measure_told(changes.measure, say) if changes else None,
            listed=listed,
            redline=redline,
        )
        title = say("page.changes.title", title=revision.title, name=revision.name)
        description = say("page.changes.description", title=revision.title, name=revision.name)
        headings = [Heading(2, anchor, say(key)) for anchor, key in _CHANGES_HEADINGS] if changes else []
        return Content(place, title, description, html, headings, is_listed=False)

    def _permanent(self, terms: Terms, facts: RevisionFacts, text: Markup, *, has_title: bool) -> Content:
        revision = facts.revision
        place = address.revision_address(revision.policy, revision.name)
        html = self._templates.render(
            "revision.html", place, terms.language, facts.instant, facts=facts, text=text, has_title=has_title
        )
        say, posted = facts.words.messages, facts.words.moment(revision.posted, revision.zone)
        title = say("page.revision.title", title=revision.title, name=revision.name)
        description = say("page.revision.description", title=revision.title, instant=posted, status=facts.heading)
        return Content(place, title, description, html, is_listed=facts.kind == "in-force")

    def _shown(self, policy: PolicyRecord, overview: dict[str, object]) -> RevisionFacts:
        """What the policy's page shows: the text in force for current users, else the one offered, else the newest."""
        for key in ("current", "newcomers"):
            if (facts := overview[key]) is not None and isinstance(facts, RevisionFacts):
                return facts
        return self.facts(self._timelines[policy.slug].revisions[-1])

    def _overview(self, policy: PolicyRecord) -> dict[str, object]:
        timeline, now = self._timelines[policy.slug], self._instants[policy.slug]
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
            "newcomers_since": turn_of(timeline, Audience.NEW_USERS, now),
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
            "is_asked": policy.slug in self.site.acceptance,
        }

    def _language_of(self, slug: str) -> str:
        policy = self.site.record.policy(slug)
        return policy.terms.language if policy else ENGLISH

    def filled(self, content: Content) -> Content:
        """The content with everything that is known only now in the place of its marks."""
        slug = content.address.partition("/")[0]
        if content.shows is not None:
            rendition = self.site.redlines.text(self._timelines[slug][content.shows])
            home = address.relative("", content.address)
            text = placed(rendition, address.revision_address(slug, content.shows), home)
            texts = {"text": placed_notes(text, slug, content.address)}
            html = late.filled(content.html, partial(self._late, slug, texts))
            return replace(content, html=html, headings=rendition.headings)
        texts = {}
        if content.compares is not None:
            changes = self.site.redlines.changes(self._timelines[slug][content.compares])
            texts = _placed_changes(changes, slug, content.compares) if changes else {}
        return replace(content, html=late.filled(content.html, partial(self._late, slug, texts)))

    def _late(self, slug: str, texts: Mapping[str, str], name: str, arguments: Sequence[str]) -> str:
        """What stands for a mark on a page of the policy; `texts` has what is of a revision."""
        if name in texts:
            return texts[name]
        if name == "picture":
            return self._picture(slug)
        if name in ("article", "asked", "effect"):
            return self.acceptance.part(name, *arguments)
        as_of, zone = self.site.as_of, time_zone(arguments[0])
        if name == "instant":
            return format_instant(as_of, zone)
        return self.languages.messages_in(arguments[1]).moment(as_of, zone, exactly=name == "moment-exactly")

    def _picture(self, slug: str) -> str:
        """The picture of a policy's timeline, and its legend."""
        policy, timeline, now = self.site.record.policy(slug), self._timelines[slug], self.site.as_of
        if policy is None:
            return ""
        say = self.languages.messages_in(policy.terms.language)
        picture = timeline_svg(timeline, now, policy.terms.title, say, policy.terms.zone)
        numbers = escape(say("history.picture.numbers"))
        return f"{picture}\n<figcaption>{legend(timeline, now, say)}<p>{numbers}</p></figcaption>"


def _placed_changes(changes: Changes, slug: str, name: str) -> dict[str, str]:
    """What a revision changed, with its links fit for the page of its changes."""
    home = address.relative("", address.changes_address(slug, name))
    redline = with_links(changes.redline, address.revision_address(slug, name), home)
    return {"listed": changes.listed, "redline": redline}
