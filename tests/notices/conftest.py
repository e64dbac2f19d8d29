"""The record is read as on a machine on which git was never set up, unless a test sets it up."""

import os

import pytest
from notices.long_record import long_files, long_record  # noqa: F401 - fixtures
from qstore_site import build  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def plain_machine(tmp_path_factory, monkeypatch):
    """No settings of git's, no clock but the one that is given."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "XDG_", "SOURCE_DATE_EPOCH")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp() / "nobody"))
