"""What a signed PDF is at each level, as the programs see it that others have."""

import hashlib
import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    SignatureCoverageLevel,
    read_certification_data,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext
from signing_keys import NOW, make_pki, nobody, serving, told

from inforce.adapters.signing.keys import asn1, read_certificates
from inforce.adapters.signing.pyhanko_signing import open_signer
from inforce.core.archive import Level
from inforce.core.errors import ConfigurationError, RecordError
from inforce.core.signing import KeyInFile, Signing

LEVELS = list(Level)
VALID = "Signature Validation: Signature is Valid."


@pytest.fixture(scope="session")
def signed(pdf, pki):
    """The PDF, signed at each level."""

    def at(level):
        with open_signer(pki.signing(level=level), nobody) as signer:
            made = signer.sign(pdf, NOW)
        assert made.level is level
        return made.data

    return {level: at(level) for level in LEVELS}


@pytest.fixture(scope="session")
def upgraded(signed, pki):
    """Those files with an archive timestamp more, and once again."""
    with open_signer(pki.signing(), nobody) as signer:
        once = {level: signer.upgrade(data, NOW) for level, data in signed.items()}
        twice = {level: signer.upgrade(one.data, NOW) for level, one in once.items()}
    assert {one.level for one in (*once.values(), *twice.values())} == {Level.B_LTA}
    return {level: (once[level].data, twice[level].data) for level in LEVELS}


def file(tmp_path, data):
    path = tmp_path / "signed.pdf"
    path.write_bytes(data)
    return path


def reader(data):
    return PdfFileReader(BytesIO(data))


def roots(pki):
    return [asn1(one) for one in read_certificates(str(pki.root))]


@pytest.mark.parametrize("level", LEVELS)
def test_a_signed_file_begins_with_the_unsigned_one(pdf, signed, level):
    assert signed[level].startswith(pdf)


@pytest.mark.parametrize("level", LEVELS)
def test_poppler_finds_a_valid_pades_signature(signed, level, tmp_path):
    said = told("pdfsig", "-nocert", file(tmp_path, signed[level]))
    assert VALID in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signer full Distinguished Name: CN=Qstore signer,O=Qstore,C=KR" in said
    assert said.count(" Total document signed") == 1  # By the signature or, at B-LTA, by the timestamp after it.


@pytest.mark.parametrize("level", LEVELS)
def test_mupdf_finds_a_signature_that_holds(signed, level, tmp_path):
    said = told("mutool", "sign", "-v", file(tmp_path, signed[level]))
    at_lta = "The signature is valid but there have been edits since signing."
    assert ("The document is unchanged since signing." if level is not Level.B_LTA else at_lta) in said


@pytest.mark.parametrize("level", LEVELS)
def test_qpdf_finds_nothing_wrong(signed, upgraded, level, tmp_path):
    for data in (signed[level], *upgraded[level]):
        said = told("qpdf", "--check", file(tmp_path, data))
        assert "No syntax or stream encoding errors found" in said
        assert "WARNING" not in said


