"""`SHA256SUMS`: digests of files, as `sha256sum` writes them and `sha256sum --check` reads them.

The whole format: a line for each file, in the order of their names::

    …64 hexadecimal digits…  certificates.pem
    …64 hexadecimal digits…  privacy-policy/privacy-policy-2018-04-10.pdf

Names are relative to the folder, and have nothing in them that would have to be written as an escape.
"""

from __future__ import annotations

from collections.abc import Mapping


def sha256sums(digests: Mapping[str, str]) -> bytes:
    """The lines for these files; digests in hexadecimal, by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
