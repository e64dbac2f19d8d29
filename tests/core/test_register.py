"""What one subject's rows come to."""

from core.drawn_policy import drawn, seoul

from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import NO_ROW, Row, Shown, Statement, answers_of, person_of
from inforce.core.timeline import Acceptance

KNOWN = drawn("""
    2014-03-01
    2018-04-10 material: 2018-05-10 | on acceptance
    2019-01-10 material: 2019-05-10
""")


def rows(*lines, of=KNOWN):
    """Of lines such as `privacy 2018-04-10 accepted on 2018-04-20, registered 2018-04-20`."""
    found = []
    for number, line in enumerate(lines, start=1):
        said, _, registered = line.partition(", registered ")
        policy, revision, decision, _, on = said.split(maxsplit=4)
        shown = Shown(policy, revision, of[revision].digest, "1" * 64, Audience.NEW_USERS, None, "en")
        when = seoul(registered) if registered else None
        statement = Statement("s-1", when, shown, Decision(decision), "shop", "web", f"request-{number}")
        found.append(Row(number, NO_ROW, seoul(on), statement))
    return found


def test_they_registered_when_the_application_said_so_last():
    person = person_of(
        rows(
            "privacy 2014-03-01 accepted on 2016-07-01",
            "privacy 2018-04-10 accepted on 2018-05-01, registered 2016-07-02",
            "privacy 2019-01-10 deferred on 2019-01-11, registered 2016-06-30",
            "privacy 2019-01-10 accepted on 2019-01-12",
        ),
        "privacy",
        KNOWN,
    )
    assert person.joined == seoul("2016-06-30")
    assert [one.revision for one in person.accepted] == ["2014-03-01", "2018-04-10", "2019-01-10"]


def test_where_nobody_said_when_they_registered_with_the_first_text_that_they_accepted_of_any_policy():
    said = rows(
        "terms 2014-03-01 declined on 2016-06-30",
        "privacy 2014-03-01 accepted on 2016-07-01",
        "terms 2014-03-01 accepted on 2016-07-02",
    )
    assert person_of(said, "terms", KNOWN).joined == seoul("2016-07-01")
    assert person_of(said, "terms", KNOWN).accepted == (Acceptance("2014-03-01", seoul("2016-07-02")),)
    assert [one.decision for one in answers_of(said, "terms", KNOWN)] == [Decision.DECLINED, Decision.ACCEPTED]


def test_whoever_only_declined_never_registered_as_far_as_is_known():
    assert person_of(rows("privacy 2014-03-01 declined on 2016-07-01"), "privacy", KNOWN) is None
    assert person_of([], "privacy", KNOWN) is None


def test_whoever_registers_with_what_is_offered_is_bound_by_it_from_then_on():
    for said in ("accepted on 2018-04-20", "accepted on 2018-04-20, registered 2018-04-20 09:05"):
        person = person_of(rows(f"privacy 2018-04-10 {said}"), "privacy", KNOWN)
        assert KNOWN.binding(person, person.joined).revision == "2018-04-10"
    declined = person_of(rows("privacy 2018-04-10 declined on 2018-04-20, registered 2018-04-20"), "privacy", KNOWN)
    assert KNOWN.binding(declined, seoul("2018-06-01")).revision is None


def test_no_later_word_takes_an_acceptance_back():
    policy = drawn("""
        2014-03-01
        2018-04-10 material: on acceptance
    """)
    said = [
        "privacy 2018-04-10 accepted on 2018-05-01, registered 2016-01-01",
        "privacy 2018-04-10 declined on 2018-06-01",
    ]
    person = person_of(rows(*said, of=policy), "privacy", policy)
    assert policy.binding(person, seoul("2018-07-01")).revision == "2018-04-10"


def test_another_text_of_the_same_name_was_not_accepted():
    """The record was written anew, against rule 1: the same days, and other words."""
    policy = drawn("""
        2018-04-10
    """)
    said = rows("privacy 2018-04-10 accepted on 2018-04-20")
    person = person_of(said, "privacy", policy)
    assert (person.joined, person.accepted) == (seoul("2018-04-20"), ())
    assert answers_of(said, "privacy", policy) == ()
    assert answers_of(said, "privacy", KNOWN) != ()
