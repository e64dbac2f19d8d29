"""`acceptances.yml`: each mistake that an operator may make in it, and what can be left out."""

from datetime import timedelta
from textwrap import dedent

import pytest

from inforce.core.acceptance_settings import Application, Heads, Limits
from inforce.core.secret import Database, Secret
from inforce.formats.acceptance import settings_file
from inforce.formats.acceptance.settings_file import parse_acceptances
from inforce.formats.acceptance.site_option import parse_acceptance

LITTLE = """\
address: https://accept.qstore.example
keys: [register-key.pem]
applications:
  shop:
    secret_env: SHOP_SECRET
"""


def faults(text):
    found = parse_acceptances(dedent(text).encode())
    assert found.value is None
    return [(fault.line, fault.what) for fault in found.faults]


def test_little_has_to_be_said():
    said = parse_acceptances(LITTLE.encode()).value
    assert said.address == "https://accept.qstore.example/"
    assert said.database == Database("sqlite:///acceptances.db")
    assert (said.keys, said.public_keys) == (("register-key.pem",), "acceptance-keys.json")
    assert said.applications == (Application("shop", Secret(variable="SHOP_SECRET")),)
    assert (said.lifetime, said.keeps, said.trusted_proxies) == (timedelta(minutes=15), frozenset(), ())
    assert (said.heads, said.limits) == (Heads(), Limits())


def test_all_of_it_can_be_said():
    said = parse_acceptances(
        dedent("""\
        address: http://127.0.0.1:8600/
        database:
          database: postgresql+psycopg://register@db.example/acceptances
          password_file: /run/secrets/database
        keys: [new.pem, old.pem]
        public_keys: keys.json
        applications:
          shop:
            secret_file: /run/secrets/shop
            return_to:
              - https://qstore.example/registered
              - https://qstore.example/account?tab=policies
          ios:
            secret_env: IOS_SECRET
        lifetime: 30 minutes
        keeps: [ip, user_agent]
        heads:
          rows: 50
          every: 1 minute
          file: heads.jsonl
        trusted_proxies: [127.0.0.1, 10.0.0.0/8, '::1']
        limits:
          rate: 90 per minute
          connections: 20
          connections_per_client: 5
          timeout: 3 seconds
        """).encode()
    ).value
    assert said.database == Database(
        "postgresql+psycopg://register@db.example/acceptances", Secret(file="/run/secrets/database")
    )
    assert (said.keys, said.public_keys) == (("new.pem", "old.pem"), "keys.json")
    returns = ("https://qstore.example/registered", "https://qstore.example/account?tab=policies")
    assert said.applications == (
        Application("shop", Secret(file="/run/secrets/shop"), returns),
        Application("ios", Secret(variable="IOS_SECRET")),
    )
    assert (said.lifetime, said.keeps) == (timedelta(minutes=30), {"ip", "user_agent"})
    assert said.heads == Heads(50, timedelta(minutes=1), "heads.jsonl")
    assert said.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1")
    assert said.limits == Limits(1.5, 20, 5, timedelta(seconds=3))


def test_everything_that_is_wrong_is_told_at_once():
    text = """\
        adress: https://accept.qstore.example
        database: acceptances.db
        applications:
          shop:
            secret: hunter2
            return_to: [http://qstore.example/, 'https://qstore.example/#top', 'https://q.example/; script-src *']
          Web Shop:
            secret_env: 5
        lifetime: 2 hours
        reading: 200 hours
        keeps: [ip, name]
        heads:
          every: often
        trusted_proxies: [localhost]
        limits:
          rate: fast
          connections: 0
        """
    told = faults(text)
    assert told == [
        (1, '`adress` is no key that is known here (did you mean "address"?)'),
        (1, "`address` is missing"),
        (1, "`keys` is missing: nothing could be signed"),
        (2, "`database` is no SQLAlchemy address"),
        (5, "`shop: secret`: a secret in this file is read by everybody"),
        (5, "`shop` has no secret by which it is known"),
        (6, "`return_to`: what comes by plain http can be changed on the way"),
        (6, "`return_to: https://qstore.example/#top` has signs in it that cannot stand there, or a fragment"),
        (6, "`return_to: https://q.example/; script-src *` has signs in it that cannot stand there, or a fragment"),
        (7, "`Web Shop` is no name for an application"),
        (8, "`secret_env` has to be the name of a variable"),
        (9, "`lifetime`: an address that is good for long can be found for long"),
        (10, "`reading`: a page that was open for longer than a week may be anybody's"),
        (11, "`keeps: name` is nothing that can be kept"),
        (13, "`every: often` is not understood"),
        (14, "`trusted_proxies: localhost` is no address and no network"),
        (16, "`rate: fast` is not understood"),
        (17, "`connections: 0` is no number that can stand here"),
    ]
    assert "hunter2" not in str(told)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("address: http://accept.qstore.example/\n", "`address`: what comes by plain http can be changed on the way"),
        ("address: https://me:pw@q.example/\n", "`address`: an address with a name or password in it"),
        ("address: https://q.example/accept/\n", "`address` has a path"),
        ("address: https://q.example/?a=b\n", "`address` has a query"),
        ("applications: shop\n", "`applications` has to name who may ask"),
        ("applications:\n  shop: hunter2\n", "`shop` has to be a list of keys"),
        ("heads: often\n", "`heads` has to be a list of keys"),
        ("limits:\n  rat: 5\n", '`rat` is no key that is known here (did you mean "rate"?)'),
        ("- a\n", "this is not a list of keys"),
    ],
)
def test_one_thing_that_is_wrong(text, what):
    assert any(one.startswith(what) for _, one in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://Accept.Qstore.example/", "https://accept.qstore.example/"),
        ("HTTPS://accept.qstore.example:443", "https://accept.qstore.example/"),
        ("https://accept.qstore.example:8443/", "https://accept.qstore.example:8443/"),
        ("https://käse.example/", "https://xn--kse-qla.example/"),
        ("http://127.0.0.1:80/", "http://127.0.0.1/"),
        ("http://[0:0::1]:8600/", "http://[::1]:8600/"),
    ],
)
def test_the_address_is_read_as_browsers_write_it(written, read):
    """A form says where it comes from: written otherwise, no form would ever come from here."""
    assert parse_acceptances(LITTLE.replace("https://accept.qstore.example", written).encode()).value.address == read
    option = parse_acceptance({"register": written, "keys": "acceptance-keys.json"}).value
    assert option.register == read


@pytest.mark.parametrize(
    ("address", "what", "todo"),
    [
        (
            "accept.qstore.example",
            "`address`: this is no address on the web",
            "write it as https://accept.qstore.example/",
        ),
        ("https://a٠.example/", "`address` has a host that is no name", "write it as https://accept.qstore.example/"),
    ],
)
def test_what_is_no_address_is_told_with_one_that_is(address, what, todo):
    (fault,) = parse_acceptances(LITTLE.replace("https://accept.qstore.example", address).encode()).faults
    assert (fault.what, fault.todo) == (what, todo)


def test_every_key_is_shown_in_the_docstring():
    for key in {
        *settings_file.KEYS,
        *settings_file.APPLICATION_KEYS,
        *settings_file.HEADS_KEYS,
        *settings_file.LIMITS_KEYS,
    }:
        assert f"{key}:" in settings_file.__doc__
