"""What validators say of PDFs in five scripts: PDF/A-3a, PDF/UA-1, and the syntax."""

import subprocess
from itertools import pairwise

import pikepdf
import pytest
from every_change import NEW, OLD
from printing import tags
from repository import TERMS, material

ALL = [
    "privacy-policy/2014-03-01",
    "privacy-policy/2018-04-10",
    "privacy-policy/2018-04-12",
    "korean/second",
    "japanese/second",
    "chinese/second",
    "arabic/second",
]
EVERYTHING = """\
[TOC]

### Begins low

Text with [own](#deep), [nowhere](#nowhere), [**bold `code`**](https://example.com/ "Title") and a note[^n].

##### Skips two levels

> A quotation with a list:
>
> 1. One
>
>     A paragraph of it
>
>     - nested
>         - deeper
>
> 2. Two

## Deep

### Deeper

#### Still

##### And

###### The lowest

!!! warning "Take care"
    A box.

    | A | B |
    |---|:-:|
    | x | y |

Term
:   Its definition, H<sub>2</sub>O, x<sup>2</sup>, <u>underlined</u>,<br>broken.

```
code
    indented
```

---

10. Ten
11. Eleven

[^n]: A note, &copy; &lt;us&gt; &#x2014; &#1; &nbsp;.
"""


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
@pytest.mark.parametrize("name", ALL)
def test_pdfs_in_five_scripts_keep_to_both_standards(qstore, broken, name, flavour):
    assert broken(qstore.pdf(name), flavour) == []


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_so_do_test_renditions_and_letter_paper(qstore, broken, flavour):
    assert broken(qstore.pdf("korean/second", "Letter", is_test=True), flavour) == []


def test_so_does_everything_that_markdown_has(printing, broken):
    pdf = printing.of_text(EVERYTHING)
    assert (broken(pdf, "3a"), broken(pdf, "ua1")) == ([], [])
    printing.repo.commit(
        "2018-05-10T09:00:00+09:00",
        {"terms/second.md": "---\nchange: material\nsummary: All.\n---\n" + EVERYTHING.replace("A ", "The ")},
    )
    pdf = printing.pdf("terms/second")
    assert (broken(pdf, "3a"), broken(pdf, "ua1")) == ([], [])


def test_so_does_every_kind_of_change(printing, broken):
    repo = printing.repo
    repo.commit("2018-01-01T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/a.md": OLD})
    repo.commit("2018-02-01T09:00:00+09:00", {"terms/b.md": material("", NEW), "terms/c.md": material("", OLD)})
    for name in ("terms/b", "terms/c"):
        assert (broken(printing.pdf(name), "3a"), broken(printing.pdf(name), "ua1")) == ([], [])


def test_verapdf_does_find_what_is_wrong(qstore, broken, tmp_path):
    with pikepdf.open(qstore.pdf("privacy-policy/2014-03-01")) as pdf:
        del pdf.Root.MarkInfo, pdf.Root.OutputIntents
        pdf.save(tmp_path / "spoilt.pdf")
    assert broken(tmp_path / "spoilt.pdf", "3a")
    assert broken(tmp_path / "spoilt.pdf", "ua1")


@pytest.mark.parametrize("name", ALL)
def test_qpdf_finds_no_fault_in_the_syntax(qstore, name):
    done = subprocess.run(["qpdf", "--check", str(qstore.pdf(name))], capture_output=True, text=True, check=True)
    assert "No syntax or stream encoding errors found" in done.stdout


@pytest.mark.parametrize("name", ALL)
def test_headings_leave_out_no_level(qstore, name):
    with pikepdf.open(qstore.pdf(name)) as pdf:
        levels = [int(tag[2:]) for tag, _, _ in tags(pdf) if tag[:2] == "/H" and tag[2:].isdigit()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tags_say_in_which_language_they_are_where_that_is_not_the_documents(qstore):
    """There are no words of ours in Arabic, so that ours are in English."""
    with pikepdf.open(qstore.pdf("arabic/second")) as pdf:
        assert pdf.Root.Lang == "ar"
        spoken = {(str(tag), str(one.Lang)) for tag, _, one in tags(pdf) if "/Lang" in one}
    assert ("/Sect", "en") in spoken
    with pikepdf.open(qstore.pdf("korean/second")) as pdf:
        assert pdf.Root.Lang == "ko"
        assert not [one for _, _, one in tags(pdf) if "/Lang" in one]


def test_each_link_is_one_and_says_where_it_leads(printing):
    with pikepdf.open(printing.of_text(EVERYTHING)) as pdf:
        links = [link for page in pdf.pages for link in page.get("/Annots", [])]
        told = [str(link.Contents) for link in links]
    assert "https://example.com/" in told
    assert "Deep" in told
    assert not [one for one in told if "#" in one or "pdf:" in one]
    assert told.count("https://example.com/") == 1
