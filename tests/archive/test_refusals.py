"""What is wrong with an archive is told before anything is written, all together; and the archive stays as it was."""

import json
import os
import shutil
from hashlib import sha256

import pytest
from repository import material
from signing_keys import make_pki

A, B = "privacy-policy/privacy-policy-2014-03-01.pdf", "privacy-policy/privacy-policy-2018-04-10.pdf"
NEW = {"privacy-policy/2019-01-01.md": material()}


def refused(project, *options):
    """What is said of each place, `{place: what}`; nothing was written."""
    project.repo.commit("2019-01-01T09:00:00+09:00", NEW)  # Something to do, so that it could be half done.
    return told(project, *options)


def told(project, *options):
    before = project.files()
    said = project.export_here(*options, status=1)
    assert said.out == ""
    assert project.files() == before
    lines = said.err.splitlines()
    assert all(line.startswith("  ") for line in lines[1::2])
    return dict(line.split(": ", 1) for line in lines[::2])


def alter(project, place, data):
    path = project.folder / place
    path.chmod(0o644)
    path.write_bytes(data)


def test_a_signed_file_that_was_changed(archived):
    data = archived.files()[B]
    alter(archived, B, data[:-1] + b"x")
    said = refused(archived)
    assert said.keys() == {f"archive/{B}"}
    assert said[f"archive/{B}"].startswith("this is not the file that was signed: its SHA-256 is ")


def test_a_change_that_keeps_the_length_and_the_times_is_seen(archived):
    archived.export()
    path = archived.folder / B
    times = path.stat()
    alter(archived, B, archived.files()[B][:-1] + b"x")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert refused(archived).keys() == {f"archive/{B}"}


def test_a_signed_file_that_was_cut_short(archived):
    alter(archived, A, archived.files()[A][:-100])
    assert refused(archived).keys() == {f"archive/{A}"}


def test_a_file_that_is_gone(archived):
    (archived.folder / A).unlink()
    assert refused(archived) == {f"archive/{A}": "the manifest has this file, and it is not there"}


def test_a_file_that_nobody_signed_here(archived):
    (archived.folder / "privacy-policy" / "other.pdf").write_bytes(b"%PDF")
    assert refused(archived) == {"archive/privacy-policy/other.pdf": "the manifest does not know this file"}


def test_files_that_are_none_of_ours_do_no_harm(archived):
    (archived.folder / "README.txt").write_text("Kept by the legal department.\n")
    assert archived.export_here().out == "archive: nothing new, 2 there already\n"


def test_everything_is_told_together(archived):
    alter(archived, B, b"")
    (archived.folder / A).unlink()
    (archived.folder / "stray.pdf").write_bytes(b"%PDF")
    alter(archived, "SHA256SUMS", b"")
    said = refused(archived)
    assert list(said) == ["archive/SHA256SUMS", f"archive/{A}", f"archive/{B}", "archive/stray.pdf"]


def test_a_record_that_says_something_else_than_was_signed(archived):
    other = archived.repo.git("rev-list", "--max-parents=0", "HEAD")
    archived.repo.git("reset", "-q", "--hard", other)
    text = material("effective: 2018-05-10", "# Privacy Policy\n\nWe keep what you tell us, and sell it.\n")
    archived.repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": text})
    archived.configure()
    said = refused(archived)
    assert list(said) == [f"archive/{B}"]
    assert said[f"archive/{B}"].startswith("the archive has privacy-policy/2018-04-10 with the digest ")


def test_a_record_that_has_less_than_was_signed(archived):
    other = archived.repo.git("rev-list", "--max-parents=0", "HEAD")
    archived.repo.git("reset", "-q", "--hard", other)
    archived.configure()
    assert refused(archived) == {
        f"archive/{B}": "the archive has privacy-policy/2018-04-10 signed, and the record has no such revision"
    }


def without_first(text):
    manifest = json.loads(text)
    del manifest["files"][0]
    return json.dumps(manifest, indent=2, sort_keys=True) + "\n"


