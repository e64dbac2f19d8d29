"""A redline as HTML: it holds both texts, in elements where they may stand."""

import re
from collections import Counter
from pathlib import Path

import pytest
from drawing import clauses, compared
from hypothesis import given, settings
from lxml import etree
from tests.laws.texts import TEXTS, revised

from inforce.core.clause import BORDER, Kind
from inforce.core.redline import redline
from inforce.formats.messages import messages_in
from inforce.formats.redline.html import change_list, clause_changes, redline_body
from inforce.formats.redline.page import redline_page
from inforce.formats.redline.style import PALETTE, PAPER
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


def words_in(element, without, moved=None):
    """The words of one text, without white space.

    Args:
        element: a part of the page.
        without: what only the other text has: `ins` or `del`.
        moved: for the old text the clauses that were moved, by the `id` of the first of those that moved together.
    """
    if not isinstance(element.tag, str):
        return ""
    if moved is not None and has_class(element, "inforce-change--gone"):
        (link,) = element.iter("a")
        return "".join(words_in(one, without) for one in moved[link.get("href").removeprefix("#")])
    if (
        is_said(element)
        or element.tag == without
        or (moved is not None and has_class(element, "inforce-change--moved"))
    ):
        return ""
    texts = [element.text or "", *(words_in(child, without, moved) + (child.tail or "") for child in element)]
    return "".join("".join(texts).split())


def has_class(element, name):
    return name in (element.get("class") or "").split()


def moved_in(page):
    """The clauses that were moved together, by the `id` of the first one; that one alone has a note."""
    groups = []
    for element in page.iter():
        if isinstance(element.tag, str) and has_class(element, "inforce-change--moved"):
            if any(has_class(one, "inforce-note") for one in element.iter()):
                groups.append([])
            groups[-1].append(element)
    return {group[0].get("id"): group for group in groups}


def keeps_order(comparison):
    """Whether what HTML says is enough for the order of the old text: not if what was split or joined moved as well."""
    changes = comparison.redline.changes
    places = [one.place for change in changes if not change.is_moved for one in change.old]
    return places == sorted(places) and not any(one.is_moved and one.new[0].clause.kind is Kind.ROW for one in changes)


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
    before = words_in(page, "ins", moved_in(page))
    assert Counter(before) == Counter(words_of(old))
    if keeps_order(comparison):
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


def shown(old, new, old_names=None, new_names=None):
    """The clauses of both texts, drawn with any indentation."""
    old_text = Text("", "", clauses(old), identities=old_names)
    new_text = Text("", "", clauses(new), identities=new_names)
    made = redline_body(Comparison(old_text, new_text, compared(old, new)), messages_in("en"))
    return made.partition('<div class="inforce-marks">\n')[2].removesuffix("\n</div>\n</div>")


def closed(html):
    """The HTML without line breaks between elements."""
    return re.sub(r">\s*\n\s*<", "><", html.strip())


def test_an_edited_clause():
    assert closed(shown("# Terms\n\nLeave in 30.", "# Terms\n\nLeave in 60.")) == closed("""
    <h3>Terms</h3>
    <div class="inforce-change inforce-change--edited" id="change-1">
    <p class="inforce-marked"><span class="inforce-side" hidden>Before</span> Leave in <del>30</del> <ins>60</ins>.</p>
    <p class="inforce-after" hidden><span class="inforce-side">Now</span> Leave in <ins>60</ins>.</p></div>""")


def test_items_have_the_numbers_of_their_texts_around_a_deletion_and_a_fold():
    items = [f"We keep {what} for years." for what in ["orders", "mail", "calls", "names", "places", "dates", "more"]]
    old = "\n".join(f"{number}. {item}" for number, item in enumerate([items[0], "You pay.", *items[1:]], start=3))
    new = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=3))
    assert closed(shown(old, new)) == closed("""
        <ol start="3">
        <li>We keep orders for years.</li>
        <li><div class="inforce-change inforce-change--deleted" id="change-1">
        <div class="inforce-marked"><del>You pay.</del></div></div></li>
        <li value="4">We keep mail for years.</li>
        </ol>
        <details class="inforce-kept"><summary>5 clauses unchanged, from “We keep calls for years.”</summary>
        <ol start="5">
        <li>We keep calls for years.</li>
        <li>We keep names for years.</li>
        <li>We keep places for years.</li>
        <li>We keep dates for years.</li>
        <li>We keep more for years.</li>
        </ol>
        </details>""")


