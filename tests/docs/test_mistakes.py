"""The table "When something went wrong" of docs/counsel.md: each mistake is made, and the message is the one shown."""

import re
import shutil
from datetime import datetime

import pytest
from click.testing import CliRunner
from doc_examples import DOCS, Story, matches

from inforce.cli import main

TEXT = "# Privacy Policy\n\nWe keep what you tell us.\n"
GOOD = "change: clarifying\nsummary: Said more clearly.\n"
NAME = "policy_versions/privacy-policy/2018-06-01.md"
POSTED = "policy_versions/privacy-policy/2018-04-10.md"
TERMS = "policy_versions/privacy-policy/policy.yml"


def draft(front_matter, text=TEXT, name=NAME):
    return {name: f"---\n{front_matter}---\n{text}"}


# What lies in the working tree, by the first cell of the row; None is a file that is gone.
DRAFTS = {
    "A key is misspelt.": draft("change: clarifying\nsumary: Said more clearly.\n"),
    "The class of the change is missing.": draft("summary: Said more clearly.\n"),
    "The class of the change is none of the words.": draft("change: minor\nsummary: Said more clearly.\n"),
    "The summary is missing.": draft("change: clarifying\n"),
    "The summary is still the one of the new draft.": draft(
        "change: clarifying\nsummary: Say in a plain sentence what changes for members.\n"
    ),
    "A sentence of the summary holds a colon and a space.": draft("change: clarifying\nsummary: Two things: one.\n"),
    "The line under the front matter is missing.": {NAME: f"---\n{GOOD}{TEXT}"},
    "The effective rule is not understood.": draft(GOOD + "effective: immediately\n"),
    "The day is past.": draft(GOOD + "effective: 2018-05-01\n"),
    "An instant lacks its offset.": draft(GOOD + "effective: 2018-07-01T09:00\n"),
    "An editorial revision does not say what it corrects.": draft("change: editorial\nsummary: A misprint.\n"),
    "An editorial revision has a rule of its own.": draft(
        "change: editorial\nsummary: A misprint.\ncorrects: 2018-04-10\neffective: on posting\n"
    ),
    "`overtakes`, `keeps` or `corrects` names no posted revision.": draft(
        "change: editorial\nsummary: A misprint.\ncorrects: 2018-04-11\n"
    ),
    "Only one of `posted` and `source` is said.": draft(GOOD + "posted: 2015-01-01T00:00:00+09:00\n"),
    "A stated posting comes after a recorded one.": draft(
        GOOD + "posted: 2018-05-01T00:00:00+09:00\nsource: Our log\n"
    ),
    "An image stands in the text.": draft(GOOD, TEXT + "\n![Our logo](logo.png)\n"),
    "HTML stands in the text.": draft(GOOD, TEXT + "\n<b>Important</b>\n"),
    "A comment stands in the text.": draft(GOOD, TEXT + "\n<!-- to be agreed -->\n"),
    "A character that cannot be seen came with a copied text.": draft(GOOD, TEXT + "\nWe do not\u200b share it.\n"),
    "The name of the file is no name for a revision.": draft(GOOD, name="policy_versions/privacy-policy/10 April.md"),
    "The file ends in something else than `.md`.": draft(
        GOOD, name="policy_versions/privacy-policy/2018-06-01.markdown"
    ),
    "A date stands in `policy.yml`.": {
        TERMS: "title: Privacy Policy\nlanguage: en\ntime_zone: Asia/Seoul\neffective: 2018-07-01\n"
    },
    "A posted file is changed, and not committed yet.": {POSTED: TEXT},
    "A material change gives shorter notice than promised.": draft(
        "change: material\nsummary: We share more.\neffective: on posting\n"
    ),
}
DRAFTS["The clock was wrong at the commit."] = draft(GOOD)
# What is done with git, by the first cell of the row.
COMMANDS = {
    "A broken draft was committed.": f"echo '# Text' > {NAME} && git add . && git commit --quiet -m Text",
    "A posted file was changed and committed.": f"echo more >> {POSTED} && git commit --quiet -am Edit",
    "A posted file was removed.": f"git rm --quiet {POSTED} && git commit --quiet -m Tidy",
    "A posted file was renamed.": f"git mv {POSTED} {NAME} && git commit --quiet -m Rename",
    "`policy.yml` was removed.": f"git rm --quiet {TERMS} && git commit --quiet -m Tidy",
    "The branch has another name here.": "git branch --move trunk",
    "The clone is shallow.": "git rev-parse HEAD > .git/shallow",
    "The clock was wrong at the commit.": (
        "git add . && GIT_COMMITTER_DATE=2099-01-01T00:00:00Z git commit --quiet -m Post"
    ),
    "A revision that was published is not in the history.": (
        "mkdocs build --quiet && git reset --quiet --hard HEAD~1 && "
        "printf 'plugins: [{inforce: {previous: site/postings.json}}]\\n' > mkdocs.yml"
    ),
}
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in (DOCS / "counsel.md")
    .read_text(encoding="utf-8")
    .partition("## When something went wrong")[2]
    .splitlines()
    if line.startswith("| ") and not line.startswith("| What happened")
]
SCHEDULED = "A revision is still scheduled, and the new one does not say what becomes of it."


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """The record that docs/formats.md leaves."""
    folder = tmp_path_factory.mktemp("record") / "story"
    folder.mkdir()
    Story(folder).begin().prepare(DOCS / "formats.md")
    return folder


def checked(story):
    """What `inforce check --as-if-posted now` says."""
    clock = {"SOURCE_DATE_EPOCH": str(int(datetime.fromisoformat(story.clock).timestamp()))}
    words = ["-f", str(story.folder / "mkdocs.yml"), "check", "--as-if-posted", "now"]
    return CliRunner().invoke(main, words, env=clock, catch_exceptions=False).output


@pytest.mark.parametrize(("mistake", "message"), [(row[0], row[1]) for row in ROWS], ids=range(len(ROWS)))
def test_the_message_is_the_one_shown(record, tmp_path, mistake, message):
    story = Story(tmp_path / "story", clock="2018-06-01T10:00:00+09:00")
    shutil.copytree(record, story.folder)
    if mistake == SCHEDULED:
        story.clock = "2018-05-02T10:00:00+09:00"
        story.write("policy_versions/privacy-policy/2018-05-02.md", draft(GOOD)[NAME])
    for path, text in DRAFTS.get(mistake, {}).items():
        story.write(path, text)
    if mistake in COMMANDS:
        told = story.run(COMMANDS[mistake])
        assert not told, told
    told = checked(story)
    shown = message.strip("`").strip()
    assert any(matches(f"…{shown}…", line) for line in told.splitlines()), told


def test_every_mistake_is_made():
    assert {row[0] for row in ROWS} == {*DRAFTS, *COMMANDS, SCHEDULED}


def test_every_way_out_is_told():
    assert all(len(row) == 3 and re.search(r"\w", row[2]) for row in ROWS)