EDITS = {
    "a digest": (lambda text: text.replace('"level": "B-B"', '"level": "B-LTA"', 1), "this was changed"),
    "an entry": (without_first, "this was changed"),
    "white space": (lambda text: text + "\n", "this is not a manifest as a run writes it: it says what it says"),
    "an unknown key": (lambda text: text.replace('"kind"', '"also": 1,\n  "kind"'), "this is not a manifest"),
    "no JSON": (lambda text: text[:-5], "this is not a manifest as a run writes it: no JSON (line "),
    "another kind": (lambda text: text.replace('"archive"', '"test-signed"'), "this is not a manifest"),
    "another version": (lambda text: text.replace('"version": 1', '"version": 2'), "this is not a manifest"),
    "a name": (lambda text: text.replace("privacy-policy/", "../", 1), "this is not a manifest"),
    "no list": (lambda _: '{"files": 1, "kind": "archive", "version": 1}', "this is not a manifest"),
    "nothing": (lambda _: "", "this is not a manifest as a run writes it: no JSON (line 1"),
}


def test_a_manifest_that_was_edited_by_hand(archived):
    archived.repo.commit("2019-01-01T09:00:00+09:00", NEW)
    written = archived.files()["manifest.json"].decode()
    for edit, (change, what) in EDITS.items():
        alter(archived, "manifest.json", change(written).encode())
        assert told(archived)["archive/manifest.json"].startswith(what), edit


def test_a_manifest_that_was_edited_together_with_its_sums(archived):
    text = archived.files()["manifest.json"].decode().replace('"level": "B-B"', '"level": "B-LTA"', 1)
    alter(archived, "manifest.json", text.encode())
    sums = archived.files()["SHA256SUMS"].decode().splitlines()
    digest = sha256(text.encode()).hexdigest()
    changed = [f"{digest}  manifest.json" if line.endswith(" manifest.json") else line for line in sums]
    alter(archived, "SHA256SUMS", ("\n".join(changed) + "\n").encode())
    assert refused(archived).keys() == {"archive/manifest.json"}


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.p7s", "certificates.pem"])
def test_a_file_beside_the_manifest_that_is_gone(archived, name):
    (archived.folder / name).unlink()
    assert refused(archived)[f"archive/{name}"] == "this file is not there"


def test_a_signature_that_is_none(archived):
    alter(archived, "manifest.json.p7s", b"0\x80")
    assert refused(archived).keys() == {"archive/SHA256SUMS", "archive/manifest.json"}


def test_sums_that_are_gone_are_written_anew(archived):
    before = archived.files()
    (archived.folder / "SHA256SUMS").unlink()
    archived.repo.commit("2019-01-01T09:00:00+09:00", NEW)
    archived.export()
    assert len(archived.files()["SHA256SUMS"].splitlines()) == len(before["SHA256SUMS"].splitlines()) + 1


def test_a_manifest_that_somebody_else_signed(archived, tmp_path, pki):
    """They have replaced everything, with a key of their own that is as good as ours."""
    archived.pki = make_pki(tmp_path / "theirs")
    archived.configure()
    for place in archived.files():
        (archived.folder / place).unlink()
    archived.export()
    theirs = archived.files()
    archived.pki = pki
    archived.configure(cache=".cache/another")
    said = refused(archived)
    assert archived.files() == theirs
    assert said.keys() == {"archive/manifest.json"}
    assert said["archive/manifest.json"].startswith("this was signed with another certificate than the present one")


def test_a_certificate_that_was_renewed_is_known_from_the_run_before(archived, tmp_path):
    archived.export()
    archived.pki = make_pki(tmp_path / "renewed")
    archived.configure()
    archived.repo.commit("2019-01-01T09:00:00+09:00", NEW)
    archived.export()
    manifest = json.loads(archived.files()["manifest.json"])
    assert len({one["certificate"] for one in manifest["files"]}) == 2
    assert archived.files()["certificates.pem"].count(b"BEGIN") == 4
    assert archived.export_here().out == "archive: nothing new, 3 there already\n"


