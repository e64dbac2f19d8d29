"""Timestamps of a time-stamping authority (RFC 3161), over HTTP. Hides the network, and its delays.

A request is tried a few times, each for so many seconds and no longer. An answer is not believed: it has to be of this
request (nonce), over this digest, of about now, and signed with the key of the certificate that comes with it, which is
one for timestamps, and valid. Whether that leads to a trusted root is a question of validation, which B-LT answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit

import requests
from asn1crypto import cms, core, tsp
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import extract_ts_certs
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from inforce.adapters.signing.validation_data import NotValid, NoValidationData, told_simply

TRIES = 3
"""How often an authority is asked for one timestamp."""
PAUSE = 1.0
"""Seconds before it is asked again; twice as long each time."""
SECONDS = 20.0
"""How long an answer may take, from the first byte that is sent to the last that comes."""
REST = 60.0
"""Seconds in which an authority that has failed is not asked again."""
_SKEW = timedelta(hours=1)
"""How far the time of a timestamp may be from the clock of this machine."""
_MOST_BYTES = 1 << 20
_REPLY = "application/timestamp-reply"
_WORTH_A_TRY = range(500, 600)


class _Response(core.Sequence):  # type: ignore[misc]
    """An answer (RFC 3161, section 2.4.2). In asn1crypto's own the token is not optional, and a refusal has none."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class NoTimestamp(Exception):  # noqa: N818 - what there is, as it is told
    """An authority gave no timestamp that is good; says why."""


class _NotNow(NoTimestamp):
    """It may do so if it is asked again."""


