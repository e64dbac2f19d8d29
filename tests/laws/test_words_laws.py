"""What pages say of a revision, over random histories: sentences that are whole, and true."""

import re
from datetime import timedelta

from hypothesis import given
from laws.histories import histories
from laws.test_timeline_laws import law

from inforce.core.effect import Audience
from inforce.core.standing import standings
from inforce.core.timeline import Acceptance, Person, Status, Timeline
from inforce.formats.words import calling, cohort_words, standing_words


@law(150)
@given(history=histories())
def test_sentences_are_whole(history):
    timeline = Timeline(history.revisions)
    for revision in history.revisions:
        for now in timeline.changes():
            for audience in Audience:
                for one in standings(timeline, revision.name, audience, now):
                    words = standing_words(one, now, revision.zone, lambda name: calling(timeline[name]))
                    assert re.fullmatch(r"[A-Z][^.]*(\. [A-Z][^.]*)*\.", words), words
                    assert not re.search(r"None|  |,,|,\.| ,", words), words
                    assert cohort_words(one, revision.zone).startswith("If you registered ")


@law(150)
@given(history=histories())
def test_everybody_of_a_cohort_is_bound_as_its_sentence_says(history):
    """Whoever joins at whatever boundary within the cohort, and accepts at once where that is asked."""
    timeline = Timeline(history.revisions)
    now = timeline.changes()[-1]
    second = timedelta(seconds=1)
    moments = sorted({instant + shift for instant in timeline.changes() for shift in (-second, 0 * second, second)})
    for revision in history.revisions:
        for one in (one for audience in Audience for one in standings(timeline, revision.name, audience, now)):
            if one.start is None or one.status is Status.NEVER:
                continue
            for joined in moments:
                if (one.joined_from and joined < one.joined_from) or (one.joined_until and joined >= one.joined_until):
                    continue
                accepted = max(joined, one.offered_from) if one.offered_from else joined
                acceptances = (Acceptance(timeline.root(revision.name), accepted),) if one.by_acceptance else ()
                spans = timeline.spans_of(Person(joined, acceptances))
                bound = [span for span in spans if span.revision == revision.name]
                assert bound, (revision.name, joined)
                assert bound[-1].until == one.until
                assert bound[0].start == (accepted if one.from_joining else one.start)
