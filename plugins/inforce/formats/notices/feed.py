"""The feeds of notices: of all policies, and of each. What both formats share: entries, documents, and their places.

A feed is a *subscription document* with the newest entries, and *archive documents* with the rest (RFC 5005, section
4), numbered from the oldest on. An archive document is full with 50 entries, and gets none from then on: a full one
is followed by a further one, be it empty, so that the link to it need not be added later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from inforce.core import address
from inforce.core.announcement import Message
from inforce.core.notice import Notice
from inforce.formats.messages import Messages

NEWEST = 50
"""How many entries the subscription document has."""
PER_ARCHIVE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice as feeds have it: its facts (see `json`), and its words.

    `say` is with what they were said: in the policy's language, or in English where there are no words in that.
    """

    notice: Notice
    facts: dict[str, Any]
    message: Message
    say: Messages

    @property
    def page(self) -> str:
        """Where people read it, from the site's root."""
        revision = self.notice.revision
        return address.notices_address(revision.policy, revision.name, self.notice.name)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself, besides its entries.

    Attributes:
        identity: its own, for ever (a tag URI).
        title: what it is about.
        explained: for a person who opens it in a browser: what it is.
        language: that of the title (BCP 47).
        author: who publishes it.
        root: the site's address with a slash at its end.
        policy: of which policy; none: of all.
        zone: in which its own instants are told: the policy's.
        begun: before any entry: the instant at which it last changed.
        last_due: when the last notice of it could be told, also where that was cancelled since; None where none could.
    """

    identity: str
    title: str
    explained: str
    language: str
    author: str
    root: str
    begun: datetime
    last_due: datetime | None = None
    policy: str = ""
    zone: tzinfo = UTC

    @property
    def page(self) -> str:
        """The page that the feed is about, from the site's root."""
        return address.policy_address(self.policy) if self.policy else address.NOTICES


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a feed: its entries, the newest first, and the archive documents before and after it.

    `number` is that of an archive document, None of the subscription document. `updated` is the last instant at which
    an entry was added to it, or to one before it. That of the subscription document stays where a posting that comes
    late takes the last entry back: it never runs backwards.
    """

    entries: Sequence[Entry]
    updated: datetime
    number: int | None
    previous: int | None
    following: int | None


def documents(feed: Feed, told: Sequence[Entry]) -> Iterator[Document]:
    """The archive documents of a feed, from the oldest on, and in the end the subscription document.

    Args:
        feed: whose documents they are.
        told: the notices that are told, the first told first.
    """
    rest, newest = told[:-NEWEST], told[-NEWEST:]
    count = len(rest) // PER_ARCHIVE + 1 if rest else 0
    updated = feed.begun
    for number in range(1, count + 1):
        entries = rest[(number - 1) * PER_ARCHIVE : number * PER_ARCHIVE]
        updated = entries[-1].notice.told_from if entries else updated
        following = number + 1 if number < count else None
        yield Document(entries[::-1], updated, number, number - 1 or None, following)
    updated = max(filter(None, (newest[-1].notice.told_from if newest else updated, feed.last_due)))
    yield Document(newest[::-1], updated, None, count or None, None)


def named(feed: Feed, document: Document) -> tuple[str, str]:
    """What a document is called, and in which language (BCP 47).

    An archive document of a policy is called as the policy was at its newest entry: a new name must not change it.
    """
    if document.number is None or not (feed.policy and document.entries):
        return feed.title, feed.language
    newest = document.entries[0]
    return newest.say("feed.title", about=newest.notice.revision.policy_title), newest.say.language


def place_of(feed: Feed, number: int | None, ending: str) -> str:
    """Where a document of a feed lies, from the site's root; `ending` is `atom` or `json`."""
    if number is None:
        return (address.atom_address if ending == "atom" else address.json_feed_address)(feed.policy)
    folder = f"{feed.policy}/" if feed.policy else ""
    return f"{folder}{address.NOTICES}archive/{number}.{ending}"
