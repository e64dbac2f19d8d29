"""A record of which notices are told: to come, told, cancelled; in English, Korean and Arabic."""

import pytest
from qstore_site import BEFORE, CONFIG, FIRST, POSTED, SECOND
from repository import TERMS, Repository, material, revision

NOW = "2018-05-04T00:00:00+09:00"
NOTICES = "notices: {authority: qstore.example, year: 2014}"
WITHDRAWN = """
effective:
  current_users: 2018-06-01
  new_users: 2018-05-12
"""
STATED = "posted: 2018-01-01\nsource: Log"
ORDERS = "We now keep your orders."
KOREAN, ARABIC = "주문내역을 보관합니다.", "نحتفظ بسجل الطلبات."
FIRSTS = {
    "privacy-policy/policy.yml": f"{TERMS}acceptance: asked\ncontact: Privacy, Qstore\n",
    "privacy-policy/2014-03-01.md": FIRST,
    "terms/policy.yml": "title: 이용약관\nlanguage: ko\ntime_zone: Asia/Seoul\nacceptance: asked\n",
    "terms/2018-01-01.md": revision(STATED, "# 이용약관\n\n동의합니다.\n"),
    "khususiya/policy.yml": "title: سياسة الخصوصية\nlanguage: ar\ntime_zone: Asia/Seoul\n",
    "khususiya/2018-01-01.md": revision(STATED, "# سياسة الخصوصية\n\nنحتفظ بالمعلومات.\n"),
}
LATER = {
    "terms/2018-04-12.md": material(WITHDRAWN, "# 이용약관\n\n예.\n").replace(ORDERS, KOREAN),
    "khususiya/2018-04-12.md": material("effective: 2018-06-01", "# سياسة الخصوصية\n").replace(ORDERS, ARABIC),
}
OVERTAKING = {
    "terms/2018-05-03.md": material("effective: 2018-07-01\novertakes: 2018-04-12", "# 이용약관\n\n아니요.\n")
}


@pytest.fixture(scope="session")
def noticed(tmp_path_factory):
    """Scheduled from 10 May; from 1 June in Arabic; in Korean withdrawn on 3 May, after the first reminder."""
    top = tmp_path_factory.mktemp("noticed")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", f"archive: '', {NOTICES}"))
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies of Qstore\n")
    (repo.folder / "docs" / "about.md").write_text("# About us\n")
    repo.commit(BEFORE, FIRSTS)
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": SECOND})
    repo.commit("2018-04-12T09:00:00+09:00", LATER)
    repo.commit("2018-05-03T09:00:00+09:00", OVERTAKING)
    return repo


@pytest.fixture(scope="session")
def noticed_site(noticed, build):
    """Its site on 4 May 2018."""
    return build(noticed, now=NOW, to="noticed")[0]
