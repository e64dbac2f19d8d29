"""What people read of notices on the site, and how they and their programs find them."""

import json
import re
from html import unescape
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import html
from noticed_site import NOW
from repository import FIRST, TERMS, Repository, material, revision

ROOT = "https://policies.qstore.example/"
OVERTAKEN = "이용약관: 2018년 5월 12일로 예고된 변경은 시행되지 않습니다"
TERMS_REVISION = " · 이용약관, 2018-04-12"
WITHDRAWN = " The text was withdrawn on 3 May 2018, 09:00."
PRIVACY, TERMS_PAGE = "notices/privacy-policy/2018-04-10/", "notices/terms/2018-04-12/"


def page_of(site, address):
    return html.fromstring((site / address / "index.html").read_text())


def said(element):
    """The words of an element, on one line."""
    return re.sub(r"\s+", " ", element.text_content()).strip()


def listed(site, heading):
    """A list of the page of notices."""
    section = page_of(site, "notices/").xpath(f"//section[@aria-labelledby='{heading}']")[0]
    return [said(item) for item in section.xpath(".//ol/li")]


def notices_on(site, address):
    """Each notice of a revision's page, by its name."""
    return {one.get("id"): one for one in page_of(site, address).xpath("//article[contains(@class, 'inforce-notice')]")}


def links_of(element):
    return {said(link): link.get("href") for link in element.xpath(".//a[@href]")}


def test_a_policys_page_tells_how_to_be_told_without_pushing_its_text_down(noticed_site):
    (told,) = page_of(noticed_site, "privacy-policy/").xpath("//details[@class='inforce-told']")
    assert told.get("open") is None
    assert links_of(told) == {
        "Atom": "notices.atom",
        "JSON Feed": "notices.json",
        "The calendar": "../effective-dates.ics",
        "The page of notices": "../notices/",
    }
    meanings = [said(one) for one in told.xpath(".//dt")]
    assert meanings == ["Posted", "Reminder", "Takes effect", "Withdrawn"]


def test_the_page_of_notices_tells_what_is_to_come_the_next_first(noticed_site):
    assert listed(noticed_site, "to-come") == [
        "9 May 2018 Reminder, one day before, for current users · Privacy Policy, 2018-04-10",
        "10 May 2018 Takes effect, for current users · Privacy Policy, 2018-04-10",
        "25 May 2018 Reminder, 7 days before, for everybody · سياسة الخصوصية, 2018-04-12",
        "31 May 2018 Reminder, one day before, for everybody · سياسة الخصوصية, 2018-04-12",
        "1 June 2018 Takes effect, for everybody · سياسة الخصوصية, 2018-04-12",
        "1 June 2018 Reminder, 30 days before, for everybody · 이용약관, 2018-05-03",
        "24 June 2018 Reminder, 7 days before, for everybody · 이용약관, 2018-05-03",
        "30 June 2018 Reminder, one day before, for everybody · 이용약관, 2018-05-03",
        "1 July 2018 Takes effect, for everybody · 이용약관, 2018-05-03",
    ]


def test_and_what_was_announced_the_newest_first_each_in_its_own_language(noticed_site):
    told = [re.sub("[\u2066-\u2069]", "", one) for one in listed(noticed_site, "told")]
    assert told == [
        f"3 May 2018, 09:00 {OVERTAKEN} · for everybody{TERMS_REVISION}",
        "3 May 2018, 09:00 이용약관: 2018년 7월 1일부터 변경됩니다 · for everybody · 이용약관, 2018-05-03",
        "3 May 2018 Reminder: Privacy Policy changes on 10 May 2018 · for current users · Privacy Policy, 2018-04-10",
        f"2 May 2018 알림: 이용약관 – 2018년 6월 1일 변경 예정 · for current users{TERMS_REVISION}{WITHDRAWN}",
        "2 May 2018 Reminder: سياسة الخصوصية changes on 1 June 2018 · for everybody · سياسة الخصوصية, 2018-04-12",
        f"12 April 2018, 09:00 이용약관: 2018년 6월 1일부터 변경됩니다 · for everybody{TERMS_REVISION}{WITHDRAWN}",
        "12 April 2018, 09:00 سياسة الخصوصية: changes from 1 June 2018 · for everybody · سياسة الخصوصية, 2018-04-12",
        "10 April 2018, 09:00 Privacy Policy: changes from 10 May 2018 · for everybody · Privacy Policy, 2018-04-10",
        "1 January 2018 이용약관: 새 정책 · for everybody · 이용약관, 2018-01-01",
        "1 January 2018 سياسة الخصوصية: a new policy · for everybody · سياسة الخصوصية, 2018-01-01",
        "1 March 2014 Privacy Policy: a new policy · for everybody · Privacy Policy, 2014-03-01",
    ]
    (korean,) = page_of(noticed_site, "notices/").xpath("//bdi[starts-with(., '이용약관: 새 정책')]")
    assert (korean.get("lang"), korean.get("dir")) == ("ko", "ltr")


