"""Ids of notices are tag URIs (RFC 4151), for whoever writes them and whoever reads them."""

import json

import pytest
from qstore_site import BEFORE, CONFIG, FIRST
from repository import TERMS

from inforce.core.errors import RecordError
from inforce.formats.json_text import to_json
from inforce.formats.notices.authority import parse_authority
from inforce.formats.notices.reading import read_index

GOOD = ["qstore.example", "policies@qstore.example", "q-store.co.kr", "xn--9d0bm53a.example", "a.b_c-d@1.example", "q"]
BAD = [
    "qstore.example>",
    'q"store.example',
    "<qstore.example",
    "q&store.example",
    "큐스토어.example",
    "Qstore.example",
    "qstore..example",
    ".qstore.example",
    "qstore.example.",
    "-qstore.example",
    "qstore-.example",
    "@qstore.example",
    "a@b@qstore.example",
    "qstore.example:443",
    "q store.example",
    "q\u200bstore.example",
]


@pytest.fixture
def example(repo):
    """The index of a site with one text."""
    options = "archive: '', notices: {authority: qstore.example, year: 2014}"
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", options))
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    said = repo.inforce("export-feed", "--out", "out", now=BEFORE)
    assert said.status == 0, said
    return json.loads((repo.folder / "out/notices/index.json").read_text())


def index(authority):
    """An index of nothing."""
    return to_json({"authority": authority, "count": 0, "notices": [], "pages": [], "version": 1})


def option(name):
    return parse_authority({"authority": name, "year": 2014})


@pytest.mark.parametrize("name", GOOD)
def test_what_the_option_takes_is_read(name):
    prefix = option(name).value.prefix

    assert prefix == f"tag:{name},2014:"
    assert read_index(index(prefix), "index.json").authority == prefix


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_authority_is_refused_by_the_option_and_by_who_reads(name):
    [fault] = option(name).faults
    assert "is neither a domain name nor a mail address" in fault.what
    with pytest.raises(RecordError, match="`authority`"):
        read_index(index(f"tag:{name},2014:"), "index.json")


@pytest.mark.parametrize(
    "path",
    [
        "notices/terms/2018-04-10/<b>",
        'notices/terms/2018-04-10/posted"',
        "notices/terms/2018-04-10/게시",
        "notices/terms/posted",
        "notices//2018-04-10/posted",
        "notices/../2018-04-10/posted",
        "notices/terms/2018-04-10/posted/",
        "notices/terms/2018-04-10/",
        "feeds/terms",
    ],
)
def test_an_id_ends_in_policy_revision_and_name(example, path):
    example["notices"][0]["id"] = f"tag:qstore.example,2014:{path}"
    with pytest.raises(RecordError, match=r"`notices\[0\]\.id`"):
        read_index(to_json(example), "index.json")


def test_what_is_cancelled_is_named_so_too(example):
    example["notices"][0]["cancels"] = ["tag:qstore.example,2014:notices/terms/2018-04-10/>"]
    with pytest.raises(RecordError, match=r"`notices\[0\]\.cancels\[0\]`"):
        read_index(to_json(example), "index.json")
