"""The list of changes: for each of them where it is and what was done, in sentences of the language of the messages.

They are made to be heard as well as read: old and new words stand between quotation marks, and nothing hangs on how
they are set. Every form of a redline that speaks takes its sentences from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from inforce.core.clause import Clause, Kind, Word
from inforce.core.redline import Aspect, Change, Done, Redline
from inforce.core.wording import Fate, Stretch
from inforce.formats.messages import Messages
from inforce.formats.redline.words import GAP, Comparison, Location, Locations, named, quoted, read, set_off
from inforce.formats.words import capital

_AROUND = 8
"""How many kept words are shown before and after a change."""
_BEGINNING = 12
"""How many words of a clause are shown where nobody changed them."""
_FEW = 8
"""How many words tell which clause is meant."""
_GROUPED = (Done.MOVED, Done.INSERTED, Done.DELETED)
_STAYING = (Done.EDITED, Done.SPLIT, Done.JOINED)
_CUT = Stretch(Fate.INSERTED, new=(Word("¶ ", before=" "),))
"""Where a clause was split."""
_TWO_STOPS = re.compile(r"(?<=[.!?]”)\.$")
_DONE = {
    Done.INSERTED: "redline.inserted",
    Done.DELETED: "redline.deleted",
    Done.MOVED: "redline.moved",
    Done.MOVED_AND_EDITED: "redline.moved_edited",
}


@dataclass(frozen=True, slots=True)
class Detail:
    """A sentence about an entry: what was done in a clause, or how it read before and reads now.

    `old` and `new` are the words that were replaced, deleted or inserted; empty in other sentences.
    """

    sentence: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the list of changes.

    Attributes:
        number: its number in the list, counted from 1.
        changes: one, or several side by side to which the same was done.
        section: the words of the heading under which that is; empty above the first one.
        sentence: what was done and where: `Under “Orders”, a paragraph was edited.`
        details: the rest, sentence by sentence.
    """

    number: int
    changes: tuple[Change, ...]
    section: str
    sentence: str
    details: tuple[Detail, ...]


