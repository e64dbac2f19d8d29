"""The words of a notice: subject, plain text and HTML, as a member gets them by mail or reads them in a feed.

Three questions, in this order: what changes; from when, for you; what you can do. Of other revisions it speaks by their
day of posting and name alone, whatever else was posted on that day: so the words of a notice do not change when more is
posted. All links are whole addresses. The HTML is a fragment that is well-formed as XML too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup, escape

from inforce.core import address
from inforce.core.announcement import Message
from inforce.core.effect import Audience
from inforce.core.notice import Event, Notice
from inforce.core.policy import ChangeClass, Effect
from inforce.formats.messages import Messages, direction
from inforce.formats.words import Words, capital

_WIDTH = 72
"""Of a line of plain text, in characters (RFC 5322, section 2.1.1, asks for 78 at the most)."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where a notice leads, from the site's root: the text, its changes in words, the redline, the signed PDF.

    `changes` and `redline` are None of a first revision, `pdf` where the archive has none.
    """

    text: str
    changes: str | None
    redline: str | None
    pdf: str | None


def links_of(notice: Notice, *, has_pdf: bool) -> Links:
    """Where a notice leads."""
    policy, name = notice.revision.policy, notice.revision.name
    changes = None if notice.is_first else address.changes_address(policy, name)
    return Links(
        address.revision_address(policy, name),
        changes and f"{changes}#changes",
        changes and f"{changes}#redline",
        address.pdf_address(policy, name) if has_pdf else None,
    )


def message_of(notice: Notice, say: Messages, links: Links, root: str) -> Message:
    """The words of a notice.

    Args:
        notice: what is told.
        say: the words of a language; what the publisher wrote is in that of the policy.
        links: where it leads.
        root: the site's address with a slash at its end.
    """
    told = _Telling(notice, say, root).told(links)
    return Message(told.subject, _text(told), _html(told, say))


def html_of(notice: Notice, say: Messages, links: Links, root: str, *, level: int = 1) -> str:
    """The words of a notice as HTML alone, for a page that has others beside it.

    Args:
        notice: what is told.
        say: the words of a language.
        links: where it leads.
        root: what links begin with.
        level: that of the heading with the subject; below the first one, how all is known is not said again.
    """
    told = _Telling(notice, say, root).told(links)
    return _html(told if level == 1 else replace(told, foot=""), say, level)


def subject_of(notice: Notice, say: Messages) -> str:
    """The subject alone, on one line."""
    return _Telling(notice, say, "").subject()


def date_of(notice: Notice, say: Messages, *, for_everybody: bool) -> str:
    """What a calendar calls the date on which a text takes effect for the audience of a notice, or for both."""
    return _Telling(notice, say, "").date("everybody" if for_everybody else str(notice.audience))


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a section; `language` is that of what the publisher wrote, None of our own."""

    words: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Link:
    """What can be done by following an address."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, and under it what is to be said, item by item."""

    heading: str
    items: Sequence[_Words | _Link]


@dataclass(frozen=True, slots=True)
class _Told:
    """All that is said, in order."""

    subject: str
    lead: str
    sections: Sequence[_Section]
    foot: str


