"""What the site offers of the archive: a link on each revision's page, the page for auditors, a ZIP file to check."""

import json
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from repository import material

MKDOCS = str(Path(sys.executable).with_name("mkdocs"))
PDF = "privacy-policy/2018-04-10/privacy-policy-2018-04-10.pdf"
TEST_SIGNED = "privacy-policy/2018-04-10/privacy-policy-2018-04-10-TEST-SIGNED.pdf"
ZIP = "privacy-policy/privacy-policy-archive.zip"
THIRD = material("effective: 2019-05-10", "# Privacy Policy\n\nWe keep nothing.\n")


def build(project, *options, status=0):
    """The folder of the site, and what MkDocs said."""
    (project.repo.folder / "docs").mkdir(exist_ok=True)
    (project.repo.folder / "docs" / "index.md").write_text("# Policies\n")
    said = project.repo.run(MKDOCS, "build", *options, env={"NO_MKDOCS_2_WARNING": "1"}, status=status)
    return project.repo.folder / "site", said.out + said.err


def words(path):
    """What a page says, without its tags."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", path.read_text(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text)))


@pytest.fixture(scope="module")
def site(_archived, tmp_path_factory):
    """The site of two archived revisions."""
    return build(_archived.copy(tmp_path_factory.mktemp("site") / "repo"), "--strict")[0]


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    """The folder of the ZIP file, as an auditor has it."""
    top = tmp_path_factory.mktemp("downloaded")
    with zipfile.ZipFile(site / ZIP) as archive:
        archive.extractall(top)
    return top / "privacy-policy-archive"


def test_each_revision_page_links_its_pdf_with_size_level_and_digest(site):
    page, pdf = site / "privacy-policy/2018-04-10/index.html", (site / PDF).read_bytes()
    assert f"{len(pdf) / 1000:.0f} kB, signature of the level PAdES B-B" in words(page)
    assert f"SHA-256 of the file: {sha256(pdf).hexdigest()}" in words(page)
    assert 'href="privacy-policy-2018-04-10.pdf" type="application/pdf"' in page.read_text()


def test_machines_find_the_pdf_as_well(site):
    page = (site / "privacy-policy/2018-04-10/index.html").read_text()
    address = f"https://policies.qstore.example/{PDF}"
    assert f'<link rel="alternate signed" type="application/pdf" href="{address}">' in page
    assert f'"contentUrl": "{address}"' in page
    assert f'"sha256": "{sha256((site / PDF).read_bytes()).hexdigest()}"' in page


def test_policies_json_leads_to_the_archive(site):
    table = json.loads((site / "policies.json").read_text())
    jsonschema.validate(table, json.loads((site / "schemas/policies.schema.json").read_text()))
    assert table["archive"] == "archive/manifest.json"
    assert [one["archive"] for one in table["policies"]] == [ZIP]


def test_the_history_links_every_pdf(site):
    page = (site / "privacy-policy/history/index.html").read_text()
    assert page.count("-TEST-SIGNED") == 0
    assert re.findall(r'href="\.\./([^"]+\.pdf)"', page) == [
        "2018-04-10/privacy-policy-2018-04-10.pdf",
        "2014-03-01/privacy-policy-2014-03-01.pdf",
    ]


def test_the_page_for_auditors_has_digests_fingerprint_and_manifest(site, archived):
    told = words(site / "archive/index.html")
    files = archived.files()
    assert files["manifest.json"] == (site / "archive/manifest.json").read_bytes()
    assert files["manifest.json.p7s"] == (site / "archive/manifest.json.p7s").read_bytes()
    assert files["certificates.pem"] == (site / "archive/certificates.pem").read_bytes()
    for place, digest in archived.pdfs().items():
        assert f"of the PDF: {digest}" in told, place
    assert f"of the source: {sha256((site / 'privacy-policy/2018-04-10/source.md').read_bytes()).hexdigest()}" in told
    der = subprocess.run(
        ["openssl", "x509", "-in", archived.pki.certificate(), "-outform", "DER"], capture_output=True, check=True
    )
    assert sha256(der.stdout).hexdigest() in told
    assert "The archive" in words(site / "index.html")


def test_the_zip_file_says_how_to_check_it_and_its_commands_succeed(unpacked, archived):
    readme = (unpacked / "README.txt").read_text().replace("\\\n", "")
    commands = [
        line.strip() for line in readme.splitlines() if re.match(r"    (sha256sum|openssl|pdfsig|pdfdetach|grep)", line)
    ]
    said = {}
    for line in commands:
        command = line.replace("REVISION", "2018-04-10").replace("ROOT.pem", str(archived.pki.root))
        done = subprocess.run(command, shell=True, cwd=unpacked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done)
        said[command.split()[0] + command.split()[1]] = done.stdout + done.stderr
    assert len(commands) == 8
    assert said["sha256sum--check"].count(": OK") == 8
    assert "CMS Verification successful" in said["opensslcms"]
    assert said["sha256sumprivacy-policy/privacy-policy-2018-04-10.pdf"] == "1\n"
    assert "Signature is Valid" in said["pdfsig-nocert"]
    assert "Total document signed" in said["pdfsig-nocert"]
    assert (
        sha256((unpacked / "privacy-policy/privacy-policy-2018-04-10.md").read_bytes()).hexdigest()
        in said["sha256sumsource.md"]
    )
    fingerprint = said["opensslx509"].rpartition("=")[2].strip().replace(":", "").lower()
    assert fingerprint in readme


def test_a_zip_file_whose_pdf_was_exchanged_does_not_check(unpacked, tmp_path):
    subprocess.run(["cp", "-r", unpacked, tmp_path / "copy"], check=True)
    pdf = tmp_path / "copy/privacy-policy/privacy-policy-2018-04-10.pdf"
    pdf.chmod(0o644)
    pdf.write_bytes(pdf.read_bytes().replace(b"2018", b"2017", 1))
    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path / "copy", capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"privacy-policy-2018-04-10.pdf: FAILED" in done.stdout


def test_a_forged_pdf_with_sums_to_match_is_not_in_the_manifest(unpacked, tmp_path):
    """Whoever can exchange a PDF can exchange SHA256SUMS as well, but not what was signed."""
    subprocess.run(["cp", "-r", unpacked, tmp_path / "copy"], check=True)
    pdf = tmp_path / "copy/privacy-policy/privacy-policy-2018-04-10.pdf"
    pdf.chmod(0o644)
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    line = "sha256sum privacy-policy/privacy-policy-2018-04-10.pdf | cut -c-64 | grep --file - --count checked.json"
    assert line.replace("2018-04-10", "REVISION") in (unpacked / "README.txt").read_text()
    counted = line.replace("checked.json", "manifest.json")
    done = subprocess.run(counted, shell=True, cwd=tmp_path / "copy", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "0\n")


def test_two_builds_give_the_same_zip_file_and_a_renewed_archive_another(archived):
    first = (build(archived)[0] / ZIP).read_bytes()
    assert (build(archived)[0] / ZIP).read_bytes() == first
    archived.repo.commit("2019-04-10T09:00:00+09:00", {"privacy-policy/2019-04-10.md": THIRD})
    archived.export()
    site, _ = build(archived)
    with zipfile.ZipFile(site / ZIP) as archive:
        assert "privacy-policy-archive/privacy-policy/privacy-policy-2019-04-10.pdf" in archive.namelist()


def test_a_revision_that_is_not_yet_archived_is_a_warning_and_strictly_an_error(archived):
    archived.repo.commit("2019-04-10T09:00:00+09:00", {"privacy-policy/2019-04-10.md": THIRD})
    site, said = build(archived)
    assert "not yet in the archive, so that their pages offer no signed PDF: 2019-04-10" in said
    assert "Signed PDF" not in words(site / "privacy-policy/2019-04-10/index.html")
    assert "Signed PDF" in words(site / "privacy-policy/2018-04-10/index.html")
    assert "not yet in the archive" in words(site / "archive/index.html")
    _, said = build(archived, "--strict", status=1)
    assert "run `inforce export-pdfs`" in said


def test_what_a_test_key_signed_says_so_and_has_no_permanent_address(posted):
    posted.configure(signing=None)
    posted.export()
    site, _ = build(posted, "--strict")
    told = words(site / "privacy-policy/2018-04-10/index.html")
    assert "Signed with a throw-away test key: it proves nothing." in told
    assert (site / TEST_SIGNED).exists()
    assert not (site / PDF).exists()
    assert not (site / ZIP).exists()
    assert not (site / "archive/manifest.json").exists()
    assert "Nothing is archived yet" in words(site / "archive/index.html")
    assert "application/pdf" not in re.sub(r"<a .*?>", "", (site / "privacy-policy/2018-04-10/index.html").read_text())


def test_a_site_can_do_without_pdfs(posted):
    posted.configure(archive="")
    site, said = build(posted, "--strict")
    assert "archive" not in said
    assert not (site / "archive").exists()
    assert "PDF" not in words(site / "privacy-policy/2018-04-10/index.html")


def test_an_archive_with_another_text_than_the_record_stops_the_build(archived):
    archived.repo.git("checkout", "-q", "-b", "other", "main~1")
    archived.repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": THIRD})
    archived.repo.git("branch", "-qf", "main", "other")
    archived.repo.git("checkout", "-q", "main")
    _, said = build(archived, status=1)
    assert "the archive has privacy-policy/2018-04-10 with the digest" in said
    assert "bring policy_versions/privacy-policy/2018-04-10.md back" in said


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("changed", "this is not the file that was signed"),
        ("gone", "the manifest has this file, and it is not there"),
    ],
)
def test_a_damaged_archive_stops_the_build(archived, what, told):
    pdf = archived.folder / "privacy-policy/privacy-policy-2018-04-10.pdf"
    data = pdf.read_bytes()
    pdf.unlink()
    if what == "changed":
        pdf.write_bytes(data.replace(b"2018", b"2017", 1))
    _, said = build(archived, status=1)
    assert f"archive/privacy-policy/privacy-policy-2018-04-10.pdf: {told}" in said


def test_a_manifest_that_was_edited_stops_the_build(archived):
    """By hand, with the sums made to fit: its signature tells."""
    manifest = archived.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"B-B"', '"B-T"'))
    (archived.folder / "SHA256SUMS").unlink()
    _, said = build(archived, status=1)
    assert "archive/manifest.json: this was changed after it was signed" in said


def test_with_a_key_nothing_stands_in_for_an_archive_that_is_not_there(posted):
    posted.configure(signing=None)
    posted.export()
    posted.configure()
    site, said = build(posted)
    assert "not yet in the archive" in said
    assert not (site / TEST_SIGNED).exists()
    build(posted, "--strict", status=1)


def test_a_page_of_the_site_cannot_stand_where_the_archive_is(archived):
    (archived.repo.folder / "docs").mkdir()
    (archived.repo.folder / "docs" / "archive.md").write_text("# Old things\n")
    _, said = build(archived, status=1)
    assert "docs/archive.md stands where" in said


def test_whoever_writes_into_the_site_changes_nothing_in_the_archive(archived):
    site, _ = build(archived)
    before = archived.pdfs()
    (site / PDF).chmod(0o644)
    (site / PDF).write_bytes(b"%PDF-1.7")
    assert archived.pdfs() == before
    build(archived)
    assert sha256((site / PDF).read_bytes()).hexdigest() == before["privacy-policy/privacy-policy-2018-04-10.pdf"]
    archived.configure(signing=None, archive="")
    build(archived)
    assert not (site / PDF).exists()
    archived.configure()
    build(archived)
    assert archived.pdfs() == before
