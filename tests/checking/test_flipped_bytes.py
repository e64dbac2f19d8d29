"""Whatever byte of a copy is changed, wherever, the copy is not authentic any more."""

import random
import re

import pytest
from checking_by_hand import checked, told
from signed_samples import signed, upgraded

COPIES = {
    "B-B": signed,
    "B-T": lambda: signed("B-T"),
    "B-LT": lambda: signed("B-LT"),
    "upgraded": lambda: upgraded(signed("B-LTA")),
}


def changed(pdf, place, to):
    return pdf[:place] + bytes([to]) + pdf[place + 1 :]


def assert_not_authentic(pdf, place, to):
    found = checked(changed(pdf, place, to))
    assert found.verdict != "authentic", f"byte {place}: {pdf[place]} became {to}\n{told(found)}"


@pytest.mark.parametrize("name", COPIES)
def test_throughout_the_file(name):
    pdf, dice = COPIES[name](), random.Random(name)
    for place in sorted(dice.sample(range(len(pdf)), 120)):
        assert_not_authentic(pdf, place, pdf[place] ^ dice.choice([0x01, 0x20, 0x80, 0xFF]))


@pytest.mark.parametrize("name", COPIES)
def test_within_the_signatures_which_no_signature_covers(name):
    """Hexadecimal digits become others, or the same in lower case; zeros behind them something else."""
    pdf, dice = COPIES[name](), random.Random(name)
    for found in re.finditer(rb"/Contents (<[0-9A-F]{500,}>)", pdf):
        start, end = found.span(1)
        filled = len(found[1].rstrip(b"0>"))
        places = [start, start + 1, start + 5, end - 1, end - 2, *dice.sample(range(start, start + filled), 50)]
        for place in [*places, *dice.sample(range(start + filled, end), 8)]:
            digit = pdf[place : place + 1]
            others = {digit.lower(), dice.choice(b"0123456789ABCDEF").to_bytes(1, "big"), b" ", b"\0"} - {digit}
            for other in others:
                assert_not_authentic(pdf, place, other[0])


@pytest.mark.parametrize("name", COPIES)
def test_in_the_byte_ranges(name):
    pdf = COPIES[name]()
    for found in re.finditer(rb"/ByteRange \[[0-9 ]+\]", pdf):
        for place in range(*found.span()):
            assert_not_authentic(pdf, place, pdf[place] ^ 0x01)


@pytest.mark.parametrize("name", COPIES)
def test_at_the_end(name):
    pdf = COPIES[name]()
    for place in range(len(pdf) - 40, len(pdf)):
        assert_not_authentic(pdf, place, pdf[place] ^ 0x02)


def test_cut_short():
    """Wherever it is cut, but where an archive timestamp begins: without that it is as it was before."""
    pdf = upgraded(signed("B-LTA"))
    ends = [found.end() for found in re.finditer(rb"%%EOF\n", pdf)]
    dice = random.Random("cut")
    for length in [*dice.sample(range(len(pdf)), 60), *(end - 1 for end in ends), *(end + 1 for end in ends[:-1])]:
        assert checked(pdf[:length]).verdict in ("altered", "cannot tell"), length
    assert [checked(pdf[:end]).verdict for end in ends] == ["cannot tell", "authentic", "authentic", "authentic"]


@pytest.mark.parametrize("more", [b"\n", b" ", b"\0", b"%", b"%%EOF\n", b"1 0 obj\nnull\nendobj\n"])
@pytest.mark.parametrize("name", COPIES)
def test_with_something_behind_its_end(name, more):
    assert checked(COPIES[name]() + more).verdict != "authentic"


def test_with_something_before_its_beginning():
    assert checked(b"\n" + signed()).verdict != "authentic"
