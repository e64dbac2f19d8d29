"""More policies than a navigation can hold: every address is there, and search finds the texts in force."""

import base64
import hashlib
import json
import re

import pytest
from qstore_site import BEFORE, CONFIG, MKDOCS, NOW
from repository import TERMS, Repository, instant, revision

SLUGS = [f"policy-{number:02}" for number in range(21)]
PAGES = ["", "history/", "on/", "first/", "second/"]
OLDER = 3
"""How many revisions each policy has before those: enough for workers to share the work."""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    top = tmp_path_factory.mktemp("many")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "docs").mkdir()
    files = {f"{slug}/policy.yml": TERMS for slug in SLUGS}
    for slug in SLUGS:
        old = "posted: 2010-01-01T00:00:00Z\nsource: Log\nchange: imported"
        new = "posted: 2011-01-01T00:00:00Z\nsource: Log\nchange: imported"
        for number in range(OLDER):
            before = f"posted: 200{number}-01-01T00:00:00Z\nsource: Log\nchange: imported"
            files[f"{slug}/older-{number}.md"] = revision(before, f"# {slug}\n\nOlder sentence {number}.\n")
        files[f"{slug}/first.md"] = revision(old, f"# {slug}\n\nAn oldfashioned sentence.\n")
        files[f"{slug}/second.md"] = revision(new, f"# {slug}\n\nA contemporary sentence of {slug}.\n")
    repo.commit(BEFORE, files)
    return repo


@pytest.fixture(scope="module", params=["with search", "without search"])
def site(many, request):
    return built(many, request.param, "site", "{inforce: {archive: '', workers: 2}}")


def built(many, search, to, ours):
    plugins = f"[search, {ours}]" if search == "with search" else f"[{ours}]"
    (many.folder / "mkdocs.yml").write_text(CONFIG.replace("[search, inforce: {archive: ''}]", plugins))
    clock = {"SOURCE_DATE_EPOCH": str(int(instant(NOW).timestamp()))}
    many.run(MKDOCS, "build", "--strict", "-q", "-d", to, env=clock)
    return many.folder / to


def files_of(site):
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_workers_make_no_difference(many, site):
    search = "with search" if (site / "search").exists() else "without search"
    alone = built(many, search, "alone", "{inforce: {archive: '', cache: '', workers: 1}}")
    made, wanted = files_of(site), files_of(alone)
    assert sorted(made) == sorted(wanted)
    assert [name for name in made if made[name] != wanted[name] and not name.endswith(".gz")] == []


def test_the_content_security_policy_knows_every_script_that_stands_in_a_page(site):
    known = (site / "content-security-policy.txt").read_text()
    scripts = {
        found
        for page in site.rglob("*.html")
        for found in re.findall(r"<script>(.*?)</script>", page.read_text(), re.DOTALL)
    }
    assert len(scripts) > 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in known, script


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
        assert "md-search" not in (site / "index.html").read_text()
        return
    found = json.loads(index.read_text())["docs"]
    assert {one["location"].partition("#")[0] for one in found if "contemporary" in one["text"]} == {
        f"{slug}/" for slug in SLUGS
    }
    assert not [one for one in found if "oldfashioned" in one["text"]]
