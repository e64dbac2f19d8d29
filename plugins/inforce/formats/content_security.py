"""`content-security-policy.txt`: the header's value under which every page of the site works (W3C CSP, Level 3).

The whole file, one line (broken here)::

    default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src 'none';
    img-src 'self' data:; media-src 'none'; object-src 'none'; script-src 'self' 'sha256-…' 'sha256-…'; style-src 'self'

Nothing is loaded from elsewhere. (`default-src` is not `'none'` because Firefox asks it about the page that a theme's
`<link rel="next">` makes it fetch in advance, and there is no other directive for that.) The theme's inline scripts are
allowed one by one, by the digests of those that really are in the pages; any other inline script is blocked. Styles
inside of pages are allowed in the same way, where a theme or a page has any: elements by `style-src 'self' 'sha256-…'`,
attributes by `style-src-attr 'unsafe-hashes' 'sha256-…'`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_STYLED = re.compile(r"<[a-z][^<>]*?\sstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TYPE = re.compile(r"\btype\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)
_SOURCE = re.compile(r"(?:^|\s)src\s*=", re.IGNORECASE)
_RUNS = ("", "module", "importmap", "speculationrules", "text/javascript", "application/javascript")
"""The types of scripts that a browser runs or obeys; anything else is data, which the policy leaves alone."""


class ContentSecurity:
    """Gathers what the pages of a site have inside of them, and tells the policy that they need."""

    def __init__(self) -> None:
        self._scripts: set[str] = set()
        self._styles: set[str] = set()
        self._attributes: set[str] = set()

    def look_at(self, page: str) -> None:
        """Take in a page's scripts and styles."""
        for attributes, script in _SCRIPT.findall(page):
            kind = _TYPE.search(attributes)
            if not _SOURCE.search(attributes) and (kind is None or kind[1].lower() in _RUNS):
                self._scripts.add(digest(script))
        self._styles.update(map(digest, _STYLE.findall(page)))
        if "style=" in page or "style =" in page:
            self._attributes.update(digest(html.unescape(double or single)) for double, single in _STYLED.findall(page))

    def allow_styles(self, digests: Iterable[str]) -> None:
        """Take in the styles of pages that are not looked at, by what the policy calls them."""
        self._styles.update(digests)

    @property
    def value(self) -> str:
        """The header's value; the same pages give the same."""
        directives = {
            "default-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
            "frame-src": "'none'",
            "img-src": "'self' data:",
            "media-src": "'none'",
            "object-src": "'none'",
            "script-src": _with("'self'", self._scripts),
            "style-src": _with("'self'", self._styles),
        }
        if self._attributes:
            directives["style-src-attr"] = _with("'unsafe-hashes'", self._attributes)
        return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def digest(text: str) -> str:
    """A script or style as the policy names it: the SHA-256 of what a browser reads there, in Base64."""
    read = re.sub(r"\r\n?", "\n", text).encode()
    return f"'sha256-{base64.b64encode(hashlib.sha256(read).digest()).decode()}'"


def _with(first: str, digests: Iterable[str]) -> str:
    return " ".join([first, *sorted(digests)])
