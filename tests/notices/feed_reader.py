"""Programs that subscribe to feeds, as plain as can be: what they poll is a mapping of places on a site to bytes."""

import json
from urllib.parse import urlsplit

import feedparser
from lxml import etree

ROOT = "https://policies.qstore.example/"
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
    "inforce": "https://inforce.example/ns/notice#",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


class Reader:
    """Keeps what it read, and never reads an archive document twice (RFC 5005, section 4).

    `read` gives the ids in a document, the newest first, and the address of the older one, None where there is none.
    """

    def __init__(self, subscribed, read):
        self.subscribed, self.seen = subscribed, []
        self._read, self._archives = read, set()

    def poll(self, files):
        """Read what is new: the subscription document, and archive documents that it has not read yet."""
        found, address = [], self.subscribed
        while address is not None and place(address) not in self._archives:
            ids, older = self._read(files[place(address)])
            found += ids
            if address != self.subscribed:
                self._archives.add(place(address))
            address = older
        self.seen += reversed([one for one in found if one not in set(self.seen)])


def as_atom(data):
    feed = etree.fromstring(data)
    return ids(feed), link(feed, "prev-archive")


def as_json(data):
    feed = json.loads(data)
    return [one["id"] for one in feed["items"]], feed.get("next_url")


def by_feedparser(data):
    """As a program reads it that many readers of feeds are made with."""
    read = feedparser.parse(data)
    assert not read.bozo, read.bozo_exception
    older = [one.href for one in read.feed.links if one.rel == "prev-archive"]
    return [one.id for one in read.entries], older[0] if older else None


def place(address):
    """Where the document lies on its site, whatever the site's host is called."""
    return urlsplit(address).path.lstrip("/")


def parsed(files, address):
    return etree.fromstring(files[place(address)])


def ids(feed):
    return feed.xpath("a:entry/a:id/text()", namespaces=NAMES)


def link(feed, relation):
    """The target of the feed's link of that relation; there is one at the most."""
    (target,) = feed.xpath(f"a:link[@rel='{relation}']/@href", namespaces=NAMES) or (None,)
    return target


def chain(files, address, relation):
    """The Atom documents of a feed from one on, by their addresses."""
    found = {}
    while address is not None:
        found[address] = parsed(files, address)
        address = link(found[address], relation)
    return found


def index_of(files):
    """Every notice, as the job reads them."""
    index = json.loads(files["notices/index.json"])
    pages = [json.loads(files[page["url"]])["notices"] for page in index["pages"]]
    return [one for page in [*pages, index["notices"]] for one in page]
