"""A redline as one whole page: a file to be kept, printed, or sent with a mail. It loads nothing and runs nothing."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from inforce.core.redline import Done
from inforce.formats.messages import Messages, direction
from inforce.formats.redline.html import change_list, redline_body
from inforce.formats.redline.style import page_style
from inforce.formats.redline.words import GAP, Comparison, Text, measured, words_counted
from inforce.formats.text.markdown_rules import RELATIVE

_RELATIVE = re.compile(rf'<a href="{re.escape(RELATIVE)}">(.*?)</a>'.replace(r"\{\}", "[^\x03]*"), re.DOTALL)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def redline_page(comparison: Comparison, messages: Messages) -> str:
    """The page, in the words of the messages."""
    say, language = messages, comparison.language
    title = escape(say("redline.page.title", old=comparison.old.name, new=comparison.new.name), quote=False)
    changes = change_list(comparison, messages)
    told = [measured(comparison, messages), words_counted(comparison, messages)]
    told += [say("redline.coarse")] if comparison.redline.is_coarse else []
    told += [say("redline.gap", gap=GAP)] if GAP in changes else []
    is_same = all(one.done is Done.KEPT for one in comparison.redline.changes)
    body = _without_links(redline_body(comparison, messages, language=language or ""))
    way = direction(language) if language else "auto"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{messages.language}" dir="{messages.direction}">',
        '<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>\n{page_style()}</style>\n</head>\n<body>\n<main>",
        f"<h1>{title}</h1>",
        '<dl class="inforce-texts">',
        *_text(say("redline.page.old"), comparison.old, messages),
        *_text(say("redline.page.new"), comparison.new, messages),
        "</dl>",
        f"<h2>{escape(say('redline.page.changes'), quote=False)}</h2>",
        "" if is_same else f"<p>{escape(' '.join(told), quote=False)}</p>",
        changes,
        f"<h2>{escape(say('redline.page.text'), quote=False)}</h2>",
        f"<p>{escape(say('redline.legend'), quote=False)}</p>",
        f'<div lang="{escape(language or "")}" dir="{way}">\n{body}\n</div>',
        "</main>\n</body>\n</html>",
    ]
    return "\n".join(filter(None, lines)) + "\n"


def _text(label: str, text: Text, messages: Messages) -> list[str]:
    """What is known of a text."""
    facts = [f"<bdi>{escape(text.name)}</bdi>"]
    if text.posted is not None:
        facts.append(_posted(text.posted, messages))
    digest = "\x00"
    said = escape(messages("redline.page.digest", digest=digest), quote=False)
    facts.append(said.replace(digest, f"<code>{text.digest}</code>"))
    lines = "".join(f"<span>{fact}</span>" for fact in facts)
    return [f"<dt>{escape(label, quote=False)}</dt>", f"<dd>{lines}</dd>"]


def _posted(posted: str, messages: Messages) -> str:
    """When a text was posted, in words."""
    instant = datetime.fromisoformat(posted)
    zone = instant.tzinfo
    if zone is None:
        return escape(posted)
    moment = messages.moment(instant, zone, exactly=True, with_time=True)
    offset = instant.strftime("%z")
    said = messages("redline.page.posted", moment=moment, offset=f"{offset[:3]}:{offset[3:]}")
    return f'<time datetime="{escape(posted)}">{escape(said, quote=False)}</time>'


def _without_links(body: str) -> str:
    """The redline, links within the record as plain words: the page has no place from which they would lead."""
    return _RELATIVE.sub(r'<span class="inforce-link">\1</span>', body)
