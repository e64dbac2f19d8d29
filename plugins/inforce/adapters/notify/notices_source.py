"""Where the notices of a site are pulled from: its address, or a folder.

A pull reads `notices/index.json`, and nothing else where that has not changed. Of the full pages that it names it
reads those that were not read before. What the next pull needs to know is handed out as a text, which belongs to this
module::

    {"authority": "tag:qstore.example,2014:",
     "pages": {"…SHA-256 of a page…": ["…id…", …]},
     "place": "https://qstore.example/policies/",
     "validators": {"etag": "…"}}
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from inforce.adapters.notify.notices_folder import FolderReader
from inforce.adapters.notify.notices_http import HttpReader, Patience
from inforce.core.address import POSTINGS, source_address
from inforce.core.announcement import Announcement, Message
from inforce.core.errors import NotThereError, Problem, RecordError
from inforce.core.pulled import Index, Page, Pulled
from inforce.core.web_address import is_web_address
from inforce.formats.json_text import Json
from inforce.formats.notices.json import INDEX
from inforce.formats.notices.reading import messages_of, read_index, read_notice, read_page

MOST_BYTES = 16 << 20
"""Of one file. A page of a hundred notices with long summaries has a fiftieth of that."""


class Reader(Protocol):
    """Reads what lies below a site's root. Errors are `RecordError`s that name the address, `NotThereError` for one."""

    place: str
    """The root, as a person knows it."""
    warnings: list[Problem]
    clock: datetime | None
    """What the clock of the other side showed when it was last asked for what is newer; None where it has none."""

    def address(self, url: str) -> str:
        """The whole address of what lies there."""

    def read(self, url: str, most: int) -> bytes:
        """The bytes that lie there, if there are no more than `most`."""

    def read_newer(self, url: str, most: int, validators: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        """The bytes and by what to know them again; None where they are what they were."""

    def close(self) -> None:
        """Let go of what is held."""


@dataclass(frozen=True, slots=True)
class _State:
    """What the pull before leaves for the next one."""

    authority: str = ""
    pages: Mapping[str, list[str]] = field(default_factory=dict)
    validators: Mapping[str, str] = field(default_factory=dict)


class _UnlikeError(Exception):
    """A page is not the one of the index: the site may have been published in between."""


class NoticesSource:
    """A site's notices. Made by `open_source`; a context manager."""

    def __init__(self, reader: Reader) -> None:
        """Keep the reader."""
        self._reader = reader
        self._last: tuple[str, Json] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the operator should know, as far as it turned up."""
        return tuple(self._reader.warnings)

    @property
    def server_clock(self) -> datetime | None:
        """What the server's clock showed at the last pull; None where it does not tell."""
        return self._reader.clock

    def pull(self, state: str = "") -> Pulled | None:
        """What is there, or None where nothing is new.

        Args:
            state: that of the last pull of which everything was taken; empty where there was none.

        Raises:
            RecordError: the index or a page cannot be read, or is not what it should be.
        """
        before = _state(state, self._reader.place)
        try:
            return self._pull(before)
        except _UnlikeError:
            pass
        try:
            return self._pull(_State(before.authority, before.pages))
        except _UnlikeError as wrong:
            todo = "if the site was just published, the next run finds it whole; if not, publish it again"
            raise RecordError([Problem(str(wrong), "this is not the page of which the index speaks", todo)]) from None

    def raw(self, announcement: Announcement) -> Json:
        """The notice's file.

        Raises:
            RecordError: it cannot be read, or its bytes are not those of which the index speaks.
        """
        if self._last is not None and self._last[0] == announcement.file_digest:
            return self._last[1]
        address = self._reader.address(announcement.url)
        data = self._reader.read(announcement.url, MOST_BYTES)
        if (found := hashlib.sha256(data).hexdigest()) != announcement.file_digest:
            what = f"the digest of this file is {found}, and the index says {announcement.file_digest}"
            todo = "this notice is not sent; if the site was just published, the next run finds it whole"
            raise RecordError([Problem(address, what, todo)])
        notice = read_notice(data, address, announcement)
        self._last = (announcement.file_digest, notice)
        return notice

    def messages(self, announcement: Announcement) -> dict[str, Message]:
        """The notice's messages, by language; raises as `raw` does."""
        return messages_of(self.raw(announcement))

    def check_text(self, announcement: Announcement) -> None:
        """See that the text of which the notice speaks is the one that the site shows.

        Where notices alone were exported there is no text, and nothing to see.

        Raises:
            RecordError: it cannot be read, or its digest is not the notice's.
        """
        url = source_address(announcement.policy, announcement.revision)
        try:
            found = hashlib.sha256(self._reader.read(url, MOST_BYTES)).hexdigest()
        except NotThereError:
            if self._is_site():
                raise
            return
        if found != announcement.digest:
            what = f"the digest of this text is {found}, and the notice `{announcement.id}` says {announcement.digest}"
            todo = "nothing about this revision is sent: find out who changed the text (rule 7), and publish it again"
            raise RecordError([Problem(self._reader.address(url), what, todo)])

    def _is_site(self) -> bool:
        """Whether all of a site lies there, and not its notices alone."""
        try:
            self._reader.read(POSTINGS, MOST_BYTES)
        except NotThereError:
            return False
        except RecordError:  # there is something, then
            return True
        return True

    def _pull(self, before: _State) -> Pulled | None:
        got = self._reader.read_newer(INDEX, MOST_BYTES, before.validators)
        if got is None:
            return None
        data, validators = got
        address = self._reader.address(INDEX)
        index = read_index(data, address)
        announcements: list[Announcement] = []
        pages: dict[str, list[str]] = {}
        unread: set[str] = set()
        for number, page in enumerate(index.pages, start=1):
            if page.digest in before.pages and len(before.pages[page.digest]) == page.count:
                pages[page.digest] = before.pages[page.digest]
                unread.update(pages[page.digest])
            else:
                found = self._page(page, number, index)
                pages[page.digest] = [one.id for one in found]
                announcements += found
        announcements += index.announcements
        after = {"authority": index.authority, "pages": pages, "place": self._reader.place, "validators": validators}
        text = json.dumps(after, ensure_ascii=False, sort_keys=True)
        return Pulled(address, index.authority, before.authority, tuple(announcements), frozenset(unread), text)

    def _page(self, page: Page, number: int, index: Index) -> tuple[Announcement, ...]:
        address = self._reader.address(page.url)
        data = self._reader.read(page.url, MOST_BYTES)
        if hashlib.sha256(data).hexdigest() != page.digest:
            raise _UnlikeError(address)
        return read_page(data, address, page, number, index.authority)


def open_source(
    place: str,
    folder: Path = Path(),
    *,
    is_insecure: bool = False,
    patience: Patience | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> NoticesSource:
    """The notices of that place. Nothing is read yet.

    Args:
        place: the site's address, or a folder.
        folder: to which the folder is relative.
        is_insecure: whether plain http will do for other machines than this one.
        patience: how long is waited for answers.
        sleep: waits for so many seconds before something is tried again.

    Raises:
        ConfigurationError: there is no such folder, or the address may not be asked.
    """
    if is_web_address(place):
        return NoticesSource(HttpReader(place, is_insecure=is_insecure, patience=patience or Patience(), sleep=sleep))
    return NoticesSource(FolderReader(folder / place))


def _state(text: str, place: str) -> _State:
    """The state that an earlier pull handed out; what it knows of another place's answers counts for nothing here."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        value = json.loads(text)
        validators = value["validators"] if value["place"] == place else {}
        return _State(value["authority"], value["pages"], validators)
    return _State()
