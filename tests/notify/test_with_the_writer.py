"""What a site writes of its notices is what the job reads: a real record, exported and pulled."""

import json

import pytest
from jsonschema import Draft202012Validator
from qstore_site import AGREEMENT, BEFORE, CONFIG, FIRST, NOW, POSTED, SECOND
from repository import TERMS, material

from inforce.adapters.notify.notices_source import open_source
from inforce.core.pulled import compare
from inforce.formats.notices.json import FACTS
from inforce.formats.schemas import schema

LATER = "2018-05-20T00:00:00+09:00"


@pytest.fixture
def told(repo):
    """The record of a shop that tells of changes."""
    option = "archive: '', notices: {authority: qstore.example, year: 2014}"
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", option))
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST, **AGREEMENT})
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    return repo


def exported(repo, now):
    said = repo.inforce("export-feed", "--out", "feeds", now=now)
    assert said.status == 0, said
    return repo.folder / "feeds"


def test_what_was_exported_can_be_pulled_and_told(told):
    index = json.loads((exported(told, NOW) / "notices/index.json").read_text())
    with open_source("feeds", told.folder) as source:
        pulled = source.pull()
        for one in pulled.announcements:
            assert source.messages(one)[one.language].subject
            source.check_text(one)  # Of which there is none here.
    assert [one.id for one in pulled.announcements] == [entry["id"] for entry in index["notices"]]
    assert "posted" in {one.event for one in pulled.announcements}


def test_a_posting_adds_notices_and_raises_no_alarm(told):
    exported(told, NOW)
    with open_source("feeds", told.folder) as source:
        before = source.pull()
        told.commit(LATER, {"privacy-policy/2018-05-20.md": material()})
        exported(told, LATER)
        after = source.pull(before.state)
        assert source.pull(after.state) is None
    seen = {one.id: one.facts for one in before.announcements}
    assert compare(seen, after) == []
    assert {one.revision for one in after.announcements if one.id not in seen} == {"2018-05-20"}


def test_each_file_fits_its_schema_and_has_the_facts_that_are_compared(told):
    folder = exported(told, NOW)
    index = json.loads((folder / "notices/index.json").read_text())
    for name in ("notice", "notices"):
        Draft202012Validator.check_schema(json.loads(schema(name)))
    Draft202012Validator(json.loads(schema("notices"))).validate(index)
    keys = set()
    for entry in index["notices"]:
        Draft202012Validator(json.loads(schema("notice"))).validate(json.loads((folder / entry["url"]).read_text()))
        keys |= entry.keys()
    assert keys - set(FACTS) == {"links", "posting", "title", "url", "file_digest"}
