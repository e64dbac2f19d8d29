"""The worked cases of docs/rules.md: each record is posted with git, each question is put to `inforce which`."""

import json
import os
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from doc_examples import DOCS, MKDOCS

from inforce.cli import main

CASES = {
    title: text
    for section in (DOCS / "rules.md").read_text(encoding="utf-8").split("\n### ")
    for title, _, text in [section.partition("\n")]
    if title.startswith("Case ")
}
BOUND = re.compile(
    r"`(?P<binds>[^`]+)`|nothing; is offered `(?P<offered>[^`]+)`|nothing; would be bound by `(?P<would>[^`]+)`|nothing"
)


def tables(text):
    """The rows of each table: (its header, its cells), the header row and the line under it left out."""
    header = ""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            header = ""
        elif not header:
            header = cells[0]
        elif set(line) > set("|-"):
            yield header, cells


def postings(text):
    rows = [cells for header, cells in tables(text) if header == "Revision"]
    return [(name.strip("`"), posted, re.findall(r"`([^`]+)`", says)) for name, posted, says in rows]


def questions(text):
    return [cells for header, cells in tables(text) if header == "Registered"]


@pytest.fixture(scope="module", params=CASES)
def case(request, tmp_path_factory):
    """A case's text and its record."""
    text = CASES[request.param]
    folder = tmp_path_factory.mktemp("case")
    zone = found[1] if (found := re.search(r"Time zone: `([^`]+)`", text)) else "Asia/Seoul"
    policy = folder / "policy_versions" / "policy"
    policy.mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(MKDOCS)
    (policy / "policy.yml").write_text(f"title: Policy\nlanguage: en\ntime_zone: {zone}\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    made = postings(text)
    for place, (name, posted, says) in enumerate(made):
        keys = says + ([] if not place or any("change:" in one for one in says) else ["change: material"])
        keys += ["summary: What changed."] if place else []
        (policy / f"{name}.md").write_text("\n".join(["---", *keys, "---", f"# {name}", ""]))
        if place + 1 == len(made) or made[place + 1][1] != posted:
            git(folder, "add", ".")
            git(folder, "commit", "--quiet", "--message=Post", GIT_COMMITTER_DATE=posted)
    return text, folder


def git(folder, *words, **environment):
    who = {f"GIT_{role}_{key}": "counsel" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    own = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"], **who, **environment}
    subprocess.run(["git", *words], cwd=folder, env=own, check=True)


def which(folder: Path, on: str, *words: str):
    """The answer of `inforce which`."""
    told = CliRunner().invoke(
        main,
        ["-f", str(folder / "mkdocs.yml"), "which", "policy", "--on", on, *words, "--json"],
        catch_exceptions=False,
    )
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def test_every_question_of_the_case(case):
    text, folder = case
    assert questions(text)
    for registered, accepted, asked, bound in questions(text):
        expected = BOUND.fullmatch(bound)
        assert expected is not None, f"{bound} is not understood"
        if registered == "not registered":
            answer = which(folder, asked, "--audience", "new_users")
            told = (answer["revision"], answer["basis"])
            assert told == ((expected["offered"], "offered") if expected["offered"] else (expected["would"], "binds"))
            continue
        words = [f"--accepted={one}@{when}" for one, when in re.findall(r"`([^`]+)` on (\S+)", accepted)]
        answer = which(folder, asked, "--joined", registered, *words)
        assert answer["revision"] == expected["binds"], (registered, accepted, asked)


def test_every_posting_of_the_case_is_recorded_as_the_table_says(case):
    text, folder = case
    told = CliRunner().invoke(main, ["-f", str(folder / "mkdocs.yml"), "history", "policy", "--json"])
    recorded = {one["revision"]: datetime.fromisoformat(one["posted"]) for one in json.loads(told.stdout)}
    assert recorded == {name: datetime.fromisoformat(posted) for name, posted, _ in postings(text)}


def test_the_case_of_the_month_between_is_there():
    """The case that everything began with: five persons, on the day before and on the day itself."""
    first = questions(CASES["Case 1: the month between posting and effect"])[:10]
    days = {asked for _, _, asked, _ in first}
    assert days == {"2018-05-09", "2018-05-10"}
    assert len({(registered, accepted) for registered, accepted, _, _ in first}) == 5
    assert timedelta(days=1) == datetime.fromisoformat(max(days)) - datetime.fromisoformat(min(days))
