"""The record and the site that the tests of this folder look at."""

from noticed_site import noticed, noticed_site  # noqa: F401 - fixtures
from qstore_site import build, qstore, site  # noqa: F401 - fixtures
from timelines_site import timelines  # noqa: F401 - a fixture
