"""A commit that is pushed later than it is dated: what the feeds say of it, and that they do not run backwards."""

import json

import pytest
from lxml import etree
from qstore_site import AGREEMENT, BEFORE, CONFIG, FIRST, POSTED
from repository import TERMS, instant, material

CONFIG = CONFIG.replace("archive: ''", "archive: '', notices: {authority: qstore.example, year: 2014}")
ATOM = "{http://www.w3.org/2005/Atom}"
REMINDED = "2018-05-03T00:00:00+09:00"
WITHDRAWN = "2018-05-02T09:00:00+09:00"


@pytest.fixture
def reminded(repo):
    """A text that takes effect on 10 May 2018, of which a site has reminded on 3 May; and a policy beside it."""
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST, **AGREEMENT})
    repo.commit(POSTED, {"terms/2018-04-10.md": material("effective: 2018-05-10")})
    return repo


def read(repo, place, now):
    """When a feed was updated, and what stands in it of the revisions of 2018, the newest first."""
    said = repo.inforce("export-feed", "--out", "out", now=now)
    assert said.status == 0, said
    feed = etree.fromstring((repo.folder / "out" / place).read_bytes())
    ids = [one.findtext(f"{ATOM}id").partition("/")[2] for one in feed.findall(f"{ATOM}entry")]
    return instant(feed.findtext(f"{ATOM}updated")), [one for one in ids if "/2018-" in one]


def withdraw(repo):
    repo.commit(WITHDRAWN, {"terms/2018-05-02.md": material("overtakes: 2018-04-10")})


@pytest.mark.parametrize("place", ["notices.atom", "terms/notices.atom"])
def test_what_it_takes_back_vanishes_and_the_feed_does_not_run_backwards(reminded, place):
    before, told = read(reminded, place, "2018-05-04T00:00:00+09:00")
    assert before == instant(REMINDED)
    assert told == [
        "terms/2018-04-10/reminder-7.new_users",
        "terms/2018-04-10/reminder-7.current_users",
        "terms/2018-04-10/posted",
    ]

    withdraw(reminded)
    after, told = read(reminded, place, "2018-05-05T00:00:00+09:00")
    assert after == before
    assert set(told) == {"terms/2018-04-10/posted", "terms/2018-04-10/overtaken", "terms/2018-05-02/posted"}
    later, _ = read(reminded, place, "2018-05-20T00:00:00+09:00")
    assert later == instant("2018-05-10T00:00:00+09:00")


def test_pushed_in_time_it_says_the_same_from_then_on(reminded):
    withdraw(reminded)
    assert read(reminded, "terms/notices.atom", "2018-05-02T12:00:00+09:00")[0] == instant(WITHDRAWN)
    assert read(reminded, "terms/notices.atom", "2018-05-05T00:00:00+09:00")[0] == instant(REMINDED)


def test_another_policys_feed_is_not_touched(reminded):
    before = read(reminded, "user-agreement/notices.atom", "2018-05-04T00:00:00+09:00")
    withdraw(reminded)

    assert read(reminded, "user-agreement/notices.atom", "2018-05-05T00:00:00+09:00") == before


def test_the_index_has_everything_and_the_notice_that_cancels(reminded):
    read(reminded, "notices.atom", "2018-05-04T00:00:00+09:00")
    before = json.loads((reminded.folder / "out/notices/index.json").read_text())["notices"]
    withdraw(reminded)

    read(reminded, "notices.atom", "2018-05-05T00:00:00+09:00")
    after = json.loads((reminded.folder / "out/notices/index.json").read_text())["notices"]
    assert after[: len(before)] == before
    [overtaken] = [one for one in after if one["event"] == "overtaken" and one["policy"] == "terms"]
    assert "tag:qstore.example,2014:notices/terms/2018-04-10/reminder-7.new_users" in overtaken["cancels"]
