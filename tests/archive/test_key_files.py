"""A wrong key is told before it is needed; a level that was not reached, as soon as it was not."""

import socket


def test_a_check_and_a_dry_run_tell_what_is_wrong_with_the_key(posted):
    posted.configure(signing={"key": "none.p12", "chain": [str(posted.pki.root)], "trust": ["gone.pem"]})
    place = posted.repo.folder
    wrong = [f"{place}/gone.pem: cannot be read", f"{place}/none.p12: cannot be read"]
    checked = posted.repo.run(posted.repo.command, "check")
    assert [
        line.replace("warning: ", "").rpartition(": ")[0] for line in checked.err.splitlines() if line[0] == "/"
    ] == wrong
    assert [line.rpartition(": ")[0] for line in posted.export("--dry-run", status=2).err.splitlines()[::2]] == wrong


def test_a_check_and_a_dry_run_find_nothing_wrong_with_a_good_key(posted):
    assert posted.repo.run(posted.repo.command, "check").err == ""
    assert "2" in posted.export("--dry-run").out


def test_a_lower_level_is_told_with_its_reason(posted):
    with socket.socket() as taken:  # An address at which nothing listens.
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/tsa"
        key = {"key": str(posted.pki.key()), "certificate": str(posted.pki.certificate())}
        chain = [str(posted.pki.certificate("intermediate"))]
        posted.configure(signing={**key, "chain": chain, "level": "B-T", "timestamps": address})
        said = posted.export("--allow-lower-level")
    warnings = [line for line in said.err.splitlines() if "warning" in line]
    assert sorted(warnings) == [
        f"archive/privacy-policy/privacy-policy-{day}.pdf: warning: signed at the level B-B only: {address}: "
        "no timestamp, and so not the level B-T: it cannot be reached"
        for day in ("2014-03-01", "2018-04-10")
    ]
