"""Laws of the page's script: on random histories, for random persons, in every zone, it says what Python says.

INFORCE_LAW_EXAMPLES=20000 makes a long campaign of it.
"""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from browser.serving import served
from hypothesis import given
from hypothesis import strategies as st
from laws.histories import SECOND, histories, law, persons

from inforce.core.effect import Audience
from inforce.core.instant import first_instant, format_instant
from inforce.core.policy import Terms
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Acceptance, Person
from inforce.formats.answer_json import which_answer
from inforce.formats.messages import languages, messages_in
from inforce.formats.on_json import on_data
from inforce.formats.script_words import script_words
from inforce.formats.time_zones import time_zone, zone_names
from inforce.formats.zone_turns import zone_turns

pytestmark = pytest.mark.browser
MICROSECOND = timedelta(microseconds=1)
ANSWERS = "([data, questions]) => questions.map((ask => question => which(ask, question))(new Timeline(data)))"
CLOCKS = """([data, instants, days]) => {
    const zone = new Zone(data)
    return [
        instants.map(one => zone.format(readInstant(one))),
        days.map(one => zone.format(zone.firstInstant(parseDay(one)))),
    ]
}"""
MOMENTS = """([data, words, instants]) => {
    const zone = new Zone(data)
    return instants.map(one => momentIn(words, zone.local(readInstant(one))))
}"""


@pytest.fixture(scope="module")
def evaluate(chromium, site):
    """Runs a function in a page, where the scripts' own are at hand."""
    page = chromium.new_page()
    with served(site) as root:
        page.goto(f"{root}privacy-policy/in-force.json")
        page.evaluate(
            """async root => {
                for (const name of ["instant", "timeline", "words"])
                    Object.assign(globalThis, await import(`${root}assets/inforce/${name}.js`))
            }""",
            root,
        )
        yield page.evaluate
    page.close()


@law(150)
@given(data=st.data(), history=histories())
def test_the_script_answers_as_python_does(evaluate, data, history):
    newest = history.revisions[-1]
    terms = Terms("Privacy Policy", "en", newest.time_zone, newest.zone)
    policy = PolicyRecord("privacy-policy", terms, history.revisions)
    timeline = policy.timeline
    boundaries = [*timeline.changes(), *(one.until for who in Audience for one in timeline.row(who) if one.until)]
    moments = sorted({one + by for one in boundaries for by in (-MICROSECOND, timedelta(), MICROSECOND, SECOND)})
    questions, answers = [], []
    for audience in Audience:
        for instant in moments:
            questions.append({"on": instant.isoformat(), "audience": audience.value})
            answers.append(which_answer(policy, instant, timeline.on(audience, instant), asked_for=audience))
    for _ in range(4):
        joined, accepted = data.draw(persons(history))
        joined += data.draw(st.sampled_from([-MICROSECOND, timedelta(), MICROSECOND]))
        known = [(name, instant) for name, instant in accepted if name in timeline]
        person = Person(joined, tuple(Acceptance(*one) for one in known))
        asked = {"joined": joined.isoformat(), "accepted": [(name, when.isoformat()) for name, when in known]}
        for instant in [*moments, joined, joined - MICROSECOND]:
            questions.append({"on": instant.isoformat(), **asked})
            answers.append(which_answer(policy, instant, timeline.binding(person, instant), asked_for=joined))
    told = on_data(policy, timeline, format_instant(timeline.changes()[-1], policy.terms.zone), messages_in("en"))
    assert evaluate(ANSWERS, [told, questions]) == answers


def around_turns(name, random):
    """Instants around some turns of a zone's clocks, and anywhere."""
    turns = [at for at, _ in zone_turns(name)["turns"]]
    seconds = [at + by for at in random.sample(turns, min(len(turns), 12)) for by in (-3601, -1, 0, 1, 1799, 3600)]
    seconds += [random.randrange(-30_000_000_000, 220_000_000_000) for _ in range(60)]
    instants = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=one) for one in seconds]
    return [one + timedelta(microseconds=random.choice([0, 0, 1, 999_999])) for one in instants]


@pytest.mark.parametrize("letter", "AEIP")
def test_the_script_knows_the_clocks_of_every_zone(evaluate, letter):
    random = Random(letter)
    for name in sorted(one for one in zone_names() if one.startswith(letter)):
        zone, instants = time_zone(name), around_turns(name, random)
        days = sorted({one.astimezone(zone).date() for one in instants})
        formatted, begun = evaluate(
            CLOCKS, [zone_turns(name), [one.isoformat() for one in instants], [str(one) for one in days]]
        )
        assert formatted == [format_instant(one, zone) for one in instants], name
        assert begun == [format_instant(first_instant(one, zone), zone) for one in days], name


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_script_writes_dates_as_the_pages_do(evaluate, language):
    messages, random = messages_in(language), Random(language)
    for name in ("Asia/Seoul", "America/Sao_Paulo"):
        zone = time_zone(name)
        instants = [one.replace(microsecond=0) for one in around_turns(name, random)]
        instants += [first_instant(one.date(), zone) for one in instants]
        told = evaluate(MOMENTS, [zone_turns(name), script_words(messages, []), [one.isoformat() for one in instants]])
        assert told == [messages.moment(one, zone, exactly=True) for one in instants]
