"""Registers that somebody has changed by hand: what was edited, removed, inserted or cut off is named."""

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey
from register.whole_register import (
    KEY,
    KEYS,
    NOW,
    SECOND,
    by_hand,
    filled,
    flaws,
    opened,
    rechained,
    sayings,
    statement,
)

from inforce.core.errors import RecordError, UnavailableError
from inforce.core.register import Head
from inforce.formats.acceptance.head_jws import sign_head
from inforce.formats.acceptance.jwks import signing_key
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.formats.acceptance.row_json import canonical, content_of, digest_of, row_of
from inforce.workflows.acceptance.check_register import Check
from inforce.workflows.acceptance.export import export


@pytest.fixture
def folder(tmp_path):
    """Twelve rows; the heads of the fourth, the eighth and the tenth are signed."""
    with opened(tmp_path) as register:
        filled(register, 12, heads=(4, 8, 10))
    return tmp_path


def edit(database, number, /, **changes):
    """Have a row say something else."""
    (data,) = database.execute("SELECT data FROM inforce_acceptances WHERE number = ?", (number,)).fetchone()
    text = canonical(json.loads(data) | changes)
    database.execute("UPDATE inforce_acceptances SET data = ? WHERE number = ?", (text, number))


def test_a_register_that_nobody_touched_is_as_it_was_written(folder):
    with opened(folder, writes=False) as register:
        check = Check(register, KEYS, with_receipts=True)
        assert list(check.flaws()) == []
        done = check.checked
    assert (done.rows, done.heads, done.receipts, done.presentations) == (12, 3, 12, 1)


def test_a_row_that_was_edited_is_named(folder):
    with by_hand(folder) as database:
        edit(database, 5, decision="declined")
        database.execute("UPDATE inforce_acceptances SET decision = 'declined' WHERE number = 7")
        database.execute("UPDATE inforce_acceptances SET data = '{' WHERE number = 9")
    assert flaws(folder) == [
        "row 5 was edited: its digest is not that of what stands in it",
        "row 7 was edited: what is stored beside it says otherwise than the row",
        "row 9 was edited: it cannot be read",
    ]


def test_a_row_with_a_digest_made_anew_does_not_fit_the_next_one(folder):
    with by_hand(folder) as database:
        edit(database, 5, subject="u-9")
        (data, before) = database.execute(
            "SELECT now.data, before.digest FROM inforce_acceptances now"
            " JOIN inforce_acceptances before ON before.number = now.number - 1 WHERE now.number = 5"
        ).fetchone()
        digest = digest_of(before, content_of(data))
        database.execute("UPDATE inforce_acceptances SET digest = ?, subject = 'u-9' WHERE number = 5", (digest,))
    assert flaws(folder) == ["row 5 was edited, or put there: row 6 follows another one"]
    assert flaws(folder, with_receipts=True) == ["row 5 was edited: its receipt names another digest"]


def test_a_chain_made_anew_is_not_the_one_that_was_signed(folder):
    with by_hand(folder) as database:
        edit(database, 6, decision="declined")
        rechained(database, 6)
    when = "2018-04-20T03:00:08+00:00"
    assert flaws(folder) == [
        f"row 8 is not the one that was signed at {when}: it, or a row before it, was changed",
        "row 6 was edited: its receipt names another digest",
        "row 11 was edited: its receipt names another digest",
        "rows 11 to 12 have receipts that name other digests: their chain was made anew",
    ]
    assert flaws(folder, with_receipts=True)[0] == "row 6 was edited: its receipt names another digest"


def test_rows_that_were_removed_are_named(folder):
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_acceptances WHERE number IN (3, 6, 7)")
    assert flaws(folder) == ["row 3 was removed", "rows 6 to 7 were removed"]


def test_rows_that_were_removed_and_the_others_moved_up_are_named(folder):
    with by_hand(folder) as database:
        for table in ("inforce_acceptances", "inforce_receipts"):
            database.execute(f"DELETE FROM {table} WHERE number IN (6, 7)")
            for number in range(8, 13):
                database.execute(f"UPDATE {table} SET number = {number - 2} WHERE number = {number}")
    told = flaws(folder)
    assert told == [
        "rows 6 to 7 were removed: row 8 stands in the place of row 6",
        "row 8 is not the one that was signed at 2018-04-20T03:00:08+00:00: it, or a row before it, was changed",
    ]


