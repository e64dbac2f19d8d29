"""Sentences in which two things must not read alike, nor one thing as two. The pages' content, without a theme."""

import re

import pytest
from lxml import html
from repository import FIRST, SECOND, TERMS, instant, material, revision

from inforce.adapters.clock import Door
from inforce.formats.messages import Languages
from inforce.mkdocs_plugin.pages import Pages
from inforce.workflows.publish_site import gathered

EDITORIAL = "change: editorial\nsummary: A slip.\ncorrects: {}"


@pytest.fixture
def say(repo):
    """What the box of a page says, as of an instant; without a revision, of the policy's page."""

    def says(now, name=None):
        with gathered(repo.settings, Door(instant(now), instant(now)), Languages(), with_drafts=False) as site:
            pages, (policy,) = Pages(site), site.record.policies
            revisions = {one.name: one for one in policy.revisions}
            content = pages.revision(policy, revisions[name]) if name else pages.policy(policy)
        box = html.fromstring(content.html).find_class("inforce-box")[0]
        return re.sub(r"\s+", " ", box.text_content()).strip()

    return says


def test_new_users_are_told_of_the_turn_of_a_revision_and_not_of_its_corrections(repo, say):
    repo.commit("2018-01-01T00:00:00+09:00", {"policy/policy.yml": TERMS, "policy/first.md": FIRST})
    front = "effective: {current_users: 2018-05-10, new_users: on acceptance}"
    repo.commit("2018-04-10T09:00:00+09:00", {"policy/second.md": material(front)})
    for day, corrected in ((12, "second"), (14, "slip-12")):
        files = {f"policy/slip-{day}.md": revision(EDITORIAL.format(corrected), f"{SECOND}\n{day}\n")}
        repo.commit(f"2018-04-{day}T10:00:00+09:00", files)
    said = say("2018-04-20T00:00:00+09:00")
    assert "If you register now, or registered on 10 April 2018, 09:00 or later You are offered" in said
    assert "You are offered the revision of 14 April 2018 (slip-14), not the text below" in said
    assert "The revision of 14 April 2018 (slip-14) takes effect on 10 May 2018" in said
    assert "for current users (registered before 10 April 2018, 09:00)." in said


def test_neighbours_who_are_told_the_same_have_one_entry(repo, say):
    repo.commit("2018-01-01T00:00:00+09:00", {"policy/policy.yml": TERMS, "policy/first.md": FIRST})
    repo.commit("2018-02-01T10:00:00+09:00", {"policy/second.md": material("effective: never")})
    said = say("2018-03-01T00:00:00+09:00", "second")
    assert said.startswith("Does not apply Whenever you registered This text does not apply to you. ")


def test_two_revisions_of_one_day_are_told_apart_by_their_times(repo, say):
    repo.commit("2018-01-01T00:00:00+09:00", {"policy/policy.yml": TERMS, "policy/2018-01-01.md": FIRST})
    repo.commit("2018-01-01T17:30:20+09:00", {"policy/2018-01-01-2.md": material()})
    repo.commit("2018-01-01T17:30:40+09:00", {"policy/third.md": material(text=f"{SECOND}\nThird.\n")})
    repo.commit("2018-01-02T09:00:00+09:00", {"policy/2018-01-02.md": material(text=f"{SECOND}\nFourth.\n")})
    now = "2018-02-01T00:00:00+09:00"
    assert "The revision of 1 January 2018, 17:30:20 (2018-01-01-2) follows it." in say(now, "2018-01-01")
    assert "The revision of 1 January 2018, 17:30:40 (third) follows it." in say(now, "2018-01-01-2")
    assert "The revision of 2 January 2018 follows it." in say(now, "third")


def test_two_instants_of_one_minute_are_told_to_the_second(repo, say):
    repo.commit("2018-01-01T00:00:00+09:00", {"policy/policy.yml": TERMS, "policy/first.md": FIRST})
    repo.commit("2018-02-01T17:30:20+09:00", {"policy/second.md": material()})
    repo.commit("2018-02-01T17:30:40+09:00", {"policy/third.md": material(text=f"{SECOND}\nThird.\n")})
    said = say("2018-03-01T00:00:00+09:00", "second")
    assert (
        "If you registered before 1 February 2018, 17:30:20 This text bound you from 1 February 2018, 17:30:20" in said
    )
    assert "until 1 February 2018, 17:30:40." in said
    assert "If you registered between 1 February 2018, 17:30:20 and 1 February 2018, 17:30:40 This text" in said


def test_who_can_only_register_later_is_told_so(repo, say):
    repo.commit("2018-01-01T00:00:00+09:00", {"policy/policy.yml": TERMS, "policy/first.md": FIRST})
    repo.commit("2018-02-01T10:00:00+09:00", {"policy/second.md": material("effective: 2018-05-01")})
    said = say("2018-03-01T00:00:00+09:00", "second")
    assert "If you register on 1 May 2018 or later This text will bind you from your registration." in said
    assert "takes effect on 1 May 2018 for everybody." in say("2018-03-01T00:00:00+09:00")