def test_rows_are_folded_in_a_row_and_a_column_that_comes_is_marked_in_each():
    rows = [("Korea", "3"), ("Japan", "5"), ("France", "9"), ("Kenya", "12"), ("Chile", "14"), ("Peru", "14")]
    table = "| Country | Days |\n| --- | --- |\n" + "\n".join(f"| {country} | {days} |" for country, days in rows)
    assert closed(shown(table, table.replace("| 3 |", "| 2 |"))) == closed("""
        <div class="inforce-table" tabindex="0"><table>
        <thead>
        <tr><th>Country</th><th>Days</th></tr>
        </thead>
        <tbody>
        <tr class="inforce-change inforce-change--edited" id="change-1"><td>Korea</td><td>
        <div class="inforce-marked"><span class="inforce-side" hidden>Before</span> <del>3</del> <ins>2</ins></div>
        <div class="inforce-after" hidden><span class="inforce-side">Now</span> <ins>2</ins></div></td></tr>
        <tr><td>Japan</td><td>5</td></tr>
        <tr class="inforce-fold"><td colspan="2"><details class="inforce-kept">
        <summary>4 clauses unchanged, from “France | 9”</summary><table><tbody>
        <tr><td>France</td><td>9</td></tr>
        <tr><td>Kenya</td><td>12</td></tr>
        <tr><td>Chile</td><td>14</td></tr>
        <tr><td>Peru</td><td>14</td></tr>
        </tbody></table></details></td></tr>
        </tbody>
        </table></div>""")
    wider = "| Country | Days | Costs |\n| --- | --- | --- |\n| Korea | 3 | none |"
    narrow = "| Country | Days |\n| --- | --- |\n| Korea | 3 |"
    assert "<td>Korea</td><td>3</td><td><ins>none</ins></td>" in shown(narrow, wider)
    assert "<td>Korea</td><td>3</td><td><del>none</del></td>" in shown(wider, narrow)


def test_what_moved_together_says_so_once_and_the_place_it_left_leads_there():
    cookies = "## Cookies\n\nWe set two cookies.\n\nThey end with your session.\n\n"
    orders = "## Orders\n\nOrders are binding as soon as we have confirmed them by mail.\n\n"
    html = shown(f"# Terms\n\n{cookies}{orders}", f"# Terms\n\n{orders}{cookies}")
    assert html.count("inforce-note") == 2
    assert (
        '<div class="inforce-change inforce-change--gone"><p class="inforce-note"><a href="#change-1">3 clauses were '
        "moved away, the first of them: “Cookies”. Place now: after “Orders”.</a></p></div>" in html
    )
    assert (
        '<div class="inforce-change inforce-change--moved" id="change-1"><p class="inforce-note">3 clauses were moved '
        "here: this one and those that follow. Place before: after “Terms”.</p>"
        '<h4 class="inforce-marked">Cookies</h4></div>' in html
    )


def test_clauses_have_their_identities_for_ids_each_once():
    html = shown(
        "# Terms\n\nYou pay.\n\nWe keep your orders for five years.",
        "# Terms\n\nWe keep your orders for six years.\n\nNobody else is told.",
        old_names=("c-terms", "c-you-pay", "c-we-keep"),
        # As if that one had come back, though it is told otherwise here.
        new_names=("c-terms", "c-we-keep", "c-you-pay"),
    )
    assert re.findall(r'id="([^"]*)"', html) == ["c-terms", "change-1", "c-we-keep", "c-you-pay"]


def test_links_are_left_to_be_placed_and_what_could_run_is_none():
    html = shown("Read.", "Read [a](b.md), [c](#d) and [e](https://example.org/?f&g).")
    assert re.findall(r'href="([^"]*)"', html) == [
        "\x02inforce:b.md\x03",
        "\x02inforce:#d\x03",
        "https://example.org/?f&amp;g",
    ]


