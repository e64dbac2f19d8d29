"""Work that is dealt out to processes, which begin as copies of this one.

A copy has everything that was gathered so far, so that nothing but the number of a task and its answer goes from
process to process. What it changes is its own: a worker leaves files, or answers.

Only Linux copies a process safely, and only while it has a single thread (a preview has several). Elsewhere the work is
done here, one task after the other. So is what a worker could not do, because the task failed or the worker was ended
from outside: here whoever is in charge meets the reason.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def dealt(work: Callable[[Task], Answer], tasks: Sequence[Task], workers: int) -> Iterator[Answer]:
    """The answers to all tasks, in the order in which they are ready.

    Args:
        work: does a task; its answer has to be one that can be pickled.
        tasks: what is to be done; the first ones are begun first.
        workers: how many processes may work at once.
    """
    if min(workers, len(tasks)) < 2 or not _can_be_copied():  # noqa: PLR2004 - one is this process
        yield from map(work, tasks)
        return
    left = iter(range(len(tasks)))
    working = [_begun(work, tasks) for _ in range(min(workers, len(tasks)))]
    for worker in working:
        worker.give(next(left))
    while working:
        ready = wait([worker.connection for worker in working])
        for worker in [one for one in working if one.connection in ready]:
            number, is_done, answer = worker.answer()
            if worker.is_alive and (following := next(left, None)) is not None:
                worker.give(following)
            else:
                worker.end()
                working.remove(worker)
            yield answer if is_done else work(tasks[number])
    yield from (work(tasks[number]) for number in left)


@dataclass
class _Worker:
    """A process, the connection to it, and the number of the task that it has."""

    process: Any
    connection: Connection
    number: int = -1
    is_alive: bool = True

    def give(self, number: int | None) -> None:
        """Give it the task of that number; None: there is nothing more to do."""
        with suppress(OSError):  # Where the process is gone, its answer will tell.
            self.connection.send(number)
        self.number = -1 if number is None else number

    def answer(self) -> tuple[int, bool, Any]:
        """The number of its task, whether that is done, and the answer."""
        try:
            return self.number, *self.connection.recv()
        except (EOFError, OSError):
            self.is_alive = False
            return self.number, False, None

    def end(self) -> None:
        """Let it end, and wait for that."""
        self.give(None)
        self.connection.close()
        self.process.join()


def _can_be_copied() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


def _begun(work: Callable[[Any], Any], tasks: Sequence[Any]) -> _Worker:
    copies = multiprocessing.get_context("fork")
    ours, theirs = copies.Pipe()
    process = copies.Process(target=_serve, args=(work, tasks, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(work: Callable[[Any], Any], tasks: Sequence[Any], ours: Connection, theirs: Connection) -> None:
    """Do task after task, until there are no more, or nobody is left who asks.

    That is noticed by the last worker that was begun; those begun before it, whose connections it has too, follow it.
    """
    ours.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Who asks gets it as well, and then asks no more.
    gc.freeze()  # Looking through what is shared would copy it.
    with suppress(EOFError, OSError):
        while True:
            if (number := theirs.recv()) is None:
                return
            try:
                answer = True, work(tasks[number])
            except Exception:  # noqa: BLE001 - the task is done again where its failure is met
                answer = False, None
            theirs.send(answer)
