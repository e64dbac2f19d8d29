"""The desk at which applications ask, and people answer: all of it but HTTP.

An application pushes a question, and gets an address that nobody can guess, for one person, once, to be opened within
minutes (the pattern of RFC 9126). Of the secret in the address only the digest is kept. The browser that opens it gets
a ticket, with which it can come back for hours: whole texts take long to read (WCAG 2.2, 2.2.1). What the person
answers is added to the register and noted with the request in one transaction; so a request is answered once, whoever
is killed when.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from inforce.adapters.acceptance.heads_file import keep_head, see_writable
from inforce.adapters.acceptance.register_store import Append, Register
from inforce.adapters.acceptance.request_store import RequestStore
from inforce.adapters.git_record import tip_of
from inforce.adapters.secret import secret_of
from inforce.core.acceptance import Open
from inforce.core.acceptance_settings import IP, USER_AGENT, AcceptanceSettings, Application
from inforce.core.asking import Answer, Question, Refusal, RefusedError, Request, Standing
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError, UnavailableError
from inforce.core.register import Head, Kept, Row
from inforce.formats.acceptance.head_jws import sign_head
from inforce.formats.acceptance.jwks import Jwks, SigningKey, jwks_json
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.workflows.acceptance.answer import Judge, Seen
from inforce.workflows.acceptance.present_record import Asked, PresentRecord, read_present
from inforce.workflows.acceptance.set_up import public_keys_of, register_of, signing_key_of
from inforce.workflows.acceptance.sign_head import sign_next_head
from inforce.workflows.progress import Progress
from inforce.workflows.settings import Settings

SHORTEST_SECRET, LONGEST_SECRET = 32, 512
_MAKE = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
_LONGEST_CALL = timedelta(minutes=5)
"""No call takes longer, and so none needs a record any more that was in use before that."""
_READ_AGAIN = timedelta(seconds=30)
"""After how long a record is tried again that could not be read, if nothing moved."""


class QuestionError(Exception):
    """A question that cannot be asked; everything that is wrong with it, together.

    Attributes:
        unknown: the places, in the question, of policies that there are not.
        is_elsewhere: the application may not send people back to that address.
    """

    def __init__(self, unknown: Sequence[int], *, is_elsewhere: bool) -> None:
        """Say what."""
        self.unknown, self.is_elsewhere = unknown, is_elsewhere
        super().__init__()


class NoAddressError(Exception):
    """No request has that address."""


class OverError(Exception):
    """The address was good, and is no more."""

    def __init__(self, standing: Standing) -> None:
        """Say of which request it was."""
        self.standing = standing
        super().__init__(standing.request.id)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who came with an address: the request, and what is asked of them; nothing where they answered."""

    standing: Standing
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What signs, the public keys of all times, and the digests of the applications' credentials, by name."""

    key: SigningKey
    public: Jwks
    credentials: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """Answers that are being written: to which request, how they are judged, and what is written; None: they stand."""

    standing: Standing
    answers: Sequence[Answer]
    judge: Judge | None
    written: Future[tuple[Kept, ...]] | None


