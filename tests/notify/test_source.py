"""What is pulled of a site's notices: from a folder and over HTTP, whole, no more than needed, and nothing odd."""

import json
from datetime import UTC, datetime

import pytest
from notify.pulled_site import INDEX, PREFIX, Site, serving, sha256, to_bytes

from inforce.adapters.notify.notices_source import open_source
from inforce.core.announcement import Message, Recipients
from inforce.core.errors import ConfigurationError, RecordError
from inforce.core.pulled import compare


@pytest.fixture
def site(tmp_path):
    """Two policies' notices, three on a full page."""
    site = Site(tmp_path / "site", full=3)
    for revision in ("2014-03-01", "2018-04-10"):
        site.post(revision)
        site.post(
            revision, policy="user-agreement", name="reminder-30.current_users", days=30, audience="current_users"
        )
    site.write()
    return site


@pytest.fixture(params=["folder", "http"])
def opened(request, site):
    """Opens the site: from its folder, and over HTTP."""
    if request.param == "folder":
        yield lambda: open_source(str(site.folder))
    else:
        with serving(site.folder) as web:
            yield lambda: open_source(web.root)


def test_a_pull_gives_every_notice_in_the_order_of_the_postings(site, opened):
    with opened() as source:
        pulled = source.pull()
    assert [one.id for one in pulled.announcements] == [entry["id"] for entry in site.entries]
    assert pulled.authority == PREFIX
    one = pulled.announcements[0]
    assert (one.event, one.policy, one.revision, one.language) == ("posted", "privacy-policy", "2014-03-01", "en")
    assert one.due == datetime(2018, 4, 10, tzinfo=UTC)
    assert one.expires == datetime(2018, 6, 9, 15, tzinfo=UTC)
    assert one.recipients == Recipients(None, datetime(2018, 4, 10, tzinfo=UTC))
    assert (one.key, one.digest) == (site.entries[0]["idempotency_key"], sha256(b"# The text of 2014-03-01\n"))


def test_with_nothing_new_there_is_nothing_to_read(opened):
    with opened() as source:
        assert source.pull(source.pull().state) is None


def test_a_full_page_is_read_once(site, opened):
    with opened() as source:
        before = source.pull()
        site.post("2019-01-01")
        site.write()
        after = source.pull(before.state)
    assert [one.id for one in after.announcements] == [entry["id"] for entry in site.entries[3:]]
    assert after.unread == {entry["id"] for entry in site.entries[:3]}
    assert compare({one.id: one.facts for one in before.announcements}, after) == []


def test_a_poll_with_nothing_new_costs_one_304(site):
    with serving(site.folder) as web, open_source(web.root) as source:
        state = source.pull().state
        assert web.asked == [INDEX, "/notices/index/1.json"]
        assert source.pull(state) is None
    assert (web.asked[2:], web.statuses[2:]) == ([INDEX], [304])
    assert web.headers[0]["accept-encoding"] == "gzip"


def test_the_state_of_one_site_counts_for_no_other(site):
    with serving(site.folder) as one, serving(site.folder) as other:
        with open_source(one.root) as source:
            state = source.pull().state
        with open_source(other.root) as source:
            assert source.pull(state).unread == {entry["id"] for entry in site.entries[:3]}
    assert other.asked == [INDEX]


@pytest.mark.parametrize("state", ["", "{", "null", "[]", '{"authority": 1}', "state of an older job"])
def test_a_state_that_is_none_is_as_good_as_none(opened, state):
    with opened() as source:
        assert len(source.pull(state).announcements) == 4


def test_messages_come_from_the_file_that_the_index_means(opened):
    with opened() as source:
        one = source.pull().announcements[1]
        messages = source.messages(one)
        assert source.raw(one)["id"] == one.id
    assert messages["en"] == Message("About 2014-03-01", "What changes\n", "<h1>What changes</h1>")
    assert messages["ko"].subject == "변경 안내"


def test_a_notice_whose_file_was_changed_is_not_sent(site, opened):
    with opened() as source:
        one = source.pull().announcements[1]
        path = site.folder / one.url
        path.write_bytes(path.read_bytes().replace(b"What changes", b"What chances"))
        with pytest.raises(RecordError) as told:
            source.messages(one)
    assert "the digest of this file is" in str(told.value)
    assert one.url in str(told.value)


