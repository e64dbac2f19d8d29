"""Writes the clauses of two texts as one, with the changes marked; the structure is told in `html.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from inforce.core.clause import BORDER, Clause, Kind, Word
from inforce.core.redline import Change, Done, Placed
from inforce.core.wording import Fate, Stretch
from inforce.formats.messages import Messages, direction
from inforce.formats.redline.anchors import Anchors
from inforce.formats.redline.inline import both, by_cell, cells_of, marked
from inforce.formats.redline.outline import Node, Outline, Side
from inforce.formats.redline.sentences import Sentences, grouped
from inforce.formats.redline.words import Comparison, quoted
from inforce.formats.words import capital

_LOWEST = 6
_ITEMS = {Kind.ITEM: "li", Kind.FOOTNOTE: "li", Kind.TERM: "dt", Kind.DEFINITION: "dd"}
_NAMES = {
    Done.EDITED: "edited",
    Done.MOVED: "moved",
    Done.MOVED_AND_EDITED: "moved",
    Done.SPLIT: "split",
    Done.JOINED: "joined",
    Done.INSERTED: "inserted",
    Done.DELETED: "deleted",
}
_TAGS_OF_CODE = re.compile("</?code>")
_CUT = ' class="inforce-cut">¶</'
SPLIT, _JOINED = f"<ins{_CUT}ins>", f" <del{_CUT}del> "
Parts = Sequence[Sequence[Stretch]]


@dataclass(frozen=True, slots=True)
class _Marked:
    """A clause of a change: where it stands, by which `id` it is found, what was done, and what is said about it.

    `is_cut` says that the next clause was split from it.
    """

    placed: Placed
    anchor: str
    name: str
    side: Side
    notes: str
    parts: Parts
    is_cut: bool = False

    @property
    def attributes(self) -> str:
        """Those of its element."""
        anchor = f' id="{escape(self.anchor)}"' if self.anchor else ""
        return f' class="inforce-change inforce-change--{self.name}"{anchor}'


class Body:
    """Takes a comparison, and writes it once."""

    def __init__(
        self, comparison: Comparison, messages: Messages, sentences: Sentences, top: int, language: str | None
    ) -> None:
        """Keep what is written; see `redline_body`."""
        self._redline, self._messages, self._sentences = comparison.redline, messages, sentences
        self._deeper = top - _highest((*comparison.old.clauses, *comparison.new.clauses))
        self._anchors = Anchors(comparison)
        self._new_numbers = dict(_numbered(comparison.new.clauses))
        self._old_numbers = dict(_numbered(comparison.old.clauses))
        self._spoken = _spoken(messages, language)
        self._outline = Outline(self._summary)
        groups = [group for group in grouped(comparison.redline) if group[0].is_moved]
        self._moved = {group[0].new[0].place: group for group in groups}
        """Clauses that were moved together, by the place of the first in the new text."""

    def html(self) -> str:
        """All of it."""
        steps = list(self._redline.with_departures())
        seen = _seen(steps)
        for place, (change, is_gone) in enumerate(steps):
            if is_gone:
                if change.new[0].place in self._moved:
                    self._add_gone(self._moved[change.new[0].place])
            elif change.done is Done.KEPT:
                one = change.new[0]
                self._outline.add(one.clause, self._kept(one), is_quiet=place not in seen)
            else:
                self._add_changed(change)
        return self._outline.html()

    # What was kept

    def _kept(self, placed: Placed) -> Node:
        clause, anchor = placed.clause, self._anchors.new[placed.place]
        cells = cells_of(clause)
        attributes = f' id="{escape(anchor)}"' if anchor else ""
        if clause.kind is Kind.ROW:
            return Node(f"{attributes}>", "tr", cells, is_head=clause.level == 1)
        if clause.kind in _ITEMS:
            number = self._new_numbers.get(placed.place, 0)
            return Node(f"{attributes}>{cells[0]}", _ITEMS[clause.kind], number=number)
        if clause.kind is Kind.CONTENTS and not cells[0]:
            return Node(self._note(capital(self._sentences.named(clause)), attributes=attributes))
        return Node(self._element(clause, cells[0], attributes))

    def _element(self, clause: Clause, words: str, attributes: str, label: str = "") -> str:
        """An element of the clause's kind around its words."""
        if clause.kind is Kind.CODE:
            return f"<pre{attributes}>{label}<code>{_TAGS_OF_CODE.sub('', words)}</code></pre>"
        words = label + words
        if clause.kind is Kind.HEADING:
            level = min(max(clause.level, 1) + self._deeper, _LOWEST)
            return f"<h{level}{attributes}>{words}</h{level}>"
        if clause.kind is Kind.SEPARATOR and not words:
            return f"<hr{attributes}>"
        tag = "div" if clause.kind in _ITEMS else "p"
        return f"<{tag}{attributes}>{words}</{tag}>"

    # What was changed

    def _add_changed(self, change: Change) -> None:
        notes = "".join(map(self._note, self._notes(change)))
        name = _NAMES[change.done]
        if change.done is Done.DELETED:
            one = change.old[0]
            self._add(_Marked(one, self._anchors.old[one.place], name, Side.OLD, notes, change.parts))
        elif change.done is Done.SPLIT:
            for one, part in zip(change.new, change.parts, strict=True):
                is_first, is_last = one is change.new[0], one is change.new[-1]
                said = notes if is_first else self._note(self._messages("redline.note.split"))
                side = Side.BOTH if is_first else Side.NEW
                self._add(_Marked(one, self._anchors.new[one.place], name, side, said, [part], is_cut=not is_last))
        else:
            one = change.new[0]
            side = Side.NEW if change.is_moved or not change.old else Side.BOTH
            self._add(_Marked(one, self._anchors.new[one.place], name, side, notes, change.parts))

    def _add(self, one: _Marked) -> None:
        clause = one.placed.clause
        if clause.kind is Kind.ROW:
            self._add_rows(one)
            return
        html = f"<div{one.attributes}>{one.notes}{self._both(one)}</div>"
        if clause.kind in _ITEMS:
            numbers = self._old_numbers if one.side is Side.OLD else self._new_numbers
            node = Node(f">{html}", _ITEMS[clause.kind], number=numbers.get(one.placed.place, 0), side=one.side)
        else:
            node = Node(html, side=one.side)
        self._outline.add(clause, node, is_quiet=False)

    def _both(self, one: _Marked) -> str:
        """The words of both texts, and where they differ those of the new one, for the view side by side."""
        clause = one.placed.clause
        if not clause.words and clause.kind is Kind.CONTENTS:
            return ""
        written = list(map(both, one.parts))
        words = _JOINED.join(words for words, _ in written) + (SPLIT if one.is_cut else "")
        if not _differ(one.parts):
            return self._element(clause, words, ' class="inforce-marked"')
        old = self._element(clause, words, ' class="inforce-marked"', self._side("old", " hidden"))
        new_words = "".join(new for _, new in written)
        return old + self._element(clause, new_words, ' class="inforce-after" hidden', self._side("new"))

    def _side(self, side: str, hidden: str = "") -> str:
        """Says of which text the words are that come next."""
        words = escape(self._messages(f"redline.side.{side}"), quote=False)
        return f'<span class="inforce-side"{self._spoken}{hidden}>{words}</span> '

    def _add_rows(self, one: _Marked) -> None:
        """Write a row; two of them where cells came and others went."""
        stretches = [stretch for part in one.parts for stretch in part]
        cells = by_cell(stretches)
        if cells is not None:
            self._add_row(one, [self._cell(cell, is_moved=one.name == "moved") for cell in cells])
            return
        old, new = (list(_whole(stretches, is_old=is_old)) for is_old in (True, False))
        if any(stretch.old for stretch in stretches):
            is_other = any(stretch.new for stretch in stretches)
            self._add_row(replace(one, name="deleted", side=Side.OLD, anchor="" if is_other else one.anchor), old)
            one = replace(one, notes="")
        if any(stretch.new for stretch in stretches):
            self._add_row(one, new)

    def _add_row(self, one: _Marked, cells: list[str]) -> None:
        clause = one.placed.clause
        cells[0] = one.notes + cells[0]
        node = Node(f"{one.attributes}>", "tr", cells, is_head=clause.level == 1, side=one.side)
        self._outline.add(clause, node, is_quiet=False)

    def _cell(self, stretches: Sequence[Stretch], *, is_moved: bool) -> str:
        words, new_words = both(stretches)
        if _differ([stretches]):
            old = f'<div class="inforce-marked">{self._side("old", " hidden")}{words}</div>'
            return f'{old}<div class="inforce-after" hidden>{self._side("new")}{new_words}</div>'
        return f'<div class="inforce-marked">{words}</div>' if is_moved else words

    def _add_gone(self, changes: Sequence[Change]) -> None:
        """Write, where clauses stood that were moved together, where they are now."""
        change = changes[0]
        clause = change.old[0].clause
        note = self._note(self._sentences.gone(changes), target=self._anchors.of(change))
        box = ' class="inforce-change inforce-change--gone"'
        if clause.kind is Kind.ROW:
            node = Node(f"{box}>", "tr", [note], side=Side.OLD)
        elif clause.kind in _ITEMS:
            number = self._old_numbers.get(change.old[0].place, 0)
            node = Node(f"><div{box}>{note}</div>", _ITEMS[clause.kind], number=number, side=Side.OLD)
        else:
            node = Node(f"<div{box}>{note}</div>", side=Side.OLD)
        self._outline.add(clause, node, is_quiet=False)

    # What is said

    def _notes(self, change: Change) -> Iterator[str]:
        """What no mark shows."""
        say, sentences = self._messages, self._sentences
        if change.done in (Done.INSERTED, Done.DELETED):
            if not change.stretches:
                clause = (change.new or change.old)[0].clause
                yield capital(say(f"redline.note.{change.done}", clause=sentences.named(clause)))
            return
        if change.is_moved:
            group = self._moved.get(change.new[0].place)
            if group is not None:
                yield sentences.came(group)
        elif change.done is not Done.EDITED:
            yield capital(sentences.opening([change]))
        yield from sentences.turns(change)
        yield from sentences.settings(change)

    def _note(self, sentence: str, target: str = "", attributes: str = "") -> str:
        words = escape(sentence, quote=False)
        words = f'<a href="#{escape(target)}">{words}</a>' if target else words
        return f'<p{attributes} class="inforce-note"{self._spoken}>{words}</p>'

    def _summary(self, count: int, first: Clause) -> str:
        """What is folded."""
        say = self._messages
        if not first.words:
            said = say("redline.kept.without_words", count=count)
        else:
            said = say("redline.kept", count=count, words=quoted(self._sentences.beginning(first), say))
        said = escape(said, quote=False)
        return f"<span{self._spoken}>{said}</span>" if self._spoken else said


