r"""What a build knows of the clauses of a policy's revisions, as it is kept for the next build.

The whole format of an account, in one line of JSON: the identities in reading order, those that came out of others and
went into others, and what each revision did to each clause::

    {"joined": {}, "names": ["c-privacy-policy", "c-we-ask"], "split": {},
     "touches": {"c-we-ask": [["2018-04-10", "edited", "c-we-ask"]]}}

and that of what is remembered of every identity that was ever given::

    {"c-we-ask": [3, "paragraph", "We\u001eask\u001e."]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inforce.core.clause_history import Touch, Touches
from inforce.core.identity import Identified, Memory
from inforce.core.redline import Done


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a revision's clauses.

    Attributes:
        identified: their identities.
        touches: what happened to each clause of its history, by identity.
    """

    identified: Identified
    touches: Mapping[str, Touches] = field(default_factory=dict)


def dump_account(account: Account) -> bytes:
    """What `load_account` makes the same account of."""
    identified = account.identified
    return _json(
        {
            "joined": identified.joined,
            "names": identified.names,
            "split": identified.split,
            "touches": {
                name: [[one.revision, one.done, one.clause] for one in touches]
                for name, touches in account.touches.items()
            },
        }
    )


def load_account(kept: bytes) -> Account:
    """The account that was kept."""
    told = json.loads(kept)
    touches = {
        name: tuple(Touch(revision, Done(done), clause) for revision, done, clause in found)
        for name, found in told["touches"].items()
    }
    return Account(Identified(tuple(told["names"]), told["split"], told["joined"]), touches)


def dump_memories(known: Mapping[str, Memory]) -> bytes:
    """What `load_memories` makes the same memories of."""
    return _json({name: [one.turn, one.kind, one.wording] for name, one in known.items()})


def load_memories(kept: bytes) -> dict[str, Memory]:
    """The memories that were kept."""
    return {name: Memory(*memory) for name, memory in json.loads(kept).items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
