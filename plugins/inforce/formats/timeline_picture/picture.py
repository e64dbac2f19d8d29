"""The timeline of one policy as a picture: an inline SVG of what binds and what is offered, from when until when.

Time runs from left to right, to scale. Three lanes lie under each other: when each revision was posted; what binds
current users, with a thin lane for what they are offered; what binds new users or is offered to them. A line stands
at the instant that the picture is of; what is planned after it has dashed edges. Where what is to come, or began
lately, takes little of the whole, a second panel enlarges it.

It stays legible without a script, because only places along the time axis depend on the width. Which labels there are
is laid out for a narrow picture and for a wide one; the style sheet shows the right ones. A label that does not fit is
left out, never shortened; a run of stretches too short to be told apart is drawn as one, with their number; marks too
close for dots are strokes. The table beside the picture leaves nothing out.

There is no `style` in it, so that a strict Content Security Policy lets it pass: classes alone, and the attribute
`fill` where that is a pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from html import escape
from itertools import groupby, pairwise

from inforce.core.effect import Audience
from inforce.core.timeline import Basis, Span, Timeline
from inforce.formats.messages import Messages
from inforce.formats.timeline_picture.axis import Window, enlarged, ticks, whole
from inforce.formats.timeline_picture.shapes import (
    APART,
    NARROW,
    OVERHANG,
    TEXT,
    Box,
    Label,
    Mark,
    in_both_widths,
    level,
    placed,
    use,
    width_of,
)
from inforce.formats.timeline_picture.words import description, is_overtaken, offers_to_current_users

_LINE, _MARKS, _BAR, _THIN, _SPACE, _AXIS = 18, 16, 26, 12, 8, 22
"""Heights in pixels: a line of text, the marks of postings, a bar, a thin bar, what follows a lane, the axis."""
_SHORT, _MANY = 1.0, 3
"""Stretches shorter than this share of the width, in percent, are drawn as one, from so many in a row on."""
_CLOSE = 100 * 10 / NARROW
"""Dots nearer to each other than this share of the width, in percent, are strokes."""
_MOST_TICKS = 12
_ARROW = 10
"""The width in pixels of the arrow at the end of what has no end."""
_OFFERED, _RUN = "timeline-offered", "timeline-many"


@dataclass(frozen=True, slots=True)
class _Bar:
    """A span of a row; or a run of `count` spans that are too short to be told apart, under the name of the last."""

    span: Span
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Lane:
    """A row of bars, and where it lies."""

    name: str
    bars: Sequence[_Bar]
    y: int
    height: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


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
        f'height="{panels[-1].bottom}" direction="ltr" font-size="{TEXT}">\n'
        f'<title id="timeline-title">{name}</title>\n<desc id="timeline-desc">{said}</desc>\n'
        f"{_DEFINITIONS}\n{''.join(panel.svg() for panel in panels)}</svg>"
    )


def strip_svg(timeline: Timeline, now: datetime) -> str:
    """A small picture without words: what binds current users, and below it new users.

    It stands beside words that say more, and is hidden from screen readers. It has no ids.
    """
    brush = _Brush(whole(timeline, now), now, has_patterns=False)
    shapes: list[str] = []
    for audience, y in zip(Audience, (1, 9), strict=True):
        bars = _bars(timeline.row(audience), brush.window)
        shapes += (brush.bar(bar, _Lane(audience, bars, y, 6)) for bar in bars)
    return (
        '<svg class="inforce-tl inforce-tl--strip" aria-hidden="true" focusable="false" width="100%" height="16" '
        f'direction="ltr">{"".join(shapes)}{Mark("now", brush.now, 0, 16).svg()}</svg>'
    )


def legend(timeline: Timeline, now: datetime, messages: Messages) -> str:
    """What the marks of the picture mean, of those that it has: a list whose swatches are small pictures."""
    items = (
        f'<li><svg class="inforce-tl" aria-hidden="true" focusable="false" width="26" height="14">{shape}</svg>'
        f"<span>{escape(messages(f'timeline.legend.{mark}'))}</span></li>"
        for mark, shape in _swatches(timeline, now)
    )
    return f'<ul class="inforce-tl-legend">{"".join(items)}</ul>'


class _Drawing:
    """What the panels share: the timeline, the instant, the words, the number of each revision."""

    def __init__(self, timeline: Timeline, now: datetime, messages: Messages, zone: tzinfo) -> None:
        self.timeline, self.now, self.messages, self.zone = timeline, now, messages, zone
        self.numbers = {one.name: str(number) for number, one in enumerate(timeline.revisions, 1)}
        self.offers = offers_to_current_users(timeline)


class _Brush:
    """Draws bars in a window; `now` is where the line of the instant stands, in percent."""

    def __init__(self, window: Window, now: datetime, *, has_patterns: bool = True) -> None:
        self.window, self.now, self._instant, self._has_patterns = window, window.share(now), now, has_patterns

    def ends(self, span: Span) -> tuple[float, float]:
        """From where to where a span reaches, in percent."""
        return self.window.share(span.start), self.window.share(span.until or self.window.end)

    def bar(self, bar: _Bar, lane: _Lane) -> str:
        """Its part until now, the planned part after it, and a line where it begins."""
        left, right = self.ends(bar.span)
        middle = min(max(self.now, left), right)
        parts = [Box(self._kinds(bar, is_planned=False), left, middle, lane.y, lane.height, self._pattern(bar))]
        parts.append(Box(self._kinds(bar, is_planned=True), middle, right, lane.y, lane.height, self._pattern(bar)))
        begin = Mark("begin", left, lane.y, lane.y + lane.height).svg() if bar.span.start >= self.window.start else ""
        onward = use("timeline-onward", 100, lane.middle) if bar.span.until is None and self._has_patterns else ""
        return "".join(part.svg() for part in parts if part.right > part.left) + begin + onward

    def _kinds(self, bar: _Bar, *, is_planned: bool) -> tuple[str, ...]:
        state = ["bar--planned"] if is_planned else ["bar--now"] if bar.span.contains(self._instant) else []
        return "bar", f"bar--{'many' if bar.count > 1 else bar.span.basis}", *state

    def _pattern(self, bar: _Bar) -> str:
        if not self._has_patterns:
            return ""
        return _RUN if bar.count > 1 else _OFFERED if bar.span.basis is Basis.OFFERED else ""


class _Panel:
    """One stretch of time: where its parts lie from `top` to `bottom`, its shapes and its labels."""

    def __init__(self, drawing: _Drawing, window: Window, top: int, caption: str) -> None:
        self._of, self._window, self._top, self._caption = drawing, window, top, caption
        self._brush = _Brush(window, drawing.now)
        self._now_y = top + (_LINE if caption else 0)
        self._posted_y = self._now_y + _LINE
        self._lanes: list[_Lane] = []
        y = self._posted_y + 2 * _LINE + _MARKS + _SPACE
        for audience in Audience:
            lane = _Lane(audience, _bars(drawing.timeline.row(audience), window), y + _LINE, _BAR)
            self._lanes.append(lane)
            y = lane.y + _BAR + _SPACE
            offers = _bars(drawing.offers, window) if audience is Audience.CURRENT_USERS else []
            if offers:
                self._lanes.append(_Lane("offers", offers, lane.y + _BAR + 2, _THIN))
                y += _THIN + 2
        self._axis_y = y
        self.bottom = y + _AXIS

    def svg(self) -> str:
        """As SVG."""
        kind = self._caption or "whole"
        texts = in_both_widths(self._pieces)
        return f'<g class="inforce-tl-panel inforce-tl-panel--{kind}">\n{"".join(self._shapes())}{texts}</g>\n'

    # Shapes

    def _shapes(self) -> Iterator[str]:
        future = Box(("future",), self._brush.now, 100, self._posted_y, self._axis_y - self._posted_y)
        yield future.svg() + "\n"
        yield from self._postings()
        for lane in self._lanes:
            yield f'<g class="inforce-tl-lane inforce-tl-lane--{lane.name.replace("_", "-")}">\n'
            yield level("none", lane.middle) if lane.name in tuple(Audience) else ""
            yield from (self._bar(bar, lane) for bar in lane.bars)
            yield "</g>\n"
        yield level("axis", self._axis_y)
        yield Mark("now", self._brush.now, self._posted_y - 2, self._axis_y).svg()

    def _postings(self) -> Iterator[str]:
        """A mark where each revision was posted, and a line to where it takes effect for current users."""
        y = self._posted_y + 2 * _LINE + _MARKS // 2
        yield level("base", y)
        posted = "stroke" if self._are_close() else "posted"
        for one in self._of.timeline.revisions:
            mark, until = self._mark(one.name)
            left = self._window.share(one.posted)
            right = self._window.share(until) if until is not None else left
            if until is not None and right - left > _CLOSE / 2:
                yield level(f"wait inforce-tl-wait--{mark}", y, left, right)
                yield Mark("wait", right, y - 4, y + 4).svg() if self._window.holds(until) else ""
            if self._window.holds(one.posted):
                yield use(f"timeline-{posted if mark == 'posted' else mark}", left, y)

    def _are_close(self) -> bool:
        """Whether dots would lie on each other."""
        shown = (one.posted for one in self._of.timeline.revisions if self._window.holds(one.posted))
        return sum(right - left < _CLOSE for left, right in pairwise(map(self._window.share, shown))) >= _MANY

    def _mark(self, name: str) -> tuple[str, datetime | None]:
        """How a posting is marked, and until when it waits for its effect for current users, or its withdrawal."""
        timeline = self._of.timeline
        if is_overtaken(timeline, name, self._of.now):
            overtaker = timeline.overtaken_by(name)
            return "overtaken", overtaker.posted if overtaker else None
        if timeline[name].corrects is not None:
            return "correction", None
        start = timeline.start(name, Audience.CURRENT_USERS)
        return "posted", start if start is not None and start > timeline[name].posted else None

    def _bar(self, bar: _Bar, lane: _Lane) -> str:
        what = f'data-revision="{escape(bar.span.revision)}"' if bar.count == 1 else f'data-revisions="{bar.count}"'
        return f"<g {what}><title>{escape(self._tooltip(bar))}</title>{self._brush.bar(bar, lane)}</g>\n"

    def _tooltip(self, bar: _Bar) -> str:
        messages, zone = self._of.messages, self._of.zone
        what = bar.span.revision if bar.count == 1 else messages("timeline.many", count=bar.count)
        start = messages.moment(bar.span.start, zone)
        if bar.span.until is None:
            return messages("timeline.span.open", what=what, start=start)
        return messages("timeline.span", what=what, start=start, until=messages.moment(bar.span.until, zone))

    # What depends on the width

    def _pieces(self, width: int) -> Iterator[Label | Mark]:
        messages = self._of.messages
        if self._caption:
            yield Label(messages(f"timeline.{self._caption}"), 0, self._top + 12, "caption")
        yield self._as_of(width)
        yield Label(messages("timeline.lane.posted"), 0, self._posted_y + 12, "lane")
        yield from self._numbers(width)
        for lane in self._lanes:
            if lane.name in tuple(Audience):
                yield Label(messages(f"timeline.lane.{lane.name}"), 0, lane.y - 6, "lane")
                yield from self._bar_labels(lane, width)
        yield from self._ticks(width)

    def _as_of(self, width: int) -> Label:
        """The instant of the picture, on that side of its line where there is room."""
        words = self._of.messages("timeline.now", moment=self._of.messages.moment(self._of.now, self._of.zone))
        label = Label(words, self._brush.now, self._now_y + 12, "now")
        tries = (replace(label, anchor=anchor) for anchor in ("middle", "end", "start"))
        return next((one for one in tries if _is_inside(one, width)), replace(label, x=0))

    def _numbers(self, width: int) -> Iterator[Label]:
        """The numbers of the postings, the newest first where not all have room."""
        y = self._posted_y + 2 * _LINE - 4
        shown = (one for one in reversed(self._of.timeline.revisions) if self._window.holds(one.posted))
        labels = (
            Label(self._of.numbers[one.name], self._window.share(one.posted), y, "number", "middle") for one in shown
        )
        yield from (label for label in placed(labels, width) if _is_inside(label, width))

    def _bar_labels(self, lane: _Lane, width: int) -> Iterator[Label]:
        for bar in lane.bars:
            kind = "hatched" if bar.count > 1 or bar.span.basis is Basis.OFFERED else "bar"
            left, right = self._brush.ends(bar.span)
            now = self._brush.now
            if left < now < right:  # It is drawn in two parts: the label goes into the longer one.
                is_past = now - left >= right - now
                left, right = (left, now) if is_past else (now, right)
                kind = "bar-now" if is_past and kind == "bar" else kind
            if bar.span.until is None and right > now:  # There is the arrow.
                right -= 100 * _ARROW / width
            words = self._bar_words(bar, (right - left) * width / 100 - APART)
            if words:
                yield Label(words, (left + right) / 2, lane.middle + 4, kind, "middle")

    def _bar_words(self, bar: _Bar, room: float) -> str:
        """The name, where there is room for it in pixels, else the number, else nothing."""
        if bar.count > 1:
            tries = [self._of.messages("timeline.many", count=bar.count)]
        else:
            tries = [bar.span.revision, self._of.numbers[bar.span.revision]]
        return next((words for words in tries if width_of(words) <= room), "")

    def _ticks(self, width: int) -> Iterator[Label | Mark]:
        """The finest ticks whose labels have room; at the edges there are ticks without a label."""
        for most in range(_MOST_TICKS, 0, -1):
            labels = self._tick_labels(most)
            if len(list(placed(labels, width))) == len(labels):
                break
        for label in labels:
            yield Mark("tick", label.x, self._axis_y, self._axis_y + 5)
            if _is_inside(label, width):
                yield label

    def _tick_labels(self, most: int) -> list[Label]:
        unit, instants = ticks(self._window, self._of.zone, most)
        key, y = f"timeline.tick.{unit}", self._axis_y + 18
        words = [self._of.messages.formatted(key, instant, self._of.zone) for instant in instants]
        places = [self._window.share(instant) for instant in instants]
        return [Label(said, x, y, "tick", "middle") for said, x in zip(words, places, strict=True)]


def _is_inside(label: Label, width: int) -> bool:
    left, right = label.extent(width)
    return left >= -OVERHANG and right <= width + OVERHANG


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
        follows = before is not None and before.until == span.start and before.basis is span.basis
        if not (follows and before is not None and _is_short(before, window) and _is_short(span, window)):
            number += 1
        yield number, span
        before = span


def _is_short(span: Span, window: Window) -> bool:
    return window.share(span.until or window.end) - window.share(span.start) < _SHORT


_DEFINITIONS = f"""\
<defs>
<pattern id="{_OFFERED}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect class="inforce-tl-paper" width="6" height="6"/><rect class="inforce-tl-stripe" width="2" height="6"/></pattern>
<pattern id="{_RUN}" width="4" height="4" patternUnits="userSpaceOnUse">\
<rect class="inforce-tl-paper" width="4" height="4"/><rect class="inforce-tl-stripe" width="1" height="4"/></pattern>
<g id="timeline-posted"><circle class="inforce-tl-mark" r="4"/></g>
<g id="timeline-stroke"><path class="inforce-tl-stroke" d="M0-5 0 5"/></g>
<g id="timeline-correction"><path class="inforce-tl-mark inforce-tl-mark--open" d="M0-5 5 0 0 5-5 0Z"/></g>
<g id="timeline-overtaken"><path class="inforce-tl-cross" d="M-4-4 4 4M4-4-4 4"/></g>
<g id="timeline-onward"><path class="inforce-tl-onward" d="M-9-5-3 0-9 5"/></g>
</defs>"""


def _swatches(timeline: Timeline, now: datetime) -> Iterator[tuple[str, str]]:
    """The marks that are explained, each with a shape of 26 to 14 pixels."""
    rows = [span for audience in Audience for span in timeline.row(audience)]
    offers, window = offers_to_current_users(timeline), whole(timeline, now)
    if any(span.contains(now) for span in rows):
        yield "now", _swatch("bar--binds", "bar--now")
    yield "binds", _swatch("bar--binds")
    if offers or any(span.basis is Basis.OFFERED for span in rows):
        yield "offered", _swatch("bar--offered", pattern=_OFFERED)
    if offers:
        yield "offers", Box(("bar", "bar--offered"), 2, 98, 5, 6, _OFFERED).svg()
    yield "planned", _swatch("bar--binds", "bar--planned")
    if any(bar.count > 1 for audience in Audience for bar in _bars(timeline.row(audience), window)):
        yield "many", _swatch("bar--many", pattern=_RUN)
    yield "posted", use("timeline-posted", 50, 7)
    if any(one.corrects is not None for one in timeline.revisions):
        yield "correction", use("timeline-correction", 50, 7)
    if any(is_overtaken(timeline, one.name, now) for one in timeline.revisions):
        yield "overtaken", use("timeline-overtaken", 50, 7)


def _swatch(*kinds: str, pattern: str = "") -> str:
    return Box(("bar", *kinds), 2, 98, 1, 12, pattern).svg()
