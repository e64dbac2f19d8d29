"""A notice leads to the signed PDF of its revision where the archive has it, and wherever the notice is read."""

import json
from datetime import UTC, datetime

import pytest
from lxml import etree, html
from qstore_site import BEFORE, CONFIG, FIRST, POSTED, SECOND
from repository import TERMS, Repository
from whole_site import key_with_certificate

NOTICES = "notices: {authority: qstore.example, year: 2014}"
PDF = "terms/2018-04-10/terms-2018-04-10.pdf"
ROOT = "https://policies.qstore.example/"
AFTER = "2018-04-20T00:00:00+09:00"
ENCLOSURES = "//*[local-name()='link'][@rel='enclosure']/@href"
KEEP = "Keep the text as a signed PDF"


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """A record of two revisions, of which only the first is archived yet."""
    top = tmp_path_factory.mktemp("half")
    repo = Repository(top / "repo", top / "home")
    key = key_with_certificate(top)
    options = f"cache: '', archive: archive, signing: {{key: {key}}}, {NOTICES}"
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", options))
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies of Qstore\n")
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    archive(repo)
    repo.commit(POSTED, {"terms/2018-04-10.md": SECOND})
    return repo


@pytest.fixture(scope="module")
def archived(half, tmp_path_factory):
    """The same with everything archived."""
    repo = half.copy(tmp_path_factory.mktemp("whole") / "repo")
    archive(repo)
    return repo


def archive(repo):
    """`inforce export-pdfs`: keys and clocks are of the real time."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    said = repo.inforce("export-pdfs", "--jobs", "1", now=now)
    assert said.status == 0, said


def exported(repo, to="feeds"):
    said = repo.inforce("export-feed", "--out", to, now=AFTER)
    assert said.status == 0, said
    folder = repo.folder / to
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told_links(files):
    """What every place that a notice is read at says of PDFs: by the place, the addresses from the site's root."""
    posted = json.loads(files["notices/terms/2018-04-10/posted.json"])
    item, *_ = json.loads(files["terms/notices.json"])["items"]
    entry = etree.fromstring(files["terms/notices.atom"]).xpath("//*[local-name()='entry'][1]")[0]
    of_index = {one["revision"]: one["links"]["pdf"] for one in json.loads(files["notices/index.json"])["notices"]}
    return {
        "notice": posted["links"]["pdf"],
        "index": of_index["2018-04-10"],
        "atom": [one.removeprefix(ROOT) for one in entry.xpath(".//*[@rel='enclosure']/@href")],
        "json": [one["url"].removeprefix(ROOT) for one in item.get("attachments", [])],
        "words": [one.removeprefix(ROOT) for one in posted["messages"]["en"]["text"].split() if one.endswith(".pdf")],
        "html": [
            one.get("href").removeprefix(ROOT)
            for one in html.fromstring(posted["messages"]["en"]["html"]).iter("a")
            if one.text == KEEP
        ],
    }


def test_mail_feeds_and_index_lead_to_the_pdf_that_is_in_the_archive(archived):
    files = exported(archived)

    assert told_links(files) == {
        "notice": PDF,
        "index": PDF,
        "atom": [PDF],
        "json": [PDF],
        "words": [PDF],
        "html": [PDF],
    }
    words = json.loads(files["notices/terms/2018-04-10/posted.json"])["messages"]["en"]["text"]
    assert f"- {KEEP}:\n  {ROOT}{PDF}\n" in words


def test_and_lead_nowhere_where_it_is_not_there_yet(half):
    files = exported(half)

    nowhere = {"atom": [], "json": [], "words": [], "html": []}
    assert told_links(files) == {"notice": None, "index": None, **nowhere}
    first = json.loads(files["notices/terms/2014-03-01/posted.json"])
    assert first["links"]["pdf"] == "terms/2014-03-01/terms-2014-03-01.pdf"
    assert etree.fromstring(files["notices.atom"]).xpath(ENCLOSURES) == [f"{ROOT}{first['links']['pdf']}"]


def test_a_page_and_the_files_of_the_site_say_the_same(archived, build):
    site, _ = build(archived, now=AFTER)
    ours = exported(archived)

    assert {place: (site / place).read_bytes() for place in ours} == ours
    page = html.fromstring((site / "notices/terms/2018-04-10/index.html").read_text())
    [link] = page.xpath(f"//article//a[.='{KEEP}']/@href")
    assert (site / "notices/terms/2018-04-10" / link).resolve() == (site / PDF).resolve()
    assert (site / PDF).read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("options", ["archive: empty, signing: {key: ../nothing.p12}", "archive: empty"])
def test_options_alone_make_no_pdf(half, tmp_path, options):
    repo = half.copy(tmp_path / "repo")
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", f"{options}, {NOTICES}"))

    files = exported(repo)
    assert all(b".pdf" not in data for data in files.values())


def test_what_a_test_key_signed_is_linked_from_no_notice(half, tmp_path):
    repo = half.copy(tmp_path / "repo")
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", f"archive: empty, {NOTICES}"))
    archive(repo)

    assert list((repo.folder / "test-signed").rglob("*.pdf"))
    assert all(b".pdf" not in data for data in exported(repo).values())
