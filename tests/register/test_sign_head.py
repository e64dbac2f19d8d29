"""A head is signed only over rows that the register wrote; so nobody has it sign what they put there themselves."""

import json
import shutil

import pytest
from joserfc.jwk import OKPKey
from register.whole_register import KEYS, NOW, SECOND, by_hand, filled, flaws, opened, rechained, signed

from inforce.core.errors import RecordError
from inforce.formats.acceptance.head_jws import read_head, sign_head
from inforce.formats.acceptance.jwks import Jwks, signing_key
from inforce.formats.acceptance.row_json import canonical, content_of, digest_of
from inforce.workflows.acceptance.each_row import EachRow
from inforce.workflows.acceptance.sign_head import sign_next_head

ADD = "INSERT INTO inforce_acceptances VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture
def folder(tmp_path):
    """Six rows; the head of the fourth is signed."""
    with opened(tmp_path) as register:
        filled(register, 6, heads=(4,))
    return tmp_path


def append(database, number, receipt="x", **changes):
    """Put a row behind the last one that follows it as it should; no trigger is in the way of that."""
    before, data = database.execute("SELECT digest, data FROM inforce_acceptances ORDER BY number DESC").fetchone()
    value = json.loads(data) | {"number": number, "previous": before, "subject": "u-666"} | changes
    text = canonical(value)
    columns = [value[name] for name in ("number", "subject", "policy", "revision", "decision", "instant")]
    database.execute(ADD, (*columns, digest_of(before, content_of(text)), text))
    if receipt is not None:
        database.execute("INSERT INTO inforce_receipts VALUES (?, ?)", (number, receipt))


def decline(database, number):
    """Have a row say otherwise, and compute the chain anew."""
    (data,) = database.execute("SELECT data FROM inforce_acceptances WHERE number = ?", (number,)).fetchone()
    text = canonical(json.loads(data) | {"decision": "declined"})
    database.execute("UPDATE inforce_acceptances SET data = ? WHERE number = ?", (text, number))
    rechained(database, number)


def receipt_of(database, number):
    return database.execute("SELECT jws FROM inforce_receipts WHERE number = ?", (number,)).fetchone()[0]


def refusals(register):
    with pytest.raises(RecordError) as refused:
        signed(register, NOW)
    assert {one.todo for one in refused.value.problems} == {
        "run `inforce acceptances check`, keep the database as it is, and compare it with a backup"
    }
    return [one.what.removeprefix("no head is signed: ") for one in refused.value.problems]


def signed_rows(register):
    return [number for number, _ in register.heads()]


def test_a_row_that_somebody_put_at_the_end_is_not_signed(folder):
    for receipt, told in (
        (lambda _: None, "row 7 has no receipt: the register did not write it, or the receipt was removed"),
        (lambda _: "eyJ.eyJ.x", "row 7 was edited: its receipt names another digest"),
        (lambda database: receipt_of(database, 6), "row 7 was edited: its receipt names another digest"),
    ):
        copy = folder / "copy"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("copy"))
        with by_hand(copy) as database:
            append(database, 7, receipt(database))
        with opened(copy) as register:
            assert refusals(register) == [told]
            filled(register, 1, begin=8)
            assert refusals(register) == [told]
            assert signed_rows(register) == [4]
        assert flaws(copy) == [told]
        shutil.rmtree(copy)


def test_rows_whose_chain_was_made_anew_are_not_signed(folder):
    with by_hand(folder) as database:
        decline(database, 5)
    with opened(folder) as register:
        assert refusals(register)[0] == "row 5 was edited: its receipt names another digest"


def test_what_a_head_covers_that_is_gone_or_was_changed_is_not_signed_again(folder):
    with by_hand(folder) as database:
        decline(database, 3)
    told = "row 4 is gone, or is not the one that was there: it, or a row before it, was changed"
    with opened(folder) as register:
        assert refusals(register) == [told]
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_acceptances WHERE number > 3")
    with opened(folder) as register:
        assert refusals(register) == [told]
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_heads")
    with opened(folder) as register:
        assert refusals(register) == ["row 3 was edited: its receipt names another digest"]


def test_a_head_that_is_none_or_in_the_place_of_another_is_not_gone_on_from(folder):
    with by_hand(folder) as database:
        database.execute("INSERT INTO inforce_heads SELECT 6, jws FROM inforce_heads")
        with opened(folder) as register:
            assert refusals(register) == ["the signed head of row 6 was edited: it is of row 4"]
        database.execute("UPDATE inforce_heads SET jws = CAST('x' AS BLOB) WHERE number = 6")
        with opened(folder) as register:
            assert refusals(register)[0].startswith("the signed head of row 6: this is no head")
        database.execute("DELETE FROM inforce_heads WHERE number = 6")
        database.execute("UPDATE inforce_register SET value = '00' WHERE name = 'id'")
    with opened(folder) as register:
        assert refusals(register) == ["the signed head of row 4 was edited: it is of another register"]


