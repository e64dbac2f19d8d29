"""A feed as Atom (RFC 4287), with archives (RFC 5005), and the facts of each notice in a namespace of ours.

The whole of a subscription document with one entry; an archive document has `<fh:archive/>` and no `subtitle`, and
links to the one before it (`prev-archive`), the one after it (`next-archive`) and the subscription document
(`current`)::

    <?xml version="1.0" encoding="utf-8"?>
    <?xml-stylesheet type="text/css" href="notices/feed.css"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"
          xmlns:inforce="https://inforce.example/ns/notice#" xml:lang="en">
    <id>tag:qstore.example,2014:feeds/notices</id>
    <title>Qstore policies: change notices</title>
    <subtitle type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">…</div></subtitle>
    <updated>2018-04-10T00:00:00+00:00</updated>
    <author><name>Qstore policies</name></author>
    <link rel="self" type="application/atom+xml" href="https://policies.qstore.example/notices.atom"/>
    <link rel="alternate" type="text/html" href="https://policies.qstore.example/notices/"/>
    <link rel="prev-archive" type="application/atom+xml" href="https://…/notices/archive/2.atom"/>
    <entry xml:lang="en">
    <id>tag:qstore.example,2014:notices/privacy-policy/2018-04-10/posted</id>
    <title>Privacy Policy: changes from 10 May 2018</title>
    <updated>2018-04-10T09:00:00+09:00</updated>
    <published>2018-04-10T09:00:00+09:00</published>
    <link rel="alternate" type="text/html" href="https://…/notices/privacy-policy/2018-04-10/#posted"/>
    <link rel="related" type="text/html" title="text" href="https://…/privacy-policy/2018-04-10/"/>
    <link rel="related" type="text/html" title="changes" href="https://…/privacy-policy/2018-04-10/changes/#changes"/>
    <link rel="related" type="text/html" title="redline" href="https://…/privacy-policy/2018-04-10/changes/#redline"/>
    <link rel="enclosure" type="application/pdf" title="pdf" href="https://…/privacy-policy-2018-04-10.pdf"/>
    <link rel="related" type="application/json" title="notice" href="https://…/posted.json"/>
    <category term="posted"/>
    <category term="material"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" …>…</div></content>
    <inforce:notice event="posted" policy="privacy-policy" revision="2018-04-10" digest="…" change="material"
                    due="2018-04-10T09:00:00+09:00" expires="2018-06-10T00:00:00+09:00" idempotency-key="…">
      <inforce:posting kind="recorded" commit="…"/>
      <inforce:effective audience="current_users" rule="2018-05-10" from="2018-05-10T00:00:00+09:00"/>
      <inforce:effective audience="new_users" rule="on acceptance"/>
      <inforce:acceptance asked="true" by="2018-06-10T00:00:00+09:00"/>
      <inforce:recipients registered-before="2018-04-10T09:00:00+09:00"/>
      <inforce:cancels id="tag:…"/>
    </inforce:notice>
    </entry>
    </feed>

What an attribute would have as null is left out; without `inforce:recipients` nobody needs to be told. `published` is
when a notice is due, `updated` when a site could first tell it. Instants have the offset of the policy's time zone;
`updated` of the feed of all policies is in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from inforce.core.address import relative
from inforce.core.instant import format_instant
from inforce.formats.notices.feed import Document, Entry, Feed, documents, named, place_of
from inforce.formats.notices.json import notice_place

NAMESPACE = "https://inforce.example/ns/notice#"
"""The name of our elements; nothing has to answer there."""
STYLE = "notices/feed.css"
"""Where the style sheet lies that makes a feed readable in a browser."""
_XHTML = "http://www.w3.org/1999/xhtml"
_TYPE = "application/atom+xml"
_FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" '
    'xmlns:inforce="{}" xml:lang={}>\n'
)


def feed_style() -> bytes:
    """The style sheet: browsers are giving up XSLT, and all know CSS."""
    return files(__package__).joinpath("feed.css").read_bytes()


def entry_xml(entry: Entry, root: str) -> str:
    """One entry of a feed; the same in every feed that has it."""
    notice, facts, message = entry.notice, entry.facts, entry.message
    related = [("related", "text/html", key, facts["links"][key]) for key in ("text", "changes", "redline")]
    related.append(("enclosure", "application/pdf", "pdf", facts["links"]["pdf"]))
    related.append(("related", "application/json", "notice", notice_place(notice)))
    links = "".join(
        f"<link{_attributes(rel=rel, type=kind, title=title, href=root + place)}/>\n"
        for rel, kind, title, place in related
        if place is not None
    )
    content = message.html.replace("<div ", f'<div xmlns="{_XHTML}" ', 1).rstrip("\n")
    categories = "".join(f"<category{_attributes(term=term)}/>\n" for term in (facts["event"], facts["change"]) if term)
    return (
        f"<entry xml:lang={quoteattr(entry.say.language)}>\n"
        f"<id>{escape(facts['id'])}</id>\n<title>{escape(message.subject)}</title>\n"
        f"<updated>{format_instant(notice.told_from, notice.revision.zone)}</updated>\n"
        f"<published>{format_instant(notice.due, notice.revision.zone)}</published>\n"
        f"<link{_attributes(rel='alternate', type='text/html', href=root + entry.page)}/>\n{links}{categories}"
        f'<content type="xhtml">{content}</content>\n{_facts(facts)}</entry>\n'
    )


def atom(feed: Feed, told: Sequence[Entry], written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The documents of a feed, by their places.

    Args:
        feed: what it says of itself.
        told: its entries, the first told first.
        written: what `entry_xml` makes of them, by the paths of their notices.
    """
    for document in documents(feed, told):
        entries = "".join(written[one.notice.path] for one in document.entries)
        place = place_of(feed, document.number, "atom")
        yield place, f"{_head(feed, document, place)}{entries}</feed>\n".encode()


