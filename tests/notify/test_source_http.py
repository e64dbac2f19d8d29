"""Servers that are slow, broken, hostile, or elsewhere by now."""

import gzip
import ssl

import pytest
from notify.pulled_site import INDEX, Site, body, cut_short, drip, drop, moved, serving, status

from inforce.adapters.notify.notices_http import HttpReader, Patience
from inforce.adapters.notify.notices_source import NoticesSource
from inforce.core.errors import ConfigurationError, RecordError

AT_ONCE = Patience(attempts=3, first_wait=0)
FIRST = "/notices/privacy-policy/2018-04-10/posted.json"


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site")
    site.post("2018-04-10")
    site.write()
    return site


@pytest.fixture
def web(site):
    with serving(site.folder) as web:
        yield web


@pytest.fixture
def secure_web(site, certificate, monkeypatch):
    """The same by https, from a server that is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(site.folder, context) as web:
        yield web


def pull(web, patience=AT_ONCE, waits=None, **options):
    """Pulls once; the ids, and what was warned of."""
    reader = HttpReader(web.root, patience=patience, sleep=(waits if waits is not None else []).append, **options)
    with NoticesSource(reader) as source:
        pulled = source.pull()
        return [one.id for one in pulled.announcements], [problem.what for problem in source.warnings]


def refusal(web, **options):
    with pytest.raises(RecordError) as told:
        pull(web, **options)
    (problem,) = told.value.problems
    assert "\n" not in problem.what
    return problem.what


# What may pass by itself.


@pytest.mark.parametrize("odd", [drop, cut_short, status(500), status(503), status(429)])
def test_what_may_pass_is_tried_again(site, web, odd):
    web.odd[INDEX] = [odd, odd]
    assert pull(web) == ([site.entries[0]["id"]], [])
    assert web.asked == [INDEX] * 3


@pytest.mark.parametrize(
    ("odd", "what"),
    [
        (drop, "there is no answer: Server disconnected without sending a response. (tried 3 times)"),
        (
            cut_short,
            "there is no answer: peer closed connection without sending complete message body (received 14 bytes",
        ),
        (status(502), "the server answers 502 Bad Gateway (tried 3 times)"),
        (status(429), "the server answers 429 Too Many Requests (tried 3 times)"),
    ],
)
def test_but_not_for_ever(web, odd, what):
    web.odd[INDEX] = [odd] * 9
    assert refusal(web).startswith(what)
    assert web.asked == [INDEX] * 3


def test_waits_double_and_are_spread(web):
    waits = []
    web.odd[INDEX] = [status(503)] * 4
    pull(web, Patience(attempts=5, first_wait=8, longest_wait=20), waits)
    assert [low <= wait <= 2 * low for low, wait in zip([4, 8, 10, 10], waits, strict=True)] == [True] * 4


def test_the_server_says_how_long_to_wait(web):
    waits = []
    web.odd[INDEX] = [
        status(429, Retry_After="7"),
        status(503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT", Date="Fri, 31 Dec 2100 23:59:49 GMT"),
        status(503, Retry_After="soon"),
    ]
    pull(web, Patience(attempts=4, first_wait=0), waits)
    assert waits[:1] + waits[2:] == [7, 0]


def test_a_server_that_wants_a_long_rest_gets_it(web):
    waits = []
    web.odd[INDEX] = [status(503, Retry_After="3600")]
    assert (
        refusal(web, waits=waits)
        == "the server answers 503 Service Unavailable, and asks to come again in 3600 seconds"
    )
    assert (web.asked, waits) == ([INDEX], [])


def test_nobody_there_is_told(web):
    root = web.root
    web.root = "http://127.0.0.1:9/"
    assert refusal(web) == "there is no answer: [Errno 111] Connection refused (tried 3 times)"
    web.root = root


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (404, "this is not there (the server answers 404)"),
        (410, "this is not there (the server answers 410)"),
        (401, "the server answers 401"),
        (403, "the server answers 403"),
        (206, "the server answers 206"),
        (304, "the server answers 304"),
    ],
)
def test_what_does_not_pass_is_told_at_once(web, code, what):
    web.odd[INDEX] = [status(code)]
    assert refusal(web) == what
    assert web.asked == [INDEX]


# Slow.


def test_a_server_that_says_nothing_is_left(web):
    web.odd[INDEX] = [drip(b"", 0.05)]
    assert refusal(web, patience=Patience(read=0.2, attempts=1)) == "there is no answer: timed out (tried 1 times)"


@pytest.mark.parametrize(
    ("head", "piece"), [(b"", b"X-More: more\r\n"), (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")]
)
def test_a_server_that_drips_is_left(web, head, piece):
    web.odd[INDEX] = [drip(piece, 0.05, head)]
    assert refusal(web, patience=Patience(whole=0.4)) == "the answer took longer than 0.4 seconds"


def test_a_server_that_drips_is_left_by_https_too(secure_web):
    secure_web.odd[INDEX] = [drip(b"X-More: more\r\n", 0.05)]
    assert refusal(secure_web, patience=Patience(whole=0.5)) == "the answer took longer than 0.5 seconds"


# Too much.


def test_an_enormous_answer_is_not_read_to_its_end(web):
    web.odd[INDEX] = [body(b" " * (20 << 20))]
    assert refusal(web) == "this is larger than 16777216 bytes, and was not read to its end"


def test_what_unpacks_to_something_enormous_is_not_unpacked(web):
    web.odd[INDEX] = [body(gzip.compress(bytes(200 << 20), 1), Content_Encoding="gzip")]
    assert refusal(web) == "this is larger than 16777216 bytes, and was not read to its end"


def test_gzip_in_several_members_is_one_file(site, web):
    data = (site.folder / "notices/index.json").read_bytes()
    web.odd[INDEX] = [body(gzip.compress(data[:99]) + gzip.compress(data[99:]), Content_Encoding="x-gzip")]
    assert pull(web) == ([site.entries[0]["id"]], [])


def test_gzip_that_ends_in_the_middle_is_tried_again(site, web):
    data = gzip.compress((site.folder / "notices/index.json").read_bytes())
    web.odd[INDEX] = [body(data[:-9], Content_Encoding="gzip"), body(b"", Content_Encoding="gzip")]
    assert pull(web) == ([site.entries[0]["id"]], [])


def test_what_is_not_as_it_is_packed_is_told(web):
    web.odd[INDEX] = [body(b"{}", Content_Encoding="gzip"), body(b"{}", Content_Encoding="br")]
    assert (
        refusal(web) == "the answer is not gzip, as it says: Error -3 while decompressing data: incorrect header check"
    )
    assert refusal(web) == "the answer comes in `br`, which was not asked for"


# Elsewhere.


def test_a_site_that_moved_is_found_and_told(site, web):
    with serving(site.folder) as new:
        web.odd[INDEX] = [moved(f"{new.root}notices/index.json", 301)]
        assert pull(web) == (
            [site.entries[0]["id"]],
            [f"the site has moved for good: this is now {new.root}notices/index.json"],
        )
        web.odd[INDEX] = [moved(f"{new.root}notices/index.json", 302)]
        assert pull(web) == ([site.entries[0]["id"]], [])


def test_redirects_end_somewhere(site, web):
    web.odd[INDEX] = [moved("index.json")] * 5
    assert pull(web) == ([site.entries[0]["id"]], [])
    web.odd[INDEX] = [moved("index.json")] * 6
    assert refusal(web) == "this leads on more than 5 times"


def test_by_https_all_is_as_it_is(site, secure_web):
    secure_web.odd[INDEX] = [moved("/notices/index.json", 308)]
    assert pull(secure_web)[0] == [site.entries[0]["id"]]


def test_http_may_lead_to_https_and_never_back(site, web, secure_web):
    web.odd[INDEX] = [moved(f"{secure_web.root}notices/index.json")]
    assert pull(web) == ([site.entries[0]["id"]], [])
    secure_web.odd[INDEX] = [moved(f"{web.root}notices/index.json")] * 2
    refused = (
        f"the answer leads on to `{web.root}notices/index.json`, and is not followed: it leads from https to plain http"
    )
    assert refusal(secure_web) == refused
    assert refusal(secure_web, is_insecure=True) == refused


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("http://192.0.2.1/index.json", "what comes by plain http can be changed on the way"),
        ("https://me:secret@127.0.0.1/", "an address with a name or password in it is read by everybody"),
        ("file:///etc/passwd", "this is no address on the web"),
        ("https://[half", "this is no address on the web"),
        ("https://127.0.0.1:port/", "Invalid port: 'port'. (tried 3 times)"),
        ("", "it leads nowhere"),
    ],
)
def test_where_no_answer_may_lead(web, target, what):
    web.odd[INDEX] = [moved(target)] * 3
    told = refusal(web)
    assert told.endswith(what)
    assert "secret" not in told


def test_a_certificate_that_nobody_vouches_for_is_told_at_once(secure_web, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate verify failed" in refusal(secure_web)
    assert secure_web.asked == []


@pytest.mark.parametrize(
    ("root", "what"),
    [
        ("http://qstore.example/", "what comes by plain http can be changed on the way"),
        ("http://10.0.0.1/", "what comes by plain http can be changed on the way"),
        ("https://me:secret@qstore.example/", "an address with a name or password in it is read by everybody"),
        ("https:///policies/", "this is no address on the web"),
        ("ftp://qstore.example/", "this is no address on the web"),
    ],
)
def test_which_addresses_are_not_asked(root, what):
    with pytest.raises(ConfigurationError) as told:
        HttpReader(root)
    assert told.value.problems[0].what == what
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "root", ["http://localhost:1/", "http://[::1]:1", "http://127.8.9.1/", "https://qstore.example"]
)
def test_which_addresses_may_be_asked(root):
    reader = HttpReader(root)
    assert reader.address("notices/index.json").startswith(f"{root.rstrip('/')}/notices")
    reader.close()


def test_who_says_so_may_ask_by_plain_http():
    HttpReader("http://10.0.0.1/", is_insecure=True).close()
