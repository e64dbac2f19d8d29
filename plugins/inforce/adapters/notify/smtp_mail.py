"""Sends mail over one connection to one server, and says of each what became of it.

Refusals of the server to talk at all (connection, greeting, STARTTLS, login, sender) are `MailStoppedError`: nobody
gets mail in this run. A refusal of one recipient or one mail is that mail's outcome; so is hanging up on it, but not on
one after the other. Once the mail itself is on its way, a connection that breaks leaves it in doubt, and so does an
answer that says neither yes nor no.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress

from inforce.core.delivery import Outcome, State
from inforce.core.errors import Problem, RecordError
from inforce.core.notify_settings import Mail, Security

_GO_ON = 354
_OK = 250
_NAMED = (_OK, 251, 252)
_YES, _NO = range(200, 300), range(400, 600)
_CLOSING = 421
_FOR_GOOD = 500
_MOST_LOST = 10
"""On how many recipients in a row the server may hang up."""


class MailStoppedError(RecordError):
    """The server takes no mail of ours."""


class _LostError(Exception):
    """The connection went before anything of a mail was on its way."""


class _HungUpError(_LostError):
    """So it did, after the recipient was named, or after the server took nothing of the mail."""


class SmtpMail:
    """A connection to the mail server, made when it is first needed."""

    def __init__(self, mail: Mail, password: str | None) -> None:
        """Keep how; nothing is asked yet."""
        self._mail, self._password = mail, password
        self._smtp: smtplib.SMTP | None = None
        self._lost_in_a_row = 0

    def send(self, sender: str, address: str, data: bytes) -> Outcome:
        """Send a mail; a connection that was lost while idle is made anew, once.

        Raises:
            MailStoppedError: the server takes no mail at all; nothing of this one went out.
        """
        for is_last in (False, True):
            is_fresh = self._smtp is None
            smtp = self._smtp or self._connected()
            try:
                outcome = self._sent(smtp, sender, address, data)
            except _LostError as wrong:
                self._drop()
                if is_fresh or is_last:
                    return self._lost(wrong)
            else:
                self._lost_in_a_row = 0
                return outcome
        raise AssertionError

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        mail, seconds = self._mail, self._mail.timeout.total_seconds()
        step = "no connection"
        try:
            if mail.security is Security.TLS:
                context = ssl.create_default_context()
                self._smtp = smtplib.SMTP_SSL(mail.host, mail.port, timeout=seconds, context=context)
            else:
                self._smtp = smtplib.SMTP(mail.host, mail.port, timeout=seconds)
            step = "no greeting"
            self._smtp.ehlo_or_helo_if_needed()
            if mail.security is Security.STARTTLS:
                step = "no TLS after STARTTLS"
                self._smtp.starttls(context=ssl.create_default_context())
                self._smtp.ehlo_or_helo_if_needed()
            if mail.user:
                step = f"no login as {mail.user}"
                self._smtp.login(mail.user, self._password or "")
        except (smtplib.SMTPException, OSError, ValueError) as wrong:
            self._drop()
            raise self._stopped(f"{step}: {_said(wrong)}") from None
        return self._smtp

    def _lost(self, wrong: _LostError) -> Outcome:
        """What becomes of a mail on which the server hangs up; raises where that is not for the recipient's sake."""
        self._lost_in_a_row += 1
        if self._lost_in_a_row > _MOST_LOST or not isinstance(wrong, _HungUpError):
            raise self._stopped(f"the connection was lost: {wrong}")
        return Outcome(State.FAILED, f"the connection was lost: {wrong}")

    def _sent(self, smtp: smtplib.SMTP, sender: str, address: str, data: bytes) -> Outcome:
        options: Sequence[str] = ()
        if not address.isascii():
            if not smtp.has_extn("smtputf8"):
                return Outcome(
                    State.FAILED, "the mail server knows no addresses beyond ASCII (SMTPUTF8)", is_final=True
                )
            options = ("SMTPUTF8", "BODY=8BITMIME")
        smtp.command_encoding = "ascii" if address.isascii() else "utf-8"
        self._begin(smtp, sender, options)
        try:
            code, text = smtp.docmd("RCPT", f"TO:<{address}>")
            if code not in _NAMED:
                return self._refused(smtp, code, text)
            code, text = smtp.docmd("DATA")
            if code != _GO_ON:
                return self._refused(smtp, code, text)
        except (smtplib.SMTPException, OSError) as wrong:
            raise _HungUpError(_said(wrong)) from None
        try:
            # Each line that begins with a dot gets another (RFC 5321, section 4.5.2).
            smtp.send((b"\r\n" + data).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
            code, text = smtp.getreply()
        except (smtplib.SMTPException, OSError) as wrong:
            self._drop()
            return Outcome(State.DOUBTFUL, f"the connection broke after the mail, before the answer: {_said(wrong)}")
        if code in _YES:
            return Outcome(State.SENT)
        if code in _NO:
            return self._refused(smtp, code, text)
        self._drop()
        return Outcome(State.DOUBTFUL, f"the answer after the mail is neither yes nor no: {_answer(code, text)}")

    def _begin(self, smtp: smtplib.SMTP, sender: str, options: Sequence[str]) -> None:
        try:
            # Not `smtp.mail` and `smtp.rcpt`, which parse addresses that are known to be some.
            code, text = smtp.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))
        except (smtplib.SMTPException, OSError) as wrong:
            raise _LostError(_said(wrong)) from None
        if code == _CLOSING or code < 0:
            raise _LostError(_answer(code, text))
        if code != _OK:
            raise self._stopped(f"the sender {sender} is refused: {_answer(code, text)}")

    def _refused(self, smtp: smtplib.SMTP, code: int, text: bytes) -> Outcome:
        if code == _CLOSING or code < 0:
            raise _HungUpError(_answer(code, text))
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return Outcome(State.FAILED, _answer(code, text), code >= _FOR_GOOD)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _stopped(self, what: str) -> MailStoppedError:
        self._drop()
        todo = "no mail goes out in this run, and nothing is lost: mend it, and the next run sends"
        return MailStoppedError([Problem(f"{self._mail.host}:{self._mail.port}", what, todo)])


def _said(wrong: Exception) -> str:
    if isinstance(wrong, smtplib.SMTPResponseException):
        error = wrong.smtp_error
        return _answer(wrong.smtp_code, error if isinstance(error, bytes) else str(error).encode())
    return str(wrong) or type(wrong).__name__


def _answer(code: int, text: bytes) -> str:
    said = " ".join(text.decode("utf-8", "replace").split())
    return f"{code} {said}" if code > 0 else f"what answers does not speak as mail servers do: …{said}"
