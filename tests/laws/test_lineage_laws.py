"""Predecessors, successors and last changes, over random histories."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from laws.histories import histories, law

from inforce.core.effect import Audience
from inforce.core.last_change import last_change, last_change_of
from inforce.core.lineage import lineage_of
from inforce.core.standing import standings
from inforce.core.timeline import Timeline


@law(200)
@given(history=histories())
def test_every_revision_but_the_first_was_made_from_one_that_was_there(history):
    timeline = Timeline(history.revisions)
    lineage = lineage_of(timeline)
    first, *others = timeline.revisions
    assert first.name not in lineage.predecessor
    for revision in others:
        before = timeline[lineage.predecessor[revision.name]]
        assert before.order < revision.order
        assert revision.corrects in (None, before.name)
        assert revision.name in lineage.successors[before.name]
    assert sum(map(len, lineage.successors.values())) == len(others)


@law(200)
@given(history=histories())
def test_what_was_last_posted_has_no_successor_and_a_correction_comes_between(history):
    timeline = Timeline(history.revisions)
    lineage = lineage_of(timeline)
    assert timeline.revisions[-1].name not in lineage.successors
    substantive = [one for one in timeline.revisions if one.corrects is None]
    for earlier, later in pairwise(substantive):
        before = lineage.predecessor[later.name]
        assert timeline.root(before) == earlier.name
        assert not [
            one for one in timeline.corrections(earlier.name) if timeline[before].order < one.order < later.order
        ]


def said(revisions, name, now):
    """What is to be said of a revision then, and what of that is past."""
    known = Timeline(one for one in revisions if one.posted <= now)
    found = [one for audience in Audience for one in standings(known, name, audience, now)]
    return [(one, [moment and moment <= now for moment in (one.start, one.until, one.otherwise)]) for one in found]


@law(100)
@given(history=histories())
def test_the_last_change_is_the_last_instant_at_which_something_else_was_said(history):
    revisions = history.revisions
    whole = Timeline(revisions)
    tick = timedelta(microseconds=1)
    for now in whole.changes():
        known = whole.as_of(now)
        assert last_change(known, now) == now
        for revision in known.revisions:
            expected = revision.posted
            for change in known.changes():
                if expected < change <= now and said(revisions, revision.name, change - tick) != said(
                    revisions, revision.name, change
                ):
                    expected = change
            assert last_change_of(known, revision.name, now) == expected
