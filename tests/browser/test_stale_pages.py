"""A page that was built before a change and is read after it says so, at its top, in its own language."""

import re
import shutil
from contextlib import contextmanager

import pytest
from browser.serving import served
from playwright.sync_api import expect
from qstore_site import CONFIG
from repository import TERMS, Repository, material, revision

pytestmark = pytest.mark.browser
BUILT = "2018-04-11T00:00:00+09:00"
BEFORE, AFTER = "2018-07-31T23:59:30+09:00", "2018-08-01T00:00:30+09:00"
POSTING = """
effective:
  current_users: 2018-08-01
  new_users: on acceptance
"""
PAGES = ["", "terms/", "terms/2014-03-01/", "terms/2018-04-10/", "terms/history/", "terms/on/"]
BUILT_THEN = "This page was built on 11 April 2018. Something has changed since."


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    """A revision is scheduled for current users, 113 days after its posting. A second policy stays as it is."""
    top = tmp_path_factory.mktemp("stale")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(
        CONFIG.replace("font: false", "font: false, features: [navigation.instant]")
    )
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs/index.md").write_text("# Policies\n")
    korean = TERMS.replace("language: en", "language: ko").replace("Privacy Policy", "이용약관")
    first = {
        "terms/policy.yml": TERMS.replace("Privacy Policy", "Terms"),
        "terms/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log"),
        "quiet/policy.yml": TERMS.replace("Privacy Policy", "Quiet"),
        "quiet/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log"),
        "yakgwan/policy.yml": korean,
        "yakgwan/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", "# 약관\n"),
    }
    repo.commit("2018-04-01T09:00:00+09:00", first)
    then = {"terms/2018-04-10.md": material(POSTING), "yakgwan/2018-04-10.md": material(POSTING, "# 새 약관\n")}
    repo.commit("2018-04-10T09:00:00+09:00", then)
    repo.commit(
        "2018-06-01T09:00:00+09:00",
        {
            "terms/2018-06-01.md": material(
                "effective: {current_users: 2018-09-01, new_users: on posting}\novertakes: 2018-04-10"
            )
        },
    )
    return repo


@pytest.fixture(scope="module")
def built(repo, build):
    """The site as of an instant."""
    sites = {}

    def builds(now):
        if now not in sites:
            sites[now] = build(repo, now, f"site-{len(sites)}")[0]
        return sites[now]

    return builds


@pytest.fixture
def reading(chromium, built, tmp_path):
    """Opens a page of a site that lies in a folder of its own, so that it can be changed while it is read."""

    @contextmanager
    def reads(address, now, as_of=BUILT, **options):
        folder = tmp_path / "site"
        shutil.copytree(built(as_of), folder)
        with served(folder) as root:
            context = chromium.new_context(**options)
            page = context.new_page()
            page.fetched, page.wrongs, page.folder, page.root = [], [], folder, root
            page.on("request", lambda one: page.fetched.append(one.url.removeprefix(root)))
            page.on("pageerror", lambda one: page.wrongs.extend([one]))
            page.clock.install(time=now)
            page.goto(root + address)
            yield page
            assert not page.wrongs
            context.close()

    return reads


def told(page):
    """The lines of the box at the top, once it is there."""
    box = page.locator(".inforce-stale[role=status]")
    box.locator(".inforce-box__heading").wait_for()
    return [line for line in box.inner_text().splitlines() if line]


def publish(page, folder):
    """A newer build takes the place of the one that is read."""
    shutil.rmtree(page.folder)
    shutil.copytree(folder, page.folder)


@pytest.mark.parametrize("address", PAGES)
def test_before_the_change_a_page_says_nothing_and_asks_for_nothing(reading, address):
    with reading(address, BEFORE) as page:
        page.wait_for_load_state("networkidle")
        assert not page.locator(".inforce-stale").inner_text()
        assert not [url for url in page.fetched if url.endswith("in-force.json")]


@pytest.mark.parametrize("address", PAGES)
def test_after_the_change_a_page_says_since_when_what_has_changed(reading, address):
    with reading(address, AFTER) as page:
        lines = told(page)
        assert lines[0] == BUILT_THEN
        called = "the text on this page" if address == "terms/2018-04-10/" else "the revision of 10 April 2018"
        assert f"Since 1 August 2018, {called} is in force for current users." in lines
        box = page.locator(".inforce-stale")
        assert box.bounding_box()["y"] < page.locator("h1").bounding_box()["y"]
        box.get_by_role("link", name=called).first.click()
        page.wait_for_url(f"{page.root}terms/2018-04-10/")


def test_home_tells_it_of_each_policy(reading):
    with reading("", AFTER) as page:
        assert told(page)[1:] == [
            "Terms",
            "Since 1 August 2018, the revision of 10 April 2018 is in force for current users.",
            "이용약관",
            "Since 1 August 2018, the revision of 10 April 2018 is in force for current users.",
        ]


