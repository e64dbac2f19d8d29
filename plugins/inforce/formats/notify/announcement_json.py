"""A notice as the ledger keeps it: JSON with the names of `Announcement`, instants in RFC 3339."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from inforce.core.announcement import Announcement
from inforce.formats.notices.reading import instant_of, recipients_of


def announcement_text(one: Announcement) -> str:
    """The text of a notice."""
    return json.dumps(asdict(one), default=datetime.isoformat, ensure_ascii=False, sort_keys=True)


def announcement_of(text: str) -> Announcement:
    """The notice of a text that `announcement_text` made."""
    value: dict[str, Any] = json.loads(text)
    due, expires, whom = instant_of(value["due"]), instant_of(value["expires"]), recipients_of(value["recipients"])
    more = {"due": due, "expires": expires, "recipients": whom, "cancels": tuple(value["cancels"])}
    return Announcement(**{**value, **more})
