"""`notify.yml`: each mistake that an operator may make in it, and what can be left out."""

from datetime import timedelta
from textwrap import dedent

import pytest

from inforce.core.notice import Event
from inforce.core.notify_settings import Mail, Members, Security, Webhook
from inforce.core.secret import Database, Secret
from inforce.formats.notify import notify_file
from inforce.formats.notify.notify_file import parse_notify
from inforce.formats.settings_fields import DATABASE_KEYS

MAIL = "recipients:\n  file: members.csv\nmail:\n  host: mail.qstore.example\n  sender: notices@qstore.example\n"
SITE = "site: https://qstore.example/policies/\n"


def faults(text):
    found = parse_notify(text.encode())
    assert found.value is None
    return [(fault.line, fault.what) for fault in found.faults]


def test_little_has_to_be_said():
    settings = parse_notify((SITE + MAIL).encode()).value
    assert settings.site == "https://qstore.example/policies/"
    assert settings.ledger == Database("sqlite:///notify.db")
    assert settings.members == Members("members.csv")
    assert settings.mail == Mail("mail.qstore.example", 587, Security.STARTTLS, "notices@qstore.example")
    assert (settings.webhook, settings.rate, settings.attempts) == (None, None, 5)
    assert (settings.events, settings.policies, settings.is_insecure) == (frozenset(Event), frozenset(), False)


@pytest.mark.parametrize(
    ("said", "rate", "port"),
    [("rate: 20 per second\n", 20, 587), ("  security: tls\n", None, 465), ("  security: none\n", None, 25)],
)
def test_a_rate_counts_by_seconds_and_a_port_goes_by_the_security(said, rate, port):
    settings = parse_notify((SITE + MAIL + said).encode()).value
    assert (settings.rate, settings.mail.port) == (rate, port)


def test_all_of_it_can_be_said():
    text = """\
        site: ../build
        ledger:
          database: postgresql+psycopg://notify@db.example/notify
          password_file: /run/secrets/ledger
        recipients:
          database: postgresql+psycopg://reader@db.example/shop
          query: SELECT mail AS address, joined AS registered FROM members
          password_env: SHOP_PASSWORD
        mail:
          host: mail.qstore.example
          port: 2525
          security: tls
          user: notices
          password_file: /run/secrets/mail
          sender: Qstore <notices@qstore.example>
          reply_to: privacy@qstore.example
          unsubscribe: https://qstore.example/unsubscribe?who={subject}
          timeout: 20 seconds
        webhook:
          address: https://hooks.qstore.example/notices
          secret_env: WEBHOOK_SECRET
          timeout: 1 second
        rate: 90 per minute
        attempts: 3
        events: [posted, overtaken]
        policies: [privacy-policy]
        insecure: yes
        """
    settings = parse_notify(dedent(text).encode()).value
    assert settings.ledger == Database(
        "postgresql+psycopg://notify@db.example/notify", Secret(file="/run/secrets/ledger")
    )
    assert settings.members == Members(
        database=Database("postgresql+psycopg://reader@db.example/shop", Secret(variable="SHOP_PASSWORD")),
        query="SELECT mail AS address, joined AS registered FROM members",
    )
    assert settings.mail == Mail(
        "mail.qstore.example",
        2525,
        Security.TLS,
        "Qstore <notices@qstore.example>",
        "notices",
        Secret(file="/run/secrets/mail"),
        "privacy@qstore.example",
        "https://qstore.example/unsubscribe?who={subject}",
        timedelta(seconds=20),
    )
    hook = Webhook("https://hooks.qstore.example/notices", Secret(variable="WEBHOOK_SECRET"), timedelta(seconds=1))
    assert settings.webhook == hook
    assert (settings.rate, settings.attempts, settings.is_insecure) == (1.5, 3, True)
    assert (settings.events, settings.policies) == ({"posted", "overtaken"}, {"privacy-policy"})


