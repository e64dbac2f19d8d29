"""Rule 7 across builds: what `postings.json` said once stays, whatever becomes of git's history."""

import json

import pytest
from repository import FIRST, SECOND, TERMS, Repository, material

from inforce.formats.json_text import to_json
from inforce.formats.postings_json import postings_table

START = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
APRIL = {"privacy-policy/2018-04-10.md": material()}
PATH = "policy_versions/privacy-policy/2018-04-10.md"


def _published(repo, tmp_path):
    """What a build publishes now is the previous build's from here on."""
    assert repo.errors() == []
    (tmp_path / "postings.json").write_bytes(to_json(postings_table(repo.record())))
    repo.previous = str(tmp_path / "postings.json")
    return repo.postings()


def test_a_history_that_only_grew_is_fine(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    _published(repo, tmp_path)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)

    assert repo.check() == []
    assert len(repo.postings()) == 2


def test_a_lost_line_is_refused(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", "HEAD~")

    assert [(problem.path, "not posted any more" in problem.what) for problem in repo.errors()] == [(PATH, True)]
    assert not repo.publishes()


def test_a_lost_policy_is_refused(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit(
        "2018-04-10T09:00:00+09:00", {"user-agreement/policy.yml": TERMS, "user-agreement/2018-04-10.md": FIRST}
    )
    _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", "HEAD~")

    assert [problem.path for problem in repo.errors()] == ["policy_versions/user-agreement/2018-04-10.md"]


def test_a_digest_that_history_changed_is_refused(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    digest = repo.record().postings()[1].digest
    _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", "HEAD~")
    rewritten = repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material(text=FIRST)})

    assert [(problem.path, problem.commit) for problem in repo.errors()] == [(PATH, rewritten)]
    assert digest in repo.errors()[0].what
    assert not repo.publishes()


def test_a_rewritten_history_keeps_the_published_instants_with_a_warning(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    published = _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", "HEAD~")
    repo.commit("2018-06-01T09:00:00+09:00", APRIL, message="The same, dated anew")

    (warning,) = repo.check()
    assert (warning.is_error, warning.path) == (False, PATH)
    assert "2018-06-01T09:00:00+09:00" in warning.what
    assert "2018-04-10T09:00:00+09:00" in warning.what
    assert repo.postings() == published


@pytest.mark.parametrize("terms", [None, "title: Privacy Policy\n"], ids=["no terms", "broken terms"])
def test_a_published_text_whose_terms_a_rewritten_history_brings_later_is_kept(repo, tmp_path, terms):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    published = _published(repo, tmp_path)
    repo.git("checkout", "-q", "--orphan", "anew")
    repo.commit("2018-06-01T09:00:00+09:00", {**START, **APRIL, "privacy-policy/policy.yml": terms})
    repo.commit("2018-06-02T09:00:00+09:00", {"user-agreement/policy.yml": TERMS, "user-agreement/a.md": FIRST})
    brought = repo.commit("2018-06-03T09:00:00+09:00", {"privacy-policy/policy.yml": TERMS})
    repo.git("branch", "-f", "main", "anew")

    assert repo.errors() == []
    assert [one for one in repo.postings() if "privacy-policy" in one] == published
    assert {one.posting.commit for one in repo.record().policy("privacy-policy").revisions} == {brought}


def test_a_pull_that_swapped_the_parents_of_a_merge_keeps_the_published_instants(repo, tmp_path):
    """
    published   o---A          pushed   o---A
                                         \\   \\
                                          B---M
    """
    start = repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    _published(repo, tmp_path)
    repo.switch("counsel", start)
    repo.commit("2018-04-12T09:00:00+09:00", {"privacy-policy/2018-04-12.md": material(text=FIRST)})
    repo.merge("2018-04-13T09:00:00+09:00", "main")
    repo.git("branch", "-f", "main", "counsel")

    assert [(problem.is_error, problem.path) for problem in repo.check()] == [(False, PATH)]
    assert repo.postings() == [
        "2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01",
        "2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10",
        "2018-04-12T09:00:00+09:00 privacy-policy/2018-04-12",
    ]


def test_a_swapped_merge_does_not_lose_a_published_revision_that_was_scheduled(repo, tmp_path):
    """A is published and scheduled; B, written without knowing of it, says nothing of it: B has to wait, not A."""
    start = repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material("effective: 2018-06-01")})
    published = _published(repo, tmp_path)
    repo.switch("counsel", start)
    repo.commit("2018-04-12T09:00:00+09:00", {"privacy-policy/2018-04-12.md": material(text=FIRST)})
    repo.merge("2018-04-13T09:00:00+09:00", "main")
    repo.git("branch", "-f", "main", "counsel")

    assert repo.postings() == published
    told = {problem.path.removeprefix("policy_versions/privacy-policy/") for problem in repo.errors()}
    assert told == {"2018-04-12.md"}

    repo.switch("main")
    mended = material("overtakes: [2018-04-10]", FIRST)
    repo.commit("2018-04-14T09:00:00+09:00", {"privacy-policy/2018-04-12.md": mended})
    assert repo.errors() == []
    assert repo.postings() == [*published, "2018-04-14T09:00:00+09:00 privacy-policy/2018-04-12"]


