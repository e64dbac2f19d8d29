"""Who is asked to accept what: small cases, drawn."""

import pytest
from core.drawn_policy import answerable, asked, drawn, seoul

from inforce.core.acceptance import asks_current_users, open_to
from inforce.core.effect import Audience

WORKED_CASE = """
    2014-03-01
    2018-04-10 material, by 2018-06-10: 2018-05-10 | on acceptance
"""


# The worked case of the rules


def test_whoever_registers_is_asked_for_the_text_that_there_is():
    assert asked(drawn(WORKED_CASE), None, "2016-07-01") == ["2014-03-01 (registration)"]


def test_whoever_registers_after_the_posting_is_asked_for_what_is_offered():
    policy = drawn(WORKED_CASE)
    assert asked(policy, None, "2018-04-20") == ["2018-04-10 (offer)"]
    assert asked(policy, None, "2018-05-10") == ["2018-04-10 (offer)"]
    assert asked(policy, "2018-04-20", "2018-04-20", "accepted 2018-04-10 on 2018-04-20") == []


def test_members_are_asked_anew_from_the_posting_on_until_they_answer():
    """The day by which they are to answer has no effect by itself."""
    policy, member = drawn(WORKED_CASE), ("2016-07-01", "accepted 2014-03-01 on 2016-07-01")
    assert asked(policy, member[0], "2018-04-10 08:59", member[1]) == []
    assert asked(policy, member[0], "2018-04-10 09:00", member[1]) == ["2018-04-10 (change)"]
    assert asked(policy, member[0], "2018-05-20", member[1]) == ["2018-04-10 (change)"]
    assert asked(policy, member[0], "2018-06-11", member[1]) == ["2018-04-10 (change)"]
    assert asked(policy, member[0], "2018-06-12", member[1], "accepted 2018-04-10 on 2018-06-11") == []


def test_the_member_of_the_day_before_the_posting_is_asked_on_the_next_day():
    accepted = "accepted 2014-03-01 on 2018-04-09"
    assert asked(drawn(WORKED_CASE), "2018-04-09", "2018-04-11", accepted) == ["2018-04-10 (change)"]


def test_whoever_registered_and_accepted_nothing_is_asked_until_they_do():
    policy = drawn(WORKED_CASE)
    assert asked(policy, "2018-04-20", "2019-04-20") == ["2018-04-10 (offer)"]
    assert asked(policy, "2018-04-20", "2019-04-20", "accepted 2018-04-10 on 2018-06-01") == []


def test_what_is_told_of_an_open_text():
    (bound, scheduled) = open_to(drawn(WORKED_CASE), seoul("2016-07-01"), (), seoul("2018-05-01"))
    assert (bound.revision, bound.audience, bound.start) == ("2014-03-01", Audience.NEW_USERS, seoul("2014-03-01"))
    assert (scheduled.revision, scheduled.audience) == ("2018-04-10", Audience.CURRENT_USERS)
    assert scheduled.start == seoul("2018-05-10 00:00")
    assert scheduled.accept_by == seoul("2018-06-10 00:00")
    (offered,) = open_to(drawn(WORKED_CASE), None, (), seoul("2018-05-01"))
    assert (offered.audience, offered.start, offered.accept_by) == (Audience.NEW_USERS, None, None)


# What an answer does


def test_whoever_declines_a_dated_text_is_asked_no_more_and_may_still_accept():
    policy, said = drawn(WORKED_CASE), ["accepted 2014-03-01 on 2016-07-01", "declined 2018-04-10 on 2018-04-15"]
    assert asked(policy, "2016-07-01", "2018-04-16", *said) == []
    assert answerable(policy, "2016-07-01", "2018-04-16", *said) == ["2014-03-01 (accepted)", "2018-04-10 (declined)"]
    said.append("accepted 2018-04-10 on 2018-04-17")
    assert answerable(policy, "2016-07-01", "2018-04-18", *said) == ["2014-03-01 (accepted)", "2018-04-10 (accepted)"]


def test_whoever_decides_later_is_asked_again():
    policy, said = drawn(WORKED_CASE), ["accepted 2014-03-01 on 2016-07-01", "deferred 2018-04-10 on 2018-04-15"]
    assert asked(policy, "2016-07-01", "2018-04-16", *said) == ["2018-04-10 (change)"]


def test_whoever_accepted_and_then_puts_it_off_has_accepted():
    said = ["accepted 2014-03-01 on 2016-07-01", "deferred 2014-03-01 on 2016-08-01"]
    assert answerable(drawn(WORKED_CASE), "2016-07-01", "2016-09-01", *said) == ["2014-03-01 (accepted)"]


