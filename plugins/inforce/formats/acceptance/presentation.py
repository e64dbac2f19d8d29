"""A presentation: what somebody is asked to accept, word for word, for one revision and one audience.

It is a whole HTML document that loads nothing and runs nothing, so that what a screen said can be shown in ten years.
It depends on its `Occasion` and the messages alone, never on the build, the site's address or what was posted later.
The whole document, shortened (each line here is one there but for `…`)::

    <!DOCTYPE html>
    <html lang="en" dir="ltr">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    …
    <h1>Privacy Policy, revision 2018-04-10: what new users are asked</h1>
    <article class="inforce-presentation" lang="en" dir="ltr" data-audience="new_users" data-digest="…64 digits…"
     data-policy="privacy-policy" data-revision="2018-04-10">
    <header>
    <h2 lang="en" dir="ltr">Privacy Policy, revision 2018-04-10</h2>
    <dl>
    …
    <dt>For whom</dt>
    <dd class="inforce-asked__whom">Everybody who registers on 10 April 2018, 09:00 or later.</dd>
    <dt>Takes effect</dt>
    <dd class="inforce-asked__effect">Once you accept it.</dd>
    …
    </dl>
    </header>
    <div class="inforce-text" lang="en" dir="ltr">
    <h3 id="privacy-policy:2018-04-10:privacy-policy">Privacy Policy</h3>
    …
    </div>
    <section class="inforce-asked">
    <h3>What you are asked</h3>
    <p>…</p>
    <p class="inforce-asked__box">I have read the Privacy Policy of 10 April 2018, and I accept it.</p>
    <dl>
    <dt>If you accept</dt>
    <dd class="inforce-asked__accept">This text binds you from then on, until another one takes effect for you.</dd>
    <dt>If you decline</dt>
    <dd class="inforce-asked__decline">…</dd>
    <dt>If you decide later</dt>
    <dd class="inforce-asked__later">…</dd>
    </dl>
    </section>
    </article>
    …

From `<article …>` to `</article>` it is what the pages put on their own, byte for byte. The ids within are the text's
own with the policy and the revision before them, so that several articles can stand on one page. Links from text to
text of the record are plain words: the document has no place from which they would lead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from html import escape, unescape
from importlib.resources import files as resources

from inforce.core.effect import Audience
from inforce.core.occasion import Occasion
from inforce.core.policy import Revision
from inforce.formats.messages import Messages, direction
from inforce.formats.text.markdown import Rendition
from inforce.formats.text.markdown_rules import RELATIVE
from inforce.formats.text.places import placed
from inforce.formats.words import Words

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TOP, _LOWEST = 3, 6
"""The levels of headings in the text: the highest one there is, and the lowest that HTML has."""
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_WITHIN = re.compile(rf'<a href="{re.escape(RELATIVE)}"([^<>]*)>(.*?)</a>'.replace(r"\{\}", "[^\x03]*"), re.DOTALL)
_BEGIN, _END = b"<article ", b"</article>"
_ASKED = '<section class="inforce-asked">'
_WORDS = re.compile(r'<(p|dd) class="inforce-asked__(\w+)">([^<]*)</\1>')
_NAMED = re.compile(r' data-(\w+)="([^"]*)"')
_SAID = frozenset({"whom", "effect", "box", "accept", "decline", "later"})


@dataclass(frozen=True)
class Presentation:
    """A presentation, as it was made or as it was kept. `data` is the whole document."""

    policy: str
    revision: str
    audience: Audience
    data: bytes

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the document, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def article(self) -> str:
        """What pages show of it, byte for byte."""
        return self.data[self.data.index(_BEGIN) : self.data.index(_END) + len(_END)].decode()

    @cached_property
    def asked(self) -> str:
        """Of the article, the part after the text: what the person is asked, and what each answer means."""
        return self.article[self.article.rindex(_ASKED) : -len(_END)].strip()

    @property
    def style(self) -> str:
        """The style inside of the document."""
        return self.data.partition(b"<style>")[2].partition(b"</style>")[0].decode()

    @property
    def source(self) -> str:
        """The digest of the text in it: SHA-256, in hexadecimal."""
        return self._names["digest"]

    @property
    def whom(self) -> str:
        """For whom it counts."""
        return self._said["whom"]

    @property
    def effect(self) -> str:
        """When it takes effect for them."""
        return self._said["effect"]

    @property
    def box(self) -> str:
        """The words beside the box that says yes."""
        return self._said["box"]

    @property
    def accept(self) -> str:
        """What accepting means."""
        return self._said["accept"]

    @property
    def decline(self) -> str:
        """What declining means."""
        return self._said["decline"]

    @property
    def later(self) -> str:
        """What deciding later means."""
        return self._said["later"]

    @cached_property
    def _names(self) -> dict[str, str]:
        """What the article says of itself: whose it is, for whom, and of which text."""
        begin = self.article[: self.article.index(">")]
        return dict(_NAMED.findall(begin))

    @cached_property
    def _said(self) -> dict[str, str]:
        """The words of its parts; what the publisher wrote has no elements, so none of these is from there."""
        return {name: unescape(words) for _, name, words in _WORDS.findall(self.article)}


def presentation_of(occasion: Occasion, text: Rendition, messages: Messages) -> Presentation:
    """What is asked on an occasion.

    Args:
        occasion: which revision is shown to whom.
        text: the revision's.
        messages: in the language of the policy, or the nearest that there is.
    """
    revision = occasion.revision
    data = "\n".join(_document(occasion, text, messages)).encode()
    return Presentation(revision.policy, revision.name, occasion.audience, data)


def read_presentation(policy: str, revision: str, audience: Audience, data: bytes) -> Presentation:
    """A presentation that was kept.

    Args:
        policy: the policy's name.
        revision: the revision's.
        audience: who is asked.
        data: the document.

    Raises:
        ValueError: this is no presentation, or one of another revision or audience.
    """
    found = presentation_in(data)
    if (found.policy, found.revision, found.audience) != (policy, revision, audience):
        told = f"{found.policy} {found.revision} {found.audience.value}"
        raise ValueError(f"this is the presentation of {told}, not of {policy} {revision} {audience.value}")
    return found


def presentation_in(data: bytes) -> Presentation:
    """The presentation that a document is, of whatever it says that it is.

    Raises:
        ValueError: this is no presentation.
    """
    try:
        named = Presentation("", "", Audience.NEW_USERS, data)._names  # noqa: SLF001 - our own
        audience = Audience(named["audience"])
        found = Presentation(named["policy"], named["revision"], audience, data)
        said = found._said  # noqa: SLF001 - as above
        found.asked  # noqa: B018 - whether it is there
    except (ValueError, KeyError):
        raise ValueError("this is no presentation of ours") from None
    if data.count(_BEGIN) != 1 or data.count(_END) != 1 or not said.keys() >= _SAID or "digest" not in named:
        raise ValueError("this is no presentation of ours")
    return found


def place_in(policy: str, revision: str, anchor: str) -> str:
    """The id that an anchor of a revision's text has in presentations."""
    return f"{policy}:{revision}:{anchor}"


