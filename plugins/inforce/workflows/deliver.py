"""Tell what is due to everybody whom it concerns: each delivery is claimed, sent, and settled in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

from inforce.adapters.notify.ledger_store import Ledger
from inforce.adapters.notify.notices_source import NoticesSource
from inforce.adapters.notify.recipients import read_csv, read_query
from inforce.adapters.notify.smtp_mail import MailStoppedError, SmtpMail
from inforce.adapters.notify.webhook import WebhookSender
from inforce.adapters.secret import secret_of
from inforce.core.announcement import Announcement, Recipient
from inforce.core.delivery import Channel, Delivery, Noted, Outcome, Persistence, State, concerns, may_be_tried
from inforce.core.errors import InforceError, Problem, RecordError
from inforce.core.notify_settings import Mail, NotifySettings
from inforce.formats.notify.mail import common_part, envelope_sender, mail_of
from inforce.workflows.notify_report import How, Report

_AT_ONCE = 500
"""For how many recipients the ledger is asked at once."""
_MOST_FAILED = 20
"""How many deliveries may fail one after the other from the beginning of a run."""
Wait = Callable[[float], bool]


class EndedError(Exception):
    """The job is to end; what was in hand is done."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A notice that was read: its file, and what is the same in each of its mails, by language in lower case."""

    raw: dict[str, Any]
    mails: Mapping[str, bytes]

    def mail_in(self, asked: str, own: str) -> bytes:
        """What is the same in the mails of somebody who asked for a language; `own` is that of the policy."""
        for language in (asked.casefold(), asked.casefold().partition("-")[0], own.casefold()):
            if language in self.mails:
                return self.mails[language]
        return next(iter(self.mails.values()))


