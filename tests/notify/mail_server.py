"""A real mail server on this machine, which refuses what it is told to refuse.

with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
    …
assert [mail["To"] for mail in server.mails] == [...]

`server.at_data(address)` is called when a mail has come, before it is answered.
"""

from __future__ import annotations

import email
import email.policy
import threading
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

DROP, SILENCE = "drop", "silence"


class Handler:
    def __init__(self, refuse, mail_from, drop_after, answer):
        self.refuse, self.mail_from, self.drop_after, self.answer = refuse, mail_from, drop_after, answer
        self.mails, self.recipients, self.port = [], [], 0
        self.at_data, self.login = lambda _: None, None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
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
        self.at_data(envelope.rcpt_tos[0])
        if envelope.rcpt_tos[0] in self.drop_after:
            server.transport.abort()
        return answer


class _Controller(Controller):
    """A server that speaks TLS from the start (`tls`), after STARTTLS (`starttls`) or never; with a login or none."""

    def __init__(self, handler, context=None, security="none", login=None):
        secure = context if security == "tls" else None
        super().__init__(handler, hostname="127.0.0.1", port=0, ssl_context=secure)
        self.options = {"enable_SMTPUTF8": True, "tls_context": context if security == "starttls" else None}
        self.options["require_starttls"] = security == "starttls"
        self.options |= {"auth_require_tls": security != "tls", "authenticator": self.knows if login else None}
        handler.login = login

    def knows(self, server, session, envelope, mechanism, data):
        return AuthResult(handled=False, success=(data.login.decode(), data.password.decode()) == self.handler.login)

    def factory(self):
        return SMTP(self.handler, loop=self.loop, **self.options)

    def _trigger_server(self):
        self.port = self.handler.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def receiving(refuse=(), mail_from="", drop_after=(), answer=(), **options):
    """Serves until the end of the block.

    `answer` is what comes after a mail, by its recipient; `options`: `context`, `security` and `login`.
    """
    handler = Handler(dict(refuse), mail_from, set(drop_after), dict(answer))
    controller = _Controller(handler, **options)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


class _Conversation(StreamRequestHandler):
    """Says the lines of a mail server; at stages for which the test has something odd, that."""

    def handle(self):
        if not self.says("greeting", "220 here"):
            return
        while line := self.rfile.readline():
            word = line.split()[0].upper().decode()
            self.server.heard.append(line.decode().strip())
            if word == "RCPT":
                self.address = line.decode().partition("<")[2].partition(">")[0]
            if not self.says(word, "354 go on" if word == "DATA" else "250 OK"):
                return
            if word == "QUIT":
                return
            if word == "DATA" and self.said.startswith("354"):
                while self.rfile.readline() not in (b".\r\n", b""):
                    continue
                self.server.mails += 1
                goes_on = self.says("mail", "250 OK")
                self.server.said.append((self.address, self.said))
                if not goes_on:
                    return

    def odd(self, stage):
        odd = self.server.odd.get(stage)
        if isinstance(odd, list):
            return odd.pop(0) if odd else ""
        return odd() if callable(odd) else odd

    def says(self, stage, usual):
        """Answer; whether the conversation goes on."""
        self.said = self.odd(stage) or usual
        if self.said == DROP:
            return False
        if self.said == SILENCE:
            self.server.stopped.wait()
            return False
        self.wfile.write(self.said.encode() + b"\r\n")
        return not self.said.startswith("421")


class _Scripted(ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is none."""


@contextmanager
def scripted(**odd):
    """A server that says what it is told to say at a stage: always (a text), the next times (a list), or when asked.

    `said` has what it said after each mail, with the address for which that was.

    The stages: greeting, EHLO, HELO, MAIL, RCPT, DATA, mail (the answer to the mail itself), RSET, QUIT.
    """
    server = _Scripted(("127.0.0.1", 0), _Conversation)
    server.odd, server.heard, server.said, server.mails, server.stopped = odd, [], [], 0, threading.Event()
    server.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
