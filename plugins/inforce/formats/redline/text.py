"""A redline as plain text, in sentences: for a mail, and for paper."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import pairwise

from inforce.core.clause import Clause, Kind, Word, plain
from inforce.core.redline import Aspect, Change, Done, Placed
from inforce.core.wording import Fate, Stretch
from inforce.formats.redline.words import Comparison, Sections, Text, counted, described, measured, quoted, set_off

_WIDTH = 76
_AROUND = 8
"""How many kept words are shown before and after a change."""
_GAP = "[…]"
_GROUPED = (Done.MOVED, Done.INSERTED, Done.DELETED)
_BEGINNING = 12
"""How many words of a moved clause are shown, which nobody changed."""


def redline_text(comparison: Comparison) -> Iterator[str]:
    """The lines of it."""
    yield "REDLINE"
    yield ""
    yield from _text("Old", comparison.old)
    yield from _text("New", comparison.new)
    yield ""
    changes = [one for one in comparison.redline.changes if one.done is not Done.KEPT]
    if not changes:
        yield "The texts are the same, clause by clause and word by word."
        return
    yield from _filled(f"{measured(comparison)}. {_word_count(comparison)}")
    if comparison.redline.is_coarse:
        yield from _filled(
            "These texts are so long that less was compared word by word than usual: more can be marked than changed."
        )
    sections = Sections(comparison)
    entries = [list(_entry(number, group, sections)) for number, group in enumerate(_groups(changes), start=1)]
    if any(_GAP in line for entry in entries for line in entry):
        yield f"{_GAP} stands for words that are the same in both texts."
    for entry in entries:
        yield ""
        yield from entry


def _text(label: str, text: Text) -> Iterator[str]:
    posted = f", posted {text.posted}" if text.posted else ""
    yield f"{label}: {text.name}{posted}"
    yield f"     SHA-256 {text.digest}"


def _word_count(comparison: Comparison) -> str:
    measure = comparison.redline.measure()
    inserted = counted(measure.words_inserted, "word or sign", "words and signs")
    return f"{inserted} inserted, {measure.words_deleted} deleted."


def _groups(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes; clauses that were moved, inserted or deleted side by side together."""
    group: list[Change] = []
    for change in changes:
        if group and not _belongs(group[-1], change):
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _belongs(before: Change, change: Change) -> bool:
    if change.done != before.done or change.done not in _GROUPED:
        return False
    return all(
        second[0].place == first[0].place + 1
        for first, second in ((before.old, change.old), (before.new, change.new))
        if first and second
    )


def _entry(number: int, group: list[Change], sections: Sections) -> Iterator[str]:
    first = group[0]
    where = sections.of(first)
    is_heading = (first.new or first.old)[0].clause.kind is Kind.HEADING
    label = f"{number}. "
    sentences = list(_sentences(group, sections))
    opening = sentences[0][0].upper() + sentences[0][1:]
    if where and not is_heading:
        opening = f'Under "{where}", {sentences[0]}'
    yield from _filled(opening, label)
    for sentence in sentences[1:]:
        yield from _filled(sentence, " " * len(label))


def _sentences(group: list[Change], sections: Sections) -> Iterator[str]:
    change = group[0]
    match change.done:
        case Done.INSERTED:
            yield _whole(group, "was inserted", "were inserted")
            yield from (_quoted_clause(one.new[0].clause) for one in group)
        case Done.DELETED:
            yield _whole(group, "was deleted", "were deleted")
            yield from (_quoted_clause(one.old[0].clause) for one in group)
        case Done.MOVED:
            origin = _origin(change, sections)
            yield _whole(group, f"was moved here{origin}, unchanged", f"were moved here{origin}, unchanged")
            yield from (_quoted_clause(one.new[0].clause, _BEGINNING) for one in group)
        case Done.SPLIT:
            yield f"{_article(change.old)} was split into {len(change.new)}."
            yield from _edits(change)
            yield from _both(change)
        case Done.JOINED:
            yield f"{len(change.old)} clauses, the first of them {_article(change.old)}, were joined into one."
            yield from _edits(change)
            yield from _both(change)
        case _:
            moved = f"was moved here{_origin(change, sections)}, and edited" if change.is_moved else "was edited"
            yield f"{_article(change.new)} {moved}."
            yield from _edits(change)
            if change.stretches and any(one.fate is not Fate.KEPT for one in change.stretches):
                yield from _both(change)
            else:
                yield _quoted_clause(change.new[0].clause, _BEGINNING)


