"""An archive in an object store: S3 as moto serves it on loopback, in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from hashlib import sha256

import pytest
import s3fs
from repository import material

from inforce.mkdocs_plugin.config import read_settings
from inforce.workflows.read_archive import read_archive

PLACE = "s3://policies/of/qstore"
A, B = "privacy-policy/privacy-policy-2014-03-01.pdf", "privacy-policy/privacy-policy-2018-04-10.pdf"


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """A server: the environment that leads to it. It says more than a pipe holds that nobody reads."""
    command = [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    log = tmp_path_factory.mktemp("s3") / "log"
    with (
        log.open("w") as file,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=file, text=True) as server,
    ):
        while not (found := re.search(r"Running on (http://\S+)\s", log.read_text())):
            assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        address = found[1]
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        server.send_signal(signal.SIGTERM)
        server.communicate()


@pytest.fixture
def bucket(s3, monkeypatch):
    """An empty bucket, by fsspec's own means."""
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    files = s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)
    if files.exists("policies"):
        files.rm("policies", recursive=True)
    files.mkdir("policies")
    return files


@pytest.fixture
def stored(posted, s3, bucket):  # noqa: ARG001 - an empty one
    """A project with its archive there; `export` knows the way."""
    posted.archive = PLACE
    posted.configure()
    own = posted.export
    posted.export = lambda *options, status=0, **env: own(*options, status=status, env={**s3, **env})
    return posted


def objects(bucket):
    return {path.removeprefix("policies/of/qstore/"): bucket.cat_file(path) for path in bucket.find("policies")}


def test_the_same_files_as_on_a_disk(stored, bucket, tmp_path):
    assert stored.export().out.splitlines()[-1] == f"{PLACE}: 2 signed, 0 there already"
    there = objects(bucket)
    assert sorted(there) == ["SHA256SUMS", "certificates.pem", "manifest.json", "manifest.json.p7s", A, B]
    for place, data in there.items():
        path = tmp_path / "copy" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "copy", check=False)
    assert done.returncode == 0
    assert stored.export().out == f"{PLACE}: nothing new, 2 there already\n"
    assert objects(bucket) == there


def test_what_is_archived_there_is_read(stored):
    stored.export()
    settings = read_settings(stored.repo.folder / "mkdocs.yml")
    archive = read_archive(settings.archive, settings)
    (first, _) = archive.manifest
    assert sha256(archive.data(first)).hexdigest() == first.present.digest
    assert archive.path(first) is None


def test_what_people_are_asked_is_kept_there_as_well(stored, bucket):
    stored.export()
    before = objects(bucket)
    offer = "effective: {current_users: 2019-05-10, new_users: on acceptance}"
    stored.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material(offer)})
    assert stored.export().out.splitlines()[-1] == f"{PLACE}: 1 signed, 1 presentation kept, 2 there already"
    there = objects(bucket)
    assert there.keys() - before.keys() == {
        "privacy-policy/privacy-policy-2019-01-01.new_users.html",
        "privacy-policy/privacy-policy-2019-01-01.pdf",
    }
    settings = read_settings(stored.repo.folder / "mkdocs.yml")
    archive = read_archive(settings.archive, settings)
    (kept,) = archive.manifest.kept
    assert archive.presentation(kept) == there[kept.place]
    assert stored.export().out == f"{PLACE}: nothing new, 3 there already\n"


def test_a_changed_object_is_told(stored, bucket):
    stored.export()
    stored.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    bucket.pipe_file(f"policies/of/qstore/{A}", bucket.cat_file(f"policies/of/qstore/{A}")[:-1] + b"x")
    before = objects(bucket)
    said = stored.export(status=1)
    assert said.err.startswith(f"{PLACE}/{A}: this is not the file that was signed")
    assert {**objects(bucket)} == before


def test_a_run_elsewhere_is_told_with_the_way_out(stored, bucket):
    holder = {"host": "other.example", "since": "2026-11-27T10:00:00Z", "state": "0" * 32}
    bucket.pipe_file("policies/of/qstore/.lock", json.dumps(holder).encode())
    said = stored.export(status=1)
    assert said.err == (
        f"{PLACE}/.lock: a run on other.example has written here since 2026-11-27T10:00:00Z\n"
        f"  wait for it; if it is no more, remove {PLACE}/.lock, and run this again\n"
    )
    assert list(objects(bucket)) == [".lock"]


def test_killed_on_the_way_the_next_run_on_this_machine_goes_on(stored, bucket, s3):
    for year in range(2019, 2022):
        stored.repo.commit(f"{year}-01-01T09:00:00+09:00", {f"privacy-policy/{year}-01-01.md": material()})
    environment = {"PATH": os.environ["PATH"], "HOME": str(stored.repo.home), "LC_ALL": "C.UTF-8", **s3}
    environment["XDG_STATE_HOME"] = str(stored.repo.home / "state")
    seen = {}
    for wanted in (1, 3):
        command = [str(stored.repo.command), "export-pdfs", "--jobs", "1"]
        with subprocess.Popen(
            command,
            cwd=stored.repo.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run:
            while run.poll() is None and sum(one.endswith(".pdf") for one in bucket.find("policies")) < wanted:
                time.sleep(0.2)
            run.kill()
        lying = {place: data for place, data in objects(bucket).items() if place.endswith(".pdf")}
        assert seen.items() <= lying.items()
        seen = lying
    said = stored.export()
    assert "an earlier run on this machine ended without letting go of it; taking over" in said.err
    assert seen.items() <= objects(bucket).items()
    assert stored.export().out == f"{PLACE}: nothing new, 5 there already\n"
    assert not [place for place in objects(bucket) if place.startswith(".")]


def test_a_bucket_that_is_not_there(stored):
    stored.archive = "s3://nowhere/x"
    stored.configure()
    said = stored.export(status=1)
    assert said.err.startswith("s3://nowhere/x/.lock: cannot be read or written: ")


def test_a_server_that_does_not_answer(stored):
    said = stored.export(status=1, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert said.err.startswith(f"{PLACE}")
    assert "Traceback" not in said.err


def test_an_address_of_a_kind_that_nobody_knows(stored):
    stored.archive = "gopher://old/x"
    stored.configure()
    said = stored.export(status=2)
    assert said.err.startswith("mkdocs.yml: ")
    assert "archive" in said.err
