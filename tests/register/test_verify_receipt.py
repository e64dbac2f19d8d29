"""`inforce verify RECEIPT`: a receipt in anybody's hands, against the register's keys and the record."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from register.whole_project import Project


@pytest.fixture(scope="module")
def receipt(answered, tmp_path_factory):
    """The receipt of u-1077's acceptance, in a file."""
    with answered.opened(writes=False) as register:
        kept = register.kept_of("u-1077")[1]
    path = tmp_path_factory.mktemp("receipt") / "receipt.jws"
    path.write_text(f"{kept.receipt}\n")
    return path


def words(said):
    return [line.strip() for line in said.out.splitlines()]


def test_a_receipt_is_authentic_with_the_keys_and_the_record(answered, receipt):
    said = answered.run("verify", receipt, "--keys", "acceptance-keys.json", status=0)
    kid = json.loads((answered.folder / "acceptance-keys.json").read_text())["keys"][0]["kid"]
    told = words(said)
    assert told[:2] == [f"{receipt}: authentic", f"+ signature: the register signed it, with the key {kid}"]
    assert told[2] == (
        "signature: u-1077 accepted privacy-policy/2018-04-10 at 2018-04-20T03:05:00+00:00:"
        " row 3 of https://accept.qstore.example/"
    )
    assert told[3].startswith("+ record: the record has the text, ")
    assert told[4] == "+ record: it was offered to them then, or binding, or about to take effect"
    assert told[5].startswith("presentation: the record gives other words now than were shown")
    assert told[6] == "1 checked: 1 authentic"


def test_it_is_read_from_a_file_a_text_or_an_address(answered, receipt):
    text = receipt.read_text().strip()
    address = f"https://policies.qstore.example/accept/receipt/#{text}"
    said = answered.run("verify", text, address, receipt, "--keys", "acceptance-keys.json", "--json", status=0)
    files = json.loads(said.out)["files"]
    assert [one["verdict"] for one in files] == ["authentic"] * 3
    assert [one["policy"] for one in files] == ["privacy-policy"] * 3
    assert all(len(one["file"]) < 200 for one in files)


def test_several_are_read_from_one_file(answered, receipt, tmp_path):
    path = tmp_path / "receipts.jws"
    path.write_text(receipt.read_text() * 2)
    told = words(answered.run("verify", path, "--keys", "acceptance-keys.json", status=0))
    assert [line for line in told if line.startswith(str(path))] == [f"{path}, receipt {n}: authentic" for n in (1, 2)]


@pytest.mark.parametrize("length", [80, 600])
def test_a_receipt_that_was_not_copied_whole_is_told_in_short(answered, receipt, length):
    said = answered.run("verify", receipt.read_text()[:length], status=1)
    assert "this is no receipt, or not the whole of one" in said.err
    assert len(said.err) < 300


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            lambda parts: [parts[0], claims(parts[1], decision="declined"), parts[2]],
            "not that of the key",
        ),
        (lambda parts: [*parts[:2], ("A" if parts[2][0] != "A" else "B") + parts[2][1:]], "not that of the key"),
        (lambda parts: [parts[0], parts[1], parts[2][:-1] + "B"], "what it holds cannot be read"),
        (lambda parts: [claims(parts[0], alg="none"), parts[1], parts[2]], "it says that it is signed with none"),
        (lambda parts: [claims(parts[0], typ="inforce-head+jwt"), *parts[1:]], "it says that it is `inforce-head+jwt`"),
        (
            lambda parts: [claims(parts[0], jku="https://evil.example/"), *parts[1:]],
            "other members than",
        ),
        (lambda parts: [claims(parts[0], typ="\x1b[2Jall is well"), *parts[1:]], "other members than"),
    ],
)
def test_a_receipt_with_anything_changed_is_altered(answered, receipt, tmp_path, change, what):
    path = tmp_path / "receipt.jws"
    path.write_text(".".join(change(receipt.read_text().strip().split("."))))
    said = answered.run("verify", path, "--keys", "acceptance-keys.json", status=1)
    assert words(said)[0] == f"{path}: altered"
    assert what in words(said)[1]


def claims(part, **changes):
    value = json.loads(urlsafe_b64decode(part + "=="))
    data = json.dumps(value | changes, sort_keys=True, separators=(",", ":")).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def test_nobody_vouches_for_a_receipt_without_keys_or_with_those_of_others(answered, receipt, tmp_path):
    said = answered.run("verify", receipt, status=1)
    assert words(said)[0] == f"{receipt}: cannot tell"
    other = Project(tmp_path)
    said = other.run("verify", receipt, "--keys", "acceptance-keys.json", status=1)
    assert words(said)[0] == f"{receipt}: cannot tell"
    assert "is not among the register's keys" in words(said)[1]


def test_the_record_may_know_nothing_of_it_or_know_better(answered, receipt, tmp_path):
    keys = answered.folder / "acceptance-keys.json"
    other = Project(tmp_path / "other")
    said = answered.run("verify", receipt, "--keys", keys, "--record", other.folder, status=0)
    assert words(said)[0] == f"{receipt}: authentic"
    said = answered.run("verify", receipt, "--keys", keys, "--on", "2018-04-19", status=1)
    assert "that is later than 2018-04-19T00:00:00+00:00" in said.out
    first = other.repo.git("rev-list", "--max-parents=0", "main")
    other.repo.git("reset", "-q", "--hard", first)
    said = answered.run("verify", receipt, "--keys", keys, "--record", other.folder, status=1)
    assert "the record does not know privacy-policy/2018-04-10" in said.out
    text = (answered.folder / "policy_versions/privacy-policy/2018-04-10.md").read_text()
    other.repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": text + "\nMore.\n"})
    said = answered.run("verify", receipt, "--keys", keys, "--record", other.folder, status=1)
    assert words(said)[0] == f"{receipt}: altered"
    assert "the text that the record has is another one" in said.out


def test_the_project_names_the_keys(project):
    kept = project.say("u-1", "2018-04-10", "2018-04-20T12:00:00+09:00", registered="2018-04-20T11:59:00+09:00")
    (project.folder / "mkdocs.yml").write_text(
        "site_name: Qstore\nplugins: [search, inforce: {archive: '', acceptance:"
        " {register: 'https://accept.qstore.example/', keys: acceptance-keys.json}}]\n"
    )
    assert words(project.run("verify", kept.receipt, status=0))[-1] == "1 checked: 1 authentic"
