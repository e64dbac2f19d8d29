"""Whatever stands in the configuration or the environment: the same record is read, and nothing is run."""

import pytest
from repository import FIRST, NOW, SECOND, TERMS, Repository, instant, material

from inforce.adapters.clock import Door
from inforce.workflows.check import check

CANARY = "CANARY"
"""In settings, stands for a program that leaves a trace."""

SETTINGS = {
    "fsmonitor": {"core.fsmonitor": CANARY},
    "hooks": {"core.hooksPath": "HOOKS"},
    "signatures": {"log.showSignature": "true", "gpg.program": CANARY, "gpg.ssh.program": CANARY},
    "diff-program": {"diff.external": CANARY, "diff.noprefix": "true"},
    "textconv": {"diff.law.textconv": CANARY, "diff.law.command": CANARY},
    "filter": {"filter.law.clean": CANARY, "filter.law.smudge": CANARY, "filter.law.required": "true"},
    "filter-process": {"filter.law.process": CANARY, "filter.law.required": "true"},
    "pager": {"core.pager": CANARY, "pager.log": CANARY, "pager.rev-parse": CANARY},
    "editor": {"core.editor": CANARY, "core.askPass": CANARY, "credential.helper": CANARY},
    "transport": {"core.sshCommand": CANARY, "core.gitProxy": CANARY, "core.alternateRefsCommand": CANARY},
    "aliases": {"alias.log": f"!{CANARY}", "alias.rev-parse": f"!{CANARY}", "alias.cat-file": f"!{CANARY}"},
    "working-tree-elsewhere": {"core.worktree": "/nowhere"},
    "bare": {"core.bare": "true"},
    "renames": {"diff.renames": "copies", "log.follow": "true", "diff.relative": "true", "diff.orderFile": "/nowhere"},
    "no-root": {"log.showRoot": "false", "log.diffMerges": "off", "log.abbrevCommit": "true", "core.abbrev": "4"},
    "encodings": {"i18n.logOutputEncoding": "UTF-16", "i18n.commitEncoding": "latin1", "core.quotePath": "true"},
    "output": {"format.pretty": "oneline", "log.date": "relative", "log.decorate": "full", "color.ui": "always"},
    "mailmap": {"log.mailmap": "true", "mailmap.file": "MAILMAP"},
    "notes": {"core.notesRef": "refs/notes/commits", "notes.displayRef": "refs/notes/*"},
    "replacements": {"core.useReplaceRefs": "true"},
    "commit-graph": {"core.commitGraph": "true", "core.multiPackIndex": "true"},
    "ignored-submodules": {"diff.ignoreSubmodules": "all", "diff.submodule": "diff", "submodule.recurse": "true"},
    "attributes": {"core.attributesFile": "ATTRIBUTES"},
    "line-ends": {"core.autocrlf": "true", "core.eol": "crlf", "core.safecrlf": "true"},
    "case": {"core.ignoreCase": "true", "core.fileMode": "false", "core.symlinks": "false"},
    "include": {"include.path": "INCLUDED"},
    "lazy-fetch": {"extensions.partialClone": "origin", "remote.origin.url": f"ext::{CANARY}"},
    "sparse": {"core.sparseCheckout": "true", "core.untrackedCache": "true", "index.threads": "8"},
    "big-files": {"core.bigFileThreshold": "1", "core.packedGitLimit": "1", "core.compression": "0"},
}

