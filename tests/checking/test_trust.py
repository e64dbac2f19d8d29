"""Whom a reader trusts, and how far that reaches: a signature that is intact is not yet the publisher's."""

from datetime import UTC, datetime, timedelta

import pytest
from checking_by_hand import against, checked, told
from signed_samples import SIGNED, authorities, keeper, signed, unsigned, upgraded

from inforce.adapters.checking.certificates import read_trust
from inforce.core.signing import TEST_SUBJECT


def test_nobody_said_whom_to_trust():
    found = checked(signed(), trust=None)
    assert found.verdict == "cannot tell"
    (words,) = against(found)
    assert "nobody said whom to trust: give the publisher's certificate (--trust)" in words


def test_somebody_elses_signature():
    other = authorities("Elsewhere", "Qstore Policies")
    found = checked(signed(who=other), trust=[authorities().root.pem, other.root.pem[:0]])
    assert found.verdict == "cannot tell"
    assert "whose certificate leads to no certificate that is trusted" in told(found)


def test_who_names_a_signer_trusts_that_one_alone():
    """Though the authority that is named beside it has issued others."""
    who = authorities()
    mine, other = keeper("Mine", who.intermediate), keeper("Other", who.intermediate)
    certificates = [mine.pem, who.intermediate.pem]
    for signer, verdict in ((mine, "authentic"), (other, "cannot tell")):
        pdf = signed(who=type(who)(who.root, who.intermediate, signer, who.stamper))
        assert checked(pdf, trust=certificates).verdict == verdict


def test_who_trusts_the_signers_own_certificate_needs_no_other():
    """The intermediate's comes along, and the signer's alone is trusted: nothing rests on the intermediate's."""
    found = checked(signed(), trust="signer")
    assert found.verdict == "authentic"
    assert "certificate of Qstore Issuing came with it; nobody here vouches for it, and nothing rests on it" in told(
        found
    )


def test_a_certificate_that_nobody_vouches_for_could_have_been_changed():
    """Who trusts neither the signer's nor the root's has no signature that covers the intermediate's."""
    found = checked(signed(), trust=[keeper("Elsewhere", kind="authority").pem])
    assert found.verdict == "cannot tell"
    words = "nobody here vouches for the certificate of Qstore Issuing, which came with it: trust its issuer's as well"
    assert words in against(found)


def test_trust_in_several_signers_is_told():
    other = keeper("Other", authorities().intermediate)
    found = checked(signed(), trust=[authorities().signer.pem, other.pem])
    assert found.verdict == "authentic"
    assert "what you trust has the certificates of 2 signers, and this is one" in told(found)
    assert "what you trust has" not in told(checked(signed(), trust="signer"))


def test_a_root_vouches_for_all_of_its_customers():
    """So the whole name is shown, and that of the issuer."""
    words = told(checked(signed()))
    assert f"CN=Qstore Policies (certificate {authorities().signer.fingerprint}, issued by CN=Qstore Issuing)" in words
    assert "as it does for all of its customers: see that the name is the publisher's" in words
    assert "customers" not in told(checked(signed(), trust="signer"))


@pytest.mark.parametrize(
    ("years", "words"), [((2010, 2017), "had expired on 2017-01-01"), ((2019, 2030), "was not valid before 2019-01-01")]
)
def test_a_certificate_has_to_be_valid_then(years, words):
    who = authorities(signer_name="Dated", years=years)
    for trust in ("root", "signer intermediate root"):
        found = checked(signed("B-T", who=who), trust=trust, who=who)
        assert found.verdict == "cannot tell"
        assert words in told(found)


def test_a_certificate_may_have_expired_since():
    who = authorities(signer_name="Dated", years=(2014, 2019))
    assert checked(signed("B-T", who=who), who=who, on=datetime(2030, 1, 1, tzinfo=UTC)).verdict == "authentic"


def test_a_timestamp_tells_when_the_signer_lies():
    """Signed in 2019, after the certificate had expired; dated back by the signer, and not by the authority."""
    who = authorities(signer_name="Dated", years=(2014, 2019))
    late = signed("B-T", who=who, at=datetime(2019, 6, 1, tzinfo=UTC))
    found = checked(late, who=who)
    assert found.verdict == "cannot tell"
    assert "had expired on 2019-01-01" in told(found)