def test_a_row_that_was_inserted_is_named(folder):
    with by_hand(folder) as database:
        for table in ("inforce_acceptances", "inforce_receipts"):
            for number in range(12, 4, -1):
                database.execute(f"UPDATE {table} SET number = {number + 1} WHERE number = {number}")
        database.execute(
            "INSERT INTO inforce_acceptances SELECT 5, 'u-666', policy, revision, decision, instant, digest, data"
            " FROM inforce_acceptances WHERE number = 4"
        )
        edit(database, 5, subject="u-666", number=5)
        (before,) = database.execute("SELECT digest FROM inforce_acceptances WHERE number = 4").fetchone()
        edit(database, 5, previous=before)
        (data,) = database.execute("SELECT data FROM inforce_acceptances WHERE number = 5").fetchone()
        digest = digest_of(before, content_of(data))
        database.execute("UPDATE inforce_acceptances SET digest = ? WHERE number = 5", (digest,))
        database.execute("INSERT INTO inforce_receipts SELECT 5, jws FROM inforce_receipts WHERE number = 4")
    assert flaws(folder)[0] == "row 5 was inserted: row 6 says that it is row 5"


def test_rows_that_are_numbered_as_the_register_never_does_are_named(folder):
    with by_hand(folder) as database:
        for number in (0, -3):
            database.execute(
                "INSERT INTO inforce_acceptances SELECT ?, 'u-666', policy, revision, decision, instant, digest, data"
                " FROM inforce_acceptances WHERE number = 1",
                (number,),
            )
        database.execute("INSERT INTO inforce_receipts VALUES (-7, 'x')")
    told = flaws(folder)
    assert told[:3] == [
        "row -3 was inserted: the first row is row 1",
        "row 0 was inserted: the first row is row 1",
        "the receipt of row -7 was inserted: the first row is row 1",
    ]
    assert {one.partition(": ")[0] for one in told[3:]} == {"SQLite finds its file unsound"}
    with opened(folder, writes=False) as register:
        assert len(list(export(register))) == 14


def test_the_tables_of_a_register_take_no_such_number(folder):
    with closing(sqlite3.connect(folder / "register.db")) as database:
        for table in ("inforce_receipts", "inforce_heads"):
            with pytest.raises(sqlite3.IntegrityError, match="number > 0"):
                database.execute(f"INSERT INTO {table} VALUES (0, 'x')")
        with pytest.raises(sqlite3.IntegrityError, match="number > 0"):
            database.execute("INSERT INTO inforce_acceptances SELECT 0, '', '', '', '', '', '', ''")


def test_a_row_that_stands_there_once_more_is_named(folder):
    with by_hand(folder) as database:
        for table in ("inforce_acceptances", "inforce_receipts"):
            columns = "subject, policy, revision, decision, instant, digest, data" if "acc" in table else "jws"
            database.execute(f"INSERT INTO {table} SELECT 13, {columns} FROM {table} WHERE number = 12")
    assert flaws(folder) == ["row 13 was inserted: it is row 12 once more"]


def test_an_index_that_leaves_a_row_out_shows(folder):
    """Whoever asks by subject does not get the row; who reads all rows does."""
    name = "inforce_acceptances_subject"
    with by_hand(folder) as database:
        (whole,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        database.execute(f"DROP INDEX {name}")
        database.execute(f"{whole} WHERE number <> 5")
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (whole, name))
    with opened(folder, writes=False) as register:
        assert register.rows_of("u-5") == ()
        assert register.numbers_about("u-5") == (5,)
    assert "SQLite finds its file unsound: row 5 missing from index inforce_acceptances_subject" in flaws(folder)


def test_what_is_no_text_is_named_and_all_else_is_looked_at(folder):
    """SQLite keeps bytes where a text belongs, and calls a text what is none."""
    with by_hand(folder) as database:
        database.execute("UPDATE inforce_acceptances SET data = CAST(x'7bff' AS TEXT) WHERE number = 5")
        database.execute("UPDATE inforce_receipts SET jws = CAST(x'ff' AS TEXT) WHERE number = 11")
        database.execute("UPDATE inforce_receipts SET jws = CAST(jws AS BLOB) WHERE number = 12")
        database.execute("UPDATE inforce_heads SET jws = CAST(jws AS BLOB) WHERE number = 4")
    assert flaws(folder) == [
        "row 5 was edited: it cannot be read",
        "row 11 was edited: its receipt names another digest",
        "rows 11 to 12 have receipts that name other digests: their chain was made anew",
        "the signed head of row 4: this is no head: three parts with a dot between them",
    ]
    with opened(folder, writes=False) as register:
        assert list(export(register))[4] == b"{\xff\n"


