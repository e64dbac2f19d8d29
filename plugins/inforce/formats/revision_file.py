r"""A revision file: front matter, and the text.

The whole format (every key optional but for what rules 4, 5 and 8 and the second revision on require)::

    ---
    title: Privacy Policy of Qstore     # for this revision, instead of the policy's title
    change: material                    # material | clarifying | editorial | imported; not on the first revision
    summary:
      - Your information is now stored in the Republic of Korea.
    effective:                          # or one rule for both audiences
      current_users: 2018-05-10
      new_users: on acceptance
    accept_by: 2018-06-10               # until when current users are asked to answer
    overtakes: [2017-05-02]             # scheduled or offered revisions that this one withdraws
    keeps: [2018-04-10]                 # scheduled revisions that take effect as planned, after this one
    corrects: 2018-04-10                # the one revision for which this editorial one stands
    posted: 2018-04-10T09:00:00+09:00   # with `source`: published before this record existed
    source: Publication log of the legal department, entry 2018/11
    ---
    # Privacy Policy
    …
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from inforce.core.errors import Fault
from inforce.core.instant import parse_date, parse_instant
from inforce.core.policy import ChangeClass, Declaration
from inforce.core.record import Reading
from inforce.formats.effective import take_effective
from inforce.formats.strict_yaml import Fields, Keys, YamlError, parse_mapping
from inforce.formats.text.clean_text import decode
from inforce.formats.text.markdown import text_faults

KEYS = (
    "title",
    "change",
    "summary",
    "effective",
    "accept_by",
    "overtakes",
    "keeps",
    "corrects",
    "posted",
    "source",
)
UNWRITTEN_SUMMARY = "Say in a plain sentence what changes for members."
"""The summary with which a new draft begins; nothing is posted with it."""
_CLASSES = tuple(ChangeClass)
_FENCE = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*\r?$\n?", re.MULTILINE)
_CONFLICT = re.compile(r"^(<{7}|>{7}) .*$", re.MULTILINE)
_SECOND_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(?:[a-z_]+:.*\r?\n|[ \t#-].*\r?\n)+---[ \t]*\r?$", re.MULTILINE)
_LFS = b"version https://git-lfs.github.com/spec/"


def split(text: str) -> tuple[str | None, str, int]:
    """The front matter (None where there is none), the body, and the line on which the body begins.

    Raises:
        ValueError: front matter that begins late or does not end, told for a person.
    """
    opening = _FENCE.match(text)
    if opening is None:
        if _FENCE.match(text.lstrip()):
            raise ValueError("the front matter does not begin on the first line")
        return None, text, 1
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise ValueError("the front matter does not end: there is no second line `---`")
    return text[opening.end() : closing.start()], text[closing.end() :], text.count("\n", 0, closing.end()) + 1


def body(data: bytes) -> str:
    """The Markdown of a revision file that was parsed without fault."""
    return split(data.decode("utf-8"))[1]


@dataclass(frozen=True, slots=True)
class Examined:
    """A revision file in which nothing is wrong but perhaps its front matter: its digest, and that."""

    digest: str
    front_matter: str


def parse_revision(data: bytes) -> Reading[Declaration]:
    """What a revision file declares, or everything that is wrong with it."""
    examined = examine(data)
    if examined.value is None or examined.faults:
        declared = declaration_of(examined.value).faults if examined.value else ()
        faults = sorted([*declared, *examined.faults], key=lambda fault: fault.line or 0)
        return Reading(None, tuple(faults))
    return declaration_of(examined.value)


def examine(data: bytes) -> Reading[Examined]:
    """What is to be looked at but once for the same bytes; the value is there with faults of the text too."""
    if data.startswith(_LFS):
        what = "this is a pointer of Git LFS: the record holds the text itself"
        return Reading(None, (Fault(what, "take the file out of LFS (`git lfs untrack`), and commit it anew", 1),))
    decoded = decode(data)
    if decoded.value is None:
        return Reading(None, decoded.faults)
    try:
        front_matter, text, line = split(decoded.value)
    except ValueError as wrong:
        todo = "the file begins with a line `---`, then `key: value` lines, then `---`, then the text"
        return Reading(None, (Fault(str(wrong), todo, 1),))
    faults = (*text_faults(text, line), *leftovers(text, line))
    return Reading(Examined(hashlib.sha256(data).hexdigest(), front_matter or ""), faults)


def declaration_of(examined: Examined) -> Reading[Declaration]:
    """What the front matter declares, or everything that is wrong with it."""
    try:
        keys = parse_mapping(examined.front_matter, 2)
    except YamlError as wrong:
        return Reading(None, wrong.faults)
    declaration, faults = _declaration(keys, examined.digest)
    faults = sorted(faults, key=lambda fault: fault.line or 0)
    return Reading(None if faults else declaration, tuple(faults))


def leftovers(text: str, first_line: int) -> Iterator[Fault]:
    """What an editor or a merge left in a text, and nobody can have meant."""
    for found in _CONFLICT.finditer(text) if "<" in text or ">" in text else ():
        line = first_line + text.count("\n", 0, found.start())
        yield Fault(f"`{found[0].strip()}` was left by a merge", "settle the conflict, and delete its marks", line)
    if _SECOND_FRONT_MATTER.match(text):
        yield Fault("a second front matter stands in the text", "keep one, at the top of the file", first_line)


def _declaration(keys: Keys, digest: str) -> tuple[Declaration, list[Fault]]:
    fields = Fields(keys, KEYS)
    change = fields.choice("change", _CLASSES)
    corrects = fields.texts("corrects")
    if len(corrects) > 1:
        fields.fault("corrects", "`corrects` names more than one revision", "post one correction for each (rule 5)")
    summary = fields.texts("summary")
    if UNWRITTEN_SUMMARY in summary:
        fields.fault("summary", "the summary is still the one that a new draft begins with", "write what changes")
    declaration = Declaration(
        digest=digest,
        title=fields.text("title"),
        change=ChangeClass(change) if change else None,
        summary=summary,
        effective=take_effective(fields),
        accept_by=_moment(fields, "accept_by"),
        overtakes=fields.texts("overtakes"),
        keeps=fields.texts("keeps"),
        corrects=corrects[0] if corrects else None,
        posted=_moment(fields, "posted"),
        source=fields.text("source"),
        lines=keys.lines,
    )
    return declaration, fields.faults


def _moment(fields: Fields, key: str) -> date | datetime | None:
    text = fields.text(key)
    if text is None:
        return None
    try:
        moment = parse_date(text) or parse_instant(text)
        wrong = f"{text} is no date and no instant"
    except ValueError as error:
        moment, wrong = None, str(error)
    if moment is None:
        fields.fault(key, f"`{key}`: {wrong}", "write 2018-05-10 or 2018-05-10T09:00:00+09:00")
    return moment
