"""The archive as values: signed PDFs of revisions, each written once, kept for ever, never signed again (rule 13).

A file of the archive has had one or more *states*: the one in which it was signed, and one more for each archive
timestamp that was added since. Each state begins with every byte of the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MANIFEST = "manifest.json"
"""What is in the archive."""
MANIFEST_SIGNATURE = "manifest.json.p7s"
"""The manifest's signature: CMS SignedData in DER, detached (RFC 5652)."""
SUMS = "SHA256SUMS"
"""The digests of all files, as `sha256sum --check` reads them."""
CERTIFICATES = "certificates.pem"
"""The signer's certificate, and those between it and its root; not the root."""


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
    def key(self) -> tuple[str, str]:
        """The names of its policy and its revision."""
        return self.policy, self.revision


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in an archive. One that `is_test` was signed with a throw-away key, and is no archive (rule 13)."""

    files: Mapping[tuple[str, str], Archived]
    is_test: bool = False


def file_name(policy: str, revision: str, *, is_test: bool = False) -> str:
    """What a revision's PDF is called, in the archive and on the site.

    >>> file_name("privacy-policy", "2018-04-10")
    'privacy-policy-2018-04-10.pdf'
    """
    return f"{policy}-{revision}{'-TEST-SIGNED' if is_test else ''}.pdf"


def place_of(policy: str, revision: str, *, is_test: bool = False) -> str:
    """Where it lies in the archive."""
    return f"{policy}/{file_name(policy, revision, is_test=is_test)}"
