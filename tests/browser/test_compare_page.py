"""Any two revisions, compared in the browser: by the fields or by a link, and one plain sentence where it cannot be."""

import json
import re
import shutil
import time
from random import Random
from urllib.parse import quote

import pytest
from browser.serving import served
from playwright.sync_api import expect
from qstore_site import CONFIG
from repository import TERMS, Repository, material, revision

pytestmark = pytest.mark.browser
NOW = "2018-08-01T00:00:00+09:00"
FIRST = """# Privacy Policy

We keep what you tell us when you register.

## Cookies

We set cookies for 30 days. They say who you are.

- One for your basket.
- One for your language.

| Kind | Kept |
|--|--|
| Basket | 30 days |
| Language | a year |

## Where

Your data is stored in Korea, in two places that we own and guard.

Ask [us](../terms/2014-03-01.md#ask) about `<b>bold</b>` or **anything** else.
"""
SECOND = (
    FIRST.replace("30 days.", "60 days.").replace("| 30 days", "| 60 days").replace("- One for your language.\n", "")
)
WHERE = "Your data is stored in Korea, in two places that we own and guard."
THIRD = SECOND.replace(f"{WHERE}\n\n", "").replace("## Cookies\n", f"{WHERE}\n\n## Cookies\n")
LONG = Random(1)
LETTERS = "abcdefghij"


def long_text(seed):
    """Thirty thousand words, of which some differ."""
    words, change = Random(1), Random(seed)
    paragraphs = []
    for _ in range(600):
        said = ["".join(words.choices(LETTERS, k=4)) for _ in range(50)]
        paragraphs.append(" ".join("changed" if change.random() < 0.02 else word for word in said))
    return "\n\n".join(paragraphs)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, build):
    top = tmp_path_factory.mktemp("compare")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs/index.md").write_text("# Policies\n")
    posted = {
        "privacy-policy/policy.yml": TERMS,
        "privacy-policy/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", FIRST),
        "terms/policy.yml": TERMS.replace("language: en", "language: ja").replace("Privacy Policy", "利用規約"),
        "terms/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", "# 利用規約\n\n同意します。\n\n## Ask\n"),
        "long/policy.yml": TERMS.replace("Privacy Policy", "Long"),
        "long/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", long_text(2)),
        "yakgwan/policy.yml": TERMS.replace("language: en", "language: ko").replace("Privacy Policy", "약관"),
        "yakgwan/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", "# 약관\n\n30일 이내에 동의합니다.\n"),
        "single/policy.yml": TERMS.replace("Privacy Policy", "Single"),
        "single/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", "# Single\n"),
        "offered/policy.yml": TERMS.replace("Privacy Policy", "Offered"),
        "offered/2014-03-01.md": revision("effective: never\nposted: 2014-03-01\nsource: Log", "# One\n"),
    }
    repo.commit("2018-04-01T09:00:00+09:00", posted)
    then = {
        "privacy-policy/2018-04-10.md": material(text=SECOND),
        "terms/2018-04-10.md": material(text="# 利用規約\n\n同意しません。\n\n## Ask\n"),
        "long/2018-04-10.md": material(text=long_text(3)),
        "yakgwan/2018-04-10.md": material(text="# 약관\n\n60일 이내에 동의합니다.\n"),
        "offered/2018-04-10.md": material("effective: never", "# Two\n"),
    }
    repo.commit("2018-04-10T09:00:00+09:00", then)
    repo.commit("2018-06-01T09:00:00+09:00", {"privacy-policy/2018-06-01.md": material("effective: 2018-09-01", THIRD)})
    return build(repo, NOW)[0]


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as root:
        yield root


@pytest.fixture
def shown(opened, address):
    """Opens the page of a policy with a query."""
    return lambda query="", policy="privacy-policy", **options: opened(
        f"{policy}/compare/{query}", at=address, now=NOW, **options
    )


def result(page):
    """The heading of what is shown."""
    return page.locator(".inforce-compared h2")


def told(page):
    return page.locator(".inforce-compare__status")


