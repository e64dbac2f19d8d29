"""What a build leaves for the next one: it may be gone, damaged, shared or unwritable, and the site is the same."""

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from qstore_site import BEFORE, CONFIG, MKDOCS, NOW
from repository import TERMS, Repository, instant, revision


def text_of(slug, number):
    parts = "".join(f"## Part {part}\n\nWe keep *what* you tell us, {part} times.\n\n" for part in range(8))
    return revision(
        f"posted: 2010-01-01T00:{number // 60:02}:{number % 60:02}Z\nsource: Log, {number}\nchange: imported",
        f"# Policy {slug} {number}\n\n{parts}Sentence {number}.\n",
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Enough revisions for worker processes: two policies of fifty."""
    top = tmp_path_factory.mktemp("many")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    files = {f"{slug}/{number:03}.md": text_of(slug, number) for slug in ("privacy", "terms") for number in range(50)}
    asked = f"{TERMS}acceptance: asked\n"
    repo.commit(BEFORE, {"privacy/policy.yml": asked, "terms/policy.yml": TERMS, **files})
    return repo


@pytest.fixture(scope="module")
def alone(many):
    """The site as built without a cache, by one process."""
    (many.folder / "mkdocs.yml").write_text(CONFIG.replace("{archive: ''}", "{archive: '', cache: '', workers: 1}"))
    site = built(many, "alone")
    assert not (many.folder / ".cache").exists()
    (many.folder / "mkdocs.yml").write_text(CONFIG)
    return site


@pytest.fixture
def cache(many):
    """The folder, filled by a build that began without one."""
    shutil.rmtree(many.folder / ".cache", ignore_errors=True)
    built(many, "filling")
    return many.folder / ".cache" / "inforce"


def built(repo, to):
    clock = {"SOURCE_DATE_EPOCH": str(int(instant(NOW).timestamp())), "NO_MKDOCS_2_WARNING": "1"}
    repo.run(MKDOCS, "build", "--strict", "-d", str(repo.folder / to), env=clock)
    site = repo.folder / to
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and not path.name.endswith(".gz")
    }


def test_a_first_build_by_workers_and_a_second_from_the_cache_are_the_same_as_one_without(many, alone):
    shutil.rmtree(many.folder / ".cache", ignore_errors=True)

    assert built(many, "first") == alone
    assert built(many, "second") == alone


@pytest.mark.parametrize("way", ["bit", "half", "nothing"])
def test_entries_that_are_damaged_in_any_way_are_made_anew(many, alone, cache, way):
    entries = sorted(path for path in cache.rglob("*") if path.is_file() and len(path.name) > 20)
    entries += sorted(cache.glob("examined/*/*/*"))
    assert {path.relative_to(cache).parts[0] for path in entries} == {
        "examined",
        "html",
        "pages",
        "presentations",
        "redlines",
        "written",
    }
    for number, path in enumerate(entries):
        data = bytearray(path.read_bytes())
        data[(number + 1) * 7919 % len(data)] ^= 1 << number % 8
        path.write_bytes({"bit": data, "half": data[: len(data) // 2], "nothing": b""}[way])

    assert built(many, "damaged") == alone
    assert built(many, "mended") == alone


def test_a_posting_converts_what_is_new_in_it_alone(many, alone, cache, tmp_path):
    grown = many.copy(tmp_path / "grown")
    assert (grown.folder / ".cache" / cache.name).is_dir()
    before = {path.name for path in grown.folder.glob(".cache/inforce/html/*/*/*")}
    grown.commit(NOW, {"terms/050.md": text_of("terms", 50)})

    site = built(grown, "grown")

    entries = {path.name: path.read_bytes().splitlines()[1:] for path in grown.folder.glob(".cache/inforce/html/*/*/*")}
    (added,) = entries.keys() - before
    texts, *passages = entries.pop(added)
    (known,) = (old for _, *old in entries.values() if old[0] == passages[0])
    assert len(json.loads(texts)) == 51
    assert passages[: len(known)] == known
    assert len(passages) - len(known) == 2  # Its title, and its own sentence.
    assert site["terms/049/source.md"] == alone["terms/049/source.md"]


@pytest.mark.usefixtures("cache")
def test_a_posting_makes_one_redline(many, alone, tmp_path):
    grown = many.copy(tmp_path / "grown")
    kept = {path: path.read_bytes() for path in grown.folder.glob(".cache/inforce/redlines/*/*/*")}
    grown.commit(NOW, {"terms/050.md": text_of("terms", 50)})

    site = built(grown, "grown")

    now = {path: path.read_bytes() for path in grown.folder.glob(".cache/inforce/redlines/*/*/*")}
    assert {path: now[path] for path in kept} == kept
    assert len(now) == len(kept) + 3  # The revision, its identities, and what is remembered for the next one.
    for page in ("changes/index.html", "clauses.json"):
        assert site[f"terms/049/{page}"] == alone[f"terms/049/{page}"]


@pytest.mark.parametrize("first", [0, 1])
def test_some_entries_that_are_damaged_among_others_are_made_anew(many, alone, cache, first):
    entries = sorted(path for path in cache.glob("redlines/*/*/*"))
    for path in entries[first::2]:
        path.write_bytes(path.read_bytes()[:-1])

    assert built(many, "damaged") == alone


def test_an_entry_under_the_name_of_another_is_not_taken_for_it(many, alone, cache):
    for kind in ("html", "pages", "redlines"):
        entries = sorted(path for path in (cache / kind).rglob("*") if path.is_file())
        texts = [path.read_bytes() for path in entries]
        for path, other in zip(entries, texts[1:] + texts[:1], strict=True):
            path.write_bytes(other)

    assert built(many, "swapped") == alone


def test_two_builds_at_once_share_a_cache(many, alone):
    shutil.rmtree(many.folder / ".cache", ignore_errors=True)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda to: built(many, to) == alone, ("left", "right"))) == [True, True]


def test_a_build_that_is_killed_leaves_what_the_next_one_can_use(many, alone):
    shutil.rmtree(many.folder / ".cache", ignore_errors=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1", "NO_MKDOCS_2_WARNING": "1"}
    killed = subprocess.Popen([MKDOCS, "build", "-q", "-d", "killed"], cwd=many.folder, env=environment)
    while killed.poll() is None and not list((many.folder / ".cache").rglob("html/*/*/*")):
        pass
    killed.kill()
    killed.wait()

    assert built(many, "after") == alone


def test_a_folder_that_cannot_be_used_costs_nothing_but_time(many, alone):
    shutil.rmtree(many.folder / ".cache", ignore_errors=True)
    (many.folder / ".cache").write_text("no folder")

    assert built(many, "without") == alone
    (many.folder / ".cache").unlink()


def test_what_nobody_asked_for_in_a_month_goes(many, alone, cache):
    used = {path for path in cache.glob("*/*/*/*") if "written" not in path.parts}  # Of another folder of a site.
    old = cache / "html" / "0123456789abcdef" / "ab" / "abcdef"
    young = cache / "html" / "0123456789abcdef" / "cd" / "cdef"
    for path, days in ((old, 31), (young, 29), *((path, 31) for path in used)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        then = (cache / "CACHEDIR.TAG").stat().st_mtime - days * 24 * 60 * 60
        os.utime(path, (then, then))

    assert built(many, "later") == alone

    assert not old.exists()
    assert {path for path in cache.glob("*/*/*/*") if "written" not in path.parts} == {*used, young}


def test_the_folder_keeps_itself_out_of_git_and_of_backups(cache):
    assert (cache / ".gitignore").read_text() == "*\n"
    assert (cache / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
