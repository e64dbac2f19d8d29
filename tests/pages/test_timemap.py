"""`timemap.link`, read by a strict parser of its grammar (RFC 6690, section 2; RFC 7089, section 5)."""

import re
from datetime import UTC, datetime

import pytest
from repository import TERMS, material, revision

from inforce.formats.timemap import http_date

PRIVACY = "https://policies.qstore.example/privacy-policy/"
URI = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})*"
PARAMETER = r';(?P<name>[a-z]+)="(?P<value>[^"\\]*)"'
LINK = re.compile(
    rf"<(?P<uri>{URI})>(?P<parameters>(?:{PARAMETER.replace('?P<name>', '?:').replace('?P<value>', '?:')})+)"
)
HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)


def links(text):
    """The links of a TimeMap: address and parameters of each; any other sign in it is a fault."""
    found, place = [], 0
    while place < len(text):
        link = LINK.match(text, place)
        assert link, text[place:]
        parameters = re.findall(PARAMETER, link["parameters"])
        assert len(parameters) == len(dict(parameters)), link[0]
        found.append((link["uri"], dict(parameters)))
        separator = re.compile(r",\n|\n\Z").match(text, link.end())
        assert separator, text[link.end() :]
        place = separator.end()
    return found


def moment(text):
    assert HTTP_DATE.fullmatch(text)
    return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def test_a_timemap_lists_every_revision_by_its_posting(site):
    assert links((site / "privacy-policy/timemap.link").read_text()) == [
        (PRIVACY, {"rel": "original"}),
        (
            f"{PRIVACY}timemap.link",
            {
                "rel": "self",
                "type": "application/link-format",
                "from": "Fri, 28 Feb 2014 15:00:00 GMT",
                "until": "Tue, 10 Apr 2018 00:00:00 GMT",
            },
        ),
        (f"{PRIVACY}2014-03-01/", {"rel": "first memento", "datetime": "Fri, 28 Feb 2014 15:00:00 GMT"}),
        (f"{PRIVACY}2018-04-10/", {"rel": "last memento", "datetime": "Tue, 10 Apr 2018 00:00:00 GMT"}),
    ]


def test_mementos_stand_in_order_of_posting(site):
    mementos = links((site / "user-agreement/timemap.link").read_text())[2:]
    assert [uri.rsplit("/", 2)[1] for uri, _ in mementos] == ["2014-03-01", "2017-01-01", "2017-02-01", "2017-03-01"]
    assert [one["rel"] for _, one in mementos] == ["first memento", "memento", "memento", "last memento"]
    dates = [moment(one["datetime"]) for _, one in mementos]
    assert dates == sorted(dates)


@pytest.fixture
def made(repo, build):
    """Builds a site of some files, all posted at one instant, under some address."""

    def makes(files, root=""):
        (repo.folder / "docs").mkdir()
        (repo.folder / "docs" / "index.md").write_text("# Policies\n")
        site_url = f"site_url: '{root}'\n" if root else ""
        (repo.folder / "mkdocs.yml").write_text(
            f"site_name: Q\n{site_url}theme: mkdocs\nplugins: [{{inforce: {{archive: ''}}}}]\n"
        )
        repo.commit("2018-01-01T09:00:00+09:00", {"terms/policy.yml": TERMS, **files})
        return links((build(repo)[0] / "terms/timemap.link").read_text())

    return makes


def test_a_single_revision_is_the_first_and_the_last(made):
    found = made({"terms/one.md": "Words.\n"})
    assert found[2] == ("one/", {"rel": "first last memento", "datetime": "Mon, 01 Jan 2018 00:00:00 GMT"})
    assert found[:1] == [("./", {"rel": "original"})]
    assert found[1][1]["from"] == found[1][1]["until"]


def test_revisions_of_one_second_keep_their_order(made):
    correction = revision("change: editorial\nsummary: A slip.\ncorrects: b")
    found = made({"terms/a.md": "Words.\n", "terms/b.md": material(), "terms/c.md": correction})
    assert [uri for uri, _ in found[2:]] == ["a/", "b/", "c/"]
    assert {one["datetime"] for _, one in found[2:]} == {"Mon, 01 Jan 2018 00:00:00 GMT"}


def test_an_address_is_written_as_a_uri(made):
    found = made({"terms/one.md": "Words.\n"}, root='https://qstore.example/a \u00e9>"/')
    assert found[0][0].startswith("https://qstore.example/a%20%C3%A9%3E%22/terms/")


def test_dates_are_those_of_http():
    assert http_date(datetime(1994, 11, 6, 8, 49, 37, 999999, tzinfo=UTC)) == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert http_date(datetime(1000, 1, 1, tzinfo=UTC)) == "Wed, 01 Jan 1000 00:00:00 GMT"