def test_a_certificate_that_was_revoked():
    who = authorities(signer_name="Revoked")
    pdf = signed("B-LT", who=who, validation_context=who.context(revoked=[authorities().signer]))
    assert checked(pdf, who=who).verdict == "authentic"
    stored = upgraded(signed("B-T", who=who), who=who, revoked=[who.signer])
    found = checked(stored, who=who)
    assert found.verdict == "cannot tell"
    assert "was revoked by then" in told(found)


def test_a_certificate_that_was_revoked_later_was_good_then():
    who = authorities(signer_name="Revoked later")
    later = SIGNED + timedelta(days=30)
    pdf = upgraded(signed("B-T", who=who), who=who, revoked=[who.signer], since=later)
    assert checked(pdf, who=who).verdict == "authentic"


def test_a_certificate_of_the_same_authority_for_another_purpose():
    """A public authority gives out certificates for web servers, too."""
    who = authorities()
    found = checked(signed(who=type(who)(who.root, who.intermediate, who.stamper, who.stamper)))
    assert found.verdict == "cannot tell"
    assert "whose certificate is meant for other things than documents" in told(found)


def test_a_signer_that_issued_its_own_certificate():
    own = keeper("Qstore alone")
    pdf = signed(who=type(authorities())(own, own, own, authorities().stamper))
    assert checked(pdf, trust=[own.pem]).verdict == "authentic"
    assert checked(pdf, trust="root").verdict == "cannot tell"
    assert checked(signed(), trust=[own.pem]).verdict == "cannot tell"


def test_a_certificate_that_is_not_for_signing():
    who = authorities()
    wrong = keeper("Wrong", who.intermediate, kind="authority")
    found = checked(signed(who=type(who)(who.root, who.intermediate, wrong, who.stamper)))
    assert found.verdict == "cannot tell"
    assert "is not meant for signing" in told(found)


def test_a_stamper_that_is_none():
    who = authorities()
    other = type(who)(who.root, who.intermediate, who.signer, keeper("No stamper", who.intermediate, kind="rsa"))
    found = checked(signed("B-T", who=other))
    assert found.verdict == "authentic"
    assert "No stamper confirms, whose certificate is not meant for timestamps" in told(found)
    assert "that is the signer's own word" in told(found)


# The test key ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def test_key():
    return authorities("Test", TEST_SUBJECT)


def test_the_test_key_is_never_authentic(test_key):
    found = checked(signed(who=test_key), who=test_key, trust="root")
    assert found.verdict == "test-signed"
    assert "a throw-away test key signed it: its certificate says so" in against(found)[0]


def test_what_says_so_of_itself_is_test_signed():
    found = checked(signed(pdf=unsigned(is_test=True)))
    assert (found.verdict, against(found)) == (
        "test-signed",
        ["a throw-away test key signed it: it says so of itself"],
    )


def test_what_is_called_so_is_test_signed():
    assert checked(signed(), name="privacy-policy-2018-04-10-TEST-SIGNED.pdf").verdict == "test-signed"


def test_what_was_altered_as_well_is_altered(test_key):
    pdf = signed(who=test_key).replace(b"/DisplayDocTitle true", b"/DisplayDocTitle null")
    assert checked(pdf, who=test_key).verdict == "altered"


# The file of certificates ---------------------------------------------------------------------------------------------


def test_certificates_are_read_in_pem_and_der():
    who = authorities()
    assert len(read_trust(who.root.pem + who.signer.pem).certificates) == 2
    assert len(read_trust(who.root.der).certificates) == 1
    assert [one.subject.native["common_name"] for one in read_trust(who.root.pem + who.signer.pem).signers] == [
        "Qstore Policies"
    ]


@pytest.mark.parametrize(
    "data", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(data):
    with pytest.raises((ValueError, TypeError, KeyError)):
        read_trust(data)


def test_the_time_of_the_question_counts():
    assert checked(signed("B-T"), on=SIGNED).verdict == "authentic"