class _Telling:
    """Finds the words."""

    def __init__(self, notice: Notice, say: Messages, root: str) -> None:
        self._notice, self._say, self._root = notice, say, root
        self._revision, self._words = notice.revision, Words(say)
        self._values = dict(self._told())

    def told(self, links: Links) -> _Told:
        """All of them."""
        return _Told(self.subject(), self.lead(), list(self.sections(links)), self.foot())

    def subject(self) -> str:
        """One line."""
        return " ".join(self._sentence(f"notice.subject.{_subject_of(self._notice)}").split())

    def date(self, whom: str) -> str:
        """One line: that a text takes effect, for whom and when."""
        key = f"calendar.date.{'first.' if self._notice.is_first else ''}{whom}"
        return " ".join(self._sentence(key).split())

    def lead(self) -> str:
        """What has come about, in a sentence."""
        return capital(self._sentence(f"notice.lead.{_LEADS[self._notice.event]}{self._kind()}"))

    def sections(self, links: Links) -> Iterator[_Section]:
        """The three questions."""
        if changes := list(self._changes()):
            kind = ".overtaken" if self._notice.event is Event.OVERTAKEN else self._kind()
            yield _Section(self._sentence(f"notice.changes.{kind.lstrip('.') or 'posted'}"), changes)
        yield _Section(self._sentence("notice.effect"), [_Words(one) for one in self._effects()])
        yield _Section(self._sentence("notice.do"), list(self._to_do(links)))

    def foot(self) -> str:
        """How all of it is known."""
        return self._sentence("notice.foot")

    def _kind(self) -> str:
        """What kind of posting is told, where that has words of its own."""
        if self._notice.event is not Event.POSTED:
            return ""
        return ".first" if self._notice.is_first else ".editorial" if self._notice.corrected else ""

    def _changes(self) -> Iterator[_Words]:
        for sentence in self._revision.summary:
            yield _Words(sentence, self._revision.language)
        if self._revision.change is ChangeClass.IMPORTED and not self._revision.summary and not self._notice.is_first:
            yield _Words(self._sentence("notice.changes.unsaid"))

    def _effects(self) -> Iterator[str]:
        notice, effects = self._notice, self._revision.effects
        if notice.event is Event.OVERTAKEN:
            yield capital(self._sentence("notice.effect.overtaken"))
        elif notice.corrected is not None:
            yield self._sentence("notice.effect.editorial")
        elif notice.audience is not None:
            yield self._effect(notice.audience, effects[notice.audience], is_past=notice.event is Event.IN_EFFECT)
        elif notice.start is not None and all(effect.start == notice.start for effect in effects.values()):
            when = "posting" if notice.start <= self._revision.posted else "start"
            yield self._sentence(f"notice.effect.all.{when}")
        else:
            yield from (self._effect(audience, effect) for audience, effect in effects.items())

    def _effect(self, audience: Audience, effect: Effect, *, is_past: bool = False) -> str:
        """When a text takes effect for an audience."""
        who = "current" if audience is Audience.CURRENT_USERS else "new"
        if effect.start is None:
            return self._sentence(f"notice.effect.{who}.{'acceptance' if effect.rule.needs_acceptance else 'never'}")
        if effect.start <= self._revision.posted:
            return self._sentence(f"notice.effect.{who}.posting")
        when = "since" if is_past else "start"
        return self._sentence(f"notice.effect.{who}.{when}", start=self._moment(effect.start))

    def _to_do(self, links: Links) -> Iterator[_Words | _Link]:
        is_withdrawn = self._notice.event is Event.OVERTAKEN
        for key, place in self._withdrawn_places(links) if is_withdrawn else self._places(links):
            if place is not None:
                yield _Link(self._sentence(f"notice.do.{key}"), f"{self._root}{place}")
        if self._notice.asks_acceptance:
            yield _Words(f"{self._asked()} {self._unanswered()}")
        if contact := self._revision.terms.contact:
            yield _Words(self._sentence("notice.do.ask", contact=contact))

    def _places(self, links: Links) -> Iterator[tuple[str, str | None]]:
        """What can be read of a text that counts."""
        yield "read", links.text
        yield "changes", links.changes
        yield "redline", links.redline
        yield "pdf", links.pdf

    def _withdrawn_places(self, links: Links) -> Iterator[tuple[str, str | None]]:
        """What can be read of one that does not: first what came in its place, and nothing as if it still counted."""
        cause = self._notice.cause
        yield "read.overtaker", address.revision_address(cause.policy, cause.name)
        yield "read.withdrawn", links.text
        yield "changes.withdrawn", links.changes

    def _asked(self) -> str:
        """That they are asked to accept it, and until when; or were, where that is past when it is told."""
        by = self._revision.accept_by
        if by is None:
            return self._sentence("notice.do.accept")
        key = "notice.do.accept.by" if self._notice.told_from < by else "notice.do.accept.past"
        return self._sentence(key, instant=self._moment(by))

    def _unanswered(self) -> str:
        """What becomes of who says nothing: a rule that asks for no acceptance waits for none (rule 3)."""
        start = self._revision.effects[Audience.CURRENT_USERS].start
        if start is None:
            return self._sentence("notice.do.unanswered.acceptance")
        when = "start" if self._notice.told_from < start else "since"
        return self._sentence(f"notice.do.unanswered.{when}", start=self._moment(start))

    def _moment(self, instant: datetime) -> str:
        return self._say.moment(instant, self._revision.zone)

    def _sentence(self, key: str, **more: str) -> str:
        return self._say(key, **{**self._values, **more})

    def _told(self) -> Iterator[tuple[str, str]]:
        """What sentences may name."""
        revision, notice = self._revision, self._notice
        yield "title", revision.title
        yield "revision", self._words.calling(revision)
        yield "posted", self._moment(revision.posted)
        yield "posting", self._words.posting_words(revision)
        yield "overtaker", self._words.calling(notice.cause)
        yield "zone", revision.time_zone
        yield "digest", revision.digest
        if notice.start is not None:
            yield "start", self._moment(notice.start)
        if notice.corrected is not None:
            yield "corrected", self._words.calling(notice.corrected)


