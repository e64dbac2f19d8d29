"""The feeds and the calendar: what standards, readers and polling machines ask of them."""

import json
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import feedparser
import icalendar
import pytest
import rnc2rng
from lxml import etree
from qstore_site import AGREEMENT, BEFORE, CONFIG, FIRST, NOW, POSTED, SECOND
from repository import TERMS, Repository, instant, material

GRAMMAR = Path(__file__).parents[1] / "conformance" / "atom.rnc"
CONFIG = CONFIG.replace("archive: ''", "archive: '', notices: {authority: qstore.example, year: 2014}")
ROOT = "https://policies.qstore.example/"
ATOM = "{http://www.w3.org/2005/Atom}"
TODAY = "2018-12-31T00:00:00+09:00"
END = "2019-06-01T00:00:00+09:00"


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A policy with a hundred postings, each told of four times, and one with little; and what each day exports."""
    top = tmp_path_factory.mktemp("history")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    repo.commit(
        BEFORE,
        {
            "privacy-policy/policy.yml": f"{TERMS}reminders: [1 day]\n",
            "privacy-policy/2014-03-01.md": FIRST,
            **AGREEMENT,
        },
    )
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    day = instant("2018-05-20T12:00:00+09:00")
    for number in range(60):
        name = f"r{number:03}"
        text = material("effective: 2 days after posting", f"# Privacy Policy\n\nThe text of revision {number}.\n")
        repo.commit((day + timedelta(days=3 * number)).isoformat(), {f"privacy-policy/{name}.md": text})
    return repo


def exported(repo, now, to):
    said = repo.inforce("export-feed", "--out", to, now=now)
    assert said.status == 0, said
    folder = repo.folder / to
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(history):
    """Everything that is exported in the end."""
    return exported(history, END, "whole")


@pytest.fixture(scope="module")
def grammar():
    """Atom's, in RELAX NG."""
    text = rnc2rng.dumps(rnc2rng.load(str(GRAMMAR))).replace('xmlns:local=""', "")
    return etree.RelaxNG(etree.fromstring(text.encode()))


def feeds(files, ending):
    return {place: data for place, data in files.items() if re.search(rf"(^|/)(notices|archive/\d+)\.{ending}$", place)}


def test_every_document_follows_the_grammar_of_atom(whole, grammar):
    documents = feeds(whole, "atom")
    assert len(documents) > 8
    for place, data in documents.items():
        assert grammar.validate(etree.fromstring(data)), (place, grammar.error_log.last_error)


def test_a_feed_reader_reads_them(whole):
    read = feedparser.parse(whole["notices.atom"])

    assert (read.bozo, len(read.entries), read.feed.id) == (False, 50, "tag:qstore.example,2014:feeds/notices")
    newest = read.entries[0]
    assert newest.link == f"{ROOT}notices/privacy-policy/r059/#in-effect.new_users"
    assert newest.title == "Privacy Policy: changes in effect since 15 November 2018, 12:00"
    assert "What you can do" in newest.content[0].value
    assert newest.id == "tag:qstore.example,2014:notices/privacy-policy/r059/in-effect.new_users"


def test_the_facts_stand_in_a_namespace_of_ours(whole):
    feed = etree.fromstring(whole["user-agreement/notices.atom"])
    facts = feed.findall(".//{https://inforce.example/ns/notice#}notice[@event='overtaken']")

    [overtaken] = facts
    assert (overtaken.get("policy"), overtaken.get("revision")) == ("user-agreement", "2017-01-01")
    cancelled = [one.get("id") for one in overtaken.findall("{https://inforce.example/ns/notice#}cancels")]
    assert "tag:qstore.example,2014:notices/user-agreement/2017-01-01/in-effect.new_users" in cancelled


def test_the_json_feed_tells_the_same(whole):
    atom, feed = etree.fromstring(whole["notices.atom"]), json.loads(whole["notices.json"])

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{ROOT}notices.json"
    assert [one["id"] for one in feed["items"]] == [one.findtext(f"{ATOM}id") for one in atom.findall(f"{ATOM}entry")]
    for item in feed["items"]:
        assert {"id", "url", "title", "content_html", "content_text", "date_published", "date_modified"} <= item.keys()
        assert datetime.fromisoformat(item["date_published"]) <= datetime.fromisoformat(item["date_modified"])
        facts = json.loads(whole[item["_inforce"]["url"]])
        assert {**facts, "url": item["_inforce"]["url"]} == {
            **item["_inforce"], "messages": facts["messages"], "version": 1
        }  # fmt: skip


@pytest.mark.parametrize("ending", ["atom", "json"])
@pytest.mark.parametrize("policy", ["", "privacy-policy/", "user-agreement/"])
def test_the_archives_lead_through_everything_that_was_told_once(whole, ending, policy):
    """From the subscription document back to the oldest, by the links that readers follow (RFC 5005)."""
    place, found = f"{policy}notices.{ending}", []
    while place:
        found += ids(whole[place])
        place = link(whole[place], "prev-archive")

    index = [json.loads(whole["notices/index.json"])["notices"]]
    index += [json.loads(whole[name])["notices"] for name in whole if name.startswith("notices/index/")]
    told = [one for page in index for one in page if one["policy"].startswith(policy.rstrip("/"))]
    cancelled = {one for entry in told for one in entry["cancels"]}
    assert len(found) == len(set(found))
    assert set(found) >= {one["id"] for one in told} - cancelled
    assert set(found) <= {one["id"] for one in told}


