"""Authorities that answer late, wrongly or not at all: an error that says what, or a lower level that is told."""

import hashlib
import socket
import time
from datetime import timedelta
from io import BytesIO

import pytest
from asn1crypto import cms, core, tsp
from certomancer.registry import CertLabel, ServiceLabel
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from signing_keys import NOW, nobody, serving, serving_pki

from inforce.adapters.signing import time_stamping, validation_data
from inforce.adapters.signing.keys import asn1, read_certificates
from inforce.adapters.signing.pyhanko_signing import open_signer
from inforce.core.archive import Level
from inforce.core.errors import ConfigurationError, RecordError

REPLY = "application/timestamp-reply"


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """No patience: the tests need not wait."""
    monkeypatch.setattr(time_stamping, "PAUSE", 0.0)
    monkeypatch.setattr(time_stamping, "SECONDS", 0.4)
    monkeypatch.setattr(validation_data, "SECONDS", 0.4)


def answering(status="200 OK", kind=REPLY):
    """A decorator: a function from a request to the bytes of an answer, as a web application that counts."""

    def made(answer):
        def app(environ, start_response):
            app.asked += 1
            data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
            answered = answer(data)
            start_response(status, [("Content-Type", kind)])
            return answered if not isinstance(answered, bytes) else [answered]

        app.asked = 0
        return app

    return made


def by(pki, request, at=NOW, name="tsa"):
    """The answer of one of the authorities."""
    return pki.architecture.service_registry.summon_timestamper(ServiceLabel(name), at).request_tsa_response(request)


def other_digest(pki):
    @answering()
    def app(data):
        request = tsp.TimeStampReq.load(data)
        request["message_imprint"]["hashed_message"] = hashlib.sha256(b"another").digest()
        return by(pki, request).dump(force=True)

    return app


def other_nonce(pki):
    @answering()
    def app(data):
        request = tsp.TimeStampReq.load(data)
        request["nonce"] = 7
        return by(pki, request).dump(force=True)

    return app


def no_nonce(pki):
    @answering()
    def app(data):
        request = tsp.TimeStampReq.load(data)
        del request["nonce"]
        return by(pki, request).dump(force=True)

    return app


def broken_signature(pki):
    @answering()
    def app(data):
        response = by(pki, tsp.TimeStampReq.load(data)).dump()
        return response[:-1] + bytes([response[-1] ^ 1])

    return app


def signed_by_another(pki):
    """A token by somebody's key whose certificate is not for timestamps."""

    @answering()
    def app(data):
        response = by(pki, tsp.TimeStampReq.load(data))
        signed = response["time_stamp_token"]["content"]
        own = pki.architecture.get_cert(CertLabel("signer"))
        signed["certificates"] = [cms.CertificateChoices("certificate", own)]
        signed["signer_infos"][0]["sid"] = cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number}),
        )
        return response.dump(force=True)

    return app


def of_another_time(pki):
    return answering()(lambda data: by(pki, tsp.TimeStampReq.load(data), NOW - timedelta(hours=2)).dump())


def with_an_old_certificate(pki):
    return answering()(lambda data: by(pki, tsp.TimeStampReq.load(data), name="oldtsa").dump())


def refusing(_pki):
    @answering()
    def app(_data):
        status = {"status": "rejection", "status_string": ["not today"], "fail_info": {"bad_request"}}
        return core.SequenceOf([tsp.PKIStatusInfo(status)], spec=tsp.PKIStatusInfo).dump()  # Without a token.

    return app


def garbage(_pki):
    return answering()(lambda _data: b"\x30\x03nonsense")


def nothing(_pki):
    return answering()(lambda _data: b"")


def page(_pki):
    return answering(kind="text/html")(lambda _data: b"<p>Please log in")


def forbidden(_pki):
    return answering("403 Forbidden")(lambda _data: b"")


def overloaded(_pki):
    return answering("503 Service Unavailable")(lambda _data: b"")


def endless(_pki):
    return answering()(lambda _data: (bytes(1 << 16) for _ in range(1 << 10)))


def dripping(_pki):
    def drops():
        for _ in range(40):
            time.sleep(0.05)
            yield b"\x30"

    return answering()(lambda _data: drops())


def late(_pki):
    return answering()(lambda _data: time.sleep(1) or b"")


