"""A site's notices, written by hand, and a server that answers for them, well or badly.

site = Site(tmp_path / "site")
site.post("2018-04-10")
site.write()
with serving(site.folder) as web:
    web.odd["/notices/index.json"] = [status(503), drop]
    …
assert web.asked == ["/notices/index.json", …]
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PREFIX = "tag:qstore.example,2014:"
INDEX = "/notices/index.json"


def to_bytes(value):
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Site:
    """Posts revisions, and writes what a site publishes of their notices; `full` is how many stand on a full page."""

    def __init__(self, folder, full=100):
        self.folder, self.full = folder, full
        self.entries, self.texts = [], {}

    def post(self, revision, *, policy="privacy-policy", name="posted", **changes):
        """One more notice, with some things changed; its entry."""
        text = self.texts.setdefault(f"{policy}/{revision}", f"# The text of {revision}\n".encode())
        entry = {
            "acceptance": {"asked": True, "by": "2018-06-10T00:00:00+09:00"},
            "audience": None,
            "cancels": [],
            "change": "material",
            "digest": sha256(text),
            "due": "2018-04-10T09:00:00+09:00",
            "effective": {
                "current_users": {"from": "2018-05-10T00:00:00+09:00", "rule": "2018-05-10"},
                "new_users": {"from": None, "rule": "on acceptance"},
            },
            "event": name.split(".")[0].rstrip("0123456789-"),
            "expires": "2018-06-10T00:00:00+09:00",
            "id": f"{PREFIX}notices/{policy}/{revision}/{name}",
            "idempotency_key": sha256(f"{policy}/{revision}/{name}".encode())[:32],
            "language": "en",
            "links": {
                "changes": f"{policy}/{revision}/changes/#changes",
                "pdf": None,
                "redline": f"{policy}/{revision}/changes/#redline",
                "text": f"{policy}/{revision}/",
            },
            "policy": policy,
            "posted": "2018-04-10T09:00:00+09:00",
            "posting": {"commit": "c" * 40, "kind": "recorded"},
            "recipients": {"registered_before": "2018-04-10T09:00:00+09:00", "registered_from": None},
            "revision": revision,
            "summary": ["Your information is now stored in the Republic of Korea."],
            "title": "Privacy Policy",
            "url": f"notices/{policy}/{revision}/{name}.json",
        }
        self.entries.append({**entry, **changes})
        return self.entries[-1]

    def put(self, place, data):
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else to_bytes(data))
        return path

    def write(self, **changes):
        """Write it; `changes` are of the index."""
        self.put("postings.json", {"postings": []})
        for entry in self.entries:
            self.put(
                f"{entry['policy']}/{entry['revision']}/source.md", self.texts[f"{entry['policy']}/{entry['revision']}"]
            )
            notice = {key: value for key, value in entry.items() if key not in ("url", "file_digest")}
            words = {"subject": f"About {entry['revision']}", "text": "What changes\n", "html": "<h1>What changes</h1>"}
            notice |= {"messages": {"en": words, "ko": {**words, "subject": "변경 안내"}}, "version": 1}
            entry["file_digest"] = sha256(self.put(entry["url"], notice).read_bytes())
        pages, rest = [], list(self.entries)
        while len(rest) >= self.full:
            number, url = len(pages) + 1, f"notices/index/{len(pages) + 1}.json"
            page = self.put(url, {"notices": rest[: self.full], "page": number, "version": 1}).read_bytes()
            pages.append({"count": self.full, "digest": sha256(page), "url": url})
            rest = rest[self.full :]
        index = {"authority": PREFIX, "count": len(self.entries), "notices": rest, "pages": pages, "version": 1}
        return self.put("notices/index.json", {**index, **changes})


class Web:
    """What the server was asked; and how it answers oddly: by path, the answers to the next questions."""

    def __init__(self, folder):
        self.folder, self.root = folder, ""
        self.asked, self.headers, self.statuses, self.odd = [], [], [], {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Says nothing."""

    def log_request(self, code="-", size="-"):
        self.server.web.statuses.append(int(code))

    def do_GET(self):
        web = self.server.web
        web.asked.append(self.path)
        web.headers.append({name.lower(): value for name, value in self.headers.items()})
        odd = web.odd.get(self.path)
        if odd:
            odd.pop(0)(self)
        else:
            self.well()

    def well(self):
        path = self.server.web.folder / self.path.lstrip("/")
        if not path.is_file():
            return self.answer(404)
        data = path.read_bytes()
        etag = f'"{sha256(data)[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, ETag=etag)
        return self.answer(200, gzip.compress(data), ETag=etag, Content_Encoding="gzip")

    def answer(self, code, body=b"", **headers):
        self.log_request(code)
        self.send_response_only(code)
        headers.setdefault("Date", self.date_time_string())
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if code != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def status(code, **headers):
    """Answers with that status and nothing else."""
    return lambda handler: handler.answer(code, **headers)


def body(data, **headers):
    """Answers with these bytes."""
    return lambda handler: handler.answer(200, data, **headers)


def moved(target, code=302):
    """Answers that it lies elsewhere."""
    return status(code, Location=target)


def drop(handler):
    """Hangs up without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_short(handler):
    """Promises more than comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"authority": ')
    drop(handler)


def drip(piece, pause, head=b""):
    """Sends the head, and that piece again and again, with pauses, until the other side hangs up."""

    def answer(handler):
        handler.close_connection = True
        stopped = handler.server.stopped
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + head)
            while not stopped.wait(pause):
                handler.wfile.write(piece)
        except OSError:
            pass

    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is none."""


@contextmanager
def serving(folder, context: ssl.SSLContext | None = None):
    """Serves a folder on this machine; by https where there is a context."""
    web = Web(Path(folder))
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web, server.stopped = web, threading.Event()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    web.root = f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
