"""A site's notices over HTTP, from a server that may be slow, broken or hostile.

Every answer is bounded: in time, by a limit for each wait and one for the whole; in size, counted after decompression;
in redirects. Redirects are followed by hand, within https. What may pass by itself (no connection, 429, 5xx) is tried
again a few times, with waits that double and are never quite the same, so that many jobs do not come back at once.
"""

from __future__ import annotations

import random
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event, Thread
from typing import Any
from urllib.parse import urljoin

import httpx

from inforce import __version__
from inforce.core.errors import ConfigurationError, NotThereError, Problem, RecordError, Severity
from inforce.core.web_address import address_fault, redirect_fault, without_secrets

_MOST_REDIRECTS = 5
_MOVED_FOR_GOOD = (httpx.codes.MOVED_PERMANENTLY, httpx.codes.PERMANENT_REDIRECT)
_CONDITIONS = {"etag": "if-none-match", "last-modified": "if-modified-since"}
_LONG_AGE = 9
"""So many digits has no age that a cache tells in earnest."""
_GZIP = 16 + zlib.MAX_WBITS
_SERVER = "look at the server, and whether `site` is its address; the next run tries again"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds: for a connection, for the next bytes, for the whole of one answer.

    An answer is tried for `attempts` times; after the first comes a wait of up to `first_wait`, which doubles. A server
    that asks for more than `longest_wait` gets it: the run ends.
    """

    connect: float = 10
    read: float = 30
    whole: float = 120
    attempts: int = 4
    first_wait: float = 1
    longest_wait: float = 60


class _AgainError(Exception):
    """What may pass by itself; `wait` is for how long the server asks."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        self.what, self.wait = what, wait
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer's status, headers and body, which is empty but of those with status 200."""

    status: int
    headers: httpx.Headers
    body: bytes = b""


class HttpReader:
    """Reads files below an address."""

    def __init__(
        self,
        root: str,
        *,
        is_insecure: bool = False,
        patience: Patience = Patience(),
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Begin with the site's address; nothing is asked yet.

        Raises:
            ConfigurationError: it may not be asked.
        """
        fault = address_fault(root, is_insecure=is_insecure)
        if fault is not None:
            raise ConfigurationError([Problem.of(fault, without_secrets(root))])
        self.place = root if root.endswith("/") else f"{root}/"
        self.warnings: list[Problem] = []
        self.clock: datetime | None = None
        self._is_insecure, self._patience, self._sleep = is_insecure, patience, sleep
        self._client = httpx.Client(
            headers={
                "accept": "application/json, text/markdown;q=0.9, */*;q=0.1",
                "accept-encoding": "gzip",
                "cache-control": "no-cache",
                "user-agent": f"inforce/{__version__} (notify)",
            },
            timeout=httpx.Timeout(patience.read, connect=patience.connect),
            limits=httpx.Limits(max_connections=1),
            follow_redirects=False,
        )
        self._socket: socket.socket | None = None

    def address(self, url: str) -> str:
        """The whole address."""
        return f"{self.place}{url}"

    def read(self, url: str, most: int) -> bytes:
        """The bytes that lie there.

        Raises:
            RecordError: they cannot be had, or are more than `most`.
        """
        return self._ask(self.address(url), most, {}).body

    def read_newer(self, url: str, most: int, validators: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        """The bytes and by what to know them again; None where they are what they were; raises as `read` does."""
        conditions = {_CONDITIONS[key]: value for key, value in validators.items() if key in _CONDITIONS}
        answer = self._ask(self.address(url), most, conditions)
        self.clock = _clock_of(answer.headers)
        if answer.status == httpx.codes.NOT_MODIFIED:
            return None
        return answer.body, {key: answer.headers[key] for key in _CONDITIONS if key in answer.headers}

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, address: str, most: int, conditions: Mapping[str, str]) -> _Answer:
        """The answer, asked for again while what is wrong may pass by itself."""
        patience = self._patience
        for attempt in range(1, patience.attempts + 1):
            try:
                return self._follow(address, most, conditions)
            except _AgainError as again:
                if attempt == patience.attempts:
                    raise _wrong(address, f"{again.what} (tried {attempt} times)") from None
                wait = again.wait
                if wait is not None and wait > patience.longest_wait:
                    raise _wrong(address, f"{again.what}, and asks to come again in {wait:.0f} seconds") from None
                self._sleep(_backoff(patience, attempt) if wait is None else wait)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _follow(self, address: str, most: int, conditions: Mapping[str, str]) -> _Answer:
        """The answer at the end of the redirects."""
        place, is_for_good = address, True
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._once(place, most, conditions)
            if not 300 <= answer.status < 400 or answer.status == httpx.codes.NOT_MODIFIED:  # noqa: PLR2004
                break
            is_for_good = is_for_good and answer.status in _MOVED_FOR_GOOD
            place = self._led_to(place, answer)
        else:
            raise _wrong(address, f"this leads on more than {_MOST_REDIRECTS} times")
        if answer.status not in (httpx.codes.OK, httpx.codes.NOT_MODIFIED) or (
            answer.status == httpx.codes.NOT_MODIFIED and not conditions
        ):
            raise _refused(place, answer.status)
        if place != address and is_for_good and not self.warnings:
            what = f"the site has moved for good: this is now {place}"
            todo = "write its new address into `site` of notify.yml"
            self.warnings.append(Problem(address, what, todo, severity=Severity.WARNING))
        return answer

    def _led_to(self, place: str, answer: _Answer) -> str:
        location: str = answer.headers.get("location", "")
        try:
            target = urljoin(place, location)
        except ValueError:
            target = location
        fault = redirect_fault(place, target, is_insecure=self._is_insecure) if location else "it leads nowhere"
        if fault is not None:
            raise _wrong(place, f"the answer leads on to `{without_secrets(target)}`, and is not followed: {fault}")
        return target

    def _once(self, address: str, most: int, conditions: Mapping[str, str]) -> _Answer:
        """One question and its answer."""
        cut = Event()
        try:
            with (
                self._cut_off(cut),
                self._client.stream("GET", address, headers=conditions, extensions={"trace": self._note}) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    _see_whether_it_passes(response)
                    return _Answer(response.status_code, response.headers)
                return _Answer(response.status_code, response.headers, _body(response, most, address))
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as wrong:
            if cut.is_set():
                raise _wrong(address, f"the answer took longer than {self._patience.whole:g} seconds") from None
            what = f"there is no answer: {str(wrong) or type(wrong).__name__}"
            if isinstance(wrong, httpx.TransportError) and not _is_for_good(wrong):
                raise _AgainError(what) from None
            raise _wrong(address, what) from None

    @contextmanager
    def _cut_off(self, cut: Event) -> Iterator[None]:
        """End what takes too long, even where bytes keep coming: a socket's own limit is for each wait."""
        done = Event()
        watch = Thread(target=self._watch, args=(done, cut), daemon=True)
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()

    def _watch(self, done: Event, cut: Event) -> None:
        if done.wait(self._patience.whole):
            return
        cut.set()
        while not done.wait(0.05):
            with suppress(OSError):
                if self._socket is not None:
                    # Not SSLSocket's own, which would take the session from the thread that reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _note(self, name: str, info: Mapping[str, Any]) -> None:
        """Note the socket of the connection, of which there is one at a time."""
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")


def _body(response: httpx.Response, most: int, address: str) -> bytes:
    """The body, decompressed here: so that no more than the limit is ever in memory."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise _wrong(address, f"the answer comes in `{encoding}`, which was not asked for")
    unpacker = None if encoding == "identity" else _Gunzip()
    data = bytearray()
    try:
        for chunk in response.iter_raw():
            data += chunk if unpacker is None else unpacker.feed(chunk, most + 1 - len(data))
            if len(data) > most:
                raise _wrong(address, f"this is larger than {most} bytes, and was not read to its end")
    except zlib.error as wrong:
        raise _wrong(address, f"the answer is not gzip, as it says: {wrong}") from None
    if unpacker is not None and not unpacker.is_at_end:
        raise _AgainError("the answer ends in the middle")
    return bytes(data)


class _Gunzip:
    """Decompresses piece by piece (RFC 1952, of which one file may have several members)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)

    @property
    def is_at_end(self) -> bool:
        return self._member.eof

    def feed(self, chunk: bytes, most: int) -> bytes:
        """What comes of the chunk, up to `most` bytes of it (1 or more)."""
        data = b""
        while chunk and len(data) < most:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            data += self._member.decompress(chunk, most - len(data))
            chunk = self._member.unused_data
        return data