def test_receipts_that_are_bytes_are_looked_at_where_a_head_says_that_something_was_changed(folder):
    with by_hand(folder) as database:
        edit(database, 6, decision="declined")
        rechained(database, 6)
        database.execute("UPDATE inforce_receipts SET jws = CAST(jws AS BLOB)")
    assert "row 5 was edited: its receipt names another digest" in flaws(folder)


@pytest.mark.parametrize("name", ["id", "version"])
def test_a_register_that_does_not_say_which_it_is_is_told_in_one_line(folder, name):
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_register WHERE name = ?", (name,))
    with pytest.raises(RecordError, match=f"the line `{name}` is missing in inforce_register: somebody removed it"):
        flaws(folder)


def test_a_register_in_a_folder_that_cannot_be_written_is_read(folder, monkeypatch):
    """SQLite would write beside it, even to read."""
    monkeypatch.setattr("inforce.adapters.databases.os.access", lambda *_: False)
    with opened(folder, writes=False) as register:
        assert list(Check(register, KEYS).flaws()) == []
        assert len(list(export(register))) == 12
        assert [path.name for path in folder.iterdir()] == ["register.db"]
        with pytest.raises(UnavailableError, match="readonly database"):
            register.append(sayings(register, statement()), NOW)


def test_a_row_put_at_the_end_has_no_receipt_that_the_register_signed(folder):
    stranger = signing_key(OKPKey.generate_key("Ed25519"))
    with opened(folder) as register:
        ask = sayings(register, statement("u-666"))
        forged = type(ask)(ask.subject, ask.judge, lambda row, digest: sign_receipt(row, digest, register.id, stranger))
        register.append(forged, NOW + 60 * SECOND)
        copied = type(ask)(ask.subject, ask.judge, lambda *_: register.kept_of("u-12")[0].receipt)
        register.append(copied, NOW + 61 * SECOND)
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_receipts WHERE number = 11")
    assert flaws(folder) == [
        "row 11 has no receipt: the register did not write it, or the receipt was removed",
        f"row 13: its receipt is not the register's: the key {stranger.kid} is not among the register's keys",
        "row 14 was edited: its receipt names another digest",
    ]


def test_a_tail_that_was_cut_off_shows_by_what_was_signed(folder):
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_acceptances WHERE number > 7")
        database.execute("DELETE FROM inforce_receipts WHERE number > 7")
    assert flaws(folder) == ["rows 8 to 10 were cut off: row 10 was signed as the last at 2018-04-20T03:00:10+00:00"]


def test_a_row_at_the_end_that_was_removed_without_its_receipt_is_named(folder):
    with by_hand(folder) as database:
        database.execute("DELETE FROM inforce_acceptances WHERE number = 12")
        assert flaws(folder) == ["row 12 was cut off: what is left of that is a receipt"]
        database.execute("DELETE FROM inforce_acceptances WHERE number = 11")
    assert flaws(folder) == ["rows 11 to 12 were cut off: what is left of that is a receipt"]


@pytest.mark.parametrize("places", [(8, 10), (12,)])
def test_a_head_in_the_place_of_another_covers_nothing(folder, places):
    """Rows are edited and their chain is made anew; a head of an earlier row is put where it would have shown."""
    with by_hand(folder) as database:
        edit(database, 6 if places == (8, 10) else 12, decision="declined")
        rechained(database, 6 if places == (8, 10) else 12)
        (head,) = database.execute("SELECT jws FROM inforce_heads WHERE number = 4").fetchone()
        for place in places:
            database.execute("INSERT OR REPLACE INTO inforce_heads VALUES (?, ?)", (place, head))
    told = flaws(folder)
    assert told[0] == f"row {6 if places == (8, 10) else 12} was edited: its receipt names another digest"
    for place in places:
        assert f"the signed head of row {place} was edited: the one that is there is of row 4" in told