def test_while_the_register_is_open_what_it_wrote_is_not_changed_below_it(tmp_path):
    """The heads are removed, too; what the process knows of its own rows still shows it."""
    with opened(tmp_path) as register:
        filled(register, 5, heads=(3,))
        shutil.copy(tmp_path / "register.db", tmp_path / "older.db")
        with by_hand(tmp_path) as database:
            decline(database, 2)
            database.execute("DELETE FROM inforce_heads")
            filled(register, 1, begin=6)
        told = refusals(register)
        assert told == ["row 5 is gone, or is not the one that was there: it, or a row before it, was changed"]
        assert signed_rows(register) == []


def test_an_older_backup_that_is_copied_over_the_open_register_is_noticed(tmp_path):
    with opened(tmp_path) as register:
        filled(register, 3, heads=(3,))
        with by_hand(tmp_path) as database:
            for table in ("inforce_acceptances", "inforce_receipts", "inforce_heads"):
                database.execute(f"DELETE FROM {table} WHERE number > 2")
        told = "row 3 is gone, or is not the one that was there: it, or a row before it, was changed"
        assert refusals(register) == [told]
        filled(register, 3, begin=4)
        assert refusals(register) == [told]


def test_a_server_alone_never_reads_its_own_rows_again(tmp_path, monkeypatch):
    """Another one that writes in between has its rows looked at, once."""
    seen, look = [], EachRow.flaws

    def flaws_of(each, stored):
        seen.append(stored[0])
        return look(each, stored)

    monkeypatch.setattr(EachRow, "flaws", flaws_of)
    with opened(tmp_path) as register:
        filled(register, 20, heads=(1, 7, 20))
        assert seen == []
        with opened(tmp_path) as other:
            filled(other, 2, begin=21)
        filled(register, 5, begin=23, heads=(27,))
        assert seen == [21, 22]
        filled(register, 5, begin=28, heads=(32,))
        assert seen == [21, 22]
        assert signed_rows(register) == [1, 7, 20, 27, 32]
    with opened(tmp_path) as register:
        filled(register, 2, begin=33, heads=(34,))
        filled(register, 2, begin=35, heads=(36,))
    assert seen == [21, 22]


def test_what_comes_while_rows_are_looked_at_waits_for_the_next_head(folder, monkeypatch):
    """And if what was looked at is changed meanwhile, nothing is signed."""
    look = EachRow.flaws
    with opened(folder) as register, opened(folder) as other:

        def and_then(doing):
            def flaws_of(each, stored):
                if stored[0] == 6:
                    doing()
                return look(each, stored)

            monkeypatch.setattr(EachRow, "flaws", flaws_of)

        and_then(lambda: filled(other, 1, begin=7))
        assert read_head(signed(register), KEYS).number == 6
        monkeypatch.setattr(EachRow, "flaws", look)
        assert read_head(signed(register), KEYS).number == 7
    with opened(folder) as register, by_hand(folder) as database:
        database.execute("DELETE FROM inforce_heads WHERE number > 4")
        and_then(lambda: decline(database, 7))
        assert refusals(register) == [
            "row 7 is gone, or is not the one that was there: it, or a row before it, was changed"
        ]


def test_after_a_fault_not_all_is_looked_at_that_was_written_since(folder, monkeypatch):
    """A busy app comes back to it again and again."""
    monkeypatch.setattr("inforce.workflows.acceptance.sign_head._FURTHER", 3)
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_receipts WHERE number = 5")
    seen, look = [], EachRow.flaws
    monkeypatch.setattr(EachRow, "flaws", lambda each, stored: [seen.append(stored[0]), *look(each, stored)][1:])
    with opened(folder) as register, opened(folder) as other:
        filled(other, 20, begin=7)
        assert refusals(register) == ["row 5 has no receipt: the register did not write it, or the receipt was removed"]
    assert seen == [5, 6, 7, 8, 9]


def test_a_key_that_is_missing_is_told_as_one(folder):
    stranger = signing_key(OKPKey.generate_key("Ed25519"))
    with opened(folder) as register, pytest.raises(RecordError) as refused:
        sign_next_head(register, Jwks((stranger,)), lambda head: sign_head(head, stranger), NOW + SECOND)
    (problem,) = refused.value.problems
    assert "is not among the register's keys" in problem.what
    assert problem.todo.startswith("if it was a key of yours, put its public key back into the key set; else run")


def test_a_register_without_rows_has_no_head(tmp_path):
    with opened(tmp_path) as register:
        assert signed(register) is None
        with by_hand(tmp_path) as database:
            database.execute(ADD, (1, "u-1", "a", "b", "accepted", "2018-04-20T02:00:00.000000Z", "0" * 64, "{}"))
        filled(register, 1, begin=2)
        assert refusals(register)[0] == "row 1 was edited: it cannot be read"
