"""A folder with all that the job needs, and the job run in it: here, with a clock of one's own, or as a process.

job.members("kim@members.example", "lee@members.example")
with receiving() as server:
    report = job.run(server.port)                     # here
    ended = job.command(server.port, "--json")        # here, as the command line has it, with the machine's clock
    ended = job.process(server.port, "--json")        # as a process, to its end
    with job.started(server.port) as running:         # as a process; killed if it still runs at the end of the block
        running.kill()
"""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner
from notify.pulled_site import Site

from inforce.cli import main
from inforce.workflows.notify import notify, read_notify_file
from inforce.workflows.notify_report import How

NOW = datetime(2018, 5, 1, tzinfo=UTC)
TELL = How(tells_what_is_due=True)
LASTING = "2999-01-01T00:00:00Z"
"""When notices expire that processes tell, which have the machine's clock."""
_PATIENCE = 60


class Job:
    """A folder with a site, a list of recipients and a `notify.yml`."""

    def __init__(self, folder):
        self.folder, self.site = folder, Site(folder / "site")
        self.place, self.security, self.recipients = "site", "none", "  file: members.csv\n"
        self.site.post("2018-04-10")
        self.site.write()
        self.members("kim@members.example", "lee@members.example")

    def members(self, *lines):
        rows = [line if "," in line else f"{line},2016-02-01T10:00:00+09:00" for line in lines]
        head = "address,registered" + (",subject,language,name" if rows and rows[0].count(",") >= 4 else "")
        (self.folder / "members.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

    def lasting(self):
        """Let what was posted be worth telling today."""
        for entry in self.site.entries:
            entry["expires"] = LASTING
        self.site.write()

    def set_up(self, port, more=""):
        text = f"site: {self.place}\nrecipients:\n{self.recipients}mail:\n  host: 127.0.0.1\n"
        text += f"  port: {port}\n  security: {self.security}\n  sender: Qstore <notices@qstore.example>\n"
        text += "  unsubscribe: https://qstore.example/off?who={subject}\n"
        path = self.folder / "notify.yml"
        path.write_text(text + more)
        return path

    def run(self, port, how=TELL, now=NOW, more="", wait=lambda _: False):
        self.set_up(port, more)
        return self.run_as_set_up(how, now, wait)

    def run_as_set_up(self, how=TELL, now=NOW, wait=lambda _: False):
        return notify(read_notify_file(self.folder / "notify.yml"), self.folder, lambda: now, wait, how)

    def _arguments(self, port, options, more):
        self.lasting()
        return ["notify", "--settings", str(self.set_up(port, more)), "--tell-what-is-due", *options]

    def command(self, port, *options, more=""):
        before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
        try:
            ended = CliRunner().invoke(main, self._arguments(port, options, more), catch_exceptions=False)
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)
        return subprocess.CompletedProcess(options, ended.exit_code, ended.stdout, ended.stderr)

    @contextmanager
    def started(self, port, *options, more=""):
        inforce = str(Path(sys.executable).parent / "inforce")
        command = [inforce, *self._arguments(port, options, more)]
        said = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, **said) as running:
            try:
                yield running
            finally:
                running.kill()

    def process(self, port, *options, more=""):
        with self.started(port, *options, more=more) as running:
            out, err = running.communicate(timeout=_PATIENCE)
        return subprocess.CompletedProcess(running.args, running.returncode, out, err)
