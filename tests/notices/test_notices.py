"""What is announced of a policy's life: which events, from when until when, to whom."""

import pytest
from repository import FIRST, NOW, TERMS, instant, material, revision

from inforce.core.instant import format_instant
from inforce.core.notice import Authority, notices_of_record, told_by

START = {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST}
MARCH, APRIL, MAY = "2014-03-01T09:00:00+09:00", "2018-04-10T09:00:00+09:00", "2018-05-01T10:00:00+09:00"


def drawn(repo, now=NOW):
    """Each notice in a line: what is told, from when until when, and who is to be told, by their registration."""
    return [line(one) for one in notices_of_record(repo.record(now))]


def line(notice):
    who = notice.recipients
    since, before = (who and short(one, notice) for one in (who and who.registered_from, who and who.registered_before))
    recipients = "nobody" if who is None else f"{since or ''}..{before or ''}"
    span = f"{short(notice.due, notice)} > {short(notice.expires, notice)}"
    return f"{notice.revision.name} {notice.name}: {span}: {recipients}"


def short(instant, notice):
    return instant and format_instant(instant, notice.revision.zone).removesuffix(":00+09:00")


def test_what_takes_effect_at_once_is_told_once_to_whoever_was_there(repo):
    repo.commit(MARCH, START)
    repo.commit(APRIL, {"terms/2018-04-10.md": material()})

    assert drawn(repo) == [
        "2014-03-01 posted: 2014-03-01T09:00 > 2014-03-31T09:00: ..2014-03-01T09:00",
        "2018-04-10 posted: 2018-04-10T09:00 > 2018-05-10T09:00: ..2018-04-10T09:00",
    ]


def test_what_takes_effect_later_is_told_again_before_and_then_to_each_audience(repo):
    """Whoever registers while it is scheduled is reminded too; whoever registers later reads it when registering."""
    repo.commit(MARCH, START)
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: 2018-05-20")})

    assert drawn(repo)[1:] == [
        "2018-04-10 posted: 2018-04-10T09:00 > 2018-05-20T00:00: ..2018-04-10T09:00",
        "2018-04-10 reminder-30.current_users: 2018-04-20T00:00 > 2018-05-13T00:00: ..2018-04-10T09:00",
        "2018-04-10 reminder-30.new_users: 2018-04-20T00:00 > 2018-05-13T00:00: 2018-04-10T09:00..2018-04-20T00:00",
        "2018-04-10 reminder-7.current_users: 2018-05-13T00:00 > 2018-05-19T00:00: ..2018-04-10T09:00",
        "2018-04-10 reminder-7.new_users: 2018-05-13T00:00 > 2018-05-19T00:00: 2018-04-10T09:00..2018-05-13T00:00",
        "2018-04-10 reminder-1.current_users: 2018-05-19T00:00 > 2018-05-20T00:00: ..2018-04-10T09:00",
        "2018-04-10 reminder-1.new_users: 2018-05-19T00:00 > 2018-05-20T00:00: 2018-04-10T09:00..2018-05-19T00:00",
        "2018-04-10 in-effect.current_users: 2018-05-20T00:00 > 2018-06-19T00:00: ..2018-04-10T09:00",
        "2018-04-10 in-effect.new_users: 2018-05-20T00:00 > 2018-06-19T00:00: 2018-04-10T09:00..2018-05-20T00:00",
    ]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("", [30, 7, 1]),
        ("reminders: [14 days]\n", [14]),
        ("reminders: [3 days, 20 days]\n", [20, 3]),
        ("reminders: none\n", []),
    ],
)
def test_the_policy_says_how_many_days_before_people_are_reminded(repo, said, days):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}{said}"})
    repo.commit(
        APRIL, {"terms/2018-04-10.md": material("effective: {current_users: 90 days after posting, new_users: never}")}
    )

    assert [one.days for one in notices_of_record(repo.record()) if one.days] == days


