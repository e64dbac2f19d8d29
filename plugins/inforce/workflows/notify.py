"""The notification job: pull a site's notices, decide who is to be told, tell each once, and note it.

Everything that is seen is compared with what was seen before; an alarm ends the run before anybody is told anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from inforce.adapters.notify.ledger_store import Ledger, open_ledger
from inforce.adapters.notify.notices_source import NoticesSource, open_source
from inforce.adapters.notify.recipients import read_csv, read_query
from inforce.adapters.notify.secret import secret_of
from inforce.adapters.notify.smtp_mail import MailStoppedError, SmtpMail
from inforce.adapters.notify.webhook import WebhookSender
from inforce.core.announcement import Announcement, Recipient
from inforce.core.delivery import (
    Channel,
    Delivery,
    Outcome,
    Standing,
    State,
    cancelled,
    concerns,
    may_be_tried,
    standing,
    to_tell,
)
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError, Severity
from inforce.core.notifying import Mail, NotifySettings
from inforce.core.pulled import compare
from inforce.formats.notify.mail import common_part, envelope_sender, mail_of
from inforce.formats.notify.notify_file import parse_notify

_BACK = timedelta(minutes=5)
_PULL, _LATEST, _FIRST = "pull", "latest", "first"
Wait = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class How:
    """How a run is asked to be.

    Attributes:
        tells_what_is_due: a new ledger tells what is due already, and does not take it as seen.
        resends_doubtful: what is in doubt is sent again.
        is_dry: nothing is sent and nothing noted.
    """

    tells_what_is_due: bool = False
    resends_doubtful: bool = False
    is_dry: bool = False


@dataclass(slots=True)
class Report:
    """What a run did: counts, problems in the order in which they came, and what a person has to look at.

    `shown` has what a dry run would have sent: notice, channel, address.
    """

    notices: int = 0
    seen: int = 0
    told: int = 0
    cancelled: int = 0
    expired: int = 0
    sent: int = 0
    failed: int = 0
    doubtful: int = 0
    problems: list[Problem] = field(default_factory=list)
    listed: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    shown: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing failed, nothing is in doubt, and nothing is to be mended."""
        return not (self.failed or self.listed or any(one.is_error for one in self.problems))


def read_notify_file(path: Path) -> NotifySettings:
    """What the operator set up.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be: all of it together.
    """
    try:
        data = path.read_bytes()
    except OSError as wrong:
        todo = "name it with --settings; docs/notify.md shows one"
        raise ConfigurationError([Problem(str(path), f"this cannot be read: {wrong.strerror}", todo)]) from None
    reading = parse_notify(data)
    if reading.value is None:
        raise ConfigurationError(Problem.of(fault, str(path)) for fault in reading.faults)
    return reading.value


def notify(
    settings: NotifySettings, folder: Path, clock: Callable[[], datetime], wait: Wait, how: How | None = None
) -> Report:
    """One run of the job.

    Args:
        settings: what `notify.yml` says.
        folder: where that is: what it names is relative to it.
        clock: the instant.
        wait: waits for so many seconds, or until the job is to end; whether it is to end. Asked between deliveries.
        how: how the run is to be.

    Raises:
        ConfigurationError: something in `notify.yml` cannot be.
        RecordError: the site, the ledger or the recipients cannot be read; or what was seen before is no longer there.
    """
    how = how or How()
    report = Report()
    with ExitStack() as stack:
        password = secret_of(settings.ledger.password, folder)
        ledger = stack.enter_context(open_ledger(settings.ledger.address, password, folder, writes=not how.is_dry))
        source = stack.enter_context(open_source(settings.site, folder, is_insecure=settings.is_insecure))
        now = clock()
        _note_instant(ledger, now, report)
        _take(ledger, source, now, how, report)
        report.problems += source.warnings
        due = _decide(ledger, settings, now, report)
        if due:
            with _Run(settings, folder, ledger, source, how, report, clock, wait) as run:
                run.tell(due)
        if not how.is_dry:
            report.listed = list(ledger.listed(settings.attempts))
    return report


def _note_instant(ledger: Ledger, now: datetime, report: Report) -> None:
    """Warn of a clock that runs backwards. Nothing is told twice for that: what was told is noted."""
    latest = ledger.kept(_LATEST)
    if latest and now < datetime.fromisoformat(latest) - _BACK:
        what = f"the clock shows {now.isoformat()}, and showed {latest} at a run before"
        todo = "set the clock right; nothing is told twice, and what is not due yet is told when it is"
        report.problems.append(Problem("clock", what, todo, severity=Severity.WARNING))
    if not latest or datetime.fromisoformat(latest) < now:
        ledger.keep(_LATEST, now.isoformat())


def _take(ledger: Ledger, source: NoticesSource, now: datetime, how: How, report: Report) -> None:
    """Take what is new into the ledger; all of a pull, or, where there is an alarm, nothing."""
    pulled = source.pull(ledger.kept(_PULL))
    if pulled is None:
        return
    seen = ledger.seen()
    if alarm := compare(seen, pulled):
        raise RecordError(alarm)
    is_new_ledger = not ledger.kept(_FIRST)
    place = len(seen)
    for one in pulled.announcements:
        if one.id in seen:
            ledger.renew(one)
            continue
        is_past = is_new_ledger and not how.tells_what_is_due and one.due <= now
        report.seen += is_past
        ledger.take(one, place, Standing.SEEN if is_past else Standing.OPEN)
        place += 1
    ledger.keep(_FIRST, "taken")
    ledger.keep(_PULL, pulled.state)
    ledger.commit()