class Sentences:
    """Tells the changes of a comparison in the words of a language."""

    def __init__(
        self, comparison: Comparison, messages: Messages, longest: int | None = None, most: int | None = None
    ) -> None:
        """Keep what is told.

        Args:
            comparison: the texts, and what changed.
            messages: the words of the language.
            longest: how many words of a clause or of a stretch are quoted, if not all.
            most: how many clauses of an entry are quoted, if not all.
        """
        self._comparison, self._messages = comparison, messages
        self._longest, self._most = longest, most
        self.locations = Locations(comparison)

    def entries(self) -> Iterator[Entry]:
        """The list of changes, in the order of the redline."""
        for number, group in enumerate(grouped(self._comparison.redline), start=1):
            yield self.entry(number, group)

    def entry(self, number: int, changes: Sequence[Change]) -> Entry:
        """One entry, of changes side by side to which the same was done."""
        section = self.locations.section(changes[0])
        return Entry(number, tuple(changes), section, self.sentence(changes), tuple(self._details(changes)))

    def sentence(self, changes: Sequence[Change]) -> str:
        """What was done, and where."""
        location = self.locations.of(changes[0])
        sentence = self.opening(changes)
        if location.section and not (location.is_heading and changes[0].done in _STAYING):
            key = "redline.after" if location.is_heading else "redline.under"
            sentence = self._messages(key, section=self.quoted(location.section), sentence=sentence)
        return capital(sentence)

    def quoted(self, words: Sequence[Word] | str) -> str:
        """Words between quotation marks."""
        return quoted(words, self._messages)

    def named(self, clause: Clause) -> str:
        """What a clause is: `a list item`."""
        return named(clause, self._messages)

    def opening(self, changes: Sequence[Change]) -> str:
        """What was done to the clauses."""
        say, first = self._messages, changes[0]
        name = self.named((first.new or first.old)[0].clause)
        match first.done:
            case Done.SPLIT:
                return say("redline.split", clause=self.named(first.old[0].clause), count=len(first.new))
            case Done.JOINED:
                return say("redline.joined", clause=self.named(first.old[0].clause), count=len(first.old))
            case Done.EDITED:
                return say("redline.edited", clause=name)
        if len(changes) > 1:
            return say(f"{_DONE[first.done]}.many", count=len(changes))
        return say(_DONE[first.done], clause=name)

    def came(self, changes: Sequence[Change]) -> str:
        """That clauses were moved to where they are, and whence."""
        if len(changes) > 1:
            moved = self._messages("redline.note.moved.many", count=len(changes))
        else:
            moved = self._messages("redline.note.moved")
        return f"{moved} {self.origin(changes[0])}"

    def origin(self, change: Change) -> str:
        """Where a moved clause stood."""
        return self._located("redline.place.before", self.locations.before(change), change, was=True)

    def gone(self, changes: Sequence[Change]) -> str:
        """That clauses were moved away, which they are, and whither."""
        first = changes[0]
        words = self.quoted(self.beginning(first.new[0].clause))
        if len(changes) > 1:
            gone = self._messages("redline.note.gone.many", count=len(changes), words=words)
        else:
            gone = self._messages("redline.note.gone", words=words)
        goal = self._located("redline.place.now", self.locations.of(first), first, was=False)
        return f"{_TWO_STOPS.sub('', gone)} {goal}"

    def beginning(self, clause: Clause) -> str:
        """The words by which to know a clause."""
        if not clause.words:
            return self.named(clause)
        words = read(clause.words[:_FEW])
        return words if len(clause.words) <= _FEW else f"{words}…"

    def _located(self, key: str, location: Location, change: Change, *, was: bool) -> str:
        """Where a moved clause stands, or (`was`) stood."""
        if not location.is_heading and self.locations.of(change) == self.locations.before(change):
            has_come_down = change.new[0].place in self._come_down
            return self._messages(f"{key}.up" if has_come_down is was else f"{key}.down")
        if not location.section:
            return self._messages(f"{key}.first" if location.is_heading else f"{key}.top")
        key = f"{key}.heading" if location.is_heading else key
        return self._messages(key, section=self.quoted(location.section))

    @cached_property
    def _come_down(self) -> frozenset[int]:
        """The places in the new text of moved clauses that stood before what they come after now."""
        found, before = set(), 0
        for one in self._comparison.redline.changes:
            if one.is_moved and one.old[0].place < before:
                found.add(one.new[0].place)
            elif one.old and not one.is_moved:
                before = one.old[-1].place
        return frozenset(found)

    def _details(self, changes: Sequence[Change]) -> Iterator[Detail]:
        first = changes[0]
        if first.is_moved:
            yield Detail(self.origin(first))
        if first.done in _GROUPED:
            yield from self._quotations(changes)
        else:
            yield from self.edits(first)
            yield from self._wordings(first)

    def _quotations(self, changes: Sequence[Change]) -> Iterator[Detail]:
        """What the clauses of an entry say; of many the first few."""
        is_long = self._most is not None and len(changes) > self._most + 1
        for one in changes[: self._most] if is_long else changes:
            longest = _BEGINNING if one.is_moved else self._longest
            clause = (one.new or one.old)[0].clause
            yield self._clause(clause, longest, is_old=not one.new, is_new=not one.old)
        if self._most is not None and is_long:
            yield Detail(self._messages("redline.more", count=len(changes) - self._most))

    def _clause(self, clause: Clause, longest: int | None, *, is_old: bool = False, is_new: bool = False) -> Detail:
        if not clause.words:
            return Detail(self._messages("redline.without_words"))
        words = self._shown(clause.words, longest)
        return Detail(self.quoted(words), words if is_old else "", words if is_new else "")

    def _shown(self, words: Sequence[Word], longest: int | None) -> str:
        """The words, if they are not too many, else their beginning."""
        if longest is None or len(words) <= longest + 3:
            return read(words).strip()
        return f"{read(words[:longest]).strip()} {GAP}"

    def edits(self, change: Change) -> Iterator[Detail]:
        """What was done in a clause that is in both texts, each in a sentence."""
        yield from map(Detail, self.turns(change))
        stretches = change.stretches
        for before, stretch, after in zip((None, *stretches), stretches, (*stretches[1:], None), strict=False):
            if stretch.fate is Fate.KEPT:
                continue
            is_replacing = after is not None and after.fate is Fate.INSERTED
            is_replaced = before is not None and before.fate is Fate.DELETED
            yield from self._edit(stretch, after if is_replacing else None, is_replaced=is_replaced)

    def _edit(self, stretch: Stretch, after: Stretch | None, *, is_replaced: bool) -> Iterator[Detail]:
        old, new = (self._shown(words, self._longest) for words in (stretch.old, stretch.new))
        match stretch.fate:
            case Fate.DELETED if after is not None:
                new = self._shown(after.new, self._longest)
                said = self._messages("redline.edit.replaced", old=self.quoted(old), new=self.quoted(new))
                yield Detail(_TWO_STOPS.sub("", said), old, new)
            case Fate.DELETED:
                yield Detail(self._messages("redline.edit.deleted", old=self.quoted(old)), old=old)
            case Fate.INSERTED if not is_replaced:
                yield Detail(self._messages("redline.edit.inserted", new=self.quoted(new)), new=new)
            case Fate.LINKED | Fate.FORMATTED:
                yield Detail(self._setting(stretch, new))

    def turns(self, change: Change) -> Iterator[str]:
        """What a clause is now, and was before, in sentences: of what kind, at which level; nothing of its words."""
        say, old, new = self._messages, change.old[0].clause, change.new[0].clause
        if Aspect.STRUCTURE in change.aspects:
            new_name, old_name = self.named(new), self.named(old)
            is_same = new_name == old_name
            yield say("redline.edit.container") if is_same else say("redline.edit.kind", new=new_name, old=old_name)
        if Aspect.LEVEL in change.aspects:
            if new.kind is Kind.HEADING:
                yield say("redline.edit.level", new=new.level, old=old.level)
            elif new.kind is Kind.ROW:
                yield say("redline.edit.heads" if new.level else "redline.edit.heads_not")
            else:
                yield say("redline.edit.number", new=new.level or 1, old=old.level or 1)

    def settings(self, change: Change) -> Iterator[str]:
        """How words are set that are the same in both texts, in sentences: their links, and their formatting."""
        for stretch in change.stretches:
            if stretch.fate in (Fate.LINKED, Fate.FORMATTED):
                yield self._setting(stretch, self._shown(stretch.new, self._longest))

    def _setting(self, stretch: Stretch, shown: str) -> str:
        say, words = self._messages, self.quoted(shown)
        if stretch.fate is Fate.FORMATTED:
            old, new = set_off(stretch.old[0], say), set_off(stretch.new[0], say)
            return say("redline.edit.formatting", words=words, new=new, old=old)
        old_link, new_link = stretch.old[0].link, stretch.new[0].link
        if old_link is None:
            return say("redline.edit.link.new", words=words, new=new_link)
        if new_link is None:
            return say("redline.edit.link.gone", words=words, old=old_link)
        return say("redline.edit.link", words=words, new=new_link, old=old_link)

    def _wordings(self, change: Change) -> Iterator[Detail]:
        """How a clause read before, and how it reads now, as far as that is of interest."""
        if Aspect.WORDS not in change.aspects:
            is_told = any(one.fate is not Fate.KEPT for one in change.stretches)
            key = "redline.text" if is_told or change.done in (Done.SPLIT, Done.JOINED) else ""
            words = _excerpt(_with_cuts(change), is_new=True) if key else self._clause(change.new[0].clause, _BEGINNING)
            yield Detail(self._messages(key, words=self.quoted(words))) if isinstance(words, str) else words
            return
        for side, is_new in (("old", False), ("new", True)):
            texts = [self.quoted(_excerpt(part, is_new=is_new)) for part in change.parts]
            if is_new == (change.done is Done.SPLIT) and len(texts) > 1:
                for number, words in enumerate(texts, start=1):
                    yield Detail(self._messages(f"redline.{side}.part", number=number, words=words))
            else:
                words = self.quoted(_excerpt(change.stretches, is_new=is_new))
                yield Detail(self._messages(f"redline.{side}", words=words))


