"""What every test may ask for."""

import pytest
from repository import Repository


@pytest.fixture
def repo(tmp_path):
    """A repository without a commit."""
    return Repository(tmp_path / "repo", tmp_path / "home")
