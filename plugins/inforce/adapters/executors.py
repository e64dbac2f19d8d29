"""Where PDFs are rendered: in processes of this machine, or on a Dask cluster; behind `concurrent.futures`' interface.

Processes are forked off one that has imported everything that they need and has no other thread (`forkserver`), so
that a new one is warm at once. Each is replaced by a new one after `TASKS` documents, so that whatever the libraries
keep of a document does not pile up. They end when the process that began them does, however that comes about.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import Any, TypeVar

from inforce.adapters.cache import edition
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError

Result = TypeVar("Result")
DASK = "dask:"
TASKS = 100
"""How many documents a process renders before a new one takes its place."""
_SECONDS = 5
"""How long a scheduler is waited for."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Where work can be submitted, and how many processes do it at once."""

    pool: Executor
    number: int


@contextmanager
def begun(named: str, workers: int, module: str) -> Iterator[Workers]:
    """Somewhere to render, as long as it is needed.

    Args:
        named: `processes`, or `dask:` and the address of a scheduler, `dask:tcp://10.0.0.7:8786`.
        workers: how many processes may work at once; of no meaning to a cluster.
        module: what every worker imports before its first task.

    Raises:
        ConfigurationError: there is no such scheduler, or Dask is not installed.
    """
    if named.startswith(DASK):
        with _cluster(named.removeprefix(DASK)) as client:
            yield Workers(client.get_executor(pure=False), sum(client.ncores().values()))
        return
    _begin_tracker()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    pool = ProcessPoolExecutor(workers, context, _begin_worker, max_tasks_per_child=TASKS)
    try:
        yield Workers(pool, workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def result_of(future: Future[Result]) -> Result:
    """What a worker has made.

    Raises:
        RecordError: the worker was lost; or whatever error of ours the work ended with.
    """
    try:
        return future.result()
    except InforceError:
        raise
    except BrokenProcessPool:
        todo = "is there memory enough? Say --jobs 1 for less; what was finished is kept"
        raise RecordError(
            [Problem("export-pdfs", "a process that renders PDFs was ended from outside", todo)]
        ) from None
    except Exception as wrong:
        if not type(wrong).__module__.startswith("distributed"):
            raise
        what = f"the Dask cluster lost its work: {type(wrong).__name__}: {wrong}"
        todo = "see to the cluster, then run this again: what was finished is kept"
        raise RecordError([Problem("--executor", what, todo)]) from None


def _begin_tracker() -> None:
    """Python's tracker removes what a run that was killed has left, and need not warn of it: nothing is to be done."""
    silence = "ignore:resource_tracker:UserWarning"
    sys.warnoptions.append(silence)  # The tracker is begun with the options of this process.
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(silence)


def _begin_worker() -> None:
    """Leave Ctrl-C to whoever is in charge, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """A client of a Dask scheduler of whose workers each has our own edition of Inforce."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        what = "--executor dask: what it needs is not installed"
        raise ConfigurationError([Problem("--executor", what, "run `scripts/set-up extras`")]) from None
    try:
        client: Any = Client(address, timeout=_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as wrong:
        what = f"no Dask scheduler answers at {address}: {wrong}"
        todo = "name a scheduler that runs: --executor dask:tcp://HOST:8786"
        raise ConfigurationError([Problem("--executor", what, todo)]) from None
    with client:
        see_same(address, client.run(edition, on_error="return"))
        yield client


def see_same(address: str, editions: dict[str, Any]) -> None:
    """Two editions could render two PDFs.

    Raises:
        ConfigurationError: a worker has another one, or none; or there is no worker.
    """
    todo = "install there what is installed here, and the same fonts"
    problems = [
        Problem("--executor", f"the Dask worker {worker} has another edition of Inforce or of its libraries", todo)
        for worker, found in sorted(editions.items())
        if found != edition()
    ]
    if not editions:
        problems = [Problem("--executor", f"the Dask scheduler at {address} has no worker", "start some")]
    if problems:
        raise ConfigurationError(problems)
