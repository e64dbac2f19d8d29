"""`inforce acceptances serve`: what keeps it from starting is told, whole, with the status that fits."""

import re
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from acceptance_app.whole_app import SECRET, App

from inforce.workflows.acceptance.new_key import new_key


def served(company, *arguments, **secrets):
    """The command, which is not to start: its status, and what it said."""
    company.set_up()
    env = {**company.repo._environment(), "SHOP": SECRET, "OTHER": SECRET[::-1], **secrets}
    command = [company.inforce, "acceptances", "serve", "--port", "0", *arguments]
    done = subprocess.run(command, cwd=company.folder, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("secrets", "told"),
    [
        (
            {"SHOP": ""},
            ["$SHOP: the credential of shop: this secret is empty or not there", "make one with: python3 -c"],
        ),
        ({"SHOP": "hunter2"}, ["$SHOP: the credential of shop is no 32 to 512 characters of ASCII without spaces"]),
        ({"SHOP": SECRET[::-1]}, ["$OTHER: the credential of other is another application's too"]),
        (
            {"SHOP": "hunter2", "OTHER": ""},
            [
                "$SHOP: the credential of shop is no",
                "$OTHER: the credential of other: this secret is empty or not there",
            ],
        ),
    ],
)
def test_credentials_that_are_none_are_told_together(company, secrets, told):
    status, said = served(company, **secrets)
    assert status == 2
    for one in told:
        assert one in said
    assert "hunter2" not in said


def test_keys_settings_and_the_port(company):
    (company.folder / "acceptance-keys.json").write_text('{"keys": []}')
    status, said = served(company)
    assert (status, "is not in it: nobody could check what it signs" in said) == (2, True)
    (company.folder / "acceptance-keys.json").unlink()
    assert served(company)[0] == 2
    status, said = served(company, "--settings", "nothing.yml")
    assert (status, said.startswith("nothing.yml: this cannot be read")) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, said = served(company, "--port", str(taken.getsockname()[1]))
    assert (status, "this cannot be listened at" in said) == (2, True)


def test_a_record_that_is_broken_and_a_database_that_is_not_there(company):
    company.database = "sqlite:///nowhere/acceptances.db"
    status, said = served(company)
    assert (status, f"the folder of the register is not there: {company.folder}/nowhere" in said) == (2, True)
    company.database = "sqlite:///mkdocs.yml"
    status, said = served(company)
    assert (status, "this file is not a database" in said) == (1, True)
    company.database = "sqlite:///acceptances.db"
    company.repo.commit("2020-02-01T00:00:00+09:00", {"privacy-policy/2018-04-10.md": "Another text.\n"})
    status, said = served(company)
    assert (status, "policy_versions/privacy-policy/2018-04-10.md" in said) == (1, True)


def test_where_there_is_no_project_that_is_told(company, tmp_path):
    for command in (["who", "privacy-policy", "--revision", "2018-04-10"], ["serve"]):
        whole = [company.inforce, "acceptances", *command]
        done = subprocess.run(whole, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("mkdocs.yml: no project is found: there is no such file in this folder, nor in")
        assert "name the file: `inforce --config-file PATH …`" in done.stderr


def test_heads_that_cannot_be_written_are_told_before_anybody_is_asked(company):
    company.more = "heads:\n  file: nowhere/heads.jws\n"
    status, said = served(company)
    assert status == 2
    assert said.startswith("acceptances.yml: `heads: file: nowhere/heads.jws` cannot be written: No such file")
    assert "make its folder" in said


def test_a_hangup_while_it_starts_is_no_end(company):
    """Whoever has the record read again after each push does not know whether the app just starts."""
    with company.serving():
        pass
    with closing(sqlite3.connect(company.folder / "acceptances.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        process = company.begun()
        status = Path(f"/proc/{process.pid}/status")
        while not int(re.search(r"SigIgn:\s*(\w+)", status.read_text())[1], 16) & 1 << (signal.SIGHUP - 1):
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
    app = App(company, process)
    app.close()
    process.terminate()
    assert app.ended() == 0


def test_a_site_that_names_another_register_is_told(company):
    keys = "archive: '', acceptance: {register: 'https://other.example/', keys: acceptance-keys.json}"
    company.site(keys)
    with company.serving() as app:
        assert app.shop.get("health").status_code == 200
    assert "warning: the site says that the register answers at https://other.example/" in app.log[0]


def test_a_site_without_the_key_that_signs_is_told(company):
    """Its page would tell members that their receipts are none."""
    said = f"archive: '', acceptance: {{register: '{company.address}', keys: site-keys.json}}"
    company.site(said)
    with company.serving() as app:
        assert app.shop.get("health").status_code == 200
    assert app.log[0].startswith("site-keys.json: warning: the site's `acceptance: keys`: this cannot be read: No such")
    new_key("ed25519", company.folder / "other.pem", company.folder / "site-keys.json")
    with company.serving() as app:
        assert app.shop.get("health").status_code == 200
    assert app.log[0].startswith("site-keys.json: warning: the site's `acceptance: keys` lacks the key ")
    company.site(said.replace("site-keys", "acceptance-keys"))
    with company.serving() as app:
        assert app.shop.get("health").status_code == 200
    assert '"listening"' in app.log[0]
