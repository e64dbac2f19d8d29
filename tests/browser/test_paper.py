"""What is printed: the text, and at the head of each sheet what it is and how to prove it; nothing of the theme."""

import json
import re

import pytest

pytestmark = pytest.mark.browser
CHROME = ".md-header, .md-sidebar, .md-footer, .md-top, .md-search, .headerlink"
COLOURS = """() => [...document.querySelectorAll(".inforce-sheet, .inforce-sheet *")]
    .filter(one => !one.closest("svg") && one.checkVisibility())
    .map(one => (style => [style.color, style.backgroundColor, one.tagName])(getComputedStyle(one)))"""


def printed(opened, address, **options):
    page = opened(address, width=700, **options)
    page.emulate_media(media="print", **options)
    return page


@pytest.mark.parametrize("address", ["privacy-policy/2018-04-10/", "user-agreement/2017-01-01/"])
def test_each_sheet_of_a_text_says_which_one_it_is_and_how_to_prove_it(opened, site, address):
    policy, revision, _ = address.split("/")
    page = printed(opened, address)
    head = page.locator(".inforce-paper")
    assert head.evaluate("one => getComputedStyle(one).display") == "table-header-group"  # Repeated on each sheet.
    (line,) = (
        one
        for one in json.loads((site / "postings.json").read_text())["postings"]
        if (one["policy"], one["revision"]) == (policy, revision)
    )
    said = head.inner_text()
    assert f"revision {revision} · posted " in said
    assert line["digest"] in said
    assert f"https://policies.qstore.example/{address}" in said


def test_the_page_of_the_text_in_force_is_printed_with_the_address_and_digest_of_that_text(opened):
    said = printed(opened, "privacy-policy/").locator(".inforce-paper").inner_text()
    assert said.startswith("Privacy Policy, revision 2014-03-01 · posted 1 March 2014 (Asia/Seoul)")
    assert "https://policies.qstore.example/privacy-policy/2014-03-01/" in said
    assert re.search("SHA-256 of the exact source: [0-9a-f]{64}$", said.strip())


@pytest.mark.parametrize("address", ["", "privacy-policy/history/", "privacy-policy/on/"])
def test_lists_are_printed_with_their_instant_and_address(opened, address):
    said = printed(opened, address).locator(".inforce-paper").inner_text()
    assert "as of 30 April 2018, 15:00 UTC" in said
    assert f"https://policies.qstore.example/{address}" in said


@pytest.mark.parametrize(
    "address", ["", "privacy-policy/", "privacy-policy/history/", "privacy-policy/on/", "privacy-policy/2018-04-10/"]
)
def test_nothing_of_the_theme_is_printed_and_all_is_black_on_white_even_from_the_dark(opened, address):
    page = printed(opened, address, color_scheme="dark")
    assert [one for one in page.locator(CHROME).all() if one.is_visible()] == []
    for colour, ground, tag in page.evaluate(COLOURS):
        assert max(map(int, re.findall(r"\d+", colour)[:3])) <= 0x66, tag
        assert ground in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"), tag
    assert page.pdf(format="Letter", prefer_css_page_size=True).startswith(b"%PDF")


def test_the_head_of_a_sheet_is_on_paper_alone(opened):
    assert not opened("privacy-policy/2018-04-10/").locator(".inforce-paper").is_visible()


def test_the_table_of_revisions_is_printed_as_a_table_that_repeats_its_headers(opened):
    page = printed(opened, "user-agreement/history/")
    assert page.locator("thead").evaluate("one => getComputedStyle(one).display") == "table-header-group"
    assert page.locator("tbody tr").first.evaluate("one => getComputedStyle(one).display") == "table-row"
    assert page.locator("thead").bounding_box()["height"] > 10


@pytest.mark.parametrize("accepted", [[], ["2018-04-10@2018-04-25T12:00:00+09:00"]])
def test_a_printed_answer_says_on_what_it_rests(opened, accepted):
    page = opened("privacy-policy/on/", width=700)
    page.get_by_label("Day or instant").fill("2018-05-09")
    page.get_by_label("Registered", exact=True).fill("2018-04-20")
    for one in accepted:
        page.get_by_role("button", name="Add an accepted text").click()
        page.get_by_label("Accepted text", exact=True).select_option(one.partition("@")[0])
        page.get_by_label("Accepted on").fill(one.partition("@")[2])
    page.get_by_role("button", name="Answer").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    said = page.locator(".inforce-answer").inner_text()
    options = ["--on 2018-05-09", "--joined 2018-04-20", *(f"--accepted {one}" for one in accepted)]
    assert " ".join(["inforce which privacy-policy", *options]) in said
    rests_on = "10 April 2018 · 25 April 2018, 12:00" if accepted else "none"
    assert re.search(rf"Accepted texts\s+.*{rests_on}", said)
