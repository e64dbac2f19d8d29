"""A page of a text has anchors and notes in it, and is otherwise what the text is without them."""

import re

from hypothesis import given, settings
from lxml import html
from tests.laws.test_redline_laws import MARKDOWN

from inforce.formats.text.clauses import read_passage
from inforce.formats.text.markdown import joined, renderer
from inforce.formats.text.marked import marked
from inforce.formats.text.passages import passages

ANCHORS = re.compile(r'<details>note \d+</details>|<span id="c-\d+-clause"></span>| id="c-\d+-clause"')


@settings(max_examples=150, deadline=None)
@given(MARKDOWN)
def test_marks_go_beside_the_clauses_and_change_nothing_else(text):
    converted = [renderer().convert(passage) for passage in passages(text)]
    read = [read_passage(passage) for passage in converted]
    numbers = range(sum(len(one.clauses) for one in read))
    names = [f"c-{number}-clause" for number in numbers]
    beside = {number: f"<details>note {number}</details>" for number in numbers}

    page = joined(marked(converted, read, names, beside)).html

    assert ANCHORS.sub("", page) == joined(converted).html
    assert re.findall(r'id="(c-\d+-clause)"', page) == names
    if numbers:
        shown = html.fromstring(f"<div>{page}</div>")
        assert [one.text for one in shown.iter("details")] == [f"note {number}" for number in numbers]