_LEADS = {
    Event.POSTED: "posted",
    Event.IN_EFFECT: "in_effect",
    Event.REMINDER: "reminder",
    Event.OVERTAKEN: "overtaken",
}


def _subject_of(notice: Notice) -> str:
    """The message that is the subject of a notice."""
    first = ".first" if notice.is_first else ""
    match notice.event:
        case Event.IN_EFFECT | Event.REMINDER:
            return f"{_LEADS[notice.event]}{first}"
        case Event.OVERTAKEN:
            return "overtaken.offered" if notice.start is None else "overtaken"
        case Event.POSTED if notice.corrected is not None:
            return "posted.editorial"
    if notice.start is not None:
        return f"posted{first}{'.later' if notice.start > notice.revision.posted else ''}"
    current = notice.revision.effects.get(Audience.CURRENT_USERS)
    if notice.is_first or current is None:
        return f"posted{first}"
    return "posted.offered" if current.rule.needs_acceptance else "posted.never"


def _text(told: _Told) -> str:
    """As plain text: lines of a width that every mail reader shows; addresses stand on lines of their own, whole."""
    blocks = [told.subject, _filled(told.lead)]
    for section in told.sections:
        items = (_line(item) for item in section.items)
        blocks.append("\n".join([section.heading, *items]))
    return "\n\n".join([*blocks, _filled(told.foot)]) + "\n"


def _line(item: _Words | _Link) -> str:
    words = _filled(item.words, "- ", "  ")
    return words if isinstance(item, _Words) else f"{words}:\n  {item.address}"


def _filled(words: str, first: str = "", others: str = "") -> str:
    return textwrap.fill(
        words,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _html(told: _Told, say: Messages, level: int = 1) -> str:
    """As a fragment of HTML: one element, that says its language and direction; `level` is that of the subject."""
    html = [
        f'<div lang="{say.language}" dir="{say.direction}">',
        f"<h{level}>{escape(told.subject)}</h{level}>",
        f"<p>{escape(told.lead)}</p>",
    ]
    for section in told.sections:
        items = "".join(f"<li>{_item(item, say.language)}</li>" for item in section.items)
        html += [f"<h{level + 1}>{escape(section.heading)}</h{level + 1}>", f"<ul>{items}</ul>"]
    html += [f"<p><small>{escape(told.foot)}</small></p>"] if told.foot else []
    return "\n".join([*html, "</div>"]) + "\n"


def _item(item: _Words | _Link, language: str) -> Markup:
    if isinstance(item, _Link):
        return Markup('<a href="{}">{}</a>').format(item.address, item.words)
    if item.language is None or item.language == language:
        return escape(item.words)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(item.language, direction(item.language), item.words)
