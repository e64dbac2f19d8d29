"""`policies.json`: the site's table of contents for machines.

The whole format; `url`s are relative to the site's root::

    {
      "as_of": "2018-05-01T00:00:00+00:00",
      "policies": [
        {
          "acceptance": "asked",
          "current_users": "2014-03-01",
          "in_force": "privacy-policy/in-force.json",
          "language": "en",
          "new_users": "2018-04-10",
          "new_users_basis": "offered",
          "next_change": "2018-05-10T00:00:00+09:00",
          "policy": "privacy-policy",
          "relation": "privacy-policy",
          "revisions": 2,
          "time_zone": "Asia/Seoul",
          "title": "Privacy Policy",
          "url": "privacy-policy/"
        }
      ],
      "postings": "postings.json",
      "schemas": "schemas/"
    }

`current_users` and `new_users` name the revision of each row at `as_of`, null where there is none; `contact` and
`notice_period` (in days) appear where the policy says them. Where PDFs are archived, `archive` beside `as_of` is the
address of the manifest, and `archive` of a policy that of its ZIP file. Where anybody is asked to accept anything,
`accept` says what (`acceptance/asked_json.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from inforce.core import address
from inforce.core.acceptance_option import AcceptanceOption
from inforce.core.archive import MANIFEST
from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.record import PolicyRecord, Record
from inforce.formats.acceptance.asked_json import Digests, policy_entry, site_entry
from inforce.formats.in_force_json import instant_or_null
from inforce.formats.json_text import Json


def policies_table(
    record: Record,
    as_of: datetime,
    archived: Collection[str] = (),
    asked: Mapping[str, Digests] | None = None,
    option: AcceptanceOption | None = None,
) -> Json:
    """The table of the policies that have a posting.

    Args:
        record: the policies.
        as_of: the instant of the build.
        archived: the policies of which the archive has anything.
        asked: those that anybody is ever asked to accept, with the digests of their presentations.
        option: where the register of acceptances is, if there is one.
    """
    asked = asked or {}
    table: Json = {
        "as_of": format_instant(as_of, UTC),
        "policies": [
            _policy(one, as_of, is_archived=one.slug in archived)
            | ({"accept": policy_entry(one, asked[one.slug], as_of)} if one.slug in asked else {})
            for one in record.policies
        ],
        "postings": address.POSTINGS,
        "schemas": address.SCHEMAS,
    }
    if asked:
        table["accept"] = site_entry(option)
    return table | ({"archive": f"{address.ARCHIVE}{MANIFEST}"} if archived else {})


def _policy(policy: PolicyRecord, as_of: datetime, *, is_archived: bool) -> Json:
    terms, timeline = policy.terms, policy.timeline
    newcomers = timeline.on(Audience.NEW_USERS, as_of)
    entry: Json = {
        "acceptance": "asked" if terms.acceptance_asked else "not asked",
        "current_users": timeline.on(Audience.CURRENT_USERS, as_of).revision,
        "in_force": address.in_force_address(policy.slug),
        "language": terms.language,
        "new_users": newcomers.revision,
        "new_users_basis": newcomers.basis,
        "next_change": instant_or_null(timeline.next_change(as_of), terms.zone),
        "policy": policy.slug,
        "revisions": len(policy.revisions),
        "time_zone": terms.time_zone,
        "title": terms.title,
        "url": address.policy_address(policy.slug),
    }
    zipped = address.zip_address(policy.slug) if is_archived else None
    optional = {
        "archive": zipped,
        "contact": terms.contact,
        "notice_period": terms.notice_period,
        "relation": terms.relation,
    }
    return entry | {key: value for key, value in optional.items() if value is not None}
