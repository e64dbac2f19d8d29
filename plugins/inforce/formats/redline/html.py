"""A redline as HTML: the list of changes in sentences, the text with its changes marked, and what became of one clause.

The structure is the same wherever it is made; scripts that make it in the browser keep to it. Around all of it::

    <div class="inforce-redline">
    <input type="radio" name="inforce-view" id="inforce-view-inline" checked><label for="…">…</label>
    <input type="radio" name="inforce-view" id="inforce-view-sides"><label for="…">…</label>
    <div class="inforce-marks"> … the clauses … </div>
    </div>

A clause that was kept is written as in any text, with its identity as `id` if that is known. One that was changed is
marked in a box of its own, which stands within the `<li>`, `<dt>` or `<dd>` where the clause is one::

    <div class="inforce-change inforce-change--edited" id="c-we-keep-your-orders">
    <p class="inforce-note">The link of “by mail” leads to …</p>
    <p class="inforce-marked"><span class="inforce-side" hidden>Before</span>Within <del>30</del> <ins>60</ins> days</p>
    <p class="inforce-after" hidden><span class="inforce-side">Now</span>Within <ins>60</ins> days</p>
    </div>

After the two hyphens stands what was done: `edited`, `moved` (edited too or not), `split`, `joined`, `inserted`,
`deleted`, and `gone` for the place that a moved clause left, where a note links to where it is now. `inforce-note` says
in words what no mark shows. `inforce-marked` is an element of the clause's own kind (`h3`, `p`, `pre`, else `div`) with
the words of both texts. `inforce-after` has those of the new text alone, for the view side by side; it is there only
where the clause is in both texts and differs. Words with another link or formatting are there twice, as
`<span class="inforce-reset">` and, hidden, as `<span class="inforce-before">`.

A row is `<tr class="inforce-change …">`; its notes stand in its first cell, and each cell that differs has both
elements. A row to which cells were added while others were taken from it is two rows: one that was deleted, without an
`id`, and after it the new one. Long stretches without a change are folded::

    <details class="inforce-kept"><summary>12 clauses unchanged, from “Cookies”</summary> … </details>

and of rows the same within `<tr class="inforce-fold"><td colspan="…">`. An item or row without a mark of its own, in
which something goes on whose beginning stands elsewhere, is `inforce-goes-on`. Between clauses that were joined or
split stands `<del class="inforce-cut">¶</del>`, or `ins`.

What is told of one clause by itself stands in `<div class="inforce-told">`: sentences, and its words in `<p
class="inforce-marked">`.

Leave out what is `hidden`, the notes and summaries, `inforce-cut`, and `del`: what remains is the new text. With `ins`
in the place of `del`, and each moved clause put where its note is, it is the old one. Nothing hangs on the style.

Relative links are marked as in a rendition; `with_links` of `formats/text/markdown.py` places them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from inforce.core.redline import Change, Done
from inforce.formats.messages import Messages
from inforce.formats.redline.anchors import Anchors
from inforce.formats.redline.body import SPLIT, Body
from inforce.formats.redline.inline import marked
from inforce.formats.redline.sentences import Sentences, grouped
from inforce.formats.redline.words import Comparison

_LONGEST = 40
_MOST = 5
"""Of a clause and of an entry, how many words and clauses the list of changes quotes; the rest is in the redline."""


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """What became of a clause, for the page of the new text.

    Attributes:
        place: that of the clause in the new text, counted from 0. For what is not there any more (`is_gone`) that of
            the clause before which it stood, or the number of all clauses where that was at the end.
        is_gone: whether it was deleted, or moved away.
        done: what was done.
        html: sentences about it, and its words with the changes marked, to be put into `<div class="inforce-told">`;
            nothing in it has an `id`.
    """

    place: int
    is_gone: bool
    done: Done
    html: str


def change_list(comparison: Comparison, messages: Messages) -> str:
    """The list of changes: `<ol class="inforce-changes">`, each entry linked to its place in the redline.

    Where nothing changed there is a sentence that says so.
    """
    anchors = Anchors(comparison)
    items = []
    for entry in Sentences(comparison, messages, _LONGEST, _MOST).entries():
        details = _paragraphs(one.sentence for one in entry.details)
        link = f'<a href="#{escape(anchors.of(entry.changes[0]))}">{escape(entry.sentence, quote=False)}</a>'
        items.append(f"<li><p>{link}</p>{details}</li>")
    if not items:
        return f"<p>{escape(messages('redline.same'), quote=False)}</p>"
    return "\n".join(['<ol class="inforce-changes">', *items, "</ol>"])


def redline_body(comparison: Comparison, messages: Messages, *, top: int = 3, language: str | None = None) -> str:
    """The text with its changes marked.

    Args:
        comparison: the texts, and what changed.
        messages: the words of the notes.
        top: the level of its highest headings: `h3`. The others are as far below as in the text, `h6` the lowest.
        language: that of the text, which is the caller's to mark, if it may be another one than that of the messages.
    """
    marks = redline_marks(comparison, messages, top=top, language=language)
    views = "\n".join(
        f'<input type="radio" name="inforce-view" id="inforce-view-{view}"{checked}>'
        f'<label for="inforce-view-{view}">{escape(messages(f"redline.view.{view}"), quote=False)}</label>'
        for view, checked in (("inline", " checked"), ("sides", ""))
    )
    return f'<div class="inforce-redline">\n{views}\n{marks}\n</div>'


def redline_marks(comparison: Comparison, messages: Messages, *, top: int = 3, language: str | None = None) -> str:
    """The same without the choice of views, for a form that has other things to choose from."""
    sentences = Sentences(comparison, messages, _LONGEST, _MOST)
    body = Body(comparison, messages, sentences, top, language).html()
    return f'<div class="inforce-marks">\n{body}\n</div>'


def clause_changes(comparison: Comparison, messages: Messages) -> list[ClauseChange]:
    """What became of each changed clause, by its place in the new text, where it stood or stands."""
    sentences = Sentences(comparison, messages, _LONGEST, _MOST)
    moved = {id(group[0]): group for group in grouped(comparison.redline)}
    found: list[ClauseChange] = []
    place = 0
    for change, has_left in comparison.redline.with_departures():
        if has_left:
            if id(change) in moved:
                html = _paragraphs([sentences.gone(moved[id(change)])])
                found.append(ClauseChange(place, is_gone=True, done=change.done, html=html))
        elif change.done is Done.DELETED:
            found.append(ClauseChange(place, is_gone=True, done=change.done, html=_told(change, sentences)))
        elif change.done is not Done.KEPT:
            told = _told(change, sentences)
            found += [ClauseChange(one.place, is_gone=False, done=change.done, html=told) for one in change.new]
        if change.new and not has_left:
            place = change.new[-1].place + 1
    return found


def _told(change: Change, sentences: Sentences) -> str:
    """Sentences about a clause, and its words with the changes marked."""
    said = [sentences.sentence([change])]
    if change.is_moved:
        said.append(sentences.origin(change))
    if change.old and change.new:
        said += [one.sentence for one in sentences.edits(change)]
    words = f"{SPLIT} ".join(map(marked, change.parts)) if change.done is Done.SPLIT else marked(change.stretches)
    return _paragraphs(said) + (f'<p class="inforce-marked">{words}</p>' if words else "")


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{escape(one, quote=False)}</p>" for one in sentences)
