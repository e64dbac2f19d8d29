"""Pages name their feeds as feed readers look for them, and Material asks for no sitemap beside them."""

import re

import pytest
from browser.serving import served
from noticed_site import NOW

pytestmark = pytest.mark.browser
EXACT = 'link[rel="alternate"][type="application/atom+xml"], link[rel="alternate"][type="application/feed+json"]'
OF_ALL = ["notices.atom", "notices.json"]
ROOT = "https://policies.qstore.example/"
POLICY = ["privacy-policy/notices.atom", "privacy-policy/notices.json"]
PAGES = {
    "": OF_ALL,
    "notices/": OF_ALL,
    "privacy-policy/": [*POLICY, *OF_ALL],
    "privacy-policy/2018-04-10/": [*POLICY, *OF_ALL],
    "notices/privacy-policy/2018-04-10/": [*POLICY, *OF_ALL],
}


def feeds_found(page):
    """What somebody finds in the page by the words to the letter, as extensions of browsers do."""
    return [link.removeprefix(ROOT) for link in page.eval_on_selector_all(EXACT, "all => all.map(one => one.href)")]


@pytest.mark.parametrize("address", PAGES)
def test_feeds_are_found_to_the_letter_and_nothing_else_is_asked_for(opened, noticed_site, address):
    text = (noticed_site / address / "index.html").read_text()
    with served(noticed_site) as root:
        page = opened(address, at=root, now=NOW)
        page.wait_for_load_state("networkidle")
        found = feeds_found(page)
        asked, said = page.requests, page.said

    assert found == PAGES[address]
    written = re.findall(r'<link rel="alternate" type="application/(?:atom\+xml|feed\+json)"[^>]* href="([^"]+)"', text)
    assert [one.removeprefix(ROOT) for one in written] == PAGES[address]
    assert [one for one in asked if "sitemap" in one] == []
    assert said == []


def test_without_a_script_they_are_found_too(chromium, noticed_site):
    with served(noticed_site) as root:
        page = chromium.new_context(java_script_enabled=False).new_page()
        page.goto(f"{root}privacy-policy/")
        links = page.locator(EXACT)
        assert [links.nth(number).get_attribute("href") for number in range(links.count())] == [
            f"{ROOT}{place}" for place in PAGES["privacy-policy/"]
        ]
        page.context.close()


def test_where_material_exchanges_contents_it_asks_for_the_sites_own_sitemap_alone(noticed, build, chromium, tmp_path):
    repo = noticed.copy(tmp_path / "repo")
    (repo.folder / "served").mkdir()
    with served(repo.folder / "served") as root:
        config = repo.folder / "mkdocs.yml"
        settings = config.read_text().replace("font: false", "font: false, features: [navigation.instant]")
        config.write_text(settings.replace(ROOT, root))
        build(repo, now=NOW, to="served")
        page = chromium.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(root)
        page.wait_for_load_state("networkidle")
        page.evaluate("globalThis.isTheSame = true")
        page.get_by_role("link", name="Read it: Privacy Policy").click()
        page.wait_for_url("**/privacy-policy/")
        page.locator(".inforce-told").wait_for()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("globalThis.isTheSame")
        assert page.locator("link[rel~=alternate][type='application/atom+xml']").count() == 2
        assert {one for one in asked if "sitemap" in one} == {f"{root}sitemap.xml"}
        page.close()
