"""The law of the record: no mistake that a lawyer can merge bricks the repository.

Whatever has been committed, there are further commits (posted files restored; terms mended; broken drafts removed)
after which nothing is wrong, and no posting was lost or moved on the way.
"""

import random

import pytest
from record.mistakes import APRIL, BEFORE, GOOD, MISTAKES, SCHEDULED, TERMS
from repository import FIRST, SECOND, Executable, Link, Submodule, material

POSTED = "privacy-policy/2014-03-01.md"
DAMAGES = {
    "edited": {POSTED: SECOND},
    "edited-to-be-unreadable": {POSTED: b"\xff\xfe"},
    "emptied": {POSTED: ""},
    "line-ends-changed": {POSTED: FIRST.replace("\n", "\r\n")},
    "removed": {POSTED: None},
    "renamed": {POSTED: None, "privacy-policy/2014-03-02.md": FIRST},
    "renamed-in-case": {POSTED: None, "privacy-policy/2014-03-01.MD": FIRST},
    "moved-to-another-policy": {POSTED: None, "user-agreement/2014-03-01.md": FIRST},
    "moved-into-a-folder": {POSTED: None, "privacy-policy/old/2014-03-01.md": FIRST},
    "given-a-translations-name": {POSTED: None, "privacy-policy/2014-03-01.ko.md": FIRST},
    "link-in-its-place": {POSTED: Link("2018-04-10.md")},
    "submodule-in-its-place": {POSTED: Submodule()},
    "folder-in-its-place": {POSTED: None, f"{POSTED}/text.md": FIRST},
    "policy-removed": {"privacy-policy": None},
    "policy-renamed": {"privacy-policy": None, "privacy/policy.yml": TERMS, "privacy/2014-03-01.md": FIRST},
    "policy-renamed-in-case": {"privacy-policy": None, "Privacy-Policy/policy.yml": TERMS},
    "link-in-the-policys-place": {"privacy-policy": Link("elsewhere")},
    "submodule-in-the-policys-place": {"privacy-policy": Submodule()},
    "everything-removed": {"": None},
    "link-in-the-records-place": {"": Link("elsewhere")},
    "file-in-the-records-place": {"": "nothing here"},
    "terms-broken": {"privacy-policy/policy.yml": "tittle: Typo\n"},
    "terms-removed": {"privacy-policy/policy.yml": None},
    "zone-changed": {"privacy-policy/policy.yml": TERMS.replace("Asia/Seoul", "America/New_York")},
    "default-rule-changed": {"privacy-policy/policy.yml": f"{TERMS}effective: on acceptance\n"},
}
HARMLESS = {
    "executable": {POSTED: Executable(FIRST)},
    "another-good-revision": {"privacy-policy/2018-04-11.md": material("effective: 2 days after posting")},
    "another-policy": {"user-agreement/policy.yml": TERMS, "user-agreement/2018-04-10.md": FIRST},
    "nothing": {},
}


def _mended(repo, posted, when):
    """Restore what was posted, mend the terms, remove every other file, as one commit."""
    kept = repo.record()
    texts = {f"{one.policy}/{one.name}.md": repo.git("cat-file", "blob", one.blob) for one in kept.postings()}
    repo.write("", None)
    terms = {f"{path.split('/')[0]}/policy.yml": TERMS for path in posted.values()}
    repo.commit(when, {**terms, **{path: f"{text}\n" for path, text in texts.items()}})


def _posted(repo):
    """What is posted: the lines that must stay as they are, with their paths."""
    return {
        (one.policy, one.name, one.digest, one.posted, one.posting.commit): f"{one.policy}/{one.name}.md"
        for one in repo.record().postings()
    }


def _assert_mendable(repo, posted):
    """First the terms, without which a policy is not shown at all; then everything."""
    slugs = {path.split("/")[0] for path in posted.values()}
    for slug in slugs:
        for path in (slug, ""):
            place = repo.folder / "policy_versions" / path
            if place.is_symlink() or place.is_file():
                repo.write(path, None)
    repo.commit("2019-01-01T09:00:00+09:00", {f"{slug}/policy.yml": TERMS for slug in slugs})
    shown = _posted(repo)
    assert posted.items() <= shown.items()
    _mended(repo, shown, "2019-01-02T09:00:00+09:00")

    assert repo.errors() == []
    assert _posted(repo) == shown
    assert repo.publishes()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damage_can_be_mended(repo, damage):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    posted = _posted(repo)
    repo.commit("2018-04-10T09:00:00+09:00", damage)

    _assert_mendable(repo, posted)


@pytest.mark.parametrize("seed", range(16))
def test_any_series_of_mistakes_can_be_mended(repo, seed):
    chance = random.Random(seed)
    actions = [*(one.files for one in MISTAKES), *DAMAGES.values(), *HARMLESS.values(), {APRIL: GOOD}]
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    repo.commit("2018-03-01T09:00:00+09:00", SCHEDULED)
    posted = _posted(repo)
    for month in range(4, 10):
        for files in chance.sample(actions, 2):
            _put(repo, files)
        repo.commit_all(f"2018-{month:02}-10T09:00:00+09:00")
        posted |= _posted(repo)

    _assert_mendable(repo, posted)


def _put(repo, files):
    """Write the files, making room for them where an earlier mistake stands in the way."""
    for path, content in files.items():
        for above in [*reversed(list((repo.folder / "policy_versions" / path).parents))]:
            if above.is_relative_to(repo.folder / "policy_versions") and (above.is_symlink() or above.is_file()):
                above.unlink()
        repo.write(path, content)
