"""What one subject's rows come to."""

from core.drawn_policy import drawn, seoul

from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import NO_ROW, Row, Shown, Statement, answers_of, person_of
from inforce.core.timeline import Acceptance


def rows(*lines):
    """Of lines such as `privacy 2018-04-10 accepted on 2018-04-20, registered 2018-04-20`."""
    found = []
    for number, line in enumerate(lines, start=1):
        said, _, registered = line.partition(", registered ")
        policy, revision, decision, _, on = said.split(maxsplit=4)
        shown = Shown(policy, revision, "0" * 64, "1" * 64, Audience.NEW_USERS, None, "en")
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
    )
    assert person.joined == seoul("2016-06-30")
    assert [one.revision for one in person.accepted] == ["2014-03-01", "2018-04-10", "2019-01-10"]


def test_where_nobody_said_when_they_registered_with_the_first_text_that_they_accepted_of_any_policy():
    said = rows(
        "terms 2014-03-01 declined on 2016-06-30",
        "privacy 2014-03-01 accepted on 2016-07-01",
        "terms 2014-03-01 accepted on 2016-07-02",
    )
    assert person_of(said, "terms").joined == seoul("2016-07-01")
    assert person_of(said, "terms").accepted == (Acceptance("2014-03-01", seoul("2016-07-02")),)
    assert [one.decision for one in answers_of(said, "terms")] == [Decision.DECLINED, Decision.ACCEPTED]


def test_whoever_only_declined_never_registered_as_far_as_is_known():
    assert person_of(rows("privacy 2014-03-01 declined on 2016-07-01"), "privacy") is None
    assert person_of([], "privacy") is None


def test_whoever_registers_with_what_is_offered_is_bound_by_it_from_then_on():
    policy = drawn("""
        2014-03-01
        2018-04-10 material: 2018-05-10 | on acceptance
    """)
    for said in ("accepted on 2018-04-20", "accepted on 2018-04-20, registered 2018-04-20 09:05"):
        person = person_of(rows(f"privacy 2018-04-10 {said}"), "privacy")
        assert policy.binding(person, person.joined).revision == "2018-04-10"
    declined = person_of(rows("privacy 2018-04-10 declined on 2018-04-20, registered 2018-04-20"), "privacy")
    assert policy.binding(declined, seoul("2018-06-01")).revision is None


def test_no_later_word_takes_an_acceptance_back():
    policy = drawn("""
        2014-03-01
        2018-04-10 material: on acceptance
    """)
    said = [
        "privacy 2018-04-10 accepted on 2018-05-01, registered 2016-01-01",
        "privacy 2018-04-10 declined on 2018-06-01",
    ]
    assert policy.binding(person_of(rows(*said), "privacy"), seoul("2018-07-01")).revision == "2018-04-10"
