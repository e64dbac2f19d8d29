"""Files that are made to harm whoever checks them: a verdict, in bounded time and memory, and nothing else."""

import os
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from checking.archived_record import PDF
from checking_by_hand import TODAY
from signed_samples import authorities, signed, unsigned

from inforce.adapters.checking.copies import MOST_BYTES
from inforce.adapters.checking.process import Checker, checking


@pytest.fixture
def checker():
    with checking(authorities().root.pem, TODAY) as found:
        yield found


def test_one_process_answers_for_many(checker):
    assert [checker.evidence(pdf).is_signed for pdf in (signed(), unsigned(), signed("B-T"))] == [True, False, True]


def test_what_takes_too_long_is_ended_and_the_next_is_read():
    checker = Checker(None, TODAY, seconds=0.001)
    assert checker.evidence(signed()).unreadable == "reading it takes longer than 0.001 seconds"
    checker._seconds = 60
    assert checker.evidence(signed()).unreadable == ""
    checker.end()


def test_what_ends_its_reader_is_told_and_the_next_is_read(checker):
    checker.evidence(signed())
    checker._process.kill()
    checker._process.join()
    assert checker.evidence(signed()).unreadable == "it breaks the program that reads it"
    assert checker.evidence(signed()).unreadable == ""


def object_stream(content, **entries):
    told = "".join(f"/{key} {value}" for key, value in entries.items()).encode()
    return b"<<" + told + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream"


def written(*objects):
    """A PDF of these objects, the first of which is its catalog."""
    pdf, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R/ID[<00><00>]>>\n" % (len(objects) + 1)
    return pdf + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


def packed_zeros(size):
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


CATALOG = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 3 0 R>>>>"
PAGES = b"<</Type/Pages/Count 0/Kids[]>>"
BOMB = [
    CATALOG,
    PAGES,
    b"<</Names[(source.md) 4 0 R]>>",
    b"<</Type/Filespec/F(source.md)/EF<</F 5 0 R>>>>",
    object_stream(packed_zeros(300 << 20), Filter="/FlateDecode"),
]


def test_what_unpacks_to_too_much_is_not_unpacked():
    for memory in (1 << 30, 600 << 20):
        checker = Checker(None, TODAY, memory=memory)
        assert checker.evidence(written(*BOMB)).unreadable == "reading it takes too much memory"
        checker.end()


HOSTILE = {
    "arrays in arrays": written(CATALOG, PAGES, b"[" * 200_000 + b"]" * 200_000),
    "a tree that is its own branch": written(CATALOG, PAGES, b"<</Kids[3 0 R 3 0 R 3 0 R 3 0 R]>>"),
    "pages that are their own": written(CATALOG, b"<</Type/Pages/Count 1/Kids[2 0 R]>>", b"<<>>"),
    "no catalog": written(b"<<>>"),
    "a catalog that is itself": written(b"1 0 R"),
    "names that are none": written(CATALOG, PAGES, b"<</Names[1 2 3]>>"),
    "a length that is none": written(CATALOG, PAGES, b"<</Length 9999999999>>\nstream\nx\nendstream"),
    "a table that leads nowhere": b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF\n",
    "a table that leads to itself": written(CATALOG, PAGES, b"<<>>").replace(b"/Size 4", b"/Size 4/Prev 9"),
    "a form that is its own field": written(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>", PAGES, b"<</T(a)/Kids[3 0 R]>>"
    ),
    "a signature of nothing": written(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>",
        PAGES,
        b"<</FT/Sig/T(a)/V<</Type/Sig/ByteRange[0 0 0 0]/Contents<30>>>>>",
    ),
    "encrypted": written(CATALOG, PAGES).replace(b"/Size 3", b"/Size 3/Encrypt<</Filter/Standard/V 9>>"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_what_is_made_badly_gets_a_verdict(how, checker):
    found = checker.evidence(HOSTILE[how])
    assert found.unreadable or found.alterations or not found.is_signed


# Folders and zips -----------------------------------------------------------------------------------------------------


def trusting(publisher, place, status=1):
    said = publisher.verify(place, "--trust", publisher.pki.root, status=status)
    assert "Traceback" not in said.out + said.err
    return said.out


def test_a_zip_of_nothing_but_zeros(publisher):
    """Four hundred megabytes, packed into half of one: not all of it is unpacked."""
    place = publisher.copies / "bomb.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(4):
            packed.writestr(f"{number}.pdf", bytes(100 << 20))
    out = trusting(publisher, place)
    assert "the zip holds far more than one of its size should" in out
    assert "4 checked: 4 cannot tell" in out


def test_a_file_that_is_too_large(publisher):
    """Four gigabytes, of which nothing lies on the disk."""
    place = publisher.copies / "large.pdf"
    with place.open("wb") as file:
        file.truncate(4 << 30)
    assert f"it is larger than {MOST_BYTES >> 20} MiB" in trusting(publisher, place)


def test_a_zip_that_says_that_a_file_is_large(publisher):
    place = publisher.copies / "large.zip"
    with zipfile.ZipFile(place, "w") as packed:
        packed.writestr("a.pdf", b"%PDF-")
    data = place.read_bytes()
    entry = data.rindex(b"PK\x01\x02")
    place.write_bytes(data[: entry + 24] + struct.pack("<I", 0xFFFFFFF0) + data[entry + 28 :])
    assert "1 checked: 1 cannot tell" in trusting(publisher, place)


def test_names_that_lead_out_of_the_zip_lead_nowhere(publisher):
    place = publisher.copies / "names.zip"
    with zipfile.ZipFile(place, "w") as packed:
        for name in ("../outside.pdf", "/etc/absolute.pdf", "C:\\windows.pdf", "line\nbreak\x1b[31m.pdf"):
            packed.writestr(name, (publisher.archive / PDF).read_bytes())
    out = trusting(publisher, place, status=0)
    assert not (publisher.copies.parent / "outside.pdf").exists()
    assert not (publisher.copies / "outside.pdf").exists()
    assert "\x1b" not in out
    assert "line\\nbreak\\x1b[31m.pdf: " in out


def test_a_zip_with_a_file_twice(publisher):
    """Which of the two somebody else's program shows, nobody can tell."""
    place = publisher.copies / "twice.zip"
    with zipfile.ZipFile(place, "w") as packed:
        packed.writestr("a.pdf", (publisher.archive / PDF).read_bytes())
        with pytest.warns(UserWarning, match="Duplicate name"):
            packed.writestr("a.pdf", b"%PDF-")
    out = trusting(publisher, place)
    assert "the zip has it more than once" in out


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"PK" + bytes(100)])
def test_a_zip_that_is_none(publisher, data):
    place = publisher.copies / "broken.zip"
    place.write_bytes(data)
    said = publisher.verify(place, "--trust", publisher.pki.root, status=1)
    assert "Traceback" not in said.err


