"""From which text each revision was made: the predecessors and successors of RFC 5829, section 3.

There, a version's predecessor is the version that was checked out to make it, and successors are the other way round.
A correction is made from the revision that it corrects; any other revision from the one posted before it, as it stood
then (with its corrections). So each revision but the first has one predecessor. It may have two successors: a
correction of it, and the next revision, where that was posted before the correction. What is in force has no say in
this: a revision that never took effect has its place too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inforce.core.policy import Revision
from inforce.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Lineage:
    """The predecessor and the successors of each revision of a policy, by names, in order of posting."""

    predecessor: Mapping[str, str]
    successors: Mapping[str, tuple[str, ...]]


@lru_cache(16)
def lineage_of(timeline: Timeline) -> Lineage:
    """The lineage of a policy's revisions."""
    predecessor: dict[str, str] = {}
    standing: dict[str, str] = {}
    last_root: str | None = None
    for revision in timeline.revisions:
        if revision.corrects is not None:
            predecessor[revision.name] = revision.corrects
            standing[timeline.root(revision.name)] = revision.name
            continue
        if last_root is not None:
            predecessor[revision.name] = standing[last_root]
        last_root = revision.name
        standing[last_root] = last_root
    successors: dict[str, tuple[str, ...]] = {}
    for name, before in predecessor.items():
        successors[before] = (*successors.get(before, ()), name)
    return Lineage(predecessor, successors)


def order_of_naming(revisions: Sequence[Revision]) -> Iterator[tuple[Revision, Revision | None]]:
    """The revisions of a policy in the order in which their clauses get identities, and from which one each gets them.

    That is the order in which they joined the record. It differs from the order of posting only where an older text was
    found, and stated, after a younger one. Each takes after its predecessor among those that were there by then; one
    older than all of these after the oldest.
    """
    joined = sorted(revisions, key=lambda one: (one.posting.sequence, one.order))
    if joined == sorted(revisions, key=lambda one: one.order):
        by_name = {one.name: one for one in joined}
        before = lineage_of(Timeline(joined)).predecessor
        yield from ((one, by_name.get(before.get(one.name, ""))) for one in joined)
        return
    for number, revision in enumerate(joined):
        known = sorted(joined[: number + 1], key=lambda one: one.order)
        before = lineage_of(Timeline(known)).predecessor
        oldest = next((one for one in known if one is not revision), None)
        yield revision, next((one for one in known if one.name == before.get(revision.name)), oldest)
