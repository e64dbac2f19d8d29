"""Copies as they were signed: authentic, for whoever trusts the signer."""

import pytest
from checking_by_hand import against, checked, told
from signed_samples import SIGNED, authorities, keeper, signed, unsigned, upgraded

LEVELS = ["B-B", "B-T", "B-LT", "B-LTA"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_copy_of_each_level_is_authentic(level):
    found = checked(signed(level))
    assert (found.verdict, found.level) == ("authentic", level), told(found)
    assert (found.policy, found.revision) == ("privacy-policy", "2018-04-10")


def test_archive_timestamps_may_follow():
    once = upgraded(signed("B-LTA"))
    found = checked(upgraded(once))
    assert found.verdict == "authentic", told(found)
    assert "3 timestamps of the archive and nothing else follow" in told(found)


def test_an_archive_timestamp_raises_the_level():
    found = checked(upgraded(signed("B-T")))
    assert (found.verdict, found.level) == ("authentic", "B-LTA")


def test_it_tells_who_signed_and_when():
    signer = f"CN=Qstore Policies (certificate {authorities().signer.fingerprint}, issued by CN=Qstore Issuing)"
    trust = "signer intermediate root"
    digest = "e7a8b7257aba8d0cd747aeb24f7b04651c6532cc95dacffaa2cf4c06e55f3db4"
    assert told(checked(signed("B-T"), trust=trust)).splitlines() == [
        "signature: the signature is intact and covers the whole file as it was signed",
        "level: PAdES B-T",
        f"certificate: signed by {signer}, which is trusted here",
        "time: signed no later than 2018-04-10T00:00:05+00:00, as Qstore Time confirms",
        f"source: the attached source.md has the digest {digest}, as it says itself",
    ]


def test_without_a_timestamp_the_time_is_the_signers_own_word():
    assert "time: signed on 2018-04-10T00:00:05+00:00: that is the signer's own word" in told(checked(signed()))


def test_a_timestamp_of_an_authority_that_is_not_trusted_is_so_told():
    """Its certificates came with it up to a root, and so are known to the byte; nobody here trusts that root."""
    found = checked(signed("B-T"), trust="signer intermediate")
    assert found.verdict == "authentic", told(found)
    assert "as Qstore Time confirms" in told(found)
    stranger = checked(signed("B-T"), trust=[authorities().signer.pem, keeper("Root", kind="authority").pem])
    assert "Qstore Time confirms, whose certificate leads to no certificate that is trusted" in told(stranger)
    assert "that is the signer's own word" in told(stranger)


def test_what_is_not_signed_is_not_altered():
    assert checked(unsigned()).verdict == "cannot tell"
    assert against(checked(unsigned())) == ["it carries no signature"]


@pytest.mark.parametrize("data", [b"", b"%PDF", b"PK\3\4", b"\0" * 1000, b"# A text\n", b"%PDF-1.7\n" * 50])
def test_what_is_no_pdf_is_told_without_a_traceback(data):
    assert checked(data).verdict in ("cannot tell", "altered")


def test_a_copy_from_the_future_is_doubted():
    found = checked(signed("B-T"), on=SIGNED.replace(year=2017))
    assert found.verdict == "cannot tell"
    assert any("that is later than 2017" in words for words in against(found))
