r"""`clauses.json`: the clauses of a revision, with their identities; what redlines in the browser are made of.

The whole format::

    {
      "clauses": [
        {
          "id": "c-we-ask-you",
          "in": ["list"],
          "kind": "item",
          "level": 0,
          "text": ["We ask you ", {"link": null, "marks": ["strong"], "text": "first"}, "."]
        }
      ],
      "digest": "…64 hexadecimal digits…",
      "identity": 1,
      "joined": {},
      "policy": "privacy-policy",
      "posted": "2018-04-10T09:00:00+09:00",
      "revision": "2018-04-10",
      "split": {"c-rights-2": "c-rights"}
    }

`text` is a list of runs. A run is a string where words are plain; otherwise it says how they are set off (`marks`) and
the target of the link in which they stand. The words are got back from the runs, each by itself: `core/words.py` cuts
a run, white space before a word included; in a clause of the kind `code` line ends, stretches of blanks and what is
between them are the words. The sign of a footnote is one word, and so is the border between two cells of a row, U+001F.
A run ends where marks or link change, and where words could not be got back otherwise.

`identity` is the version of the rules by which identities are given; `split` and `joined` are those of `Identified`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from json.encoder import encode_basestring

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word
from inforce.core.identity import VERSION, Identified
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.words import cut, cut_code
from inforce.formats.json_text import Json


class ClauseTexts:
    """Clauses as JSON. A clause object that several revisions share is written once."""

    def __init__(self) -> None:
        """Begin with no clause written; whatever is written stays in memory."""
        self._known: dict[int, tuple[Clause, str]] = {}

    def of(self, clause: Clause) -> str:
        """The clause's members but for its identity, each on a line, as they stand in the file."""
        known = self._known.get(id(clause))
        if known is None:
            known = self._known[id(clause)] = clause, _members(clause)
        return known[1]


def clauses_json(
    revision: Revision, clauses: Sequence[Clause], identified: Identified, texts: ClauseTexts | None = None
) -> bytes:
    """The file, as `to_json` would write it.

    Args:
        revision: whose clauses they are.
        clauses: in reading order.
        identified: their identities.
        texts: what was written before, for revisions of the same policy.
    """
    texts = texts or ClauseTexts()
    written = ",\n".join(
        f'    {{\n      "id": {encode_basestring(name)},\n{texts.of(clause)}\n    }}'
        for name, clause in zip(identified.names, clauses, strict=True)
    )
    rest = {
        "digest": revision.digest,
        "identity": VERSION,
        "joined": dict(identified.joined),
        "policy": revision.policy,
        "posted": format_instant(revision.posted, revision.zone),
        "revision": revision.name,
        "split": dict(identified.split),
    }
    listed = f"[\n{written}\n  ]" if written else "[]"
    further = json.dumps(rest, ensure_ascii=False, indent=2, sort_keys=True)[2:-2]
    return f'{{\n  "clauses": {listed},\n{further}\n}}\n'.encode()


@dataclass(frozen=True, slots=True)
class RevisionClauses:
    """What the file says: the clauses of a revision, in reading order, and their identities."""

    policy: str
    revision: str
    digest: str
    clauses: tuple[Clause, ...]
    identified: Identified


def read_clauses_json(data: bytes) -> RevisionClauses:
    """The file, read back.

    Raises:
        ValueError: it is no such file, or its identities are given by other rules; the message says which.
    """
    try:
        table = json.loads(data)
        version = table["identity"]
        read = _read(table) if version == VERSION else None
    except json.JSONDecodeError as wrong:
        raise ValueError(f"no JSON (line {wrong.lineno}: {wrong.msg})") from None
    except UnicodeDecodeError:
        raise ValueError("no UTF-8") from None
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise ValueError("it has another shape than schemas/clauses.schema.json says") from None
    if read is None:
        raise ValueError(f"its identities are of version {version}; version {VERSION} is known here")
    return read