def test_home_names_the_policy_even_if_it_is_the_only_one_with_a_change(opened):
    page = opened("", now="2018-05-10T00:00:00+09:00")
    assert told(page)[1:] == [
        "Privacy Policy",
        "Since 10 May 2018, the revision of 10 April 2018 is in force for current users.",
    ]


def test_a_page_tells_it_in_the_language_of_its_policy(reading):
    with reading("yakgwan/", AFTER) as page:
        assert told(page) == [
            "이 페이지는 2018년 4월 11일 기준으로 만들어졌으며, 그 뒤에 바뀐 내용이 있습니다.",
            "2018년 8월 1일부터 기존 이용자에게 시행 중인 개정본: 2018년 4월 10일 개정본.",
        ]


def test_a_page_of_a_policy_with_nothing_to_come_has_nothing_to_watch(built):
    text = (built(BUILT) / "quiet/2014-03-01/index.html").read_text()
    assert "inforce-stale" not in text


def test_a_tab_that_stays_open_notices(reading):
    with reading("terms/", BEFORE) as page:
        page.wait_for_load_state("networkidle")
        page.clock.run_for("01:00")
        assert told(page)[0] == BUILT_THEN


def test_a_tab_that_stays_open_for_months_notices(reading):
    """113 days are more milliseconds than a timer can wait for; a machine may sleep meanwhile."""
    with reading("terms/", BUILT) as page:
        page.wait_for_load_state("networkidle")
        page.clock.fast_forward(60 * 86_400_000)
        page.clock.run_for(1000)
        assert not page.locator(".inforce-stale").inner_text()
        page.clock.fast_forward(60 * 86_400_000)
        assert told(page)[0] == BUILT_THEN


def test_a_newer_build_that_was_published_meanwhile_is_what_counts(reading, built):
    with reading("terms/", BEFORE) as page:
        publish(page, built("2018-07-01T00:00:00+09:00"))
        page.clock.run_for("01:00")
        assert told(page) == [
            BUILT_THEN,
            "Since 1 June 2018, 09:00, the revision of 1 June 2018 binds new users from their registration.",
        ]


def test_it_goes_on_with_what_is_due_next(reading, built):
    with reading("terms/", BEFORE) as page:
        publish(page, built("2018-07-01T00:00:00+09:00"))
        page.clock.run_for("01:00")
        told(page)
        page.clock.fast_forward(31 * 86_400_000)
        line = "Since 1 September 2018, the revision of 1 June 2018 is in force for current users."
        page.locator(".inforce-stale", has_text=line).wait_for()


def test_where_the_table_cannot_be_had_the_page_says_what_it_knows(reading, built):
    with reading("terms/2014-03-01/", BEFORE) as page:
        (page.folder / "terms/in-force.json").unlink()
        page.clock.run_for("01:00")
        assert told(page) == [
            BUILT_THEN,
            "A change was due on 1 August 2018. What it is could not be read just now: see Terms.",
        ]
        assert page.locator(".inforce-stale a").get_attribute("href") == f"{page.root}terms/"
        publish(page, built(BUILT))
        page.clock.fast_forward("10:00")
        page.locator(
            ".inforce-stale", has_text="the revision of 10 April 2018 is in force for current users"
        ).wait_for()


def test_navigation_without_loading_is_noticed(repo, build, chromium, tmp_path):
    """Material's navigation.instant exchanges the content of a page, if the page lies where `site_url` says."""
    instant = repo.copy(tmp_path / "repo")
    (instant.folder / "site").mkdir()
    with served(instant.folder / "site") as root:
        settings = CONFIG.replace("font: false", "font: false, features: [navigation.instant]")
        settings = settings.replace("https://policies.qstore.example/", root)
        (instant.folder / "mkdocs.yml").write_text(settings)
        build(instant, BUILT)
        page = chromium.new_page()
        page.clock.install(time=AFTER)
        page.goto(f"{root}quiet/")
        page.wait_for_load_state("networkidle")
        page.evaluate("globalThis.isTheSame = true")
        page.get_by_role("link", name="Home").click()
        page.get_by_role("link", name="Read it: Terms").click()
        page.wait_for_url("**/terms/")
        expect(page).to_have_title(re.compile("^Terms"))  # The address changes first, and then the content.
        assert told(page)[0] == BUILT_THEN
        page.get_by_role("link", name="Which text on a day", exact=True).click()
        page.wait_for_url("**/terms/on/")
        page.get_by_label("New users: who registers at that very instant").check()
        page.get_by_label("Day or instant").fill("2018-05-01")
        page.get_by_role("button", name="Answer").click()
        assert "is offered the revision of 10 April 2018" in page.locator(".inforce-answer").inner_text()
        assert page.evaluate("globalThis.isTheSame")
        page.close()


def test_a_permanent_page_is_read_by_the_script_too(built):
    for address in PAGES:
        assert 'type="module"' in (built(BUILT) / address / "index.html").read_text()
