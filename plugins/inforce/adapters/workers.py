"""Work that is dealt out to processes, which begin as copies of this one.

A copy has everything that was gathered so far, so that nothing but the number of a task and its answer goes from
process to process. What it changes is its own: a worker leaves files, or answers.

Only Linux copies a process safely, and only while it has a single thread (a preview has several). Elsewhere the work is
done here, when the answers are wanted. So is what a worker could not do, because the task failed or the worker was
ended from outside: here whoever is in charge meets the reason.
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
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")
_NUMBER = 4
"""The bytes of a number in the pipe from which workers take what is to be done."""
_ROOM = 4096 // _NUMBER
"""How many numbers any pipe has room for; where there are more tasks, some are taken at a time."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Dealt(Generic[Task, Answer]):
    """Work that is being done while this process does something else."""

    def __init__(self, work: Callable[[Task], Answer], tasks: Sequence[Task], workers: int) -> None:
        """Begin.

        Args:
            work: does a task; its answer has to be one that can be pickled.
            tasks: what is to be done; the first ones are begun first.
            workers: how many processes may work at once; one is this process.
        """
        self._work, self._tasks = work, tasks
        self._processes: list[Any] = []
        self._connections: list[Connection] = []
        self._step = len(tasks) // _ROOM + 1
        if min(workers, len(tasks)) > 1 and _can_be_copied():
            self._begin(min(workers, len(tasks)))

    def answers(self) -> Iterator[Answer]:
        """The answers to all tasks, in the order in which they are ready."""
        left = set(range(len(self._tasks)))
        try:
            while self._connections:
                ready = wait(self._connections)
                for connection in [one for one in self._connections if one in ready]:
                    try:
                        number, answer = connection.recv()
                    except (EOFError, OSError):
                        self._connections.remove(connection)
                        continue
                    left.discard(number)
                    yield answer
        finally:
            self.stop()
        yield from (self._work(self._tasks[number]) for number in sorted(left))

    def stop(self) -> None:
        """End whatever is still being done."""
        for process in self._processes:
            process.kill()
            process.join()
        self._processes, self._connections = [], []

    def _begin(self, workers: int) -> None:
        copies = multiprocessing.get_context("fork")
        numbers, place = os.pipe()
        os.write(place, b"".join(number.to_bytes(_NUMBER) for number in range(0, len(self._tasks), self._step)))
        os.close(place)
        for _ in range(workers):
            ours, theirs = copies.Pipe(duplex=False)
            process = copies.Process(target=self._serve, args=(numbers, theirs, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._connections.append(ours)
        os.close(numbers)

    def _serve(self, numbers: int, connection: Connection, parent: int) -> None:
        """Do task after task, as long as there are any, and somebody who wants the answers."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Who asks gets it as well, and is gone then.
        gc.freeze()  # Looking through what is shared would copy it.
        with suppress(OSError):
            while (said := os.read(numbers, _NUMBER)) and os.getppid() == parent:
                first = int.from_bytes(said)
                for number, task in enumerate(self._tasks[first : first + self._step], first):
                    with suppress(Exception):  # What fails is done again where its failure is met.
                        connection.send((number, self._work(task)))


def dealt(work: Callable[[Task], Answer], tasks: Sequence[Task], workers: int) -> Iterator[Answer]:
    """The answers to all tasks, in the order in which they are ready; see `Dealt`."""
    return Dealt(work, tasks, workers).answers()


def _can_be_copied() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1
