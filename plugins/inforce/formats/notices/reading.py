"""Reads what a site publishes of its notices, as somebody else's text: `notices/index.json`, its pages, the notices.

The formats stand whole in `json.py` beside this, and in the schemas `notices.schema.json` and `notice.schema.json`.
Keys that are not known are left alone: a later version may add some. What has another `version` was made by a newer
Inforce, and is not read.

Nothing that is wrong with a file leaves here as anything but a `RecordError` that names its address.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, NoReturn

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from inforce.core.announcement import Announcement, Message, Recipients
from inforce.core.errors import Problem, RecordError
from inforce.core.instant import parse_instant
from inforce.core.pulled import Index, Page
from inforce.formats.json_text import Json
from inforce.formats.notices.json import FACTS, VERSION
from inforce.formats.schemas import schema
from inforce.formats.text.clean_text import CONTROLS

_MOST_TOLD = 5
_LONGEST_TOLD = 80
_CONTROLS_IN_TEXT = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*(?:/[A-Za-z0-9][A-Za-z0-9._~-]*)*", re.ASCII)
"""A path that means the same to every server and file system, and goes down only."""
_MESSAGE = re.compile(r"messages\.[^.]+\.(?:text|html)")
_AGAIN = "look whether the address is right and the site is built whole, and publish it again"
_NEWER = "update this job: `pip install --upgrade inforce`"


def read_index(data: bytes, address: str) -> Index:
    """What `notices/index.json` says.

    Raises:
        RecordError: it is not such a file, or does not fit itself.
    """
    value = _read(data, address, "index")
    announcements = _announcements(value["notices"])
    pages = tuple(Page(one["url"], one["digest"], int(one["count"])) for one in value["pages"])
    _check_places((page.url for page in pages), address)
    there = len(announcements) + sum(page.count for page in pages)
    if value["count"] != there:
        what = f"`count` is {value['count']}, and the pages and the list have {there} notices: something is missing"
        raise RecordError([Problem(address, what, _AGAIN)])
    _check_ids(announcements, value["authority"], address)
    return Index(value["authority"], there, announcements, pages)


def read_page(data: bytes, address: str, page: Page, number: int, authority: str) -> tuple[Announcement, ...]:
    """The notices of a full page, in order.

    Args:
        data: its bytes.
        address: where it lies.
        page: what the index says of it.
        number: the how manieth of the pages it is, from 1 on.
        authority: with what ids begin.

    Raises:
        RecordError: it is not that page.
    """
    value = _read(data, address, "page")
    announcements = _announcements(value["notices"])
    if value["page"] != number or len(announcements) != page.count:
        what = f"this is page {value['page']} with {len(announcements)} notices, not page {number} with {page.count}"
        raise RecordError([Problem(address, what, _AGAIN)])
    _check_ids(announcements, authority, address)
    return announcements


def read_notice(data: bytes, address: str, announcement: Announcement) -> Json:
    """A notice's file, as it is.

    Raises:
        RecordError: it is not such a file, or says something else than the index does.
    """
    value = _read(data, address, "notice")
    if facts_of(value) != announcement.facts:
        what = f"this does not say what the index says of `{announcement.id}`"
        raise RecordError([Problem(address, what, _AGAIN)])
    return value


def messages_of(notice: Mapping[str, Any]) -> dict[str, Message]:
    """The messages of a notice that was read, by language."""
    return {language: Message(one["subject"], one["text"], one["html"]) for language, one in notice["messages"].items()}


def announcement_of(entry: Mapping[str, Any]) -> Announcement:
    """A notice as the index has it, checked already."""
    return Announcement(
        id=entry["id"],
        event=entry["event"],
        policy=entry["policy"],
        revision=entry["revision"],
        digest=entry["digest"],
        due=instant_of(entry["due"]),
        expires=instant_of(entry["expires"]),
        recipients=recipients_of(entry["recipients"]),
        cancels=tuple(entry["cancels"]),
        language=entry["language"],
        key=entry["idempotency_key"],
        url=entry["url"],
        file_digest=entry["file_digest"],
        facts=facts_of(entry),
    )


def recipients_of(said: Mapping[str, str | None] | None) -> Recipients | None:
    """Whom a notice concerns, of which that is said."""
    return None if said is None else Recipients(_maybe(said["registered_from"]), _maybe(said["registered_before"]))


def instant_of(text: str) -> datetime:
    """The instant of a text that was looked at already."""
    instant = parse_instant(text)
    if instant is None:  # pragma: no cover - whoever looked saw to it
        raise ValueError(text)
    return instant


def facts_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of the facts: JSON with sorted keys and without white space, in UTF-8."""
    facts = {key: entry[key] for key in FACTS if key in entry}
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse_json(data: bytes, address: str) -> Any:
    """JSON as RFC 8259 has it, and no more: no NaN, no number that is none to a computer, no key that comes twice.

    Raises:
        RecordError: it is none.
    """
    try:
        return json.loads(
            data.decode("utf-8"), parse_float=_number, parse_constant=_no_number, object_pairs_hook=_object
        )
    except UnicodeDecodeError as wrong:
        what = f"this is not UTF-8 (byte {wrong.start})"
    except json.JSONDecodeError as wrong:
        is_cut = wrong.pos >= len(wrong.doc.rstrip()) or wrong.msg.startswith("Unterminated string")
        what = "this ends in the middle" if is_cut else f"this is not JSON (line {wrong.lineno}): {wrong.msg}"
        if wrong.doc.lstrip().startswith("<"):
            what = "this is a page for people, not JSON"
    except RecursionError:
        what = "this is nested too deep"
    except ValueError as wrong:
        what = f"this is not JSON as it is written here: {wrong}"
    raise RecordError([Problem(address, what, _AGAIN)])


