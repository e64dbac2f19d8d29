"""The ledger in a real PostgreSQL."""

import pytest
from notify.mail_server import receiving
from notify.whole_job import TELL

from inforce.adapters.notify.ledger_store import open_ledger
from inforce.core.errors import RecordError


def test_postgresql_keeps_the_ledger_and_one_job_holds_it(job, tmp_path, postgresql):
    ledger = f"ledger: {postgresql}\n"
    with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
        assert job.run(server.port, more=ledger).sent == 1
        server.refuse.clear()
        with open_ledger(postgresql, None, tmp_path), pytest.raises(RecordError, match="another job holds"):
            job.run(server.port, more=ledger)
        assert job.run(server.port, more=ledger).sent == 1
        assert job.run(server.port, TELL, more=ledger).sent == 0
    assert server.recipients == ["lee@members.example", "kim@members.example"]
