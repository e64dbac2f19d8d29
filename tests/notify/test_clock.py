"""Clocks that jump between runs: nothing is told before it is due, after it expired, or twice; and nothing is lost."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from notify.mail_server import receiving
from notify.whole_job import LASTING

SPRING = datetime(2018, 4, 1, tzinfo=UTC)


def day(number):
    return SPRING + timedelta(days=number)


def test_what_is_due_later_is_told_once_whatever_the_clock_does(job):
    job.site.entries.clear()
    job.site.post("2018-04-20", due=day(19).isoformat())
    job.site.write()
    with receiving() as server:
        runs = [job.run(server.port, now=day(number)) for number in (10, 30, 5, 18, 20, 40)]
    assert [report.sent for report in runs] == [0, 2, 0, 0, 0, 0]
    assert [[problem.is_error for problem in report.problems] for report in runs] == [
        [],
        [],
        [False],
        [],
        [],
        [],
    ]


def test_a_clock_that_went_far_ahead_and_came_back_expires_nothing_for_ever(job):
    with receiving() as server:
        assert (job.run(server.port, now=day(3000)).sent, job.run(server.port, now=day(20)).sent) == (0, 2)


@pytest.mark.parametrize("seed", range(4))
def test_wherever_the_clock_jumps_each_notice_is_told_when_it_first_may_be(job, seed):
    chance = random.Random(seed)
    job.members("kim@members.example")
    job.site.entries.clear()
    spans = {f"2018-04-{number}": sorted(chance.sample(range(90), 2)) for number in range(10, 16)}
    for revision, (due, expires) in spans.items():
        job.site.post(revision, due=day(due).isoformat(), expires=day(expires).isoformat())
    gone = job.site.entries[0]
    taken_back = chance.randrange(90)
    job.site.post(
        "2018-04-16", name="overtaken", due=day(taken_back).isoformat(), expires=LASTING, cancels=[gone["id"]]
    )
    spans["2018-04-16"] = (taken_back, 10**6)
    job.site.write()

    told, expected = [], []
    with receiving() as server:
        for now in [chance.randrange(90) for _ in range(14)]:
            count = len(server.mails)
            job.run(server.port, now=day(now))
            told.append({str(mail["Subject"]).removeprefix("About ") for mail in server.mails[count:]})
            may_be = {revision for revision, (due, expires) in spans.items() if due <= now < expires}
            if taken_back <= now:
                may_be.discard(gone["revision"])
            expected.append(may_be.difference(*expected))
    assert told == expected
    assert len(server.mails) == sum(map(len, expected))
