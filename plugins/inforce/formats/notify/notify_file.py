r"""`notify.yml`: how the operator sets up the notification job.

The whole format; every value is text, and only `site` and one of `mail` and `webhook` have to be there::

    site: https://qstore.example/policies/    # the site's root, or the folder of a site, or of its exported notices
    ledger: sqlite:///notify.db               # an SQLAlchemy address; this one, beside this file, if left out
    recipients:                               # who is told, where there is mail: a CSV file …
      file: members.csv
    mail:
      host: mail.qstore.example
      port: 587                               # 587 for starttls, 465 for tls, 25 for none, if left out
      security: starttls                      # starttls | tls | none; starttls if left out
      user: notices                           # optional, with one of password_file and password_env
      password_file: /run/secrets/mail        # the first line of that file …
      password_env: MAIL_PASSWORD             # … or what an environment variable holds
      sender: Qstore <notices@qstore.example>
      reply_to: privacy@qstore.example        # optional
      unsubscribe: https://qstore.example/unsubscribe?who={subject}    # optional; {address} is known too
      timeout: 30 seconds                     # that if left out
    webhook:
      address: https://hooks.qstore.example/notices
      secret_env: WEBHOOK_SECRET              # or secret_file: what signatures are made with
      timeout: 10 seconds                     # that if left out
    rate: 20 per second                       # deliveries, at the most; as many as will if left out
    attempts: 5                               # for one delivery, over several runs; 5 if left out
    events: [posted, in-effect, reminder, overtaken]    # which are told; all if left out
    policies: [privacy-policy]                # whose notices are told; all if left out
    insecure: no                              # yes: plain http will do for `site` and `webhook`

Recipients can come from a database, and the ledger can lie in one that asks for a password::

    recipients:
      database: postgresql+psycopg://reader@db.example/shop
      query: SELECT mail AS address, joined AS registered FROM members
      password_env: SHOP_PASSWORD             # or password_file; optional
    ledger:
      database: postgresql+psycopg://notify@db.example/notify
      password_file: /run/secrets/ledger      # or password_env; optional

Paths are relative to the folder of this file. Secrets never stand in it.
"""

from __future__ import annotations

import re
from email.utils import getaddresses

from inforce.core.errors import Fault, did_you_mean
from inforce.core.notice import Event
from inforce.core.notify_settings import Mail, Members, NotifySettings, Security, Webhook
from inforce.core.record import Reading
from inforce.core.secret import Database, Secret
from inforce.core.web_address import address_fault, is_web_address
from inforce.formats.notify.mail_address import mail_address
from inforce.formats.settings_fields import (
    database_address,
    database_field,
    nested,
    number,
    rate_field,
    required,
    secret_field,
    timeout_of,
)
from inforce.formats.strict_yaml import Fields, Keys, read_mapping

KEYS = (
    *("site", "ledger", "recipients", "mail", "webhook"),
    *("rate", "attempts", "events", "policies", "insecure"),
)
RECIPIENTS_KEYS = ("file", "database", "query", "password_file", "password_env")
MAIL_KEYS = (
    *("host", "port", "security", "user", "password_file", "password_env"),
    *("sender", "reply_to", "unsubscribe", "timeout"),
)
WEBHOOK_KEYS = ("address", "secret_file", "secret_env", "timeout")
LEDGER = "sqlite:///notify.db"
_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*|\[?[0-9A-Fa-f:.]+\]?", re.ASCII)
_MOST_PORTS = 65535


def parse_notify(data: bytes) -> Reading[NotifySettings]:
    """The settings that a `notify.yml` says, or everything that is wrong with it."""
    read = read_mapping(data)
    return Reading(None, read.faults) if read.value is None else _read(read.value)


def _read(keys: Keys) -> Reading[NotifySettings]:
    top = Fields(keys, KEYS)
    faults = top.faults
    site = required(top, "site", "the site's address, or its folder")
    is_insecure = top.choice("insecure", ("yes", "no")) == "yes"
    if site and is_web_address(site) and (fault := address_fault(site, is_insecure=is_insecure)):
        top.fault("site", f"`site`: {fault.what}", fault.todo)
    ledger = database_field(top, keys, "ledger", LEDGER)
    members = _members(nested(top, keys, "recipients", RECIPIENTS_KEYS), faults)
    mail = _mail(nested(top, keys, "mail", MAIL_KEYS), faults)
    webhook = _webhook(nested(top, keys, "webhook", WEBHOOK_KEYS), faults, is_insecure=is_insecure)
    rate, attempts = rate_field(top, "rate"), number(top, "attempts", 5)
    events = frozenset(top.texts("events")) or frozenset(map(str, Event))
    for event in sorted(events.difference(map(str, Event))):
        what = f"`events: {event}` is no event{did_you_mean(event, [str(one) for one in Event])}"
        top.fault("events", what, f"the events are {', '.join(Event)}")
    policies = frozenset(top.texts("policies"))
    if "mail" not in keys.values and "webhook" not in keys.values:
        faults.append(Fault("nobody is told anything: there is neither `mail` nor `webhook`", "add one of them", 1))
    if "mail" in keys.values and "recipients" not in keys.values:
        top.fault("mail", "there is `mail`, and no `recipients` to send it to", "add `recipients`")
    if faults or site is None:
        return Reading(None, tuple(sorted(faults, key=lambda fault: fault.line or 0)))
    return Reading(NotifySettings(site, ledger, members, mail, webhook, rate, attempts, events, policies, is_insecure))


