"""What a text's clauses are: as they are shown."""

from textwrap import dedent

from drawing import clauses

from inforce.core.clause import plain
from inforce.core.words import cut
from inforce.formats.text.clauses import read_passage
from inforce.formats.text.markdown import renderer

TEXT = """
    # Terms

    We **ask** you to [agree](../terms/2018-04-10.md), with `care`.

    - One
    - Two

        More of two.

        1. Deep

    3. Third
    4. Fourth

    > Quoted

    | Name | Days |
    |------|-----:|
    | Mail | 30   |

    Term
    :   Definition

    !!! note "Mind"
        Inside.

    ```python
    if x:
        go()
    ```

    ---

    Noted[^a].

    [^a]: The note.
"""


def shown(text):
    return [f"{' > '.join([*one.frames, one.kind])} {one.level or ''}: {plain(one.words)}" for one in clauses(text)]


def test_every_kind_of_clause_stands_where_it_is_shown():
    assert shown(TEXT) == [
        "heading 1: Terms",
        "paragraph : We ask you to agree, with care.",
        "list > item : One",
        "list > item : Two",
        "list > paragraph : More of two.",
        "list > numbered list > item : Deep",
        "numbered list > item 3: Third",
        "numbered list > item : Fourth",
        "quotation > paragraph : Quoted",
        "table > row 1: Name | Days",
        "table > row : Mail | 30",
        "definitions > term : Term",
        "definitions > definition : Definition",
        "admonition note > title : Mind",
        "admonition note > paragraph : Inside.",
        "code : if x:\n    go()",
        "separator : ",
        "paragraph : Noted[^a].",
        "footnotes > footnote : [^a] The note.",
    ]


def test_words_have_their_marks_and_targets():
    words = {word.text: word for word in clauses(TEXT)[1].words}
    assert words["ask"].marks == ("strong",)
    assert words["agree"].link == "../terms/2018-04-10.md"
    assert words["care"].marks == ("code",)
    assert words["We"].marks == ()
    assert words["We"].link is None


def test_white_space_is_no_content():
    assert clauses("One  two\nthree.\n\n\n\n- a\n- b") == clauses("One two three.\n\n- a\n\n- b")


def test_items_without_words_are_there():
    assert shown("- \n- b") == ["list > item : ", "list > item : b"]


def test_each_clause_has_its_place_in_the_html():
    passage = renderer().convert(dedent(TEXT).strip() + "\n")
    source = "".join(passage.pieces)
    starts = [source[place + 1 :].partition(">")[0] for place in read_passage(passage).places]
    assert starts[:6] == ['h1 id=""', "p", "li", "li", "p", "li"]
    assert starts[6:13] == ["li", "li", "p", "tr", "tr", "dt", "dd"]
    assert starts[13:] == ['p class="admonition-title"', "p", "pre", "hr", "p", 'li id="fn:a"']


def test_text_without_an_element_has_the_place_of_the_one_around_it():
    passage = renderer().convert("- # Fees\n  None.")
    source = "".join(passage.pieces)
    read = read_passage(passage)
    assert [plain(one.words) for one in read.clauses] == ["", "Fees", "None."]
    assert [place >= 0 for place in read.places] == [True, True, False]
    assert source[-1 - read.places[2] :].startswith("<li>")


def test_a_table_that_follows_on_another_is_another_one():
    assert shown("a | b\n--|--\n1 | 2\n\nc | d\n--|--\n3 | 4") == [
        "table > row 1: a | b",
        "table > row : 1 | 2",
        "table, again > row 1: c | d",
        "table, again > row : 3 | 4",
    ]


def words_of(text):
    return [word for _, word in cut(text)]


def test_numbers_dates_and_amounts_are_whole():
    text = "By 2018-05-10, 09:00, pay $1,000.50 or 50% (5€) within 30 days."
    assert words_of(text) == (
        [
            "By",
            "2018-05-10",
            ",",
            "09:00",
            ",",
            "pay",
            "$1,000.50",
            "or",
            "50%",
            "(",
            "5€",
            ")",
            "within",
            "30",
            "days",
            ".",
        ]
    )


def test_addresses_are_whole():
    assert words_of("Ask legal@qstore.example or https://qstore.example/a?b=1.") == (
        ["Ask", "legal@qstore.example", "or", "https://qstore.example/a?b=1", "."]
    )


def test_each_script_is_cut_as_it_is_written():
    assert words_of("회원은 30일 이내에") == ["회원은", "30", "일", "이내에"]
    assert words_of("個人情報を30日") == ["個", "人", "情", "報", "を", "30", "日"]
    assert words_of("サービスをやめます。") == ["サービス", "をやめます", "。"]
    assert words_of("خلال 30 يومًا.") == ["خلال", "30", "يومًا", "."]
    assert words_of("नियम और शर्तें") == ["नियम", "और", "शर्तें"]
