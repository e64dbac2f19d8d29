r"""A redline as CriticMarkup: the new text in Markdown, with what was deleted and inserted marked in it.

    Within {~~30~>60~~} days{++, in writing++}.

Marks stand around words, not around the signs of Markdown: an inserted item of a list is `-   {++words++}`. What
CriticMarkup has no marks for is said in comments, `{>>moved here<<}`: moves, splits, levels, containers. The text is
written anew from its clauses. Signs in it that would be Markdown or CriticMarkup are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word
from inforce.core.redline import Aspect, Change, Done
from inforce.core.wording import Fate, Stretch
from inforce.formats.messages import ENGLISH, messages_in
from inforce.formats.redline.words import Comparison, Locations, named

_SIGNS = re.compile(r"[\\`*_{}\[\]|]")
_AT_START = re.compile(r"[#+\-:>!](?!\[)|\d+(?=[.)])")
_DELIMITER = re.compile(r"\{(?:\+\+|--|~~|==|>>)|(?:\+\+|--|~~|==|<<)\}|~>")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_AROUND = {Mark.STRONG: ("**", "**"), Mark.EM: ("*", "*"), Mark.U: ("<u>", "</u>")}
_AROUND |= {Mark.SUB: ("<sub>", "</sub>"), Mark.SUP: ("<sup>", "</sup>")}
_INDENTS = {"quotation": "> ", "table": ""}


def redline_criticmarkup(comparison: Comparison) -> Iterator[str]:
    """The lines of it."""
    locations = Locations(comparison)
    page = _Page()
    for change, is_departure in comparison.redline.with_departures():
        if is_departure:
            page.add(change.old[0].clause, [Stretch(Fate.DELETED, old=change.old[0].clause.words)], ["moved away"])
        elif change.is_moved:
            before = locations.before(change)
            is_under = before.section and not before.is_heading
            note = f'moved here from under "{before.section}"' if is_under else "moved here"
            words = change.new[0].clause.words
            page.add(change.new[0].clause, [Stretch(Fate.INSERTED, new=words)], [note, *_notes(change)])
        elif change.done is Done.SPLIT:
            for number, (placed, part) in enumerate(zip(change.new, change.parts, strict=True)):
                page.add(placed.clause, part, ["split from the clause before"] if number else _notes(change))
        elif change.done is Done.JOINED:
            note = f"joined from {len(change.old)} clauses"
            page.add(change.new[0].clause, change.stretches, [note, *_notes(change)])
        else:
            page.add((change.new or change.old)[0].clause, change.stretches, _notes(change))
    return iter(page.lines)


def _notes(change: Change) -> list[str]:
    """What was done that no mark can show."""
    notes = []
    if change.old and change.new:
        old, new = change.old[0].clause, change.new[0].clause
        if Aspect.LEVEL in change.aspects:
            notes.append(f"level {new.level}, before: {old.level}")
        if new.kind is old.kind is Kind.FOOTNOTE and new.words[0] != old.words[0]:
            notes.append(f"before: {old.words[0].text}")
        if Aspect.STRUCTURE in change.aspects:
            notes.append(f"{_named(new)} now, before: {_named(old)}")
    elif not change.stretches:
        notes.append(f"{change.done}: {_named((change.new or change.old)[0].clause)}")
    return notes


def _named(clause: Clause) -> str:
    return named(clause, messages_in(ENGLISH))


class _Page:
    """Markdown, as it is written clause by clause."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._frames: tuple[str, ...] = ()
        self._last: Clause | None = None

    def add(self, clause: Clause, stretches: Sequence[Stretch], notes: Sequence[str]) -> None:
        """Write a clause with the marks of its words."""
        comments = "".join(f"{{>>{_comment(note)}<<}}" for note in notes)
        if not self._goes_on(clause):
            self.lines.append(_indent(_shared(self._frames, clause.frames)).rstrip() if self.lines else "")
        self._open_boxes(clause)
        self._write(clause, stretches, comments)
        self._frames, self._last = clause.frames, clause

    def _goes_on(self, clause: Clause) -> bool:
        """Whether no empty line stands before it."""
        if self._last is None:
            return True
        is_row = clause.kind is self._last.kind is Kind.ROW and not clause.level
        is_first_definition = clause.kind is Kind.DEFINITION and self._last.kind is Kind.TERM
        return clause.frames == self._frames and (is_row or is_first_definition)

    def _open_boxes(self, clause: Clause) -> None:
        """An admonition without a title begins by itself."""
        shared = len(_shared(self._frames, clause.frames))
        for depth, frame in enumerate(clause.frames[shared:], start=shared):
            is_titled = clause.kind is Kind.TITLE and depth == len(clause.frames) - 1
            if frame.startswith("admonition") and not is_titled:
                self.lines.append(f'{_indent(clause.frames[:depth])}!!! {_box(frame)} ""')

    def _write(self, clause: Clause, stretches: Sequence[Stretch], comments: str) -> None:
        inside, outside = _indent(clause.frames), _indent(clause.frames[:-1])
        match clause.kind:
            case Kind.CODE:
                self.lines += [f"{inside}{line}".rstrip() for line in _code(stretches, comments)]
            case Kind.SEPARATOR | Kind.CONTENTS:
                self.lines += [f"{inside}{comments}", ""] if comments else []
                self.lines.append(f"{inside}{'* * *' if clause.kind is Kind.SEPARATOR else '[TOC]'}")
            case Kind.HEADING | Kind.PARAGRAPH | Kind.ROW:
                self.lines.append(inside + _line(clause, _marked(stretches), comments))
                if clause.kind is Kind.ROW and clause.level:
                    columns = 1 + sum(word.text == BORDER for word in clause.words)
                    self.lines.append(f"{inside}|{' --- |' * columns}")
            case Kind.FOOTNOTE:
                self.lines.append(f"{outside}{clause.words[0].text}: {_marked(_without_label(stretches))}{comments}")
            case _:
                self.lines.append(outside + _line(clause, _marked(stretches), comments).rstrip())


