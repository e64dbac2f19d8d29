"""What stands on the pages, as a reader sees it."""

import re

import pikepdf
import pytest
from printing import lines, pages, said, tags
from repository import TERMS, material

NAME = "privacy-policy/2018-04-10"


@pytest.fixture(scope="module")
def pdf(qstore):
    return qstore.pdf(NAME)


def test_the_title_block_says_what_the_revision_is(qstore, pdf):
    block = said(pdf, 1, 1)
    digest = qstore.sheet(NAME).source.revision.digest
    for fact in [
        "Privacy Policy Revision 2018-04-10",
        "10 April 2018, 09:00, recorded in commit " + qstore.repo.posted_by()[NAME],
        "Takes effect for current users",
        "10 May 2018",
        "on acceptance",
        "material: rights or duties change",
        "We now keep your orders.",
        "current users are asked to answer before 10 June 2018",
        "the revision of 1 March 2014; what changed stands at the end",
        "https://policies.qstore.example/privacy-policy/2018-04-10/",
        "Signed This file is signed electronically. How to check it: https://policies.qstore.example/archive/ or",
        "are those of Asia/Seoul",
    ]:
        assert fact in block
    assert digest in block.replace(" ", "")


def test_a_stated_posting_is_told_as_one(qstore):
    block = said(qstore.pdf("privacy-policy/2014-03-01"), 1, 1)
    assert "1 March 2014, 09:00, as stated by the publisher (Publication log, entry 2014/1)" in block
    assert "brought into the record by commit " + qstore.repo.posted_by()["privacy-policy/2014-03-01"] in block
    assert "on posting: 1 March 2014, 09:00, for everybody" in block
    assert "first revision" in block


def test_a_correction_says_for_what_it_stands(qstore):
    block = said(qstore.pdf("privacy-policy/2018-04-12"), 1, 1)
    assert "12 April 2018, 10:30:15" in block
    assert "from its posting on, it stands for 2018-04-10 wherever that counts" in block
    assert "(corrects the revision of 10 April 2018)" in block


def test_every_page_says_policy_revision_page_and_digest(qstore, pdf):
    short = qstore.sheet(NAME).source.revision.digest[:12]
    found = pages(pdf)
    for number, page in enumerate(found, start=1):
        assert "Privacy Policy Revision 2018-04-10" in page
        assert f"SHA-256 {short}…" in page
        assert f"Page {number} of {len(found)}" in page


def test_the_table_of_contents_has_the_pages(pdf):
    found = pages(pdf)
    listed = dict(
        re.findall(
            r"(What we keep|Security|Addresses of the links|Appendix: what this revision changed) (\d+)", found[0]
        )
    )
    assert len(listed) == 4
    for heading, page in listed.items():
        assert heading in found[int(page) - 1]


def test_the_code_on_the_first_page_says_the_permanent_address(pdf):
    with pikepdf.open(pdf) as opened:
        [figure] = [one for tag, _, one in tags(opened) if tag == "/Figure"]
        assert str(figure.Alt) == (
            "QR code of the permanent address, https://policies.qstore.example/privacy-policy/2018-04-10/"
        )
        assert figure.Pg.objgen == opened.pages[0].obj.objgen


def test_links_can_be_read_on_paper(pdf):
    text = said(pdf)
    assert "User Agreement[L1] and the rules of others[L2]" in text
    assert "L1 https://policies.qstore.example/privacy-policy/user-agreement/" not in text
    assert "L1 https://policies.qstore.example/user-agreement/" in text
    assert "L2 https://rules.example/a" in text
    assert "L3 mailto:privacy@qstore.example" in text


def test_what_changed_stands_at_the_end_in_words_and_as_a_redline(pdf):
    appendix = said(pdf).partition("Appendix: what this revision changed Revision 2018-04-10")[2]
    assert "compared with the revision of 1 March 2014." in appendix
    assert "Under “What we keep”, a list item was edited. “30” was replaced by “60”." in appendix
    assert "[deleted: 30] [inserted: 60] days" in appendix
    assert "[inserted: Nobody can promise that it never gets lost.]" in appendix
    assert re.search(r"\[deleted: language\] \[deleted: 365\] \[deleted: Your language\]", appendix)
    assert "clauses unchanged, from “" in appendix
    assert "to hand it over" not in appendix


def test_a_first_revision_has_no_appendix(qstore):
    assert "Appendix" not in said(qstore.pdf("privacy-policy/2014-03-01"))


