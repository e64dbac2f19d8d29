"""What is asked of a run that archives, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from inforce.core.archive import Archived, Key


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a run.

    `executor` is `processes` or `dask:ADDRESS`, `jobs` the number of processes. `earlier_signer` is the fingerprint of
    a certificate other than the present one that may have signed the manifest.
    """

    is_dry_run: bool = False
    jobs: int = 1
    executor: str = "processes"
    allow_lower_level: bool = False
    with_upgrade: bool = False
    is_waiting: bool = True
    earlier_signer: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, or with `is_dry_run` would do.

    `planned` are the revisions that were to be signed, `signed` those that were; `adopted` what an interrupted run had
    signed already; `upgraded` the files to which an archive timestamp was added, or would be; `kept` the number of
    files that were there.
    """

    where: str
    is_test: bool
    is_dry_run: bool
    kept: int
    planned: tuple[Key, ...] = ()
    signed: tuple[Archived, ...] = ()
    adopted: tuple[Archived, ...] = ()
    upgraded: tuple[Archived, ...] = ()
