"""`sitemap.xml`: what search engines may list, and since when each page says what it says."""

import gzip

import pytest
from lxml import etree
from qstore_site import AGREEMENT, BEFORE, FIRST, POSTED, SECOND
from repository import TERMS, Repository

ROOT = "https://policies.qstore.example/"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CONFIG = f"site_name: Q\nsite_url: {ROOT}\ntheme: mkdocs\nplugins: [{{inforce: {{archive: ''}}}}]\n"


def listed(site):
    """The sitemap: addresses below the root, and the last changes."""
    urls = etree.fromstring((site / "sitemap.xml").read_bytes()).findall(f"{NAMESPACE}url")
    return {url.findtext(f"{NAMESPACE}loc").removeprefix(ROOT): url.findtext(f"{NAMESPACE}lastmod") for url in urls}


@pytest.fixture
def small(tmp_path):
    """A record with a page in `docs/` that was changed once, and one that nobody committed."""
    repo = Repository(tmp_path / "repo", tmp_path / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    for name in ("index", "kept", "changed"):
        (repo.folder / "docs" / f"{name}.md").write_text(f"# {name}\n")
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST, **AGREEMENT})
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    (repo.folder / "docs" / "changed.md").write_text("# Changed\n")
    repo.commit_all("2018-04-15T09:00:00+09:00")
    (repo.folder / "docs" / "uncommitted.md").write_text("# New\n")
    (repo.folder / "docs" / "kept.md").write_text("# Differs from what is committed\n")
    return repo


def test_every_page_has_the_date_of_its_last_change(small, build):
    assert listed(build(small)[0]) == {
        "": "2018-04-10T00:00:00+00:00",
        "accept/": "2018-04-10T00:00:00+00:00",
        "changed/": "2018-04-15T00:00:00+00:00",
        "kept/": None,
        "privacy-policy/": "2018-04-10T00:00:00+00:00",
        "privacy-policy/2014-03-01/": "2018-04-10T00:00:00+00:00",
        "privacy-policy/accept/": "2018-04-10T00:00:00+00:00",
        "privacy-policy/compare/": "2018-04-10T00:00:00+00:00",
        "privacy-policy/history/": "2018-04-10T00:00:00+00:00",
        "privacy-policy/on/": "2018-04-10T00:00:00+00:00",
        "uncommitted/": None,
        "user-agreement/": "2017-02-28T15:00:00+00:00",
        "user-agreement/2017-03-01/": "2017-02-28T15:00:00+00:00",
        "user-agreement/compare/": "2017-02-28T15:00:00+00:00",
        "user-agreement/history/": "2017-02-28T15:00:00+00:00",
        "user-agreement/on/": "2017-02-28T15:00:00+00:00",
    }


def test_an_effect_changes_the_date_and_a_later_build_does_not(small, build):
    for now in ("2018-05-10T00:00:00+09:00", "2019-01-01T00:00:00+09:00"):
        found = listed(build(small, now=now)[0])
        assert found["privacy-policy/"] == found[""] == "2018-05-09T15:00:00+00:00"
        assert found["privacy-policy/2018-04-10/"] == "2018-05-09T15:00:00+00:00"
        assert "privacy-policy/2014-03-01/" not in found
        assert found["user-agreement/"] == "2017-02-28T15:00:00+00:00"


def test_what_is_listed_is_what_may_be_listed(site):
    for path in site.rglob("index.html"):
        address = path.parent.relative_to(site).as_posix()
        address = "" if address == "." else f"{address}/"
        assert (address in listed(site)) is ('name="robots" content="noindex"' not in path.read_text()), address


def test_the_compressed_twin_is_the_same_and_without_a_date(site):
    twin = (site / "sitemap.xml.gz").read_bytes()
    assert gzip.decompress(twin) == (site / "sitemap.xml").read_bytes()
    assert twin[4:8] == bytes(4)


def test_a_record_in_a_folder_of_its_repository_has_its_dates_too(tmp_path, build):
    repo = Repository(tmp_path / "repo", tmp_path / "home", below="site of policies")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies\n")
    (repo.folder / "docs" / "über uns.md").write_text("# Wir\n")
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST})
    found = listed(build(repo)[0])
    assert found["%C3%BCber%20uns/"] == "2018-04-01T00:00:00+00:00"
