"""What revisions changed: the page of the changes, anchors and notes on the pages of texts, and who links to them."""

import json
import re
from urllib.parse import unquote, urldefrag

import pytest
from lxml import html
from qstore_site import BEFORE, CONFIG
from repository import TERMS, Repository, material, revision

FIRST = """
# Terms

We keep your orders for 30 days.

## Cookies

- We set *cookies*.
- You may refuse them.

| What | How long |
|------|----------|
| Orders | 30 days |
| Names | 5 years |

## Contact

Write to us at any time.
"""
SECOND = """
# Terms

We keep your orders for 60 days.

## Cookies

- We set *cookies*.
- You may refuse them.
- We ask you before we set any.

| What | How long |
|------|----------|
| Orders | 60 days |
| Names | 5 years |
"""
THIRD = """
# Terms

We keep your orders for 60 days.

## Contact

Write to us at any time.

## Cookies

- We set *cookies*.
- You may refuse them.
- We ask you before we set any.

| What | How long |
|------|----------|
| Orders | 60 days |
| Names | 5 years |
"""


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    """A policy with a first revision, a second one that changes and deletes, a third that brings back, a correction."""
    top = tmp_path_factory.mktemp("changes")
    made = Repository(top / "repo", top / "home")
    (made.folder / "mkdocs.yml").write_text(CONFIG)
    (made.folder / "docs").mkdir()
    made.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/first.md": f"---\n---\n{FIRST}"})
    made.commit("2018-04-02T09:00:00+09:00", {"terms/second.md": material(text=SECOND)})
    made.commit("2018-04-03T09:00:00+09:00", {"terms/third.md": material(text=THIRD)})
    slip = revision("change: editorial\ncorrects: second\nsummary: A slip.", SECOND.replace("refuse", "decline"))
    made.commit("2018-04-04T09:00:00+09:00", {"terms/slip.md": slip})
    return made


@pytest.fixture(scope="module")
def site(repo, build):
    return build(repo)[0]


def page(site, address):
    return html.fromstring((site / address / "index.html").read_bytes())


def text(element):
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


def notes(site, address):
    """What the notes of a page say, each with the beginning of what it stands beside."""
    found = {}
    for note in page(site, address).find_class("inforce-beside"):
        following = note.getnext() if note.getparent().tag not in ("li", "td", "th") else note.getparent()
        words = text(following) if following is not None else ""
        found[words.removeprefix(text(note)).strip()[:20]] = text(note)
    return found


def test_the_page_of_changes_tells_who_changed_what_and_how_much(site):
    shown = page(site, "terms/second/changes")
    assert text(shown.xpath("//h1")[0]) == "What changed: Privacy Policy, second"
    about = text(shown.find_class("inforce-box--changes")[0])
    assert "compared with the revision of 1 April 2018" in about
    assert "material: rights or duties change" in about
    assert "We now keep your orders." in about
    assert "5 of 11 clauses changed." in about
    listed = text(shown.get_element_by_id("changes").getnext())
    assert "“30” was replaced by “60”" in listed
    assert "We ask you before we set any." in listed
    assert "Write to us at any time." in listed
    assert [text(one) for one in shown.xpath("//*[@class='inforce-redline']//del")][:1] == ["30"]
    assert [text(one) for one in shown.xpath("//*[@class='inforce-redline']//ins")][:1] == ["60"]


def test_each_entry_of_the_list_leads_to_a_place_in_the_redline(site):
    shown = page(site, "terms/second/changes")
    targets = [link.get("href") for link in shown.get_element_by_id("changes").getnext().iter("a")]
    assert targets
    for target in targets:
        place = shown.get_element_by_id(unquote(target.removeprefix("#")))
        assert place.xpath("ancestor-or-self::*[contains(@class, 'inforce-redline')]")


def test_a_first_revision_says_that_there_is_nothing_to_compare_it_with(site):
    assert "there is nothing to compare it with" in text(
        page(site, "terms/first/changes").find_class("inforce-sheet")[0]
    )
    assert not page(site, "terms/first/changes").find_class("inforce-redline")


def test_a_correction_is_compared_with_what_it_corrects(site):
    listed = text(page(site, "terms/slip/changes").get_element_by_id("changes").getnext())
    assert "“refuse” was replaced by “decline”" in listed
    assert "Contact" not in listed


def test_pages_have_the_anchors_of_their_clauses_each_once(site):
    for name in ("first", "second", "third", "slip"):
        names = [one["id"] for one in json.loads((site / "terms" / name / "clauses.json").read_text())["clauses"]]
        ids = page(site, f"terms/{name}").xpath("//*[@class='inforce-text']//@id")
        assert len(set(ids)) == len(ids)
        assert [one for one in ids if one.startswith("c-")] == names


def test_the_text_in_force_has_the_anchors_of_its_permanent_page(site):
    ids = [page(site, address).xpath("//*[@class='inforce-text']//@id") for address in ("terms", "terms/third")]
    assert ids[0] == ids[1]


def test_an_anchor_lasts_over_the_revisions(site):
    anchors = [
        text(page(site, f"terms/{name}").get_element_by_id("c-we-keep-your-orders")) for name in ("first", "third")
    ]
    assert anchors == ["We keep your orders for 30 days.", "We keep your orders for 60 days."]
    assert text(page(site, "terms/third").get_element_by_id("c-write-to-us-at")) == "Write to us at any time."


def test_beside_each_clause_that_changed_it_says_how_and_what_happened_before(site):
    assert not notes(site, "terms/first")
    second = notes(site, "terms/second")
    assert set(second) == {"We keep your orders ", "We ask you before we", "Orders", ""}
    assert "“30” was replaced by “60”" in second["We keep your orders "]
    assert second["We keep your orders "].endswith("History of this clause second : edited")
    assert "Write to us at any time." in second[""]
    third = notes(site, "terms/third")
    assert third["We keep your orders "] == "± History of this clause second : edited"
    assert third["Write to us at any t"].endswith("History of this clause third : inserted second : deleted")


def test_notes_link_to_the_place_in_the_redline_of_each_revision(site):
    for address in ("terms", "terms/second", "terms/third", "terms/slip"):
        links = page(site, address).xpath("//*[@class='inforce-beside__past']//a")
        assert links
        for link in links:
            target, anchor = urldefrag(link.get("href"))
            place = (site / address / target).resolve().relative_to(site.resolve())
            assert page(site, place).get_element_by_id(unquote(anchor)) is not None


def test_history_home_and_revisions_link_to_the_changes(site):
    history = page(site, "terms/history")
    links = [link.get("href") for link in history.find_class("inforce-entry__changes")]
    assert links == ["../slip/changes/", "../third/changes/", "../second/changes/"]
    assert "5 of 11 clauses changed." in text(history)
    assert "terms/slip/changes/" in page(site, "").xpath("//@href")
    assert "third/changes/" in page(site, "terms").xpath("//@href")
    assert "changes/" in page(site, "terms/second").xpath("//@href")


def test_pages_of_changes_are_not_for_search_engines(site):
    assert page(site, "terms/second/changes").xpath("//meta[@name='robots']/@content") == ["noindex"]
