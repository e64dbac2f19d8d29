"""Verdicts and their reasons in plain words, as `inforce verify` prints them.

A copy has a line, and each reason one under it; `+` speaks for the copy, `-` against it::

    privacy-policy/privacy-policy-2018-04-10.pdf: authentic
      + signature: the signature is intact and covers the whole file as it was signed
      + certificate: signed by CN=Qstore Policies,O=Qstore (certificate 0e86…, issued by CN=…), which is trusted here
        time: signed on 2018-04-10T00:00:05+00:00: that is the signer's own word
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from inforce.core.errors import visible
from inforce.core.verdict import Checked, Reason, Verdict

_MARKS = {True: "+", False: "-", None: " "}


def verdict_words(place: str, checked: Checked) -> list[str]:
    """The lines about one copy."""
    return [f"{visible(place)}: {checked.verdict}", *(_line(one) for one in checked.reasons)]


def summary_words(verdicts: Iterable[Verdict]) -> str:
    """How many there are of each.

    >>> summary_words([Verdict.AUTHENTIC, Verdict.ALTERED, Verdict.AUTHENTIC])
    '3 checked: 2 authentic, 1 altered'
    """
    found = Counter(verdicts)
    told = ", ".join(f"{found[one]} {one}" for one in reversed(Verdict) if found[one])
    return f"{found.total()} checked: {told}" if told else "nothing to check: there is no PDF"


def _line(reason: Reason) -> str:
    return f"  {_MARKS[reason.is_good]} {reason.about}: {visible(reason.words)}"
