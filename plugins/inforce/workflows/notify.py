"""The notification job: pull a site's notices, decide which are to be told, and have them delivered.

Everything that is seen is compared with what was seen before; an alarm ends the run before anybody is told anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from inforce.adapters.notify.ledger_store import Ledger, open_ledger
from inforce.adapters.notify.notices_source import NoticesSource, open_source
from inforce.adapters.secret import secret_of
from inforce.core.announcement import Announcement
from inforce.core.delivery import Standing, Trouble, cancelled, standing, to_tell
from inforce.core.errors import Problem, RecordError, Severity, did_you_mean
from inforce.core.notify_settings import NotifySettings
from inforce.core.pulled import Pulled, compare
from inforce.formats.notify.notify_file import parse_notify
from inforce.workflows.deliver import Deliverer, EndedError, Wait
from inforce.workflows.notify_report import How, Report
from inforce.workflows.settings_file import read_settings_file

_BACK = timedelta(minutes=5)
_AHEAD = timedelta(days=1)
_PULL, _LATEST, _FIRST = "pull", "latest", "first"


def read_notify_file(path: Path) -> NotifySettings:
    """What the operator set up.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be: all of it together.
    """
    return read_settings_file(path, parse_notify, "docs/notify.md")


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
        source = stack.enter_context(
            open_source(settings.site, folder, is_insecure=settings.is_insecure, sleep=_sleeping(wait))
        )
        try:
            if how.settles_doubtful:
                ledger.settle_doubtful()
            now = clock()
            _note_instant(ledger, now, report)
            _take(ledger, source, now, how, report)
            report.problems += source.warnings
            due = _decide(ledger, settings, now, how, report)
            with Deliverer(settings, folder, ledger, source, how, report, clock, wait) as deliverer:
                if due:
                    deliverer.tell(due)
                else:
                    deliverer.check()
        except EndedError:
            todo = "nothing is lost: the next run goes on"
            report.problems.append(Problem("job", "the run was ended early", todo, severity=Severity.WARNING))
        report.listed = ledger.to_look_at(settings.attempts)
    return report


def troubles(settings: NotifySettings, folder: Path) -> list[Trouble]:
    """Every delivery that failed or is in doubt, whether a run told of it before or not; nothing is pulled or noted.

    Raises:
        ConfigurationError: the ledger's address is none, or the ledger is of another version.
        RecordError: it cannot be read, or a job holds it.
    """
    password = secret_of(settings.ledger.password, folder)
    with open_ledger(settings.ledger.address, password, folder, writes=False) as ledger:
        return ledger.troubles(settings.attempts)


def _sleeping(wait: Wait) -> Callable[[float], None]:
    """Waits, and ends the run where the job is to end."""

    def sleep(seconds: float) -> None:
        if wait(seconds):
            raise EndedError

    return sleep


def _note_instant(ledger: Ledger, now: datetime, report: Report) -> None:
    """Warn of a clock that ran backwards. Nothing is told twice for that: what was told is noted."""
    latest = ledger.kept(_LATEST)
    if latest and now < datetime.fromisoformat(latest) - _BACK:
        what = f"the clock shows {now.isoformat()}, and showed {latest} at the run before"
        todo = "set the clock right; nothing is told twice, and what is not due yet is told when it is"
        report.problems.append(Problem("clock", what, todo, severity=Severity.WARNING))
    ledger.keep(_LATEST, now.isoformat())


def _check_clock(source: NoticesSource, now: datetime) -> None:
    """Raises where the clock is far ahead of that of the site's server: what is not due would be told."""
    theirs = source.server_clock
    if theirs is not None and now > theirs + _AHEAD:
        what = f"the clock shows {now.isoformat()}, and that of the site's server {theirs.isoformat()}"
        raise RecordError([Problem("clock", what, "set it right; nothing is told before, for it would be too early")])


def _take(ledger: Ledger, source: NoticesSource, now: datetime, how: How, report: Report) -> None:
    """Take what is new into the ledger; all of a pull, or, where there is an alarm, nothing."""
    pulled = source.pull(ledger.kept(_PULL))
    _check_clock(source, now)
    is_new_ledger = not ledger.kept(_FIRST)
    if pulled is None:
        return
    seen = ledger.seen()
    if alarm := compare(seen, pulled):
        raise RecordError(alarm)
    place = len(seen)
    report.problems += _reworded(ledger, pulled)
    for one in pulled.announcements:
        if one.id in seen:
            ledger.renew(one)
            continue
        is_past = is_new_ledger and not how.tells_what_is_due and one.due <= now
        report.seen += is_past
        ledger.take(one, place, Standing.SEEN if is_past else Standing.OPEN)
        place += 1
    if report.seen:
        what = f"the ledger is new: {report.seen} notices that are due already are taken as told before"
        todo = "if it should not be new, look where the old one is; a new one tells them with --tell-what-is-due"
        report.problems.append(Problem("ledger", what, todo, severity=Severity.WARNING))
    ledger.keep(_FIRST, "taken")
    ledger.keep(_PULL, pulled.state)
    ledger.commit()


def _reworded(ledger: Ledger, pulled: Pulled) -> list[Problem]:
    """A warning where notices say the same in other words: a new version of the site's software has new ones."""
    before = {one.id: one.file_digest for one, _ in ledger.notices()}
    changed = [one.id for one in pulled.announcements if before.get(one.id, one.file_digest) != one.file_digest]
    if not changed:
        return []
    what = f"notices that were seen before have other words or links now: {len(changed)}, the first `{changed[0]}`"
    todo = "those that are not sent yet go out with these; unless the site was updated, look at them"
    return [Problem(pulled.address, what, todo, severity=Severity.WARNING)]


def _decide(ledger: Ledger, settings: NotifySettings, now: datetime, how: How, report: Report) -> list[Announcement]:
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
    if how.tells_what_is_due and any(after is Standing.SEEN and one.expires > now for one, after in stood):
        what, todo = "the ledger is not new", "what it took as told before stays so; --tell-what-is-due changes nothing"
        report.problems.append(Problem("ledger", what, todo, severity=Severity.WARNING))
    report.problems += _unknown(settings.policies, {one.policy for one, _ in noted})
    return to_tell(stood, now, settings.events, settings.policies)


def _unknown(asked: Iterable[str], known: set[str]) -> list[Problem]:
    """A warning for each policy that is asked for, and of which there is no notice."""
    todo = "look at the names of the folders in the site's `policy_versions/`"
    return [
        Problem("policies", f"there is no notice of `{one}`{did_you_mean(one, known)}", todo, severity=Severity.WARNING)
        for one in sorted(asked)
        if one not in known
    ]
