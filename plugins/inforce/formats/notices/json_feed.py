r"""A feed as JSON Feed 1.1, with the facts of each notice as an extension of ours, `_inforce`.

The whole of a document with one item; the newest come first, and `next_url` leads to older ones. `feed_url`, which is
the identity of the feed, is that of the subscription document in the archive documents too::

    {
      "_inforce": {"about": "https://inforce.example/ns/notice#"},
      "authors": [{"name": "Qstore policies"}],
      "feed_url": "https://policies.qstore.example/notices.json",
      "home_page_url": "https://policies.qstore.example/notices/",
      "items": [
        {
          "_inforce": { … an entry of notices/index.json without `file_digest` … },
          "attachments": [{"mime_type": "application/pdf", "url": "https://…/privacy-policy-2018-04-10.pdf"}],
          "content_html": "<div lang=\"en\" …",
          "content_text": "Privacy Policy: changes from 10 May 2018\n\n…",
          "date_modified": "2018-04-10T09:00:00+09:00",
          "date_published": "2018-04-10T09:00:00+09:00",
          "external_url": "https://policies.qstore.example/privacy-policy/2018-04-10/",
          "id": "tag:qstore.example,2014:notices/privacy-policy/2018-04-10/posted",
          "language": "en",
          "tags": ["posted", "material"],
          "title": "Privacy Policy: changes from 10 May 2018",
          "url": "https://policies.qstore.example/notices/privacy-policy/2018-04-10/#posted"
        }
      ],
      "language": "en",
      "next_url": "https://policies.qstore.example/notices/archive/2.json",
      "title": "Qstore policies: change notices",
      "version": "https://jsonfeed.org/version/1.1"
    }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from inforce.core.instant import format_instant
from inforce.formats.json_text import Json, to_json
from inforce.formats.notices.atom import NAMESPACE
from inforce.formats.notices.feed import Document, Entry, Feed, documents, named, place_of
from inforce.formats.notices.json import notice_place

_NO_ITEMS = b'\n  "items": [],'
"""What an empty document has in the place of items. A line end in a string is written otherwise, so it stands once."""
_INDENT = " " * 4
_VERSION = "https://jsonfeed.org/version/1.1"


def item_json(entry: Entry, root: str) -> str:
    """One item of a feed, as it is written in every document that has it."""
    notice, facts, message = entry.notice, entry.facts, entry.message
    links = facts["links"]
    made: Json = {
        "_inforce": {**facts, "url": notice_place(notice)},
        "content_html": message.html,
        "content_text": message.text,
        "date_modified": format_instant(notice.told_from, notice.revision.zone),
        "date_published": format_instant(notice.due, notice.revision.zone),
        "external_url": f"{root}{links['text']}",
        "id": facts["id"],
        "language": entry.say.language,
        "tags": [tag for tag in (facts["event"], facts["change"]) if tag],
        "title": message.subject,
        "url": f"{root}{entry.page}",
    }
    if links["pdf"] is not None:
        made["attachments"] = [{"mime_type": "application/pdf", "url": f"{root}{links['pdf']}"}]
    return _INDENT + to_json(made).decode().rstrip("\n").replace("\n", f"\n{_INDENT}")


def json_feed(feed: Feed, told: Sequence[Entry], written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The documents of a feed, by their places.

    Args:
        feed: what it says of itself.
        told: its entries, the first told first.
        written: what `item_json` makes of them, by the paths of their notices.
    """
    for document in documents(feed, told):
        data = to_json(_document(feed, document))
        if document.entries:
            items = ",\n".join(written[one.notice.path] for one in document.entries)
            data = data.replace(_NO_ITEMS, f'\n  "items": [\n{items}\n  ],'.encode(), 1)
        yield place_of(feed, document.number, "json"), data


def _document(feed: Feed, document: Document) -> Json:
    """All of a document but its items."""
    title, language = named(feed, document)
    made: Json = {
        "_inforce": {"about": NAMESPACE},
        "authors": [{"name": feed.author}],
        "feed_url": f"{feed.root}{place_of(feed, None, 'json')}",
        "home_page_url": f"{feed.root}{feed.page}",
        "items": [],
        "language": language,
        "title": title,
        "version": _VERSION,
    }
    older = {"next_url": f"{feed.root}{place_of(feed, document.previous, 'json')}"} if document.previous else {}
    return made | older