def _seen(steps: Sequence[tuple[Change, bool]]) -> set[int]:
    """What is not folded: what changed, a clause around it, and the heading under which it stands."""
    seen: set[int] = set()
    heading = None
    for place, (change, is_gone) in enumerate(steps):
        if not is_gone and change.new and change.new[0].clause.kind is Kind.HEADING:
            heading = place
        if is_gone or change.done is not Done.KEPT:
            seen.update((place - 1, place, place + 1))
            if heading is not None:
                seen.add(heading)
    return seen


def _highest(clauses: Sequence[Clause]) -> int:
    """The level of the highest headings."""
    return min((one.level for one in clauses if one.kind is Kind.HEADING and one.level), default=1)


def _differ(parts: Parts) -> bool:
    """Whether words are in both texts, and some only in one or set otherwise."""
    fates = {one.fate for part in parts for one in part}
    return len(fates) > 1 or bool(fates & {Fate.LINKED, Fate.FORMATTED})


def _whole(stretches: Sequence[Stretch], *, is_old: bool) -> Iterator[str]:
    """The cells of a row that was deleted or inserted as a whole."""
    cells: list[list[Word]] = [[]]
    for one in stretches:
        for word in one.old if is_old else one.new:
            if word.text == BORDER:
                cells.append([])
            else:
                cells[-1].append(word)
    for cell in map(tuple, cells):
        stretch = Stretch(Fate.DELETED, old=cell) if is_old else Stretch(Fate.INSERTED, new=cell)
        yield marked([stretch] if cell else [])


def _numbered(clauses: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    """The places of the items of numbered lists, and their numbers."""
    frames: tuple[str, ...] = ()
    counts: list[int] = []
    for place, clause in enumerate(clauses):
        if clause.frames != frames:
            shared = 0
            for one, other in zip(frames, clause.frames, strict=False):
                if one != other:
                    break
                shared += 1
            frames = clause.frames
            counts = [*counts[:shared], *[0] * (len(frames) - shared)]
        if clause.kind is Kind.ITEM and frames and frames[-1].startswith("numbered"):
            counts[-1] = counts[-1] + 1 if counts[-1] else clause.level or 1
            yield place, counts[-1]


def _spoken(messages: Messages, language: str | None) -> str:
    """The attributes of an element with our own words in a text of that language."""
    if language is None or language == messages.language:
        return ""
    return f' lang="{messages.language}" dir="{direction(messages.language)}"'
