"""Laws of notices, on random histories of a policy."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from laws.histories import histories, persons

from inforce.core.delivery import concerns
from inforce.core.notice import Event, cancelled_by, notices_of, told_by
from inforce.core.policy import ChangeClass
from inforce.core.timeline import Person, Timeline


def joined(revisions):
    return sorted(revisions, key=lambda one: (one.posting.sequence, one.order))


@given(histories())
def test_a_further_posting_changes_no_notice_and_removes_none(history):
    revisions = joined(history.revisions)
    told = [notices_of(revisions[:count]) for count in range(len(revisions) + 1)]

    for before, after in pairwise(told):
        assert after[: len(before)] == before


@given(histories())
def test_no_two_notices_are_called_the_same_and_each_is_worth_telling_for_a_while(history):
    notices = notices_of(history.revisions)

    assert len({one.path for one in notices}) == len(notices)
    assert all(one.due < one.expires for one in notices)
    assert all(one.due >= one.revision.posted for one in notices)


@given(histories())
def test_what_is_cancelled_is_of_the_same_revision_and_was_there_before(history):
    notices = notices_of(history.revisions)
    known = set()
    for notice in notices:
        assert set(notice.cancels) <= {path for path in known if f"/{notice.revision.name}/" in path}
        known.add(notice.path)


@given(st.data())
def test_whoever_comes_to_be_bound_by_another_text_is_told_of_it(data):
    """Without a word of theirs: a notice that concerns them, due at that very instant, and not cancelled.

    Nobody is mailed of corrections and of imported histories, but there is a notice.
    """
    history = data.draw(histories())
    since, _ = data.draw(persons(history))
    timeline = Timeline(history.revisions)
    notices = [one for one in notices_of(history.revisions) if one.event in (Event.POSTED, Event.IN_EFFECT)]
    last = max(one.told_from for one in notices)
    cancelled = cancelled_by(notices, last)

    for span in timeline.spans_of(Person(since)):
        if span.start <= since:
            continue
        revision = timeline[span.revision]
        root = timeline[timeline.root(span.revision)]
        of = revision if span.start == revision.posted else root
        told = [one for one in notices if one.revision.name == of.name and one.due == span.start]
        told = [one for one in told if one.path not in cancelled]
        assert told
        if of.change not in (ChangeClass.EDITORIAL, ChangeClass.IMPORTED):
            assert any(concerns(one.recipients, since) for one in told)


@given(st.data())
def test_nobody_is_told_that_a_text_has_taken_effect_for_them_before_it_could(data):
    history = data.draw(histories())
    since, _ = data.draw(persons(history))
    notices = notices_of(history.revisions)
    cancelled = cancelled_by(notices, max(one.told_from for one in notices))
    timeline = Timeline(history.revisions)

    for one in notices:
        if one.event is Event.IN_EFFECT and one.path not in cancelled and concerns(one.recipients, since):
            assert timeline.start(one.revision.name, one.audience) == one.due
            assert since < one.due


@given(histories())
def test_what_was_told_once_stays_and_nothing_comes_before_it(history):
    """Seen at each instant at which something is told, with what was known then."""
    notices = notices_of(history.revisions)
    before = []
    for instant in sorted({one.told_from for one in notices}):
        known = [one for one in history.revisions if one.joined <= instant]
        told = told_by(notices_of(known), instant)
        assert told[: len(before)] == before
        before = told
