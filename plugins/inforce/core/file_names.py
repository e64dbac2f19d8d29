"""Which files a pattern means, and what the policies made of them are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256

from inforce.core.address import near_slug, slug_fault

_LONGEST = 80
_MAGIC = re.compile(r"[*?\[]")
_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|.", re.DOTALL)


def matching(paths: Iterable[str], pattern: str) -> list[str]:
    """The paths that the pattern means.

    `*` and `?` stand for signs within a name, `[a-z]` for one of these signs, `**` for any folders.

    >>> matching(["a.md", "b/c.md", "b/d/e.md"], "b/**/*.md")
    ['b/c.md', 'b/d/e.md']
    """
    compiled = re.compile("".join(_as_regex(piece) for piece in _PIECES.findall(pattern)), re.DOTALL)
    return [path for path in paths if compiled.fullmatch(path)]


def slug_of(path: str, pattern: str, taken: Iterable[str]) -> str:
    """The name of the policy that a file becomes: the path below the part of the pattern that is fixed, in words.

    >>> slug_of("Policies/Terms/Of Use.md", "Policies/**/*.md", [])
    'terms-of-use'
    """
    fixed = _MAGIC.split(pattern, maxsplit=1)[0].rpartition("/")[0]
    stem = re.sub(r"\.[A-Za-z0-9]+$", "", path.removeprefix(f"{fixed}/" if fixed else "").lstrip("./"))
    plain = "".join(one for one in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(one))
    digest = sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    slug = re.sub(r"-{2,}", "-", near_slug(plain.replace("/", " "))) if re.search(r"[A-Za-z0-9]", plain) else ""
    if not slug:
        slug = f"policy-{digest}"
    if len(slug) > _LONGEST:
        slug = f"{slug[:_LONGEST].rstrip('.-')}-{digest}"
    if slug_fault(slug, "policy"):
        slug = f"policy-{slug}".rstrip(".")
    taken = set(taken)
    names = [slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _as_regex(piece: str) -> str:
    match piece:
        case "**/":
            return "(?:[^/]+/)*"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _ if len(piece) > 1:
            within = piece[1:-1]
            negated = within.startswith("!")
            return f"[{'^/' if negated else ''}{re.escape(within.removeprefix('!')).replace(chr(92) + '-', '-')}]"
    return re.escape(piece)
