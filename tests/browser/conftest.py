"""Chromium on the site of a small record; the site is served on the loopback interface."""

import pytest
from browser.serving import served
from playwright.sync_api import sync_playwright
from qstore_site import NOW, build, qstore, site  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def root(site):  # noqa: F811 - the fixture
    """The address of the site."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, root):
    """Opens a page of the site at an instant, by default that of its build; `requests` lists what it asked for."""
    contexts = []

    def opens(address, width=1280, now=NOW, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.clock.install(time=now)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(root + address)
        return page

    yield opens
    for context in contexts:
        context.close()
