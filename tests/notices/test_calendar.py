"""The calendar of effective dates, read back: what is in it, what becomes of an event, by whose clock it is told."""

from datetime import UTC, timedelta

import pytest
from icalendar import Calendar
from notices.long_record import files_of
from repository import FIRST, NOW, TERMS, instant, material, revision

ROOT = "https://policies.qstore.example/"
MARCH, APRIL, MAY = "2014-03-01T09:00:00+09:00", "2018-04-10T09:00:00+09:00", "2018-05-01T10:00:00+09:00"
AUDIENCES = "effective: {current_users: 2018-05-10, new_users: 2018-04-20}"
NAMED = "tag:qstore.example,2014:effective-dates/"


@pytest.fixture
def told(repo):
    """A first text, that took effect on posting."""
    repo.commit(MARCH, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    return repo


def calendar_of(repo, now=NOW):
    """The calendar of a repository, read back, and everything in it without an error."""
    data = files_of(repo, now)["effective-dates.ics"]
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert all(len(line) <= 75 and line.decode() for line in data.removesuffix(b"\r\n").split(b"\r\n"))
    made = Calendar.from_ical(data)
    assert [one.errors for one in made.walk() if one.errors] == []
    return made


def drawn(calendar):
    """Each event in a line: when, how often changed, what becomes of it, and what it is called."""
    return [f"{one.start.isoformat()} {one.sequence} {one['STATUS']} {one['SUMMARY']}" for one in calendar.events]


def in_zone(told, zone, effective):
    """Another policy, whose first text takes effect then in that zone."""
    terms = TERMS.replace("Asia/Seoul", zone)
    told.commit(APRIL, {"other/policy.yml": terms, "other/2018-04-10.md": f"---\neffective: {effective}\n---\n{FIRST}"})


def test_there_is_an_event_for_each_date_that_was_announced_ahead(told):
    told.commit(APRIL, {"terms/2018-04-10.md": material(AUDIENCES)})

    assert drawn(calendar_of(told)) == [
        "2018-04-20T00:00:00+09:00 0 CONFIRMED Privacy Policy: changes for new users from 20 April 2018",
        "2018-05-10T00:00:00+09:00 0 CONFIRMED Privacy Policy: changes for current users from 10 May 2018",
    ]


def test_before_the_date_it_is_there_already_and_after_it_it_stays(told):
    told.commit(APRIL, {"terms/2018-04-10.md": material("effective: 2018-05-10")})

    before, after = calendar_of(told, now=APRIL), calendar_of(told)
    assert before.to_ical() == after.to_ical()
    assert drawn(after) == ["2018-05-10T00:00:00+09:00 0 CONFIRMED Privacy Policy: changes from 10 May 2018"]


def test_the_whole_of_an_event(told):
    told.commit(APRIL, {"terms/2018-04-10.md": material("effective: {current_users: 2018-05-15, new_users: never}")})

    (event,) = calendar_of(told).events
    assert event["UID"] == f"{NAMED}terms/2018-04-10/current_users"
    assert event["DTSTART"].to_ical() == b"20180515T000000"
    assert event["DTSTART"].params["TZID"] == "Asia/Seoul"
    assert not {"DTEND", "DURATION"} & event.keys()
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert event[name].dt == instant(APRIL), name
    assert (event["URL"], event["TRANSP"]) == (f"{ROOT}notices/terms/2018-04-10/", "TRANSPARENT")
    assert (event.categories, event["CLASS"]) == (["Privacy Policy"], "PUBLIC")
    assert event["DESCRIPTION"].startswith("The revision of 10 April 2018 of the Privacy Policy was posted on")
    assert f"{ROOT}terms/2018-04-10/changes/#redline" in event["DESCRIPTION"]
    assert {event[name].params["LANGUAGE"] for name in ("SUMMARY", "DESCRIPTION")} == {"en"}
    alarms = [(one["ACTION"], one["TRIGGER"].dt, one["DESCRIPTION"]) for one in event.walk("VALARM")]
    assert alarms == [("DISPLAY", timedelta(days=-days), event["SUMMARY"]) for days in (30, 7, 1)]


@pytest.mark.parametrize(
    ("reminders", "effective", "days"),
    [
        ("reminders: [14 days, 2 days]", "2018-06-10", [14, 2]),
        ("reminders: [14 days, 2 days]", "2018-05-11", [2]),
        ("reminders: none", "2018-06-10", []),
    ],
)
def test_an_alarm_is_there_for_each_reminder_that_is_a_notice(told, reminders, effective, days):
    told.commit(APRIL, {"terms/policy.yml": f"{TERMS}{reminders}\n"})
    told.commit(MAY, {"terms/2018-05-01.md": material(f"effective: {effective}")})

    (event,) = calendar_of(told).events
    assert [one["TRIGGER"].dt for one in event.walk("VALARM")] == [timedelta(days=-one) for one in days]


def test_no_alarm_at_a_day_that_a_zone_has_skipped(repo):
    """Apia went from 29 to 31 December 2011 at once: a day before the 31st is the 31st, and no reminder."""
    stated = "posted: 2011-12-20T00:00:00-10:00\nsource: Log\neffective: 2011-12-31"
    terms = TERMS.replace("Asia/Seoul", "Pacific/Apia")
    repo.commit(APRIL, {"terms/policy.yml": terms, "terms/2011-12-20.md": revision(stated)})

    (event,) = calendar_of(repo).events
    assert [one["TRIGGER"].dt for one in event.walk("VALARM")] == [timedelta(days=-7)]


def test_what_is_overtaken_is_cancelled_and_says_so_under_the_same_name(told):
    told.commit(APRIL, {"terms/2018-04-10.md": material("effective: 2018-05-10")})
    (before,) = calendar_of(told, now=APRIL).events
    told.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})
    (after,) = calendar_of(told, now=MAY).events

    assert before["UID"] == after["UID"] == f"{NAMED}terms/2018-04-10/current_users+new_users"
    assert before.start == after.start
    assert (before.sequence, before["STATUS"], before["DTSTAMP"].dt) == (0, "CONFIRMED", instant(APRIL))
    assert (after.sequence, after["STATUS"], after["DTSTAMP"].dt) == (1, "CANCELLED", instant(MAY))
    assert after["SUMMARY"] == "Privacy Policy: the changes announced for 10 May 2018 will not take effect"
    assert "was withdrawn by the revision of 1 May 2018" in " ".join(after["DESCRIPTION"].split())
    assert after.walk("VALARM") == []