@pytest.mark.parametrize("level", LEVELS)
def test_openssl_verifies_what_the_byte_range_says(pki, signed, level, tmp_path):
    data = signed[level]
    start, length, after, rest = map(int, re.search(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)", data).groups())
    covered = data[start : start + length] + data[after : after + rest]
    signature = bytes.fromhex(data[start + length + 1 : after - 1].decode())
    (tmp_path / "covered").write_bytes(covered)
    (tmp_path / "signature.der").write_bytes(signature)
    command = (
        "openssl cms -verify -binary -inform DER -in {0}/signature.der -content {0}/covered -CAfile {1} -purpose any"
    )
    said = told("sh", "-c", f"{command.format(tmp_path, pki.root)} -out {tmp_path}/out 2>&1")
    assert "CMS Verification successful" in said
    (tmp_path / "covered").write_bytes(covered[:-2] + b"x\n")
    said = told("sh", "-c", f"{command.format(tmp_path, pki.root)} -out {tmp_path}/out 2>&1")
    assert "CMS Verification failure" in said


@pytest.mark.parametrize("level", LEVELS)
def test_pyhanko_trusts_it_with_what_is_in_it_alone(pki, signed, upgraded, level):
    """From B-LT on, nothing has to be asked of anybody."""
    for data, reached in ((signed[level], level), *((one, Level.B_LTA) for one in upgraded[level])):
        opened = reader(data)
        context = {"trust_roots": roots(pki)}
        if reached.rank >= Level.B_LT.rank:
            store = DocumentSecurityStore.read_dss(opened)
            validation = store.as_validation_context({**context, "revocation_mode": "require"})
        else:
            validation = ValidationContext(**context)
        (signature,) = opened.embedded_regular_signatures
        status = validate_pdf_signature(signature, validation)
        assert status.bottom_line, status.pretty_print_details()
        assert (status.timestamp_validity is not None) == (level.rank >= Level.B_T.rank)
        for timestamp in opened.embedded_timestamp_signatures:
            found = validate_pdf_timestamp(timestamp, validation)
            assert found.valid
            assert found.intact
            assert found.trusted


@pytest.mark.parametrize("level", LEVELS)
def test_the_last_thing_signed_covers_all_of_the_file(signed, upgraded, level):
    for data in (signed[level], *upgraded[level]):
        last = reader(data).embedded_signatures[-1]
        last.compute_integrity_info()
        assert last.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_it_is_certified_and_allows_no_changes(signed):
    opened = reader(signed[Level.B_B])
    certification = read_certification_data(opened)
    assert certification.permission is MDPPerm.NO_CHANGES
    (field,) = opened.root["/AcroForm"]["/Fields"]
    assert field.get_object()["/Rect"] == [0, 0, 0, 0]
    assert "/Version" not in opened.root  # It stays PDF 1.7, on which PDF/A-3 is based.


@pytest.mark.parametrize("level", LEVELS)
def test_what_it_says_of_itself_stays(pdf, signed, upgraded, level):
    """Metadata and information are those of the unsigned file, with its instant, whatever the clock shows."""
    before = reader(pdf)
    for data in (signed[level], *upgraded[level]):
        after = reader(data)
        assert after.root["/Metadata"].data == before.root["/Metadata"].data
        assert after.trailer["/Info"] == before.trailer["/Info"]


@pytest.mark.parametrize("level", LEVELS)
def test_it_has_the_certificates_of_the_signer_once_each_and_no_root(pki, signed, level):
    (signature,) = reader(signed[level]).embedded_regular_signatures
    held = [one.chosen.dump() for one in signature.signed_data["certificates"]]
    own = [asn1(*read_certificates(str(pki.certificate(name)))).dump() for name in ("signer", "intermediate")]
    assert sorted(held) == sorted(own)


def test_it_claims_the_instant_that_was_given(pki, pdf):
    at = NOW.replace(year=2018, month=4, day=10)
    with open_signer(pki.signing(), nobody) as signer:
        (signature,) = reader(signer.sign(pdf, at).data).embedded_regular_signatures
    assert signature.self_reported_timestamp == at


@pytest.mark.parametrize("level", LEVELS)
def test_an_upgraded_file_begins_with_what_it_was(signed, upgraded, level):
    once, twice = upgraded[level]
    assert once.startswith(signed[level])
    assert twice.startswith(once)
    assert [len(reader(one).embedded_timestamp_signatures) for one in (once, twice)] == (
        [2, 3] if level is Level.B_LTA else [1, 2]
    )


@pytest.mark.parametrize("name", ["signer", "rsa"])
def test_every_kind_of_key_is_verified_by_the_common_programs(pki, pdf, name, tmp_path):
    with open_signer(pki.signing(name), nobody) as signer:
        path = file(tmp_path, signer.sign(pdf, NOW).data)
    assert VALID in told("pdfsig", "-nocert", path)
    assert "The document is unchanged since signing." in told("mutool", "sign", "-v", path)


def test_it_keeps_to_pdf_a_and_pdf_ua(signed, upgraded, broken_clauses, tmp_path):
    paths = []
    for level in LEVELS:
        for number, data in enumerate((signed[level], upgraded[level][1])):
            paths.append(tmp_path / f"{level}-{number}.pdf")
            paths[-1].write_bytes(data)
    assert broken_clauses(*paths) == []


def test_a_byte_that_is_flipped_is_found(signed, tmp_path):
    whole = signed[Level.B_B]
    for place in (100, len(whole) // 3, len(whole) - 30):
        altered = bytearray(whole)
        altered[place] ^= 1
        assert VALID not in told("pdfsig", "-nocert", file(tmp_path, bytes(altered)))


def test_a_file_that_was_altered_is_not_upgraded(pki, signed, upgraded):
    for data, place in ((signed[Level.B_T], 200), (upgraded[Level.B_T][0], len(signed[Level.B_T]) - 40)):
        altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with (
            open_signer(pki.signing(), nobody) as signer,
            pytest.raises(RecordError, match=r"altered|cannot be signed"),
        ):
            signer.upgrade(altered, NOW)


def test_a_file_that_something_was_added_to_is_not_upgraded(pki, signed):
    with open_signer(pki.signing(), nobody) as signer, pytest.raises(RecordError, match="altered after it was signed"):
        signer.upgrade(signed[Level.B_LTA] + b"% more\n", NOW)


def test_a_file_that_was_never_signed_is_not_upgraded(pki, pdf):
    with open_signer(pki.signing(), nobody) as signer, pytest.raises(RecordError, match="has no signature"):
        signer.upgrade(pdf, NOW)


def test_after_its_timestamp_has_expired_it_is_too_late(pki, signed):
    written = BytesIO()
    stamper = PdfTimeStamper(RequestsHTTPTimeStamper(pki.authority("oldtsa")), "Timestamp1")
    stamper.timestamp_pdf(IncrementalPdfFileWriter(BytesIO(signed[Level.B_LT])), "sha256", output=written)
    with (
        open_signer(pki.signing(), nobody) as signer,
        pytest.raises(RecordError, match=r"too late .* expired 2020-01-01"),
    ):
        signer.upgrade(written.getvalue(), NOW)


def test_after_the_certificate_has_expired_it_is_too_late_for_what_has_no_validation_data(pki, pdf):
    with open_signer(pki.signing("expired"), nobody) as signer:
        signed = signer.sign(pdf, NOW.replace(year=2019)).data
    with (
        open_signer(pki.signing(), nobody) as signer,
        pytest.raises(RecordError, match=r"too late .* expired 2020-01-01"),
    ):
        signer.upgrade(signed, NOW)


def test_a_root_that_is_not_in_trust_is_not_called_too_late(pki, signed, tmp_path):
    """Neither for the signature nor for a timestamp; the file is named."""
    own, other = make_pki(tmp_path / "own"), make_pki(tmp_path / "other")
    signing = Signing(
        KeyInFile(str(own.key()), str(own.certificate())),
        timestamps=pki.timestamps,
        chain=(str(own.certificate("intermediate")),),
        trust=(str(own.root), str(other.root)),
    )
    for level in (Level.B_T, Level.B_LTA):
        with open_signer(signing, nobody) as signer, pytest.raises(RecordError) as wrong:
            signer.upgrade(signed[level], NOW, name="archive/p.pdf")
        (problem,) = wrong.value.problems
        assert problem.path == "archive/p.pdf"
        assert "too late" not in problem.what
        assert "it does not lead to any root in `trust`" in problem.what
        assert "signing: trust" in problem.todo


@pytest.mark.parametrize(("level", "is_done"), [(Level.B_T, False), (Level.B_LT, True), (Level.B_LTA, True)])
def test_what_has_its_validation_data_in_it_needs_that_of_the_authority_alone(pdf, tmp_path, level, is_done):
    """The services that tell of the signer's certificate are there at the signing, and gone at the upgrade."""
    with serving() as server:
        pki = make_pki(tmp_path, server.address)
        server.set_app(pki.services)
        with open_signer(pki.signing(level=level), nobody) as signer:
            signed = signer.sign(pdf, NOW).data
        server.set_app(without(pki.services, "intermediate"))
        with open_signer(pki.signing(), nobody) as signer:
            if is_done:
                assert signer.upgrade(signed, NOW).data.startswith(signed)
            else:
                with pytest.raises(RecordError, match="no word on revocation could be found"):
                    signer.upgrade(signed, NOW)


def without(services, name):
    def app(environ, start_response):
        if name in environ["PATH_INFO"]:
            start_response("404 Not Found", [])
            return [b""]
        return services(environ, start_response)

    return app


@pytest.mark.parametrize("missing", ["timestamps", "trust"])
def test_upgrading_needs_an_authority_and_roots(pki, signed, missing):
    signing = pki.signing(**{missing: "" if missing == "timestamps" else ()})
    with open_signer(signing, nobody) as signer, pytest.raises(ConfigurationError, match=f"the option `{missing}`"):
        signer.upgrade(signed[Level.B_B], NOW)


def test_what_is_no_pdf_is_not_signed(pki, signed):
    with open_signer(pki.signing(), nobody) as signer:
        with pytest.raises(RecordError, match="cannot be signed"):
            signer.sign(b"%PDF-1.7\nnothing", NOW)
        with pytest.raises(RecordError, match="cannot be signed"):
            signer.sign(signed[Level.B_B], NOW)  # Never signed again.


def test_a_detached_signature_is_one_that_openssl_knows(pki, tmp_path):
    manifest = b'{\n  "files": []\n}\r\n'
    (tmp_path / "manifest.json").write_bytes(manifest)
    with open_signer(pki.signing(), nobody) as signer:
        signature = signer.sign_detached(manifest, NOW)
        assert [signature.count(one) for one in signer.chain] == [1, 1]
    (tmp_path / "manifest.json.p7s").write_bytes(signature)
    verify = f"""cd {tmp_path} && openssl cms -verify -binary -inform DER -in manifest.json.p7s \
        -content manifest.json -CAfile {pki.root} -out /dev/null 2>&1"""
    assert told("sh", "-c", verify) == "CMS Verification successful\n"
    (tmp_path / "manifest.json").write_bytes(manifest.replace(b"\r\n", b"\n"))
    assert "CMS Verification failure" in told("sh", "-c", verify)


def test_a_signer_tells_its_certificates(pki):
    with open_signer(pki.signing(), nobody) as signer:
        assert signer.certificate == asn1(*read_certificates(str(pki.certificate()))).dump()
        assert signer.fingerprint == hashlib.sha256(signer.certificate).hexdigest()
        assert len(signer.chain) == 2
        assert signer.chain[0] == signer.certificate
        assert signer.chain[1] == asn1(*read_certificates(str(pki.certificate("intermediate")))).dump()
        assert not signer.is_test


def test_our_own_check_finds_it_authentic_at_its_level(pki, signed, upgraded, tmp_path):
    for level in LEVELS:
        (tmp_path / f"{level}.pdf").write_bytes(signed[level])
        (tmp_path / f"{level}-upgraded.pdf").write_bytes(upgraded[level][1])
    program = Path(sys.executable).with_name("inforce")
    command = [program, "verify", tmp_path, "--trust", pki.root, "--json"]
    said = subprocess.run(command, text=True, capture_output=True, check=True, timeout=60).stdout
    found = {Path(one["file"]).stem: (one["verdict"], one["level"]) for one in json.loads(said)["files"]}
    assert found == {str(level): ("authentic", level) for level in LEVELS} | {
        f"{level}-upgraded": ("authentic", "B-LTA") for level in LEVELS
    }
