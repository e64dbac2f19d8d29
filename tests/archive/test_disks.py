"""A full disk, a read-only archive, no folder at all: told, the archive stays, and the next run goes on."""

import json
import os
import resource
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from repository import material

MANY = range(10, 16)


def post_many(project):
    for day in MANY:
        text = "# Privacy Policy\n\n" + f"We keep what you tell us for {day} days.\n\n" * 20
        project.repo.commit(f"2019-01-{day}T09:00:00+09:00", {f"privacy-policy/2019-01-{day}.md": material("", text)})


@contextmanager
def small_disk(folder, size):
    """A file system of that size in the place of the folder, with what was in it."""
    kept = folder.with_name("kept")
    folder.rename(kept)
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False, capture_output=True
    )
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)


def room(project, pdfs):
    """Bytes for what is there, and some more PDFs."""
    sizes = {place: len(data) for place, data in project.files().items()}
    largest = max(sizes.values())
    return sum(-(-size // 4096) * 4096 for size in sizes.values()) + pdfs * (largest + 8192)


def test_a_disk_that_is_full(archived):
    post_many(archived)
    before = archived.pdfs()
    with small_disk(archived.folder, room(archived, 3)) as is_small:
        if not is_small:  # Only root may mount: then no file may grow beyond what the smallest of them needs.
            check_files_that_may_not_grow(archived)
            return
        said = archived.export(status=1)
        assert said.err.splitlines()[-2].startswith("archive/")
        assert said.err.splitlines()[-2].endswith(": cannot be read or written: No space left on device")
        assert said.err.splitlines()[-1].startswith("  make room on that disk, then run it again: what was finished")
        kept = archived.pdfs()
        assert before.items() < kept.items()
        assert len(kept) < len(before) + len(MANY)
        subprocess.run(["mount", "-o", "remount,size=100M", str(archived.folder)], check=True)
        go_on(archived, kept)


def go_on(project, kept):
    """The next run takes what is finished, and signs the rest."""
    answer = json.loads(project.export("--json").out)
    assert len(answer["signed"]) == len(MANY) + 2 - len(kept)
    assert kept.items() < project.pdfs().items()
    assert len(project.pdfs()) == len(MANY) + 2


def check_files_that_may_not_grow(project):
    """As a full disk, where there is none to be had."""
    before = project.files()
    smallest = min(len(data) for place, data in before.items() if place.endswith(".pdf"))

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (smallest // 2, smallest // 2))

    command = [str(project.repo.command), "export-pdfs", "--jobs", "1"]
    done = subprocess.run(
        command, cwd=project.repo.folder, preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    after = {place: data for place, data in project.files().items() if not place.startswith(".pending/")}
    assert after == before
    go_on(project, project.pdfs())


def test_files_that_may_not_grow_so_large(archived):
    post_many(archived)
    check_files_that_may_not_grow(archived)


@contextmanager
def read_only(folder):
    """Whatever is asked of it, the archive cannot be written to."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield "Permission denied"
        folder.chmod(0o755)
        return
    for command in (["--bind", str(folder), str(folder)], ["-o", "remount,bind,ro", str(folder)]):
        subprocess.run(["mount", *command], check=True)
    yield "Read-only file system"
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("new", [True, False], ids=["something new", "nothing new"])
def test_a_read_only_archive(archived, new):
    if new:
        archived.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    before = archived.files()
    (archived.folder / ".lock").unlink()
    with read_only(archived.folder) as what:
        said = archived.export(status=1 if new else 0)
        assert archived.files() == before
    if new:
        assert said.err.startswith(f"archive/.lock: cannot be read or written: {what}\n")
    else:
        assert said.out == "archive: nothing new, 2 there already\n"


def test_a_file_where_the_archive_should_be(posted):
    posted.folder.write_text("Not a folder.\n")
    said = posted.export(status=1)
    assert said.err == (
        "archive: cannot be read or written: Not a directory\n"
        "  name a folder that is there or can be made, and can be written to (option `archive`)\n"
    )
    assert posted.folder.read_text() == "Not a folder.\n"


def test_a_folder_that_cannot_be_made(posted):
    posted.configure(archive="/proc/archive")
    said = posted.export(status=1)
    assert said.err == (
        "/proc/archive: the archive's folder cannot be made: No such file or directory\n"
        "  name a folder that is there or can be made, and can be written to (option `archive`)\n"
    )


def test_a_link_in_the_place_of_a_signed_file(archived, tmp_path):
    path = archived.folder / "privacy-policy/privacy-policy-2018-04-10.pdf"
    path.rename(tmp_path / "elsewhere.pdf")
    path.symlink_to(tmp_path / "elsewhere.pdf")
    said = archived.export(status=1)
    assert said.err.splitlines()[1] == "  put the file itself in the place of that link"