def test_two_revisions_are_chosen_and_compared(shown, address):
    page = shown()
    expect(result(page)).to_have_count(0)
    assert [one.inner_text() for one in page.get_by_label("From").locator("option").all()] == [
        "the revision of 1 June 2018",
        "the revision of 10 April 2018",
        "the revision of 1 March 2014",
    ]
    chosen = [page.get_by_label(name, exact=True).input_value() for name in ("From", "To")]
    assert chosen == ["2018-04-10", "2018-06-01"]
    page.get_by_label("From").select_option("the revision of 1 March 2014")
    page.get_by_label("To", exact=True).select_option("the revision of 10 April 2018")
    page.get_by_role("button", name="Compare").click()
    expect(result(page)).to_have_text("From the revision of 1 March 2014 to the revision of 10 April 2018")
    expect(result(page)).to_be_focused()
    measure = "3 of 12 clauses changed. 2 words and signs inserted, 7 deleted."
    assert page.locator(".inforce-measure").inner_text() == measure
    expect(page.get_by_role("status").filter(has_text=f"{result(page).inner_text()}. {measure}")).to_have_count(1)
    assert page.url == f"{address}privacy-policy/compare/?from=2014-03-01&to=2018-04-10"
    marks = page.locator(".inforce-marks")
    assert [one.inner_text() for one in marks.locator("del").all()] == ["30", "One for your language.", "30"]
    assert [one.inner_text() for one in marks.locator(".inforce-marked ins").all()] == ["60", "60"]
    assert page.evaluate("violations") == []
    assert page.said == []


def test_the_list_of_changes_leads_to_the_places(shown):
    page = shown("?from=2014-03-01&to=2018-04-10")
    entries = page.locator(".inforce-changes > li")
    assert entries.first.inner_text().splitlines()[0] == "Under “Cookies”, a paragraph was edited."
    link = entries.first.locator("a")
    link.click()
    place = page.locator(f"[id='{link.get_attribute('href').removeprefix('#')}']")
    expect(place).to_be_in_viewport()
    assert "They say who you are" in place.inner_text()
    assert page.locator(".inforce-changes a").count() == page.locator(".inforce-changes > li").count()


def test_a_link_shows_at_once_and_the_focus_stays(shown):
    page = shown("?from=2014-03-01&to=2018-06-01")
    expect(result(page)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    assert page.get_by_label("To", exact=True).input_value() == "2018-06-01"
    moved = page.locator(".inforce-change--moved")
    assert moved.locator(".inforce-note").inner_text() == "Moved here. Place before: under “Where”."
    gone = page.locator(".inforce-change--gone a")
    assert gone.get_attribute("href") == f"#{moved.get_attribute('id')}"


def test_a_link_can_lead_to_a_clause(shown):
    page = shown("?from=2014-03-01&to=2018-06-01#redline")
    expect(page.locator("#redline")).to_be_in_viewport()
    page = shown("?from=2014-03-01&to=2018-06-01#%")
    expect(result(page)).to_be_visible()
    assert page.said == []


def test_back_and_forward_show_what_was_compared(shown):
    page = shown("?from=2014-03-01&to=2018-04-10")
    page.get_by_label("To", exact=True).select_option("the revision of 1 June 2018")
    page.get_by_role("button", name="Compare").click()
    expect(result(page)).to_contain_text("to the revision of 1 June 2018")
    page.go_back()
    expect(result(page)).to_contain_text("to the revision of 10 April 2018")
    assert page.get_by_label("To", exact=True).input_value() == "2018-04-10"
    page.go_forward()
    expect(result(page)).to_contain_text("to the revision of 1 June 2018")
    fetched = [one for one in page.requests if one.endswith("clauses.json")]
    assert len(fetched) == len(set(fetched)) == 3


def test_a_text_alone_is_compared_with_the_one_in_force(shown):
    page = shown("?from=2014-03-01")
    expect(result(page)).to_have_text("From the revision of 1 March 2014 to the revision of 10 April 2018")
    page = shown("?from=2014-03-01&since=acceptance")
    expect(result(page)).to_have_text(
        "Since the revision that you accepted: from the revision of 1 March 2014 to the revision of 10 April 2018"
    )
    page = shown("?from=2014-03-01&since=notice")
    expect(result(page)).to_contain_text("Since the revision of the notice: from")


def test_comparing_backwards_says_so(shown):
    page = shown("?from=2014-03-01&to=2018-04-10")
    page.get_by_role("button", name="Swap them").click()
    expect(page.locator(".inforce-backwards")).to_have_text(
        "You compare backwards: the revision of 10 April 2018 is the later of the two. What is shown as deleted was "
        "added by it, and what is shown as inserted was taken out."
    )
    assert [one.inner_text() for one in page.locator(".inforce-marked ins").all()] == [
        "30",
        "One for your language.",
        "30",
    ]
    assert page.url.endswith("?from=2018-04-10&to=2014-03-01")


def test_two_are_swapped_while_their_texts_are_on_their_way(shown):
    page, waiting = shown(), []

    def hold(request):
        waiting.append(request)

    page.route("**/clauses.json", hold)
    page.goto(f"{page.url}?from=2014-03-01&to=2018-04-10")
    expect(told(page)).to_have_text("Comparing …")
    page.get_by_role("button", name="Swap them").click()
    expect(page).to_have_url(re.compile(r"\?from=2018-04-10&to=2014-03-01$"))
    for request in waiting:
        request.continue_()
    expect(page.locator(".inforce-backwards")).to_be_visible()
    assert result(page).inner_text() == "From the revision of 10 April 2018 to the revision of 1 March 2014"


NO_REVISION = "This policy has no posted revision {}. Choose two revisions."


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=nothing&to=2018-04-10", NO_REVISION.format("nothing")),
        ("?from=2014-03-01&to=__proto__", NO_REVISION.format("__proto__")),
        ("?from=constructor", NO_REVISION.format("constructor")),
        ("?from=", "The address does not say from which revision to compare. Choose two revisions."),
        (f"?from={'x' * 500}", NO_REVISION.format("x" * 80 + "…")),
        (f"?from={quote('<img src=x onerror=alert(1)>')}", NO_REVISION.format("<img src=x onerror=alert(1)>")),
        (f"?from={quote('../../2014-03-01')}&to=2018-04-10", NO_REVISION.format("../../2014-03-01")),
        ("?to=2018-04-10", "The address does not say from which revision to compare. Choose two revisions."),
        ("?since=notice", "The address does not say from which revision to compare. Choose two revisions."),
        (
            "?from=2014-03-01&from=2018-04-10&to=2018-06-01",
            "The address names more than two revisions. Choose two.",
        ),
        (
            f"?from=2014-03-01&since={quote('<b>')}",
            "The address says “since=<b>”, which this page does not know. Choose two revisions.",
        ),
        ("?from=2018-04-10&to=2018-04-10", "That is the same revision twice. Choose two different ones."),
        (
            "?from=2018-04-10&since=acceptance",
            "The revision that you accepted is the text in force: nothing has changed since.",
        ),
        (
            "?from=2018-04-10&since=notice",
            "The revision of the notice is the text in force: nothing has changed since.",
        ),
    ],
)
def test_an_address_that_asks_for_something_else_is_told_so(shown, query, sentence):
    page = shown(query)
    expect(told(page)).to_have_text(sentence)
    expect(told(page)).to_be_visible()
    expect(page.locator(".inforce-compared *, main img")).to_have_count(0)
    assert not [one for one in page.requests if one.endswith("clauses.json")]
    page.get_by_role("button", name="Compare").click()
    expect(result(page)).to_be_visible()


