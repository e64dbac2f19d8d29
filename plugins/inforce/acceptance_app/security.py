"""What keeps others out: headers, the form that only the page itself can send, and who is asking.

A page's address is itself a secret of 256 bits. The form is kept from other sites all the same: its hidden field is
made of the address and of a cookie (`SameSite=Strict`, `HttpOnly`, `Secure`, of that page alone), and the browser's
own word on where it comes from (`Origin`, `Sec-Fetch-Site`) has to agree.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request as Call
from starlette.responses import Response

from inforce.acceptance_app.problems import ProblemError

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_CREDENTIAL = re.compile(r"Bearer +([!-~]{1,512})", re.ASCII | re.IGNORECASE)
_OWN = ("same-origin", "none")
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every answer has. `same-origin`: other sites learn no page's address, and this one the form's origin."""
HSTS = "max-age=31536000"


def content_security(*targets: str) -> str:
    """The Content-Security-Policy of a page: a style sheet and nothing else; a form to here, and on to the targets."""
    origins = dict.fromkeys(origin_of(one) for one in targets)
    forms = " ".join(["'self'", *origins])
    return f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {forms}"


def origin_of(address: str) -> str:
    """The origin of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_secure(address: str) -> bool:
    """Whether the app is reached by https."""
    return address.startswith("https:")


def credential_of(call: Call) -> str | None:
    """The credential with which an application comes (RFC 6750); None where there is none."""
    found = _CREDENTIAL.fullmatch(call.headers.get("authorization", ""))
    return None if found is None else found[1]


def form_key(call: Call, token: str, address: str) -> tuple[str, str]:
    """What the form's hidden field says, and the cookie that it is made of: the one that came, or a new one."""
    cookie = call.cookies.get(_name(address), "")
    if not _COOKIE.fullmatch(cookie):
        cookie = secrets.token_urlsafe(32)
    return _made(cookie, token), cookie


def set_cookie(answer: Response, cookie: str, token: str, address: str, seconds: int) -> None:
    """Have the browser keep the cookie, for that page and as long as its address is good."""
    answer.set_cookie(
        _name(address),
        cookie,
        max_age=seconds,
        path=f"/a/{token}",
        secure=is_secure(address),
        httponly=True,
        samesite="strict",
    )


def check_form(call: Call, said: str, token: str, address: str) -> None:
    """Whether the form was sent by the page that was shown.

    Raises:
        ProblemError: it was not, as far as can be seen.
    """
    origin, site = call.headers.get("origin"), call.headers.get("sec-fetch-site")
    cookie = call.cookies.get(_name(address), "")
    is_ours = _COOKIE.fullmatch(cookie) and hmac.compare_digest(_made(cookie, token).encode(), said.encode())
    if not is_ours or origin not in (None, origin_of(address)) or (site is not None and site not in _OWN):
        raise ProblemError("forged-form")


def _name(address: str) -> str:
    return "__Secure-inforce" if is_secure(address) else "inforce"


def _made(cookie: str, token: str) -> str:
    return hashlib.sha256(f"{cookie}.{token}".encode()).hexdigest()
