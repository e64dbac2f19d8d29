"""Which text bound whom on a day: the page answers as `inforce which` does, to whoever asks by fields or by link."""

import contextlib
import json
import re
from urllib.parse import quote

import pytest
from browser.conftest import VIOLATIONS
from browser.serving import served
from click.testing import CliRunner
from golden_cases import AS_OF, CASES, posted
from lxml import html
from repository import instant

from inforce.cli import main
from inforce.core.instant import parse_date, parse_instant

pytestmark = pytest.mark.browser
WHICH = """async ([scripts, questions]) => {
    const {Timeline, which} = await import(scripts + "timeline.js")
    const timeline = new Timeline(JSON.parse(document.querySelector(".inforce-ask").dataset.record))
    return questions.map(question => which(timeline, question))
}"""


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    return posted(tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="module")
def folder(repo, build):
    return build(repo, AS_OF)[0]


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as root:
        yield root


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def of(policy, question):
    """The question as a link."""
    who = "audience" if question.is_of_audience else "joined"
    query = [f"on={quote(question.on)}", f"{who}={quote(question.who)}"]
    return f"{policy}/on/?" + "&".join(query + [f"accepted={quote(one)}" for one in question.accepted])


def which(repo, policy, question):
    """The command's answer, without starting Python each time."""
    options = ["-f", str(repo.folder / "mkdocs.yml"), "which", policy, *question.options, "--json"]
    clock = {"SOURCE_DATE_EPOCH": str(int(instant(AS_OF).timestamp()))}
    return json.loads(CliRunner(env=clock).invoke(main, options, catch_exceptions=False).stdout)


def mark(answer):
    return {"binds": "", "offered": "?", None: "-"}[answer["basis"]] + (answer["revision"] or "")


@pytest.mark.parametrize("policy", CASES)
def test_the_page_and_the_command_give_the_same_answers(repo, address, page, policy):
    questions = CASES[policy].questions
    page.goto(f"{address}{policy}/on/")
    answers = page.evaluate(WHICH, [f"{address}assets/inforce/", [question.values for question in questions]])
    told = repo.inforce("which", policy, *questions[0].options, "--json", now=AS_OF).out
    assert json.loads(told) == which(repo, policy, questions[0])
    for question, answer in zip(questions, answers, strict=True):
        assert answer == which(repo, policy, question), question
        assert mark(answer) == question.answer, question


@pytest.mark.parametrize("policy", CASES)
def test_what_the_page_shows_of_a_link_is_the_answer(address, page, policy):
    for question in CASES[policy].questions[:4]:
        page.goto(address + of(policy, question))
        (answer,) = page.evaluate(WHICH, [f"{address}assets/inforce/", [question.values]])
        shown = page.locator(".inforce-answer")
        links = shown.locator(".inforce-box__heading a")
        assert [link.get_attribute("href") for link in links.all()] == (
            [f"../{answer['revision']}/"] if answer["revision"] else []
        )
        exact = [answer[key] for key in ("from", "until") if answer[key]]
        assert [one.inner_text() for one in shown.locator("dd code").all()] == exact


def test_a_person_is_asked_about_in_the_fields(address, page):
    page.goto(f"{address}the-month-between/on/")
    page.get_by_label("Day or instant").fill("2018-05-09")
    page.get_by_label("Registered", exact=True).fill(" 2018-04-20 ")
    page.get_by_role("button", name="Add an accepted text").click()
    page.get_by_label("Accepted text", exact=True).select_option("the revision of 10 April 2018")
    page.get_by_label("Accepted on").fill("2018-04-20T12:00:00+09:00")
    page.get_by_role("button", name="Answer").click()
    shown = page.get_by_role("status").filter(has_text="bound")
    assert shown.inner_text().splitlines()[0] == (
        "On 9 May 2018, somebody who registered on 20 April 2018 is bound by the revision of 10 April 2018."
    )
    assert "20 April 2018, 12:00 2018-04-20T12:00:00+09:00" in shown.inner_text()
    assert "no end is known" in shown.inner_text()
    query = "?on=2018-05-09&joined=2018-04-20&accepted=2018-04-10@2018-04-20T12:00:00%2B09:00"
    assert page.url == f"{address}the-month-between/on/{query}"
    before = shown.inner_text()
    page.reload()
    assert page.get_by_role("status").filter(has_text="bound").inner_text() == before
    page.get_by_role("button", name="Remove this accepted text").click()
    page.get_by_role("button", name="Answer").click()
    assert page.get_by_role("status").filter(has_text="no text of this policy").count() == 1
    page.get_by_label("New users: who registers at that very instant").check()
    assert not page.get_by_label("Registered", exact=True).is_visible()
    page.get_by_role("button", name="Answer").click()
    assert "Who registers on 9 May 2018 is offered the revision of 10 April 2018." in shown_of(page)
    assert page.url.endswith("?on=2018-05-09&audience=new_users")


def shown_of(page):
    return page.locator(".inforce-answer").inner_text()


def test_the_command_that_the_page_shows_says_the_same(repo, address, page):
    page.goto(address + of("corrections", CASES["corrections"].questions[5]))
    page.get_by_text("The same answer by the command").click()
    command = page.locator(".inforce-answer pre").inner_text().split()
    assert command[0] == "inforce"
    said = repo.inforce(*command[1:], "--json", now=AS_OF)
    assert json.loads(said.out)["revision"] == "2020-02-15"


