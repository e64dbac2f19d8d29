"""`content-security-policy.txt`: what a build allows. That pages work under it is shown in a browser."""

import base64
import hashlib
import re

import pytest
from lxml import html

from inforce.formats.content_security import ContentSecurity


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def directives(value):
    return dict(one.split(" ", 1) for one in value.split("; "))


def policy(*pages):
    security = ContentSecurity()
    for page in pages:
        security.look_at(page)
    return directives(security.value)


def test_the_inline_scripts_of_the_pages_are_allowed_and_no_others(site):
    written = (site / "content-security-policy.txt").read_text()
    assert re.fullmatch(r"[ -~]+\n", written)
    inline = {
        script.text
        for path in site.rglob("*.html")
        for script in html.fromstring(path.read_text()).xpath("//script[not(@src) and not(@type)]")
    }
    expected = sorted(map(digest, inline))
    assert directives(written.strip())["script-src"] == " ".join(["'self'", *expected])


def test_nothing_may_come_from_elsewhere(site):
    (style,) = html.parse(site / "privacy-policy/2018-04-10/accept/new_users.html").xpath("//style/text()")
    sources = directives((site / "content-security-policy.txt").read_text().strip())
    assert {name: value for name, value in sources.items() if name != "script-src"} == {
        "default-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "frame-src": "'none'",
        "img-src": "'self' data:",
        "media-src": "'none'",
        "object-src": "'none'",
        "style-src": f"'self' {digest(style)}",
    }


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("<script>one()</script>", "one()"),
        ("<SCRIPT TYPE=module>\none()\r\n</SCRIPT>", "\none()\n"),
        ('<script type="text/javascript">é</script>', "é"),
        ('<script type="application/ld+json">{}</script>', None),
        ('<script id="__config" type="application/json">{}</script>', None),
        ('<script defer src="x.js"></script>', None),
        ("<p>&lt;script>one()&lt;/script></p>", None),
    ],
)
def test_a_script_that_runs_is_allowed_by_what_the_browser_reads(page, allowed):
    assert policy(page)["script-src"] == ("'self'" if allowed is None else f"'self' {digest(allowed)}")


def test_styles_inside_of_pages_are_allowed_one_by_one():
    found = policy(
        "<style>p { color: red }</style><td style=\"text-align: right;\"><b class=x style='a: &quot;b&quot;'>"
    )
    assert found["style-src"] == f"'self' {digest('p { color: red }')}"
    assert found["style-src-attr"].split() == [
        "'unsafe-hashes'",
        *sorted([digest("text-align: right;"), digest('a: "b"')]),
    ]
    assert "style-src-attr" not in policy('<p>A style="text-align: right;" in words.</p>')