class Desk:
    """All that the app does, for threads to share. Made by `open_desk`."""

    def __init__(
        self,
        setup: AcceptanceSettings,
        folder: Path,
        settings: Settings,
        register: Register,
        held: Held,
    ) -> None:
        """Keep what is needed; see `open_desk`."""
        self.setup, self.settings, self.register = setup, settings, register
        self._folder, self._held, self._requests = folder, held, RequestStore(register)
        self._applications = {one.name: one for one in setup.applications}
        self._stack = ExitStack()
        self._former: list[tuple[datetime, ExitStack]] = []
        self._present: PresentRecord | None = None
        self.fault = ""
        self._tried: tuple[str, datetime] | None = None
        self._reading = Lock()
        self.heads_fault = ""
        self._added = self._signed_of = 0
        self._last_head: datetime | None = None

    @property
    def jwks(self) -> bytes:
        """The public keys, for whoever checks a receipt."""
        return jwks_json(self._held.public)

    # The record

    @property
    def present(self) -> PresentRecord:
        """The record as it was read last."""
        assert self._present is not None  # noqa: S101 - it is read before anybody can ask
        return self._present

    def read(self, now: datetime, progress: Progress) -> None:
        """Read the record.

        Raises:
            RecordError: it is at fault. What was read before stays in use, and `fault` says so.
        """
        with self._reading:
            stack = ExitStack()
            try:
                before = self._present.record if self._present is not None else None
                present = stack.enter_context(read_present(self.settings, now, progress, before))
            except InforceError as wrong:
                self.fault = "; ".join(f"{one.path}: {one.what}" for one in wrong.problems)
                raise
            except Exception as wrong:
                self.fault = f"the record could not be read: {type(wrong).__name__}"
                raise
            # Whoever is just being answered may still need what was in use.
            over = [one for one in self._former if now - one[0] > _LONGEST_CALL]
            self._former = [*(one for one in self._former if one not in over), (now, self._stack)]
            self._stack = stack
            self._present, self.fault = present, ""
            for _, former in over:
                former.close()

    def read_if_moved(self, now: datetime, progress: Progress, *, at_once: bool = False) -> bool:
        """Read the record again if its branch moved; whether it was read.

        What could not be read is tried again after a while, or at once: that can take long.
        """
        try:
            tip = tip_of(self.settings.folder, self.settings.branch)
            if tip is None:
                raise RecordError([Problem(".", f"the branch {self.settings.branch} is gone", "bring it back")])
        except InforceError as wrong:
            self.fault, self._tried = "; ".join(one.what for one in wrong.problems), None
            raise
        if tip == self.present.record.tip and not self.fault:
            return False
        is_known = self._tried is not None and self._tried[0] == tip and now - self._tried[1] < _READ_AGAIN
        if self.fault and is_known and not at_once:
            return False
        self._tried = tip, now
        self.read(now, progress)
        return True

    def close(self) -> None:
        """Let go of the record."""
        for _, former in self._former:
            former.close()
        self._stack.close()

    # Applications

    def application_of(self, credential: str) -> Application | None:
        """Who has that credential; how long it takes says nothing of any."""
        digest = hashlib.sha256(credential.encode("utf-8", "surrogateescape")).digest()
        found = None
        for name, known in self._held.credentials.items():
            if hmac.compare_digest(known, digest):
                found = self._applications[name]
        return found

    def must_accept(self, question: Question, now: datetime) -> list[tuple[str, Open]]:
        """What a person is asked by now, policy by policy.

        Raises:
            QuestionError: a policy is none.
            UnavailableError: the register does not answer.
        """
        present = self.present
        question = self._whole(present, question, now, (None,))
        rows = self.register.rows_of(question.subject)
        return [
            (slug, one)
            for slug in question.policies
            for one in present.open(slug, rows, question.registered, now)
            if one.is_asked
        ]

    def ask(self, application: Application, question: Question, now: datetime) -> tuple[Request, str, Sequence[Asked]]:
        """Note a request, if there is something to ask.

        Returns:
            The request, the secret of its address, and what is asked; nothing is noted where that is empty.

        Raises:
            QuestionError: a policy is none, or people may not be sent back to that address.
            UnavailableError: the register does not answer.
        """
        present = self.present
        question = self._whole(present, question, now, (None, *application.return_to))
        asked = present.asked(self.register.rows_of(question.subject), question, now)
        expires = now + self.setup.lifetime
        until, key = expires + self.setup.reading, secrets.token_urlsafe(32)
        request = Request(secrets.token_hex(16), application.name, question, now, expires, until, key)
        token = secrets.token_urlsafe(32)
        if asked:
            self._requests.add(request, _digest(token))
        return request, token, asked

    def outcome(self, application: Application, request: str) -> tuple[Standing, Sequence[Kept]] | None:
        """A request of that application's, and what was answered; None where there is none.

        Raises:
            UnavailableError: the register does not answer.
        """
        standing = self._requests.of_id(request, application.name)
        return None if standing is None else (standing, self.answered(standing))

    # People

    def standing(self, token: str, ticket: str, now: datetime) -> Standing:
        """The request of an address.

        Args:
            token: the secret in the address.
            ticket: what the browser has to show for having opened it before; empty where it has nothing.
            now: the present.

        Raises:
            NoAddressError: there is none.
            OverError: it is good no more.
            UnavailableError: the register does not answer.
        """
        standing = self._requests.of_token(_digest(token))
        if standing is None:
            raise NoAddressError
        is_known = hmac.compare_digest(ticket_of(standing.request, token).encode(), ticket.encode())
        if standing.is_over(now) or (standing.is_closed(now) and not is_known):
            raise OverError(standing)
        return standing

    def visit(self, token: str, ticket: str, now: datetime) -> Visit:
        """Somebody comes with an address, and with what their browser has to show for it.

        Raises:
            NoAddressError: it is none.
            OverError: it is good no more.
            UnavailableError: the register does not answer.
        """
        standing = self.standing(token, ticket, now)
        if standing.given is not None:
            return Visit(standing, ())
        question = standing.request.question
        rows = self.register.rows_of(question.subject)
        return Visit(standing, self.present.asked(rows, question, now))

    def take(self, standing: Standing, answers: Sequence[Answer], language: str, seen: Seen, now: datetime) -> Taken:
        """Take somebody's answers, to be written as soon as can be.

        Answering once more in the same words comes to the same.

        Args:
            standing: the request of their address.
            answers: what they say.
            language: of the words around what was shown.
            seen: what is known of the connection.
            now: the present.

        Raises:
            RefusedError: something else was answered already.
            UnavailableError: the archive does not give what was shown.
        """
        if standing.given is not None:
            return Taken(_again(standing, answers), answers, None, None)
        request, keep, present = standing.request, self.setup.keeps, self.present
        for one in answers:
            present.fetch(one.policy, one.revision)  # now: while they are written, all others wait
        seen = Seen(
            _on_one_line(seen.ip) if IP in keep else None, _on_one_line(seen.user_agent) if USER_AGENT in keep else None
        )
        judge = Judge(present, request, answers, language, seen)
        ask = Append(
            request.question.subject,
            judge.statements,
            self._signed,
            lambda kept: self._requests.note(request.id, judge.given(kept)),
        )
        return Taken(standing, answers, judge, self.register.append_soon(ask, now))

    def settle(self, taken: Taken) -> Standing:
        """What became of answers; waits until they are in the register for good.

        Raises:
            RefusedError: what is said cannot be; nothing is noted.
            ClockError: the clock is behind the register.
            UnavailableError: the register does not answer; nothing is noted.
        """
        if taken.written is None or taken.judge is None:
            return taken.standing
        try:
            kept = taken.written.result()
        except RefusedError:
            # Somebody was quicker, perhaps with the same answers: of a form that was sent twice, both are good.
            request = taken.standing.request
            later = self._requests.of_id(request.id, request.application)
            if later is None or later.given is None:
                raise
            return _again(later, taken.answers)
        self._added += len(kept)
        return replace(taken.standing, given=taken.judge.given(kept))

    def answered(self, standing: Standing) -> Sequence[Kept]:
        """What was answered, in that order: as the register has it, for the request says only which rows those are.

        Raises:
            UnavailableError: the register does not answer.
        """
        if not standing.given:
            return ()
        kept = {one.row.number: one for one in self.register.kept_of(standing.request.question.subject)}
        return [kept[one.row] for one in standing.given]

    # Heads, and what is over

    def sign_head_if_due(self, now: datetime, *, at_once: bool = False) -> bool:
        """Sign the register's head if it is time, or at once; whether anything was signed.

        Where the file of heads cannot be written, `heads_fault` says why, and it is tried again after the next pause.

        Raises:
            RecordError: the register is not as it was written; nothing is signed.
            UnavailableError: the register does not answer.
        """
        heads, added = self.setup.heads, self._added
        if self._last_head is None:
            self._last_head = now
        since = added - self._signed_of
        is_late = (since > 0 or self.heads_fault != "") and now - self._last_head >= heads.pause
        if not (at_once or is_late or since >= heads.rows):
            return False
        before = self.register.last_signed_head()
        try:
            text = sign_next_head(self.register, self._held.public, self._signed_head, now)
        except UnavailableError:
            raise
        except RecordError:
            self._signed_of, self._last_head = added, now  # by the next second, nobody will have mended it
            raise
        if text is not None and heads.file:
            self._keep_head(heads.file, text)
        self._signed_of, self._last_head = added, now  # what is added meanwhile waits for the next one
        return text is not None and text != before

    def _keep_head(self, file: str, text: str) -> None:
        try:
            keep_head(self._folder / file, text)
        except OSError as wrong:
            self.heads_fault = f"{file}: {wrong.strerror}"
        else:
            self.heads_fault = ""

    def clear_out(self, now: datetime) -> int:
        """Forget requests that are long over; how many."""
        return self._requests.clear_out(now)

    @staticmethod
    def _whole(present: PresentRecord, question: Question, now: datetime, allowed: Sequence[str | None]) -> Question:
        """The question with its policies named, if it can be asked; `allowed` is where people may be sent back to."""
        unknown = [place for place, slug in enumerate(question.policies) if present.policy(slug, now) is None]
        is_elsewhere = question.return_to not in allowed
        if unknown or is_elsewhere:
            raise QuestionError(unknown, is_elsewhere=is_elsewhere)
        known = tuple(slug for slug in present.policies if present.policy(slug, now) is not None)
        return question if question.policies else replace(question, policies=known)

    def _signed(self, row: Row, digest: str) -> str:
        return sign_receipt(row, digest, self.register.id, self._held.key, self.setup.address)

    def _signed_head(self, head: Head) -> str:
        return sign_head(head, self._held.key, self.setup.address)


