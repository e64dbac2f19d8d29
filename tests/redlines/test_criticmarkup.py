"""CriticMarkup: whoever accepts what is marked has the new text, whoever rejects it the old one's words."""

import re
from pathlib import Path

import pytest
from drawing import clauses, compared

from inforce.core.clause import BORDER, plain
from inforce.formats.redline.criticmarkup import redline_criticmarkup
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of

RECORD = Path(__file__).parents[2] / "policy_versions"
REVISIONS = sorted(RECORD.glob("*/*.md"))
MARKS = re.compile(r"\{\+\+(.*?)\+\+\}|\{--(.*?)--\}|\{~~(.*?)~>(.*?)~~\}|\{>>.*?<<\}", re.DOTALL)


def marked(old, new):
    """A redline of two texts, drawn with any indentation."""
    comparison = Comparison(Text("old", "", clauses(old)), Text("new", "", clauses(new)), compared(old, new))
    return "\n".join(redline_criticmarkup(comparison))


def accepted(text):
    return MARKS.sub(lambda found: (found[1] or "") + (found[4] or ""), text)


def rejected(text):
    return MARKS.sub(lambda found: (found[2] or "") + (found[3] or ""), text)


def shown(text):
    """What is to be seen: every clause with words, where it stands, and how these are set."""
    return [(one.kind, one.level, one.frames, one.words) for one in text if plain(one.words).strip(" |")]


def words_of(text):
    return sorted(word.text for clause in text for word in clause.words if word.text != BORDER)


def test_each_change_is_marked():
    old = "# Terms\n\nCancel within 30 days.\n\nThis goes.\n\n- One\n- Two"
    new = "# Terms\n\nCancel within 60 days, in writing.\n\n- One\n- One and a half\n- Two"
    assert marked(old, new) == (
        "# Terms\n\nCancel within {~~30~>60~~} days{++, in writing++}.\n\n{--This goes.--}\n\n"
        "-   One\n\n-   {++One and a half++}\n\n-   Two"
    )


def test_what_has_no_mark_is_said_in_a_comment():
    assert marked("# Terms\n\n## Fees", "# Terms\n\n### Fees") == "# Terms\n\n### Fees{>>level 3, before: 2<<}"
    assert marked("Ask us at any time.", "- Ask us at any time.") == (
        "-   Ask us at any time.{>>a list item now, before: a paragraph<<}"
    )


def test_a_link_and_formatting_are_substituted():
    assert marked("Read [this](a.md) now.", "Read [this](b.md) now.") == "Read {~~[this](a.md)~>[this](b.md)~~} now."


SIGNS = r"""
    A {++ sign ++} and {-- another --}, {~~ a ~> b ~~}, {>> c <<} and {== d ==}.

    1\. No item, 2 * 3 * 4, a_b_c, \`tick\`, &amp;copy; &lt;br> [no link] \# x | y

    \- No item. `code {++ with ++} signs` and `` code with ` ``.

    \# No heading ~~~

    \+ no

    &gt; no

    | a \| b | `c|d` |
    |---|---|
    | x | {++y++} |
"""


def test_signs_in_a_text_are_no_marks():
    text = marked("Nothing.", SIGNS)
    assert [plain(one.words) for one in clauses_of(accepted(text))] == [plain(one.words) for one in clauses(SIGNS)]
    assert words_of(clauses_of(rejected(text))) == words_of(clauses("Nothing."))


WHOLE = """
    # Terms

    We **ask** you to [agree](../terms/2018-04-10.md), with `care`, *now* and H<sub>2</sub>O, <u>x</u>.

    - One
    - Two

        More of two.

        1. Deep
        2. Deeper

    3. Third
    4. Fourth

    > Quoted
    >
    > - Within

    | Name | Days |
    |------|-----:|
    | Mail | 30   |

    Term
    :   Definition

    !!! note "Mind"
        Inside.

    ```
    if x:
        go()
    ```

    Noted[^a].<br>On a new line.

    [^a]: The note.
"""


def test_every_kind_of_clause_is_written():
    assert shown(clauses_of(accepted(marked(WHOLE, WHOLE)))) == shown(clauses(WHOLE))
    assert shown(clauses_of(accepted(marked("Nothing.", WHOLE)))) == shown(clauses(WHOLE))


def _beside(path):
    place = REVISIONS.index(path)
    return REVISIONS[max(place - 1, 0) : place + 2]


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_revisions_of_a_real_record(path):
    new = body(path.read_bytes())
    for other in (REVISIONS[0], path, *_beside(path)):
        old = body(other.read_bytes())
        text = marked(old, new)
        assert shown(clauses_of(accepted(text))) == shown(clauses(new)), other
        assert words_of(clauses_of(rejected(text))) == words_of(clauses(old)), other


def test_the_space_before_a_kept_word_goes_and_comes_with_what_is_deleted():
    page = marked("## 4. Liability of anybody\n", "## Liability of anybody\n")
    assert "{--4\\. --}Liability of anybody" in page
    assert "4\\. Liability of anybody" in rejected(page)
