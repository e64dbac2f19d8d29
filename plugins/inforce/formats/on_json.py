"""What the page `/<policy>/on/` knows: the data by which its script answers for any person.

It stands in an attribute of the page's form, `data-record`, and belongs to the script; other programs read
`in-force.json`. What is not a person's own is decided here, by the timeline. The whole form::

    {
      "as_of": "2018-05-01T00:00:00+09:00",
      "in_force": {
        "current_users": [{"basis": "binds", "from": "2014-03-01T00:00:00+09:00", "revision": "2014-03-01",
                           "until": "2018-05-10T00:00:00+09:00"}, …],
        "new_users": […]
      },
      "policy": "privacy-policy",
      "revisions": [
        {
          "current_users": {"from": "2018-05-10T00:00:00+09:00"},
          "new_users": {"offered": {"from": "2018-04-10T09:00:00+09:00", "until": null}},
          "posted": "2018-04-10T09:00:00+09:00",
          "revision": "2018-04-10"
        },
        {"posted": "2018-04-12T09:00:00+09:00", "revision": "2018-04-12", "stands_for": "2018-04-10"}
      ],
      "words": {…},
      "zone": {"before": 30472, "turns": [[-1948782472, 30600], …], "rule": null}
    }

`in_force` is that of `in-force.json`, `words` that of `script_words.py`, `zone` that of `zone_turns.py`. The revisions
stand in order of posting. For each audience a revision takes effect `from` an instant, or is `offered` in a stretch, or
is null: never, overtaken before it came to it, or offered for no time at all. A correction says what it `stands_for`
from its posting on, which is never a correction itself.
"""

from __future__ import annotations

from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Timeline
from inforce.formats.in_force_json import in_force_rows, instant_or_null
from inforce.formats.json_text import Json
from inforce.formats.messages import Messages
from inforce.formats.script_words import script_words
from inforce.formats.zone_turns import zone_turns

KEYS = (
    "on.always",
    "on.answer.accepted.none",
    "on.answer.basis",
    "on.answer.command",
    "on.answer.current_users.binds",
    "on.answer.current_users.nothing",
    "on.answer.idle",
    "on.answer.new_users.binds",
    "on.answer.new_users.nothing",
    "on.answer.new_users.offered",
    "on.answer.person.before",
    "on.answer.person.binds",
    "on.answer.person.nothing",
    "on.basis.binds",
    "on.basis.nothing",
    "on.basis.offered",
    "on.field.accepted",
    "on.from",
    "on.open",
    "on.until",
    "on.wrong.choose",
    "on.wrong.needed",
    "on.wrong.no_day",
    "on.wrong.no_instant",
    "on.wrong.no_moment",
    "on.wrong.no_revision",
    "on.wrong.no_year",
    "on.wrong.no_zone",
    "on.wrong.who",
)
"""The messages of the script."""


def on_data(policy: PolicyRecord, timeline: Timeline, as_of: str, messages: Messages) -> Json:
    """The page's data, of the revisions that are given; `as_of` as data has it, `messages` in the page's language."""
    zone = policy.terms.zone
    return {
        "as_of": as_of,
        "in_force": in_force_rows(timeline, zone),
        "policy": policy.slug,
        "revisions": [_entry(one, policy, timeline) for one in timeline.revisions],
        "words": script_words(messages, KEYS),
        "zone": zone_turns(policy.terms.time_zone),
    }


def _entry(revision: Revision, policy: PolicyRecord, timeline: Timeline) -> Json:
    entry: Json = {"posted": format_instant(revision.posted, policy.terms.zone), "revision": revision.name}
    if revision.corrects is not None:
        return {**entry, "stands_for": timeline.root(revision.name)}
    return {**entry, **{audience: _turn(revision, audience, policy, timeline) for audience in Audience}}


def _turn(revision: Revision, audience: Audience, policy: PolicyRecord, timeline: Timeline) -> Json | None:
    zone = policy.terms.zone
    if revision.effects[audience].rule.needs_acceptance:
        offer = timeline.offer(revision.name, audience)
        if offer is None or offer.start == offer.until:
            return None
        return {"offered": {"from": format_instant(offer.start, zone), "until": instant_or_null(offer.until, zone)}}
    start = timeline.start(revision.name, audience)
    return None if start is None else {"from": format_instant(start, zone)}
