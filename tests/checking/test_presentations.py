"""Copies of what people were asked: they have no signature, so what counts is what a trusted manifest says of them."""

import json
import shutil

import pytest
from checking.test_archives import verdicts, zipped
from repository import TERMS, material

NEW = "privacy-policy/privacy-policy-2019-01-01.new_users.html"
CURRENT = "privacy-policy/privacy-policy-2019-01-01.current_users.html"
OFFER = "effective: {current_users: 2019-05-10, new_users: on acceptance}"


@pytest.fixture(scope="module")
def _asking(_publisher, tmp_path_factory):
    """The publisher's archive, with a third revision of which people are asked something."""
    repo = _publisher.repo.copy(tmp_path_factory.mktemp("asking") / "repo")
    terms = f"{TERMS}acceptance: asked\n"
    files = {"privacy-policy/policy.yml": terms, "privacy-policy/2019-01-01.md": material(OFFER)}
    repo.commit("2019-01-01T09:00:00+09:00", files)
    repo.run(str(repo.command), "export-pdfs", "--jobs", "1")
    return type(_publisher)(repo, _publisher.pki, _publisher.copies)


@pytest.fixture
def asking(_asking, tmp_path):
    """The same, for a test to do with as it likes."""
    (tmp_path / "copies").mkdir()
    return type(_asking)(_asking.repo.copy(tmp_path / "repo"), _asking.pki, tmp_path / "copies")


def altered(folder, place, old=b"orders", new=b"thoughts"):
    path = folder / place
    path.chmod(0o644)
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def test_they_are_authentic_with_a_manifest_that_is_trusted(asking):
    folder = asking.copy()
    said = asking.verify(folder, "--trust", asking.pki.root)
    assert said.out.endswith("\n6 checked: 6 authentic\n")
    assert verdicts(said)[f"{folder}/{NEW}"] == "authentic"
    packed = zipped(asking.archive, asking.copies / "archive.zip")
    assert asking.verify(packed, "--trust", asking.pki.root).out.endswith("\n6 checked: 6 authentic\n")


def test_one_alone_is_compared_with_the_manifest_beside_it(asking):
    place = asking.copy() / NEW
    said = asking.verify(place, "--trust", asking.pki.root, "--record", asking.repo.folder)
    digest = json.loads(asking.repo.inforce("history", "privacy-policy", "--json").out)[-1]["digest"]
    assert said.out == (
        f"{place}: authentic\n"
        f"    source: it is what new users are asked of the text with the digest {digest}\n"
        "  + manifest: byte for byte what the manifest beside it tells of\n"
        f"  + record: the record in {asking.repo.folder} has that revision, with that digest\n"
        "1 checked: 1 authentic\n"
    )


def test_one_that_nobody_vouches_for(asking):
    """Alone, or beside a manifest whose signer the reader does not know."""
    alone = shutil.copy(asking.archive / NEW, asking.copies)
    for place in (alone, asking.copy() / NEW):
        said = asking.verify(place, status=1)
        assert said.out.endswith("\n1 checked: 1 cannot tell\n")
        assert (
            "  - signature: it carries no signature of its own, and no manifest that is trusted tells of it\n"
            in said.out
        )
    assert "tells of, which proves nothing by itself\n" in said.out


def test_a_site_vouches_for_one_that_came_alone(asking):
    alone = shutil.copy(asking.archive / NEW, asking.copies)
    site = asking.copies / "site"
    (site / "archive").mkdir(parents=True)
    shutil.copy(asking.archive / "manifest.json", site / "archive")
    assert asking.verify(alone, "--site", site).out.endswith("\n1 checked: 1 authentic\n")
    altered(asking.copies, alone.rpartition("/")[2])
    said = asking.verify(alone, "--site", site, status=1)
    assert f"  - manifest: these are not the bytes that {site} tells of\n" in said.out
    assert said.out.endswith("\n1 checked: 1 altered\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"orders", b"thoughts"),
        (b"<article ", b"<section "),
        (b'data-revision="2019-01-01"', b'data-revision="2018-04-10"'),
        (b'data-audience="new_users"', b'data-audience="current_users"'),
        (b"</html>\n", b"</html>\n\n"),
    ],
)
def test_one_that_was_changed_is_altered_and_the_others_are_not(asking, old, new):
    folder = asking.copy()
    altered(folder, NEW, old, new)
    found = verdicts(asking.verify(folder, "--trust", asking.pki.root, status=1))
    assert found.pop(f"{folder}/{NEW}") == "altered"
    assert set(found.values()) <= {"authentic", "cannot tell"}
    assert found[f"{folder}/{CURRENT}"] == "authentic"


