"""The short ways of looking at a text come to the same as the long ones."""

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions.toc import TocExtension

from inforce.formats import strict_yaml
from inforce.formats.text import clean_text
from inforce.formats.text.markdown import EXTENSIONS, Renderer, _is_suspect, text_faults
from inforce.formats.text.markdown_rules import Refusals
from inforce.formats.text.renditions import Renditions

PIECES = """\
word
Word two
# Head
## Head
### *Em* head
#
#x
**bold** a
**
** x
***
* item
- item
1. one
2) two
1.
    code
    indent
     code five
> quote
>
Term
: def
:   def
   : def
---
===
!!! note
    inside
a | b
--|--
[x]
[x]: http://a
[^1]
[^1]: note
```
~~~
`code`
<br>
&amp;
\\# esc
é
한국
Ünder
_em_
<http://x.y>
\\
[TOC]"""
BREAKS = st.sampled_from(["\n", "\n\n", "\n\n", "\n\n\n", "\n \n", "\r\n", "\r\n\r\n", " ", "|", "\t", "  \n"])
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES.splitlines()), BREAKS), min_size=1, max_size=12).map(
    lambda parts: "".join(map("".join, parts))
)
RENDERER = Renderer()
WHOLE = Markdown(extensions=[*EXTENSIONS, TocExtension(), Refusals()], output_format="html")


def headings(tokens):
    for token in tokens:
        yield token["level"], token["id"]
        yield from headings(token["children"])


@given(TEXTS)
def test_passages_convert_to_what_the_whole_text_does(text):
    whole = WHOLE.reset().convert(text) if text.strip() else ""
    if "<table>" in whole:
        return  # Tables get a box to scroll in.
    rendition = RENDERER.render(text)
    assert rendition.html == whole
    if text.strip():
        assert [(one.level, one.anchor) for one in rendition.headings] == list(headings(WHOLE.toc_tokens))


TAGS = ["<br>", "<br/>", "<br\n>", "<", ">", "/", "a", "u", "br", "<u>", "</u>", "!", "--", "?", "`", "\\", "&lt;", " "]
LINKS = ["[", "]", "(", ")", "](", "]: ", "![", "x", ":", "http:", "data:", "&", "\n", "\n\n"]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(TAGS + LINKS), max_size=12).map("".join))
def test_nothing_is_refused_in_a_text_without_a_sign_of_what_is(text):
    if not _is_suspect(text):
        assert list(RENDERER.convert(text).refused) == []


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_texts_that_are_kept_together_are_those_that_were_converted(texts):
    renditions = Renditions()
    for number, text in enumerate(texts):
        renditions.add(str(number), text)
    kept = Renditions.load(renditions.dump())
    assert [kept[str(number)] for number in range(len(texts))] == [RENDERER.render(text) for text in texts]


DEEP_SIGNS = [
    ">",
    "> ",
    "- ",
    "* ",
    "+\t",
    "1. ",
    "12) ",
    "1234567890. ",
    "٣. ",
    "-",
    "\t",
    " ",
    " " * 99,
    "word",
    "\n",
]
DEEP = st.lists(st.tuples(st.sampled_from(DEEP_SIGNS), st.sampled_from([1, 1, 1, 5, 20, 21, 22])), max_size=8)


def is_too_deep(line):
    """Whether more than twenty lists and quotations begin one in the other, or a list so far to the right."""
    rest, levels = line.lstrip(" \t"), 0
    while found := re.match(r"(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]*", rest):
        rest, levels = rest[found.end() :], levels + 1
    is_far = re.match(r" {100,}(?:[-*+]|\d{1,9}[.)])[ \t]", line) is not None
    return is_far or levels > 21 or (levels == 21 and rest.strip() != "")


@given(DEEP)
def test_a_text_is_too_deep_where_the_signs_of_a_line_counted_one_by_one_are_too_many(parts):
    text = "".join(sign * times for sign, times in parts)
    told = any("nested too deep" in fault.what for fault in text_faults(f"Words.\n{text}", 1))
    assert told == any(map(is_too_deep, text.split("\n")))


SIGNS = [": ", ":", " ", "  ", "- ", "#", " #", "\n", "\n", "'", '"', "...", "---", "[", "{", "!", "|", ">", "%", "\t"]
WORDS = ["a", "title", "k_2", "2018-05-10", "no", "~", "é", "—", "&a", "*a", "  - item", "key: value", "z:\n- q"]
FRONT = st.lists(st.sampled_from([*SIGNS, *WORDS]), max_size=9).map("".join)


@given(FRONT)
def test_plain_front_matter_is_read_as_a_parser_of_all_of_yaml_reads_it(text):
    plain = strict_yaml._plain_mapping(text, 2)
    if plain is None:
        return
    events = strict_yaml.yaml.parse(text, Loader=strict_yaml._LOADER)
    faults = []
    whole = strict_yaml._document(events, 2, faults)
    assert (plain, []) == (whole or strict_yaml.Keys({}, {}, 2), faults)


@given(st.text(max_size=40))
def test_what_is_above_suspicion_is_refused_by_no_closer_look(text):
    unusual = text.encode("utf-8", "ignore").translate(None, clean_text._PLAIN).decode()
    if clean_text._is_above_suspicion(unusual):
        known = text.encode("utf-8", "ignore").decode()
        assert unicodedata.is_normalized("NFC", known)
        assert not list(clean_text._invisible_faults(known))
