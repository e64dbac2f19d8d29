"""Law: whatever bytes lie in the record, every problem is told, nothing else is raised, and nothing posted is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repository import FIRST, TERMS, Repository, material, revision

POSTED = ["2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01"]
NAMES = [
    "privacy-policy/2018-04-10.md",
    "privacy-policy/2018-05-01.md",
    "privacy-policy/policy.yml",
    "user-agreement/policy.yml",
    "user-agreement/2018.md",
    "user-agreement/2019.md",
]
YAML = r"""
--- | \n | \n---\n | : | - | [ | ] | { | } | &a | *a | !x | !!int 3 | >\n | ' | " | ? | <<: | %YAML 9\n | # | \t | \\
change: | summary: | effective: | overtakes: | keeps: | corrects: | posted: | source: | title: | accept_by:
current_users: | new_users: | on posting | never | 30 days after posting | 99999 days after posting | 2018-05-10
9000-12-31 | 1000-01-01 | 0000-00-00 | 9000-12-31T23:59:59-12:00 | 2018-05-10T24:00:00Z | material | editorial
imported | 2014-03-01 | 2018-04-10 | Factory
"""
MARKDOWN = r"""
# | \n\n | text | <br> | <div> | </div> | <!-- | --> | ![a](b) | [a](b:c) | [a]: b\n | &#x202e; | > | * | 1. | `
```\n | [^1] | [^1]: | !!! note\n | \r | \r\n | \u202e | [ | ]( | ] | ** | _ | <sub> | </sub> | \\ | & | &#0;
&#xD800; | &#99999999; | http://[ | //[a | mailto: | --8<-- | {! | !} | \n    | \n-\t | =\n | ~~~ | <u> | <?php
<![CDATA[ | javascript:
\n|a|b|\n|-|-|\n
"""


def _words(table):
    """The fragments of a table, `\\n` being a line end; some with a space after them, as one writes them."""
    words = [word.encode().decode("unicode_escape") for line in table.split("\n") for word in line.split(" | ") if word]
    return [*words, *(f"{word} " for word in words)]


RULES = ["on posting", "on acceptance", "never", "2018-05-10", "2018-04-09", "30 days after posting", "soon", ""]

fragments = st.lists(st.sampled_from(_words(YAML + MARKDOWN)), max_size=40).map("".join)
keys = st.fixed_dictionaries(
    {},
    optional={
        "change": st.sampled_from(["material", "clarifying", "editorial", "imported", "x"]),
        "summary": st.sampled_from(["More.", "[a, b]", "", "{a: b}"]),
        "effective": st.sampled_from([*RULES, *(f"{{current_users: {rule}, new_users: never}}" for rule in RULES)]),
        "overtakes": st.sampled_from(["2014-03-01", "[2018-04-10]", "[a, a]", "[]", "{}"]),
        "keeps": st.sampled_from(["2014-03-01", "[2018-04-10, 2018-04-10]", "x"]),
        "corrects": st.sampled_from(["2014-03-01", "2018-04-10", "[a, b]", ""]),
        "posted": st.sampled_from(["2013-01-01", "2018-04-10", "9000-12-31", "x"]),
        "source": st.sampled_from(["The log", "[a]", ""]),
        "accept_by": st.sampled_from(["2018-06-01", "1000-01-01", "9000-12-31T00:00:00Z"]),
        "title": st.sampled_from(["A", "", "[a]"]),
    },
)
front_matters = keys.map(lambda said: revision("\n".join(f"{key}: {value}" for key, value in said.items())))
contents = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    fragments.map(str.encode),
    fragments.map(lambda text: f"---\nchange: material\nsummary: x\n---\n{text}".encode()),
    fragments.map(lambda text: (TERMS + text).encode()),
    front_matters.map(str.encode),
    st.just(material().encode()),
    st.just(TERMS.encode()),
)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """One posted revision, at the branch `begin`."""
    folder = tmp_path_factory.mktemp("fuzz")
    repo = Repository(folder / "repo", folder / "home")
    repo.commit(
        "2018-01-01T09:00:00+09:00", {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
    )
    repo.git("branch", "begin")
    return repo


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(files=st.dictionaries(st.sampled_from(NAMES), contents, min_size=1))
def test_any_bytes_as_files(begun, files):
    begun.git("reset", "-q", "--hard", "begin")
    begun.write("user-agreement", None)
    begun.commit("2018-04-10T09:00:00+09:00", files)
    _assert_told(begun.check())

    begun.git("reset", "-q", "--mixed", "begin")
    assert begun.postings() == POSTED
    _assert_told(begun.check())
    _assert_told(begun.check(as_if_posted="2018-04-10T09:00:00+09:00"))

    begun.git("reset", "-q", "--hard", "begin")
    begun.write("user-agreement", None)
    begun.write("privacy-policy/2018-04-10.md", None)
    begun.write("privacy-policy/2018-05-01.md", None)
    assert begun.check() == []


def _assert_told(problems):
    for problem in problems:
        assert problem.path.startswith("policy_versions")
        assert problem.what.strip()
        assert problem.todo.strip()
        place = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
        first, second = str(problem).split("\n")
        assert first.startswith(f"{place}: ")
        assert second.startswith("  ")
        assert problem.line is None or problem.line >= 1


@pytest.mark.parametrize(
    "text",
    [
        "---\n" + "[" * 5_000 + "\n---\ntext\n",
        "---\n" + "{a: " * 5_000 + "\n---\ntext\n",
        "---\n" + "".join(f"{' ' * depth}a:\n" for depth in range(400)) + "---\ntext\n",
        "---\nchange: material\nsummary: x\n---\n" + "> " * 2_000 + "text <b>\n",
        "---\nchange: material\nsummary: x\n---\n" + "".join(f"{' ' * 4 * depth}* a <b>\n" for depth in range(300)),
        "---\nchange: material\nsummary: x\n---\n" + "[" * 500 + "a <b>\n",
        "---\nchange: material\nsummary: x\n---\n" + "*a _b " * 1_000 + "<b>\n",
        "---\nchange: material\nsummary: x\n---\n" + "<u>" * 1_000 + "a" + "</u>" * 1_000,
        "---\nchange: material\nsummary: " + "9" * 100_000 + "\n---\ntext\n",
        "---\neffective: " + "9" * 5_000 + " days after posting\n---\ntext\n",
    ],
    ids=["lists", "mappings", "indents", "quotations", "items", "brackets", "emphasis", "tags", "number", "days"],
)
def test_texts_that_go_deep(begun, text):
    begun.git("reset", "-q", "--hard", "begin")
    begun.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": text})

    _assert_told(begun.check())
    assert POSTED[0] in begun.postings()
