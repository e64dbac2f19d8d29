"""`timemap.link`: a policy's revisions as a Memento TimeMap (RFC 7089, section 5), in the link format of RFC 6690.

The whole format; addresses are absolute where the site's is known, else relative to the file; a memento's `datetime` is
its posting, in the form of HTTP's dates (RFC 9110, section 5.6.7)::

    <https://policies.qstore.example/privacy-policy/>;rel="original",
    <https://policies.qstore.example/privacy-policy/timemap.link>;rel="self";type="application/link-format"\
;from="Fri, 28 Feb 2014 15:00:00 GMT";until="Tue, 10 Apr 2018 00:00:00 GMT",
    <https://policies.qstore.example/privacy-policy/2014-03-01/>;rel="first memento"\
;datetime="Fri, 28 Feb 2014 15:00:00 GMT",
    <https://policies.qstore.example/privacy-policy/2018-04-10/>;rel="last memento"\
;datetime="Tue, 10 Apr 2018 00:00:00 GMT"

A single revision is `rel="first last memento"`. Mementos stand in order of posting, those of one second too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from inforce.core import address
from inforce.core.record import PolicyRecord

TYPE = "application/link-format"
_URI = "!#$%&'()*+,-./:;=?@[]_~"
"""What may stand in a URI reference besides letters and digits (RFC 3986, appendix A)."""


def timemap(policy: PolicyRecord, root: str) -> bytes:
    """The TimeMap of a policy that has a posting.

    Args:
        policy: its revisions, in order of posting.
        root: the site's address with a slash at its end, or nothing where that is not known.
    """
    here = address.timemap_address(policy.slug)

    def link(target: str, relation: str, **attributes: str) -> str:
        place = quote(address.located(target, here, root), safe=_URI)
        return "".join([f'<{place}>;rel="{relation}"', *(f';{key}="{value}"' for key, value in attributes.items())])

    first, last = policy.revisions[0].posted, policy.revisions[-1].posted
    links = [
        link(address.policy_address(policy.slug), "original"),
        link(here, "self", type=TYPE, **{"from": http_date(first), "until": http_date(last)}),
    ]
    links += [
        link(address.revision_address(policy.slug, one.name), relation, datetime=http_date(one.posted))
        for one, relation in zip(policy.revisions, _relations(len(policy.revisions)), strict=True)
    ]
    return (",\n".join(links) + "\n").encode("ascii")


def http_date(instant: datetime) -> str:
    """An instant as HTTP has it, whole seconds: `Tue, 10 Apr 2018 00:00:00 GMT`."""
    return format_datetime(instant, usegmt=True)


def _relations(count: int) -> Iterator[str]:
    for place in range(count):
        words = ["first"] * (place == 0) + ["last"] * (place == count - 1) + ["memento"]
        yield " ".join(words)
