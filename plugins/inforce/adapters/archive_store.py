"""Where an archive lies: a folder on a local disk, or an address of fsspec such as `s3://bucket/prefix`.

Both give the same few operations, each of which is done whole or not at all, and is durable when it returns. Places are
relative, with forward slashes. What a store cannot do becomes a `StoreError`, which is told with the place.

A local folder is locked with `flock`, which lets go when its holder ends, however that comes about. An object store has
no such lock. There an object is made that says who holds it, with `If-None-Match` where the store knows that. It stays
when its holder is killed: the next run on the same machine, by the same user, sees that nobody there holds it any more,
and takes it over; runs elsewhere are told how to remove it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from inforce.core.archive import LOCK, PENDING
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError

Stamp = list[Any]
"""How a store describes a file: while that is the same, so are the bytes. Empty where that cannot be relied on."""
_GRAIN = 50_000_000
"""Nanoseconds: what is younger than that can have changed unseen, within the clock's grain."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What a file system says that has no hard links."""
_READ_ONLY = 0o444
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError")
"""What botocore raises where nothing says who asks."""
_NAME_ANOTHER = "name a folder that is there or can be made, and can be written to (option `archive`)"
_AGAIN = "then run it again: what was finished is kept, and it goes on from there"


class StoreError(RecordError):
    """The archive cannot be read or written."""


class AlreadyThereError(Exception):
    """Something lies in the place in which a new file was to be put."""


class Store(Protocol):
    """What an archive needs of the place in which it lies."""

    address: str
    """As a person knows it, without a slash at its end."""

    def stamps(self) -> dict[str, Stamp]:
        """Every file there is, by its place."""

    def read(self, place: str) -> bytes:
        """The bytes of a file."""

    def write(self, place: str, data: bytes) -> None:
        """Write a file, in the place of whatever is there."""

    def note(self, place: str, data: bytes) -> None:
        """Write a file of `PENDING` about the file that is put next, which is durable no later than that one.

        Where this is cut short, it can be there in part.
        """

    def stage(self, place: str, data: bytes) -> None:
        """Write what is to come into that place into `PENDING`; `settle` and `secure` bring it there."""

    def put_new(self, place: str, data: bytes) -> None:
        """Put a signed file into its place, in which there is nothing; raises `AlreadyThereError` if there is.

        Where this is cut short, the bytes can be left in `PENDING`, under the same place.
        """

    def put_over(self, place: str, data: bytes) -> None:
        """Put a signed file into the place of the one with whose bytes it begins; may leave the same behind."""

    def settle(self, place: str, *, is_new: bool) -> None:
        """Finish what was cut short: put what was left in `PENDING` into its place; raises as `put_new` does."""

    def secure(self, places: Iterable[str]) -> None:
        """See to it that files that were put stay in their places, come what may, and leave no trace in `PENDING`."""

    def move(self, place: str, target: str) -> None:
        """Move a file, into the place of whatever is there."""

    def remove(self, place: str) -> None:
        """Remove a file, if it is there."""

    def locked(self, say: Callable[[str], None], *, is_waiting: bool) -> AbstractContextManager[None]:
        """Be the only one who writes here; waits for another one, or is told of it."""

    def local(self, place: str) -> Path | None:
        """The file itself, where there is one on this machine."""


def open_store(address: str, folder: Path, file: str = "mkdocs.yml") -> Store:
    """The store of that address, which `file` names; a local one is relative to the folder. Nothing is made or written.

    Raises:
        ConfigurationError: the address is of a kind for which nothing is installed, or that nobody knows.
    """
    if "://" in address and not address.startswith(("file://", "local://")):
        return _remote(address, file)
    path = folder / address.partition("://")[2] if "://" in address else folder / address
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    return LocalStore(path, shown)


