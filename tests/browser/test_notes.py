"""Notes beside clauses: opened in place, by mouse and keyboard, without JavaScript, on a telephone and on paper."""

import pytest

pytestmark = pytest.mark.browser
ADDRESS = "privacy-policy/2018-04-10/"


@pytest.mark.parametrize("script", [True, False])
def test_a_note_opens_in_place_by_keyboard(opened, script):
    page = opened(ADDRESS, java_script_enabled=script)
    note = page.locator(".inforce-beside--changed").first
    assert not note.get_by_text("History of this clause").is_visible()
    note.locator("summary").focus()
    page.keyboard.press("Enter")
    assert note.get_by_text("What changed here").is_visible()
    assert note.locator("ins").first.is_visible()
    assert note.get_by_text("History of this clause").is_visible()


def test_a_note_is_a_button_with_a_name(opened):
    page = opened(ADDRESS)
    assert "What changed here" in page.locator(".inforce-beside--changed summary").first.aria_snapshot()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_note_leaves_the_text_where_it_was(opened, width):
    page = opened(ADDRESS, width)
    clause = page.locator("#c-we-keep-what-you")
    before = clause.bounding_box()
    page.evaluate("for (const one of document.querySelectorAll('.inforce-beside')) one.remove()")
    after = clause.bounding_box()
    assert (before["y"], before["height"]) == (after["y"], after["height"])


@pytest.mark.parametrize("width", [390, 1280])
def test_open_notes_are_not_wider_than_the_screen(opened, width):
    page = opened(ADDRESS, width)
    page.evaluate("for (const one of document.querySelectorAll('.inforce-beside')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    edges = page.evaluate(
        "[...document.querySelectorAll('.inforce-beside')].map(one => one.getBoundingClientRect().left)"
    )
    assert min(edges) >= 0


def test_a_sign_is_large_enough_to_be_hit(opened):
    box = opened(ADDRESS, 390).locator(".inforce-beside summary").first.bounding_box()
    assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8


def test_paper_has_the_notes_that_were_opened(opened):
    page = opened(ADDRESS)
    page.locator(".inforce-beside summary").first.click()
    page.emulate_media(media="print")
    shown = [one.is_visible() for one in page.locator(".inforce-beside").all()]
    assert shown[0]
    assert not any(shown[1:])


def test_an_anchor_leads_to_its_clause(opened):
    page = opened(f"{ADDRESS}#c-we-keep-what-you")
    page.wait_for_function("scrollY > 0 || document.querySelector(':target')")
    assert page.locator(":target").inner_text().startswith("We keep what you tell us")
