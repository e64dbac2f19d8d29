"""The history page: the picture of the timeline, and the table beside it."""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import html
from timelines_site import HISTORIES

POLICIES = sorted(HISTORIES)
AUDIENCES = ["current_users", "new_users"]

CHANGES = "What changed, word by word 1 of 2 clauses changed."


def page(site, policy):
    return html.fromstring((site / policy / "history/index.html").read_text())


def table(site, policy):
    return json.loads((site / policy / "in-force.json").read_text())


def words(element):
    return re.sub(r"\s+", " ", element.text_content()).strip()


def share(text):
    assert text.endswith("%") or text == "0"
    return float(text.removesuffix("%"))


class Panel:
    """A panel of the picture, read back: its scale from its ticks, its bars."""

    def __init__(self, picture, place):
        self.element = picture.find_class("inforce-tl-panel")[place]

    def bars(self, lane):
        """Each bar: how many spans it stands for, the revision (if one), its ends, and the classes of its parts."""
        (found,) = self.element.find_class(f"inforce-tl-lane--{lane.replace('_', '-')}")
        for group in found.findall("g"):
            boxes = group.findall("rect")
            ends = [(share(box.get("x")), share(box.get("x")) + share(box.get("width"))) for box in boxes]
            kinds = " ".join(box.get("class") for box in boxes)
            count = int(group.get("data-revisions", "1"))
            left, right = (ends[0][0], ends[-1][1]) if ends else (None, None)
            yield count, group.get("data-revision"), left, right, kinds

    @property
    def now(self):
        (line,) = (one for one in self.element.find_class("inforce-tl-now") if one.tag == "line")
        return share(line.get("x1"))


def scale(panel, rows, as_of):
    """Where an instant lies: from the first span's beginning and the instant of the picture, which the panel shows."""
    first = datetime.fromisoformat(min(row["from"] for row in rows))
    lane = "current_users" if any(True for _ in panel.bars("current_users")) else "new_users"
    left = next(panel.bars(lane))[2]
    now = datetime.fromisoformat(as_of)
    rate = (panel.now - left) / (now - first).total_seconds()
    return lambda instant: min(max(left + rate * (datetime.fromisoformat(instant) - first).total_seconds(), 0), 100)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_bars_are_the_rows_of_in_force_json_in_order_and_in_proportion(timelines, policy):
    told = table(timelines, policy)
    panel = Panel(page(timelines, policy), 0)
    rows = told["in_force"]
    place = scale(panel, rows["current_users"], told["as_of"])
    for audience in AUDIENCES:
        ahead = list(rows[audience])
        for count, name, left, right, kinds in panel.bars(audience):
            run, ahead = ahead[:count], ahead[count:]
            assert name in (None, run[0]["revision"])
            assert {row["basis"] for row in run} == {"offered" if "--offered" in kinds else run[0]["basis"]}
            if left is None:  # Shorter than a thousandth of a percent: a line alone.
                continue
            assert left == pytest.approx(place(run[0]["from"]), abs=0.01)
            assert right == pytest.approx(place(run[-1]["until"]) if run[-1]["until"] else 100, abs=0.01)
        assert ahead == []


def test_stretches_too_short_to_be_told_apart_are_drawn_as_one_with_their_number(timelines):
    picture = page(timelines, "hundreds")
    run, last = list(Panel(picture, 0).bars("current_users"))
    assert (run[0], last[1]) == (149, "r150")
    assert "149 revisions" in [words(text) for text in picture.find_class("inforce-tl-hatched")]


def test_what_is_in_force_offered_planned_and_overtaken_is_told_apart_without_colour(timelines):
    bars = {name: kinds for _, name, _, _, kinds in Panel(page(timelines, "offers"), 0).bars("new_users")}
    assert "inforce-tl-bar--offered" in bars["r003"]
    assert "inforce-tl-bar--now" in bars["r004"]
    assert "inforce-tl-bar--planned" in bars["r005"]
    source = (timelines / "offers/history/index.html").read_text()
    assert 'fill="url(#timeline-offered)"' in source
    marks = [one.get("href") for one in page(timelines, "overtaken").xpath("//g[contains(@class, '--whole')]/use")]
    assert marks == ["#timeline-posted", "#timeline-overtaken", "#timeline-posted", "#timeline-correction"]
    key = words(page(timelines, "overtaken").find_class("inforce-tl-legend")[0])
    assert "posted, and overtaken before it took effect" in key
    assert "offered" not in key


def test_what_current_users_are_offered_has_a_lane_of_its_own(timelines):
    offers = list(Panel(page(timelines, "offers"), 0).bars("offers"))
    assert [name for _, name, *_ in offers] == ["r002", "r003"]
    assert offers[0][3] == pytest.approx(offers[1][2], abs=0.01)


@pytest.mark.parametrize("policy", POLICIES)
def test_ticks_stand_where_years_begin_and_rise(timelines, policy):
    told = table(timelines, policy)
    panel = Panel(page(timelines, policy), 0)
    place = scale(panel, told["in_force"]["current_users"], told["as_of"])
    zone = ZoneInfo(told["time_zone"])
    for width in ("narrow", "wide"):
        shown = [one for one in panel.element.iter("text") if "inforce-tl-tick" in one.get("class")]
        shown = [one for one in shown if f"tl-{'wide' if width == 'narrow' else 'narrow'}" not in one.get("class")]
        shown.sort(key=lambda one: share(one.get("x")))
        assert len({one.get("x") for one in shown}) == len(shown) > 0
        years = [int(words(one)) for one in shown if re.fullmatch(r"\d{4}", words(one))]
        assert years == sorted(years)
        for one in shown:
            if re.fullmatch(r"\d{4}", words(one)):
                begins = datetime(int(words(one)), 1, 1, tzinfo=zone).isoformat()
                assert share(one.get("x")) == pytest.approx(place(begins), abs=0.01)


