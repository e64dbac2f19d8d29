"""A site's own words stand in feeds, notices and the calendar as they were written, whatever signs are in them."""

import re

import feedparser
import icalendar
import pytest
from lxml import etree
from qstore_site import BEFORE, CONFIG, FIRST, NOW, POSTED, SECOND
from repository import TERMS

from inforce.formats.messages import message_file
from inforce.formats.notices.reading import read_index, read_notice

NOTICES = CONFIG.replace(
    "archive: ''", "archive: '', messages: words, notices: {authority: qstore.example, year: 2014}"
)
SIGNS = "Q&A <b> ]]> 'x' ;,"
MESSAGE = re.compile(r'^((?:feed|notice|calendar)\.[a-z._]+): "(.*)"$', re.MULTILINE)


@pytest.fixture
def exported(repo):
    """What a site exports of which every word about notices has signs in it that XML, HTML and calendars read."""
    words, count = MESSAGE.subn(rf'\1: "\2 {SIGNS}"', message_file("en"))
    assert count > 30
    (repo.folder / "mkdocs.yml").write_text(NOTICES.replace("site_name: Qstore", 'site_name: "Qstore & <Co>"'))
    (repo.folder / "words").mkdir()
    (repo.folder / "words" / "en.yml").write_text(words)
    repo.commit(BEFORE, {"terms/policy.yml": f"{TERMS}contact: R&D <Qstore>\n", "terms/2014-03-01.md": FIRST})
    repo.commit(POSTED, {"terms/2018-04-10.md": SECOND})
    said = repo.inforce("export-feed", "--out", "out", now=NOW)
    assert said.status == 0, said
    return repo.folder / "out"


def test_feeds_are_xml_and_say_the_words(exported):
    for place in ("notices.atom", "terms/notices.atom"):
        data = (exported / place).read_bytes()
        whole = etree.fromstring(data)
        words = whole.xpath("//*[local-name()='subtitle' or local-name()='title']")
        assert len(words) > 3
        assert all(one.xpath("string()").endswith(SIGNS) for one in words)
        assert not feedparser.parse(data).bozo
    assert "Qstore & <Co>" in (exported / "notices.json").read_text()


def test_the_job_reads_every_notice(exported):
    index = read_index((exported / "notices/index.json").read_bytes(), "index.json")
    assert len(index.announcements) > 3
    for one in index.announcements:
        message = read_notice((exported / one.url).read_bytes(), one.url, one)["messages"]["en"]
        assert message["subject"].endswith(SIGNS)
        assert etree.fromstring(message["html"]).findtext("h1") == message["subject"]


def test_the_calendar_says_the_words(exported):
    events = icalendar.Calendar.from_ical((exported / "effective-dates.ics").read_bytes()).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == [
        f"Privacy Policy: changes for current users from 10 May 2018 {SIGNS}"
    ]
