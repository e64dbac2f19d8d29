"""Names and addresses: what may be called how, and where it then answers for ever (rule 12).

Addresses are relative to the site's root, without a leading slash; a folder's address ends in a slash.
"""

from __future__ import annotations

import re
from functools import lru_cache

from inforce.core.archive import file_name
from inforce.core.effect import Audience

_SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*", re.ASCII)
_TRANSLATION = re.compile(r"(?P<revision>[a-z0-9][a-z0-9.-]*)\.(?P<language>[a-z]{2,3}(-[a-z0-9]{2,8})*)", re.ASCII)
RESERVED = frozenset(
    [
        "404.html",
        "accept",
        "archive",
        "assets",
        "changes",
        "clauses.json",
        "compare",
        "content-security-policy.txt",
        "effective-dates.ics",
        "history",
        "in-force.json",
        "index",
        "index.html",
        "index.json",
        "notices",
        "notices.atom",
        "notices.json",
        "on",
        "policies.json",
        "postings.json",
        "robots.txt",
        "schemas",
        "search",
        "sitemap.xml",
        "sitemap.xml.gz",
        "source.md",
        "timemap.link",
    ]
)
"""Words of the address table, and what every site has: not free for policies and revisions."""


@lru_cache(4096)
def slug_fault(slug: str, kind: str) -> str | None:
    """Why this is no name for a policy or a revision (`kind`), or None where it is one."""
    if not _SLUG.fullmatch(slug):
        allowed = "lower-case letters a-z, digits, dots and hyphens, first a letter or a digit"
        return f"`{slug}` is no name for a {kind}: {allowed}"
    if slug.endswith("."):
        return f"`{slug}` is no name for a {kind}: it ends in a dot"
    if slug in RESERVED or slug.endswith("-archive.zip"):
        return f"`{slug}` is a word that the site's addresses need: it is not free for a {kind}"
    if kind == "revision" and (found := _TRANSLATION.fullmatch(slug)):
        return f"`{slug}.md` is reserved for a translation of {found['revision']} into {found['language']}"
    return None


def near_slug(name: str) -> str:
    """The slug nearest to a name, to suggest: `10 April 2018` gives `10-april-2018`."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "2018-04-10"


def policy_address(policy: str) -> str:
    """The page of the text in force."""
    return f"{policy}/"


def history_address(policy: str) -> str:
    """The page of every revision of a policy."""
    return f"{policy}/history/"


def on_address(policy: str) -> str:
    """The page that tells which text bound whom on a day."""
    return f"{policy}/on/"


def revision_address(policy: str, revision: str) -> str:
    """The permanent page of a revision."""
    return f"{policy}/{revision}/"


def changes_address(policy: str, revision: str) -> str:
    """What a revision changed in the one that it was made from."""
    return f"{policy}/{revision}/changes/"


def acceptance_address(policy: str, revision: str = "") -> str:
    """The page of what people are asked to accept: today, or of one revision, for ever."""
    return f"{policy}/{revision}/accept/" if revision else f"{policy}/accept/"


def presentation_address(policy: str, revision: str, audience: Audience) -> str:
    """What an audience is asked of a revision, word for word: the exact document."""
    return f"{acceptance_address(policy, revision)}{audience}.html"


def clauses_address(policy: str, revision: str) -> str:
    """The clauses of a revision, for redlines that are made in the browser."""
    return f"{policy}/{revision}/clauses.json"


def compare_address(policy: str) -> str:
    """The page that compares any two revisions of a policy."""
    return f"{policy}/compare/"


def source_address(policy: str, revision: str) -> str:
    """The exact bytes that the digest is of."""
    return f"{policy}/{revision}/source.md"


def pdf_address(policy: str, revision: str, *, is_test: bool = False) -> str:
    """A revision's signed PDF; one that a throw-away key signed never has the permanent address (rule 13)."""
    return f"{policy}/{revision}/{file_name(policy, revision, is_test=is_test)}"


def zip_address(policy: str) -> str:
    """Everything that the archive has of a policy."""
    return f"{policy}/{policy}-archive.zip"


def in_force_address(policy: str) -> str:
    """The resolver's table of a policy."""
    return f"{policy}/in-force.json"


def timemap_address(policy: str) -> str:
    """The list of a policy's revisions for Memento (RFC 7089)."""
    return f"{policy}/timemap.link"


def atom_address(policy: str = "") -> str:
    """The feed of a policy's notices, or of all, for a feed reader (RFC 4287)."""
    return f"{policy}/notices.atom" if policy else "notices.atom"


def json_feed_address(policy: str = "") -> str:
    """The same as JSON Feed."""
    return f"{policy}/notices.json" if policy else "notices.json"


def notices_address(policy: str, revision: str, name: str = "") -> str:
    """The page of a revision's notices, for people; with a name, the place of that one on it."""
    return f"{NOTICES}{policy}/{revision}/" + (f"#{name}" if name else "")


ACCEPTANCE = "accept/"
"""The page of what all policies ask of whoever registers."""
RECEIPT = f"{ACCEPTANCE}receipt/"
"""The page on which members read their receipts."""
KEYS = f"{ACCEPTANCE}keys.json"
"""The public keys by which receipts are checked (RFC 7517)."""
POLICIES = "policies.json"
POSTINGS = "postings.json"
SCHEMAS = "schemas/"
ARCHIVE = "archive/"
"""The page for auditors, and below it the archive's manifest with what it is checked with."""
NOTICES = "notices/"
"""The page of notices for people, and below it those of each revision, and the files for programs."""
CALENDAR = "effective-dates.ics"
SITEMAP = "sitemap.xml"
CONTENT_SECURITY = "content-security-policy.txt"


def located(target: str, page: str, root: str) -> str:
    """The target's whole address where the site's root is known (with a slash at its end), else a link from the page.

    >>> located("privacy-policy/", "privacy-policy/history/", "https://qstore.example/policies/")
    'https://qstore.example/policies/privacy-policy/'
    >>> located("privacy-policy/", "privacy-policy/history/", "")
    '../'
    """
    return f"{root}{target}" if root else relative(target, page)


def relative(target: str, page: str) -> str:
    """The target's address as a link from a page; both are relative to the site's root.

    >>> relative("privacy-policy/2018-04-10/", "privacy-policy/history/")
    '../2018-04-10/'
    """
    here, there = page.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "../" * (len(here) - shared) + "/".join(there[shared:]) or "./"