@dataclass(slots=True)
class Deliverer:
    """Tells notices by mail and by webhook; a context manager, for the time that the connections are kept.

    Attributes:
        settings: what `notify.yml` says.
        folder: to which what it names is relative.
        ledger: where each delivery is noted.
        source: where notices and texts are read.
        how: how the run is to be.
        report: what it did.
        clock: the instant.
        wait: waits for so many seconds, or until the job is to end; whether it is to end.
    """

    settings: NotifySettings
    folder: Path
    ledger: Ledger
    source: NoticesSource
    how: How
    report: Report
    clock: Callable[[], datetime]
    wait: Wait
    _failed: dict[Channel, int] = field(default_factory=lambda: dict.fromkeys(Channel, 0))
    _ready: dict[str, _Ready | None] = field(default_factory=dict)
    _smtp: SmtpMail | None = None
    _sender: str = ""
    _hook: WebhookSender | None = None

    def __enter__(self) -> Self:
        mail, hook = self.settings.mail, self.settings.webhook
        if mail is not None:
            self._smtp = SmtpMail(mail, secret_of(mail.password, self.folder))
            self._sender = envelope_sender(mail)
        if hook is not None:
            self._hook = WebhookSender(hook, secret_of(hook.secret, self.folder) or "")
        return self

    def __exit__(self, *_: object) -> None:
        for channel in Channel:
            self._close(channel)

    def check(self) -> None:
        """See that the recipients can be read, though nobody is to be told anything now."""
        with closing(self._recipients()) as recipients:
            next(recipients, None)

    def tell(self, due: Sequence[Announcement]) -> None:
        """Tell them all; the recipients are gone through once, and a notice is read when there is somebody to tell.

        Raises:
            EndedError: the job is to end.
        """
        recipients = self._recipients()
        while some := list(islice(recipients, _AT_ONCE)):
            deliveries = [one for recipient in some for notice in due for one in self._deliveries(notice, recipient)]
            keyed = {one.key: one for one in deliveries}  # a list may have somebody twice
            noted = self.ledger.noted(list(keyed))
            for key, one in keyed.items():
                self._deliver(one, key, noted.get(key))
        self.report.told = sum(one is not None for one in self._ready.values())

    @property
    def _persistence(self) -> Persistence:
        return Persistence(self.settings.attempts, self.how.resends_doubtful, self.how.retries_failed)

    def _recipients(self) -> Generator[Recipient | None]:
        """Everybody on the list; None, who stands for all, where there is no list."""
        members, tell = self.settings.members, self.report.problems.append
        try:
            if members is None:
                yield None
            elif members.database is not None:
                password = secret_of(members.database.password, self.folder)
                yield from read_query(members.database.address, password, self.folder, members.query, tell)
            else:
                yield from read_csv(self.folder / members.file, members.file, tell)
        except RecordError as wrong:
            self.report.problems += wrong.problems

    def _deliveries(self, notice: Announcement, recipient: Recipient | None) -> Iterator[Delivery]:
        if recipient is not None and not concerns(notice.recipients, recipient.registered):
            return
        if self._smtp is not None and recipient is not None:
            yield Delivery(notice, recipient, Channel.MAIL)
        if self._hook is not None:
            yield Delivery(notice, recipient, Channel.WEBHOOK)

    def _deliver(self, delivery: Delivery, key: str, noted: Noted | None) -> None:
        now, address = self.clock(), delivery.recipient.address if delivery.recipient else ""
        if not may_be_tried(noted, address, self.ledger.run, now, self._persistence):
            return
        if delivery.announcement.expires <= now or not self._is_open(delivery.channel):
            return
        ready = self._read(delivery.announcement)
        if ready is None:
            return
        if self.wait(0):
            raise EndedError
        self.ledger.claim(delivery, key, now, is_new=noted is None)
        if self.how.is_dry:
            whom = delivery.recipient.address if delivery.recipient else "the webhook"
            self.report.shown.append((delivery.announcement.id, delivery.channel.value, whom))
            return
        try:
            outcome = self._send(delivery, key, ready, now)
        except MailStoppedError as wrong:
            self.ledger.give_back(key, noted)
            self.report.problems += wrong.problems
            self._close(Channel.MAIL)
            return
        self.ledger.settle(key, outcome)
        self.report.count(outcome)
        self._see_whether_all_fail(delivery.channel, outcome)
        self._pause()

    def _is_open(self, channel: Channel) -> bool:
        return (self._smtp if channel is Channel.MAIL else self._hook) is not None

    def _see_whether_all_fail(self, channel: Channel, outcome: Outcome) -> None:
        """Stop a channel by which nothing went through from the beginning of the run: it is not the recipients."""
        if outcome.state is not State.FAILED:
            self._failed[channel] = -1
        elif self._failed[channel] >= 0:
            self._failed[channel] += 1
        if self._failed[channel] < _MOST_FAILED:
            return
        what = f"the first {_MOST_FAILED} deliveries of this run failed, the last with: {outcome.error}"
        todo = "no more are tried in this run; look at the settings, and have those tried again with --retry-failed"
        self.report.problems.append(Problem(channel.value, what, todo))
        self._close(channel)

    def _close(self, channel: Channel) -> None:
        if channel is Channel.MAIL and self._smtp is not None:
            self._smtp.close()
            self._smtp = None
        elif channel is Channel.WEBHOOK and self._hook is not None:
            self._hook.close()
            self._hook = None

    def _pause(self) -> None:
        """As long as the operator's rate asks."""
        if self.settings.rate:
            self.ledger.commit()
            if self.wait(1 / self.settings.rate):
                raise EndedError

    def _read(self, one: Announcement) -> _Ready | None:
        """A notice, once its text was seen to be there; None where anything is wrong: that stops this notice alone."""
        if one.id not in self._ready:
            try:
                self.source.check_text(one)
                self._ready[one.id] = _Ready(self.source.raw(one), self._common_parts(one, self.settings.mail))
            except InforceError as wrong:
                self._ready[one.id] = None
                self.report.problems += wrong.problems
        return self._ready[one.id]

    def _common_parts(self, one: Announcement, mail: Mail | None) -> dict[str, bytes]:
        messages = self.source.messages(one) if mail is not None else {}
        return {
            language.casefold(): common_part(one, message, language, mail)
            for language, message in messages.items()
            if mail is not None
        }

    def _send(self, delivery: Delivery, key: str, ready: _Ready, now: datetime) -> Outcome:
        one, recipient, mail = delivery.announcement, delivery.recipient, self.settings.mail
        if delivery.channel is Channel.WEBHOOK and self._hook is not None:
            return self._hook.send(delivery, key, ready.raw, now)
        if mail is None or self._smtp is None or recipient is None:
            raise AssertionError(delivery.channel)
        common = ready.mail_in(recipient.language or one.language, one.language)
        try:
            data = mail_of(delivery, recipient, common, mail, now)
        except ValueError as wrong:  # `email` refuses what would be another header
            return Outcome(State.FAILED, f"no mail can be made for this recipient: {wrong}", is_final=True)
        return self._smtp.send(self._sender, recipient.address, data)
