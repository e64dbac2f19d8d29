"""What the site says of acceptance: pages, exact documents, and what programs read."""

import hashlib
import json
import shutil

import pytest
from accepting_site import REGISTER
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from lxml import html
from qstore_site import CONFIG
from repository import TERMS

from inforce.formats.messages import message_file


def page(site, place):
    return html.parse(site / place / "index.html")


def words(element):
    return " ".join(element.text_content().split())


def content(site, place):
    (found,) = page(site, place).xpath("//div[@class='inforce-sheet']")
    return words(found)


def article(site, place):
    """The article of a document, as its bytes have it."""
    data = (site / place).read_text()
    return data[data.index("<article ") : data.index("</article>") + len("</article>")]


def load(site, name):
    return json.loads((site / name).read_text())


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_revision_s_page_shows_what_is_asked_byte_for_byte(accepting):
    site, place = accepting.site, "privacy-policy/2018-04-10/accept/"
    source = (site / place / "index.html").read_text()
    assert article(site, f"{place}new_users.html") in source
    current = article(site, f"{place}current_users.html")
    asked = current[current.index('<section class="inforce-asked">') : -len("\n</article>")]
    assert asked in source
    assert source.count("We keep what you tell us") == 1
    assert "Takes effect On 10 May 2018, whatever you answer." in content(site, place)
    for audience in ("new_users", "current_users"):
        assert digest(site / place / f"{audience}.html") in source
    assert not page(site, place).xpath("//div[@class='inforce-sheet']//*[self::form or self::input or self::button]")


def test_today_s_page_shows_what_whoever_registers_is_asked_and_names_what_others_are(accepting):
    site = accepting.site
    source = (site / "privacy-policy/accept/index.html").read_text()
    assert article(site, "privacy-policy/2018-04-10/accept/new_users.html") in source
    said = content(site, "privacy-policy/accept/")
    assert f"Answers are recorded at {REGISTER}" in said
    assert (
        "The revision of 10 April 2018, which takes effect for you on 10 May 2018, whatever you answer. "
        "An answer is asked for before 10 June 2018." in said
    )
    links = page(site, "privacy-policy/accept/").xpath("//div[@class='inforce-sheet']//@href")
    assert "https://qstore.example/accept?policy=privacy-policy" in links
    assert "../2018-04-10/accept/#current-users" in links


def test_all_policies_are_asked_on_one_page_each_in_its_language(accepting):
    site = accepting.site
    source = (site / "accept/index.html").read_text()
    assert article(site, "privacy-policy/2018-04-10/accept/new_users.html") in source
    assert article(site, "terms/2014-03-01/accept/new_users.html") in source
    articles = page(site, "accept").xpath("//article[contains(@class, 'inforce-presentation')]")
    assert [(one.get("data-policy"), one.get("lang")) for one in articles] == [
        ("privacy-policy", "en"),
        ("terms", "ko"),
    ]
    ids = page(site, "accept").xpath("//div[@class='inforce-sheet']//@id")
    assert len(ids) == len(set(ids))


def test_texts_and_policies_lead_there(accepting):
    site = accepting.site
    assert "accept/" in page(site, "privacy-policy").xpath("//div[contains(@class, 'inforce-box')]//@href")
    assert "accept/" in page(site, "privacy-policy/2018-04-10").xpath("//details//@href")
    assert "accept/" in page(site, "").xpath("//div[@class='inforce-sheet']//@href")


def test_without_a_register_nothing_is_pretended(site):
    said = content(site, "privacy-policy/accept/")
    assert "Acceptance is recorded when you register, and not on this site." in said
    assert not (site / "accept/receipt").exists()
    assert not (site / "accept/keys.json").exists()
    assert "accept" not in load(site, "policies.json")["policies"][1]
    assert load(site, "policies.json")["accept"] == {"url": "accept/"}
    assert not (site / "user-agreement/accept").exists()


def test_where_nobody_is_ever_asked_nothing_is_said_of_it(repo, build):
    (repo.folder / "mkdocs.yml").write_text(CONFIG)
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Q\n")
    repo.commit("2018-04-01T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/2018-04-01.md": "# Terms\n\nYes.\n"})
    site, _ = build(repo)
    assert not list(site.rglob("accept"))
    assert "accept" not in load(site, "policies.json")
    assert "accept" not in load(site, "terms/in-force.json")["revisions"][0]


