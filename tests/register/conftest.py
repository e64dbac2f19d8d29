"""What the tests of the register may ask for."""

import pytest
from register.whole_project import ANSWERS, Project


@pytest.fixture
def project(tmp_path):
    """A project without a row."""
    return Project(tmp_path)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A project of which nothing is changed: four people, of whom three answered, one of them twice."""
    made = Project(tmp_path_factory.mktemp("answered"))
    for subject, revision, at, decision, registered in ANSWERS:
        made.say(subject, revision, at, decision, registered)
    return made
