"""What became of clauses and words: before, after, and what is marked."""

from drawing import compared, drawn

from inforce.core.redline import Done

SECTIONS = """
    # Terms

    ## Cookies

    We set two cookies, both of which end with your session.

    ## Orders

    Orders are binding as soon as we have confirmed them by mail.

    ## Payment

    You pay in advance, by card or by transfer to our account.
"""


def test_a_number_is_marked_alone():
    old = "You may cancel within 30 days after you have received the goods."
    assert drawn(old, old.replace("30", "60")) == [
        "edited: You may cancel within [-30-] {+60+} days after you have received the goods."
    ]


def test_the_same_text_has_no_marks():
    assert drawn(SECTIONS, SECTIONS) == []


def test_clauses_are_inserted_and_deleted():
    old = "# Terms\n\nThe first clause stays.\n\nThe second one goes away."
    new = "# Terms\n\nOurs is the right to all of this.\n\nThe first clause stays."
    assert drawn(old, new) == [
        "inserted: {+Ours is the right to all of this.+}",
        "deleted: [-The second one goes away.-]",
    ]


def test_a_section_that_moved_is_moved_whole():
    cookies = SECTIONS[SECTIONS.index("    ## Cookies") : SECTIONS.index("    ## Orders")]
    new = SECTIONS.replace(cookies, "") + "\n" + cookies
    assert drawn(SECTIONS, new) == [
        "moved: Cookies",
        "moved: We set two cookies, both of which end with your session.",
    ]


def test_a_clause_that_moved_and_was_edited_is_both():
    new = SECTIONS.replace("    We set two cookies, both of which end with your session.\n", "")
    new += "\n    We set three cookies, both of which end with your session.\n"
    assert drawn(SECTIONS, new) == [
        "moved and edited: We set [-two-] {+three+} cookies, both of which end with your session."
    ]


def test_a_list_that_is_renumbered_is_marked_where_an_item_came_in():
    old = "1. Register.\n2. Order.\n3. Pay."
    new = "1. Register.\n2. Read these terms.\n3. Order.\n4. Pay."
    assert drawn(old, new) == ["inserted: {+Read these terms.+}"]


def test_a_list_that_begins_at_another_number_says_so():
    assert drawn("3. Register.\n4. Order.", "5. Register.\n6. Order.") == ["edited (level): Register."]


def test_a_row_is_compared_cell_by_cell():
    old = "| Data | Kept |\n|---|---|\n| Mail | 30 days |\n| Orders | 5 years |"
    assert drawn(old, old.replace("30", "60")) == ["edited: Mail | [-30-] {+60+} days"]


def test_an_item_is_split():
    old = "- We keep your orders for five years, and we keep your mail for thirty days.\n- Else nothing."
    new = "- We keep your orders for five years.\n- We keep your mail for thirty days.\n- Else nothing."
    assert drawn(old, new) == [
        "split: We keep your orders for five years [-, and we-] {+.+} / {+We+} keep your mail for thirty days."
    ]


def test_paragraphs_are_joined():
    old = "We keep your orders for five years.\n\nWe keep your mail for thirty days."
    new = "We keep your orders for five years. We keep your mail for thirty days."
    assert drawn(old, new) == ["joined: We keep your orders for five years. / We keep your mail for thirty days."]


def test_the_target_of_a_link_is_a_change_of_its_own():
    assert drawn("Read [our terms](a.md) first.", "Read [our terms](b.md) first.") == [
        "edited (link): Read <our terms> first."
    ]


def test_formatting_alone_is_named():
    assert drawn("Pay within 30 days of this.", "Pay within **30 days** of this.") == [
        "edited (formatting): Pay within *30 days* of this."
    ]


def test_the_level_of_a_heading_is_named():
    assert drawn("# Terms\n\n## Fees\n\nNone.", "# Terms\n\n### Fees\n\nNone.") == ["edited (level): Fees"]


def test_a_paragraph_that_became_an_item_is_the_same_clause():
    assert drawn("Ask:\n\nWe answer within a day.", "Ask:\n\n- We answer within a day.") == [
        "edited (structure): We answer within a day."
    ]


def test_hardly_a_word_kept_between_changes_is_marked_with_them():
    old = "We shall promptly notify every registered member of the change by letter."
    new = "We shall at once tell every current user of the change by letter."
    marked = "[-promptly notify every registered member-] {+at once tell every current user+}"
    assert drawn(old, new) == [f"edited: We shall {marked} of the change by letter."]


def test_a_clause_of_which_little_is_left_is_deleted_and_inserted_whole():
    old = "We sell your address to whoever asks for it, at any time, and tell you nothing about it."
    new = "The parcel is yours as soon as the carrier hands it over to you at your door."
    assert [line.partition(":")[0] for line in drawn(old, new)] == ["deleted", "inserted"]


def test_a_sentence_is_inserted_whole():
    old = "You may ask us. We answer."
    new = "You may ask us. You may complain. We answer."
    assert drawn(old, new) == ["edited: You may ask us. {+You may complain.+} We answer."]


def test_korean_japanese_and_arabic():
    assert drawn("회원은 30일 이내에 철회할 수 있습니다.", "회원은 60일 이내에 철회할 수 있습니다.") == [
        "edited: 회원은 [-30-] {+60+} 일 이내에 철회할 수 있습니다."
    ]
    assert drawn("会員は30日以内に取り消すことができます。", "会員は60日以内に取り消すことができます。") == [
        "edited: 会員は [-30-] {+60+} 日以内に取り消すことができます。"
    ]
    assert drawn("يمكنك الإلغاء خلال 30 يومًا من الطلب.", "يمكنك الإلغاء خلال 60 يومًا من الطلب.") == [
        "edited: يمكنك الإلغاء خلال [-30-] {+60+} يومًا من الطلب."
    ]


def test_the_measure():
    measure = compared(SECTIONS, SECTIONS.replace("two cookies", "three cookies")).measure()
    assert (measure.clauses, measure.changed, measure.moved) == (7, 1, 0)
    assert (measure.words_inserted, measure.words_deleted) == (1, 1)


def test_moved_clauses_leave_a_place():
    cookies = SECTIONS[SECTIONS.index("    ## Cookies") : SECTIONS.index("    ## Orders")]
    new = SECTIONS.replace(cookies, "") + "\n" + cookies
    steps = [(change.done, is_left) for change, is_left in compared(SECTIONS, new).with_departures()]
    assert steps == [
        (Done.KEPT, False),
        *[(Done.MOVED, True)] * 2,
        *[(Done.KEPT, False)] * 4,
        *[(Done.MOVED, False)] * 2,
    ]
