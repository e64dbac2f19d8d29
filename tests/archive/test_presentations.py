"""What people are asked to accept lies beside the signed PDFs: once, for ever, whatever words are used later."""

import json
import re
import shutil
import signal
import subprocess
import zipfile
from hashlib import sha256

import jsonschema
import pytest
from archive.test_on_the_site import ZIP, build, words
from archive.test_refusals import alter, told
from repository import TERMS, material

from inforce.adapters.clock import read_clock
from inforce.core.effect import Audience
from inforce.core.errors import UnavailableError
from inforce.formats.acceptance.presentation import read_presentation
from inforce.formats.manifest_json import manifest_json, parse_manifest
from inforce.formats.messages import message_file
from inforce.formats.schemas import schema
from inforce.mkdocs_plugin.config import read_settings
from inforce.workflows import decide_export
from inforce.workflows.acceptance.present_record import read_present
from inforce.workflows.acceptance.presentations import presentations_of
from inforce.workflows.progress import silent
from inforce.workflows.read_record import opened
from inforce.workflows.site_archive import site_archive

DAY = "2019-01-01T09:00:00+09:00"
OFFER = "effective: {current_users: 2019-05-10, new_users: on acceptance}"
ASKING = {
    "privacy-policy/policy.yml": f"{TERMS}acceptance: asked\n",
    "privacy-policy/2019-01-01.md": material(OFFER, "# Privacy Policy\n\nWe keep nothing.\n"),
}
CURRENT = "privacy-policy/privacy-policy-2019-01-01.current_users.html"
NEW = "privacy-policy/privacy-policy-2019-01-01.new_users.html"
PDF = "privacy-policy/privacy-policy-2019-01-01.pdf"


@pytest.fixture(scope="module")
def _asking(_archived, tmp_path_factory):
    """A third revision is posted that people are asked to accept, and archived."""
    project = _archived.copy(tmp_path_factory.mktemp("asking") / "repo")
    project.repo.commit(DAY, ASKING)
    project.export()
    return project


@pytest.fixture
def asking(_asking, tmp_path):
    """The same, for a test to do with as it likes."""
    return _asking.copy(tmp_path / "asking")


def presented(project, audience=Audience.NEW_USERS):
    """What the audience is asked of the third revision, as pages show it."""
    settings, door = read_settings(project.repo.folder / "mkdocs.yml"), read_clock()
    with opened(settings, door) as source:
        archive = site_archive(settings, source.record, door.asked)
        return presentations_of(settings, source, archive).of("privacy-policy", "2019-01-01", audience)


def present(project):
    """The record as the register of acceptances reads it."""
    settings = read_settings(project.repo.folder / "mkdocs.yml")
    return read_present(settings, read_clock().asked, silent())


# What is kept


def test_it_is_kept_with_the_pdf(archived):
    before = archived.files()
    archived.repo.commit(DAY, ASKING)
    assert archived.export("--dry-run").out == (
        "privacy-policy/2019-01-01: would be signed\n"
        "privacy-policy/2019-01-01: would be kept: what current users are asked\n"
        "privacy-policy/2019-01-01: would be kept: what new users are asked\n"
        "archive: 1 would be signed, 2 presentations would be kept, 2 there already\n"
    )
    assert archived.export().out == (
        "privacy-policy/2019-01-01: signed (B-B)\n"
        "privacy-policy/2019-01-01: kept: what current users are asked\n"
        "privacy-policy/2019-01-01: kept: what new users are asked\n"
        "archive: 1 signed, 2 presentations kept, 2 there already\n"
    )
    after = archived.files()
    assert after.keys() - before.keys() == {PDF, CURRENT, NEW}
    assert (archived.folder / NEW).stat().st_mode & 0o777 == 0o444
    assert archived.export_here().out == "archive: nothing new, 3 there already\n"
    assert archived.files() == after


