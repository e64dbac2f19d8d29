"""What every test may ask for."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg
import pytest
from repository import Repository

BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin"))
_NUMBERS = count(1)


@pytest.fixture
def repo(tmp_path):
    """A repository without a commit."""
    return Repository(tmp_path / "repo", tmp_path / "home")


@pytest.fixture(scope="session")
def cluster():
    """The port of a PostgreSQL on this machine, which refuses to run as root."""
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
    yield port
    server.terminate()
    server.wait()
    shutil.rmtree(folder)


@pytest.fixture
def postgresql(cluster):
    """The address of a new database, as SQLAlchemy has it."""
    name = f"ledger{next(_NUMBERS)}"
    with psycopg.connect(f"postgresql://notify@127.0.0.1:{cluster}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://notify@127.0.0.1:{cluster}/{name}"
