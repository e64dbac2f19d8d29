"""An older text that is found, and stated, after a younger one: what was given to clauses before stays as it is."""

import json

from qstore_site import CONFIG
from repository import TERMS, revision


def stated(day, text, front=""):
    return revision(f"posted: {day}\nsource: Log{front}", text)


YOUNGER = stated("2015-03-01", "# Terms\n\nWe keep your orders for five years at the most.\n\nYou agree.\n")
OLDER = stated("2014-03-01", "# Terms\n\nWe keep your orders for four years at the most.\n\nNothing else holds.\n")
YOUNGEST = stated(
    "2016-03-01", "# Terms\n\nNothing else holds.\n\nYou agree.\n", "\nchange: material\nsummary: Orders are not kept."
)


def names(site, revision):
    found = json.loads((site / "terms" / revision / "clauses.json").read_text())
    return [one["id"] for one in found["clauses"]]


def test_it_takes_its_identities_from_the_younger_ones(repo, build):
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    repo.commit("2018-01-01T00:00:00+09:00", {"terms/policy.yml": TERMS, "terms/2015.md": YOUNGER})
    before = names(build(repo)[0], "2015")
    repo.commit("2018-01-02T00:00:00+09:00", {"terms/2016.md": YOUNGEST})
    between = names(build(repo)[0], "2016")

    repo.commit("2018-01-03T00:00:00+09:00", {"terms/2014.md": OLDER})
    site, _ = build(repo)

    assert names(site, "2015") == before == ["c-terms", "c-we-keep-your-orders", "c-you-agree"]
    assert names(site, "2016") == between == ["c-terms", "c-nothing-else-holds", "c-you-agree"]
    assert names(site, "2014") == ["c-terms", "c-we-keep-your-orders", "c-nothing-else-holds"]
    changes = (site / "terms/2015/changes/index.html").read_text()
    assert 'compared with <a href="../../2014/">the revision of 1 March 2014 (2014)</a>' in changes