def test_a_notice_that_says_something_else_than_the_index_is_not_sent(site, opened):
    path = site.folder / site.entries[3]["url"]
    path.write_bytes(path.read_bytes().replace(b'"material"', b'"clarifying"'))
    index = json.loads((site.folder / "notices/index.json").read_text())
    index["notices"][0]["file_digest"] = sha256(path.read_bytes())
    site.put("notices/index.json", index)
    with opened() as source, pytest.raises(RecordError, match="does not say what the index says"):
        source.messages(source.pull().announcements[3])


def test_the_text_has_to_be_the_one_that_the_notice_means(site, opened):
    with opened() as source:
        one, *_ = source.pull().announcements
        source.check_text(one)
        site.put("privacy-policy/2014-03-01/source.md", b"# Another text\n")
        with pytest.raises(RecordError, match="nothing about this revision is sent"):
            source.check_text(one)
        (site.folder / "privacy-policy/2014-03-01/source.md").unlink()
        with pytest.raises(RecordError, match=r"source\.md: (there is no such file|this is not there)"):
            source.check_text(one)


def seen_of(pulled):
    return {one.id: one.facts for one in pulled.announcements}


def test_changed_and_vanished_notices_are_told_together(site, opened):
    with opened() as source:
        before = source.pull()
        site.entries[0]["due"] = "2018-04-11T09:00:00+09:00"
        site.entries[3]["summary"] = ["Something else."]
        del site.entries[1]
        site.write()
        problems = compare(seen_of(before), source.pull(before.state))
    changed, gone = "no longer says what it said when it came", "was there, and is no more"
    assert [problem.what for problem in problems] == [
        f"the notice `{PREFIX}notices/privacy-policy/2014-03-01/posted` {changed}",
        f"the notice `{PREFIX}notices/user-agreement/2018-04-10/reminder-30.current_users` {changed}",
        f"the notice `{PREFIX}notices/user-agreement/2014-03-01/reminder-30.current_users` {gone}",
    ]
    assert all("nothing is sent" in problem.todo for problem in problems)


def test_links_titles_and_postings_may_change(site, opened):
    with opened() as source:
        before = source.pull()
        for entry in site.entries:
            entry["links"]["pdf"] = "privacy-policy/2018-04-10/privacy-policy-2018-04-10.pdf"
            entry["title"] = "Privacy"
            entry["posting"] = {"kind": "stated", "source": "Publication log, page 3"}
            entry["something_new"] = 1.5
        site.write()
        after = source.pull(before.state)
    assert len(after.announcements) == 4
    assert compare(seen_of(before), after) == []


@pytest.mark.parametrize(
    "key", ["acceptance", "audience", "change", "days", "effective", "idempotency_key", "language"]
)
def test_every_fact_counts(site, opened, key):
    others = {
        "acceptance": {"asked": False, "by": None},
        "audience": "new_users",
        "change": None,
        "days": 29,
        "effective": {},
        "idempotency_key": "0" * 32,
        "language": "ko",
    }
    with opened() as source:
        before = source.pull()
        site.entries[3][key] = others[key]
        site.write()
        problems = compare(seen_of(before), source.pull(before.state))
    assert len(problems) == 1


def test_another_authority_is_one_alarm(site, opened):
    with opened() as source:
        before = source.pull()
        for entry in site.entries:
            entry["id"] = entry["id"].replace("qstore", "other")
        site.write(authority=PREFIX.replace("qstore", "other"))
        problems = compare(seen_of(before), source.pull(before.state))
    assert [problem.what for problem in problems] == [
        f"ids of notices begin with `tag:other.example,2014:` now, and began with `{PREFIX}`"
    ]


def test_a_site_that_lost_everything_is_told_in_a_few_lines(tmp_path):
    site = Site(tmp_path / "site")
    for number in range(90):
        site.post(f"{number:03}")
    site.write()
    with open_source(str(site.folder)) as source:
        before = source.pull()
        site.entries.clear()
        site.write()
        problems = compare(seen_of(before), source.pull(before.state))
    assert len(problems) == 21
    assert problems[-1].what == "and so it is with 70 more"


def test_a_notice_on_a_page_and_on_the_index_is_there_twice(site, opened):
    with opened() as source:
        state = source.pull().state
        index = json.loads((site.folder / "notices/index.json").read_text())
        index["notices"] = [json.loads((site.folder / "notices/index/1.json").read_text())["notices"][0]]
        site.put("notices/index.json", index)
        for pulled in (source.pull(), source.pull(state)):
            assert "is there twice" in compare({}, pulled)[0].what


