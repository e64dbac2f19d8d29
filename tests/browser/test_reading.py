"""What a person sees in a browser: with and without JavaScript, on a telephone, in the dark, on paper."""

import re

import pytest

pytestmark = pytest.mark.browser
PAGES = [
    "",
    "privacy-policy/",
    "privacy-policy/history/",
    "privacy-policy/on/?on=2018-05-09&audience=new_users",
    "privacy-policy/2018-04-10/",
    "user-agreement/2017-01-01/",
]
BANNERS = {
    "privacy-policy/2018-04-10/": "For current users: scheduled. For new users: offered",
    "user-agreement/2014-03-01/": "Superseded",
    "user-agreement/2017-01-01/": "Overtaken",
    "user-agreement/2017-02-01/": "Corrected: another revision stands for this one",
}

CONTRASTS = r"""() => {
    const parse = text => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return [r, g, b, a] }
    const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3])).concat(1)
    const linear = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4
    const light = colour => [.2126, .7152, .0722].reduce((sum, part, i) => sum + part * linear(colour[i] / 255), 0)
    const boxes = ".inforce-box *, .inforce-about *, .inforce-policy *, .inforce-entry *"
    const holdsWords = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    return [...document.querySelectorAll(boxes)].filter(holdsWords).map(one => {
        const layers = []
        for (let at = one; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor))
        const ground = layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1])
        const words = over(parse(getComputedStyle(one).color), ground)
        const [brighter, darker] = [light(words), light(ground)].sort((x, y) => y - x)
        return [(brighter + .05) / (darker + .05), one.textContent.trim().slice(0, 40)]
    })
}"""
"""The contrast of each piece of text in our boxes to its ground (WCAG 2.2, relative luminance)."""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_nobody_else_for_anything(opened, root, address):
    page = opened(address)
    page.wait_for_load_state("networkidle")
    assert [url for url in page.requests if not url.startswith((root, "data:", "blob:"))] == []


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(opened, address, width):
    page = opened(address, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", BANNERS)
@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}, {"color_scheme": "dark"}], ids=str)
def test_a_text_that_is_not_in_force_says_so_before_anything_else(opened, address, options):
    page = opened(address, **options)
    banner = page.locator(".inforce-box__heading").first
    assert banner.inner_text() == BANNERS[address]
    assert banner.bounding_box()["y"] < 200
    assert banner.bounding_box()["y"] < page.locator(".inforce-text").bounding_box()["y"]


@pytest.mark.parametrize("address", BANNERS)
def test_the_banner_prints(opened, address):
    page = opened(address)
    page.emulate_media(media="print")
    box = page.locator(".inforce-box").first
    assert box.is_visible()
    style = box.evaluate("box => (s => [s.borderLeftWidth, s.borderLeftColor, s.color])(getComputedStyle(box))")
    assert float(re.match(r"[\d.]+", style[0])[0]) > 5
    assert style[1:] == ["rgb(0, 0, 0)", "rgb(0, 0, 0)"]


def test_what_is_told_about_a_revision_breaks_on_paper_rather_than_leave_a_hole(opened):
    page = opened("privacy-policy/2018-04-10/")
    page.emulate_media(media="print")
    about = page.locator(".inforce-about")
    assert about.evaluate("about => getComputedStyle(about).breakInside") == "auto"
    assert about.locator("dl").is_visible()


def test_a_member_finds_the_text_that_binds_them_and_its_history(opened):
    page = opened("")
    page.get_by_role("link", name="Read it: Privacy Policy").click()
    assert page.locator(".inforce-box__heading").inner_text() == "In force since 1 March 2014"
    page.get_by_role("link", name="the revision of 10 April 2018").first.click()
    assert page.url.endswith("/privacy-policy/2018-04-10/")
    page.get_by_role("link", name="every revision").click()
    assert page.locator(".inforce-entry").count() == 2


def test_the_search_finds_the_text_in_force_and_no_superseded_one(opened):
    page = opened("")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("tooo")
    page.locator(".md-search-result__meta", has_text="No matching documents").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("cookies")
    page.locator(".md-search-result__item").first.wait_for()
    assert "Privacy Policy" in page.locator(".md-search-result__item").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_words_in_boxes_stand_out_from_their_ground(opened, address, scheme):
    page = opened(address, color_scheme=scheme)
    ratios = page.evaluate(CONTRASTS)
    assert [words for ratio, words in ratios if ratio < 4.5] == []
    assert ratios