def _line(clause: Clause, words: str, comments: str) -> str:
    """A clause with the signs of Markdown that make it what it is."""
    said = words + comments
    match clause.kind:
        case Kind.HEADING:
            return f"{'#' * clause.level} {said}"
        case Kind.ITEM:
            sign = f"{clause.level or 1}." if clause.frames[-1].startswith("numbered") else "-"
            return f"{sign.ljust(3)} {said}"
        case Kind.DEFINITION:
            return f":   {said}"
        case Kind.TITLE:
            return f'!!! {_box(clause.frames[-1])} "{said}"'
        case Kind.ROW:
            return f"| {said} |"
        case _:
            return said


def _without_label(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The words of a footnote without its sign, with which both its wordings begin."""
    rest, is_old_left, is_new_left = [], True, True
    for one in stretches:
        old, new = one.old[is_old_left:], one.new[is_new_left:]
        is_old_left, is_new_left = is_old_left and not one.old, is_new_left and not one.new
        rest += [Stretch(one.fate, old, new)] if old or new else []
    return rest


def _shared(frames: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    shared = []
    for one, other in zip(frames, others, strict=False):
        if one != other:
            break
        shared.append(one)
    return tuple(shared)


def _indent(frames: Iterable[str]) -> str:
    return "".join(_INDENTS.get(frame.partition(",")[0], "    ") for frame in frames)


def _box(frame: str) -> str:
    return frame.partition(",")[0].removeprefix("admonition ")


def _safe_start(words: str) -> str:
    """Words that do not look like a heading or an item where a paragraph begins with them."""
    found = _AT_START.match(words)
    if found is None:
        return words
    sign, rest = found[0], words[found.end() :]
    if sign in ":>":
        return f"&#{ord(sign)};{rest}"
    return f"{sign}\\{rest}" if sign.isdigit() else f"\\{sign}{rest}"


def _marked(stretches: Sequence[Stretch]) -> str:
    """The words in Markdown, with their marks."""
    pieces: list[str] = []
    write: Callable[[Sequence[Word]], str] = _beginning
    rest = list(stretches)
    while rest:
        stretch = rest.pop(0)
        replaced_by = rest[0] if rest and rest[0].fate is Fate.INSERTED and stretch.fate is Fate.DELETED else None
        if replaced_by is not None and not _has_border(stretch.old + replaced_by.new):
            pieces.append(_substituted(write(stretch.old), write(rest.pop(0).new)))
        elif stretch.fate is Fate.DELETED:
            pieces += _around(stretch.old, "{--", "--}", write)
        elif stretch.fate is Fate.INSERTED:
            pieces += _around(stretch.new, "{++", "++}", write)
        else:
            is_kept = stretch.fate is Fate.KEPT
            if pieces and pieces[-1].endswith("--}") and stretch.old[0].before and not stretch.new[0].before:
                pieces[-1] = f"{pieces[-1].removesuffix('--}')} --}}"  # The space went with what was deleted.
            pieces.append(write(stretch.new) if is_kept else _substituted(write(stretch.old), write(stretch.new)))
            write = _markdown  # What comes now begins no paragraph, whatever is accepted.
    return "".join(pieces)


def _has_border(words: Iterable[Word]) -> bool:
    return any(word.text == BORDER for word in words)


def _around(words: Sequence[Word], opening: str, closing: str, write: Callable[[Sequence[Word]], str]) -> Iterator[str]:
    """The words between marks, which do not reach from one cell into another."""
    for is_border, group in groupby(words, lambda one: one.text == BORDER):
        if is_border:
            yield " | " * len(list(group))
        else:
            yield f"{opening}{write(list(group))}{closing}"


def _substituted(before: str, after: str) -> str:
    space = " " if before.startswith(" ") and after.startswith(" ") else ""
    return f"{space}{{~~{before.removeprefix(space)}~>{after.removeprefix(space)}~~}}"


def _beginning(words: Sequence[Word]) -> str:
    """The same, for words with which a clause may begin."""
    return _safe_start(_markdown(words))


def _markdown(words: Sequence[Word]) -> str:
    """The words as Markdown, each stretch of the same setting with its signs around it."""
    pieces = []
    for (marks, link, is_border), group in groupby(words, lambda one: (one.marks, one.link, one.text == BORDER)):
        run = list(group)
        if is_border:
            pieces.append(" | " * len(run))
            continue
        space = "<br>" if run[0].before == "\n" else run[0].before
        pieces.append(space + _set(run, marks, link))
    return "".join(pieces)


def _set(run: list[Word], marks: tuple[Mark, ...], link: str | None) -> str:
    text = "".join((word.before if place else "") + word.text for place, word in enumerate(run))
    if Mark.FOOTNOTE in marks:
        return text
    if Mark.CODE in marks and not _DELIMITER.search(text) and "|" not in text:
        fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
        pad = " " if text.startswith("`") or text.endswith("`") else ""
        text = f"{fence}{pad}{text}{pad}{fence}"
    else:
        text = _escaped(text)
    for mark in reversed(marks):
        opening, closing = _AROUND.get(mark, ("", ""))
        text = f"{opening}{text}{closing}"
    return text if link is None else f"[{text}]({_target(link)})"


def _escaped(text: str) -> str:
    escaped = _SIGNS.sub(r"\\\g<0>", _ENTITY.sub("&amp;", text)).replace("<", "&lt;")
    return escaped.replace("~>", "~&gt;").replace("~~", "~&#126;").replace("\n", "<br>")


def _target(link: str) -> str:
    safe = link.replace("{", "%7B").replace("}", "%7D").replace("~>", "~%3E")
    return f"<{safe}>" if re.search(r"[\s()]", safe) else safe


def _comment(text: str) -> str:
    return text.replace("<<", "< <").replace("{", "(").replace("}", ")")


def _code(stretches: Sequence[Stretch], comments: str) -> Iterator[str]:
    """A block of code, deleted and inserted whole: between its fences, marks would be code."""
    if comments:
        yield from (comments, "")
    is_kept = all(one.fate is Fate.KEPT for one in stretches)
    old = "".join(word.text for one in stretches for word in one.old)
    new = "".join(word.text for one in stretches for word in one.new)
    if is_kept:
        yield from _fenced(new)
        return
    if old:
        yield from ("{--", *_fenced(old), "--}")
    if new:
        yield from ("{++", *_fenced(new), "++}")


def _fenced(text: str) -> list[str]:
    fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
    note = ["{>>the signs of CriticMarkup in this code are part of the text<<}", ""] if _DELIMITER.search(text) else []
    return [*note, fence, *text.split("\n"), fence]
