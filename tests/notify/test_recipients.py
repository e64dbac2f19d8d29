"""Who registered: lists and databases, as people make them."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inforce.adapters.notify.recipients import read_csv, read_query
from inforce.core.announcement import Recipient
from inforce.core.errors import ConfigurationError, RecordError
from inforce.formats.notify.mail_address import mail_address

KIM = Recipient("kim@members.example", datetime(2016, 2, 1, 1, tzinfo=UTC), "kim@members.example")


def read(tmp_path, data):
    """Who is on the list, and what was told of it."""
    path, told = tmp_path / "members.csv", []
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_csv(path, "members.csv", told.append)), [str(one).splitlines()[0] for one in told]


def refusal(tmp_path, data):
    with pytest.raises(RecordError) as told:
        read(tmp_path, data)
    return [problem.what for problem in told.value.problems]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_says_who_registered_when(tmp_path, bom, end):
    lines = [
        "address,registered,language,name,subject",
        "kim@members.example,2016-02-01T10:00:00+09:00,,,",
        '"Lee@MEMBERS.example",2018-04-20 00:30:00Z,ko,"Lee, ""Jun""",17',
        "",
    ]
    recipients, told = read(tmp_path, bom + end.join(lines).encode())
    lee = Recipient("Lee@members.example", datetime(2018, 4, 20, 0, 30, tzinfo=UTC), "17", "ko", 'Lee, "Jun"')
    assert (recipients, told) == ([KIM, lee], [])


BROKEN = [
    ("kim@members.example", "the line of `kim@members.example` has 1 values, and there are 3 columns"),
    ("a@b.example,2016-02-01T10:00:00Z,A,B", "the line of `a@b.example` has 4 values, and there are 3 columns"),
    ('"a@b.example,2016-02-01T10:00:00Z,A', "the line is not CSV: unexpected end of data"),
    ('a@b.example,2016-02-01T10:00:00Z,"A"B', "the line is not CSV: ',' expected after '\"'"),
    (b"a@b.example,2016-02-01T10:00:00Z,\xff", "byte 34 of the line is not UTF-8"),
    (b"x" * 200_000, "the line is longer than 65536 bytes"),
    (",2016-02-01T10:00:00Z,A", "there is no address"),
    ("kim,2016-02-01T10:00:00Z,A", "`kim` is no mail address: it has no `@` with something on both sides"),
    ("a@b.example,,A", "there is no instant of registration"),
    ("a@b.example,2016-02-01T10:00:00,A", "`2016-02-01T10:00:00` does not say in which zone"),
    ("a@b.example,2016-02-01,A", "does not say in which zone"),
    ("a@b.example,yesterday,A", "`yesterday` is no instant: write it as 2018-04-10T09:00:00+09:00"),
    (
        "a@b.example,2016-02-01T10:00:00Z,A\rBcc: all@b.example",
        "the line is not CSV: new-line character seen in unquoted field",
    ),
    ("a@b.example\0,2016-02-01T10:00:00Z,A", "the address holds U+0000"),
    ("a@b.example,2016-02-01T10:00:00Z,A\u2028B", "the name holds U+2028"),
    ("a@b.example,2016-02-01T10:00:00Z," + "A" * 300, "the name is longer than 255 characters"),
    ("a@b.example,0001-01-01T00:00:00+09:00,A", "cannot be meant"),
]


@pytest.mark.parametrize(("line", "what"), BROKEN, ids=lambda one: str(one)[:30])
def test_a_broken_line_is_told_and_stops_nobody(tmp_path, line, what):
    line = line if isinstance(line, bytes) else line.encode()
    after = b"\nkim@members.example,2016-02-01T10:00:00+09:00,\n"
    recipients, told = read(tmp_path, b"address,registered,name\n" + line + after)
    assert recipients == [KIM]
    (one,) = told
    assert one.startswith("members.csv:2: ")
    assert what in one


def test_who_stands_on_two_lines_comes_twice_and_is_told(tmp_path):
    recipients, told = read(
        tmp_path,
        "address,registered\nkim@members.example,2016-02-01T10:00:00+09:00\nKim@members.example,2019-01-01T00:00:00Z\n",
    )
    assert [one.subject for one in recipients] == ["kim@members.example"] * 2
    assert told == ["members.csv:3: warning: `kim@members.example` stands on line 2 already"]


@pytest.mark.parametrize(
    ("first", "what"),
    [
        (b"", ["the column `address` is missing", "the column `registered` is missing"]),
        (b"address", ["the column `registered` is missing"]),
        (
            b"adress,registered",
            ['`adress` is no column that is known here (did you mean "address"?)', "the column `address`"],
        ),
        (b"address,registered,name,name", ["the column `name` is there twice"]),
        (b"address;registered", ["the columns are not separated by commas"]),
        ("address,registered".encode("utf-16"), ["this is UTF-16, not UTF-8"]),
        (b'"address,registered', ["the line is not CSV: unexpected end of data"]),
    ],
)
def test_a_list_without_its_columns_is_refused(tmp_path, first, what):
    told = refusal(tmp_path, first + b"\n")
    assert [one.startswith(begin) for one, begin in zip(told, what, strict=True)] == [True] * len(what)


