r"""A foreign Markdown text as one that rule 10 takes, and an account of what was done to it.

What is Markdown stays byte for byte. The text loses its front matter; images become their alternative text, raw HTML
becomes Markdown (`foreign_html`), links that would lead nowhere here become their words; comments, template tags, lines
that take in other files and characters that cannot be seen go. Code stays as it is, but for what rule 10 refuses there
too.

The kinds that are counted stand in `KINDS`.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from inforce.core.errors import Fault
from inforce.formats.foreign.code import Aside
from inforce.formats.foreign.html import without_html
from inforce.formats.foreign.links import bare_targets, retargeted, target, without_dead_links, without_images
from inforce.formats.foreign.text import decoded, visible
from inforce.formats.revision_file import leftovers
from inforce.formats.text.clean_text import decode
from inforce.formats.text.markdown import Rendition, anchors_of, render, renderer, text_faults

KINDS = {
    "anchors": "links to headings of the same text, whose anchors are made otherwise here",
    "byte_order_marks": "byte order marks, gone",
    "code": "texts with fenced code in lists, now code by its indentation",
    "comments": "HTML comments, gone",
    "composed": "letters, put together with their accents",
    "decoded": "texts in another encoding, now UTF-8",
    "front_matter": "front matters, gone",
    "html": "HTML tags, now Markdown or plain text",
    "images": "images, now their alternative text",
    "invisible": "characters that cannot be seen, gone",
    "line_ends": "line ends of another kind, now line feeds",
    "links": "links that would lead nowhere here, now their words",
    "lost": "characters that were lost before, now question marks",
    "merge_marks": "marks of a merge, now shown as text",
    "nesting": "lines nested too deep, now less deep",
    "rules": "lines at the top that look like a front matter's, now drawn otherwise",
    "signs": "signs of markup that mark up nothing, now shown as text",
    "snippets": "lines that take in another file, gone",
    "templates": "template tags, gone",
}
"""What can have been done, by kind, in the words of the report."""
_ROUNDS = 6
_LINE_END = "\n"
_TAG = re.compile(r"<(?!br ?/?>|https?://[^<>\s]*>|[^<> !@/\s][^<> !@\s/]*@[^@<> \s]+>)")
_SIGNS = {
    "<": _TAG,
    "](": re.compile(r"\]\(\s*(?!https?://|mailto:|tel:|#)|\[\]\("),
    "]:": re.compile(r"^ {0,3}\[[^\]\n]+\]:", re.MULTILINE),
    "<<<<<<< ": re.compile(""),
    ">>>>>>> ": re.compile(""),
    "![": re.compile(""),
    "{%": re.compile(""),
    "{!": re.compile(""),
    "8<": re.compile(""),
    "---": re.compile(r"\A\s*---"),
}
"""What a text holds if there is something to clean in it: a string, and then what has to be found as well."""
_DEEP_SIGNS = re.compile(r"[-*+>_]{21}|(?:\d[.)]){10}")
_FRONT_MATTER = re.compile(r"\s*^(---|\+\+\+)[ \t]*\n(.*?)^(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"[\"']?[\w$][\w .$/-]*[\"']?[ \t]*[:=](?:[ \t]|$)")
_NESTED_FENCE = re.compile(
    r"^(?:[ ]{2,}|\t)(`{3,}|~{3,})[^`\n]*\n(?P<code>(?:.*\n)*?)^(?:[ ]{2,}|\t)\1[ \t]*$", re.MULTILINE
)
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(.+?)[ \t]*$", re.MULTILINE)
_OTHER_AUTOMATIC = re.compile(r"<((?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\s]+|www\.[^<>\s]+)>")
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\<")
_COMMENT_BLOCK = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
_TEMPLATE = re.compile(r"\{\{%.*?%\}\}|\{%(?:(?!\n[ \t]*\n).)*?%\}|\{!.*?!\}", re.DOTALL)
_TEMPLATE_LINE = re.compile(r"^[ \t]*(?:(?:\{\{%.*?%\}\}|\{%.*?%\}|\{!.*?!\})[ \t]*)+(?:\n|\Z)", re.MULTILINE)
_SNIPPET_LINE = re.compile(r"^[ \t]*;*-+8<-+.*(?:\n|\Z)", re.MULTILINE)
_MERGE_MARK = re.compile(r"^(?:(<)(<{6} .*)|(>)(>{6} .*)|(=)(={6}[ \t]*))$", re.MULTILINE)
_IN_MERGE = re.compile(r"^[<>]{7} ", re.MULTILINE)
_DEEP = re.compile(r"^[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]*){21,}(?=\S)", re.MULTILINE)
_LEVEL = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)|>[ \t]*")
_RULE = re.compile(r"^[ \t]*(?:(?:\*[ \t]*){21,}|(?:-[ \t]+){20,}-[ \t]*|(?:_[ \t]*){21,})$", re.MULTILINE)
_FAR = re.compile(r"^[ ]{100,}(?=(?:[-*+]|\d{1,9}[.)])[ \t])", re.MULTILINE)
_LEVELS, _FARTHEST = 12, 40
_HEADING = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(#{1,6}.+)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that rule 10 takes; how often what was done to it; the title in its front matter, where it had one.

    `original` is the text as it was, decoded and without its front matter.
    """

    text: str
    counts: Mapping[str, int]
    original: str
    title: str | None = None


