"""The list of changes as values, in the words of a language."""

from textwrap import dedent

from drawing import clauses, compared

from inforce.formats.messages import messages_in
from inforce.formats.redline.sentences import Detail, Sentences
from inforce.formats.redline.words import Comparison, Text, measured, words_counted


def comparison(old, new):
    return Comparison(Text("old", "", clauses(old)), Text("new", "", clauses(new)), compared(old, new))


def told(old, new, language="en", longest=None, most=None):
    """Each entry's sentences, drawn as a list."""
    entries = Sentences(comparison(old, new), messages_in(language), longest, most).entries()
    return "\n".join(
        "\n".join([f"{entry.number}. {entry.sentence}", *(f"   {one.sentence}" for one in entry.details)])
        for entry in entries
    )


def test_an_edit_is_a_sentence_with_its_old_and_new_words():
    (entry,) = Sentences(
        comparison("# Terms\n\nCancel within 30 days.", "# Terms\n\nCancel within 60 days."), messages_in("en")
    ).entries()
    assert (entry.number, entry.section) == (1, "Terms")
    assert entry.sentence == "Under “Terms”, a paragraph was edited."
    assert entry.details[0] == Detail("“30” was replaced by “60”.", "30", "60")


def test_sections_that_moved_and_came_and_went_say_after_which_they_stand():
    old = """
        # Terms

        ## Cookies

        We set two cookies.

        ## Orders

        You order, and we confirm.

        ## Cash

        Nobody pays in cash.
    """
    new = """
        # Terms

        ## Orders

        You order, and we confirm.

        ## Cookies

        We set two cookies.

        ## Law

        The law of Korea applies.
    """
    assert told(old, new) == dedent("""\
        1. After “Orders”, 2 clauses were deleted:
           “Cash”
           “Nobody pays in cash.”
        2. After “Orders”, 2 clauses were moved here, unchanged.
           Place before: after “Terms”.
           “Cookies”
           “We set two cookies.”
        3. After “Cookies”, 2 clauses were inserted:
           “Law”
           “The law of Korea applies.”""")


def test_a_clause_that_moved_within_its_section_says_in_which_direction():
    items = ["We keep your orders.", "We keep your mail and your calls.", "We keep nothing else, whatever it is."]
    old, new = ("# Terms\n\n" + "\n".join(f"- {one}" for one in order) for order in (items, [*items[1:], items[0]]))
    assert told(old, new) == dedent("""\
        1. Under “Terms”, a list item was moved here, unchanged.
           Place before: further up in the same section.
           “We keep your orders.”""")


def test_what_no_word_shows_is_said():
    old = "## Terms\n\n> We keep [your mail](a.md).\n\n3. One.\n"
    new = "### Terms\n\nWe keep [your mail](b.md) **now**.\n\n4. One.\n"
    assert told(old, new) == dedent("""\
        1. A heading was edited.
           The heading's level is 3 now; before, it was 2.
           “Terms”
        2. Under “Terms”, a paragraph was edited.
           It is a paragraph now; before, it was a paragraph in a quotation.
           The link of “your mail” leads to b.md now; before, it led to a.md.
           Inserted: “now”
           Old: “We keep your mail.”
           New: “We keep your mail now.”
        3. Under “Terms”, a numbered list item was edited.
           The list begins at 4 now; before, it began at 3.
           “One.”""")


def test_long_clauses_are_quoted_as_far_as_one_wants():
    assert told("# Terms\n", "# Terms\n\nOne two three four five six seven eight.", longest=3) == dedent("""\
        1. Under “Terms”, a paragraph was inserted:
           “One two three […]”""")


def test_and_of_many_clauses_as_many_as_one_wants():
    assert told("# Terms\n", "# Terms\n\n- One.\n- Two.\n- Three.\n- Four.\n", most=2) == dedent("""\
        1. Under “Terms”, 4 clauses were inserted:
           “One.”
           “Two.”
           And 2 clauses more.""")


def test_korean():
    old = "# 약관\n\n회원은 30일 이내에 철회할 수 있습니다.\n\n현금으로 지불할 수 없습니다.\n"
    new = "# 약관\n\n회원은 60일 이내에 철회할 수 있습니다.\n"
    assert told(old, new, "ko") == dedent("""\
        1. “약관” 아래: 문단 1개가 수정되었습니다.
           “30” 문구가 “60” 문구로 바뀌었습니다.
           이전: “회원은 30일 이내에 철회할 수 있습니다.”
           지금: “회원은 60일 이내에 철회할 수 있습니다.”
        2. “약관” 아래: 문단 1개가 삭제되었습니다:
           “현금으로 지불할 수 없습니다.”""")


def test_how_much_changed_in_a_sentence():
    one = comparison("# Terms\n\nCancel within 30 days.", "# Terms\n\nCancel within 60 days.")
    assert measured(one, messages_in("en")) == "1 of 2 clauses changed."
    assert words_counted(one, messages_in("en")) == "1 word or sign inserted, 1 deleted."
    assert measured(one, messages_in("ko")) == "조항 2개 중 1개가 변경되었습니다."


def test_words_from_right_to_left_stay_together_in_an_english_sentence():
    assert "“\u2068שלום לכם.\u2069”" in told("# Terms\n", "# Terms\n\nשלום לכם.")
