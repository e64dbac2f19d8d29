"""The pages of notices in a browser: read by everybody, on any screen and on paper, in any direction."""

import pytest
from browser.serving import served
from browser.test_accessibility import faults
from noticed_site import NOW

pytestmark = pytest.mark.browser
KINDS = ["notices/", "notices/privacy-policy/2018-04-10/", "notices/terms/2018-04-12/", "notices/khususiya/2018-04-12/"]


@pytest.fixture(scope="module")
def noticed_root(noticed_site):
    with served(noticed_site) as address:
        yield address


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [*KINDS, "privacy-policy/"])
def test_no_page_has_a_fault_is_too_wide_or_asks_for_what_is_not_there(opened, noticed_root, address, scheme, width):
    page = opened(address, width, at=noticed_root, now=NOW, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.wait_for_load_state("networkidle")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (page.said, page.evaluate("window.violations")) == ([], [])
    assert [one for one in page.requests if "sitemap" in one] == []


def test_a_link_to_a_notice_leads_to_its_words(opened, noticed_root):
    page = opened("notices/", at=noticed_root, now=NOW)
    page.get_by_role("link", name="Reminder: Privacy Policy changes on 10 May 2018").click()
    page.wait_for_url("**/notices/privacy-policy/2018-04-10/#reminder-7.current_users")
    notice = page.locator("[id='reminder-7.current_users']")
    assert 0 <= notice.bounding_box()["y"] < 900
    assert "will take effect on 10 May 2018" in notice.inner_text()


@pytest.mark.parametrize("address", KINDS)
def test_on_paper_a_page_says_what_it_is(opened, noticed_root, address):
    page = opened(address, 700, at=noticed_root, now=NOW, color_scheme="dark")
    page.emulate_media(media="print")
    assert f"https://policies.qstore.example/{address}" in page.locator(".inforce-paper").inner_text()
    assert not page.locator(".md-header").is_visible()


def test_how_to_be_told_is_not_printed(opened, noticed_root):
    page = opened("privacy-policy/", 700, at=noticed_root, now=NOW)
    told = page.locator(".inforce-told")
    assert told.is_visible()
    page.emulate_media(media="print")
    assert not told.is_visible()


@pytest.mark.parametrize("address", ["notices.atom", "khususiya/notices.atom"])
def test_a_feed_is_a_page_for_whoever_follows_a_link_to_it(opened, noticed_root, address):
    page = opened(address, 390, at=noticed_root, now=NOW)
    assert page.locator("entry h1", has_text="سياسة الخصوصية").first.is_visible()
    assert not page.locator("entry > id").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("window.violations") == []