def _see_whether_it_passes(response: httpx.Response) -> None:
    """Raises `_AgainError` where the server says that it can do better later."""
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise _AgainError(f"the server answers {status} {response.reason_phrase}".rstrip(), _retry_after(response))


def _retry_after(response: httpx.Response) -> float | None:
    """For how many seconds the server asks (RFC 9110, section 10.2.3): by its own clock, where it names an instant."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    then, now = _http_date(said), _http_date(response.headers.get("date", ""))
    return max(0.0, (then - now).total_seconds()) if then and now else None


def _http_date(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _clock_of(headers: httpx.Headers) -> datetime | None:
    """What the server's clock shows: when the answer was made, and how long it lay in caches (RFC 9110, RFC 9111)."""
    made, age = _http_date(headers.get("date", "")), headers.get("age", "0").strip()
    if made is None or not (age.isascii() and age.isdigit() and len(age) < _LONG_AGE):
        return None
    return made + timedelta(seconds=int(age))


def _backoff(patience: Patience, attempt: int) -> float:
    longest: float = min(patience.longest_wait, patience.first_wait * 2 ** (attempt - 1))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads jobs, and hides nothing


def _is_for_good(wrong: BaseException | None) -> bool:
    """Whether it comes of the certificate or of the request itself, which are the same the next time."""
    if isinstance(wrong, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return True
    while wrong is not None:
        if isinstance(wrong, ssl.SSLCertVerificationError):
            return True
        wrong = wrong.__cause__ or wrong.__context__
    return False


def _refused(address: str, status: int) -> RecordError:
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        todo = "look whether `site` is the site's root, and its `mkdocs.yml` has the option `notices`"
        return NotThereError([Problem(address, f"this is not there (the server answers {status})", todo)])
    return _wrong(address, f"the server answers {status}")


def _wrong(address: str, what: str) -> RecordError:
    return RecordError([Problem(address, what, _SERVER)])