def test_programs_are_told_what_is_asked_today_and_what_ever_was(accepting):
    site = accepting.site
    table = load(site, "policies.json")
    assert table["accept"] == {
        "keys": "accept/keys.json",
        "receipt": "accept/receipt/",
        "register": REGISTER,
        "url": "accept/",
    }
    privacy = table["policies"][0]["accept"]
    asked = {
        "digest": digest(site / "privacy-policy/2018-04-10/source.md"),
        "document": "privacy-policy/2018-04-10/accept/new_users.html",
        "presentation": digest(site / "privacy-policy/2018-04-10/accept/new_users.html"),
        "revision": "2018-04-10",
        "url": "privacy-policy/2018-04-10/accept/",
    }
    assert privacy["new_users"] == [asked]
    assert [one["accept_by"] for one in privacy["current_users"]] == ["2018-06-10T00:00:00+09:00"]
    for one in load(site, "privacy-policy/in-force.json")["revisions"]:
        for audience in ("current_users", "new_users"):
            entry = one["accept"][audience]
            assert entry["presentation"] == digest(site / "privacy-policy" / entry["document"])


@pytest.mark.parametrize("name", ["policies", "in-force"])
def test_what_programs_are_told_is_as_the_schemas_say(accepting, name):
    site = accepting.site
    schema = load(site, f"schemas/{name}.schema.json")
    validator_for(schema, Draft202012Validator).check_schema(schema)
    files = [site / "policies.json"] if name == "policies" else site.glob("*/in-force.json")
    for file in files:
        Draft202012Validator(schema).validate(json.loads(file.read_text()))


def test_the_register_s_public_keys_are_on_the_site(accepting):
    published = load(accepting.site, "accept/keys.json")["keys"]
    assert [one["kid"] for one in published] == [one.kid for one in accepting.keys.values()]
    assert all(not one.keys() & {"d", "k"} for one in published)


def test_what_is_asked_stays_as_it_was_whatever_is_posted_later(accepting, accepting_later):
    for place in ("2018-04-10/accept/new_users.html", "2018-04-10/accept/index.html", "2014-03-01/accept/index.html"):
        before = (accepting.site / "privacy-policy" / place).read_bytes()
        after = (accepting_later.site / "privacy-policy" / place).read_bytes()
        assert article_in(after) == article_in(before)
    assert (accepting_later.site / "privacy-policy/2018-05-20/accept/index.html").exists()
    said = content(accepting_later.site, "privacy-policy/accept")
    assert "The revision of 1 February 2019, which takes effect for you on 2 April 2019" in said


def article_in(data):
    return data[data.index(b"<article ") : data.index(b"</article>")]


def test_two_builds_are_the_same_with_a_cache_and_without(accepting, build, tmp_path):
    repo = accepting.repo.copy(tmp_path / "again")
    shutil.rmtree(repo.folder / ".cache", ignore_errors=True)
    shutil.rmtree(repo.folder / "site")
    first = tree(build(repo, to="first")[0])
    assert tree(build(repo, to="second")[0]) == first
    config = repo.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("archive: ''", "archive: ''\n    cache: ''\n    workers: 1"))
    assert tree(build(repo, to="third")[0]) == first == tree(accepting.site)


def tree(site):
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name != "sitemap.xml.gz"
    }


def test_other_words_of_the_site_s_own_make_other_documents(accepting, build, tmp_path):
    repo = accepting.repo.copy(tmp_path / "worded")
    build(repo)
    (repo.folder / "words").mkdir()
    words = message_file("en").replace("and I accept it.", "and agree.")
    (repo.folder / "words" / "en.yml").write_text(words)
    config = repo.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("archive: ''", "archive: ''\n    messages: words"))
    site, _ = build(repo)
    document = site / "privacy-policy/2018-04-10/accept/new_users.html"
    assert "and agree." in document.read_text()
    assert load(site, "policies.json")["policies"][0]["accept"]["new_users"][0]["presentation"] == digest(document)
    assert digest(document) in (site / "privacy-policy/2018-04-10/accept/index.html").read_text()
    assert digest(document) != digest(accepting.site / "privacy-policy/2018-04-10/accept/new_users.html")
