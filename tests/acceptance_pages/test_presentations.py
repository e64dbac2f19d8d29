"""Presentations: what somebody is asked to accept, word for word, whoever makes them and whenever."""

import re
from hashlib import sha256

import pytest
from lxml import html
from repository import TERMS, material, revision

from inforce.core.effect import Audience
from inforce.formats.acceptance.presentation import read_presentation
from inforce.formats.messages import message_file

CURRENT, NEW = Audience.CURRENT_USERS, Audience.NEW_USERS
ASKED = f"{TERMS}acceptance: asked\nrelation: privacy-policy\n"
FIRST = "# Privacy Policy\n\nWe keep what you tell us.\n"
SECOND = """\
# Privacy Policy

We keep what you tell us, as the [User Agreement](../user-agreement/2014-03-01.md#where) says; see [below](#cookies).

#### Cookies

We set *cookies*.[^1]

## Cookies

`<p class="inforce-asked__box">No.</p>` is no box.

[^1]: Few of them.
"""
WORKED = {
    "policy/2018-04-10.md": material(
        "effective: {current_users: 2018-05-10, new_users: on acceptance}\naccept_by: 2018-06-10", SECOND
    )
}


@pytest.fixture
def worked(repo):
    """The seed's rule: the second revision binds current users on a day, and new users by their acceptance."""
    repo.commit("2014-03-01T00:00:00+09:00", {"policy/policy.yml": ASKED, "policy/2014-03-01.md": FIRST})
    repo.commit("2018-04-10T09:00:00+09:00", WORKED)
    return repo


def of(presentations, name, audience=NEW):
    return presentations.of("policy", name, audience)


@pytest.mark.usefixtures("worked")
def test_the_whole_text_stands_in_it_with_what_is_asked(presented):
    with presented() as presentations:
        new, current = of(presentations, "2018-04-10"), of(presentations, "2018-04-10", CURRENT)

    assert new.digest == sha256(new.data).hexdigest()
    assert new.data.count(b"We keep what you tell us") == 1
    assert new.box == current.box == "I have read the Privacy Policy of 10 April 2018, and I accept it."
    assert new.whom == "Everybody who registers on 10 April 2018, 09:00 or later."
    assert current.whom == "Everybody who registered before 10 April 2018, 09:00."
    assert (new.effect, current.effect) == ("Once you accept it.", "On 10 May 2018, whatever you answer.")
    assert new.decline.startswith("This text does not bind you, and no older text of this policy does either.")
    assert current.accept.startswith("Your acceptance is recorded. From 10 May 2018 on, this text binds you")
    assert current.decline == (
        "Your answer is recorded. From 10 May 2018 on, this text binds you all the same. "
        "Until then, the text that bound you before goes on binding you. When this text was posted, current users "
        "who had accepted nothing else were bound by the revision of 1 March 2014."
    )
    assert current.later.endswith("You are asked to answer before 10 June 2018.")
    for one in (new, current):
        words = html.fromstring(one.article).text_content()
        for said in (one.box, one.accept, one.decline, one.later, one.whom, one.effect):
            assert said in words


@pytest.mark.usefixtures("worked")
def test_it_is_whole_by_itself(presented):
    with presented() as presentations:
        data = of(presentations, "2018-04-10").data

    page = html.fromstring(data)
    assert not page.xpath("//script | //link | //img | //form | //input | //iframe | //@src")
    assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]
    assert {one for one in page.xpath("//@href") if not one.startswith("#")} == set()
    assert b"policies.qstore.example" not in data


@pytest.mark.usefixtures("worked")
def test_headings_form_an_outline_below_the_page_s_own(presented):
    with presented() as presentations:
        page = html.fromstring(of(presentations, "2018-04-10").data)

    levels = [int(one.tag[1]) for one in page.iter() if re.fullmatch("h[1-6]", str(one.tag))]
    assert levels == [1, 2, 3, 4, 4, 3]
    assert [one.text_content() for one in page.iter("h4")] == ["Cookies", "Cookies"]


@pytest.mark.usefixtures("worked")
def test_articles_of_different_revisions_can_stand_on_one_page(presented):
    with presented() as presentations:
        articles = [of(presentations, name).article for name in ("2014-03-01", "2018-04-10")]

    page = html.fromstring(f"<main>{''.join(articles)}</main>")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)) > 4
    assert all(one.startswith("policy:20") for one in ids)
    assert {one[1:] for one in page.xpath("//@href")} <= set(ids)
    assert page.xpath("//a[text()='below']/@href") == ["#policy:2018-04-10:cookies"]


