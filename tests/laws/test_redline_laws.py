"""Whoever accepts a redline has the new text, whoever rejects it the old, and every word is in it once."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.laws.texts import TEXTS, revised

from inforce.core import alignment
from inforce.core.redline import Done, redline
from inforce.core.wording import Fate
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of

RECORD = Path(__file__).parents[2] / "policy_versions"
REVISIONS = sorted(RECORD.glob("*/*.md"))


def holds(old, new):
    """Everything that a redline promises. `repr` compares white space too, which `==` leaves out."""
    made = redline(old, new)
    assert repr(made.accepted()) == repr(tuple(new))
    assert repr(made.rejected()) == repr(tuple(old))
    for change in made.changes:
        stretches = change.stretches
        assert words_of(change.old) == [word for one in stretches for word in one.old]
        assert words_of(change.new) == [word for one in stretches for word in one.new]
        for one in stretches:
            assert (one.fate is Fate.KEPT) <= (one.old == one.new)
            assert (not one.old) == (one.fate is Fate.INSERTED)
            assert (not one.new) == (one.fate is Fate.DELETED)
        if change.done in (Done.KEPT, Done.MOVED):
            assert [one.clause for one in change.old] == [one.clause for one in change.new]
        if len(change.parts) > 1:
            several = change.new if change.done is Done.SPLIT else change.old
            sides = [[*part] for part in change.parts]
            for placed, part in zip(several, sides, strict=True):
                own = [word for one in part for word in (one.new if change.done is Done.SPLIT else one.old)]
                assert own == list(placed.clause.words)
    steps = list(made.with_departures())
    assert Counter(left for _, left in steps)[True] == made.measure().moved
    assert [change for change, left in steps if not left] == list(made.changes)
    here = [one.place for change, left in steps if change.is_moved == left for one in change.old]
    assert all(one < other for one, other in pairwise(here))


def words_of(placed):
    return [word for one in placed for word in one.clause.words]


@settings(max_examples=300, deadline=None)
@given(revised())
def test_a_text_that_was_revised(texts):
    holds(*texts)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_any_two_texts(old, new):
    holds(tuple(old), tuple(new))


@settings(deadline=None)
@given(TEXTS)
def test_a_text_has_no_marks_against_itself(text):
    assert {change.done for change in redline(text, text).changes} <= {Done.KEPT}


@settings(deadline=None)
@given(revised())
def test_the_coarser_ways_keep_the_promises_too(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "LARGEST", 4)
        patch.setattr("inforce.core.pairing._ALL_PAIRS", 2)
        holds(*texts)


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_revisions_of_a_real_record(path):
    own = clauses_of(body(path.read_bytes()))
    assert {change.done for change in redline(own, own).changes} == {Done.KEPT}
    for other in REVISIONS:
        if other > path and (other.parent == path.parent or other == REVISIONS[-1]):
            holds(own, clauses_of(body(other.read_bytes())))
