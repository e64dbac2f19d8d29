"""The registration flow of docs/acceptance.md, as it stands there: the shop's program, a real server, a person."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
from acceptance_app.whole_app import SECRET, TLS, Page

sys.path.append(str(Path(__file__).parents[1] / "docs"))

from doc_examples import every_block

(PROGRAM,) = (one.text for one in every_block() if one.page == "acceptance.md" and one.language == "python")


@contextmanager
def shopping(app):
    """The shop of the page at work; a person's browser."""
    env = {**os.environ, "ACCEPT": app.address, "SHOP": app.company.shop, "SHOP_SECRET": SECRET}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as shop:
        try:
            with httpx.Client(base_url=app.company.shop, timeout=60, verify=TLS) as browser:
                yield browser
        finally:
            shop.terminate()


def begun(browser):
    """Press "register", and come to the page; tried until the shop is open."""
    while True:
        try:
            return browser.get("register").headers["location"]
        except httpx.ConnectError:
            time.sleep(0.05)


def test_who_accepts_both_is_a_member_and_nobody_else_is(app):
    with shopping(app) as browser:
        page = Page(browser, begun(browser))
        back = page.answer("accepted").headers["location"]
        assert browser.get(back).text == "Welcome"
        page = Page(browser, begun(browser))
        back = page.answer("accepted", "declined").headers["location"]
        assert browser.get(back).text == "Nobody is registered without accepting"
        asked = begun(browser)
        with httpx.Client(timeout=60, verify=TLS) as other:
            back = Page(other, asked).answer("accepted").headers["location"]
            assert other.get(back).text == "Nobody is registered without accepting", "it is not their session"


def test_the_program_is_as_short_as_it_says():
    lines = [line for line in PROGRAM.splitlines() if line.strip()]
    assert len(lines) <= 20
