"""The examples of the documentation, read from its pages and played in a repository of their own.

A page is a story: what its fenced blocks say is done from the top to the bottom, in one repository. The options of a
block stand in its info string, in braces, where readers do not see them::

    ```{.yaml file=policy_versions/privacy-policy/policy.yml}     this file is written
    ```{.console at=2018-04-10T09:00:00+09:00}                    these commands are run; git's clock and ours show `at`
    ```{.json address=postings.json at=2018-05-01T00:00:00+09:00} a site built then answers so
    ```{.yaml of=revision}                                        a piece of a revision's front matter, which is read

`after=formats.md` on a page's first block: its repository begins as that page leaves it. `archived=formats.md`: that is
signed with a key made for it and published, and the page is played by a stranger, in an empty folder elsewhere with
the certificate of that key's root, `root.pem`, and a clone of the repository, `policies`. `answers=yes`: before that,
the people of `tests/register/whole_project.py` answer, in the register that the page has set up. In an output, `…`
stands for anything within a line, and a line of `…` alone for any lines.

Run as a program, this file writes the outputs of all sessions into the pages:
`.venv/bin/python tests/docs/doc_examples.py`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests"))  # Where pytest finds what tests share; this is run as a program, too.

from register.whole_project import answer  # noqa: E402
from signing_keys import make_pki  # noqa: E402

DOCS = ROOT / "docs"
SITE = "https://policies.qstore.example/"
MKDOCS = "site_name: Qstore policies\ntheme: material\nplugins: [search, inforce: {archive: ''}]\n"
ARCHIVED = (
    "site_name: Qstore policies\nsite_url: {site}\ntheme: material\n"
    "plugins: [search, inforce: {{archive: archive, cache: '', signing: {{{key}}}}}]\n"
)
_FENCE = re.compile(r"^```(?:\{(?P<options>[^}\n]*)\}|(?P<language>\w*))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "\x01"


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, its language, its options, its text."""

    page: str
    line: int
    language: str
    options: dict[str, str]
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"

    @property
    def steps(self) -> list[tuple[str, str]]:
        """A session's commands with their outputs."""
        steps: list[tuple[str, str]] = []
        for line in self.text.splitlines(keepends=True):
            if line.startswith("$ "):
                steps.append((line[2:], ""))
            elif line.startswith("> ") and steps and not steps[-1][1]:
                steps[-1] = (steps[-1][0] + line[2:], "")
            else:
                steps[-1] = (steps[-1][0], steps[-1][1] + line)
        return steps