def test_one_that_is_missing_or_unknown_is_told(asking):
    folder = asking.copy()
    (folder / NEW).unlink()
    other = CURRENT.replace("2019-01-01", "2018-04-10")
    shutil.copy(folder / CURRENT, folder / other)
    said = asking.verify(folder, "--trust", asking.pki.root, status=1)
    assert (
        f"{folder}/{NEW}: cannot tell\n  - file: missing: the manifest beside it names it, and it is not here"
        in said.out
    )
    assert (
        f"it is of privacy-policy/2019-01-01 for current users, though its name is {other.partition('/')[2]}"
        in said.out
    )
    assert said.out.endswith("\n7 checked: 5 authentic, 2 cannot tell\n")


def test_a_manifest_that_was_edited_is_asked_nothing(asking):
    folder = asking.copy()
    altered(folder, "manifest.json", b'"level": "B-B"', b'"level": "B-T"')
    found = verdicts(asking.verify(folder, "--trust", asking.pki.root, status=1))
    assert found[f"{folder}/{NEW}"] == "cannot tell"
    assert found[f"{folder}/manifest.json"] == "altered"


def test_the_sums_have_to_agree(asking):
    folder = asking.copy()
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    lines = [f"{'0' * 64}{line[64:]}" if line.endswith(NEW) else line for line in sums]
    (folder / "SHA256SUMS").write_text("".join(f"{line}\n" for line in lines))
    said = asking.verify(folder, "--trust", asking.pki.root, status=1)
    assert f"  - manifest: SHA256SUMS has another digest of {NEW}\n" in said.out


def test_another_record_says_so(asking):
    """One whose revision of that name has another text, and one that does not know it."""
    place = asking.copy() / NEW
    other = asking.repo.copy(asking.copies / "other")
    other.git("checkout", "-q", "-f", "-B", "main", "main~1")
    said = asking.verify(place, "--trust", asking.pki.root, "--record", other.folder, status=1)
    assert f"  - record: the record in {other.folder} has no revision privacy-policy/2019-01-01\n" in said.out
    other.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material("", "# Other\n\nNo.\n")})
    said = asking.verify(place, "--trust", asking.pki.root, "--record", other.folder, status=1)
    assert said.out.endswith("\n1 checked: 1 altered\n")


def test_a_built_site_has_them_with_its_pages(asking):
    site = asking.copies / "site"
    for name in ("2014-03-01", "2018-04-10", "2019-01-01"):
        (site / f"privacy-policy/{name}/accept").mkdir(parents=True)
        shutil.copy(asking.archive / f"privacy-policy/privacy-policy-{name}.pdf", site / f"privacy-policy/{name}")
    accept = site / "privacy-policy/2019-01-01/accept"
    shutil.copy(asking.archive / NEW, accept / "new_users.html")
    shutil.copy(asking.archive / CURRENT, accept / "current_users.html")
    (site / "archive").mkdir()
    for name in ("manifest.json", "manifest.json.p7s", "certificates.pem"):
        shutil.copy(asking.archive / name, site / "archive")
    assert asking.verify(site, "--trust", asking.pki.root).out.endswith("\n6 checked: 6 authentic\n")
    altered(accept, "new_users.html")
    found = verdicts(asking.verify(site, "--trust", asking.pki.root, status=1))
    assert found[f"{accept}/new_users.html"] == "altered"
    (accept / "new_users.html").unlink()
    found = verdicts(asking.verify(site, "--trust", asking.pki.root, status=1))
    assert found[f"{site}/{NEW}"] == "cannot tell"


def test_the_zip_of_another_policy_need_not_have_them(asking):
    files = {"terms/policy.yml": TERMS, "terms/2014-03-01.md": "# Terms\n\nBe kind.\n"}
    asking.repo.commit("2019-02-01T09:00:00+09:00", files)
    asking.repo.run(str(asking.repo.command), "export-pdfs", "--jobs", "1")
    folder = asking.copy()
    shutil.rmtree(folder / "privacy-policy")
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(one for one in sums.read_text().splitlines(keepends=True) if "  privacy" not in one))
    said = asking.verify(folder, "--trust", asking.pki.root)
    assert "it tells of 5 files of other policies as well" in said.out
