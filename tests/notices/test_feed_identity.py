"""A feed is one feed: what identifies it is the same in every document of it."""

import json

import pytest
from lxml import etree
from qstore_site import BEFORE, CONFIG, FIRST, POSTED
from repository import TERMS, material

CONFIG = CONFIG.replace("archive: ''", "archive: '', notices: {authority: qstore.example, year: 2014}")
ROOT = "https://policies.qstore.example/"
DAILY = f"reminders: [{', '.join(f'{days} days' for days in range(60, 1, -1))}]\n"


@pytest.fixture
def archived(repo):
    """What is exported of a policy that has reminded of one text every day: two archive documents, and the newest."""
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    repo.commit(BEFORE, {"terms/policy.yml": f"{TERMS}{DAILY}", "terms/2014-03-01.md": FIRST})
    repo.commit(POSTED, {"terms/2018-04-10.md": material("effective: 2018-07-01")})
    said = repo.inforce("export-feed", "--out", "out", now="2018-08-01T00:00:00+09:00")
    assert said.status == 0, said
    return repo.folder / "out"


@pytest.mark.parametrize("folder", ["", "terms/"])
def test_every_document_names_the_subscription_document(archived, folder):
    places = [f"{folder}notices", f"{folder}notices/archive/1", f"{folder}notices/archive/2"]

    of_json = [json.loads((archived / f"{place}.json").read_text()) for place in places]
    assert [one["feed_url"] for one in of_json] == [f"{ROOT}{folder}notices.json"] * 3
    of_atom = [etree.fromstring((archived / f"{place}.atom").read_bytes()) for place in places]
    assert len({one.findtext("{*}id") for one in of_atom}) == 1
    selves = [one.xpath("string(*[local-name()='link'][@rel='self']/@href)") for one in of_atom]
    assert selves == [f"{ROOT}{place}.atom" for place in places]


def test_from_the_newest_on_each_leads_to_older_ones(archived):
    """`next_url` of JSON Feed, and what an archive document of Atom says is current (RFC 5005)."""
    followed, place = [], "notices.json"
    while place:
        followed.append(place)
        place = json.loads((archived / place).read_text()).get("next_url", "").removeprefix(ROOT)

    assert followed == ["notices.json", "notices/archive/2.json", "notices/archive/1.json"]
    for number in (1, 2):
        archive = etree.fromstring((archived / f"notices/archive/{number}.atom").read_bytes())
        assert archive.xpath("string(*[local-name()='link'][@rel='current']/@href)") == f"{ROOT}notices.atom"


def test_instants_have_the_offset_of_the_policys_zone_and_those_of_all_policies_utc(archived):
    entries = [
        etree.fromstring((archived / place).read_bytes()) for place in ("notices.atom", "notices/archive/1.atom")
    ]
    told = [
        one for feed in entries for one in feed.xpath("//*[local-name()='entry']/*[local-name()='published']/text()")
    ]
    items = json.loads((archived / "notices.json").read_text())["items"]
    told += [one[key] for one in items for key in ("date_published", "date_modified")]

    assert len(told) == 200
    assert {one[-6:] for one in told} == {"+09:00"}
    own = [
        etree.fromstring((archived / f"{folder}notices.atom").read_bytes()).findtext("{*}updated")
        for folder in ("", "terms/")
    ]
    assert own == ["2018-06-30T15:00:00+00:00", "2018-07-01T00:00:00+09:00"]