def test_what_took_effect_for_some_before_it_was_overtaken_stays(told):
    told.commit(APRIL, {"terms/2018-04-10.md": material(AUDIENCES)})
    told.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})

    withdrawn = "Privacy Policy: the changes announced for 10 May 2018 will not take effect"
    assert drawn(calendar_of(told)) == [
        "2018-04-20T00:00:00+09:00 0 CONFIRMED Privacy Policy: changes for new users from 20 April 2018",
        f"2018-05-10T00:00:00+09:00 1 CANCELLED {withdrawn}",
    ]


def test_a_first_text_is_a_new_policy(told):
    in_zone(told, "Asia/Seoul", "{current_users: 2018-05-10, new_users: 2018-04-20}")

    assert [str(one["SUMMARY"]) for one in calendar_of(told).events] == [
        "Privacy Policy: a new policy for new users from 20 April 2018",
        "Privacy Policy: a new policy for current users from 10 May 2018",
    ]


@pytest.mark.parametrize(
    ("zone", "effective", "start"),
    [
        ("Europe/Berlin", '"2018-10-28T02:30:00+02:00"', "2018-10-28T02:30:00+02:00"),  # The first 02:30 of two.
        ("Europe/Berlin", "2018-10-29", "2018-10-29T00:00:00+01:00"),
        ("Europe/Berlin", '"2019-03-31T03:00:00+02:00"', "2019-03-31T03:00:00+02:00"),  # The first second of summer.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),  # There is no midnight.
        ("Australia/Lord_Howe", "2019-04-07", "2019-04-07T00:00:00+11:00"),
        ("Africa/Casablanca", "2018-05-13", "2018-05-13T00:00:00+01:00"),
    ],
)
def test_it_is_told_by_the_clock_of_the_policys_zone(told, zone, effective, start):
    in_zone(told, zone, effective)

    calendar = calendar_of(told)
    (event,) = calendar.events
    assert event["DTSTART"].params["TZID"] == zone
    assert event.start.astimezone(UTC) == instant(start)
    (described,) = calendar.timezones
    assert clock(described, instant(start)) == event.start.replace(tzinfo=None)


