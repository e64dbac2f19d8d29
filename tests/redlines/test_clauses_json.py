"""The clauses of a revision as JSON: read back they are the same, white space included."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from drawing import clauses
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word
from inforce.core.identity import Identified, Identities
from inforce.core.policy import Posting, Revision, Terms
from inforce.formats.clauses_json import ClauseTexts, clauses_json, read_clauses_json
from inforce.formats.json_text import to_json
from inforce.formats.revision_file import body
from inforce.formats.schemas import schema
from inforce.formats.text.clauses import clauses_of

RECORD = Path(__file__).parents[2] / "policy_versions"
POSTED = Posting(datetime(2018, 4, 10, tzinfo=UTC), "0" * 40)
REVISION = Revision("terms", "2018-04-10", "Terms", "0" * 64, "0" * 40, POSTED, {}, Terms("Terms", "en", "UTC", UTC))
CHARACTERS = st.sampled_from(
    [*"ab1 2.,:/-@$%'’_*`[]()|\n", "www.", "2018-05-10", "\u0301", "\u200d", "日", "ひ", "カー", "한", "👩", "²"]
)


def written(given, names=None, texts=None):
    identified = names or Identities().begin(given)
    data = clauses_json(REVISION, given, identified, texts)
    told = json.loads(data)
    jsonschema.validate(told, json.loads(schema("clauses")))
    assert data == to_json(told)
    return told, data


def holds(given):
    """Reading gives the same back; `repr` compares white space too, which `==` leaves out."""
    identified = Identities().begin(given)
    _, data = written(given, identified)
    read = read_clauses_json(data)
    assert repr(read.clauses) == repr(tuple(given))
    assert read.identified == identified
    assert (read.policy, read.revision, read.digest) == ("terms", "2018-04-10", REVISION.digest)


def runs(text):
    told, _ = written(clauses(text))
    return [one["text"] for one in told["clauses"]]


def test_a_clause_says_what_it_is_and_where_it_stands():
    told, _ = written(clauses("- We ask you **first**."))
    assert told["clauses"] == [
        {
            "id": "c-we-ask-you-first",
            "in": ["list"],
            "kind": "item",
            "level": 0,
            "text": ["We ask you", {"link": None, "marks": ["strong"], "text": " first"}, "."],
        }
    ]
    assert told["posted"] == "2018-04-10T00:00:00+00:00"


def test_runs_end_where_words_are_set_otherwise():
    assert runs("Ask **us** or [**them**](a.md), _`both`_.") == [
        [
            "Ask",
            {"link": None, "marks": ["strong"], "text": " us"},
            " or",
            {"link": "a.md", "marks": ["strong"], "text": " them"},
            ",",
            {"link": None, "marks": ["em", "code"], "text": " both"},
            ".",
        ]
    ]


def test_runs_end_where_words_would_be_lost():
    strong = [{"link": None, "marks": ["strong"], "text": text} for text in ("foo", "bar")]
    assert runs("<u>x</u>**foo****bar**")[0][1:] in ([strong[0], strong[1]], [{**strong[0], "text": "foobar"}])
    words = tuple(Word(text) for text in ("foo", "bar", "1", "000", ".", "baz"))
    told, _ = written([Clause(Kind.PARAGRAPH, words)])
    assert told["clauses"][0]["text"] == ["foo", "bar", "1", "000.baz"]


def test_cells_and_signs_of_footnotes_are_runs_of_their_own():
    sign = {"link": None, "marks": ["footnote"], "text": "[^a]"}
    table = "| Name | Days | |\n|--|--|--|\n| Mail[^a] | | |\n\n[^a]: Note."
    assert runs(table) == [["Name", BORDER, "Days", BORDER], ["Mail", sign, BORDER, BORDER], [sign, " Note."]]


def test_white_space_in_code_is_there():
    assert runs("```\nif x:\n\n    go()\n```") == [[{"link": None, "marks": ["code"], "text": "if x:\n\n    go()"}]]
    holds(clauses("```\nif x:\n\n    go()\n```"))


def test_what_was_split_and_joined_is_told():
    told, data = written(clauses("One."), Identified(("c-a",), {"c-b": "c-a"}, {"c-c": "c-a"}))
    assert (told["split"], told["joined"]) == ({"c-b": "c-a"}, {"c-c": "c-a"})
    assert read_clauses_json(data).identified.joined == {"c-c": "c-a"}


def test_an_empty_text_has_no_clauses():
    holds(())


@pytest.mark.parametrize("path", sorted(RECORD.glob("*/*.md")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_texts_of_a_real_record(path):
    holds(clauses_of(body(path.read_bytes())))


@settings(max_examples=300, deadline=None)
@example("2018-05-101")
@given(st.lists(CHARACTERS, min_size=1, max_size=40).map("".join))
def test_any_text(text):
    holds(clauses_of(text))


WORDS = st.just(Word(BORDER)) | st.builds(
    Word,
    st.sampled_from(["we", "30", "days", ".", ",", "個", "1,000", "2018-05-10", "@", "'", "$"]),
    st.sampled_from([(), (), (Mark.STRONG,), (Mark.STRONG, Mark.EM)]),
    st.sampled_from([None, None, "a.md", ""]),
    st.sampled_from(["", " ", "\n"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=14).map(tuple))
def test_any_words(words):
    holds([Clause(Kind.ROW, words, ("table",))])


def test_clauses_are_written_once_for_all_revisions():
    texts, given = ClauseTexts(), clauses("One.\n\nTwo.")
    first, again = (written(given, texts=texts)[1] for _ in range(2))
    assert first == again == written(given)[1]
    assert texts.of(given[0]) is texts.of(given[0])


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no UTF-8"),
        (b"[]", "another shape"),
        (b'{"identity": 2}', "identities are of version 2; version 1 is known here"),
        (b'{"identity": 1, "clauses": [{"kind": "poem", "text": []}]}', "another shape"),
    ],
)
def test_what_is_no_such_file_is_refused(data, wrong):
    with pytest.raises(ValueError, match=wrong):
        read_clauses_json(data)
