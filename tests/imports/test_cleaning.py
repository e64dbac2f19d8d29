"""What becomes of what stands in foreign texts: before and after, and how it is counted."""

import pytest

from inforce.formats.foreign.markdown import clean
from inforce.formats.revision_file import parse_revision

PICTURES = {
    "images": (
        "![](a.png)A ![the *map*](<b c.png> 'title') B ![ref][pic] C ![pic] D\n\n[pic]: pic.png\n",
        "A the *map* B ref C pic D\n",
        {"images": 4},
    ),
    "linked images": (
        "[![Logo](l.png)](https://x.example) [![](l.png)](https://x.example)\n",
        "[Logo](https://x.example) <https://x.example>\n",
        {"images": 2},
    ),
    "an image with an address that is no address": ("![a](b c d) ![e][nowhere] ![f\n", "a !\\[e][nowhere] ![f\n", None),
    "inline tags": (
        "<b>bold</b> <em>it</em> <code>x*y</code> <span class=x>plain</span> <b>open\n",
        "**bold** *it* `x*y` plain open\n",
        {"html": 5},
    ),
    "allowed tags": (
        "a<br>b<br/>c<BR clear='all'>d H<sub>2</sub>O 3<sup class=x>rd</sup> <u>u</u> </br>\n",
        "a<br>b<br/>c<br>d H<sub>2</sub>O 3<sup>rd</sup> <u>u</u> <br>\n",
        {"html": 3},
    ),
    "links": (
        '<a href="https://x.example/a (b)">out</a> <a href="/in">in</a> <a href="js:x()">js</a> <a name=x></a>\n',
        "[out](https://x.example/a%20%28b%29) in js \n",
        {"html": 4, "links": 2},
    ),
    "links in Markdown": (
        "[a](../x.md) [b](javascript:x) [c](//x.example) [d](https://x.example 'T') [e *f*]( /y ) [g](&#106;s:x)\n",
        "a b [c](https://x.example) [d](https://x.example 'T') e *f* g\n",
        {"links": 4},
    ),
    "references": (
        "[a][in] [in][] [out] [b][out]\n\n[in]: /x 'T'\n[out]: https://x.example\n",
        "a in [out] [b][out]\n\n[out]: https://x.example\n",
        {"links": 2},
    ),
    "automatic links": (
        "<https://x.example> <a@x.example> <ftp://x.example> <tel:+1> <javascript:x>\n",
        "<https://x.example> <a@x.example> ftp://x.example [+1](tel:+1) javascript:x\n",
        {"links": 2},
    ),
    "words in brackets and in parentheses": ("[2](see below)\n", "[2]\\(see below)\n", {"signs": 1}),
    "links within the text": (
        "[here](#a-b) [as elsewhere](#a--b) [nowhere](#x)\n\n## A & B\n",
        "[here](#a-b) [as elsewhere](#a-b) nowhere\n\n## A & B\n",
        {"anchors": 1, "links": 1},
    ),
    "a table": (
        "Before\n<table>\n<tr><th>A</th><th>B</th></tr>\n <tr><td>1 | 2</td><td><ul><li>x<li>y</ul></table>\nAfter\n",
        "Before\n\n| A | B |\n| --- | --- |\n| 1 \\| 2 | • x<br>• y |\n\nAfter\n",
        {"html": 10},
    ),
    "a table with cells that span": (
        "<table><tr><td rowspan=2>a</td><td colspan=2>b</td></tr><tr><td>c</td><td>d</td></tr></table>\n",
        "|  |  |  |\n| --- | --- | --- |\n| a | b |  |\n| a | c | d |\n",
        {"html": 7},
    ),
    "a table within a cell": (
        "<table><tr><td>x</td><td>y<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table></td></tr></table>\n",
        "|  |  |\n| --- | --- |\n| x | y<br>1 – 2<br>3 |\n",
        {"html": 10},
    ),
    "a table for the layout": (
        "<table><tr><td>\n\nOne\n\n* two\n\n</td></tr></table>\n",
        "One\n\n* two\n",
        {"html": 3},
    ),
    "blocks": (
        "<div class=x>\n <h2>Head</h2>\n  <p>One\n  line</p><p>Two</p><blockquote>Q</blockquote><hr>\n</div>\nText\n",
        "## Head\n\nOne\nline\n\nTwo\n\n> Q\n\n* * *\n\nText\n",
        {"html": 6},
    ),
    "lists": (
        "<ol start=3><li>c<li>d<ul><li>e</li></ul></ol><ol type=a><li>f</ol><dl><dt>T<dd>D</dl>\n",
        "3.  c\n4.  d\n    *   e\n\n*   a\\. f\n\nT\n:   D\n",
        {"html": 10},
    ),
    "lists with numbers of other kinds": (
        "<ol style='list-style-type: lower-roman'><li>x<li>y</li></br><ol type=A start=27><li>z</ol></ol>\n",
        "*   i\\. x\n*   ii\\. y\n    *   AA\\. z\n",
        {"html": 6},
    ),
    "HTML in a list": (
        "1. one\n\n    <p>more <b>of</b> it</p>\n\n* <p>two</p>\n",
        "1. one\n\n    more **of** it\n\n* two\n",
        {"html": 3},
    ),
    "Markdown in HTML": (
        "<details>\n<summary>More</summary>\n\n* a\n    * b\n\n</details>\n",
        "**More**\n\n* a\n    * b\n",
        {"html": 2},
    ),
    "code in HTML": (
        "<pre><code>if a &lt; b:\n  c\n</code></pre>\n<script>x()</script>\n",
        "```\nif a < b:\n  c\n```\n",
        {"html": 3},
    ),
    "comments": (
        "a <!-- x --> b\n<!-- y -->\nc\n\n<!--\nz\n-->\n\nd\n",
        "a  b\n\nc\n\n\nd\n",
        {"comments": 3},
    ),
    "code in a list": (
        "1. a\n    ~~~\n    <b>\n\n    c\n    ~~~\n2. d\n",
        "1. a\n\n        <b>\n\n        c\n2. d\n",
        {"code": 1},
    ),
    "code": (
        "`<b>` ``<i>`` \n\n```html\n<div>![x](y) <!-- c -->\n```\n\n    <table>\n\n1. a\n\n        <b>\n",
        "`<b>` ``<i>`` \n\n```html\n<div>![x](y) <!-- c -->\n```\n\n    <table>\n\n1. a\n\n        <b>\n",
        None,
    ),
    "signs that are meant": (
        "1 < 2 <3 a<b \\<b> <your name> &lt;b&gt;\n",
        "1 < 2 <3 a&lt;b &lt;b> &lt;your name> &lt;b&gt;\n",
        {"signs": 2},
    ),
    "templates": (
        "{% if x %}\n\nA {% data y %}B {{ z }} {{% w %}}C\n\n{% endif %}\n",
        "A B {{ z }} C\n",
        {"templates": 4},
    ),
    "snippets": ('a\n--8<-- "x.md"\n{!y.md!}\nb\n', "a\nb\n", {"snippets": 2}),
    "templates in code": (
        "```\n{% x %}\n--8<-- y\n```\n",
        "```\n{ % x %}\n--8 <-- y\n```\n",
        {"templates": 1, "snippets": 1},
    ),
    "a merge": (
        "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n",
        "&lt;<<<<<< HEAD\na\n&#61;======\nb\n&gt;>>>>>> x\n",
        {"merge_marks": 3},
    ),
    "a heading is no mark of a merge": ("Heading\n=======\n\nText\n", "Heading\n=======\n\nText\n", {}),
    "front matter": ("---\ntitle: X\ntags:\n- a\n---\n\nText\n", "Text\n", {"front_matter": 1}),
    "another front matter": ("+++\ntitle = 'X'\n+++\nText\n", "Text\n", {"front_matter": 1}),
    "a rule at the top": ("---\n\nText: none.\nMore\n---\nText\n", "---\n\nText: none.\nMore\n---\nText\n", {}),
    "a rule that looks like front matter": ("---\n- a\n---\nText\n", "***\n- a\n---\nText\n", {"rules": 1}),
    "invisible characters": (
        "a\u200bb\u00adc\u202ed &shy;&#8203;e\u2028f \ufffd\n",
        "abcd e f ?\n",
        {"invisible": 6, "lost": 1},
    ),
    "characters that a script needs": ("می\u200cخواهم 👩\u200d👩\n", "می\u200cخواهم 👩\u200d👩\n", {}),
    "accents apart": ("cafe\u0301\n", "café\n", {"composed": 1}),
    "line ends": ("a\r\nb\rc", "a\nb\nc\n", {"line_ends": 2}),
    "a mark of the byte order": ("\ufeff# A\n", "# A\n", {"byte_order_marks": 1}),
    "depth": ("> " * 30 + "a\n\n" + "- " * 30 + "\n\n" + " " * 120 + "- b\n", None, None),
    "HTML that never ends": ("<div>" * 3000 + "a\n", "a\n", {"html": 3000}),
    "a comment that never ends": ("a\n\n<!-- b\n", "a\n\n&lt;!-- b\n", {"signs": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_before_and_after(name):
    before, after, counts = PICTURES[name]
    found = clean(before.encode())
    if after is not None:
        assert found.text == after
    if counts is not None:
        assert found.counts == counts
    assert parse_revision(f"---\ntitle: T\n---\n{found.text}".encode()).faults == ()
    assert clean(found.text.encode()).text == found.text


@pytest.mark.parametrize(
    "data",
    [
        "Größe\n".encode("utf-16"),
        "Größe\n".encode("utf-32"),
        "Policy of a company\n".encode("utf-16-le"),
        "Policy of a company\n".encode("utf-16-be"),
        b"It\x92s \x93ours\x94 \x96 \xa9 2018\n",
    ],
)
def test_what_is_certain_is_decoded(data):
    found = clean(data)
    assert found.counts["decoded"] == 1
    assert found.text in ("Größe\n", "Policy of a company\n", "It’s “ours” – © 2018\n")


@pytest.mark.parametrize("data", ["Größe\n".encode("latin-1"), "約款\n".encode("shift_jis"), b"a\0b\n", b"\xff\xfea"])
def test_what_is_not_certain_is_refused(data):
    with pytest.raises(ValueError, match=r"not UTF-8|zero bytes|neither UTF-8"):
        clean(data)


@pytest.mark.parametrize(
    "text",
    [
        "![" * 2_000,
        "[" * 2_000 + "](x)",
        "<!--" * 2_000,
        "<b " * 2_000,
        "`" * 20_000,
        "<table>" * 2_000 + "a",
        "[a](b" * 1_000,
        "<a " + "b " * 20_000,
    ],
    ids=lambda text: text[:8],
)
def test_a_text_that_is_made_to_take_for_ever_is_cleaned_like_any_other(text):
    assert parse_revision(clean(f"{text}\n".encode()).text.encode()).faults == ()
