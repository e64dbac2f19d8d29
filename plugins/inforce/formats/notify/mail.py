"""A notice as a mail (RFC 5322, MIME): multipart/alternative, plain text and HTML.

What is the same for everybody is made once for each notice and language; what is one recipient's stands before it.
No header is written that did not pass `email`, which refuses line ends.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from html import escape
from urllib.parse import quote

from inforce.core.announcement import Announcement, Message, Recipient
from inforce.core.delivery import Delivery
from inforce.core.notify_settings import Mail

_LONGEST_LINE = 900
"""RFC 5322 allows 998 characters in a line, and an address cannot be folded."""


def authority_host(announcement: Announcement) -> str:
    """The domain of the notice's authority (RFC 4151): `qstore.example` of `tag:qstore.example,2014:…`."""
    return announcement.id.removeprefix("tag:").partition(",")[0].rpartition("@")[2]


def common_part(announcement: Announcement, message: Message, language: str, mail: Mail) -> bytes:
    """All that is the same in each mail of a notice: the end of the head, and the body."""
    part = EmailMessage(policy=SMTP)
    part["From"] = mail.sender
    if mail.reply_to:
        part["Reply-To"] = mail.reply_to
    part["Subject"] = " ".join(message.subject.split())
    part["Auto-Submitted"] = "auto-generated"
    part["List-Id"] = f"<{announcement.policy}.notices.{authority_host(announcement)}>"
    part.set_content(message.text, cte="quoted-printable")
    head = f'<head><meta charset="utf-8"><title>{escape(message.subject)}</title></head>'
    page = f'<!doctype html>\n<html lang="{escape(language)}">{head}\n<body>\n{message.html}\n</body></html>\n'
    part.add_alternative(page, subtype="html", cte="quoted-printable")
    part["Content-Language"] = language  # not before: `email` moves such headers into the first part
    part.set_boundary(f"=_{announcement.key}")
    return part.as_bytes()


def mail_of(delivery: Delivery, recipient: Recipient, common: bytes, mail: Mail, now: datetime) -> bytes:
    """One recipient's mail, whole, its lines ending in CRLF.

    Raises:
        ValueError: a header cannot be written for this recipient.
    """
    host = authority_host(delivery.announcement)
    head = (
        _to(recipient)
        + f"Date: {format_datetime(now)}\r\nMessage-ID: <{delivery.key[:40]}@{host}>\r\n".encode("ascii")
        + _unsubscribe(recipient, mail.unsubscribe)
    )
    return head + common


def envelope_sender(mail: Mail) -> str:
    """The address that mail comes from, without a name."""
    return parseaddr(mail.sender)[1]


def _to(recipient: Recipient) -> bytes:
    address = recipient.address
    if not recipient.name and address.isascii() and address.isprintable():
        return f"To: {address}\r\n".encode("ascii")
    policy = SMTP if address.isascii() else SMTPUTF8
    one = Address(display_name=recipient.name or "", addr_spec=address) if address.isascii() else None
    if one is None:
        local, _, domain = address.rpartition("@")
        one = Address(display_name=recipient.name or "", username=local, domain=domain)
    head = EmailMessage(policy=policy)
    head["To"] = one
    return head.as_bytes().partition(b"\r\n\r\n")[0] + b"\r\n"


def _unsubscribe(recipient: Recipient, template: str) -> bytes:
    """RFC 2369 and, where the address is https, RFC 8058."""
    if not template:
        return b""
    filled = template.replace("{subject}", quote(recipient.subject, safe=""))
    filled = filled.replace("{address}", quote(recipient.address, safe=""))
    if len(filled) > _LONGEST_LINE:
        raise ValueError(
            f"the address for unsubscribing would have {len(filled)} characters, {_LONGEST_LINE} at the most"
        )
    click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" if filled.startswith("https://") else ""
    return f"List-Unsubscribe: <{filled}>\r\n{click}".encode("ascii")