def _whole(group: list[Change], one: str, many: str) -> str:
    if len(group) == 1:
        return f"{_article(group[0].new or group[0].old)} {one}:"
    return f"{counted(len(group), 'clause')} {many}:"


def _origin(change: Change, sections: Sections) -> str:
    before = sections.before(change)
    if change.old[0].clause.kind is Kind.HEADING:
        return ""
    return f' from under "{before}"' if before else " from above the first heading"


def _article(placed: Sequence[Placed]) -> str:
    return _with_article(placed[0].clause)


def _with_article(clause: Clause) -> str:
    name = described(clause)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _edits(change: Change) -> Iterator[str]:
    """What was done to it, each in a sentence."""
    old, new = change.old[0].clause, change.new[0].clause
    if Aspect.STRUCTURE in change.aspects:
        yield f"It is {_with_article(new)} now; before, it was {_with_article(old)}."
    if Aspect.LEVEL in change.aspects:
        yield _level(old, new)
    stretches = change.stretches
    for index, stretch in enumerate(stretches):
        following = stretches[index + 1] if index + 1 < len(stretches) else None
        match stretch.fate:
            case Fate.DELETED if following is not None and following.fate is Fate.INSERTED:
                yield _sentence(f"{quoted(stretch.old)} was replaced by {quoted(following.new)}")
            case Fate.DELETED:
                yield f"Deleted: {quoted(stretch.old)}"
            case Fate.INSERTED if not (index and stretches[index - 1].fate is Fate.DELETED):
                yield f"Inserted: {quoted(stretch.new)}"
            case Fate.LINKED:
                yield _link(stretch)
            case Fate.FORMATTED:
                yield (
                    f"Formatting alone: {quoted(stretch.new)} is {set_off(stretch.new[0])} now; "
                    f"before, it was {set_off(stretch.old[0])}."
                )


def _sentence(text: str) -> str:
    """The text with a full stop, unless it ends with one that is quoted."""
    return text if text.endswith(('."', '!"', '?"')) else f"{text}."


def _level(old: Clause, new: Clause) -> str:
    if new.kind is Kind.HEADING:
        return f"The heading's level is {new.level} now; before, it was {old.level}."
    if new.kind is Kind.ROW:
        return "It heads its table now." if new.level else "It does not head its table any more."
    return f"The list begins at {new.level or 1} now; before, it began at {old.level or 1}."


def _link(stretch: Stretch) -> str:
    old, new = stretch.old[0].link, stretch.new[0].link
    if old is None:
        return f"{quoted(stretch.new)} is a link to {new} now."
    if new is None:
        return f"{quoted(stretch.new)} is no link any more; before, it led to {old}."
    return f"The link of {quoted(stretch.new)} leads to {new} now; before, it led to {old}."


def _both(change: Change) -> Iterator[str]:
    if Aspect.WORDS not in change.aspects:
        yield f'Text: "{_excerpt(change.stretches, is_new=True)}"'
        return
    for label, is_new in (("Old", False), ("New", True)):
        texts = [_excerpt(part, is_new=is_new) for part in change.parts]
        if is_new == (change.done is Done.SPLIT) and len(texts) > 1:
            yield from (f'{label} ({number}): "{text}"' for number, text in enumerate(texts, start=1))
        else:
            yield f'{label}: "{_excerpt(change.stretches, is_new=is_new)}"'


def _excerpt(stretches: Sequence[Stretch], *, is_new: bool) -> str:
    """The words of one side; of long kept stretches only those around the changes."""
    shown: list[str] = []
    around = [None, *stretches, None]
    for (before, stretch), (_, after) in pairwise(pairwise(around)):
        if stretch is None:
            continue
        words = stretch.new if is_new else stretch.old
        shown.append(_shortened(words, before, after) if stretch.fate is Fate.KEPT else _joined(words))
    return "".join(shown).strip().replace("\n", " / ")


def _shortened(words: tuple[Word, ...], before: Stretch | None, after: Stretch | None) -> str:
    first, last = (_AROUND if before else 0), (_AROUND if after else 0)
    if len(words) <= first + last + 4:
        return _joined(words)
    beginning = f"{_joined(words[:first])} " if first else ""
    return f"{beginning}{_GAP}{_joined(words[-last:]) if last else ''}"


def _joined(words: Sequence[Word]) -> str:
    text = plain(words)
    return f"{words[0].before}{text}" if words else ""


def _quoted_clause(clause: Clause, most: int = 0) -> str:
    if not clause.words:
        return "(without words)"
    if most and len(clause.words) > most + 3:
        return f'"{plain(clause.words[:most])} {_GAP}"'.replace("\n", " / ")
    return quoted(clause.words)


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