def clean(data: bytes, encoding: str | None = None) -> Cleaned:
    """The text of a foreign file.

    Args:
        data: the file.
        encoding: Python's name of the encoding of what is not UTF-8, where somebody knows it.

    Raises:
        ValueError: what it is cannot be told, or no text is left, or one that is refused; told for a person.
    """
    counts: Counter[str] = Counter()
    original, title = _without_front_matter(decoded(data, counts, encoding), counts)
    text = visible(original, counts)
    settled = _settled(text, counts)
    text = _accepted(text if settled == text else f"{settled.strip(_LINE_END)}{_LINE_END}", counts)
    if "](#" in text or "]: #" in text:
        text = _accepted(_with_live_anchors(text, counts), counts)
    return Cleaned(text, +counts, original, visible(title, Counter()) if title else None)


def begin_file() -> None:
    """Say that what is cleaned next is another file's: the passages of one file's texts repeat, and are remembered."""
    renderer.cache_clear()


def body_faults(text: str) -> list[Fault]:
    """What a revision file's reading refuses in its text."""
    return [*decode(text.encode()).faults, *text_faults(text, 1), *leftovers(text, 1)]


def title_of(cleaned: Cleaned) -> str | None:
    """The words of a text's first heading of the first level; else its front matter's title, else its first heading."""
    headings = render(_headings(cleaned.text)).headings
    chosen = [one.words for one in headings if one.level == 1]
    chosen += [cleaned.title] if cleaned.title else [one.words for one in headings]
    return next((words for one in chosen if (words := " ".join(one.split()))), None)


def _without_front_matter(text: str, counts: Counter[str]) -> tuple[str, str | None]:
    """The text under its front matter, and the title that this says; a rule at the top is no front matter."""
    found = _FRONT_MATTER.match(text)
    if found is None or not _is_front_matter(found[2]):
        return text, None
    counts["front_matter"] += 1
    title = _TITLE.search(found[2])
    words = title[1].strip("\"' \t") if title else ""
    return text[found.end() :].lstrip("\n"), words or None


