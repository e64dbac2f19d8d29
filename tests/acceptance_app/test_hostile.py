"""Slow clients, floods, and what is no HTTP: whoever is honest is answered all the same."""

import json
import socket
import time
from contextlib import ExitStack, closing, suppress

import pytest
from acceptance_app.whole_app import BACK, JOINED, SECRET, Page

HEAD = b"POST /must-accept HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
CREDENTIAL = f"Authorization: Bearer {SECRET}\r\n".encode()


@pytest.fixture
def impatient(company):
    """An app that waits for a second."""
    company.more = "limits:\n  timeout: 1 second\n  rate: 10000 per second\n"
    with company.serving() as app:
        yield app


def connected(app):
    return closing(socket.create_connection(("127.0.0.1", app.company.port), timeout=60))


def read(one):
    """All that comes until the connection is closed."""
    found = b""
    while part := one.recv(65536):
        found += part
    return found


def said(answer):
    """The status and the problem of a raw answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, answer
    return int(head.split()[1]), json.loads(body)["type"].rpartition("/")[2]


def test_who_is_slow_is_told_and_left(impatient):
    with ExitStack() as stack:
        silent, slow_head, slow_body, slow_form, no_length = (
            stack.enter_context(connected(impatient)) for _ in range(5)
        )
        slow_head.sendall(HEAD[:20])
        slow_body.sendall(HEAD + CREDENTIAL + b"Content-Length: 100\r\n\r\n{")
        slow_form.sendall(
            f"POST /a/{'x' * 43} HTTP/1.1\r\nHost: here\r\nAccept: application/json\r\nContent-Length: 9\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\na".encode()
        )
        no_length.sendall(HEAD + CREDENTIAL + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
        assert impatient.must("old", JOINED)["must"]
        assert read(silent) == b""
        assert b"408 Request Timeout" in read(slow_head)
        for one in (slow_body, slow_form, no_length):
            assert said(read(one)) == (408, "too-slow")
        assert impatient.must("old", JOINED)["must"]


def test_a_head_that_comes_letter_by_letter_is_not_waited_for_longer(impatient):
    with connected(impatient) as one:
        one.settimeout(0.05)
        found = b""
        for letter in HEAD * 1000:  # which would be hours
            try:
                one.sendall(bytes([letter]))
                found = one.recv(65536)
                break
            except TimeoutError:
                continue
            except OSError:
                break
        assert found == b"" or b"408" in found


def test_who_does_not_take_what_they_asked_for_is_left(impatient):
    with connected(impatient) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with suppress(ConnectionError):
            while True:
                one.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: here\r\n\r\n" * 100)
    assert impatient.must("old", JOINED)["must"]


def test_who_stops_in_the_middle_leaves_nothing(app):
    for _ in range(30):
        with connected(app) as one:
            one.sendall(HEAD + CREDENTIAL + b"Content-Length: 100\r\n\r\n{")
    assert app.must("old", JOINED)["must"]
    assert not [line for line in app.log if '"error"' in line]


def crowded(app, stack, count, status):
    """So many connections, and that one more is told to come later."""
    crowd = [stack.enter_context(connected(app)) for _ in range(count)]
    with connected(app) as late:
        answer = read(late)
    assert answer.startswith(b"HTTP/1.1 %s\r\n" % status)
    assert b"Retry-After: " in answer
    return crowd


def test_there_are_only_so_many_connections(company):
    company.more = "limits:\n  connections: 10\n"
    with company.serving() as app, ExitStack() as stack:
        crowd = crowded(app, stack, 10, b"503 Service Unavailable")
        crowd[0].sendall(HEALTH)
        assert read(crowd[0]).endswith(b'{"status":"up"}')


def test_one_client_cannot_have_them_all(company):
    company.more = "limits:\n  connections_per_client: 5\n"
    with company.serving() as app, ExitStack() as stack:
        crowd = crowded(app, stack, 5, b"429 Too Many Requests")
        with socket.create_connection(("127.0.0.1", app.company.port), 60, ("127.0.0.2", 0)) as other:
            other.sendall(HEALTH)
            assert read(other).endswith(b'{"status":"up"}')
        crowd[0].sendall(HEALTH)
        assert read(crowd[0]).endswith(b'{"status":"up"}')  # and is gone
        with connected(app) as again:
            again.sendall(HEALTH)
            assert read(again).endswith(b'{"status":"up"}')


def test_a_proxy_that_is_trusted_may(company):
    company.more = "limits:\n  connections_per_client: 5\ntrusted_proxies: [127.0.0.0/8]\n"
    with company.serving() as app, ExitStack() as stack:
        crowd = [stack.enter_context(connected(app)) for _ in range(10)]
        crowd[-1].sendall(HEALTH)
        assert read(crowd[-1]).endswith(b'{"status":"up"}')


NO_HTTP = [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"G" * 20_000, HEAD + b"a: " + b"b" * 20_000]


@pytest.mark.parametrize("head", NO_HTTP)
def test_what_is_no_http_is_told_so(app, head):
    with connected(app) as one:
        one.sendall(head)
        answer = read(one)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert said(answer) == (400, "bad-request")
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (told["type"], told["title"]) == (f"{app.address}problems/bad-request", "This cannot be understood")


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_a_body_whose_end_is_not_plain_is_refused_with_all_that_follows(app, version):
    """Someone in between could have read it otherwise, and taken what follows for somebody else's call."""
    both = b"" if version == b"1.0" else b"Content-Length: 4\r\n"
    call = HEAD.replace(b"1.1", version) + CREDENTIAL + both + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with connected(app) as one:
        one.sendall(call + HEALTH)
        answer = read(one)
    assert said(answer) == (400, "bad-request")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_flood_of_what_is_refused_is_no_flood_of_the_log(company):
    with company.serving() as app:
        begun = time.monotonic()
        for _ in range(200):
            with connected(app) as one:
                one.sendall(NO_HTTP[0])
                read(one)
        app.client().request("A" * 9000, "health")
        seconds = time.monotonic() - begun
        while sum(one["problems"]["bad-request"] for one in app.told("connections were refused")) < 200:
            time.sleep(0.1)
        assert len(app.told("connections were refused")) <= seconds + 2
    assert [one["method"] for one in app.told("call")] == ["?"]
    assert max(map(len, app.log)) < 1000


