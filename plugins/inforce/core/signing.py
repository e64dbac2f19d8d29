"""With which key revisions are signed, and how well: as values, parsed and checked at the edge."""

from __future__ import annotations

from dataclasses import dataclass

from inforce.core.archive import Level

TEST_SUBJECT = "Inforce TEST KEY - not a signature of anybody"
"""The common name in the certificate of every throw-away test key: a signature by one is never authentic (rule 13)."""

PASSPHRASE = "INFORCE_SIGNING_PASSPHRASE"  # noqa: S105 - a name of a variable
"""The environment variable that holds the passphrase or PIN, where the options name no other."""


@dataclass(frozen=True, slots=True)
class KeyInFile:
    """A private key in a file: PKCS#12, or PEM. Its certificate is in the same file, unless `certificate` names one.

    All files of a signing are named by whole paths.
    """

    key: str
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class KeyInToken:
    """A private key in a device, reached by the PKCS#11 module in the file `module`.

    `token` and `label` are the labels of the token and of the key in it. `certificate` names the file of its
    certificate; where it is None, the token holds one under the key's label.
    """

    module: str
    token: str
    label: str
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """How revisions are signed.

    `passphrase` names the environment variable that holds the passphrase or PIN; where it is not set, a prompt asks.
    `timestamps` is the address of a time-stamping authority (RFC 3161), needed from B-T on. `chain` holds further
    certificates up to the root; `trust` the roots of the signer and of the authority, against which validation
    information is gathered, needed from B-LT on.
    """

    key: KeyInFile | KeyInToken
    level: Level = Level.B_B
    passphrase: str = PASSPHRASE
    timestamps: str = ""
    chain: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
