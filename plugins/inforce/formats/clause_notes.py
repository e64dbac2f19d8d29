"""What stands beside a clause on the page of a revision: what changed here, and what happened to it before.

A note is closed until a reader opens it. It is there for every clause that the revision changed, and, quieter, for
every other one that an earlier revision changed; not for one that the first revision had already, as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape

from inforce.core import address
from inforce.core.clause_history import Touch, Touches
from inforce.formats.messages import Messages, direction

HERE = "\x02policy\x03"
"""Stands for the policy's address as a link from the page: a sign that no text can hold."""
_REVISION = "\x02revision\x03"


def notes(
    changes: Mapping[int, str], names: Sequence[str], touches: Mapping[str, Touches], say: Messages, language: str
) -> Iterator[tuple[int, str]]:
    """The notes on a text, each with the place of the clause that it belongs to; one at the end after the last place.

    Args:
        changes: HTML that tells what the revision changed, by places.
        names: the identities of the clauses, in order.
        touches: what happened to each of them, the last first to be told.
        say: our words.
        language: that of the text.
    """
    attributes = "" if say.language == language else f' lang="{say.language}" dir="{direction(say.language)}"'
    for place in range(len(names) + 1):
        change = changes.get(place, "")
        past = _past(touches.get(names[place], ()), say) if place < len(names) else ""
        if change or past:
            yield place, _note(change, past, say, attributes)


def _note(change: str, past: str, say: Messages, attributes: str) -> str:
    label, kind = ("clause.changed", "changed") if change else ("clause.history", "past")
    heading = f'<p class="inforce-note__heading">{escape(say("clause.history"))}</p>' if change and past else ""
    return (
        f'<details class="inforce-note inforce-note--{kind}" data-search-exclude{attributes}>'
        f'<summary><span aria-hidden="true">±</span><span class="inforce-note__label">{escape(say(label))}</span>'
        f"</summary>{change}{heading}{past}</details>"
    )


def _past(touches: Touches, say: Messages) -> str:
    if not touches:
        return ""
    return f'<ul class="inforce-note__past">{"".join(_entry(one, say) for one in reversed(touches))}</ul>'


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
