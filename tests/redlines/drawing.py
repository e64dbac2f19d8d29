"""A redline in lines: what was done to each clause, and its words, `[-deleted-]` and `{+inserted+}`."""

from textwrap import dedent

from inforce.core.clause import plain
from inforce.core.redline import Done, redline
from inforce.core.wording import Fate
from inforce.formats.text.clauses import clauses_of

SIGNS = {
    Fate.KEPT: ("", ""),
    Fate.DELETED: ("[-", "-]"),
    Fate.INSERTED: ("{+", "+}"),
    Fate.LINKED: ("<", ">"),
    Fate.FORMATTED: ("*", "*"),
}


def clauses(text):
    return clauses_of(dedent(text).strip() + "\n")


def compared(old, new):
    """The redline of two texts, drawn with any indentation."""
    return redline(clauses(old), clauses(new))


def drawn(old, new):
    """What was changed, a line for each clause."""
    return [line_of(change) for change in compared(old, new).changes if change.done is not Done.KEPT]


def line_of(change):
    aspects = "" if not change.aspects - {"words"} else f" ({', '.join(sorted(change.aspects - {'words'}))})"
    return f"{change.done}{aspects}: {' / '.join(map(part_of, change.parts))}".rstrip(": ")


def part_of(part):
    return " ".join(
        f"{SIGNS[one.fate][0]}{plain(one.old if one.fate is Fate.DELETED else one.new)}{SIGNS[one.fate][1]}"
        for one in part
    )