def _head(feed: Feed, document: Document, place: str) -> str:
    own = partial(place_of, feed, ending="atom")
    links = [("self", _TYPE, place), ("alternate", "text/html", feed.page)]
    if document.number is not None:
        links.append(("current", _TYPE, own(None)))
    links += [("prev-archive", _TYPE, own(document.previous))] if document.previous else []
    links += [("next-archive", _TYPE, own(document.following))] if document.following else []
    title, language = named(feed, document)
    about = "<fh:archive/>\n"
    if document.number is None:
        about = f'<subtitle type="xhtml"><div xmlns="{_XHTML}">{escape(feed.explained)}</div></subtitle>\n'
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<?xml-stylesheet type="text/css" href="{relative(STYLE, place)}"?>\n'
        f"{_FEED.format(NAMESPACE, quoteattr(language))}"
        f"<id>{escape(feed.identity)}</id>\n<title>{escape(title)}</title>\n{about}"
        f"<updated>{format_instant(document.updated, feed.zone)}</updated>\n"
        f"<author><name>{escape(feed.author)}</name></author>\n"
        + "".join(f"<link{_attributes(rel=rel, type=kind, href=feed.root + to)}/>\n" for rel, kind, to in links)
    )


def _facts(facts: Mapping[str, Any]) -> str:
    """The facts, as elements and attributes of ours."""
    own = {key: facts.get(key) for key in ("event", "days", "audience", "policy", "revision", "digest", "change")}
    own |= {"due": facts["due"], "expires": facts["expires"], "idempotency-key": facts["idempotency_key"]}
    inside = [_element("posting", facts["posting"])]
    inside += [_element("effective", {"audience": who, **effect}) for who, effect in facts["effective"].items()]
    acceptance = facts["acceptance"]
    inside.append(_element("acceptance", {"asked": str(acceptance["asked"]).lower(), "by": acceptance["by"]}))
    if facts["recipients"] is not None:
        inside.append(_element("recipients", {key.replace("_", "-"): at for key, at in facts["recipients"].items()}))
    inside += [_element("cancels", {"id": one}) for one in facts["cancels"]]
    return f"<inforce:notice{_attributes(**own)}>\n{''.join(inside)}</inforce:notice>\n"


def _element(name: str, values: Mapping[str, Any]) -> str:
    return f"<inforce:{name}{_attributes(**values)}/>\n"


def _attributes(**values: Any) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)
