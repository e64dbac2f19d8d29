"""WCAG 2.2 AA, as far as a program can tell: axe-core finds nothing on any kind of page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from whole_site import KINDS

pytestmark = pytest.mark.browser
WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


AT_REST = """() => Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime !== Infinity).map(one => one.finished.catch(() => {})))"""
"""Waits until nothing fades in any more: half-way, letters are as light as their ground."""


def faults(page):
    """What axe finds: rule, element, and why."""
    page.evaluate(AT_REST)
    found = Axe().run(page, options={"runOnly": WCAG_2_2_AA}).response["violations"]
    return [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", KINDS)
def test_no_kind_of_page_has_a_fault(opened, whole, address, scheme, width):
    page = opened(address, width, at=whole, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_has_the_search_with_its_results(opened, whole, scheme):
    page = opened("", at=whole, color_scheme=scheme)
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("orders")
    page.locator(".md-search-result__item").first.wait_for()
    assert faults(page) == []


def test_axe_would_find_a_fault(opened, altered):
    page = opened("", at=altered("<img src=x.png>"))
    assert [rule for rule, _, _ in faults(page)] == ["image-alt"]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_wide_table_scrolls_by_keyboard_and_nothing_else_does(opened, whole, width):
    page = opened("privacy-policy/2014-03-01/", width, at=whole)
    table = page.locator(".inforce-table").last
    table.focus()
    page.keyboard.press("ArrowRight")
    expect(table).not_to_have_js_property("scrollLeft", 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells = page.locator(".inforce-table").first.locator("tbody tr").first.locator("td").all()
    assert [cell.evaluate("cell => getComputedStyle(cell).textAlign") for cell in cells] == ["left", "center", "right"]