class LocalStore:
    """A folder on a local disk."""

    def __init__(self, folder: Path, address: str) -> None:
        """Keep the folder, and what a person calls it; it need not be there."""
        self.folder, self.address = folder, address

    def stamps(self) -> dict[str, Stamp]:
        """By size, i-node, and times to the nanosecond."""
        found: dict[str, Stamp] = {}
        with self._told(""):
            latest = time.time_ns() - _GRAIN
            for folder, _, names in os.walk(self.folder, onerror=_unless_missing):
                for name in names:
                    path = Path(folder, name)
                    stat = path.lstat()
                    stamp = [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
                    found[path.relative_to(self.folder).as_posix()] = stamp if stat.st_ctime_ns < latest else []
        return found

    def read(self, place: str) -> bytes:
        """The bytes of a file; a symbolic link is none."""
        with self._told(place):
            descriptor = os.open(self.folder / place, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                return file.read()

    def write(self, place: str, data: bytes) -> None:
        """Beside its place first, then moved there."""
        with self._told(place):
            beside = self.folder / PENDING / f"{place.removeprefix(PENDING).replace('/', '~')}.new"
            self._write(beside, data)
            self._rename(beside, self.folder / place)
            _sync((self.folder / place).parent)

    def note(self, place: str, data: bytes) -> None:
        """The name becomes durable with that of the file which comes next into the same folder."""
        with self._told(place):
            self._write(self.folder / place, data)

    def stage(self, place: str, data: bytes) -> None:
        """Bring the bytes to the disk, and the names that are in `PENDING` by now."""
        with self._told(place):
            staged = self.folder / PENDING / place
            self._write(staged, data, _READ_ONLY)
            _sync(staged.parent)

    def put_new(self, place: str, data: bytes) -> None:
        """Into `PENDING` first; then a second name is given to it, which fails where there is something already."""
        self.stage(place, data)
        self.settle(place, is_new=True)

    def put_over(self, place: str, data: bytes) -> None:
        """Into `PENDING` first, then moved."""
        self.stage(place, data)
        self.settle(place, is_new=False)

    def settle(self, place: str, *, is_new: bool) -> None:
        """By a second name that is given to it, or by a rename."""
        with self._told(place):
            staged, target = self.folder / PENDING / place, self.folder / place
            if is_new:
                self._make_folder(target.parent)
                _name_anew(staged, target)
            else:
                self._rename(staged, target)

    def secure(self, places: Iterable[str]) -> None:
        """The folders are brought to the disk once for all files in them; only then the names in `PENDING` go."""
        with self._told(""):
            staged = [self.folder / PENDING / place for place in places]
            for folder in {self.folder / path.relative_to(self.folder / PENDING).parent for path in staged}:
                _sync(folder)
            for path in staged:
                path.unlink(missing_ok=True)

    def move(self, place: str, target: str) -> None:
        """By a rename."""
        with self._told(target):
            self._rename(self.folder / place, self.folder / target)
            _sync((self.folder / target).parent)

    def remove(self, place: str) -> None:
        """The file, and the folders in `PENDING` that are empty then."""
        with self._told(place):
            path = self.folder / place
            path.unlink(missing_ok=True)
            if place.startswith(PENDING):
                with suppress(OSError):  # Something else is still in it.
                    path.parent.rmdir()
                    path.parent.parent.rmdir() if place.count("/") > 1 else None

    @contextmanager
    def locked(self, say: Callable[[str], None], *, is_waiting: bool) -> Iterator[None]:
        """By `flock` on a file in the folder, which is made for that."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            what = f"the archive's folder cannot be made: {_why(wrong)}"
            raise StoreError([Problem(self.address, what, _NAME_ANOTHER)]) from None
        with self._told(LOCK):
            descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        with os.fdopen(descriptor, "rb") as file:
            _flock(file, self.address, say, is_waiting=is_waiting)
            yield

    def local(self, place: str) -> Path | None:
        """The file itself."""
        return self.folder / place

    def _write(self, path: Path, data: bytes, mode: int = 0o666) -> None:
        """Write a file of `PENDING`, and see to it that its bytes are on the disk."""
        self._make_folder(path.parent)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                path.unlink()
            raise

    def _rename(self, path: Path, target: Path) -> None:
        self._make_folder(target.parent)
        path.replace(target)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)

    @contextmanager
    def _told(self, place: str) -> Iterator[None]:
        try:
            yield
        except OSError as wrong:
            raise _problem(self.address, place, wrong) from None


class RemoteStore:
    """A folder of any file system that fsspec knows."""

    def __init__(self, files: Any, root: str, address: str) -> None:
        """Keep fsspec's file system, the folder's path in it, and what a person calls it."""
        self._files, self._root, self.address = files, root.rstrip("/"), address.rstrip("/")

    def stamps(self) -> dict[str, Stamp]:
        """By size, and whatever the store has of entity tag, version and time."""
        with self._told(""):
            self._files.invalidate_cache()
            try:
                listed = self._files.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
            return {path[len(self._root) + 1 :]: _remote_stamp(one) for path, one in listed.items()}

    def read(self, place: str) -> bytes:
        """The bytes of a file."""
        with self._told(place):
            data: bytes = self._files.cat_file(self._path(place))
            return data

    def write(self, place: str, data: bytes) -> None:
        """In one request, which the store does whole or not at all."""
        with self._told(place):
            self._files.pipe_file(self._path(place), data)

    def note(self, place: str, data: bytes) -> None:
        """In one request."""
        self.write(place, data)

    def stage(self, place: str, data: bytes) -> None:
        """In one request."""
        self.write(f"{PENDING}{place}", data)

    def put_new(self, place: str, data: bytes) -> None:
        """In one request, which fails where there is something already, if the store knows that."""
        with self._told(place):
            if not self._create(place, data):
                raise AlreadyThereError(place)

    def put_over(self, place: str, data: bytes) -> None:
        """In one request."""
        self.write(place, data)

    def settle(self, place: str, *, is_new: bool) -> None:
        """What was staged; or left so by another store, and copied here."""
        data = self.read(f"{PENDING}{place}")
        self.put_new(place, data) if is_new else self.write(place, data)
        self.remove(f"{PENDING}{place}")

    def secure(self, places: Iterable[str]) -> None:
        """A store that has answered has done it."""

    def move(self, place: str, target: str) -> None:
        """A copy; the old one goes when the new one is there."""
        data = self.read(place)
        self.write(target, data)
        self.remove(place)

    def remove(self, place: str) -> None:
        """The object, if it is there."""
        with self._told(place), suppress(FileNotFoundError):
            self._files.rm_file(self._path(place))

    @contextmanager
    def locked(self, say: Callable[[str], None], *, is_waiting: bool) -> Iterator[None]:
        """By an object; between runs of one user on one machine by `flock` as well."""
        place = state_folder() / "locks" / sha256(self.address.encode()).hexdigest()
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("ab") as file:
            _flock(file, self.address, say, is_waiting=is_waiting)
            holder = {"host": socket.gethostname(), "state": _state_id(), "since": f"{_now()}Z"}
            self._take(json.dumps(holder, sort_keys=True).encode(), say)
            try:
                yield
            finally:
                self.remove(LOCK)

    def local(self, place: str) -> Path | None:
        """There is none."""
        return None

    def _take(self, holder: bytes, say: Callable[[str], None]) -> None:
        """Make the object that says who holds the lock."""
        with self._told(LOCK):
            if self._create(LOCK, holder):
                return
        other = _parsed(self.read(LOCK))
        if other.get("state") != json.loads(holder)["state"]:
            who = f"a run on {other.get('host', '?')} has written here since {other.get('since', '?')}"
            todo = f"wait for it; if it is no more, remove {self.address}/{LOCK}, and run this again"
            raise StoreError([Problem(f"{self.address}/{LOCK}", who, todo)])
        say(f"{self.address}: an earlier run on this machine ended without letting go of it; taking over")
        self.write(LOCK, holder)

    def _create(self, place: str, data: bytes) -> bool:
        """Make a file, unless there is one."""
        path = self._path(place)
        self._files.invalidate_cache()
        if self._files.exists(path):
            return False
        try:
            self._files.pipe_file(path, data, mode="create")
        except FileExistsError:
            return False
        except OSError as wrong:
            if "PreconditionFailed" in repr(wrong.__cause__ or wrong) or "pre-condition" in str(wrong).lower():
                return False
            raise
        return True

    def _path(self, place: str) -> str:
        return f"{self._root}/{place}"

    @contextmanager
    def _told(self, place: str) -> Iterator[None]:
        try:
            yield
        except (InforceError, AlreadyThereError):
            raise
        except Exception as wrong:  # noqa: BLE001 - every file system of fsspec has errors of its own
            raise _problem(self.address, place, wrong) from None


def state_folder() -> Path:
    """What this user's programs keep from run to run, and cannot make anew (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "inforce"


def _remote(address: str, file: str) -> RemoteStore:
    """The store of an address with a scheme."""
    import fsspec  # noqa: PLC0415 - half a second for whoever has a folder

    scheme = address.partition("://")[0]
    try:
        files, root = fsspec.core.url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
    except ImportError as wrong:
        what = f"archive: what addresses of the kind {scheme}:// need is not installed"
        raise ConfigurationError([Problem(file, what, _how_to_install(scheme, wrong))]) from None
    except (ValueError, TypeError) as wrong:
        what = f"archive: the address {address} is not understood: {wrong}"
        raise ConfigurationError([Problem(file, what, "write a folder, or s3://BUCKET/PREFIX")]) from None
    except OSError as wrong:
        raise _problem(address, "", wrong) from None
    return RemoteStore(files, root, address)


def _how_to_install(scheme: str, wrong: ImportError) -> str:
    """What to do where fsspec lacks what a kind of address needs."""
    from fsspec.registry import known_implementations  # noqa: PLC0415 - as above

    package = str(known_implementations.get(scheme, {}).get("class", "fsspec")).partition(".")[0]
    if package == "s3fs":
        return "run `scripts/set-up extras`"
    return f".venv/bin/pip install {package}" if package != "fsspec" else f"install what fsspec asks for: {wrong}"


def _flock(file: IO[bytes], address: str, say: Callable[[str], None], *, is_waiting: bool) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if not is_waiting:
            todo = "wait for it; or leave out --no-wait, and this run does"
            raise StoreError([Problem(address, "another export is at work on this archive", todo)]) from None
        say(f"{address}: another export is at work on this archive; waiting for it")
        fcntl.flock(file, fcntl.LOCK_EX)


def _problem(address: str, place: str, wrong: Exception) -> StoreError:
    path = str(PurePosixPath(address) / place) if "://" not in address else f"{address}/{place}".rstrip("/")
    number = wrong.errno if isinstance(wrong, OSError) else None
    todo = {
        errno.ENOSPC: f"make room on that disk, {_AGAIN}",
        errno.EDQUOT: f"make room, {_AGAIN}",
        errno.EFBIG: f"allow for larger files there, {_AGAIN}",
        errno.EROFS: f"the archive is read-only here: run this where it can be written to, or {_NAME_ANOTHER}",
        errno.EACCES: f"run this as somebody who may write there, or {_NAME_ANOTHER}",
        errno.EPERM: f"run this as somebody who may write there, or {_NAME_ANOTHER}",
        errno.ENOTDIR: _NAME_ANOTHER,
        errno.ELOOP: "put the file itself in the place of that link",
    }.get(number or 0, f"see to it, {_AGAIN}")
    if type(wrong).__name__ in _NO_CREDENTIALS:
        todo = "say who you are: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or ~/.aws/credentials"
    return StoreError([Problem(path, f"cannot be read or written: {_why(wrong)}", todo)])


def _why(wrong: Exception) -> str:
    return (wrong.strerror if isinstance(wrong, OSError) else None) or str(wrong) or type(wrong).__name__


def _remote_stamp(listed: Mapping[str, Any]) -> Stamp:
    known = [
        str(listed[key]) for key in ("ETag", "etag", "md5Hash", "VersionId", "LastModified", "mtime") if key in listed
    ]
    return [listed.get("size"), *known] if known else []


def _state_id() -> str:
    """What tells this user's state on this machine from all others; made at the first use."""
    place = state_folder() / "locks" / "id"
    try:
        return place.read_text(encoding="ascii")
    except FileNotFoundError:
        beside = place.with_name(f"id.{secrets.token_hex(8)}")
        beside.write_text(secrets.token_hex(16), encoding="ascii")
        with suppress(FileExistsError):
            os.link(beside, place)
        beside.unlink()
        return place.read_text(encoding="ascii")


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        read = json.loads(data)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _name_anew(path: Path, target: Path) -> None:
    """Give a file its name, unless something has it; whole at once."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise AlreadyThereError(str(target)) from None
    except OSError as wrong:
        if wrong.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):  # Nobody else writes here: the archive is locked.
            raise AlreadyThereError(str(target)) from None
        path.rename(target)


def _unless_missing(wrong: OSError) -> None:
    if not isinstance(wrong, FileNotFoundError):
        raise wrong


def _sync(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
