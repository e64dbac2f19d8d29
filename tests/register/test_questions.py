"""What a register answers: what bound whom, who answered a text, who has still to answer."""

import json

import pytest
from register.whole_project import LATE
from register.whole_register import by_hand

from inforce.formats.acceptance.head_jws import sign_head
from inforce.formats.acceptance.jwks import Jwks
from inforce.workflows.acceptance.set_up import signing_key_of
from inforce.workflows.acceptance.sign_head import sign_next_head

KIM = ["--joined", "2018-04-20T11:59:00+09:00", "--accepted", "2018-04-10@2018-04-20T12:05:00+09:00"]
OLD = ["--joined", "2016-02-01T10:00:00+09:00", "--accepted", "2014-03-01@2016-02-01T10:00:00+09:00"]


def objects(said):
    assert (said.status, said.err) == (0, "")
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.mark.parametrize(
    ("subject", "on", "arguments"),
    [
        ("u-1077", "2018-05-10", KIM),
        ("u-1077", "2018-04-20T12:04:00+09:00", KIM),
        ("u-old", "2018-05-09", OLD),
        ("u-old", "2018-05-10", OLD),
        ("u-no", "2018-05-10", ["--joined", "2018-04-21T08:59:00+09:00"]),
    ],
)
def test_what_bound_somebody_is_what_which_answers(answered, subject, on, arguments):
    asked = ("binding", "--subject", subject, "--policy", "privacy-policy", "--on", on)
    which = ("which", "privacy-policy", "--on", on, *arguments)
    assert answered.ask(*asked, "--json").out == answered.run(*which, "--json", status=0).out
    assert answered.ask(*asked).out == "privacy-policy: " + answered.run(*which).out


def test_who_never_registered_is_bound_by_nothing(answered, project):
    project.say("u-9", "2018-04-10", "2018-04-20T12:00:00+09:00", "declined")
    said = project.ask("binding", "--subject", "u-9", "--on", "2018-05-10")
    assert said.out == "privacy-policy: nothing binds who never registered at 2018-05-10T00:00:00+09:00\n"
    unknown = answered.ask("binding", "--subject", "u-8", "--on", "2018-05-10", status=1)
    assert unknown.err.startswith("--subject: the register has no row of `u-8`\n")


def test_who_answered_a_text_and_what_they_said_last(answered):
    asked = ("who", "privacy-policy", "--revision", "2018-04-10")
    assert objects(answered.ask(*asked, "--json")) == [
        {"decision": "accepted", "instant": "2018-04-20T12:05:00+09:00", "number": 3, "subject": "u-1077"},
        {"decision": "declined", "instant": "2018-04-21T09:00:00+09:00", "number": 4, "subject": "u-no"},
        {"decision": "deferred", "instant": "2018-04-22T09:00:00+09:00", "number": 5, "subject": "u-later"},
    ]
    assert answered.ask(*asked).out.splitlines()[0] == "u-1077 accepted at 2018-04-20T12:05:00+09:00 (row 3)"
    wrong = answered.ask("who", "privacy-policy", "--revision", "2018-04-11", status=2)
    assert "no posted revision '2018-04-11' (did you mean \"2018-04-10\"?)" in wrong.err


def test_who_has_still_to_answer(answered):
    asked = ("pending", "privacy-policy")
    later, old = objects(answered.ask(*asked, "--json"))
    assert later == {
        "accept_by": None,
        "audience": "new_users",
        "decision": "deferred",
        "policy": "privacy-policy",
        "reason": "offer",
        "revision": "2018-04-10",
        "start": None,
        "subject": "u-later",
    }
    assert (old["subject"], old["reason"], old["start"]) == ("u-old", "change", "2018-05-10T00:00:00+09:00")
    assert answered.ask(*asked).out.splitlines()[0] == "u-later is asked to accept 2018-04-10 (offer)"