@pytest.mark.parametrize(
    "changes",
    [
        {"presentation": None},
        {"presentation": ["a"]},
        {"instant": 5},
        {"previous": 5},
        {"register": None},
        {"number": "5"},
        {"number": True},
    ],
)
def test_a_row_that_says_something_of_another_kind_is_named_even_if_its_digest_was_made_anew(folder, changes):
    with by_hand(folder) as database:
        (data,) = database.execute("SELECT data FROM inforce_acceptances WHERE number = 5").fetchone()
        (before,) = database.execute("SELECT digest FROM inforce_acceptances WHERE number = 4").fetchone()
        text = canonical(json.loads(data) | changes)
        columns = (text, digest_of(before, content_of(text)))
        database.execute("UPDATE inforce_acceptances SET data = ?, digest = ? WHERE number = 5", columns)
    assert flaws(folder)[0] == "row 5 was edited: it cannot be read"


@pytest.mark.parametrize("data", ["{}", "[]", "5", "[" * 100_000, b"\xff"])
def test_what_is_no_row_at_all_is_named(folder, data):
    with by_hand(folder) as database:
        database.execute("UPDATE inforce_acceptances SET data = ? WHERE number = 5", (data,))
    assert flaws(folder)[0] == "row 5 was edited: it cannot be read"


def test_heads_that_were_kept_elsewhere_show_what_the_register_no_longer_does(folder):
    with opened(folder, writes=False) as register:
        kept = [text for _, text in register.heads()]
        identity = register.id
    with by_hand(folder) as database:
        for table in ("inforce_acceptances", "inforce_receipts", "inforce_heads"):
            database.execute(f"DELETE FROM {table} WHERE number > 5")
    assert flaws(folder) == []
    assert flaws(folder, kept[-1]) == [
        "rows 6 to 10 were cut off: row 10 was signed as the last at 2018-04-20T03:00:10+00:00"
    ]
    stranger = signing_key(OKPKey.generate_key("Ed25519"))
    strange = sign_head(Head(identity, 5, "0" * 64, NOW), stranger)
    other = sign_head(Head("0" * 32, 5, "0" * 64, NOW), KEY)
    assert flaws(folder, strange, other, "head") == [
        "the head of row 5, signed at 2018-04-20T03:00:00+00:00, is of another register",
        f"head 1 of those given: the key {stranger.kid} is not among the register's keys",
        "head 3 of those given: this is no head: three parts with a dot between them",
    ]


def test_what_was_shown_is_looked_at_too(folder):
    with by_hand(folder) as database:
        (digest,) = database.execute("SELECT digest FROM inforce_presentations").fetchone()
        database.execute("UPDATE inforce_presentations SET data = x'00'")
        assert flaws(folder) == [f"the presentation {digest} was edited: row 1 names it"]
        database.execute("UPDATE inforce_presentations SET data = 'a text'")
        assert flaws(folder) == [f"the presentation {digest} was edited: row 1 names it"]
        database.execute("DELETE FROM inforce_presentations")
    assert flaws(folder) == [f"the presentation {digest} was removed: row 1 names it"]


def test_a_row_of_another_register_is_named(folder, tmp_path_factory):
    with opened(tmp_path_factory.mktemp("other")) as other:
        (kept,) = other.append(sayings(other, statement("u-13")), NOW)
    with by_hand(folder) as database:
        edit(database, 12, register=other.id)
        rechained(database, 12)
        (data,) = database.execute("SELECT data FROM inforce_acceptances WHERE number = 12").fetchone()
    assert row_of(data).number == 12
    assert "row 12 is of another register" in flaws(folder)
    assert kept.row.number == 1


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Six rows, and the head of the last one, which nobody changes: tests take copies."""
    folder = tmp_path_factory.mktemp("written")
    with opened(folder) as register:
        filled(register, 6, heads=(6,))
    return folder / "register.db"


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_whatever_is_changed_in_a_row_shows_and_the_row_is_named(written, data):
    number = data.draw(st.integers(1, 6))
    column = data.draw(st.sampled_from(["subject", "policy", "revision", "decision", "instant", "digest", "data"]))
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top)
        shutil.copy(written, folder)
        with by_hand(folder) as database:
            (old,) = database.execute(f"SELECT {column} FROM inforce_acceptances WHERE number = {number}").fetchone()
            place = data.draw(st.integers(0, len(old) - 1))
            sign = data.draw(st.sampled_from('09afz-:"{} 가').filter(lambda one: one != old[place]))
            new = old[:place] + sign + old[place + 1 :]
            database.execute(f"UPDATE inforce_acceptances SET {column} = ? WHERE number = ?", (new, number))
        with opened(folder, writes=False) as register:
            first = next(Check(register, KEYS).flaws())
    assert first.row == number
    assert first.what.startswith(f"row {number} was edited")
