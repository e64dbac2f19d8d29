"""The site works under the Content-Security-Policy that its build writes, and what is planted in a page does not."""

import pytest
from playwright.sync_api import expect
from whole_site import KINDS

pytestmark = pytest.mark.browser
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"


def violations(page):
    return page.evaluate("window.violations")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", KINDS)
def test_no_kind_of_page_breaks_the_policy_or_asks_another_host(opened, whole, address, width):
    page = opened(address, width, at=whole)
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert page.said == ([NOT_FOUND] if "nothing" in address else [])
    assert [url for url in page.requests if not url.startswith((whole, "data:"))] == []


def test_the_search_and_its_worker_run_under_the_policy(opened, whole):
    page = opened("", at=whole)
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("orders")
    page.locator(".md-search-result__item").first.wait_for()
    assert len(page.workers) == 1
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"{whole}*/**")
    assert page.said == []


def test_the_palette_changes_under_the_policy_and_stays_changed(opened, whole):
    page = opened("privacy-policy/", at=whole, color_scheme="light")
    scheme = page.locator("body").get_attribute("data-md-color-scheme")
    page.get_by_title("Switch to dark mode").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.goto(f"{whole}privacy-policy/2018-04-10/")
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate" != scheme
    assert violations(page) == []
    assert page.said == []


def test_the_drawer_of_a_telephone_opens_under_the_policy_and_leads_on(opened, whole):
    page = opened("", 390, at=whole)
    page.locator(".md-header label[for=__drawer]").click()
    page.get_by_role("navigation").get_by_role("link", name="For members").click()
    page.wait_for_url(f"{whole}members/")
    assert violations(page) == []
    assert page.said == []


@pytest.mark.parametrize(
    ("markup", "directive"),
    [
        ("<script>document.documentElement.id = 'planted'</script>", "script-src-elem inline"),
        ("<p onmouseover='alert(1)'>Words</p>", "script-src-attr inline"),
        ("<style>html { color: red }</style>", "style-src-elem inline"),
        ("<p style='color: red'>Words</p>", "style-src-attr inline"),
        ("<img src=https://elsewhere.example/pixel.png alt=''>", "img-src https://elsewhere.example/pixel.png"),
        ("<script src=https://elsewhere.example/x.js></script>", "script-src-elem https://elsewhere.example/x.js"),
        ("<iframe src=https://elsewhere.example/ title=Frame></iframe>", "frame-src https://elsewhere.example"),
        ("<base href=https://elsewhere.example/>", "base-uri https://elsewhere.example"),
    ],
)
def test_what_is_planted_in_a_page_is_blocked(opened, altered, markup, directive):
    page = opened("", at=altered(markup))
    page.wait_for_load_state("networkidle")
    for handler in page.locator("[onmouseover]").all():
        handler.dispatch_event("mouseover")  # Some browsers look at a handler when it is wanted.
    for _ in range(100):  # The browser tells of it in its own time.
        if any(told.startswith(directive) for told in violations(page)):
            break
        page.wait_for_timeout(50)
    else:
        pytest.fail(f"nothing was blocked: {violations(page)}")
    assert page.locator("html").get_attribute("id") is None
