"""Rows, receipts, heads and key sets as text: the same value gives the same bytes, and nothing else is read as one."""

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey
from jsonschema import Draft202012Validator, FormatChecker
from register.whole_register import KEY, KEYS, NOW, statement

from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import Head, Row, Shown, Statement
from inforce.formats.acceptance.head_jws import HeadError, read_head, sign_head
from inforce.formats.acceptance.jwks import Jwks, jwks_json, read_jwks, signing_key
from inforce.formats.acceptance.receipt_jws import ReceiptError, agrees, read_receipt, sign_receipt
from inforce.formats.acceptance.row_json import content_of, digest_of, instant_from, instant_text, row_of, row_text
from inforce.formats.schemas import schema

REGISTER = "0123456789abcdef" * 2
digests = st.binary(max_size=3).map(lambda data: hashlib.sha256(data).hexdigest())
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
shown = st.builds(Shown, words, words, digests, digests, st.sampled_from(Audience), st.none() | words, words)
statements = st.builds(
    Statement, words, st.none() | instants, shown, st.sampled_from(Decision), words, words, words, st.none() | words
)
rows = st.builds(Row, st.integers(1, 2**53 - 1), digests, instants, statements)
ES256 = signing_key(ECKey.generate_key("P-256"))
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (SP 800-186)."""


@given(rows)
def test_a_row_is_read_as_it_was_written_and_written_as_rfc_8785_has_it(row):
    text = row_text(row, REGISTER)
    assert row_of(text) == row
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert not set(map(ord, text)) & set(range(32))
    assert list(Draft202012Validator(json.loads(schema("acceptance-row"))).iter_errors(json.loads(text))) == []


@given(rows, rows)
def test_rows_that_differ_have_other_digests(one, other):
    contents = [content_of(row_text(row, REGISTER)) for row in (one, other)]
    assert (contents[0] == contents[1]) == (one == other)
    digest = digest_of(one.previous, contents[0])
    assert digest == hashlib.sha256((one.previous + contents[0]).encode()).hexdigest()


@given(rows, st.sampled_from([KEY, ES256]), st.sampled_from(["", "https://accept.qstore.example/"]))
def test_a_receipt_says_what_its_row_says(row, key, issuer):
    digest = digest_of(row.previous, content_of(row_text(row, REGISTER)))
    text = sign_receipt(row, digest, REGISTER, key, issuer)
    receipt = read_receipt(f"{text}\n", Jwks((KEY, ES256)))
    assert agrees(receipt, row, digest)
    assert (receipt.register, receipt.issuer, receipt.kid) == (REGISTER, issuer, key.kid)
    with pytest.raises(ReceiptError, match="is not among the register's keys"):
        read_receipt(text, Jwks(()))


@given(st.integers(1, 10**9), digests, instants)
def test_a_head_is_no_receipt_and_a_receipt_no_head(number, digest, instant):
    head = Head(REGISTER, number, digest, instant)
    text = sign_head(head, KEY)
    assert read_head(text, KEYS) == head
    with pytest.raises(ReceiptError, match=r"it says that it is `inforce-head\+jwt`"):
        read_receipt(text, KEYS)
    row = Row(number, digest, instant, statement())
    with pytest.raises(HeadError, match=r"it says that it is `inforce-receipt\+jwt`"):
        read_head(sign_receipt(row, digest, REGISTER, KEY), KEYS)


@given(instants)
def test_instants_stand_in_the_order_of_their_texts(instant):
    text, later = instant_text(instant), instant_text(instant + timedelta(microseconds=1))
    assert (instant_from(text), text < later, len(text)) == (instant, True, 27)


@given(st.data())
def test_no_character_of_a_receipt_can_be_another(data):
    text = sign_receipt(Row(1, "0" * 64, NOW, statement()), "0" * 64, REGISTER, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda one: one != text[place]))
    with pytest.raises(ReceiptError):
        read_receipt(text[:place] + other + text[place + 1 :], KEYS)
    with pytest.raises(ReceiptError):
        read_receipt(text[:place], KEYS)


@given(st.text() | st.from_regex(r"eyJ[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_whatever_is_no_receipt_is_told_and_no_more(text):
    with pytest.raises(ReceiptError):
        read_receipt(text, KEYS)


def test_what_a_receipt_says_follows_its_schema():
    text = sign_receipt(Row(1, "0" * 64, NOW, statement()), "1" * 64, REGISTER, KEY, "https://accept.qstore.example/")
    value = json.loads(urlsafe_b64decode(text.split(".")[1] + "=="))
    checks = Draft202012Validator(json.loads(schema("receipt")), format_checker=FormatChecker())
    assert list(checks.iter_errors(value)) == []
    assert list(checks.iter_errors({**value, "decision": "maybe"})) != []


def test_a_key_set_is_read_as_it_was_written():
    data = jwks_json([KEY, ES256])
    keys = read_jwks(data)
    assert [(one.kid, one.algorithm) for one in keys] == [(KEY.kid, "Ed25519"), (ES256.kid, "ES256")]
    assert jwks_json(keys) == data
    assert b'"d"' not in data


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("[]", "it is no key set"),
        ('{"keys": 1}', "it is no key set"),
        ("{", "it is no key set"),
        ('{"keys": [1]}', "key 1 is no object"),
        ({"keys": [OKPKey.generate_key("Ed25519").as_dict(private=True)]}, "key 1 is private: it has `d`"),
        ({"keys": [OctKey.generate_key(256).as_dict(private=True)]}, "key 1 is private: it has `k`"),
        ({"keys": [OKPKey.generate_key("X25519").as_dict(private=False)]}, "not of a kind that is known here"),
        ({"keys": [ECKey.generate_key("P-384").as_dict(private=False)]}, "not of a kind that is known here"),
        ({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}, "not of a kind that is known here"),
        ({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}, "not of a kind that is known here"),
        ({"keys": [{**KEY.entry, "kid": "another"}]}, "its `kid` is 'another'"),
        ({"keys": [{**KEY.entry, "alg": "ES256"}]}, "its `alg` is 'ES256'"),
        ({"keys": [{**KEY.entry, "use": "enc"}]}, "its `use` is 'enc'"),
        ({"keys": [KEY.entry, KEY.entry]}, "stands there twice"),
    ],
)
def test_what_is_no_set_of_public_keys_is_told(keys, what):
    with pytest.raises(ValueError, match=re.escape(what)):
        read_jwks((keys if isinstance(keys, str) else json.dumps(keys)).encode())


def test_a_signature_of_es256_has_another_form_that_is_as_good():
    """Nobody can make it say anything else, so the receipt is the same one."""
    head = Head(REGISTER, 1, "0" * 64, NOW)
    message, _, signature = sign_head(head, ES256).rpartition(".")
    raw = urlsafe_b64decode(signature + "==")
    other = raw[:32] + (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    assert read_head(f"{message}.{urlsafe_b64encode(other).decode().rstrip('=')}", Jwks((ES256,))) == head
