"""Effective rules: how they are read, and when they take effect (rules 2 and 6)."""

from datetime import UTC, date, datetime

import pytest

from inforce.core.effect import Kind, parse_rule
from inforce.core.instant import format_instant
from inforce.formats.time_zones import time_zone


def starts(rule, posted, zone):
    """When the rule takes effect, told in the zone, for a revision posted at that wall-clock time with offset."""
    start = parse_rule(rule).starts(datetime.fromisoformat(posted).astimezone(UTC), time_zone(zone))
    return start and format_instant(start, time_zone(zone))


# Reading


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("on posting", Kind.ON_POSTING),
        ("on acceptance", Kind.ON_ACCEPTANCE),
        ("never", Kind.NEVER),
        ("  on\n  posting ", Kind.ON_POSTING),  # folded by YAML
    ],
)
def test_a_rule_of_fixed_words(text, kind):
    assert parse_rule(text).kind is kind


def test_a_rule_with_a_day():
    rule = parse_rule("2018-05-10")
    assert (rule.kind, rule.day, rule.text) == (Kind.DAY, date(2018, 5, 10), "2018-05-10")


def test_a_rule_with_an_instant():
    rule = parse_rule("2018-05-10T09:00:00+09:00")
    assert (rule.kind, rule.instant) == (Kind.INSTANT, datetime(2018, 5, 10, tzinfo=UTC))


@pytest.mark.parametrize(("text", "days"), [("1 day after posting", 1), ("30 days after posting", 30)])
def test_a_rule_with_days(text, days):
    rule = parse_rule(text)
    assert (rule.kind, rule.days, rule.text) == (Kind.DAYS_AFTER, days, text)


def test_only_an_acceptance_is_asked_for_where_the_rule_says_so():
    assert parse_rule("on acceptance").needs_acceptance
    assert not parse_rule("on posting").needs_acceptance
    assert not parse_rule("never").needs_acceptance


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("on postings", "on posting"),
        ("On Posting", "on posting"),
        ("acceptance", "on acceptance"),
        ("nevr", "never"),
        ("30 days from posting", "30 days after posting"),
    ],
)
def test_a_misspelt_rule_is_told_with_the_nearest_form(text, hint):
    with pytest.raises(ValueError, match=rf'^`{text}` is no effective rule \(did you mean "{hint}"\?\)$'):
        parse_rule(text)


@pytest.mark.parametrize(
    "text", ["0 days after posting", "-3 days after posting", "030 days after posting", "tomorrow", ""]
)
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValueError, match="is no effective rule"):
        parse_rule(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("2018-02-30", "there is no day 2018-02-30"),
        ("0018-05-10", "the year of 0018-05-10 cannot be meant"),
        ("2018-05-10T09:00:00", "does not say in which zone: add the offset"),
        ("2018-05-10 09:00", "does not say in which zone: add the offset"),
    ],
)
def test_a_day_or_an_instant_that_cannot_be_is_told(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        parse_rule(text)


# Taking effect

MORNING = "2018-04-10T09:00:00+09:00"


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("on posting", "2018-04-10T09:00:00+09:00"),
        ("on acceptance", None),
        ("never", None),
        ("2018-04-10", "2018-04-10T09:00:00+09:00"),  # the local day of the posting means the instant of posting
        ("2018-04-11", "2018-04-11T00:00:00+09:00"),
        ("2018-05-10", "2018-05-10T00:00:00+09:00"),
        ("2018-04-10T09:00:00+09:00", "2018-04-10T09:00:00+09:00"),
        ("2018-05-10T09:00:00Z", "2018-05-10T18:00:00+09:00"),
        ("30 days after posting", "2018-05-10T09:00:00+09:00"),
    ],
)
def test_a_rule_takes_effect(rule, start):
    assert starts(rule, MORNING, "Asia/Seoul") == start


def test_the_day_of_the_posting_is_that_of_the_zone():
    posted = "2018-04-10T09:00:00+09:00"  # still 9 April in New York
    assert starts("2018-04-09", posted, "America/New_York") == "2018-04-09T20:00:00-04:00"
    assert starts("2018-04-10", posted, "America/New_York") == "2018-04-10T00:00:00-04:00"


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("2018-04-09", "takes effect on 2018-04-09, before the day of its posting, 2018-04-10"),
        ("2018-04-10T08:59:59+09:00", r"takes effect at 2018-04-10T08:59:59\+09:00, before its posting"),
    ],
)
def test_nothing_takes_effect_backwards(rule, wrong):
    with pytest.raises(ValueError, match=wrong):
        starts(rule, MORNING, "Asia/Seoul")


def test_a_rule_beyond_the_calendar_is_told():
    with pytest.raises(ValueError, match="`99999 days after posting` lies beyond the calendar"):
        starts("99999 days after posting", "9800-01-01T00:00:00+00:00", "UTC")


# Where clocks turn


@pytest.mark.parametrize(
    ("rule", "zone", "posted", "start"),
    [
        ("1 day after posting", "Europe/Berlin", "2018-03-24T02:30:00+01:00", "2018-03-25T03:30:00+02:00"),
        ("30 days after posting", "Europe/Berlin", "2018-10-28T02:30:00+01:00", "2018-11-27T02:30:00+01:00"),
        ("2018-10-28", "Europe/Berlin", "2018-10-28T02:30:00+01:00", "2018-10-28T02:30:00+01:00"),
        ("2018-11-04", "America/Havana", "2018-11-04T00:30:00-05:00", "2018-11-04T00:30:00-05:00"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-03T12:00:00-03:00", "2018-11-04T01:00:00-02:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"),
        ("365 days after posting", "UTC", "2016-02-29T12:00:00+00:00", "2017-02-28T12:00:00+00:00"),
    ],
)
def test_a_rule_takes_effect_where_clocks_turn(rule, zone, posted, start):
    assert starts(rule, posted, zone) == start


def test_a_day_that_began_before_the_clocks_went_back_into_the_day_before_takes_effect_with_the_posting():
    """In St. John's, 29 October 2006 began, and a minute later it was 23:01 of the 28th once more."""
    posted = "2006-10-28T23:15:00-03:30"
    assert starts("2006-10-29", posted, "America/St_Johns") in {
        posted,  # that day began already, and nothing takes effect backwards,
        "2006-10-29T00:00:00-03:30",  # or it begins once more.
    }
