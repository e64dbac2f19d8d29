"""The parts of a document, each by itself: any text becomes well-formed, its headings and tables fit."""

import re
from itertools import pairwise

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.test_text_laws import TEXTS

from inforce.formats.pdf.elements import Element, parsed, written
from inforce.formats.pdf.fonts import FAMILIES, NEEDED, code_families, text_families
from inforce.formats.pdf.headings import set_levels
from inforce.formats.pdf.qr import qr_svg
from inforce.formats.pdf.tables import fit_tables, shares
from inforce.formats.pdf.text import text_part
from inforce.formats.text.markdown import render


def words(html):
    return " ".join("".join(parsed(html).itertext()).split())


@settings(deadline=None)
@given(TEXTS)
def test_every_text_becomes_a_part_that_says_the_same_words(text):
    part = text_part(text, "terms/first/", "https://policies.example/", 2)
    assert re.fullmatch(r"<section>.*</section>", part.html, re.DOTALL)
    said = re.sub(r"\[L\d+\]", "", words(part.html))
    assert said.replace(" ", "") == words(render(text).html).replace("\N{LEFTWARDS ARROW WITH HOOK}", "").replace(
        " ", ""
    )


@given(st.lists(st.integers(1, 6)), st.integers(2, 4))
def test_no_heading_is_more_than_one_level_below_the_one_before(levels, top):
    root = Element("section")
    root.extend(Element(f"h{level}") for level in levels)
    found = [level for level, _ in set_levels(root, top)]
    assert all(after <= before + 1 for before, after in pairwise([top - 1, *found]))
    assert all(top <= level <= 6 for level in found)


def test_levels_that_leave_out_none_stay_as_far_apart_as_they_are():
    root = parsed("<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2><h4>e</h4><h1>f</h1>")
    set_levels(root, 2)
    assert written(root) == ("<section><h2>a</h2><h3>b</h3><h4>c</h4><h3>d</h3><h4>e</h4><h2>f</h2></section>")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("<p>a<br>b</p><hr>", "<p>a<br/>b</p><hr/>"),
        ("<p>&copy; &nbsp;&#x2014;&lt;&amp;&quot;</p>", '<p>© \N{NO-BREAK SPACE}—&lt;&amp;"</p>'),
        ("<p>&#1;&#xffff;&#x202;</p>", "<p>Ȃ</p>"),
        ("<td></td>", "<td></td>"),
        (
            '<span hidden>a</span><input type="radio" checked>',
            '<span hidden="">a</span><input type="radio" checked=""></input>',
        ),
        ("<p>it is hidden &gt; there</p>", "<p>it is hidden &gt; there</p>"),
    ],
)
def test_html_becomes_xml(source, target):
    assert written(parsed(source)) == f"<section>{target}</section>"


def test_the_code_is_drawn_square_by_square():
    address = "https://policies.example/terms/first/"
    svg = qr_svg(address, 'It says "this" & that')
    matrix = [list(map(bool, row)) for row in segno.make_qr(address, error="m").matrix]
    drawn = [[False] * len(matrix) for _ in matrix]
    for left, top, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg):
        for column in range(int(left), int(left) + int(length)):
            drawn[int(top)][column] = True
    assert drawn == matrix
    assert "<title>It says &quot;this&quot; &amp; that</title>" in svg


def table(*rows):
    cells = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
    section = parsed(f"<table><tbody>{''.join(cells)}</tbody></table>")
    fit_tables(section)
    return [float(col.get("style").removeprefix("width: ").removesuffix("%")) for col in section.iter("col")]


def test_a_column_is_as_wide_as_what_stands_in_it():
    narrow, wide = table(["1", "A long sentence about what this is for, and for whom."], ["2", "Another."])
    assert (narrow < 25, wide > 75) == (True, True)
    assert sum(table(["a", "b", "c"])) == pytest.approx(100, abs=0.1)
    assert len(set(table(["a", "b", "c", "d"]))) == 1


def test_a_long_word_does_not_take_the_room_of_all_others():
    assert min(table(["W" * 200, "word word", "word word"])) > 12


def test_east_asian_letters_are_twice_as_wide():
    left, right = table(["개인정보 보유기간", "aaaa aaaaaaaa"])
    assert left > right


@given(st.lists(st.lists(st.text(alphabet="ab 個", max_size=60), min_size=3, max_size=3), max_size=4))
def test_every_column_has_some_room(rows):
    cells = []
    for row in rows:
        cells.append([Element("td") for _ in row])
        for cell, text in zip(cells[-1], row, strict=True):
            cell.text = text
    widths = shares(cells, 3, 92)
    assert min(widths) > 4
    assert sum(widths) == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", ["Noto Serif", "Noto Serif CJK KR"]),
        ("ko", ["Noto Serif", "Noto Serif CJK KR"]),
        ("ja", ["Noto Serif CJK JP", "Noto Serif CJK KR"]),
        ("zh", ["Noto Serif CJK SC"]),
        ("zh-Hans-TW", ["Noto Serif CJK SC"]),
        ("zh-TW", ["Noto Serif CJK TC"]),
        ("zh-Hant-HK", ["Noto Serif CJK HK"]),
        ("ar-EG", ["Noto Naskh Arabic", "Noto Serif"]),
    ],
)
def test_fonts_go_by_the_language(language, first):
    assert list(text_families(language)[: len(first)]) == first
    assert text_families("en", among="ja")[:2] == ("Noto Serif", "Noto Serif CJK JP")
    assert set(text_families(language)) | set(code_families(language)) <= set(FAMILIES)
    assert set(NEEDED) <= set(FAMILIES)
