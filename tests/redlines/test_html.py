"""A redline as HTML: it holds both texts, in elements where they may stand."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from tests.laws.texts import TEXTS, revised

from inforce.core.clause import BORDER, Kind
from inforce.core.redline import Done, redline
from inforce.formats.messages import messages_in
from inforce.formats.redline.html import change_list, clause_changes, redline_body
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of

RECORD = Path(__file__).parents[2] / "policy_versions"
REVISIONS = sorted(RECORD.glob("*/*.md"))
FLOW = {"p", "div", "ul", "ol", "dl", "blockquote", "pre", "details", "hr", *(f"h{level}" for level in range(1, 7))}
PHRASING = {"a", "strong", "em", "code", "u", "sub", "sup", "del", "ins", "span", "br"}
HOLDS = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd"},
    "table": {"thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    "dt": (FLOW | PHRASING) - {f"h{level}" for level in range(1, 7)},
    **dict.fromkeys(["li", "dd", "td", "th", "blockquote"], FLOW | PHRASING),
    "div": FLOW | PHRASING | {"table", "input", "label"},
    "details": FLOW | {"summary", "table"},
}


def compare(old, new):
    return Comparison(Text("old", "", old), Text("new", "", new), redline(old, new))


def parsed(html):
    """The elements, which have to be closed in the order in which they were opened."""
    xml = re.sub(r"<((?:br|hr|input)\b[^>]*)>", r"<\1/>", html)
    xml = re.sub(r" (hidden|checked)(?=[ />])", r' \1=""', xml).replace("\x02", "").replace("\x03", "")
    return etree.fromstring(f"<div>{xml}</div>")


def are_in_place(page):
    """Every element stands where HTML lets it."""
    for element in page.iter():
        allowed = HOLDS.get(element.tag, PHRASING)
        children = {child.tag for child in element}
        assert children <= allowed, (element.tag, children - allowed, etree.tostring(element))
        if element.tag in ("ul", "ol", "dl", "table", "thead", "tbody", "tr"):
            assert not "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
            assert children
        if element.tag == "dl":
            assert (element[0].tag, element[-1].tag) == ("dt", "dd")
    for table in page.iter("table"):
        widths = {sum(int(cell.get("colspan", 1)) for cell in row) for part in table for row in part}
        assert len(widths) == 1, etree.tostring(table)
    names = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(names) == len(set(names))


def is_said(element):
    """Whether it is hidden, or words of our own."""
    classes = set((element.get("class") or "").split())
    return (
        element.get("hidden") is not None
        or element.tag in ("summary", "label")
        or (bool(classes & {"inforce-note", "inforce-cut"}))
    )


def words_in(element, without):
    """The words of one text, without white space."""
    if not isinstance(element.tag, str) or is_said(element) or element.tag == without:
        return ""
    texts = [element.text or "", *(words_in(child, without) + (child.tail or "") for child in element)]
    return "".join("".join(texts).split())


def words_of(text):
    """The same of its clauses."""
    return "".join(
        re.sub(r"\s", "", word.text).replace("[^", "[") if word.text != BORDER else "|" * (clause.kind is not Kind.ROW)
        for clause in text
        for word in clause.words
    )


def holds(old, new):
    """Everything that is promised."""
    comparison = compare(old, new)
    html = redline_body(comparison, messages_in("en"))
    page = parsed(html)
    are_in_place(page)
    assert words_in(page, "del") == words_of(new)
    before = words_in(page, "ins")
    assert Counter(before) == Counter(words_of(old))
    if not {one.done for one in comparison.redline.changes} & {
        Done.MOVED,
        Done.MOVED_AND_EDITED,
        Done.SPLIT,
        Done.JOINED,
    }:
        assert before == words_of(old)
    targets = {element.get("id") for element in page.iter()}
    listed = parsed(change_list(comparison, messages_in("ko")))
    links = [link.get("href") for one in (page, listed) for link in one.iter("a") if link.get("href")]
    assert {link[1:] for link in links if link.startswith("#c")} <= targets
    for one in clause_changes(comparison, messages_in("ko")):
        assert "id=" not in one.html
        parsed(one.html)


@settings(max_examples=300, deadline=None)
@given(revised())
def test_a_text_that_was_revised(texts):
    holds(*texts)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_any_two_texts(old, new):
    holds(tuple(old), tuple(new))


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_revisions_of_a_real_record(path):
    own = clauses_of(body(path.read_bytes()))
    for other in REVISIONS:
        if other > path and (other.parent == path.parent or other == REVISIONS[-1]):
            holds(own, clauses_of(body(other.read_bytes())))
