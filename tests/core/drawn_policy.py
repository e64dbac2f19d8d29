"""Policies drawn on a few lines, for pictures of who is asked what.

Each line is one revision, named by the day on whose morning it is posted, at nine in Seoul::

    2014-03-01
    2018-04-10 material: 2018-05-10 | on acceptance        (current users | new users)
    2018-04-20 corrects 2018-04-10
    2019-01-01 material, by 2019-03-01, overtakes 2018-04-10: 30 days after posting
    2020-01-01 clarifying, asks nothing                    (`acceptance: not asked` from here on)
"""

from datetime import UTC, datetime

from inforce.core.acceptance import Answered, Decision, open_to
from inforce.core.effect import Audience, parse_rule
from inforce.core.policy import ChangeClass, Declaration, Posting, Terms
from inforce.core.posting import Candidate, Posted, judge
from inforce.core.timeline import Timeline
from inforce.formats.time_zones import time_zone

SEOUL = time_zone("Asia/Seoul")


def seoul(text):
    """An instant by the clocks of Seoul; of a bare date, nine in the morning."""
    clock = text if " " in text else f"{text} 09:00"
    return datetime.fromisoformat(f"{clock}+09:00").astimezone(UTC)


def drawn(picture):
    """The timeline of the policy."""
    posted = []
    asked = True
    for line in filter(None, map(str.strip, picture.splitlines())):
        head, _, effects = line.partition(":")
        name, *said = head.replace(",", " , ").split(maxsplit=1)
        said = [one.strip() for one in " ".join(said).split(",") if one.strip()]
        asked = asked and "asks nothing" not in said
        terms = Terms("Privacy Policy", "en", "Asia/Seoul", SEOUL, acceptance_asked=asked)
        declaration = Declaration(f"{len(posted):064}", effective=_effective(effects), **_declared(said))
        candidate = Candidate("privacy-policy", name, f"blob of {name}", declaration)
        judgement = judge(candidate, terms, Posting(seoul(name), f"commit of {name}"), Posted(posted))
        assert judgement.faults == (), (line, judgement.faults)
        posted.append(judgement.revision)
    return Timeline(posted)


def _effective(effects):
    rules = [parse_rule(one.strip()) for one in effects.split("|") if one.strip()]
    return dict(zip(Audience, [*rules, *rules][:2], strict=True)) if rules else None


def _declared(said):
    declared = {"summary": ("A change.",)} if said else {}
    for one in said:
        word, _, rest = one.partition(" ")
        if word in {"material", "clarifying"}:
            declared["change"] = ChangeClass(word)
        elif word == "corrects":
            declared |= {"change": ChangeClass.EDITORIAL, "corrects": rest}
        elif word == "by":
            declared["accept_by"] = seoul(f"{rest} 00:00")
        elif word in {"overtakes", "keeps"}:
            declared[word] = tuple(rest.split())
    return declared


def answers(*said):
    """Of lines such as `accepted 2018-04-10 on 2018-06-01`."""
    found = []
    for decision, revision, _, on in (one.split(maxsplit=3) for one in said):
        found.append(Answered(revision, Decision(decision), seoul(on)))
    return found


def asked(timeline, joined, on, *said):
    """What a person is asked then: of each text its name and why. `joined` is None for whoever registers just then."""
    found = open_to(timeline, joined and seoul(joined), answers(*said), seoul(on))
    return [f"{one.revision} ({one.reason})" for one in found if one.is_asked]


def answerable(timeline, joined, on, *said):
    """What a person can answer then, asked or not, and what was said to it last."""
    found = open_to(timeline, joined and seoul(joined), answers(*said), seoul(on))
    return [f"{one.revision} ({one.decision or '-'})" for one in found]
