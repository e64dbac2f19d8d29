"""What would spoil a page: it is set so that nothing is cut off, or refused by name."""

import re
import subprocess
from dataclasses import replace

import pikepdf
import pytest
from printing import pages, said
from repository import TERMS

from inforce.adapters import fontconfig_fonts
from inforce.adapters.weasyprint_pdf import printed
from inforce.core.errors import ConfigurationError, RecordError
from inforce.formats.pdf.document import document_of
from inforce.workflows.pdf_renditions import PdfRenditions, rendered

LONG = "Donaudampfschiff" * 12 + "fahrtend"
WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">')


def places(pdf):
    """Where each word stands: left, top, right, bottom."""
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [tuple(map(float, one)) for one in WORD.findall(done.stdout)]


def is_within_the_margins(pdf):
    """Whether every word is where the paper is, and none where the edge is."""
    return all(left > 50 and right < 595 - 50 for left, _, right, _ in places(pdf))


def test_a_long_word_is_broken(printing):
    assert len(LONG) == 200
    pdf = printing.of_text(f"# Terms\n\nA {LONG} is long.\n\n- {LONG}\n\n> {LONG}\n\n```\n{LONG}\n```\n\n## {LONG}\n")
    assert is_within_the_margins(pdf)
    assert "".join(said(pdf).split()).count(LONG) >= 5


@pytest.mark.parametrize("columns", [5, 12, 30])
def test_of_a_wide_table_every_cell_is_there(printing, columns):
    heads = [f"Column{number}" for number in range(columns)]
    cells = [f"extraordinary{number}" for number in range(columns)]
    rows = ["|".join(["", *row, ""]) for row in (heads, ["---"] * columns, cells, cells)]
    pdf = printing.of_text("# Terms\n\n" + "\n".join(rows) + "\n")
    assert is_within_the_margins(pdf)
    done = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True)
    text = "".join(done.stdout.split())
    assert all(text.count(cell) >= 2 for cell in cells)
    assert all(head in text for head in heads)


def test_a_row_that_is_higher_than_a_page_goes_on_on_the_next(printing):
    pdf = printing.of_text("# Terms\n\n| A | B |\n|---|---|\n| " + "word " * 1500 + "| end |\n")
    assert said(pdf).count("word") == 1500
    assert all(bottom < 776 or top > 790 for _, top, _, bottom in places(pdf))


def test_an_empty_section_has_its_heading(printing, broken):
    pdf = printing.of_text("# Terms\n\n## Empty\n\n## Full\n\nText.\n\n## Empty again\n")
    assert "Empty Full Text. Empty again" in said(pdf)
    assert broken(pdf, "ua1") == []


def test_a_long_text_has_all_its_pages(printing):
    text = "# Terms\n\n" + "".join(
        f"## Section {n}\n\n" + f"Clause {n} says something. " * 40 + "\n\n" for n in range(30)
    )
    pdf = printing.of_text(text)
    found = pages(pdf)
    assert len(found) > 10
    assert all(f"Page {number} of {len(found)}" in page for number, page in enumerate(found, start=1))
    assert " ".join(found).count("Clause 29 says something.") == 40
    listed = dict(re.findall(r"Section (\d+) (\d+)", " ".join(found[:3])))
    assert all(f"Section {section} " in found[int(page) - 1] for section, page in listed.items())
    assert len(listed) == 30


def test_no_heading_stands_alone_at_the_foot_of_a_page(printing):
    text = "# Terms\n\n" + "".join(
        f"## Head{n}\n\n" + "Some words of a clause. " * (3 + n % 7 * 6) + "\n\n" for n in range(60)
    )
    for page in pages(printing.of_text(text))[3:]:
        body = page.split(" Policy Revision")[0]
        assert not re.search(r"Head\d+$", body.removesuffix(" Privacy").strip())


def test_a_character_that_no_font_has_is_named_with_its_line(printing):
    with pytest.raises(RecordError) as refused:
        printing.of_text("# Terms\n\nWe keep it.\n\nNever 🫠, or 🫡.\n")
    assert [(one.path, one.line, one.what) for one in refused.value.problems] == [
        ("policy_versions/terms/first.md", 5, "no font for PDFs has the character U+1FAE0 (MELTING FACE)"),
        ("policy_versions/terms/first.md", 5, "no font for PDFs has the character U+1FAE1 (SALUTING FACE)"),
    ]