def test_who_of_a_list_has_still_to_answer(answered, tmp_path):
    members = tmp_path / "members.csv"
    members.write_text(
        "\ufeffsubject,mail,registered\r\n"
        "u-1077,kim@members.example,2018-04-20T11:59:00+09:00\r\n"
        "u-new,lee@members.example,2018-04-29T11:59:00+09:00\r\n"
        "u-when,,2018-04-29\r\n"
        ",,2018-04-29T11:59:00+09:00\r\n"
        "u-never,,\r\n"
    )
    said = answered.ask("pending", "privacy-policy", "--members", members, status=1)
    assert said.out == "u-new is asked to accept 2018-04-10 (offer)\n"
    assert said.err.splitlines()[::2] == [
        f"{members}:4: `2018-04-29` is no instant with an offset, as 2018-04-20T11:59:00+09:00",
        f"{members}:5: there is no subject",
        f"{members}:6: `registered` is empty",
    ]
    members.write_text("who,when\n")
    said = answered.ask("pending", "privacy-policy", "--members", members, status=2)
    assert said.err.startswith(f"{members}:1: the column `subject` is missing\n")


def test_every_row_is_written_as_its_digest_covers_it(answered, tmp_path):
    said = answered.ask("export", status=0)
    answered.ask("export", "--out", tmp_path / "rows.jsonl", status=0)
    assert (tmp_path / "rows.jsonl").read_text() == said.out
    assert [one["subject"] for one in map(json.loads, said.out.splitlines())] == [
        "u-old",
        "u-1077",
        "u-1077",
        "u-no",
        "u-later",
    ]
    with by_hand(answered.folder, "acceptances.db") as database:
        stored = [data for (data,) in database.execute("SELECT data FROM inforce_acceptances ORDER BY number")]
    assert said.out.splitlines() == stored
    nowhere = answered.ask("export", "--out", tmp_path / "nowhere" / "rows.jsonl", status=2)
    assert nowhere.err.startswith(f"{tmp_path}/nowhere/rows.jsonl: this cannot be written: No such file or directory\n")


def test_the_command_checks_a_register(project, tmp_path):
    for number in range(3):
        project.say(f"u-{number}", "2018-04-10", f"2018-04-20T12:00:0{number}+09:00")
    said = project.ask("check", status=0)
    assert said.out == "3 rows, 0 signed heads, 3 receipts read, 1 presentation: 0 faults\n"
    with by_hand(project.folder, "acceptances.db") as database:
        database.execute("UPDATE inforce_acceptances SET subject = 'u-666' WHERE number = 2")
    said = project.ask("check", status=1)
    assert said.err.splitlines()[0] == (
        "sqlite:///acceptances.db: row 2 was edited: what is stored beside it says otherwise than the row"
    )
    said = json.loads(project.ask("check", "--json", status=1).out)
    assert (said["faults"], said["rows"], said["told"][0]["row"]) == (1, 3, 2)
    said = project.ask("check", "--head", tmp_path / "heads", status=2)
    assert said.err.startswith(f"{tmp_path}/heads: this cannot be read: No such file or directory\n")


def test_heads_are_read_from_whatever_they_were_kept_in(project, tmp_path):
    for number in range(3):
        project.say(f"u-{number}", "2018-04-10", f"2018-04-20T12:00:0{number}+09:00")
    with project.opened() as register:
        key = signing_key_of(project.said, project.folder)
        head = sign_next_head(register, Jwks((key,)), lambda one: sign_head(one, key), LATE)
    kept = tmp_path / "mail.txt"
    kept.write_text(f'Subject: the head of today\n\n{{"head": "{head}"}}\n')
    assert project.ask("check", "--head", kept, status=0).out.startswith("3 rows, 2 signed heads, 0 receipts")
    with by_hand(project.folder, "acceptances.db") as database:
        database.execute("DELETE FROM inforce_acceptances WHERE number > 1")
        database.execute("DELETE FROM inforce_heads")
    said = project.ask("check", "--head", kept, status=1)
    assert "rows 2 to 3 were cut off: row 3 was signed as the last at 2018-04-30T15:00:00+00:00" in said.err
    kept.write_text("Subject: none today\n")
    assert "there is no signed head in it" in project.ask("check", "--head", kept, status=2).err


def test_a_register_that_is_not_there_is_told(project):
    said = project.ask("check", status=1)
    assert said.err.startswith("sqlite:///acceptances.db: there is no register yet:")
    (project.folder / "acceptances.yml").unlink()
    said = project.ask("check", status=2)
    assert "acceptances.yml: this cannot be read: No such file or directory\n" in said.err
