"""What happened to a clause over the history of its policy: which revisions touched it, and what they did.

A revision has its own account of each clause, made from that of the revision before it: what is posted later, or
beside it, does not change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inforce.core.redline import Done, Redline

Touches = tuple["Touch", ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """That a revision, of that name, did something to a clause, whose identity was `clause` there."""

    revision: str
    done: Done
    clause: str


def touched(
    before: Mapping[str, Touches], redline: Redline, old: Sequence[str], new: Sequence[str], revision: str
) -> dict[str, Touches]:
    """What happened to each clause up to a revision, by their identities; also to those that are gone.

    Args:
        before: the same up to the revision from which this one was made.
        redline: what changed between the two.
        old: the identities of the earlier one's clauses.
        new: those of this one's.
        revision: its name.
    """
    after = dict(before)
    for change in redline.changes:
        if change.done is Done.KEPT:
            continue
        came_from = old[change.old[0].place] if change.old else ""
        for one in change.new:
            name = new[one.place]
            after[name] = (*before.get(came_from or name, ()), Touch(revision, change.done, name))
        for one in change.old[1:] if change.new else change.old:
            name = old[one.place]
            after[name] = (*before.get(name, ()), Touch(revision, change.done, name))
    return after
