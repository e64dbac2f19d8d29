"""Rule 9: the record is complete or nothing is published, however the repository lies there."""

import fcntl
import os
import re
from pathlib import Path

import pytest
from repository import FIRST, NOW, SECOND, TERMS, Repository, Submodule, material

from inforce.adapters import git_texts

START = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
APRIL = {"privacy-policy/2018-04-10.md": material()}
POSTINGS = [
    "2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01",
    "2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10",
]


@pytest.fixture
def published(repo):
    """Two postings in two commits."""
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    return repo


def _clone(repo, to, *options):
    repo.git("clone", "-q", *options, f"file://{repo.top}", str(to))
    return repo.looked_at_from(to)


# What is whole


def test_a_clone_has_the_same_record(published, tmp_path):
    clone = _clone(published, tmp_path / "clone")

    assert clone.record() == published.record()
    assert clone.check() == []


def test_a_clone_with_packed_objects_and_references_has_the_same_record(published):
    before = published.record()
    published.git("gc", "-q", "--aggressive", "--prune=now")
    published.git("pack-refs", "--all")

    assert published.record() == before


@pytest.mark.parametrize("how", ["--shared", "--reference", "--bare-and-worktree", "--separate-git-dir", "link"])
def test_wherever_git_keeps_its_things(published, tmp_path, how):
    to = tmp_path / "elsewhere"
    if how == "--shared":
        published.git("clone", "-q", "--shared", str(published.top), str(to))
    elif how == "--reference":
        published.git("clone", "-q", f"--reference={published.top}", f"file://{published.top}", str(to))
    elif how == "--separate-git-dir":
        published.git("clone", "-q", f"--separate-git-dir={tmp_path / 'git'}", f"file://{published.top}", str(to))
    elif how == "--bare-and-worktree":
        published.git("clone", "-q", "--bare", str(published.top), str(tmp_path / "bare.git"))
        published.git("--git-dir", str(tmp_path / "bare.git"), "worktree", "add", "-q", "--detach", str(to))
    else:
        _clone(published, to)
        (to / ".git").rename(tmp_path / "moved.git")
        (to / ".git").symlink_to(tmp_path / "moved.git")

    other = published.looked_at_from(to)
    assert other.record() == published.record()
    assert other.check() == []


def test_a_linked_working_tree_reads_the_published_branch(published, tmp_path):
    published.git("worktree", "add", "-q", "-b", "counsel", str(tmp_path / "linked"), "HEAD~")
    linked = published.looked_at_from(tmp_path / "linked")
    linked.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})

    assert linked.postings() == POSTINGS
    assert linked.drafts() == ["privacy-policy/2019-01-01"]


def test_a_working_tree_whose_repository_is_a_submodule_of_another(published, tmp_path):
    around = Repository(tmp_path / "around", tmp_path / "home")
    around.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", f"file://{published.top}", "policies")

    assert published.looked_at_from(around.top / "policies").record() == published.record()


def test_a_detached_checkout_as_ci_makes_it(published, tmp_path):
    ci = published.looked_at_from(tmp_path / "ci")
    ci.folder.mkdir()
    ci.git("init", "-q", "-b", "master")
    ci.git("remote", "add", "origin", f"file://{published.top}")
    ci.git("fetch", "-q", "--no-tags", "origin", "+refs/heads/main:refs/remotes/origin/main")
    ci.git("checkout", "-q", "--detach", "refs/remotes/origin/main")

    assert ci.git("for-each-ref", "--format=%(refname)") == "refs/remotes/origin/main"
    assert ci.record() == published.record()
    assert ci.check() == []


def test_ones_own_branch_comes_before_the_remotes(published, tmp_path):
    clone = _clone(published, tmp_path / "clone")
    clone.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})

    assert len(clone.postings()) == 3


def test_the_published_branch_may_have_another_name(published):
    published.git("branch", "-m", "main", "policies/release")
    published.branch = "policies/release"

    assert published.postings() == POSTINGS


def test_a_tag_of_the_branchs_name_is_not_the_branch(published):
    published.git("tag", "main", "HEAD~")
    assert published.postings() == POSTINGS

    published.git("checkout", "-q", "--detach")
    published.git("branch", "-q", "-D", "main")
    assert ["neither a branch `main`" in problem.what for problem in published.errors()] == [True]


def test_a_part_of_a_larger_repository(tmp_path):
    repo = Repository(tmp_path / "repo", tmp_path / "home", below="legal/site")
    (repo.top / "policy_versions").mkdir()
    (repo.top / "policy_versions" / "other.md").write_text("not ours")
    repo.commit("2018-01-01T09:00:00+09:00", START)
    (repo.top / "code.py").write_text("pass\n")
    repo.commit("2018-02-01T09:00:00+09:00")
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)

    assert repo.check() == []
    assert repo.postings() == POSTINGS

    repo.commit("2018-05-01T09:00:00+09:00", {"privacy-policy/2014-03-01.md": SECOND})
    (damage,) = repo.errors()
    assert damage.path == "policy_versions/privacy-policy/2014-03-01.md"
    repo.shell(re.search(r"`(git checkout .*?)`", damage.todo)[1])
    repo.commit("2018-05-02T09:00:00+09:00")
    assert repo.errors() == []


