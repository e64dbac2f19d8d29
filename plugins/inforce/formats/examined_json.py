r"""What is known of texts that were examined before, and found to be without fault.

The whole format: by git's id of each file, its digest and its front matter::

    {
      "d670460b4b4aece5915caf5c68d12f560a9fe3e4": ["5891b5b5…", "change: material\nsummary: …\n"]
    }
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from inforce.formats.revision_file import Examined


def dump(known: Mapping[str, Examined]) -> bytes:
    """The bytes of what is known, by git's ids."""
    return json.dumps({blob: [one.digest, one.front_matter] for blob, one in known.items()}).encode()


def load(data: bytes) -> dict[str, Examined]:
    """What `dump` made these bytes of."""
    return {blob: Examined(*one) for blob, one in json.loads(data).items()}
