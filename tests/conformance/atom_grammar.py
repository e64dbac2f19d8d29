"""What is wrong with an Atom document by RFC 4287: its RELAX NG grammar, and its rules that the grammar cannot say."""

from functools import cache
from pathlib import Path

import rnc2rng
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"


def problems_of(data):
    """Everything that is wrong with a document."""
    feed = etree.fromstring(data)
    grammar = _grammar()
    grammar.validate(feed)
    return [str(one) for one in grammar.error_log] + [wrong for wrong, is_so in _rules(feed) if is_so]


@cache
def _grammar():
    schema = rnc2rng.dumps(rnc2rng.load(str(Path(__file__).with_name("atom.rnc"))))
    return etree.RelaxNG(etree.fromstring(schema.replace(' xmlns:local=""', "").encode()))


def _rules(feed):
    """The Schematron rules of appendix B, and sections 4.1.1, 4.1.2 and 4.2.7."""
    entries = feed.findall(f"{ATOM}entry")
    has_author = feed.find(f"{ATOM}author") is not None
    yield "no author", not has_author and any(one.find(f"{ATOM}author") is None for one in entries)
    for one in [feed, *entries]:
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in one.findall(f"{ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        yield "two alternates of one type and language", len(alternates) != len(set(alternates))
    yield "a feed without rel=self", not feed.findall(f"{ATOM}link[@rel='self']")
    for entry in entries:
        is_alternate = entry.find(f"{ATOM}link[@rel='alternate']") is not None
        yield "neither content nor alternate", not is_alternate and entry.find(f"{ATOM}content") is None
    ids = [one.findtext(f"{ATOM}id") for one in entries]
    yield "an id twice", len(ids) != len(set(ids))
