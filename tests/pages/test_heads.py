"""What each page's head tells machines, whatever the theme."""

import json
import re

import pytest
from lxml import html
from qstore_site import AGREEMENT, BEFORE, FIRST, POSTED, SECOND
from repository import TERMS, Repository

ROOT = "https://policies.qstore.example/"
PRIVACY = f"{ROOT}privacy-policy/"
AGREED = f"{ROOT}user-agreement/"
BARE = "<!doctype html><html><head><title>{{ page.title }}</title></head><body>{{ page.content }}</body></html>"
HEADLESS = "<!doctype html><title>{{ page.title }}</title><body>{{ page.content }}"
RECORD = {
    **AGREEMENT,
    "privacy-policy/policy.yml": f"{TERMS}relation: privacy-policy\n",
    "privacy-policy/2014-03-01.md": FIRST,
}


def head(site, address, relation=""):
    """The links of a page: relation, address, type; or the addresses of one relation."""
    links = html.fromstring((site / address / "index.html").read_text()).xpath("//link[@rel][@href]")
    found = [(link.get("rel"), link.get("href"), link.get("type")) for link in links]
    return [target for name, target, _ in found if name == relation] if relation else found


def told(site, address):
    """The JSON-LD of a page."""
    (script,) = html.fromstring((site / address / "index.html").read_text()).xpath(
        "//script[@type='application/ld+json']"
    )
    return json.loads(script.text)


@pytest.fixture(scope="module")
def themed(tmp_path_factory, build):
    """Builds the record in another theme, under another address."""

    def builds(theme, root=ROOT, templates=None, plugins="[{inforce: {archive: ''}}]"):
        top = tmp_path_factory.mktemp("themed")
        repo = Repository(top / "repo", top / "home")
        for name, source in (templates or {}).items():
            (repo.folder / "theme").mkdir(exist_ok=True)
            (repo.folder / "theme" / name).write_text(source)
        (repo.folder / "docs").mkdir()
        (repo.folder / "docs" / "index.md").write_text("# Policies\n")
        (repo.folder / "docs" / "about.md").write_text("# About us\n")
        site_url = f"site_url: {root}\n" if root else ""
        (repo.folder / "mkdocs.yml").write_text(f"site_name: Q\n{site_url}theme: {theme}\nplugins: {plugins}\n")
        repo.commit(BEFORE, RECORD)
        repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
        return build(repo)[0]

    return builds


THEMES = {
    "material": ("{name: material, font: false}", None),
    "mkdocs": ("mkdocs", None),
    "readthedocs": ("readthedocs", None),
    "bare": ("{name: null, custom_dir: theme}", {"main.html": BARE}),
    "headless": ("{name: null, custom_dir: theme}", {"main.html": HEADLESS}),
}
ADDRESSES = ["", "about/", "privacy-policy/", "privacy-policy/history/", "privacy-policy/2014-03-01/"]


@pytest.fixture(scope="module", params=THEMES)
def in_any_theme(request, themed):
    """The record in each theme."""
    theme, templates = THEMES[request.param]
    return themed(theme, templates=templates)


def test_every_page_has_one_canonical_address_and_it_is_its_own(in_any_theme):
    for address in ADDRESSES:
        assert head(in_any_theme, address, "canonical") == [f"{ROOT}{address}"]


def test_relations_and_data_do_not_depend_on_the_theme(in_any_theme):
    address = "privacy-policy/2018-04-10/"
    assert [
        link
        for link in head(in_any_theme, address)
        if link[0] not in ("canonical", "icon", "stylesheet", "shortcut icon")
    ] == [
        ("privacy-policy", PRIVACY, None),
        ("timemap", f"{PRIVACY}timemap.link", "application/link-format"),
        ("describedby", f"{PRIVACY}in-force.json", "application/json"),
        ("original", PRIVACY, None),
        ("version-history", f"{PRIVACY}history/", None),
        ("latest-version", PRIVACY, None),
        ("predecessor-version", f"{PRIVACY}2014-03-01/", None),
        ("alternate via", f"{PRIVACY}2018-04-10/source.md", "text/markdown"),
    ]
    assert told(in_any_theme, address)["version"] == "2018-04-10"
    robots = html.fromstring((in_any_theme / address / "index.html").read_text()).xpath(
        "//meta[@name='robots']/@content"
    )
    assert robots == ["noindex"]
    assert "inforce-mark-" not in (in_any_theme / address / "index.html").read_text()


def test_the_policys_page_leads_to_the_permanent_page_of_its_text(site):
    assert head(site, "privacy-policy/", "latest-version") == [f"{PRIVACY}2014-03-01/"]
    assert head(site, "privacy-policy/", "original") == [PRIVACY]
    assert head(site, "privacy-policy/", "version-history") == [f"{PRIVACY}history/"]
    assert head(site, "privacy-policy/history/", "timemap") == [f"{PRIVACY}timemap.link"]


def test_a_correction_was_made_from_what_it_corrects(site):
    def around(name):
        page = f"user-agreement/{name}/"
        relations = ("predecessor-version", "successor-version")
        return [[one.removeprefix(AGREED) for one in head(site, page, relation)] for relation in relations]

    assert around("2014-03-01") == [[], ["2017-01-01/"]]
    assert around("2017-01-01") == [["2014-03-01/"], ["2017-02-01/"]]
    assert around("2017-02-01") == [["2017-01-01/"], ["2017-03-01/"]]
    assert around("2017-03-01") == [["2017-02-01/"], []]


