"""Laws of the redline that is made in the browser: of any two texts it says what Python says, word for word.

INFORCE_LAW_EXAMPLES=2000 makes a long campaign of it.
"""

import re
import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from unicodedata import category
from urllib.parse import unquote

import pytest
from browser.serving import served
from hypothesis import given
from hypothesis import strategies as st
from laws.histories import law
from laws.texts import TEXTS, revise
from lxml import html

from inforce.core import alignment
from inforce.core.alignment import heaviest_chain
from inforce.core.identity import Identified, Identities, groups_of
from inforce.core.policy import Posting, Revision, Terms
from inforce.core.redline import redline
from inforce.core.words import cut
from inforce.formats.clauses_json import clauses_json, read_clauses_json
from inforce.formats.compare_json import compare_words
from inforce.formats.messages import messages_in
from inforce.formats.redline.html import change_list, redline_body
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of
from inforce.formats.text.markdown import with_links

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
ASSETS, RECORD = ROOT / "plugins/inforce/mkdocs_plugin/assets", ROOT / "policy_versions"
POSTED = Posting(datetime(2018, 4, 10, tzinfo=UTC), "0" * 40)
REVISION = Revision("terms", "2018-04-10", "Terms", "0" * 64, "0" * 40, POSTED, {}, Terms("Terms", "en", "UTC", UTC))
ANSWERS = """pairs => pairs.map(([old, new_, isBackwards, largest]) => {
    const [one, other] = [old, new_].map(text => readClauses(JSON.parse(text)))
    const made = redlineOf(one, other, isBackwards, largest)
    const words = side => side.map(word => [word.before, word.text, word.marks, word.link])
    return {
        changes: made.changes.map(change => ({
            aspects: [...change.aspects].sort(),
            done: change.done,
            isCoarse: change.isCoarse,
            old: change.old.map(one => one.place),
            new: change.new.map(one => one.place),
            parts: change.parts.map(part => part.map(one => [one.fate, words(one.old), words(one.new)])),
        })),
        departures: [...withDepartures(made)].map(([change, left]) => [change.new.map(one => one.place), left]),
        isCoarse: made.isCoarse,
        measure: measure(made),
    }
})"""


@pytest.fixture(scope="module")
def evaluate(chromium, tmp_path_factory):
    """Runs a function in a page, where the scripts' own are at hand."""
    folder = tmp_path_factory.mktemp("scripts")
    shutil.copytree(ASSETS, folder / "assets/inforce")
    (folder / "404.html").write_text("<!doctype html><title>Nothing</title>")
    (folder / "content-security-policy.txt").write_text("default-src 'self'; require-trusted-types-for 'script'")
    page = chromium.new_page()
    with served(folder) as root:
        page.goto(f"{root}terms/compare/")
        page.evaluate(
            """async ([root, names]) => {
                for (const name of names) Object.assign(globalThis, await import(`${root}assets/inforce/${name}.js`))
            }""",
            [root, ["clauses", "alignment", "wording", "redline", "sentences", "redline_view"]],
        )
        yield page.evaluate
    page.close()


def written(clauses, identified):
    return clauses_json(REVISION, clauses, identified).decode()


def answer(old, new, *, is_backwards=False):
    """Python's answer, from the same files."""
    one, other = read_clauses_json(old.encode()), read_clauses_json(new.encode())
    if is_backwards:
        groups = [(olds, news) for news, olds in groups_of(other.identified.names, one.identified)]
    else:
        groups = list(groups_of(one.identified.names, other.identified))
    made = redline(one.clauses, other.clauses, groups)
    told = made.measure()
    return {
        "changes": [
            {
                "aspects": sorted(change.aspects),
                "done": change.done.value,
                "isCoarse": change.is_coarse,
                "old": [placed.place for placed in change.old],
                "new": [placed.place for placed in change.new],
                "parts": [[[one.fate.value, words(one.old), words(one.new)] for one in part] for part in change.parts],
            }
            for change in made.changes
        ],
        "departures": [[[one.place for one in change.new], left] for change, left in made.with_departures()],
        "isCoarse": made.is_coarse,
        "measure": {
            "clauses": told.clauses,
            "changed": told.changed,
            "moved": told.moved,
            "words_inserted": told.words_inserted,
            "words_deleted": told.words_deleted,
        },
    }


def words(side):
    return [[word.before, word.text, [mark.value for mark in word.marks], word.link] for word in side]


def agree(evaluate, old, new):
    """The redline and the one backwards, in both languages."""
    told = evaluate(ANSWERS, [[old, new, False, alignment.LARGEST], [new, old, True, alignment.LARGEST]])
    assert told == [answer(old, new), answer(new, old, is_backwards=True)]


