"""The page of receipts, in a browser: what it checks, what it says of the person, and what it lets nothing become."""

import base64
import json
from urllib.parse import quote

import pytest
from accepting_site import accepting, accepting_later  # noqa: F401 - fixtures
from browser.serving import served
from browser.test_accessibility import faults
from playwright.sync_api import expect

from inforce.adapters.acceptance.signing_keys import make_key
from inforce.formats.acceptance.jwks import signing_key
from inforce.formats.acceptance.signed_json import signed

pytestmark = pytest.mark.browser
LATER = "2019-03-01T00:00:00+09:00"
CANNOT = """
    const {importKey} = crypto.subtle
    crypto.subtle.importKey = function(form, key, kind, ...rest) {
      if (kind.name === "Ed25519") throw new DOMException("Unrecognized name.", "NotSupportedError")
      return importKey.call(this, form, key, kind, ...rest)
    }
"""
"""A browser of some years ago."""


@pytest.fixture(scope="module")
def early(accepting):  # noqa: F811 - the fixture
    """The address of the site on 1 May 2018."""
    with served(accepting.site) as address:
        yield address


@pytest.fixture(scope="module")
def late(accepting_later):  # noqa: F811 - the fixture
    """The address of the site in March 2019."""
    with served(accepting_later.site) as address:
        yield address


@pytest.fixture
def read(opened, early):
    """Opens the page with receipts: what it says of each."""

    def reads(*receipts, at=early, wait=True, **options):
        page = opened(f"accept/receipt/#{','.join(receipts)}", at=at, **options)
        if wait and receipts:
            expect(page.locator(".inforce-receipt")).to_have_count(len(receipts))
        return page

    return reads


def said(page, place=0):
    return page.locator(".inforce-receipt").nth(place).inner_text()


@pytest.mark.parametrize("kind", ["ed25519", "es256"])
def test_a_genuine_receipt_is_checked_and_told(read, accepting, kind):  # noqa: F811
    page = read(accepting.receipt(kind))
    told = said(page)
    assert "You accepted: Privacy Policy, the revision of 10 April 2018" in told
    assert "Recorded on 20 April 2018, 12:00." in told
    assert "The register signed this receipt" in told
    assert "Yes. This text has bound you since 20 April 2018, 12:00." in told
    assert "Nothing: no text of this policy was posted after this one." in told
    assert told.count("the same as on this site") == 2
    assert page.evaluate("window.violations") == []
    assert page.said == []
    document = page.get_by_role("link", name="the exact document").get_attribute("href")
    assert page.request.get(f"{page.url.partition('#')[0]}{document}").ok


def test_no_server_sees_the_receipt(read, accepting):  # noqa: F811
    receipt = accepting.receipt()
    page = read(receipt)
    assert not [url for url in page.requests if receipt[:40] in url.partition("#")[0]]


def test_a_text_that_was_replaced_is_told_so_with_what_changed(read, accepting_later, late):  # noqa: F811
    page = read(accepting_later.receipt(), at=late, now="2019-05-01T00:00:00+09:00")
    told = said(page)
    assert "No longer. This text bound you from 20 April 2018, 12:00 until 2 April 2019, 09:00." in told
    assert "What binds you now: the revision of 1 February 2019, since 2 April 2019, 09:00." in told
    changes = page.get_by_role("link", name="what it changed").last.get_attribute("href")
    compare = page.get_by_role("link", name="Compare the text").first.get_attribute("href")
    assert changes.endswith("privacy-policy/2019-02-01/changes/")
    assert compare.endswith("privacy-policy/compare/?from=2018-04-10&to=2019-02-01")
    page.goto(f"{late}accept/receipt/{compare}")
    expect(page.locator(".inforce-compared h2").first).to_be_visible()


