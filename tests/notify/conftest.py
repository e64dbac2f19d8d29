"""What the tests of the job may ask for: a PostgreSQL made for them alone, and a certificate."""

import ipaddress
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from notify.whole_job import Job

BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin"))
_NUMBERS = count(1)


@pytest.fixture
def job(tmp_path):
    return Job(tmp_path)


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


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, signed by its own key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "here.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + made.public_bytes(pem)
    )
    return path