def test_the_worked_case_asks_current_users_whether_they_accept(repo):
    """Material, and the policy asks for acceptance: current users are asked anew, until the day that is named."""
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}acceptance: asked\nreminders: [7 days]\n"})
    effective = "effective: {current_users: 2018-05-10, new_users: on acceptance}\naccept_by: 2018-06-20"
    repo.commit(APRIL, {"terms/2018-04-10.md": material(effective)})

    posted, reminder, effect = notices_of_record(repo.record())[1:]
    assert [line(one) for one in (posted, reminder, effect)] == [
        "2018-04-10 posted: 2018-04-10T09:00 > 2018-06-20T00:00: ..2018-04-10T09:00",
        "2018-04-10 reminder-7.current_users: 2018-05-03T00:00 > 2018-05-10T00:00: ..2018-04-10T09:00",
        "2018-04-10 in-effect.current_users: 2018-05-10T00:00 > 2018-06-09T00:00: ..2018-04-10T09:00",
    ]
    assert all(one.asks_acceptance for one in (posted, reminder, effect))


@pytest.mark.parametrize(
    ("change", "acceptance", "rule", "asked"),
    [
        ("material", "not asked", "on acceptance", True),
        ("material", "asked", "on posting", True),
        ("clarifying", "asked", "on posting", False),
        ("material", "not asked", "on posting", False),
        ("material", "asked", "never", False),
    ],
)
def test_who_is_asked_to_accept(repo, change, acceptance, rule, asked):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}acceptance: {acceptance}\n"})
    effective = f"effective: {{current_users: {rule}, new_users: on posting}}"
    repo.commit(APRIL, {"terms/2018-04-10.md": material(effective).replace("change: material", f"change: {change}")})

    assert notices_of_record(repo.record())[1].asks_acceptance is asked


def test_a_first_text_asks_nobody_anew(repo):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}acceptance: asked\n"})

    [first] = notices_of_record(repo.record())
    assert (first.is_first, first.asks_acceptance) == (True, False)


def test_nobody_is_mailed_of_a_correction_and_nothing_takes_effect_by_it(repo):
    repo.commit(MARCH, START)
    repo.commit(APRIL, {"terms/2018-04-10.md": revision("change: editorial\nsummary: A comma.\ncorrects: 2014-03-01")})

    assert drawn(repo)[1:] == ["2018-04-10 posted: 2018-04-10T09:00 > 2018-05-10T09:00: nobody"]


def test_nobody_is_mailed_of_what_never_applies_to_them(repo):
    repo.commit(MARCH, START)
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: {current_users: never, new_users: on posting}")})

    assert drawn(repo)[1:] == ["2018-04-10 posted: 2018-04-10T09:00 > 2018-05-10T09:00: nobody"]


def test_nobody_is_mailed_of_an_imported_history(repo):
    imported = revision("change: imported\nposted: 2016-01-01\nsource: Log")
    repo.commit(
        MARCH.replace("2014", "2017"), {**START, "terms/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log")}
    )
    repo.commit(APRIL, {"terms/2016-01-01.md": imported})

    assert drawn(repo)[1:] == ["2016-01-01 posted: 2016-01-01T00:00 > 2016-01-31T00:00: nobody"]


def test_an_overtaken_revision_is_told_of_and_what_was_to_be_told_of_it_is_cancelled(repo):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}reminders: [1 day]\n"})
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: 2018-05-10")})
    repo.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})

    assert drawn(repo)[-2:] == [
        "2018-05-01 posted: 2018-05-01T10:00 > 2018-05-31T10:00: ..2018-05-01T10:00",
        "2018-04-10 overtaken: 2018-05-01T10:00 > 2018-05-31T10:00: ..2018-05-01T10:00",
    ]
    assert [path.rpartition("/")[2] for path in notices_of_record(repo.record())[-1].cancels] == [
        "posted",
        "reminder-1.current_users",
        "reminder-1.new_users",
        "in-effect.current_users",
        "in-effect.new_users",
    ]


