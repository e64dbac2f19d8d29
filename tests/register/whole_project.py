"""A project with a record and a register, as an operator has them, and the command that asks it."""

import hashlib
import sys
from functools import partial
from pathlib import Path

from qstore_site import FIRST, SECOND
from register.whole_register import PAGE
from repository import TERMS, Repository, instant

from inforce.adapters.acceptance.register_store import Append
from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import Shown, Statement
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.workflows.acceptance.read_settings import read_acceptances_file
from inforce.workflows.acceptance.set_up import register_of, signing_key_of

INFORCE = str(Path(sys.executable).with_name("inforce"))
NOW = "2018-05-01T00:00:00+09:00"
SETTINGS = """\
address: https://accept.qstore.example/
keys: [register-key.pem]
applications:
  shop: {secret_env: SHOP}
"""


class Project:
    """The privacy policy of 2014, that of 10 April 2018, and a register."""

    def __init__(self, folder, kind="ed25519"):
        self.repo = Repository(folder / "repo", folder / "home")
        self.folder = self.repo.folder
        terms = TERMS + "acceptance: asked\n"
        self.repo.commit(
            "2018-04-01T09:00:00+09:00", {"privacy-policy/policy.yml": terms, "privacy-policy/2014-03-01.md": FIRST}
        )
        self.repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": SECOND})
        (self.folder / "acceptances.yml").write_text(SETTINGS)
        self.said = read_acceptances_file(self.folder / "acceptances.yml")
        made = self.ask("new-key", "--out", "register-key.pem", "--jwks", "acceptance-keys.json", "--type", kind)
        assert made.status == 0, made.err

    def ask(self, *arguments, now=NOW, status=None):
        """The answer of `inforce acceptances`, as of an instant."""
        return self.run("acceptances", *arguments, now=now, status=status)

    def run(self, *arguments, now=NOW, status=None):
        """The answer of `inforce`, as of an instant."""
        clock = {"SOURCE_DATE_EPOCH": str(int(instant(now).timestamp()))}
        return self.repo.run(INFORCE, *map(str, arguments), env=clock, status=status)

    def opened(self, *, writes=True):
        return register_of(self.said, self.folder, writes=writes)

    def say(self, subject, revision, at, decision="accepted", *, registered=None):
        """Have somebody answer a text; what was kept."""
        data = (self.folder / f"policy_versions/privacy-policy/{revision}.md").read_bytes()
        text, page = (hashlib.sha256(one).hexdigest() for one in (data, PAGE))
        shown = Shown("privacy-policy", revision, text, page, Audience.NEW_USERS, None, "en")
        joined = None if registered is None else instant(registered)
        said = Statement(subject, joined, shown, Decision(decision), "shop", "web", "request-1")
        key = signing_key_of(self.said, self.folder)
        with self.opened() as register:
            sign = partial(sign_receipt, register=register.id, key=key, issuer=self.said.address)
            ask = Append(subject, lambda *_: [(said, PAGE)], sign)
            (kept,) = register.append(ask, instant(at))
        return kept
