"""Benchmarks are run by hand, so nobody would notice soon that one cannot even begin any more."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_a_benchmark_finds_all_that_it_imports(path):
    """But for a peer that is installed by hand, as it says."""
    code = f"import runpy, sys; sys.path.insert(0, {str(FOLDER)!r}); runpy.run_path({str(path)!r}, run_name='read')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    by_hand = {
        f"ModuleNotFoundError: No module named '{one}'" for one in re.findall(r"pip install (\w+)", path.read_text())
    }
    assert done.returncode == 0 or done.stderr.splitlines()[-1] in by_hand, done.stderr