def history(texts):
    """The files of texts that follow on each other."""
    identities = Identities()
    identified = identities.begin(texts[0])
    files = [written(texts[0], identified)]
    for old, new in pairwise(texts):
        identified = identities.follow(identified.names, redline(old, new))
        files.append(written(new, identified))
    return files


@st.composite
def histories(draw):
    texts = [tuple(draw(TEXTS))]
    for _ in range(draw(st.integers(1, 3))):
        texts.append(draw(revise(texts[-1])))
    return texts


SHOWN = """([messages, direction, pairs]) => pairs.map(([old, new_]) => {
    const [one, other] = [old, new_].map(text => readClauses(JSON.parse(text)))
    const made = redlineOf(one, other)
    const sentences = new Sentences(new Teller(messages, direction), made, one, other, 40, 5)
    const options = {sentences, old: one, new: other, addresses: {old: "../2018-04-10/", new: "../2018-04-10/"}}
    return [changeList(made, options).outerHTML, redlineBody(made, options).outerHTML]
})"""


def shown(old, new, language):
    """What Python's pages have: the list of changes, and the redline."""
    one, other = (read_clauses_json(text.encode()) for text in (old, new))
    made = redline(one.clauses, other.clauses, groups_of(one.identified.names, other.identified))
    texts = [Text("", "", read.clauses, None, read.identified.names) for read in (one, other)]
    comparison, say = Comparison(*texts, made), messages_in(language)
    body = with_links(redline_body(comparison, say), "terms/2018-04-10/", "../../")
    return [change_list(comparison, say), body]


def outline(element, *, inside_code=False):
    """An element as tuples: white space between blocks is no matter, and links to pages are told by `page`."""
    attributes = {name: "" if name in ("checked", "hidden") else value for name, value in element.attrib.items()}
    if "href" in attributes and not re.match(r"#|https?://(?!127)|mailto:|tel:", attributes["href"]):
        path = re.sub(r"^(https?://[^/]*/|(\.\./)+)", "", attributes["href"])
        attributes["href"] = f"page {unquote(path)}"
    inside_code = inside_code or element.tag == "pre"
    pieces = [element.text or ""]
    for child in element:
        pieces += [outline(child, inside_code=inside_code), child.tail or ""]
    if not inside_code:
        pieces = [one.replace("\n", "") if isinstance(one, str) else one for one in pieces]
    return element.tag, tuple(sorted(attributes.items())), tuple(one for one in pieces if one)


def shows_alike(evaluate, old, new, language="en"):
    """Whether the page shows what Python's pages have."""
    say = messages_in(language)
    messages = compare_words(say)
    (told,) = evaluate(SHOWN, [messages, say.direction, [[old, new]]])
    for ours, theirs in zip(told, shown(old, new, language), strict=True):
        if theirs.startswith("<p>"):  # Python says that nothing changed; the script's page does that elsewhere.
            continue
        assert outline(html.fromstring(ours)) == outline(html.fromstring(theirs))


@law(100)
@given(texts=histories())
def test_what_is_shown_is_what_pages_have(evaluate, texts):
    files = history(texts)
    shows_alike(evaluate, files[0], files[-1])
    shows_alike(evaluate, *files[-2:], "ko")


@law(100)
@given(texts=histories())
def test_the_script_compares_as_python_does(evaluate, texts):
    files = history(texts)
    agree(evaluate, files[0], files[-1])
    agree(evaluate, *files[-2:])


@st.composite
def identified(draw, clauses):
    """Identities that nobody would give."""
    names = draw(st.permutations([f"c-{number}" for number in range(14)]))
    wholes = st.dictionaries(st.sampled_from(names), st.sampled_from(names), max_size=8)
    return Identified(tuple(names[: len(clauses)]), draw(wholes), draw(wholes))


@law(100)
@given(data=st.data(), old=TEXTS, new=TEXTS)
def test_whatever_became_of_identities_it_compares_alike(evaluate, data, old, new):
    if data.draw(st.booleans()):
        new = data.draw(revise(tuple(old)))[:14]
    files = [written(clauses, data.draw(identified(clauses))) for clauses in (old, new)]
    agree(evaluate, *files)


@law(50)
@given(texts=histories())
def test_the_coarser_ways_are_the_same(evaluate, texts):
    files = history(texts)
    for largest in (1, 4, 30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alignment, "LARGEST", largest)
            agree(evaluate, files[0], files[-1])


