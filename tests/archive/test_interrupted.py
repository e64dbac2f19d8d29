"""Killed at any instant, the next run goes on; nothing that is signed is lost, changed, or signed twice."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from repository import material

from inforce.adapters.archive_store import open_store
from inforce.mkdocs_plugin.config import read_settings
from inforce.workflows.archive_notes import ArchiveNotes
from inforce.workflows.read_archive import read_archive, surveyed

NEW = "privacy-policy/privacy-policy-2019-01-01.pdf"


def whole(project):
    """The archive has every revision, and everything in it fits together."""
    settings = read_settings(project.repo.folder / "mkdocs.yml")
    survey = surveyed(open_store("archive", settings.folder), ArchiveNotes(), is_test=False)
    assert survey.problems == ()
    assert survey.left == []
    archive = read_archive(settings.archive, settings)
    listed = {archive.manifest.place(one): one.present.digest for one in archive.manifest}
    assert listed == project.pdfs()
    return True


def test_killed_before_each_operation_on_the_archive(archived, tmp_path):
    archived.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    before = archived.pdfs()
    archived.configure(cache="")
    deaths = archived.died(tmp_path / "scratch")
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


def test_killed_fifty_times_at_any_instant(posted, tmp_path):
    for day in range(10, 20):
        posted.repo.commit(f"2019-01-{day}T09:00:00+09:00", {f"privacy-policy/2019-01-{day}.md": material()})
    posted.configure(cache="")
    runs = posted.died(tmp_path / "scratch", "--fifty")
    assert sum(one["endings"] == [-signal.SIGKILL] for one in runs) == 50
    seen, adoptable, partly = {}, {}, 0
    for one in runs:
        assert one["endings"][0] in (0, -signal.SIGKILL)
        lying, signed = one["looks"][0]
        assert seen.items() <= lying.items()
        assert all(lying.get(place, digest) == digest for place, digest in adoptable.items())
        partly += 0 < len(lying) < 12
        seen, adoptable = ({}, {}) if one["is_whole"] else (lying, signed)
    assert partly > 10
    assert whole(posted)


def test_killed_with_processes_at_work(posted):
    """Soon after something has changed; each run begins where the one before was killed."""
    for day in range(10, 20):
        posted.repo.commit(f"2019-01-{day}T09:00:00+09:00", {f"privacy-policy/2019-01-{day}.md": material()})
    seen = {}
    for changes in (1, 3, 8):
        assert killed_after(posted, changes=changes, seconds=0.01)
        assert seen.items() <= posted.pdfs().items()
        seen = posted.pdfs()
    posted.export()
    assert 0 < len(seen) < 12
    assert seen.items() <= posted.pdfs().items()
    assert whole(posted)


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


def test_what_is_adopted_is_counted_once(archived):
    """As if the run had been killed before it wrote the manifest that has the new file."""
    archived.configure(cache="")
    before = archived.files()
    archived.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    archived.export()
    entry = json.loads(archived.files()["manifest.json"])["files"][2]
    for name in ("manifest.json", "manifest.json.p7s", "SHA256SUMS", "certificates.pem"):
        (archived.folder / name).write_bytes(before[name])
    facts = archived.folder / ".pending/privacy-policy/2019-01-01.json"
    facts.parent.mkdir(parents=True)
    facts.write_text(json.dumps(entry, indent=2, sort_keys=True) + "\n")
    assert archived.export().out == (
        "privacy-policy/2019-01-01: adopted (B-B): an interrupted run had signed it\n"
        "archive: 1 adopted, 2 there already\n"
    )
    assert whole(archived)
