"""Chromium on the site of a small record; the site is served on the loopback interface.

It is served as it should be: under the Content-Security-Policy that the build wrote, with `404.html` for what is not
there. So every test of this folder is one of that policy too.
"""

import functools
import shutil
import threading
from contextlib import ExitStack, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from qstore_site import build, qstore, site  # noqa: F401 - fixtures
from whole_site import whole_site  # noqa: F401 - a fixture

VIOLATIONS = """
    window.violations = []
    document.addEventListener("securitypolicyviolation", told => violations.push(
        [told.violatedDirective, told.blockedURI, told.sample].join(" ")))
"""


class _Server(SimpleHTTPRequestHandler):
    def end_headers(self):
        policy = Path(self.directory, "content-security-policy.txt").read_text()
        self.send_header("Content-Security-Policy", policy.strip())
        super().end_headers()

    def send_error(self, code, message=None, explain=None):
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve a site while the block runs; its address."""
    handler = functools.partial(_Server, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


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


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, root):
    """Opens a page of the site, or of the one that is served `at` another address.

    `requests` on the page lists what it asked for, `said` what went to the console; `window.violations` in it what the
    Content-Security-Policy kept from happening.
    """
    contexts = []

    def opens(address, width=1280, at=root, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.said = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.add_init_script(VIOLATIONS)
        page.goto(at + address)
        return page

    yield opens
    for context in contexts:
        context.close()