def test_a_damaged_zip(publisher):
    place = publisher.copies / "damaged.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(publisher.archive / PDF, "a.pdf")
    data = bytearray(place.read_bytes())
    data[200:210] = bytes(10)
    place.write_bytes(data)
    assert "the zip is damaged" in trusting(publisher, place)


def test_links_and_pipes_are_not_followed(publisher):
    folder = publisher.copies / "folder"
    (folder / "inside").mkdir(parents=True)
    (folder / "link.pdf").symlink_to(publisher.archive / PDF)
    (folder / "zero.pdf").symlink_to("/dev/zero")
    (folder / "inside/around").symlink_to(folder)
    os.mkfifo(folder / "pipe.pdf")
    out = trusting(publisher, folder)
    assert "link.pdf: cannot tell\n  - file: it is a link\n" in out
    assert "pipe.pdf: cannot tell\n  - file: it is no ordinary file\n" in out
    assert "3 checked: 3 cannot tell" in out


def test_a_link_that_the_reader_names_is_followed(publisher):
    link = publisher.copies / "link.pdf"
    link.symlink_to(publisher.archive / PDF)
    assert "1 checked: 1 authentic" in trusting(publisher, link, status=0)


def test_a_folder_with_many_files(publisher):
    """Nothing but a few words is kept of each."""
    folder = publisher.copies / "many"
    folder.mkdir()
    for number in range(1500):
        (folder / f"{number}.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    assert "1500 checked: 1500 cannot tell" in trusting(publisher, folder)


def test_words_from_a_file_cannot_speak_for_us(publisher):
    """A signer is called what it likes: its name stays on its line."""
    who = authorities("Elsewhere", "Qstore\nfile.pdf: authentic\x1b[2K")
    place = publisher.copies / "a.pdf"
    place.write_bytes(signed(who=who))
    out = trusting(publisher, place)
    assert "\nfile.pdf: authentic" not in out
    assert "\x1b" not in out


def test_the_clock_can_be_given(publisher):
    said = publisher.verify(publisher.archive, "--trust", publisher.pki.root, "--on", "2017-01-01", status=1)
    assert "that is later than 2017-01-01T00:00:00+00:00" in said.out
    year = datetime.now(UTC).year + 200
    assert publisher.verify(publisher.archive, "--trust", publisher.pki.root, "--on", f"{year}-01-01")


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["a.pdf", "--on", "yesterday"]])
def test_a_wrong_command_line(publisher, arguments):
    assert publisher.verify(*arguments, status=2).out == ""