def pages() -> list[Path]:
    """Every page of the documentation, and those beside it."""
    return [*sorted(DOCS.glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = path.read_text(encoding="utf-8")
    return [_block(path.name, text, found) for found in _FENCE.finditer(text)]


def _block(page: str, text: str, found: re.Match[str]) -> Block:
    words = shlex.split(found["options"] or f".{found['language']}")
    options = dict(word.split("=", 1) for word in words if "=" in word)
    language = next(word[1:] for word in words if word.startswith("."))
    return Block(page, text.count("\n", 0, found.start()) + 1, language, options, found["text"])


def every_block() -> list[Block]:
    """The fenced blocks of all pages."""
    return [block for path in pages() for block in blocks(path)]


def is_story(path: Path) -> bool:
    """Whether something of the page is to be played."""
    return any(block.options.keys() & {"at", "file", "after", "archived"} for block in blocks(path))


def matches(expected: str, actual: str) -> bool:
    """Whether the output is the expected one; `…` stands for anything."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in expected.splitlines()
    )
    ending = "" if actual.endswith("\n") or not actual else "\n"
    return re.fullmatch(pattern, actual + ending) is not None


@dataclass
class Story:
    """A repository in which a page is played."""

    folder: Path
    publisher: Path | None = None
    clock: str = "2018-01-01T00:00:00+09:00"
    built: str = ""

    def begin(self) -> Story:
        """An empty repository with a small mkdocs.yml."""
        self.write("mkdocs.yml", MKDOCS)
        self.write("docs/index.md", "# Qstore policies\n")
        self.write(".gitignore", "site/\n")
        self.run("git init --quiet --initial-branch=main && git add . && git commit --quiet -m 'Begin the site'")
        return self

    def write(self, path: str, text: str) -> None:
        self.built = ""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def run(self, script: str) -> str:
        """What a shell says to this, on both of its outputs. The site that was built stands for the public one."""
        here = f"file://{self.publisher or self.folder}/site/"
        seconds = str(int(datetime.fromisoformat(self.clock).timestamp()))
        home = self.folder.parent / f"{self.folder.name}-home"
        home.mkdir(exist_ok=True)
        who = {"NAME": "Counsel", "EMAIL": "counsel@qstore.example", "DATE": self.clock}
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "80",
            "NO_MKDOCS_2_WARNING": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "SOURCE_DATE_EPOCH": seconds,
            **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()},
        }
        done = subprocess.run(
            ["bash", "-c", script.replace(SITE, here)],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return done.stdout.replace(here, SITE)

    def session(self, block: Block) -> list[str]:
        """The outputs of a session's commands."""
        self.clock = block.options.get("at", self.clock)
        script = "".join(f"{command}_s=$?; printf '\\001'; (exit $_s)\n" for command, _ in block.steps)
        return self.run(script).split(_END)[:-1]

    def published(self, block: Block) -> str:
        """What a site built at the block's instant has at its address."""
        self.clock = block.options["at"]
        if self.built != self.clock:
            assert not self.run("mkdocs build --quiet --clean")
            self.built = self.clock
        return (self.folder / "site" / block.options["address"]).read_text(encoding="utf-8")

    def prepare(self, path: Path) -> Story:
        """Leave the repository as the page does: its files written, its sessions run, no site built."""
        for block in blocks(path):
            if before := block.options.get("after"):
                self.prepare(DOCS / before)
            if place := block.options.get("file"):
                self.write(place, block.text)
            if "answers" in block.options:
                answer(self.folder)
            if block.language == "console":
                self.session(block)
        return self

    def archive(self, at: str) -> None:
        """Sign what is there, publish it, and leave it for a stranger's folder."""
        self.clock = at
        pki, stranger = make_pki(self.folder.parent / "pki"), self.folder.parent / "stranger"
        key = f"key: {pki.key()}, certificate: {pki.certificate()}, chain: [{pki.certificate('intermediate')}]"
        self.write("mkdocs.yml", ARCHIVED.format(site=SITE, key=key))
        self.run("git add . && git commit --quiet -m 'Keep an archive'")
        said = self.run("inforce export-pdfs --jobs 1")
        said += self.run("mkdocs build --quiet")
        stranger.mkdir()
        shutil.copy(pki.root, stranger / "root.pem")
        self.run(f"git clone --quiet . {stranger}/policies")
        assert (self.folder / "site/archive/manifest.json").is_file(), said
        self.folder, self.publisher = stranger, self.folder

    def play(self, path: Path) -> Iterator[tuple[Block, str, str]]:
        """Play a page: each command, or address, with the expected answer and the real one."""
        for block in blocks(path):
            if before := block.options.get("after"):
                self.prepare(DOCS / before)
            if before := block.options.get("archived"):
                self.prepare(DOCS / before).archive(block.options["at"])
            if place := block.options.get("file"):
                self.write(place, block.text)
            if "answers" in block.options:
                answer(self.folder)
            if block.language == "console":
                for (_, expected), actual in zip(block.steps, self.session(block), strict=True):
                    yield block, expected, actual
            elif "address" in block.options:
                yield block, block.text, self.published(block)


def rewrite(path: Path) -> None:
    """Write the outputs of a page's sessions into it, where they are others now."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "story").mkdir()
        answers = list(Story(Path(folder) / "story").begin().play(path))
    text = path.read_text(encoding="utf-8")
    for block in reversed(blocks(path)):
        own = [(expected, actual) for one, expected, actual in answers if one == block]
        if not own or all(matches(*one) for one in own):
            continue
        kept = [expected if matches(expected, actual) else actual for expected, actual in own]
        told = (
            "".join(f"{_prompted(command)}{answer}" for (command, _), answer in zip(block.steps, kept, strict=True))
            if block.language == "console"
            else kept[0]
        )
        start = len("".join(text.splitlines(keepends=True)[: block.line]))
        text = text[:start] + told + text[start + len(block.text) :]
        sys.stdout.write(f"{block}: written anew\n")
    path.write_text(text, encoding="utf-8")


def _prompted(command: str) -> str:
    first, *rest = command.splitlines(keepends=True)
    return f"$ {first}" + "".join(f"> {line}" for line in rest)


if __name__ == "__main__":
    for page in pages():
        if is_story(page):
            rewrite(page)