def test_the_policy_that_holds_for_the_site_is_named_on_each_of_its_pages(themed):
    site = themed("mkdocs")
    for address in [*ADDRESSES, "user-agreement/", "user-agreement/2014-03-01/"]:
        assert head(site, address, "privacy-policy") == [PRIVACY]


def test_a_site_below_a_path_says_whole_addresses(themed):
    site = themed("mkdocs", root="https://qstore.example/legal/policies")
    below = "https://qstore.example/legal/policies/"
    assert head(site, "privacy-policy/2014-03-01/", "original") == [f"{below}privacy-policy/"]
    assert head(site, "privacy-policy/2014-03-01/", "canonical") == [f"{below}privacy-policy/2014-03-01/"]
    assert told(site, "privacy-policy/")["@id"] == f"{below}privacy-policy/"
    assert f"<{below}privacy-policy/2014-03-01/>" in (site / "privacy-policy/timemap.link").read_text()
    assert f"<loc>{below}about/</loc>" in (site / "sitemap.xml").read_text()


def test_a_site_that_does_not_know_its_address_says_relative_ones(themed):
    site = themed("mkdocs", root="")
    page = "privacy-policy/2014-03-01/"
    assert head(site, page, "canonical") == []
    assert head(site, page, "original") == ["../"]
    assert head(site, page, "alternate via") == ["source.md"]
    assert head(site, "privacy-policy/", "original") == ["./"]
    assert told(site, page)["exampleOfWork"]["@id"] == "../"
    assert told(site, page)["encoding"]["contentUrl"] == "source.md"


def test_the_data_of_a_revision_say_what_is_in_force(site):
    found = told(site, "privacy-policy/2018-04-10/")
    digest = found["encoding"].pop("sha256")
    assert digest == re.search(r"[0-9a-f]{64}", (site / "privacy-policy/2018-04-10/index.html").read_text())[0]
    assert found == {
        "@context": "https://schema.org",
        "@id": f"{PRIVACY}2018-04-10/",
        "@type": "Legislation",
        "abstract": "We now keep your orders.",
        "datePublished": "2018-04-10T09:00:00+09:00",
        "encoding": {
            "@type": "LegislationObject",
            "contentUrl": f"{PRIVACY}2018-04-10/source.md",
            "encodingFormat": "text/markdown",
        },
        "exampleOfWork": {
            "@id": PRIVACY,
            "@type": "Legislation",
            "inLanguage": "en",
            "legislationIdentifier": "privacy-policy",
            "name": "Privacy Policy",
            "url": PRIVACY,
        },
        "inLanguage": "en",
        "legislationChanges": {"@id": f"{PRIVACY}2014-03-01/"},
        "legislationDate": "2018-04-10",
        "legislationIdentifier": "privacy-policy/2018-04-10",
        "legislationLegalForce": "https://schema.org/PartiallyInForce",
        "name": "Privacy Policy",
        "temporalCoverage": ["2018-05-10T00:00:00+09:00/..", "2018-04-10T09:00:00+09:00/.."],
        "url": f"{PRIVACY}2018-04-10/",
        "version": "2018-04-10",
    }


@pytest.mark.parametrize(
    ("name", "force", "further"),
    [
        ("2014-03-01", "NotInForce", {}),
        ("2017-01-01", "NotInForce", {}),
        ("2017-02-01", "NotInForce", {"legislationRepeals": [{"@id": f"{AGREED}2017-01-01/"}]}),
        ("2017-03-01", "InForce", {"legislationCorrects": {"@id": f"{AGREED}2017-02-01/"}}),
    ],
)
def test_the_data_say_what_became_of_each_revision(site, name, force, further):
    found = told(site, f"user-agreement/{name}/")
    assert found["legislationLegalForce"] == f"https://schema.org/{force}"
    assert further.items() <= found.items()
    assert {"legislationRepeals", "legislationCorrects"} & found.keys() == further.keys()
    assert ("temporalCoverage" in found) is (name != "2017-01-01")


def test_the_data_of_a_policy_name_the_revisions_that_matter_now(site):
    found = told(site, "privacy-policy/")
    assert [one["version"] for one in found["workExample"]] == ["2014-03-01", "2018-04-10"]
    assert found["dateModified"] == "2018-04-10T09:00:00+09:00"
    assert [one["version"] for one in told(site, "user-agreement/")["workExample"]] == ["2017-03-01"]
    assert told(site, "user-agreement/")["legislationLegalForce"] == "https://schema.org/InForce"


def test_nothing_that_counsel_writes_ends_the_data(repo, build):
    evil = "</script><script>alert(1)</script><!-- &amp;"
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies\n")
    repo.commit(
        "2018-01-01T00:00:00+09:00",
        {"terms/policy.yml": TERMS.replace("Privacy Policy", f"'{evil}'"), "terms/2018-01-01.md": "Words.\n"},
    )
    site = build(repo)[0]
    assert told(site, "terms/")["name"] == evil
    assert told(site, "terms/2018-01-01/")["name"] == evil


def test_pages_without_an_address_of_their_own_are_not_listed(site):
    page = html.fromstring((site / "404.html").read_text())
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//link[@rel='canonical']") == []