def test_the_words_are_those_of_the_policys_language(qstore):
    text = said(qstore.pdf("korean/second"))
    assert "개정본 second" in text
    assert "부록: 이 개정본에서 달라진 점" in text
    assert "[삭제: 5] [추가: 7]년" in text
    assert "서명 이 파일은 전자 서명되어 있습니다. 확인하는 방법: https://policies.qstore.example/archive/ 또는" in text
    assert "Page 1" not in text


@pytest.mark.parametrize(("paper", "size"), [("A4", (595.28, 841.89)), ("Letter", (612, 792))])
def test_the_paper_is_the_one_that_was_asked_for(qstore, paper, size):
    with pikepdf.open(qstore.pdf("korean/second", paper, is_test=paper == "Letter")) as opened:
        for page in opened.pages:
            assert [float(one) for one in page.MediaBox] == pytest.approx([0, 0, *size], abs=0.1)


def test_a_test_rendition_says_so_on_each_page_in_both_languages(qstore):
    """At the head and at the foot, in a line of its own for each language; the title block says it, and no more."""
    pdf = qstore.pdf("korean/second", "Letter", is_test=True)
    for page in lines(pdf):
        assert page.count("TEST SIGNED – made with a throw-away key – not authentic") == 2
        assert page.count("시험 서명 – 일회용 키로 만든 문서 – 진본 아님") == 2
    assert said(pdf).count("TEST SIGNED") == 2 * len(pages(pdf)) + 1
    assert "전자 서명" not in said(pdf)
    assert "TEST SIGNED" not in said(qstore.pdf("korean/second"))


def test_contents_leave_no_few_lines_for_a_page_and_the_text_stands_right_below(printing):
    left = []
    for count in (24, 25, 26, 29):
        text = "".join(f"## Section {number}\n\nIt has words.\n\n" for number in range(count))
        second = pages(printing.of_text(text, f"terms-{count}/first"))[1]
        left.append(len(re.findall(r"Section \d+ \d", second)))
        assert "It has words." in second
    assert left == [0, 4, 4, 5]


def test_few_addresses_of_links_stand_on_one_page_below_their_heading(printing):
    links = " ".join(f"[word](https://rules.example/{number})" for number in range(1, 6))
    alone = []
    for count in (32, 34, 35, 36):
        text = f"# Terms\n\n{links}\n\n" + "One line.\n\n" * count
        found = [page for page in pages(printing.of_text(text, f"terms-{count}/first")) if "L1 https" in page]
        assert len(found) == 1
        assert re.search(r"Addresses of the links The small signs .* L1 https.* L5 https", found[0])
        alone.append("One line." not in found[0])
    assert set(alone) == {False, True}


def test_the_old_and_the_new_of_a_change_stand_on_one_page(printing):
    text = "# Terms\n\n" + "".join(f"We keep matter {number} for 30 days.\n\n" for number in range(40))
    printing.repo.commit("2018-01-01T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/a.md": text})
    printing.repo.commit("2018-02-01T09:00:00+09:00", {"terms/b.md": material("", text.replace("30 days", "60 days"))})
    found = [page for page in pages(printing.pdf("terms/b")) if "Old:" in page or "New:" in page]
    assert len(found) > 2
    assert [page.count("Old:") for page in found] == [page.count("New:") for page in found]


@pytest.mark.parametrize(
    ("name", "fonts"),
    [
        ("privacy-policy/2018-04-10", {"Noto-Serif", "Noto-Serif-Bold", "Noto-Sans-Mono"}),
        ("korean/second", {"Noto-Serif-CJK-KR", "Noto-Serif-CJK-KR-Bold"}),
        ("japanese/second", {"Noto-Serif-CJK-JP", "Noto-Serif-CJK-JP-Bold"}),
        ("chinese/second", {"Noto-Serif-CJK-SC", "Noto-Serif-CJK-SC-Bold"}),
        ("arabic/second", {"Noto-Naskh-Arabic", "Noto-Naskh-Arabic-Bold"}),
    ],
)
def test_each_script_is_set_in_a_font_of_its_own_and_all_are_notos(qstore, name, fonts):
    with pikepdf.open(qstore.pdf(name)) as opened:
        found = {str(font.BaseFont).partition("+")[2] for page in opened.pages for font in page.Resources.Font.values()}
    assert fonts <= found
    assert all(font.startswith("Noto-") for font in found)
