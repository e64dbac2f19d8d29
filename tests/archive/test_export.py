"""What a run puts into the archive, and how anyone can check it."""

import json
import subprocess

import jsonschema
from repository import material

from inforce.formats.schemas import schema

NAMES = ["privacy-policy/privacy-policy-2014-03-01.pdf", "privacy-policy/privacy-policy-2018-04-10.pdf"]
BESIDE = ["SHA256SUMS", "certificates.pem", "manifest.json", "manifest.json.p7s"]


def test_every_posted_revision_is_signed_once(posted):
    said = posted.export()
    assert said.out == (
        "privacy-policy/2014-03-01: signed (B-B)\n"
        "privacy-policy/2018-04-10: signed (B-B)\n"
        "archive: 2 signed, 0 there already\n"
    )
    assert sorted(posted.files()) == sorted([*BESIDE, *NAMES])
    before = posted.files()
    assert posted.export().out == "archive: nothing new, 2 there already\n"
    assert posted.files() == before


def test_a_posting_adds_one_file(archived):
    before = archived.pdfs()
    archived.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    assert archived.export().out == ("privacy-policy/2019-01-01: signed (B-B)\narchive: 1 signed, 2 there already\n")
    after = archived.pdfs()
    assert after.keys() - before.keys() == {"privacy-policy/privacy-policy-2019-01-01.pdf"}
    assert before.items() <= after.items()


def test_the_manifest_tells_of_each_file(archived):
    manifest = json.loads(archived.files()["manifest.json"])
    jsonschema.validate(manifest, json.loads(schema("manifest")))
    digests = archived.pdfs()
    assert [one["file"] for one in manifest["files"]] == NAMES
    for one in manifest["files"]:
        data = archived.files()[one["file"]]
        assert one["states"][-1] == {
            "digest": digests[one["file"]],
            "level": "B-B",
            "size": len(data),
            "time": one["states"][-1]["time"],
        }
        assert one["unsigned"]["size"] < len(data)
    record = archived.repo.inforce("history", "privacy-policy", "--json")
    assert [one["digest"] for one in json.loads(record.out)] == [one["digest"] for one in manifest["files"]]


def test_openssl_and_sha256sum_check_it(archived):
    def run(*command):
        return subprocess.run(command, cwd=archived.folder, capture_output=True, text=True, check=False)

    assert run("sha256sum", "--check", "--strict", "SHA256SUMS").stdout == "".join(
        f"{name}: OK\n" for name in sorted([*NAMES, "certificates.pem", "manifest.json", "manifest.json.p7s"])
    )
    check = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.json.p7s"]
    check += ["-content", "manifest.json", "-CAfile", str(archived.pki.root)]
    assert "successful" in run(*check).stderr.lower()
    (archived.folder / "manifest.json").write_bytes(archived.files()["manifest.json"].replace(b"B-B", b"B-T"))
    assert "successful" not in run(*check).stderr.lower()
    assert run("openssl", "storeutl", "-noout", "-certs", "certificates.pem").stdout.count("Certificate") == 2


def test_a_dry_run_writes_nothing(posted):
    said = posted.export("--dry-run")
    assert said.out.splitlines()[-1] == "archive: 2 would be signed, 0 there already"
    assert not posted.folder.exists()
    answer = json.loads(posted.export("--dry-run", "--json").out)
    assert answer["signed"][0] == {"level": None, "policy": "privacy-policy", "revision": "2014-03-01"}
    assert answer["dry_run"]


def test_only_what_is_posted_by_then_is_archived(posted):
    at = {"SOURCE_DATE_EPOCH": "1522540800"}  # 1 April 2018
    assert posted.export(env=at).out.splitlines()[-1] == "archive: 1 signed, 0 there already"
    assert sorted(posted.pdfs()) == NAMES[:1]
    assert posted.export().out.splitlines()[-1] == "archive: 1 signed, 1 there already"
    assert posted.export(env=at).out == "archive: nothing new, 2 there already\n"


def test_without_a_key_a_throw_away_one_signs_elsewhere(posted):
    posted.configure(signing=None)
    said = posted.export()
    assert "warning: no key is named (option `signing`): a throw-away key signs, for nobody\n" in said.err
    assert not posted.folder.exists()
    files = posted.files("test-signed")
    assert [place for place in sorted(files) if place.endswith(".pdf")] == [
        "privacy-policy/privacy-policy-2014-03-01-TEST-SIGNED.pdf",
        "privacy-policy/privacy-policy-2018-04-10-TEST-SIGNED.pdf",
    ]
    manifest = json.loads(files["manifest.json"])
    jsonschema.validate(manifest, json.loads(schema("manifest")))
    assert manifest["kind"] == "test-signed"
    assert posted.export().out == "test-signed: nothing new, 2 there already\n"


def test_what_a_throw_away_key_signed_is_made_anew_if_anything_is_wrong(posted):
    posted.configure(signing=None)
    posted.export()
    first = posted.files("test-signed")
    place = "privacy-policy/privacy-policy-2018-04-10-TEST-SIGNED.pdf"
    path = posted.repo.folder / "test-signed" / place
    path.chmod(0o644)
    path.write_bytes(first[place] + b"\n")
    assert posted.export().out.splitlines()[-1] == "test-signed: 2 signed, 0 there already"
    assert posted.files("test-signed")[place] != first[place] + b"\n"


def test_no_pdfs_without_an_address(posted):
    posted.write_config({"site_name": "Qstore", "plugins": ["search", "inforce"]})
    said = posted.export(status=2)
    assert said.err.splitlines()[-2].startswith("mkdocs.yml: `site_url` is not said")


def test_a_record_with_errors_is_not_archived(posted):
    posted.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material("", "# Other\n\nNo.\n")})
    said = posted.export(status=1)
    assert "policy_versions/privacy-policy/2018-04-10.md" in said.err
    assert not posted.folder.exists()


def test_what_cannot_be_printed_is_told_after_what_was_signed(archived):
    text = "# Privacy Policy\n\nWe keep what you tell us \N{EGYPTIAN HIEROGLYPH A001}.\n"
    archived.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material("", text)})
    archived.repo.commit("2020-01-01T09:00:00+09:00", {"privacy-policy/2020-01-01.md": material()})
    said = archived.export(status=1)
    assert said.out == "privacy-policy/2020-01-01: signed (B-B)\narchive: 1 signed, 2 there already\n"
    assert said.err.startswith("policy_versions/privacy-policy/2019-01-01.md")
    assert archived.export(status=1).out == "archive: nothing new, 3 there already\n"
