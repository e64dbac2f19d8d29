"""The pages of what people are asked, in a browser: they offer the PDF, are read by keyboard, and need no script."""

import re

import pytest
from accepting_site import accepting  # noqa: F401 - a fixture
from browser.serving import served
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def asking(accepting):  # noqa: F811 - the fixture
    """The address of a site with a register."""
    with served(accepting.site) as address:
        yield address


def test_a_text_is_offered_as_a_signed_pdf_too(opened, whole):
    page = opened("privacy-policy/2018-04-10/accept/", at=whole)
    place = page.get_by_role("link", name="this revision as a signed PDF").get_attribute("href")
    assert page.request.get(f"{page.url}{place}").headers["content-type"] == "application/pdf"


@pytest.mark.parametrize("script", [True, False])
def test_all_is_there_with_a_script_and_without(opened, asking, script):
    page = opened("accept/", at=asking, java_script_enabled=script)
    for words in ("We keep what you tell us", "I have read the Privacy Policy of 10 April 2018", "동의합니다."):
        expect(page.locator("article").get_by_text(words).first).to_be_visible()
    expect(page.locator(".inforce-asked")).to_have_count(2)
    assert page.locator(".inforce-sheet :is(form, input, button)").count() == 0


def test_the_exact_document_is_shown_under_the_policy_as_it_looks_by_itself(opened, asking):
    page = opened("privacy-policy/2018-04-10/accept/new_users.html", at=asking)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.violations") == []
    assert page.locator(".inforce-asked").evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    assert [url for url in page.requests if not re.search(r"new_users.html$|favicon", url)] == []


def test_links_lead_from_one_to_the_other(opened, asking):
    page = opened("", at=asking)
    page.get_by_role("link", name="What you accept when you register").click()
    page.get_by_role("link", name="Privacy Policy, 2018-04-10").click()
    expect(page).to_have_url(re.compile("#accept:privacy-policy:2018-04-10$"))
    page.get_by_role("link", name="Permanent page of what is asked here").first.click()
    expect(page).to_have_url(f"{asking}privacy-policy/2018-04-10/accept/")
    page.get_by_role("link", name="What is asked today").click()
    page.locator("li").get_by_role("link", name="The revision of 10 April 2018").last.click()
    expect(page).to_have_url(f"{asking}privacy-policy/2018-04-10/accept/#current-users")
    expect(page.get_by_role("heading", name="If you registered before 10 April 2018, 09:00")).to_be_in_viewport()
