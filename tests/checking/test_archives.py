"""Copies that come together: an archive as a folder or a zip, its manifest, and what a copy comes to beside it."""

import json
import shutil
import zipfile

import jsonschema
import pytest
from checking.archived_record import FIRST, PDF, POSTED
from repository import TERMS

from inforce.formats.schemas import schema


def zipped(folder, place, top="privacy-policy-archive/"):
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, top + path.relative_to(folder).as_posix())
    return place


def verdicts(said):
    """Each place with its verdict."""
    lines = [line for line in said.out.splitlines()[:-1] if not line.startswith("  ")]
    return dict(line.rsplit(": ", 1) for line in lines)


def test_a_whole_archive_is_authentic(publisher):
    folder = publisher.copy()
    said = publisher.verify(folder, "--trust", publisher.pki.root)
    assert verdicts(said) == {
        f"{folder}/privacy-policy/privacy-policy-2014-03-01.pdf": "authentic",
        f"{folder}/{PDF}": "authentic",
        f"{folder}/manifest.json": "authentic",
    }
    assert "  + manifest: byte for byte what the manifest beside it tells of\n" in said.out
    assert said.out.endswith("\n3 checked: 3 authentic\n")


def test_a_zip_is_authentic(publisher):
    """With a folder in it, as sites offer it, or without one."""
    for top in ("privacy-policy-archive/", ""):
        packed = zipped(publisher.archive, publisher.copies / "archive.zip", top)
        said = publisher.verify(packed, "--trust", publisher.pki.root)
        assert said.out.endswith("\n3 checked: 3 authentic\n")
        assert f"{packed}/{top}manifest.json: authentic" in said.out


def test_a_single_copy_is_compared_with_the_manifest_beside_it(publisher):
    said = publisher.verify(publisher.copy() / PDF, "--trust", publisher.pki.root)
    assert "  + manifest: byte for byte what the manifest beside it tells of\n" in said.out
    assert said.out.endswith("\n1 checked: 1 authentic\n")


def test_a_copy_alone_is_authentic_as_well(publisher):
    place = shutil.copy(publisher.archive / PDF, publisher.copies / "mine.pdf")
    assert publisher.verify(place, "--trust", publisher.pki.root).out.endswith("\n1 checked: 1 authentic\n")


def test_a_manifest_that_came_along_proves_nothing_by_itself(publisher):
    said = publisher.verify(publisher.copy(), status=1)
    assert (
        "    manifest: byte for byte what the manifest beside it tells of, which proves nothing by itself\n" in said.out
    )
    assert set(verdicts(said).values()) == {"cannot tell"}
    for about in ("+ signature: the signature is intact", "  level: PAdES B-B", "+ source: the attached source.md has"):
        assert f"  {about}" in said.out


def test_a_manifest_that_was_edited_is_altered_and_the_copies_are_not(publisher):
    folder = publisher.copy()
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"level": "B-B"', '"level": "B-T"'))
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    found = verdicts(said)
    assert found.pop(str(manifest)) == "altered"
    assert set(found.values()) == {"authentic"}
    assert "  - signature: what was signed is not what is here\n" in said.out
    assert "    manifest: the manifest beside it was itself changed, and is not asked\n" in said.out


@pytest.mark.parametrize("text", ["", "[]", "{" * 100_000, '{"files": [], "kind": "archive", "version": 2}'])
def test_a_manifest_that_is_none_is_told(publisher, text):
    folder = publisher.copy()
    (folder / "manifest.json").write_text(text)
    found = verdicts(publisher.verify(folder, "--trust", publisher.pki.root, status=1))
    assert found[f"{folder}/manifest.json"] == "altered"
    assert found[f"{folder}/{PDF}"] == "authentic"


def test_without_its_signature_one_cannot_tell(publisher):
    folder = publisher.copy()
    (folder / "manifest.json.p7s").unlink()
    (folder / "SHA256SUMS").unlink()
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    assert verdicts(said)[f"{folder}/manifest.json"] == "cannot tell"
    assert "  - signature: manifest.json.p7s is not there\n" in said.out


