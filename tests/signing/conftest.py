"""A revision's PDF, a certification authority, and the programs that check what is signed."""

import gc
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from repository import TERMS, Repository, instant, revision
from signing_keys import serving_pki

from inforce.adapters.clock import Door
from inforce.workflows.pdf_renditions import PdfRenditions, rendered
from inforce.workflows.read_messages import languages_of
from inforce.workflows.read_record import opened

POSTED = "2018-04-10T09:00:00+09:00"


@pytest.fixture(scope="session")
def pdf(tmp_path_factory):
    """A revision's PDF that is not signed."""
    top = tmp_path_factory.mktemp("record")
    repo = Repository(top / "repo", top / "home")
    text = revision("", "# Privacy Policy\n\nWe keep what you tell us.\n\n## Cookies\n\nWe set *cookies*.\n")
    repo.commit(POSTED, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2018-04-10.md": text})
    with opened(repo.settings, Door(instant(POSTED), instant(POSTED))) as record:
        renditions = PdfRenditions(record, languages_of(repo.settings), "https://policies.qstore.example/")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves the file of a colour profile open.
            made = rendered(renditions.sheet(record.record.postings()[0]))
            gc.collect()
        return made


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """Keys and certificates, with all services on loopback."""
    with serving_pki(tmp_path_factory.mktemp("pki")) as made:
        yield made


@pytest.fixture(scope="session")
def broken_clauses():
    """What veraPDF says about files: the clauses of PDF/A-3a and PDF/UA-1 that each breaks."""

    def ask(*paths):
        lines = "".join(f"{path}\t{flavour}\n" for path in paths for flavour in ("3a", "ua1"))
        program = Path(__file__).parents[1] / "pdf" / "verapdf_server.py"
        told = subprocess.run([sys.executable, program], input=lines, text=True, capture_output=True, check=True)
        return [clause for line in told.stdout.splitlines() for clause in json.loads(line)]

    return ask