def _document(occasion: Occasion, text: Rendition, say: Messages) -> Iterator[str]:
    """The lines of the document."""
    revision = occasion.revision
    title = say(f"presentation.page.{occasion.audience.value}", title=revision.title, name=revision.name)
    yield "<!DOCTYPE html>"
    yield f'<html lang="{say.language}" dir="{say.direction}">'
    yield '<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="robots" content="noindex">'
    yield f"<title>{_text(title)}</title>"
    yield f"<style>\n{_style()}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{_text(title)}</h1>"
    yield from _article(occasion, text, say)
    yield "</main>\n</body>\n</html>\n"


def _article(occasion: Occasion, text: Rendition, say: Messages) -> Iterator[str]:
    revision = occasion.revision
    spoken = f'lang="{escape(revision.language)}" dir="{direction(revision.language)}"'
    yield (
        f'<article class="inforce-presentation" lang="{say.language}" dir="{say.direction}"'
        f' data-audience="{occasion.audience.value}" data-digest="{revision.digest}"'
        f' data-policy="{revision.policy}" data-revision="{revision.name}">'
    )
    yield f"<header>\n<h2>{_text(say('presentation.title', title=revision.title, name=revision.name))}</h2>\n<dl>"
    yield from _facts(occasion, say, spoken)
    yield "</dl>\n</header>"
    yield f'<div class="inforce-text" {spoken}>\n{_placed(text.html, revision)}\n</div>'
    yield f"{_ASKED}\n<h3>{_text(say('presentation.asked'))}</h3>"
    yield from _asked(occasion, say)
    yield "</section>\n</article>"


def _facts(occasion: Occasion, say: Messages, spoken: str) -> Iterator[str]:
    """What stands above the text."""
    revision, root, words = occasion.revision, occasion.root, Words(say)
    if revision.title != revision.policy_title:
        yield _fact(say("presentation.policy"), revision.policy_title, spoken)
    yield _fact(say("presentation.posted"), words.posting_words(revision))
    posted = say.moment(root.posted, root.zone, exactly=True)
    whom = say(f"presentation.whom.{occasion.audience.value}", posted=posted)
    yield _fact(say("presentation.whom"), whom, 'class="inforce-asked__whom"')
    yield _fact(say("presentation.effect"), _effect(occasion, say), 'class="inforce-asked__effect"')
    if occasion.audience is Audience.CURRENT_USERS and root.accept_by is not None:
        until = say("presentation.accept_by.words", instant=say.moment(root.accept_by, root.zone))
        yield _fact(say("presentation.accept_by"), until)
    if revision.corrects is not None:
        since = say.moment(revision.posted, revision.zone, exactly=True)
        told = say("presentation.corrects.words", revision=words.calling(root), since=since)
        yield _fact(say("presentation.corrects"), told)
    for kept in occasion.keeps:
        yield _fact(say("presentation.keeps"), say("presentation.keeps.words", revision=words.calling(kept)))
    yield _fact(say("presentation.change"), words.change(revision.change))
    yield from _summary(say("presentation.summary"), revision, spoken)
    if revision.corrects is not None:
        yield from _summary(say("presentation.summary.corrected"), root, spoken)
    digest = "\x00"
    said = _text(say("presentation.digest.words", digest=digest))
    code = f'<code dir="ltr">{revision.digest}</code>'
    yield f"<dt>{_text(say('presentation.digest'))}</dt>\n<dd>{said.replace(digest, code)}</dd>"
    yield _fact(say("presentation.times"), say("presentation.times.words", zone=root.time_zone))
    if revision.terms.contact:
        yield _fact(say("presentation.contact"), revision.terms.contact, spoken)


