"""What the tests of this folder look at."""

from contextlib import contextmanager

import pytest
from accepting_site import accepting, accepting_later  # noqa: F401 - fixtures
from qstore_site import build, qstore, site  # noqa: F401 - fixtures
from repository import instant

from inforce.adapters.clock import Door
from inforce.workflows.acceptance.presentations import presentations_of
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings


@pytest.fixture
def presented(repo):
    """The presentations of the record, as of an instant."""

    @contextmanager
    def presents(now="2020-01-01T00:00:00+09:00", **settings):
        options = Settings(repo.folder, **settings)
        asked = instant(now)
        with opened(options, Door(asked, asked)) as source:
            yield presentations_of(options, source)

    return presents
