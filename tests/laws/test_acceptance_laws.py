"""Laws of acceptance: over ten years of random revisions and random answers, the program asks what the words say."""

from hypothesis import given
from hypothesis import strategies as st
from laws.histories import SECOND, law, probes, ten_years
from laws.naive_acceptance import NaiveAsking
from laws.naive_timeline import NaiveTimeline

from inforce.core.acceptance import Answered, Decision, Reason, asks_current_users, open_to
from inforce.core.effect import Audience
from inforce.core.register import NO_ROW, Row, Shown, Statement, answers_of, person_of
from inforce.core.timeline import Timeline


@st.composite
def lives(draw, history):
    """When somebody registered, if they did, and what they said, in order: mostly to what is open."""
    moments = _moments(history)
    early = moments[: len(moments) // 2]
    joined = draw(st.sampled_from(early) | st.sampled_from(early) | st.sampled_from(moments) | st.none())
    said = []
    for moment in sorted(draw(st.lists(st.sampled_from(moments), min_size=draw(st.integers(0, 3)), max_size=8))):
        texts = [one.revision for one in _open(history, joined, said, moment)]
        texts = texts or [one.name for one in history.revisions]
        if draw(st.integers(0, 9)) == 9:
            texts = [*(one.name for one in history.revisions), "another-text"]  # Whatever the reason may be.
        decisions = [Decision.ACCEPTED, Decision.ACCEPTED, *Decision]
        said.append((draw(st.sampled_from(texts)), draw(st.sampled_from(decisions)), moment))
    return joined, said


def _moments(history):
    dues = {one.accept_by for one in history.revisions} - {None}
    return probes({*NaiveTimeline(history.revisions).boundaries(), *dues})


def _open(history, joined, said, moment):
    return open_to(Timeline(history.revisions), joined, [Answered(*one) for one in said], moment)


def _told(one):
    reason = one.reason and one.reason.value
    return one.revision, one.root, one.audience, one.start, one.accept_by, reason, one.decision


def _instants(data, history, joined, said):
    """A dozen of the instants at which something can have changed."""
    moments = sorted({*_moments(history), *probes([joined] if joined else []), *(moment for _, _, moment in said)})
    return data.draw(st.lists(st.sampled_from(moments), min_size=1, max_size=12, unique=True))


# The register asks what the words say


@law(300)
@given(data=st.data(), history=ten_years())
def test_somebody_is_asked_what_the_words_say(data, history):
    joined, said = data.draw(lives(history))
    for instant in _instants(data, history, joined, said):
        told = [_told(one) for one in _open(history, joined, said, instant)]
        assert told == list(NaiveAsking(history.revisions, joined, said, instant).open()), instant


@law(100)
@given(data=st.data(), history=ten_years())
def test_whoever_answers_everything_is_asked_nothing_more(data, history):
    joined, said = data.draw(lives(history))
    for instant in _instants(data, history, joined, said):
        now = [*(one for one in said if one[2] <= instant)]
        asked = [one for one in _open(history, joined, now, instant) if one.is_asked]
        now += [(one.revision, Decision.ACCEPTED, instant) for one in asked]
        assert not [one for one in _open(history, joined, now, instant) if one.is_asked]


@law(100)
@given(data=st.data(), history=ten_years())
def test_an_answer_raises_no_question(data, history):
    """Of those who have registered, that is; and but for what the answer itself ends or begins."""
    joined, said = data.draw(lives(history))
    for instant in _instants(data, history, joined, said):
        now = [*(one for one in said if one[2] <= instant)]
        before = {one.root for one in _open(history, joined, now, instant) if one.is_asked}
        for one in _open(history, joined, now, instant):
            decided = [*now, (one.revision, data.draw(st.sampled_from(Decision)), instant)]
            after = {each.root for each in _open(history, joined, decided, instant) if each.is_asked}
            assert after <= before or joined is None or joined > instant or one.start is None


@law(100)
@given(data=st.data(), history=ten_years())
def test_whoever_decides_later_is_asked_the_same_again(data, history):
    joined, said = data.draw(lives(history))
    for instant in _instants(data, history, joined, said):
        now = [*(one for one in said if one[2] <= instant)]
        before = _open(history, joined, now, instant)
        later = [*now, *((one.revision, Decision.DEFERRED, instant) for one in before if one.is_asked)]
        after = _open(history, joined, later, instant)
        assert [(one.root, one.reason) for one in after] == [(one.root, one.reason) for one in before]


@law(100)
@given(data=st.data(), history=ten_years())
def test_current_users_are_asked_only_where_a_notice_said_so(data, history):
    """A posting asks current users, or does not; who registered where nothing was asked never meets a question else."""
    joined, said = data.draw(lives(history))
    for instant in _instants(data, history, joined, said):
        asking = [
            one
            for place, one in enumerate(history.revisions)
            if one.posted <= instant and asks_current_users(one, is_first=place == 0)
        ]
        for one in _open(history, joined, said, instant):
            if one.audience is Audience.CURRENT_USERS and one.reason in {Reason.OFFER, Reason.CHANGE}:
                late = [each for each in history.revisions if each.effects and _starts_late(each, joined)]
                assert any(joined < each.posted for each in asking) or late


def _starts_late(revision, joined):
    start = revision.effects[Audience.NEW_USERS].start
    return revision.posted <= joined and start is not None and start > joined


@law(100)
@given(data=st.data(), history=ten_years())
def test_nothing_that_comes_later_changes_what_was_asked(data, history):
    joined, said = data.draw(lives(history))
    for instant in _instants(data, history, joined, said):
        then = type(history)(tuple(one for one in history.revisions if one.posted <= instant))
        answered = [one for one in said if one[2] <= instant]
        assert _open(then, joined, answered, instant) == _open(history, joined, said, instant)


@law(100)
@given(data=st.data(), history=ten_years())
def test_whoever_registers_is_asked_for_the_row_of_new_users_and_is_then_bound_by_it(data, history):
    timeline = Timeline(history.revisions)
    for instant in _instants(data, history, None, []):
        row = timeline.on(Audience.NEW_USERS, instant)
        present = [one for one in open_to(timeline, None, (), instant) if one.start is None or one.start <= instant]
        assert [one.revision for one in present] == ([row.revision] if row.revision else [])
        for one in present:
            asks = timeline[one.root].terms.acceptance_asked
            assert one.reason == (Reason.OFFER if row.basis == "offered" else Reason.REGISTRATION if asks else None)
        said = [("privacy-policy", one.revision, Decision.ACCEPTED, instant, None) for one in present]
        if person := person_of(_rows(said, timeline), "privacy-policy", timeline):
            assert timeline.binding(person, instant).revision == row.revision


# What a subject's rows come to


def _rows(said, timeline):
    """Rows of one subject, of (policy, revision, decision, instant, registered)."""
    rows = []
    for number, (policy, revision, decision, instant, registered) in enumerate(said, start=1):
        digest = timeline[revision].digest if revision in timeline else "0" * 64
        shown = Shown(policy, revision, digest, "1" * 64, Audience.NEW_USERS, None, "en")
        statement = Statement("s-1", registered, shown, decision, "shop", "web", f"request-{number}")
        rows.append(Row(number, NO_ROW, instant, statement))
    return rows


@law(300)
@given(data=st.data(), history=ten_years())
def test_a_subject_is_bound_as_the_rules_say_of_its_rows(data, history):
    """They registered when the application said so last; where it never did, with the first text they accepted."""
    _, said = data.draw(lives(history))
    registered = data.draw(st.none() | st.sampled_from(_moments(history)))
    policies = [data.draw(st.sampled_from(["privacy-policy", "privacy-policy", "terms"])) for _ in said]
    known = [data.draw(st.sampled_from([None, registered])) for _ in said]
    timeline = Timeline(history.revisions)
    rows = _rows([(policy, *one, when) for policy, one, when in zip(policies, said, known, strict=True)], timeline)
    person = person_of(rows, "privacy-policy", timeline)
    first = next((instant for _, decision, instant in said if decision is Decision.ACCEPTED), None)
    joined = registered if registered in known and registered is not None else first
    assert (person and person.joined) == joined
    if person is None:
        return
    own = [one for policy, one in zip(policies, said, strict=True) if policy == "privacy-policy" and one[0] in timeline]
    assert [(one.revision, one.decision, one.instant) for one in answers_of(rows, "privacy-policy", timeline)] == own
    assents = [(name, instant) for name, decision, instant in own if decision is Decision.ACCEPTED]
    naive = NaiveTimeline(history.revisions)
    for instant in _instants(data, history, joined, said):
        answer = timeline.binding(person, instant)
        expected = naive.binding_stretch(joined, assents, instant)
        assert (answer.revision, answer.basis and answer.basis.value, answer.start, answer.until) == expected


@law(100)
@given(data=st.data(), history=ten_years(), by=st.sampled_from([SECOND, 200 * SECOND]))
def test_a_clock_that_is_ahead_at_the_application_takes_no_question_away(data, history, by):
    """Registered a little later than now, by their clock: that is somebody who registers now."""
    for instant in _instants(data, history, None, []):
        assert _open(history, instant + by, [], instant) == _open(history, None, [], instant)