def _read(table: Json) -> RevisionClauses:
    clauses = tuple(map(_clause, table["clauses"]))
    names = tuple(one["id"] for one in table["clauses"])
    identified = Identified(names, table["split"], table["joined"])
    return RevisionClauses(table["policy"], table["revision"], table["digest"], clauses, identified)


def _members(clause: Clause) -> str:
    text = [encode_basestring(run) if isinstance(run, str) else _set_off(run) for run in _runs(clause)]
    return (
        f'      "in": {_frames(clause.frames)},\n      "kind": "{clause.kind}",\n      "level": {clause.level},\n'
        f'      "text": {_listed(text, 6)}'
    )


@lru_cache(256)
def _frames(frames: tuple[str, ...]) -> str:
    return _listed(list(map(encode_basestring, frames)), 6)


def _set_off(run: Json) -> str:
    link = "null" if run["link"] is None else encode_basestring(run["link"])
    marks = _listed([f'"{mark}"' for mark in run["marks"]], 10)
    lines = [f'"link": {link}', f'"marks": {marks}', f'"text": {encode_basestring(run["text"])}']
    return "{\n          " + ",\n          ".join(lines) + "\n        }"


def _listed(values: Sequence[str], indent: int) -> str:
    """An array whose brackets stand in so deep a line; the values are JSON already."""
    if not values:
        return "[]"
    between = "\n" + " " * (indent + 2)
    return f"[{between}{f',{between}'.join(values)}\n{' ' * indent}]"


def _runs(clause: Clause) -> Iterator[str | Json]:
    if all(word.link is None and not word.marks and word.text != BORDER for word in clause.words):
        yield from _got_back(clause.words, clause.kind)
        return
    for (marks, link, _), words in groupby(clause.words, _setting):
        for text in _got_back(tuple(words), clause.kind):
            yield {"link": link, "marks": list(marks), "text": text} if marks or link is not None else text


def _setting(word: Word) -> tuple[tuple[Mark, ...], str | None, bool]:
    """What words of a run share; the border of a cell is never among others."""
    return word.marks, word.link, word.text == BORDER


def _got_back(words: Sequence[Word], kind: Kind) -> Iterator[str]:
    """Texts of words that are set alike: as few as give back the words."""
    start = 0
    while start < len(words):
        end = len(words)
        while (same := _same(words[start:end], kind)) < end - start:
            end = start + max(same, 1)
            if end == start + 1:
                break
        yield _joined(words[start:end])
        start = end


def _same(words: Sequence[Word], kind: Kind) -> int:
    """How many of the words, from the first on, their common text gives back."""
    found = list(_cut(_joined(words), words[0].marks, kind))
    if found == [(word.before, word.text) for word in words]:
        return len(words)
    same = 0
    for (space, text), word in zip(found, words, strict=False):
        if (space, text) != (word.before, word.text):
            break
        same += 1
    return same


def _joined(words: Iterable[Word]) -> str:
    return "".join([word.before + word.text for word in words])


def _cut(run: str, marks: Sequence[Mark], kind: Kind) -> Iterable[tuple[str, str]]:
    """The words of a run, and the white space before each."""
    if kind is Kind.CODE:
        return (("", word) for word in cut_code(run))
    if Mark.FOOTNOTE in marks or run == BORDER:
        word = run.lstrip(" \n")
        return [(run[: len(run) - len(word)], word)]
    return cut(run)


def _clause(told: Json) -> Clause:
    kind = Kind(told["kind"])
    words = tuple(word for run in told["text"] for word in _words(run, kind))
    return Clause(kind, words, tuple(told["in"]), told["level"])


def _words(run: str | Json, kind: Kind) -> Iterator[Word]:
    """The words of a run, plain or set off."""
    setting = {"link": None, "marks": [], "text": run} if isinstance(run, str) else run
    marks = tuple(map(Mark, setting["marks"]))
    for space, text in _cut(setting["text"], marks, kind):
        yield Word(text, marks, setting["link"], space)
