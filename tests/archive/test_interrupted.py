"""Killed at any instant, the next run goes on; nothing that is signed is lost, changed, or signed twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from repository import material

from inforce.adapters.archive_store import open_store
from inforce.mkdocs_plugin.config import read_settings
from inforce.workflows.archive_notes import ArchiveNotes
from inforce.workflows.read_archive import read_archive, surveyed

DYING = Path(__file__).with_name("dying.py")
NEW = "privacy-policy/privacy-policy-2019-01-01.pdf"


def whole(project):
    """The archive has every revision, and everything in it fits together."""
    settings = read_settings(project.repo.folder / "mkdocs.yml")
    survey = surveyed(open_store("archive", settings.folder), ArchiveNotes(), is_test=False)
    assert survey.problems == ()
    assert survey.left == []
    archive = read_archive(settings)
    listed = {archive.manifest.place(one): one.present.digest for one in archive.manifest}
    assert listed == project.pdfs()
    return True


def died(project, tmp_path, *options):
    """What `dying.py` says of each death."""
    project.configure(cache="")
    (tmp_path / "scratch").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(project.repo.home), "LC_ALL": "C.UTF-8"}
    command = [
        sys.executable,
        "-W",
        "ignore",
        str(DYING),
        str(project.repo.folder),
        str(tmp_path / "scratch"),
        *options,
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_killed_before_each_operation_on_the_archive(archived, tmp_path):
    archived.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    before = archived.pdfs()
    deaths = died(archived, tmp_path)
    assert len(deaths) > 25
    assert [one["endings"][0] for one in deaths] == [-signal.SIGKILL] * (len(deaths) - 1) + [0]
    adopted = 0
    for one in deaths:
        assert one["endings"][-1] == 0, one
        assert one["left"] == [], one
        final, _ = one["looks"][-1]
        assert final.keys() == before.keys() | {NEW}
        for lying, signed in one["looks"]:
            assert before.items() <= lying.items() <= final.items(), one
            assert signed.items() <= final.items(), one
            adopted += bool(signed)
    assert adopted > 5


def test_killed_fifty_times(posted):
    """With processes at work, each time soon after something has changed; a run begins where the one before ended."""
    for year in range(2019, 2026):
        posted.repo.commit(f"{year}-01-01T09:00:00+09:00", {f"privacy-policy/{year}-01-01.md": material()})
    chance = random.Random(7)
    seen, killed, filled, adopted = {}, 0, 0, 0
    while killed < 50:
        left = {path.name for path in posted.folder.glob(".pending/*/*.json")}
        adopted += bool(left)
        killed += killed_after(posted, changes=chance.randint(1, 25), seconds=chance.uniform(0, 0.1))
        lying = posted.pdfs()
        assert seen.items() <= lying.items()
        seen = lying
        if len(lying) == 9 and not [path for path in posted.folder.glob(".pending/**/*") if path.is_file()]:
            assert whole(posted)
            filled += 1
            posted.folder.rename(posted.repo.folder / f"archive-{filled}")
            seen = {}
    posted.export()
    assert whole(posted)
    assert adopted > 5


def killed_after(project, changes, seconds):
    """Export, and kill it when that much has changed in the archive, and some time after; whether it was at work."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(project.repo.home), "LC_ALL": "C.UTF-8"}
    command = [str(project.repo.command), "export-pdfs", "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=project.repo.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        looks = [set()]
        while run.poll() is None and len(looks) <= changes:
            look = {f"{folder}/{name}" for folder, _, names in os.walk(project.folder) for name in names}
            looks += [look] if look != looks[-1] else []
            time.sleep(0.001)
        time.sleep(seconds)
        if run.poll() is None:
            run.kill()
        said = run.stderr.read().decode()
    assert run.returncode in (0, -signal.SIGKILL), said
    return run.returncode != 0


def test_workers_end_with_the_run_that_was_killed(posted):
    for year in range(2019, 2023):
        posted.repo.commit(f"{year}-01-01T09:00:00+09:00", {f"privacy-policy/{year}-01-01.md": material()})
    environment = {"PATH": os.environ["PATH"], "HOME": str(posted.repo.home), "LC_ALL": "C.UTF-8"}
    mark = f"{posted.repo.folder}/mkdocs.yml"
    command = [str(posted.repo.command), "-f", mark, "export-pdfs", "--jobs", "2"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True) as run:
        while len(of_session(run.pid)) < 4:  # The run, its resource tracker, the fork server, a worker.
            time.sleep(0.05)
        run.kill()
    deadline = time.monotonic() + 30
    while of_session(run.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert of_session(run.pid) == []


def of_session(session):
    """The processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(stat.parent.name)
    return found
