"""A preview shows what would be asked of a draft; a build shows none of it."""

import pytest
from repository import TERMS, instant, material

from inforce.adapters.clock import Door
from inforce.formats.messages import Languages
from inforce.mkdocs_plugin.pages import Pages
from inforce.workflows.publish_site import gathered

NOW = "2018-05-01T00:00:00+09:00"
TEXT = "# Privacy Policy\n\nDrafted words.\n"


@pytest.fixture
def drafted(repo):
    """The pages of a draft, by their addresses."""

    def pages(front_matter, terms=TERMS):
        first = {"terms/policy.yml": terms, "terms/2018-01-01.md": "# Privacy Policy\n\nWords.\n"}
        repo.commit("2018-01-01T00:00:00+09:00", first)
        repo.write("terms/next.md", material(front_matter, TEXT))
        with gathered(repo.settings, Door(instant(NOW), instant(NOW)), Languages(), with_drafts=True) as site:
            (draft,) = site.drafts
            return {one.address: one.html for one in Pages(site).of_draft(draft)}

    return pages


def test_what_would_be_asked_is_shown_and_marked(drafted):
    pages = drafted("effective: {current_users: 2018-06-01, new_users: on acceptance}")
    page = pages["terms/next/accept/"]
    assert "Draft: not posted, binds nobody" in page
    assert "I have read the Privacy Policy of 1 May 2018 (next), and I accept it." in page
    assert page.count("Drafted words.") == 1
    assert "new_users.html" not in page
    assert 'href="accept/"' in pages["terms/next/"]


def test_where_nobody_would_be_asked_there_is_no_such_page(drafted):
    pages = drafted("effective: 2018-06-01")
    assert "terms/next/accept/" not in pages
    assert "accept/" not in pages["terms/next/"]


def test_a_policy_that_asks_asks_current_users_of_a_draft_that_takes_effect_by_a_date(drafted):
    page = drafted("effective: 2018-06-01", f"{TERMS}acceptance: asked\n")["terms/next/accept/"]
    assert "On 1 June 2018, whatever you answer." in page
