"""`record.json`: the facts of one revision as of its posting, attached to its PDF.

The whole format; its keys are those of an entry of `in-force.json`, with what else is needed where nothing of the site
is at hand. Instants are RFC 3339 with the offset of the policy's time zone, and addresses are whole::

    {
      "change": "material",
      "digest": "…64 hexadecimal digits…",
      "effective": {
        "current_users": {"from": "2018-05-10T00:00:00+09:00", "rule": "2018-05-10"},
        "new_users": {"from": null, "rule": "on acceptance"}
      },
      "language": "en",
      "path": "policy_versions/privacy-policy/2018-04-10.md",
      "policy": "privacy-policy",
      "policy_title": "Privacy Policy",
      "posted": "2018-04-10T09:00:00+09:00",
      "posting": {"commit": "…40 hexadecimal digits…", "kind": "recorded"},
      "predecessor": "2014-03-01",
      "revision": "2018-04-10",
      "summary": ["Your information is now stored in the Republic of Korea."],
      "time_zone": "Asia/Seoul",
      "url": "https://policies.qstore.example/privacy-policy/2018-04-10/"
    }

A stated posting is `{"commit": "…", "kind": "stated", "source": "…"}`: the commit is the one that brought the revision
into the record, and later than the posting. `predecessor` is the revision that it was made from, null of a first one.
`accept_by`, `overtakes`, `keeps`, `corrects` and `title` (where it is not the policy's) appear where they were said.
"""

from __future__ import annotations

from typing import Any

from inforce.core.record import PolicyRecord
from inforce.formats.in_force_json import revision_entry
from inforce.formats.json_text import to_json
from inforce.formats.pdf.sheet import Sheet

RECORD = "record.json"
"""What the attached file is called."""
SOURCE = "source.md"
"""What the attached exact source is called."""


def record_json(sheet: Sheet) -> bytes:
    """The file."""
    return to_json(record_of(sheet))


def record_of(sheet: Sheet) -> dict[str, Any]:
    """The facts."""
    revision, before = sheet.source.dated, sheet.before
    entry = revision_entry(revision, PolicyRecord(revision.policy, revision.terms, ()))
    entry["posting"] = {**entry["posting"], "commit": revision.posting.commit}
    return entry | {
        "language": revision.language,
        "path": sheet.path,
        "policy": revision.policy,
        "policy_title": revision.policy_title,
        "predecessor": before.revision.name if before is not None else None,
        "time_zone": revision.time_zone,
        "url": sheet.address,
    }
