"""`SHA256SUMS`: digests of files, as `sha256sum` writes them and `sha256sum --check` reads them.

The whole format: a line for each file, in the order of their names::

    …64 hexadecimal digits…  certificates.pem
    …64 hexadecimal digits…  privacy-policy/privacy-policy-2018-04-10.pdf

Names are relative to the folder, and have nothing in them that would have to be written as an escape.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINE = re.compile(r"([0-9a-f]{64})  ([^\\\x00-\x1f]+)")


def sha256sums(digests: Mapping[str, str]) -> bytes:
    """The lines for these files; digests in hexadecimal, by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def parse_sums(data: bytes) -> dict[str, str]:
    """The digests, by name.

    Raises:
        ValueError: a line has another form, or a name comes twice.
    """
    digests: dict[str, str] = {}
    for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in digests:
            raise ValueError(f"line {number} is none that `sha256sum` writes, or names a file again")
        digests[found[2]] = found[1]
    return digests
