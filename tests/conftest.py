"""What every test may ask for."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from repository import Repository


@pytest.fixture
def repo(tmp_path):
    """A repository without a commit."""
    return Repository(tmp_path / "repo", tmp_path / "home")
