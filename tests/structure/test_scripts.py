"""The scripts that are thin twins of commands: called from anywhere, they run this project's own command."""

import os
import shutil
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


def test_setting_up_extras_installs_what_is_locked_for_them(tmp_path):
    """In a new clone, without a network: it says what it would install, and that it cannot."""
    for name in ("scripts/set-up", "requirements-extras.txt", "requirements.txt", "pyproject.toml"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(SCRIPTS.parent / name, copy)
    offline = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        [tmp_path / "scripts/set-up", "extras"], env=offline, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "packages that requirements-extras.txt locks\n" in done.stderr
    assert "set-up: error: pip could not install what requirements-extras.txt locks" in done.stderr