def test_archive_documents_know_their_neighbours(whole):
    places = sorted((one for one in feeds(whole, "atom") if one.startswith("notices/archive/")), key=number_of)

    for before, after in pairwise(places):
        assert link(whole[before], "next-archive") == after
        assert link(whole[after], "prev-archive") == before
    assert {link(whole[one], "current") for one in places} == {"notices.atom"}
    assert all(b"<fh:archive/>" in whole[one] for one in places)
    assert link(whole["notices.atom"], "prev-archive") == places[-1]


def test_polling_loses_nothing_doubles_nothing_and_no_archive_that_is_full_changes(history):
    """A reader looks every twelve days, with what it has seen, and follows the archives only as far as it must."""
    seen, full, updated = [], {}, ""
    day = instant("2018-05-18T00:00:00+09:00")
    while day < instant(TODAY):
        files = exported(history, day.isoformat(), "polled")
        for place, data in feeds(files, "atom").items():
            if place in full:
                assert data == full[place], place
            if "archive" in place and len(ids(data)) == 50:
                full[place] = data
        feed = etree.fromstring(files["notices.atom"])
        assert feed.findtext(f"{ATOM}updated") >= updated
        updated = feed.findtext(f"{ATOM}updated")
        new, place = [], "notices.atom"
        while place and not set(new) & set(seen):
            new += ids(files[place])
            place = link(files[place], "prev-archive")
        seen += reversed([one for one in new if one not in seen])
        day += timedelta(days=12)
    assert len(full) >= 4
    files = exported(history, day.isoformat(), "polled")
    everything, place = [], "notices.atom"
    while place:
        everything += ids(files[place])
        place = link(files[place], "prev-archive")
    assert len(seen) == len(set(seen))
    assert set(everything) - set(seen) <= set(ids(files["notices.atom"]))


def test_the_subscription_document_does_not_grow_with_history(history, whole):
    early = exported(history, "2018-09-01T00:00:00+09:00", "early")

    assert len(ids(early["notices.atom"])) == len(ids(whole["notices.atom"])) == 50


def test_the_calendar_has_an_event_for_each_date_that_was_announced(whole):
    calendar = icalendar.Calendar.from_ical(whole["effective-dates.ics"])

    assert [one.errors for one in calendar.walk() if one.errors] == []
    events = calendar.walk("VEVENT")
    assert len({str(one["uid"]) for one in events}) == len(events) == 62
    by_name = {str(one["uid"]).partition("effective-dates/")[2]: one for one in events}
    scheduled = by_name["privacy-policy/2018-04-10/current_users"]
    assert scheduled.decoded("dtstart").isoformat() == "2018-05-10T00:00:00+09:00"
    assert scheduled["dtstart"].params["TZID"] == "Asia/Seoul"
    assert (scheduled["status"], scheduled["sequence"]) == ("CONFIRMED", 0)
    assert [one["trigger"].dt for one in scheduled.walk("VALARM")] == [timedelta(days=-1)]
    withdrawn = by_name["user-agreement/2017-01-01/current_users+new_users"]
    assert (withdrawn["status"], withdrawn["sequence"]) == ("CANCELLED", 1)
    assert [str(one["tzid"]) for one in calendar.walk("VTIMEZONE")] == ["Asia/Seoul"]


def test_an_event_is_cancelled_when_its_revision_is_overtaken_and_keeps_its_name(repo):
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    repo.commit(POSTED, {"terms/2018-04-10.md": material("effective: 2018-06-10")})
    before = icalendar.Calendar.from_ical(exported(repo, NOW, "before")["effective-dates.ics"]).walk("VEVENT")
    repo.commit("2018-05-20T00:00:00+09:00", {"terms/2018-05-20.md": material("overtakes: 2018-04-10")})

    after = icalendar.Calendar.from_ical(exported(repo, TODAY, "after")["effective-dates.ics"]).walk("VEVENT")
    assert [(str(one["uid"]), one["status"], one["sequence"]) for one in before] == [
        ("tag:qstore.example,2014:effective-dates/terms/2018-04-10/current_users+new_users", "CONFIRMED", 0)
    ]
    assert [(one["uid"], one["status"], one["sequence"]) for one in after] == [(before[0]["uid"], "CANCELLED", 1)]
    assert after[0].decoded("dtstamp") == instant("2018-05-20T00:00:00+09:00")


def ids(data):
    if data.startswith(b"{"):
        return [one["id"] for one in json.loads(data)["items"]]
    return [one.findtext(f"{ATOM}id") for one in etree.fromstring(data).findall(f"{ATOM}entry")]


def link(data, relation):
    """Where a link of a document leads, from the site's root; nothing where there is none."""
    if data.startswith(b"{"):
        return json.loads(data).get("next_url", "").removeprefix(ROOT)
    found = etree.fromstring(data).find(f"{ATOM}link[@rel='{relation}']")
    return "" if found is None else found.get("href").removeprefix(ROOT)


def number_of(place):
    return int(re.search(r"(\d+)\.\w+$", place)[1])
