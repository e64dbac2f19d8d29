"""How similar wordings are, as strings with a character for each word; as long as that is not too much work."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Indel, LCSseq

from inforce.core.alignment import LARGEST

_WHOLE = 0.75
"""How similar the parts of a split clause have to be to the whole."""
_PART = 0.7
"""How much of a part has to stand in the whole."""
_BETTER = 0.04
"""By how much all parts together have to be more similar to the whole than the most similar of them is; …"""
_OWN = 0.85
"""… or so much of the others has to stand in the whole beside that one: a title that was set apart is short."""
_EFFORT, _PRICE = 40_000_000_000, 20_000
"""What may be spent on looking for what is similar; a comparison has a price, and costs the product of the lengths."""
_MOST_PARTS = 40
"""Up to how many parts are looked for."""


class Judge:
    """Says how similar wordings are, until it is tired; then that they are not."""

    def __init__(self) -> None:
        """Begin with all strength."""
        self._left = _EFFORT
        self.is_tired = False

    def similar(self, one: str, others: Mapping[int, str], least: float) -> Iterator[tuple[int, float]]:
        """Which of the others are so similar to the one, or more, and how much so: from 0 to 1."""
        size = sum(map(len, others.values()))
        if not self._can_afford(len(one) * size, len(others)):
            return
        if len(one) * size <= LARGEST:
            found = process.extract_iter(one, others, scorer=Indel.normalized_similarity, score_cutoff=least)
            yield from ((key, score) for _, score, key in found)
            return
        for key, other in others.items():
            score = _similarity(one, other, least)
            if score >= least:
                yield key, score

    def best_run(self, whole: str, free: Sequence[int], spelt: Mapping[int, str]) -> tuple[int, ...]:
        """The places, following on each other, of the parts that make up the whole; none, if one part does as well.

        Args:
            whole: its words.
            free: the places that come into question, in order.
            spelt: the words at each.
        """
        best: tuple[float, tuple[int, ...]] = (0.0, ())
        run: list[int] = []
        for place in free:
            if not self._is_part(spelt[place], whole):
                run = []
                continue
            run = [*(run if run and run[-1] == place - 1 else []), place][-_MOST_PARTS:]
            while sum(len(spelt[one]) for one in run) * _WHOLE > len(whole) * (2 - _WHOLE):
                del run[0]  # However they are worded, so many words cannot be similar enough.
            for first in range(len(run) - 1):
                tried = tuple(run[first:])
                score = self._similarity(whole, "".join(spelt[one] for one in tried), max(best[0], _WHOLE))
                best = max(best, (score, tried), key=lambda one: one[0])
        return best[1] if best[1] and self._is_divided(whole, [spelt[one] for one in best[1]], best[0]) else ()

    def _is_divided(self, whole: str, parts: list[str], score: float) -> bool:
        """Whether the whole is all of the parts, rather than the most similar of them."""
        single, length = max((self._similarity(whole, part, 0), len(part)) for part in parts)
        together = sum(map(len, parts))
        gain = _matched(score, len(whole) + together) - _matched(single, len(whole) + length)
        return score >= single + _BETTER or gain >= _OWN * (together - length)

    def _similarity(self, one: str, other: str, least: float) -> float:
        return _similarity(one, other, least) if self._can_afford(len(one) * len(other), 1) else 0.0

    def _is_part(self, part: str, whole: str) -> bool:
        """Whether most of the one stands in the other, which is longer."""
        if not part or len(part) >= len(whole) or not self._can_afford(len(part) * len(whole), 1):
            return False
        least = math.ceil(_PART * len(part))
        return LCSseq.similarity(part, whole, score_cutoff=least) >= least

    def _can_afford(self, product: int, comparisons: int) -> bool:
        self._left -= _PRICE * comparisons + min(product, LARGEST)
        self.is_tired = self._left < 0
        return not self.is_tired


def _similarity(one: str, other: str, least: float) -> float:
    """From 0 to 1; 0 where it is less than asked for. Of very long wordings without regard to order."""
    if len(one) * len(other) <= LARGEST:
        return Indel.normalized_similarity(one, other, score_cutoff=least)
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other))


def _matched(score: float, length: int) -> float:
    """How many words are the same in two wordings of this length together."""
    return score * length / 2
