#!/usr/bin/env python3
"""One notice to many recipients into a local SMTP sink, against a bare smtplib loop that sends the same bytes.

The sink runs in a process of its own, and so does each turn of the job; the loop uses one connection. They take turns.
Printed: mails a second of each (medians), their ratio, and the job's memory at a tenth of the list and at all of it.

`benchmarks/notify.py [RECIPIENTS] [TURNS]`; 5,000 and 5, if not said.
"""

import multiprocessing
import smtplib
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "notify"))

from aiosmtpd.controller import Controller
from measure import greatest_memory
from pulled_site import Site

from inforce.workflows.notify import notify, read_notify_file
from inforce.workflows.notify_report import How

NOW = datetime(2018, 5, 1, tzinfo=UTC)


class Sink(Controller):
    """Takes everything and keeps the last."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Taker:
    """Keeps the last mail, which the loop sends again."""

    def __init__(self, path: Path) -> None:
        self.path, self.has_one = path, False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take it."""
        if not self.has_one:
            self.path.write_bytes(envelope.original_content)
            self.has_one = True
        return "250 OK"


def sink(pipe: Any, path: Path) -> None:
    """Serve until killed."""
    controller = Sink(Taker(path), hostname="127.0.0.1", port=0)
    controller.start()
    pipe.send(controller.port)
    pipe.recv()
    controller.stop()


def job(folder: Path, pipe: Any) -> None:
    """One run with a new ledger; sends its seconds and its greatest memory in MB."""
    for old in folder.glob("notify.db*"):
        old.unlink()
    said = read_notify_file(folder / "notify.yml")
    begun = time.perf_counter()
    report = notify(said, folder, lambda: NOW, lambda _: False, How(tells_what_is_due=True))
    taken = time.perf_counter() - begun
    pipe.send((report.sent, taken, greatest_memory()))


def run_job(folder: Path, count: int) -> tuple[float, float]:
    """One turn of the job, in a fresh process."""
    rows = [f"m{number}@members.example,2016-02-01T10:00:00+09:00" for number in range(count)]
    (folder / "members.csv").write_text("\n".join(["address,registered", *rows]) + "\n")
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=job, args=(folder, theirs))
    process.start()
    sent, taken, memory = ours.recv()
    process.join()
    if sent != count:
        sys.exit(f"only {sent} of {count} were sent")
    return count / taken, memory


def run_loop(port: int, data: bytes, count: int) -> float:
    """One turn of the bare loop."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number in range(count):
            smtp.sendmail("notices@qstore.example", f"m{number}@members.example", data)
    return count / (time.perf_counter() - begun)


def main(count: int = 5000, turns: int = 5) -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = Site(folder / "site")
        site.post("2018-04-10")
        site.write()
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(target=sink, args=(theirs, folder / "mail"))
        server.start()
        port = ours.recv()
        (folder / "notify.yml").write_text(
            "site: site\nrecipients:\n  file: members.csv\nmail:\n  host: 127.0.0.1\n  security: none\n"
            f"  port: {port}\n  sender: Qstore <notices@qstore.example>\n"
        )
        _, small = run_job(folder, max(1, count // 10))
        data = (folder / "mail").read_bytes()
        jobs, loops = [], []
        for _ in range(turns):
            loops.append(run_loop(port, data, count))
            jobs.append(run_job(folder, count))
        ours.send("end")
        server.join()
    rate, loop = statistics.median(rate for rate, _ in jobs), statistics.median(loops)
    print(f"{count} recipients, {turns} turns: job {rate:.0f}/s, smtplib loop {loop:.0f}/s: {rate / loop:.2f}x")
    print(f"memory of the job: {small:.0f} MB at 10 %, {max(memory for _, memory in jobs):.0f} MB at 100 %")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