@pytest.mark.parametrize("place", [3, 40, 200, -1])
def test_a_byte_of_its_signature_was_changed(publisher, place):
    folder = publisher.copy()
    signature = bytearray((folder / "manifest.json.p7s").read_bytes())
    signature[place] ^= 0x01
    (folder / "manifest.json.p7s").write_bytes(signature)
    found = verdicts(publisher.verify(folder, "--trust", publisher.pki.root, status=1))
    assert found[f"{folder}/manifest.json"] == "altered"


def test_the_sums_have_to_agree(publisher):
    folder = publisher.copy()
    sums = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join([f"{'0' * 64}{sums[0][64:]}", *sums[1:]]))
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    assert "  - manifest: SHA256SUMS has another digest of certificates.pem\n" in said.out
    (folder / "SHA256SUMS").write_text("nonsense\n")
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    assert "SHA256SUMS cannot be read: line 1 is none that `sha256sum` writes" in said.out


@pytest.mark.parametrize("without", ["SHA256SUMS", "manifest.json", None])
def test_a_file_that_is_missing_is_told(publisher, without):
    """Whichever of the two names it."""
    folder = publisher.copy()
    (folder / PDF).unlink()
    if without is not None:
        (folder / without).unlink()
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    names = "SHA256SUMS" if without == "manifest.json" else "the manifest beside it"
    assert f"{folder}/{PDF}: cannot tell\n  - file: missing: {names} names it, and it is not here\n" in said.out


@pytest.mark.parametrize("name", ["certificates.pem", "privacy-policy/privacy-policy-2018-04-10.md", "README.txt"])
def test_whatever_the_sums_name_has_to_be_there(publisher, name):
    folder = publisher.copy()
    (folder / "certificates.pem").unlink()
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("  certificates.pem\n", f"  {name}\n"))
    found = verdicts(publisher.verify(folder, "--trust", publisher.pki.root, status=1))
    assert found[f"{folder}/{name}"] == "cannot tell"


def test_a_manifest_that_was_taken_away_is_told(publisher):
    folder = publisher.copy()
    (folder / "manifest.json").unlink()
    for companion in ("SHA256SUMS", "manifest.json.p7s", "certificates.pem"):
        assert (folder / companion).is_file()
    for gone in (None, "manifest.json.p7s", "SHA256SUMS"):
        if gone is not None:
            (folder / gone).unlink()
        said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
        assert verdicts(said)[f"{folder}/manifest.json"] == "cannot tell"
        assert "  - manifest: missing: it is not here, though " in said.out
    (folder / "certificates.pem").unlink()
    assert publisher.verify(folder, "--trust", publisher.pki.root).out.endswith("\n2 checked: 2 authentic\n")


@pytest.fixture
def two_policies(publisher):
    """The archive of a publisher of two policies."""
    publisher.repo.commit(POSTED, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    publisher.repo.run(str(publisher.repo.command), "export-pdfs", "--jobs", "1")
    return publisher


def test_copies_of_one_policy_need_not_have_the_others(two_policies):
    """As in the zip of a policy, whose manifest tells of all, and whose sums tell of its own files."""
    folder = two_policies.copy()
    shutil.rmtree(folder / "terms")
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(line for line in sums.read_text().splitlines(keepends=True) if "  terms/" not in line))
    for place in (folder, zipped(folder, two_policies.copies / "archive.zip")):
        said = two_policies.verify(place, "--trust", two_policies.pki.root)
        assert "    manifest: it tells of 1 file of other policies as well, which are not looked for here\n" in said.out
        assert said.out.endswith("\n3 checked: 3 authentic\n")


def test_a_policy_that_was_taken_away_is_told(two_policies):
    folder = two_policies.copy()
    shutil.rmtree(folder / "terms")
    said = two_policies.verify(folder, "--trust", two_policies.pki.root, status=1)
    assert verdicts(said)[f"{folder}/terms/terms-2014-03-01.pdf"] == "cannot tell"


