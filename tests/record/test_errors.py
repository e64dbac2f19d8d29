"""Errors say what, where and what to do; answers go to standard output and nothing else does; no traceback, ever."""

import json
import os
import re

import pytest
from repository import FIRST, SECOND, TERMS, material, revision

START = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
APRIL = "privacy-policy/2018-04-10.md"
TOLD = re.compile(r"(?P<place>[^\n:]+(?::\d+)?): (?:warning: )?[^\n]+\n  [^\n]+\n")


@pytest.fixture
def published(repo):
    """One posted revision."""
    repo.commit("2018-01-01T09:00:00+09:00", START)
    return repo


def _places(err):
    """The places of what was said on standard error, all of which has the form of an error."""
    assert TOLD.sub("", err) == ""
    return [found["place"] for found in TOLD.finditer(err)]


def test_nothing_wrong(published):
    said = published.inforce("check")

    assert (said.status, said.err) == (0, "")
    assert said.out == "1 policy, 1 revision posted, 0 drafts: 0 errors, 0 warnings\n"
    assert json.loads(published.inforce("check", "--json").out) == {"errors": 0, "problems": [], "warnings": 0}


def test_errors_and_warnings(published):
    published.commit("2018-04-10T09:00:00+09:00", {APRIL: revision("sumary: More.\nchange: materiel")})
    published.write("privacy-policy/2018-05-01.md", revision("change: material\nsumary: More."))
    said = published.inforce("check")

    assert said.status == 1
    assert _places(said.err) == [
        f"policy_versions/{APRIL}:2",
        f"policy_versions/{APRIL}:3",
        "policy_versions/privacy-policy/2018-05-01.md:3",
    ]
    assert said.out == "1 policy, 1 revision posted, 1 draft: 2 errors, 1 warning\n"

    answer = json.loads(published.inforce("check", "--json").out)
    assert (answer["errors"], answer["warnings"]) == (2, 1)
    assert [(one["path"], one["line"], one["severity"]) for one in answer["problems"]] == [
        (f"policy_versions/{APRIL}", 2, "error"),
        (f"policy_versions/{APRIL}", 3, "error"),
        ("policy_versions/privacy-policy/2018-05-01.md", 3, "warning"),
    ]
    assert {one["commit"] for one in answer["problems"]} == {published.git("rev-parse", "HEAD"), None}


def test_warnings_alone_are_no_fault(published):
    published.write("privacy-policy/2014-03-01.md", SECOND)
    said = published.inforce("check")

    assert (said.status, _places(said.err)) == (0, ["policy_versions/privacy-policy/2014-03-01.md"])


def test_a_draft_is_at_fault_only_as_if_posted(published):
    published.write(APRIL, revision("change: material\nsumary: More."))

    assert published.inforce("check").status == 0
    as_if_posted = published.inforce("check", "--as-if-posted", "now")
    assert (as_if_posted.status, _places(as_if_posted.err)) == (1, [f"policy_versions/{APRIL}:3"])


@pytest.mark.parametrize("command", [["history", "privacy-policy"], ["next"], ["new", "privacy-policy"]], ids=str)
def test_a_record_with_errors_answers_nothing(published, command):
    published.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2014-03-01.md": SECOND})
    said = published.inforce(*command)

    assert (said.status, said.out) == (1, "")
    assert _places(said.err) == ["policy_versions/privacy-policy/2014-03-01.md"]


def test_a_record_that_cannot_be_read_at_all(published):
    (published.folder / "mkdocs.yml").write_text(
        "plugins: [{inforce: {branch: release, previous: nowhere.json}}]\n", encoding="utf-8"
    )

    said = published.inforce("check")
    assert (said.status, _places(said.err)) == (1, ["nowhere.json", "."])
    said = published.inforce("check", "--json")
    assert said.status == 1
    assert [one["path"] for one in json.loads(said.out)["problems"]] == ["nowhere.json", "."]


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["check", "--as-if-posted", "soon"], {}),
        (["check", "--as-if-posted", "2018-02-30"], {}),
        (["check", "--as-if-posted", "2018-04-10T09:00:00"], {}),
        (["chekc"], {}),
        (["check"], {"SOURCE_DATE_EPOCH": "yesterday"}),
        (["check"], {"SOURCE_DATE_EPOCH": "99999999999999999999"}),
        (["history", "privacy-polcy"], {}),
        (["-f", "nowhere.yml", "check"], {}),
    ],
    ids=str,
)
def test_a_misused_command_line_is_status_2(published, arguments, env):
    said = published.inforce(*arguments, env=env)

    assert (said.status, said.out) == (2, "")
    assert said.err
    assert "Traceback" not in said.err


def test_the_check_of_a_hook_of_git(published):
    """Git tells its hooks by the environment where the repository is."""
    hook = published.top / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nexec "{published.command}" check --as-if-posted now >/dev/null\n')
    hook.chmod(0o755)
    published.write(APRIL, revision("sumary: typo"))
    published.git("add", "-A")

    said = published.run("git", "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x", status=None)
    assert said.status == 1
    assert _places(said.err) == [f"policy_versions/{APRIL}:2"]


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"a\nb.md", b"\x1b[2J.md", b"a:1: b.md"], ids=repr)
def test_odd_names_of_files(published, name):
    folder = os.fsencode(published.folder) + b"/policy_versions/privacy-policy/"
    with open(folder + name, "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(material().encode())
    published.commit_all("2018-04-10T09:00:00+09:00")

    said = published.inforce("check")
    assert (said.status, len(said.err.splitlines())) == (1, 2)
    assert "\x1b" not in said.err
    said = published.inforce("check", "--json")
    assert (said.status, said.err) == (1, "")
    assert len(json.loads(said.out)["problems"]) == 1
    assert len(published.postings()) == 1


def test_hidden_files_are_nobodys_business(published):
    for name in (".md", ".2018-04-10.md.swp", ".DS_Store", "..md"):
        published.write(f"privacy-policy/{name}", b"\xff")
    published.commit_all("2018-04-10T09:00:00+09:00")

    assert published.check() == []


def test_a_key_of_two_lines_is_told_on_one(published):
    published.commit("2018-04-10T09:00:00+09:00", {APRIL: revision('change: material\nsummary: x\n"a\\nb\\e[2J": c')})

    assert _places(published.inforce("check").err) == [f"policy_versions/{APRIL}:4"]


def test_a_pipe_among_the_files_is_not_waited_for(published):
    os.mkfifo(published.folder / "policy_versions" / "privacy-policy" / APRIL.split("/")[1])

    said = published.run("timeout", "5", str(published.command), "check", status=None)
    assert said.status in {0, 1}
    assert "Traceback" not in said.err