def test_a_correction_stands_for_what_was_accepted(read, accepting_later, late):  # noqa: F811
    told = said(read(accepting_later.receipt(), at=late, now=LATER))
    assert "Yes. This text has bound you since 20 April 2018, 12:00, and will until 2 April 2019, 09:00." in told
    assert "Its correction stands for it, with the same meaning: the revision of 20 May 2018." in told
    assert "Then it is followed by the revision of 1 February 2019." in told


def test_what_takes_effect_by_its_date_does_so_whatever_was_answered(read, accepting):  # noqa: F811
    receipt = accepting.receipt(
        audience="current_users", registered="2016-01-01T00:00:00+09:00", decision="declined", at="2018-04-20T00:00:00Z"
    )
    before = said(read(receipt, now="2018-05-09T00:00:00+09:00"))
    assert "You declined: Privacy Policy, the revision of 10 April 2018" in before
    assert "What binds you now: the revision of 1 March 2014, since 1 January 2016." in before
    after = said(read(receipt, now="2018-05-10T00:00:00+09:00"))
    assert "This text binds you now, since 10 May 2018: it takes effect whatever anybody answers." in after


def test_what_was_declined_first_and_accepted_later_binds_because_it_was_accepted(read, accepting):  # noqa: F811
    receipts = [
        accepting.receipt(decision=decision, registered="2018-04-19T00:00:00+09:00", at=f"2018-04-2{number}T00:00:00Z")
        for number, decision in enumerate(["declined", "accepted"])
    ]
    told = said(read(*receipts))
    assert "This text binds you now, since 21 April 2018, 09:00: by another receipt on this page you" in told
    assert "whatever anybody answers" not in told


def test_who_never_said_when_they_registered_is_told_what_is_taken_for_it(read, accepting):  # noqa: F811
    told = said(read(accepting.receipt(registered=None)))
    assert "If you registered on 20 April 2018, 12:00, when you first accepted a text, this holds for you:" in told
    assert "If you registered on" not in said(read(accepting.receipt(registered="2018-04-19T00:00:00+09:00")))


def test_several_receipts_of_one_person_are_read_together(read, accepting):  # noqa: F811
    first = accepting.receipt(revision="2014-03-01", at="2018-04-09T00:00:00Z", registered=None, number=1)
    second = accepting.receipt(audience="current_users", at="2018-05-15T00:00:00Z", registered=None, number=2)
    page = read(first, second, now="2018-05-20T00:00:00+09:00")
    assert "Yes. This text has bound you since 10 May 2018." in said(page, 1)
    assert "Yes. This text has bound you since 15 May 2018" in said(read(second, now="2018-05-20T00:00:00+09:00"))


def test_a_receipt_that_says_no_registration_tells_nothing_of_what_binds(read, accepting):  # noqa: F811
    told = said(read(accepting.receipt(decision="deferred", registered=None)))
    assert "You put off the answer to: Privacy Policy" in told
    assert "This receipt does not say when you registered" in told


def test_a_policy_in_another_language_is_told_in_the_page_s_own(read, accepting):  # noqa: F811
    page = read(accepting.receipt(policy="terms", revision="2014-03-01", at="2018-04-20T00:00:00Z"))
    heading = page.locator(".inforce-receipt h2")
    assert "You accepted: 이용약관" in heading.inner_text()
    assert heading.locator("[lang=ko]").first.inner_text() == "이용약관"


def payload_of(receipt):
    return json.loads(base64.urlsafe_b64decode(receipt.split(".")[1] + "=="))


def altered(receipt, place, change):
    parts = receipt.split(".")
    value = base64.urlsafe_b64decode(parts[place] + "==")
    parts[place] = base64.urlsafe_b64encode(change(value)).rstrip(b"=").decode()
    return ".".join(parts)


