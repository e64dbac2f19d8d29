"""What holds of every text, whatever it is made of."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from inforce.formats.foreign.markdown import clean
from inforce.formats.revision_file import parse_revision

PIECES = [
    "<b>",
    "</b>",
    "<i>",
    "<a href='https://x.example'>",
    '<a href="/y">',
    "</a>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "<th>",
    "</table>",
    "<br>",
    "<BR/>",
    "<ul>",
    "<ol type=a>",
    "<li>",
    "</ul>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<sup>",
    "</sup>",
    "<u class=x>",
    "</u>",
    "<img alt='[x](y)' src=z>",
    "<!-- ",
    " -->",
    "<!---->",
    "<pre>",
    "</pre>",
    "<h2>",
    "</h2>",
    "<script>",
    "</script>",
    "<?php ?>",
    "<![CDATA[",
    "]]>",
    "<details>",
    "<summary>",
    "</summary>",
    "</details>",
    "<your name>",
    "<x@y.example>",
    "<https://x.example>",
    "<tel:1>",
    "<javascript:x>",
    "\\<",
    "<",
    ">",
    "&lt;",
    "&shy;",
    "&#8203;",
    "![",
    "![a](b)",
    "![a][b]",
    "[a](b)",
    "[a](https://x.example)",
    "[](https://x.example)",
    "[a](javascript:x)",
    "[a](#b)",
    "[a](see b)",
    "[a][b]",
    "\n\n[b]: /c\n",
    "\n\n[b]: https://x.example\n",
    "](",
    "[",
    "]",
    "(",
    ")",
    "`",
    "``",
    "\n```\n",
    "\n~~~\n",
    "{% x %}",
    "{{ x }}",
    "{!x!}",
    "\n--8<-- x\n",
    "\n<<<<<<< a\n",
    "\n=======\n",
    "\n>>>>>>> b\n",
    "\n---\n",
    "---\n",
    "***",
    "* ",
    "\n* ",
    "\n1. ",
    "\n    ",
    "\n> ",
    "\n# ",
    "\n\n",
    "\n",
    " ",
    "a",
    "b c",
    "é",
    "é",
    "\u200b",
    "\u202e",
    "\ufeff",
    "�",
    "\r\n",
    "\r",
    "\t",
    "|",
    "\n| a | b |\n|---|---|\n| c | d |\n",
    "\\",
    "_",
    "**",
    "> > > > > > > > > > > > > > > > > > > > > > ",
    "- - - - - - - - - - - - - - - - - - - - - - - - - ",
    "                                                                                                     - x",
    "title: x\n",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=25).map("".join)
PLAIN = st.lists(
    st.sampled_from(
        ["Words of a policy", "\n\n", "\n", " ", "# Heading", "* item", "    * nested", "1. one", "**bold**"]
    ),
    min_size=1,
    max_size=12,
).map(lambda parts: "Policy\n\n" + "".join(parts) + "\n")


def cleaned(text):
    try:
        return clean(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("<<!-- -->div>")
@example("<sup><table></sup>")
def test_what_comes_out_is_read_without_fault(text):
    """Or it is empty, or damaged."""
    if (found := cleaned(text)) is not None:
        assert parse_revision(f"---\ntitle: T\n---\n{found.text}".encode()).faults == ()


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("<b>\n---\n---\n")
@example("<![CDATA[[a](#b)")
def test_nothing_is_left_to_clean(text):
    if (found := cleaned(text)) is not None:
        again = cleaned(found.text)
        assert again is not None
        assert again.text == found.text


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example(" " + "> " * 22)
def test_only_an_empty_text_or_none_is_refused(text):
    data = text.encode("utf-8", "surrogatepass")
    try:
        clean(data)
        reason = "the text is empty"
    except ValueError as wrong:
        reason = str(wrong)
    assert reason in ("the text is empty", "it is no text: it holds zero bytes") or "not UTF-8" in reason


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_a_text_without_signs_of_anything_else_stays_byte_for_byte(text):
    found = clean(text.encode())
    assert found.text == text
    assert found.counts == {}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_refused(data):
    try:
        found = clean(data)
    except ValueError:
        return
    assert parse_revision(f"---\ntitle: T\n---\n{found.text}".encode()).faults == ()
