"""Laws of feeds, on random histories of a policy that is polled now and then.

Histories are short: documents have two entries here. What is stated joins the record whenever somebody finds it.
"""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.histories import DAY, STEPS, histories, law, utc
from notices.feed_reader import NAMES, ROOT, Reader, as_atom, as_json, ids, parsed

from inforce.core.instant import parse_instant
from inforce.core.notice import Authority, notices_of, told_by
from inforce.formats.messages import Languages
from inforce.formats.notices import feed as feeds
from inforce.formats.notices.atom import atom, entry_xml
from inforce.formats.notices.feed import Entry, Feed
from inforce.formats.notices.json import notice_entry
from inforce.formats.notices.json_feed import item_json, json_feed
from inforce.formats.notices.words import links_of, message_of

AUTHORITY = Authority("qstore.example", 2014)
FEED = Feed(
    "tag:qstore.example,2014:feeds/terms", "Terms", "", "en", "Qstore", ROOT, utc("2000-01-01"), policy="privacy-policy"
)
SUBSCRIBED = f"{ROOT}privacy-policy/notices"
MOST = 2


@pytest.fixture(scope="module", autouse=True)
def short_documents():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(feeds, "NEWEST", MOST)
        patched.setattr(feeds, "PER_ARCHIVE", MOST)
        yield


@st.composite
def late_histories(draw):
    """Stated postings join days after each other, and before the first recorded one."""
    history = sorted(draw(histories()).revisions, key=lambda one: one.posting.sequence)
    last = min((one.posted for one in history if not one.posting.is_stated), default=utc("2030-01-01"))
    late, revisions = 0 * DAY, []
    for one in history:
        late += draw(st.sampled_from(STEPS)) if one.posting.is_stated else 0 * DAY
        joined = max(one.joined, min(one.joined + late, last))
        revisions.append(replace(one, posting=replace(one.posting, joined=joined)))
    return revisions


def instants_of(revisions):
    return sorted({one.told_from for one in notices_of(revisions)})


def told_at(revisions, instant):
    """What is told then, with what was known then."""
    return told_by(notices_of([one for one in revisions if one.joined <= instant]), instant)


def entry_of(notice):
    links = links_of(notice, has_pdf=True)
    say = Languages().messages_in("en")
    return Entry(notice, notice_entry(notice, AUTHORITY, links), message_of(notice, say, links, ROOT), say)


def published(told):
    """Every document that is published when that is told, by its place."""
    entries = [entry_of(one) for one in told]
    files = dict(atom(FEED, entries, {one.notice.path: entry_xml(one, ROOT) for one in entries}))
    return files | dict(json_feed(FEED, entries, {one.notice.path: item_json(one, ROOT) for one in entries}))


def full(files):
    """The archive documents that have all the entries that they can have."""
    archives = (place for place in files if "/archive/" in place)
    return {
        place for place in archives if len((as_atom if place.endswith(".atom") else as_json)(files[place])[0]) == MOST
    }


@law(60)
@given(st.data())
def test_who_polls_now_and_then_gets_every_notice_once_in_the_order_in_which_they_were_told(data):
    revisions = data.draw(late_histories())
    instants = instants_of(revisions)
    polls = sorted(data.draw(st.sets(st.sampled_from(instants), max_size=4)) | {instants[-1]})
    readers = Reader(f"{SUBSCRIBED}.atom", as_atom), Reader(f"{SUBSCRIBED}.json", as_json)

    for instant in polls:
        told = told_at(revisions, instant)
        for reader in readers:
            reader.poll(published(told))
            assert reader.seen == [AUTHORITY.id_of(one.path) for one in told]


@law(60)
@given(late_histories())
def test_a_full_document_never_changes_and_no_document_goes(revisions):
    for before, after in pairwise(published(told_at(revisions, instant)) for instant in instants_of(revisions)):
        assert before.keys() <= after.keys()
        assert {place: after[place] for place in full(before)} == {place: before[place] for place in full(before)}


@law(60)
@given(late_histories())
def test_what_is_subscribed_to_never_runs_backwards(revisions):
    moments = []
    for instant in instants_of(revisions):
        feed = parsed(published(told_at(revisions, instant)), f"{SUBSCRIBED}.atom")
        updated = [
            parse_instant(one) for one in feed.xpath("a:updated/text() | a:entry/a:updated/text()", namespaces=NAMES)
        ]
        assert updated == sorted(updated, reverse=True)
        assert len(ids(feed)) <= MOST
        moments.append(updated[0])
    assert moments == sorted(moments)