def test_the_notice_of_a_posting_is_a_page_with_its_words_and_what_they_lead_to(noticed_site):
    posted = notices_on(noticed_site, PRIVACY)["posted"]
    assert [said(one) for one in posted.xpath(".//h1 | .//h2")] == [
        "Privacy Policy: changes from 10 May 2018",
        "What changes",
        "From when, for you",
        "What you can do",
    ]
    assert links_of(posted) == {
        "Read the text": "../../../privacy-policy/2018-04-10/",
        "See in words what changes": "../../../privacy-policy/2018-04-10/changes/#changes",
        "See the changes marked in the text": "../../../privacy-policy/2018-04-10/changes/#redline",
        "posted.json": "posted.json",
    }
    assert "everybody who registered before 10 April 2018, 09:00" in said(posted)


@pytest.mark.parametrize("address", ["privacy-policy/2018-04-10", "terms/2018-04-12", "khususiya/2018-04-12"])
def test_the_words_on_the_page_are_those_that_are_sent(noticed_site, address):
    for path in (noticed_site / "notices" / address).glob("*.json"):
        notice = json.loads(path.read_text())
        words = notices_on(noticed_site, f"notices/{address}/")[path.stem]
        sent = html.fromstring(notice["messages"][notice["language"]]["html"])
        sentences = [said(one) for one in sent.xpath(".//h1 | .//h2 | .//p[not(small)] | .//li")]
        is_told = notice["due"] <= NOW and "cancelled" not in words.get("class")
        assert all(sentence in said(words) for sentence in sentences) == is_told, path.stem


def test_below_it_stand_the_revisions_other_notices_each_at_its_name(noticed_site):
    found = notices_on(noticed_site, PRIVACY)
    assert list(found) == ["posted", "reminder-7.current_users", "reminder-1.current_users", "in-effect.current_users"]
    assert "Reminder: Privacy Policy changes on 10 May 2018" in said(found["reminder-7.current_users"])
    assert said(found["reminder-1.current_users"]).startswith(
        "Reminder, one day before, for current users To be announced on 9 May 2018."
    )
    assert said(found["in-effect.current_users"]).startswith(
        "Takes effect, for current users To be announced on 10 May 2018."
    )


def test_what_was_cancelled_says_so_and_by_what(noticed_site):
    found = notices_on(noticed_site, TERMS_PAGE)
    states = {name: one.get("class").rpartition("--")[2] for name, one in found.items()}
    assert states == {
        "posted": "inforce-notice",
        "reminder-30.current_users": "told",
        "reminder-7.new_users": "cancelled",
        "reminder-1.new_users": "cancelled",
        "in-effect.new_users": "cancelled",
        "reminder-7.current_users": "cancelled",
        "reminder-1.current_users": "cancelled",
        "in-effect.current_users": "cancelled",
        "overtaken": "told",
    }
    for name in states.keys() - {"overtaken"}:
        leads = links_of(found[name])
        assert leads["2018년 5월 3일 개정본"] == "../../../terms/2018-05-03/"
        assert leads["철회 안내"] == "#overtaken"
        assert ("알림: 이용약관" in said(found[name])) == (name == "reminder-30.current_users")
    assert OVERTAKEN in said(found["overtaken"])


