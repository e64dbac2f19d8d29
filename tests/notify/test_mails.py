"""Mails as they arrive, read as a mail reader reads them: no name, subject or address says more than it should."""

import email
import email.policy
from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from notify.mail_server import receiving
from notify.whole_job import NOW

from inforce.core.announcement import Announcement, Message, Recipient
from inforce.core.delivery import Channel, Delivery
from inforce.core.notify_settings import Mail, Security
from inforce.formats.notify.mail import common_part, mail_of
from inforce.formats.notify.recipient import recipient_of

JOINED = datetime(2016, 2, 1, tzinfo=UTC)
SEEN = st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"])
WORDS = Message("About it", "What changes\n", "<p>What changes</p>")
OURS = ["From", "Subject", "Auto-Submitted", "List-Id", "MIME-Version", "Content-Type", "Content-Language"]
ANNOUNCED = Announcement(
    *("tag:qstore.example,2014:notices/privacy-policy/2018-04-10/posted", "posted", "privacy-policy", "2018-04-10"),
    *("0" * 64, NOW, NOW, None, (), "en", "0" * 32, "", "", ""),
)


def made(name="", address="kim@members.example", message=WORDS, sender="notices@qstore.example", reply_to=""):
    """The mail, as a reader has it."""
    mail = Mail("mail.qstore.example", 25, Security.NONE, sender, reply_to=reply_to)
    whom = Recipient(address, JOINED, "1", None, name or None)
    common = common_part(ANNOUNCED, message, "en", mail)
    data = mail_of(Delivery(ANNOUNCED, whom, Channel.MAIL), whom, common, mail, NOW)
    assert not {b"\r", b"\n"} & set(data.split(b"\r\n")), "every line ends in CRLF"
    assert max(map(len, data.split(b"\r\n"))) <= 998
    return email.message_from_string(data.decode(), policy=email.policy.default)


def name_of(mail, header):
    """What stands before the address."""
    return decoded(mail, header, lambda raw: raw.rpartition("<")[0].strip())


def decoded(mail, header, part=str):
    """A header, or part of it, decoded as RFC 2047 has it; `email` itself loses some spaces."""
    return str(make_header(decode_header(part(dict(mail.raw_items())[header]))))


@given(st.text(SEEN, min_size=1, max_size=255).filter(str.strip), st.sampled_from(["kim", '"kim lee"', "김"]))
@example('Kim, "Lee" <all@members.example>; Park: (x) \\', "kim")
@example("=?utf-8?q?Kim=0D=0ABcc:_all=40members.example?=", "kim")
@example('"x, ' * 60, "김")
@example("김" * 255, "kim")
def test_a_name_is_a_name_whatever_it_holds(name, local):
    mail = made(name, f"{local}@members.example")
    assert mail.keys() == ["To", "Date", "Message-ID", *OURS]
    assert [(one.username, one.domain) for one in mail["To"].addresses] == [(local.strip('"'), "members.example")]
    assert name_of(mail, "To").split() == name.split()


@given(st.text(SEEN | st.sampled_from("\r\n\t\v\x85\u2028"), max_size=400))
@example("Changes\r\nBcc: all@members.example\r\n\r\n<p>")
@example("변경 안내, " * 40)
def test_a_subject_is_a_subject_whatever_it_holds(subject):
    mail = made(message=Message(subject, "What changes\n", "<p>What changes</p>"))
    assert mail.keys() == ["To", "Date", "Message-ID", *OURS]
    assert decoded(mail, "Subject") == " ".join(subject.split())


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=2000))
@example(".\r\n.\r\nQUIT\r\n" + "x" * 2000)
@example("From kim\n--=_" + "0" * 32 + "--\n")
def test_a_text_is_the_text_whatever_it_holds(text):
    mail = made(message=Message("About it", text, f"<pre>{text}</pre>"))
    plain, page = mail.iter_parts()
    assert mail.defects == plain.defects == page.defects == []
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().split() == text.split()
    assert f"<pre>{text}</pre>".split() == page.get_content().partition("<body>")[2].partition("</body>")[0].split()


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("notices@qstore.example", "", "notices@qstore.example"),
        ("Qstore <notices@qstore.example>", "Qstore", "notices@qstore.example"),
        ('"Qstore, Inc." <notices@qstore.example>', "Qstore, Inc.", "notices@qstore.example"),
        ('"큐스토어, Inc." <notices@qstore.example>', "큐스토어, Inc.", "notices@qstore.example"),
        (f'"{"Q, " * 40}Inc." <notices@qstore.example>', "Q, " * 40 + "Inc.", "notices@qstore.example"),
        ("Qstore <notices@큐스토어.example>", "Qstore", "notices@xn--9t4b29c0ynpkb.example"),
    ],
)
def test_a_sender_comes_as_the_operator_wrote_it(written, name, address):
    mail = made(sender=written, reply_to=written)
    for header in ("From", "Reply-To"):
        assert [one.addr_spec for one in mail[header].addresses] == [address]
        assert name_of(mail, header).split() == name.split()


def test_addresses_of_any_script_arrive(job):
    job.members(
        "kim@도메인.example,2016-02-01T10:00:00+09:00,1,ko,김하나",
        "김@members.example,2016-02-01T10:00:00+09:00,2,ko,김하나",
        '"""kim lee""@members.example",2016-02-01T10:00:00+09:00,3,en,',
    )
    with receiving() as server:
        assert job.run(server.port).sent == 3
    assert server.recipients == ["kim@xn--hq1bm8jm9l.example", "김@members.example", '"kim lee"@members.example']
    assert [mail.keys()[:3] for mail in server.mails] == [["To", "Date", "Message-ID"]] * 3
    assert {mail["Subject"] for mail in server.mails} == {"변경 안내", "About 2018-04-10"}


def test_a_sender_of_any_script_is_taken(job):
    with receiving() as server:
        path = job.set_up(server.port)
        path.write_text(path.read_text().replace("qstore.example>", "큐스토어.example>"), encoding="utf-8")
        assert job.run_as_set_up().sent == 2
    assert {mail["From"] for mail in server.mails} == {"Qstore <notices@xn--9t4b29c0ynpkb.example>"}


@pytest.mark.parametrize(
    ("unsubscribe", "header", "click"),
    [
        (
            "https://qstore.example/off?who={subject}&at={address}",
            "<https://qstore.example/off?who=m%2F1%0A&at=kim%2Bnews%40members.example>",
            "List-Unsubscribe=One-Click",
        ),
        ("mailto:off@qstore.example?subject={subject}", "<mailto:off@qstore.example?subject=m%2F1%0A>", None),
        ("", None, None),
    ],
)
def test_unsubscribing_takes_one_click_where_there_is_a_web_address(unsubscribe, header, click):
    mail = Mail("mail.qstore.example", 25, Security.NONE, "notices@qstore.example", unsubscribe=unsubscribe)
    whom = Recipient("kim+news@members.example", JOINED, "m/1\n", None, None)
    data = mail_of(Delivery(ANNOUNCED, whom, Channel.MAIL), whom, common_part(ANNOUNCED, WORDS, "en", mail), mail, NOW)
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert (read["List-Unsubscribe"], read["List-Unsubscribe-Post"]) == (header, click)


@pytest.mark.parametrize("name", ["Kim\r\nBcc: all@members.example", "Kim\nx", "Kim\0", "Kim\u2028x"])
def test_a_name_that_would_be_another_header_makes_no_recipient(name):
    with pytest.raises(ValueError, match="the name holds U"):
        recipient_of({"address": "kim@members.example", "registered": JOINED, "name": name})