def _summary(label: str, revision: Revision, spoken: str) -> Iterator[str]:
    if revision.summary:
        listed = "".join(f"<li>{_text(one)}</li>" for one in revision.summary)
        yield f"<dt>{_text(label)}</dt>\n<dd><ul {spoken}>{listed}</ul></dd>"


def _effect(occasion: Occasion, say: Messages) -> str:
    """When it takes effect for the audience."""
    root, audience = occasion.root, occasion.audience.value
    effect = root.effects[occasion.audience]
    if effect.start is None:
        return say("presentation.effect.acceptance")
    if effect.start == root.posted:
        return say(f"presentation.effect.posting.{audience}", start=_moment(effect.start, root, say))
    return say(f"presentation.effect.start.{audience}", start=_moment(effect.start, root, say))


def _asked(occasion: Occasion, say: Messages) -> Iterator[str]:
    """What stands below the text."""
    revision = occasion.revision
    day = say.day(revision.posted, revision.zone)
    is_named = revision.name != revision.posted.astimezone(revision.zone).date().isoformat()
    box = "presentation.box.named" if is_named else "presentation.box"
    words = say(box, title=revision.title, day=day, **({"name": revision.name} if is_named else {}))
    yield f"<p>{_text(say('presentation.box.lead'))}</p>"
    yield f'<p class="inforce-asked__box">{_text(words)}</p>'
    yield "<dl>"
    for name, meaning in zip(("accept", "decline", "later"), _meanings(occasion, say), strict=True):
        yield _fact(say(f"presentation.{name}"), meaning, f'class="inforce-asked__{name}"')
    yield "</dl>"


def _meanings(occasion: Occasion, say: Messages) -> Iterator[str]:
    """What accepting, declining and deciding later mean."""
    root, audience = occasion.root, occasion.audience.value
    effect = root.effects[occasion.audience]
    if effect.start is None:
        yield say("presentation.accept.offer")
        yield _in_a_row([say(f"presentation.decline.offer.{audience}"), _before(occasion, say)])
        yield _in_a_row([say(f"presentation.later.offer.{audience}"), _answer_by(occasion, say)])
        return
    kind = "posting" if effect.start == root.posted else "start"
    start = _moment(effect.start, root, say)
    before = _before(occasion, say) if kind == "start" else ""
    for answer in ("accept", "decline", "later"):
        told = say(f"presentation.{answer}.{kind}.{audience}", **({"start": start} if kind == "start" else {}))
        more = before if answer == "decline" else _answer_by(occasion, say) if answer == "later" else ""
        yield _in_a_row([told, more])


def _before(occasion: Occasion, say: Messages) -> str:
    """What goes on binding current users; nothing where that is not known, or none of their concern."""
    if occasion.audience is not Audience.CURRENT_USERS:
        return ""
    if occasion.before is None:
        return say("presentation.before.nothing")
    return say("presentation.before", revision=Words(say).calling(occasion.before))


def _answer_by(occasion: Occasion, say: Messages) -> str:
    root = occasion.root
    if occasion.audience is not Audience.CURRENT_USERS or root.accept_by is None:
        return ""
    return say("presentation.accept_by.words", instant=say.moment(root.accept_by, root.zone))


def _placed(source: str, revision: Revision) -> str:
    """The text's HTML with ids of its own, headings below the article's, and links within the record as words."""
    source = _WITHIN.sub(r'<span class="inforce-link"\1>\2</span>', source)
    prefix = escape(place_in(revision.policy, revision.name, ""))
    source = placed(source, prefix)
    above: list[int] = []

    def level(found: re.Match[str]) -> str:
        own = int(found[2])
        if not found[1]:
            while above and above[-1] >= own:
                above.pop()
            above.append(own)
        return f"<{found[1]}h{min(_TOP - 1 + len(above), _LOWEST)}"

    return _HEADING.sub(level, source)


def _fact(label: str, words: str, attributes: str = "") -> str:
    return f"<dt>{_text(label)}</dt>\n<dd{f' {attributes}' if attributes else ''}>{_text(words)}</dd>"


def _moment(instant: datetime, root: Revision, say: Messages) -> str:
    return say.moment(instant, root.zone, exactly=True)


def _in_a_row(sentences: list[str]) -> str:
    return " ".join(filter(None, sentences))


def _text(words: str) -> str:
    return escape(words, quote=False)


@lru_cache
def _style() -> str:
    return resources(__package__).joinpath("presentation.css").read_text("utf-8")