def test_two_copies_with_each_others_names(publisher):
    """Both are signed, each is what it says inside; who opens them by their names is misled."""
    folder = publisher.copy()
    first, second = folder / "privacy-policy/privacy-policy-2014-03-01.pdf", folder / PDF
    first.rename(folder / "kept")
    second.rename(first)
    (folder / "kept").rename(second)
    found = verdicts(publisher.verify(folder, "--trust", publisher.pki.root, status=1))
    assert {found[str(first)], found[str(second)]} == {"cannot tell"}


def test_a_damaged_copy_is_altered_and_the_others_are_not(publisher):
    folder = publisher.copy()
    data = (folder / PDF).read_bytes()
    (folder / PDF).write_bytes(data[: len(data) // 2])
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    assert verdicts(said)[f"{folder}/{PDF}"] == "altered"
    assert "  - file: it is cut short, or something was added behind its end\n" in said.out
    assert "  - manifest: these are not the bytes that the manifest beside it tells of\n" in said.out
    assert said.out.endswith("\n3 checked: 2 authentic, 1 altered\n")


def test_an_unknown_copy_is_told(publisher):
    folder = publisher.copy()
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    found = verdicts(publisher.verify(folder, "--trust", publisher.pki.root, status=1))
    assert found[f"{folder}/notes.pdf"] == "cannot tell"


def test_a_folder_without_pdfs_is_not_authentic(publisher):
    said = publisher.verify(publisher.copies, status=1).out
    assert said.splitlines() == [
        f"{publisher.copies}: cannot tell",
        "  - file: there is no PDF in it, and no presentation",
        "1 checked: 1 cannot tell",
    ]


def test_a_zip_that_is_none_is_told(publisher):
    place = publisher.copies / "archive.zip"
    place.write_bytes(b"nonsense")
    assert f"{place}: this is no ZIP file and no PDF\n" in publisher.verify(place, status=1).err


def test_a_built_site_has_its_manifest_elsewhere(publisher):
    site = publisher.copies / "site"
    for revision in ("2014-03-01", "2018-04-10"):
        (site / f"privacy-policy/{revision}").mkdir(parents=True)
        name = f"privacy-policy-{revision}.pdf"
        shutil.copy(publisher.archive / "privacy-policy" / name, site / f"privacy-policy/{revision}")
    (site / "archive").mkdir()
    for name in ("manifest.json", "manifest.json.p7s", "certificates.pem"):
        shutil.copy(publisher.archive / name, site / "archive")
    said = publisher.verify(site, "--trust", publisher.pki.root)
    assert "  + manifest: byte for byte what the manifest beside it tells of\n" in said.out
    assert verdicts(said)[f"{site}/archive/manifest.json"] == "authentic"
    (site / "privacy-policy/2018-04-10/privacy-policy-2018-04-10.pdf").unlink()
    assert verdicts(publisher.verify(site, "--trust", publisher.pki.root, status=1))[f"{site}/{PDF}"] == "cannot tell"


def test_several_places_at_once(publisher):
    place = shutil.copy(publisher.archive / PDF, publisher.copies / "mine.pdf")
    packed = zipped(publisher.archive, publisher.copies / "archive.zip")
    said = publisher.verify(place, packed, publisher.copy(), "--trust", publisher.pki.root)
    assert said.out.endswith("\n7 checked: 7 authentic\n")


def test_as_json(publisher):
    said = publisher.verify(publisher.copy() / PDF, "--trust", publisher.pki.root, "--json")
    answer = json.loads(said.out)
    jsonschema.validate(answer, json.loads(schema("verdict")))
    assert answer["verdict"] == answer["files"][0]["verdict"] == "authentic"
    assert {reason["about"] for reason in answer["files"][0]["reasons"]} == {
        "signature",
        "level",
        "certificate",
        "time",
        "source",
        "manifest",
    }