def _read(data: bytes, address: str, kind: str) -> Json:
    """The JSON of that kind, checked against its schema."""
    value = parse_json(data, address)
    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > VERSION:
        what = f"this is version {version} of the format, made by a newer Inforce; here version {VERSION} is known"
        raise RecordError([Problem(address, what, _NEWER)])
    if wrong := [*islice(_validator(kind).iter_errors(value), _MOST_TOLD)]:
        raise RecordError([Problem(address, _told(one), _AGAIN) for one in wrong])
    if (hidden := _hidden(value, "")) is not None:
        what = f"`{hidden}` holds a character that cannot be seen, and may not stand there"
        raise RecordError([Problem(address, what, _AGAIN)])
    return dict(value)


@cache
def _validator(kind: str) -> Draft202012Validator:
    if kind == "notice":
        whole = json.loads(schema("notice"))
    else:
        whole = {"$ref": f"#/$defs/{kind}", "$defs": json.loads(schema("notices"))["$defs"]}
    checker = FormatChecker(())
    checker.checks("date-time", raises=ValueError)(_is_instant)
    return Draft202012Validator(whole, format_checker=checker)


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or parse_instant(value) is not None


def _told(wrong: ValidationError) -> str:
    """The place in the file, and what is wrong there, on one line that is not long."""
    place = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in wrong.absolute_path).lstrip(".")
    words = wrong.message
    if len(words) > _LONGEST_TOLD:
        words = f"does not fit `{wrong.validator}` of its schema"
    return f"`{place}`: {words}" if place else words


def _check_places(urls: Iterable[str], address: str) -> None:
    """Raises where something lies outside the site, or could."""
    problems = [
        Problem(address, f"`{url[:_LONGEST_TOLD]}` is no place below the site's root", _AGAIN)
        for url in urls
        if not _PLACE.fullmatch(url)
    ]
    if problems:
        raise RecordError(problems[:_MOST_TOLD])


def _announcements(entries: Sequence[Json]) -> tuple[Announcement, ...]:
    return tuple(map(announcement_of, entries))


def _check_ids(announcements: Iterable[Announcement], authority: str, address: str) -> None:
    _check_places((one.url for one in announcements), address)
    problems: list[Problem] = []
    ids: set[str] = set()
    for one in announcements:
        if not one.id.startswith(authority):
            problems.append(Problem(address, f"the id `{one.id}` does not begin with `{authority}`", _AGAIN))
        if one.id in ids:
            problems.append(Problem(address, f"the notice `{one.id}` is there twice", _AGAIN))
        if one.due >= one.expires:
            problems.append(Problem(address, f"the notice `{one.id}` expires before it is due", _AGAIN))
        ids.add(one.id)
    if problems:
        raise RecordError(problems[:_MOST_TOLD])


def _hidden(value: object, place: str) -> str | None:
    """The place of the first text that holds what cannot be seen, or half a character; None where there is none.

    Line ends may stand in the text and the HTML of messages alone.
    """
    if isinstance(value, str):
        controls = _CONTROLS_IN_TEXT if _MESSAGE.fullmatch(place) else CONTROLS
        return place if controls.search(value) else None
    pairs: Iterable[tuple[Any, object]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, one in pairs:
        if isinstance(key, str) and CONTROLS.search(key):
            return place
        here = f"{place}[{key}]" if isinstance(key, int) else f"{place}.{key}".lstrip(".")
        if (found := _hidden(one, here)) is not None:
            return found
    return None


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:_LONGEST_TOLD]} is too large")
    return number


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _object(pairs: Sequence[tuple[str, Any]]) -> Json:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key is there twice")
    return value
