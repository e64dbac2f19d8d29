"""Random histories of one policy, each of which the rules allow: up to eight revisions around a turn of the clocks.

A history is made as a record is: one declaration after the other asks `judge` to be posted. What becomes of scheduled
revisions is said by the rules, as `NaiveTimeline` has them. `refused` keeps what was not posted all the same.
"""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from laws.naive_timeline import NaiveTimeline

from inforce.core.effect import ON_POSTING, Audience, Kind, Rule
from inforce.core.policy import ChangeClass, Declaration, Posting, Revision, Terms
from inforce.core.posting import Candidate, Judgement, Posted, judge
from inforce.formats.time_zones import time_zone


def law(examples):
    """How hard a law is tried. INFORCE_LAW_EXAMPLES=20000 makes a long campaign of it."""
    examples = int(os.environ.get("INFORCE_LAW_EXAMPLES", examples))
    return settings(max_examples=examples, deadline=None, print_blob=True)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))

TURNS = {
    "UTC": [utc("2018-04-10T00:00")],
    "Asia/Seoul": [utc("2018-04-09T15:00")],  # midnight
    "Europe/Berlin": [utc("2018-03-25T01:00"), utc("2018-10-28T01:00")],
    "America/New_York": [utc("2018-03-11T07:00"), utc("2018-11-04T06:00")],
    "Australia/Lord_Howe": [utc("2018-03-31T15:00"), utc("2018-10-06T15:30")],  # by half an hour
    "America/Sao_Paulo": [utc("2018-02-18T02:00"), utc("2018-11-04T03:00")],  # back and forward at midnight
    "Africa/Casablanca": [utc("2018-05-13T02:00"), utc("2018-06-17T02:00")],  # for Ramadan
    "America/St_Johns": [utc("2006-04-02T03:31"), utc("2006-10-29T02:31")],  # a minute after midnight
    "Pacific/Apia": [utc("2011-12-30T10:00")],  # 30 December does not exist
}
"""Instants at which clocks turn, or at least a day begins."""

APPROACHES = [0 * DAY, -DAY, -HOUR, -30 * MINUTE, -SECOND, SECOND, 15 * MINUTE, -3 * DAY]
STEPS = [DAY, 0 * DAY, 0 * DAY, SECOND, 30 * MINUTE, HOUR, 6 * HOUR, 2 * DAY, 5 * DAY]
DEFAULTS = [
    dict.fromkeys(Audience, ON_POSTING),
    {
        Audience.CURRENT_USERS: Rule(Kind.DAYS_AFTER, "2 days after posting", days=2),
        Audience.NEW_USERS: Rule(Kind.ON_ACCEPTANCE, "on acceptance"),
    },
]


@dataclass
class History:
    """The revisions in the order of their posting; and what asked to be posted between recorded ones, and was not."""

    revisions: tuple[Revision, ...]
    refused: tuple[tuple[Candidate, Judgement], ...] = ()

    def _repr_pretty_(self, printer, cycle):
        """How Hypothesis prints an example that breaks a law."""
        printer.text(repr(self))

    def __repr__(self):
        lines = [*map(_picture, self.revisions)]
        lines += [f"refused: {candidate.declaration} {judgement.faults}" for candidate, judgement in self.refused]
        return "\n    " + "\n    ".join(lines)


def _picture(revision):
    what = [f"corrects {revision.corrects}"] if revision.corrects else []
    what += [f"{audience}: {effect.rule.text} ({effect.start})" for audience, effect in revision.effects.items()]
    what += [
        f"{word} {', '.join(getattr(revision, word))}" for word in ("overtakes", "keeps") if getattr(revision, word)
    ]
    return (
        f"{revision.name} {'stated' if revision.posting.is_stated else 'posted'} {revision.posted}: {'; '.join(what)}"
    )


@st.composite
def histories(draw):
    zone = draw(st.sampled_from(list(TURNS)))
    clock = draw(st.sampled_from(TURNS[zone])) + draw(st.sampled_from(APPROACHES))
    posted, refused = [], []
    for place in range(8):
        # All that is drawn of one revision stands together, so that it can be left out where it is not needed.
        if place and not draw(st.integers(0, 6)):
            break
        may_be_stated = all(one.posting.is_stated for one in posted)
        is_stated = may_be_stated and draw(st.integers(0, 2)) == 2
        if is_stated and posted and draw(st.integers(0, 3)) == 3:
            instant = draw(st.sampled_from(posted)).posted + draw(st.sampled_from(STEPS))  # It joins before others.
        else:
            clock = max([clock, *(one.posted + SECOND for one in posted if one.posting.is_stated and not is_stated)])
            clock += draw(st.sampled_from(STEPS)) if place else 0 * DAY
            instant = clock
        if draw(st.integers(0, 9)) == 9:
            zone = draw(st.sampled_from(list(TURNS)))  # The policy moves to another zone (rule 7).
        terms = _terms(zone, draw(st.sampled_from(DEFAULTS)))
        earlier = [one for one in posted if one.posted <= instant]
        declaration = _declaration(draw, instant, terms, earlier, is_stated=is_stated)
        name = f"r{place * 5 % 8}"  # Commits come in their order, whatever the names (rule 1).
        candidate = Candidate("privacy-policy", name, f"blob-{place}", declaration)
        commit = max([clock, instant]) + SECOND if is_stated else instant
        judgement = judge(candidate, terms, Posting(commit, f"commit-{place}", sequence=place), Posted(posted))
        if judgement.revision is not None:
            posted.append(judgement.revision)
            posted.sort(key=lambda one: one.posted)
        elif earlier == posted:
            refused.append((candidate, judgement))
    return History(tuple(posted), tuple(refused))