class Authority(TimeStamper):
    """A time-stamping authority, as pyHanko asks one."""

    def __init__(self, address: str) -> None:
        """Ask at an address; nothing is asked yet."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address
        self._failed: tuple[float, str] | None = None
        self.given: list[datetime] = []
        """The times of the timestamps that it gave, in order."""

    @property
    def certificates(self) -> int:
        """How many certificates its timestamps have had until now: some authorities sign with several keys."""
        return len(self._certs)

    @property
    def place(self) -> str:
        """Its address without what may be secret in it, for errors."""
        parts = urlsplit(self._address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[ValidationPath]:
        """The paths from its certificates to roots that are trusted.

        Raises:
            NotValid, NoValidationData: there is none for one of them.
        """
        try:
            with told_simply():
                async for path in super().validation_paths(validation_context):  # type: ignore[no-untyped-call]
                    yield path
        except (NotValid, NoValidationData) as wrong:
            raise type(wrong)(str(wrong), self.place) from None

    def forgive(self) -> None:
        """Ask again at once, though it has failed."""
        self._failed = None

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A timestamp over a digest.

        Raises:
            NoTimestamp: there is none.
        """
        if self._failed and time.monotonic() - self._failed[0] < REST:
            raise NoTimestamp(self._failed[1])
        try:
            token = await asyncio.to_thread(self._asked, message_digest, md_algorithm)
        except NoTimestamp as wrong:
            self._failed = time.monotonic(), str(wrong)
            raise
        self._failed = None
        for certificate in extract_ts_certs(token, self.cert_registry):
            self._certs[certificate.issuer_serial] = certificate
        return token

    def _asked(self, digest: bytes, algorithm: str) -> cms.ContentInfo:
        for number in range(TRIES):
            nonce, request = self.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
            try:
                token = _token_of(self._post(request.dump()))
                self.given.append(_time_of(token, digest, nonce))
            except _NotNow:
                if number == TRIES - 1:
                    raise
                time.sleep(PAUSE * 2**number)
            else:
                return token
        raise AssertionError("an authority is asked at least once")

    def _post(self, request: bytes) -> bytes:
        """What it answers, if it does so in time. One that drips is left to do so: nobody waits for it."""
        answers: SimpleQueue[bytes | NoTimestamp] = SimpleQueue()
        Thread(target=self._put_answer, args=(request, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=SECONDS)
        except Empty:
            raise _NotNow(f"it does not answer within {SECONDS:g} seconds") from None
        if isinstance(answer, NoTimestamp):
            raise answer
        return answer

    def _put_answer(self, request: bytes, answers: SimpleQueue[bytes | NoTimestamp]) -> None:
        try:
            answers.put(self._answer(request))
        except NoTimestamp as wrong:
            answers.put(wrong)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, somebody waits for it
            answers.put(NoTimestamp(f"its answer is not understood: {type(wrong).__name__}"))

    def _answer(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": _REPLY}
        try:
            with requests.post(
                self._address, request, headers=headers, timeout=SECONDS, stream=True, allow_redirects=False
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    kind = _NotNow if answer.status_code in _WORTH_A_TRY else NoTimestamp
                    raise kind(f"it answers with the status {answer.status_code}")
                if answer.headers.get("Content-Type", "").partition(";")[0].strip() != _REPLY:
                    raise NoTimestamp(f"what it answers is not of the type {_REPLY}")
                return _body(answer)
        except requests.Timeout:
            raise _NotNow(f"it does not answer within {SECONDS:g} seconds") from None
        except requests.RequestException:
            raise _NotNow("it cannot be reached") from None


def _body(answer: requests.Response) -> bytes:
    """The answer, up to the most that a timestamp can need."""
    data = b""
    for chunk in answer.iter_content(1 << 12):
        data += chunk
        if len(data) > _MOST_BYTES:
            raise NoTimestamp(f"its answer is longer than {_MOST_BYTES} bytes")
    return data


def _token_of(answer: bytes) -> cms.ContentInfo:
    """The timestamp in an answer."""
    try:
        response = _Response.load(answer, strict=True)
        status = response["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            said = [
                *(response["status"]["status_string"].native or ()),
                *(response["status"]["fail_info"].native or ()),
            ]
            raise NoTimestamp(f"it refuses: {status}{': ' if said else ''}{', '.join(sorted(map(str, said)))}")
        return response["time_stamp_token"]
    except (ValueError, TypeError, KeyError):
        raise NoTimestamp("what it answers is no timestamp") from None


def _time_of(token: cms.ContentInfo, digest: bytes, nonce: int) -> datetime:
    """The time that a timestamp says, if it is good.

    Raises:
        NoTimestamp: it is not.
    """
    try:
        signed = token["content"]
        content = signed["encap_content_info"]["content"]
        info: tsp.TSTInfo = content.parsed
        if info["message_imprint"]["hashed_message"].native != digest:
            raise NoTimestamp("its timestamp is over another digest than the one that was sent")
        if info["nonce"].native != nonce:
            raise NoTimestamp("its timestamp is for another request: the nonce differs")
        said: datetime = info["gen_time"].native
        if abs(said - datetime.now(UTC)) > _SKEW:
            raise NoTimestamp(f"its timestamp says {said.isoformat()}: its clock or that of this machine is wrong")
        _require_signature(signed, bytes(content), said)
    except (ValueError, TypeError, KeyError, AttributeError, LookupError):
        raise NoTimestamp("its timestamp cannot be read") from None
    return said


def _require_signature(signed: cms.SignedData, content: bytes, at: datetime) -> None:
    (signer,) = signed["signer_infos"]
    certificate = extract_certificate_info(signed).signer_cert
    usage = certificate.extended_key_usage_value
    if usage is None or "time_stamping" not in usage.native:
        raise NoTimestamp("its certificate is not for timestamps, by its extended key usage")
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        raise NoTimestamp("its certificate is not valid at the time of its timestamp")
    algorithm = signer["digest_algorithm"]["algorithm"].native
    digest = hashlib.new(algorithm, content).digest()
    if validate_sig_integrity(signer, certificate, "tst_info", digest) != (True, True):
        raise NoTimestamp("the signature of its timestamp does not hold")
