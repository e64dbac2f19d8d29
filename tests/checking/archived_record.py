"""The record of the publisher whose copies are checked."""

from repository import material, revision

BEFORE = "2018-04-01T09:00:00+09:00"
POSTED = "2018-04-10T09:00:00+09:00"
FIRST = revision(
    "posted: 2014-03-01T00:00:00+09:00\nsource: Publication log, page 3",
    "# Privacy Policy\n\nWe keep what you tell us.\n",
)
SECOND = material("effective: 2018-05-10", "# Privacy Policy\n\nWe keep what you tell us, and your orders.\n")
PDF = "privacy-policy/privacy-policy-2018-04-10.pdf"
