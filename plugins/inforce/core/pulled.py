"""What was pulled of a site's notices, and whether it is still what it was.

A notice is a fact once it is published (rule 12): its facts never change, and it never goes. Whoever pulls keeps in
mind what was seen, and compares. Where the two differ, the site or its record was tampered with, or mended by hand, and
nobody is told anything before a person has looked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from inforce.core.announcement import Announcement
from inforce.core.errors import Problem

_MOST_TOLD = 20
"""Of one kind; a site that lost everything is told in a few lines."""
_LOOK = "nothing is sent; find out who changed the site or the record's history, and publish again what was there"


@dataclass(frozen=True, slots=True)
class Page:
    """A full page of the index: where it lies below the site's root, its SHA-256, how many notices stand on it."""

    url: str
    digest: str
    count: int


@dataclass(frozen=True, slots=True)
class Index:
    """`notices/index.json` as it was read; `announcements` are those that stand on none of the pages."""

    authority: str
    count: int
    announcements: tuple[Announcement, ...]
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one pull found.

    Attributes:
        address: of the index.
        authority: with what ids begin: `tag:qstore.example,2014:`.
        authority_before: with what they began at the pull before; empty where there was none.
        announcements: those of the index and of the pages that were read, in the order of their postings. What stands
            on a page that was read before, and is the same to the byte, is not among them.
        unread: the ids on those pages.
        state: what the next pull wants back. To be kept once all of this pull is taken, and not before: a pull that
            raised an alarm has to find the same again.
    """

    address: str
    authority: str
    authority_before: str
    announcements: tuple[Announcement, ...]
    unread: frozenset[str]
    state: str


def compare(seen: Mapping[str, str], pulled: Pulled) -> list[Problem]:
    """What is no longer as it was seen before: an alarm, where there is any.

    Args:
        seen: the facts of every notice seen before, by its id.
        pulled: what is there now.
    """
    if pulled.authority_before not in ("", pulled.authority):
        what = f"ids of notices begin with `{pulled.authority}` now, and began with `{pulled.authority_before}`"
        todo = "nothing is sent; an authority is said once: put the old one back into `notices` of the site's options"
        return [Problem(pulled.address, what, todo)]
    kinds = (_twice(pulled), _changed(seen, pulled), _vanished(seen, pulled))
    return [problem for kind in kinds for problem in _first(kind, pulled.address)]


def _twice(pulled: Pulled) -> Iterator[Problem]:
    ids = set(pulled.unread)
    for one in pulled.announcements:
        if one.id in ids:
            todo = "nothing is sent; build the site again, from its record alone"
            yield Problem(pulled.address, f"the notice `{one.id}` is there twice", todo)
        ids.add(one.id)


def _changed(seen: Mapping[str, str], pulled: Pulled) -> Iterator[Problem]:
    for one in pulled.announcements:
        if seen.get(one.id, one.facts) != one.facts:
            yield Problem(pulled.address, f"the notice `{one.id}` no longer says what it said when it came", _LOOK)


def _vanished(seen: Mapping[str, str], pulled: Pulled) -> Iterator[Problem]:
    there = pulled.unread.union(one.id for one in pulled.announcements)
    for gone in seen:
        if gone not in there:
            yield Problem(pulled.address, f"the notice `{gone}` was there, and is no more", _LOOK)


def _first(problems: Iterator[Problem], address: str) -> Iterable[Problem]:
    yield from islice(problems, _MOST_TOLD)
    if more := sum(1 for _ in problems):
        yield Problem(address, f"and so it is with {more} more", _LOOK)
