"""Days and instants, where clocks turn (rule 6)."""

from datetime import UTC, date, datetime

import pytest

from inforce.core.instant import (
    at_wall_clock,
    days_later,
    first_instant,
    format_instant,
    local_day,
    parse_date,
    parse_instant,
)
from inforce.formats.time_zones import time_zone


def told(instant, zone):
    assert instant.tzinfo is UTC
    return format_instant(instant, time_zone(zone))


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "clock", "expected"),
    [
        ("Europe/Berlin", "2018-03-25T01:59:59", "2018-03-25T01:59:59+01:00"),
        ("Europe/Berlin", "2018-03-25T02:00:00", "2018-03-25T03:00:00+02:00"),
        ("Europe/Berlin", "2018-03-25T02:30:00", "2018-03-25T03:30:00+02:00"),
        ("Europe/Berlin", "2018-03-25T03:00:00", "2018-03-25T03:00:00+02:00"),
        ("America/New_York", "2018-03-11T02:30:00", "2018-03-11T03:30:00-04:00"),
        ("Australia/Lord_Howe", "2018-10-07T02:10:00", "2018-10-07T02:40:00+11:00"),
        ("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T01:00:00-02:00"),
        ("Pacific/Apia", "2011-12-30T09:00:00", "2011-12-31T09:00:00+14:00"),
    ],
)
def test_a_time_that_does_not_exist_moves_later_by_the_length_of_the_gap(zone, clock, expected):
    assert told(at_wall_clock(datetime.fromisoformat(clock), time_zone(zone)), zone) == expected


@pytest.mark.parametrize(
    ("zone", "clock", "expected"),
    [
        ("Europe/Berlin", "2018-10-28T02:00:00", "2018-10-28T02:00:00+02:00"),
        ("Europe/Berlin", "2018-10-28T02:30:00", "2018-10-28T02:30:00+02:00"),
        ("Europe/Berlin", "2018-10-28T03:00:00", "2018-10-28T03:00:00+01:00"),
        ("America/New_York", "2018-11-04T01:30:00", "2018-11-04T01:30:00-04:00"),
        ("Australia/Lord_Howe", "2018-04-01T01:45:00", "2018-04-01T01:45:00+11:00"),
        ("America/Sao_Paulo", "2018-02-17T23:30:00", "2018-02-17T23:30:00-02:00"),
        ("Africa/Casablanca", "2018-05-13T02:30:00", "2018-05-13T02:30:00+01:00"),
    ],
)
def test_a_time_that_comes_twice_means_the_first(zone, clock, expected):
    assert told(at_wall_clock(datetime.fromisoformat(clock), time_zone(zone)), zone) == expected


def test_a_time_that_comes_twice_means_the_first_even_where_the_second_is_asked_for():
    clock = datetime(2018, 10, 28, 2, 30, fold=1)  # noqa: DTZ001
    assert told(at_wall_clock(clock, time_zone("Europe/Berlin")), "Europe/Berlin") == "2018-10-28T02:30:00+02:00"


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("UTC", "2018-05-10", "2018-05-10T00:00:00+00:00"),
        ("Asia/Seoul", "2018-05-10", "2018-05-10T00:00:00+09:00"),
        ("Europe/Berlin", "2018-03-25", "2018-03-25T00:00:00+01:00"),
        ("Europe/Berlin", "2018-10-28", "2018-10-28T00:00:00+02:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),  # midnight does not exist
        ("America/Havana", "2018-11-04", "2018-11-04T00:00:00-04:00"),  # midnight comes twice
        ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),  # the day does not exist
        ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_a_bare_date_begins_at_midnight_in_the_zone(zone, day, expected):
    assert told(first_instant(date.fromisoformat(day), time_zone(zone)), zone) == expected


@pytest.mark.parametrize(
    ("zone", "posted", "days", "expected"),
    [
        ("Europe/Berlin", "2018-03-24T09:00:00+01:00", 1, "2018-03-25T09:00:00+02:00"),  # 23 hours
        ("Europe/Berlin", "2018-10-27T09:00:00+02:00", 1, "2018-10-28T09:00:00+01:00"),  # 25 hours
        ("Europe/Berlin", "2018-03-24T02:30:00+01:00", 1, "2018-03-25T03:30:00+02:00"),  # into the gap
        (
            "Europe/Berlin",
            "2018-10-27T02:30:00+02:00",
            1,
            "2018-10-28T02:30:00+02:00",
        ),  # into the hour that comes twice
        ("Europe/Berlin", "2018-10-28T02:30:00+02:00", 30, "2018-11-27T02:30:00+01:00"),  # from the first 02:30
        ("Europe/Berlin", "2018-10-28T02:30:00+01:00", 30, "2018-11-27T02:30:00+01:00"),  # from the second 02:30
        ("Australia/Lord_Howe", "2018-10-06T02:10:00+10:30", 1, "2018-10-07T02:40:00+11:00"),
        ("Pacific/Apia", "2011-12-29T09:00:00-10:00", 1, "2011-12-31T09:00:00+14:00"),  # the 30th does not exist
        ("Pacific/Apia", "2011-12-29T09:00:00-10:00", 2, "2011-12-31T09:00:00+14:00"),
        ("UTC", "2016-02-29T12:00:00+00:00", 365, "2017-02-28T12:00:00+00:00"),
        ("UTC", "2016-02-29T12:00:00+00:00", 366, "2017-03-01T12:00:00+00:00"),
        ("UTC", "2016-02-28T12:00:00+00:00", 1, "2016-02-29T12:00:00+00:00"),
    ],
)
def test_days_later_is_the_same_wall_clock_time(zone, posted, days, expected):
    assert told(days_later(instant(posted), days, time_zone(zone)), zone) == expected


