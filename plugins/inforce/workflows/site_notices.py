"""The notices of a site at an instant, and every file that they are published as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from inforce.core import address
from inforce.core.notice import Authority, Notice, cancelled_by, notices_of_record, told_by
from inforce.core.record import PolicyRecord, Record
from inforce.formats.messages import ENGLISH, Languages
from inforce.formats.notices.atom import STYLE, atom, entry_xml
from inforce.formats.notices.calendar import About, calendar
from inforce.formats.notices.feed import Entry, Feed
from inforce.formats.notices.json import Json, index_entry, index_files, notice_entry, notice_file, notice_place
from inforce.formats.notices.json_feed import item, json_feed
from inforce.formats.notices.style import feed_style
from inforce.formats.notices.words import Links, Message, links_of, message_of
from inforce.workflows.settings import Settings


@dataclass(frozen=True)
class SiteNotices:
    """The notices of a record as of an instant.

    `languages` are those that messages can be written in, `root` is the site's address with a slash at its end, `name`
    what the site is called; `has_pdfs` says whether revisions are signed with a key of the publisher's, `has_feeds`
    whether there are feeds and a calendar, to which pages lead.
    """

    record: Record
    as_of: datetime
    authority: Authority
    languages: Languages
    root: str
    name: str
    has_pdfs: bool
    language: str = ENGLISH
    has_feeds: bool = True

    @cached_property
    def all(self) -> Sequence[Notice]:
        """Every notice, due or not, in the order in which their postings joined the record."""
        return notices_of_record(self.record)

    @cached_property
    def told(self) -> Sequence[Notice]:
        """Those that are told at the instant, the first told first."""
        return told_by(self.all, self.as_of)

    @cached_property
    def cancelled(self) -> Mapping[str, Notice]:
        """By the path of each notice that is cancelled at the instant, the one that cancels it."""
        return cancelled_by(self.all, self.as_of)

    def of(self, policy: PolicyRecord) -> Sequence[Notice]:
        """Those of a policy that are told at the instant, the first told first."""
        return [one for one in self.told if one.revision.policy == policy.slug]

    def links(self, notice: Notice) -> Links:
        """Where a notice leads, from the site's root."""
        return links_of(notice, has_pdf=self.has_pdfs)

    def message(self, notice: Notice, language: str | None = None) -> Message:
        """A notice's words in a language, or in its policy's."""
        say = self.languages.messages_in(language or notice.revision.language)
        return message_of(notice, say, self.links(notice), self.root)

    def entry(self, notice: Notice) -> Json:
        """What is told of a notice in data, but for its words."""
        return notice_entry(notice, self.authority, self.links(notice))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file that notices are published as, by its place on the site; the index last."""
        yield from self._feeds()
        yield address.CALENDAR, self._calendar()
        yield from self._data()

    def _feeds(self) -> Iterator[tuple[str, bytes]]:
        """The feeds of all policies and of each, with their archive documents."""
        entries = [Entry(one, self.entry(one), self.message(one)) for one in self.told]
        written = {one.notice.path: entry_xml(one, self.root) for one in entries}
        items = {one.notice.path: item(one, self.root) for one in entries}
        of_policies = defaultdict(list)
        for entry in entries:
            of_policies[entry.notice.revision.policy].append(entry)
        feeds = [(self._feed(), entries)]
        feeds += [(self._feed(one), of_policies[one.slug]) for one in self.record.policies]
        for feed, told in feeds:
            yield from atom(feed, told, written)
            yield from json_feed(feed, told, items)
        yield STYLE, feed_style()

    def _feed(self, policy: PolicyRecord | None = None) -> Feed:
        """What the feed of all policies, or of one, says of itself."""
        language = policy.terms.language if policy else self.language
        say = self.languages.messages_in(language)
        about = policy.slug if policy else "notices"
        return Feed(
            identity=self.authority.id_of(f"feeds/{about}"),
            title=say("feed.title", about=policy.terms.title if policy else self.name),
            explained=say("feed.explained"),
            language=say.language,
            author=self.name,
            root=self.root,
            begun=datetime(self.authority.year, 1, 1, tzinfo=UTC),
            policy=policy.slug if policy else "",
        )

    def _calendar(self) -> bytes:
        """The dates on which revisions take effect."""
        title = self.languages.messages_in(self.language)("feed.calendar", about=self.name)
        return calendar(About(title, self.authority, self.root), self.all, self.cancelled, self.message)

    def _data(self) -> Iterator[tuple[str, bytes]]:
        """A file for each notice, and the index with its pages."""
        entries = []
        for notice in self.all:
            entry, place = self.entry(notice), notice_place(notice)
            data = notice_file(entry, self._messages(notice))
            entries.append(index_entry(entry, place, data))
            yield place, data
        yield from index_files(entries, self.authority)

    def _messages(self, notice: Notice) -> Mapping[str, Message]:
        """A notice's words in every language that there are words in, by its policy's language and their tags."""
        own = notice.revision.language
        near = self.languages.texts_in(own)[0]
        others = {tag: self.message(notice, tag) for tag in self.languages.tags if tag != near}
        return {own: self.message(notice), **others}


def site_notices(
    settings: Settings, authority: Authority | None, record: Record, as_of: datetime, languages: Languages
) -> SiteNotices | None:
    """The notices of a record as it was known at an instant; None where none are wanted."""
    if authority is None:
        return None
    has_pdfs = bool(settings.archive) and settings.signing is not None
    return SiteNotices(record, as_of, authority, languages, settings.root, settings.name, has_pdfs)
