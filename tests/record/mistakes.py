"""Every kind of mistake that a lawyer can merge: what is committed, what is told of it, and what mends it.

Each is committed to a repository that holds `BEFORE`: one posted revision, and no draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from repository import FIRST, SECOND, TERMS, Content, Link, Submodule, material, revision

BEFORE: Mapping[str, Content] = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
APRIL = "privacy-policy/2018-04-10.md"
POLICY_YML = "privacy-policy/policy.yml"
GOOD = material()
SCHEDULED = {"privacy-policy/2018-03-01.md": material("effective: 2018-05-10")}
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n"
NEW = "user-agreement/2018-04-10.md"
NEW_YML = "user-agreement/policy.yml"


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Args:
        files: what is committed.
        told: the place of each error as `path:line`, and words that stand in it.
        mend: what a further commit brings.
        then: the revisions that stand there then, besides those of `BEFORE`.
        before: what was committed before.
    """

    name: str
    files: Mapping[str, Content]
    told: Mapping[str, str]
    mend: Mapping[str, Content] = field(default_factory=lambda: {APRIL: GOOD})
    then: tuple[str, ...] = (APRIL,)
    before: Mapping[str, Content] = field(default_factory=dict)


def _draft(name: str, content: Content, line: int | None, words: str, **more: Mapping[str, Content]) -> Mistake:
    """A revision file of which one thing is wrong, on that line."""
    place = APRIL if line is None else f"{APRIL}:{line}"
    return Mistake(name, {APRIL: content}, {place: words}, **more)


def _text(name: str, text: str, line: int, words: str) -> Mistake:
    """A revision whose text, which begins on line 5, has something wrong on that line."""
    return _draft(name, material(text=text), line, words)


def _misplaced(name: str, path: str, words: str) -> Mistake:
    """A good revision at a place that is none."""
    return Mistake(name, {path: GOOD}, {path: words}, {path: None, APRIL: GOOD})


def _terms(name: str, content: Content, line: int | None, words: str) -> Mistake:
    """A new policy with something wrong in its terms, on that line."""
    place = NEW_YML if line is None else f"{NEW_YML}:{line}"
    told = {place: words, NEW: "policy.yml"}
    return Mistake(name, {NEW_YML: content, NEW: FIRST}, told, {NEW_YML: TERMS}, (NEW,))


