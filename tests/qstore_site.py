"""A small record in every state, built by real MkDocs."""

import sys
from pathlib import Path

import pytest
from repository import TERMS, Repository, instant, material, revision

BEFORE = "2018-04-01T09:00:00+09:00"
POSTED = "2018-04-10T09:00:00+09:00"
NOW = "2018-05-01T00:00:00+09:00"
FIRST = revision(
    "posted: 2014-03-01T00:00:00+09:00\nsource: Publication log, page 3",
    "# Privacy Policy\n\nWe keep what you tell us.\n\n## Cookies\n\nWe set *cookies*.\n",
)
SECOND = material(
    """
    effective:
      current_users: 2018-05-10
      new_users: on acceptance
    """,
    "# Privacy Policy\n\nWe keep what you tell us, [in Korea](../user-agreement/2014-03-01.md#where).\n\n"
    "## Cookies & <sup>more</sup>\n\nWe set *cookies*.\n",
)
AGREEMENT = {
    "user-agreement/policy.yml": TERMS.replace("Privacy Policy", "User Agreement"),
    "user-agreement/2014-03-01.md": revision(
        "posted: 2014-03-01\nsource: Publication log, page 4", "# User Agreement\n\nYou agree.\n\n## Where\n\nHere.\n"
    ),
    "user-agreement/2017-01-01.md": material(
        "effective: 90 days after posting\nposted: 2017-01-01\nsource: Publication log, page 9", "# Withdrawn\n\nNo.\n"
    ),
    "user-agreement/2017-02-01.md": material(
        "overtakes: 2017-01-01\nposted: 2017-02-01\nsource: Publication log, page 10",
        "# User Agreement\n\nYou agree tooo.\n",
    ),
    "user-agreement/2017-03-01.md": revision(
        "change: editorial\nsummary: A slip.\ncorrects: 2017-02-01\n"
        "posted: 2017-03-01\nsource: Publication log, page 11",
        "# User Agreement\n\nYou agree too.\n",
    ),
}
MKDOCS = str(Path(sys.executable).with_name("mkdocs"))
CONFIG = """\
site_name: Qstore
site_url: https://policies.qstore.example/
theme: {name: material, font: false}
plugins: [search, inforce: {archive: ''}]
nav: [{Home: index.md}]
"""


@pytest.fixture(scope="session")
def qstore(tmp_path_factory):
    """Two policies: one with a scheduled revision, one with an overtaken and a corrected one."""
    top = tmp_path_factory.mktemp("qstore")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies of Qstore\n\nAn introduction.\n")
    repo.commit(BEFORE, {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST, **AGREEMENT})
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    return repo


@pytest.fixture(scope="session")
def build():
    """Builds the site of a repository as of an instant: the folder, and what MkDocs said."""

    def builds(repo, now=NOW, to="site", status=0, **env):
        clock = {"SOURCE_DATE_EPOCH": str(int(instant(now).timestamp())), "NO_MKDOCS_2_WARNING": "1"}
        said = repo.run(MKDOCS, "build", "--strict", "-d", str(repo.folder / to), env=clock | env, status=status)
        return repo.folder / to, said

    return builds


@pytest.fixture(scope="session")
def site(qstore, build):
    """The site of that record on 1 May 2018."""
    return build(qstore)[0]
