"""Laws of the picture of a timeline: whatever the history, it is well-formed, in order, and within its width."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.histories import DAY, histories, law
from lxml import etree

from inforce.core.effect import Audience
from inforce.core.timeline import Timeline
from inforce.formats.messages import messages_in
from inforce.formats.time_zones import time_zone
from inforce.formats.timeline_picture.axis import enlarged, ticks, whole
from inforce.formats.timeline_picture.picture import legend, strip_svg, timeline_svg


def drawn(history, ahead, language="en"):
    """The picture of the history some days after its last posting."""
    revisions = history.revisions
    now = max(one.posted for one in revisions) + ahead * DAY
    timeline = Timeline(revisions)
    zone = time_zone("Asia/Seoul")
    source = timeline_svg(timeline, now, "A <b> & B", messages_in(language), zone)
    return timeline, now, etree.fromstring(source)


def percent(text):
    return float(text.removesuffix("%"))


@pytest.mark.parametrize("language", ["en", "ko"])
@law(50)
@given(history=histories(), ahead=st.sampled_from([0, 1, 40, 4000, 40000]))
def test_every_span_of_every_row_has_its_place_in_the_picture(language, history, ahead):
    timeline, _, picture = drawn(history, ahead, language)
    panel = picture.find("g[@class]")
    for audience in Audience:
        (lane,) = (one for one in panel if (one.get("class") or "").endswith(audience.replace("_", "-")))
        groups = lane.findall("g")
        assert sum(int(one.get("data-revisions", "1")) for one in groups) == len(timeline.row(audience))
        ends = [(percent(one.get("x")), percent(one.get("width"))) for group in groups for one in group.findall("rect")]
        for (left, width), (after, _) in itertools.pairwise(ends):
            assert left + width <= after + 0.002
        assert all(left >= 0 and left + width <= 100.002 for left, width in ends)


@law(50)
@given(history=histories(), ahead=st.sampled_from([0, 1, 40, 4000, 40000]))
def test_a_picture_is_the_same_at_each_drawing_and_has_an_explanation_of_each_mark(history, ahead):
    timeline, now, picture = drawn(history, ahead)
    assert etree.tostring(picture) == etree.tostring(drawn(history, ahead)[2])
    etree.fromstring(strip_svg(timeline, now))
    said = legend(timeline, now, messages_in("en"))
    for mark, words in (("timeline-overtaken", "overtaken"), ("timeline-correction", "correction")):
        shown = picture.xpath(f"//use[@href='#{mark}']") or picture.xpath(f"//*[@*[local-name()='href']='#{mark}']")
        assert not shown or words in said


@law(100)
@given(history=histories(), ahead=st.sampled_from([0, 1, 40, 4000, 40000]), most=st.integers(1, 12))
def test_ticks_rise_and_are_not_too_many(history, ahead, most):
    timeline, now = Timeline(history.revisions), max(one.posted for one in history.revisions) + ahead * DAY
    window = whole(timeline, now)
    for shown in filter(None, (window, enlarged(timeline, now, window))):
        _, marks = ticks(shown, history.revisions[0].zone, most)
        assert len(marks) <= most
        assert marks == sorted(set(marks))
        assert all(shown.holds(mark) for mark in marks)
        assert shown.start <= now <= shown.end
