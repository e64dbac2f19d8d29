"""A notice as a mail (RFC 5322, MIME): multipart/alternative, plain text and HTML.

What is the same for everybody is made once for each notice and language; what is one recipient's stands before it.
No header can end before its time: each passes `email`, or holds nothing but encoded words and an address that was read
strictly.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from urllib.parse import quote

from inforce.core.announcement import Announcement, Message, Recipient
from inforce.core.delivery import Delivery
from inforce.core.notify_settings import Mail
from inforce.formats.notify.mail_address import mail_address

_LONGEST_LINE = 900
"""RFC 5322 allows 998 characters in a line, and an address cannot be folded."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*(?<!.{65})", re.ASCII)
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[ -~]{0,65}", re.ASCII)
_LINE = 78


def authority_host(announcement: Announcement) -> str:
    """The domain of the notice's authority (RFC 4151): `qstore.example` of `tag:qstore.example,2014:…`."""
    return announcement.id.removeprefix("tag:").partition(",")[0].rpartition("@")[2]


def common_part(announcement: Announcement, message: Message, language: str, mail: Mail) -> bytes:
    """All that is the same in each mail of a notice: the end of the head, and the body."""
    part = EmailMessage(policy=SMTP)
    part["Auto-Submitted"] = "auto-generated"
    part["List-Id"] = f"<{announcement.policy}.notices.{authority_host(announcement)}>"
    part.set_content(message.text, cte="quoted-printable")
    head = f'<head><meta charset="utf-8"><title>{escape(message.subject)}</title></head>'
    page = f'<!doctype html>\n<html lang="{escape(language)}">{head}\n<body>\n{message.html}\n</body></html>\n'
    part.add_alternative(page, subtype="html", cte="quoted-printable")
    part["Content-Language"] = language  # not before: `email` moves such headers into the first part
    part.set_boundary(f"=_{announcement.key}")
    reply_to = _own("Reply-To", mail.reply_to) if mail.reply_to else b""
    subject = " ".join(message.subject.split())
    about = f"Subject: {_words('Subject', subject, _PLAIN_SUBJECT)}\r\n".encode("ascii")
    return _own("From", mail.sender) + reply_to + about + part.as_bytes()


def mail_of(delivery: Delivery, recipient: Recipient, common: bytes, mail: Mail, now: datetime) -> bytes:
    """One recipient's mail, whole, its lines ending in CRLF.

    Raises:
        ValueError: a header cannot be written for this recipient.
    """
    host = authority_host(delivery.announcement)
    head = (
        _mailbox("To", recipient.name or "", recipient.address)
        + f"Date: {format_datetime(now)}\r\nMessage-ID: <{delivery.key[:40]}@{host}>\r\n".encode("ascii")
        + _unsubscribe(recipient, mail.unsubscribe)
    )
    return head + common


def envelope_sender(mail: Mail) -> str:
    """The address that mail comes from, without a name, its domain in ASCII."""
    return mail_address(parseaddr(mail.sender)[1])


def _mailbox(header: str, name: str, address: str) -> bytes:
    if not name:
        return f"{header}: {address}\r\n".encode()
    line = f"{header}: {_words(header, name, _PLAIN_NAME)}"
    gap = " " if len(line.rpartition("\n")[2]) + len(address) < _LINE - len(" <>") else "\r\n "
    return f"{line}{gap}<{address}>\r\n".encode()


def _words(header: str, text: str, plain: re.Pattern[str]) -> str:
    """The text as encoded words (RFC 2047), if it is long or there is any sign in it that could mean something.

    Not by an `EmailMessage`: where that folds, it forgets the quotation marks of names, and spaces between words.
    """
    return text if plain.fullmatch(text) else Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _own(header: str, address: str) -> bytes:
    name, address = parseaddr(address)
    return _mailbox(header, name, mail_address(address))


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