def _is_front_matter(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    flat = [line for line in lines if line[0] not in " \t-]}"]
    return all(_KEY.match(line) for line in flat) and (bool(flat) or not lines)


def _settled(text: str, counts: Counter[str]) -> str:
    """The text cleaned until nothing changes any more: what is taken out can leave signs together that were apart."""
    for _ in range(_ROUNDS):
        if not _has_signs(text):
            break
        cleaned = _cleaned_once(text, counts)
        if cleaned == text:
            break
        text = visible(cleaned, counts)
    return text if text.endswith("\n") else f"{text}\n"


def _has_signs(text: str) -> bool:
    if any(sign in text and pattern.search(text) for sign, pattern in _SIGNS.items()):
        return True
    return _is_deep(text)


def _is_deep(text: str) -> bool:
    """Whether it can be that a line is nested too deep."""
    return " " * 100 in text or _DEEP_SIGNS.search(text.replace(" ", "")) is not None


def _cleaned_once(text: str, counts: Counter[str]) -> str:
    aside = Aside()
    text = aside.taken(text)
    if "{" in text or "8<" in text:
        text = _without_templates(text, counts)
    if _IN_MERGE.search(text):
        text = _MERGE_MARK.sub(lambda found: _merge_mark(found, counts), text)
    aside.parts = [_refused_nowhere(one, counts) for one in aside.parts]
    if "![" in text:
        text = without_images(text, counts)
    if "<" in text and _TAG.search(text):
        text = bare_targets(text)
        text = _OTHER_AUTOMATIC.sub(lambda found: _automatic(found, counts), text)
        text = _ESCAPED.sub(r"\1&lt;", text)
        text = without_html(text, counts, target)
    if "![" in text:
        text = without_images(text, counts)
    text = without_dead_links(text, counts)
    return aside.put_back(_flatter(text, counts))


def _without_templates(text: str, counts: Counter[str]) -> str:
    text = _COMMENT_BLOCK.sub(lambda _: _count("", "comments", counts), text)
    text = _SNIPPET_LINE.sub(lambda _: _count("", "snippets", counts), text)
    if "{%" not in text and "{!" not in text:
        return text
    for found in _TEMPLATE.finditer(text):
        counts["templates" if found[0].startswith(("{%", "{{")) else "snippets"] += 1
    return _TEMPLATE.sub("", _TEMPLATE_LINE.sub("", text))


def _refused_nowhere(code: str, counts: Counter[str]) -> str:
    """Code as rule 10 takes it: template tags, snippets and the marks of a merge are refused there too."""
    for pattern, kind in ((_TEMPLATE, "templates"), (_SNIPPET_LINE, "snippets")):
        code = pattern.sub(partial(_set_apart, kind=kind, counts=counts), code)
    code = _IN_MERGE.sub(lambda found: _count(f" {found[0]}", "merge_marks", counts), code)
    return _flatter(code, counts)


def _set_apart(found: re.Match[str], kind: str, counts: Counter[str]) -> str:
    """A tag in code, its first sign set off by a space: shown, and no tag."""
    counts[kind] += 1
    tag = found[0]
    return tag.replace("8<", "8 <") if "8<" in tag else re.sub(r"\{(?=[%!])", "{ ", tag)


def _merge_mark(found: re.Match[str], counts: Counter[str]) -> str:
    counts["merge_marks"] += 1
    names = {"<": "&lt;", ">": "&gt;", "=": "&#61;"}
    return next(names[found[number]] + found[number + 1] for number in (1, 3, 5) if found[number])


def _automatic(found: re.Match[str], counts: Counter[str]) -> str:
    """A link in angle brackets by another scheme, or by none."""
    words = found[1]
    if words.lower().startswith(("tel:", "mailto:")):
        return f"[{words.partition(':')[2]}]({words})"
    counts["links"] += 1
    return words


def _flatter(text: str, counts: Counter[str]) -> str:
    if not _is_deep(text):
        return text
    text = _RULE.sub("* * *", text)
    if _DEEP.search(text) or _FAR.search(text):
        text = _FAR.sub(lambda _: _count(" " * _FARTHEST, "nesting", counts), text)
        text = _DEEP.sub(lambda found: _count("".join(_LEVEL.findall(found[0])[:_LEVELS]), "nesting", counts), text)
    return text


def _accepted(text: str, counts: Counter[str]) -> str:
    """The text, if need be with what is still refused in it written as text.

    Raises:
        ValueError: it is refused none the less.
    """
    if (found := _FRONT_MATTER.match(text)) is not None and _is_front_matter(found[2]):
        counts["rules"] += 1
        text = _with_other_rule(text)
    faults = body_faults(text)
    for kind, mend in _MENDINGS:
        if not faults or "empty" in faults[0].what:
            break
        mended = mend(text)
        if mended != text:
            counts[kind] += 1
            text, faults = mended, body_faults(mended)
    if faults:
        raise ValueError(faults[0].what)
    return text


def _with_other_rule(text: str) -> str:
    """A rule at the top, which looks like the beginning of a second front matter."""
    return re.sub(r"\A(\s*)---", r"\1***", text)


def _with_signs_as_text(text: str) -> str:
    """What is no code has no tag, no image and no link by another scheme."""
    aside = Aside()
    text = aside.taken(text)
    text = re.sub(r"<(?!br ?/?>)", "&lt;", text).replace("![", "!\\[")
    text = re.sub(r"\]\((?=\s*<?(?!https?:|mailto:|tel:|#))", r"]\\(", text)
    return aside.put_back(text)


def _with_all_signs_as_text(text: str) -> str:
    return re.sub(r"<(?!br ?/?>|https?://)", "&lt;", text).replace("![", "!\\[")


def _with_indented_code(text: str) -> str:
    """Fenced code within a list, which the renderer takes for text, as code by its indentation."""
    return _NESTED_FENCE.sub(_indented_code, text)


def _indented_code(found: re.Match[str]) -> str:
    lines = found["code"].split("\n")
    return "\n".join(["", *(f"    {line}" if line.strip() else "" for line in lines[:-1])])


_MENDINGS = (
    ("rules", _with_other_rule),
    ("code", _with_indented_code),
    ("signs", _with_signs_as_text),
    ("signs", _with_all_signs_as_text),
)
"""What is tried in this order with a text that is still refused, and how it is counted."""


def _with_live_anchors(text: str, counts: Counter[str]) -> str:
    """Links within the text lead to its headings; where they lead nowhere, they become their words."""
    rendition = render(_headings(text))
    anchors = anchors_of(rendition)
    others = dict(_anchors_elsewhere(rendition))

    def anchor(meant: str) -> str | None:
        return meant if meant in anchors or not meant else others.get(meant.lower())

    for start, end, words in reversed(list(retargeted(text, anchor))):
        counts["anchors" if words.startswith("[") and words.endswith(")") else "links"] += 1
        text = text[:start] + words + text[end:]
    return text


def _headings(text: str) -> str:
    """The headings of a text alone: the rest has no anchors."""
    aside = Aside()
    before, found = "", []
    for line in aside.taken(text).split("\n"):
        if line.startswith(("=", "-")) and before.strip() and _UNDERLINE.fullmatch(line):
            found.append(f"{before}\n{line}")
        elif "#" in line and (heading := _HEADING.match(line)):
            found.append(heading[1])
        before = line
    return aside.put_back("\n\n".join(found))


def _anchors_elsewhere(rendition: Rendition) -> Iterator[tuple[str, str]]:
    """What GitHub and its like make of each heading, and the anchor that it has here."""
    seen: Counter[str] = Counter()
    for heading in rendition.headings:
        made = re.sub(r"[^\w\- ]", "", html.unescape(heading.words).lower()).replace(" ", "-")
        yield (f"{made}-{seen[made]}" if seen[made] else made), heading.anchor
        seen[made] += 1


def _count(text: str, kind: str, counts: Counter[str]) -> str:
    counts[kind] += 1
    return text
