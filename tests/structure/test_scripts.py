"""The scripts that are thin twins of commands: called from anywhere, they run this project's own command."""

import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("export_feed.py", "export-feed"),
        ("export_pdfs.py", "export-pdfs"),
        ("notify.py", "notify"),
        ("verify.py", "verify"),
    ],
)
def test_a_twin_hands_on_what_it_is_given(script, command, tmp_path):
    done = subprocess.run([SCRIPTS / script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: inforce {command} ")


def test_a_place_counts_from_where_verify_is_called(tmp_path):
    (tmp_path / "copy.pdf").write_bytes(b"no PDF at all")
    done = subprocess.run(
        [SCRIPTS / "verify.py", "copy.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout.startswith("copy.pdf: cannot tell")
