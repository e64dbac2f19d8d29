"""What the tests of the register may ask for."""

import pytest
from register.whole_project import Project


@pytest.fixture
def project(tmp_path):
    """A project without a row."""
    return Project(tmp_path)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A project of which nothing is changed: four people, of whom three answered, one of them twice."""
    made = Project(tmp_path_factory.mktemp("answered"))
    made.say("u-old", "2014-03-01", "2016-02-01T10:00:00+09:00", registered="2016-02-01T10:00:00+09:00")
    made.say("u-1077", "2018-04-10", "2018-04-20T12:00:00+09:00", "deferred")
    made.say("u-1077", "2018-04-10", "2018-04-20T12:05:00+09:00", registered="2018-04-20T11:59:00+09:00")
    made.say("u-no", "2018-04-10", "2018-04-21T09:00:00+09:00", "declined", registered="2018-04-21T08:59:00+09:00")
    made.say("u-later", "2018-04-10", "2018-04-22T09:00:00+09:00", "deferred", registered="2018-04-22T08:59:00+09:00")
    return made
