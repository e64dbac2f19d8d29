"""The archive as values: signed PDFs of revisions, each written once, kept for ever, never signed again (rule 13).

A file of the archive has had one or more *states*: the one in which it was signed, and one more for each archive
timestamp that was added since. Each state begins with every byte of the one before it.

Beside the PDFs lie the *presentations*: what people are asked to accept, word for word. They have no signature of their
own: the manifest, which is signed, has their digests. They never change either, though the words change that would be
used today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from inforce.core.effect import Audience

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
PresentationKey = tuple[str, str, Audience]
"""A policy's name, a revision's, and who is asked."""
PRESENTATION_ENDINGS = tuple(f".{audience.value}.html" for audience in Audience)
"""How the names of presentations end, and no other file's."""


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
class KeptPresentation:
    """A presentation as the manifest tells of it: whose it is, its SHA-256, and its size in bytes."""

    policy: str
    revision: str
    audience: Audience
    digest: str
    size: int

    @property
    def key(self) -> PresentationKey:
        """Its policy and its revision by their names, and who is asked."""
        return self.policy, self.revision, self.audience

    @property
    def place(self) -> str:
        """Where it lies in the archive."""
        return presentation_place(*self.key)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in an archive. One that `is_test` was signed with a throw-away key, and is no archive (rule 13)."""

    files: Mapping[Key, Archived] = field(default_factory=dict)
    is_test: bool = False
    presentations: Mapping[PresentationKey, KeptPresentation] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Archived]:
        """All entries of PDFs, in the order in which the manifest lists them."""
        return iter(self.files[key] for key in sorted(self.files))

    @property
    def kept(self) -> Iterator[KeptPresentation]:
        """All entries of presentations, in the order in which the manifest lists them."""
        return iter(self.presentations[key] for key in sorted(self.presentations))

    @property
    def count(self) -> int:
        """How many files it has."""
        return len(self.files) + len(self.presentations)

    @property
    def digests(self) -> dict[str, str]:
        """What has to lie in the archive: the digest of each file, by its place."""
        digests = {self.place(one): one.present.digest for one in self}
        return digests | {one.place: one.digest for one in self.kept}

    def with_files(self, more: Iterable[Archived]) -> Manifest:
        """The manifest with these entries, each in the place of the one of its key."""
        return replace(self, files={**self.files, **{one.key: one for one in more}})

    def with_presentations(self, more: Iterable[KeptPresentation]) -> Manifest:
        """The manifest with these entries as well."""
        return replace(self, presentations={**self.presentations, **{one.key: one for one in more}})

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


def presentation_place(policy: str, revision: str, audience: Audience) -> str:
    """Where a presentation lies in the archive.

    >>> presentation_place("privacy-policy", "2018-04-10", Audience.NEW_USERS)
    'privacy-policy/privacy-policy-2018-04-10.new_users.html'
    """
    return f"{policy}/{policy}-{revision}.{audience.value}.html"
