"""A company with an app that asks its people."""

import sys
from pathlib import Path

import pytest
from acceptance_app.whole_app import Company

INFORCE = str(Path(sys.executable).with_name("inforce"))


@pytest.fixture
def company(tmp_path):
    """A company of its own, for tests that change something of it."""
    return Company(tmp_path, INFORCE)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app of a company, for tests that leave it as it is."""
    with Company(tmp_path_factory.mktemp("company"), INFORCE).serving() as app:
        yield app
