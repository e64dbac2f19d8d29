"""By which `id` the clauses of a redline are found."""

from __future__ import annotations

from inforce.core.redline import Change
from inforce.formats.redline.sentences import grouped
from inforce.formats.redline.words import Comparison


class Anchors:
    """The `id` of each clause: its identity; without one `change-3` for a changed clause of the third entry.

    Further clauses of an entry are `change-3-2` and so on; clauses that were kept have none then.
    """

    def __init__(self, comparison: Comparison) -> None:
        """Give them, each once."""
        old, new = comparison.old, comparison.new
        self.new = list(new.identities or [""] * len(new.clauses))
        self.old = [""] * len(old.clauses)
        taken = set(self.new)
        for number, group in enumerate(grouped(comparison.redline), start=1):
            placed = [(one, bool(change.new)) for change in group for one in change.new or change.old]
            for count, (one, is_new) in enumerate(placed, start=1):
                numbered = f"change-{number}-{count}" if count > 1 else f"change-{number}"
                if is_new:
                    self.new[one.place] = self.new[one.place] or numbered
                    continue
                known = old.identities[one.place] if old.identities else ""
                self.old[one.place] = known if known and known not in taken else numbered
                taken.add(known)

    def of(self, change: Change) -> str:
        """Where a change is shown."""
        return self.new[change.new[0].place] if change.new else self.old[change.old[0].place]