PIECES = """
we keep your data for 30 days. | You may cancel; we refund $5.00 or 50%, by 2018-05-10 09:00. | **You** agree to [our
terms](../terms/2018-04-10.md), _and_ `code` too. | 회원은 30일 이내에 동의한다. | 회사는 개인정보를 보호합니다. |
当社は、個人情報を適切に管理します。 | カタカナとひらがなー、漢字。 | 我们保护您的个人信息。 | 我們保護您的個人資料！ |
نحن نحمي بياناتك الشخصية، وتطبق هذه الشروط. | เราปกป้องข้อมูลส่วนบุคคลของคุณ | हम आपकी जानकारी की रक्षा करते हैं। |
👩‍👩‍👧 and 👍🏽, ☂️! | Việt Nam: điều khoản | l’utilisateur s'engage | https://example.com/a?b=c, www.example.org/ and
a.b+c@mail.example.org | ½ cup, x² + y₃, № 5 | 1,000.50 USD 1.000,50€ | a | b. | c, | **d** | . | 2018 | 30 | 60
"""
TOKENS = " ".join(PIECES.split()).split(" ")
BLOCKS = st.sampled_from(["", "", "", "# ", "- ", "> ", "1. ", "    ", "| "])


@st.composite
def markdown(draw, tokens=TOKENS):
    """A text in many scripts."""
    said = st.lists(st.sampled_from(tokens), min_size=1, max_size=14).map(" ".join)
    return draw(st.lists(st.tuples(BLOCKS, said), min_size=1, max_size=5))


@st.composite
def rewritten(draw, blocks):
    """What somebody made of it, word by word."""
    edit = st.integers(0, 9)
    made = []
    for block, said in blocks:
        changed = []
        for word in said.split(" "):
            choice = draw(edit)
            if choice == 0:
                continue
            changed.append(draw(st.sampled_from(TOKENS)) if choice == 1 else word)
        made.append((block, " ".join(changed)))
    return made


def clauses_in(blocks):
    return clauses_of("\n\n".join(block + said for block, said in blocks))


@law(100)
@given(data=st.data())
def test_every_script_is_cut_and_compared_alike(evaluate, data):
    old = data.draw(markdown())
    new = data.draw(rewritten(old))
    files = history([clauses_in(old), clauses_in(new)])
    agree(evaluate, *files)
    shows_alike(evaluate, *files)


@pytest.mark.parametrize("policy", sorted(path.name for path in RECORD.iterdir()))
def test_the_revisions_of_a_real_record_are_compared_alike(evaluate, policy):
    texts = [clauses_of(body(path.read_bytes())) for path in sorted((RECORD / policy).glob("*.md"))]
    files = history(texts)
    for old, new in [*pairwise(files), (files[0], files[-1]), (files[1], files[-1])]:
        agree(evaluate, old, new)
        shows_alike(evaluate, old, new)


def test_a_long_clause_is_compared_alike(evaluate):
    random = Random(1)
    old = [random.choice(["we", "keep", "data", "of", "yours", "and", "30", ".", "x", "y"]) for _ in range(2000)]
    new = [random.choice(old) if random.random() < 0.2 else word for word in old if random.random() < 0.9]
    agree(evaluate, *history([clauses_of(" ".join(words)) for words in (old, new)]))


def test_every_character_is_cut_alike(evaluate):
    """Those that Python's Unicode does not know yet are left out."""
    characters = [chr(code) for code in range(0x110000) if category(chr(code)) not in ("Cs", "Cn", "Co")]
    texts = [f"a{one}b 1{one}2 カ{one}ナ ひ{one} 漢{one}字{one}{one}" for one in characters]
    found = evaluate("texts => texts.map(text => cut(text).flat().join('|'))", texts)
    expected = ["|".join(piece for pair in cut(text) for piece in pair) for text in texts]
    wrong = [one for one, told, right in zip(characters, found, expected, strict=True) if told != right]
    assert wrong == []


@law(100)
@given(pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4)), max_size=12))
def test_the_heaviest_chain_is_the_same(evaluate, pairs):
    assert evaluate("pairs => heaviestChain(pairs)", pairs) == heaviest_chain(pairs)


@law(100)
@given(old=st.text("abc", max_size=80), new=st.text("abc", max_size=80))
def test_of_the_longest_common_parts_it_is_the_same_one(evaluate, old, new):
    blocks, is_coarse = alignment.common(old, new)
    spelt = [[ord(one) for one in text] for text in (old, new)]
    told = evaluate("([old, new_]) => common(Int32Array.from(old), Int32Array.from(new_))", spelt)
    assert told["isCoarse"] == is_coarse
    assert [(one["old"], one["new"], one["length"]) for one in told["blocks"]] == [tuple(one) for one in blocks]