CHANGES = [
    (1, lambda value: value.replace(b"accepted", b"declined")),
    (1, lambda value: value.replace(b"u-1077", b"u-1078")),
    (2, lambda value: bytes([value[0] ^ 1]) + value[1:]),
    (2, lambda value: value[:-1]),
]
LAST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("kind", ["ed25519", "es256"])
def test_whatever_is_altered_is_refused_and_nothing_of_it_shown(read, accepting, kind):  # noqa: F811
    page = read(*(altered(accepting.receipt(kind), *change) for change in CHANGES))
    for number in range(len(CHANGES)):
        assert "This could not be confirmed as a receipt" in said(page, number)
        assert "the receipt was altered, or made up" in said(page, number)
    assert "u-107" not in page.locator(".inforce-receipts__read").inner_text()


def test_the_last_sign_of_a_receipt_is_one_of_it_too(read, accepting):  # noqa: F811
    receipt = accepting.receipt()
    for sign in sorted(set(LAST) - {receipt[-1]})[::8]:
        assert "the receipt was altered, or made up" in said(read(receipt[:-1] + sign)), sign


def test_of_what_is_no_receipt_one_word_is_enough(opened, early, accepting):  # noqa: F811
    page = opened("accept/receipt/", at=early)
    page.get_by_role("button", name="Read").click()
    expect(page.get_by_role("status").first).to_contain_text("There is no receipt yet.")
    page.get_by_label("Receipts").fill(f"this is my {accepting.receipt()} and no more")
    page.get_by_role("button", name="Read").click()
    expect(page.locator(".inforce-receipt")).to_have_count(2)
    assert "no receipt, or not the whole of one" in said(page, 0)
    assert "The register signed this receipt" in said(page, 1)
    expect(page.locator(".inforce-receipts__status")).to_be_empty()


def test_a_key_of_somebody_else_s_signs_nothing(read, accepting, tmp_path):  # noqa: F811
    mine = make_key("es256", tmp_path / "mine.pem")
    value = payload_of(accepting.receipt())
    assert "not among those of the register" in said(read(signed(value, "inforce-receipt+jwt", mine)))
    head = signed(value, "inforce-head+jwt", accepting.keys["es256"])
    assert "no receipt, or not the whole of one" in said(read(head))
    other = signing_key(accepting.keys["es256"].key)
    less = {name: each for name, each in value.items() if name != "digest"}
    assert "has not what a receipt has" in said(read(signed(less, "inforce-receipt+jwt", other)))


def test_a_browser_that_cannot_check_a_kind_says_so_plainly(chromium, early, accepting):  # noqa: F811
    context = chromium.new_context()
    context.add_init_script(CANNOT)
    page = context.new_page()
    page.goto(f"{early}accept/receipt/#{accepting.receipt()},{accepting.receipt('es256')}")
    expect(page.locator(".inforce-receipt")).to_have_count(2)
    assert "your browser cannot check signatures of this kind (Ed25519)" in said(page)
    assert "If this receipt is genuine, this is what holds for you:" in said(page)
    assert "The register signed this receipt" not in said(page)
    assert "The register signed this receipt" in said(page, 1)
    assert "If this receipt is genuine" not in said(page, 1)
    context.close()


def encoded(text):
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


MARKUP = "<img src=x onerror=alert(1)><script>document.title='planted'</script>"
HOSTILE = [
    MARKUP,
    quote(MARKUP),
    "%E0%A4%A",
    "..",
    "a.b.c",
    "__proto__.constructor.x",
    f"{encoded(MARKUP)}.{encoded(MARKUP)}.{encoded(MARKUP)}",
    f"{encoded(json.dumps({'alg': MARKUP, 'kid': MARKUP, 'typ': MARKUP}))}.{encoded('{}')}.AA",
    f"{encoded(json.dumps({'alg': 'none', 'kid': 'x', 'typ': 'inforce-receipt+jwt'}))}.{encoded('{}')}.AA",
    f"{encoded('[1]')}.{encoded('null')}.AA",
    "A" * 20_000,
    "javascript:alert(1)",
]


