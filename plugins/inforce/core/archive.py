"""The archive as values: signed PDFs of revisions, each written once, kept for ever, never signed again (rule 13).

A file of the archive has had one or more *states*: the one in which it was signed, and one more for each archive
timestamp that was added since. Each state begins with every byte of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

MANIFEST = "manifest.json"
"""What is in the archive."""
MANIFEST_SIGNATURE = "manifest.json.p7s"
"""The manifest's signature: CMS SignedData in DER, detached (RFC 5652)."""
SUMS = "SHA256SUMS"
"""The digests of all files, as `sha256sum --check` reads them."""
CERTIFICATES = "certificates.pem"
"""The certificates of all who ever signed here, and those between each and its root; not the roots."""
PENDING = ".pending/"
"""Where a run puts what is not yet in its place. No policy has such a name."""
LOCK = ".lock"
"""What a run holds on to while it writes."""
UPGRADE = ".upgrade"
"""Since when archive timestamps are being added to all files, by a run that was interrupted, or is at work."""
OWN_FILES = (MANIFEST, MANIFEST_SIGNATURE, SUMS, CERTIFICATES)
"""What lies beside the folders of policies."""
Key = tuple[str, str]
"""A policy's name and a revision's."""


class Level(StrEnum):
    """The levels of PAdES baseline signatures (ETSI EN 319 142-1, clause 6), each more than the one before it."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def rank(self) -> int:
        """0 for B-B, 3 for B-LTA."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class State:
    """The bytes that a signed file has, or has had: SHA-256, size in bytes, level, and since when."""

    digest: str
    size: int
    level: Level
    time: datetime


@dataclass(frozen=True, slots=True)
class Archived:
    """A revision's signed PDF as the manifest tells of it.

    `source` is the revision's digest, `unsigned` and `unsigned_size` are of the PDF before it was signed, with which
    every state begins; `certificate` is the SHA-256 of the signer's certificate in DER; `states` are in order of time.
    """

    policy: str
    revision: str
    source: str
    unsigned: str
    unsigned_size: int
    certificate: str
    states: tuple[State, ...]

    @property
    def present(self) -> State:
        """The state that the file has now."""
        return self.states[-1]

    @property
    def key(self) -> Key:
        """The names of its policy and its revision."""
        return self.policy, self.revision


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in an archive. One that `is_test` was signed with a throw-away key, and is no archive (rule 13)."""

    files: Mapping[Key, Archived] = field(default_factory=dict)
    is_test: bool = False

    def __iter__(self) -> Iterator[Archived]:
        """All entries, in the order in which the manifest lists them."""
        return iter(self.files[key] for key in sorted(self.files))

    def with_files(self, more: Iterable[Archived]) -> Manifest:
        """The manifest with these entries, each in the place of the one of its key."""
        return replace(self, files={**self.files, **{one.key: one for one in more}})

    def place(self, archived: Archived) -> str:
        """Where that entry's file lies in the archive."""
        return place_of(*archived.key, is_test=self.is_test)


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return sha256(data).hexdigest()


def facts_place(policy: str, revision: str) -> str:
    """Where the entry of a file is kept until the manifest has it."""
    return f"{PENDING}{policy}/{revision}.json"


def file_name(policy: str, revision: str, *, is_test: bool = False) -> str:
    """What a revision's PDF is called, in the archive and on the site.

    >>> file_name("privacy-policy", "2018-04-10")
    'privacy-policy-2018-04-10.pdf'
    """
    return f"{policy}-{revision}{'-TEST-SIGNED' if is_test else ''}.pdf"


def place_of(policy: str, revision: str, *, is_test: bool = False) -> str:
    """Where it lies in the archive."""
    return f"{policy}/{file_name(policy, revision, is_test=is_test)}"
