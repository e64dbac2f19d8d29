"""PDFs of a record with real git, and what programs of others read in them."""

import subprocess
from functools import cache
from pathlib import Path

import pikepdf
from repository import TERMS, instant, material, revision

from inforce.adapters.clock import Door
from inforce.formats.messages import Languages
from inforce.workflows.pdf_renditions import PdfRenditions, rendered
from inforce.workflows.read_record import opened

ROOT = "https://policies.qstore.example/"
NOW = "2020-01-01T00:00:00+09:00"
FIRST = """\
# Privacy Policy

This Policy goes with the [User Agreement](../user-agreement/) and the [rules of others](https://rules.example/a).

## What we keep

- your name;
- your orders, for 30 days.

## Cookies

| Cookie | Days | What for |
|---|---|---|
| basket | 30 | Your basket |
| language | 365 | Your language |

## Security

We guard what we keep.

## Your rights

You can ask us:

- what we keep;
- to mend it;
- to delete it;
- to hand it over;
- to stop.

## Contact

Write to the [Personal Information Manager](mailto:privacy@qstore.example). Who does so has our thanks[^1].

[^1]: And our answer, within a week.
"""
SECOND = (
    FIRST.replace("for 30 days", "for 60 days")
    .replace("| language | 365 | Your language |\n", "")
    .replace("We guard what we keep.", "We guard what we keep.\n\nNobody can promise that it never gets lost.")
)
KOREAN = """\
# 개인정보 처리방침

## 1. 총칙

회사는 이용자의 개인정보를 소중히 여기며 [이용약관](../user-agreement/)과 함께 이 방침을 지킵니다.

- 성명, 전자우편 주소
- 결제 정보 `ID-123 코드`

| 항목 | 보유 기간 |
|---|---|
| 주문 기록 | 5년 |
"""
JAPANESE = """\
# プライバシーポリシー

## 第1条（総則）

当社は、利用者の「個人情報」を大切に取り扱います。直接、将来、骨。

1. 氏名、メールアドレス
2. 決済情報 `コード123`
"""
CHINESE = """\
# 隐私政策

## 一、总则

我们重视用户的个人信息，“个人信息”是指……。直接、将来、骨。

- 姓名、电子邮件地址
"""
ARABIC = """\
# سياسة الخصوصية

## ١. أحكام عامة

نحن نحرص على حماية بياناتك الشخصية، ويُرجى مراجعة Qstore (القسم 8).

1. الاسم وعنوان البريد الإلكتروني
2. بيانات الدفع `code 123`

| البند | المدة |
|---|---|
| الطلبات | ٥ سنوات |
"""


def terms(title, language):
    return f"title: {title}\nlanguage: {language}\ntime_zone: Asia/Seoul\n"


def five_languages(repo):
    """An English policy of three revisions, and one revision of it in each of four other scripts."""
    stated = "posted: 2014-03-01T09:00:00+09:00\nsource: Publication log, entry 2014/1"
    repo.commit(
        "2018-01-01T09:00:00+09:00",
        {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": revision(stated, FIRST)},
    )
    rules = """
        effective:
          current_users: 2018-05-10
          new_users: on acceptance
        accept_by: 2018-06-10
    """
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material(rules, SECOND)})
    corrected = "change: editorial\nsummary: A full stop.\ncorrects: 2018-04-10"
    repo.commit(
        "2018-04-12T10:30:15+09:00",
        {"privacy-policy/2018-04-12.md": revision(corrected, SECOND.replace("your name;", "your name,"))},
    )
    for slug, language, text in [
        ("korean", "ko", KOREAN),
        ("japanese", "ja", JAPANESE),
        ("chinese", "zh-Hans", CHINESE),
        ("arabic", "ar", ARABIC),
    ]:
        title = text.partition("\n")[0].removeprefix("# ")
        repo.commit(
            "2018-06-01T09:00:00+09:00", {f"{slug}/policy.yml": terms(title, language), f"{slug}/first.md": text}
        )
        second = material("", text.replace("5", "7").replace("٥", "٧").replace("、", "と") + "\nQstore 2019.\n")
        repo.commit("2018-07-01T09:00:00+09:00", {f"{slug}/second.md": second})


class Printing:
    """The PDFs of a repository's record, each made once."""

    def __init__(self, repo, folder):
        self.repo, self.folder = repo, folder
        self.pdf = cache(self._pdf)

    def sheet(self, name, paper="A4", *, fonts=(), is_test=False, now=NOW):
        """What the PDF of a revision, `policy/revision`, depends on."""
        slug, _, revision = name.partition("/")
        with opened(self.repo.settings, Door(instant(now), instant(now))) as record:
            found = record.record.policy(slug).timeline[revision]
            return PdfRenditions(record, Languages(), ROOT, paper, fonts).sheet(found, is_test=is_test)

    def _pdf(self, name, paper="A4", *, is_test=False):
        path = Path(self.folder / f"{name.replace('/', '-')}-{paper}{'-test' if is_test else ''}.pdf")
        path.write_bytes(rendered(self.sheet(name, paper, is_test=is_test)))
        return path

    def of_text(self, text, name="terms/first"):
        """The PDF of a revision that is posted with this text."""
        slug, _, revision = name.partition("/")
        self.repo.commit("2018-04-10T09:00:00+09:00", {f"{slug}/policy.yml": TERMS, f"{slug}/{revision}.md": text})
        return self.pdf(name)


def said(pdf, first=1, last=0):
    """The words on pages, as poppler reads them; white space as one space."""
    pages = ["-f", str(first), *(["-l", str(last)] if last else [])]
    done = subprocess.run(["pdftotext", "-raw", *pages, str(pdf), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def lines(pdf):
    """The lines of each page."""
    done = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [page.split("\n") for page in done.stdout.split("\f")[:-1]]


def pages(pdf):
    """What stands on each page."""
    with pikepdf.open(pdf) as opened_pdf:
        count = len(opened_pdf.pages)
    return [said(pdf, page, page) for page in range(1, count + 1)]


def tags(pdf):
    """The structure elements, in order: (type, how deep, dictionary)."""
    found = []

    def walk(element, depth):
        if not isinstance(element, pikepdf.Dictionary):
            return
        if "/S" in element:
            found.append((str(element.S), depth, element))
        kids = element.get("/K")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            walk(kid, depth + 1)

    walk(pdf.Root.StructTreeRoot, 0)
    return found