ENVIRONMENT = {
    "GIT_DIR": "/nowhere",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_COMMON_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere",
    "GIT_OBJECT_DIRECTORY": "/nowhere",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere",
    "GIT_NAMESPACE": "other",
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_SHALLOW_FILE": "SHALLOW",
    "GIT_GRAFT_FILE": "GRAFTS",
    "GIT_REPLACE_REF_BASE": "refs/heads",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_CONFIG": "/nowhere",
    "GIT_CONFIG_GLOBAL": "INCLUDED",
    "GIT_CONFIG_SYSTEM": "INCLUDED",
    "GIT_CONFIG_NOSYSTEM": "",
    "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor={CANARY}' 'log.showRoot=false'",
    "GIT_ATTR_SOURCE": "HEAD~",
    "GIT_EXTERNAL_DIFF": CANARY,
    "GIT_PAGER": CANARY,
    "GIT_EDITOR": CANARY,
    "GIT_ASKPASS": CANARY,
    "GIT_SSH_COMMAND": CANARY,
    "GIT_EXEC_PATH": "HOOKS",
    "GIT_TEMPLATE_DIR": "HOOKS",
    "GIT_DIFF_OPTS": "--unified=0",
    "GIT_LITERAL_PATHSPECS": "0",
    "GIT_GLOB_PATHSPECS": "1",
    "GIT_NOGLOB_PATHSPECS": "1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_NOTES_REF": "refs/notes/commits",
    "GIT_REF_PARANOIA": "0",
    "GIT_FLUSH": "0",
    "GIT_PROGRESS_DELAY": "0",
    "GIT_ALLOW_PROTOCOL": "ext",
    "GIT_NO_REPLACE_OBJECTS": "",
    "GIT_QUARANTINE_PATH": "/nowhere",
    "GIT_TRACE": "TRACE",
    "GIT_TRACE_SETUP": "TRACE",
    "GIT_TRACE2": "TRACE",
    "GIT_TRACE2_EVENT": "TRACE",
    "GIT_TRACE2_PERF": "TRACE",
    "GIT_TRACE_PACKET": "1",
    "GIT_REDIRECT_STDOUT": "TRACE",
    "PAGER": CANARY,
    "LANGUAGE": "de",
    "LC_ALL": "de_DE.ISO-8859-1",
    "TZ": "Pacific/Auckland",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A published record with a merge, an error and a draft, by somebody whose name is not ASCII."""
    folder = tmp_path_factory.mktemp("model")
    repo = Repository(folder / "repo", folder / "home")
    start = repo.commit(
        "2018-01-01T09:00:00+09:00",
        {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST},
        author="Müller <mueller@qstore.example>",
    )
    repo.switch("counsel", start)
    repo.commit("2018-04-01T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material()})
    (repo.top / ".gitattributes").write_text("*.md diff=law filter=law\n")
    repo.commit("2018-04-02T09:00:00+09:00")
    repo.switch("main")
    repo.merge("2018-04-10T09:00:00+09:00", "counsel")
    repo.commit("2018-05-01T09:00:00+09:00", {"privacy-policy/개정.md": "x"}, author="Müller <mueller@qstore.example>")
    repo.write("privacy-policy/2019-01-01.md", material())
    return repo


@pytest.fixture
def attacked(model, tmp_path):
    """The model, and beside it the programs and files at which settings may point."""
    program = tmp_path / "canary.sh"
    program.write_text(f"#!/bin/sh\necho ran >>{tmp_path / 'ran'}\ncat\n")
    program.chmod(0o755)
    (tmp_path / "hooks").mkdir()
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "git-log", "git-cat-file", "git"):
        (tmp_path / "hooks" / hook).symlink_to(program)
    (tmp_path / "attributes").write_text("* diff=law filter=law text eol=crlf\n")
    (tmp_path / "mailmap").write_text("Somebody Else <x@y> <mueller@qstore.example>\n")
    (tmp_path / "included").write_text(
        f'[core]\n\tfsmonitor = {program}\n[log]\n\tshowRoot = false\n[diff "law"]\n\ttextconv = {program}\n'
    )
    repo = model.copy(tmp_path / "repo")
    repo.home = tmp_path / "home"
    repo.home.mkdir()
    for name in ("shallow", "grafts"):
        (tmp_path / name).write_text(f"{repo.git('rev-parse', 'HEAD')}\n")
    return repo


def _filled(value, tmp_path):
    """The setting, with the places of the programs and files in it."""
    places = {name: str(tmp_path / name.lower()) for name in ("HOOKS", "ATTRIBUTES", "MAILMAP", "INCLUDED", "TRACE")}
    places |= {"SHALLOW": str(tmp_path / "shallow"), "GRAFTS": str(tmp_path / "grafts")}
    places[CANARY] = str(tmp_path / "canary.sh")
    for name, place in places.items():
        value = value.replace(name, place)
    return value


def _reading(repo):
    """Everything that is read: the record, the drafts, and what is wrong."""
    door = Door(instant(NOW), instant(NOW))
    found = check(repo.settings, door)
    return repo.record(), [(draft.path, draft.data, draft.faults) for draft in found.drafts], found.problems


def _assert_nothing_ran(tmp_path):
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "trace").exists()


def _configure(repo, settings, tmp_path, *where):
    for key, value in settings.items():
        repo.run("git", "config", *where, "--add", key, _filled(value, tmp_path))


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_settings_of_the_repository_and_of_the_user(attacked, tmp_path, monkeypatch, settings):
    before = _reading(attacked)
    _configure(attacked, settings, tmp_path, "--file", str(attacked.top / ".git/config"))
    assert _reading(attacked) == before

    (attacked.top / ".git/config").rename(attacked.home / ".gitconfig")
    (attacked.top / ".git/config").write_text("[core]\n\trepositoryFormatVersion = 0\n")
    monkeypatch.setenv("HOME", str(attacked.home))
    assert _reading(attacked) == before
    _assert_nothing_ran(tmp_path)


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_the_environment(attacked, tmp_path, monkeypatch, name):
    before = _reading(attacked)
    monkeypatch.setenv(name, _filled(ENVIRONMENT[name], tmp_path))

    assert _reading(attacked) == before
    _assert_nothing_ran(tmp_path)


def test_settings_in_the_environment(attacked, tmp_path, monkeypatch):
    before = _reading(attacked)
    pairs = [pair for settings in SETTINGS.values() for pair in settings.items()]
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(pairs)))
    for number, (key, value) in enumerate(pairs):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", _filled(value, tmp_path))

    assert _reading(attacked) == before
    _assert_nothing_ran(tmp_path)


def test_everything_at_once_on_the_command_line(attacked, tmp_path):
    before = attacked.inforce("check", "--json")
    assert before.status == 1
    for settings in SETTINGS.values():
        for file in (attacked.top / ".git/config", attacked.home / ".gitconfig"):
            _configure(attacked, settings, tmp_path, "--file", str(file))
    # Traces aside: GitPython asks git for its version in the user's own environment, as it is imported.
    hostile = {name: _filled(value, tmp_path) for name, value in ENVIRONMENT.items() if "TRACE" not in name}

    assert attacked.inforce("check", "--json", env=hostile) == before
    _assert_nothing_ran(tmp_path)


def test_a_replaced_commit_and_a_replaced_text_are_read_as_they_were(attacked):
    before = _reading(attacked)
    first = attacked.git("rev-parse", "HEAD:policy_versions/privacy-policy/2014-03-01.md")
    (attacked.home / "other").write_text(SECOND)
    other = attacked.git("hash-object", "-w", str(attacked.home / "other"))
    attacked.git("replace", first, other)
    attacked.git("replace", "--graft", "HEAD~")

    assert attacked.git("show", "HEAD:policy_versions/privacy-policy/2014-03-01.md") == SECOND.strip()
    assert _reading(attacked) == before


def test_alternates_that_hold_nothing_and_a_commit_graph_that_lies(attacked, tmp_path):
    before = _reading(attacked)
    (attacked.top / ".git/objects/info/alternates").write_text(f"/nowhere\n{tmp_path}\n# a comment\n")
    (attacked.top / ".git/objects/info/commit-graph").write_bytes(b"CGPH\1\1\0\0 no commit graph")

    assert _reading(attacked) == before


def test_hooks_and_attributes_in_the_repository(attacked, tmp_path):
    before = _reading(attacked)
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        (attacked.top / ".git/hooks").mkdir(exist_ok=True)
        (attacked.top / ".git/hooks" / hook).symlink_to(tmp_path / "canary.sh")
    (attacked.top / ".git/info/attributes").write_text("* diff=law filter=law ident text eol=crlf -diff export-subst\n")
    _configure(attacked, SETTINGS["filter"] | SETTINGS["textconv"], tmp_path)

    assert _reading(attacked) == before
    _assert_nothing_ran(tmp_path)


def test_a_posted_text_that_a_filter_altered_runs_no_filter_when_compared(attacked, tmp_path):
    _configure(attacked, SETTINGS["filter"], tmp_path)
    attacked.write("privacy-policy/2014-03-01.md", SECOND)

    assert [one.path for one in attacked.warnings()] == ["policy_versions/privacy-policy/2014-03-01.md"]
    _assert_nothing_ran(tmp_path)


def test_notes_and_signatures_on_commits_are_no_part_of_the_record(attacked):
    before = _reading(attacked)
    attacked.git("notes", "add", "-m", "\x01" + "1" * 40 + "\x020\x02note", "HEAD")

    assert _reading(attacked) == before


@pytest.mark.parametrize(
    "name", ["\x1b[31mRed\x1b[0m", "A\x02B", ":100644 100644 0 0 M", "\u202eevil", "'; rm -rf $HOME"]
)
def test_odd_names_of_authors_do_no_harm(repo, name):
    repo.commit("2018-01-01T09:00:00+09:00", {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014.md": FIRST})
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2014.md": SECOND}, author=f"{name} <a@b.example>")

    (problem,) = repo.errors()
    assert "(" in problem.what
    assert repo.postings() == ["2018-01-01T09:00:00+09:00 privacy-policy/2014"]
