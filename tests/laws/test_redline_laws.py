"""Whoever accepts a redline has the new text, whoever rejects it the old, and every word is in it once.

The clauses that it compares are those of the passages, and stand where they are said to.
"""

import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws.texts import CLAUSES, TEXTS, revised

from inforce.core import alignment
from inforce.core.clause import Clause, Kind
from inforce.core.redline import Done, redline
from inforce.core.wording import Fate
from inforce.core.words import cut
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of, read_passage
from inforce.formats.text.markdown import Passage, render, renderer
from inforce.formats.text.passages import passages

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


BLOCKS = """\
word
# *Em* head
**bold** a
* item
- item
- - deep
1. one
3. three
    code
    - inner
    # head in it
> quote
> - item
>
Term
: def
---
!!! note
    inside
a | b\n--|--\n1 | [x](y.md)
| a |\n|--|
[x](../y.md "a & b")
[^1]
[^1]: note\n\n    - more
```\nx &lt; y\n```
<br>
&amp; &copy;
_em_<br>`c`
[TOC]"""
MARKDOWN = st.lists(
    st.tuples(
        st.sampled_from(BLOCKS.split("\n")).map(lambda one: one.replace("\\n", "\n")), st.sampled_from(["\n", "\n\n"])
    ),
    min_size=1,
    max_size=10,
).map(lambda parts: "".join(map("".join, parts)))
TAGS = {
    Kind.HEADING: "h[1-6]",
    Kind.PARAGRAPH: "p",
    Kind.ITEM: "li",
    Kind.ROW: "tr",
    Kind.CODE: "pre",
    Kind.TERM: "dt",
    Kind.DEFINITION: "dd",
    Kind.TITLE: 'p class="admonition-title"',
    Kind.FOOTNOTE: 'li id="fn:',
    Kind.SEPARATOR: "hr",
    Kind.CONTENTS: 'div class="toc"',
}


@settings(max_examples=300, deadline=None)
@given(MARKDOWN)
def test_the_clauses_of_a_text_are_those_of_its_passages(text):
    of_whole = read_passage(Passage((render(text).html,), ())).clauses
    assert repr(of_whole) == repr(clauses_of(text))


def stand_where_they_are_said_to(text):
    for passage in map(renderer().convert, passages(text)):
        read = read_passage(passage)
        source = "".join(passage.pieces)
        own = [place for place in read.places if place >= 0]
        assert own == sorted(set(own))
        for clause, place in zip(read.clauses, read.places, strict=True):
            tag = TAGS[clause.kind] if place >= 0 else "li|dd|dt|blockquote|div"
            assert re.compile(f"<(?:{tag})").match(source, place if place >= 0 else -1 - place)


@settings(max_examples=300, deadline=None)
@given(MARKDOWN)
def test_clauses_stand_where_they_are_said_to(text):
    stand_where_they_are_said_to(text)


@given(CLAUSES, CLAUSES)
def test_clauses_are_equal_whose_contents_are(one, other):
    def content(clause):
        return clause.kind, clause.words, clause.frames, clause.level

    again = Clause(*content(one))
    assert (again, hash(again)) == (one, hash(one))
    assert (one == other) == (content(one) == content(other))


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_clauses_of_a_real_record(path):
    text = body(path.read_bytes())
    assert repr(read_passage(Passage((render(text).html,), ())).clauses) == repr(clauses_of(text))
    stand_where_they_are_said_to(text)


SIGNS = [
    "a",
    "Word",
    "www.",
    "http://",
    "x@y.zz",
    "@",
    ".",
    ",",
    ";",
    ")",
    "'",
    " ",
    "\n",
    "1",
    "$",
    "5",
    "%",
    "_",
    "-",
    "/",
]


@given(st.lists(st.sampled_from(SIGNS), max_size=14).map("".join))
def test_a_text_of_ascii_alone_is_cut_as_any_other(text):
    found = cut(text)
    assert found == cut(f"{text} \u00e9")[:-1]
    assert "".join(map("".join, found)) == text.rstrip()


PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([1.0, 2.0, 4.5])), max_size=7)


@given(PAIRS)
def test_no_chain_is_heavier_than_the_heaviest(pairs):
    def is_chain(chosen):
        return all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(chosen))

    subsets = (chosen for size in range(len(pairs) + 1) for chosen in combinations(sorted(pairs), size))
    heaviest = max(sum(one[2] for one in chosen) for chosen in subsets if is_chain(chosen))
    found = [pairs[index] for index in alignment.heaviest_chain(pairs)]
    assert is_chain(found)
    assert sum(one[2] for one in found) == heaviest
