"""`in-force.json`: the resolver's table of one policy.

The whole format; instants are RFC 3339 with the offset of the policy's time zone, `url`s relative to its page::

    {
      "as_of": "2018-05-01T00:00:00+09:00",
      "in_force": {
        "current_users": [
          {"basis": "binds", "from": "2014-03-01T00:00:00+09:00", "revision": "2014-03-01",
           "until": "2018-05-10T00:00:00+09:00"},
          {"basis": "binds", "from": "2018-05-10T00:00:00+09:00", "revision": "2018-04-10", "until": null}
        ],
        "new_users": [
          {"basis": "binds", "from": "2014-03-01T00:00:00+09:00", "revision": "2014-03-01",
           "until": "2018-04-10T09:00:00+09:00"},
          {"basis": "offered", "from": "2018-04-10T09:00:00+09:00", "revision": "2018-04-10", "until": null}
        ]
      },
      "policy": "privacy-policy",
      "revisions": [
        {
          "change": "material",
          "digest": "…64 hexadecimal digits…",
          "effective": {
            "current_users": {"from": "2018-05-10T00:00:00+09:00", "rule": "2018-05-10"},
            "new_users": {"from": null, "rule": "on acceptance"}
          },
          "posted": "2018-04-10T09:00:00+09:00",
          "posting": {"commit": "…40 hexadecimal digits…", "kind": "recorded"},
          "revision": "2018-04-10",
          "summary": ["Your information is now stored in the Republic of Korea."],
          "url": "2018-04-10/"
        }
      ],
      "time_zone": "Asia/Seoul",
      "title": "Privacy Policy"
    }

A stated posting is `{"kind": "stated", "source": "…"}`. `accept_by`, `overtakes`, `keeps`, `corrects` and `title`
appear where they were said. An editorial revision has `"effective": {}`: it stands for the one it corrects. `accept`
appears where anybody is asked to accept the revision (`acceptance/asked_json.py`).
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Span, Timeline
from inforce.formats.acceptance.asked_json import Digests
from inforce.formats.acceptance.asked_json import revision_entry as accept_entry
from inforce.formats.json_text import Json


def in_force_table(policy: PolicyRecord, as_of: datetime, asked: Digests | None = None) -> Json:
    """The table, of the revisions that are given; `asked` has the digests of their presentations."""
    asked = asked or {}
    zone = policy.terms.zone
    timeline = policy.timeline
    return {
        "as_of": format_instant(as_of, zone),
        "in_force": in_force_rows(timeline, zone),
        "policy": policy.slug,
        "revisions": [
            revision_entry(one, policy) | ({"accept": accept_entry(one, asked[one.name])} if one.name in asked else {})
            for one in timeline.revisions
        ],
        "time_zone": policy.terms.time_zone,
        "title": policy.terms.title,
    }


def in_force_rows(timeline: Timeline, zone: tzinfo) -> Json:
    """The rows of both audiences."""
    return {audience: [_span(span, zone) for span in timeline.row(audience)] for audience in Audience}


def revision_entry(revision: Revision, policy: PolicyRecord) -> Json:
    """One of the table's `revisions`."""
    zone = policy.terms.zone
    entry: Json = {
        "change": revision.change,
        "digest": revision.digest,
        "effective": effects_entry(revision, zone),
        "posted": format_instant(revision.posted, zone),
        "posting": posting_entry(revision),
        "revision": revision.name,
        "summary": list(revision.summary),
        "url": f"{revision.name}/",
    }
    if revision.title != policy.terms.title:
        entry["title"] = revision.title
    if revision.accept_by is not None:
        entry["accept_by"] = format_instant(revision.accept_by, zone)
    if revision.overtakes:
        entry["overtakes"] = list(revision.overtakes)
    if revision.keeps:
        entry["keeps"] = list(revision.keeps)
    if revision.corrects is not None:
        entry["corrects"] = revision.corrects
    return entry


def effects_entry(revision: Revision, zone: tzinfo) -> Json:
    """When it takes effect for each audience, by which rule; nothing of an editorial revision."""
    return {
        audience: {"from": instant_or_null(effect.start, zone), "rule": effect.rule.text}
        for audience, effect in revision.effects.items()
    }


def posting_entry(revision: Revision) -> Json:
    """How the posting is known."""
    if revision.posting.is_stated:
        return {"kind": "stated", "source": revision.posting.source}
    return {"commit": revision.posting.commit, "kind": "recorded"}


def instant_or_null(instant: datetime | None, zone: tzinfo) -> str | None:
    """An instant as JSON has it."""
    return None if instant is None else format_instant(instant, zone)


def _span(span: Span, zone: tzinfo) -> Json:
    return {
        "basis": span.basis,
        "from": format_instant(span.start, zone),
        "revision": span.revision,
        "until": instant_or_null(span.until, zone),
    }
