"""What was written is taken to be there only as long as nobody has touched it."""

import os
import time

import pytest

from inforce.adapters import written_files as module
from inforce.adapters.cache import open_cache
from inforce.adapters.site_folder import SiteFolder

PLACE = "terms/2018/clauses.json"


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_GRAIN", 0)
    return tmp_path / "site"


@pytest.fixture
def write(site, tmp_path):
    """Write the file once, for something; whether it had to be made."""

    def writes(made_for="first", words="as it was"):
        made = []

        def make():
            made.append(words)
            return words.encode()

        time.sleep(0.02)
        with SiteFolder(site).noting("terms", open_cache(tmp_path / "cache", "pages", "")) as once:
            once.write(PLACE, made_for, make)
        return bool(made)

    return writes


def test_a_file_that_is_there_is_not_made_again(site, write):
    assert write()
    assert not write()
    assert not write()
    assert (site / PLACE).read_text() == "as it was"


def test_a_file_for_something_else_is_made(site, write):
    assert write()
    assert write("second", "as it is")
    assert (site / PLACE).read_text() == "as it is"


@pytest.mark.parametrize("hide", [False, True])
def test_a_file_that_was_changed_is_made_again_even_where_its_size_and_time_are_kept(site, write, hide):
    assert write()
    assert not write()
    before = (site / PLACE).stat()
    (site / PLACE).write_text("as it WAS")
    if hide:
        os.utime(site / PLACE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert write()
    assert (site / PLACE).read_text() == "as it was"


def test_a_file_that_was_removed_or_replaced_is_made_again(site, write):
    assert write()
    (site / PLACE).unlink()
    assert write()
    (site / PLACE).unlink()
    (site / PLACE).symlink_to("/etc/hostname")
    assert write()
    assert (site / PLACE).read_text() == "as it was"
    assert not (site / PLACE).is_symlink()


def test_a_folder_that_is_moved_keeps_its_files(site, write):
    assert write()
    (site / "terms").rename(site / "aside")
    (site / "aside").rename(site / "terms")
    assert not write()


def test_a_file_that_was_written_just_now_is_looked_at_again(write, monkeypatch):
    monkeypatch.setattr(module, "_GRAIN", 3_600_000_000_000)
    assert write()
    assert write()


def test_damaged_notes_are_no_notes(write, tmp_path):
    assert write()
    for path in (tmp_path / "cache" / "pages").glob("*/*/*"):
        path.write_bytes(b"{")
    assert write()