def clock(zone, moment):
    """What a clock shows at an instant, by what the calendar says of its zone (RFC 5545, section 3.6.5)."""
    turns = []
    for part in zone.subcomponents:
        again = [one.dt for one in part["RDATE"].dts] if "RDATE" in part else []
        turns += [(onset - part.TZOFFSETFROM, part.TZOFFSETTO) for onset in (part.DTSTART, *again)]
    utc = moment.replace(tzinfo=None)
    return utc + max(turn for turn in turns if turn[0] <= utc)[1]


@pytest.mark.parametrize(
    ("zone", "effective", "start"),
    [
        ("Europe/Berlin", '"2018-10-28T02:30:00+01:00"', "2018-10-28T01:30:00+00:00"),  # The second 02:30.
        ("UTC", "2018-05-10", "2018-05-10T00:00:00+00:00"),
        ("Asia/Seoul", "8999-12-31", "8999-12-30T15:00:00+00:00"),  # Who knows by which clock.
    ],
)
def test_where_that_clock_cannot_say_it_it_is_told_in_utc(told, zone, effective, start):
    in_zone(told, zone, effective)

    calendar = calendar_of(told)
    (event,) = calendar.events
    assert event["DTSTART"].to_ical() == instant(start).strftime("%Y%m%dT%H%M%SZ").encode()
    assert calendar.timezones == []


def test_a_zone_is_described_by_the_clock_before_each_turn(told):
    in_zone(told, "Europe/Berlin", "2018-06-10")

    (zone,) = calendar_of(told).timezones
    parts = [
        (one["TZNAME"], one["DTSTART"].to_ical(), one["TZOFFSETFROM"].to_ical(), one["TZOFFSETTO"].to_ical())
        for one in zone.subcomponents
    ]
    assert parts == [
        ("CET", b"20171231T010000", "+0100", "+0100"),
        ("CEST", b"20180325T020000", "+0100", "+0200"),
        ("CET", b"20181028T030000", "+0200", "+0100"),
    ]


def test_the_calendar_says_what_it_is_and_where(told):
    calendar = calendar_of(told)

    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//Inforce//Effective dates//EN")
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Qstore: effective dates"
    assert calendar["SOURCE"] == f"{ROOT}effective-dates.ics"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    assert "METHOD" not in calendar  # It is published, not sent to anybody: so DTSTAMP is that of the posting.


def test_a_calendar_without_a_date_has_a_zone_because_it_must_have_something(told):
    calendar = calendar_of(told)

    assert calendar.events == []
    assert [one.tz_name for one in calendar.timezones] == ["Etc/UTC"]


def test_another_language_and_hostile_words(told):
    """Long enough to be folded within a letter, were letters not kept whole."""
    summary = "이용자가 알아야 할 변경 사항을 아주 길게 적어서 한 줄에 다 들어가지 않습니다."
    terms = 'title: "이용약관; \\"<b>\\", \\\\n:\\nBEGIN:VEVENT"\nlanguage: ko\ntime_zone: Asia/Seoul\n'
    told.commit(MARCH, {"other/policy.yml": terms, "other/2014-03-01.md": FIRST})
    text = material("effective: {current_users: 2018-05-10, new_users: never}")
    told.commit(APRIL, {"other/2018-04-10.md": text.replace("We now keep your orders.", summary)})

    (event,) = calendar_of(told).events
    title = '이용약관; "<b>", \\n: BEGIN:VEVENT'
    assert event["SUMMARY"] == f"{title}: 2018년 5월 10일부터 기존 이용자에게 변경 사항이 시행됩니다"
    assert event.categories == [title]
    assert summary in " ".join(event["DESCRIPTION"].split())
    assert {event[name].params["LANGUAGE"] for name in ("SUMMARY", "DESCRIPTION")} == {"ko"}


def test_where_there_are_no_words_in_the_policys_language_it_says_in_which_they_are(told):
    terms = "title: سياسة الخصوصية\nlanguage: ar\ntime_zone: Asia/Seoul\n"
    told.commit(APRIL, {"other/policy.yml": terms, "other/2018-04-10.md": revision("effective: 2018-05-10")})

    (event,) = calendar_of(told).events
    assert event["SUMMARY"] == "\u2068سياسة الخصوصية\u2069: a new policy from 10 May 2018"
    assert event["SUMMARY"].params["LANGUAGE"] == "en"
