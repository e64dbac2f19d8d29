"""What lies in a PDF besides its pages: the source, the facts, and what the file says of itself."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from printing import SECOND

from inforce.formats.schemas import schema

NAME = "privacy-policy/2018-04-10"


@pytest.fixture(scope="module")
def pdf(qstore):
    with pikepdf.open(qstore.pdf(NAME)) as opened:
        yield opened


def test_the_source_is_attached_whose_digest_is_on_each_page(qstore, pdf):
    source = pdf.attachments["source.md"].get_file().read_bytes()
    assert source == (qstore.repo.folder / f"policy_versions/{NAME}.md").read_bytes()
    assert source.decode().endswith(SECOND)
    assert pdf.attachments["source.md"].obj.AFRelationship == "/Source"
    with pdf.open_metadata() as metadata:
        assert metadata["{https://inforce.example/ns/pdf#}digest"] == hashlib.sha256(source).hexdigest()


def test_pdfdetach_gives_both_files_out(qstore, tmp_path):
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(qstore.pdf(NAME))], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["record.json", "source.md"]


def test_the_facts_of_a_recorded_posting(qstore, pdf):
    commit = qstore.repo.posted_by()[NAME]
    digest = hashlib.sha256(pdf.attachments["source.md"].get_file().read_bytes()).hexdigest()
    assert json.loads(pdf.attachments["record.json"].get_file().read_bytes()) == {
        "accept_by": "2018-06-10T00:00:00+09:00",
        "change": "material",
        "digest": digest,
        "effective": {
            "current_users": {"from": "2018-05-10T00:00:00+09:00", "rule": "2018-05-10"},
            "new_users": {"from": None, "rule": "on acceptance"},
        },
        "language": "en",
        "path": "policy_versions/privacy-policy/2018-04-10.md",
        "policy": "privacy-policy",
        "policy_title": "Privacy Policy",
        "posted": "2018-04-10T09:00:00+09:00",
        "posting": {"commit": commit, "kind": "recorded"},
        "predecessor": "2014-03-01",
        "revision": "2018-04-10",
        "summary": ["We now keep your orders."],
        "time_zone": "Asia/Seoul",
        "url": "https://policies.qstore.example/privacy-policy/2018-04-10/",
    }
    assert pdf.attachments["record.json"].obj.AFRelationship == "/Data"


@pytest.mark.parametrize("name", ["2014-03-01", "2018-04-10", "2018-04-12"])
def test_the_facts_fit_their_schema(qstore, name):
    with pikepdf.open(qstore.pdf(f"privacy-policy/{name}")) as opened:
        facts = json.loads(opened.attachments["record.json"].get_file().read_bytes())
    Draft202012Validator.check_schema(json.loads(schema("record")))
    Draft202012Validator(json.loads(schema("record")), format_checker=FormatChecker()).validate(facts)


def test_the_example_in_the_documentation_fits_the_schema():
    text = (Path(__file__).parents[2] / "docs/formats.md").read_text()
    [example] = re.findall(r"### record.json\n\n```text\n(.*?)```", text, re.DOTALL)
    Draft202012Validator(json.loads(schema("record"))).validate(json.loads(example))


def test_a_stated_posting_has_its_source_and_the_commit_that_brought_it(qstore):
    with pikepdf.open(qstore.pdf("privacy-policy/2014-03-01")) as opened:
        facts = json.loads(opened.attachments["record.json"].get_file().read_bytes())
    assert facts["posting"] == {
        "commit": qstore.repo.posted_by()["privacy-policy/2014-03-01"],
        "kind": "stated",
        "source": "Publication log, entry 2014/1",
    }
    assert facts["predecessor"] is None


def test_the_metadata_names_policy_revision_and_digest(pdf):
    with pdf.open_metadata() as metadata:
        assert metadata["{https://inforce.example/ns/pdf#}policy"] == "privacy-policy"
        assert metadata["{https://inforce.example/ns/pdf#}revision"] == "2018-04-10"
        assert "{https://inforce.example/ns/pdf#}testSigned" not in metadata
        assert metadata["dc:title"] == "Privacy Policy, revision 2018-04-10"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert pdf.Root.Lang == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_a_test_rendition_says_so_in_its_metadata(qstore):
    with pikepdf.open(qstore.pdf(NAME, is_test=True)) as opened, opened.open_metadata() as metadata:
        assert metadata["{https://inforce.example/ns/pdf#}testSigned"] == "True"


def test_every_date_in_the_file_is_that_of_the_posting(qstore):
    written = subprocess.run(
        ["qpdf", "--qdf", "--object-streams=disable", str(qstore.pdf(NAME)), "-"], capture_output=True, check=True
    ).stdout
    dates = {one.decode() for one in re.findall(rb"\(D:[^)]*\)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^<\"]*", written)}
    assert dates <= {
        "(D:20180410000000Z)",
        "2018-04-10T00:00:00Z",
        "2018-04-10T09:00:00+09:00",
        "2018-05-10T00:00:00+09:00",
        "2018-06-10T00:00:00+09:00",
    }
    assert "(D:20180410000000Z)" in dates


def test_the_bookmarks_are_the_headings(pdf):
    with pdf.open_outline() as outline:
        found = [(one.title, [child.title for child in one.children]) for one in outline.root]
    assert found == [
        ("Contents", []),
        ("Privacy Policy", ["What we keep", "Cookies", "Security", "Your rights", "Contact"]),
        ("Addresses of the links", []),
        ("Appendix: what this revision changed", ["List of changes", "The changes in the text"]),
    ]