def test_the_manifest_and_the_sums_tell_of_it(asking):
    files = asking.files()
    manifest = json.loads(files["manifest.json"])
    jsonschema.validate(manifest, json.loads(schema("manifest")))
    assert manifest["presentations"] == [
        {
            "audience": audience,
            "digest": sha256(files[place]).hexdigest(),
            "file": place,
            "policy": "privacy-policy",
            "revision": "2019-01-01",
            "size": len(files[place]),
        }
        for audience, place in (("current_users", CURRENT), ("new_users", NEW))
    ]
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    said = subprocess.run(check, cwd=asking.folder, capture_output=True, text=True, check=True)
    assert f"{CURRENT}: OK\n{NEW}: OK\n" in said.stdout


def test_it_is_what_people_are_asked(asking):
    for audience, place in ((Audience.CURRENT_USERS, CURRENT), (Audience.NEW_USERS, NEW)):
        kept = read_presentation("privacy-policy", "2019-01-01", audience, asking.files()[place])
        assert presented(asking, audience) == kept
        assert "We keep nothing." in kept.article


def test_the_words_of_then_are_shown_for_ever(asking):
    """Other words are used since: what is asked of that revision stays as it was."""
    before, kept = presented(asking), asking.files()
    (asking.repo.folder / "words").mkdir()
    (asking.repo.folder / "words/en.yml").write_text(message_file("en").replace("and I accept it.", "and agree."))
    asking.configure(messages="words")
    assert asking.export_here().out == "archive: nothing new, 3 there already\n"
    assert presented(asking) == before
    assert asking.files() == kept
    shutil.rmtree(asking.folder)  # Without an archive the words of today are all there is.
    assert presented(asking).box.endswith(", and agree.")
    assert before.box.endswith(", and I accept it.")


def test_where_nobody_is_asked_nothing_is_there(archived):
    manifest = archived.files()["manifest.json"]
    assert b"presentations" not in manifest
    assert manifest_json(parse_manifest(manifest)) == manifest
    assert not [place for place in archived.files() if place.endswith(".html")]


def test_what_a_throw_away_key_signed_has_none(asking):
    asking.configure(signing=None)
    assert "kept" not in asking.export().out
    assert not [place for place in asking.files("test-signed") if place.endswith(".html")]


def test_an_archive_from_before_gets_them_with_the_next_export(archived, monkeypatch):
    """As an edition that knew of none has written it: its manifest is good, and nothing is signed again."""
    archived.repo.commit(DAY, ASKING)
    with monkeypatch.context() as before:
        before.setattr(decide_export, "unpresented", lambda *_: ())
        archived.export_here()
    old = archived.files()
    assert b"presentations" not in old["manifest.json"]
    assert presented(archived).article.startswith("<article")
    site, said = build(archived)
    assert "so that its words could still change: what people are asked of 2019-01-01\n" in said
    assert (site / "privacy-policy/2019-01-01/accept/new_users.html").read_text().startswith("<!DOCTYPE html>")
    assert archived.export_here().out == (
        "privacy-policy/2019-01-01: kept: what current users are asked\n"
        "privacy-policy/2019-01-01: kept: what new users are asked\n"
        "archive: 2 presentations kept, 3 there already\n"
    )
    new = archived.files()
    assert new.keys() - old.keys() == {CURRENT, NEW}
    assert {place for place in old if new[place] != old[place]} == {"manifest.json", "manifest.json.p7s", "SHA256SUMS"}
    assert json.loads(new["manifest.json"])["files"] == json.loads(old["manifest.json"])["files"]
    build(archived, "--strict")


def test_as_json(archived):
    archived.repo.commit(DAY, ASKING)
    answer = json.loads(archived.export_here("--dry-run", "--json").out)
    assert answer["presented"] == [
        {"audience": audience, "policy": "privacy-policy", "revision": "2019-01-01"}
        for audience in ("current_users", "new_users")
    ]


# What is refused


