"""A small record that is archived with a key in PEM, by the real command; the samples lie beside the tests."""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from checking.archived_record import BEFORE, FIRST, POSTED, SECOND
from repository import TERMS, Repository, Said
from signing_keys import Pki, make_pki

sys.path.insert(0, str(Path(__file__).parent))


@dataclass
class Publisher:
    """A publisher's repository with its archive in it; and what a stranger asks of copies, in a folder elsewhere."""

    repo: Repository
    pki: Pki
    copies: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        return self.repo.folder / "archive"

    def copy(self) -> Path:
        """The archive as somebody has downloaded it."""
        return Path(shutil.copytree(self.archive, self.copies / "archive"))

    def verify(self, *arguments: object, status: int | None = 0, here: Path | None = None) -> Said:
        """`inforce verify`, far from any mkdocs.yml."""
        folder, self.repo.folder = self.repo.folder, here or self.copies
        try:
            return self.repo.run(
                str(self.repo.command), "verify", *map(str, arguments), env=self.variables, status=status
            )
        finally:
            self.repo.folder = folder


@pytest.fixture(scope="session")
def _publisher(tmp_path_factory):
    top = tmp_path_factory.mktemp("publisher")
    pki = make_pki(top / "pki")
    repo = Repository(top / "repo", top / "home")
    key = {
        "key": str(pki.key()),
        "certificate": str(pki.certificate()),
        "chain": [str(pki.certificate("intermediate"))],
    }
    options = {"archive": "archive", "cache": "", "signing": key}
    config = {"site_name": "Qstore", "site_url": "https://policies.qstore.example/"}
    (repo.folder / "mkdocs.yml").write_text(yaml.safe_dump({**config, "plugins": ["search", {"inforce": options}]}))
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST})
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    repo.run(str(repo.command), "export-pdfs", "--jobs", "1")
    return Publisher(repo, pki, top)


@pytest.fixture
def publisher(_publisher, tmp_path):
    """Two revisions in an archive, for a test to do with as it likes."""
    repo = _publisher.repo.copy(tmp_path / "repo")
    (tmp_path / "copies").mkdir()
    return Publisher(repo, _publisher.pki, tmp_path / "copies")
