"""From the shop's question over the person's answer to the outcome: in a real server."""

from acceptance_app.whole_app import BACK, JOINED


def test_who_registers_accepts_both_policies(app):
    asked = app.ask("new-1", None, ["privacy-policy", "user-agreement"], return_to=BACK, state="s t/é")
    assert [(one["policy"], one["revision"], one["reason"]) for one in asked["asked"]] == [
        ("privacy-policy", "2018-04-10", "offer"),
        ("user-agreement", "2014-03-01", "registration"),
    ]
    assert app.outcome(asked["id"]) == {"answers": [], "id": asked["id"], "status": "pending"}
    page = app.page(asked["address"])
    assert (page.status, page.title) == (200, "What you are asked to accept")
    assert not page.html.xpath("//input[@checked]")
    answer = page.answer("accepted")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BACK}?request={asked['id']}&state=s+t%2F%C3%A9"
    outcome = app.outcome(asked["id"])
    assert outcome["status"] == "answered"
    assert [(one["policy"], one["revision"], one["decision"]) for one in outcome["answers"]] == [
        ("privacy-policy", "2018-04-10", "accepted"),
        ("user-agreement", "2014-03-01", "accepted"),
    ]
    assert app.must("new-1", None) == {"asked": [], "must": False}


def test_who_is_a_member_already_is_asked_what_changed(app):
    must = app.must("old-1", JOINED)
    assert must["must"]
    assert [(one["policy"], one["revision"], one["reason"]) for one in must["asked"]] == [
        ("privacy-policy", "2018-04-10", "change"),
        ("user-agreement", "2014-03-01", "registration"),
    ]