def test_what_was_changed_or_is_gone_or_unknown_is_told_together(asking):
    alter(asking, NEW, asking.files()[NEW].replace(b"We keep nothing.", b"We sell it all. "))
    (asking.folder / CURRENT).unlink()
    other = "privacy-policy/privacy-policy-2018-04-10.new_users.html"
    (asking.folder / other).write_bytes(b"<p>Yes.</p>")
    said = told(asking)
    assert said.pop(f"archive/{NEW}").startswith("this is not the presentation that was kept: its SHA-256 is ")
    assert said == {
        f"archive/{CURRENT}": "the manifest has this presentation, and it is not there",
        f"archive/{other}": "the manifest does not know this file",
    }
    _, output = build(asking, status=1)
    assert f"archive/{NEW}: this is not the presentation that was kept" in output


def test_html_that_is_none_of_ours_does_no_harm(asking):
    (asking.folder / "index.html").write_text("Kept by the legal department.\n")
    assert asking.export_here().out == "archive: nothing new, 3 there already\n"


def test_a_manifest_that_was_edited_is_told(asking):
    manifest = asking.files()["manifest.json"]
    digest = sha256(asking.files()[NEW]).hexdigest().encode()
    alter(asking, "manifest.json", manifest.replace(digest, b"0" * 64))
    (asking.folder / "SHA256SUMS").unlink()
    assert any("changed after it was signed" in one for one in told(asking).values())


@pytest.mark.parametrize(
    "edited",
    [
        (b'"new_users",', b'"members",'),
        (b".new_users.html", b".current_users.html"),
        (b'"version": 1', b'"version":  1'),
    ],
)
def test_a_manifest_that_no_run_writes_is_refused(asking, edited):
    with pytest.raises(ValueError, match=r"shape|called|another way|twice"):
        parse_manifest(asking.files()["manifest.json"].replace(*edited))


def test_an_older_archive_that_is_brought_back_is_told(archived, monkeypatch):
    """With as many PDFs as there were, and without the presentations."""
    archived.repo.commit(DAY, ASKING)
    with monkeypatch.context() as before:
        before.setattr(decide_export, "unpresented", lambda *_: ())
        archived.export_here()
    old = archived.files()
    archived.export_here()
    for place in archived.files():
        (archived.folder / place).unlink()
        if place in old:
            (archived.folder / place).write_bytes(old[place])
    assert told(archived) == {
        "archive/manifest.json": "an older manifest was brought back: it has 3 files, and there were 5"
    }


# Interrupted


def test_killed_before_each_operation_on_the_archive(archived, tmp_path, monkeypatch):
    """When the PDFs are there, and the presentations come."""
    archived.repo.commit(DAY, ASKING)
    archived.configure(cache="")
    with monkeypatch.context() as earlier:
        earlier.setattr(decide_export, "unpresented", lambda *_: ())
        archived.export_here()
    before = archived.pdfs()
    deaths = archived.died(tmp_path / "scratch")
    assert len(deaths) > 25
    assert [one["endings"][0] for one in deaths] == [-signal.SIGKILL] * (len(deaths) - 1) + [0]
    wholes = set()
    for one in deaths:
        assert one["endings"][-1] == 0, one
        assert one["left"] == [], one
        final, _ = one["looks"][-1]
        assert final.keys() == before.keys() | {CURRENT, NEW}
        for lying, _ in one["looks"]:
            assert before.items() <= lying.items() <= final.items(), one
        wholes.add((final[CURRENT], final[NEW]))
    assert len(wholes) == 1


def test_what_was_not_in_a_manifest_yet_is_made_once_more(asking):
    """As left by a run that was killed before its manifest, in the words of another edition."""
    staged = asking.folder / ".pending" / NEW
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"<p>In other words.</p>")
    before = asking.files("archive")
    before.pop(f".pending/{NEW}")
    assert asking.export_here().out == "archive: nothing new, 3 there already\n"
    assert asking.files() == before


