"""The documents of feeds, whatever their format: what is in which, how they lead to each other, their names."""

import json

import pytest
from notices.feed_reader import NAMES, ROOT, chain, ids, index_of, link, parsed, place
from notices.long_record import LONG_NOW, files_of
from qstore_site import BEFORE
from repository import FIRST, TERMS, instant, material, revision

ALL, PRIVACY = f"{ROOT}notices.atom", f"{ROOT}privacy-policy/notices.atom"


def feeds_of(files):
    """Every document of a feed, in both formats."""
    atom = [one for one in files if one.endswith(".atom")]
    return {one: files[one] for one in [*atom, *(one.replace(".atom", ".json") for one in atom)]}


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
    for own, feed in back.items():
        is_archive = own != address
        assert (feed.find("fh:archive", NAMES) is not None) == is_archive
        assert link(feed, "self") == own
        assert link(feed, "current") == (address if is_archive else None)


@pytest.mark.parametrize(("address", "name"), [(ALL, "notices"), (PRIVACY, "privacy-policy")])
def test_all_documents_of_a_feed_are_called_the_same(long_files, address, name):
    """In JSON a feed is called by its address, and `next_url` leads to the same documents as `prev-archive`."""
    back = chain(long_files, address, "prev-archive")
    in_json = [json.loads(long_files[place(one).replace(".atom", ".json")]) for one in back]

    assert {feed.findtext("a:id", namespaces=NAMES) for feed in back.values()} == {
        f"tag:qstore.example,2014:feeds/{name}"
    }
    assert {feed["feed_url"] for feed in in_json} == {address.replace(".atom", ".json")}
    assert [feed.get("next_url") for feed in in_json] == [*(one.replace(".atom", ".json") for one in [*back][1:]), None]


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


def test_an_archive_document_that_is_full_is_called_as_the_policy_was_then(long_record, long_files, tmp_path):
    repo = long_record.copy(tmp_path / "repo")
    renamed = TERMS.replace("Privacy Policy", "개인정보처리방침").replace("language: en", "language: ko")
    repo.commit("2018-05-21T09:00:00+09:00", {"privacy-policy/policy.yml": renamed})

    after = files_of(repo, "2018-05-22T00:00:00+09:00")
    assert parsed(after, PRIVACY).findtext("a:title", namespaces=NAMES) == "개인정보처리방침: 변경 안내"
    old = {one: data for one, data in feeds_of(long_files).items() if "privacy-policy/notices/archive/" in one}
    assert len(old) == 2
    assert {one: after[one] for one in old} == old


def test_a_move_to_another_host_changes_addresses_alone(long_record):
    here = feeds_of(files_of(long_record))
    moved = feeds_of(files_of(long_record, host="legal.qstore.example"))

    assert len(here) == 2 * (3 + 2 + 1 + 1)
    for where, data in here.items():
        assert moved[where] != data
        assert moved[where].replace(b"legal.qstore.example", b"policies.qstore.example") == data


def test_instants_have_the_offset_of_the_policys_zone_and_those_of_all_policies_utc(long_files):
    whole, own = parsed(long_files, ALL), parsed(long_files, PRIVACY)
    told = whole.xpath("a:entry/a:published/text() | a:entry/a:updated/text()", namespaces=NAMES)
    items = json.loads(long_files["notices.json"])["items"]
    told += [one[key] for one in items for key in ("date_published", "date_modified")]

    assert len(told) == 200
    assert {one[-6:] for one in told} == {"+09:00"}
    assert [feed.findtext("a:updated", namespaces=NAMES)[-6:] for feed in (whole, own)] == ["+00:00", "+09:00"]
