"""Laws of the timeline: on random histories it says what the rules say, read aloud by `NaiveTimeline`."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.histories import SECOND, histories, law, persons, probes
from laws.naive_timeline import NaiveTimeline

from inforce.core.effect import Audience, parse_rule
from inforce.core.policy import ChangeClass, Declaration, Posting, Terms
from inforce.core.posting import Candidate, Posted, judge
from inforce.core.timeline import Acceptance, Person, Timeline
from inforce.formats.time_zones import time_zone


def told(answer):
    return (answer.revision, answer.basis and answer.basis.value, answer.start, answer.until)


def person(joined, accepted=()):
    return Person(joined, tuple(Acceptance(*one) for one in accepted))


def both(history):
    naive = NaiveTimeline(history.revisions)
    return Timeline(reversed(history.revisions)), naive, probes(naive.boundaries())


# The worked case, told by both


def worked_case():
    seoul = time_zone("Asia/Seoul")
    terms = Terms("Privacy Policy", "en", "Asia/Seoul", seoul)
    rules = {Audience.CURRENT_USERS: parse_rule("2018-05-10"), Audience.NEW_USERS: parse_rule("on acceptance")}
    first = Declaration("0" * 64)
    second = Declaration("1" * 64, change=ChangeClass.MATERIAL, summary=("It is kept in Korea.",), effective=rules)
    posted = Posted()
    for name, instant, declared in (("2014", "2014-03-01", first), ("2018", "2018-04-10", second)):
        posted.add(
            judge(
                Candidate("privacy-policy", name, name, declared), terms, Posting(nine(instant), name), posted
            ).revision
        )
    return list(posted)


def nine(day):
    """Nine in the morning in Seoul."""
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


@pytest.mark.parametrize(
    ("joined", "accepted", "on_9_may", "on_10_may"),
    [
        ("2016-01-01", [], "2014", "2018"),
        ("2018-04-09", [("2014", "2018-04-09")], "2014", "2018"),
        ("2018-04-20", [("2018", "2018-04-20")], "2018", "2018"),
        ("2018-04-20", [], None, None),
    ],
)
def test_the_worked_case(joined, accepted, on_9_may, on_10_may):
    revisions = worked_case()
    joined, accepted = nine(joined), [(name, nine(day)) for name, day in accepted]
    for day, expected in (("2018-05-09", on_9_may), ("2018-05-10", on_10_may)):
        assert Timeline(revisions).binding(person(joined, accepted), nine(day)).revision == expected
        assert NaiveTimeline(revisions).binding(joined, accepted, nine(day))[0] == expected
        offered = ("2018", "offered", nine("2018-04-10"), None)
        assert told(Timeline(revisions).on(Audience.NEW_USERS, nine(day))) == offered
        assert NaiveTimeline(revisions).row_stretch(Audience.NEW_USERS, nine(day)) == offered


# The rows and the statuses


@pytest.mark.parametrize("audience", Audience)
@law(200)
@given(history=histories())
def test_a_row_says_what_the_rules_say(audience, history):
    timeline, naive, instants = both(history)
    for instant in instants:
        assert told(timeline.on(audience, instant)) == naive.row_stretch(audience, instant), instant


@law(200)
@given(history=histories())
def test_a_status_is_what_its_word_means(history):
    timeline, naive, instants = both(history)
    for name in (one.name for one in history.revisions):
        for audience in Audience:
            for instant in instants:
                status = timeline.status(name, audience, instant)
                assert (status and status.value) == naive.status(name, audience, instant), (name, audience, instant)


@law(200)
@given(history=histories())
def test_an_offer_is_open_while_its_word_says_so(history):
    timeline, naive, instants = both(history)
    for one in naive.substantive():
        for audience in Audience:
            offer = timeline.offer(one.name, audience)
            for instant in instants:
                is_open = offer is not None and offer.contains(instant)
                assert is_open == naive.is_offered(one, audience, instant), (one.name, audience, instant)


@law(200)
@given(history=histories())
def test_what_is_scheduled_is_still_to_take_effect(history):
    timeline, naive, instants = both(history)
    for instant in instants:
        assert timeline.scheduled(instant) == naive.scheduled(instant), instant


@law(200)
@given(history=histories())
def test_spans_are_in_order_and_none_is_empty(history):
    timeline, naive, _ = both(history)
    rows = [timeline.row(audience) for audience in Audience]
    rows += [timeline.spans_of(person(joined)) for joined in naive.boundaries()]
    for row in rows:
        assert all(span.until is None or span.start < span.until for span in row)
        assert all(one.until is not None and one.until <= other.start for one, other in pairwise(row))


# Persons


@law(400)
@given(data=st.data(), history=histories())
def test_a_person_is_bound_as_the_rules_say(data, history):
    timeline, naive, instants = both(history)
    joined, accepted = data.draw(persons(history))
    asked = sorted({*instants, *probes([joined])})
    for instant in asked:
        answer = told(timeline.binding(person(joined, accepted), instant))
        assert answer == naive.binding_stretch(joined, accepted, instant), instant


@law(200)
@given(history=histories())
def test_who_was_there_before_everything_and_accepts_nothing_is_the_row_of_current_users(history):
    timeline, _, instants = both(history)
    old = person(datetime(1, 1, 2, tzinfo=UTC))
    assert timeline.spans_of(old) == timeline.row(Audience.CURRENT_USERS)
    for instant in instants:
        assert timeline.binding(old, instant) == timeline.on(Audience.CURRENT_USERS, instant)


@law(200)
@given(history=histories())
def test_who_joins_and_accepts_nothing_is_bound_as_the_row_of_new_users_says_or_by_nothing(history):
    timeline, _, instants = both(history)
    for instant in instants:
        row = timeline.on(Audience.NEW_USERS, instant)
        bound_by = timeline.binding(person(instant), instant).revision
        assert bound_by == (row.revision if row.basis == "binds" else None), instant


@law(200)
@given(history=histories())
def test_who_joins_and_accepts_there_and_then_is_bound_by_what_the_row_of_new_users_says(history):
    timeline, _, instants = both(history)
    for instant in instants:
        row = timeline.on(Audience.NEW_USERS, instant)
        eager = person(instant, [(row.revision, instant)] if row.revision else ())
        assert timeline.binding(eager, instant).revision == row.revision, instant


# Time goes on


@law(200)
@given(history=histories())
def test_the_next_change_is_the_first_one(history):
    timeline, naive, instants = both(history)
    states = {instant: _state(naive, instant) for instant in instants}
    changes = [instant for instant in naive.boundaries() if states[instant] != states[instant - SECOND]]
    for instant in instants:
        assert timeline.next_change(instant) == next((one for one in changes if one > instant), None), instant


def _state(naive, instant):
    rows = [naive.row(audience, instant) for audience in Audience]
    return rows, [naive.status(one.name, audience, instant) for one in naive.revisions for audience in Audience]


@law(200)
@given(data=st.data(), history=histories())
def test_a_later_posting_leaves_what_was_said_of_earlier_instants(data, history):
    timeline, _, instants = both(history)
    joined, accepted = data.draw(persons(history))
    for known in {one.posted for one in history.revisions}:
        before = timeline.as_of(known)
        following = min((one.posted for one in history.revisions if one.posted > known), default=None)
        for instant in (one for one in instants if following is None or one < following):
            for audience in Audience:
                assert told(before.on(audience, instant))[:3] == told(timeline.on(audience, instant))[:3]
                for name in (one.name for one in before.revisions):
                    assert before.status(name, audience, instant) == timeline.status(name, audience, instant)
            somebody = person(joined, accepted)
            assert told(before.binding(somebody, instant))[:3] == told(timeline.binding(somebody, instant))[:3]


# Posting


@law(200)
@given(history=histories())
def test_nothing_takes_effect_before_its_posting(history):
    for one in history.revisions:
        for effect in one.effects.values():
            assert effect.start is None or one.posted <= effect.start, one.name


@law(200)
@given(history=histories())
def test_whatever_the_rules_allow_is_posted(history):
    assert history.refused == ()


@law(200)
@given(history=histories(), by=st.sampled_from([0 * SECOND, SECOND, 24 * 3600 * SECOND]))
def test_whatever_is_scheduled_has_to_be_named(history, by):
    """Rule 4: saying neither `overtakes` nor `keeps` is an error, and there is one error for each."""
    last = history.revisions[-1]
    instant = last.posted + by
    declaration = Declaration("0" * 64, change=ChangeClass.CLARIFYING, summary=("A change.",))
    silent = Candidate("privacy-policy", "silent", "blob", declaration)
    terms = Terms("Privacy Policy", "en", last.time_zone, last.zone)
    judgement = judge(silent, terms, Posting(instant, "commit", sequence=99), Posted(history.revisions))
    scheduled = [one.name for one in NaiveTimeline(history.revisions).scheduled(instant)]
    assert [fault.what.split()[0] for fault in judgement.faults] == scheduled
