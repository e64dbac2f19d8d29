"""Copies that come together: an archive as a folder or a zip, its manifest, and what a copy comes to beside it."""

import json
import shutil
import zipfile

import jsonschema
import pytest
from conftest import PDF

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


def test_a_manifest_that_was_edited_is_altered(publisher):
    folder = publisher.copy()
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"level": "B-B"', '"level": "B-T"'))
    said = publisher.verify(folder, "--trust", publisher.pki.root, status=1)
    assert set(verdicts(said).values()) == {"altered"}
    assert "  - signature: what was signed is not what is here\n" in said.out
    assert "says that it is of level B-T, and it is of B-B" in said.out


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


def test_files_that_did_not_come_along_are_told_and_no_fault(publisher):
    folder = publisher.copy()
    (folder / PDF).unlink()
    said = publisher.verify(folder, "--trust", publisher.pki.root)
    assert f"    manifest: 1 file of it did not come along: {PDF}\n" in said.out


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
    assert publisher.verify(publisher.copies, status=1).out == "nothing to check: there is no PDF\n"


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
