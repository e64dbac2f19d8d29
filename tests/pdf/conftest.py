"""One record, printed once, and veraPDF running beside the tests that ask it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "redlines")]

from printing import Printing, five_languages  # noqa: E402 - the folder is not on the path before
from repository import Repository  # noqa: E402


@pytest.fixture(scope="session")
def qstore(tmp_path_factory):
    """The PDFs of a record in five languages."""
    folder = tmp_path_factory.mktemp("qstore")
    repo = Repository(folder / "repo", folder / "home")
    five_languages(repo)
    return Printing(repo, folder)


@pytest.fixture
def printing(repo, tmp_path):
    """The PDFs of the record that a test draws."""
    return Printing(repo, tmp_path)


@pytest.fixture(scope="session")
def broken():
    """Asks veraPDF which clauses of a flavour (`3a`, `ua1`) a PDF breaks."""
    command = [sys.executable, str(HERE / "verapdf_server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:

        def ask(path, flavour):
            server.stdin.write(f"{path}\t{flavour}\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())

        yield ask
        server.stdin.close()
