"""What the pages say, to whom, in which language: what the presentation has, byte for byte, and nothing is chosen."""

import hashlib
import json
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from acceptance_app.whole_app import ASKING, BACK, JOINED
from repository import instant, material

from inforce.acceptance_app.problems import STATUSES
from inforce.core.effect import Audience
from inforce.workflows.acceptance.present_record import read_present
from inforce.workflows.progress import silent

KOREAN = {
    "cookies/policy.yml": ASKING.replace("Privacy Policy", "쿠키 정책").replace("language: en", "language: ko"),
    "cookies/2014-03-01.md": "# 쿠키 정책\n\n쿠키를 사용합니다.\n",
}


def presentation(app, policy, name, audience):
    """What people are asked, made anew of the record."""
    with read_present(app.company.repo.settings, instant("2026-01-01T00:00:00Z"), silent()) as present:
        return present.presentation(policy, name, audience)


def test_the_article_is_shown_byte_for_byte_and_named_by_its_digest(app):
    page = app.page(app.ask("reader", None, ["privacy-policy", "user-agreement"])["address"])
    for number, (policy, name) in enumerate((("privacy-policy", "2018-04-10"), ("user-agreement", "2014-03-01")), 1):
        shown = presentation(app, policy, name, Audience.NEW_USERS)
        assert page.text.count(shown.article) == 1
        text = (app.company.folder / "policy_versions" / policy / f"{name}.md").read_bytes()
        assert page.fields[f"digest-{number}"] == hashlib.sha256(text).hexdigest()
        assert page.fields[f"presentation-{number}"] == hashlib.sha256(shown.data).hexdigest()
        labels = page.html.xpath(f"//fieldset[@id='answer-{number}']//label/text()")
        assert labels == [shown.box, "I decline it.", "I will decide later."]


def test_what_was_shown_is_in_the_register(app):
    app.answers("accepted", "kept", JOINED, channel="ios")
    row = json.loads(app.company.rows()[-1])
    shown = presentation(app, "privacy-policy", "2018-04-10", Audience.CURRENT_USERS)
    assert (row["audience"], row["presentation"], row["compared_with"]) == ("current_users", shown.digest, None)
    assert (row["language"], row["channel"], row["application"]) == ("en", "ios", "shop")
    assert row["registered"] == "2016-05-01T03:00:00.000000Z"


def test_who_accepted_an_earlier_text_sees_what_changed_since_that_one(company):
    with company.serving() as app:
        app.answers("accepted", "u-1", JOINED)
        files = {
            "privacy-policy/later.md": material("", "# Privacy Policy\n\nWe keep what you tell us, in Busan.\n"),
            "user-agreement/later.md": material("", "# User Agreement\n\nYou agree to more.\n"),
        }
        company.repo.commit(datetime.now(UTC).isoformat(), files)
        app.process.send_signal(signal.SIGHUP)
        while len(app.must("u-1")["asked"]) < 2:
            time.sleep(0.02)
        page = app.page(app.ask("u-1", JOINED, ["privacy-policy", "user-agreement"])["address"])
        changed = page.html.find_class("app-changed")
        assert [one.findtext("h2") for one in changed] == ["Privacy Policy: what has changed"]
        assert changed[0].findtext("p") == "Compared with the revision of 10 April 2018."
        assert "Korea" in changed[0].xpath(".//del")[0].text_content()
        assert page.fields["compared-1"] == "2018-04-10"
        ids = [one.get("id") for one in page.html.xpath("//*[@id]")]
        assert len(ids) == len(set(ids))
        assert {one.get("href")[1:] for one in page.html.xpath("//a[starts-with(@href, '#')]")} <= set(ids)
        assert page.answer("accepted").status_code == 303
        rows = [json.loads(row) for row in company.rows()]
        assert [(one["revision"], one["compared_with"]) for one in rows] == [
            ("2018-04-10", None),
            ("later", "2018-04-10"),
            ("later", None),
        ]


def test_two_texts_of_one_policy_are_told_apart_by_their_revisions(company):
    text = "# Privacy Policy\n\nWe keep what you tell us, in Busan.\n"
    company.repo.commit(
        "2019-01-01T09:00:00+09:00", {"privacy-policy/next.md": material("effective: 2999-01-01\n", text)}
    )
    with company.serving() as app:
        page = app.page(app.ask("u-1", JOINED, ["privacy-policy", "user-agreement"])["address"])
        called = ["Privacy Policy, 2018-04-10", "Privacy Policy, next", "User Agreement"]
        assert page.html.xpath("//nav//a/text()") == called
        assert page.html.xpath("//legend/text()") == [f"Your answer: {one}" for one in called]


