"""What Inforce itself signs, with the services of a certification authority: authentic, at the level that it says."""

import pytest
from checking_by_hand import checked, told
from signed_samples import unsigned
from signing_keys import NOW, nobody, serving_pki

from inforce.adapters.signing.pyhanko_signing import open_signer
from inforce.core.archive import Level


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    with serving_pki(tmp_path_factory.mktemp("pki")) as found:
        yield found


@pytest.mark.parametrize("name", ["signer", "rsa"])
@pytest.mark.parametrize("level", list(Level))
def test_each_level_by_each_kind_of_key(pki, level, name):
    with open_signer(pki.signing(name, level=level), nobody) as signer:
        pdf = signer.sign(unsigned(), NOW).data
    found = checked(pdf, trust=[pki.root.read_bytes()], on=NOW.replace(year=NOW.year + 1))
    assert (found.verdict, found.level) == ("authentic", level), told(found)


def test_renewed(pki):
    with open_signer(pki.signing(level=Level.B_LTA), nobody) as signer:
        once = signer.sign(unsigned(), NOW).data
        twice = signer.upgrade(once, NOW).data
    found = checked(twice, trust=[pki.root.read_bytes()], on=NOW.replace(year=NOW.year + 1))
    assert found.verdict == "authentic", told(found)
    assert "2 timestamps of the archive and nothing else follow" in told(found)


def test_raised_from_a_lower_level(pki):
    with open_signer(pki.signing(level=Level.B_T), nobody) as signer:
        raised = signer.upgrade(signer.sign(unsigned(), NOW).data, NOW).data
    found = checked(raised, trust=[pki.root.read_bytes()], on=NOW.replace(year=NOW.year + 1))
    assert (found.verdict, found.level) == ("authentic", "B-LTA"), told(found)


def test_the_other_name_of_rsa_is_found_out(pki):
    """It means the same, and pyHanko and OpenSSL take it."""
    with open_signer(pki.signing("rsa", level=Level.B_B), nobody) as signer:
        pdf = signer.sign(unsigned(), NOW).data
    short, long = (bytes.fromhex(f"06092a864886f70d0101{last}").hex().upper().encode() for last in ("01", "0b"))
    used = long if pdf.rindex(b"/Contents <") < pdf.rfind(long) else short
    place = pdf.rindex(used)
    other = pdf[:place] + (short if used == long else long) + pdf[place + len(used) :]
    assert checked(other, trust=[pki.root.read_bytes()], on=NOW).verdict == "altered"
