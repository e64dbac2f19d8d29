"""What keeps others out: headers, the form that only the page itself can send, and who is asking.

A page's address is itself a secret of 256 bits. The form is kept from other sites all the same: its hidden field is
made of the address and of the ticket that the browser got with the page, in a cookie (`SameSite=Lax`, `HttpOnly`,
`Secure`, of that page alone), and the browser's own word on where it comes from (`Origin`, `Sec-Fetch-Site`) has to
agree. `Lax`, not `Strict`: whoever follows the application's link once more, an hour later, has to be known.
"""

from __future__ import annotations

import hashlib
import hmac
import re
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


def ticket_in(call: Call, address: str) -> str:
    """The ticket that the browser shows; empty where it has none."""
    cookie = call.cookies.get(_name(address), "")
    return cookie if _COOKIE.fullmatch(cookie) else ""


def form_key(ticket: str, token: str) -> str:
    """What the form's hidden field says."""
    return hashlib.sha256(f"{ticket}.{token}".encode()).hexdigest()


def set_cookie(answer: Response, ticket: str, token: str, address: str, seconds: int) -> None:
    """Have the browser keep the ticket, for that page and as long as it can be answered."""
    answer.set_cookie(
        _name(address),
        ticket,
        max_age=seconds,
        path=f"/a/{token}",
        secure=is_secure(address),
        httponly=True,
        samesite="lax",
    )


def check_form(call: Call, said: str, ticket: str, token: str, address: str) -> None:
    """Whether the form was sent by the page that was shown, in the browser that got the ticket with it.

    Raises:
        ProblemError: it was not, as far as can be seen.
    """
    origin, site = call.headers.get("origin"), call.headers.get("sec-fetch-site")
    is_ours = hmac.compare_digest(ticket.encode(), ticket_in(call, address).encode())
    is_ours = is_ours and hmac.compare_digest(form_key(ticket, token).encode(), said.encode())
    if not is_ours or origin not in (None, origin_of(address)) or (site is not None and site not in _OWN):
        raise ProblemError("forged-form")


def _name(address: str) -> str:
    return "__Secure-inforce" if is_secure(address) else "inforce"
