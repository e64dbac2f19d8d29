"""Posts notices to the operator's address, signed.

The body, and two headers besides `Content-Type`::

    {"notice": {…the notice's file, with its messages…},
     "recipient": {"address": "kim@members.example", "language": "ko", "name": null, "subject": "kim@members.example"},
     "version": 1}

    Idempotency-Key: …64 hexadecimal digits, the same at each try…
    Inforce-Signature: t=1525132800,v1=…HMAC-SHA256, in hexadecimal, of "1525132800." and the body…

`recipient` is null where no recipients are set up: then one delivery tells all. An answer of 2xx takes it, and 409 says
that it was taken before. Other answers of 4xx refuse it for good, but for 408, 425 and 429; whatever else happens, it
is tried again at a later run: the key lets the other side know it again, so nothing is ever in doubt.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

import httpx

from inforce import __version__
from inforce.core.delivery import Delivery, Outcome, State
from inforce.core.notify_settings import Webhook

_FOR_GOOD = (400, 410, 413, 415, 422)
"""Answers that are about the notice. Others, as 401 and 404, come of a setting, which is mended."""


class WebhookSender:
    """Posts over connections that are kept."""

    def __init__(self, webhook: Webhook, secret: str) -> None:
        """Keep where, and with what is signed."""
        self._address, self._secret = webhook.address, secret.encode()
        headers = {"content-type": "application/json", "user-agent": f"inforce/{__version__}"}
        self._client = httpx.Client(timeout=webhook.timeout.total_seconds(), headers=headers, trust_env=False)

    def send(self, delivery: Delivery, key: str, raw: dict[str, Any], now: datetime) -> Outcome:
        """Post a notice; `raw` is its file."""
        body = body_of(delivery, raw)
        headers = {"Idempotency-Key": key, "Inforce-Signature": signature(self._secret, int(now.timestamp()), body)}
        try:
            with self._client.stream("POST", self._address, content=body, headers=headers) as response:
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            return Outcome(State.FAILED, f"there is no answer: {str(wrong) or type(wrong).__name__}")
        if status // 100 == 2 or status == httpx.codes.CONFLICT:  # noqa: PLR2004 - the class of success
            return Outcome(State.SENT)
        return Outcome(State.FAILED, f"the webhook answers {status}", is_final=status in _FOR_GOOD)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def body_of(delivery: Delivery, raw: dict[str, Any]) -> bytes:
    """The body: see the module."""
    one = delivery.recipient
    recipient = one and {"address": one.address, "language": one.language, "name": one.name, "subject": one.subject}
    value = {"notice": raw, "recipient": recipient, "version": 1}
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: bytes, seconds: int, body: bytes) -> str:
    """The header `Inforce-Signature` of a body sent at that second since 1970."""
    digest = hmac.new(secret, b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
