"""The option `acceptance`: what is wrong with it stops the build, with what to do."""

import json

import pytest
from qstore_site import CONFIG
from repository import TERMS

from inforce.adapters.acceptance.signing_keys import make_key
from inforce.formats.acceptance.jwks import jwks_json

WHOLE = {"register": "https://accept.qstore.example", "keys": "keys.json"}


@pytest.fixture
def said(repo, build):
    """What a build says with the option, and with that file of keys."""
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Q\n")
    files = {"terms/policy.yml": f"{TERMS}acceptance: asked\n", "terms/2018-04-01.md": "# Terms\n\nYes.\n"}
    repo.commit("2018-04-01T09:00:00+09:00", files)
    key = make_key("es256", repo.home / "key.pem")

    def says(option, keys=None, status=1):
        written = CONFIG.replace("archive: ''", f"archive: '', acceptance: {json.dumps(option)}")
        (repo.folder / "mkdocs.yml").write_text(written)
        data = jwks_json([key]) if keys is None else keys(key)
        (repo.folder / "keys.json").write_bytes(data)
        return build(repo, status=status)[1].err

    return says


def private(key):
    return json.dumps({"keys": [key.key.as_dict(private=True)]}).encode()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("yes", "acceptance: has to be a mapping"),
        ({"register": "https://accept.qstore.example/"}, "acceptance: `keys` is missing"),
        ({**WHOLE, "begin": "x"}, "acceptance: there is no key `begin`"),
        ({**WHOLE, "registre": "x"}, 'did you mean "register"?'),
        ({**WHOLE, "register": "accept.qstore.example"}, "this is no address on the web"),
        ({**WHOLE, "register": "http://accept.qstore.example/"}, "what comes by plain http can be changed"),
        ({**WHOLE, "register": "https://me:secret@qstore.example/"}, "read by everybody"),
        ({**WHOLE, "start": "javascript:alert(1)"}, "this is no address on the web"),
        ({**WHOLE, "start": "https://qstore.example/a b"}, "an address has no spaces"),
        ({**WHOLE, "start": "https://qstore.example/accept?policy={polcy}"}, "nothing but {policy} is filled in"),
        ({**WHOLE, "keys": 3}, "acceptance: keys: 3 is no text"),
        ({**WHOLE, "keys": "elsewhere.json"}, "elsewhere.json cannot be read"),
    ],
)
def test_what_is_wrong_is_told(said, option, told):
    assert told in said(option)


def test_a_private_key_is_never_published(said, repo):
    told = said(WHOLE, private)
    assert "key 1 is private: it has `d`" in told
    assert not (repo.folder / "site" / "accept").exists()


def test_what_is_no_key_set_is_refused(said):
    assert "it is no key set" in said(WHOLE, lambda _: b"[]")


def test_a_register_on_this_machine_may_go_by_http(said, repo):
    said({**WHOLE, "register": "http://127.0.0.1:8600"}, status=0)
    table = json.loads((repo.folder / "site/policies.json").read_text())
    assert table["accept"]["register"] == "http://127.0.0.1:8600/"


def test_the_command_reads_the_option_too(said, repo):
    said(WHOLE, status=0)
    assert repo.run(str(repo.command), "check").status == 0
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("archive: ''", "archive: '', acceptance: {keys: x}"))
    told = repo.run(str(repo.command), "check", status=2)
    assert "acceptance: `register` is missing" in told.err
    said({**WHOLE, "keys": "elsewhere.json"})
    told = repo.run(str(repo.command), "check", status=1)
    assert "acceptance: keys: elsewhere.json cannot be read" in told.err + told.out


def test_own_pages_may_not_stand_in_their_place(said, repo):
    (repo.folder / "docs" / "accept").mkdir()
    (repo.folder / "docs" / "accept" / "index.md").write_text("# Mine\n")
    assert "docs/accept/index.md stands where" in said(WHOLE)