def test_everything_that_is_wrong_is_told_at_once():
    text = b"""site: http://qstore.example/
ledger: notify.db
recipients:
  file: members.csv
  query: SELECT 1
mail:
  host: mail.qstore.example
  password: hunter2
  sender: nobody
  securty: tls
rate: often
events: [postd]
"""
    told = faults(text.decode())
    assert told == [
        (1, "`site`: what comes by plain http can be changed on the way"),
        (2, "`ledger` is no SQLAlchemy address"),
        (4, "`recipients` has to name a file, or a database and a query"),
        (8, "`mail: password`: a secret in this file is read by everybody"),
        (9, "`sender` is no mail address in ASCII"),
        (10, '`securty` is no key that is known here (did you mean "security"?)'),
        (11, "`rate: often` is not understood"),
        (12, '`events: postd` is no event (did you mean "posted"?)'),
    ]
    assert "hunter2" not in str(told)


def test_nobody_to_tell_and_nothing_to_tell_is_a_mistake():
    assert [fault.what for fault in parse_notify(b"rate: 5 per minute\n").faults] == [
        "`site` is missing",
        "nobody is told anything: there is neither `mail` nor `webhook`",
    ]


def test_what_is_wrong_is_told_together():
    text = """\
        sight: https://qstore.example/
        recipients:
          fiel: members.csv
        mail:
          host: mail.qstore.example
          port: many
          password: hunter2
        rate: fast
        events: [posting]
        """
    told = faults(dedent(text))
    assert told[0] == (1, '`sight` is no key that is known here (did you mean "site"?)')
    assert {what for _, what in told} >= {
        "`site` is missing",
        '`fiel` is no key that is known here (did you mean "file"?)',
        "`recipients` has to name a file, or a database and a query",
        "`port: many` is no number that can stand here",
        "`mail: password`: a secret in this file is read by everybody",
        "`sender` is missing",
        "`rate: fast` is not understood",
        '`events: posting` is no event (did you mean "posted"?)',
    }
    assert "hunter2" not in str(told)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("site: https://q.example/\n", "nobody is told anything: there is neither `mail` nor `webhook`"),
        (SITE + "mail:\n  host: a\n  sender: a@b.example\n", "there is `mail`, and no `recipients` to send it to"),
        ("site: http://q.example/\n" + MAIL, "`site`: what comes by plain http can be changed on the way"),
        (
            "site: https://me:pw@q.example/\n" + MAIL,
            "`site`: an address with a name or password in it is read by everybody",
        ),
        (SITE + MAIL + "ledger: notify.db\n", "`ledger` is no SQLAlchemy address"),
        (
            SITE + MAIL + "ledger: postgresql://me:pw@db/x\n",
            "`ledger` has a password in it, which is read by everybody",
        ),
        (SITE + MAIL + "  user: me\n", "`mail` has one of `user` and a password"),
        (SITE + MAIL + "  port: 70000\n", "there is no port 70000"),
        (SITE + MAIL + "  security: ssl\n", "`security: ssl` is not understood"),
        (SITE + MAIL + "  reply_to: everybody\n", "`reply_to` is no mail address in ASCII"),
        (SITE + MAIL + "  unsubscribe: http://q.example/\n", "`unsubscribe` is no https: or mailto: address"),
        (SITE + MAIL + "  timeout: long\n", "`timeout: long` is not understood"),
        (
            SITE + MAIL + "  user: me\n  password_file: a\n  password_env: B\n",
            "there are `password_file` and `password_env`",
        ),
        (SITE + MAIL + "attempts: 0\n", "`attempts: 0` is no number"),
        (SITE + MAIL + "insecure: perhaps\n", "`insecure: perhaps` is not understood"),
        (SITE + "webhook:\n  address: https://q.example/\n", "`webhook` has no secret to sign with"),
        (SITE + "webhook: https://q.example/\n", "`webhook` has to be a list of keys"),
        (SITE + "site: twice\n", "`site` is said twice (first on line 1)"),
        ("- a\n", "this is not a list of keys"),
        ("site: [\n", "this is not YAML"),
    ],
)
def test_one_thing_that_is_wrong(text, what):
    assert any(one.startswith(what) for _, one in faults(text)), faults(text)


def test_every_key_is_shown_in_the_docstring():
    for key in {
        *notify_file.KEYS,
        *DATABASE_KEYS,
        *notify_file.RECIPIENTS_KEYS,
        *notify_file.MAIL_KEYS,
        *notify_file.WEBHOOK_KEYS,
    } - {"secret_file"}:
        assert (
            f"{key}: " in notify_file.__doc__
            or f"{key}:\n" in notify_file.__doc__
            or f"{key}:  " in notify_file.__doc__
        )
