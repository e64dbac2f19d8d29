"""Chromium on the site of a small record; the site is served on the loopback interface."""

import shutil
from contextlib import ExitStack

import pytest
from browser.serving import served
from noticed_site import noticed, noticed_site  # noqa: F401 - fixtures
from playwright.sync_api import expect, sync_playwright
from qstore_site import NOW, build, qstore, site  # noqa: F401 - fixtures
from whole_site import whole_site  # noqa: F401 - a fixture

expect.set_options(timeout=30_000)  # As long as for all else: a busy machine is no fault of a page.
VIOLATIONS = """
    window.violations = []
    document.addEventListener("securitypolicyviolation", told => violations.push(
        [told.violatedDirective, told.blockedURI, told.sample].join(" ")))
"""


@pytest.fixture(scope="session")
def root(site):  # noqa: F811 - the fixture
    """The address of the site."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def whole(whole_site):  # noqa: F811 - the fixture
    """The address of the site that has everything."""
    with served(whole_site) as address:
        yield address


@pytest.fixture(scope="session")
def altered(whole_site, tmp_path_factory):  # noqa: F811 - the fixture
    """Serves that site with something written into its home page."""
    with ExitStack() as servers:

        def serves(markup):
            copy = tmp_path_factory.mktemp("altered") / "site"
            shutil.copytree(whole_site, copy)
            home = copy / "index.html"
            home.write_text(home.read_text().replace("</h1>", f"</h1>{markup}", 1))
            return servers.enter_context(served(copy))

        yield serves


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium; not for longer, as Playwright's event loop stands in the way of others in the same process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, root):
    """Opens a page of the site, or of the one that is served `at` another address.

    `requests` on the page lists what it asked for, `said` what went to the console; `window.violations` in it what the
    Content-Security-Policy kept from happening. The clock shows the instant of the build, or `now`.
    """
    contexts = []

    def opens(address, width=1280, at=root, now=NOW, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.clock.install(time=now)
        page.requests, page.said = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.add_init_script(VIOLATIONS)
        page.goto(at + address)
        return page

    yield opens
    for context in contexts:
        context.close()
