"""The pages that people see: small, without a script, readable by everything that reads HTML."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files as resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from inforce.core.acceptance import Decision
from inforce.core.address import RECEIPT, acceptance_address
from inforce.core.policy import Revision
from inforce.core.register import Kept
from inforce.formats.messages import Messages, direction
from inforce.formats.redline.style import page_style
from inforce.formats.text.places import placed
from inforce.formats.words import Words
from inforce.workflows.acceptance.present_record import Asked, PresentRecord


@dataclass(frozen=True, slots=True)
class Part:
    """What a page shows of one text that is asked about."""

    number: int
    title: str
    language: str
    direction: str
    fields: Mapping[str, str]
    article: Markup
    box: str
    chosen: str
    is_wrong: bool
    earlier: Sequence[str]
    before: str
    entries: Markup
    marked: Markup
    page: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a page shows of one answer that was given."""

    title: str
    revision: str
    language: str
    direction: str
    decision: str
    instant: str
    digest: str
    receipt: str
    link: str


class Pages:
    """Makes the pages."""

    def __init__(self, root: str, name: str = "", *, has_receipts: bool = False) -> None:
        """Read the templates.

        Args:
            root: the address of the site with the member's page; empty where it is not known.
            name: what that site is called: whoever is asked has to see by whom.
            has_receipts: whether that site has the page on which receipts are read.
        """
        self._root, self._receipts = root, f"{root}{RECEIPT}" if root and has_receipts else ""
        loader = PackageLoader(__package__ or "", "templates")
        self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._environment.globals.update(style=style_address(), publisher=name, root=root)

    def asking(  # noqa: PLR0913 - what the page says
        self,
        present: PresentRecord,
        asked: Sequence[Asked],
        say: Messages,
        *,
        action: str,
        key: str,
        chosen: Mapping[tuple[str, str], str],
        until: datetime,
        problem: str = "",
    ) -> str:
        """What a person is asked, with the form.

        Args:
            present: the record.
            asked: what is asked.
            say: the words around the texts.
            action: where the form is sent. It has to be said: a fragment in the page's address would take the focus.
            key: what the form's hidden field says.
            chosen: what the person chose already, where the page is shown again: nothing is chosen for them.
            until: when the form can be sent no more: whoever reads has to know how long they may.
            problem: why it is shown again; empty where it is not.
        """
        parts = [
            self._part(present, number, one, say, chosen, is_incomplete=problem == "no-answer")
            for number, one in enumerate(asked, start=1)
        ]
        parts = _told_apart(parts)
        told = _moment(until, asked[0].revision, say)
        return self._render("asking.html", say, parts=parts, action=action, key=key, until=told, problem=problem)

    def _part(  # noqa: PLR0913 - what a part says
        self,
        present: PresentRecord,
        number: int,
        asked: Asked,
        say: Messages,
        chosen: Mapping[tuple[str, str], str],
        *,
        is_incomplete: bool,
    ) -> Part:
        revision, before = asked.revision, asked.compared_with
        mine = chosen.get((asked.policy.slug, revision.name), "")
        entries = marked = Markup()
        if before is not None:
            changes = present.changes(asked.policy.slug, before, revision, say)
            both = (placed(one, f"changed-{number}-") for one in (changes.entries, changes.marked))
            entries, marked = map(Markup, both)
        fields = {
            "policy": asked.policy.slug,
            "revision": revision.name,
            "digest": revision.digest,
            "presentation": asked.presentation.digest,
            "compared": before.name if before is not None else "",
        }
        return Part(
            number,
            revision.title,
            revision.language,
            direction(revision.language),
            {f"{name}-{number}": value for name, value in fields.items()},
            Markup(asked.presentation.article),  # noqa: S704 - our own, byte for byte
            asked.presentation.box,
            mine,
            is_incomplete and mine not in set(Decision),
            tuple(_earlier(asked, say)),
            Words(say).calling(before) if before is not None else "",
            entries,
            marked,
            f"{self._root}{acceptance_address(asked.policy.slug, revision.name)}" if self._root else "",
        )

    def answered(self, present: PresentRecord, kept: Sequence[Kept], say: Messages, back: str = "") -> str:
        """What a person answered, with the receipts; `back` is where to go from there."""
        told = [self._told(present, one, say) for one in kept]
        return self._render("answered.html", say, answers=told, back=back)

    def _told(self, present: PresentRecord, kept: Kept, say: Messages) -> Told:
        """One answer; where the record has that text no more, what the row says of it."""
        said, shown = kept.row.statement, kept.row.statement.shown
        revision = present.revision(shown, kept.row.instant)
        return Told(
            shown.policy if revision is None else revision.title,
            shown.revision if revision is None else Words(say).calling(revision),
            "" if revision is None else revision.language,
            "auto" if revision is None else direction(revision.language),
            say(f"app.answered.{said.decision.value}"),
            _moment(kept.row.instant, revision, say),
            shown.digest,
            kept.receipt,
            f"{self._receipts}#{kept.receipt}" if self._receipts else "",
        )

    def problem(self, name: str, say: Messages, call: str = "", status: int = 0, back: str = "") -> str:
        """A problem, in plain words; without a call, what such a problem is; `back` is where to go from there."""
        return self._render("problem.html", say, name=name, call=call, status=status, back=back)

    def _render(self, template: str, say: Messages, **values: Any) -> str:
        return self._environment.get_template(template).render(say=say, **values)


def _moment(instant: datetime, revision: Revision | None, say: Messages) -> str:
    """The instant, in the time zone of the text; where that is not known, in UTC."""
    zone, name = (UTC, "UTC") if revision is None else (revision.zone, revision.time_zone)
    return f"{say.moment(instant, zone, exactly=True, with_time=True)} ({name})"


def _earlier(asked: Asked, say: Messages) -> Iterator[str]:
    """What the person said to the text before, each kind of answer once; and that it binds them by that."""
    last = {one.decision: one for one in asked.earlier}
    for one in sorted(last.values(), key=lambda each: each.instant):
        yield say(f"app.asking.earlier.{one.decision.value}", instant=_moment(one.instant, asked.revision, say))
    if asked.is_bound:
        yield say("app.asking.bound")


def _told_apart(parts: Sequence[Part]) -> list[Part]:
    """The parts, those of one title with their revision: links and groups of answers have to say which one they mean.

    That happens where a policy asks about the text in force and about the one to come.
    """
    titles = Counter(one.title for one in parts)
    return [
        one if titles[one.title] == 1 else replace(one, title=f"{one.title}, {one.fields[f'revision-{one.number}']}")
        for one in parts
    ]


@lru_cache
def style_sheet() -> bytes:
    """The style sheet of all pages."""
    own = resources(__package__ or "").joinpath("app.css").read_text("utf-8")
    return f"{page_style()}\n{own}".encode()


@lru_cache
def style_address() -> str:
    """Where the style sheet is: named by its content, and so kept for as long as a browser likes."""
    return f"/style-{hashlib.sha256(style_sheet()).hexdigest()[:16]}.css"
