"""`inforce redline`: what it answers, and what it says where it cannot."""

import json

import jsonschema
import pytest
from repository import FIRST, NOW, TERMS, material

from inforce.formats.schemas import schema

POSTED = "2018-04-10T09:00:00+09:00"


@pytest.fixture
def two(repo):
    """A policy with two revisions, and two files."""
    repo.commit("2017-04-10T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/2017-04-10.md": FIRST})
    repo.commit(POSTED, {"terms/2018-04-10.md": material()})
    (repo.folder / "old.md").write_text("# Terms\n\nCancel within 30 days.\n")
    (repo.folder / "new.md").write_text("# Terms\n\nCancel within 60 days.\n")
    return repo


def test_two_files_are_compared_without_a_record(two):
    two.run("rm", "-r", "mkdocs.yml", "policy_versions", ".git")
    said = two.inforce("redline", "old.md", "new.md")
    assert (said.status, said.err) == (0, "")
    assert "1. Under “Terms”, a paragraph was edited.\n   “30” was replaced by “60”.\n" in said.out


def test_revisions_say_when_they_were_posted(two):
    said = two.inforce("redline", "terms/2017-04-10", "terms/2018-04-10")
    assert f"New: terms/2018-04-10, posted {POSTED}\n" in said.out
    assert "Inserted: “, and your orders”" in said.out


def test_a_revision_and_a_draft(two):
    said = two.inforce("redline", "terms/2018-04-10", "new.md", "--json")
    answer = json.loads(said.out)
    jsonschema.validate(answer, json.loads(schema("redline")))
    assert (answer["old"]["posted"], answer["new"]["posted"]) == (POSTED, None)


def test_the_same_text(two):
    assert "The texts are the same" in two.inforce("redline", "old.md", "old.md").out


def test_json_holds_both_texts(two):
    answer = json.loads(two.inforce("redline", "old.md", "new.md", "--format", "json").out)
    edited = answer["changes"][1]
    for side, number in (("old", "30"), ("new", "60")):
        words = "".join(one.get(side, "") for one in edited["parts"][0])
        assert words == f"Cancel within {number} days."


def test_criticmarkup(two):
    said = two.inforce("redline", "old.md", "new.md", "--format", "criticmarkup")
    assert said.out == "# Terms\n\nCancel within {~~30~>60~~} days.\n"


def fails(repo, *arguments, now=NOW):
    said = repo.inforce("redline", *arguments, now=now)
    assert said.out == ""
    return said.status, said.err


def test_what_is_not_there_is_told_together(two):
    todo = "  give the path of a file, or a posted revision as POLICY/REVISION\n"
    assert fails(two, "odl.md", "nwe.md") == (
        1,
        f"odl.md: there is no such file\n{todo}nwe.md: there is no such file\n{todo}",
    )
    assert fails(two, "policy_versions", "new.md") == (
        1,
        "policy_versions: this cannot be read: Is a directory\n  give the path of a file that you may read\n",
    )


def test_an_unknown_revision_is_told_with_its_like(two):
    words = (
        'REVISION: terms has no posted revision `2018-04-1` (did you mean "2018-04-10"?)\n'
        "  its posted revisions are: 2017-04-10, 2018-04-10\n"
    )
    assert fails(two, "terms/2018-04-1", "new.md") == (2, words)
    status, words = fails(two, "term/2018-04-10", "new.md")
    assert status == 2
    assert 'no policy `term` is posted (did you mean "terms"?)' in words


def test_a_draft_is_compared_as_a_file(two):
    two.write("terms/2019-01-01.md", material())
    words = (
        "REVISION: terms has no posted revision `2019-01-01`, but a draft\n"
        "  give the file, to compare it as it lies there: policy_versions/terms/2019-01-01.md\n"
    )
    assert fails(two, "terms/2018-04-10", "terms/2019-01-01") == (2, words)


def test_a_revision_that_is_posted_later_than_the_clock_is_not_there_yet(two):
    status, words = fails(two, "terms/2017-04-10", "terms/2018-04-10", now="2018-01-01T00:00:00+09:00")
    assert status in (1, 2)
    assert "2018-04-10" in words


def test_texts_that_are_no_texts_are_refused(two):
    (two.folder / "latin.md").write_bytes("# Überblick\n".encode("latin-1"))
    (two.folder / "image.md").write_text("# Terms\n\n![A parcel](parcel.png)\n")
    status, words = fails(two, "latin.md", "image.md")
    assert status == 1
    assert words.startswith("latin.md:1: byte 2 (0xdc) is not UTF-8\n  save the file as UTF-8\nimage.md:3: an image")


def test_two_answers_at_once_are_refused(two):
    status, words = fails(two, "old.md", "new.md", "--json", "--format", "text")
    assert status == 2
    assert "--json and --format text are two answers" in words


def test_html_is_one_whole_page(two):
    said = two.inforce("redline", "terms/2017-04-10", "terms/2018-04-10", "--format", "html")
    assert said.out.startswith('<!DOCTYPE html>\n<html lang="en" dir="ltr">\n')
    assert "<title>Changes from terms/2017-04-10 to terms/2018-04-10</title>" in said.out
    assert f'<time datetime="{POSTED}">posted ' in said.out
    assert "We keep what you tell us<ins>, and your orders</ins>." in said.out
    assert said.out.endswith("</html>\n")


def test_html_of_files_does_not_know_their_language(two):
    said = two.inforce("redline", "old.md", "new.md", "--format", "html")
    assert '<div lang="" dir="auto">\n<div class="inforce-redline">' in said.out


def test_a_revision_that_is_asked_for_as_a_file_is_told_by_its_name(two):
    said = two.inforce("redline", "terms/2017-04-10.md", "policy_versions/Terms/2017-05-10")
    assert said.err.count("a posted revision is asked for as terms/2017-0") == 2