def test_between_the_manifest_and_its_place_it_is_read_where_it_lies(asking):
    """A run has written its manifest, and was killed before it put the presentations into their places."""
    kept, before = presented(asking), asking.files()
    pending = asking.folder / ".pending"
    (pending / "privacy-policy").mkdir(parents=True)
    for name in (NEW, CURRENT, "certificates.pem", "SHA256SUMS", "manifest.json.p7s", "manifest.json"):
        (asking.folder / name).rename(pending / name)
    assert presented(asking) == kept
    assert asking.export_here().out == "archive: nothing new, 3 there already\n"
    assert asking.files() == before


# On the site, and in hands of others


def test_the_site_shows_it_and_hands_it_on(asking, tmp_path):
    site, _ = build(asking, "--strict")
    files = asking.files()
    assert (site / "privacy-policy/2019-01-01/accept/new_users.html").read_bytes() == files[NEW]
    page = (site / "archive/index.html").read_text()
    assert 'href="../privacy-policy/2019-01-01/accept/new_users.html"' in page
    for place, whom in ((NEW, "new users"), (CURRENT, "current users")):
        digest = sha256(files[place]).hexdigest()
        assert f"of what {whom} are asked: {digest}" in words(site / "archive/index.html")
    with zipfile.ZipFile(site / ZIP) as archive:
        archive.extractall(tmp_path)
    unpacked = tmp_path / "privacy-policy-archive"
    assert (unpacked / NEW).read_bytes() == files[NEW]
    readme = (unpacked / "README.txt").read_text().replace("\\\n", "")
    commands = re.findall(r"^ {4}((?:sha256sum|openssl cms).*)$", readme, re.MULTILINE)
    for command in commands[:4]:
        done = subprocess.run(
            command.replace("REVISION", "2019-01-01").replace("ROOT.pem", str(asking.pki.root)),
            shell=True,
            cwd=unpacked,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done)
    assert "new_users.html | cut" in commands[3]
    assert done.stdout == "1\n"


def test_a_zip_file_of_an_archive_without_any_says_nothing_of_them(archived):
    site, _ = build(archived, "--strict")
    with zipfile.ZipFile(site / ZIP) as archive:
        assert "asked" not in archive.read("privacy-policy-archive/README.txt").decode()
    assert "are asked" not in words(site / "archive/index.html")


# What the register asks


def test_what_is_asked_is_fetched_before_anybody_waits_for_it(asking):
    """An archive that is far away, and gone when somebody is asked: it was read when the record was."""
    with present(asking) as record:
        kept = (asking.folder / NEW).read_bytes()
        shutil.rmtree(asking.folder)
        assert record.presentation("privacy-policy", "2019-01-01", Audience.NEW_USERS).data == kept


def test_what_a_form_names_is_fetched_before_the_answer_waits_to_be_written(asking):
    """Of a page that was opened before something else came in its place."""
    asking.repo.commit(DAY.replace("2019", "2020"), {"privacy-policy/2020-01-01.md": material("effective: 2020-02-01")})
    of = "privacy-policy", "2019-01-01"
    with present(asking) as record:
        kept = (asking.folder / NEW).read_bytes()
        record.fetch(*of)
        shutil.rmtree(asking.folder)
        assert record.presentation(*of, Audience.NEW_USERS).data == kept


def test_what_the_archive_does_not_give_is_not_asked(asking):
    """Nobody is shown other words than were kept: whoever comes is told to come again."""
    asking.repo.commit(DAY.replace("2019", "2020"), {"privacy-policy/2020-01-01.md": material("effective: 2020-02-01")})
    with present(asking) as record:
        shutil.rmtree(asking.folder)
        with pytest.raises(UnavailableError) as wrong:
            record.presentation("privacy-policy", "2019-01-01", Audience.NEW_USERS)
    assert wrong.value.problems[0].path == f"archive/{NEW}"