@contextmanager
def open_desk(
    setup: AcceptanceSettings, folder: Path, settings: Settings, now: datetime, progress: Progress
) -> Iterator[Desk]:
    """Open everything that is needed.

    Args:
        setup: what `acceptances.yml` says.
        folder: where that is: what it names is relative to it.
        settings: where the record is.
        now: the present.
        progress: told of what takes long.

    Raises:
        ConfigurationError: something in the settings cannot be.
        RecordError: the record is at fault.
        UnavailableError: the register does not answer.
    """
    key, public = signing_key_of(setup, folder), public_keys_of(setup, folder)
    held = Held(key, public, _credentials(setup.applications, folder))
    _see_heads_file(setup.heads.file, folder)
    with ExitStack() as stack:
        register = stack.enter_context(register_of(setup, folder, writes=True))
        desk = Desk(setup, folder, settings, register, held)
        stack.callback(desk.close)
        desk.read(now, progress)
        yield desk


def _see_heads_file(file: str, folder: Path) -> None:
    """Look now whether heads can be added to their file: with the first rows it would be too late to mend that."""
    try:
        if file:
            see_writable(folder / file)
    except OSError as wrong:
        what = f"`heads: file: {file}` cannot be written: {wrong.strerror}"
        todo = "make its folder, and let this program write there; a path is relative to the folder of acceptances.yml"
        raise ConfigurationError([Problem("acceptances.yml", what, todo)]) from None