def grouped(redline: Redline) -> Iterator[list[Change]]:
    """The changes, an entry each; clauses that were moved, inserted or deleted side by side together."""
    group: list[Change] = []
    for change in redline.changes:
        if change.done is Done.KEPT:
            continue
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


def _with_cuts(change: Change) -> tuple[Stretch, ...]:
    """The words of a change; of a clause that was split with a sign where it was."""
    if change.done is not Done.SPLIT:
        return change.stretches
    return tuple(stretch for part in change.parts for stretch in (*part, _CUT))[:-1]


def _excerpt(stretches: Sequence[Stretch], *, is_new: bool) -> str:
    """The words of one side; of long kept stretches only those around the changes."""
    shown: list[str] = []
    for before, stretch, after in zip((None, *stretches), stretches, (*stretches[1:], None), strict=False):
        words = stretch.new if is_new else stretch.old
        shown.append(_shortened(words, before, after) if stretch.fate is Fate.KEPT else read(words))
    return "".join(shown).strip()


def _shortened(words: tuple[Word, ...], before: Stretch | None, after: Stretch | None) -> str:
    first, last = (_AROUND if before else 0), (_AROUND if after else 0)
    if len(words) <= first + last + 4:
        return read(words)
    beginning = f"{read(words[:first])} " if first else ""
    return f"{beginning}{GAP}{read(words[-last:]) if last else ''}"