def test_a_path_with_spaces_and_letters_of_all_kinds(tmp_path):
    repo = Repository(tmp_path / "내 문서 (neu) 'q' $HOME", tmp_path / "home", below="öffentlich [1]/*")
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)

    assert repo.check() == []
    assert repo.postings() == POSTINGS
    repo.write("privacy-policy/2019-01-01.md", material())
    assert repo.drafts() == ["privacy-policy/2019-01-01"]
    said = repo.inforce("check")
    assert (said.status, said.out) == (0, "1 policy, 2 revisions posted, 1 draft: 0 errors, 0 warnings\n")


def test_ids_by_sha256(tmp_path):
    repo = Repository(tmp_path / "repo", tmp_path / "home", object_format="sha256")
    repo.commit("2018-01-01T09:00:00+09:00", START)
    commit = repo.commit("2018-04-10T09:00:00+09:00", APRIL)

    assert len(commit) == 64
    assert repo.check() == []
    assert repo.postings() == POSTINGS
    assert repo.posted_by()["privacy-policy/2018-04-10"] == commit
    repo.commit("2018-05-01T09:00:00+09:00", {"privacy-policy/2018-05-01.md": Submodule()})
    assert ["submodule" in problem.what for problem in repo.errors()] == [True]
    repo.write("privacy-policy/2018-05-01.md", None)
    repo.commit("2018-05-02T09:00:00+09:00", {"privacy-policy/2018-05-01.md": material()})
    assert repo.errors() == []


def test_a_digest_is_what_git_show_and_sha256sum_give(published):
    for one in published.record().postings():
        shown = published.shell(f"git show {one.posting.commit}:policy_versions/{one.policy}/{one.name}.md | sha256sum")
        assert shown.out.split()[0] == one.digest


def test_a_working_tree_without_a_folder_of_the_record(published):
    """A sparse checkout, say: what is posted is in git."""
    published.git("sparse-checkout", "set", "--no-cone", "/mkdocs.yml")

    assert not (published.folder / "policy_versions").exists()
    assert published.postings() == POSTINGS
    assert published.errors() == []


# What is not whole


def test_a_shallow_clone_is_refused_and_its_way_out_mends_it(published, tmp_path):
    shallow = _clone(published, tmp_path / "shallow", "--depth=1")

    (problem,) = shallow.errors()
    assert "shallow" in problem.what
    shallow.shell(re.match(r"`(.*?)`", problem.todo)[1])
    assert shallow.check() == []
    assert shallow.record() == published.record()


def test_grafts_are_refused_and_the_way_out_mends_it(published):
    tip = published.git("rev-parse", "HEAD")
    (published.top / ".git/info/grafts").write_text(f"{tip}\n")

    (problem,) = published.errors()
    assert "grafted" in problem.what
    published.shell(re.search(r"`(rm .*?)`", problem.todo)[1])
    assert published.check() == []


def test_a_missing_branch_is_refused(published):
    published.branch = "release"

    (problem,) = published.errors()
    assert "`release`" in problem.what
    assert "`origin/release`" in problem.what


def test_a_repository_without_a_commit_has_no_branch(repo):
    assert ["neither a branch" in problem.what for problem in repo.errors()] == [True]


def test_everything_that_is_not_whole_is_told_together(published, tmp_path):
    shallow = _clone(published, tmp_path / "shallow", "--depth=1")
    (shallow.top / ".git/info/grafts").write_text("# a comment\n")
    shallow.branch = "release"
    shallow.previous = "nowhere.json"

    assert [(problem.path, problem.what[:13]) for problem in shallow.errors()] == [
        ("nowhere.json", "the previous "),
        (".", "this clone is"),
        (".", "the history i"),
        (".", "there is neit"),
    ]


def test_a_folder_in_no_repository_is_refused(repo, tmp_path):
    plain = repo.looked_at_from(tmp_path)

    assert ["in no git repository" in problem.what for problem in plain.errors()] == [True]


@pytest.mark.parametrize("filtered", ["blob:none", "tree:0"])
def test_a_partial_clone_is_refused_without_a_look_at_the_network(published, tmp_path, filtered):
    published.git("config", "uploadpack.allowFilter", "true")
    partial = _clone(published, tmp_path / "partial", f"--filter={filtered}", "--no-checkout")
    partial.git("config", "remote.origin.url", f"ext::touch% {tmp_path / 'canary'}")

    (problem,) = partial.errors()
    assert problem.path.startswith("policy_versions")
    assert "--filter" in problem.todo
    assert not (tmp_path / "canary").exists()


def test_paths_are_told_from_the_folder_of_mkdocs_yml_even_if_history_is_not_whole(tmp_path):
    repo = Repository(tmp_path / "repo", tmp_path / "home", below="legal")
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo.top}", str(tmp_path / "partial"))
    (tmp_path / "partial" / "legal").mkdir()

    assert [one.path for one in repo.looked_at_from(tmp_path / "partial", "legal").errors()] == ["policy_versions"]