def test_a_list_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RecordError, match="No such file"):
        list(read_csv(tmp_path / "none.csv", "none.csv", print))


def database(tmp_path, *rows):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE members (id INTEGER, mail TEXT, joined TEXT)")
        connection.executemany("INSERT INTO members VALUES (?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


QUERY = "SELECT mail AS address, joined AS registered, id AS subject FROM members WHERE mail LIKE '%@%' OR ':a' = ':b'"


def test_a_query_says_who_registered_when(tmp_path):
    rows = [(1, "kim@members.example", "2016-02-01 10:00:00+09:00"), (2, "lee@", None), (1, "lee@b.example", "x")]
    told = []
    (kim,) = read_query(database(tmp_path, *rows), None, tmp_path, QUERY, told.append)
    assert (kim.address, kim.registered, kim.subject) == (KIM.address, KIM.registered, "1")
    assert [one.what.partition(":")[0] for one in told] == ["row 2", "row 3"]


def test_a_query_writes_nothing(tmp_path):
    address = database(tmp_path, (1, "kim@members.example", "2016-02-01T10:00:00+09:00"))
    with pytest.raises(RecordError, match="attempt to write a readonly database"):
        list(read_query(address, None, tmp_path, "DELETE FROM members", print))
    assert len(list(read_query(address, None, tmp_path, QUERY, print))) == 1


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT mail, joined FROM members", "`mail` is no column that is known here"),
        ("SELECT * FROM nobody", "the recipients cannot be read: no such table: nobody"),
        ("SELECT", "the recipients cannot be read: incomplete input"),
    ],
)
def test_a_query_that_finds_no_recipients_is_told(tmp_path, query, what):
    with pytest.raises(RecordError) as told:
        list(read_query(database(tmp_path), None, tmp_path, query, print))
    assert told.value.problems[0].what.startswith(what)


@pytest.mark.parametrize("address", ["nosuch://db.example/shop", "members.csv"])
def test_a_database_of_no_known_kind_is_told(address):
    with pytest.raises(ConfigurationError, match="this database cannot be opened"):
        list(read_query(address, None, Path(), QUERY, print))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kim@members.example", "kim@members.example"),
        ("Kim+news@Members.Example", "Kim+news@members.example"),
        ("kim@도메인.example", "kim@xn--hq1bm8jm9l.example"),
        ("kim@straße.example", "kim@xn--strae-oqa.example"),
        ("김@members.example", "김@members.example"),
        ('"kim lee"@members.example', '"kim lee"@members.example'),
        ("root@localhost", "root@localhost"),
    ],
)
def test_what_is_a_mail_address(text, address):
    assert mail_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "kim", "@b.example", "kim@", "a@b@c.example", "a..b@c.example", ".a@b.example", "a b@c.example"),
        *(
            "a@[192.0.2.1]",
            "a@192.0.2.1",
            "a@-b.example",
            "a@b..example",
            "a@b.example.",
            "a@b_c.example",
            "a,b@c.example",
        ),
        *(
            "<a@b.example>",
            "Kim <a@b.example>",
            "a(c)@b.example",
            "a@b.example\n",
            "a\r\nBcc:x@b.example",
            '"a\nb"@c.example',
        ),
        *(
            "a\u202eb@c.example",
            "a@xn--zz--.example",
            f"{'a' * 65}@b.example",
            f"a@{'b' * 64}.example",
            f"{'김' * 22}@b.kr",
        ),
    ],
)
def test_what_is_none(text):
    with pytest.raises(ValueError, match=r"^(it |what |`)"):
        mail_address(text)


def test_a_long_list_is_a_stream(tmp_path):
    path = tmp_path / "members.csv"
    start = datetime(2016, 1, 1, tzinfo=UTC)
    with path.open("w") as file:
        file.write("address,registered\n")
        file.writelines(f"m{n}@b.example,{(start + timedelta(n)).isoformat()}\n" for n in range(2000))
    stream = read_csv(path, "members.csv", print)
    assert next(stream).address == "m0@b.example"
    path.write_text("")  # What was not read yet is gone, but for what the file's buffer holds.
    assert len(list(stream)) < 1999


def test_the_list_of_the_documentation_is_read(tmp_path):
    page = (Path(__file__).parents[2] / "docs/notify.md").read_text(encoding="utf-8")
    path, told = tmp_path / "members.csv", []
    path.write_text(page.partition("of=recipients}\n")[2].partition("```")[0], encoding="utf-8")
    assert [(one.address, one.name) for one in read_csv(path, "members.csv", told.append)] == [
        ("kim@members.example", "김하나"),
        ("lee@members.example", "Lee, Jun"),
    ]
    assert told == []
