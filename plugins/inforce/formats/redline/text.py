"""A redline as plain text, in sentences: for a mail, and for paper."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from inforce.core.redline import Done
from inforce.formats.messages import ENGLISH, messages_in
from inforce.formats.redline.sentences import Entry, Sentences
from inforce.formats.redline.words import GAP, Comparison, Text, measured, words_counted

_WIDTH = 76


def redline_text(comparison: Comparison) -> Iterator[str]:
    """The lines of it."""
    say = messages_in(ENGLISH)
    yield "REDLINE"
    yield ""
    yield from _text("Old", comparison.old)
    yield from _text("New", comparison.new)
    yield ""
    if all(one.done is Done.KEPT for one in comparison.redline.changes):
        yield say("redline.same")
        return
    yield from _filled(f"{measured(comparison, say)} {words_counted(comparison, say)}")
    if comparison.redline.is_coarse:
        yield from _filled(say("redline.coarse"))
    entries = [list(_entry(one)) for one in Sentences(comparison, say).entries()]
    if any(GAP in line for entry in entries for line in entry):
        yield say("redline.gap", gap=GAP)
    for entry in entries:
        yield ""
        yield from entry


def _text(label: str, text: Text) -> Iterator[str]:
    posted = f", posted {text.posted}" if text.posted else ""
    yield f"{label}: {text.name}{posted}"
    yield f"     SHA-256 {text.digest}"


def _entry(entry: Entry) -> Iterator[str]:
    label = f"{entry.number}. "
    yield from _filled(entry.sentence, label)
    for detail in entry.details:
        yield from _filled(detail.sentence, " " * len(label))


def _filled(text: str, label: str = "") -> list[str]:
    """The text in lines, each one indented as deep as the label is wide."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