def test_every_notice_has_its_place_on_a_page_and_its_file(noticed_site):
    files = [path for path in (noticed_site / "notices").rglob("*.json") if path.name != "index.json"]
    assert len(files) > 25
    for path in files:
        notice = json.loads(path.read_text())
        found = notices_on(noticed_site, f"notices/{notice['policy']}/{notice['revision']}/")
        assert links_of(found[path.stem])[path.name] == path.name


@pytest.mark.parametrize("address", ["", "notices/", PRIVACY, TERMS_PAGE, "privacy-policy/", "terms/2018-04-12/"])
def test_every_link_leads_somewhere(noticed_site, address):
    page = page_of(noticed_site, address)
    for link in page.xpath("//a[@href] | //head/link[contains(@rel, 'alternate')]"):
        place, anchor = urldefrag(urljoin(ROOT + address, link.get("href")))
        path = noticed_site / unescape(place.removeprefix(ROOT))
        target = path / "index.html" if place.endswith("/") else path
        if place.startswith(ROOT):
            assert target.is_file(), place
        if anchor and target.suffix == ".html":
            assert html.fromstring(target.read_text()).xpath(f"//*[@id='{anchor}']"), link.get("href")


def test_other_pages_lead_to_the_notices(noticed_site):
    assert links_of(page_of(noticed_site, ""))["All notices, and how to be told of changes"] == "notices/"
    for page, target in (("", "../../notices/"), ("changes/", "../../../notices/")):
        leads = links_of(page_of(noticed_site, f"privacy-policy/2018-04-10/{page}"))
        assert leads["Notice of this revision"] == f"{target}privacy-policy/2018-04-10/"


def test_search_engines_list_the_page_of_notices_and_no_notice(noticed_site):
    sitemap = (noticed_site / "sitemap.xml").read_text()
    assert f"<loc>{ROOT}notices/</loc><lastmod>2018-05-03T00:00:00+00:00</lastmod>" in sitemap
    assert sitemap.count("/notices/") == 1
    assert page_of(noticed_site, PRIVACY).xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_site_without_notices_says_nothing_of_them(site):
    assert not (site / "notices").exists()
    for path in site.rglob("*.html"):
        assert "notices" not in path.read_text(), path


DAYS = ["2018-05-02T23:59:59+09:00", "2018-05-03T00:00:00+09:00", "2018-05-03T09:00:00+09:00", "2018-05-10T00:00:00Z"]
"""Before and after reminders, which come between two changes; after a withdrawal; after an effect."""


def files_of(site):
    paths = [path for path in site.rglob("*") if path.is_file() and path.suffix != ".gz"]
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def by_day(noticed, build, tmp_path_factory):
    """The site of each day, written over that of the day before, from what was kept; and the same made anew."""
    repo = noticed.copy(tmp_path_factory.mktemp("days") / "repo")
    kept = [files_of(build(repo, now=day, to="kept")[0]) for day in DAYS]
    config = repo.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("archive: ''", "archive: '', cache: ''"))
    anew = [files_of(build(repo, now=day, to=f"anew-{number}")[0]) for number, day in enumerate(DAYS)]
    return list(zip(kept, anew, strict=True))


def test_a_reminder_that_falls_due_between_two_changes_is_told_by_a_build_that_kept_its_pages(by_day):
    for kept, anew in by_day:
        assert sorted(kept) == sorted(anew)
        assert [name for name in kept if kept[name] != anew[name]] == []
    before, after = (html.fromstring(kept[f"{PRIVACY}index.html"].decode()) for kept, _ in by_day[:2])
    assert "To be announced on 3 May 2018." in said(before)
    assert "To be announced on 3 May 2018." not in said(after)
    assert "Reminder: Privacy Policy changes on 10 May 2018" in said(after)


def test_the_words_of_a_notice_stay_whatever_comes_later(by_day):
    told = []
    for kept, _ in by_day:
        page = html.fromstring(kept[f"{TERMS_PAGE}index.html"].decode())
        (words,) = page.xpath("//article[@id='posted']/div[@lang]")
        told.append(html.tostring(words))
    assert len(set(told)) == 1


