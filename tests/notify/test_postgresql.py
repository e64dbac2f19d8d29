"""The ledger in a real PostgreSQL, made for these tests alone."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from notify.mail_server import receiving
from notify.test_job import NOW, TELL, Job

from inforce.adapters.notify.ledger_store import open_ledger
from inforce.core.errors import RecordError

BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin"))


@pytest.fixture(scope="module")
def address():
    """A cluster on this machine; PostgreSQL refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="inforce-pg-"))
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    who = {"user": user} if os.getuid() == 0 else {}
    options = {"cwd": folder, "stdout": subprocess.DEVNULL, **who}
    subprocess.run(
        [BINARIES / "initdb", "-D", folder / "data", "-U", "notify", "-A", "trust", "-N"], check=True, **options
    )
    command = [BINARIES / "postgres", "-D", folder / "data", "-p", str(port), "-k", "", "-h", "127.0.0.1", "-F"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
    ready = [BINARIES / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode and server.poll() is None:
        time.sleep(0.02)
    yield f"postgresql+psycopg://notify@127.0.0.1:{port}/postgres"
    server.terminate()
    server.wait()
    shutil.rmtree(folder)


def test_postgresql_keeps_the_ledger_and_one_job_holds_it(tmp_path, address):
    job = Job(tmp_path)
    ledger = f"ledger: {address}\n"
    with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
        assert job.run(server.port, more=ledger).sent == 1
        server.refuse.clear()
        with open_ledger(address, None, tmp_path), pytest.raises(RecordError, match="another job holds"):
            job.run(server.port, more=ledger)
        assert job.run(server.port, now=NOW + timedelta(minutes=5), more=ledger).sent == 1
        assert job.run(server.port, TELL, more=ledger).sent == 0
    assert server.recipients == ["lee@members.example", "kim@members.example"]