# What is not a site's index.

NOTHING_OF_IT = [
    (b"", "this ends in the middle"),
    (b'{"authority": "tag:q', "this ends in the middle"),
    (b"<!doctype html><title>Sign in</title>", "this is a page for people, not JSON"),
    (b"{'authority': 1}", "this is not JSON (line 1): Expecting property name enclosed in double quotes"),
    (b"\xff\xfe{\0}\0", "this is not UTF-8 (byte 0)"),
    (b'\xef\xbb\xbf{"count": 0}', "this is not JSON (line 1): Unexpected UTF-8 BOM (decode using utf-8-sig)"),
    (b"[" * 100_000, "this is nested too deep"),
    (b'{"count": 1e999}', "this is not JSON as it is written here: the number 1e999 is too large"),
    (b'{"count": NaN}', "this is not JSON as it is written here: NaN is no number"),
    (b'{"count": -Infinity}', "this is not JSON as it is written here: -Infinity is no number"),
    (b'{"count": 1' + b"0" * 5000 + b"}", "this is not JSON as it is written here: Exceeds the limit"),
    (b'{"count": 0, "count": 1}', "this is not JSON as it is written here: a key is there twice"),
    (b"null", "None is not of type 'object'"),
    (b"[]", "[] is not of type 'object'"),
    (b'{"version": 2}', "this is version 2 of the format, made by a newer Inforce; here version 1 is known"),
    (b'{"version": "1"}', "`version`: 1 was expected"),
]


@pytest.mark.parametrize(("data", "what"), NOTHING_OF_IT, ids=lambda one: str(one)[:20])
def test_what_is_no_index_is_told(site, opened, data, what):
    site.put("notices/index.json", data)
    with opened() as source, pytest.raises(RecordError) as told:
        source.pull()
    assert told.value.problems[0].what.startswith(what)
    assert told.value.problems[0].path.endswith("notices/index.json")


def test_a_newer_format_asks_for_a_newer_job(site, opened):
    site.write(version=2)
    with opened() as source, pytest.raises(RecordError, match="pip install --upgrade inforce"):
        source.pull()


WRONG_ENTRIES = [
    ({"due": "2018-04-10T09:00:00"}, "`notices[0].due`: '2018-04-10T09:00:00' is not a 'date-time'"),
    ({"due": "2018-02-30T09:00:00+09:00"}, "`notices[0].due`: '2018-02-30T09:00:00+09:00' is not a 'date-time'"),
    ({"due": 1523318400}, "`notices[0].due`: 1523318400 is not of type 'string'"),
    ({"expires": "2018-04-10T09:00:00+09:00"}, f"the notice `{PREFIX}notices/p/r/posted` expires before it is due"),
    (
        {"event": "deleted"},
        "`notices[0].event`: 'deleted' is not one of ['posted', 'in-effect', 'reminder', 'overtaken']",
    ),
    ({"event": "reminder"}, "`notices[0]`: 'days' is a required property"),
    ({"days": 30}, "`notices[0]`: does not fit `not` of its schema"),
    (
        {"id": "tag:other.example,2014:notices/p/r/posted"},
        "the id `tag:other.example,2014:notices/p/r/posted` does not",
    ),
    ({"id": "https://qstore.example/notices/p/r/posted"}, "`notices[0].id`: does not fit `pattern` of its schema"),
    ({"digest": "0" * 63}, "`notices[0].digest`: does not fit `pattern` of its schema"),
    ({"policy": "../privacy-policy"}, "`notices[0].policy`: '../privacy-policy' does not match"),
    ({"policy": "p\n"}, "`notices[0].policy` holds a character that cannot be seen"),
    ({"title": "Privacy\0Policy"}, "`notices[0].title` holds a character that cannot be seen"),
    ({"title": "Privacy\nBcc: all"}, "`notices[0].title` holds a character that cannot be seen"),
    ({"summary": ["", "\ud800"]}, "`notices[0].summary[1]` holds a character that cannot be seen"),
    ({"links": {"text": "p/r/"}}, "`notices[0].links`: 'changes' is a required property"),
    (
        {"recipients": {"registered_before": "soon", "registered_from": None}},
        "`notices[0].recipients.registered_before`",
    ),
    ({"url": "../secrets.json"}, "`../secrets.json` is no place below the site's root"),
    ({"url": "/etc/passwd"}, "`/etc/passwd` is no place below the site's root"),
    ({"url": "https://other.example/posted.json"}, "`https://other.example/posted.json` is no place below"),
    ({"url": "//other.example/posted.json"}, "`//other.example/posted.json` is no place below the site's root"),
    ({"url": "notices/%2e%2e/%2e%2e/x.json"}, "`notices/%2e%2e/%2e%2e/x.json` is no place below the site's root"),
    ({"url": "notices\\..\\x.json"}, "`notices\\..\\x.json` is no place below the site's root"),
    ({"url": "notices/p/../../x.json"}, "`notices/p/../../x.json` is no place below the site's root"),
    ({"url": "notices/p.json?x"}, "`notices/p.json?x` is no place below the site's root"),
    ({"url": ""}, "`` is no place below the site's root"),
]


