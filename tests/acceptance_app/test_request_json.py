"""Questions as JSON: whatever comes is a question or is told, and what is kept is what came."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inforce.acceptance_app.limits import Buckets
from inforce.acceptance_app.problems import ProblemError
from inforce.core.acceptance import Decision
from inforce.core.asking import Given, Question, Request
from inforce.formats.acceptance.request_json import (
    BodyError,
    dump_given,
    dump_request,
    load_given,
    load_request,
    read_question,
)

NOW = datetime(2018, 5, 1, tzinfo=UTC)
SUBJECTS = st.text("abcXYZ019-_.|:/+=", min_size=1, max_size=40)
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2018, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001
QUESTIONS = st.builds(
    Question,
    SUBJECTS,
    st.none() | INSTANTS,
    st.lists(SLUGS, min_size=1, max_size=5, unique=True).map(tuple),
    st.sampled_from(["en", "ko", "pt-BR"]),
    st.none() | st.just("https://qstore.example/registered"),
    st.none() | st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=50),
    st.sampled_from(["web", "ios"]),
    st.booleans(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def sent(question):
    """The question, as an application sends it."""
    members = {name: getattr(question, name) for name in Question.__dataclass_fields__}
    registered = question.registered and question.registered.isoformat()
    return json.dumps({**members, "registered": registered}).encode()


@given(QUESTIONS)
def test_what_is_sent_is_read_and_what_is_kept_is_the_same(question):
    assert read_question(sent(question), NOW, is_visit=True) == question
    request = Request("1", "shop", question, NOW, NOW + timedelta(minutes=15), NOW + timedelta(hours=24), "secret")
    assert load_request(dump_request(request)) == request


@given(st.lists(st.builds(Given, SLUGS, SLUGS, st.sampled_from(Decision), INSTANTS, st.integers(1))).map(tuple))
def test_what_was_answered_is_kept(given_):
    assert load_given(dump_given(given_)) == given_


def wrongs(data, *, is_visit):
    """What is wrong with what comes; nothing where it is a question."""
    try:
        read_question(data, NOW, is_visit=is_visit)
    except BodyError as wrong:
        return [one.pointer for one in wrong.wrongs]
    return None


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.booleans())
def test_whatever_comes_is_no_question_and_told(data, is_visit):
    assert wrongs(data, is_visit=is_visit)


@given(
    st.dictionaries(st.sampled_from(["subject", "registered", "policies", "language", "state", "channel", "x"]), JSON),
    st.booleans(),
)
def test_whatever_a_member_is_it_is_told_which_is_wrong(members, is_visit):
    assert all(one[:1] in ("", "/") for one in wrongs(json.dumps(members).encode(), is_visit=is_visit) or [])


def waits(buckets, client):
    """For how many seconds a client is to wait; 0 where it is answered."""
    try:
        buckets.take(client)
    except ProblemError as wrong:
        return int(wrong.headers["Retry-After"])
    return 0


@given(st.lists(st.tuples(st.sampled_from(["203.0.113.1", "203.0.113.2"]), st.floats(0, 3)), max_size=80))
def test_a_client_gets_its_burst_and_then_its_rate_whatever_others_do(calls):
    clock = [0.0]
    buckets, taken = Buckets(2.0, lambda: clock[0]), {}
    for client, pause in calls:
        clock[0] += pause
        if not waits(buckets, client):
            taken.setdefault(client, []).append(clock[0])
    for times in taken.values():
        for place, begun in enumerate(times):
            for later in range(place, len(times)):
                assert later - place + 1 <= 10 + (times[later] - begun) * 2 + 1e-6


def test_after_the_wait_that_it_was_told_a_client_is_answered():
    clock = [0.0]
    buckets = Buckets(0.1, lambda: clock[0])
    told = [waits(buckets, "203.0.113.1") for _ in range(11)]
    assert told[:10] == [0] * 10
    clock[0] += told[10]
    assert waits(buckets, "203.0.113.1") == 0
