"""The identities of clauses over a history: each text drawn as its clauses, with the name that each of them has."""

from redlines.drawing import clauses

from inforce.core.clause import plain
from inforce.core.identity import Identities, groups_of
from inforce.core.redline import Done, redline


def named(*texts):
    """The identities of each text, by what its clauses say."""
    read = [clauses(text) for text in texts]
    identities = Identities()
    given = [identities.begin(read[0])]
    for number, text in enumerate(read[1:], start=1):
        given.append(identities.follow(given[-1].names, redline(read[number - 1], text)))
    return [
        {plain(clause.words): name for clause, name in zip(text, one.names, strict=True)}
        for text, one in zip(read, given, strict=True)
    ]


def test_an_identity_is_made_of_what_the_clause_says_at_first():
    (names,) = named(
        "# Terms\n\nWe ask you first, and then we act.\n\n- Yes\n- No\n\n---\n\n개인정보를 소중히 여깁니다.\n"
    )
    assert list(names.values()) == [
        "c-terms",
        "c-we-ask-you-first",
        "c-yes",
        "c-no",
        "c-separator",
        "c-개인정보를-소중히-여깁니다",
    ]


def test_clauses_that_say_the_same_are_numbered():
    read = clauses("- Yes\n- Yes\n- Yes 2\n- Yes\n")
    assert Identities().begin(read).names == ("c-yes", "c-yes-2", "c-yes-2-2", "c-yes-3")


OLD = """
    # Terms

    ## 1. Orders

    You may cancel an order within 30 days of it.

    ## 2. Payment

    You pay when you order goods from us.
"""
NEW = """
    # Terms

    ## 1. Payment

    You pay when you order goods from us.

    ## 2. Orders

    You may cancel an order within 60 days of it.
"""


def test_an_edited_moved_and_renumbered_clause_keeps_its_identity():
    before, after = named(OLD, NEW)
    assert after["You may cancel an order within 60 days of it."] == "c-you-may-cancel-an"
    assert after["You pay when you order goods from us."] == before["You pay when you order goods from us."]
    assert after["2. Orders"] == before["1. Orders"] == "c-1-orders"
    assert after["1. Payment"] == before["2. Payment"] == "c-2-payment"


def test_a_clause_that_is_removed_and_returns_has_its_old_identity():
    whole = "# Terms\n\nWe keep your orders for five years at the most.\n\nYou agree.\n"
    first, without, again = named(
        whole,
        "# Terms\n\nYou agree.\n",
        whole.replace("five years", "six years"),
    )
    assert "c-we-keep-your-orders" not in without.values()
    assert again["We keep your orders for six years at the most."] == "c-we-keep-your-orders"
    assert first.keys() != again.keys()


def test_an_identity_is_never_used_again_for_something_else():
    *_, last = named("# Terms\n\nYes.\n", "# Terms\n", "# Terms\n\nYes, we do that, and a lot more of it.\n")
    assert last["Yes, we do that, and a lot more of it."] == "c-yes-we-do-that"
    *_, last = named("- Yes, we do.\n", "Nothing at all here.\n", "`yes we do`, says the machine, and halts.\n")
    assert last["yes we do, says the machine, and halts."] == "c-yes-we-do-says"


def test_the_first_part_of_a_split_clause_keeps_its_identity_and_the_whole_of_a_joined_one():
    keeping = "We keep your orders for five years at the most."
    deleting = "We delete them after that, unless a court asks us to wait."
    whole, parts = f"{keeping} {deleting}\n", f"{keeping}\n\n{deleting}\n"
    first, split, joined = named(whole, parts, whole)
    assert list(first.values()) == ["c-we-keep-your-orders"]
    assert list(split.values()) == ["c-we-keep-your-orders", "c-we-delete-them-after"]
    assert joined == first


def test_no_identity_is_the_anchor_of_a_heading_beside_it():
    (names,) = named("## C. Marketing\n\n- Marketing\n")
    assert names == {"C. Marketing": "c-c-marketing", "Marketing": "c-marketing-2"}


def test_texts_that_stood_twice_for_a_while_are_compared_by_what_they_say():
    kept = "We keep your orders for five years at the most.\n\nYou may cancel them within {} days of ordering.\n"
    old, new = kept.format(30), kept.format(60)
    first, both, last = (clauses(text) for text in (old, f"{new}\n{old}", new))
    identities = Identities()
    one = identities.begin(first)
    two = identities.follow(one.names, redline(first, both))
    three = identities.follow(two.names, redline(both, last))
    found = redline(first, last, groups_of(one.names, three))
    assert next(change.done for change in found.changes) in (Done.KEPT, Done.MOVED)
