"""With which key revisions are signed, and how well: as values, parsed and checked at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inforce.core.archive import Level


@dataclass(frozen=True, slots=True)
class KeyInFile:
    """A private key in a file: PKCS#12, or PEM with `certificate` naming the file of its certificate.

    A PKCS#12 file has its certificate inside.
    """

    key: Path
    certificate: Path | None = None


@dataclass(frozen=True, slots=True)
class KeyInToken:
    """A private key in a device, reached by a PKCS#11 module; `certificate` is None where the token holds it too."""

    module: Path
    token: str
    label: str
    certificate: Path | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """How revisions are signed.

    `passphrase` names the environment variable that holds the passphrase or PIN; where it is not set, a prompt asks.
    `timestamps` is the address of a time-stamping authority (RFC 3161), needed from B-T on. `chain` holds further
    certificates up to the root, `trust` the roots against which validation information is gathered (B-LT, B-LTA).
    """

    key: KeyInFile | KeyInToken
    level: Level = Level.B_B
    passphrase: str = "INFORCE_SIGNING_PASSPHRASE"  # noqa: S105 - a name of a variable
    timestamps: str = ""
    chain: tuple[Path, ...] = ()
    trust: tuple[Path, ...] = ()
