"""Feeds as Atom: held to the standard's own grammar, read by a real reader, told to a person who opens one."""

import json

import feedparser
import pytest
from conformance.atom_grammar import problems_of
from notices.feed_reader import NAMES, ROOT, chain, parsed
from notices.long_record import WITH_NOTICES, files_of
from qstore_site import POSTED
from repository import FIRST

ALL = f"{ROOT}notices.atom"
PLAIN = ["event", "policy", "revision", "digest", "change", "due", "expires"]
"""Facts that are attributes of the same name."""


def documents(files):
    return {place: data for place, data in files.items() if place.endswith(".atom")}


def entries(files):
    """Every entry of the feed of all, the newest first."""
    return [one for feed in chain(files, ALL, "prev-archive").values() for one in feed.findall("a:entry", NAMES)]


def facts_of(entry):
    """The facts of an entry, as the notice's own file has them."""
    (notice,) = entry.findall("inforce:notice", NAMES)
    inside = {}
    for one in notice:
        inside.setdefault(one.tag.partition("}")[2], []).append(dict(one.attrib))
    return dict(notice.attrib), inside


def without_nulls(values):
    return {key.replace("_", "-"): value for key, value in values.items() if value is not None}


def file_of(files, entry):
    """The notice's own file."""
    (target,) = entry.xpath("a:link[@title='notice']/@href", namespaces=NAMES)
    return json.loads(files[target.removeprefix(ROOT)])


def test_every_document_keeps_to_the_grammar_and_the_rules_of_the_standard(long_files):
    assert len(documents(long_files)) == 3 + 2 + 1 + 1
    for place, data in documents(long_files).items():
        assert problems_of(data) == [], place


def test_a_feed_reader_finds_everything_in_it(long_files):
    for data in documents(long_files).values():
        read = feedparser.parse(data)
        assert not read.bozo
        assert len(read.entries) == data.count(b"<entry ")
        for one in read.entries:
            assert one.id.startswith("tag:qstore.example,2014:notices/")
            assert one.link.startswith(f"{ROOT}notices/")
            assert one.title
            assert one.content[0].type == "application/xhtml+xml"
            assert ROOT in one.content[0].value


def test_the_facts_are_those_of_the_notices_own_file(long_files):
    for entry in entries(long_files):
        own, inside = facts_of(entry)
        notice = file_of(long_files, entry)
        audience = {key: str(notice[key]) for key in ("days", "audience") if notice.get(key)}
        expected = without_nulls({key: notice[key] for key in PLAIN}) | audience
        assert own == {**expected, "idempotency-key": notice["idempotency_key"]}
        assert inside.pop("posting") == [notice["posting"]]
        effects = [{"audience": who, **without_nulls(effect)} for who, effect in notice["effective"].items()]
        assert inside.pop("effective") == effects
        asked, by = notice["acceptance"]["asked"], notice["acceptance"]["by"]
        assert inside.pop("acceptance") == [without_nulls({"asked": str(asked).lower(), "by": by})]
        assert inside.pop("recipients", []) == [without_nulls(one) for one in [notice["recipients"]] if one]
        assert inside.pop("cancels", []) == [{"id": one} for one in notice["cancels"]]
        assert inside == {}


def test_an_entry_has_the_words_and_the_links_of_its_notice(long_files):
    for entry in entries(long_files):
        notice = file_of(long_files, entry)
        assert entry.findtext("a:title", namespaces=NAMES) == notice["messages"][notice["language"]]["subject"]
        told = " ".join("".join(entry.find("a:content/xhtml:div", NAMES).itertext()).split())
        for words in notice["summary"]:
            assert words in told
        links = {one.get("title"): one.get("href") for one in entry.findall("a:link", NAMES)}
        for key, place in notice["links"].items():
            assert links.get(key) == (place and f"{ROOT}{place}")
        categories = entry.xpath("a:category/@term", namespaces=NAMES)
        assert categories == [one for one in (notice["event"], notice["change"]) if one]


def test_what_is_stated_late_is_told_when_it_joins_the_record(long_files):
    oldest = entries(long_files)[-1]

    assert oldest.findtext("a:published", namespaces=NAMES) == "2014-01-01T00:00:00+09:00"
    assert oldest.findtext("a:updated", namespaces=NAMES) == "2018-04-01T09:00:00+09:00"


def test_a_person_who_opens_it_is_told_what_it_is_in_the_language_of_its_policy(long_files):
    feed = parsed(long_files, f"{ROOT}terms/notices.atom")
    said = {one: feed.xpath(f"string(a:{one})", namespaces=NAMES) for one in ("title", "subtitle")}
    assert said["title"] == '이용약관 <&">: 변경 안내'
    assert "주소를 피드 리더에" in said["subtitle"]
    assert b'href="../notices/feed.css"' in long_files["terms/notices.atom"].splitlines()[1]
    assert b'href="../feed.css"' in long_files["notices/archive/1.atom"].splitlines()[1]
    assert b"content:" not in long_files["notices/feed.css"]  # Nothing is said by the style sheet.


def test_where_there_are_no_words_in_the_policys_language_it_says_in_which_they_are(repo):
    terms = "title: سياسة الخصوصية\nlanguage: ar\ntime_zone: UTC\n"
    repo.commit(POSTED, {"terms/policy.yml": terms, "terms/2018-04-10.md": FIRST})
    files = files_of(repo)

    (entry,) = entries(files)
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert entry.findtext("a:title", namespaces=NAMES) == "\u2068سياسة الخصوصية\u2069: a new policy"
    (item,) = json.loads(files["notices.json"])["items"]
    assert (item["language"], item["_inforce"]["language"]) == ("en", "ar")


def test_signs_of_xml_in_the_sites_name_and_address_are_said_as_they_are(repo):
    (repo.folder / "mkdocs.yml").write_text(
        WITH_NOTICES.replace("name: Qstore", "name: 'Q & \"<Store>\"'").replace(".example/\n", ".example/a&b/\n")
    )
    repo.commit(POSTED, {"terms/policy.yml": "title: T\nlanguage: en\ntime_zone: UTC\n", "terms/2018-04-10.md": FIRST})
    assert repo.inforce("export-feed", "--out", "feeds", now=POSTED).status == 0

    data = (repo.folder / "feeds" / "notices.atom").read_bytes()
    assert problems_of(data) == []
    read = feedparser.parse(data)
    assert read.feed.author == 'Q & "<Store>"'
    assert read.entries[0].link == "https://policies.qstore.example/a&b/notices/terms/2018-04-10/#posted"


@pytest.mark.parametrize("files", [{}, {"terms/policy.yml": "title: T\nlanguage: en\ntime_zone: UTC\n"}])
def test_a_site_without_postings_has_an_empty_feed(repo, files):
    repo.commit(POSTED, files)

    data = files_of(repo)["notices.atom"]
    assert problems_of(data) == []
    assert parsed({"notices.atom": data}, ALL).findtext("a:updated", namespaces=NAMES) == "2014-01-01T00:00:00+00:00"
