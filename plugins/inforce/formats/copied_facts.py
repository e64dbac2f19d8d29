"""What a copy says of its revision, read from a PDF that may come from anybody: `record.json`, and the metadata."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from lxml import etree

from inforce.core.address import slug_fault
from inforce.core.instant import parse_instant
from inforce.core.verdict import Facts
from inforce.formats.pdf.xmp import NAMESPACE

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MOST = 1 << 20


def facts_of(data: bytes) -> Facts:
    """What a `record.json` says.

    Raises:
        ValueError: it is not what Inforce writes; told for a person.
    """
    if len(data) > _MOST:
        raise ValueError("it is too large")
    try:
        said = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(said, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - of the file, not of an argument
    policy, revision = _text(said, "policy"), _text(said, "revision")
    for name, kind in ((policy, "policy"), (revision, "revision")):
        if slug_fault(name, kind):
            raise ValueError(f"{name!r} is no name of a {kind}")
    digest = _text(said, "digest")
    if not _DIGEST.fullmatch(digest):
        raise ValueError("`digest` is no digest")
    posting = said.get("posting")
    if not isinstance(posting, dict) or posting.get("kind") not in ("recorded", "stated"):
        raise ValueError("`posting` says neither that it is recorded nor that it is stated")
    commit = _text(posting, "commit") if "commit" in posting else None
    if commit is not None and not _COMMIT.fullmatch(commit):
        raise ValueError("`commit` is no commit")
    source = _text(posting, "source") if posting["kind"] == "stated" else None
    return Facts(policy, revision, digest, _instant(said, "posted"), commit, source)


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str):
        raise ValueError(f"`{key}` is missing")  # noqa: TRY004
    return value


def _instant(said: dict[str, Any], key: str) -> datetime:
    instant = parse_instant(_text(said, key))
    if instant is None:
        raise ValueError(f"`{key}` is no instant")
    return instant


def described_in(metadata: bytes) -> tuple[tuple[str, str, str] | None, bool]:
    """Policy, revision and digest by the metadata (XMP), if it names all three; and whether it is test-signed."""
    if not metadata or len(metadata) > _MOST:
        return None, False
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(metadata, parser)
    except etree.XMLSyntaxError:
        return None, False
    values = {name: _property(root, name) for name in ("policy", "revision", "digest", "testSigned")}
    named = (values["policy"], values["revision"], values["digest"])
    return (named if all(named) else None), bool(values["testSigned"])


def _property(root: etree._Element, name: str) -> str:
    """One of our properties: an element, or an attribute, as XMP lets it be (ISO 16684-1, 7.4)."""
    tag = f"{{{NAMESPACE}}}{name}"
    for one in root.iter():
        if one.tag == tag:
            return one.text or ""
        if tag in one.attrib:
            return str(one.attrib[tag])
    return ""
