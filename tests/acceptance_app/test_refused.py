"""What bad input gets: its status, its plain page and its problem; and never a row."""

from datetime import UTC, datetime, timedelta

import pytest
from acceptance_app.whole_app import BACK, JOINED, SECOND, SECRET
from repository import FIRST, TERMS, material

TOKEN = "x" * 43
GOOD = {"subject": "a", "registered": None, "policies": ["privacy-policy"]}

TO_COME = material(
    "effective: {current_users: 2999-01-01, new_users: 2999-01-01}", "# Privacy Policy\n\nA third text.\n"
)


def problem(answer, name):
    """The problem, whose type has to be this one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["type"].endswith(f"/problems/{name}")
    assert told["status"] == answer.status_code
    return told


def rows(app):
    return len(app.company.rows())


@pytest.fixture
def page(app):
    """A page that a new member opened, and that nobody answered: afterwards there has to be no row more."""
    before = rows(app)
    yield app.page(app.ask("refused")["address"])
    assert rows(app) == before


def test_a_page_on_which_nothing_was_chosen_is_shown_again(page):
    answer = page.answer("")
    assert answer.status_code == 422
    summary = page.html.xpath("//*[@role='alert']")[0]
    assert (summary.get("autofocus"), summary.get("tabindex")) == ("", "-1")
    (link,) = summary.iter("a")
    assert page.html.get_element_by_id(link.get("href")[1:]).get("name") == "decision-1"
    assert not page.html.xpath("//input[@checked]")
    problem(page.send(page.filled(""), "application/json"), "no-answer")


def test_what_was_chosen_stays_where_something_else_is_missing(app):
    page = app.page(app.ask("half", None, ["privacy-policy", "user-agreement"])["address"])
    assert page.answer("", "declined").status_code == 422
    assert [one.get("id") for one in page.html.xpath("//input[@checked]")] == ["declined-2"]
    assert [one.get("id") for one in page.html.find_class("app-missing")] == ["missing-1"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"revision_1": "2031-01-01"}, "not-posted"),
        ({"policy_1": "cookies"}, "not-posted"),
        ({"revision_1": "2014-03-01"}, "not-open"),
        ({"policy_1": "user-agreement", "revision_1": "2014-03-01"}, "asked-changed"),
        ({"digest_1": "0" * 64}, "digest-mismatch"),
        ({"presentation_1": "0" * 64}, "digest-mismatch"),
        ({"compared_1": "2014-03-01"}, "digest-mismatch"),
    ],
)
def test_an_answer_to_something_else_than_what_is_asked_is_not_taken(page, changed, name):
    fields = page.filled("accepted", **changed)
    told = problem(page.send(fields, "application/json"), name)
    assert (told["status"], told["policy"]) == (409, fields["policy-1"])
    answer = page.answer("accepted", **changed)
    assert answer.status_code == 409
    assert page.html.xpath("//*[@role='alert']//h2/text()") == [told["title"]]
    assert page.fields["revision-1"] == "2018-04-10"


def test_a_text_that_is_left_out_of_the_form_is_missed(app):
    page = app.page(app.ask("left-out", None, ["privacy-policy", "user-agreement"])["address"])
    fields = {name: value for name, value in page.filled("accepted").items() if not name.endswith("-2")}
    told = problem(page.send(fields, "application/json"), "asked-changed")
    assert told["policy"] == "user-agreement"


@pytest.mark.parametrize(
    ("changed", "headers"),
    [
        ({"key": "0" * 64}, {}),
        ({"key": "é"}, {}),
        ({}, {"Origin": "https://evil.example"}),
        ({}, {"Origin": "null"}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({}, {"Cookie": "inforce=" + "x" * 43}),
        ({}, {"Cookie": ""}),
    ],
)
def test_a_form_that_another_page_sent_is_not_taken(page, changed, headers):
    fields = page.filled("accepted", **changed)
    if "Cookie" in headers:
        page.client.cookies.clear()
    problem(page.send(fields, "application/json", **headers), "forged-form")
    answer = page.send(fields, **headers)
    assert answer.status_code == 403
    assert "Nothing was recorded" in answer.text


@pytest.mark.parametrize(
    "body", [b"policy-1=a&policy-1=b", b"a", b"=&=", b"a=%ff", b"\xff=1", b"&".join(b"a%d=1" % n for n in range(999))]
)
def test_a_form_that_is_none_is_not_taken(app, body):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    problem(app.client().post(f"a/{TOKEN}", content=body, headers=form), "bad-request")


@pytest.mark.parametrize("token", [TOKEN, "short", "x" * 42 + "%C3%A9", "x" * 500])
def test_a_forged_address_is_not_known(app, token):
    client = app.client()
    problem(client.get(f"a/{token}"), "no-such-address")
    page = client.get(f"a/{token}", headers={"Accept": "text/html", "Accept-Language": "ko-KR,ko;q=0.9"})
    assert page.status_code == 404
    assert "알 수 없는 주소입니다" in page.text


def test_an_address_is_good_for_one_answer_however_often_it_is_sent(app):
    asked = app.ask("once", None, return_to=BACK)
    first, second = (app.page(asked["address"]) for _ in range(2))
    other = second.filled("declined")
    sent = first.answer("accepted")
    before = rows(app)
    again = second.answer("accepted")
    assert (again.status_code, again.headers["location"]) == (303, sent.headers["location"])
    assert problem(second.send(other, "application/json"), "address-used")["status"] == 409
    assert "another one was given" in second.send(other).text
    assert rows(app) == before
    assert app.page(asked["address"]).title == "Your answer is recorded"


def test_who_answered_by_another_address_says_the_same_or_is_told(app):
    same, other = (app.ask("twice") for _ in range(2))
    pages = [app.page(one["address"]) for one in (same, other)]
    third = app.page(app.ask("twice")["address"])
    assert pages[0].answer("accepted").status_code == 303
    before = rows(app)
    assert pages[1].answer("accepted").status_code == 303
    first, second = (app.outcome(one["id"])["answers"][0] for one in (same, other))
    assert first == second
    problem(third.send(third.filled("declined"), "application/json"), "answered-already")
    assert rows(app) == before


def test_who_reconsiders_is_asked_again_and_adds_a_row(app):
    assert app.answers("accepted", "thinker", JOINED)["answers"][0]["decision"] == "accepted"
    assert app.ask("thinker", JOINED) == {"asked": []}
    before = rows(app)
    assert app.answers("accepted", "thinker", JOINED, reconsider=True)["status"] == "answered"
    assert rows(app) == before
    assert app.answers("declined", "thinker", JOINED, reconsider=True)["answers"][0]["decision"] == "declined"
    assert rows(app) == before + 1
    assert app.must("thinker", policies=["privacy-policy"]) == {"asked": [], "must": False}


def test_who_decides_later_is_asked_again(app):
    assert app.answers("deferred", "later")["answers"][0]["decision"] == "deferred"
    assert app.must("later", None, policies=["privacy-policy"])["must"]
    assert app.answers("accepted", "later")["answers"][0]["decision"] == "accepted"


def test_a_misspelt_policy_is_told_with_what_was_meant(app):
    answer = app.post("must-accept", subject="a", registered=None, policies=["privacy-polcy"])
    assert answer.json()["errors"][0]["detail"].endswith('(did you mean "privacy-policy"?)')


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/subject", "#/registered", "#/policies"]),
        ({"subject": "kim@qstore.example"}, ["#/registered", "#/policies", "#/subject"]),
        ({"subject": "a b", "registered": 5, "policies": []}, ["#/subject", "#/registered", "#/policies"]),
        ({"subject": "a", "registered": "2018-05-10", "policies": ["X"]}, ["#/registered", "#/policies"]),
        ({"subject": "a", "registered": "2018-05-10T09:00:00", "policies": ["a", "a"]}, ["#/registered", "#/policies"]),
        ({"subject": "a", "registered": None, "policies": ["cookies"]}, ["#/policies/0"]),
        (
            {"subject": "a", "registered": None, "policies": ["privacy-policy", "a", "b"], "return_to": f"{BACK}?"},
            ["#/policies/1", "#/policies/2", "#/return_to"],
        ),
        ({"subject": "a", "registered": None, "policies": ["privacy-policy"], "retrun_to": BACK}, ["#/retrun_to"]),
        (
            {"subject": "a", "registered": None, "policies": ["privacy-policy"], "return_to": BACK + "/"},
            ["#/return_to"],
        ),
        (
            {"subject": "a", "registered": None, "policies": ["privacy-policy"], "return_to": "https://evil.example/"},
            ["#/return_to"],
        ),
        (
            {
                "subject": "a",
                "registered": None,
                "policies": ["privacy-policy"],
                "state": "a\nb",
                "channel": "Web",
                "language": "english!",
                "reconsider": "yes",
            },
            ["#/language", "#/state", "#/channel", "#/reconsider"],
        ),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_whole(app, body, pointers):
    told = problem(app.shop.post("requests", json=body), "invalid")
    assert [one["pointer"] for one in told["errors"]] == pointers


def test_a_clock_may_be_a_little_ahead_and_no_more(app):
    now = datetime.now(UTC)
    soon, later = ((now + timedelta(minutes=minutes)).isoformat() for minutes in (4, 6))
    assert app.must("ahead", soon)["must"]
    told = problem(app.post("must-accept", subject="ahead", registered=later), "invalid")
    assert [one["pointer"] for one in told["errors"]] == ["#/registered"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 10_000, b'"\\ud800"']
)
def test_what_is_no_json_is_told(app, body):
    answer = app.shop.post("must-accept", content=body, headers={"Content-Type": "application/json"})
    problem(answer, "invalid")


def test_a_lone_surrogate_is_no_text(app):
    body = b'{"subject": "\\ud800", "registered": null, "\\udfff": 1}'
    answer = app.shop.post("must-accept", content=body, headers={"Content-Type": "application/json"})
    assert [one["pointer"] for one in problem(answer, "invalid")["errors"]] == ["#/?", "#/subject"]


def test_bodies_have_a_kind_and_a_size(app):
    for path, kind in (("requests", "application/json"), (f"a/{TOKEN}", "application/x-www-form-urlencoded")):
        wrong = problem(app.shop.post(path, content=b"{}", headers={"Content-Type": "text/plain"}), "unsupported-type")
        assert wrong["status"] == 415
        large = app.shop.post(path, content=b"a" * 70_000, headers={"Content-Type": kind})
        assert problem(large, "too-large")["status"] == 413
        dripped = app.shop.post(path, content=(b"a" * 10_000 for _ in range(7)), headers={"Content-Type": kind})
        problem(dripped, "too-large")


@pytest.mark.parametrize("credential", [None, "wrong", SECRET[:-1], SECRET + "x", "é", "a b"])
def test_only_applications_ask(app, credential):
    headers = {} if credential is None else {"Authorization": f"Bearer {credential}".encode()}
    client = app.client()
    for answer in (
        client.post("requests", json={}, headers=headers),
        client.post("must-accept", json={}, headers=headers),
        client.get("requests/" + "0" * 32, headers=headers),
    ):
        assert problem(answer, "unauthorized")["status"] == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_application_learns_nothing_of_the_requests_of_another(app):
    asked = app.ask("of-shop")
    problem(app.client(SECRET[::-1]).get(f"requests/{asked['id']}"), "no-such-request")


def test_what_is_not_there_and_what_cannot_be_done_there(app):
    assert problem(app.shop.get("nothing"), "not-found")["status"] == 404
    assert problem(app.shop.get("requests/"), "not-found")["status"] == 404
    answer = app.shop.delete("must-accept")
    assert problem(answer, "method-not-allowed")["status"] == 405
    assert answer.headers["allow"] == "POST"
    page = app.shop.get("nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_member_is_not_asked_what_is_scheduled_whatever_they_say(company):
    """The policy does not ask, and the text takes effect on its day: nobody can answer it."""
    quiet = {
        "cookies/policy.yml": "title: Cookies\nlanguage: en\ntime_zone: UTC\n",
        "cookies/a.md": "# Cookies\n\nNone.\n",
    }
    later = "---\nchange: material\nsummary: Some.\neffective: 2999-01-01\n---\n# Cookies\n\nSome.\n"
    company.repo.commit("2015-01-01T00:00:00+00:00", quiet)
    company.repo.commit("2020-01-01T00:00:00+00:00", {"cookies/b.md": later})
    with company.serving() as app:
        assert app.ask("u", JOINED, ["cookies"]) == {"asked": []}
        page = app.page(app.ask("u", JOINED, ["cookies", "privacy-policy"])["address"])
        fields = page.filled("accepted", policy_1="cookies", revision_1="b")
        problem(page.send(fields, "application/json"), "not-asked")


def test_a_page_on_which_nothing_is_asked_any_more_leads_back(app):
    first, second = (app.ask("leads-back", None, return_to=BACK, state="s") for _ in range(2))
    page = app.page(second["address"])
    fields = page.filled("declined")
    app.page(first["address"]).answer("accepted")
    page.open()
    assert (page.status, page.title) == (409, "Nothing is asked of you")
    assert page.html.xpath("//main//a/@href") == [f"{BACK}?request={second['id']}&state=s"]
    problem(page.send(fields, "application/json"), "answered-already")


def test_saying_the_same_again_of_two_texts_of_one_policy_comes_to_the_same(company):
    """Of the text in force and the one to come; by two addresses, and asked to reconsider."""
    company.repo.commit("2019-01-10T09:00:00+09:00", {"privacy-policy/2019-01-10.md": TO_COME})
    with company.serving() as app:
        asked = [app.ask("u-1", JOINED) for _ in range(2)]
        assert [one["revision"] for one in asked[0]["asked"]] == ["2018-04-10", "2019-01-10"]
        pages = [app.page(one["address"]) for one in asked]
        assert [page.answer("accepted", "declined").status_code for page in pages] == [303, 303]
        first, second = (app.outcome(one["id"]) for one in asked)
        assert first["answers"] == second["answers"]
        app.page(app.ask("u-1", JOINED, reconsider=True)["address"]).answer("accepted", "declined")
        assert len(company.rows()) == 2
        app.page(app.ask("u-1", JOINED, reconsider=True)["address"]).answer("accepted", "accepted")
        assert len(company.rows()) == 3


def test_who_reconsiders_is_told_what_they_said_and_what_it_came_to(app):
    """Whoever accepted what binds by acceptance alone is bound, whatever they say later (rule 3)."""
    app.answers("deferred", "new-again")
    app.answers("accepted", "new-again")
    page = app.page(app.ask("new-again", None, reconsider=True)["address"])
    told = [one.text_content() for one in page.html.find_class("app-earlier")[0].iter("p")]
    assert [one.partition(" on ")[0] for one in told[:2]] == [
        "You put off your answer to this text",
        "You accepted this text",
    ]
    assert told[2].startswith("It binds you because you accepted it, and no later answer takes that back")
    app.answers("declined", "old-again", JOINED)
    page = app.page(app.ask("old-again", JOINED, reconsider=True)["address"])
    told = [one.text_content() for one in page.html.find_class("app-earlier")[0].iter("p")]
    assert [one.partition(" on ")[0] for one in told] == ["You declined this text"]
    assert not app.page(app.ask("never-asked")["address"]).html.find_class("app-earlier")


def test_who_answered_as_somebody_else_is_not_asked_to_reconsider_what_nobody_asks_them(company):
    """A text that members are not asked about, and who registers is: the application corrects who the person was."""
    quiet = {"cookies/policy.yml": TERMS.replace("Privacy Policy", "Cookies"), "cookies/2014-03-01.md": FIRST}
    company.repo.commit("2018-04-11T09:00:00+09:00", quiet)
    company.repo.commit("2018-04-12T09:00:00+09:00", {"cookies/2018-04-10.md": SECOND})
    with company.serving() as app:
        assert app.answers("accepted", "u", None, policies=["cookies"])["status"] == "answered"
        assert app.ask("u", JOINED, ["cookies"], reconsider=True) == {"asked": []}
        asked = app.ask("u", JOINED, ["cookies", "privacy-policy"], reconsider=True)["asked"]
        assert [one["policy"] for one in asked] == ["privacy-policy"]


def test_nothing_of_it_is_a_fault_of_ours(app):
    """The last test of this file: nothing before it was answered with 500, or left an error in the log."""
    app.shop.get("health")
    assert [one for one in app.told("call") if one["status"] == 500] == []
    assert [line for line in app.log if '"level": "error"' in line or "never retrieved" in line] == []
