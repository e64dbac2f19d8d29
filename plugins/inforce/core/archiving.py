"""What is asked of a run that archives, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from inforce.core.archive import Archived, KeptPresentation, Key, PresentationKey
from inforce.core.errors import Problem


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a run.

    `executor` is `processes` or `dask:ADDRESS`, `jobs` the number of processes. `earlier_signer` is the fingerprint of
    a certificate other than the present one that may have signed the manifest. `is_new_archive` says that it is known
    that an archive was here before, or had more files.
    """

    is_dry_run: bool = False
    jobs: int = 1
    executor: str = "processes"
    allow_lower_level: bool = False
    with_upgrade: bool = False
    is_waiting: bool = True
    earlier_signer: str = ""
    is_new_archive: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, or with `is_dry_run` would do.

    `planned` are the revisions that were to be signed, `signed` those that were; `adopted` what an interrupted run had
    signed already; `upgraded` the files to which an archive timestamp was added, or would be; `kept` the number of
    files that were there, but for adopted ones. `is_signed_again` says that an earlier signer's manifest was signed
    with the present key. `unpresented` are the presentations that were to be kept, `presented` those that were.
    `problems` are of revisions that cannot be printed.
    """

    where: str
    is_test: bool
    is_dry_run: bool
    kept: int
    planned: tuple[Key, ...] = ()
    signed: tuple[Archived, ...] = ()
    adopted: tuple[Archived, ...] = ()
    upgraded: tuple[Archived, ...] = ()
    is_signed_again: bool = False
    unpresented: tuple[PresentationKey, ...] = ()
    presented: tuple[KeptPresentation, ...] = ()
    problems: tuple[Problem, ...] = ()
