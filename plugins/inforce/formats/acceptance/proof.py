"""What a register proves of somebody, as a folder that explains itself: for a court, or whoever has nothing else.

The whole layout, as a ZIP::

    acceptances/
    ├── README.html                       what this is, and how to check it with sha256sum and OpenSSL
    ├── SHA256SUMS                        of every other file here
    ├── keys.json                         the register's public keys (RFC 7517)
    ├── keys/….pem                        the same, each by its thumbprint, as OpenSSL wants them
    ├── rows/00000002.json                a row: the exact bytes of which its content is the digest
    ├── receipts/00000002.jws             its receipt
    ├── chain/00000001-00000004.txt       the chain from one signed head to the next that is about such rows
    ├── heads/00000004.jws                signed heads
    ├── texts/privacy-policy/2018-04-10.md    the exact text that was answered
    └── presentations/….html              the exact page that was shown, by its digest

A line of a chain has a row's number, the digest of the row before it, its content, and its digest, with spaces between
them: nothing of what others were shown and said can be read from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from html import escape

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.register import Row
from inforce.formats.acceptance.jwks import Jwks, PublicKey
from inforce.formats.messages import Messages
from inforce.formats.redline.style import page_style

TOP = "acceptances"
README, SUMS, KEYS = "README.html", "SHA256SUMS", "keys.json"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """\
pre { white-space: pre-wrap; }
:is(kbd, samp) { display: block; font: 0.9em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
kbd { padding: 0.3em 0.7em; border: 1px solid var(--inforce-line); }
samp { padding: 0.3em 0.7em 0.8em; color: var(--inforce-quiet); }
"""
_CHAIN = """\
for stretch in chain/*.txt; do
  last=
  while read -r number previous content digest; do
    computed=$(printf '%s%s' "$previous" "$content" | sha256sum | cut -c-64)
    [ "$previous" = "${last:-$previous}" ] && [ "$computed" = "$digest" ] || echo "row $number does not fit"
    last=$digest
  done < "$stretch"
done"""

_VERIFIED = "Signature Verified Successfully"
_DER = """\
| od -An -v -tx1 | tr -d ' \\n' > numbers
  printf 'asn1=SEQUENCE:both\\n[both]\\nr=INTEGER:0x%s\\ns=INTEGER:0x%s\\n' \\
    "$(cut -c-64 numbers)" "$(cut -c65- numbers)" > both
  openssl asn1parse -genconf both -noout -out signature"""
"""How the two numbers of a signature of ES256 (RFC 7518, 3.4) become what OpenSSL reads."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A row that is proved: what stands in it, the digest of its text, and the revision that the record has of it."""

    row: Row
    content: str
    revision: Revision


@dataclass(frozen=True, slots=True)
class Proof:
    """What is explained.

    Attributes:
        subject: of whom it is.
        issuer: the register's address.
        keys_address: where the register publishes its keys.
        rows: the subject's rows.
        signed: the places of receipts and heads, each with the key that signed it.
    """

    subject: str
    issuer: str
    keys_address: str
    rows: tuple[Proved, ...]
    signed: tuple[tuple[str, PublicKey], ...]


def row_place(number: int) -> str:
    """Where a row lies."""
    return f"rows/{number:08}.json"


def receipt_place(number: int) -> str:
    """Where its receipt lies."""
    return f"receipts/{number:08}.jws"


def head_place(number: int) -> str:
    """Where a signed head lies."""
    return f"heads/{number:08}.jws"


def chain_place(first: int, last: int) -> str:
    """Where a stretch of the chain lies."""
    return f"chain/{first:08}-{last:08}.txt"


def text_place(policy: str, revision: str) -> str:
    """Where a text lies."""
    return f"texts/{policy}/{revision}.md"


def presentation_place(digest: str) -> str:
    """Where what was shown lies."""
    return f"presentations/{digest}.html"


def chain_line(number: int, previous: str, content: str, digest: str) -> str:
    """A line of a chain."""
    return f"{number} {previous} {content} {digest}\n"


def key_files(keys: Jwks) -> Iterator[tuple[str, bytes]]:
    """The keys as OpenSSL wants them: the place of each, and its bytes."""
    for one in keys:
        public = one.key.public_key
        yield f"keys/{one.kid}.pem", public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def readme(proof: Proof, say: Messages) -> bytes:
    """The page that explains it; it loads nothing and runs nothing."""
    title = _text(say("proof.title", subject=proof.subject))
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{say.language}" dir="{say.direction}">',
        '<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>\n{page_style()}{_STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{title}</h1>",
        _paragraph(say("proof.what", subject=proof.subject, issuer=proof.issuer)),
        f"<h2>{_text(say('proof.answers'))}</h2>",
        *_rows(proof.rows, say),
        f"<h2>{_text(say('proof.check'))}</h2>",
        _paragraph(say("proof.check.how")),
        *_steps(proof, say),
        f"<h2>{_text(say('proof.limits'))}</h2>",
        _paragraph(say("proof.limits.who", subject=proof.subject)),
        _paragraph(say("proof.limits.when")),
        "</main>\n</body>\n</html>",
    ]
    return ("\n".join(filter(None, lines)) + "\n").encode()


def _rows(rows: Iterable[Proved], say: Messages) -> Iterator[str]:
    """What was answered, row by row."""
    for one in rows:
        yield f"<h3>{_text(say('proof.row', number=one.row.number))}</h3>"
        yield '<dl class="inforce-texts">'
        for name, told in _facts(one, say):
            yield f"<dt>{_text(say('proof.row.' + name))}</dt><dd>{told}</dd>"
        yield "</dl>"


def _facts(one: Proved, say: Messages) -> Iterator[tuple[str, str]]:
    said, shown = one.row.statement, one.row.statement.shown
    yield "instant", _text(format_instant(one.row.instant, UTC))
    yield "decision", f"<strong>{_text(say('proof.' + said.decision.value))}</strong>"
    yield "audience", _text(say("proof.audience." + shown.audience.value))
    registered = said.registered
    told = say("proof.registered.none") if registered is None else format_instant(registered, UTC)
    yield "registered", _text(told)
    text = _link(text_place(shown.policy, shown.revision), f"{shown.policy}/{shown.revision}")
    yield "text", f"{text}<span>{_text(_posted(one.revision, say))}</span><code>{shown.digest}</code>"
    page = _link(presentation_place(shown.presentation), say("proof.shown.page"))
    yield "shown", f"{page}<span><code>{shown.presentation}</code></span>"
    row, receipt = (say("proof.file." + name) for name in ("row", "receipt"))
    yield "files", f"{_link(row_place(one.row.number), row)}, {_link(receipt_place(one.row.number), receipt)}"


def _posted(revision: Revision, say: Messages) -> str:
    posted, posting = format_instant(revision.posted, revision.terms.zone), revision.posting
    if posting.source is not None:
        return say("proof.posted.stated", posted=posted, source=posting.source)
    return say("proof.posted.recorded", posted=posted, commit=posting.commit)


def _steps(proof: Proof, say: Messages) -> Iterator[str]:
    """How it is checked, with what is printed."""
    first = proof.rows[0]
    shown, number = first.row.statement.shown, first.row.number
    yield from _step(say, "files", ("sha256sum --quiet --check SHA256SUMS", ""))
    yield from _step(
        say, "row", *((f"sha256sum {row_place(one.row.number)} | cut -c-64", one.content) for one in proof.rows)
    )
    yield from _step(say, "chain", (_CHAIN, ""))
    yield f"<h3>{_text(say('proof.check.head'))}</h3>"
    yield _paragraph(say("proof.check.head.how", keys=proof.keys_address))
    keys = {key.kid: key for _, key in proof.signed}
    if any(key.algorithm == "ES256" for key in keys.values()):
        yield _paragraph(say("proof.check.head.es256"))
    for kid in sorted(keys):
        places = [place for place, key in proof.signed if key.kid == kid]
        yield _commands((_openssl(places, keys[kid]), "\n".join([_VERIFIED] * len(places))))
    yield _paragraph(say("proof.check.head.read"))
    yield _commands((f"cut -d. -f2 {receipt_place(number)} | tr -- '-_' '+/' | base64 -d 2>/dev/null", ""))
    text = text_place(shown.policy, shown.revision)
    yield from _step(say, "text", (f"sha256sum {text} | cut -c-64", shown.digest))
    page = presentation_place(shown.presentation)
    yield from _step(say, "shown", (f"sha256sum {page} | cut -c-64", shown.presentation))


def _openssl(places: Iterable[str], key: PublicKey) -> str:
    """How everything is checked that a key signed."""
    to_file, options = ("> signature", "") if key.algorithm != "ES256" else (_DER, " -digest sha256")
    return (
        f"for signed in {' '.join(places)}; do\n"
        "  cut -d. -f1-2 \"$signed\" | tr -d '\\n' > message\n"
        f"  printf '%s==' \"$(cut -d. -f3 \"$signed\")\" | tr -- '-_' '+/' | base64 -d {to_file}\n"
        f"  openssl pkeyutl -verify -pubin -inkey keys/{key.kid}.pem -rawin{options} -in message -sigfile signature\n"
        "done"
    )


def _step(say: Messages, name: str, *commands: tuple[str, str]) -> Iterator[str]:
    yield f"<h3>{_text(say('proof.check.' + name))}</h3>"
    yield _paragraph(say(f"proof.check.{name}.how"))
    yield _commands(*commands)


def _commands(*commands: tuple[str, str]) -> str:
    """Commands, and what they print."""
    told = "\n".join(
        f"<kbd>{_text(command)}</kbd>" + (f"<samp>{_text(out)}</samp>" if out else "") for command, out in commands
    )
    return f"<pre>{told}</pre>"


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>"


def _link(place: str, words: str) -> str:
    return f'<a href="{escape(place)}">{_text(words)}</a>'


def _text(text: str) -> str:
    return escape(text, quote=False)
