"""A site on the loopback interface.

It is served as it should be: under the Content-Security-Policy that the build wrote, with `404.html` for what is not
there, and feeds as XML that a person can read. So every test of this folder is one of that policy too.
"""

import functools
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar


class _Server(SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {**SimpleHTTPRequestHandler.extensions_map, ".atom": "application/xml"}

    def end_headers(self):
        policy = Path(self.directory, "content-security-policy.txt").read_text()
        self.send_header("Content-Security-Policy", policy.strip())
        super().end_headers()

    def send_error(self, code, message=None, explain=None):
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve a site while the block runs; its address."""
    handler = functools.partial(_Server, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