BAD = [
    (other_digest, "its timestamp is over another digest than the one that was sent", 1),
    (other_nonce, "its timestamp is for another request: the nonce differs", 1),
    (no_nonce, "its timestamp is for another request: the nonce differs", 1),
    (broken_signature, "the signature of its timestamp does not hold", 1),
    (signed_by_another, "its certificate is not for timestamps, by its extended key usage", 1),
    (of_another_time, f"its timestamp says {(NOW - timedelta(hours=2)).isoformat()}: its clock or that of this", 1),
    (with_an_old_certificate, "its certificate is not valid at the time of its timestamp", 1),
    (refusing, "it refuses: rejection: bad_request, not today", 1),
    (garbage, "what it answers is no timestamp", 1),
    (nothing, "what it answers is no timestamp", 1),
    (page, "what it answers is not of the type application/timestamp-reply", 1),
    (forbidden, "it answers with the status 403", 1),
    (overloaded, "it answers with the status 503", 3),
    (endless, "its answer is longer than 1048576 bytes", 1),
    (dripping, "it does not answer within 0.4 seconds", 3),
    (late, "it does not answer within 0.4 seconds", 3),
]


@pytest.mark.parametrize(("made", "why", "asked"), BAD, ids=[one[0].__name__ for one in BAD])
def test_no_timestamp_is_an_error_that_says_why(pki, pdf, made, why, asked):
    app = made(pki)
    with serving(app) as server:
        signing = pki.signing(level=Level.B_T, timestamps=f"{server.address}/tsa")
        with open_signer(signing, nobody) as signer, pytest.raises(RecordError) as wrong:
            signer.sign(pdf, NOW)
    (problem,) = wrong.value.problems
    assert problem.path == f"{server.address}/tsa"
    assert problem.what.startswith(f"no timestamp, and so not the level B-T: {why}")
    assert app.asked == asked


