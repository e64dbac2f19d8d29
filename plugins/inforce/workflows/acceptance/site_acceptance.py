"""What a site says of acceptance: what people are asked, and where a register answers, if there is one.

The digests of all presentations are told with each build, and to make the presentations anew for that would take
longer than all the rest. So they are kept from build to build, those of a batch of revisions together, under a name
that says everything on which they depend.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from inforce.adapters.cache import Cache
from inforce.adapters.workers import dealt
from inforce.core.acceptance_option import AcceptanceOption
from inforce.core.effect import Audience
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.occasion import has_any
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord, Record
from inforce.formats.acceptance.asked_json import Digests
from inforce.formats.acceptance.jwks import jwks_json, read_jwks
from inforce.formats.content_security import digest
from inforce.workflows.acceptance.presentations import Presentations
from inforce.workflows.progress import Progress
from inforce.workflows.settings import Settings

_MOST = 150
"""How many revisions make a batch."""
_FEW = 60
"""Below this many revisions, workers would take longer to begin than the presentations to make."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of a batch: the digests of its presentations, and the styles inside of them.

    The whole form in which it is kept::

        {"digests": [["2018-04-10", [["current_users", "…64 digits…"], …]], …], "styles": ["'sha256-…'"]}
    """

    digests: Digests
    styles: tuple[str, ...]

    @classmethod
    def load(cls, kept: bytes) -> Self:
        """What `dump` made these bytes of."""
        known = json.loads(kept)
        digests = {name: {Audience(one): each for one, each in digests} for name, digests in known["digests"]}
        return cls(digests, tuple(known["styles"]))

    def dump(self) -> bytes:
        """What `load` makes the same of."""
        digests = [[name, list(each.items())] for name, each in self.digests.items()]
        return json.dumps({"digests": digests, "styles": self.styles}).encode()


class SiteAcceptance:
    """The presentations of a site, and what it says of the register."""

    def __init__(
        self,
        record: Record,
        presentations: Presentations,
        cache: Cache,
        option: AcceptanceOption | None = None,
        keys: bytes = b"",
    ) -> None:
        """Begin with nothing made.

        Args:
            record: what is posted by the instant of the build.
            presentations: make what is not kept.
            cache: where digests are kept.
            option: where the register is; None where there is none.
            keys: the file of its public keys.
        """
        self.presentations, self.option, self.keys = presentations, option, keys
        self.policies = [one for one in record.policies if has_any(one.revisions)]
        self._slugs = {one.slug for one in self.policies}
        self._cache = cache
        self._digests: dict[str, Digests] = {}
        self._known: dict[str, _Known] = {}
        self._names: dict[tuple[str, str], str] = {}

    def __contains__(self, policy: object) -> bool:
        """Whether anybody is ever asked to accept a text of the policy of that name."""
        return policy in self._slugs

    @property
    def is_wanted(self) -> bool:
        """Whether anybody is ever asked anything, or there is a register that asks."""
        return bool(self.policies) or self.option is not None

    def make(self, progress: Progress, workers: int) -> None:
        """Make what is not kept.

        Args:
            progress: told of each batch.
            workers: how many processes may work at once.
        """
        batches = [(policy, batch) for policy in self.policies for batch in _batches(policy)]
        new = [one for one in batches if not self._cache.keep([self._name(one[1])])]
        for count in dealt(self._make, new, workers if sum(len(batch) for _, batch in new) >= _FEW else 1):
            progress.step("presentations made", count)

    def digests(self, policy: str) -> Digests:
        """The digests of a policy's presentations, of the revisions that have any."""
        if policy not in self._digests:
            found = next((one for one in self.policies if one.slug == policy), None)
            parts = map(self._kept, _batches(found)) if found is not None else ()
            self._digests[policy] = {name: digests for part in parts for name, digests in part.digests.items()}
        return self._digests[policy]

    @cached_property
    def all_digests(self) -> Mapping[str, Digests]:
        """The digests of all presentations, by policies."""
        return {one.slug: self.digests(one.slug) for one in self.policies}

    @property
    def styles(self) -> set[str]:
        """The styles that presentations have inside of them, as a Content-Security-Policy names them."""
        return {style for one in self.policies for batch in _batches(one) for style in self._kept(batch).styles}

    def data(self, policy: str, revision: str, audience: Audience) -> bytes:
        """The document of a presentation that there is.

        Raises:
            RecordError: the archive has it, but not as it was written.
        """
        found = self.presentations.of(policy, revision, audience)
        assert found is not None  # noqa: S101 - it has a digest
        return found.data

    def _make(self, one: tuple[PolicyRecord, Sequence[Revision]]) -> int:
        self._made(one[1])
        return len(one[1])

    def _kept(self, batch: Sequence[Revision]) -> _Known:
        name = self._name(batch)
        if name not in self._known:
            kept = self._cache.get(name)
            self._known[name] = self._made(batch) if kept is None else _Known.load(kept)
        return self._known[name]

    def _made(self, batch: Sequence[Revision]) -> _Known:
        digests: dict[str, dict[Audience, str]] = {}
        styles = set()
        for one in batch:
            for audience in Audience:
                presentation = self.presentations.of(one.policy, one.name, audience)
                if presentation is not None:
                    digests.setdefault(one.name, {})[audience] = presentation.digest
                    styles.add(presentation.style)
        known = _Known(digests, tuple(sorted(map(digest, styles))))
        self._cache.put(self._name(batch), known.dump())
        return known

    def _name(self, batch: Sequence[Revision]) -> str:
        first = batch[0].policy, batch[0].name
        if first not in self._names:
            found = hashlib.sha256()
            for one in batch:
                found.update(self.presentations.depends_on(one).encode())
            self._names[first] = found.hexdigest()
        return self._names[first]


def register_keys(settings: Settings) -> bytes:
    """The file of the register's public keys, as the site has it; nothing where there is no register.

    Raises:
        ConfigurationError: it is not there, or has anything in it but public keys.
    """
    option = settings.acceptance
    if option is None:
        return b""
    todo = "`inforce acceptances new-key --out KEY.pem --jwks FILE` writes it"
    try:
        data = (settings.folder / option.keys).read_bytes()
        return jwks_json(read_jwks(data))
    except OSError as wrong:
        what = f"plugins: inforce: acceptance: keys: {option.keys} cannot be read: {wrong.strerror}"
    except ValueError as wrong:
        what = f"plugins: inforce: acceptance: keys: {option.keys}: {wrong}"
        todo = f"publish public keys alone: {todo}"
    raise ConfigurationError([Problem(settings.file, what, todo)])


def _batches(policy: PolicyRecord) -> Iterator[Sequence[Revision]]:
    return (policy.revisions[start : start + _MOST] for start in range(0, len(policy.revisions), _MOST))
