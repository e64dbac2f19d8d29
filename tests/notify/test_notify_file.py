"""What `notify.yml` may say, and everything that is wrong with one, at once."""

from datetime import timedelta

from inforce.core.notifying import Database, Mail, Members, Secret, Security, Webhook
from inforce.formats.notify.notify_file import parse_notify


def test_everything_that_it_may_say():
    text = b"""
site: https://qstore.example/policies/
ledger:
  database: postgresql+psycopg://notify@db.example/notify
  password_file: /run/secrets/ledger
recipients:
  database: postgresql+psycopg://reader@db.example/shop
  query: SELECT mail AS address, joined AS registered FROM members
  password_env: SHOP_PASSWORD
mail:
  host: mail.qstore.example
  security: tls
  user: notices
  password_env: MAIL_PASSWORD
  sender: Qstore <notices@qstore.example>
  reply_to: privacy@qstore.example
  unsubscribe: https://qstore.example/unsubscribe?who={subject}
  timeout: 20 seconds
webhook:
  address: https://hooks.qstore.example/notices
  secret_file: /run/secrets/hook
rate: 20 per second
attempts: 3
events: [posted, overtaken]
policies: [privacy-policy]
"""
    said = parse_notify(text).value
    assert said.site == "https://qstore.example/policies/"
    assert said.ledger == Database("postgresql+psycopg://notify@db.example/notify", Secret(file="/run/secrets/ledger"))
    shop = Database("postgresql+psycopg://reader@db.example/shop", Secret(variable="SHOP_PASSWORD"))
    assert said.members == Members("", shop, "SELECT mail AS address, joined AS registered FROM members")
    assert said.mail == Mail(
        "mail.qstore.example",
        465,
        Security.TLS,
        "Qstore <notices@qstore.example>",
        "notices",
        Secret(variable="MAIL_PASSWORD"),
        "privacy@qstore.example",
        "https://qstore.example/unsubscribe?who={subject}",
        timedelta(seconds=20),
    )
    hook = Secret(file="/run/secrets/hook")
    assert said.webhook == Webhook("https://hooks.qstore.example/notices", hook, timedelta(seconds=10))
    assert (said.rate, said.attempts, said.events) == (20, 3, {"posted", "overtaken"})
    assert said.policies == {"privacy-policy"}


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
    faults = parse_notify(text).faults
    assert [(fault.line, fault.what) for fault in faults] == [
        (1, "`site`: what comes by plain http can be changed on the way"),
        (1, "`recipients` has to name a file, or a database and a query"),
        (2, "`ledger` is no SQLAlchemy address"),
        (8, "`mail: password`: a secret in this file is read by everybody"),
        (9, "`sender` is no mail address in ASCII"),
        (10, '`securty` is no key that is known here (did you mean "security"?)'),
        (11, "`rate: often` is not understood"),
        (12, '`events: postd` is no event (did you mean "posted"?)'),
    ]
    assert "hunter2" not in str(faults)


def test_nobody_to_tell_and_nothing_to_tell_is_a_mistake():
    assert [fault.what for fault in parse_notify(b"rate: 5 per minute\n").faults] == [
        "`site` is missing",
        "nobody is told anything: there is neither `mail` nor `webhook`",
    ]
