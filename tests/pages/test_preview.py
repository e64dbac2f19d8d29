"""`mkdocs serve`: drafts are shown, marked, and changes in the record reload the page."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from repository import FIRST, TERMS, material


@contextmanager
def served(repo):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("mkdocs")), "serve", "-a", f"127.0.0.1:{port}"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    server = subprocess.Popen(command, cwd=repo.folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def text_of(address, holding):
    """The page's text, once it holds something."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.read().decode()))
        except OSError:
            text = ""
        if holding in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{holding!r} is not in: {text}")


def test_a_draft_is_shown_marked_and_follows_its_file(repo):
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies\n")
    repo.commit(
        "2018-01-01T00:00:00+09:00", {"privacy-policy/policy.yml": TERMS, "privacy-policy/2018-01-01.md": FIRST}
    )
    repo.write("privacy-policy/next.md", material(text="# Privacy Policy\n\nDrafted words.\n"))
    with served(repo) as root:
        page = f"{root}privacy-policy/next/"
        shown = text_of(page, "Drafted words.")
        assert "Draft: not posted, binds nobody" in shown
        assert "If it were posted now:" in shown
        assert "What changed here" in shown
        changes = text_of(f"{page}changes/", "Redline")
        assert "Draft: not posted, binds nobody" in changes
        assert "Drafted words." in changes
        assert "Draft, not posted next" in text_of(f"{root}privacy-policy/", "Draft, not posted")
        assert "Drafts: not posted, bind nobody" in text_of(f"{root}privacy-policy/history/", "Drafts")
        repo.write("privacy-policy/next.md", material("effectiv: on posting", "# Privacy Policy\n\nDrafted words.\n"))
        broken = text_of(page, "Draft: cannot be posted yet")
        assert "policy_versions/privacy-policy/next.md:4 : `effectiv` is no key that is known here" in broken
        assert "Drafted words." in broken