def test_a_flood_is_told_to_wait_and_the_shop_is_not(company):
    company.more = "limits:\n  rate: 1 per minute\n"
    with company.serving() as app:
        flood = app.client()
        statuses = [flood.get("heads").status_code for _ in range(12)]
        assert statuses == [200] * 10 + [429] * 2
        answer = flood.get("heads", headers={"X-Forwarded-For": "203.0.113.9"})
        assert (answer.status_code, answer.json()["type"]) == (429, f"{app.address}problems/too-many")
        assert 1 <= int(answer.headers["retry-after"]) <= 61
        assert flood.get("must-accept").status_code == 405
        assert flood.post("must-accept", json={}).status_code == 429
        assert [app.must("old", JOINED)["must"] for _ in range(20)] == [True] * 20


def test_who_is_still_sending_what_is_too_large_gets_the_answer(app):
    """The connection is not closed under their hands; what comes still is thrown away, and it can be used again."""
    with connected(app) as one:
        one.sendall(HEAD + CREDENTIAL + b"Content-Length: 70000\r\n\r\n" + b"a" * 30_000)
        begun = one.recv(65536)
        while not begun.endswith(b"}"):
            begun += one.recv(65536)
        assert said(begun) == (413, "too-large")
        one.sendall(b"a" * 40_000 + HEALTH)
        assert read(one).endswith(b'{"status":"up"}')


def test_behind_a_proxy_that_is_trusted_each_client_is_one(company):
    company.more = "limits:\n  rate: 1 per minute\ntrusted_proxies: [127.0.0.1]\nkeeps: [ip, user_agent]\n"
    with company.serving() as app:
        client = app.client()
        clients = ("203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2, 127.0.0.1", "2001:db8:0:1::1")
        found = [
            [client.get("heads", headers={"X-Forwarded-For": one}).status_code for _ in range(6)] for one in clients
        ]
        assert found[:3] == [[200] * 6] * 3
        assert found[3] == [200] * 4 + [429] * 2, "one network of IPv6 is one client"
        assert found[4] == [200] * 6
        asked = app.ask("u-ip")
        page = app.page(asked["address"])
        page.send(page.filled("accepted"), **{"X-Forwarded-For": "203.0.113.7", "User-Agent": b"Kept/1.0 \x85\x9b31m"})
        row = json.loads(company.rows()[0])
        assert (row["ip"], row["user_agent"]) == ("203.0.113.7", "Kept/1.0 ??31m")