def test_a_day_lies_where_the_zone_says():
    midnight_in_seoul = instant("2018-05-09T15:00:00+00:00")
    assert local_day(midnight_in_seoul, time_zone("Asia/Seoul")) == date(2018, 5, 10)
    assert local_day(midnight_in_seoul, time_zone("America/New_York")) == date(2018, 5, 9)


# Reading


@pytest.mark.parametrize("text", ["2018-05-10", "2016-02-29", "1000-01-01", "9000-12-31"])
def test_a_date_is_read(text):
    assert parse_date(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text", ["2018-5-10", "20180510", "10.05.2018", " 2018-05-10", "2018-05-10\n", "２018-05-10", ""]
)
def test_another_form_is_no_date(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("2018-02-29", "there is no day 2018-02-29"),
        ("2018-13-01", "there is no day 2018-13-01"),
        ("0000-01-01", "there is no day 0000-01-01"),
        ("0999-12-31", "the year of 0999-12-31 cannot be meant"),
        ("9001-01-01", "the year of 9001-01-01 cannot be meant"),
    ],
)
def test_a_date_that_cannot_be_is_told(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-05-10T09:00:00+09:00", "2018-05-10T00:00:00+00:00"),
        ("2018-05-10T09:00:00Z", "2018-05-10T09:00:00+00:00"),
        ("2018-05-10t09:00:00z", "2018-05-10T09:00:00+00:00"),
        ("2018-05-10T09:00:00.25Z", "2018-05-10T09:00:00.250000+00:00"),
        ("2018-05-10T09:00:00-00:00", "2018-05-10T09:00:00+00:00"),
        ("2018-05-10T23:59:59-03:30", "2018-05-11T03:29:59+00:00"),
    ],
)
def test_an_instant_is_read_as_rfc_3339_has_it(text, expected):
    assert format_instant(parse_instant(text), UTC) == expected


@pytest.mark.parametrize(
    "text", ["2018-05-10", "2018-05-10 09:00:00+09:00", "2018-05-10T09:00:00+0900", "tomorrow", ""]
)
def test_another_form_is_no_instant(text):
    assert parse_instant(text) is None


@pytest.mark.parametrize("text", ["2018-05-10T09:00:00", "2018-05-10 09:00", "2018-05-10t09:00"])
def test_a_missing_offset_is_told_with_an_example(text):
    with pytest.raises(
        ValueError, match=r"does not say in which zone: add the offset, as in 2018-05-10T09:00:00\+09:00"
    ):
        parse_instant(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("2018-02-29T09:00:00Z", "there is no day 2018-02-29"),
        ("2018-05-10T24:00:01Z", "there is no instant"),
        ("2018-05-10T09:60:00Z", "there is no instant"),
        ("2018-05-10T23:59:60Z", "there is no instant"),
        ("2018-05-10T09:00:00+24:00", "there is no instant"),
        ("0999-05-10T09:00:00Z", "cannot be meant"),
    ],
)
def test_an_instant_that_cannot_be_is_told(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        parse_instant(text)


# Writing


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Seoul", "2018-05-09T15:00:00+00:00", "2018-05-10T00:00:00+09:00"),
        ("UTC", "2018-05-09T15:00:00+00:00", "2018-05-09T15:00:00+00:00"),
        ("Australia/Lord_Howe", "2018-05-09T15:00:00+00:00", "2018-05-10T01:30:00+10:30"),
        ("Europe/Berlin", "2018-10-28T00:30:00+00:00", "2018-10-28T02:30:00+02:00"),
        ("Europe/Berlin", "2018-10-28T01:30:00+00:00", "2018-10-28T02:30:00+01:00"),
    ],
)
def test_an_instant_is_written_with_the_offset_of_the_zone(zone, at, expected):
    assert format_instant(instant(at), time_zone(zone)) == expected


def test_an_offset_with_seconds_cannot_be_written_and_utc_stands_in():
    """Until April 1908 Seoul was 8 h 27 min 52 s ahead."""
    seoul = time_zone("Asia/Seoul")
    assert format_instant(instant("1908-03-31T12:00:00+00:00"), seoul) == "1908-03-31T12:00:00+00:00"
    assert format_instant(instant("1908-04-01T12:00:00+00:00"), seoul) == "1908-04-01T20:30:00+08:30"
