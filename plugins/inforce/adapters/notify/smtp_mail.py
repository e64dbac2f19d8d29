"""Sends mail over one connection to one server, and says of each what became of it.

Refusals of the server to talk at all (connection, greeting, STARTTLS, login, sender) are `MailStoppedError`: nobody
gets mail in this run. A refusal of one recipient or one mail is that mail's outcome, and so is a connection that breaks
when the server hears of a recipient; when it breaks at one after the other, the server is at fault, and mail stops.
Once the mail itself is on its way, a connection that breaks, or an answer that is none, leaves it in doubt.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress

from inforce.core.delivery import Outcome, State
from inforce.core.errors import Problem, RecordError
from inforce.core.notify_settings import Mail, Security

_GO_ON = 354
_OK = 250
_TAKEN = (_OK, 251, 252)
_CLOSING = 421
_FOR_GOOD = 500
_MOST_LOST = 10
"""How many recipients in a row may break the connection."""


class MailStoppedError(RecordError):
    """The server takes no mail of ours."""


class _LostError(Exception):
    """The connection went before anything of a mail was on its way; `is_at_recipient`: after its recipient was told."""

    def __init__(self, what: str, *, is_at_recipient: bool) -> None:
        self.is_at_recipient = is_at_recipient
        super().__init__(what)


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
        try:
            if mail.security is Security.TLS:
                context = ssl.create_default_context()
                self._smtp = smtplib.SMTP_SSL(mail.host, mail.port, timeout=seconds, context=context)
            else:
                self._smtp = smtplib.SMTP(mail.host, mail.port, timeout=seconds)
            self._smtp.ehlo_or_helo_if_needed()
            if mail.security is Security.STARTTLS:
                self._smtp.starttls(context=ssl.create_default_context())
                self._smtp.ehlo_or_helo_if_needed()
            if mail.user:
                self._smtp.login(mail.user, self._password or "")
        except (smtplib.SMTPException, OSError, ValueError) as wrong:
            self._drop()
            raise self._stopped(_said(wrong)) from None
        return self._smtp

    def _sent(self, smtp: smtplib.SMTP, sender: str, address: str, data: bytes) -> Outcome:
        options = []
        if not address.isascii():
            if not smtp.has_extn("smtputf8"):
                return Outcome(
                    State.FAILED, "the mail server knows no addresses beyond ASCII (SMTPUTF8)", is_final=True
                )
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        smtp.command_encoding = "ascii" if address.isascii() else "utf-8"
        is_at_recipient = False
        try:
            # Not `smtp.mail` and `smtp.rcpt`, which parse addresses that are known to be some.
            code, text = smtp.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))
            if code != _OK:
                self._see_whether_lost(code, text, is_at_recipient=False)
                raise self._stopped(f"the sender {sender} is refused: {code} {_text(text)}")
            is_at_recipient = True
            code, text = smtp.docmd("RCPT", f"TO:<{address}>")
            if code in _TAKEN:
                code, text = smtp.docmd("DATA")
            if code != _GO_ON:
                self._see_whether_lost(code, text, is_at_recipient=True)
                return self._refused(smtp, code, text)
        except (smtplib.SMTPException, OSError) as wrong:
            raise _LostError(_said(wrong), is_at_recipient=is_at_recipient) from None
        try:
            # Each line that begins with a dot gets another (RFC 5321, section 4.5.2).
            smtp.send((b"\r\n" + data).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
            code, text = smtp.getreply()
        except (smtplib.SMTPException, OSError) as wrong:
            self._drop()
            return Outcome(State.DOUBTFUL, f"the connection broke after the mail, before the answer: {_said(wrong)}")
        return self._answered(smtp, code, text)

    def _answered(self, smtp: smtplib.SMTP, code: int, text: bytes) -> Outcome:
        """What became of a mail that went out whole."""
        if code // 100 == 2:  # noqa: PLR2004 - the class of success (RFC 5321, section 4.2.1)
            return Outcome(State.SENT)
        if code // 100 in (4, 5):
            return self._refused(smtp, code, text)
        self._drop()
        return Outcome(State.DOUBTFUL, f"the answer after the mail says neither yes nor no: {code} {_text(text)}")

    def _refused(self, smtp: smtplib.SMTP, code: int, text: bytes) -> Outcome:
        try:
            if code == _CLOSING:
                self._drop()
            else:
                smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return Outcome(State.FAILED, f"{code} {_text(text)}", code >= _FOR_GOOD)

    def _see_whether_lost(self, code: int, text: bytes, *, is_at_recipient: bool) -> None:
        """Raises where an answer says that the connection ends, or is none."""
        if code == _CLOSING or code < 0:
            raise _LostError(f"{code} {_text(text)}" if code > 0 else _text(text), is_at_recipient=is_at_recipient)

    def _lost(self, wrong: _LostError) -> Outcome:
        """A connection that was fresh went, and nothing of the mail had gone out."""
        if not wrong.is_at_recipient:
            raise self._stopped(f"the connection was lost: {wrong}")
        self._lost_in_a_row += 1
        if self._lost_in_a_row > _MOST_LOST:
            raise self._stopped(f"the connection was lost at {self._lost_in_a_row} recipients in a row: {wrong}")
        return Outcome(State.FAILED, f"the connection was lost at this recipient: {wrong}")

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
        return f"{wrong.smtp_code} {_text(error if isinstance(error, bytes) else str(error).encode())}"
    return str(wrong) or type(wrong).__name__


def _text(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())
