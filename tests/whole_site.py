"""A site with everything that this project's own has: its theme and palette, pages in `docs/`, tables, a wide text."""

import subprocess
from pathlib import Path

import pytest
import yaml
from mkdocs.utils.yaml import yaml_load
from qstore_site import BEFORE, FIRST, POSTED, SECOND
from repository import TERMS, Repository, material, revision

CONFIG = Path(__file__).parents[1] / "mkdocs.yml"
TABLE = (
    "| Purpose | Kept for | Amount |\n|:--|:-:|--:|\n" + "| Orders and everything about them | 5 years | 100 |\n" * 2
)
WIDE = f"|{' A-rather-long-heading |' * 12}\n|{'--|' * 12}\n|{' words |' * 12}\n"
LINKS = "See [the policies](index.md), `code` and [`code`](index.md)."
DOCS = f"# For members\n\n{LINKS}\n\n{TABLE}\n{WIDE}\n```sh\nls -l\n```\n"
KINDS = [
    "",
    "privacy-policy/",
    "privacy-policy/history/",
    "privacy-policy/on/",
    "privacy-policy/on/?on=2018-02-30&accepted=2018-04-10@",
    "privacy-policy/on/?on=2018-05-09&joined=2018-04-20&accepted=2018-04-10@2018-04-19",
    "privacy-policy/compare/",
    "privacy-policy/compare/?from=2014-03-01&to=2018-04-10",
    "privacy-policy/compare/?from=2018-04-10",
    "privacy-policy/compare/?from=unknown",
    "privacy-policy/2014-03-01/",
    "privacy-policy/2018-04-10/",
    "privacy-policy/2018-04-10/changes/",
    "privacy-policy/2014-03-01/changes/",
    "privacy-policy/compare/",
    "privacy-policy/compare/?from=2014-03-01&to=2018-04-10",
    "privacy-policy/compare/?from=2014-03-01&to=nowhere",
    "terms/2017-02-01/changes/",
    "terms/2017-01-01/",
    "terms/2017-02-01/",
    "privacy-policy/accept/",
    "privacy-policy/2018-04-10/accept/",
    "privacy-policy/2018-04-10/accept/new_users.html",
    "accept/",
    "members/",
    "archive/",
    "there/is/nothing/",
]
"""One address of each kind of page, and of each state of a text."""
RECORD = {
    "privacy-policy/policy.yml": f"{TERMS}relation: privacy-policy\n",
    "privacy-policy/2014-03-01.md": f"{FIRST}\n{TABLE}\n{WIDE}",
    "terms/policy.yml": TERMS.replace("Privacy Policy", "이용약관").replace("en", "ko"),
    "terms/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log", "# 이용약관\n\n동의합니다.\n"),
    "terms/2017-01-01.md": material("effective: 90 days after posting\nposted: 2017-01-01\nsource: Log"),
    "terms/2017-02-01.md": material("overtakes: 2017-01-01\nposted: 2017-02-01\nsource: Log", "# 이용약관\n\n예.\n"),
}


@pytest.fixture(scope="session")
def whole_site(tmp_path_factory, build):
    """The folder of that site."""
    top = tmp_path_factory.mktemp("whole")
    repo = Repository(top / "repo", top / "home")
    theme = yaml_load(CONFIG.read_text())["theme"]
    config = {"site_name": "Qstore", "site_url": "https://policies.qstore.example/", "theme": theme}
    plugins = ["search", {"inforce": {"signing": {"key": str(key_with_certificate(top))}}}]
    (repo.folder / "mkdocs.yml").write_text(yaml.safe_dump({**config, "plugins": plugins}))
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies of Qstore\n\nSee [for members](members.md), too.\n")
    (repo.folder / "docs" / "members.md").write_text(DOCS)
    repo.commit(BEFORE, RECORD)
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    repo.run(str(repo.command), "export-pdfs")
    return build(repo)[0]


def key_with_certificate(folder):
    """A key, and in the same file a certificate that it has signed itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    usage = "keyUsage=critical,digitalSignature,nonRepudiation"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    named = ["-subj", "/O=Qstore/CN=Qstore Policies", "-addext", usage, "-days", "30"]
    subprocess.run([*made, *named, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    key.write_bytes(key.read_bytes() + certificate.read_bytes())
    key.chmod(0o600)
    return key
