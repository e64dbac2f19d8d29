"""A redline as one reads it in a mail."""

from textwrap import dedent

from drawing import clauses, compared

from inforce.formats.redline.text import redline_text
from inforce.formats.redline.words import Comparison, Text

OLD = """
    # Terms

    ## Cookies

    We set two cookies, both of which end with your session.

    ## Orders

    Orders are binding as soon as we have confirmed them [by mail](mail.md). You may cancel within 30 days after you
    have received the goods, and we bear the cost of sending them back to our offices in Seoul, whatever the reason is.

    - We keep your orders for five years, and we keep your mail for thirty days.
    - Nothing else is kept.

    ### Payment

    You pay in advance.
"""
NEW = """
    # Terms

    ## Orders

    Orders are binding as soon as we have confirmed them [by mail](post.md). You may cancel within 60 days after you
    have received the goods, and we bear the cost of sending them back to our offices in Seoul, whatever the reason is.

    - We keep your orders for five years.
    - We keep your mail for thirty days.
    - Nothing else is kept.

    ## Payment

    You pay in **advance**.

    Nobody pays in cash.

    ## Cookies

    We set two cookies, both of which end with your session.
"""


def told(old, new):
    """Everything under the two names."""
    comparison = Comparison(Text("old", "", clauses(old)), Text("new", "", clauses(new)), compared(old, new))
    return "\n".join(list(redline_text(comparison))[7:])


def test_each_change_is_told_in_sentences():
    assert told(OLD, NEW) == dedent("""\
        5 of 10 clauses changed, 2 moved. 8 words and signs inserted, 4 deleted.
        […] stands for words that are the same in both texts.

        1. Under “Orders”, a paragraph was edited.
           The link of “by mail” leads to post.md now; before, it led to mail.md.
           “30” was replaced by “60”.
           Old: “Orders are binding as soon as we have confirmed them by mail. You
           may cancel within 30 days after you have received the goods, […]”
           New: “Orders are binding as soon as we have confirmed them by mail. You
           may cancel within 60 days after you have received the goods, […]”

        2. Under “Orders”, a list item was split into 2.
           “, and we” was replaced by “.”
           Inserted: “We”
           Old: “We keep your orders for five years, and we keep your mail for
           thirty days.”
           New (1): “We keep your orders for five years.”
           New (2): “We keep your mail for thirty days.”

        3. A heading was edited.
           The heading's level is 2 now; before, it was 3.
           “Payment”

        4. Under “Payment”, a paragraph was edited.
           Formatting alone: “advance” is bold now; before, it was plain.
           Text: “You pay in advance.”

        5. Under “Payment”, a paragraph was inserted:
           “Nobody pays in cash.”

        6. After “Payment”, 2 clauses were moved here, unchanged.
           Place before: after “Terms”.
           “Cookies”
           “We set two cookies, both of which end with your session.”
    """).rstrip("\n ")


def test_the_same_text_says_so():
    assert told(OLD, OLD) == "The texts are the same, clause by clause and word by word."


def test_korean_is_told_as_it_is_written():
    assert "“30” was replaced by “60”.\n   Old: “회원은 30일 이내에 철회할 수 있습니다.”" in told(
        "회원은 30일 이내에 철회할 수 있습니다.", "회원은 60일 이내에 철회할 수 있습니다."
    )


def test_where_a_clause_was_split_is_told_if_its_words_are_the_same():
    sentences = "You may leave when you want to.", "We delete then whatever we know of you."
    old, new = (f"# Terms\n\n{between.join(sentences)}\n" for between in (" ", "\n\n"))
    split, joined = told(old, new), told(new, old)
    assert "Text: “You may leave when you want to. ¶ We delete then whatever we know" in split
    assert "¶" not in joined