def test_nothing_in_an_address_becomes_markup(opened, early):
    page = opened("accept/receipt/", at=early)
    for fragment in HOSTILE:
        page.goto("about:blank")
        page.goto(f"{early}accept/receipt/#{fragment}")
        expect(page.locator(".inforce-receipt").first).to_contain_text("This could not be confirmed as a receipt")
        expect(page.locator(".inforce-receipts__status")).to_be_empty()
        assert page.title().startswith("Your receipt"), fragment
        assert page.evaluate("window.violations") == [], fragment
        inside = page.locator(".inforce-receipts__read *").evaluate_all("all => all.map(one => one.tagName)")
        assert set(inside) <= {"SECTION", "H2", "P"}, fragment


def test_what_a_receipt_says_stays_text_even_if_the_register_signed_it(read, accepting):  # noqa: F811
    page = read(hostile(accepting))
    assert MARKUP in said(page)
    assert page.evaluate("window.violations") == []
    assert page.locator(".inforce-receipts__read :is(img, script)").count() == 0


def hostile(site):
    said_there = {**payload_of(site.receipt()), "subject": MARKUP, "iss": MARKUP}
    return signed(said_there, "inforce-receipt+jwt", site.keys["ed25519"])


def test_a_policy_or_text_that_the_site_does_not_have_is_told(read, accepting):  # noqa: F811
    value = payload_of(accepting.receipt())
    key = accepting.keys["ed25519"]
    elsewhere = said(read(signed({**value, "policy": "constructor"}, "inforce-receipt+jwt", key)))
    newer = said(read(signed({**value, "revision": "2030-01-01"}, "inforce-receipt+jwt", key)))
    assert "This site has no policy of that name" in elsewhere
    assert "This site does not have that text yet." in newer
    other = said(read(signed({**value, "digest": "0" * 64, "presentation": "1" * 64}, "inforce-receipt+jwt", key)))
    assert other.count("not the same as on this site") == 2
    assert "This site has another text under this name." in other
    assert "Is it still in force for you?" not in other


def test_the_acceptance_of_another_text_of_that_name_binds_nobody_to_this_one(read, accepting):  # noqa: F811
    """It is given together with another answer of the same person."""
    declined, accepted = accepting.receipt(decision="declined", number=2), accepting.receipt()
    said_there = {**payload_of(accepted), "digest": "0" * 64}
    other = signed(said_there, "inforce-receipt+jwt", accepting.keys["ed25519"])
    alone, together = said(read(declined)), said(read(declined, other))
    assert together == alone
    assert said(read(declined, accepted)) != alone


def test_a_receipt_can_be_given_by_keyboard(read, accepting):  # noqa: F811
    page = read()
    page.get_by_label("Receipts").focus()
    page.keyboard.insert_text(f"  {early_address(accepting.receipt())}\n")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".inforce-receipt")).to_have_count(1)
    expect(page.locator(".inforce-receipt h2")).to_be_focused()
    assert "The register signed this receipt" in said(page)
    page.go_back()
    expect(page.locator(".inforce-receipt")).to_have_count(0)


def early_address(receipt):
    return f"https://policies.qstore.example/accept/receipt/#{receipt}"


def test_without_javascript_it_says_what_can_be_done(read, accepting):  # noqa: F811
    page = read(accepting.receipt(), java_script_enabled=False, wait=False)
    expect(page.get_by_text("this page needs JavaScript")).to_be_visible()
    expect(page.get_by_text("inforce verify")).to_be_visible()
    expect(page.get_by_label("Receipts")).to_be_hidden()


def test_it_is_printed_whole(read, accepting):  # noqa: F811
    page = read(accepting.receipt())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_label("Receipts")).to_be_hidden()
    expect(page.locator(".inforce-paper")).to_contain_text("https://policies.qstore.example/accept/receipt/")
    expect(page.locator(".inforce-receipt details p")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_has_no_fault_that_a_program_finds(read, accepting, scheme, width):  # noqa: F811
    page = read(accepting.receipt(), accepting.receipt() + "x", width=width, color_scheme=scheme)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