FRONT_MATTER = [
    _draft("broken YAML", revision("change: material\nsummary: [now"), 4, "not YAML"),
    _draft("a text with a colon", revision("change: material\nsummary: Now: more"), 3, "not YAML"),
    _draft("front matter is a list", revision("- material\n- We now keep your orders."), 2, "not a list of keys"),
    _draft("front matter without an end", "---\nchange: material\n", 1, "does not end"),
    _draft("front matter that begins late", f"\n{GOOD}", 1, "does not begin on the first line"),
    _draft("duplicate key", revision("change: material\nsummary: More.\nchange: clarifying"), 4, "said twice"),
    _draft("an alias", revision("change: &a material\nsummary: *a"), 3, "alias"),
    _draft("a tag", revision("change: material\nsummary: !secret More."), 3, "tag"),
    _draft("unknown key", revision("change: material\nsumary: More."), 3, 'did you mean "summary"'),
    _draft("unknown class", revision("change: materiel\nsummary: More."), 2, 'did you mean "material"'),
    _draft("a summary that is a mapping", revision("change: material\nsummary: {of: it}"), 3, "`summary`"),
    _draft("missing change", revision("summary: More."), None, "`change` is missing"),
    _draft("no front matter at all", SECOND, None, "`change` is missing"),
    _draft("missing summary", revision("change: material"), None, "`summary` is missing"),
    _draft("empty summary", revision("change: material\nsummary:"), 3, "`summary`"),
    _draft("a rule that is none", material("effective: on psoting"), 4, 'did you mean "on posting"'),
    _draft(
        "an audience that is none", material("effective:\n  curent_users: never"), 5, 'did you mean "current_users"'
    ),
    _draft("a day that is none", material("effective: 2018-02-30"), 4, "no day 2018-02-30"),
    _draft("an instant without a zone", material("effective: 2018-05-10T09:00:00"), 4, "in which zone"),
    _draft("zero days after posting", material("effective: 0 days after posting"), 4, "no effective rule"),
    _draft("a retroactive date", material("effective: 2018-04-09"), 4, "2018-04-09, before the day of its posting"),
    _draft("a retroactive instant", material("effective: 2018-04-10T08:59:59+09:00"), 4, "before its posting"),
    _draft("accept_by in the past", material("accept_by: 2018-04-10"), 4, "not after the posting"),
    _draft("accept_by that is no day", material("accept_by: soon"), 4, "no date"),
    _draft("overtakes somebody unknown", material("overtakes: [2018-03-02]"), 4, "names 2018-03-02"),
    _draft(
        "overtakes what has taken effect", material("overtakes: [2014-03-01]"), 4, "nothing is scheduled or offered"
    ),
    _draft("keeps what has taken effect", material("keeps: [2014-03-01]"), 4, "not scheduled any more"),
    _draft("overtakes itself", material("overtakes: [2018-04-10]"), 4, "names 2018-04-10"),
    _draft(
        "neither overtakes nor keeps",
        material(),
        None,
        "2018-03-01 is still scheduled",
        before=SCHEDULED,
        mend={APRIL: material("overtakes: [2018-03-01]")},
    ),
    _draft(
        "overtakes and keeps",
        material("overtakes: [2018-03-01]\nkeeps: [2018-03-01]"),
        5,
        "in `overtakes` and in `keeps`",
        before=SCHEDULED,
        mend={APRIL: material("keeps: [2018-03-01]")},
    ),
    _draft("corrects missing", revision("change: editorial\nsummary: A comma."), 2, "without `corrects`"),
    _draft("corrects unknown", revision("change: editorial\nsummary: A comma.\ncorrects: 2014-03-02"), 4, "2014-03-01"),
    _draft(
        "corrects two", revision("change: editorial\nsummary: A comma.\ncorrects: [2014-03-01, b]"), 4, "more than one"
    ),
    _draft("corrects in a material change", material("corrects: 2014-03-01"), 4, "not editorial"),
    _draft(
        "effective in an editorial",
        revision("change: editorial\nsummary: A comma.\ncorrects: 2014-03-01\neffective: on posting"),
        5,
        "`effective` in an editorial",
    ),
    _draft("posted without source", revision("posted: 2013-01-01T00:00:00+09:00"), 2, "`source` is missing"),
    _draft("source without posted", material("source: The log"), 4, "`posted` is missing"),
    _draft("imported, but not stated", revision("change: imported"), 2, "stated postings alone"),
    _draft("stated after recorded", revision("posted: 2013-01-01\nsource: The log"), 2, "comes after 2014-03-01"),
]

