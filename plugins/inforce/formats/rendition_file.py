"""A rendition as a file of the cache, which tells whether it is whole.

The whole format: a line with the BLAKE2b (16 bytes, hexadecimal, keyed with the text's digest) of all that follows, a
line with the headings as JSON, and the HTML::

    5f1d6c0c4c0f7e3b5a0b9d1c2e3f4a5b
    [[1, "privacy-policy", "Privacy Policy"], [2, "cookies", "Cookies"]]
    <h1 id="privacy-policy">Privacy Policy</h1>
    …
"""

from __future__ import annotations

import hashlib
import json

from inforce.formats.markdown import Heading, Rendition

_CHECK = 32


def dump(rendition: Rendition, digest: str) -> bytes:
    """The file of a rendition of the text of that digest."""
    headings = json.dumps([[one.level, one.anchor, one.words] for one in rendition.headings], ensure_ascii=False)
    rest = f"{headings}\n{rendition.html}".encode()
    return _check(rest, digest) + b"\n" + rest


def load(data: bytes, digest: str) -> Rendition | None:
    """The rendition that the file holds; None where it is not whole, or of another text."""
    rest = data[_CHECK + 1 :]
    if data[:_CHECK] != _check(rest, digest):
        return None
    headings, _, html = rest.decode().partition("\n")
    return Rendition(html, tuple(Heading(*one) for one in json.loads(headings)))


def _check(rest: bytes, digest: str) -> bytes:
    return hashlib.blake2b(rest, digest_size=_CHECK // 2, key=bytes.fromhex(digest)).hexdigest().encode()
