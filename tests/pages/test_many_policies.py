"""More policies than a navigation can hold: every address is there, and search finds the texts in force."""

import json

import pytest
from qstore_site import BEFORE, CONFIG, MKDOCS, NOW
from repository import TERMS, Repository, instant, revision

SLUGS = [f"policy-{number:02}" for number in range(21)]
PAGES = ["", "history/", "on/", "first/", "second/"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    top = tmp_path_factory.mktemp("many")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "docs").mkdir()
    files = {f"{slug}/policy.yml": TERMS for slug in SLUGS}
    for slug in SLUGS:
        old = "posted: 2010-01-01T00:00:00Z\nsource: Log\nchange: imported"
        new = "posted: 2011-01-01T00:00:00Z\nsource: Log\nchange: imported"
        files[f"{slug}/first.md"] = revision(old, f"# {slug}\n\nAn oldfashioned sentence.\n")
        files[f"{slug}/second.md"] = revision(new, f"# {slug}\n\nA contemporary sentence of {slug}.\n")
    repo.commit(BEFORE, files)
    return repo


@pytest.fixture(scope="module", params=["with search", "without search"])
def site(many, request):
    settings = CONFIG if request.param == "with search" else CONFIG.replace("[search, inforce]", "[inforce]")
    assert ("search" in settings) == (request.param == "with search")
    (many.folder / "mkdocs.yml").write_text(settings)
    clock = {"SOURCE_DATE_EPOCH": str(int(instant(NOW).timestamp()))}
    many.run(MKDOCS, "build", "--strict", "-q", "-d", "site", env=clock)
    return many.folder / "site"


@pytest.mark.parametrize("slug", SLUGS[::10])
def test_every_page_of_every_policy_is_there(site, slug):
    for page in PAGES:
        html = (site / slug / page / "index.html").read_text()
        assert f'<link rel="canonical" href="https://policies.qstore.example/{slug}/{page}">' in html
        assert "</html>" in html
    assert "A contemporary sentence" in (site / slug / "index.html").read_text()
    assert "An oldfashioned sentence" in (site / slug / "first" / "index.html").read_text()
    assert (site / slug / "in-force.json").is_file()


def test_home_alone_lists_them(site):
    home = (site / "index.html").read_text()
    page = (site / SLUGS[0] / "index.html").read_text()
    assert all(f'href="{slug}/"' in home for slug in SLUGS)
    assert SLUGS[1] not in page


def test_the_sitemap_has_what_may_be_listed(site):
    sitemap = (site / "sitemap.xml").read_text()
    for slug in SLUGS:
        listed = [page for page in PAGES if f"https://policies.qstore.example/{slug}/{page}</loc>" in sitemap]
        assert listed == ["", "history/", "on/", "second/"]


def test_search_finds_the_texts_in_force_and_no_others(site):
    index = site / "search" / "search_index.json"
    if not index.exists():
        assert "search" not in (site.parent / "mkdocs.yml").read_text()
        return
    found = json.loads(index.read_text())["docs"]
    assert {one["location"].partition("#")[0] for one in found if "contemporary" in one["text"]} == {
        f"{slug}/" for slug in SLUGS
    }
    assert not [one for one in found if "oldfashioned" in one["text"]]
