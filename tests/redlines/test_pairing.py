"""Which clause became which: what is similar, what was set apart, and what only looks like it."""

from drawing import drawn


def test_a_date_that_changed_is_marked_in_its_line():
    assert drawn("Effective date: October 11, 2017", "Effective date: May 25, 2018") == [
        "edited: Effective date: [-October 11, 2017-] {+May 25, 2018+}"
    ]


def test_punctuation_alone_makes_nothing_similar():
    assert drawn("Nothing.", "Everything.") == ["deleted: [-Nothing.-]", "inserted: {+Everything.+}"]


def test_headings_with_the_same_number_are_not_the_same():
    old = "## 2. Content restrictions\n\nNothing illegal."
    new = "## 2. Acceptable use\n\nNothing illegal."
    assert drawn(old, new) == [
        "deleted: [-2. Content restrictions-]",
        "inserted: {+2. Acceptable use+}",
    ]


def test_a_title_that_was_set_apart_is_no_change_of_words():
    text = "You may stop at any time, and we shall keep what the law tells us to keep for five years."
    assert drawn(f"1. Term. {text}", f"1. Term.\n\n    {text}") == [
        f"split: Term. / {text}",
    ]


def test_a_section_that_passed_another_is_moved_even_if_it_was_edited():
    rights = "You keep all rights to what you post here, and you are responsible for it, whoever may see it or use it."
    removal = "We may remove what you post."
    old = f"# Terms\n\n{rights}\n\n{removal}"
    new = f"# Terms\n\n{removal}\n\n{rights.replace('post here', 'post here or send')}"
    assert drawn(old, new) == [
        "moved: We may remove what you post.",
        f"edited: {rights.replace('post here,', 'post here {+or send+} ,')}",
    ]


def test_a_number_is_marked_alone_though_words_come_in_beside_it():
    assert drawn("Cancel within 30 days.", "Cancel within 60 days, in writing.") == [
        "edited: Cancel within [-30-] {+60+} days {+, in writing+} ."
    ]


def test_two_words_between_longer_changes_are_marked_with_them():
    old = "We shall promptly and duly notify every registered member of the change by letter."
    new = "We shall at once notify every other user of the change by letter."
    marked = "[-promptly and duly notify every registered member-] {+at once notify every other user+}"
    assert drawn(old, new) == [f"edited: We shall {marked} of the change by letter."]


def test_words_that_any_two_texts_have_in_common_make_no_clause_the_same():
    old = "If you sell the goods to us, you have to tell us, and to wait until we say that we take them."
    new = "If we change the fees, you have a month to say no, and to leave until the end of the year."
    assert [line.partition(":")[0] for line in drawn(old, new)] == ["deleted", "inserted"]
