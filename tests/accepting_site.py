"""A site with a register of acceptances: two policies that ask, the register's keys, and receipts of them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from mkdocs.utils.yaml import yaml_load
from repository import TERMS, Repository, instant, material, revision

from inforce.adapters.acceptance.signing_keys import make_key
from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import NO_ROW, Row, Shown, Statement
from inforce.formats.acceptance.jwks import SigningKey, jwks_json
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.formats.acceptance.row_json import row_text

CONFIG = Path(__file__).parents[1] / "mkdocs.yml"
REGISTER = "https://accept.qstore.example/"
START = "https://qstore.example/accept?policy={policy}"
ASKED = f"{TERMS}acceptance: asked\n"
FIRST = "# Privacy Policy\n\nWe keep what you tell us.\n"
SECOND = """\
# Privacy Policy

We keep what you tell us, in Korea, as the [Terms](../terms/2014-03-01.md) say.

## Cookies

We set *cookies*.
"""
RECORD = {
    "privacy-policy/policy.yml": ASKED,
    "privacy-policy/2014-03-01.md": revision("posted: 2014-03-01\nsource: Log, page 3", FIRST),
    "terms/policy.yml": ASKED.replace("Privacy Policy", "이용약관").replace(": en", ": ko"),
    "terms/2014-03-01.md": revision("posted: 2014-03-01\nsource: 기록, 4쪽", "# 이용약관\n\n동의합니다.\n"),
}
OFFER = "effective: {current_users: 2018-05-10, new_users: on acceptance}\naccept_by: 2018-06-10"
POSTED = "2018-04-10T09:00:00+09:00"
NOW = "2018-05-01T00:00:00+09:00"
LATER = {
    "2018-05-20T09:00:00+09:00": {
        "privacy-policy/2018-05-20.md": revision(
            "change: editorial\nsummary: A slip.\ncorrects: 2018-04-10", SECOND.replace("set", "use")
        )
    },
    "2019-02-01T09:00:00+09:00": {
        "privacy-policy/2019-02-01.md": material("effective: 60 days after posting", SECOND.replace("Korea", "Busan"))
    },
}
"""What is posted after NOW."""


@dataclass
class Accepting:
    """A site, the keys of its register, and its receipts."""

    repo: Repository
    site: Path
    keys: dict[str, SigningKey]

    def receipt(self, kind="ed25519", *, decision="accepted", at="2018-04-20T12:00:00+09:00", **said):
        """A receipt of an answer, as the register gives it."""
        table = json.loads((self.site / f"{said.get('policy', 'privacy-policy')}/in-force.json").read_text())
        name = said.get("revision", "2018-04-10")
        entry = next((one for one in table["revisions"] if one["revision"] == name), {})
        audience = said.get("audience", "new_users")
        shown = Shown(
            said.get("policy", "privacy-policy"),
            name,
            entry.get("digest", "0" * 64),
            said.get("presentation") or entry.get("accept", {}).get(audience, {}).get("presentation", "0" * 64),
            Audience(audience),
            None,
            "en",
        )
        registered = said.get("registered", at)
        statement = Statement(
            said.get("subject", "u-1077"),
            instant(registered) if registered else None,
            shown,
            Decision(decision),
            "shop",
            "web",
            "request-1",
        )
        row = Row(said.get("number", 1), NO_ROW, instant(at), statement)
        digest = hashlib.sha256(row_text(row, "f" * 32).encode()).hexdigest()
        return sign_receipt(row, digest, "f" * 32, self.keys[kind], REGISTER)


@pytest.fixture(scope="session")
def accepting(tmp_path_factory, build):
    """That site, as of 1 May 2018."""
    top = tmp_path_factory.mktemp("accepting")
    repo = Repository(top / "repo", top / "home")
    keys = {kind: make_key(kind, top / f"{kind}.pem") for kind in ("ed25519", "es256")}
    (repo.folder / "acceptance-keys.json").write_bytes(jwks_json(keys.values()))
    option = {"register": REGISTER, "keys": "acceptance-keys.json", "start": START}
    theme = yaml_load(CONFIG.read_text())["theme"]
    config = {"site_name": "Qstore", "site_url": "https://policies.qstore.example/", "theme": theme}
    plugins = ["search", {"inforce": {"archive": "", "acceptance": option}}]
    (repo.folder / "mkdocs.yml").write_text(yaml.safe_dump({**config, "plugins": plugins}))
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies of Qstore\n")
    repo.commit("2018-04-01T09:00:00+09:00", RECORD)
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": material(OFFER, SECOND)})
    return Accepting(repo, build(repo)[0], keys)


@pytest.fixture(scope="session")
def accepting_later(accepting, tmp_path_factory, build):
    """The same in March 2019, when more is posted."""
    repo = accepting.repo.copy(tmp_path_factory.mktemp("later") / "repo")
    for when, files in LATER.items():
        repo.commit(when, files)
    return Accepting(repo, build(repo, "2019-03-01T00:00:00+09:00")[0], accepting.keys)
