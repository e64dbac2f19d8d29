"""What pages say of a revision, over random histories: sentences that are whole, and true."""

import re
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from laws.histories import histories
from laws.test_timeline_laws import law

from inforce.core.effect import Audience
from inforce.core.standing import standings
from inforce.core.timeline import Acceptance, Person, Status, Timeline
from inforce.formats.messages import languages, messages_in
from inforce.formats.words import Words, _Telling, cohort_of

WHOLE = {
    "en": (r"[A-Z][^.]*(\. [A-Z][^.]*)*\.", r"(If you register(ed)?|Whenever you registered)\b"),
    "ko": (r"[^.]*다(\. [^.]*다)*\.", r".*(가입하셨다면|가입하신다면|관계없이)$"),
}


@law(150)
@given(history=histories())
def test_sentences_are_whole_in_every_language(history):
    timeline = Timeline(history.revisions)
    assert WHOLE.keys() == languages()
    for language, (whole, cohort) in WHOLE.items():
        words = Words(messages_in(language), history.revisions)
        for revision in history.revisions:
            for now in timeline.changes():
                found = [one for audience in Audience for one in standings(timeline, revision.name, audience, now)]
                told = words.told(found, now, revision.zone, lambda name, words=words: words.calling(timeline[name]))
                for who, sentence in told:
                    assert re.fullmatch(whole, sentence), sentence
                    assert not re.search(r"None|  |,,|,\.| ,|[{}]", who + sentence), sentence
                    assert re.match(cohort, who), who
                assert len({who for who, _ in told}) == len(told)


@law(150)
@given(history=histories())
def test_neighbours_who_are_told_the_same_are_told_of_together_and_nobody_else_is(history):
    timeline, titles = Timeline(history.revisions), dict.fromkeys([one.name for one in history.revisions], "it")
    for revision in history.revisions:
        for now in timeline.changes():
            found = [one for audience in Audience for one in standings(timeline, revision.name, audience, now)]
            telling = _Telling(messages_in("en"), now, revision.zone, titles.__getitem__, exactly=True)
            each, told = [(cohort_of(one), telling.standing_words(one)) for one in found], list(telling.told(found))
            turns = [before == other[0] and same == text for ((_, before), same), (other, text) in pairwise(each)]
            assert len(told) == len(each) - sum(turns)
            begins = [True, *(not turn for turn in turns)]
            assert [text for _, text in told] == [
                text for (_, text), is_new in zip(each, begins, strict=False) if is_new
            ]


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
