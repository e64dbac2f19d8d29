"""`inforce acceptances serve`: what keeps it from starting is told, whole, with the status that fits."""

import socket
import subprocess

import pytest
from acceptance_app.whole_app import SECRET


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
        ({"SHOP": ""}, ["$SHOP: this secret is empty or not there"]),
        ({"SHOP": "hunter2"}, ["$SHOP: the credential of shop is no 32 to 512 characters of ASCII without spaces"]),
        ({"SHOP": SECRET[::-1]}, ["$OTHER: the credential of other is another application's too"]),
        (
            {"SHOP": "hunter2", "OTHER": ""},
            ["$SHOP: the credential of shop is no", "$OTHER: this secret is empty or not there"],
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
    assert (status, "the register does not answer" in said) == (1, True)
    company.database = "sqlite:///acceptances.db"
    company.repo.commit("2020-02-01T00:00:00+09:00", {"privacy-policy/2018-04-10.md": "Another text.\n"})
    status, said = served(company)
    assert (status, "policy_versions/privacy-policy/2018-04-10.md" in said) == (1, True)


def test_a_site_that_names_another_register_is_told(company):
    keys = "archive: '', acceptance: {register: 'https://other.example/', keys: acceptance-keys.json}"
    company.site(keys)
    with company.serving() as app:
        assert app.shop.get("health").status_code == 200
    assert "warning: the site says that the register answers at https://other.example/" in app.log[0]
