"""The same bytes for the same posting: in any process, at any time, whatever was posted later."""

import hashlib
import os
import pickle
import subprocess
import sys

from printing import FIRST, ROOT, SECOND, Printing, terms
from repository import TERMS, material, revision

from inforce.workflows.pdf_renditions import rendered

PRINT = """
import hashlib, pickle, sys
from inforce.workflows.pdf_renditions import rendered
for sheet in pickle.load(sys.stdin.buffer):
    print(hashlib.sha256(rendered(sheet)).hexdigest())
"""


def test_another_process_gives_the_same_bytes_in_any_order_zone_and_language(qstore):
    names = ["privacy-policy/2018-04-10", "korean/second", "arabic/second"]
    sheets = pickle.dumps([qstore.sheet(name) for name in reversed(names)])
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Apia", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "0"}
    done = subprocess.run([sys.executable, "-c", PRINT], input=sheets, env=env, capture_output=True, check=True)
    here = [hashlib.sha256(qstore.pdf(name).read_bytes()).hexdigest() for name in names]
    assert done.stdout.decode().split() == here[::-1]


def test_later_postings_and_terms_change_no_byte(printing):
    """Exported at the commit that posted it, and exported at the tip: after a change of the policy's title, language
    and zone, a correction of it, a revision that overtakes it, and an older text that was found, and stated, later."""
    repo = printing.repo
    repo.commit(
        "2018-01-01T09:00:00+09:00",
        {"terms/policy.yml": TERMS, "terms/2018-01-01.md": FIRST},
    )
    planned = material("effective: 2019-01-01", SECOND)
    repo.commit("2018-04-10T09:00:00+09:00", {"terms/2018-04-10.md": planned})
    then = printing.sheet("terms/2018-04-10")
    repo.commit("2018-04-11T09:00:00+09:00", {"terms/policy.yml": terms("약관", "ko").replace("Seoul", "Tokyo")})
    corrected = "change: editorial\nsummary: A comma.\ncorrects: 2018-04-10"
    repo.commit("2018-04-12T09:00:00+09:00", {"terms/2018-04-12.md": revision(corrected, SECOND.replace(";", ","))})
    overtaking = material("overtakes: 2018-04-10", FIRST)
    repo.commit("2018-04-13T09:00:00+09:00", {"terms/2018-04-13.md": overtaking})
    assert printing.sheet("terms/2018-04-10") == then
    assert rendered(printing.sheet("terms/2018-04-10")) == rendered(then)


def test_an_older_text_that_is_stated_later_changes_no_byte(printing):
    repo = printing.repo
    stated = "posted: {}T09:00:00+09:00\nsource: The log"
    change = "\nchange: imported"
    repo.commit(
        "2018-01-01T09:00:00+09:00",
        {
            "terms/policy.yml": TERMS,
            "terms/2012-01-01.md": revision(stated.format("2012-01-01"), FIRST),
            "terms/2014-01-01.md": revision(stated.format("2014-01-01") + change, SECOND),
        },
    )
    then = printing.sheet("terms/2014-01-01")
    found = revision(stated.format("2013-01-01") + change, SECOND.replace("60", "45"))
    repo.commit("2018-02-01T09:00:00+09:00", {"terms/2013-01-01.md": found})
    assert "terms/2013-01-01" in " ".join(repo.postings())
    assert printing.sheet("terms/2014-01-01") == then
    assert then.before.revision.name == "2012-01-01"
    assert printing.sheet("terms/2013-01-01").before.revision.name == "2012-01-01"


def test_a_revision_is_compared_with_what_was_there_when_it_joined_the_record(printing):
    repo = printing.repo
    repo.commit("2018-01-01T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/a.md": FIRST})
    repo.commit("2018-02-01T09:00:00+09:00", {"terms/b.md": material("", SECOND), "terms/c.md": material("", FIRST)})
    assert printing.sheet("terms/a").before is None
    assert printing.sheet("terms/b").before.revision.name == "a"
    assert printing.sheet("terms/c").before.revision.name == "b"


def test_what_a_pdf_depends_on_is_small_and_travels(qstore):
    sheet = qstore.sheet("privacy-policy/2018-04-12")
    packed = pickle.dumps(sheet)
    assert pickle.loads(packed) == sheet
    assert len(packed) < 30_000
    assert sheet.source.dated.zone.key == "Asia/Seoul"
    assert sheet.address == f"{ROOT}privacy-policy/2018-04-12/"


def test_two_printings_of_one_record_are_alike(qstore, tmp_path):
    again = Printing(qstore.repo, tmp_path)
    assert again.pdf("japanese/second").read_bytes() == qstore.pdf("japanese/second").read_bytes()