def test_the_page_says_until_when_it_can_be_answered(app):
    asked = app.ask("slow-reader")
    until = datetime.fromisoformat(asked["expires"]).astimezone(ZoneInfo("Asia/Seoul")) + timedelta(hours=24)
    page = app.page(asked["address"])
    said = f"You can send your answer until {until:%-d %B %Y, %H:%M:%S} (Asia/Seoul), from this browser."
    assert [one for one in page.html.xpath("//main/p/text()") if one.startswith(said)]


def test_a_correction_asks_nothing_and_takes_the_place_of_what_it_corrects(company):
    with company.serving() as app:
        app.answers("accepted", "u-1")
        page = app.page(app.ask("u-2")["address"])
        front = "---\nchange: editorial\nsummary: A slip.\ncorrects: 2018-04-10\n---\n"
        text = front + "# Privacy Policy\n\nWe keep what you tell us, in Korea.\n\n## Cookies\n\nWe set *them*.\n"
        company.repo.commit(datetime.now(UTC).isoformat(), {"privacy-policy/slip.md": text})
        app.process.send_signal(signal.SIGHUP)
        while app.must("u-3", None, policies=["privacy-policy"])["asked"][0]["revision"] != "slip":
            time.sleep(0.02)
        assert app.ask("u-1") == {"asked": []}
        assert page.answer("accepted").status_code == 409
        assert page.html.xpath("//*[@role='alert']//h2/text()") == ["This text is offered no more"]
        assert page.fields["revision-1"] == "slip"
        assert page.answer("accepted").status_code == 303
        assert [json.loads(row)["revision"] for row in company.rows()] == ["2018-04-10", "slip"]


def test_the_words_around_are_in_the_language_that_is_asked_for_and_each_text_in_its_own(company):
    company.repo.commit("2015-03-01T09:00:00+09:00", KOREAN)
    with company.serving() as app:
        both = ["user-agreement", "cookies"]
        for language, title in (("ko", "동의 여부를 묻는 내용"), ("en", "What you are asked to accept")):
            page = app.page(app.ask("u-1", None, both, language=language)["address"])
            assert (page.html.get("lang"), page.title) == (language, title)
            assert [one.get("lang") for one in page.html.iter("article")] == ["en", "ko"]
        assert app.page(app.ask("u-1", None, ["cookies"])["address"]).html.get("lang") == "ko"
        page = app.page(app.ask("u-2", None, ["cookies"])["address"])
        page.answer("accepted")
        page.open()
        assert page.title == "답변이 기록되었습니다"


@pytest.mark.parametrize("is_read_there", [True, False])
def test_the_page_after_the_answer_has_the_receipt_and_where_it_is_read(company, is_read_there):
    if is_read_there:
        company.site(f"archive: '', acceptance: {{register: '{company.address}', keys: acceptance-keys.json}}")
    with company.serving() as app:
        asked = app.ask("receipt", None, ["privacy-policy", "user-agreement"])
        page = app.page(asked["address"])
        assert page.answer("accepted", "deferred").headers["location"] == asked["address"]
        page.open()
        receipts = [one["receipt"] for one in app.outcome(asked["id"])["answers"]]
    assert [one.text for one in page.html.find_class("app-receipt")] == receipts
    links = [one.get("href") for one in page.html.xpath("//main//a")]
    place = "https://policies.qstore.example/accept/receipt/"
    assert links == ([f"{place}#{one}" for one in receipts] if is_read_there else [])
    assert page.html.xpath("//dd[text()='You accepted it.' or text()='You will decide later.']")


def test_the_page_with_the_receipts_leads_back_to_where_the_person_came_from(app):
    asked = app.ask("back", None, return_to=BACK, state="s")
    page = app.page(asked["address"])
    onward = page.answer("accepted").headers["location"]
    page.open()
    assert page.title == "Your answer is recorded"
    assert [(one.text, one.get("href")) for one in page.html.xpath("//main//a")] == [("Go back", onward)]


def test_every_problem_is_explained_where_its_type_says(app):
    for name in STATUSES:
        page = app.client().get(f"problems/{name}")
        assert page.status_code == 200
        assert "<h1>" in page.text


def test_every_problem_is_told_in_the_documentation_with_its_status():
    page = (Path(__file__).parents[2] / "docs" / "acceptance.md").read_text(encoding="utf-8")
    table = page.partition("## What can go wrong")[2].partition("## Running it")[0]
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", table, re.MULTILINE)
    assert {name: int(status) for status, names in rows for name in re.findall("`(.*?)`", names)} == dict(STATUSES)
