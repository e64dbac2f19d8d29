"""A notice as the ledger keeps it: JSON with the names of `Announcement`, instants in RFC 3339."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from inforce.core.announcement import Announcement, Recipients


def announcement_text(one: Announcement) -> str:
    """The text of a notice."""
    return json.dumps(asdict(one), default=datetime.isoformat, ensure_ascii=False, sort_keys=True)


def announcement_of(text: str) -> Announcement:
    """The notice of a text that `announcement_text` made."""
    value: dict[str, Any] = json.loads(text)
    whom = value["recipients"]
    if whom is not None:
        value["recipients"] = Recipients(_instant(whom["registered_from"]), _instant(whom["registered_before"]))
    due, expires = datetime.fromisoformat(value["due"]), datetime.fromisoformat(value["expires"])
    return Announcement(**{**value, "due": due, "expires": expires, "cancels": tuple(value["cancels"])})


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
