"""Reminders of one date: each is worth telling until the next one is due, so that nobody gets several at once."""

from datetime import timedelta

import pytest
from repository import FIRST, TERMS, instant, material, revision

from inforce.core.effect import Audience
from inforce.core.notice import Event, notices_of_record

START = {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST}
APRIL = "2018-04-10T09:00:00+09:00"


def reminders(repo, audience=Audience.CURRENT_USERS):
    return [one for one in notices_of_record(repo.record()) if one.days is not None and one.audience is audience]


@pytest.fixture
def scheduled(repo):
    """A text that takes effect on 20 May 2018, posted 40 days before."""
    repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: 2018-05-20")})
    return repo


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2018-04-19T23:59:59+09:00", []),
        ("2018-04-20T00:00:00+09:00", [30]),
        ("2018-05-12T23:59:59+09:00", [30]),
        ("2018-05-13T00:00:00+09:00", [7]),
        ("2018-05-19T12:00:00+09:00", [1]),
        ("2018-05-20T00:00:00+09:00", []),
    ],
)
def test_a_job_that_was_away_finds_the_last_one_alone(scheduled, audience, now, told):
    due = [one for one in reminders(scheduled, audience) if one.due <= instant(now) < one.expires]

    assert [one.days for one in due] == told


def test_the_last_one_is_worth_telling_until_the_effect_itself(scheduled):
    events = [one for one in notices_of_record(scheduled.record()) if one.audience is Audience.CURRENT_USERS]

    *reminded, effect = events
    assert [one.event for one in events] == [Event.REMINDER] * 3 + [Event.IN_EFFECT]
    assert [one.expires for one in reminded] == [*(one.due for one in reminded[1:]), effect.due]
    assert effect.expires - effect.due == timedelta(days=30)


def test_two_that_a_skipped_day_has_put_together_are_one(repo):
    """Apia had no 30 December 2011: two days before 1 January was the 31st, as one day before was."""
    terms = TERMS.replace("Asia/Seoul", "Pacific/Apia") + "reminders: [3 days, 2 days, 1 day]\n"
    stated = "posted: 2011-12-01T00:00:00-10:00\nsource: Log\neffective: 2012-01-01"
    repo.commit("2014-03-01T09:00:00+09:00", {"terms/policy.yml": terms, "terms/2011-12-01.md": revision(stated)})

    assert [(one.days, one.due, one.expires) for one in reminders(repo)] == [
        (3, instant("2011-12-29T00:00:00-10:00"), instant("2011-12-31T00:00:00+14:00")),
        (1, instant("2011-12-31T00:00:00+14:00"), instant("2012-01-01T00:00:00+14:00")),
    ]