def test_a_further_family_has_what_ours_lack(printing):
    printing.repo.commit("2018-04-10T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/first.md": "# Terms\n\n𒀀\n"})
    with pytest.raises(RecordError, match="CUNEIFORM SIGN A"):
        rendered(printing.sheet("terms/first"))
    pdf = printing.folder / "cuneiform.pdf"
    pdf.write_bytes(rendered(printing.sheet("terms/first", fonts=("Noto Sans Cuneiform",))))
    assert "𒀀" in said(pdf)


def test_a_family_that_is_not_installed_is_named(printing):
    printing.repo.commit(
        "2018-04-10T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/first.md": "# Terms\n\nYes.\n"}
    )
    with pytest.raises(ConfigurationError, match="no font of the family `Noto Nowhere` is installed"):
        rendered(printing.sheet("terms/first", fonts=("Noto Nowhere",)))


def test_emoji_of_real_policies_are_set(printing):
    assert "🍾 🙅🏼 🏅" in said(printing.of_text("# Terms\n\nNever 🍾 🙅🏼 🏅.\n"))


def test_after_a_missing_glyph_the_next_pdf_is_as_any(qstore, printing):
    before = qstore.pdf("chinese/second").read_bytes()
    with pytest.raises(RecordError):
        printing.of_text("# Terms\n\n🫠\n")
    assert printing.__class__(qstore.repo, printing.folder).pdf("chinese/second").read_bytes() == before


@pytest.mark.parametrize(
    "asking",
    [
        '<img src="https://evil.example/pixel.png" alt="x"/>',
        '<img src="file:///etc/passwd" alt="x"/>',
        '<object data="file:///etc/passwd"></object>',
        '<p style="background: url(http://127.0.0.1:9/)">x</p>',
    ],
)
def test_whatever_asks_for_a_file_is_refused_by_name(qstore, asking):
    """Rule 10 lets none of these into a text; should one get there all the same, nothing is given to it."""
    document = document_of(qstore.sheet("privacy-policy/2014-03-01"))
    spoilt = replace(document, html=document.html.replace("</body>", f"{asking}</body>"))
    with pytest.raises(RecordError, match=r"the text asks for `(https?|file):") as refused:
        printed(spoilt)
    assert refused.value.problems[0].path == "policy_versions/privacy-policy/2014-03-01.md"


def test_what_weasyprint_cannot_set_is_told_with_the_file(qstore):
    document = document_of(qstore.sheet("privacy-policy/2014-03-01"))
    with pytest.raises(RecordError, match=r"2014-03-01.md: WeasyPrint could not set this text: ParseError"):
        printed(replace(document, html=document.html.removesuffix("</html>")))


def test_only_the_webs_and_mails_links_can_be_followed(qstore):
    document = document_of(qstore.sheet("privacy-policy/2014-03-01"))
    assert "javascript" not in document.html
    with pikepdf.open(qstore.pdf("privacy-policy/2014-03-01")) as pdf:
        targets = {str(link.A.URI) for page in pdf.pages for link in page.get("/Annots", []) if "/A" in link}
    assert targets == {
        "https://policies.qstore.example/privacy-policy/2014-03-01/",
        "https://policies.qstore.example/archive/",
        "https://policies.qstore.example/user-agreement/",
        "https://rules.example/a",
        "mailto:privacy@qstore.example",
    }


def test_without_an_address_of_the_site_there_is_nothing_to_print():
    with pytest.raises(ConfigurationError, match="`site_url` is not said"):
        PdfRenditions(None, None, "")


def test_without_the_fonts_it_says_which_and_how_to_get_them(monkeypatch):
    monkeypatch.setattr(fontconfig_fonts, "NEEDED", ("Noto Serif", "Noto Serif Nowhere"))
    with pytest.raises(ConfigurationError, match="without the fonts Noto Serif Nowhere") as refused:
        fontconfig_fonts.fonts.__wrapped__()
    assert "fonts-noto-core" in refused.value.problems[0].todo
