"""What `mkdocs.yml` says about PDFs and their signatures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repository import TERMS, revision

from inforce.core.archive import Level
from inforce.core.errors import ConfigurationError
from inforce.core.signing import PASSPHRASE, KeyInFile, KeyInToken, Signing
from inforce.mkdocs_plugin.config import read_settings

TOKEN = {"module": "/usr/lib/softhsm/libsofthsm2.so", "label": "Qstore", "key": "signing"}


def written(folder, options, top=""):
    (folder / "mkdocs.yml").write_text(f"site_name: Qstore\n{top}plugins:\n  - inforce: {options}\n")
    return folder / "mkdocs.yml"


@pytest.fixture
def settings(tmp_path):
    return lambda options="{}", top="": read_settings(written(tmp_path, options, top))


@pytest.fixture
def wrong(settings):
    def faults(options, top=""):
        with pytest.raises(ConfigurationError) as raised:
            settings(options, top)
        assert {one.path for one in raised.value.problems} == {"mkdocs.yml"}
        return [one.what.removeprefix("plugins: inforce: ") for one in raised.value.problems]

    return faults


def test_what_holds_if_nothing_is_said(settings):
    said = settings()
    assert (said.archive, said.paper, said.signing, said.root) == ("archive", "A4", None, "")


@pytest.mark.parametrize("address", ["https://policies.qstore.example", "https://policies.qstore.example/"])
def test_the_root_is_the_address_of_the_site(settings, address):
    assert settings(top=f"site_url: {address}\n").root == "https://policies.qstore.example/"


def test_everything_that_can_be_said_of_a_key_in_a_file(settings, tmp_path):
    said = settings("""{paper: Letter, archive: "s3://qstore/policies", signing: {
        key: /etc/inforce/qstore.p12, certificate: own.pem, chain: [a/intermediate.pem], trust: [root.pem, tsa.pem],
        passphrase: QSTORE_PASSPHRASE, level: B-LTA, timestamps: "https://tsa.example/"}}""")
    assert (said.archive, said.paper) == ("s3://qstore/policies", "Letter")
    assert said.signing == Signing(
        KeyInFile("/etc/inforce/qstore.p12", str(tmp_path / "own.pem")),
        Level.B_LTA,
        "QSTORE_PASSPHRASE",
        "https://tsa.example/",
        (str(tmp_path / "a/intermediate.pem"),),
        (str(tmp_path / "root.pem"), str(tmp_path / "tsa.pem")),
    )


def test_everything_that_can_be_said_of_a_key_in_a_token(settings, tmp_path):
    said = settings(f"{{signing: {{token: {TOKEN}, certificate: own.pem}}}}")
    key = KeyInToken(TOKEN["module"], "Qstore", "signing", str(tmp_path / "own.pem"))
    assert said.signing == Signing(key, Level.B_B, PASSPHRASE)


@pytest.mark.parametrize("archive", ["", "s3://bucket", "memory://x", "kept/archive", "../archive", "/srv/archive"])
def test_places_for_an_archive(settings, archive):
    assert settings(f'{{archive: "{archive}"}}').archive == archive


@pytest.mark.parametrize(
    ("archive", "top", "others"),
    [
        ("site", "", ["the folder of the site"]),
        ("site/archive", "", ["the folder of the site"]),
        ("public/a", "site_dir: public\n", ["the folder of the site"]),
        ("docs/archive", "", ["the folder of pages (`docs_dir`)"]),
        ("pages/../pages/archive", "docs_dir: pages\n", ["the folder of pages (`docs_dir`)"]),
        ("policy_versions/archive", "", ["the record"]),
        ("test-signed", "", ["the folder of what a test key signed (test-signed)"]),
        (".cache/inforce/archive", "", ["the cache"]),
        ("file://{folder}/site/archive", "", ["the folder of the site"]),
        (
            ".",
            "",
            [
                "the folder of the site",
                "the folder of pages (`docs_dir`)",
                "the record",
                "the folder of what a test key signed (test-signed)",
                "the cache",
            ],
        ),
    ],
)
def test_an_archive_has_a_folder_of_its_own(wrong, tmp_path, archive, top, others):
    archive = archive.format(folder=tmp_path)
    found = wrong(f'{{archive: "{archive}"}}', top)
    assert found == [f"archive: {archive} and {other} lie one in the other" for other in others]


def test_an_archive_behind_a_link_is_found_out(wrong, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "kept").symlink_to("site")
    assert wrong("{archive: kept/archive}") == ["archive: kept/archive and the folder of the site lie one in the other"]


@pytest.mark.parametrize("place", ["docs/key.pem", "policy_versions/key.pem", "site/key.pem"])
def test_a_key_is_kept_apart_from_what_is_published(wrong, place):
    (found,) = wrong(f"{{signing: {{key: {place}}}}}")
    assert found.startswith("signing: key: lies in the")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ("{paper: a4}", """paper: 'a4' is no paper that we print on (did you mean "A4"?): A4 or Letter"""),
        ("{paper: Leter}", """paper: 'Leter' is no paper that we print on (did you mean "Letter"?): A4 or Letter"""),
        ("{paper: 4}", "paper: Expected type: <class 'str'> but received: <class 'int'>"),
        ("{archive: [a]}", "archive: Expected type: <class 'str'> but received: <class 'list'>"),
        ("{signing: key.pem}", "signing: has to be a mapping"),
        ("{fonts: Noto Sans}", "fonts: has to be a list of families"),
        ("{signing: {key: a, level: b-t}}", 'signing: there is no level `b-t` (did you mean "B-T"?)'),
        ("{sining: {key: a}}", 'there is no option `sining` (did you mean "signing"?)'),
        ("{signing: {}}", "signing: neither `key` nor `token` is given"),
        (f"{{signing: {{key: a, token: {TOKEN}}}}}", "signing: both `key` and `token` are given"),
        ("{signing: {key: a, lavel: B-B}}", 'signing: there is no `lavel` (did you mean "level"?)'),
        ("{signing: {key: a, level: B-LTAA}}", 'signing: there is no level `B-LTAA` (did you mean "B-LTA"?)'),
        ("{signing: {key: a, level: B-T}}", "signing: the level B-T needs a time-stamping authority"),
        ("{signing: {key: a, chain: root.pem}}", "signing: chain: is no list of files"),
        ("{signing: {key: a, chain: [7]}}", "signing: chain: is no text"),
        ("{signing: {key: a, trust: []}}", "signing: trust: is no list of files"),
        ("{signing: {key: 7}}", "signing: key: is no text"),
        ('{signing: {key: ""}}', "signing: key: is no text"),
        ("{signing: {token: softhsm}}", "signing: token: is no mapping"),
        ("{signing: {token: {module: a, label: b}}}", "signing: token: `key` is missing"),
        (f"{{signing: {{token: {TOKEN | {'pin': '1'}}}}}}", "signing: token: there is no `pin`"),
        ("{signing: {key: a, timestamps: tsa.example}}", "signing: timestamps: is not the address of a time-stamping"),
        ('{signing: {key: a, timestamps: "ftp://tsa"}}', "signing: timestamps: is not the address of a time-stamping"),
        ('{signing: {key: a, timestamps: "http://["}}', "signing: timestamps: is not the address of a time-stamping"),
    ],
)
def test_what_is_wrong(wrong, options, what):
    (found,) = wrong(options)
    assert found.startswith(what)


@pytest.mark.parametrize(
    ("options", "todo"),
    [
        ("{signing: x.p12}", "write `signing: {key: qstore.p12}`: see the page Signing"),
        ("{fonts: Noto Sans}", "write a list: `fonts: [Noto Sans]`"),
        ("{paper: A5}", "the papers are A4 and Letter"),
        ("{signing: {key: a, level: b-t}}", "the levels are B-B, B-T, B-LT, B-LTA"),
    ],
)
def test_what_to_write_instead(settings, options, todo):
    with pytest.raises(ConfigurationError) as told:
        settings(options)
    assert [one.todo for one in told.value.problems] == [todo]


def test_a_path_is_named_without_detours(settings, tmp_path):
    (tmp_path / "elsewhere/deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to("elsewhere/deep")
    said = settings("{signing: {key: ../keys/a.p12, chain: [link/../b.pem, x/../c.pem]}}").signing
    assert said.key.key == str(tmp_path.parent / "keys/a.p12")
    assert said.chain == (str(tmp_path / "elsewhere/b.pem"), str(tmp_path / "c.pem"))


@pytest.mark.parametrize("secret", ["hunter2", "correct horse", "HUNTER-2", "123456", "$ECRET"])
def test_a_passphrase_in_the_place_of_its_variable_is_not_repeated(settings, secret):
    with pytest.raises(
        ConfigurationError, match="signing: passphrase: is not the name of an environment variable"
    ) as told:
        settings(f"{{signing: {{key: a, passphrase: '{secret}'}}}}")
    assert secret not in str(told.value)


def test_all_that_is_wrong_is_told_together(wrong):
    options = "{paper: A5, branhc: x, archive: site, signing: {level: B-LT, chain: x, passphrase: p, tokn: 1}}"
    assert [one.partition(" (")[0] for one in wrong(options)] == [
        "paper: 'A5' is no paper that we print on: A4 or Letter",
        "there is no option `branhc`",
        "signing: there is no `tokn`",
        "signing: neither `key` nor `token` is given",
        "signing: passphrase: is not the name of an environment variable",
        "signing: chain: is no list of files",
        "signing: the level B-LT needs a time-stamping authority",
        "signing: the level B-LT needs roots against which validation information is gathered",
        "archive: site and the folder of the site lie one in the other",
    ]


@pytest.mark.parametrize(
    ("options", "what"), [("{signing: {level: B-B}}", "neither"), ("{archive: site/a}", "lie one in")]
)
def test_a_build_tells_it_too(repo, options, what):
    repo.commit("2018-04-10T09:00:00+09:00", {"p/policy.yml": TERMS, "p/2018-04-10.md": revision("")})
    written(repo.folder, options)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs/index.md").write_text("# Qstore\n")
    built = subprocess.run(
        [Path(sys.executable).with_name("mkdocs"), "build"],
        cwd=repo.folder, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert built.returncode == 1
    assert what in built.stderr
    assert not (repo.folder / "site").exists()
