"""What `inforce verify --json` answers. The whole format::

    {
      "files": [
        {
          "file": "privacy-policy/privacy-policy-2018-04-10.pdf",
          "level": "B-LTA",
          "policy": "privacy-policy",
          "reasons": [
            {"about": "signature", "good": true, "words": "the signature is intact and covers the whole file …"}
          ],
          "revision": "2018-04-10",
          "verdict": "authentic"
        }
      ],
      "verdict": "authentic"
    }

`verdict` is one of `authentic`, `test-signed`, `cannot tell` and `altered`; that of the whole is the worst one, and
`cannot tell` where there is nothing to check. `good` is null where a reason speaks neither for the copy nor against it.
`level`, `policy` and `revision` are null where the file does not tell.
"""

from __future__ import annotations

from collections.abc import Iterable

from inforce.core.verdict import Checked, worst
from inforce.formats.json_text import Json


def verdict_json(files: Iterable[tuple[str, Checked]]) -> Json:
    """The answer."""
    told = list(files)
    return {"files": [_file(place, one) for place, one in told], "verdict": worst(one.verdict for _, one in told)}


def _file(place: str, checked: Checked) -> Json:
    return {
        "file": place,
        "level": checked.level,
        "policy": checked.policy,
        "reasons": [{"about": one.about, "good": one.is_good, "words": one.words} for one in checked.reasons],
        "revision": checked.revision,
        "verdict": checked.verdict,
    }
