"""What a register proves of somebody, checked by who has nothing but the ZIP."""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from lxml import html
from qstore_site import SECOND
from register.whole_project import Project
from register.whole_register import PAGE, by_hand


@pytest.fixture(scope="module")
def proved(answered, tmp_path_factory):
    """The folder with what is proved of somebody with two rows between those of others."""
    out = tmp_path_factory.mktemp("proved")
    said = answered.ask("prove", "--subject", "u-1077", "--out", out / "proof.zip", status=0)
    assert said.out == f"{out}/proof.zip: 2 rows of u-1077, 12 files\n"
    with zipfile.ZipFile(out / "proof.zip") as archive:
        archive.extractall(out)
    return out / "acceptances"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def decoded(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_everything_is_there_and_nothing_of_others(proved):
    files = sorted(path.relative_to(proved).as_posix() for path in proved.rglob("*") if path.is_file())
    (key,) = (proved / "keys").iterdir()
    assert files == [
        "README.html",
        "SHA256SUMS",
        "chain/00000001-00000005.txt",
        "heads/00000005.jws",
        "keys.json",
        f"keys/{key.name}",
        f"presentations/{sha256(PAGE)}.html",
        "receipts/00000002.jws",
        "receipts/00000003.jws",
        "rows/00000002.json",
        "rows/00000003.json",
        "texts/privacy-policy/2018-04-10.md",
    ]
    everything = b"".join((proved / name).read_bytes() for name in files)
    assert b"u-1077" in everything
    for other in (b"u-old", b"u-no", b"u-later"):
        assert other not in everything


def test_it_can_be_checked_by_a_few_lines_of_somebody_else(proved):
    """Nothing of ours is called here: hashes, JSON, base64, and an Ed25519 of another library."""
    (jwk,) = json.loads((proved / "keys.json").read_bytes())["keys"]
    key = Ed25519PublicKey.from_public_bytes(decoded(jwk["x"]))

    def opened(path):
        header, payload, signature = path.read_text().split(".")
        key.verify(decoded(signature), f"{header}.{payload}".encode())
        assert json.loads(decoded(header))["kid"] == jwk["kid"]
        return json.loads(decoded(payload))

    chain = [line.split() for line in (proved / "chain/00000001-00000005.txt").read_text().splitlines()]
    digest = "0" * 64
    for number, (said, previous, content, computed) in enumerate(chain, start=1):
        assert (int(said), previous) == (number, digest)
        digest = sha256(f"{previous}{content}".encode())
        assert digest == computed
    head = opened(proved / "heads/00000005.jws")
    assert (head["number"], head["digest"], head["iss"]) == (5, digest, "https://accept.qstore.example/")
    for number in (2, 3):
        data = (proved / f"rows/{number:08}.json").read_bytes()
        row, receipt = json.loads(data), opened(proved / f"receipts/{number:08}.jws")
        assert sha256(data) == chain[number - 1][2]
        assert (receipt["row"], receipt["number"]) == (chain[number - 1][3], number)
        for name in ("subject", "policy", "revision", "decision", "digest", "presentation", "instant", "registered"):
            assert row[name] == receipt[name]
        assert sha256((proved / f"texts/{row['policy']}/{row['revision']}.md").read_bytes()) == row["digest"]
        assert sha256((proved / f"presentations/{row['presentation']}.html").read_bytes()) == row["presentation"]
    assert (proved / "texts/privacy-policy/2018-04-10.md").read_text() == SECOND


def test_the_page_says_how_and_its_commands_print_what_it_says(proved):
    page = html.fromstring((proved / "README.html").read_bytes())
    assert page.findtext(".//h1") == "Acceptances of u-1077"
    assert not page.xpath("//script | //@onclick | //link")
    for place in page.xpath("//a/@href"):
        assert (proved / place).is_file()
    steps = [(one.text_content(), one.getnext()) for one in page.xpath("//kbd")]
    assert len(steps) == 8
    run_and_compare(steps, proved)


def run_and_compare(steps, folder):
    """Run the commands of the page, each with what stands under it; they print that."""
    for command, following in steps:
        printed = following.text_content() if following is not None and following.tag == "samp" else None
        done = subprocess.run(["sh", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)
        if printed is not None:
            assert (done.stdout.strip(), done.returncode) == (printed, 0), command
        elif command.startswith("cut"):
            assert json.loads(done.stdout)["subject"].startswith("u-1")
        else:
            assert (done.stdout, done.stderr) == ("", ""), command


def test_a_file_that_was_changed_on_the_way_is_named(proved, tmp_path):
    subprocess.run(["cp", "-r", proved, tmp_path], check=True)
    folder = tmp_path / "acceptances"
    row = folder / "chain/00000001-00000005.txt"
    row.write_text(re.sub(r"(?m)^(4 \w+ )\w", r"\1g", row.read_text()))
    page = html.fromstring((folder / "README.html").read_bytes())
    check, chain = (page.xpath(f"//kbd[contains(., '{word}')]")[0].text_content() for word in ("--check", "stretch"))
    done = subprocess.run(["sh", "-c", check], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == "chain/00000001-00000005.txt: FAILED\n"
    done = subprocess.run(["sh", "-c", chain], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == "row 4 does not fit\n"


def test_the_same_is_proved_with_the_same_bytes(answered, proved, tmp_path):
    said = answered.ask(
        "prove", "--subject", "u-1077", "--out", tmp_path / "again.zip", now="2019-01-01T00:00:00+09:00"
    )
    assert said.status == 0
    assert (tmp_path / "again.zip").read_bytes() == (proved.parent / "proof.zip").read_bytes()


def test_what_does_not_fit_is_not_proved(answered, project, tmp_path):
    unknown = answered.ask("prove", "--subject", "u-9", "--out", tmp_path / "proof.zip", status=1)
    assert unknown.err.startswith("--subject: the register has no row of `u-9`\n")
    for number in range(3):
        project.say(f"u-{number}", "2018-04-10", f"2018-04-20T12:00:0{number}+09:00")
    project.ask("prove", "--subject", "u-2", "--out", tmp_path / "good.zip", status=0)
    (tmp_path / "good.zip").unlink()
    with by_hand(project.folder, "acceptances.db") as database:
        database.execute("DELETE FROM inforce_acceptances WHERE number = 1")
    said = project.ask("prove", "--subject", "u-1", "--out", tmp_path / "proof.zip", status=1)
    assert said.err.startswith("row 1: this would prove nothing: row 1 was removed\n")
    with by_hand(project.folder, "acceptances.db") as database:
        database.execute("DELETE FROM inforce_presentations")
    said = project.ask("prove", "--subject", "u-1", "--out", tmp_path / "proof.zip", status=1)
    assert said.err.startswith("row 2: this would prove nothing: the register has not what was shown\n")
    assert list(tmp_path.glob("*.zip")) == []


def test_no_row_is_left_out_of_a_proof_or_put_into_it(project, tmp_path):
    for number, decision in enumerate(("accepted", "declined", "deferred"), start=1):
        project.say(f"u-{number // 3}", "2018-04-10", f"2018-04-20T12:00:0{number}+09:00", decision)
    project.ask("prove", "--subject", "u-1", "--out", tmp_path / "good.zip", status=0)
    project.ask("prove", "--subject", "u-0", "--out", tmp_path / "good.zip", status=0)
    assert (tmp_path / "good.zip").stat().st_mode & 0o777 == 0o600

    def refused(change, words):
        shutil.copy(project.folder / "acceptances.db", tmp_path)
        with by_hand(project.folder, "acceptances.db") as database:
            database.executescript(change)
        said = project.ask("prove", "--subject", "u-0", "--out", tmp_path / "proof.zip", status=1)
        assert words in said.err
        shutil.copy(tmp_path / "acceptances.db", project.folder)

    refused("DELETE FROM inforce_receipts WHERE number = 2", "row 2: this would prove nothing: it has no receipt")
    refused(
        "UPDATE inforce_acceptances SET subject = 'u-0' WHERE number = 3",
        "row 3: this would prove nothing: it is filed under `u-0`, and is about somebody else",
    )
    refused(
        "UPDATE inforce_acceptances SET subject = 'u-1' WHERE number = 2",
        "row 2: this would prove nothing: the register has rows 1, 2 about `u-0`, and gives rows 1\n",
    )
    refused(
        "INSERT INTO inforce_acceptances SELECT 4, subject, policy, revision, decision, instant, digest, data"
        " FROM inforce_acceptances WHERE number = 2; INSERT INTO inforce_receipts SELECT 4, jws FROM inforce_receipts"
        " WHERE number = 2",
        "row 4: this would prove nothing: the register has rows 1, 2, 4 about `u-0`, and gives rows 1, 2, 2\n",
    )
    refused(
        "INSERT INTO inforce_acceptances SELECT 0, subject, policy, revision, decision, instant, digest,"
        " replace(data, '\"number\":2', '\"number\":0') FROM inforce_acceptances WHERE number = 2;"
        "INSERT INTO inforce_receipts SELECT 0, jws FROM inforce_receipts WHERE number = 2",
        "row 0: this would prove nothing: its receipt says otherwise",
    )
    refused(
        "UPDATE inforce_acceptances SET decision = 'declined' WHERE number = 3",
        "row 3: this would prove nothing: row 3 was edited: what is stored beside it says otherwise than the row",
    )
    refused(
        "UPDATE inforce_register SET value = '00' WHERE name = 'id'", "row 1: this would prove nothing: its receipt"
    )
    refused(
        "DROP INDEX inforce_acceptances_subject; CREATE INDEX inforce_acceptances_subject ON inforce_acceptances"
        " (subject, policy, number) WHERE number <> 2; PRAGMA writable_schema = ON; UPDATE sqlite_master"
        " SET sql = replace(sql, ' WHERE number <> 2', '') WHERE name = 'inforce_acceptances_subject'",
        "row 2: this would prove nothing: the register has rows 1, 2 about `u-0`, and gives rows 1\n",
    )
    assert not (tmp_path / "proof.zip").exists()


def test_a_head_in_the_place_of_another_proves_nothing(project, tmp_path):
    for number in range(1, 4):
        project.say(f"u-{number}", "2018-04-10", f"2018-04-20T12:00:0{number}+09:00")
        if number != 2:
            project.ask("prove", "--subject", f"u-{number}", "--out", tmp_path / f"{number}.zip", status=0)
    with by_hand(project.folder, "acceptances.db") as database:
        database.execute("UPDATE inforce_heads SET jws = (SELECT jws FROM inforce_heads WHERE number = 1)")
    said = project.ask("prove", "--subject", "u-2", "--out", tmp_path / "2.zip", status=1)
    assert said.err.startswith("row 2: this would prove nothing: no signed head covers it")


def test_a_key_of_the_other_kind_and_stretches_between_heads(tmp_path):
    project = Project(tmp_path, "es256")
    for number in range(1, 4):
        project.say(f"u-{number}", "2018-04-10", f"2018-04-20T12:00:0{number}+09:00")
        project.ask("prove", "--subject", f"u-{number}", "--out", tmp_path / f"{number}.zip", status=0)
    with zipfile.ZipFile(tmp_path / "3.zip") as archive:
        names = {name.removeprefix("acceptances/") for name in archive.namelist()}
        page = archive.read("acceptances/README.html").decode()
    assert {"chain/00000003-00000003.txt", "heads/00000002.jws", "heads/00000003.jws"} <= names
    assert "A signature of ES256 is two numbers" in page


@pytest.mark.parametrize("kinds", [("es256", "ed25519"), ("ed25519", "es256")])
def test_of_each_key_everything_is_checked_that_it_signed(tmp_path, kinds):
    """The register was given another key, of the other kind; the old one is in the key set only."""
    project = Project(tmp_path, kinds[0])
    project.say("u-1", "2018-04-10", "2018-04-20T12:00:01+09:00", "declined")
    project.ask("prove", "--subject", "u-1", "--out", tmp_path / "1.zip", status=0)
    project.ask("new-key", "--out", "second.pem", "--jwks", "acceptance-keys.json", "--type", kinds[1], status=0)
    settings = project.folder / "acceptances.yml"
    settings.write_text(settings.read_text().replace("register-key.pem", "second.pem"))
    for number in range(2, 12):  # of signatures of ES256, some have numbers with zeros in front
        project.say("u-1", "2018-04-10", f"2018-04-20T12:00:{number:02}+09:00")
    project.ask("prove", "--subject", "u-1", "--out", tmp_path / "2.zip", status=0)
    with zipfile.ZipFile(tmp_path / "2.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "acceptances"
    page = html.fromstring((folder / "README.html").read_bytes())
    steps = [(one.text_content(), one.getnext()) for one in page.xpath("//kbd")]
    checking = "\n".join(command for command, _ in steps if "openssl pkeyutl" in command)
    signed = [
        path.relative_to(folder).as_posix() for name in ("receipts", "heads") for path in (folder / name).iterdir()
    ]
    assert len(signed) == 13
    assert sorted(word for word in checking.replace(";", " ").split() if word.endswith(".jws")) == sorted(signed)
    run_and_compare(steps, folder)
    receipt = folder / "receipts/00000003.jws"
    receipt.write_text(receipt.read_text().replace(".", ".e", 1))
    told = subprocess.run(["sh", "-c", checking], cwd=folder, capture_output=True, text=True, check=False).stdout
    assert told.count("Signature Verified Successfully") == 12
