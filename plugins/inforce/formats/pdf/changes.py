"""The appendix: what the revision changed in the one that it was made from, as a list in words and as a redline.

In the redline stretches without a change are left out, because the whole text stands before it. Colours, strokes and
words say the same: of a clause that came or went its note says so, and of words within a clause a few words in brackets
do. Whoever hears the document, or has a copy in black and white, is told no less.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from inforce.core.address import revision_address
from inforce.core.instant import format_instant
from inforce.core.redline import Done, redline
from inforce.formats.messages import Messages, direction
from inforce.formats.pdf.elements import Element, parsed, take_out, with_parents, written
from inforce.formats.pdf.headings import set_levels
from inforce.formats.pdf.sheet import Sheet, Source
from inforce.formats.pdf.tables import fit_tables
from inforce.formats.pdf.text import make_plain
from inforce.formats.redline.html import change_list, redline_body
from inforce.formats.redline.words import GAP, Comparison, Text, measured, words_counted
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of
from inforce.formats.text.markdown import with_links

PLACE = "redline:"
"""With this begin the anchors of the redline, so that they are none of the text's."""
_WHOLE = frozenset({"inforce-change--inserted", "inforce-change--deleted"})
_NOTE = "inforce-note"
_IN_WORDS = {"del": "pdf.changes.deleted", "ins": "pdf.changes.inserted"}


def comparison_of(sheet: Sheet) -> Comparison | None:
    """The comparison with the predecessor; None of a first revision."""
    if sheet.before is None:
        return None
    old, new = _compared(sheet.before), _compared(sheet.source)
    return Comparison(old, new, redline(old.clauses, new.clauses), sheet.source.revision.language)


def changes_part(sheet: Sheet, comparison: Comparison, say: Messages) -> Iterator[str]:
    """What stands under the appendix's heading."""
    changes = change_list(comparison, say)
    is_same = all(one.done is Done.KEPT for one in comparison.redline.changes)
    told = [] if is_same else [measured(comparison, say), words_counted(comparison, say)]
    told += [say("redline.coarse")] if comparison.redline.is_coarse else []
    told += [say("redline.gap", gap=GAP)] if GAP in changes else []
    if told:
        yield f"<p>{escape(' '.join(told), quote=False)}</p>"
    yield f"<h3>{escape(say('pdf.changes.list'), quote=False)}</h3>"
    yield written(_listed(changes))
    if is_same:
        return
    language = sheet.source.revision.language
    yield f"<h3>{escape(say('pdf.changes.text'), quote=False)}</h3>"
    yield f"<p>{escape(say('pdf.changes.legend'), quote=False)}</p>"
    yield f'<div class="own" lang="{escape(language)}" dir="{direction(language)}">'
    yield written(_marked(redline_body(comparison, say, language=language), sheet, say))
    yield "</div>"


def _compared(source: Source) -> Text:
    revision = source.dated
    posted = format_instant(revision.posted, revision.zone)
    return Text(f"{revision.policy}/{revision.name}", revision.digest, clauses_of(body(source.data)), posted)


def _listed(changes: str) -> Element:
    """The list of changes, its links leading into the redline."""
    section = parsed(changes)
    for link in section.iter("a"):
        link.set("href", f"#{PLACE}{(link.get('href') or '')[1:]}")
    return section


def _marked(source: str, sheet: Sheet, say: Messages) -> Element:
    """The redline as it stands on paper."""
    revision = sheet.source.revision
    section = parsed(with_links(source, revision_address(revision.policy, revision.name), sheet.root))
    for parent, child in with_parents(section):
        if child.tag in ("input", "label") or child.get("hidden") is not None:
            take_out(parent, child)
    for element in section.iter():
        if element.tag == "details":
            _fold(element)
    _number_places(section)
    for element in section.iter():
        if "inforce-change" in (element.get("class") or "").split():
            _say_in_words(element, say, revision.language)
    set_levels(section, 4)
    fit_tables(section)
    return section


def _fold(details: Element) -> None:
    """Leave of clauses that nobody changed what is said of them."""
    summary = next(iter(details))
    said = "".join(summary.itertext())
    tail = details.tail
    details.clear()
    details.tag, details.text, details.tail = "p", said, tail
    details.set("class", "kept")


def _number_places(section: Element) -> None:
    """Give the anchors names of their own, and have links that lead elsewhere be words."""
    for element in section.iter():
        if (name := element.get("id")) is not None:
            element.set("id", PLACE + name)
        if element.tag == "a":
            target = element.get("href") or ""
            is_note = target.startswith("#change-")
            if is_note:
                element.set("href", f"#{PLACE}{target[1:]}")
            else:
                make_plain(element)


def _say_in_words(change: Element, say: Messages, language: str) -> None:
    """Put words around what is struck or underlined, unless a note says it of the whole clause."""
    if any(_NOTE in (one.get("class") or "") for one in change.iter()) and _is_whole(change):
        return
    for parent, child in with_parents(change):
        if child.tag in _IN_WORDS and child.get("class") != "inforce-cut":
            opening, _, closing = say(_IN_WORDS[child.tag], words="\0").partition("\0")
            _surround(parent, child, _told(opening, say, language), _told(closing, say, language))


def _is_whole(change: Element) -> bool:
    """Whether the whole clause came or went."""
    return not _WHOLE.isdisjoint((change.get("class") or "").split())


def _surround(parent: Element, child: Element, before: Element, after: Element) -> None:
    """Put elements before and after an element; what stands after it stays there."""
    place = list(parent).index(child)
    after.tail, child.tail = child.tail, None
    parent.insert(place, before)
    parent.insert(place + 2, after)


def _told(words: str, say: Messages, language: str) -> Element:
    """Words of ours among those of a text in this language."""
    span = Element("span", {"class": "told"})
    span.text = words
    if say.language != language:
        span.set("lang", say.language)
    return span