def _credentials(applications: Sequence[Application], folder: Path) -> dict[str, bytes]:
    """The digests of the applications' credentials, by name."""
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for one in applications:
        try:
            secret = secret_of(one.secret, folder) or ""
        except ConfigurationError as wrong:
            for each in wrong.problems:
                what = f"the credential of {one.name}: {each.what}"
                problems.append(replace(each, what=what, todo=f"{each.todo}; {_MAKE}"))
            continue
        digest = hashlib.sha256(secret.encode()).digest()
        place = one.secret.file or f"${one.secret.variable}"
        is_fit = SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET
        if not is_fit or not secret.isascii() or any(sign.isspace() for sign in secret):
            wanted = f"{SHORTEST_SECRET} to {LONGEST_SECRET} characters of ASCII without spaces"
            what = f"the credential of {one.name} is no {wanted}"
            problems.append(Problem(place, what, _MAKE))
        if digest in found.values():
            what = f"the credential of {one.name} is another application's too"
            problems.append(Problem(place, what, "give each its own"))
        found[one.name] = digest
    if problems:
        raise ConfigurationError(problems)
    return found


def _on_one_line(text: str | None) -> str | None:
    """What a browser or a proxy says, without signs that end a line or that a terminal obeys: rows are read by both."""
    return None if text is None else "".join(sign if sign.isprintable() else "?" for sign in text)


def _again(standing: Standing, answers: Sequence[Answer]) -> Standing:
    """What was answered, if it is what is answered again."""
    before = {(one.policy, one.revision): one.decision for one in standing.given or ()}
    if before != {(one.policy, one.revision): one.decision for one in answers}:
        raise RefusedError(Refusal.USED)
    return standing


def ticket_of(request: Request, token: str) -> str:
    """What the browser gets that opens an address: without the secret in the address, nobody can make it."""
    made = hmac.digest(request.key.encode(), token.encode("utf-8", "surrogateescape"), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
