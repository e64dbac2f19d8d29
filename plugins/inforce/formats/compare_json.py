"""What the page `/<policy>/compare/` knows: the revisions that its script can compare.

It stands in an attribute of the page's form, `data-compare`, and belongs to the script; other programs read the
`clauses.json` of each revision. The whole form::

    {
      "current": "2018-04-10",
      "languages": {"language": {"dir": "ltr", "lang": "ja"}, "spoken": {"dir": "ltr", "lang": "en"}},
      "revisions": [
        {
          "clauses": "../2014-03-01/clauses.json",
          "digest": "…64 hexadecimal digits…",
          "revision": "2014-03-01",
          "text": "../2014-03-01/"
        }, …
      ],
      "words": {"compare.heading": "From {old} to {new}", …}
    }

The revisions stand in order of posting; their addresses are links from the page. `current` is the revision that is in
force for current users, or null. `languages` has the attributes of elements with words of the text, and with our own
within them; it is empty where both are in one language. `words` has every message of a redline, and of the script.
"""

from __future__ import annotations

from functools import lru_cache

from inforce.core.address import clauses_address, compare_address, relative, revision_address
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.formats.json_text import Json
from inforce.formats.messages import ENGLISH, Languages, Messages, direction

KEYS = (
    "compare.backwards",
    "compare.changes",
    "compare.heading",
    "compare.heading.acceptance",
    "compare.heading.notice",
    "compare.redline",
    "compare.working",
    "compare.wrong.digest",
    "compare.wrong.form",
    "compare.wrong.load",
    "compare.wrong.newer.acceptance",
    "compare.wrong.newer.notice",
    "compare.wrong.no_current",
    "compare.wrong.no_from",
    "compare.wrong.no_revision",
    "compare.wrong.repeated",
    "compare.wrong.same",
    "compare.wrong.same.acceptance",
    "compare.wrong.same.current",
    "compare.wrong.same.notice",
    "compare.wrong.since",
)
"""The messages of the script, besides those of a redline."""


def compare_data(policy: PolicyRecord, current: str | None, messages: Messages) -> Json:
    """The page's data; `current` names the revision in force for current users, if there is one."""
    return {
        "current": current,
        "languages": _languages(policy.terms.language, messages.language),
        "revisions": [_entry(one, compare_address(policy.slug)) for one in policy.timeline.revisions],
        "words": compare_words(messages),
    }


def compare_words(messages: Messages) -> dict[str, str]:
    """The messages of a redline, and of the script itself."""
    return {key: messages(key) for key in (*KEYS, *_of_redlines())}


def _entry(revision: Revision, page: str) -> Json:
    return {
        "clauses": relative(clauses_address(revision.policy, revision.name), page),
        "digest": revision.digest,
        "revision": revision.name,
        "text": relative(revision_address(revision.policy, revision.name), page),
    }


def _languages(language: str, own: str) -> Json:
    if language == own:
        return {}
    return {name: {"dir": direction(tag), "lang": tag} for name, tag in (("language", language), ("spoken", own))}


@lru_cache
def _of_redlines() -> tuple[str, ...]:
    """The messages of which a redline is told: every language has those that English has."""
    _, texts = Languages().texts_in(ENGLISH)
    return tuple(sorted(key for key in texts if key.startswith("redline.")))