@pytest.mark.parametrize("what", ["HEAD", "HEAD~", "HEAD^{tree}", "HEAD:policy_versions/privacy-policy/2018-04-10.md"])
@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_missing_or_damaged_object_is_refused(published, what, damage):
    thing = published.git("rev-parse", what)
    place = published.top / ".git/objects" / thing[:2] / thing[2:]
    place.chmod(0o644)
    place.unlink() if damage == "missing" else place.write_bytes(b"no longer what it was")

    assert len(published.errors()) == 1
    assert not published.publishes()


def test_a_text_swapped_under_its_id_is_refused(published):
    """A repository that lies about its contents."""
    thing = published.git("rev-parse", "HEAD:policy_versions/privacy-policy/2014-03-01.md")
    (published.top / "other").write_bytes(FIRST.replace("keep", "sell").encode())
    other = published.git("hash-object", "-w", str(published.top / "other"))
    objects = published.top / ".git/objects"
    place = objects / thing[:2] / thing[2:]
    place.chmod(0o644)
    place.write_bytes((objects / other[:2] / other[2:]).read_bytes())

    assert ["not in this repository, or damaged" in problem.what for problem in published.errors()] == [True]


def test_pipes_as_narrow_as_linux_makes_them_for_who_has_very_many(repo, monkeypatch):
    """Asking for texts never waits for git while git waits for somebody to take its answers."""

    def narrowed(pipe):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
        return room(pipe)

    room = git_texts._room
    monkeypatch.setattr(git_texts, "_room", narrowed)
    monkeypatch.setattr(git_texts, "_widen", narrowed)
    later = {f"privacy-policy/2018-{number:03}.md": material(text="Word. " * number) for number in range(1, 300)}
    repo.commit("2018-01-01T09:00:00+09:00", START | later)

    assert len(repo.postings()) == 300


@pytest.mark.parametrize(
    "git_file", [b"", b"\xff\xfe", b"gitdir:", b"gitdir: /nowhere", b"what?", b"gitdir: \0"], ids=repr
)
def test_a_file_in_the_place_of_git_that_leads_nowhere_is_refused(repo, tmp_path, git_file):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / ".git").write_bytes(git_file)

    assert len(repo.looked_at_from(folder).errors()) == 1


def test_a_configuration_that_git_refuses_is_told(published):
    (published.top / ".git/config").write_text("[core\n")

    (problem,) = published.errors()
    assert "git cannot read this repository" in problem.what


def test_no_git_on_the_machine_is_told(published, tmp_path):
    said = published.inforce("check", env={"PATH": str(tmp_path)})

    assert (said.status, said.out) == (1, "")
    assert "git is not installed" in said.err
    assert "Traceback" not in said.err


def test_a_repository_of_another_user_is_read(published):
    """As in a container that mounts the working tree."""
    if os.geteuid() == 0:
        os.chown(published.top, 65534, 65534)
        os.chown(published.top / ".git", 65534, 65534)

    assert published.check() == []


# The clock


@pytest.mark.parametrize(
    ("when", "is_error"), [("2020-01-01T00:04:00+09:00", False), ("2020-01-01T00:06:00+09:00", True)]
)
def test_a_posting_may_be_ahead_of_the_clock_by_five_minutes(repo, when, is_error):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    commit = repo.commit(when, APRIL)

    problems = repo.check(NOW)
    assert [(problem.is_error, problem.commit) for problem in problems] == ([(True, commit)] if is_error else [])
    assert repo.publishes(NOW) is not is_error
    assert len(repo.record(NOW).as_of(repo.record(NOW).postings()[0].posted).postings()) == 1
    assert repo.check(when) == []


def test_a_commit_of_the_future_about_something_else_is_to_blame_for_the_posting_after_it(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    wrong = repo.commit("2030-01-01T09:00:00+09:00")
    assert repo.check(NOW) == []

    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    (problem,) = repo.errors(NOW)
    assert "2030-01-01T09:00:00+09:00" in problem.what
    assert wrong[:12] in problem.what


@pytest.mark.parametrize("seconds", ["0", "99999999999", "99999999999999999"])
def test_a_date_beyond_every_calendar_is_no_traceback(repo, seconds):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    tree = repo.git("rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor A <a@b> {seconds} +0000\ncommitter A <a@b> {seconds} +0000\n\nOdd\n"
    (repo.top / "commit").write_text(text)
    odd = repo.git("hash-object", "-w", "-t", "commit", "--literally", str(repo.top / "commit"))
    repo.git("update-ref", "refs/heads/main", odd)

    assert len(repo.errors(NOW)) == (seconds != "0")


def test_a_build_for_an_earlier_instant_does_not_show_later_postings(published):
    asked = "2018-03-01T00:00:00+09:00"
    said = published.inforce("history", "privacy-policy", "--json", now=asked)

    assert said.status == 0
    assert said.out.count('"revision"') == 1


def test_nothing_is_written_to_the_repository(published):
    def state():
        return {
            path: (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for path in sorted(Path(published.top).rglob("*"))
        }

    before = state()
    published.check()
    assert state() == before
