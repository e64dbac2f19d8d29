"""The message files: ours say the same in every language, and those of a site are read as strictly as the record."""

import re
from pathlib import Path

import pytest
from repository import FIRST, NOW, TERMS

from inforce.core.errors import ConfigurationError
from inforce.formats.messages import (
    Languages,
    direction,
    languages,
    message_file,
    messages_in,
    parse_messages,
)
from inforce.formats.strict_yaml import parse_mapping
from inforce.workflows.read_messages import languages_of
from inforce.workflows.settings import Settings

PACKAGE = Path(__file__).parents[2] / "plugins" / "inforce"
SOURCES = [path.read_text() for path in PACKAGE.rglob("*.*") if path.suffix in (".py", ".html", ".js")]
ENGLISH = message_file("en")
KEYS = parse_mapping(ENGLISH).values
KEY = r"[a-z_]+(?:\.[a-z_-]+)*"
CONFIG = "site_name: Qstore\nplugins: [search, inforce: {messages: messages}]\n"


def found(pattern):
    """What stands in the program's own code, templates and scripts."""
    return {one for text in SOURCES for one in re.findall(pattern, text)}


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_of_ours_says_everything_with_the_same_names(language):
    assert parse_messages(message_file(language).encode(), language).faults == ()


def test_every_key_is_used_and_every_key_that_is_used_is_there():
    """Used as `"some.key"`; where one is put together (`"some." ~ thing`), all that begin so are used."""
    literals = found(rf"[\"']({KEY})[\"']")
    begun = tuple(found(r"[\"']((?:[a-z_]+\.)+)(?:[\"']\s*[~+]|\{)"))
    assert [key for key in KEYS if key not in literals and not key.startswith(begun)] == []
    assert found(rf"\b(?:say|messages|_with_instants|_of)\(\s*\"({KEY})\"\s*[,)]") - KEYS.keys() == set()


def test_a_language_of_a_policy_without_a_file_is_told_in_the_nearest_one_or_in_english():
    assert [messages_in(tag).language for tag in ("ko", "ko-KR", "KO", "ja", "zh-Hant-TW", "en-GB")] == [
        "ko", "ko", "ko", "en", "en", "en",
    ]  # fmt: skip
    own = Languages({"pt-BR": dict.fromkeys(KEYS, "."), "en": {**dict.fromkeys(KEYS, ".")}})
    assert [own.messages_in(tag).language for tag in ("pt-br", "pt", "fr")] == ["pt-BR", "en", "en"]
    assert own.messages_in("fr")("nav.history") == "."


def test_the_direction_is_that_of_the_script():
    tags = (
        "ar",
        "ar-EG",
        "he",
        "fa",
        "ur",
        "yi",
        "ps",
        "az-Arab",
        "ks",
        "ar-Latn",
        "en",
        "ko",
        "zh-Hant",
        "xx",
        "sr-Latn",
    )
    assert " ".join(direction(tag) for tag in tags) == " ".join(["rtl"] * 9 + ["ltr"] * 6)


SINCE = "since {start}."
WRONG = [
    ('nav.history: "History"', "", '`nav.history` is missing\n  write `nav.history: "…"`; in English it is "History"'),
    ("nav.history:", "nav.histroy:", '`nav.histroy` is no message (did you mean "nav.history"?)\n  take it out, or'),
    (SINCE, "since {stert}.", '`binds` knows no {stert} (did you mean "start"?)\n  write {start}'),
    (SINCE, "ever since.", "`binds` lacks {start}\n  write {start}: without it the sentence does not say everything"),
    (SINCE, "since {start.", "`binds`: expected '}' before end of string\n  write {start}"),
    (SINCE, "since {start!r}.", "`binds`: a pair of braces holds more than a name\n  write {start}"),
    (SINCE, "since {start.year}.", "`binds`: a pair of braces holds no name\n  write {start}"),
    ('"History"', '""', '`nav.history` has to be a text\n  write `nav.history: "…"`'),
    ("d MMMM y", "HH", "ja.yml:2: `date: HH` is no pattern\n  write it as Unicode has it (UTS #35), such as"),
    ("nav.in_force:", "nav.history:", "`nav.history` is said twice"),
    ("History", "\u202eHistory", "turns the direction of the text round it"),
]


def refusal(folder, name, text):
    """What is said of a message file."""
    (folder / "messages").mkdir()
    (folder / "messages" / name).write_text(text)
    with pytest.raises(ConfigurationError) as wrong:
        languages_of(Settings(folder, messages="messages"))
    return str(wrong.value)


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_what_is_wrong_with_a_file_is_told_with_its_place_and_the_way_out(tmp_path, old, new, told):
    said = refusal(tmp_path, "ja.yml", ENGLISH.replace(old, new, 1))
    assert said.startswith("messages/ja.yml:")
    assert told in said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("qq.yml", "`qq` is no language whose dates are known\n  name the file as BCP 47 has it: ja.yml, pt-BR.yml"),
        ("ja.yaml", "this file is not read\n  write one file for each language: ja.yml"),
    ],
)
def test_the_name_of_a_file_is_its_language(tmp_path, name, told):
    assert refusal(tmp_path, name, ENGLISH) == f"messages/{name}: {told}"


def test_everything_wrong_with_all_files_is_told_together_by_check_and_by_a_build(repo):
    repo.commit(NOW, {"terms/policy.yml": TERMS, "terms/first.md": FIRST})
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    assert "there is no folder messages\n  make it" in repo.inforce("check").err
    (repo.folder / "messages").mkdir()
    japanese = ENGLISH.replace('nav.history: "History"', "").replace('"Whenever you registered"', "[]")
    (repo.folder / "messages" / "ja.yml").write_text(japanese)
    (repo.folder / "messages" / "de.yml").write_text(ENGLISH.replace("{source}", "{quelle}", 1))
    (repo.folder / "messages" / "README.md").write_text("Who translated this.\n")
    said = repo.inforce("check")
    assert (said.status, said.out) == (2, "")
    lines = {key: ENGLISH[: ENGLISH.index(f"\n{key}:")].count("\n") + 2 for key in ("posting.stated", "cohort.anybody")}
    assert said.err.splitlines()[::2] == [
        f"messages/de.yml:{lines['posting.stated']}: `posting.stated` knows no {{quelle}}",
        f"messages/de.yml:{lines['posting.stated']}: `posting.stated` lacks {{source}}",
        "messages/ja.yml: `nav.history` is missing",
        f"messages/ja.yml:{lines['cohort.anybody']}: `cohort.anybody` has to be a text",
    ]
    (repo.folder / "docs").mkdir()
    built = repo.run(str(repo.command.with_name("mkdocs")), "build", "--strict", status=1)
    assert "nothing is published" in built.err
    assert "`nav.history` is missing" in built.err
