"""What the benchmarks share: commands run and timed in turn, medians, peak memory of all processes together."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

QUIET = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
BIN = Path(sys.executable).parent


def run(*command: str | Path, folder: Path | None = None, data: bytes | None = None) -> bytes:
    """Run a command to its end; what it printed. A command that fails ends the benchmark, with its words."""
    done = subprocess.run([*map(str, command)], cwd=folder, input=data, env=QUIET, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr.decode()[-2000:]}")
    return done.stdout


@dataclass
class Contest:
    """Contestants that take turns; of each the median counts."""

    runs: int
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def hold(self, contestants: Mapping[str, tuple[Callable[[], object], Callable[[], object]]]) -> None:
        """Let them take turns: each is a preparation, which is not timed, and what is timed."""
        for turn in range(self.runs):
            for name, (prepare, work) in contestants.items():
                prepare()
                start = time.perf_counter()
                work()
                self.seconds.setdefault(name, []).append(time.perf_counter() - start)
            print(f"  turn {turn + 1} of {self.runs} done", file=sys.stderr, flush=True)

    def median(self, name: str) -> float:
        """The median of a contestant, in seconds."""
        return statistics.median(self.seconds[name])

    def spread(self, name: str) -> str:
        """The least and the greatest, for judging how quiet the machine was."""
        return f"{min(self.seconds[name]):.2f} to {max(self.seconds[name]):.2f}"


def peak_memory(*command: str | Path, folder: Path) -> float:
    """Run a command; the most memory that it and all processes that it started held at a time, in megabytes.

    The sum of the proportional set sizes (PSS: shared pages count once), sampled ten times a second; Linux alone.
    """
    process = subprocess.Popen(
        [*map(str, command)], cwd=folder, env=QUIET, stdout=subprocess.DEVNULL, start_new_session=True
    )
    most = 0.0
    done = threading.Event()

    def sample() -> None:
        nonlocal most
        while not done.wait(0.1):
            most = max(most, sum(map(_proportional, _session(process.pid))))

    sampler = threading.Thread(target=sample)
    sampler.start()
    status = process.wait()
    done.set()
    sampler.join()
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return most / 1000


def greatest_memory() -> float:
    """The most memory that this process had, in megabytes; Linux alone.

    What `getrusage` says has in it what the process had as a copy of its parent.
    """
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024 / 1e6


def _session(leader: int) -> list[int]:
    """The processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(int(folder.name))
    return found


def _proportional(process: int) -> float:
    """The proportional set size of a process, in kilobytes; none where it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