def _decide(ledger: Ledger, settings: NotifySettings, now: datetime, report: Report) -> list[Announcement]:
    """Note how each notice stands, and say which are to be told."""
    noted = ledger.notices()
    gone = cancelled((one for one, _ in noted), now)
    stood = [(one, standing(one, before, gone, now)) for one, before in noted]
    for (one, before), (_, after) in zip(noted, stood, strict=True):
        if before is not after:
            ledger.stand(one, after)
            report.cancelled += after is Standing.CANCELLED
            report.expired += after is Standing.EXPIRED
    ledger.commit()
    report.notices = len(noted)
    return to_tell(stood, now, settings.events, settings.policies)


class _StopError(Exception):
    """The job is to end; what is in hand is done."""


@dataclass(slots=True)
class _Run:
    """Tells what is due to everybody whom it concerns."""

    settings: NotifySettings
    folder: Path
    ledger: Ledger
    source: NoticesSource
    how: How
    report: Report
    clock: Callable[[], datetime]
    wait: Wait
    _common: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _raw: dict[str, dict[str, Any]] = field(default_factory=dict)
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
        if self._smtp is not None:
            self._smtp.close()
        if self._hook is not None:
            self._hook.close()

    def tell(self, due: Iterable[Announcement]) -> None:
        """Tell them all, as far as they can be read; the recipients are gone through once."""
        ready = [one for one in due if self._read(one)]
        self.report.told = len(ready)
        if not ready:
            return
        try:
            for recipient in self._recipients():
                for one in ready:
                    self._tell_one(one, recipient)
        except _StopError:
            todo = "nothing is lost: the next run goes on"
            self.report.problems.append(Problem("job", "the run was ended early", todo, severity=Severity.WARNING))
        self.ledger.commit()

    def _read(self, one: Announcement) -> bool:
        """Read what a notice says, and see that its text is there: what is wrong with it stops this notice alone."""
        try:
            self.source.check_text(one)
            self._raw[one.id] = self.source.raw(one)
            if self.settings.mail is not None:
                for language, message in self.source.messages(one).items():
                    self._common[one.id, language] = common_part(one, message, language, self.settings.mail)
        except InforceError as wrong:
            self.report.problems += wrong.problems
            return False
        return True

    def _recipients(self) -> Iterator[Recipient | None]:
        members, tell = self.settings.members, self.report.problems.append
        if members is None:
            yield None
        elif members.database is not None:
            password = secret_of(members.database.password, self.folder)
            yield from read_query(members.database.address, password, members.query, tell)
        else:
            yield from read_csv(self.folder / members.file, members.file, tell)

    def _tell_one(self, one: Announcement, recipient: Recipient | None) -> None:
        if recipient is not None and not concerns(one.recipients, recipient.registered):
            return
        if self.settings.mail is not None and self._smtp is not None and recipient is not None:
            self._deliver(Delivery(one, recipient, Channel.MAIL))
        if self._hook is not None:
            self._deliver(Delivery(one, recipient, Channel.WEBHOOK))

    def _deliver(self, delivery: Delivery) -> None:
        key, ledger = delivery.key, self.ledger
        noted = ledger.noted(key)
        again = self.how.resends_doubtful
        if not may_be_tried(noted, ledger.run, self.settings.attempts, resend_doubtful=again):
            return
        if self.wait(0):
            raise _StopError
        ledger.claim(delivery, key, is_new=noted is None)
        if self.how.is_dry:
            whom = delivery.recipient.address if delivery.recipient else "the webhook"
            self.report.shown.append((delivery.announcement.id, delivery.channel.value, whom))
            return
        try:
            outcome = self._send(delivery, key)
        except MailStoppedError as wrong:
            ledger.give_back(key, noted)
            self.report.problems += wrong.problems
            self._smtp = None
            return
        ledger.settle(key, outcome)
        self._count(outcome)
        if self.settings.rate:
            ledger.commit()
            if self.wait(1 / self.settings.rate):
                raise _StopError

    def _send(self, delivery: Delivery, key: str) -> Outcome:
        one, recipient, now = delivery.announcement, delivery.recipient, self.clock()
        if delivery.channel is Channel.WEBHOOK and self._hook is not None:
            return self._hook.send(delivery, key, self._raw[one.id], now)
        mail = self.settings.mail
        if mail is None or self._smtp is None or recipient is None:
            raise AssertionError(delivery.channel)
        common = self._common[one.id, self._language(one, recipient)]
        data = self._written(delivery, recipient, common, mail, now)
        if isinstance(data, Outcome):
            return data
        return self._smtp.send(self._sender, recipient.address, data)

    def _written(
        self, delivery: Delivery, recipient: Recipient, common: bytes, mail: Mail, now: datetime
    ) -> bytes | Outcome:
        try:
            return mail_of(delivery, recipient, common, mail, now)
        except ValueError as wrong:  # `email` refuses what would be another header
            return Outcome(State.FAILED, f"no mail can be made for this recipient: {wrong}", is_final=True)

    def _language(self, one: Announcement, recipient: Recipient) -> str:
        asked = recipient.language or one.language
        for language in (asked, asked.partition("-")[0], one.language):
            if (one.id, language) in self._common:
                return language
        return next(language for notice, language in self._common if notice == one.id)

    def _count(self, outcome: Outcome) -> None:
        self.report.sent += outcome.state is State.SENT
        self.report.failed += outcome.state is State.FAILED
        self.report.doubtful += outcome.state is State.DOUBTFUL