TEXTS = [
    _draft("not UTF-8", GOOD.encode() + b"caf\xe9\n", 8, "not UTF-8"),
    _draft("UTF-16", GOOD.encode("utf-16"), 1, "not UTF-8"),
    _draft("a NUL", GOOD.encode() + b"\0", 8, "U+0000"),
    _draft("byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), 1, "BYTE ORDER MARK"),
    _draft("a carriage return alone", GOOD.replace("\n", "\r"), 1, "CARRIAGE RETURN"),
    _text("not NFC", "# Privacy\n\nCafe\u0301.\n", 7, "NFC"),
    _draft("not NFC in the front matter", material("title: Cafe\u0301"), 4, "NFC"),
    _text("bidi override", "# Privacy\n\nWe do \u202enot\u202c sell it.\n", 7, "turns the direction"),
    _text("bidi isolate", "# Privacy\n\nWe do \u2066not\u2069 sell it.\n", 7, "turns the direction"),
    _text("zero-width space", "# Privacy\n\nWe do n\u200bot sell it.\n", 7, "ZERO WIDTH SPACE"),
    _text("zero-width joiner in Latin", "# Privacy\n\nWe do n\u200dot sell it.\n", 7, "ZERO WIDTH JOINER"),
    _text("soft hyphen", "# Privacy\n\nWe do n\u00adot sell it.\n", 7, "SOFT HYPHEN"),
    _text("zero-width by its number", "# Privacy\n\nWe do n&#8203;ot sell it.\n", 7, "cannot be seen"),
    _text("tag characters", "# Privacy\n\nWe do \U000e006e\U000e006f sell it.\n", 7, "cannot be seen"),
    _text("image", "# Privacy\n\n![Our seal](seal.png)\n", 7, "image"),
    _text("image by reference", "# Privacy\n\n![Our seal][seal]\n\n[seal]: seal.png\n", 7, "image"),
    _text("image in a table", "# Privacy\n\n|a|b|\n|-|-|\n|![x](y.png)|c|\n", 9, "image"),
    _text("raw HTML", "# Privacy\n\n<div>Hidden</div>\n", 7, "raw HTML"),
    _text("a script", "# Privacy\n\nWe <script>alert(1)</script> care.\n", 7, "raw HTML"),
    _text("a style", '# Privacy\n\nWe <span style="display:none">do not</span> care.\n', 7, "raw HTML"),
    _text("an image as HTML", '# Privacy\n\nOur <img src="seal.png">\n', 7, "raw HTML"),
    _text("a tag with attributes", '# Privacy\n\nWe <sub hidden="">do not</sub> care.\n', 7, "has attributes"),
    _text("a comment", "# Privacy\n\n<!-- to be discussed -->\n", 7, "comment"),
    _text("a comment in a sentence", "# Privacy\n\nWe <!-- do not --> care.\n", 7, "comment"),
    _text("a comment without an end", "# Privacy\n\nWe <!-- do not care.\n", 7, "comment"),
    _text("a snippet", '# Privacy\n\n--8<-- "other.md"\n', 7, "take in another file"),
    _text("an include", "# Privacy\n\n{!other.md!}\n", 7, "take in another file"),
    _text("a link that runs", "# Privacy\n\n[Mail us](javascript:alert(1))\n", 7, "scheme `javascript:`"),
    _text("an empty text", "", 5, "empty"),
    _text("a blank text", " \n\n\t\n", 5, "empty"),
    _text("a text that shows nothing", "&nbsp;\n\n[a]: https://example.org\n", 5, "empty"),
    _draft("a pointer of Git LFS", LFS, 1, "Git LFS"),
    _draft("an empty file", "", 1, "empty"),
    _draft("a symbolic link", Link("2014-03-01.md"), None, "symbolic link"),
    _draft("a link that leads nowhere", Link("/nowhere"), None, "symbolic link"),
    _draft("a submodule", Submodule(), None, "submodule"),
]

TERMS_FILES = [
    Mistake("no policy.yml", {NEW: FIRST}, {NEW: "no policy.yml", NEW_YML: "missing"}, {NEW_YML: TERMS}, (NEW,)),
    Mistake(
        "policy.yaml",
        {"user-agreement/policy.yaml": TERMS, NEW: FIRST},
        {"user-agreement/policy.yaml": "policy.yml", NEW: "no policy.yml", NEW_YML: "missing"},
        {"user-agreement/policy.yaml": None, NEW_YML: TERMS},
        (NEW,),
    ),
    _terms("policy.yml without time_zone", "title: T\nlanguage: en\n", None, "`time_zone` is missing"),
    _terms("policy.yml with no zone of this world", TERMS.replace("Seoul", "Soul"), 3, 'did you mean "Asia/Seoul"'),
    _terms("policy.yml with an unknown key", f"{TERMS}notice_peroid: 30 days\n", 4, 'did you mean "notice_period"'),
    _terms("policy.yml with a key twice", f"{TERMS}title: Another\n", 4, "said twice"),
    _terms("policy.yml that is no YAML", "title: [Privacy\n", 2, "not YAML"),
    _terms("policy.yml that is not UTF-8", TERMS.encode() + b"contact: caf\xe9\n", 4, "not UTF-8"),
    _terms("policy.yml with a date as the default rule", f"{TERMS}effective: 2018-05-10\n", 4, "cannot be a default"),
    _terms("policy.yml with a period that is none", f"{TERMS}notice_period: a month\n", 4, "not understood"),
    _terms("policy.yml with reminders that are none", f"{TERMS}reminders: no\n", 4, "1 day]`, or `none`"),
    _terms("policy.yml with an empty list of reminders", f"{TERMS}reminders: []\n", 4, "1 day]`, or `none`"),
    _terms("policy.yml that is a link", Link("../privacy-policy/policy.yml"), None, "symbolic link"),
    _terms("policy.yml that is a submodule", Submodule(), None, "submodule"),
    Mistake(
        "empty policy.yml", {NEW_YML: "", NEW: FIRST}, {NEW_YML: "missing", NEW: "policy.yml"}, {NEW_YML: TERMS}, (NEW,)
    ),
    Mistake(
        "the terms of a posted policy broken",
        {POLICY_YML: f"{TERMS}tittle: Typo\n"},
        {f"{POLICY_YML}:4": 'did you mean "title"'},
        {POLICY_YML: TERMS},
        (),
    ),
    Mistake(
        "the terms of a posted policy removed",
        {POLICY_YML: None},
        {POLICY_YML: "missing"},
        {POLICY_YML: TERMS},
        (),
    ),
    Mistake(
        "a change class on the first revision",
        {NEW_YML: TERMS, NEW: GOOD},
        {f"{NEW}:2": "first revision"},
        {NEW: FIRST},
        (NEW,),
    ),
]

PLACES = [
    _misplaced("capital letters", "privacy-policy/April.md", "no name for a revision"),
    _misplaced("a space", "privacy-policy/10 April.md", "no name for a revision"),
    _misplaced("not ASCII", "privacy-policy/개정.md", "no name for a revision"),
    _misplaced("nothing but the ending", "privacy-policy/-.md", "no name for a revision"),
    _misplaced("a translation's name", "privacy-policy/2018-04-10.ko.md", "translation of 2018-04-10 into ko"),
    _misplaced("a regional translation's name", "privacy-policy/2018-04-10.pt-br.md", "translation of 2018-04-10"),
    _misplaced("a reserved word", "privacy-policy/history.md", "not free"),
    _misplaced("another ending", "privacy-policy/2018-04-10.markdown", "ends otherwise"),
    _misplaced("an ending in capitals", "privacy-policy/2018-04-10.MD", "ends otherwise"),
    Mistake(
        "a policy's folder with a bad name",
        {"User Agreement/policy.yml": TERMS, "User Agreement/2018-04-10.md": FIRST},
        {"User Agreement/policy.yml": "no name for a policy", "User Agreement/2018-04-10.md": "no name for a policy"},
        {"User Agreement/policy.yml": None, "User Agreement/2018-04-10.md": None, NEW_YML: TERMS, NEW: FIRST},
        (NEW,),
    ),
    Mistake(
        "a policy's folder that is a reserved word",
        {"search/policy.yml": TERMS, "search/2018-04-10.md": FIRST},
        {"search/policy.yml": "not free for a policy", "search/2018-04-10.md": "not free for a policy"},
        {"search/policy.yml": None, "search/2018-04-10.md": None},
        (),
    ),
    Mistake(
        "a policy's folder that is a link",
        {"terms": Link("privacy-policy")},
        {"terms": "symbolic link"},
        {"terms": None},
        (),
    ),
    Mistake(
        "a policy's folder that is a submodule",
        {"terms": Submodule()},
        {"terms": "submodule"},
        {"terms": None},
        (),
    ),
    Mistake(
        "a link beside the revisions",
        {"privacy-policy/latest": Link("2014-03-01.md")},
        {"privacy-policy/latest": "symbolic link"},
        {"privacy-policy/latest": None},
        (),
    ),
]

MISTAKES = [*FRONT_MATTER, *TEXTS, *TERMS_FILES, *PLACES]
