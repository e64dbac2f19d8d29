"""What the page of receipts, `/accept/receipt/`, knows.

It stands in an attribute of the page's form, `data-receipts`, and belongs to the script, which takes the rest from the
page `on/` and the `in-force.json` of the policy that a receipt names. The whole form, addresses being links from the
page::

    {
      "keys": "../keys.json",
      "policies": {
        "privacy-policy": {
          "language": {"dir": "ltr", "lang": "en"},
          "title": "Privacy Policy",
          "url": "../../privacy-policy/",
          "zone": "Asia/Seoul"
        }
      },
      "words": {…}
    }

`language` has the attributes of elements with words in the policy's language; `words` is that of `script_words.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from inforce.core import address
from inforce.core.record import PolicyRecord
from inforce.formats.json_text import Json
from inforce.formats.messages import Messages, direction
from inforce.formats.script_words import script_words

KEYS = (
    "member.accepted",
    "member.assuming",
    "member.audience",
    "member.audience.current_users",
    "member.audience.new_users",
    "member.binds",
    "member.binds.accepted",
    "member.binds.nothing",
    "member.binds.unasked",
    "member.decision",
    "member.decision.accepted",
    "member.decision.declined",
    "member.decision.deferred",
    "member.declined",
    "member.deferred",
    "member.digest",
    "member.elsewhere",
    "member.empty",
    "member.facts",
    "member.force",
    "member.force.basis",
    "member.force.corrected",
    "member.force.later",
    "member.force.never",
    "member.force.next",
    "member.force.now",
    "member.force.over",
    "member.force.registered",
    "member.force.unknown",
    "member.force.yes",
    "member.force.yes.until",
    "member.genuine",
    "member.instant",
    "member.issuer",
    "member.itself",
    "member.key",
    "member.many",
    "member.newer",
    "member.other",
    "member.presentation",
    "member.presentation.document",
    "member.recorded",
    "member.refused",
    "member.registered",
    "member.registered.then",
    "member.revision",
    "member.row",
    "member.row.words",
    "member.same",
    "member.same.not",
    "member.same.unknown",
    "member.since",
    "member.since.changes",
    "member.since.compare",
    "member.since.compare.bound",
    "member.since.list",
    "member.since.nothing",
    "member.subject",
    "member.unable.insecure",
    "member.unable.kind",
    "member.unread",
    "member.working",
    "member.wrong.altered",
    "member.wrong.keys",
    "member.wrong.later",
    "member.wrong.none",
    "member.wrong.unknown_key",
)
"""The messages of the script."""


def receipt_page_data(policies: Iterable[PolicyRecord], messages: Messages) -> Json:
    """The page's data; `messages` are in its language."""
    return {
        "keys": address.relative(address.KEYS, address.RECEIPT),
        "policies": {one.slug: _policy(one) for one in policies},
        "words": script_words(messages, KEYS),
    }


def _policy(policy: PolicyRecord) -> Json:
    language = policy.terms.language
    return {
        "language": {"dir": direction(language), "lang": language},
        "title": policy.terms.title,
        "url": address.relative(address.policy_address(policy.slug), address.RECEIPT),
        "zone": policy.terms.time_zone,
    }
