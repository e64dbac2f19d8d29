"""A folder as a site on the loopback interface."""

import functools
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class _Quiet(SimpleHTTPRequestHandler):
    headers_to_add = ()

    def __init__(self, *arguments, headers=(), **options):
        self.headers_to_add = headers
        super().__init__(*arguments, **options)

    def log_message(self, *_):
        pass

    def end_headers(self):
        for name, value in dict(self.headers_to_add).items():
            self.send_header(name, value)
        super().end_headers()


@contextmanager
def served(folder, headers=()):
    """The address of the folder's site, while it is served; each answer comes with the headers."""
    handler = functools.partial(_Quiet, directory=str(folder), headers=headers)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
