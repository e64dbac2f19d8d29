"""The pages of notices, for people: one of all, and one of each revision.

A revision's page is there for good, and the words of a notice on it never change. Around them stands what has become of
it: whether it is told, is to come, or was cancelled. That changes when a notice falls due, which can be between two
changes of what binds whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from markupsafe import Markup

from inforce.core import address
from inforce.core.notice import Event, Notice
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.formats.messages import Languages, Messages
from inforce.formats.notices.feed import NEWEST
from inforce.formats.notices.json import notice_place
from inforce.formats.notices.words import html_of, links_of, subject_of
from inforce.formats.page_head import Link
from inforce.formats.text.markdown import Heading
from inforce.mkdocs_plugin.ages import Ages
from inforce.mkdocs_plugin.content import PAGE, Content
from inforce.mkdocs_plugin.templating import Templates
from inforce.workflows.publish_site import Site

FEED = "alternate"
"""A feed is another form of the page (HTML); feed readers look for that relation, many of them to the letter."""
_HEADINGS = (
    ("to-come", "notices.to_come"),
    ("told", "notices.told"),
    ("subscribe", "notices.subscribe"),
    ("meanings", "notices.meanings"),
)


class Stage(StrEnum):
    """What has become of a notice."""

    TOLD = "told"
    TO_COME = "to-come"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Shown:
    """A notice as templates show it; `cancelling` is the one that says that what it announces will not come about."""

    notice: Notice
    stage: Stage
    cancelling: Notice | None

    @property
    def revision(self) -> Revision:
        """The revision of which it tells."""
        return self.notice.revision

    @property
    def place(self) -> str:
        """Where people read it."""
        return address.notices_address(self.revision.policy, self.revision.name, self.notice.name)

    @property
    def data(self) -> str:
        """Where programs do."""
        return notice_place(self.notice)

    @property
    def kind(self) -> str:
        """The message that says of what kind it is."""
        if self.notice.event is Event.REMINDER:
            return "notices.kind.reminder" if self.notice.days != 1 else "notices.kind.reminder.one"
        return f"notices.kind.{self.notice.event.replace('-', '_')}"

    @property
    def whom(self) -> str:
        """The message that says for whom the text takes effect."""
        return f"notices.for.{self.notice.audience or 'everybody'}"


class NoticePages:
    """Makes the pages of notices of a site, and what other pages say of them; nothing where there are none."""

    def __init__(  # noqa: PLR0913 - what all of its pages need
        self, site: Site, templates: Templates, languages: Languages, language: str, ages: Ages, *, feed: str = FEED
    ) -> None:
        """Keep what is known.

        Args:
            site: what is shown.
            templates: make the HTML.
            languages: those that pages can be written in.
            language: that of the theme's own words.
            ages: say how old pages are.
            feed: as what pages link feeds.
        """
        self._site, self._templates, self._languages, self._ages = site, templates, languages, ages
        self._language, self._feed = language, feed

    @property
    def are_wanted(self) -> bool:
        """Whether there are any."""
        return self._site.notices is not None

    def depends_on(self, policy: PolicyRecord) -> object:
        """What of the present the pages of a policy say: what is told by now, and what was cancelled."""
        of_policy = self._of_policy[policy.slug]
        return (
            self.are_wanted,
            self._feed,
            [(one.notice.path, one.stage, one.cancelling is not None) for one in of_policy],
        )

    def last_told(self) -> datetime | None:
        """When the last notice was told, be it cancelled since."""
        notices = self._site.notices
        return max(notices.last_dues.values(), default=None) if notices is not None else None

    def files(self, policy: PolicyRecord) -> Iterator[str]:
        """Where the files of a policy's notices lie."""
        if not self.are_wanted:
            return
        yield from (address.atom_address(policy.slug), address.json_feed_address(policy.slug))
        yield from (f"{address.notices_address(policy.slug, revision.name)}{PAGE}" for revision in policy.revisions)
        yield from (one.data for one in self._of_policy[policy.slug])

    def feeds(self, language: str, policy: PolicyRecord | None = None) -> Iterator[Link]:
        """What a page's head says of the feeds: of a policy, if it belongs to one, and of all."""
        if not self.are_wanted:
            return
        say = self._languages.messages_in(language)
        if policy is not None:
            yield from self._links(policy.slug, say("told.feed", title=policy.terms.title))
        yield from self._links("", say("told.feed.all"))

    def all(self, head: str) -> Content:
        """`/notices/`: what is to come and what was told last of all policies, how to subscribe, what notices mean."""
        say, policies = self._languages.messages_in(self._language), self._site.record.policies
        place = address.NOTICES
        html = self._templates.render(
            "notices.html",
            place,
            self._language,
            self._site.as_of,
            to_come=list(_together(self._to_come)),
            newest=list(_together(self._newest)),
            has_more=self._site.notices is not None and len(self._site.notices.told) > NEWEST,
            subject=self._subject,
            policies=policies,
        )
        headings = [Heading(2, anchor, say(key)) for anchor, key in _HEADINGS]
        html = self._ages.dated(html, place, policies, self._language)
        return Content(place, say("notices.title"), say("notices.description"), html, headings, head=head)

    def of(self, policy: PolicyRecord, revision: Revision, head: str) -> Content:
        """`/notices/privacy-policy/2018-04-10/`: the notices of a revision, the first one being of its posting."""
        place, language = address.notices_address(policy.slug, revision.name), policy.terms.language
        say = self._languages.messages_in(revision.language)
        posted, *others = self._of_revision[revision.policy, revision.name]
        html = self._templates.render(
            "notice.html",
            place,
            language,
            revision=revision,
            posted=(posted, self._words(posted.notice, say, place, 1)),
            others=[(one, self._words(one.notice, say, place, 3)) for one in others],
        )
        if any(one.stage is Stage.TO_COME for one in (posted, *others)):
            html = self._ages.dated(html, place, [policy], language)
        page = self._languages.messages_in(language)
        title = page("notices.page.title", title=revision.title, name=revision.name)
        headings = [Heading(2, one.notice.name, heading(one, page)) for one in others]
        return Content(place, title, subject_of(posted.notice, say), html, headings, is_listed=False, head=head)

    def _words(self, notice: Notice, say: Messages, place: str, level: int) -> Markup:
        """A notice's words, with links that hold wherever the site is."""
        links = links_of(notice, has_pdf=self._site.archive.is_signed(notice.revision))
        html = html_of(notice, say, links, address.relative("", place), level=level)
        return Markup(html)  # noqa: S704 - made by us

    def _subject(self, one: Shown) -> tuple[str, str]:
        """What a notice is about, in a line; and the language of that."""
        say = self._languages.messages_in(one.revision.language)
        return subject_of(one.notice, say), say.language

    def _links(self, policy: str, title: str) -> Iterator[Link]:
        yield Link(self._feed, address.atom_address(policy), "application/atom+xml", title)
        yield Link(self._feed, address.json_feed_address(policy), "application/feed+json", title)

    @cached_property
    def _of_policy(self) -> dict[str, list[Shown]]:
        """Every notice, by its policy."""
        found: dict[str, list[Shown]] = defaultdict(list)
        notices = self._site.notices
        for one in notices.all if notices is not None else ():
            found[one.revision.policy].append(self._shown(one))
        return found

    @cached_property
    def _of_revision(self) -> dict[tuple[str, str], list[Shown]]:
        """Every notice, by its revision; that of the posting is the first one of each."""
        found: dict[tuple[str, str], list[Shown]] = defaultdict(list)
        for notices in self._of_policy.values():
            for one in notices:
                found[one.revision.policy, one.revision.name].append(one)
        return found

    @property
    def _to_come(self) -> list[Shown]:
        """What is not due yet, the next first."""
        found = [one for notices in self._of_policy.values() for one in notices if one.stage is Stage.TO_COME]
        return sorted(found, key=lambda one: (one.notice.due, one.revision.policy, one.notice.path))

    @property
    def _newest(self) -> Sequence[Shown]:
        """What was told last, the last first."""
        notices = self._site.notices
        return [self._shown(one) for one in reversed(notices.told[-NEWEST:])] if notices is not None else ()

    def _shown(self, notice: Notice) -> Shown:
        notices = self._site.notices
        assert notices is not None  # noqa: S101 - the notice is one of them
        cancelling = notices.cancelled.get(notice.path)
        if cancelling is not None and notice.due >= cancelling.due:
            return Shown(notice, Stage.CANCELLED, cancelling)
        return Shown(notice, Stage.TO_COME if notice.due > notices.as_of else Stage.TOLD, cancelling)


def heading(one: Shown, say: Messages) -> str:
    """What a notice is called beside the others of its revision."""
    kind = say(one.kind, days=one.notice.days) if one.notice.event is Event.REMINDER else say(one.kind)
    return say("notices.heading", kind=kind, whom=say(one.whom))


def _together(notices: Iterable[Shown]) -> Iterator[tuple[Shown, str]]:
    """The notices, those of one event for both audiences as one; with the message that says for whom it is."""
    for _, alike in groupby(notices, _event):
        first, *others = alike
        yield first, "notices.for.everybody" if others else first.whom


def _event(one: Shown) -> tuple[object, ...]:
    return one.notice.due, one.revision.policy, one.revision.name, one.notice.event, one.notice.days
