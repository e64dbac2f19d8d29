"""The documents of feeds, whatever their format: what is in which, how they lead to each other, their names."""

import json

import pytest
from notices.feed_reader import NAMES, ROOT, chain, ids, link, parsed
from notices.long_record import LONG_NOW, WITH_NOTICES, files_of
from qstore_site import BEFORE
from repository import FIRST, TERMS, instant, material, revision

ALL, PRIVACY = f"{ROOT}notices.atom", f"{ROOT}privacy-policy/notices.atom"


def feeds_of(files):
    """Every document of a feed, in both formats."""
    atom = [place for place in files if place.endswith(".atom")]
    return {place: files[place] for place in [*atom, *(one.replace(".atom", ".json") for one in atom)]}


def index_of(files):
    """Every notice, as the job reads them."""
    index = json.loads(files["notices/index.json"])
    pages = [json.loads(files[page["url"]])["notices"] for page in index["pages"]]
    return [one for page in [*pages, index["notices"]] for one in page]


def names(found):
    return [one.partition("notices/")[2] for one in found]


def test_the_subscription_document_has_the_newest_50_and_the_rest_lies_in_archive_documents(long_files):
    back = chain(long_files, ALL, "prev-archive")

    assert list(back) == [ALL, f"{ROOT}notices/archive/2.atom", f"{ROOT}notices/archive/1.atom"]
    assert [len(ids(feed)) for feed in back.values()] == [50, 45, 50]
    everything = [one for feed in back.values() for one in ids(feed)]
    assert len(everything) == len(set(everything))
    updated = [feed.xpath("a:updated/text() | a:entry/a:updated/text()", namespaces=NAMES) for feed in back.values()]
    moments = [instant(one) for document in updated for one in document]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("address", [ALL, PRIVACY])
def test_archive_documents_lead_to_each_other_and_to_what_is_subscribed_to(long_files, address):
    back = chain(long_files, address, "prev-archive")

    assert list(chain(long_files, list(back)[-1], "next-archive")) == list(back)[:0:-1]
    for place, feed in back.items():
        is_archive = place != address
        assert (feed.find("fh:archive", NAMES) is not None) == is_archive
        assert link(feed, "self") == place
        assert link(feed, "current") == (address if is_archive else None)


def test_all_documents_of_a_feed_are_called_the_same(long_files):
    for address, name in ((ALL, "notices"), (PRIVACY, "privacy-policy")):
        for feed in chain(long_files, address, "prev-archive").values():
            assert feed.findtext("a:id", namespaces=NAMES) == f"tag:qstore.example,2014:feeds/{name}"


def test_all_that_is_told_is_there_and_not_what_was_cancelled_before_it_was_due_or_is_to_come(long_files):
    told = [one for feed in chain(long_files, ALL, "prev-archive").values() for one in ids(feed)]

    assert names(one["id"] for one in index_of(long_files) if one["id"] not in told) == [
        "terms/2018-04-12/reminder-7.current_users",
        "terms/2018-04-12/reminder-7.new_users",
        "terms/2018-04-12/in-effect.current_users",
        "terms/2018-04-12/in-effect.new_users",
    ]
    assert "terms/2018-04-12/posted" in names(told)
    assert "terms/2018-04-12/overtaken" in names(told)


def test_what_was_told_stays_told_when_it_is_stated_later_that_it_was_withdrawn(repo):
    """A text that took effect, as far as the record knew; then the log turns up in which it was overtaken."""
    late = material("posted: 2017-02-01\nsource: Log\novertakes: 2017-01-01", "# P\n\nOther.\n")
    repo.commit(
        BEFORE,
        {
            "terms/policy.yml": f"{TERMS}reminders: none\n",
            "terms/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", FIRST),
            "terms/2017-01-01.md": material("posted: 2017-01-01\nsource: Log\neffective: 90 days after posting"),
        },
    )
    before = files_of(repo, BEFORE)
    repo.commit(LONG_NOW, {"terms/2017-02-01.md": late})

    told = names(ids(parsed(before, ALL)))
    assert told[:2] == ["terms/2017-01-01/in-effect.new_users", "terms/2017-01-01/in-effect.current_users"]
    after = names(ids(parsed(files_of(repo), ALL)))
    assert after == ["terms/2017-01-01/overtaken", "terms/2017-02-01/posted", *told]


def test_a_move_to_another_host_changes_addresses_alone(long_record, tmp_path):
    def exported(repo):
        assert repo.inforce("export-feed", "--out", "feeds", now=LONG_NOW).status == 0
        files = {one.relative_to(repo.folder / "feeds").as_posix(): one for one in (repo.folder / "feeds").rglob("*.*")}
        return feeds_of({place: one.read_bytes() for place, one in files.items() if one.is_file()})

    repo = long_record.copy(tmp_path / "repo")
    here = exported(repo)
    (repo.folder / "mkdocs.yml").write_text(WITH_NOTICES.replace("policies.qstore.example", "legal.qstore.example"))
    moved = exported(repo)

    assert len(here) == 2 * (3 + 2 + 1 + 1)
    for place, data in here.items():
        assert moved[place] != data
        assert moved[place].replace(b"legal.qstore.example", b"policies.qstore.example") == data
