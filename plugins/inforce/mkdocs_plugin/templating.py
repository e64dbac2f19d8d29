"""Our own templates, and the words that they speak."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from inforce.core import address
from inforce.core.effect import Audience
from inforce.core.policy import Revision
from inforce.core.timeline import Status
from inforce.formats.messages import Languages, Messages, direction
from inforce.formats.words import Words, capital
from inforce.mkdocs_plugin.late import as_of_instant, as_of_moment
from inforce.workflows.site_notices import SiteNotices

_environment = Environment(
    loader=PackageLoader("inforce.mkdocs_plugin"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True}
_environment.globals.update(address=address, Audience=Audience, Status=Status)
_FIRST_LETTER = re.compile(r"(?:<[^>]*>)*[^<]")


def _sentence(text: str) -> str:
    """A text, or HTML that begins with tags, with a capital at its beginning."""
    return type(text)(_FIRST_LETTER.sub(lambda found: found[0][:-1] + capital(found[0][-1]), text, count=1))


_environment.filters["sentence"] = _sentence


class Templates:
    """Makes HTML of our templates, in the words of a language."""

    def __init__(
        self, languages: Languages, revisions: Sequence[Revision], root: str, notices: SiteNotices | None = None
    ) -> None:
        """Begin with no words made.

        Args:
            languages: those that pages can be written in.
            revisions: all that sentences may speak of.
            root: the site's address with a slash at its end, or nothing.
            notices: those of the site, to which pages lead.
        """
        self._languages, self._revisions, self._root = languages, revisions, root
        self._has_notices = notices is not None
        self._words: dict[str, Words] = {}
        self._say: dict[str, Say] = {}

    def words_in(self, language: str) -> Words:
        """The sentences of a language."""
        messages = self._languages.messages_in(language)
        if messages.language not in self._words:
            self._words[messages.language] = Words(messages, self._revisions)
        return self._words[messages.language]

    def render(self, template: str, place: str, language: str, now: datetime | None = None, **values: object) -> str:
        """A template's HTML, in an element that says in which language our own words are, and their direction.

        The template may use `link` (an address from this page), `say` (a message, escaped), `words` (sentences), and
        for what the publisher wrote, in `language`: `spoken` (attributes for an element) and `quoted` (within ours).
        """
        messages = self._languages.messages_in(language)

        def link(target: str) -> str:
            return address.relative(target, place)

        def quoted(text: str, its_language: str = language) -> str:
            if its_language == messages.language:
                return text
            return Markup("<bdi{}>{}</bdi>").format(spoken(its_language), text)

        html = _environment.get_template(template).render(
            link=link,
            say=self._say_in(messages),
            quoted=quoted,
            spoken=spoken,
            words=self.words_in(language),
            messages=messages,
            language=language,
            now=now,
            root=self._root,
            has_notices=self._has_notices,
            as_of_instant=as_of_instant,
            as_of_moment=partial(as_of_moment, messages.language),
            **values,
        )
        return f'<div class="inforce"{spoken(messages.language)}>\n{html}\n</div>'

    def _say_in(self, messages: Messages) -> Say:
        if messages.language not in self._say:
            self._say[messages.language] = Say(messages)
        return self._say[messages.language]


class Say:
    """The messages of a language as HTML: escaped, and so are the values for the names in them, but for HTML."""

    def __init__(self, messages: Messages) -> None:
        """Begin with no text escaped."""
        self._messages = messages
        self._texts: dict[str, str] = {}

    def __call__(self, key: str, /, **words: object) -> Markup:
        """The message of that key, its names in braces replaced by the words."""
        if key not in self._texts:
            self._texts[key] = str(escape(self._messages(key)))
        if not words:
            return Markup(self._texts[key])  # noqa: S704 - escaped
        values = {name: escape(self._messages.isolated(word)) for name, word in words.items()}
        return Markup(self._texts[key].format(**values))  # noqa: S704 - escaped, each by itself


@lru_cache
def spoken(language: str) -> Markup:
    """The attributes of an element that holds words of a language."""
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))
