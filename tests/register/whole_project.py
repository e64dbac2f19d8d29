"""A project with a record and a register, as an operator has them, and the command that asks it."""

import hashlib
import sys
from functools import partial
from pathlib import Path

from qstore_site import FIRST, SECOND
from register.whole_register import PAGE
from repository import TERMS, Repository, instant

from inforce.adapters.acceptance.register_store import Append
from inforce.adapters.clock import Door
from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import Shown, Statement
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.workflows.acceptance.presentations import presentations_of
from inforce.workflows.acceptance.set_up import read_acceptances_file, register_of, signing_key_of
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

ANSWERS = (
    ("u-old", "2014-03-01", "2016-02-01T10:00:00+09:00", "accepted", "2016-02-01T10:00:00+09:00"),
    ("u-1077", "2018-04-10", "2018-04-20T12:00:00+09:00", "deferred", None),
    ("u-1077", "2018-04-10", "2018-04-20T12:05:00+09:00", "accepted", "2018-04-20T11:59:00+09:00"),
    ("u-no", "2018-04-10", "2018-04-21T09:00:00+09:00", "declined", "2018-04-21T08:59:00+09:00"),
    ("u-later", "2018-04-10", "2018-04-22T09:00:00+09:00", "deferred", "2018-04-22T08:59:00+09:00"),
)
LATE = instant("2018-05-01T00:00:00+09:00")
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

    def say(self, subject, revision, at, decision="accepted", registered=None):
        """Have somebody answer a text; what was kept."""
        data = (self.folder / f"policy_versions/privacy-policy/{revision}.md").read_bytes()
        shown = Shown("privacy-policy", revision, sha256(data), sha256(PAGE), Audience.NEW_USERS, None, "en")
        return said_in(self.folder, shown, PAGE, subject, decision, at, registered)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def said_in(folder, shown, page, subject, decision, at, registered):  # noqa: PLR0913, PLR0917 - what stands in a row
    """Add what somebody said to the register of a project; what was kept."""
    settings = read_acceptances_file(folder / "acceptances.yml")
    key = signing_key_of(settings, folder)
    joined = None if registered is None else instant(registered)
    said = Statement(subject, joined, shown, Decision(decision), "shop", "web", "request-1")
    with register_of(settings, folder, writes=True) as register:
        sign = partial(sign_receipt, register=register.id, key=key, issuer=settings.address)
        (kept,) = register.append(Append(subject, lambda *_: [(said, page)], sign), instant(at))
    return kept


def answer(folder):
    """Have the people of `ANSWERS` answer what the record of a project really asks of them."""
    settings = Settings(folder)
    with opened(settings, Door(LATE, LATE)) as source:
        presentations, policy = presentations_of(settings, source), source.record.policies[0]
        for subject, revision, at, decision, registered in ANSWERS:
            text = policy.timeline[revision]
            is_current = registered is not None and instant(registered) < text.posted
            audience = Audience.CURRENT_USERS if is_current else Audience.NEW_USERS
            page = presentations.of(policy.slug, revision, audience)
            shown = Shown(policy.slug, revision, text.digest, page.digest, audience, None, "en")
            said_in(folder, shown, page.data, subject, decision, at, registered)
