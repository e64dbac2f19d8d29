"""What the page "Checking a copy" says that other programs show: of archive timestamps, and of what was added."""

import re
import subprocess

import pytest
from signed_samples import signed, upgraded
from test_edited_copies import page_gets_other_text, updated


def pdfsig(place):
    done = subprocess.run(["pdfsig", "-nocert", place], capture_output=True, text=True, check=False)
    return done.stdout


@pytest.fixture
def place(tmp_path):
    return tmp_path / "copy.pdf"


def test_an_archive_timestamp_covers_the_whole_and_the_signature_does_not(place):
    place.write_bytes(upgraded(signed("B-LTA")))
    first, *_, last = pdfsig(place).split("Signature #")[1:]
    assert "Not total document signed" in first
    assert "Signature is Valid" in first
    assert "- Total document signed" in last


def test_cut_after_the_ranges_of_the_signature_it_is_as_it_was_signed(place):
    place.write_bytes(upgraded(signed("B-LTA")))
    end = int(re.search(r"Signed Ranges: \[.*?\], \[\d+ - (\d+)\]", pdfsig(place))[1])
    place.write_bytes(place.read_bytes()[:end])
    assert "- Total document signed" in pdfsig(place)
    assert "Signature is Valid" in pdfsig(place)


def test_what_was_added_shows_in_the_second_line_alone(place):
    place.write_bytes(updated(signed(), page_gets_other_text))
    assert "Signature is Valid" in pdfsig(place)
    assert "Not total document signed" in pdfsig(place)
