"""What stands beside a clause on the page of a revision: what changed here, and what happened to it before.

A note is closed until a reader opens it. It is there for every clause that the revision changed, and, quieter, for
every other one that an earlier revision changed; not for one that the first revision had already, as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape

from inforce.core import address
from inforce.core.clause_history import Touch, Touches
from inforce.formats.messages import Messages, direction
from inforce.formats.redline.html import ClauseChange

HERE = "\x02policy\x03"
"""Stands for the policy's address as a link from the page: a sign that no text can hold."""
_REVISION = "\x02revision\x03"
_WORDS = '<p class="inforce-marked">'
"""How the words of a clause begin in what is told of it; they are the text's own."""


def notes(
    changes: Iterable[ClauseChange], names: Sequence[str], touches: Mapping[str, Touches], say: Messages, language: str
) -> Iterator[tuple[int, str]]:
    """The notes on a text, each with the place of the clause that it belongs to; one at the end after the last place.

    Args:
        changes: what the revision changed.
        names: the identities of the clauses, in order.
        touches: what happened to each of them, the last first to be told.
        say: our words.
        language: that of the text.
    """
    ours, theirs = ("", "") if say.language == language else (_spoken(say.language), _spoken(language))
    told: dict[int, str] = {}
    for change in changes:
        told[change.place] = told.get(change.place, "") + change.html.replace(_WORDS, f"{_WORDS[:-1]}{theirs}>")
    for place in range(len(names) + 1):
        past = _past(touches.get(names[place], ()), say) if place < len(names) else ""
        if past or place in told:
            yield place, _note(told.get(place, ""), past, say, ours)


def _note(change: str, past: str, say: Messages, attributes: str) -> str:
    label, kind = ("clause.changed", "changed") if change else ("clause.history", "past")
    told = f'<div class="inforce-told">{change}</div>' if change else ""
    heading = f'<p class="inforce-beside__heading">{escape(say("clause.history"))}</p>' if change and past else ""
    return (
        f'<details class="inforce-beside inforce-beside--{kind}" data-search-exclude{attributes}>'
        f'<summary><span aria-hidden="true">±</span><span class="inforce-beside__label">{escape(say(label))}</span>'
        f"</summary>{told}{heading}{past}</details>"
    )


def _spoken(language: str) -> str:
    return f' lang="{escape(language)}" dir="{direction(language)}"'


def _past(touches: Touches, say: Messages) -> str:
    if not touches:
        return ""
    return f'<ul class="inforce-beside__past">{"".join(_entry(one, say) for one in reversed(touches))}</ul>'


def _entry(touch: Touch, say: Messages) -> str:
    before, after = _sentence(touch.done, say)
    target = f"{HERE}{touch.revision}/changes/#{escape(touch.clause)}"
    return f'<li>{before}<a href="{target}">{touch.revision}</a>{after}</li>'


@lru_cache(256)
def _sentence(done: str, say: Messages) -> tuple[str, str]:
    """What stands before and after the name of the revision."""
    before, _, after = escape(say(f"clause.{done.replace(' ', '_')}", revision=_REVISION)).partition(_REVISION)
    return before, after


def placed_notes(html: str, policy: str, page: str) -> str:
    """The HTML with the links of its notes fit for a page, whose address that is."""
    return html.replace(HERE, address.relative(address.policy_address(policy), page))