def test_a_certificate_that_was_renewed_can_be_told(archived, tmp_path):
    archived.pki = make_pki(tmp_path / "renewed")
    archived.configure(cache=".cache/another")
    said = refused(archived)
    fingerprint = said["archive/manifest.json"].rpartition(" ")[2]
    done = archived.export("--earlier-signer", fingerprint)
    assert done.out.splitlines()[-1] == "archive: 1 signed, 2 there already"
    assert archived.export_here().out == "archive: nothing new, 3 there already\n"


def test_it_has_to_be_told_once_even_if_there_is_nothing_new(archived, tmp_path):
    before = archived.pdfs()
    archived.pki = make_pki(tmp_path / "renewed")
    archived.configure(cache="")
    fingerprint = archived.export_here(status=1).err.splitlines()[0].rpartition(" ")[2]
    openssl = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    done = archived.export("--earlier-signer", f"sha256 Fingerprint={openssl}")
    assert done.out == ("manifest.json: signed again, with the present key\narchive: nothing new, 2 there already\n")
    assert archived.export_here().out == "archive: nothing new, 2 there already\n"
    assert archived.pdfs() == before


def test_a_fingerprint_that_is_none(archived):
    assert "'abc' is no fingerprint" in archived.export_here("--earlier-signer", "abc", status=2).err


def test_an_archive_that_is_gone_is_not_begun_anew(archived, tmp_path):
    archived.export()
    archived.folder.rename(tmp_path / "elsewhere")
    for options in (("--dry-run",), ()):
        assert archived.export_here(*options, status=1).err == (
            "archive: no archive is here, and there was one with 2 files\n"
            "  mount or name the right place (option `archive`); if it is lost, bring it back from a backup; "
            "to begin a new archive on purpose: --new-archive\n"
        )
        assert not archived.folder.exists()
    assert archived.export("--new-archive").out.splitlines()[-1] == "archive: 2 signed, 0 there already"


def test_an_archive_that_the_site_was_published_with(archived, tmp_path):
    """On another machine, without notes, what is published tells."""
    site = tmp_path / "site"
    (site / "archive").mkdir(parents=True)
    (site / "archive/manifest.json").write_bytes(archived.files()["manifest.json"])
    (site / "postings.json").write_text('{"postings": []}')
    archived.configure(cache="", previous=str(site / "postings.json"))
    archived.folder.rename(tmp_path / "elsewhere")
    said = archived.export_here(status=1)
    assert said.err.startswith("archive: no archive is here, and the site was published with one that had 2 files\n")
    assert not archived.folder.exists()
    (site / "archive/manifest.json").unlink()
    assert archived.export().out.splitlines()[-1] == "archive: 2 signed, 0 there already"


def test_an_older_archive_that_was_brought_back(archived, tmp_path):
    shutil.copytree(archived.folder, tmp_path / "backup")
    archived.repo.commit("2019-01-01T09:00:00+09:00", NEW)
    archived.export()
    shutil.rmtree(archived.folder)
    shutil.copytree(tmp_path / "backup", archived.folder)
    before = archived.files()
    assert archived.export_here(status=1).err.startswith(
        "archive/manifest.json: an older manifest was brought back: it has 2 files, and there were 3\n"
    )
    assert archived.files() == before


@pytest.mark.parametrize(("written", "meant"), [("s3:/b/p", "s3://b/p"), ("ftp//x", "ftp://x"), ("s3:b", "s3://b")])
def test_a_folder_that_is_called_as_an_address(posted, written, meant):
    posted.configure(archive=written)
    said = posted.export_here(status=2)
    assert said.err == (
        f"mkdocs.yml: plugins: inforce: archive: {written} is neither an address nor the name of a folder\n"
        f"  did you mean {meant}?\n"
    )


