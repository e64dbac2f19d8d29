"""Somebody on the list of who registered, from the texts of one line of it.

The columns::

    address       the mail address
    registered    the instant of registration, with its offset: 2018-04-10T09:00:00+09:00
    subject       optional: by what the list knows them, for ever the same; the address in lower case if left out
    language      optional: BCP 47; the policy's own if left out
    name          optional: what they are called
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from inforce.core.announcement import Recipient
from inforce.core.errors import Fault, did_you_mean
from inforce.formats.notify.mail_address import mail_address
from inforce.formats.text.clean_text import CONTROLS, SUSPECTS

NEEDED = ("address", "registered")
COLUMNS = (*NEEDED, "subject", "language", "name")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", re.ASCII)
_LONGEST = 255
_SHOWN = 60


def column_faults(names: Sequence[str]) -> list[Fault]:
    """What is wrong with the columns of a list."""
    todo = f"the columns are {', '.join(COLUMNS)}; the last three may be left out"
    faults = [
        Fault(f"`{name[:_SHOWN]}` is no column that is known here{did_you_mean(name, COLUMNS)}", todo, 1)
        for name in names
        if name not in COLUMNS
    ]
    faults += [Fault(f"the column `{name}` is missing", todo, 1) for name in NEEDED if name not in names]
    twice = {name for name in names if names.count(name) > 1 and name in COLUMNS}
    return faults + [Fault(f"the column `{name}` is there twice", todo, 1) for name in sorted(twice)]


def recipient_of(values: Mapping[str, str | datetime | None]) -> Recipient:
    """Who that is, from what stands in the columns; what is empty or None counts as left out.

    Raises:
        ValueError: the line is broken, told for a person.
    """
    texts = {key: _text(key, value) for key, value in values.items() if not isinstance(value, datetime)}
    address = texts.get("address") or ""
    try:
        address = mail_address(address)
    except ValueError as wrong:
        raise ValueError(
            f"`{address[:_SHOWN]}` is no mail address: {wrong}" if address else "there is no address"
        ) from None
    language = texts.get("language") or None
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise ValueError(f"`{language[:_SHOWN]}` is no language tag (BCP 47: en, ko, pt-BR)")
    registered = values.get("registered")
    instant = registered if isinstance(registered, datetime) else _instant(texts.get("registered") or "")
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(f"`{registered}` does not say in which zone: add the offset, as in 2018-04-10T09:00:00+09:00")
    subject = texts.get("subject") or address.lower()
    return Recipient(address, _in_utc(instant), subject, language, texts.get("name") or None)


def shown(values: Iterable[str]) -> str:
    """A line's first value, short enough to be told."""
    return next(iter(values), "")[:_SHOWN]


def _text(key: str, value: object) -> str:
    """What stands in a column, without the white space round it."""
    text = "" if value is None else str(value)
    controls = CONTROLS.search(text) or (SUSPECTS.search(text) if key != "name" else None)
    if controls:
        raise ValueError(f"the {key} holds U+{ord(controls[0]):04X}, which cannot be seen and may not stand there")
    text = text.strip()
    if len(text) > _LONGEST:
        raise ValueError(f"the {key} is longer than {_LONGEST} characters")
    return text


def _instant(text: str) -> datetime:
    if not text:
        raise ValueError("there is no instant of registration")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text[:_SHOWN]}` is no instant: write it as 2018-04-10T09:00:00+09:00") from None
    return instant


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"the year of {instant.isoformat()} cannot be meant") from None
