"""The timeline of one policy as a picture: an inline SVG of what binds and what is offered, from when until when.

Time runs from left to right, to scale. Three lanes lie under each other: when each revision was posted; what binds
current users, with a thin lane for what they are offered; what binds new users or is offered to them. A line stands
at the instant that the picture is of; what is planned after it has dashed edges. Where what is to come, or began
lately, takes little of the whole, a second panel enlarges it.

How it stays legible without a script: places along the time axis are percentages, heights and sizes of text are
pixels, so nothing is ever stretched. Which labels there are depends on the width, of which there are two kinds. They
are laid out for each, those that fit in one alone carry a class, and the style sheet shows the right ones. A label
that does not fit is left out, never shortened; a run of stretches too short to be told apart is drawn as one, with
their number. The table beside the picture leaves nothing out.

There is no `style` in it, so that a strict Content Security Policy lets it pass: classes alone, and the attribute
`fill` where that is a pattern.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from html import escape
from itertools import groupby

from inforce.core.effect import Audience
from inforce.core.timeline import Basis, Span, Timeline
from inforce.formats.messages import Messages
from inforce.formats.timeline_axis import Window, enlarged, ticks, whole
from inforce.formats.timeline_words import description, is_overtaken, offers_to_current_users

NARROW, WIDE = 280, 640
"""The widths in pixels from which on the labels of a narrow picture, and those of a wide one, do not meet."""
_TEXT, _LETTER, _APART = 12, 8, 10
"""In pixels: the size of text, the width of a letter at the most, and what lies between two labels at the least."""
_CAPTION, _MARKS, _BAR, _THIN, _SPACE, _AXIS = 18, 16, 26, 12, 8, 22
"""Heights in pixels: a line of text, the marks of postings, a bar, a thin bar, what follows a lane, the axis."""
_SHORT, _MANY = 1.0, 3
"""Stretches shorter than this share of the width, in percent, are drawn as one, from so many in a row on."""


@dataclass(frozen=True, slots=True)
class _Label:
    """A text: `x` in percent, `dx` and `y` in pixels, `anchor` as SVG has it."""

    words: str
    x: float
    y: int
    dx: int = 0
    anchor: str = "start"
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class _Bar:
    """A span of a row; or a run of `count` spans that are too short to be told apart, under the name of the last."""

    span: Span
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Lane:
    """A row of bars, and where it lies."""

    bars: Sequence[_Bar]
    y: int
    height: int


def timeline_svg(timeline: Timeline, now: datetime, title: str, messages: Messages, zone: tzinfo) -> str:
    """The picture: an `<svg>` as wide as what it stands in. It has ids: one of it on a page.

    Args:
        timeline: the revisions posted by `now`, at least one.
        now: the instant that the picture is of.
        title: the policy's title.
        messages: the words of the page.
        zone: in which days begin on the axis, and in which instants are told.
    """
    window = whole(timeline, now)
    detail = enlarged(timeline, now, window)
    drawing = _Drawing(timeline, now, messages, zone)
    panels = [_Panel(drawing, window, 0, "whole" if detail else "")]
    if detail:
        panels.append(_Panel(drawing, detail, panels[0].bottom + 2 * _SPACE, "enlarged"))
    name = escape(messages("timeline.title", title=title))
    said = escape(" ".join(description(timeline, now, messages, zone)))
    return (
        '<svg class="inforce-tl" role="img" aria-labelledby="timeline-title timeline-desc" width="100%" '
        f'height="{panels[-1].bottom}" direction="ltr" font-size="{_TEXT}">\n'
        f'<title id="timeline-title">{name}</title>\n<desc id="timeline-desc">{said}</desc>\n'
        f"{_DEFINITIONS}\n{''.join(panel.drawn() for panel in panels)}</svg>"
    )


def strip_svg(timeline: Timeline, now: datetime) -> str:
    """A small picture without words: what binds current users, and below it new users.

    It stands beside words that say more, and is hidden from screen readers. It has no ids.
    """
    window = whole(timeline, now)
    shapes: list[str] = []
    for audience, y in zip(Audience, (1, 9), strict=True):
        for bar in _bars(timeline.row(audience), window):
            shapes += _parts(bar.span, window, now, y, 6, "strip")
    return (
        '<svg class="inforce-tl inforce-tl--strip" aria-hidden="true" focusable="false" width="100%" height="16" '
        f'direction="ltr">{"".join(shapes)}{_upright("now", window.share(now), 0, 16)}</svg>'
    )


def legend(timeline: Timeline, now: datetime, messages: Messages) -> str:
    """What the marks of the picture mean, of those that it has: a list whose swatches are small pictures."""
    items = (
        f'<li><svg class="inforce-tl" aria-hidden="true" focusable="false" width="26" height="14">{shape}</svg>'
        f"{escape(messages(f'timeline.legend.{mark}'))}</li>"
        for mark, shape in _swatches(timeline, now)
    )
    return f'<ul class="inforce-tl-legend">{"".join(items)}</ul>'


class _Drawing:
    """What the panels share: the timeline, the instant, the words, the number of each revision."""

    def __init__(self, timeline: Timeline, now: datetime, messages: Messages, zone: tzinfo) -> None:
        self.timeline, self.now, self.messages, self.zone = timeline, now, messages, zone
        self.numbers = {one.name: str(number) for number, one in enumerate(timeline.revisions, 1)}
        self.offers = offers_to_current_users(timeline)


class _Panel:
    """One stretch of time: where its parts lie from `top` to `bottom`, its shapes and its labels."""

    def __init__(self, drawing: _Drawing, window: Window, top: int, caption: str) -> None:
        self._of, self._window, self._top, self._caption = drawing, window, top, caption
        self._now_y = top + (_CAPTION if caption else 0)
        self._posted_y = self._now_y + _CAPTION
        self._lanes: dict[Audience, _Lane] = {}
        self._thin: _Lane | None = None
        y = self._posted_y + 2 * _CAPTION + _MARKS + _SPACE
        for audience in Audience:
            self._lanes[audience] = _Lane(_bars(drawing.timeline.row(audience), window), y + _CAPTION, _BAR)
            y += _CAPTION + _BAR + _SPACE
            thin = _bars(drawing.offers, window) if audience is Audience.CURRENT_USERS else []
            if thin:
                self._thin = _Lane(thin, y - _SPACE + 2, _THIN)
                y += _THIN + 2
        self._axis_y = y
        self.bottom = y + _AXIS

    def drawn(self) -> str:
        """The panel as SVG."""
        kind = self._caption or "whole"
        return f'<g class="inforce-tl-panel inforce-tl-panel--{kind}">\n{"".join(self._shapes())}{self._texts()}</g>\n'

    # Shapes

    def _shapes(self) -> Iterator[str]:
        now = self._window.share(self._of.now)
        height = self._axis_y - self._posted_y
        yield _rect("future", now, 100 - now, self._posted_y, height) + "\n"
        yield from self._postings()
        for audience, lane in self._lanes.items():
            yield f'<g class="inforce-tl-lane inforce-tl-lane--{audience.replace("_", "-")}">\n'
            yield _level("none", lane.y + lane.height // 2)
            yield from (self._bar(bar, lane) for bar in lane.bars)
            yield "</g>\n"
        if self._thin:
            yield '<g class="inforce-tl-lane inforce-tl-lane--offers">\n'
            yield from (self._bar(bar, self._thin) for bar in self._thin.bars)
            yield "</g>\n"
        yield _level("axis", self._axis_y)
        _, marks = self._ticks(WIDE)
        yield "".join(_upright("tick", self._window.share(mark), self._axis_y, self._axis_y + 5) for mark in marks)
        yield _upright("now", now, self._posted_y - 2, self._axis_y) + "\n"

    def _postings(self) -> Iterator[str]:
        """A mark where each revision was posted, and a line to where it takes effect for current users."""
        y = self._posted_y + 2 * _CAPTION + _MARKS // 2
        yield _level("base", y)
        for one in self._of.timeline.revisions:
            mark, until = self._mark(one.name)
            if until is not None and self._window.meets(one.posted, until):
                left, right = self._window.share(one.posted), self._window.share(until)
                yield f'<line class="inforce-tl-wait inforce-tl-wait--{mark}" x1="{_number(left)}%" x2="{_number(right)}%" y1="{y}" y2="{y}"/>'
                yield _upright("wait", right, y - 4, y + 4) if self._window.holds(until) else ""
            if self._window.holds(one.posted):
                yield f'<use href="#timeline-{mark}" x="{_number(self._window.share(one.posted))}%" y="{y}"/>\n'

    def _mark(self, name: str) -> tuple[str, datetime | None]:
        """How a posting is marked, and until when it waits for its effect for current users (or its withdrawal)."""
        timeline = self._of.timeline
        if is_overtaken(timeline, name, self._of.now):
            overtaker = timeline.overtaken_by(name)
            return "overtaken", overtaker.posted if overtaker else None
        if timeline[name].corrects is not None:
            return "correction", None
        start = timeline.start(name, Audience.CURRENT_USERS)
        return "posted", start if start is not None and start > timeline[name].posted else None

    def _bar(self, bar: _Bar, lane: _Lane) -> str:
        said = escape(self._tooltip(bar))
        names = f'data-revision="{escape(bar.span.revision)}"' if bar.count == 1 else f'data-revisions="{bar.count}"'
        many = "many" if bar.count > 1 else ""
        shapes = "".join(_parts(bar.span, self._window, self._of.now, lane.y, lane.height, many))
        onward = ""
        if bar.span.until is None:
            onward = f'<use href="#timeline-onward" x="100%" y="{lane.y + lane.height // 2}"/>'
        return f"<g {names}><title>{said}</title>{shapes}{onward}</g>\n"

    def _tooltip(self, bar: _Bar) -> str:
        messages, zone = self._of.messages, self._of.zone
        what = bar.span.revision if bar.count == 1 else messages("timeline.many", count=bar.count)
        start = messages.moment(bar.span.start, zone)
        if bar.span.until is None:
            return messages("timeline.span.open", what=what, start=start)
        return messages("timeline.span", what=what, start=start, until=messages.moment(bar.span.until, zone))

    # Labels

    def _texts(self) -> str:
        """The labels of both widths: those that both have once, the others marked as one width's own."""
        narrow, wide = (list(self._labels(width)) for width in (NARROW, WIDE))
        kept = [_text(one, "" if one in wide else " inforce-tl-narrow") for one in narrow]
        added = [_text(one, " inforce-tl-wide") for one in wide if one not in narrow]
        return "".join([*kept, *added])

    def _labels(self, width: int) -> Iterator[_Label]:
        messages = self._of.messages
        if self._caption:
            words = messages(f"timeline.{self._caption}")
            yield _Label(words, 0, self._top + 12, kind="caption")
        yield from _placed([self._as_of(width)], width)
        yield _Label(messages("timeline.lane.posted"), 0, self._posted_y + 12, kind="lane")
        yield from self._numbers(width)
        for audience, lane in self._lanes.items():
            yield _Label(messages(f"timeline.lane.{audience}"), 0, lane.y - 6, kind="lane")
            yield from self._bar_labels(lane, width)
        yield from self._tick_labels(width)

    def _as_of(self, width: int) -> _Label:
        words = self._of.messages("timeline.now", moment=self._of.messages.moment(self._of.now, self._of.zone))
        share, needed = self._window.share(self._of.now), 100 * _width(words) / width
        anchor = "middle" if share + needed / 2 <= 100 <= 100 + share - needed / 2 else "end"
        if share < needed and anchor == "end":
            anchor = "start" if share + needed <= 100 else "middle"
        return _Label(words, share, self._now_y + 12, anchor=anchor, kind="now")

    def _numbers(self, width: int) -> Iterator[_Label]:
        """The numbers of the postings, the newest first where not all have room."""
        y = self._posted_y + 2 * _CAPTION - 4
        shown = [one for one in reversed(self._of.timeline.revisions) if self._window.holds(one.posted)]
        marks = [
            _Label(self._of.numbers[one.name], self._window.share(one.posted), y, anchor="middle", kind="number")
            for one in shown
        ]
        yield from _placed(marks, width)

    def _bar_labels(self, lane: _Lane, width: int) -> Iterator[_Label]:
        for bar in lane.bars:
            left, right = self._window.share(bar.span.start), self._window.share(bar.span.until or self._window.end)
            now = self._window.share(self._of.now)
            kind = "bar"
            if left < now < right:  # It is drawn in two parts: the label goes into the longer one.
                kind, left, right = ("bar-now", left, now) if now - left >= right - now else ("bar", now, right)
            words = self._bar_words(bar, (right - left) * width / 100 - _APART)
            if words:
                yield _Label(words, (left + right) / 2, lane.y + lane.height // 2 + 4, anchor="middle", kind=kind)

    def _bar_words(self, bar: _Bar, room: float) -> str:
        """The name, where there is room for it in pixels, else the number, else nothing."""
        if bar.count > 1:
            tries = [self._of.messages("timeline.many", count=bar.count)]
        else:
            tries = [bar.span.revision, self._of.numbers[bar.span.revision]]
        return next((words for words in tries if _width(words) <= room), "")

    def _ticks(self, width: int) -> tuple[str, list[datetime]]:
        """The ticks whose labels have room."""
        for most in range(12, 0, -1):
            unit, marks = ticks(self._window, self._of.zone, most)
            needed = max((_width(self._tick_words(unit, mark)) for mark in marks), default=0) + _APART
            places = [self._window.share(mark) * width / 100 for mark in marks]
            if all(later - one >= needed for one, later in zip(places, places[1:], strict=False)):
                return unit, marks
        return unit, marks

    def _tick_words(self, unit: str, mark: datetime) -> str:
        return self._of.messages.formatted(f"timeline.tick.{unit}", mark, self._of.zone)

    def _tick_labels(self, width: int) -> Iterator[_Label]:
        unit, marks = self._ticks(width)
        for mark in marks:
            words, x = self._tick_words(unit, mark), self._window.share(mark)
            half = 50 * _width(words) / width
            if half <= x <= 100 - half:
                yield _Label(words, x, self._axis_y + 18, anchor="middle", kind="tick")


def _bars(row: Iterable[Span], window: Window) -> list[_Bar]:
    """The spans of a row that the window shows, runs of short ones of one basis joined."""
    shown = [span for span in row if window.meets(span.start, span.until)]
    bars: list[_Bar] = []
    for _, run in groupby(_with_runs(shown, window), key=lambda pair: pair[0]):
        spans = [span for _, span in run]
        if len(spans) < _MANY or spans[-1].until is None:
            bars += [_Bar(span) for span in spans]
        else:
            bars.append(_Bar(replace(spans[-1], start=spans[0].start), len(spans)))
    return bars


def _with_runs(spans: Sequence[Span], window: Window) -> Iterator[tuple[int, Span]]:
    """Each span with the number of its run: short spans that follow each other without a gap, of one basis."""
    number, before = 0, None
    for span in spans:
        short = _is_short(span, window)
        follows = before is not None and short and _is_short(before, window)
        if not (follows and before is not None and before.until == span.start and before.basis is span.basis):
            number += 1
        yield number, span
        before = span


def _is_short(span: Span, window: Window) -> bool:
    return window.share(span.until or window.end) - window.share(span.start) < _SHORT


def _parts(span: Span, window: Window, now: datetime, y: int, height: int, many: str) -> Iterator[str]:
    """What is drawn of a span: its part until now, and the planned part after it; a line where it begins."""
    left, right = window.share(span.start), window.share(span.until or window.end)
    middle = min(max(window.share(now), left), right)
    kind = span.basis.value if many in ("", "strip") else many
    has_pattern = many != "strip" and (many or span.basis is Basis.OFFERED)
    pattern = f' fill="url(#timeline-{kind})"' if has_pattern else ""
    if middle > left:
        current = " inforce-tl-bar--now" if span.contains(now) and many in ("", "strip") else ""
        yield _rect(f"bar inforce-tl-bar--{kind}{current}", left, middle - left, y, height, pattern)
    if right > middle:
        yield _rect(f"bar inforce-tl-bar--{kind} inforce-tl-bar--planned", middle, right - middle, y, height, pattern)
    if span.start >= window.start:
        yield _upright("begin", left, y, y + height)


def _placed(labels: Iterable[_Label], width: int) -> Iterator[_Label]:
    """Of labels in one line, those that have room beside the ones that were placed before."""
    taken: list[tuple[float, float]] = []
    for label in labels:
        needed = _width(label.words)
        left = label.x * width / 100 - {"start": 0, "middle": needed / 2, "end": needed}[label.anchor]
        if all(left + needed + _APART / 2 <= begin or left >= end + _APART / 2 for begin, end in taken):
            taken.append((left, left + needed))
            yield label


def _width(words: str) -> float:
    """How wide a text is at the most, in pixels."""
    return sum(_TEXT if unicodedata.east_asian_width(letter) in "WF" else _LETTER for letter in words)


def _text(label: _Label, width: str) -> str:
    dx = f' dx="{label.dx}"' if label.dx else ""
    return (
        f'<text class="inforce-tl-{label.kind}{width}" x="{_number(label.x)}%"{dx} y="{label.y}" '
        f'text-anchor="{label.anchor}">{escape(label.words)}</text>\n'
    )


def _rect(kind: str, left: float, width: float, y: int, height: int, attributes: str = "") -> str:
    return (
        f'<rect class="inforce-tl-{kind}" x="{_number(left)}%" width="{_number(width)}%" y="{y}" '
        f'height="{height}"{attributes}/>'
    )


def _upright(kind: str, x: float, top: int, bottom: int) -> str:
    share = _number(x)
    return f'<line class="inforce-tl-{kind}" x1="{share}%" x2="{share}%" y1="{top}" y2="{bottom}"/>'


def _level(kind: str, y: int) -> str:
    return f'<line class="inforce-tl-{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>\n'


def _number(value: float) -> str:
    """A number as short as a thousandth allows."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


_DEFINITIONS = """\
<defs>
<pattern id="timeline-offered" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect class="inforce-tl-paper" width="6" height="6"/><rect class="inforce-tl-stripe" width="2" height="6"/></pattern>
<pattern id="timeline-many" width="4" height="4" patternUnits="userSpaceOnUse">\
<rect class="inforce-tl-paper" width="4" height="4"/><rect class="inforce-tl-stripe" width="1" height="4"/></pattern>
<g id="timeline-posted"><circle class="inforce-tl-mark" r="4"/></g>
<g id="timeline-correction"><path class="inforce-tl-mark inforce-tl-mark--open" d="M0-5 5 0 0 5-5 0Z"/></g>
<g id="timeline-overtaken"><path class="inforce-tl-cross" d="M-4-4 4 4M4-4-4 4"/></g>
<g id="timeline-onward"><path class="inforce-tl-onward" d="M-9-5-3 0-9 5"/></g>
</defs>"""


def _swatches(timeline: Timeline, now: datetime) -> Iterator[tuple[str, str]]:
    """The marks that are explained, each with a shape of 26 to 14 pixels."""
    rows = [span for audience in Audience for span in timeline.row(audience)]
    offered = any(span.basis is Basis.OFFERED for span in rows) or bool(offers_to_current_users(timeline))
    yield "binds", _rect("bar inforce-tl-bar--binds", 2, 96, 1, 12)
    if any(span.contains(now) for span in rows):
        yield "now", _rect("bar inforce-tl-bar--binds inforce-tl-bar--now", 2, 96, 1, 12)
    if offered:
        yield "offered", _rect("bar inforce-tl-bar--offered", 2, 96, 1, 12, ' fill="url(#timeline-offered)"')
    yield "planned", _rect("bar inforce-tl-bar--binds inforce-tl-bar--planned", 2, 96, 1, 12)
    window = whole(timeline, now)
    if any(bar.count > 1 for audience in Audience for bar in _bars(timeline.row(audience), window)):
        yield "many", _rect("bar inforce-tl-bar--many", 2, 96, 1, 12, ' fill="url(#timeline-many)"')
    yield "posted", '<use href="#timeline-posted" x="13" y="7"/>'
    if any(one.corrects is not None for one in timeline.revisions):
        yield "correction", '<use href="#timeline-correction" x="13" y="7"/>'
    if any(is_overtaken(timeline, one.name, now) for one in timeline.revisions):
        yield "overtaken", '<use href="#timeline-overtaken" x="13" y="7"/>'