def test_an_acceptance_that_is_none_is_told(address, page):
    query = "?on=2020-07-15&joined=2020-02-10&accepted=2020-02-01@2020-07-01&accepted=2020-06-01@2020-07-02"
    page.goto(f"{address}offers-that-lapse/on/{query}")
    told = shown_of(page)
    assert "The acceptance of the revision of 1 February 2020 on 1 July 2020 changes nothing" in told
    assert "The acceptance of the revision of 1 June 2020 on 2 July 2020 changes nothing" in told
    page.goto(f"{address}offers-that-lapse/on/?on=2020-07-15&joined=2020-06-10&accepted=2020-06-01@2020-07-02")
    assert "changes nothing" not in shown_of(page)


def test_a_plus_sign_left_as_it_is_in_a_link_is_understood(address, page):
    page.goto(f"{address}the-month-between/on/?on=2018-04-10T09:00:00+09:00&audience=new_users")
    assert page.get_by_label("Day or instant").input_value() == "2018-04-10T09:00:00+09:00"
    assert "is offered the revision of 10 April 2018" in shown_of(page)


WRONG = [
    "2018-02-30",
    "0000-01-01",
    "0999-12-31",
    "9001-01-01",
    "2018-05-10T09:00",
    "2018-05-10 09:00:00",
    "2018-05-10T25:00:00+09:00",
    "2018-05-10T09:00:60Z",
    "2018-05-10T09:00:00+24:00",
    "2018-13-10T09:00:00Z",
    "9001-05-10T09:00:00Z",
]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_input_is_told_at_its_field_in_the_words_of_the_command(address, page, text):
    with pytest.raises(ValueError, match=text[:4]) as wrong:
        parse_date(text) or parse_instant(text)
    page.goto(f"{address}the-month-between/on/?audience=new_users&on={quote(text)}")
    field = page.get_by_label("Day or instant")
    assert field.get_attribute("aria-invalid") == "true"
    told = [page.locator(f"#{name}").inner_text() for name in field.get_attribute("aria-describedby").split()]
    assert told[-1] == str(wrong.value)
    assert not shown_of(page)


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("on=tomorrow&audience=new_users", "Day or instant", "tomorrow is no day (2018-05-10) and no instant"),
        ("on=2018-05-09", "Registered", "Say a day or an instant."),
        ("joined=2018-05-09", "Day or instant", "Say a day or an instant."),
        ("on=2018-05-09&joined=2018-05-09T10:00:00", "Registered", "does not say in which zone"),
        (
            "on=2018-05-09&joined=2018-05-09&accepted=2018-04-11@2018-05-09",
            "Accepted text",
            "the-month-between has no posted revision 2018-04-11",
        ),
        ("on=2018-05-09&joined=2018-05-09&accepted=2018-04-10", "Accepted on", "Say a day or an instant."),
        ("on=2018-05-09&joined=2018-05-09&accepted=@2018-05-09", "Accepted text", "Choose the text"),
        ("on=2018-05-09&joined=2018-05-09&audience=new_users", "A person", "Say either a registration or an audience"),
        ("on=2018-05-09&audience=everybody", "A person", "Say either a registration or an audience"),
    ],
)
def test_a_question_that_is_not_whole_is_not_answered(address, page, query, field, told):
    page.goto(f"{address}the-month-between/on/?{query}")
    wrong = page.get_by_label(re.compile(rf"^\s*{field}")).filter(visible=True)
    assert wrong.get_attribute("aria-invalid") == "true"
    assert told in page.locator(".inforce-wrong", has_text=told).inner_text()
    assert not shown_of(page)


def test_whoever_submits_what_is_wrong_is_led_to_it(address, page):
    page.goto(f"{address}the-month-between/on/")
    page.get_by_label("Day or instant").fill("2018-05-09")
    page.get_by_role("button", name="Answer").click()
    assert page.evaluate("document.activeElement.name") == "joined"
    page.keyboard.type("2018-05-01")
    page.keyboard.press("Enter")
    assert "no text of this policy binds" in shown_of(page)
    assert page.locator("[aria-invalid]").count() == 0


@pytest.mark.parametrize("policy", ["the-month-between", "offers-that-lapse"])
def test_without_javascript_the_rows_of_both_audiences_are_there(folder, chromium, address, policy):
    with contextlib.closing(chromium.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{address}{policy}/on/")
        assert not page.locator("form.inforce-ask").is_visible()
        table = json.loads((folder / policy / "in-force.json").read_text())["in_force"]
        for shown, audience in zip(page.locator("table").all(), ("current_users", "new_users"), strict=True):
            rows = [
                (
                    *(one.get_attribute("datetime") for one in row.locator("time").all()),
                    row.locator("a").get_attribute("href"),
                )
                for row in shown.locator("tbody tr").all()
            ]
            expected = [
                (*(one[key] for key in ("from", "until") if one[key]), f"../{one['revision']}/")
                for one in reversed(table[audience])
            ]
            assert rows == expected


def test_the_content_security_policy_keeps_nothing_of_it_from_happening(address, chromium):
    page = chromium.new_page()
    page.add_init_script(VIOLATIONS)
    page.goto(f"{address}the-month-between/on/?on=2018-05-09&audience=new_users")
    assert "is offered the revision of 10 April 2018" in shown_of(page)
    assert page.evaluate("window.violations") == []
    page.close()


def test_nothing_of_the_page_is_a_script_but_one_file(folder):
    (text,) = html.fromstring((folder / "corrections/on/index.html").read_text()).find_class("md-content")
    assert [one.get("src") for one in text.iter("script")] == ["../../assets/inforce/on.js"]
    assert not [name for one in text.iter() for name in one.attrib if name.startswith("on")]
