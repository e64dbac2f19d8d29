"""The desk without HTTP: what two threads of the app do at once."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from acceptance_app.whole_app import SECRET

from inforce.acceptance_app.app import Beside
from inforce.core.acceptance import Decision
from inforce.core.asking import Answer, Question
from inforce.core.errors import Problem, RecordError
from inforce.workflows.acceptance import desk as desk_module
from inforce.workflows.acceptance.answer import Seen
from inforce.workflows.acceptance.desk import open_desk
from inforce.workflows.acceptance.present_record import PresentRecord
from inforce.workflows.acceptance.set_up import read_acceptances_file
from inforce.workflows.progress import silent

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(minutes=11)


@pytest.fixture
def desk(company, monkeypatch):
    monkeypatch.setenv("SHOP", SECRET)
    monkeypatch.setenv("OTHER", SECRET[::-1])
    setup = read_acceptances_file(company.set_up())
    with open_desk(setup, company.folder, company.repo.settings, NOW, silent()) as desk:
        yield desk


def answered(desk, subject):
    """Somebody is asked, and accepts."""
    shop = desk.application_of(SECRET)
    request, token, asked = desk.ask(shop, Question(subject, None, ("privacy-policy",)), NOW)
    answers = [
        Answer(
            one.policy.slug, one.revision.name, one.revision.digest, one.presentation.digest, None, Decision.ACCEPTED
        )
        for one in asked
    ]
    standing = desk.settle(desk.take(desk.standing(token, "", NOW), answers, "en", Seen(), NOW))
    assert standing.request == request
    return standing


def test_what_is_answered_while_a_head_is_signed_has_one_signed_later(desk, monkeypatch):
    assert not desk.sign_head_if_due(NOW)
    answered(desk, "u-1")
    sign = desk.register.sign_head

    def slowly(*given):
        text = sign(*given)
        answered(desk, "u-2")
        return text

    with monkeypatch.context() as patch:
        patch.setattr(desk.register, "sign_head", slowly)
        assert desk.sign_head_if_due(NOW + LATER)
    assert [number for number, _ in desk.register.heads()] == [1]
    assert not desk.sign_head_if_due(NOW + LATER)
    assert desk.sign_head_if_due(NOW + 2 * LATER)
    assert [number for number, _ in desk.register.heads()] == [1, 2]


def test_what_was_shown_is_at_hand_before_the_answer_waits_to_be_written(desk, monkeypatch):
    """An archive may be far away, and while one answer is written all others wait."""
    done, soon = [], desk.register.append_soon

    def append_soon(*given):
        done.append("written")
        return soon(*given)

    monkeypatch.setattr(PresentRecord, "fetch", lambda _, policy, revision: done.append(f"{policy}/{revision}"))
    monkeypatch.setattr(desk.register, "append_soon", append_soon)
    answered(desk, "u-1")
    assert done == ["privacy-policy/2018-04-10", "written"]


def test_what_goes_on_beside_the_calls_goes_on_after_a_fault(desk, monkeypatch, caplog):
    """The disk is full, say, when the record is read again: that is told, and it is read when there is room."""
    first = desk.present

    def broken(*_):
        raise ZeroDivisionError

    async def go():
        beside = Beside(desk, lambda: NOW)
        going = asyncio.create_task(beside.run())
        with monkeypatch.context() as patch:
            patch.setattr(desk_module, "tip_of", lambda *_: "moved")
            patch.setattr(desk_module, "read_present", broken)
            beside.again.set()
            while not caplog.records:  # noqa: ASYNC110 - nobody tells of it otherwise
                await asyncio.sleep(0)
        assert desk.fault == "the record could not be read: ZeroDivisionError"
        assert desk.present is first
        beside.again.set()
        while desk.present is first:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        going.cancel()

    asyncio.run(go())
    assert [one.message for one in caplog.records] == ["a fault of ours beside the calls"]
    assert desk.fault == ""


def test_a_record_that_cannot_be_read_is_tried_again_when_it_moves_and_else_after_a_while(desk, monkeypatch):
    tried, tips = [], ["first"]

    def broken(*_):
        tried.append(tips[0])
        raise RecordError([Problem("policy.yml", "broken", "mend it")])

    monkeypatch.setattr(desk_module, "tip_of", lambda *_: tips[0])
    monkeypatch.setattr(desk_module, "read_present", broken)
    for second in range(61):
        if second == 10:
            tips[0] = "second"
        with suppress(RecordError):
            desk.read_if_moved(NOW + timedelta(seconds=second), silent(), at_once=second == 5)
    assert tried == ["first"] * 2 + ["second"] * 2
    assert desk.fault == "policy.yml: broken"
