"""How a text is cut into words.

A word is a run of letters and digits. Numbers, dates, times, amounts and addresses are whole (`1,000.50`, `2018-05-10`,
`$5`, `50%`), so that one that changes is marked as one. Signs of punctuation are words by themselves. Han characters
are, too, because nothing tells where a word of them ends; kana are taken in runs of one kind, and everything else,
Hangul too, as spaces divide it. A number ends where letters that are not Latin begin: of `30일` the number can change
alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA, _KATAKANA = "\u3041-\u309f", "\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_CURRENCY = "$¢£¥֏৳฿₠-⃀"
_JOINERS = "\u200c\u200d"
_CODE = re.compile(r"\n|[ \t]+|[^\s]+")


_LATIN, _LETTER = "[A-Za-z]", rf"[^\W\d_{_HAN}{_HIRAGANA}{_KATAKANA}]"


@lru_cache(maxsize=64)
def _pattern(letter: str, marks: str) -> re.Pattern[str]:
    """What finds words in a text with these letters, and these combining marks, which belong to letters before them.

    Most words are letters alone, and by what follows on them nothing else: these are looked for first.
    """
    joined = re.escape(marks)
    marked = f"[{joined}]*" if marks else ""
    tail = rf"(?:{letter}|\d|_|[{joined}])" if marks else rf"(?:{letter}|\d|_)"
    kana_tail = f"{joined}\u30fc"
    return re.compile(
        rf"""(?P<space>\s*)(?P<word>
            {letter}+(?=[\s,;)]|\.\s|\.?$)
          | (?:https?://|www\.)[^\s<>"]*[\w/]                       # an address
          | [\w.+-]{{1,64}}@(?:[\w-]{{1,63}}\.){{1,8}}\w{{2,63}}    # one of mail
          | \d{{4}}-\d{{2}}-\d{{2}}(?!\d)                           # a date
          | [{_CURRENCY}]?\d+(?:[.,:/]\d+)*(?:[%‰{_CURRENCY}]|[A-Za-z]+)?
          | [{_HAN}]{marked}
          | [{_HIRAGANA}][{_HIRAGANA}{kana_tail}]*
          | [{_KATAKANA}][{_KATAKANA}{joined}]*
          | {letter}{tail}*(?:['’]{letter}{tail}*)*
          | \S[{joined}{_JOINERS}]*
        )""",
        re.VERBOSE,
    )


def cut(text: str) -> list[tuple[str, str]]:
    """The white space before each word, and the word; white space at the end of the text is left out.

    >>> [word for _, word in cut("It's $5, or 1,000.50 by 2018-05-10.")]
    ["It's", '$5', ',', 'or', '1,000.50', 'by', '2018-05-10', '.']
    """
    if text.isascii():
        return _pattern(_LATIN, "").findall(text)
    return _pattern(_LETTER, "".join(sorted(filter(_is_mark, set(text))))).findall(text)


def cut_code(text: str) -> Iterator[str]:
    """The words of a block of code, in which white space is content: each line end and each stretch of blanks is one.

    >>> list(cut_code("if so:  stop"))
    ['if', ' ', 'so:', '  ', 'stop']
    """
    return (found[0] for found in _CODE.finditer(text))


def _is_mark(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character).startswith("M")
