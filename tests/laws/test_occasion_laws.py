"""What is presented is settled by the posting: nothing that joins the record later changes it."""

from dataclasses import replace

from hypothesis import given
from laws.histories import histories, law
from laws.naive_timeline import NaiveTimeline

from inforce.core.effect import Audience
from inforce.core.occasion import Occasions


def asking(history):
    """The revisions, of a policy that asks for acceptance."""
    return [replace(one, terms=replace(one.terms, acceptance_asked=True)) for one in history.revisions]


def all_of(revisions):
    return {(one.revision.name, one.audience): one for one in Occasions(revisions).all()}


@law(150)
@given(history=histories())
def test_what_joins_the_record_later_changes_no_occasion(history):
    revisions = asking(history)
    whole = all_of(revisions)
    for newest in revisions:
        known = [one for one in revisions if one.posting.sequence <= newest.posting.sequence]
        for place, occasion in all_of(known).items():
            assert whole[place] == occasion, place


@law(150)
@given(history=histories())
def test_what_bound_current_users_before_is_what_would_bind_them_without_the_posting(history):
    revisions = asking(history)
    for (_, audience), occasion in all_of(revisions).items():
        root = occasion.root
        start = root.effects[Audience.CURRENT_USERS].start
        earlier = [one for one in revisions if one.posting.sequence <= root.posting.sequence and one.order < root.order]
        bound = NaiveTimeline(earlier).row(Audience.CURRENT_USERS, root.posted)[0] if earlier else None
        assert (occasion.before and occasion.before.name) == (None if start == root.posted else bound), audience
