"""What the pages say, to whom, in which language: byte for byte what the presentation has, and nothing chosen before."""

import hashlib

import pytest
from acceptance_app.whole_app import JOINED
from repository import revision

from inforce.workflows.acceptance.present_record import read_present
from inforce.workflows.progress import silent

KOREAN = "# 개인정보 처리방침\n\n알려 주신 것을 보관합니다.\n"


def presentation(app, policy, name, audience):
    """What people are asked, made anew of the record."""
    from datetime import UTC, datetime

    with read_present(app.company.repo.settings, datetime.now(UTC), silent()) as present:
        return present.presentation(policy, name, audience)


def test_the_article_is_shown_byte_for_byte_and_named_by_its_digest(app):
    page = app.page(app.ask("reader", None, ["privacy-policy", "user-agreement"])["address"])
    for number, (policy, name) in enumerate((("privacy-policy", "2018-04-10"), ("user-agreement", "2014-03-01")), 1):
        shown = presentation(app, policy, name, "new_users")
        assert page.text.count(shown.article) == 1
        text = (app.company.folder / "policy_versions" / policy / f"{name}.md").read_bytes()
        assert page.fields[f"digest-{number}"] == hashlib.sha256(text).hexdigest()
        assert page.fields[f"presentation-{number}"] == hashlib.sha256(shown.data).hexdigest()
        labels = page.html.xpath(f"//fieldset[@id='answer-{number}']//label/text()")
        assert labels == [shown.box, "I decline it.", "I will decide later."]


def test_what_was_shown_is_in_the_register(app):
    app.answers("accepted", "kept", JOINED)
    row = __import__("json").loads(app.company.rows()[-1])
    shown = presentation(app, "privacy-policy", "2018-04-10", "current_users")
    assert (row["audience"], row["presentation"]) == ("current_users", shown.digest)
    assert (row["language"], row["channel"], row["application"]) == ("en", "web", "shop")
    assert row["registered"] == "2016-05-01T03:00:00.000000Z"


def test_who_accepted_an_earlier_text_sees_what_changed_since_that_one(company):
    company.repo.commit("2014-03-02T09:00:00+09:00", {"privacy-policy/2018-04-10.md": None})
