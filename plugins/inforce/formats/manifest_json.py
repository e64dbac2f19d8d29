"""`manifest.json`: every file of an archive, and each state that it has had.

The whole format::

    {
      "files": [
        {
          "certificate": "…64 hexadecimal digits…",
          "digest": "…64 hexadecimal digits…",
          "file": "privacy-policy/privacy-policy-2018-04-10.pdf",
          "policy": "privacy-policy",
          "revision": "2018-04-10",
          "states": [
            {
              "digest": "…64 hexadecimal digits…",
              "level": "B-T",
              "size": 123456,
              "time": "2018-04-10T00:00:05Z"
            }
          ],
          "unsigned": {
            "digest": "…64 hexadecimal digits…",
            "size": 120000
          }
        }
      ],
      "kind": "archive",
      "presentations": [
        {
          "audience": "new_users",
          "digest": "…64 hexadecimal digits…",
          "file": "privacy-policy/privacy-policy-2018-04-10.new_users.html",
          "policy": "privacy-policy",
          "revision": "2018-04-10",
          "size": 23456
        }
      ],
      "version": 1
    }

All digests are SHA-256. `digest` is the revision's, and so of its `source.md`; `unsigned.digest` is of the PDF before
it was signed, which are the first `unsigned.size` bytes of the file; each digest of `states` is of the first `size`
bytes. The last state is that of the whole file. `level` is a level of PAdES, `time` the instant since when the file has
that state, by the clock of whoever signed. `certificate` is of the signer's certificate in DER. The files stand in the
order of their policies and revisions. `kind` is `test-signed` where a throw-away key signed; such files are named
`…-TEST-SIGNED.pdf`.

`presentations` is left out where there are none. They stand in the order of policies, revisions and audiences; each has
one `digest` and one `size` for ever.

An entry alone, written the same way, is what a run keeps of a file that is not in the manifest yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from inforce.core.address import slug_fault
from inforce.core.archive import Archived, KeptPresentation, Level, Manifest, State, place_of
from inforce.core.effect import Audience
from inforce.core.instant import parse_instant
from inforce.formats.json_text import Json, to_json

Value = TypeVar("Value")
VERSION = 1
_KINDS = {"archive": False, "test-signed": True}
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SCHEMA = "schemas/manifest.schema.json"


def manifest_json(manifest: Manifest) -> bytes:
    """The manifest as it lies in the archive; the same manifest gives the same bytes."""
    kind = next(kind for kind, is_test in _KINDS.items() if is_test == manifest.is_test)
    files = [_entry(one, is_test=manifest.is_test) for one in manifest]
    kept = [_presentation(one) for one in manifest.kept]
    return to_json({"files": files, "kind": kind, **({"presentations": kept} if kept else {}), "version": VERSION})


def parse_manifest(data: bytes, *, is_known: bool = False) -> Manifest:
    """The manifest, read back; one that `is_known` was read before, to the byte.

    Raises:
        ValueError: it is not to the byte what `manifest_json` writes; the message says why.
    """
    return _manifest(json.loads(data)) if is_known else _exactly(data, _manifest, manifest_json)


def entry_json(archived: Archived, *, is_test: bool) -> bytes:
    """One entry alone."""
    return to_json(_entry(archived, is_test=is_test))


def parse_entry(data: bytes, *, is_test: bool) -> Archived:
    """One entry, read back.

    Raises:
        ValueError: it is not to the byte what `entry_json` writes; the message says why.
    """
    return _exactly(data, lambda read: _archived(read, is_test=is_test), lambda one: entry_json(one, is_test=is_test))


def _exactly(data: bytes, parse: Callable[[Any], Value], write: Callable[[Value], bytes]) -> Value:
    try:
        value = parse(json.loads(data))
    except json.JSONDecodeError as wrong:
        raise ValueError(f"no JSON (line {wrong.lineno}: {wrong.msg})") from None
    except UnicodeDecodeError:
        raise ValueError("no UTF-8") from None
    except (KeyError, TypeError, IndexError, RecursionError):
        raise ValueError(f"it has another shape than {_SCHEMA} says") from None
    if write(value) != data:
        raise ValueError("it says what it says in another way than it was written: other keys, order or white space")
    return value


def _manifest(read: Any) -> Manifest:
    if read["version"] != VERSION:
        raise ValueError(f"it is of version {read['version']!r}, and only version {VERSION} is known here")
    is_test = _KINDS[read["kind"]]
    entries = [_archived(one, is_test=is_test) for one in read["files"]]
    files = {one.key: one for one in entries}
    if len(files) != len(entries):
        raise ValueError("it has a revision twice")
    kept = [_kept(one) for one in read.get("presentations", ())]
    presentations = {one.key: one for one in kept}
    if len(presentations) != len(kept):
        raise ValueError("it has a presentation twice")
    if is_test and kept:
        raise ValueError("it is of no archive, and has presentations")
    return Manifest(files, is_test, presentations)


def _entry(archived: Archived, *, is_test: bool) -> Json:
    return {
        "certificate": archived.certificate,
        "digest": archived.source,
        "file": place_of(*archived.key, is_test=is_test),
        "policy": archived.policy,
        "revision": archived.revision,
        "states": [
            {"digest": one.digest, "level": one.level.value, "size": one.size, "time": _written(one.time)}
            for one in archived.states
        ],
        "unsigned": {"digest": archived.unsigned, "size": archived.unsigned_size},
    }


def _presentation(kept: KeptPresentation) -> Json:
    return {
        "audience": kept.audience.value,
        "digest": kept.digest,
        "file": kept.place,
        "policy": kept.policy,
        "revision": kept.revision,
        "size": kept.size,
    }


def _kept(read: Any) -> KeptPresentation:
    if read["audience"] not in list(Audience):
        raise TypeError
    policy, revision = _slug(read["policy"], "policy"), _slug(read["revision"], "revision")
    kept = KeptPresentation(policy, revision, Audience(read["audience"]), _digest(read["digest"]), _size(read))
    if read["file"] != kept.place:
        raise ValueError(f"a presentation of {policy}/{revision} is called {read['file']!r}")
    return kept


def _archived(read: Any, *, is_test: bool) -> Archived:
    policy, revision = _slug(read["policy"], "policy"), _slug(read["revision"], "revision")
    unsigned = read["unsigned"]
    states = tuple(map(_state, read["states"]))
    sizes = [_size(unsigned), *(state.size for state in states)]
    if len(sizes) < 2 or sizes != sorted(set(sizes)):  # noqa: PLR2004 - unsigned, and at least one state
        raise ValueError(f"{policy}/{revision} has no state, or one that is no longer than the one before it")
    if read["file"] != place_of(policy, revision, is_test=is_test):
        raise ValueError(f"the file of {policy}/{revision} is called {read['file']!r}")
    digest = _digest(unsigned["digest"])
    return Archived(policy, revision, _digest(read["digest"]), digest, sizes[0], _digest(read["certificate"]), states)


def _state(read: Any) -> State:
    time = parse_instant(read["time"])
    if time is None or read["level"] not in list(Level):
        raise TypeError
    return State(_digest(read["digest"]), _size(read), Level(read["level"]), time)


def _size(read: Mapping[str, Any]) -> int:
    size = read["size"]
    if type(size) is not int or size <= 0:
        raise TypeError
    return size


def _digest(read: Any) -> str:
    if not _DIGEST.fullmatch(read):
        raise TypeError
    return str(read)


def _slug(read: Any, kind: str) -> str:
    if not isinstance(read, str) or slug_fault(read, kind):
        raise TypeError
    return read


def _written(instant: datetime) -> str:
    """To the second, in UTC.

    >>> _written(datetime(2018, 4, 10, 0, 0, 5, tzinfo=UTC))
    '2018-04-10T00:00:05Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
