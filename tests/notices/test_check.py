"""`inforce check` tells of notices whatever would keep a build from publishing, in the same words."""

import json

import pytest
from qstore_site import BEFORE, CONFIG, FIRST, NOW
from repository import TERMS

AUTHORITY = "notices: {authority: qstore.example, year: 2014}"
WITH_NOTICES = CONFIG.replace("archive: ''", f"archive: '', {AUTHORITY}")


@pytest.fixture
def told(repo):
    (repo.folder / "mkdocs.yml").write_text(WITH_NOTICES)
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST})
    return repo


def test_nothing_is_wrong_with_the_authority_that_was_said_first(told):
    said = told.inforce("check", now=NOW)
    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "qstore.example, year",
            "qstore.test, year",
            "plugins: inforce: notices: the authority is now qstore.test, 2014, but the first one committed was",
        ),
        ("year: 2014", "year: 2999", "plugins: inforce: notices: year: 2999 lies in the future"),
        ("site_url: https://policies.qstore.example/\n", "", "`site_url` is missing"),
    ],
)
def test_what_a_build_would_refuse_is_an_error(told, old, new, problem):
    config = told.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace(old, new))

    said = told.inforce("check", now=NOW)
    refused = told.inforce("export-feed", now=NOW)
    assert (said.status, refused.status) == (1, 2)
    assert f"mkdocs.yml: {problem}" in said.err
    assert refused.err in said.err
    assert "1 policy, 1 revision posted, 0 drafts: " in said.out
    assert json.loads(told.inforce("check", "--json", now=NOW).out)["errors"] == refused.err.count("mkdocs.yml: ")


def test_what_is_published_counts_where_the_option_is_gone(told, tmp_path):
    assert told.inforce("export-feed", "--out", str(tmp_path), now=NOW).status == 0
    (tmp_path / "postings.json").write_text('{"postings": [], "version": 1}')
    (told.folder / "mkdocs.yml").write_text(
        CONFIG.replace("archive: ''", f"archive: '', previous: {tmp_path}/postings.json")
    )

    said = told.inforce("check", now=NOW)
    assert said.status == 1
    assert "the authority is gone, but what is published has identities that begin with tag:qstore.example,2014:" in (
        said.err
    )
