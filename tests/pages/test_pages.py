"""What a member reads, page by page."""

import re

import pytest
from lxml import html

CHANGES = "What changed, word by word"


def page(site, address):
    return html.fromstring((site / address / "index.html").read_text())


def words(element):
    return re.sub(r"\s+", " ", element.text_content()).strip()


def box(site, address):
    return words(page(site, address).find_class("inforce-box")[0])


def test_home_tells_of_every_policy_what_is_in_force_offered_and_scheduled(site):
    home = page(site, "")
    assert words(home.find(".//h1")) == "Policies of Qstore"
    privacy, agreement = (words(section) for section in home.find_class("inforce-policy"))
    assert privacy.startswith(
        "Privacy Policy For current users, the revision of 1 March 2014 has been in force since 1 March 2014, and will "
        "be until 10 May 2018. Whoever registers now is offered the revision of 10 April 2018: it binds from "
        "acceptance."
    )
    assert "Scheduled the revision of 10 April 2018, from 10 May 2018 for current users" in privacy
    assert "Next change 10 May 2018 Last posting 10 April 2018, 09:00 Revisions 2, since 1 March 2014" in privacy
    assert "For everybody, the revision of 1 March 2017 has been in force since 1 March 2017." in agreement
    assert "Next change none is planned Last posting 1 March 2017 Revisions 4, since 1 March 2014" in agreement


def test_home_tells_of_the_latest_postings_and_how_to_prove_them(site):
    home = page(site, "")
    (latest,) = home.find_class("inforce-latest")
    assert [words(one) for one in latest.iter("li")] == [
        f"10 April 2018, 09:00 Privacy Policy, 2018-04-10 · material change We now keep your orders. {CHANGES}",
        f"1 March 2017 User Agreement, 2017-03-01 · correction A slip. {CHANGES}",
        f"1 February 2017 User Agreement, 2017-02-01 · material change We now keep your orders. {CHANGES}",
        f"1 January 2017 User Agreement, 2017-01-01 · material change We now keep your orders. {CHANGES}",
        "1 March 2014 User Agreement, 2014-03-01 · first revision",
    ]
    assert "postings.json has every posting with its digest" in words(home.find_class("inforce-proof")[0])
    assert words(home.find_class("inforce-asof")[0]).startswith("As of 30 April 2018, 15:00 UTC.")


def test_the_policys_page_shows_the_text_in_force_and_says_so(site):
    shown = page(site, "privacy-policy/")
    assert (
        words(shown.find_class("inforce-text")[0]) == "Privacy Policy We keep what you tell us. Cookies We set cookies."
    )
    said = box(site, "privacy-policy/")
    assert said.startswith("In force since 1 March 2014")
    assert "This text has bound you since 1 March 2014, and will until 10 May 2018." in said
    assert "You are offered the revision of 10 April 2018, not the text below: it binds you once you accept it" in said
    assert "takes effect on 10 May 2018 for current users (registered before 10 April 2018, 09:00)" in said
    assert "as stated by the publisher (Publication log, page 3)" in said


@pytest.mark.parametrize(
    ("address", "begins", "holds"),
    [
        (
            "privacy-policy/2018-04-10/",
            "For current users: scheduled. For new users: offered",
            "If you registered on 10 April 2018, 09:00 or later This text binds you once you accept it.",
        ),
        (
            "user-agreement/2014-03-01/",
            "Superseded",
            "This text bound you from 1 March 2014 until 1 February 2017. The revision of 1 February 2017 follows it.",
        ),
        (
            "user-agreement/2017-01-01/",
            "Overtaken",
            "This text never took effect for you. The revision of 1 February 2017 withdrew it before that.",
        ),
        (
            "user-agreement/2017-02-01/",
            "Corrected: another revision stands for this one",
            "The corrected text: the revision of 1 March 2017.",
        ),
        ("user-agreement/2017-03-01/", "In force", "This text has bound you since 1 March 2017."),
    ],
)
def test_a_permanent_page_says_what_its_text_is_and_to_whom(site, address, begins, holds):
    said = box(site, address)
    assert said.startswith(begins)
    assert holds in said


def test_a_permanent_page_says_when_it_was_posted_and_how_that_is_known(site, qstore):
    about = words(page(site, "privacy-policy/2018-04-10/").find_class("inforce-about")[0])
    commit = qstore.posted_by()["privacy-policy/2018-04-10"]
    assert f"Posted 10 April 2018, 09:00, recorded in commit {commit[:12]}" in about
    assert "Kind of change material: rights or duties change What changed We now keep your orders." in about


def test_a_permanent_page_is_a_page_of_the_theme_with_its_own_title_address_and_contents(site):
    source = (site / "privacy-policy/2018-04-10/index.html").read_text()
    assert "<title>Privacy Policy, revision 2018-04-10 - Qstore</title>" in source
    assert 'rel="canonical" href="https://policies.qstore.example/privacy-policy/2018-04-10/"' in source
    assert "inforce-mark-" not in source
    contents = html.fromstring(source).xpath("//nav[contains(@class, 'md-nav--secondary')]//a")
    assert [(link.get("href"), words(link)) for link in contents] == [("#cookies-more", "Cookies & more")]
    assert source.count("<h1") == 1


def test_what_is_not_in_force_is_not_for_search_engines(site):
    def robots(address):
        return page(site, address).xpath("//meta[@name='robots']/@content")

    assert robots("user-agreement/2014-03-01/") == ["noindex"]
    assert robots("user-agreement/2017-03-01/") == []


def test_links_between_texts_lead_to_pages(site):
    (link,) = page(site, "privacy-policy/2018-04-10/").xpath("//div[@class='inforce-text']//p/a")
    assert link.get("href") == "../../user-agreement/2014-03-01/#where"
    assert (site / "user-agreement/2014-03-01/index.html").is_file()


def test_history_lists_every_revision_the_newest_first(site):
    entries = page(site, "user-agreement/history/").find_class("inforce-entry")
    assert [words(entry.find("th/a")) for entry in entries] == ["2017-03-01", "2017-02-01", "2017-01-01", "2014-03-01"]
    assert "from its posting on, it stands for 2017-02-01 wherever that counts" in words(entries[0])
    assert "never: planned for 1 April 2017, and withdrawn before" in words(entries[2])


def test_every_link_on_every_page_leads_somewhere(site):
    for path in site.rglob("*.html"):
        if path.name == "404.html":
            continue
        for _, _, target, _ in html.fromstring(path.read_text()).iterlinks():
            address, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", address):
                continue
            place = (path.parent / address).resolve() if address else path
            place = place / "index.html" if place.is_dir() else place
            assert place.is_file(), (path, target)
            if anchor and place.suffix == ".html" and not anchor.startswith("__"):
                assert html.fromstring(place.read_text()).xpath(f"//*[@id='{anchor}']"), (path, target)


def test_a_build_does_not_wonder_about_pages_that_are_left_out_of_the_navigation_on_purpose(qstore, build):
    said = build(qstore, to="wondering")[1]
    assert "Documentation built" in said.err
    assert "not included in the" not in said.err


def test_revisions_are_not_in_the_navigation_and_superseded_texts_not_in_the_search(site):
    navigation = page(site, "").xpath("//nav//a/@href")
    assert "privacy-policy/" in navigation
    assert "privacy-policy/history/" in navigation
    assert not [link for link in navigation if re.search(r"\d{4}-\d\d-\d\d", link)]
    index = (site / "search/search_index.json").read_text()
    assert "We keep what you tell us." in index
    assert "You agree tooo" not in index
