"""A company with an app: a repository with two policies, `acceptances.yml`, the server as a process, and a shop.

with company.serving() as app:                       # as a process, stopped at the end of the block
    asked = app.ask("u-1")                           # POST /requests, by the shop
    page = app.page(asked["address"])                # GET, by a person with cookies
    page.answer("accepted")                          # POST, of what was on the page
    app.outcome(asked["id"])                         # GET /requests/{id}, by the shop
"""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
from contextlib import ExitStack, closing, contextmanager

import httpx
import lxml.html
from repository import FIRST, TERMS, Repository, material

from inforce.workflows.acceptance.new_key import new_key

SECRET = "shop-secret-shop-secret-shop-secret"
JOINED = "2016-05-01T12:00:00+09:00"
"""When those registered who are current users of the revision of 2018."""
BACK = "https://qstore.example/registered"
ASKING = TERMS + "acceptance: asked\n"
SECOND = material(
    "effective:\n  current_users: 2018-05-10\n  new_users: on acceptance\n",
    "# Privacy Policy\n\nWe keep what you tell us, in Korea.\n\n## Cookies\n\nWe set *cookies*.\n",
)
_PATIENCE = 60
TLS = ssl.create_default_context()
"""Made once: it takes longer than a call."""


def free_ports(count):
    """Ports at which nobody listens."""
    with ExitStack() as stack:
        free = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in free:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in free]


class Company:
    """The folder of a company: its record, and how its register is set up."""

    def __init__(self, folder, inforce):
        self.repo = Repository(folder / "repo", folder / "home")
        self.inforce, self.folder = inforce, self.repo.folder
        new_key("ed25519", self.folder / "register-key.pem", self.folder / "acceptance-keys.json")
        self.port, shop = free_ports(2)
        self.shop = f"http://localhost:{shop}/"  # to a browser, another site
        self.address = f"http://127.0.0.1:{self.port}/"
        self.database, self.more = "sqlite:///acceptances.db", ""
        self.site()
        self.repo.commit(
            "2014-03-01T09:00:00+09:00",
            {
                "privacy-policy/policy.yml": ASKING,
                "privacy-policy/2014-03-01.md": FIRST,
                "user-agreement/policy.yml": ASKING.replace("Privacy Policy", "User Agreement"),
                "user-agreement/2014-03-01.md": "# User Agreement\n\nYou agree.\n",
            },
        )
        self.repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": SECOND})

    def site(self, options="archive: ''"):
        """Write mkdocs.yml."""
        text = "site_name: Qstore\nsite_url: https://policies.qstore.example/\n"
        (self.folder / "mkdocs.yml").write_text(f"{text}plugins: [search, inforce: {{{options}}}]\n")

    def set_up(self):
        """Write acceptances.yml; where it is."""
        text = f"address: {self.address}\ndatabase: {self.database}\nkeys: [register-key.pem]\n"
        back = f"{BACK}, {self.address}health, {self.shop}registered"
        text += f"applications:\n  shop:\n    secret_env: SHOP\n    return_to: [{back}]\n"
        text += "  other:\n    secret_env: OTHER\n"
        if "limits:" not in self.more:
            text += "limits:\n  rate: 10000 per second\n"
        path = self.folder / "acceptances.yml"
        path.write_text(text + self.more)
        return path

    def rows(self):
        """The rows of the register, as they are kept."""
        with closing(sqlite3.connect(self.folder / "acceptances.db")) as database:
            return [data for (data,) in database.execute("SELECT data FROM inforce_acceptances ORDER BY number")]

    @contextmanager
    def serving(self, stop=signal.SIGTERM, status=0):
        """The app, while the block runs; then it is stopped, and has to end with that status."""
        app = self.started()
        try:
            yield app
        except BaseException:
            app.process.kill()
            raise
        finally:
            app.close()
            if app.process.poll() is None:
                app.process.send_signal(stop)
            ended = app.ended()
        assert ended == status, app.log

    def started(self):
        """The app, started as a process, once it listens."""
        return App(self, self.begun())

    def begun(self):
        """The process of the app, which may not listen yet."""
        command = [self.inforce, "acceptances", "serve", "--settings", str(self.set_up()), "--port", str(self.port)]
        env = {**self.repo._environment(), "SHOP": SECRET, "OTHER": SECRET[::-1]}
        return subprocess.Popen(
            command, cwd=self.folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )


class App:
    """The app at work, with what the shop does."""

    def __init__(self, company, process):
        self.company, self.process, self.log = company, process, []
        self._listens = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._listens.wait(_PATIENCE)
        assert self.told("listening"), self.log
        self.address = company.address
        self._clients = []
        self.shop = self.client(SECRET)

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)
            if '"listening"' in line:
                self._listens.set()
        self._listens.set()

    def told(self, said):
        """The lines of the log that say that."""
        lines = [json.loads(line) for line in self.log if line.startswith("{")]
        return [line for line in lines if line["said"] == said]

    def client(self, secret=None, headers=None, **more):
        headers = {**(headers or {}), **({} if secret is None else {"Authorization": f"Bearer {secret}"})}
        client = httpx.Client(
            base_url=self.company.address, headers=headers, timeout=_PATIENCE, trust_env=False, **more
        )
        self._clients.append(client)
        return client

    def ended(self):
        """The status with which it ended."""
        status = self.process.wait(_PATIENCE)
        self._reader.join()
        self.process.stderr.close()
        return status

    def close(self):
        for one in self._clients:
            one.close()

    # What the shop does

    def post(self, path, **body):
        return self.shop.post(path, json=body)

    def ask(self, subject="u-1", registered=None, policies=("privacy-policy",), **more):
        answer = self.post("requests", subject=subject, registered=registered, policies=list(policies), **more)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def outcome(self, request):
        return self.shop.get(f"requests/{request}").json()

    def must(self, subject="u-1", registered=JOINED, **more):
        answer = self.post("must-accept", subject=subject, registered=registered, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # What a person does

    def page(self, address):
        return Page(self.client(), address)

    def answers(self, decision="accepted", subject="u-1", registered=None, **more):
        """Asks somebody, and has them answer: the outcome."""
        asked = self.ask(subject, registered, **more)
        self.page(asked["address"]).answer(decision)
        return self.outcome(asked["id"])


class Page:
    """A page that a person opened."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.open()

    def open(self):
        self.take(self.client.get(self.address, headers={"Accept": "text/html"}))

    def take(self, answer):
        self.status, self.answer_, self.text = answer.status_code, answer, answer.text
        self.html = lxml.html.fromstring(answer.text) if answer.text else None

    @property
    def title(self):
        return self.html.findtext(".//h1")

    @property
    def fields(self):
        return {one.get("name"): one.get("value") for one in self.html.iter("input") if one.get("type") == "hidden"}

    def filled(self, *decisions, **more):
        """The form as it is sent; one decision is for all texts."""
        fields = self.fields
        count = sum(name.startswith("policy-") for name in fields)
        said = decisions * count if len(decisions) == 1 else decisions
        chosen = {f"decision-{number}": one for number, one in enumerate(said, start=1) if one}
        return {**fields, **chosen, **{name.replace("_", "-"): value for name, value in more.items()}}

    def send(self, fields, accept="text/html", **headers):
        return self.client.post(self.address, data=fields, headers={"Accept": accept, **headers})

    def assert_unavailable(self):
        """To accept is told to be tried again: to a program as to a person, and without a receipt."""
        answer = self.send(self.filled("accepted"), "application/json")
        problem = answer.json()["type"].rpartition("/")[2]
        assert (answer.status_code, problem) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        said = self.send(self.filled("accepted"))
        assert said.status_code == 503
        assert "there is no receipt" in said.text

    def answer(self, *decisions, **more):
        answer = self.send(self.filled(*decisions, **more))
        self.take(answer)
        return answer