def test_where_nothing_is_in_force_there_is_nothing_to_compare_with(shown):
    page = shown("?from=2014-03-01", policy="offered")
    expect(told(page)).to_contain_text("No text of this policy is in force for current users.")


def changed(**values):
    """An answer with other values in it."""

    def answers(route):
        data = json.loads(route.fetch().body())
        route.fulfill(json={**data, **values})

    return answers


LOAD = "The clauses of the revision of 10 April 2018 could not be loaded. Try again in a moment."
FORM = "The clauses of the revision of 10 April 2018 are written in a form that this page does not know."
DIGEST = "What was loaded for the revision of 10 April 2018 is not the text that this page lists"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda route: route.abort(), LOAD),
        (lambda route: route.fulfill(status=404, body="{}"), LOAD),
        (lambda route: route.fulfill(status=500, body="{}"), LOAD),
        (lambda route: route.fulfill(body="<html>"), LOAD),
        (lambda route: route.fulfill(body="null"), FORM),
        (changed(identity=2), FORM),
        (changed(clauses=[{"id": "c-x"}]), FORM),
        (changed(split=None), FORM),
        (changed(digest="0" * 64), DIGEST),
        (changed(revision="2014-03-01"), DIGEST),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence_and_asked_for_again(opened, address, answer, sentence):
    page = opened("privacy-policy/compare/", at=address, now=NOW)
    page.route("**/2018-04-10/clauses.json", answer)
    page.get_by_label("From").select_option("the revision of 1 March 2014")
    page.get_by_label("To", exact=True).select_option("the revision of 10 April 2018")
    page.get_by_role("button", name="Compare").click()
    expect(told(page)).to_contain_text(sentence)
    expect(page.locator(".inforce-compared *")).to_have_count(0)
    page.unroute("**/2018-04-10/clauses.json")
    page.get_by_role("button", name="Compare").click()
    expect(result(page)).to_be_visible()


