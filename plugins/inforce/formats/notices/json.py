r"""The notices as the notification job reads them: one file for each, and an index that only grows.

The whole of `/notices/privacy-policy/2018-04-10/posted.json`; instants have the offset of the policy's time zone::

    {
      "acceptance": {"asked": true, "by": "2018-06-10T00:00:00+09:00"},
      "audience": null,
      "cancels": [],
      "change": "material",
      "digest": "…64 hexadecimal digits…",
      "due": "2018-04-10T09:00:00+09:00",
      "effective": {
        "current_users": {"from": "2018-05-10T00:00:00+09:00", "rule": "2018-05-10"},
        "new_users": {"from": null, "rule": "on acceptance"}
      },
      "event": "posted",
      "expires": "2018-06-10T00:00:00+09:00",
      "id": "tag:qstore.example,2014:notices/privacy-policy/2018-04-10/posted",
      "idempotency_key": "…32 hexadecimal digits…",
      "language": "en",
      "links": {
        "changes": "privacy-policy/2018-04-10/changes/#changes",
        "pdf": null,
        "redline": "privacy-policy/2018-04-10/changes/#redline",
        "text": "privacy-policy/2018-04-10/"
      },
      "messages": {"en": {"html": "<div lang=\"en\" …", "subject": "Privacy Policy: changes …", "text": "…"}},
      "policy": "privacy-policy",
      "posted": "2018-04-10T09:00:00+09:00",
      "posting": {"commit": "…40 hexadecimal digits…", "kind": "recorded"},
      "recipients": {"registered_before": "2018-04-10T09:00:00+09:00", "registered_from": null},
      "revision": "2018-04-10",
      "summary": ["Your information is now stored in the Republic of Korea."],
      "title": "Privacy Policy",
      "version": 1
    }

`audience` is `current_users`, `new_users`, or null, which is everybody. `recipients` is null where nobody needs to be
told. A reminder has `days` besides. `links` are relative to the site's root, and null where there is nothing. Of the
messages, the one in `language` is the policy's own; the others have our words in other languages.

The whole of `/notices/index.json`, in the order in which the postings joined the record. What stands in it stays, and
with nothing new its bytes are the same. `notices` has the entries of those that are on no page yet; a page has 100::

    {
      "authority": "tag:qstore.example,2014:",
      "count": 230,
      "notices": [{…, "file_digest": "…", "url": "notices/privacy-policy/2018-04-10/posted.json"}],
      "pages": [{"count": 100, "digest": "…64 hexadecimal digits…", "url": "notices/index/1.json"}],
      "version": 1
    }

An entry is a notice's file without `messages` and `version`, with its `url` (from the site's root) and the SHA-256 of
its bytes. A page, `/notices/index/1.json`, is `{"notices": [ 100 entries ], "page": 1, "version": 1}`.

The *facts* of an entry never change once it was published. Those are all of its keys but `links`, `posting`, `title`,
`url` and `file_digest`: a rewritten history may have other commits, and a later version of ours other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256

from inforce.core.announcement import Message
from inforce.core.instant import format_instant
from inforce.core.notice import Authority, Notice
from inforce.formats.in_force_json import effects_entry, instant_or_null, posting_entry
from inforce.formats.json_text import Json, to_json
from inforce.formats.notices.words import Links

VERSION = 1
PER_PAGE = 100
INDEX = "notices/index.json"
FACTS = (
    "acceptance",
    "audience",
    "cancels",
    "change",
    "days",
    "digest",
    "due",
    "effective",
    "event",
    "expires",
    "id",
    "idempotency_key",
    "language",
    "policy",
    "posted",
    "recipients",
    "revision",
    "summary",
)
"""What never changes once it is published. What a later version adds is none of it, for those who read as this does."""


def notice_place(notice: Notice) -> str:
    """Where a notice's file lies on the site."""
    return f"{notice.path}.json"


def page_place(number: int) -> str:
    """Where a full page of the index lies; they count from 1."""
    return f"notices/index/{number}.json"


def notice_entry(notice: Notice, authority: Authority, links: Links) -> Json:
    """What is told of a notice, but for its words."""
    revision, zone = notice.revision, notice.revision.zone
    entry: Json = {
        "acceptance": {
            "asked": notice.asks_acceptance,
            "by": instant_or_null(revision.accept_by if notice.asks_acceptance else None, zone),
        },
        "audience": notice.audience,
        "cancels": [authority.id_of(path) for path in notice.cancels],
        "change": revision.change,
        "digest": revision.digest,
        "due": format_instant(notice.due, zone),
        "effective": effects_entry(revision, zone),
        "event": notice.event,
        "expires": format_instant(notice.expires, zone),
        "id": authority.id_of(notice.path),
        "idempotency_key": sha256(authority.id_of(notice.path).encode()).hexdigest()[:32],
        "language": revision.language,
        "links": asdict(links),
        "policy": revision.policy,
        "posted": format_instant(revision.posted, zone),
        "posting": posting_entry(revision),
        "recipients": _recipients(notice),
        "revision": revision.name,
        "summary": list(revision.summary),
        "title": revision.title,
    }
    return entry | ({} if notice.days is None else {"days": notice.days})


def notice_file(entry: Json, messages: Mapping[str, Message]) -> bytes:
    """A notice's own file; `messages` by the tags of their languages."""
    words = {language: asdict(message) for language, message in messages.items()}
    return to_json(entry | {"messages": words, "version": VERSION})


def index_entry(entry: Json, place: str, data: bytes) -> Json:
    """What the index says of a notice, whose file lies there and has these bytes."""
    return entry | {"file_digest": sha256(data).hexdigest(), "url": place}


def index_files(entries: Sequence[Json], authority: Authority) -> Iterator[tuple[str, bytes]]:
    """The index, and its full pages, by their places; entries in the order in which they came."""
    pages = []
    full = len(entries) - len(entries) % PER_PAGE
    for number, start in enumerate(range(0, full, PER_PAGE), start=1):
        page = {"notices": entries[start : start + PER_PAGE], "page": number, "version": VERSION}
        data, place = to_json(page), page_place(number)
        pages.append({"count": PER_PAGE, "digest": sha256(data).hexdigest(), "url": place})
        yield place, data
    index = {
        "authority": authority.prefix,
        "count": len(entries),
        "notices": entries[full:],
        "pages": pages,
        "version": VERSION,
    }
    yield INDEX, to_json(index)


def _recipients(notice: Notice) -> Json | None:
    who, zone = notice.recipients, notice.revision.zone
    if who is None:
        return None
    return {
        "registered_before": instant_or_null(who.registered_before, zone),
        "registered_from": instant_or_null(who.registered_from, zone),
    }
