"""From which text each revision was made: the predecessors and successors of RFC 5829, section 3.

There, a version's predecessor is the version that was checked out to make it, and successors are the other way round.
A correction is made from the revision that it corrects; any other revision from the one posted before it, as it stood
then (with its corrections). So each revision but the first has one predecessor. It may have two successors: a
correction of it, and the next revision, where that was posted before the correction. What is in force has no say in
this: a revision that never took effect has its place too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inforce.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Lineage:
    """The predecessor and the successors of each revision of a policy, by names, in order of posting."""

    predecessor: Mapping[str, str]
    successors: Mapping[str, tuple[str, ...]]


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