def test_texts_never_become_markup(shown, address):
    page = shown("?from=2014-03-01&to=2018-04-10")
    page.locator(".inforce-kept").evaluate_all("found => found.forEach(one => { one.open = true })")
    assert page.locator(".inforce-marks code").inner_text() == "<b>bold</b>"
    assert page.locator(".inforce-marks a").evaluate("link => link.href") == f"{address}terms/2014-03-01/#ask"


def test_a_text_in_another_language_says_so_and_so_do_our_words_in_it(shown):
    page = shown("?from=2014-03-01&to=2018-04-10", policy="terms")
    expect(result(page)).to_be_visible()
    marks = page.locator(".inforce-marks")
    assert marks.get_attribute("lang") == "ja"
    assert marks.locator(".inforce-side").first.get_attribute("lang") == "en"


def test_a_korean_policy_is_compared_in_korean(shown):
    page = shown("?from=2014-03-01&to=2018-04-10", policy="yakgwan")
    expect(result(page)).to_have_text("2014년 3월 1일 개정본에서 2018년 4월 10일 개정본까지")
    assert [one.inner_text() for one in page.locator(".inforce-marked :is(del, ins)").all()] == ["30", "60"]


def test_both_views_show_the_words_of_both_texts(shown):
    page = shown("?from=2014-03-01&to=2018-04-10")
    page.get_by_label("Side by side").check()
    old, new = (page.locator(f".inforce-change--edited .inforce-{side}").first for side in ("marked", "after"))
    assert [" ".join(one.inner_text().split()) for one in (old, new)] == [
        "Before We set cookies for 30 days. They say who you are.",
        "Now We set cookies for 60 days. They say who you are.",
    ]


def test_without_scripts_there_are_the_changes_of_each_revision(shown):
    page = shown(java_script_enabled=False)
    assert not page.locator("form.inforce-compare").is_visible()
    links = page.locator("#adjacent ~ ul").first.locator("a").all()
    assert [(one.inner_text(), one.get_attribute("href")) for one in links] == [
        ("From the revision of 10 April 2018 to the revision of 1 June 2018", "../2018-06-01/changes/"),
        ("From the revision of 1 March 2014 to the revision of 10 April 2018", "../2018-04-10/changes/"),
    ]


def test_a_single_revision_has_nothing_to_be_compared_with(shown):
    page = shown(policy="single")
    assert page.locator("form.inforce-compare").count() == 0
    assert "There is only one revision" in page.locator("article").inner_text()


def test_long_texts_are_compared_while_one_waits(shown):
    begun = time.perf_counter()
    page = shown("?from=2014-03-01&to=2018-04-10", policy="long")
    expect(result(page)).to_be_visible()
    assert time.perf_counter() - begun < 10  # A second or two on a machine that does nothing else.
    assert page.locator("ins").count() > 100


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_page(shown, width):
    page = shown("?from=2014-03-01&to=2018-06-01", width=width)
    expect(result(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_another_site_under_the_same_names_is_not_taken_for_this_one(folder, tmp_path, opened):
    """A page that somebody left open while the site was built anew."""
    copy = tmp_path / "site"
    shutil.copytree(folder, copy)
    with served(copy) as root:
        page = opened("privacy-policy/compare/", at=root, now=NOW)
        clauses = copy / "privacy-policy/2018-06-01/clauses.json"
        clauses.write_text(clauses.read_text().replace('"digest": "', '"digest": "0'))
        page.get_by_role("button", name="Compare").click()
        expect(told(page)).to_contain_text("the digests differ")


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("?from=2018-04-10", "That is the text in force: nothing has changed since."),
        ("?from=2018-06-01&since=acceptance", "The revision that you accepted is newer than the text in force"),
        ("?from=2018-06-01&since=notice", "The revision of the notice is newer than the text in force"),
        ("?from=2014-03-01&to=nowhere", "This policy has no posted revision nowhere."),
    ],
)
def test_where_there_is_nothing_to_compare_it_is_said_why(shown, query, answer):
    page = shown(query)
    expect(told(page)).to_contain_text(answer)
    expect(result(page)).to_have_count(0)
    assert page.get_by_label("From").input_value() == query[6:16]


def test_an_empty_parameter_is_none(shown):
    expect(result(shown("?from=2014-03-01&to="))).to_contain_text("to the revision of 10 April 2018")
