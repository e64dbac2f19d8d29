r"""Texts that repeat each other, as HTML: what they share is converted once, and kept once.

The whole format in which they are kept, a value of JSON on each line. First the texts: by the digest of each, the
numbers of its passages, counted from 0. Then the passages: the BLAKE2b of the Markdown (16 bytes, hexadecimal), the
HTML cut where the anchors of headings go, and the level, anchor and words of these headings::

    {"5891b5b5…": [0, 1, 2], …}
    ["9b4a…", ["<h1 id=\"", "\">Privacy Policy</h1>"], [[1, "privacy-policy", "Privacy Policy"]]]
    …
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Self

from inforce.formats.text.markdown import Heading, Passage, Renderer, Rendition, joined
from inforce.formats.text.passages import passages


class Renditions:
    """Renditions by the digests of their texts."""

    def __init__(self) -> None:
        """Begin with none."""
        self._passages: list[tuple[str, Passage]] = []
        self._numbers: dict[str, int] = {}
        self._texts: dict[str, list[int]] = {}

    @classmethod
    def load(cls, kept: bytes) -> Self:
        """The renditions that `dump` made these bytes of."""
        texts, *lines = kept.splitlines()
        renditions = cls()
        for name, pieces, headings in map(json.loads, lines):
            renditions._take(name, Passage(tuple(pieces), tuple(Heading(*one) for one in headings)))
        renditions._texts = json.loads(texts)
        return renditions

    def dump(self) -> bytes:
        """What `load` makes the same renditions of."""
        return b"\n".join([_line(self._texts), *(_line(_parts(name, one)) for name, one in self._passages)])

    def __contains__(self, digest: str) -> bool:
        """Whether the text of that digest is there."""
        return digest in self._texts

    def __getitem__(self, digest: str) -> Rendition:
        """The text of that digest as HTML; KeyError where it is not there."""
        return joined(self.passages(digest))

    def passages(self, digest: str) -> list[Passage]:
        """The passages of the text of that digest, in order; KeyError where it is not there."""
        return [self._passages[number][1] for number in self._texts[digest]]

    def add(self, digest: str, text: str) -> None:
        """Convert a text, as far as its passages are not there.

        Raises:
            RecursionError: it is nested too deep.
        """
        self._texts[digest] = [self._number(passage) for passage in passages(text)]

    def _number(self, passage: str) -> int:
        name = hashlib.blake2b(passage.encode(), digest_size=16).hexdigest()
        if name not in self._numbers:
            self._take(name, _converter().convert(passage))
        return self._numbers[name]

    def _take(self, name: str, passage: Passage) -> None:
        self._numbers[name] = len(self._passages)
        self._passages.append((name, passage))


@lru_cache(maxsize=1)
def _converter() -> Renderer:
    """One that remembers nothing: the passages are remembered here."""
    return Renderer(0)


def _parts(name: str, passage: Passage) -> list[object]:
    return [name, passage.pieces, [[one.level, one.anchor, one.words] for one in passage.headings]]


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
