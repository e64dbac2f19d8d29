"""Two exports at once: the second waits and says so, or says so and ends."""

import fcntl
import os
import subprocess

from repository import material

WAITING = "archive: another export is at work on this archive; waiting for it\n"


def begun(project, *options):
    environment = {"PATH": os.environ["PATH"], "HOME": str(project.repo.home), "LC_ALL": "C.UTF-8"}
    command = [str(project.repo.command), "export-pdfs", "--jobs", "1", *options]
    return subprocess.Popen(
        command, cwd=project.repo.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_second_one_waits_and_finds_nothing_to_do(posted):
    posted.folder.mkdir()
    with (posted.folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = begun(posted)
        assert first.stderr.readline() == WAITING
        second = begun(posted)
        assert second.stderr.readline() == WAITING
        assert posted.files() == {}
    said = {one.communicate(timeout=60)[0].splitlines()[-1] for one in (first, second)}
    assert (first.returncode, second.returncode) == (0, 0)
    assert said == {"archive: 2 signed, 0 there already", "archive: nothing new, 2 there already"}


def test_with_no_wait_it_ends(posted):
    posted.folder.mkdir()
    with (posted.folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = posted.export("--no-wait", status=1)
    assert said.err == (
        "archive: another export is at work on this archive\n  wait for it; or leave out --no-wait, and this run does\n"
    )
    assert posted.files() == {}


def test_several_that_begin_together_sign_each_revision_once(archived):
    for year in range(2019, 2024):
        archived.repo.commit(f"{year}-01-01T09:00:00+09:00", {f"privacy-policy/{year}-01-01.md": material()})
    runs = [begun(archived) for _ in range(3)]
    lines = [run.communicate(timeout=120)[0].splitlines() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    signed = [line for said in lines for line in said if ": signed (" in line]
    assert len(signed) == len(set(signed)) == 5


def test_who_only_looks_does_not_wait(archived):
    with (archived.folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert archived.export().out == "archive: nothing new, 2 there already\n"
        assert archived.export("--dry-run").out == "archive: nothing new, 2 there already\n"