def test_what_is_to_come_is_enlarged_where_the_whole_shows_little_of_it(timelines):
    assert len(page(timelines, "one").find_class("inforce-tl-panel")) == 1
    assert len(page(timelines, "not-yet").find_class("inforce-tl-panel")) == 1
    picture = page(timelines, "century")
    assert [words(one) for one in picture.find_class("inforce-tl-caption")] == [
        "The whole history",
        "Enlarged: recent and planned",
    ]
    names = [name for _, name, *_ in Panel(picture, 1).bars("current_users")]
    assert names == ["r002", "r003", "r004", "2019-12-31"]
    assert Panel(picture, 1).now > 50


def test_the_picture_says_in_words_what_it_shows(timelines):
    (picture,) = page(timelines, "offers").xpath("//svg[@role='img']")
    named = [picture.xpath(f".//*[@id='{one}']")[0] for one in picture.get("aria-labelledby").split()]
    assert [one.tag for one in named] == ["title", "desc"]
    assert words(named[0]) == "Timeline of the Offers"
    assert words(named[1]) == (
        "5 revisions, the first posted on 1 March 2014, 09:00, the last on 20 December 2019, 09:00. "
        "In force for current users: r001, since 1 March 2014, 09:00, until 1 February 2020. "
        "Planned for current users: r005, from 1 February 2020. "
        "In force for new users: r004, since 1 November 2019, 09:00, until 1 February 2020. "
        "Planned for new users: r005, from 1 February 2020. "
        "Offered to current users: r003, since 1 March 2019, 09:00. "
        "The table has every revision."
    )
    (other,) = page(timelines, "not-yet").xpath("//svg[@role='img']/desc")
    assert "Nothing is in force for current users yet. Planned for current users: r001" in words(other)
    (withdrawn,) = page(timelines, "overtaken").xpath("//svg[@role='img']/desc")
    assert "Overtaken before taking effect: r002." in words(withdrawn)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_strict_policy_lets_the_picture_pass_and_ids_are_unique(timelines, policy):
    history = page(timelines, policy)
    for picture in history.xpath("//svg[contains(@class, 'inforce-tl')]"):
        assert picture.xpath(".//style | .//script | .//*[@style] | self::*[@style]") == []
    ids = history.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in history.xpath("//@href[starts-with(., '#timeline')]"):
        assert target.removeprefix("#") in ids


def test_the_table_is_a_table_to_screen_readers_whatever_the_style_makes_of_it(timelines):
    history = page(timelines, "offers")
    (found,) = history.xpath("//table")
    assert words(found.find("caption")) == "Every revision of the Offers"
    headers = found.xpath("./thead/tr/th[@scope='col']")
    assert [words(one) for one in headers] == [
        "Revision",
        "Posted",
        "Takes effect for current users",
        "Takes effect for new users",
        "What changed",
        "Status",
    ]
    rows = found.xpath("./tbody/tr")
    assert [row.xpath("string(th[@scope='row']/a)") for row in rows] == [f"r00{number}" for number in (5, 4, 3, 2, 1)]
    for row in rows:
        cells = row.xpath("./td")
        assert sum(int(cell.get("colspan", "1")) for cell in cells) == len(headers) - 1
        assert all(label.get("aria-hidden") == "true" for label in row.find_class("inforce-label"))


def cells(site, policy, name):
    (row,) = page(site, policy).xpath(f"//tr[@id='revision-{name}']")
    for label in row.find_class("inforce-label"):
        label.drop_tree()
    return [words(cell) for cell in row.findall("td")]


def test_a_row_says_when_whom_and_what_became_of_it(timelines):
    assert cells(timelines, "offers", "r003") == [
        "1 March 2019, 09:00, as stated by the publisher (Log, entry 3)",
        "on acceptance",
        "on acceptance",
        f"Material: rights or duties change Something changed, number 3. {CHANGES}",
        "Current users: Offered New users: Superseded",
    ]
    assert cells(timelines, "overtaken", "r002")[1:] == [
        "never: planned for 1 September 2017, and withdrawn before",
        "never: planned for 1 September 2017, and withdrawn before",
        f"Material: rights or duties change Something changed, number 2. {CHANGES}",
        "Overtaken",
    ]
    assert cells(timelines, "overtaken", "r004")[1] == "from its posting on, it stands for r003 wherever that counts"
    assert cells(timelines, "overtaken", "r003")[-1] == "Corrected: r004 stands for it"
    assert cells(timelines, "sixty", "r060")[1] == "10 days after posting: 15 May 2019"
    assert cells(timelines, "one", "r001")[3] == "First revision"


def test_a_row_of_another_time_zone_says_so_and_the_page_says_that_some_do(timelines):
    history = page(timelines, "century")
    assert "Times are those of Europe/Berlin; where a revision was posted under another time zone" in words(history)
    assert cells(timelines, "century", "r004")[0].endswith("Times of this row: Asia/Seoul")
    assert cells(timelines, "century", "r004")[0].startswith("2 January 2019, 09:00")
    own = cells(timelines, "century", "2019-12-31")
    assert own[0].startswith("31 December 2019, 02:00, recorded in commit ")
    assert "Times of this row" not in own[0]
    assert own[1] == "30 days after posting: 30 January 2020, 02:00"
    assert "Times are those of Asia/Seoul." in words(page(timelines, "one"))
