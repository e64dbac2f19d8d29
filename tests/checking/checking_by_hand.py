"""What a reader asks of a copy, as values: no command line, no process of its own."""

from datetime import UTC, datetime

from signed_samples import authorities

from inforce.adapters.checking.certificates import read_trust
from inforce.adapters.checking.pyhanko_checking import gather_evidence
from inforce.core.verdict import Asked, judge

TODAY = datetime(2020, 1, 1, tzinfo=UTC)
NAME = "privacy-policy-2018-04-10.pdf"


def checked(pdf, trust="root", name=NAME, on=TODAY, who=None, **asked):
    """The verdict on a PDF; `trust` names those of the authorities' certificates that the reader trusts."""
    named = [getattr(who or authorities(), one).pem for one in trust.split()] if isinstance(trust, str) else trust
    evidence = gather_evidence(pdf, read_trust(b"".join(named)) if named is not None else None, on)
    return judge(evidence, Asked(name, on, **asked))


def against(found):
    """The reasons that speak against a copy, in words."""
    return [one.words for one in found.reasons if one.is_good is False]


def told(found):
    """All reasons, a line each: `about: words`."""
    return "\n".join(f"{one.about}: {one.words}" for one in found.reasons)
