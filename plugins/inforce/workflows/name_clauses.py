"""The identities of clauses over the history of a policy, given revision by revision, and kept from build to build.

What is kept of a revision has a name that says on which history it rests. So a posting leaves it as it is, and the
posted revision goes on from there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from inforce.adapters.cache import Cache
from inforce.core.clause import Clause
from inforce.core.clause_history import touched
from inforce.core.identity import Identities, groups_of
from inforce.core.instant import format_instant
from inforce.core.lineage import lineage_of, order_of_naming
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.redline import Redline, redline
from inforce.formats.clause_accounts import Account, dump_account, dump_memories, load_account, load_memories

ClausesOf = Callable[[Revision], Sequence[Clause]]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A revision whose turn it is to be given identities: from which other one it takes them, and its name for this."""

    revision: Revision
    base: Revision | None
    name: str


class ClauseHistory:
    """What is known of the clauses of one policy's revisions."""

    def __init__(self, policy: PolicyRecord, clauses_of: ClausesOf, cache: Cache) -> None:
        """Give identities to what these clauses are of, and keep them in the cache."""
        self._policy = policy
        self._clauses_of = clauses_of
        self._cache = cache
        self._accounts: dict[str, Account] = {}
        self._latest: dict[tuple[str, str], Redline] = {}

    @cached_property
    def predecessors(self) -> dict[str, Revision]:
        """Of each revision but the first the one that it is compared with: its predecessor."""
        by_name = {one.name: one for one in self._policy.revisions}
        before = lineage_of(self._policy.timeline).predecessor
        return {name: by_name[earlier] for name, earlier in before.items()}

    def name(self, revision: Revision) -> str:
        """A name for everything on which the account of a revision rests."""
        return self._turns[revision.name].name

    @property
    def names(self) -> list[str]:
        """Under which names that is kept which a further posting needs."""
        turns = list(self._turns.values())
        return [*_names(turns[-1]), *(turn.name for turn in turns)]

    def account(self, revision: Revision) -> Account:
        """What is known of a revision's clauses."""
        if revision.name not in self._accounts:
            kept = self._cache.get(self.name(revision))
            if kept is not None:
                self._accounts[revision.name] = load_account(kept)
            else:
                deque(self.walk(), maxlen=0)
        return self._accounts[revision.name]

    def walk(self) -> Iterator[Revision]:
        """Give identities to the revisions that have none yet, in the order in which they joined the record.

        What a revision changed is at hand as long as it is the last one that was given.
        """
        turns = list(self._turns.values())
        identities, start = self._begun(turns)
        for turn in turns[start:]:
            self._accounts[turn.revision.name] = account = self._given(turn, identities)
            self._cache.put(turn.name, dump_account(account))
            yield turn.revision
        if start < len(turns):
            self._cache.put(_names(turns[-1])[0], dump_memories(identities.known))

    def redline(self, revision: Revision) -> Redline | None:
        """What a revision changed, compared with its predecessor; None of a first one."""
        before = self.predecessors.get(revision.name)
        if before is None:
            return None
        found = self._latest.get((before.name, revision.name))
        return found if found is not None else self.between(before, revision)

    def between(self, old: Revision, new: Revision) -> Redline:
        """The redline of any two revisions."""
        is_forward = old.order <= new.order
        older, newer = (old, new) if is_forward else (new, old)
        groups = groups_of(self.account(older).identified.names, self.account(newer).identified)
        if not is_forward:
            groups = ((after, before) for before, after in groups)
        return redline(self._clauses_of(old), self._clauses_of(new), groups)

    def of_draft(self, before: Revision, clauses: Sequence[Clause], name: str) -> tuple[Account, Redline]:
        """What would be known of a text's clauses if it were posted now under a name, and what it would change."""
        deque(self.walk(), maxlen=0)
        return self._following(self._begun(list(self._turns.values()))[0], before, clauses, name)

    @cached_property
    def _turns(self) -> dict[str, _Turn]:
        turns: dict[str, _Turn] = {}
        name = ""
        for revision, base in order_of_naming(self._policy.revisions):
            posted = format_instant(revision.posted, revision.zone)
            said = (name, revision.policy, revision.name, revision.digest, posted, base.name if base else "")
            name = sha256(repr(said).encode()).hexdigest()
            turns[revision.name] = _Turn(revision, base, name)
        return turns

    def _begun(self, turns: Sequence[_Turn]) -> tuple[Identities, int]:
        """Where to go on: what an earlier build remembers, and how many revisions it has been through."""
        for number in range(len(turns), 0, -1):
            memories, last = (self._cache.get(name) for name in _names(turns[number - 1]))
            if memories is None or last is None:
                continue
            if all(self._cache.get(turn.name) is not None for turn in turns[:number]):
                return Identities(load_memories(memories), load_account(last).identified), number
        return Identities(), 0

    def _given(self, turn: _Turn, identities: Identities) -> Account:
        clauses = self._clauses_of(turn.revision)
        if turn.base is None:
            return Account(identities.begin(clauses))
        account, changes = self._following(identities, turn.base, clauses, turn.revision.name)
        self._latest = {(turn.base.name, turn.revision.name): changes}
        return account

    def _following(
        self, identities: Identities, before: Revision, clauses: Sequence[Clause], name: str
    ) -> tuple[Account, Redline]:
        base = self.account(before)
        changes = redline(self._clauses_of(before), clauses)
        identified = identities.follow(base.identified.names, changes)
        touches = touched(base.touches, changes, base.identified.names, identified.names, name)
        return Account(identified, touches), changes


def _names(turn: _Turn) -> tuple[str, str]:
    """Under which names are kept what is remembered of all identities up to a revision, and its account."""
    return sha256(f"{turn.name} memories".encode()).hexdigest(), turn.name
