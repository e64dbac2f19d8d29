"""What a person sees of a timeline, at every width, in the dark and on paper: measured in Chromium."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations, pairwise

import pytest
from timelines_site import HISTORIES, timelines  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser
POLICIES = sorted(HISTORIES)

TEXTS = """() => [...document.querySelectorAll("svg[role=img] text")]
    .filter(one => one.checkVisibility())
    .map(one => {
        const {left, right, top, bottom} = one.getBoundingClientRect()
        return {left, right, top, bottom, words: one.textContent, size: getComputedStyle(one).fontSize}
    })"""
"""Each text of the picture that is shown, and where it lies on the screen."""

CONTRASTS = r"""() => {
    const parse = text => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return [r, g, b, a] }
    const linear = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4
    const light = colour => [.2126, .7152, .0722].reduce((sum, part, i) => sum + part * linear(colour[i] / 255), 0)
    const ratio = (one, other) => {
        const [brighter, darker] = [light(parse(one)), light(parse(other))].sort((x, y) => y - x)
        return (brighter + .05) / (darker + .05)
    }
    const page = getComputedStyle(document.body).backgroundColor
    return [...document.querySelectorAll("svg[role=img] text")].filter(one => one.checkVisibility()).map(one => {
        const style = getComputedStyle(one), {left, right, top, bottom} = one.getBoundingClientRect()
        const under = [...document.querySelectorAll("svg[role=img] rect")].filter(box => {
            const at = box.getBoundingClientRect(), x = (left + right) / 2, y = (top + bottom) / 2
            return at.left <= x && x <= at.right && at.top <= y && y <= at.bottom && !box.closest("defs")
        }).map(box => getComputedStyle(box).fill).filter(fill => fill.startsWith("rgb")).pop()
        const ground = style.stroke.startsWith("rgb") ? style.stroke : under || page
        return [ratio(style.fill, ground), one.textContent]
    })
}"""
"""The contrast of each text to its outline, if it has one, else to the box that it stands on, or the page."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def opens(chromium, timelines):  # noqa: F811 - the fixture
    """Opens a page of the site in a window of a width."""
    handler = functools.partial(_Quiet, directory=str(timelines))
    contexts = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def opened(address, width, **options):
            key = width, *options.items()
            if key not in contexts:
                contexts[key] = chromium.new_context(viewport={"width": width, "height": 900}, **options).new_page()
            contexts[key].goto(f"http://127.0.0.1:{server.server_port}/{address}")
            return contexts[key]

        yield opened
        for page in contexts.values():
            page.context.close()
        server.shutdown()


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
@pytest.mark.parametrize("policy", POLICIES)
def test_no_label_meets_another_and_none_leaves_the_screen(opens, policy, width):
    page = opens(f"{policy}/history/", width)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 5
    for one, other in combinations(texts, 2):
        apart = one["right"] <= other["left"] or other["right"] <= one["left"]
        apart = apart or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
        assert apart, (one["words"], other["words"])
    assert [text for text in texts if text["left"] < 0 or text["right"] > width] == []
    assert {text["size"] for text in texts} == {"12px"}
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("policy", ["offers", "hundreds", "century"])
def test_labels_stand_out_from_what_they_stand_on(opens, policy, scheme):
    page = opens(f"{policy}/history/", 1280, color_scheme=scheme)
    ratios = page.evaluate(CONTRASTS)
    assert [(words, ratio) for ratio, words in ratios if ratio < 4.5] == []
    assert ratios


def test_a_wide_picture_names_more_than_a_narrow_one(opens):
    def shown(width):
        return [text["words"] for text in opens("offers/history/", width).evaluate(TEXTS)]

    assert len(shown(1280)) > len(shown(390))


def test_on_a_telephone_a_row_is_a_card_and_still_a_row(opens):
    page = opens("offers/history/", 390)
    assert page.locator("thead").bounding_box()["width"] <= 1
    row = page.get_by_role("row", name="r005")
    assert row.get_by_text("Takes effect for current users").is_visible()
    cells = [cell.bounding_box() for cell in row.get_by_role("cell").all()]
    assert len(cells) == 5
    assert all(later["y"] >= one["y"] + one["height"] for one, later in pairwise(cells))
    assert page.get_by_role("columnheader").count() == 6
    wide = opens("offers/history/", 1280)
    assert not wide.get_by_role("row", name="r005").get_by_text("Takes effect for current users").is_visible()
    assert (
        len({cell.bounding_box()["y"] for cell in wide.get_by_role("row", name="r005").get_by_role("cell").all()}) == 1
    )


def test_a_screen_reader_is_told_of_one_picture_with_a_name_and_a_description(opens):
    page = opens("offers/history/", 1280)
    picture = page.get_by_role("img", name="Timeline of the Offers")
    assert picture.count() == 1
    assert page.get_by_role("table", name="Every revision of the Offers").count() == 1
