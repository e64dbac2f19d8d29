"""A real mail server on this machine, which refuses what it is told to refuse.

with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
    …
assert [mail["To"] for mail in server.mails] == [...]
"""

from __future__ import annotations

import email
import email.policy
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, refuse, mail_from, drop_after, answer):
        self.refuse, self.mail_from, self.drop_after, self.answer = refuse, mail_from, drop_after, answer
        self.mails, self.recipients, self.port = [], [], 0

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.mail_from:
            return self.mail_from
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        answer = self.answer.get(envelope.rcpt_tos[0], "250 OK")
        if answer.startswith("421"):
            return answer
        self.recipients += envelope.rcpt_tos
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if envelope.rcpt_tos[0] in self.drop_after:
            server.transport.abort()
        return answer


class _Controller(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True, loop=self.loop)

    def _trigger_server(self):
        self.port = self.handler.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def receiving(refuse=(), mail_from="", drop_after=(), answer=()):
    """Serves until the end of the block; `answer` is what comes after a mail, by its recipient."""
    handler = Handler(dict(refuse), mail_from, set(drop_after), dict(answer))
    controller = _Controller(handler, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
