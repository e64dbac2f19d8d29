"""The files of notices: written without a site, byte for byte as the site has them, and all or nothing."""

import json
from hashlib import sha256

import pytest
from qstore_site import AGREEMENT, BEFORE, CONFIG, FIRST, NOW, POSTED, SECOND
from repository import TERMS, Repository, material

AUTHORITY = "notices: {authority: qstore.example, year: 2014}"
WITH_NOTICES = CONFIG.replace("archive: ''", f"archive: '', {AUTHORITY}")
LATER = "2018-05-20T00:00:00+09:00"


@pytest.fixture
def told(repo):
    """The record of a shop that tells of changes."""
    (repo.folder / "mkdocs.yml").write_text(WITH_NOTICES)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies of Qstore\n")
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST, **AGREEMENT})
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    return repo


def files(folder):
    """Every file below a folder, and its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def exported(repo, *arguments, now=NOW, to="feeds"):
    said = repo.inforce("export-feed", "--out", to, *arguments, now=now)
    assert said.status == 0, said
    return files(repo.folder / to)


def index_of(exported):
    return json.loads(exported["notices/index.json"])


@pytest.mark.parametrize(("language", "title"), [("en", "change notices"), ("ko", "변경 안내")])
def test_the_site_has_the_same_bytes(told, build, language, title):
    config = told.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("font: false", f"font: false, language: {language}"))
    site = files(build(told)[0])

    ours = exported(told)
    assert {place: site.get(place) for place in ours} == ours
    assert f"<title>Qstore: {title}</title>".encode() in ours["notices.atom"]
    assert {place for place in site if place.startswith("notices/") and place.endswith(".json")} <= ours.keys()


def test_an_instant_can_be_named_and_counts_instead_of_the_clock(told):
    assert exported(told, "--at", LATER) == exported(told, now=LATER, to="later")


def test_the_index_names_every_notice_with_the_digest_of_its_file(told):
    ours = exported(told)
    index = index_of(ours)

    assert index["count"] == len(index["notices"]) == sum(name.count("/") == 3 for name in ours)
    for entry in index["notices"]:
        file = ours[entry["url"]]
        assert entry["file_digest"] == sha256(file).hexdigest()
        whole = json.loads(file)
        assert {key: whole[key] for key in whole.keys() & entry.keys()} == {
            key: entry[key] for key in entry if key not in ("file_digest", "url")
        }


def test_with_nothing_new_the_index_has_the_same_bytes_whatever_the_instant(told):
    assert exported(told)["notices/index.json"] == exported(told, now=LATER, to="later")["notices/index.json"]


def test_a_posting_adds_to_the_index_and_changes_nothing_in_it(told):
    before = index_of(exported(told))["notices"]
    told.commit(LATER, {"privacy-policy/2018-05-20.md": material()})

    after = index_of(exported(told, now=LATER))["notices"]
    assert after[: len(before)] == before
    assert [one["revision"] for one in after[len(before) :]] == ["2018-05-20"]


def test_full_pages_of_the_index_never_change(told):
    """60 revisions, of which each has several notices: more than a page; then ten more."""

    def post(days, month):
        for day in days:
            name = f"2018-{month}-{day:02}"
            text = material("effective: 3 days after posting\nkeeps: []", f"# Privacy Policy\n\n{name}\n")
            text = text.replace("keeps: []\n", "")
            told.commit(f"{name}T12:00:00+09:00", {f"privacy-policy/{name}.md": text})

    post(range(12, 13), "05")
    for month in range(6, 10):
        post(range(1, 29, 4), f"{month:02}")
    now = "2018-12-01T00:00:00+09:00"
    before = exported(told, now=now)
    post(range(1, 29, 4), "10")
    after = exported(told, now=now, to="later")

    pages = [name for name in before if name.startswith("notices/index/")]
    assert pages == ["notices/index/1.json"]
    assert [after[name] for name in pages] == [before[name] for name in pages]
    index = index_of(after)
    assert [page["digest"] for page in index["pages"]] == [
        sha256(after[one["url"]]).hexdigest() for one in index["pages"]
    ]
    assert index["count"] == len(index["notices"]) + sum(page["count"] for page in index["pages"])


def test_a_second_export_writes_nothing_and_what_else_lies_there_stays(told):
    exported(told)
    other = told.folder / "feeds" / "other.txt"
    other.write_text("ours")
    times = {path: path.stat().st_mtime_ns for path in (told.folder / "feeds").rglob("*") if path.is_file()}

    said = told.inforce("export-feed", "--out", "feeds", now=NOW)
    assert said.out.endswith("0 written\n"), said
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_draft_gives_no_notice(told):
    before = exported(told)
    told.write("privacy-policy/2018-05-20.md", material("effective: 2018-06-20"))

    assert exported(told, to="with-a-draft") == before


def test_a_record_with_an_error_writes_nothing(told):
    told.commit(LATER, {"privacy-policy/2018-05-20.md": "no front matter"})

    said = told.inforce("export-feed", "--out", "feeds", now=LATER)
    assert said.status == 1
    assert "policy_versions/privacy-policy/2018-05-20.md" in said.err
    assert not (told.folder / "feeds").exists()


def test_without_the_option_there_is_nothing_to_export(told):
    (told.folder / "mkdocs.yml").write_text(CONFIG)

    said = told.inforce("export-feed", now=NOW)
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "mkdocs.yml: plugins: inforce: `notices` is missing\n"
        "  write `notices: {authority: qstore.example, year: 2014}`: see the page Configuration\n"
    )


def test_another_site_address_changes_links_in_messages_and_no_fact(told):
    before = index_of(exported(told))["notices"]
    config = told.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("policies.qstore.example", "legal.qstore.example"))

    after = index_of(exported(told, to="moved"))["notices"]
    assert after != before
    for entries in (before, after):
        for entry in entries:
            del entry["file_digest"]
    assert after == before


@pytest.mark.parametrize(
    "change",
    ["notices: {authority: qstore.test, year: 2014}", "notices: {authority: qstore.example, year: 2015}"],
)
def test_the_authority_that_was_committed_first_cannot_be_changed(told, build, change):
    config = told.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace(AUTHORITY, change))

    said = told.inforce("export-feed", now=NOW)
    assert said.status == 2
    assert "but the first one committed was qstore.example, 2014\n" in said.err
    assert "put it back" in said.err
    told.commit(LATER)
    assert told.inforce("export-feed", now=LATER).status == 2
    assert "the first one committed was" in build(told, now=LATER, status=1)[1].err


def test_what_is_published_says_the_authority_even_where_the_repository_does_not(told, build, tmp_path):
    site, _ = build(told)
    fresh = Repository(tmp_path / "fresh", tmp_path / "home")
    postings = site / "postings.json"
    (fresh.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", f"archive: '', previous: {postings}"))
    fresh.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST, **AGREEMENT})
    fresh.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})

    said = fresh.inforce("export-feed", now=NOW)
    assert said.status == 2
    assert (
        "the authority is gone, but what is published has identities that begin with tag:qstore.example,2014:"
        in said.err
    )


@pytest.mark.parametrize(
    ("written", "told_of"),
    [
        ("notices: qstore.example", "has to be a mapping"),
        ("notices: {authority: Qstore Ltd, year: 2014}", "is neither a domain name nor a mail address"),
        ("notices: {authority: qstore.example}", "`year` is missing"),
        ("notices: {authority: qstore.example, year: soon}", "'soon' is no year"),
        ("notices: {authorty: qstore.example, year: 2014}", 'there is no key `authorty` (did you mean "authority"?)'),
        ("notices: {authority: qstore.example, year: 2999}", "2999 lies in the future"),
    ],
)
def test_each_mistake_in_the_option_is_told(repo, written, told_of):
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", f"archive: '', {written}"))
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST})

    said = repo.inforce("export-feed", now=NOW)
    assert said.status == 2
    assert told_of in said.err


def test_feeds_need_the_sites_address(repo):
    config = WITH_NOTICES.replace("site_url: https://policies.qstore.example/\n", "")
    (repo.folder / "mkdocs.yml").write_text(config)
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST})

    said = repo.inforce("export-feed", now=NOW)
    assert said.status == 2
    assert "`site_url` is missing" in said.err