@pytest.mark.usefixtures("worked")
def test_what_was_kept_is_read_with_its_own_words(presented):
    with presented() as presentations:
        made = of(presentations, "2018-04-10")

    old = made.data.replace(b"and I accept it.", b"&amp; say yes.")
    read = read_presentation("policy", "2018-04-10", NEW, old)
    assert read.box == "I have read the Privacy Policy of 10 April 2018, & say yes."
    assert read.article in old.decode()
    assert read.asked in read.article
    assert read.digest == sha256(old).hexdigest() != made.digest


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda _: b"", "no presentation of ours"),
        (lambda data: b"\xff" + data.replace(b"Privacy", b"\xff"), "no presentation of ours"),
        (lambda data: data.replace(b"</article>", b""), "no presentation of ours"),
        (lambda data: data + data, "no presentation of ours"),
        (lambda data: data.replace(b"inforce-asked__box", b"inforce-asked__fox"), "no presentation of ours"),
        (
            lambda data: data.replace(b'data-audience="new', b'data-audience="current'),
            "policy 2018-04-10 current_users",
        ),
        (lambda data: data.replace(b'data-policy="policy"', b'data-policy="terms"'), "of terms 2018-04-10 new_users"),
    ],
)
def test_what_is_none_is_refused(presented, change, told):
    with presented() as presentations:
        data = of(presentations, "2018-04-10").data

    with pytest.raises(ValueError, match=told):
        read_presentation("policy", "2018-04-10", NEW, change(data))


def test_nobody_is_asked_where_neither_the_rule_nor_the_policy_asks(repo, presented):
    repo.commit("2018-01-01T00:00:00+09:00", {"policy/policy.yml": TERMS, "policy/1.md": FIRST})
    repo.commit("2018-02-01T00:00:00+09:00", {"policy/2.md": material("effective: {current_users: on acceptance}")})
    repo.commit(
        "2018-03-01T00:00:00+09:00",
        {"policy/policy.yml": ASKED, "policy/3.md": material("effective: {current_users: never}")},
    )
    with presented() as presentations:
        asked = {
            (name, audience.value): of(presentations, name, audience) is not None
            for name in ("1", "2", "3")
            for audience in Audience
        }
        assert presentations.of("policy", "4", NEW) is None
        assert presentations.of("terms", "1", NEW) is None

    assert {one for one, is_asked in asked.items() if is_asked} == {("2", "current_users"), ("3", "new_users")}


def test_a_correction_is_presented_in_the_place_of_what_it_corrects(worked, presented):
    corrected = revision("change: editorial\nsummary: A slip.\ncorrects: 2018-04-10", SECOND.replace("keep", "kept"))
    worked.commit("2018-04-12T00:00:00+09:00", {"policy/corrected.md": corrected})
    with presented() as presentations:
        root, correction = of(presentations, "2018-04-10", CURRENT), of(presentations, "corrected", CURRENT)

    assert (correction.whom, correction.effect) == (root.whom, root.effect)
    assert correction.box == "I have read the Privacy Policy of 12 April 2018 (corrected), and I accept it."
    assert "whoever accepted that text has accepted this one" in correction.article
    assert "We kept what you tell us" in correction.article


def test_later_postings_change_nothing_of_it(worked, presented):
    with presented("2018-04-11T00:00:00+09:00") as presentations:
        before = [of(presentations, "2018-04-10", audience).data for audience in Audience]
    stated = revision("change: imported\nposted: 2016-01-01\nsource: Found in a drawer", FIRST.replace("keep", "kept"))
    evening = material("overtakes: 2018-04-10", FIRST)
    worked.commit("2018-04-10T20:00:00+09:00", {"policy/evening.md": evening, "policy/2016.md": stated})
    with presented() as presentations:
        after = [of(presentations, "2018-04-10", audience).data for audience in Audience]

    assert after == before


def test_it_speaks_the_language_of_the_policy_in_a_site_s_own_words(worked, presented):
    worked.commit(
        "2019-01-01T00:00:00+09:00",
        {
            "policy/policy.yml": ASKED.replace("Privacy Policy", "개인정보 처리방침").replace(": en", ": ko"),
            "policy/2019-01-01.md": material("", "# 개인정보 처리방침\n\n귀하의 정보를 보관합니다.\n"),
        },
    )
    words = message_file("en").replace("and I accept it.", "and agree.")
    (worked.folder / "words").mkdir()
    (worked.folder / "words" / "en.yml").write_text(words)
    with presented(messages="words") as presentations:
        korean, english = of(presentations, "2019-01-01"), of(presentations, "2018-04-10")

    assert html.fromstring(korean.data).get("lang") == "ko"
    assert korean.box == "2019년 1월 1일에 게시된 본문(개인정보 처리방침)을 읽었으며, 이에 동의합니다."
    assert english.box == "I have read the Privacy Policy of 10 April 2018, and agree."
