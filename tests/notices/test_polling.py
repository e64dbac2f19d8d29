"""A site that lives for years, and programs that look at it now and then: nothing is lost, doubled or told anew."""

from datetime import timedelta

import pytest
from notices.feed_reader import NAMES, ROOT, Reader, as_atom, as_json, by_feedparser, index_of, parsed
from notices.long_record import WITH_NOTICES, files_of
from repository import TERMS, instant, material

WEEKS, WEEK = 67, timedelta(days=7)
BEGIN = instant("2018-01-01T09:00:00+09:00")
MOVE, HERE, THERE = 45, "policies.qstore.example", "legal.qstore.example"
SCHEDULED = (20, 50)
"""The weeks of postings that are overtaken by the next one of their policy, after their first reminder."""


class Site:
    """Posts every week, and publishes as it does; what lies there when it has done so is `files`."""

    def __init__(self, repo):
        self.repo, self.files = repo, {}
        (repo.folder / "mkdocs.yml").write_text(WITH_NOTICES)
        terms = f"{TERMS}reminders: [28 days]\n"
        repo.commit((BEGIN - WEEK).isoformat(), {f"{one}/policy.yml": terms for one in ("privacy-policy", "terms")})

    def post(self, week):
        """A privacy policy, and every second week terms that take effect four days later: a hundred in all."""
        rest = "effective: 30 days after posting" if week in SCHEDULED else ""
        if week - 1 in SCHEDULED:
            rest = f"overtakes: w{week - 1}"
        text = f"# Policy\n\nText {week}.\n"
        files = {f"privacy-policy/w{week}.md": material(rest, text) if week else text}
        if week % 2:
            files[f"terms/w{week}.md"] = material("effective: 4 days after posting", text) if week > 1 else text
        self.repo.commit((BEGIN + week * WEEK).isoformat(), files)

    def publish(self, now):
        """Export everything; from a week on for another host."""
        self.files = files_of(self.repo, now.isoformat(), HERE if now < BEGIN + MOVE * WEEK else THERE)


@pytest.fixture
def site(repo):
    return Site(repo)


def without_digests(index):
    """What addresses have no part in."""
    return [{**one, "file_digest": None} for one in index]


def told(index, now):
    """The ids of what is due by then, the first due first, and was not cancelled before: by the job's data alone."""
    cancelled = {gone: one["due"] for one in index if instant(one["due"]) <= now for gone in one["cancels"]}
    due = [one for one in index if instant(one["due"]) <= now and one["due"] < cancelled.get(one["id"], "3")]
    return [one["id"] for one in sorted(due, key=lambda one: instant(one["due"]))]


def full_archives(files):
    """Archive documents with all the entries that they can have, with their addresses as on the first host."""
    archives = {place: data for place, data in files.items() if "archive/" in place}
    full = [
        place for place, data in archives.items() if data.count(b"<published>") + data.count(b"date_published") == 50
    ]
    return {place: archives[place].replace(THERE.encode(), HERE.encode()) for place in full}


def test_a_hundred_postings_a_move_and_two_overtakings_are_polled_without_loss(site):
    """By readers that come every week, every 11, and every 33 weeks, in which more is told than a document has."""
    readers = [
        (every, Reader(f"{ROOT}{place}", read))
        for every, place, read in (
            (1, "notices.atom", as_atom),
            (1, "notices.json", as_json),
            (33, "notices.json", as_json),
            (33, "privacy-policy/notices.atom", as_atom),
            (11, "notices.atom", by_feedparser),
            (33, "notices.atom", by_feedparser),
        )
    ]
    index, full, updated = [], {}, ""
    for week in range(WEEKS):
        site.post(week)
        now = BEGIN + week * WEEK
        site.publish(now)

        for every, reader in readers:
            if (WEEKS - 1 - week) % every == 0:
                reader.poll(site.files)
        before, index = index, index_of(site.files)
        same = without_digests if week == MOVE else list
        assert same(index[: len(before)]) == same(before)
        before, full = full, full_archives(site.files)
        assert {place: full[place] for place in before} == before
        before, updated = updated, parsed(site.files, f"{ROOT}notices.atom").findtext("a:updated", namespaces=NAMES)
        assert before < updated

    everything = told(index, now)
    assert len(everything) == 170
    assert len(full) == 2 * 2
    for _, reader in readers:
        is_mine = "privacy-policy/" if "privacy-policy" in reader.subscribed else ""
        assert reader.seen == [one for one in everything if f":notices/{is_mine}" in one]
    events = [one.partition("notices/")[2] for one in everything]
    for week in SCHEDULED:
        assert [one for one in events if f"privacy-policy/w{week}/" in one] == [
            f"privacy-policy/w{week}/{name}"
            for name in ("posted", "reminder-28.current_users", "reminder-28.new_users", "overtaken")
        ]
    assert len([one for one in events if one.endswith("/posted")]) == 100