def test_a_registration_that_was_declined_asks_the_next_time_as_well():
    policy = drawn(WORKED_CASE)
    assert asked(policy, None, "2018-04-20", "declined 2018-04-10 on 2018-04-19") == ["2018-04-10 (offer)"]
    assert asked(policy, None, "2018-04-20", "accepted 2018-04-10 on 2018-04-19") == []
    assert asked(policy, None, "2016-07-02", "declined 2014-03-01 on 2016-07-01") == ["2014-03-01 (registration)"]
    assert asked(policy, "2016-07-01", "2016-07-02", "declined 2014-03-01 on 2016-07-01") == []


def test_whoever_registers_years_after_an_acceptance_is_asked_for_the_text_of_now():
    policy = drawn("""
        2014-03-01
        2018-04-10 clarifying
    """)
    assert asked(policy, None, "2019-01-01", "accepted 2014-03-01 on 2015-01-01") == ["2018-04-10 (registration)"]
    assert asked(policy, "2015-01-01", "2019-01-01", "accepted 2014-03-01 on 2015-01-01") == []


def test_an_application_whose_clock_is_ahead_takes_no_question_away():
    assert asked(drawn(WORKED_CASE), "2016-07-01 09:02", "2016-07-01 09:00") == ["2014-03-01 (registration)"]


def test_an_answer_to_a_text_that_was_not_posted_yet_is_none():
    said = ["accepted 2014-03-01 on 2016-07-01", "accepted 2018-04-10 on 2018-04-09"]
    assert asked(drawn(WORKED_CASE), "2016-07-01", "2018-04-15", *said) == ["2018-04-10 (change)"]


# Corrections


CORRECTED = """
    2014-03-01
    2018-04-10 material: 2018-05-10 | on acceptance
    2018-04-20 corrects 2018-04-10
"""


def test_a_correction_is_what_is_shown_and_asks_nobody_anew():
    policy = drawn(CORRECTED)
    assert asked(policy, None, "2018-04-21") == ["2018-04-20 (offer)"]
    assert asked(policy, "2018-04-15", "2018-04-21", "accepted 2018-04-10 on 2018-04-15") == []
    assert answerable(policy, "2018-04-15", "2018-04-21", "accepted 2018-04-10 on 2018-04-15") == [
        "2018-04-20 (accepted)"
    ]


def test_an_answer_to_a_correction_is_one_to_what_it_corrects():
    assert asked(drawn(CORRECTED), "2016-01-01", "2018-05-20", "accepted 2018-04-20 on 2018-04-21") == []


# Offers to current users, and what ends them


OFFERED = """
    2014-03-01
    2018-04-10 material, by 2018-06-10: on acceptance
    2019-01-10 material, overtakes 2018-04-10: 2019-03-01
"""


def test_an_offer_is_asked_until_it_ends():
    policy, accepted = drawn(OFFERED), "accepted 2014-03-01 on 2016-01-01"
    assert asked(policy, "2016-01-01", "2018-05-01", accepted) == ["2018-04-10 (offer)"]
    assert asked(policy, "2016-01-01", "2018-07-01", accepted) == ["2018-04-10 (offer)"]
    assert answerable(policy, "2016-01-01", "2018-07-01", accepted) == ["2014-03-01 (accepted)", "2018-04-10 (-)"]
    assert answerable(policy, "2016-01-01", "2019-01-11", accepted) == ["2014-03-01 (accepted)", "2019-01-10 (-)"]


def test_whoever_took_an_offer_up_has_nothing_to_answer_once_it_is_over():
    said = ["accepted 2014-03-01 on 2016-01-01", "accepted 2018-04-10 on 2018-05-01"]
    assert answerable(drawn(OFFERED), "2016-01-01", "2019-01-11", *said) == ["2019-01-10 (-)"]


def test_a_member_who_never_answered_is_asked_for_the_offer_and_not_for_the_text_that_it_would_replace():
    assert asked(drawn(OFFERED), "2016-01-01", "2018-05-01") == ["2018-04-10 (offer)"]


def test_a_text_for_new_users_alone_is_nothing_to_current_ones():
    policy = drawn("""
        2014-03-01
        2018-04-10 material: never | on acceptance
    """)
    assert answerable(policy, "2016-01-01", "2018-05-01") == ["2014-03-01 (-)"]


# Material changes


CHANGES = """
    2014-03-01
    2016-01-10 material
    2017-01-10 clarifying
    2018-01-10 material: 60 days after posting
"""