def unreachable():
    """An address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://user:hidden@127.0.0.1:{taken.getsockname()[1]}/tsa?key=hidden"


def test_an_authority_that_is_down_is_named_without_its_secrets(pki, pdf):
    with (
        open_signer(pki.signing(level=Level.B_T, timestamps=unreachable()), nobody) as signer,
        pytest.raises(RecordError, match="it cannot be reached") as wrong,
    ):
        signer.sign(pdf, NOW)
    assert "hidden" not in str(wrong.value)


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
def test_a_lower_level_is_taken_where_that_is_allowed_and_told(pki, pdf, level):
    with open_signer(pki.signing(level=level, timestamps=unreachable()), nobody) as signer:
        signed = signer.sign(pdf, NOW, allow_lower_level=True)
    assert signed.level is Level.B_B
    assert f"no timestamp, and so not the level {level}: it cannot be reached" in signed.why
    assert signed.why.startswith("http://127.0.0.1:")
    assert "hidden" not in signed.why


def test_an_authority_that_failed_is_not_asked_for_each_document_again(pki, pdf):
    app = overloaded(pki)
    with (
        serving(app) as server,
        open_signer(pki.signing(level=Level.B_T, timestamps=server.address), nobody) as signer,
    ):
        for _ in range(3):
            signer.sign(pdf, NOW, allow_lower_level=True)
    assert app.asked == time_stamping.TRIES


def test_an_authority_that_stumbles_is_asked_again(pki, pdf):
    @answering()
    def app(data):
        if app.asked == 1:
            raise OSError("stumbles")
        return by(pki, tsp.TimeStampReq.load(data)).dump()

    with (
        serving(app) as server,
        open_signer(pki.signing(level=Level.B_T, timestamps=server.address), nobody) as signer,
    ):
        assert signer.sign(pdf, NOW).level is Level.B_T


@pytest.mark.parametrize("level", [Level.B_LT, Level.B_LTA])
def test_an_authority_that_signs_with_several_keys(pki, pdf, level):
    """As one does whose machines have a key each: what validates every one of them is in the file."""

    @answering()
    def app(data):
        return by(pki, tsp.TimeStampReq.load(data), name=("tsa", "tsa2")[app.asked % 2]).dump()

    with (
        serving(app) as server,
        open_signer(pki.signing(level=level, timestamps=server.address), nobody) as signer,
    ):
        signed = signer.sign(pdf, NOW)
    assert signed.level is level
    opened = PdfFileReader(BytesIO(signed.data))
    roots = [asn1(one) for one in read_certificates(str(pki.root))]
    validation = DocumentSecurityStore.read_dss(opened).as_validation_context(
        {"trust_roots": roots, "revocation_mode": "require"}
    )
    assert {"Qstore tsa", "Qstore tsa2"} <= {
        one.subject.native["common_name"] for one in validation.certificate_registry
    }
    (signature,) = opened.embedded_regular_signatures
    assert validate_pdf_signature(signature, validation).bottom_line
    for timestamp in opened.embedded_timestamp_signatures:
        assert validate_pdf_timestamp(timestamp, validation).trusted


def test_without_the_last_timestamp_it_is_b_lt(pki, pdf):
    """The authority gives out what the signature needs, and nothing for the document as a whole."""

    @answering()
    def app(data):
        if app.asked in (3, 4, 5):
            raise OSError("stumbles")
        return by(pki, tsp.TimeStampReq.load(data)).dump()

    with (
        serving(app) as server,
        open_signer(pki.signing(level=Level.B_LTA, timestamps=server.address), nobody) as signer,
    ):
        assert signer.sign(pdf, NOW, allow_lower_level=True).level is Level.B_LT


def test_a_timestamp_of_a_time_at_which_the_certificate_was_not_valid(pki, pdf):
    """Whatever instant the signature claims: no level is low enough."""
    before = NOW.replace(year=2019)
    with open_signer(pki.signing("expired", level=Level.B_T), nobody) as signer:
        for lower in (True, False):
            with pytest.raises(ConfigurationError, match="expired on 2020-01-01"):
                signer.sign(pdf, before, allow_lower_level=lower)


@pytest.mark.parametrize(
    ("name", "level", "why"),
    [
        ("expired", Level.B_B, "expired on 2020-01-01"),
        ("expired", Level.B_LTA, "expired on 2020-01-01"),
        ("early", Level.B_B, "is not valid yet at"),
        ("revoked", Level.B_LT, "was revoked at 00:00:00 on 2020-01-01, due to a compromised key"),
        ("revoked", Level.B_LTA, "was revoked at"),
    ],
)
def test_a_certificate_that_is_not_valid_is_never_lowered_around(pki, pdf, name, level, why):
    with open_signer(pki.signing(name, level=level), nobody) as signer:
        for lower in (True, False):
            with pytest.raises(ConfigurationError, match=why):
                signer.sign(pdf, NOW, allow_lower_level=lower)


def test_a_chain_that_leads_to_no_trusted_root_is_told_with_whose_it_is(pki, pdf, tmp_path):
    with serving_pki(tmp_path / "other") as other:
        signing = pki.signing(level=Level.B_LT, timestamps=other.timestamps)
        with open_signer(signing, nobody) as signer, pytest.raises(ConfigurationError) as wrong:
            signer.sign(pdf, NOW, allow_lower_level=True)
        (problem,) = wrong.value.problems
        assert problem.path == other.timestamps
        assert "it does not lead to any root in `trust`" in problem.what


def test_a_certificate_of_which_nobody_says_whether_it_was_revoked(pki, pdf):
    with open_signer(pki.signing("unknown", level=Level.B_LTA), nobody) as signer:
        with pytest.raises(RecordError, match=r"Qstore unknown.* names no place for revocation data") as wrong:
            signer.sign(pdf, NOW)
        assert "try again" not in str(wrong.value)
        signed = signer.sign(pdf, NOW, allow_lower_level=True)
    assert signed.level is Level.B_T
    assert "names no place for revocation data" in signed.why


def test_revocation_services_that_are_down(pdf, tmp_path):
    with serving_pki(tmp_path / "pki") as pki:
        signing = pki.signing(level=Level.B_LTA)
    with serving(only_timestamps(pki)) as server:
        signing = pki.signing(level=Level.B_LTA, timestamps=server.address)
        with open_signer(signing, nobody) as signer:
            with pytest.raises(RecordError, match=f"no word on revocation could be found.* asked: .*{pki.address}/"):
                signer.sign(pdf, NOW)
            assert signer.sign(pdf, NOW, allow_lower_level=True).level is Level.B_T


def only_timestamps(pki):
    return answering()(lambda data: by(pki, tsp.TimeStampReq.load(data)).dump())