def test_a_page_on_which_nothing_is_to_come_is_not_touched_by_what_comes_elsewhere(by_day):
    first, last = by_day[0][0], by_day[-1][0]
    place = "notices/privacy-policy/2014-03-01/index.html"
    assert first[place] == last[place]


@pytest.mark.parametrize(
    "place", ["notices/2018.md", "notices.md", "notices.atom", "notices.json", "effective-dates.ics"]
)
def test_a_file_of_ones_own_may_not_stand_where_notices_are(noticed, build, tmp_path, place):
    repo = noticed.copy(tmp_path / "repo")
    path = repo.folder / "docs" / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Mine\n")
    assert f"docs/{place} stands where" in build(repo, now=NOW, status=1)[1].err


def test_without_notices_it_may(repo, build):
    (repo.folder / "docs/notices").mkdir(parents=True)
    (repo.folder / "docs/index.md").write_text("# Policies\n")
    (repo.folder / "docs/notices/2018.md").write_text("# Mine\n")
    repo.commit("2018-01-01T00:00:00+09:00", {"terms/policy.yml": TERMS, "terms/2018-01-01.md": FIRST})
    assert "Mine" in (build(repo)[0] / "notices/2018/index.html").read_text()


def test_nothing_that_counsel_writes_becomes_markup(noticed, build, tmp_path):
    evil = "</title><script>alert(1)</script>\"'&<b>"
    terms = TERMS.replace("Privacy Policy", f"'{evil.replace(chr(39), chr(39) * 2)}'")
    repo = noticed.copy(tmp_path / "repo")
    text = material("effective: 2018-06-01").replace("We now keep your orders.", "<script>alert(2)</script>")
    files = {"evil/policy.yml": terms, "evil/2018-01-01.md": FIRST, "evil/2018-05-03.md": text}
    repo.commit("2018-05-03T10:00:00+09:00", files)
    for path in build(repo, now=NOW)[0].rglob("*.html"):
        source = path.read_text()
        assert "<script>alert" not in source
        assert source.partition("</head>")[0].count("<title>") == 1


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """More policies than a navigation can hold, and enough revisions for worker processes."""
    top = tmp_path_factory.mktemp("many")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "docs").mkdir()
    files = {}
    for number in range(22):
        files[f"policy-{number:02}/policy.yml"] = TERMS
        for year in range(2010, 2015):
            said = f"posted: {year}-01-01\nsource: Log\n" + ("change: imported" if year > 2010 else "")
            files[f"policy-{number:02}/{year}.md"] = revision(said, f"# Text\n\nOf {year}.\n")
    repo.commit("2018-04-01T09:00:00+09:00", files)
    repo.commit("2018-05-01T09:00:00+09:00", {"policy-00/2018.md": material("effective: 2018-06-01")})
    return repo


def built(build, repo, to, options):
    (repo.folder / "mkdocs.yml").write_text(
        f"site_name: Q\nsite_url: {ROOT}\ntheme: {{name: material, font: false}}\nplugins: [search, inforce: "
        f"{{archive: '', notices: {{authority: qstore.example, year: 2014}}, {options}}}]\n"
    )
    return files_of(build(repo, now=NOW, to=to)[0])


def test_workers_and_a_second_build_over_the_first_make_no_difference(many, build):
    alone = built(build, many, "alone", "cache: '', workers: 1")
    first = built(build, many, "site", "workers: 2")
    second = built(build, many, "site", "workers: 2")
    assert sorted(alone) == sorted(first) == sorted(second)
    assert [name for name in alone if not alone[name] == first[name] == second[name]] == []
    assert len([name for name in alone if re.fullmatch(r"notices/policy-\d\d/\d+/index.html", name)]) == 111


def test_of_many_policies_the_page_of_notices_has_the_newest(many, build):
    built(build, many, "site", "workers: 2")
    site = many.folder / "site"
    assert len(listed(site, "told")) == 49  # The reminders for both audiences stand as one.
    assert "The pages of the revisions have every notice." in said(page_of(site, "notices/"))
