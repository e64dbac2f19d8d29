"""A site that is written over an old one: the same as a new one, and what did not change is not touched."""

import hashlib
import os

import pytest

from inforce.adapters.site_folder import SiteFolder, Text

PLACES = {"terms/index.html", "terms/2018/index.html", "terms/2018/source.md"}


@pytest.fixture
def site(tmp_path):
    return tmp_path / "site"


def fill(site, files):
    for place, words in files.items():
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        (site / place).write_text(words)


def files_of(site):
    return {
        path.relative_to(site).as_posix(): path.read_text() for path in sorted(site.rglob("*")) if not path.is_dir()
    }


def folders_of(site):
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_dir()}


def empty_as_mkdocs_does(site):
    for path in site.iterdir():
        assert path.name.startswith(".")


def over(site):
    """What a build does up to where its own files are written."""
    folder = SiteFolder(site)
    folder.set_aside(["terms", "privacy"])
    empty_as_mkdocs_does(site)
    folder.bring_back(PLACES)
    return folder


def test_what_is_written_again_comes_back_and_nothing_else(site):
    fill(
        site,
        {
            "terms/index.html": "page",
            "terms/2018/index.html": "old",
            "terms/2018/extra.txt": "of nobody",
            "terms/2017/index.html": "of a revision that is not there any more",
            "terms/deep/er/file": "of nobody",
            "terms/2018/source.md/nested": "a folder where a file belongs",
            "privacy/index.html": "of a policy that is not there any more",
        },
    )
    over(site)
    assert files_of(site) == {"terms/index.html": "page", "terms/2018/index.html": "old"}
    assert folders_of(site) == {"terms", "terms/2018"}


def test_links_in_the_old_site_are_not_followed(site, tmp_path):
    fill(tmp_path, {"else/index.html": "elsewhere", "else/source.md": "elsewhere"})
    fill(site, {"terms/index.html": "page"})
    (site / "terms" / "2018").symlink_to(tmp_path / "else")

    over(site).write("terms/2018/index.html", b"new")

    assert files_of(tmp_path / "else") == {"index.html": "elsewhere", "source.md": "elsewhere"}
    assert not (site / "terms" / "2018").is_symlink()
    assert (site / "terms" / "2018" / "index.html").read_bytes() == b"new"


def test_a_file_with_the_same_bytes_is_not_touched_and_another_one_is_mended(site):
    fill(site, {"terms/index.html": "same", "terms/2018/index.html": "other", "terms/2018/source.md": "altered"})
    os.utime(site / "terms" / "index.html", ns=(1, 1))
    folder = over(site)
    folder.write("terms/index.html", b"same")
    folder.write("terms/2018/index.html", b"new")
    folder.write("terms/2018/source.md", Text(hashlib.sha256(b"exact").hexdigest(), lambda: b"exact"))
    assert files_of(site) == {
        "terms/index.html": "same",
        "terms/2018/index.html": "new",
        "terms/2018/source.md": "exact",
    }
    assert (site / "terms" / "index.html").stat().st_mtime_ns == 1


def test_a_copy_that_shares_a_file_by_a_link_keeps_what_it_has(site, tmp_path):
    fill(site, {"terms/2018/index.html": "old", "terms/2018/source.md": "altered"})
    for name in ("index.html", "source.md"):
        os.link(site / "terms" / "2018" / name, tmp_path / name)
    folder = over(site)
    folder.write("terms/2018/index.html", b"new")
    folder.write("terms/2018/source.md", Text(hashlib.sha256(b"exact").hexdigest(), lambda: b"exact"))
    assert files_of(site) == {"terms/2018/index.html": "new", "terms/2018/source.md": "exact"}
    assert [(tmp_path / name).read_text() for name in ("index.html", "source.md")] == ["old", "altered"]


def test_a_text_whose_digest_is_there_is_not_read(site):
    fill(site, {"terms/2018/source.md": "exact"})
    over(site).write("terms/2018/source.md", Text(hashlib.sha256(b"exact").hexdigest(), lambda: 1 / 0))
    assert files_of(site) == {"terms/2018/source.md": "exact"}


def test_a_build_that_was_killed_leaves_nothing_in_the_next_site(site):
    fill(site, {"terms/index.html": "page", "terms/2018/index.html": "old"})
    killed = SiteFolder(site)
    killed.set_aside(["terms"])
    fill(site, {"terms/index.html": "half"})

    over(site)

    assert files_of(site) == {"terms/index.html": "half"}


def test_a_first_site_has_nothing_to_bring_back(site):
    site.mkdir()
    over(site).write("terms/index.html", b"new")
    assert files_of(site) == {"terms/index.html": "new"}
