"""Texts that nobody means: a redline of them is bounded, says where it is coarse, and keeps its promises."""

import random

import pytest

from inforce.core.clause import Clause, Kind, Word
from inforce.core.redline import Done, redline
from inforce.formats.text.clauses import clauses_of


def item(text):
    return Clause(Kind.ITEM, tuple(Word(word, before=" ") for word in text.split()), ("list",))


def compared(old, new):
    made = redline(old, new)
    assert made.accepted() == tuple(new)
    assert made.rejected() == tuple(old)
    return made


def test_ten_thousand_identical_items():
    measure = compared([item("we keep data")] * 10_000, [item("we keep data")] * 9_999).measure()
    assert (measure.changed, measure.words_deleted) == (1, 3)
    measure = compared([item("we keep data")] * 10_000, [item("we keep data")] * 10_001).measure()
    assert (measure.changed, measure.words_inserted) == (1, 3)
    measure = compared([item("we keep data")] * 5_000, [item("we share data")] * 5_000).measure()
    assert (measure.words_inserted, measure.words_deleted) == (5_000, 5_000)


def test_a_clause_of_a_hundred_thousand_words_is_compared_around_what_is_there_once():
    chance = random.Random(4)
    words = [Word(f"w{chance.randrange(5_000)}") for _ in range(100_000)]
    edited = [*words[:100], *words[200:70_000], Word("x"), *words[70_001:]]
    made = compared([Clause(Kind.PARAGRAPH, tuple(words))], [Clause(Kind.PARAGRAPH, tuple(edited))])
    assert made.is_coarse
    assert made.measure().words_deleted < 200


def test_too_many_long_clauses_that_are_all_alike_are_not_compared_for_ever():
    chance = random.Random(4)
    old, new = ([item(" ".join(chance.choices("abcdefgh", k=2_000))) for _ in range(120)] for _ in range(2))
    assert compared(old, new).is_coarse


def test_thousands_of_clauses_that_were_all_edited_are_found_again():
    chance = random.Random(4)
    words = [f"w{number}" for number in range(5_000)]
    old = [chance.choices(words, k=30) for _ in range(3_000)]
    new = [[*one[:10], "new", *one[11:]] for one in old[1:]]
    measure = compared(*([item(" ".join(one)) for one in side] for side in (old, new))).measure()
    assert (measure.changed, measure.moved, measure.words_inserted, measure.words_deleted) == (3_000, 0, 2_999, 3_029)


def test_sections_of_which_each_went_elsewhere():
    chance = random.Random(4)
    old = [item(f"w{number} is of the section and stays in it") for number in range(2_000)]
    made = compared(old, chance.sample(old, len(old)))
    assert {change.done for change in made.changes} == {Done.KEPT, Done.MOVED}


def test_lists_in_lists_are_read_or_said_to_be_too_deep():
    assert len(clauses_of("\n".join(f"{'    ' * level}- x" for level in range(100)))) == 100
    with pytest.raises(RecursionError):
        clauses_of("\n".join(f"{'    ' * level}- x" for level in range(400)))


def test_a_line_of_a_megabyte_is_one_clause():
    (clause,) = clauses_of("word " * 200_000)
    assert len(clause.words) == 200_000
    (clause,) = clauses_of("1,x'" * 250_000)
    assert clause.words