def _members(fields: Fields | None, faults: list[Fault]) -> Members | None:
    if fields is None:
        return None
    file, address, query = fields.text("file"), fields.text("database"), fields.text("query")
    secret = secret_field(fields, "password")
    if bool(file) == bool(address) or bool(address) != bool(query):
        todo = "write `file`, or else `database` and `query`"
        fields.faults.append(
            Fault("`recipients` has to name a file, or a database and a query", todo, fields.first_line)
        )
    database = Database(database_address(fields, "database", address, LEDGER), secret) if address else None
    faults += fields.faults
    return Members(file or "", database, query or "")


def _mail(fields: Fields | None, faults: list[Fault]) -> Mail | None:
    if fields is None:
        return None
    security = Security(fields.choice("security", [str(one) for one in Security]) or Security.STARTTLS)
    host = required(fields, "host", "the mail server") or ""
    if host and not _HOST.fullmatch(host):
        fields.fault("host", f"`host: {host}` is no host", "write it as mail.qstore.example")
    port = number(fields, "port", _PORTS[security])
    if port > _MOST_PORTS:
        fields.fault("port", f"there is no port {port}", f"write {_PORTS[security]} or so")
    sender = required(fields, "sender", "the address in `From`") or ""
    reply_to = fields.text("reply_to") or ""
    for key, text in (("sender", sender), ("reply_to", reply_to)):
        if text:
            _check_mail_address(fields, key, text)
    unsubscribe = fields.text("unsubscribe") or ""
    if unsubscribe and not (unsubscribe.isascii() and re.match(r"(https|mailto):[^\s<>]+$", unsubscribe)):
        todo = "write an https:// address, in which {subject} and {address} stand for the recipient's"
        fields.fault("unsubscribe", "`unsubscribe` is no https: or mailto: address", todo)
    elif unknown := re.search(r"\{.*?\}|[{}]", re.sub(r"\{(?:subject|address)\}", "", unsubscribe)):
        what = f"`unsubscribe`: nothing is known to stand for `{unknown[0]}`"
        fields.fault("unsubscribe", what, "write {subject} or {address}, or %7B and %7D for the signs themselves")
    user, password = fields.text("user") or "", secret_field(fields, "password")
    if bool(user) != bool(password):
        fields.faults.append(
            Fault("`mail` has one of `user` and a password", "add the other, or leave it out", fields.first_line)
        )
    if user and security is Security.NONE and host not in ("localhost", "127.0.0.1", "::1"):
        fields.fault("user", "the password would be sent in the clear", "write `security: starttls` or `tls`")
    timeout = timeout_of(fields, 30)
    faults += fields.faults
    return Mail(host, port, security, sender, user, password, reply_to, unsubscribe, timeout)


def _check_mail_address(fields: Fields, key: str, text: str) -> None:
    try:
        ((_, address),) = getaddresses([text])
        is_good = text.isprintable() and mail_address(address).isascii()
    except ValueError:
        is_good = False
    if not is_good:
        fields.fault(key, f"`{key}` is no mail address in ASCII", "write it as Qstore <notices@qstore.example>")


def _webhook(fields: Fields | None, faults: list[Fault], *, is_insecure: bool) -> Webhook | None:
    if fields is None:
        return None
    address = required(fields, "address", "where notices are posted") or ""
    if address and (fault := address_fault(address, is_insecure=is_insecure)):
        fields.fault("address", f"`webhook: address`: {fault.what}", fault.todo)
    secret = secret_field(fields, "secret")
    if secret is None:
        todo = "add `secret_file` or `secret_env`"
        fields.faults.append(Fault("`webhook` has no secret to sign with", todo, fields.first_line))
    timeout = timeout_of(fields, 10)
    faults += fields.faults
    return Webhook(address, secret or Secret(), timeout)
