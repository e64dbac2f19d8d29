"""What a notice says that one can do: what to read, whether an answer is asked for, and what becomes of none."""

import pytest
from lxml import html
from repository import FIRST, NOW, TERMS, instant, material

from inforce.core.notice import notices_of_record
from inforce.core.timeline import Person
from inforce.formats.messages import messages_in
from inforce.formats.notices.words import links_of, message_of

START = {"terms/policy.yml": f"{TERMS}acceptance: asked\nreminders: [3 days]\n", "terms/2014-03-01.md": FIRST}
MARCH, APRIL, MAY = "2014-03-01T09:00:00+09:00", "2018-04-10T09:00:00+09:00", "2018-05-01T10:00:00+09:00"
LATE = "effective: {current_users: 2018-06-01, new_users: never}\naccept_by: 2018-05-01"
ROOT = "https://policies.qstore.example/"


def told(repo, language="en"):
    """What can be done, by the notice; the plain text and the HTML say the same."""
    return {one.name: what_can_be_done(one, language) for one in notices_of_record(repo.record())[1:]}


def what_can_be_done(notice, language):
    message = message_of(notice, messages_in(language), links_of(notice, has_pdf=True), ROOT)
    items = html.fromstring(message.html).xpath("//ul[last()]/li")
    plain = " ".join(message.text.split())
    for item in items:
        assert item.text_content() in plain
    return [item.text_content() for item in items]


def posted(repo, rest, change="material"):
    repo.commit(MARCH, START)
    repo.commit(APRIL, {"terms/2018-04-10.md": material(rest).replace("change: material", f"change: {change}")})
    return repo


def test_an_answer_is_asked_for_while_there_is_time_and_was_afterwards(repo):
    notices = told(posted(repo, LATE))
    assert {name: items[4] for name, items in notices.items()} == {
        "posted": "You are asked to answer before 1 May 2018 whether you accept this text. If you registered before "
        "10 April 2018, 09:00: without an answer from you, it takes effect for you on 1 June 2018 all the same.",
        "reminder-3.current_users": "You were asked to answer before 1 May 2018 whether you accept this text. "
        "If you registered before 10 April 2018, 09:00: without an answer from you, it takes effect for you on "
        "1 June 2018 all the same.",
        "in-effect.current_users": "You were asked to answer before 1 May 2018 whether you accept this text. "
        "If you registered before 10 April 2018, 09:00: without an answer from you, it binds you all the same.",
    }


def test_in_korean_too(repo):
    registered = "2018년 4월 10일 09:00 전에 가입하셨다면"
    asked, was_asked, in_effect = (items[4] for items in told(posted(repo, LATE), "ko").values())
    assert asked == (
        "2018년 5월 1일 전에 이 본문에 동의하시는지 답해 주시기 바랍니다. "
        f"{registered}: 답하지 않으셔도 2018년 6월 1일에 귀하에게 시행됩니다."
    )
    assert was_asked == asked.replace("바랍니다", "부탁드린 바 있습니다").replace("주시기 부", "주시기를 부")
    assert in_effect == was_asked.replace("2018년 6월 1일에 귀하에게 시행됩니다", "귀하에게 적용됩니다")


@pytest.mark.parametrize(
    ("rule", "becomes", "bound_by"),
    [
        ("on acceptance", "it does not take effect for you.", "2014-03-01"),
        ("on posting", "it binds you all the same.", "2018-04-10"),
    ],
)
def test_what_becomes_of_no_answer_is_what_becomes_of_it_by_the_rules(repo, rule, becomes, bound_by):
    asked = told(posted(repo, f"effective: {rule}"))["posted"][4]
    assert asked == (
        "You are asked whether you accept this text. "
        f"If you registered before 10 April 2018, 09:00: without an answer from you, {becomes}"
    )
    someone = Person(instant("2016-02-01T00:00:00+09:00"))
    assert repo.record().policy("terms").timeline.binding(someone, instant(NOW)).revision == bound_by


def test_nothing_is_said_of_answers_where_none_is_asked_for(repo):
    assert told(posted(repo, LATE, change="clarifying"))["posted"] == [
        "Read the text",
        "See in words what changes",
        "See the changes marked in the text",
        "Keep the text as a signed PDF",
    ]


def test_of_a_withdrawn_text_it_is_said_that_it_is_withdrawn(repo):
    posted(repo, LATE)
    repo.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})

    notice = next(one for one in notices_of_record(repo.record()) if one.name == "overtaken.current_users")
    message = message_of(notice, messages_in("en"), links_of(notice, has_pdf=True), ROOT)
    assert message.text.partition("From when, for you\n")[2].partition("\n\nPosted")[0] == (
        "- It does not take effect for you. There is a notice about the revision\n"
        "  of 1 May 2018, which withdrew it.\n"
        "\n"
        "What you can do\n"
        "- Read the text that withdrew it:\n"
        "  https://policies.qstore.example/terms/2018-05-01/\n"
        "- Read the withdrawn text:\n"
        "  https://policies.qstore.example/terms/2018-04-10/\n"
        "- See what it would have changed:\n"
        "  https://policies.qstore.example/terms/2018-04-10/changes/#changes"
    )
    assert what_can_be_done(notice, "ko") == [
        "이를 철회한 본문 읽기",
        "철회된 본문 읽기",
        "시행되었다면 바뀌었을 내용 보기",
    ]