@st.composite
def ten_years(draw):
    """Five to fourteen revisions, weeks or months apart, of a policy that mostly asks for acceptance."""
    clock = utc("2016-03-01T09:00")
    posted = []
    for place in range(draw(st.integers(5, 14))):
        is_asking = draw(st.integers(0, 4)) != 4
        terms = replace(_terms("Asia/Seoul", draw(st.sampled_from(DEFAULTS))), acceptance_asked=is_asking)
        declaration = _declaration(draw, clock, terms, posted, is_stated=False)
        if declaration.corrects is None and posted:
            change = draw(st.sampled_from([ChangeClass.MATERIAL, ChangeClass.CLARIFYING]))
            accept_by = draw(st.sampled_from([None, None, clock + 40 * DAY, clock + 200 * DAY]))
            far = {one: _rule(draw, clock, terms.zone, posted, reach=120) for one in declaration.effective or ()}
            declaration = replace(declaration, change=change, accept_by=accept_by, effective=far or None)
        candidate = Candidate("privacy-policy", f"r{place * 5 % 14:02}", f"blob-{place}", declaration)
        judgement = judge(candidate, terms, Posting(clock, f"commit-{place}", sequence=place), Posted(posted))
        if judgement.revision is not None:
            posted.append(judgement.revision)
        clock += draw(st.sampled_from([30 * DAY, 0 * DAY, SECOND, 3 * DAY, 90 * DAY, 230 * DAY, 300 * DAY]))
    return History(tuple(posted))


def _terms(zone, effective):
    return Terms("Privacy Policy", "en", zone, time_zone(zone), effective=effective)


def _declaration(draw, posted, terms, earlier, *, is_stated):
    timeline = NaiveTimeline(earlier)
    stated = {"posted": posted, "source": "the archive"} if is_stated else {}
    classes = [ChangeClass.MATERIAL, ChangeClass.EDITORIAL] + [ChangeClass.IMPORTED] * is_stated
    change = draw(st.sampled_from(classes)) if earlier else None
    plain = Declaration("0" * 64, change=change, summary=("A change.",), **stated)
    if change is ChangeClass.EDITORIAL:
        corrected = draw(st.sampled_from(timeline.substantive()))
        named = draw(st.sampled_from([corrected.name, timeline.standing(corrected, posted)]))
        return replace(plain, corrects=named)
    overtakes, keeps = [], []
    for one in timeline.scheduled(posted):
        name = draw(st.sampled_from([one.name, timeline.standing(one, posted)]))
        draw(st.sampled_from([keeps, overtakes])).append(name)
    for audience in Audience:
        one = timeline.offered(audience, posted)
        if one and one.name not in {*overtakes, *keeps} and one not in timeline.scheduled(posted):
            overtakes += [one.name] * draw(st.booleans())
    audiences = draw(st.sampled_from([[], [*Audience], [Audience.CURRENT_USERS], [Audience.NEW_USERS]]))
    effective = {audience: _rule(draw, posted, terms.zone, earlier) for audience in audiences}
    return replace(plain, effective=effective or None, overtakes=tuple(overtakes), keeps=tuple(keeps))


def _rule(draw, posted, zone, earlier, reach=4):
    kind = draw(
        st.sampled_from([Kind.ON_POSTING, Kind.ON_ACCEPTANCE, Kind.DAY, Kind.INSTANT, Kind.DAYS_AFTER, Kind.NEVER])
    )
    if kind is Kind.DAY:
        day = posted.astimezone(zone).date() + draw(st.integers(0, reach)) * DAY
        return Rule(kind, str(day), day=day)
    if kind is Kind.INSTANT:
        known = [effect.start for one in earlier for effect in one.effects.values() if effect.start]
        instants = [posted + step for step in STEPS] + sorted({one for one in known if one >= posted})
        instant = draw(st.sampled_from(instants))
        return Rule(kind, instant.isoformat(), instant=instant)
    if kind is Kind.DAYS_AFTER:
        days = draw(st.integers(1, reach))
        return Rule(kind, f"{days} days after posting", days=days)
    return Rule(kind, kind.value)


@st.composite
def persons(draw, history):
    """When somebody joined, and what they accepted: in time, too early, too late, twice, the wrong text."""
    timeline = NaiveTimeline(history.revisions)
    moments = probes(timeline.boundaries())
    texts = [*(one.name for one in history.revisions), "another-policy"]
    joined = draw(st.sampled_from(moments))
    anything = st.tuples(st.sampled_from(texts), st.sampled_from(moments))
    in_time = [(text, moment) for moment in moments for text in _asked(timeline, moment)]
    accepted = st.one_of(st.sampled_from(in_time), anything) if in_time else anything
    return joined, tuple(draw(st.lists(accepted, max_size=4)))


def _asked(timeline, moment):
    """The texts that somebody may accept then."""
    return [timeline.standing(one, moment) for audience in Audience if (one := timeline.offered(audience, moment))]


def probes(boundaries):
    """The instants themselves, and a second before and after each."""
    return sorted({one + by for one in boundaries for by in (-SECOND, timedelta(), SECOND)})