def test_what_has_taken_effect_for_some_is_overtaken_for_the_others_alone(repo):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}reminders: none\n"})
    repo.commit(
        APRIL, {"terms/2018-04-10.md": material("effective: {current_users: 2018-05-10, new_users: on posting}")}
    )
    repo.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})

    overtaken = notices_of_record(repo.record())[-1]
    assert line(overtaken) == (
        "2018-04-10 overtaken.current_users: 2018-05-01T10:00 > 2018-05-31T10:00: ..2018-04-10T09:00"
    )
    assert [path.rpartition("/")[2] for path in overtaken.cancels] == ["posted", "in-effect.current_users"]


def test_an_offer_to_current_users_that_is_withdrawn_is_told_of(repo):
    repo.commit(MARCH, START)
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: on acceptance")})
    repo.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})

    assert (
        drawn(repo)[-1] == "2018-04-10 overtaken.current_users: 2018-05-01T10:00 > 2018-05-31T10:00: ..2018-04-10T09:00"
    )


def test_what_is_kept_is_still_announced(repo):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}reminders: none\n"})
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: 2018-05-10")})
    repo.commit(MAY, {"terms/2018-05-01.md": material("keeps: 2018-04-10", FIRST)})

    assert [one.split(":")[0] for one in drawn(repo)[1:]] == [
        "2018-04-10 posted",
        "2018-04-10 in-effect.current_users",
        "2018-04-10 in-effect.new_users",
        "2018-05-01 posted",
    ]


def test_what_is_told_by_an_instant_is_what_is_due_and_not_cancelled_before(repo):
    repo.commit(MARCH, {**START, "terms/policy.yml": f"{TERMS}reminders: [20 days, 1 day]\n"})
    repo.commit(APRIL, {"terms/2018-04-10.md": material("effective: {current_users: 2018-05-10, new_users: never}")})
    repo.commit(MAY, {"terms/2018-05-01.md": material("overtakes: 2018-04-10", FIRST)})

    def told(at):
        record = repo.record().as_of(instant(at))
        return [f"{one.revision.name} {one.name}" for one in told_by(notices_of_record(record), instant(at))]

    before = ["2014-03-01 posted", "2018-04-10 posted"]
    assert told("2018-04-19T23:59:59+09:00") == before
    assert told("2018-04-20T00:00:00+09:00") == [*before, "2018-04-10 reminder-20.current_users"]
    assert told(NOW) == [
        *before,
        "2018-04-10 reminder-20.current_users",
        "2018-05-01 posted",
        "2018-04-10 overtaken.current_users",
    ]


def test_a_posting_that_is_stated_later_comes_behind_what_was_told(repo):
    """The history before the record joins it by a commit of today: no reader of a feed misses it."""
    stated = revision("posted: 2014-03-01\nsource: Log", FIRST)
    repo.commit(MARCH, {"other/policy.yml": TERMS, "other/2014-03-01.md": FIRST})
    repo.commit(APRIL, {"other/2018-04-10.md": material()})
    repo.commit(MAY, {**START, "terms/2014-03-01.md": stated})

    told = told_by(notices_of_record(repo.record()), instant(NOW))
    assert [(one.revision.policy, short(one.due, one), short(one.told_from, one)) for one in told] == [
        ("other", "2014-03-01T09:00", "2014-03-01T09:00"),
        ("other", "2018-04-10T09:00", "2018-04-10T09:00"),
        ("terms", "2014-03-01T00:00", "2018-05-01T10:00"),
    ]


def test_an_identity_is_made_of_the_authority_the_policy_the_revision_and_the_event(repo):
    repo.commit(MARCH, START)

    [first] = notices_of_record(repo.record())
    assert (
        Authority("qstore.example", 2014).id_of(first.path) == "tag:qstore.example,2014:notices/terms/2014-03-01/posted"
    )