def test_each_changed_clause_is_told_by_its_place_in_the_new_text():
    old = "# Terms\n\nYou pay.\n\nWe keep your orders for five years.\n\nYou leave when you want to.\n"
    new = "# Terms\n\nWe keep your orders for six years.\n\nNobody else is told.\n"
    texts = (Text("", "", clauses(one)) for one in (old, new))
    made = clause_changes(Comparison(*texts, compared(old, new)), messages_in("en"))
    assert [(one.place, one.is_gone, one.done) for one in made] == [
        (1, True, "deleted"),
        (1, False, "edited"),
        (2, True, "deleted"),
        (2, False, "inserted"),
    ]
    assert made[1].html == (
        "<p>Under “Terms”, a paragraph was edited.</p><p>“five” was replaced by “six”.</p>"
        '<p class="inforce-marked">We keep your orders for <del>five</del> <ins>six</ins> years.</p>'
    )


def test_a_number_and_the_one_that_replaced_it_stand_apart_but_for_code():
    assert "<del>30</del> <ins>60</ins>일간 보관합니다" in shown(
        "개인정보를 30일간 보관합니다.", "개인정보를 60일간 보관합니다."
    )
    assert "(<del>30</del> <ins>60</ins> days)" in shown("We keep it long (30 days).", "We keep it long (60 days).")
    assert "<del>30</del><ins>60</ins>" in shown("Set:\n\n    keep = 30", "Set:\n\n    keep = 60")


def test_where_a_clause_was_split_is_marked_in_what_is_told_of_it():
    sentences = "You may leave when you want to.", "We delete then whatever we know of you."
    old, new = (f"# Terms\n\n{between.join(sentences)}\n" for between in (" ", "\n\n"))
    texts = (Text("", "", clauses(one)) for one in (old, new))
    first, second = clause_changes(Comparison(*texts, compared(old, new)), messages_in("en"))
    assert 'want to.<ins class="inforce-cut">¶</ins> We delete' in first.html
    assert second.html == first.html


def brightness(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted(map(brightness, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_stand_out_from_their_grounds(scheme):
    colours = {name: pair[scheme] for name, pair in {**PALETTE, **PAPER}.items()}
    for name in ("deleted", "inserted", "moved"):
        assert contrast(colours[name], colours[f"{name}-ground"]) >= 7
        assert contrast(colours[name], colours["page"]) >= 4.5
    assert contrast(colours["quiet"], colours["page"]) >= 4.5
    assert min(contrast(colours[name], colours["page"]) for name in ("bar", "line")) >= 3


def test_signs_of_html_are_words_wherever_they_stand():
    old, new = (clauses(f"# A &lt;b>\n\nWe keep what you order{more}.") for more in ("", " &amp; &lt;i> `<u>`"))
    one = Comparison(Text("<old>", "", old), Text("<new>", "", new), redline(old, new))
    page = redline_page(one, messages_in("en"))
    assert "<title>Changes from &lt;old&gt; to &lt;new&gt;</title>" in page
    assert "<h3>A &lt;b&gt;</h3>" in page
    assert "what you order <ins>&amp; &lt;i&gt; <code>&lt;u&gt;</code></ins>." in page
    assert "Inserted: “&amp; &lt;i&gt; &lt;u&gt;”" in page
    assert not re.search(r"<(?:b|i|u|old|new)>", page)


def test_a_page_is_whole_and_its_links_within_the_record_are_words():
    old, new = clauses("Read [this](b.md)."), clauses("Read [this](b.md) and [that](https://example.org/).")
    one = Comparison(
        Text("old", "0" * 64, old), Text("new", "1" * 64, new, "2018-04-10T09:00:00+09:00"), redline(old, new), "ko"
    )
    page = redline_page(one, messages_in("en"))
    assert re.findall(r'(?:href|src)="([^#"]*)"', page) == ["https://example.org/"] * 2
    assert 'Read <span class="inforce-link">this</span>' in page
    assert "\x02" not in page
    assert '<div lang="ko" dir="ltr">' in page
    assert '<span class="inforce-side" lang="en" dir="ltr" hidden>Before</span>' in page
    assert '<time datetime="2018-04-10T09:00:00+09:00">posted 10 April 2018, 09:00 (UTC+09:00)</time>' in page
