"""A notice as a consumer sees it: what a site announces, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A notice ready to be sent: the subject, and the same in plain text and as a fragment of HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a notice concerns: who registered from the one instant on and before the other; None is no bound."""

    registered_from: datetime | None
    registered_before: datetime | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice, from `notices/index.json`.

    Attributes:
        id: a tag URI, for ever the same.
        event: `posted`, `in-effect`, `reminder` or `overtaken`.
        policy: of which policy.
        revision: of which revision of it.
        digest: SHA-256 (hexadecimal) of the revision's text.
        due: from when on it is worth telling.
        expires: from when on it is not any more.
        recipients: whom it concerns; None: nobody is told.
        cancels: the ids of notices that are not to be told any more.
        language: that of the policy (BCP 47).
        key: the idempotency key.
        url: where its file lies, relative to the site's root.
        file_digest: SHA-256 (hexadecimal) of that file.
        facts: SHA-256 (hexadecimal) of what never changes of it.
    """

    id: str
    event: str
    policy: str
    revision: str
    digest: str
    due: datetime
    expires: datetime
    recipients: Recipients | None
    cancels: tuple[str, ...]
    language: str
    key: str
    url: str
    file_digest: str
    facts: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who registered; `subject` is by what the list knows them, for ever the same: by default the address."""

    address: str
    registered: datetime
    subject: str
    language: str | None = None
    name: str | None = None
