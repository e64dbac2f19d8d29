"""Servers that are killed, disks that are full: never a receipt without its row, never a row without its receipt."""

import re
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from register.whole_register import KEYS, NOW, SECOND, filled, flaws, opened, sayings, statement

from inforce.core.errors import UnavailableError
from inforce.formats.acceptance.receipt_jws import agrees, read_receipt

LATER = NOW + 9 * SECOND
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from threading import Thread
from register.whole_register import NOW, opened, sayings, statement

def say(register, writer):
    number = 0
    while True:
        number += 1
        (kept,) = register.append(sayings(register, statement(f"u-{writer}-{number}")), NOW)
        sys.stdout.write(kept.receipt + "\\n")
        sys.stdout.flush()

with opened(Path(sys.argv[1])) as register:
    threads = [Thread(target=say, args=(register, writer), daemon=True) for writer in range(8)]
    for thread in threads:
        thread.start()
    threads[0].join()
"""


def test_a_server_that_is_killed_and_begins_again_has_a_row_for_each_receipt(tmp_path):
    """Each server signs with a key of its own, so only what is not signed is compared here."""
    receipts = []
    for pause in (0, 0.01, 0.05, 0.1):
        command = [sys.executable, "-c", PROGRAM, tmp_path, Path(__file__).parents[1]]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            receipts.append(server.stdout.readline().strip())
            time.sleep(pause)
            server.send_signal(signal.SIGKILL)
            receipts += [line.strip() for line in server.stdout if line.endswith("\n")]
    with opened(tmp_path, writes=False) as register:
        kept = {stored[8]: stored[0] for stored in register.stored()}
        assert len(kept) == register.head().number
    assert set(receipts) <= kept.keys()
    assert len(set(receipts)) == len(receipts) >= 4
    assert [one for one in flaws(tmp_path) if "not among the register's keys" not in one] == []


@contextmanager
def full(size):
    """No file grows beyond that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_promises_nothing_and_loses_nothing(tmp_path):
    given = []
    with opened(tmp_path) as register:
        filled(register, 3)
        asks = (sayings(register, statement(f"v-{number}")) for number in range(1000))
        with full(150_000), pytest.raises(UnavailableError, match=r"(database or disk is full|disk I/O error)"):
            given.extend(one for ask in asks for one in register.append(ask, LATER))
        assert register.head().number == 3 + len(given)
        more = register.append(sayings(register, statement("w-1")), LATER)
        for kept in (*given, *more):
            assert agrees(read_receipt(kept.receipt, KEYS), kept.row, kept.digest)
            assert register.rows_of(kept.row.statement.subject) == (kept.row,)
    assert flaws(tmp_path, with_receipts=True) == []


def test_a_file_that_is_no_register_is_told(tmp_path):
    (tmp_path / "register.db").write_text("subject,decision\n" * 100)
    with pytest.raises(UnavailableError, match="file is not a database") as told, opened(tmp_path):
        pass
    assert re.match(r"sqlite:///register.db: ", str(told.value))
