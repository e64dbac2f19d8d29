"""`privacy-policy-archive.zip`: everything that the archive has of a policy, to be checked without the site and us.

The whole layout; the names of PDFs are those of the manifest::

    privacy-policy-archive/
    ├── README.txt                                       what this is, and how to check it
    ├── SHA256SUMS                                       of every other file here
    ├── certificates.pem                                 the signers' certificates
    ├── manifest.json                                    what the archive has, of every policy
    ├── manifest.json.p7s                                its signature
    └── privacy-policy/
        ├── privacy-policy-2018-04-10.current_users.html what current users are asked to accept, word for word
        ├── privacy-policy-2018-04-10.md                 the exact source, of which the digest is
        ├── privacy-policy-2018-04-10.new_users.html     what new users are asked
        └── privacy-policy-2018-04-10.pdf                the signed PDF

Where nobody is asked anything, there is nothing of what they are asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files as resources

from inforce.core.archive import (
    CERTIFICATES,
    MANIFEST,
    MANIFEST_SIGNATURE,
    SUMS,
    Archived,
    KeptPresentation,
    file_name,
    place_of,
    presentation_place,
)
from inforce.core.effect import Audience
from inforce.formats.sha256sums import sha256sums

README = "README.txt"
_ASKED = """
    for each revision that somebody is asked to accept, what they are
    asked, word for word: those who had registered before its posting
    (….current_users.html), and those who register later
    (….new_users.html)"""
_ASKED_BELONGS = """

   What people are asked is not signed itself. The manifest has its
   digest as well:

{}"""
_OPENSSL_CMS = "openssl cms -verify -binary -inform DER -purpose any \\\n   "
_OPENSSL_X509 = "openssl x509 -noout -subject -fingerprint -sha256"


def source_place(policy: str, revision: str) -> str:
    """Where a revision's source lies."""
    return f"{policy}/{file_name(policy, revision).removesuffix('.pdf')}.md"


def sums(
    files: Iterable[Archived], presentations: Iterable[KeptPresentation], others: Iterable[tuple[str, str]]
) -> bytes:
    """The digests of every file: of what the manifest has, and of others by name and digest."""
    found = dict(others)
    found |= {one.place: one.digest for one in presentations}
    for one in files:
        found[place_of(*one.key)] = one.present.digest
        found[source_place(*one.key)] = one.source
    return sha256sums(found)


def readme(policy: str, title: str, root: str, fingerprints: Iterable[str], *, is_asking: bool = False) -> bytes:
    """What this is and how to check it, for somebody who has nothing but the archive.

    `is_asking` says that there are presentations in it.
    """
    commands = {step: _indented(command) for step, command in steps(f"{policy}/{file_name(policy, 'REVISION')}")}
    if is_asking:
        example = presentation_place(policy, "REVISION", Audience.NEW_USERS)
        commands["belongs"] += _ASKED_BELONGS.format(_indented(dict(steps(example))["belongs"]))
    told = "\n".join(map(_indented, sorted(fingerprints)))
    site = root or "the publisher's site"
    text = resources("inforce.formats").joinpath("archive_readme.txt").read_text("utf-8")
    asked = _ASKED if is_asking else ""
    return text.format(policy=policy, title=title, site=site, asked=asked, fingerprints=told, **commands).encode()


def steps(example: str) -> tuple[tuple[str, str], ...]:
    """The commands with which a copy is checked without us, by what each of them shows; `example` is a PDF's name."""
    return (
        ("sums", f"sha256sum --check {SUMS}"),
        (
            "manifest",
            f"{_OPENSSL_CMS} -in {MANIFEST_SIGNATURE} -content {MANIFEST} \\\n    -CAfile ROOT.pem -out checked.json",
        ),
        ("belongs", f"sha256sum {example} | cut -c-64 | grep --file - --count checked.json"),
        ("signature", f"pdfsig -nocert {example}"),
        ("source", f"pdfdetach -savefile source.md -o source.md {example}\nsha256sum source.md"),
        ("certificate", f"{_OPENSSL_X509} -in {CERTIFICATES}\ngrep --max-count 1 certificate checked.json"),
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