def test_a_day_that_would_be_retroactive_by_gits_new_date_stays_as_published(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    april = {"privacy-policy/2018-04-10.md": material("effective: 2018-05-10")}
    repo.commit("2018-04-10T09:00:00+09:00", april)
    published = _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", "HEAD~")
    repo.commit("2018-06-01T09:00:00+09:00", april)

    assert repo.errors() == []
    assert repo.postings() == published


def test_what_the_previous_build_said_survives_the_next_one(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    published = _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", "HEAD~")
    repo.commit("2018-06-01T09:00:00+09:00", APRIL)

    assert _published(repo, tmp_path) == published
    assert repo.postings() == published


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"<!DOCTYPE html>", "no JSON"),
        (b"\xff\xfe", "no"),
        (b"[" * 100_000, "no"),
        (b"[]", "another shape"),
        (b"null", "another shape"),
        (b"{}", "another shape"),
        (b'{"postings": 1}', "another shape"),
        (b'{"postings": {"a": 1}}', "another shape"),
        (b'{"postings": [1]}', "another shape"),
        (b'{"postings": [{"policy": "p"}]}', "another shape"),
    ],
    ids=["empty", "html", "bytes", "deep", "list", "null", "object", "number", "mapping", "lines", "line"],
)
def test_a_previous_file_that_is_none_is_refused(repo, tmp_path, data, words):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    (tmp_path / "postings.json").write_bytes(data)
    repo.previous = str(tmp_path / "postings.json")

    (problem,) = repo.errors()
    assert problem.path == repo.previous
    assert words in problem.what
    assert not repo.publishes()


LINE = {
    "commit": "1" * 40,
    "digest": "2" * 64,
    "policy": "privacy-policy",
    "posted": "2018-01-01T09:00:00+09:00",
    "revision": "2014-03-01",
}


@pytest.mark.parametrize(
    "change",
    [
        {"posted": "yesterday"},
        {"posted": "2018-02-30T00:00:00Z"},
        {"posted": 5},
        {"digest": "2"},
        {"digest": None},
        {"policy": 1},
        {"revision": ["a"]},
        {"source": 5},
    ],
    ids=str,
)
def test_a_previous_line_that_is_none_is_refused(repo, tmp_path, change):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    (tmp_path / "postings.json").write_text(json.dumps({"postings": [{**LINE, **change}]}))
    repo.previous = str(tmp_path / "postings.json")

    assert [problem.path for problem in repo.errors()] == [repo.previous]


@pytest.mark.parametrize("place", ["nowhere.json", ".", "https://", "a\0b"])
def test_a_previous_file_that_is_not_there_is_refused(repo, place):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.previous = place

    assert [problem.path for problem in repo.errors()] == [ascii(place)[1:-1]]


def test_a_missing_previous_file_is_told_with_everything_else(repo, tmp_path):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2014-03-01.md": SECOND})
    repo.previous = "nowhere.json"
    assert [problem.path for problem in repo.errors()] == [
        "nowhere.json",
        "policy_versions/privacy-policy/2014-03-01.md",
    ]

    empty = Repository(tmp_path / "empty", tmp_path / "home")
    empty.previous = "nowhere.json"
    assert [problem.path for problem in empty.errors()] == ["nowhere.json", "."]


def test_a_fast_forward_that_dates_a_posting_back_is_a_warning(repo, tmp_path):
    start = repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    draft = repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material(text=FIRST)})
    repo.switch("main")
    repo.commit("2018-04-12T09:00:00+09:00", {"privacy-policy/2018-04-12.md": material(text=SECOND)})
    _published(repo, tmp_path)
    repo.git("reset", "-q", "--hard", draft)
    repo.commit("2018-04-12T09:00:00+09:00", {"privacy-policy/2018-04-12.md": material(text=SECOND)})

    (problem,) = repo.check()
    assert not problem.is_error
    assert "readers cannot have seen it then" in problem.what
    assert "git merge --no-ff" in problem.todo
