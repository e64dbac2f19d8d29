"""What pages say of a revision, over random histories: sentences that are whole, and true."""

import re

from hypothesis import given
from laws.histories import histories
from laws.test_timeline_laws import law

from inforce.core.effect import Audience
from inforce.core.standing import standing
from inforce.core.timeline import Acceptance, Person, Timeline
from inforce.formats.words import audience_words, calling, standing_words


@law(150)
@given(history=histories())
def test_sentences_are_whole(history):
    timeline = Timeline(history.revisions)
    for revision in history.revisions:
        for now in timeline.changes():
            for audience in Audience:
                one = standing(timeline, revision.name, audience, now)
                if one is None:
                    continue
                words = standing_words(one, now, revision.zone, lambda name: calling(timeline[name]))
                assert re.fullmatch(r"[A-Z][^.]*(\. [A-Z][^.]*)*\.", words), words
                assert not re.search(r"None|  |,,|,\.| ,", words), words
                assert audience_words(one, revision.zone).startswith("If you registered ")


@law(150)
@given(history=histories())
def test_who_accepts_an_offer_at_once_is_bound_as_the_page_says(history):
    timeline = Timeline(history.revisions)
    now = timeline.changes()[-1]
    for revision in history.revisions:
        one = standing(timeline, revision.name, Audience.NEW_USERS, now)
        if revision.corrects is None and one is not None and one.by_acceptance and one.start is not None:
            person = Person(one.offered_from, (Acceptance(revision.name, one.offered_from),))
            assert timeline.binding(person, one.start).revision == revision.name
            assert one.until is None or timeline.binding(person, one.until).revision != revision.name
