"""Feeds as JSON Feed: held to its rules, with the notices that Atom has, and the facts of the notices' own files."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from notices.feed_reader import NAMES, ROOT, Reader, as_atom, as_json, parsed

SCHEMA = json.loads((Path(__file__).parents[1] / "conformance" / "json_feed.schema.json").read_text())
SUBSCRIBED = ["notices", "privacy-policy/notices", "terms/notices"]


def documents(files):
    """Every document of a feed, by its place; it lies beside Atom of the same name."""
    places = [place.replace(".atom", ".json") for place in files if place.endswith(".atom")]
    return {place: json.loads(files[place]) for place in places}


def test_every_document_keeps_to_the_rules_of_json_feed(long_files):
    checker = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert len(documents(long_files)) == 3 + 2 + 1 + 1
    for place, feed in documents(long_files).items():
        assert [one.message for one in checker.iter_errors(feed)] == [], place
        assert long_files[place] == (json.dumps(feed, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


@pytest.mark.parametrize("name", SUBSCRIBED)
def test_it_tells_what_atom_tells(long_files, name):
    atom, json_feed = Reader(f"{ROOT}{name}.atom", as_atom), Reader(f"{ROOT}{name}.json", as_json)
    atom.poll(long_files)
    json_feed.poll(long_files)
    assert json_feed.seen == atom.seen

    feed, other = json.loads(long_files[f"{name}.json"]), parsed(long_files, f"{ROOT}{name}.atom")
    assert feed["title"] == other.findtext("a:title", namespaces=NAMES)
    for item, entry in zip(feed["items"], other.findall("a:entry", NAMES), strict=True):
        for key, tag in (("title", "title"), ("date_published", "published"), ("date_modified", "updated")):
            assert item[key] == entry.findtext(f"a:{tag}", namespaces=NAMES)
        assert item["url"] == entry.xpath("string(a:link[@rel='alternate']/@href)", namespaces=NAMES)
        assert item["tags"] == entry.xpath("a:category/@term", namespaces=NAMES)


def test_the_facts_and_the_words_are_those_of_the_notices_own_file(long_files):
    for feed in documents(long_files).values():
        for item in feed["items"]:
            facts = item["_inforce"]
            notice = json.loads(long_files[facts["url"]])
            message = notice.pop("messages")[notice["language"]]
            assert {**notice, "url": facts["url"]} == facts | {"version": 1}
            assert (item["content_text"], item["content_html"]) == (message["text"], message["html"])