def test_an_address_for_which_a_package_is_missing(posted):
    posted.configure(archive="gs://bucket/x")
    (posted.repo.folder / "mkdocs.yml").rename(posted.repo.folder / "other.yml")
    said = posted.repo.run(str(posted.repo.command), "-f", "other.yml", "export-pdfs", status=2)
    assert said.err == (
        "other.yml: archive: what addresses of the kind gs:// need is not installed\n  .venv/bin/pip install gcsfs\n"
    )


def test_an_archive_of_a_throw_away_key_is_no_archive(posted):
    posted.configure(signing=None)
    posted.export()
    (posted.repo.folder / "test-signed").rename(posted.folder)
    posted.configure()
    said = refused(posted)
    assert said["archive/manifest.json"] == (
        "this is the manifest of PDFs that a throw-away key signed, and of no archive"
    )


@pytest.mark.parametrize("place", ["site", "docs", "policy_versions/x"])
def test_an_archive_where_a_build_would_empty_or_publish_it(posted, place):
    posted.configure(archive=place)
    said = posted.export_here(status=2)
    assert "archive" in said.err
    assert not (posted.repo.folder / place).exists()


def test_a_policy_that_is_called_as_the_manifest_is(posted):
    terms = (posted.repo.folder / "policy_versions/privacy-policy/policy.yml").read_text()
    files = {"manifest.json/policy.yml": terms, "manifest.json/2018-01-01.md": "# Manifest\n\nHere it is.\n"}
    posted.repo.commit("2019-01-01T09:00:00+09:00", files)
    said = posted.export_here(status=1)
    assert said.err.startswith("policy_versions/manifest.json: a policy of this name cannot be archived")
    assert not posted.folder.joinpath("manifest.json").exists()


def planted(project, data):
    """What an interrupted run would leave of the new revision, but that the bytes are these."""
    project.repo.commit("2019-01-01T09:00:00+09:00", NEW)
    name = "privacy-policy/privacy-policy-2019-01-01.pdf"
    source = (project.repo.folder / "policy_versions/privacy-policy/2019-01-01.md").read_bytes()
    entry = json.loads(project.files()["manifest.json"])["files"][1]
    state = {**entry["states"][0], "digest": sha256(data).hexdigest(), "size": len(data)}
    entry |= {"digest": sha256(source).hexdigest(), "file": name, "revision": "2019-01-01", "states": [state]}
    facts = project.folder / ".pending/privacy-policy/2019-01-01.json"
    facts.parent.mkdir(parents=True)
    facts.write_text(json.dumps(entry, indent=2, sort_keys=True) + "\n")
    (project.folder / name).write_bytes(data)
    return name


def test_a_file_of_another_revision_is_not_adopted(archived):
    name = planted(archived, archived.files()[B])
    said = archived.export_here(status=1)
    assert said.err == (
        f"archive/{name}: this is not what an interrupted run of this project has left: the text that is attached to "
        "it is another\n  move it away, and archive/.pending/privacy-policy/2019-01-01.json\n"
    )


def test_a_file_that_somebody_else_signed_is_not_adopted(archived, posted, tmp_path):
    posted.pki = make_pki(tmp_path / "theirs")
    posted.configure()
    posted.repo.commit("2019-01-01T09:00:00+09:00", NEW)
    posted.export()
    name = planted(archived, posted.files()["privacy-policy/privacy-policy-2019-01-01.pdf"])
    said = archived.export_here(status=1)
    assert said.err.startswith(
        f"archive/{name}: this is not what an interrupted run of this project has left: another key signed it\n"
    )


def test_a_file_that_is_no_pdf_is_not_adopted(archived):
    name = planted(archived, b"%PDF-1.7\n" + b"x" * 100_000)
    said = archived.export_here(status=1)
    assert said.err.startswith(f"archive/{name}: this is not what an interrupted run of this project has left: it ")


def test_facts_without_a_file_come_to_nothing(archived):
    name = planted(archived, b"")
    (archived.folder / name).unlink()
    assert archived.export().out.splitlines()[-1] == "archive: 1 signed, 2 there already"
