"""What tells readers that a page is out of date, if ever it is: put above what the page says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from inforce.core import address
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Timeline
from inforce.formats.built_json import built, built_entry
from inforce.formats.messages import Languages
from inforce.mkdocs_plugin.late import as_of_instant
from inforce.mkdocs_plugin.templating import Templates


class Ages:
    """Says on pages how old they are."""

    def __init__(
        self,
        templates: Templates,
        languages: Languages,
        timelines: Mapping[str, Timeline],
        instants: Mapping[str, datetime],
    ) -> None:
        """Begin with nothing said.

        Args:
            templates: make the HTML.
            languages: those that pages can be written in.
            timelines: of each policy.
            instants: as of when the pages of each policy speak.
        """
        self._templates, self._languages = templates, languages
        self._timelines, self._instants = timelines, instants
        self._entries: dict[tuple[str, str], dict[str, Any] | None] = {}

    def dated(
        self, html: str, place: str, policies: Iterable[PolicyRecord], language: str, revision: str | None = None
    ) -> str:
        """A page's HTML under what says how old it is, where something is to come.

        Args:
            html: what the page says.
            place: its address.
            policies: those of which it speaks.
            language: its own.
            revision: the one whose text it shows.
        """
        entries = (self._entry(one, address.relative(address.in_force_address(one.slug), place)) for one in policies)
        is_of_all = place in ("", address.ACCEPTANCE, address.NOTICES)
        data = built(entries, self._languages.messages_in(language), revision, is_of_all=is_of_all)
        return html if data is None else self._templates.render("built.html", place, language, None, data=data) + html

    def _entry(self, policy: PolicyRecord, in_force: str) -> dict[str, Any] | None:
        """What pages from which the table has that address say of the policy's age; the permanent ones say the same."""
        key = policy.slug, in_force
        if key not in self._entries:
            as_of = as_of_instant(policy.terms.time_zone)
            instant = self._instants[policy.slug]
            self._entries[key] = built_entry(policy, self._timelines[policy.slug], instant, as_of, in_force)
        return self._entries[key]
