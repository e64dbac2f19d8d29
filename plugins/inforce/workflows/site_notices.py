"""The notices of a site at an instant, and every file that they are published as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from inforce.core import address
from inforce.core.announcement import Message
from inforce.core.notice import Authority, Notice, cancelled_by, notices_of_record, told_by
from inforce.core.record import PolicyRecord, Record
from inforce.formats.messages import ENGLISH, Languages, Messages
from inforce.formats.notices.atom import STYLE, atom, entry_xml, feed_style
from inforce.formats.notices.calendar import About, calendar
from inforce.formats.notices.feed import Entry, Feed
from inforce.formats.notices.json import index_entry, index_files, notice_entry, notice_file, notice_place
from inforce.formats.notices.json_feed import item_json, json_feed
from inforce.formats.notices.words import Links, links_of, message_of
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import SiteArchive


@dataclass(frozen=True)
class SiteNotices:
    """The notices of a record as of an instant.

    `languages` are those that messages can be written in, `root` is the site's address with a slash at its end, `name`
    what the site is called, and `language` that of the theme's own words, in which the feed of all says what it is.
    `archive` has the signed PDFs that notices lead to.
    """

    record: Record
    as_of: datetime
    authority: Authority
    languages: Languages
    root: str
    name: str
    archive: SiteArchive
    language: str = ENGLISH

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

    @cached_property
    def last_dues(self) -> Mapping[str, datetime]:
        """When the last notice of each policy could be told, be it cancelled since.

        As long as the record only grows, this never runs backwards, whatever is posted late.
        """
        found: dict[str, datetime] = {}
        for one in self.all:
            if one.told_from <= self.as_of:
                slug = one.revision.policy
                found[slug] = max(one.told_from, found.get(slug, one.told_from))
        return found

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """What is told of each notice, with its words in its policy's language: by the notices' paths."""
        return {one.path: self._entry(one) for one in self.all}

    @property
    def feeds(self) -> Sequence[tuple[Feed, Sequence[Entry]]]:
        """The feed of all policies and that of each, with the notices that are told in it, the first told first."""
        of_policies = defaultdict(list)
        for one in self.told:
            of_policies[one.revision.policy].append(self.entries[one.path])
        every = [self.entries[one.path] for one in self.told]
        return [(self._feed(), every), *((self._feed(one), of_policies[one.slug]) for one in self.record.policies)]

    def of(self, policy: PolicyRecord) -> Sequence[Notice]:
        """Those of a policy that are told at the instant, the first told first."""
        return [one for one in self.told if one.revision.policy == policy.slug]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file that notices are published as, by its place on the site; the index last."""
        yield from self._feeds()
        yield address.CALENDAR, self._calendar()
        yield from self._data()

    def _feeds(self) -> Iterator[tuple[str, bytes]]:
        """The feeds of all policies and of each, with their archive documents."""
        entries = [self.entries[one.path] for one in self.told]
        in_xml = {one.notice.path: entry_xml(one, self.root) for one in entries}
        in_json = {one.notice.path: item_json(one, self.root) for one in entries}
        for feed, told in self.feeds:
            yield from atom(feed, told, in_xml)
            yield from json_feed(feed, told, in_json)
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
            last_due=self.last_dues.get(policy.slug) if policy else max(self.last_dues.values(), default=None),
            policy=policy.slug if policy else "",
            zone=policy.terms.zone if policy else UTC,
        )

    def _calendar(self) -> bytes:
        """The dates on which revisions take effect."""
        title = self.languages.messages_in(self.language)("feed.calendar", about=self.name)
        about = About(title, self.authority, self.root)
        messages = {path: one.message for path, one in self.entries.items()}
        return calendar(about, self.all, self.cancelled, messages, self.languages)

    def _data(self) -> Iterator[tuple[str, bytes]]:
        """A file for each notice, and the index with its pages."""
        indexed = []
        for entry in self.entries.values():
            place = notice_place(entry.notice)
            data = notice_file(entry.facts, self._messages(entry))
            indexed.append(index_entry(entry.facts, place, data))
            yield place, data
        yield from index_files(indexed, self.authority)

    def _entry(self, notice: Notice) -> Entry:
        links = self._links(notice)
        say = self.languages.messages_in(notice.revision.language)
        return Entry(notice, notice_entry(notice, self.authority, links), self._message(notice, say, links), say)

    def _links(self, notice: Notice) -> Links:
        return links_of(notice, has_pdf=self.archive.is_signed(notice.revision))

    def _message(self, notice: Notice, say: Messages, links: Links) -> Message:
        return message_of(notice, say, links, self.root)

    def _messages(self, entry: Entry) -> Mapping[str, Message]:
        """A notice's words in every language that there are words in, by its policy's language and their tags."""
        notice = entry.notice
        own, links = notice.revision.language, self._links(notice)
        near = self.languages.texts_in(own)[0]
        others = [tag for tag in self.languages.tags if tag != near]
        in_others = {tag: self._message(notice, self.languages.messages_in(tag), links) for tag in others}
        return {own: entry.message, **in_others}


def site_notices(  # noqa: PLR0913 - all that notices are made of
    settings: Settings,
    authority: Authority,
    record: Record,
    archive: SiteArchive,
    *,
    as_of: datetime,
    languages: Languages,
) -> SiteNotices:
    """The notices of a record as it was known at an instant, with links to what the archive has."""
    return SiteNotices(record, as_of, authority, languages, settings.root, settings.name, archive, settings.language)
