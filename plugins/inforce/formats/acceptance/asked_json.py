"""What `policies.json` and `in-force.json` say of acceptance, so that an application can record it by itself.

In `policies.json`, whose addresses are relative to the site's root, beside `policies`, where there is a register::

    "accept": {
      "keys": "accept/keys.json",
      "receipt": "accept/receipt/",
      "register": "https://accept.qstore.example/",
      "url": "accept/"
    }

(`url` alone where there is none), and in the entry of each policy that ever asks anybody::

    "accept": {
      "current_users": [],
      "new_users": [
        {
          "digest": "…64 hexadecimal digits, of the text…",
          "document": "privacy-policy/2018-04-10/accept/new_users.html",
          "presentation": "…64 hexadecimal digits, of that document…",
          "revision": "2018-04-10",
          "url": "privacy-policy/2018-04-10/accept/"
        }
      ],
      "url": "privacy-policy/accept/"
    }

That is what is asked at `as_of` of somebody who never answered anything: of new users who register then, of current
users who did before every posting; `accept_by` appears where it was said. In `in-force.json`, whose addresses are
relative to the policy's page, each revision that anybody is ever asked to accept has, of the audiences that are::

    "accept": {
      "current_users": {"document": "2018-04-10/accept/current_users.html", "presentation": "…64 digits…"},
      "new_users": {"document": "2018-04-10/accept/new_users.html", "presentation": "…64 digits…"},
      "url": "2018-04-10/accept/"
    }
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inforce.core import address
from inforce.core.acceptance import Open
from inforce.core.acceptance_option import AcceptanceOption
from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.occasion import asked_of
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.formats.json_text import Json

Digests = Mapping[str, Mapping[Audience, str]]
"""The SHA-256 of the presentations of a policy, by revision and audience."""


def site_entry(option: AcceptanceOption | None) -> Json:
    """What is said of the site; `option` where there is a register."""
    if option is None:
        return {"url": address.ACCEPTANCE}
    return {
        "keys": address.KEYS,
        "receipt": address.RECEIPT,
        "register": option.register,
        "url": address.ACCEPTANCE,
    }


def policy_entry(policy: PolicyRecord, digests: Digests, as_of: datetime) -> Json:
    """What is said of a policy; `digests` are those of its presentations."""
    timeline = policy.timeline
    asked = {
        audience.value: [_asked(one, timeline[one.revision], digests) for one in asked_of(timeline, audience, as_of)]
        for audience in Audience
    }
    return {**asked, "url": address.acceptance_address(policy.slug)}


def revision_entry(revision: Revision, digests: Mapping[Audience, str]) -> Json:
    """What is said of a revision; `digests` are those of its presentations."""
    entry: Json = {
        audience.value: {"document": f"{revision.name}/accept/{audience.value}.html", "presentation": digest}
        for audience, digest in digests.items()
    }
    return {**entry, "url": f"{revision.name}/accept/"}


def _asked(one: Open, revision: Revision, digests: Digests) -> Json:
    entry: Json = {
        "digest": revision.digest,
        "document": address.presentation_address(revision.policy, revision.name, one.audience),
        "presentation": digests[revision.name][one.audience],
        "revision": revision.name,
        "url": address.acceptance_address(revision.policy, revision.name),
    }
    if one.accept_by is not None:
        entry["accept_by"] = format_instant(one.accept_by, revision.zone)
    return entry