def test_what_a_proxy_says_is_believed_where_it_is_an_address(company):
    """Else all that it passes on counts as the proxy's, and nothing of that is kept."""
    company.more = "limits:\n  rate: 1 per minute\ntrusted_proxies: [127.0.0.1/8]\nkeeps: [ip]\n"
    said = ("203.0.113.7:4711", "[2001:DB8::7]:1", "::ffff:203.0.113.8", "203.0.113.9, 127.0.0.2")
    wrong = ("A" * 3000, "<b>", "fe80::1%eth0", "1.2.3.4, unknown", "1.2.3.4,,", "1.2.3.4.5", "")
    with company.serving() as app:
        flood = [app.client().get("heads", headers={"X-Forwarded-For": f"garbage-{n}"}).status_code for n in range(12)]
        assert flood == [200] * 10 + [429] * 2
    with company.serving() as app:
        for number, one in enumerate([*said, *wrong]):
            page = Page(app.client(headers={"X-Forwarded-For": f"192.0.2.{number}"}), app.ask(f"u-{number}")["address"])
            assert page.send(page.filled("accepted"), **{"X-Forwarded-For": one}).status_code == 303
    kept = [json.loads(row).get("ip") for row in company.rows()]
    assert kept == ["203.0.113.7", "2001:db8::7", "203.0.113.8", "203.0.113.9", *[None] * len(wrong)]


def test_a_form_comes_from_the_address_as_browsers_write_it(company):
    company.address = company.address.replace("127.0.0.1", "LocalHost")
    with company.serving() as app:
        page = app.page(app.ask("u-1")["address"])
        origin = page.address.partition("/a/")[0]
        assert origin == f"http://localhost:{company.port}"
        assert page.send(page.filled("accepted"), Origin=origin).status_code == 303


def test_nothing_of_the_connection_is_kept_where_nobody_wants_it(app):
    app.answers("accepted", "quiet")
    row = json.loads(app.company.rows()[-1])
    assert row["subject"] == "quiet"
    assert not {"ip", "user_agent"} & {name for name, value in row.items() if value is not None}


def test_every_answer_has_the_headers_that_keep_others_out(app):
    asked = app.ask("guarded", None, return_to=BACK)
    client = app.client()
    page = client.get(asked["address"], headers={"Accept": "text/html"})
    assert page.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self' https://qstore.example"
    )
    assert "httponly" in page.headers["set-cookie"].lower()
    assert "samesite=lax" in page.headers["set-cookie"].lower()
    for path in ("health", "nothing", "heads", "problems/too-many", "openapi.json"):
        answer = client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


def test_the_log_has_a_line_for_each_call_and_no_secret(company):
    with company.serving() as app:
        asked = app.ask("very-private-subject", None, state="private-state")
        page = app.page(asked["address"])
        key, cookie = page.fields["key"], page.client.cookies["inforce"]
        page.answer("accepted")
        receipt = app.outcome(asked["id"])["answers"][0]["receipt"]
        assert app.post("requests", subject="private@x", registered=None, policies=["private"], other=1).is_error
        assert app.post("must-accept", subject="u-1", registered=None, policies=["private"]).is_error
        app.client("wrong-secret-wrong-secret").get("requests/x?token=private-query")
        app.client().get(f"a/{'y' * 43}")
        token = asked["address"].rpartition("/")[2]
    told = app.told("call")
    assert [(one["method"], one["route"], one["status"]) for one in told] == [
        ("POST", "/requests", 201),
        ("GET", "/a/{token}", 200),
        ("POST", "/a/{token}", 303),
        ("GET", "/requests/{id}", 200),
        ("POST", "/requests", 422),
        ("POST", "/must-accept", 422),
        ("GET", "/requests/{id}", 401),
        ("GET", "/a/{token}", 404),
    ]
    assert told[0]["application"] == "shop"
    assert [one.get("wrong") for one in told[4:6]] == [["#/other", "#/subject"], ["#/policies/0"]]
    assert told[6]["problem"] == "unauthorized"
    whole = "".join(app.log)
    for secret in (SECRET, "wrong-secret", token, "y" * 43, "private", receipt, cookie, key):
        assert secret not in whole
