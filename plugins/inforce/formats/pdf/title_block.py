"""The title block: what the revision is, from when it counts for whom, and by what its text is known to be exact."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from textwrap import shorten

from inforce.core.address import ARCHIVE
from inforce.core.effect import Audience, Kind
from inforce.core.policy import Effect, Revision
from inforce.formats.messages import Messages, direction
from inforce.formats.pdf.qr import qr_svg
from inforce.formats.pdf.record_json import RECORD, SOURCE
from inforce.formats.pdf.sheet import Sheet
from inforce.formats.pdf.style import test_lines
from inforce.formats.words import Words

_RUNNING = 60
"""The longest title that stands at the head of each page."""
Row = tuple[str, str]
"""What a fact is called, and the fact as HTML."""
SHORT = 12
"""So many digits of the digest stand on each page."""
_RULES = {
    Kind.ON_POSTING: "history.rule.on_posting",
    Kind.ON_ACCEPTANCE: "history.rule.on_acceptance",
    Kind.NEVER: "history.rule.never",
    Kind.DAY: "history.rule.day",
    Kind.INSTANT: "history.rule.day",
    Kind.DAYS_AFTER: "history.rule.days",
}
_AUDIENCES = {Audience.CURRENT_USERS: "pdf.effect.current_users", Audience.NEW_USERS: "pdf.effect.new_users"}


def title_block(sheet: Sheet, say: Messages, ours: str) -> Iterator[str]:
    """The title block as HTML; `ours` are attributes that say in which language we speak, if that is another one."""
    revision = sheet.source.dated
    spoken = f'lang="{escape(revision.language)}" dir="{direction(revision.language)}"'
    yield f'<section class="title"{ours}>'
    yield f'<div class="code">{qr_svg(sheet.address, say("pdf.qr", address=sheet.address))}</div>'
    running = escape(shorten(revision.title, _RUNNING, placeholder="…"))
    yield f'<h1 class="own" {spoken} data-running="{running}">{_text(revision.title)}</h1>'
    short = revision.digest[:SHORT]
    yield f'<p class="which" data-digest="{short}">{_text(say("pdf.revision", name=revision.name))}</p>'
    yield '<table class="facts"><tbody>'
    for name, value in _facts(sheet, revision, say):
        yield f'<tr><th scope="row">{_text(name)}</th><td>{value}</td></tr>'
    yield "</tbody></table></section>"


def _facts(sheet: Sheet, revision: Revision, say: Messages) -> Iterator[Row]:
    calls = dict(sheet.calls)
    if revision.title != revision.policy_title:
        yield say("pdf.policy"), _own(revision.policy_title, revision)
    yield say("about.posted"), _text(_posted(revision, say))
    yield from _effects(revision, say)
    if revision.accept_by is not None:
        instant = say.moment(revision.accept_by, revision.zone)
        yield say("about.acceptance"), _text(say("about.acceptance.by", instant=instant))
    for key, names in (("about.withdraws", revision.overtakes), ("about.keeps", revision.keeps)):
        for name in names:
            yield say(key), _text(say(f"{key}.what", revision=calls[name]))
    yield say("about.change"), _text(_change(revision, calls, say))
    if revision.summary:
        listed = "".join(f"<li>{_text(one)}</li>" for one in revision.summary)
        yield say("about.summary"), f'<ul class="own" lang="{escape(revision.language)}">{listed}</ul>'
    if sheet.before is not None:
        old = calls[sheet.before.revision.name]
        yield say("pdf.predecessor"), _text(say("pdf.predecessor.what", old=old))
    yield say("about.digest"), f"<code>{revision.digest}</code>"
    address = escape(sheet.address)
    yield say("pdf.address"), f'<a href="{address}">{address}</a>'
    yield say("pdf.signed"), _signed(sheet, say)
    yield say("pdf.attached"), _text(say("pdf.attached.what", source=SOURCE, record=RECORD))
    yield say("about.times"), _text(say("about.times.zone", zone=revision.time_zone))


def _signed(sheet: Sheet, say: Messages) -> str:
    """That the file is signed, which not every program shows, and how to check that; of a test rendition what it is."""
    if sheet.is_test:
        return f'<span class="test">{_text(" · ".join(test_lines(say)))}</span>'
    before, _, after = say("pdf.signed.what", address="\0").partition("\0")
    address = escape(sheet.root + ARCHIVE)
    return f'{_text(before)}<a class="check" href="{address}">{address}</a>{_text(after)}'


def _posted(revision: Revision, say: Messages) -> str:
    """When it was posted, how that is known, and by which commit it came into the record."""
    instant = say.moment(revision.posted, revision.zone, exactly=True, with_time=True)
    posting = revision.posting
    if posting.source is not None:
        return say("pdf.posted.stated", instant=instant, source=posting.source, commit=posting.commit)
    return say("posting.recorded", instant=instant, commit=posting.commit)


def _effects(revision: Revision, say: Messages) -> Iterator[Row]:
    """When it takes effect, said once where that is the same for both audiences."""
    if revision.corrects is not None:
        what = say("history.rule.correction", revision=revision.corrects)
        yield say("pdf.effect"), _text(what)
        return
    told = {audience: _effect(effect, revision, say) for audience, effect in revision.effects.items()}
    if len(told) == len(Audience) and len(set(told.values())) == 1:
        yield say("pdf.effect"), _text(say("pdf.effect.both", effect=next(iter(told.values()))))
        return
    for audience in Audience:
        if audience in told:
            yield say(_AUDIENCES[audience]), _text(told[audience])


def _effect(effect: Effect, revision: Revision, say: Messages) -> str:
    """When it takes effect for an audience."""
    key, values = _RULES[effect.rule.kind], {}
    if effect.start is not None:
        values["moment"] = say.moment(effect.start, revision.zone)
    if effect.rule.days is not None:
        values["days"] = str(effect.rule.days)
    return say(key, **values)


def _change(revision: Revision, calls: dict[str, str], say: Messages) -> str:
    """The class of the change, and what it means."""
    if revision.corrects is not None:
        return say("change.correcting", revision=calls[revision.corrects])
    return Words(say).change(revision.change)


def _own(words: str, revision: Revision) -> str:
    """Words in the policy's language."""
    return f'<span class="own" lang="{escape(revision.language)}">{_text(words)}</span>'


def _text(words: str) -> str:
    return escape(words, quote=False)
