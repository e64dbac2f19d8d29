"""A policy in Korean, one in Japanese and one in Arabic, on a site in English and on one in Arabic."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from qstore_site import BEFORE, CONFIG, NOW, POSTED
from repository import Repository, revision

from inforce.formats.messages import message_file

pytestmark = pytest.mark.browser
TEXT = (
    "# {0}\n\n{1} *{2}* `a-b@qstore.example`.\n\n1. {1}\n2. {2}\n\n> {1}\n\n| {1} | {2} |\n|---|---|\n| {2} | {1} |\n"
)
POLICIES = {
    "ko": ("개인정보 처리방침", "회원이 가입할 때 알려 준 개인정보를 보관합니다", "주문내역"),
    "ja": ("プライバシーポリシー", "会員が登録時に知らせた個人情報を保管します", "注文の履歴"),
    "ar": ("سياسة الخصوصية", "نحتفظ بالمعلومات التي تقدمها عند التسجيل", "سجل الطلبات"),
}
TERMS = "title: {}\nlanguage: {}\ntime_zone: Asia/Seoul\ncontact: Qstore (Seoul)\n"
STATED = "posted: 2014-02-01\nsource: Publication log, page 3"
SCHEDULED = "change: material\nsummary: {}\neffective: {{current_users: 2018-05-10, new_users: on acceptance}}"
PAGES = [f"{language}/{page}" for language in POLICIES for page in ("", "2014-03-01/", "2018-04-10/", "history/")]
ARABIC = message_file("en").replace('"the revision of {day} ({name})"', '"نسخة {day} ({name})"')
"""An Arabic message file, as far as is looked at here."""
OPTIONS = {
    "en": CONFIG,
    "ar": CONFIG.replace("font: false", "font: false, language: ar").replace("'}", "', messages: own}"),
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    top = tmp_path_factory.mktemp("languages")
    repo = Repository(top / "repo", top / "home")
    for folder, name, text in (("docs", "index.md", "# Qstore\n"), ("own", "ar.yml", ARABIC)):
        (repo.folder / folder).mkdir()
        (repo.folder / folder / name).write_text(text)
    for when, name, front in ((BEFORE, "2014-03-01", STATED), (POSTED, "2018-04-10", SCHEDULED)):
        texts = {
            f"{tag}/{name}.md": revision(front.format(words[1]), TEXT.format(*words)) for tag, words in POLICIES.items()
        }
        repo.commit(when, texts | {f"{tag}/policy.yml": TERMS.format(words[0], tag) for tag, words in POLICIES.items()})
    return repo


@pytest.fixture(scope="module", params=OPTIONS)
def roots(request, record, build):
    """The addresses of the site, by the language of its theme."""
    (record.folder / "mkdocs.yml").write_text(OPTIONS[request.param])
    site, _ = build(record, to=f"site-{request.param}")
    handler = functools.partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield request.param, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def shown(chromium, roots):
    """Opens a page of the site; gives the theme's language too."""
    contexts = []

    def shows(address, width=1280):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}))
        page = contexts[-1].new_page()
        page.clock.install(time=NOW)
        page.goto(roots[1] + address)
        return page, roots[0]

    yield shows
    for context in contexts:
        context.close()


def style(page, selector, *names):
    found = page.locator(selector).first
    return found.evaluate("(one, names) => names.map(name => getComputedStyle(one)[name])", list(names))


@pytest.mark.parametrize("tag", POLICIES)
@pytest.mark.parametrize("name", ["", "2014-03-01/"])
def test_our_words_and_the_publishers_say_their_language_and_direction(shown, tag, name):
    page, theme = shown(f"{tag}/{name}")
    ours = tag if tag == "ko" or (tag, theme) == ("ar", "ar") else "en"
    directions = {"ar": "rtl"}
    assert page.locator("html").get_attribute("lang") == theme
    for selector, language in ((".inforce", ours), (".inforce-text", tag)):
        found = page.locator(selector).first
        assert (found.get_attribute("lang"), found.get_attribute("dir")) == (language, directions.get(language, "ltr"))
    assert style(page, ".inforce-box", "direction") == [directions.get(ours, "ltr")]
    assert style(page, ".inforce-text p", "direction") == [directions.get(tag, "ltr")]


@pytest.mark.parametrize("tag", POLICIES)
def test_the_words_are_korean_in_the_korean_policy_and_english_where_there_is_no_message_file(shown, tag):
    page, _ = shown(f"{tag}/")
    heading = page.locator(".inforce-box__heading").first.inner_text()
    assert heading.startswith("2014년 2월 1일부터 시행 중" if tag == "ko" else "In force since ")
    page, _ = shown(f"{tag}/2018-04-10/")
    said = page.locator(".inforce-box").first.inner_text().translate(dict.fromkeys(map(ord, "\u2068\u2069")))
    assert (
        "기존 이용자: 시행 예정. 신규 이용자: 동의 요청 중" if tag == "ko" else "For current users: scheduled."
    ) in said


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_wider_than_a_telephone(shown, address):
    page, _ = shown(address, 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("tag", POLICIES)
def test_a_text_is_set_as_its_script_wants_it(shown, tag):
    page, _ = shown(f"{tag}/")
    start, end = ("Right", "Left") if tag == "ar" else ("Left", "Right")
    assert style(page, ".inforce-text em", "fontStyle") == ["normal"]
    assert style(page, ".inforce-text code", "direction", "unicodeBidi") == ["ltr", "isolate"]
    assert style(page, ".inforce-text p", "wordBreak") == ["keep-all" if tag == "ko" else "normal"]
    assert style(page, ".inforce-text h1", "letterSpacing")[0] == ("normal" if tag == "ar" else "-0.32px")
    assert float(style(page, ".inforce-text li", f"margin{start}")[0].removesuffix("px")) > 10
    assert style(page, ".inforce-text li", f"margin{end}") == ["0px"]
    widths = style(page, ".inforce-text blockquote", f"border{start}Width", f"border{end}Width")
    assert float(widths[0].removesuffix("px")) > 1
    assert widths[1] == "0px"
    assert style(page, ".inforce-text td", "textAlign") == ["start"]


def test_a_name_reads_from_left_to_right_within_an_arabic_sentence(shown):
    page, theme = shown("ar/")
    places = page.locator(".inforce-box p a").first.evaluate("""link => {
        link.style.whiteSpace = "nowrap"  // However wide the letters are: on one line, places tell the order.
        const text = link.firstChild, from = text.data.indexOf("2014-03-01")
        const left = place => { const one = document.createRange(); one.setStart(text, place)
            one.setEnd(text, place + 1); return one.getBoundingClientRect().left }
        return [left(0), ...Array.from("2014-03-01", (_, i) => left(from + i))]
    }""")
    assert places[1:] == sorted(places[1:])
    assert (places[0] > places[1]) == (theme == "ar")


@pytest.mark.parametrize(
    ("word", "title"), [("주문내역", "개인정보 처리방침"), ("プライバシーポリシー", "プライバシーポリシー")]
)
def test_the_search_finds_words_of_every_script(shown, word, title):
    page, _ = shown("")
    page.locator(".md-search__input").click()
    page.keyboard.insert_text(word)
    page.keyboard.press("End")  # The theme listens to keys.
    page.locator(".md-search-result__item", has_text=title).first.wait_for()
