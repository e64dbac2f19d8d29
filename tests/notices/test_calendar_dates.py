"""What the calendar calls a date, for whom, and when it reminds of it."""

import json
from datetime import timedelta

import icalendar
import pytest
from qstore_site import BEFORE, CONFIG, FIRST, POSTED
from repository import TERMS, material, revision

CONFIG = CONFIG.replace("archive: ''", "archive: '', notices: {authority: qstore.example, year: 2014}")
NOW = "2018-05-01T00:00:00+09:00"
TWO_DATES = "effective: {current_users: 2018-06-10, new_users: 2018-04-20}"
KOREAN = {"Privacy Policy": "개인정보처리방침", "language: en": "language: ko"}


@pytest.fixture
def dated(repo):
    """The events of a policy's calendar, and its notices, by what follows the policy's name in theirs."""
    (repo.folder / "mkdocs.yml").write_text(CONFIG)

    def dated(text, terms=TERMS, **more):
        repo.commit(BEFORE, {"terms/policy.yml": terms, **more})
        repo.commit(POSTED, {"terms/2018-04-10.md": text})
        said = repo.inforce("export-feed", "--out", "out", now=NOW)
        assert said.status == 0, said
        calendar = icalendar.Calendar.from_ical((repo.folder / "out/effective-dates.ics").read_bytes())
        index = json.loads((repo.folder / "out/notices/index.json").read_text())
        events = {str(one["uid"]).partition("terms/2018-04-10/")[2]: one for one in calendar.walk("VEVENT")}
        return events, index["notices"]

    return dated


def in_korean(text):
    for english, korean in KOREAN.items():
        text = text.replace(english, korean)
    return text


def test_a_date_says_for_whom_it_is_and_its_own_day(dated):
    events, _ = dated(material(TWO_DATES), **{"terms/2014-03-01.md": FIRST})

    assert {name: str(one["summary"]) for name, one in events.items()} == {
        "new_users": "Privacy Policy: changes for new users from 20 April 2018",
        "current_users": "Privacy Policy: changes for current users from 10 June 2018",
    }
    for one in events.values():
        assert one["summary"].params["LANGUAGE"] == "en"
        assert {str(alarm["description"]) for alarm in one.walk("VALARM")} == {str(one["summary"])}
        assert str(one["description"]).startswith("The revision of 10 April 2018 of the Privacy Policy was posted on")
        assert "it takes effect for you\n  on 10 June 2018." in one["description"]
        assert "on 20 April 2018." in one["description"]


def test_a_date_for_everybody_does_not(dated):
    events, _ = dated(material("effective: 2018-06-10"), **{"terms/2014-03-01.md": FIRST})

    assert [(name, str(one["summary"])) for name, one in events.items()] == [
        ("current_users+new_users", "Privacy Policy: changes from 10 June 2018")
    ]


def test_in_the_policys_language(dated):
    events, _ = dated(material(TWO_DATES), in_korean(TERMS), **{"terms/2014-03-01.md": FIRST})

    assert {name: str(one["summary"]) for name, one in events.items()} == {
        "new_users": "개인정보처리방침: 2018년 4월 20일부터 신규 이용자에게 변경 사항이 시행됩니다",
        "current_users": "개인정보처리방침: 2018년 6월 10일부터 기존 이용자에게 변경 사항이 시행됩니다",
    }


def test_a_first_text_is_a_new_policy(dated):
    events, _ = dated(revision(TWO_DATES))

    assert {name: str(one["summary"]) for name, one in events.items()} == {
        "new_users": "Privacy Policy: a new policy for new users from 20 April 2018",
        "current_users": "Privacy Policy: a new policy for current users from 10 June 2018",
    }


@pytest.mark.parametrize("reminders", ["", "reminders: [60 days, 14 days, 3 days]\n", "reminders: none\n"])
def test_an_alarm_is_there_for_each_reminder_that_is_a_notice(dated, reminders):
    events, notices = dated(material(TWO_DATES), f"{TERMS}{reminders}", **{"terms/2014-03-01.md": FIRST})

    for audience, event in events.items():
        told = [one["days"] for one in notices if one["audience"] == audience and one["event"] == "reminder"]
        assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [timedelta(days=-days) for days in told]


def test_no_alarm_at_a_day_that_a_zone_has_skipped(dated, repo):
    """Apia went from 29 to 31 December 2011 at once: a day before the 31st is the 31st, and no reminder."""
    zone = TERMS.replace("Asia/Seoul", "Pacific/Apia")
    stated = "posted: 2011-12-20T00:00:00-10:00\nsource: Log"
    repo.commit("2011-12-01T00:00:00+09:00", {"terms/2011-12-20.md": revision(f"{stated}\neffective: 2011-12-31")})
    events, notices = dated(material(), zone)

    told = [one["days"] for one in notices if one["event"] == "reminder"]
    assert told == [7, 7]
    [event] = [one for name, one in events.items() if not name]
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [timedelta(days=-7)]
