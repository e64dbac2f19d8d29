r"""A redline as JSON: the clauses and words of both texts, and what became of each.

::

    {"changes": [
       {"aspects": ["words"], "change": "edited", "coarse": false,
        "new": [{"id": "c-you-may-cancel", "in": ["list"], "kind": "item", "level": 0, "place": 7}],
        "old": [{"id": "c-you-may-cancel", "in": ["list"], "kind": "item", "level": 0, "place": 7}],
        "parts": [[
          {"fate": "kept", "new": "within", "old": "within"},
          {"fate": "deleted", "old": " 30"},
          {"fate": "inserted", "new": " 60"},
          {"fate": "kept", "new": " days", "old": " days"}]],
        "section": "Cancelling"}],
     "coarse": false,
     "measure": {"changed": 1, "clauses": 41, "moved": 0, "words_deleted": 1, "words_inserted": 1},
     "new": {"digest": "…64 hexadecimal digits…", "name": "privacy-policy/2018-04-10", "posted": "…"},
     "old": {"digest": "…", "name": "privacy-policy/2017-05-18", "posted": "…"}}

`id` is the clause's identity, for two revisions of one policy; otherwise null, and so is `posted` of a file.
`parts` has one list of stretches, or one for each of several clauses on a side. Cells of a row are separated by U+001F.
A stretch that is `linked` has `new_link` and `old_link` too, one that is `formatted` `new_marks` and `old_marks`. Links
and formatting of other words are not told.
"""

from __future__ import annotations

from collections.abc import Iterable

from inforce.core.clause import Word
from inforce.core.redline import Change, Placed
from inforce.core.wording import Fate, Stretch
from inforce.formats.json_text import Json
from inforce.formats.redline.words import Comparison, Locations, Text


def redline_json(comparison: Comparison) -> Json:
    """What `inforce redline --format json` answers."""
    redline, measure = comparison.redline, comparison.redline.measure()
    locations = Locations(comparison)
    return {
        "changes": [_change(one, locations, comparison) for one in redline.changes],
        "coarse": redline.is_coarse,
        "measure": {
            "changed": measure.changed,
            "clauses": measure.clauses,
            "moved": measure.moved,
            "words_deleted": measure.words_deleted,
            "words_inserted": measure.words_inserted,
        },
        "new": _text(comparison.new),
        "old": _text(comparison.old),
    }


def _text(text: Text) -> Json:
    return {"digest": text.digest, "name": text.name, "posted": text.posted}


def _change(change: Change, locations: Locations, comparison: Comparison) -> Json:
    return {
        "aspects": sorted(change.aspects),
        "change": change.done,
        "coarse": change.is_coarse,
        "new": [_clause(one, comparison.new) for one in change.new],
        "old": [_clause(one, comparison.old) for one in change.old],
        "parts": [list(map(_stretch, part)) for part in change.parts],
        "section": locations.section(change) or None,
    }


def _clause(placed: Placed, text: Text) -> Json:
    clause = placed.clause
    return {
        "id": text.identities[placed.place] if text.identities else None,
        "in": list(clause.frames),
        "kind": clause.kind,
        "level": clause.level,
        "place": placed.place,
    }


def _stretch(stretch: Stretch) -> Json:
    told: Json = {"fate": stretch.fate}
    if stretch.fate is not Fate.INSERTED:
        told["old"] = _joined(stretch.old)
    if stretch.fate is not Fate.DELETED:
        told["new"] = _joined(stretch.new)
    if stretch.fate is Fate.LINKED:
        told |= {"old_link": stretch.old[0].link, "new_link": stretch.new[0].link}
    if stretch.fate in (Fate.LINKED, Fate.FORMATTED):
        told |= {"old_marks": list(stretch.old[0].marks), "new_marks": list(stretch.new[0].marks)}
    return told


def _joined(words: Iterable[Word]) -> str:
    return "".join(word.before + word.text for word in words)
