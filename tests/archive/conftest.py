"""A small record that is archived, with a key that real openssl knows how to check."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from repository import TERMS, Repository, Said, material, revision
from signing_keys import Pki, make_pki

from inforce.cli import main

DYING = Path(__file__).with_name("dying.py")
BEFORE = "2018-04-01T09:00:00+09:00"
POSTED = "2018-04-10T09:00:00+09:00"
FIRST = revision(
    "posted: 2014-03-01T00:00:00+09:00\nsource: Publication log, page 3",
    "# Privacy Policy\n\nWe keep what you tell us.\n\n## Cookies\n\nWe set *cookies*.\n",
)
SECOND = material("effective: 2018-05-10", "# Privacy Policy\n\nWe keep what you tell us, and your orders.\n")


@dataclass
class Project:
    """A repository that is archived, and what is asked of it."""

    repo: Repository
    pki: Pki
    archive: str = "archive"

    def configure(self, **options) -> None:
        """Write mkdocs.yml; `signing` is by a key in PEM, if nothing else is said."""
        key = {"key": str(self.pki.key()), "certificate": str(self.pki.certificate())}
        key["chain"] = [str(self.pki.certificate("intermediate"))]
        options = {"archive": self.archive, "signing": key, "cache": ".cache/inforce", **options}
        options = {name: value for name, value in options.items() if value is not None}
        config = {"site_name": "Qstore", "site_url": "https://policies.qstore.example/"}
        self.write_config({**config, "plugins": ["search", {"inforce": options}]})

    def write_config(self, config) -> None:
        (self.repo.folder / "mkdocs.yml").write_text(yaml.safe_dump(config))

    def export(self, *options: str, status: int | None = 0, env=None) -> Said:
        """`inforce export-pdfs`, at the machine's own time."""
        variables = {"XDG_STATE_HOME": str(self.repo.home / "state"), **(env or {})}
        command = [str(self.repo.command), "export-pdfs", "--jobs", "1", *options]
        return self.repo.run(*command, env=variables, status=status)

    def export_here(self, *options: str, status: int = 0) -> Said:
        """The same in this process, which has loaded everything already: for what renders nothing."""
        runner = CliRunner(env={**self.repo._environment(), "XDG_STATE_HOME": str(self.repo.home / "state")})
        command = ["-f", str(self.repo.folder / "mkdocs.yml"), "export-pdfs", "--jobs", "1", *options]
        done = runner.invoke(main, command, catch_exceptions=False)
        said = Said(done.exit_code, done.stdout, done.stderr)
        assert said.status == status, said
        return said

    @property
    def folder(self) -> Path:
        return self.repo.folder / self.archive

    def files(self, folder: str = "") -> dict[str, bytes]:
        """Every file of the archive, but for the lock."""
        top = self.repo.folder / (folder or self.archive)
        paths = sorted(path for path in top.rglob("*") if path.is_file() and path.name != ".lock")
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in paths}

    def pdfs(self) -> dict[str, str]:
        """The digest of each PDF that lies in its place."""
        return {
            place: sha256(data).hexdigest()
            for place, data in self.files().items()
            if place.endswith(".pdf") and not place.startswith(".pending/")
        }

    def died(self, scratch: Path, *options: str) -> list[dict]:
        """What `dying.py` says of each death; what is posted and not archived is what is at stake."""
        scratch.mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.repo.home), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-W", "ignore", str(DYING), str(self.repo.folder), str(scratch), *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=500)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def copy(self, top: Path) -> "Project":
        """The whole project once more."""
        return Project(self.repo.copy(top), self.pki, self.archive)


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def _posted(tmp_path_factory, pki):
    """Two revisions, posted; no archive."""
    top = tmp_path_factory.mktemp("posted")
    project = Project(Repository(top / "repo", top / "home"), pki)
    project.configure()
    project.repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST})
    project.repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    return project


@pytest.fixture(scope="session")
def _archived(_posted, tmp_path_factory):
    """The same, archived."""
    project = _posted.copy(tmp_path_factory.mktemp("archived") / "repo")
    project.export()
    return project


@pytest.fixture
def posted(_posted, tmp_path):
    """Two revisions, posted; no archive: for a test to do with as it likes."""
    return _posted.copy(tmp_path / "posted")


@pytest.fixture
def archived(_archived, tmp_path):
    """The same, archived."""
    return _archived.copy(tmp_path / "archived")