@pytest.mark.parametrize(("changes", "what"), WRONG_ENTRIES, ids=lambda one: str(one)[:30])
def test_what_is_no_entry_is_told_with_its_place(tmp_path, changes, what):
    entry = Site(tmp_path).post("r", policy="p", file_digest="0" * 64)
    index = {"authority": PREFIX, "count": 1, "notices": [{**entry, **changes}], "pages": [], "version": 1}
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices/index.json").write_text(json.dumps(index))
    with open_source(str(tmp_path)) as source, pytest.raises(RecordError) as told:
        source.pull()
    assert told.value.problems[0].what.startswith(what)
    assert all(len(problem.what) < 200 for problem in told.value.problems)


def test_an_index_has_to_fit_itself(site, opened):
    site.write(count=5)
    with (
        opened() as source,
        pytest.raises(RecordError, match="`count` is 5, and the pages and the list have 4 notices"),
    ):
        source.pull()
    site.post("2014-03-01")
    site.entries[:0] = [site.entries[-1]]
    site.write()
    with opened() as source, pytest.raises(RecordError, match=r"the notice `tag.*posted` is there twice"):
        source.pull()


def test_a_page_has_to_be_the_one_that_the_index_names(site, opened):
    index = json.loads((site.folder / "notices/index.json").read_text())
    page = json.loads((site.folder / "notices/index/1.json").read_text())

    def pull():
        with opened() as source, pytest.raises(RecordError) as told:
            source.pull()
        return str(told.value)

    site.put("notices/index/1.json", {**page, "page": 2})
    assert "this is not the page of which the index speaks" in pull()
    index["pages"][0]["digest"] = sha256(to_bytes({**page, "page": 2}))
    site.put("notices/index.json", index)
    assert "this is page 2 with 3 notices, not page 1 with 3" in pull()
    site.put("notices/index/1.json", to_bytes(page)[:-20])
    index["pages"][0]["digest"] = sha256(to_bytes(page)[:-20])
    site.put("notices/index.json", index)
    assert "this ends in the middle" in pull()
    (site.folder / "notices/index/1.json").unlink()
    assert (
        "notices/index/1.json: this is not there" in pull() or "notices/index/1.json: there is no such file" in pull()
    )
    index["pages"][0]["url"] = "../1.json"
    site.put("notices/index.json", index)
    assert "`../1.json` is no place below the site's root" in pull()


# What is particular to folders.


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no such folder"):
        open_source("missing", tmp_path)


def test_a_site_without_notices_is_told(tmp_path):
    with open_source(str(tmp_path)) as source, pytest.raises(RecordError, match="has the option `notices`"):
        source.pull()


def test_links_out_of_the_folder_are_not_followed(site, tmp_path):
    (tmp_path / "elsewhere.json").write_bytes((site.folder / "notices/index.json").read_bytes())
    (site.folder / "notices/index.json").unlink()
    (site.folder / "notices/index.json").symlink_to(tmp_path / "elsewhere.json")
    with open_source(str(site.folder)) as source, pytest.raises(RecordError, match="this leads out of the folder"):
        source.pull()


def test_what_is_no_file_is_not_read(site):
    (site.folder / "notices/index.json").unlink()
    (site.folder / "notices/index.json").mkdir()
    with open_source(str(site.folder)) as source, pytest.raises(RecordError, match="this is no file"):
        source.pull()


def test_an_enormous_file_is_not_read_to_its_end(site):
    with (site.folder / "notices/index.json").open("r+b") as file:
        file.truncate(1 << 40)
    with (
        open_source(str(site.folder)) as source,
        pytest.raises(RecordError, match="this is larger than 16777216 bytes"),
    ):
        source.pull()
