"""A program that exports again and again, and dies each time at a later one of its operations on the archive.

`dying.py PROJECT SCRATCH [--upgrade | --fifty]`: PROJECT is a repository of which a revision is not archived. For each
operation in turn, a copy of it is exported by a process that kills itself (SIGKILL) just before that operation; a file
that was about to reach the disk is left there in half. Then a second one goes on, and dies as well; then a third one,
which is let live. What is said of each is written as a line of JSON.

With `--fifty`, PROJECT itself is exported by processes that are killed from outside, fifty times, at any instant; when
the archive is whole, it goes, and they begin anew.

It forks, so that what prints and what signs is loaded once; for that it must be a program of its own, without threads.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from inforce.adapters import executors
from inforce.adapters.clock import read_clock
from inforce.adapters.executors import Workers
from inforce.core.archiving import Request
from inforce.core.errors import InforceError
from inforce.mkdocs_plugin.config import read_settings
from inforce.workflows import pdf_renditions, write_archive  # noqa: F401 - what the forks need
from inforce.workflows.export_archive import export_archive
from inforce.workflows.progress import silent

_ENDED, _REFUSED = 0, 3
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = ("os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink")
_printed: dict[bytes, bytes] = {}


class Here(Executor):
    """Renders in this very process, each sheet once."""

    def submit(self, work, sheet):
        future = Future()
        name = repr(sheet).encode()
        if name not in _printed:
            _printed[name] = work(sheet)
        future.set_result(_printed[name])
        return future


@contextmanager
def here(*_):
    yield Workers(Here(), 1)


executors.begun = here
os.fsync = lambda _: None  # A process that is killed leaves everything to the system; a power cut would not.


def export(project, *, upgrade=False):
    settings = read_settings(project / "mkdocs.yml")
    export_archive(settings, read_clock(), Request(with_upgrade=upgrade), lambda _: "", silent())


def doomed(archive, number):
    """Kill this process before the operation of that number on the archive."""
    count = 0

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def another():
        nonlocal count
        count += 1
        return count == number

    def seen(event, arguments):
        is_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
        if is_write or event in _CHANGES:
            paths = [os.fsdecode(one) for one in arguments[:2] if isinstance(one, str | bytes | os.PathLike)]
            if any(path.startswith(archive) for path in paths) and another():
                die()

    def torn(descriptor):
        if another():
            size = os.fstat(descriptor).st_size
            if str(Path(f"/proc/self/fd/{descriptor}").readlink()).endswith((".pdf", ".html", ".new")):
                os.ftruncate(descriptor, size // 2)
            die()

    os.fsync = torn
    sys.addaudithook(seen)


def forked(project, number=None, *, upgrade=False):
    """How a process ended that exported: 0, 3 if it was refused, or -9."""
    child = os.fork()
    if child == 0:
        status = _ENDED
        try:
            if number is not None:
                doomed(str(project / "archive"), number)
            export(project, upgrade=upgrade)
        except InforceError as wrong:
            sys.stderr.write(f"{wrong}\n")
            status = _REFUSED
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def digests(project):
    """Of every file of the archive, and of what is signed and durable: staged bytes that are as their facts say."""
    archive = project / "archive"
    found = {}
    for path in sorted([*archive.rglob("*.pdf"), *archive.rglob("*_users.html")]):
        place = path.relative_to(archive).as_posix()
        found[place] = sha256(path.read_bytes()).hexdigest()
    signed = {}
    for path in archive.glob(".pending/*/*.json"):
        try:
            facts = json.loads(path.read_bytes())
        except ValueError:
            continue  # Killed while it was written: the signed bytes, which come after it, are not there.
        wanted = facts["states"][-1]["digest"]
        if wanted in (found.get(facts["file"]), found.get(f".pending/{facts['file']}")):
            signed[facts["file"]] = wanted
    return {place: digest for place, digest in found.items() if not place.startswith(".")}, signed


def counted(project):
    """How many states each file has by the manifest; and whether an upgrade is still under way."""
    archive = project / "archive"
    manifest = json.loads((archive / "manifest.json").read_bytes())
    return [len(one["states"]) for one in manifest["files"]], (archive / ".upgrade").exists()


def tell(**said):
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def fifty_times(project, scratch):
    """Kill it at random instants, of the time that a whole run takes."""
    chance = random.Random(7)
    began = time.monotonic()
    shutil.copytree(project, scratch / "warm")
    forked(scratch / "warm")
    longest = time.monotonic() - began
    killed = 0
    while killed < 50:
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                export(project)
                os._exit(_ENDED)
            os._exit(_REFUSED)
        time.sleep(chance.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        ending = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        killed += ending == -signal.SIGKILL
        is_whole = ending == _ENDED
        tell(endings=[ending], looks=[digests(project)], is_whole=is_whole)
        if is_whole:
            shutil.rmtree(project / "archive")
    tell(endings=[forked(project)], looks=[digests(project)], is_whole=True)


def main(project, scratch, *options):
    if "--fifty" in options:
        export(shutil.copytree(project, scratch / "first"))
        fifty_times(project, scratch)
        return
    upgrade = "--upgrade" in options
    chance = random.Random(5)
    warm = scratch / "warm"
    shutil.copytree(project, warm)
    export(warm, upgrade=upgrade)
    number = 0
    while True:
        number += 3 if upgrade else 1  # An upgrade has many, and asks an authority each time.
        copy = scratch / str(number)
        shutil.copytree(project, copy)
        endings = [forked(copy, number, upgrade=upgrade)]
        looks, states = [digests(copy)], [counted(copy)]
        if endings[0] == -signal.SIGKILL:
            endings.append(forked(copy, chance.randint(1, 40), upgrade=upgrade))
            looks.append(digests(copy))
            states.append(counted(copy))
        endings.append(forked(copy, upgrade=upgrade))
        looks.append(digests(copy))
        left = [path.name for path in (copy / "archive").glob(".pending/**/*") if path.is_file()]
        tell(number=number, endings=endings, looks=looks, left=left, states=[*states, counted(copy)])
        if endings[0] != -signal.SIGKILL:
            return
        shutil.rmtree(copy)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
