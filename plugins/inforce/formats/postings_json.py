"""`postings.json`: every posting of every policy, in order; what the next build is held to (rule 7).

The whole format::

    {
      "postings": [
        {
          "commit": "…40 hexadecimal digits…",
          "digest": "…64 hexadecimal digits…",
          "policy": "privacy-policy",
          "posted": "2018-04-10T09:00:00+09:00",
          "revision": "2018-04-10"
        }
      ]
    }

A stated posting has `source` in the place of `commit`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from inforce.core.instant import format_instant, parse_instant
from inforce.core.record import Published, Record
from inforce.formats.json_text import Json

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def postings_table(record: Record) -> Json:
    """The table; instants have the offset of the policy's time zone at the posting."""
    lines = []
    for one in record.postings():
        known = {"source": one.posting.source} if one.posting.is_stated else {"commit": one.posting.commit}
        posted = format_instant(one.posted, one.zone)
        lines.append({"digest": one.digest, "policy": one.policy, "posted": posted, "revision": one.name, **known})
    return {"postings": lines}


def parse_postings(data: bytes) -> Sequence[Published]:
    """The table, read back.

    Raises:
        ValueError: it is no such table; the message says why.
    """
    try:
        table = json.loads(data)
        lines = table["postings"]
        return tuple(_line(line) for line in lines)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"no JSON (line {wrong.lineno}: {wrong.msg})") from None
    except UnicodeDecodeError:
        raise ValueError("no UTF-8") from None
    except (KeyError, TypeError, RecursionError):
        raise ValueError("it has another shape than schemas/postings.schema.json says") from None


def _line(line: Json) -> Published:
    posted = parse_instant(line["posted"])
    policy, revision, digest = line["policy"], line["revision"], line["digest"]
    source = line.get("source", "")
    if posted is None or not all(isinstance(one, str) for one in (policy, revision, source)):
        raise TypeError
    if not _DIGEST.fullmatch(digest):
        raise TypeError
    return Published(policy, revision, digest, posted, source or None)