@pytest.mark.parametrize(
    ("on", "said", "expected"),
    [
        ("2016-02-01", [], ["2016-01-10 (change)"]),
        ("2017-02-01", [], ["2017-01-10 (change)"]),  # The question of 2016, which nobody answered, lies here now.
        ("2017-02-01", ["deferred 2016-01-10 on 2016-02-01"], ["2017-01-10 (change)"]),
        ("2017-02-01", ["accepted 2016-01-10 on 2016-02-01"], []),
        ("2017-02-01", ["declined 2016-01-10 on 2016-02-01"], []),
        ("2018-02-01", [], ["2017-01-10 (change)", "2018-01-10 (change)"]),
        ("2018-02-01", ["accepted 2017-01-10 on 2017-02-01"], ["2018-01-10 (change)"]),
        # Who answers the coming text and puts the present one off is still asked for that.
        (
            "2018-02-02",
            ["deferred 2017-01-10 on 2018-02-01", "accepted 2018-01-10 on 2018-02-01"],
            ["2017-01-10 (change)"],
        ),
        ("2018-04-01", [], ["2018-01-10 (change)"]),
    ],
)
def test_a_material_change_asks_until_it_or_what_followed_is_answered(on, said, expected):
    assert asked(drawn(CHANGES), "2015-01-01", on, "accepted 2014-03-01 on 2015-01-01", *said) == expected


def test_a_clarifying_revision_asks_no_member_for_itself():
    assert asked(drawn(CHANGES), "2016-02-01", "2017-02-01", "accepted 2016-01-10 on 2016-02-01") == []


def test_whoever_registers_before_a_day_is_asked_for_the_text_of_today_and_for_the_coming_one():
    expected = ["2017-01-10 (registration)", "2018-01-10 (change)"]
    assert asked(drawn(CHANGES), None, "2018-02-01") == expected
    assert asked(drawn(CHANGES), "2018-02-01", "2018-02-01") == expected


def test_what_was_withdrawn_asks_nobody_and_settles_nothing():
    policy = drawn("""
        2014-03-01
        2016-01-10 material
        2017-01-10 material: 2017-03-01
        2017-02-01 clarifying, overtakes 2017-01-10
    """)
    first, second = "accepted 2014-03-01 on 2015-01-01", "accepted 2016-01-10 on 2016-02-01"
    assert asked(policy, "2015-01-01", "2017-02-02", first, second) == []
    assert asked(policy, "2015-01-01", "2017-02-02", first, "declined 2017-01-10 on 2017-01-20") == [
        "2017-02-01 (change)"
    ]


def test_a_text_that_is_kept_is_asked_for_although_a_later_posting_was_accepted():
    policy = drawn("""
        2014-03-01
        2016-01-10 material: 2016-06-01
        2016-02-10 material, keeps 2016-01-10
    """)
    said = ["accepted 2014-03-01 on 2015-01-01", "accepted 2016-02-10 on 2016-02-11"]
    assert asked(policy, "2015-01-01", "2016-02-12", *said) == ["2016-01-10 (change)"]
    assert asked(policy, None, "2016-02-12") == ["2016-01-10 (change)", "2016-02-10 (registration)"]


# Members of before the register, and policies that begin or cease to ask


def test_a_member_of_whom_no_answer_is_known_is_asked_for_what_binds_them():
    """Also where what binds them came after they had registered, and changed little."""
    policy = drawn("""
        2014-03-01
        2017-01-10 clarifying
    """)
    assert asked(policy, "2015-01-01", "2016-01-01") == ["2014-03-01 (registration)"]
    assert asked(policy, "2015-01-01", "2018-01-01") == ["2017-01-10 (registration)"]


def test_who_was_there_before_the_policy_is_asked_from_its_first_change_on():
    policy = drawn(CHANGES)
    assert asked(policy, "2013-01-01", "2015-01-01") == []
    assert asked(policy, "2013-01-01", "2016-02-01") == ["2016-01-10 (change)"]


def test_a_policy_that_ceases_to_ask_asks_from_then_on_nothing():
    policy = drawn("""
        2014-03-01
        2016-01-10 material
        2017-01-10 clarifying, asks nothing
        2018-01-10 material: on acceptance
    """)
    assert asked(policy, "2015-01-01", "2016-06-01") == ["2016-01-10 (change)"]
    assert asked(policy, "2015-01-01", "2017-06-01") == []
    assert asked(policy, "2015-01-01", "2018-06-01") == ["2018-01-10 (offer)"]  # It could not bind them otherwise.


def test_a_posting_asks_current_users_for_an_acceptance_or_for_their_answer():
    policy = drawn("""
        2014-03-01
        2015-01-10 material: 30 days after posting
        2015-02-20 corrects 2015-01-10
        2016-01-10 clarifying
        2017-01-10 clarifying: on acceptance
        2018-01-10 material: never | on acceptance
        2019-01-10 material, asks nothing
    """)
    asking = [one.name for place, one in enumerate(policy.revisions) if asks_current_users(one, is_first=place == 0)]
    assert asking == ["2015-01-10", "2017-01-10"]
