"""A redline in a browser: by itself and on a page of a site, seen, heard and printed."""

import hashlib
from textwrap import dedent

import pytest
from browser.test_accessibility import faults
from playwright.sync_api import expect
from redlines.every_change import NEW, OLD

from inforce.core.redline import redline
from inforce.formats.messages import messages_in
from inforce.formats.redline.html import change_list, redline_body
from inforce.formats.redline.page import redline_page
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.text.clauses import clauses_of
from inforce.formats.text.markdown import with_links

pytestmark = pytest.mark.browser
ENGLISH = messages_in("en")
SIDES = "#inforce-view-sides"


def compared(old, new):
    texts = [
        Text(name, hashlib.sha256(text.encode()).hexdigest(), clauses_of(text), "2018-04-10T09:00:00+09:00")
        for name, text in (("terms/2017", old), ("terms/2018", new))
    ]
    return Comparison(*texts, redline(texts[0].clauses, texts[1].clauses), "en")


EVERY = compared(OLD, NEW)


@pytest.fixture
def shown(chromium):
    """Shows a page that was written to no file, without a network."""
    contexts = []

    def shows(comparison, width=1280, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_content(redline_page(comparison, ENGLISH))
        return page

    yield shows
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def on_site(altered):
    """The address of a site on whose home page the redline stands."""
    listed, body = change_list(EVERY, ENGLISH), with_links(redline_body(EVERY, ENGLISH), "terms/2018/", "")
    return altered(f'<div class="inforce" lang="en" dir="ltr">{listed}<div class="inforce-text">{body}</div></div>')


def seen(page, selector):
    return [one.inner_text() for one in page.locator(selector).all() if one.is_visible()]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(shown, opened, on_site, scheme, width):
    alone = shown(EVERY, width, color_scheme=scheme)
    on_page = opened("", width, at=on_site, color_scheme=scheme)
    for page in (alone, on_page):
        page.locator("details.inforce-kept").evaluate_all("all => all.forEach(one => one.open = true)")
        for view in ("inline", "sides"):
            page.check(f"#inforce-view-{view}")
            assert faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert on_page.evaluate("window.violations") == []


def test_one_view_is_seen_at_a_time(shown):
    page = shown(EVERY)
    clause = page.locator("#change-2")
    assert "cancel within 30 60 days" in clause.inner_text()
    page.check(SIDES)
    before, now = clause.locator(".inforce-marked"), clause.locator(".inforce-after")
    assert before.inner_text().startswith("Before")
    assert "cancel within 30 days" in before.inner_text()
    assert now.inner_text().startswith("Now")
    assert "cancel within 60 days" in now.inner_text()
    assert before.bounding_box()["y"] == now.bounding_box()["y"]
    page.set_viewport_size({"width": 390, "height": 900})
    assert before.bounding_box()["y"] < now.bounding_box()["y"]


def test_a_theme_shows_nothing_that_is_hidden(opened, on_site):
    page = opened("", at=on_site)
    assert seen(page, ".inforce-after, .inforce-before, .inforce-side") == []


def test_words_set_otherwise_are_seen_as_they_were_and_as_they_are(shown):
    page = shown(EVERY)
    clause = page.locator("#change-12")
    assert seen(page, "#change-12 strong") == ["advance"]
    page.check(SIDES)
    assert clause.locator(".inforce-marked strong").is_hidden()
    assert clause.locator(".inforce-after strong").is_visible()


def test_without_a_style_each_word_is_there_once(shown):
    page = shown(EVERY)
    page.locator("style").evaluate("one => one.remove()")
    assert page.locator(".inforce-redline").inner_text().count("You may cancel within 30 60 days") == 1


def test_an_entry_leads_to_its_place(shown):
    page = shown(EVERY)
    page.get_by_role("link", name="Under “Payment”, a paragraph was inserted:").click()
    expect(page.locator("#change-13")).to_be_in_viewport()


def test_paper_has_the_chosen_view_and_what_is_folded(shown):
    page = shown(EVERY)
    page.check(SIDES)
    page.emulate_media(media="print")
    assert page.get_by_text("Side by side").is_hidden()
    page.set_viewport_size({"width": 650, "height": 900})  # A sheet of A4 between its margins.
    before, now = (page.locator(f"#change-2 .inforce-{one}").bounding_box() for one in ("marked", "after"))
    assert before["y"] == now["y"]
    folded = page.get_by_text("Not for the weather.")
    assert folded.evaluate("one => one.checkVisibility({contentVisibilityAuto: true})")
    assert folded.bounding_box()["height"] > 0


def test_without_colours_lines_say_what_was_done(shown):
    page = shown(EVERY, forced_colors="active")
    lines = {
        "#change-2 del": "line-through",
        "#change-2 ins": "underline",
        "#change-16 .inforce-marked": "underline double",
    }
    for place, line in lines.items():
        style = page.locator(place).first.evaluate(
            "one => (style => `${style.textDecorationLine} ${style.textDecorationStyle}`)(getComputedStyle(one))"
        )
        assert style.removesuffix(" solid") == line


def test_from_right_to_left_the_bar_and_the_columns_change_sides(shown):
    page = shown(compared("שלום לכם ולכל מי שקורא כאן.", "שלום לכם ולכל מי שכותב כאן."))
    page.locator("main > div").evaluate("one => one.dir = 'rtl'")
    page.check(SIDES)
    before, now = (page.locator(f"#change-1 .inforce-{one}").bounding_box() for one in ("marked", "after"))
    assert before["x"] > now["x"]
    assert page.locator("#change-1").evaluate("one => getComputedStyle(one).borderRightWidth") != "0px"


def test_what_a_screen_reader_hears(shown):
    page = shown(
        compared(
            dedent("""\
                # Terms

                ## Cookies

                We set two cookies.

                ## Orders

                You may cancel within 30 days.

                - We keep your orders.
                - We keep your mail.
                """),
            dedent("""\
                # Terms

                ## Orders

                You may cancel within 60 days.

                - We keep your orders.

                ## Cookies

                We set two cookies.
                """),
        )
    )
    assert page.locator(".inforce-changes").aria_snapshot() == dedent("""\
        - list:
          - listitem:
            - paragraph:
              - link "Under “Orders”, a paragraph was edited.":
                - /url: "#change-1"
            - paragraph: “30” was replaced by “60”.
            - paragraph: "Old: “You may cancel within 30 days.”"
            - paragraph: "New: “You may cancel within 60 days.”"
          - listitem:
            - paragraph:
              - link "Under “Orders”, a list item was deleted:":
                - /url: "#change-2"
            - paragraph: “We keep your mail.”
          - listitem:
            - paragraph:
              - link "After “Orders”, 2 clauses were moved here, unchanged.":
                - /url: "#change-3"
            - paragraph: "Place before: after “Terms”."
            - paragraph: “Cookies”
            - paragraph: “We set two cookies.”""")
    assert page.locator(".inforce-marks").aria_snapshot() == dedent("""\
        - heading "Terms" [level=3]
        - paragraph:
          - 'link "2 clauses were moved away, the first of them: “Cookies”. Place now: after “Orders”."':
            - /url: "#change-3"
        - heading "Orders" [level=4]
        - paragraph:
          - text: You may cancel within
          - deletion: "30"
          - insertion: "60"
          - text: days.
        - list:
          - listitem: We keep your orders.
          - listitem:
            - deletion: We keep your mail.
        - paragraph: "2 clauses were moved here: this one and those that follow. Place before: after “Terms”."
        - heading "Cookies" [level=4]
        - paragraph: We set two cookies.""")
