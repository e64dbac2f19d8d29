"""What machines read: the files beside the pages."""

import filecmp
import hashlib
import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from inforce.formats.schemas import NAMES, schema


def load(site, address):
    return json.loads((site / address).read_text())


def test_in_force_json_is_the_documented_table(site, qstore):
    commit = qstore.posted_by()["privacy-policy/2018-04-10"]
    table = load(site, "privacy-policy/in-force.json")
    assert table["in_force"] == {
        "current_users": [
            {
                "basis": "binds",
                "from": "2014-03-01T00:00:00+09:00",
                "revision": "2014-03-01",
                "until": "2018-05-10T00:00:00+09:00",
            },
            {"basis": "binds", "from": "2018-05-10T00:00:00+09:00", "revision": "2018-04-10", "until": None},
        ],
        "new_users": [
            {
                "basis": "binds",
                "from": "2014-03-01T00:00:00+09:00",
                "revision": "2014-03-01",
                "until": "2018-04-10T09:00:00+09:00",
            },
            {"basis": "offered", "from": "2018-04-10T09:00:00+09:00", "revision": "2018-04-10", "until": None},
        ],
    }
    digest = hashlib.sha256((site / "privacy-policy/2018-04-10/source.md").read_bytes()).hexdigest()
    asked = hashlib.sha256((site / "privacy-policy/2018-04-10/accept/new_users.html").read_bytes()).hexdigest()
    assert table["revisions"][1] == {
        "accept": {
            "new_users": {"document": "2018-04-10/accept/new_users.html", "presentation": asked},
            "url": "2018-04-10/accept/",
        },
        "change": "material",
        "digest": digest,
        "effective": {
            "current_users": {"from": "2018-05-10T00:00:00+09:00", "rule": "2018-05-10"},
            "new_users": {"from": None, "rule": "on acceptance"},
        },
        "posted": "2018-04-10T09:00:00+09:00",
        "posting": {"commit": commit, "kind": "recorded"},
        "revision": "2018-04-10",
        "summary": ["We now keep your orders."],
        "url": "2018-04-10/",
    }
    assert table["revisions"][0]["posting"] == {"kind": "stated", "source": "Publication log, page 3"}
    rest = {key: table[key] for key in ("as_of", "policy", "time_zone", "title")}
    assert rest == {
        "as_of": "2018-05-01T00:00:00+09:00",
        "policy": "privacy-policy",
        "time_zone": "Asia/Seoul",
        "title": "Privacy Policy",
    }


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("in-force", ["privacy-policy/in-force.json", "user-agreement/in-force.json"]),
        ("policies", ["policies.json"]),
        ("postings", ["postings.json"]),
    ],
)
def test_each_file_fits_the_schema_that_lies_on_the_site(site, name, addresses):
    published = load(site, f"schemas/{name}.schema.json")
    assert (site / f"schemas/{name}.schema.json").read_bytes() == schema(name)
    Draft202012Validator.check_schema(published)
    for address in addresses:
        Draft202012Validator(published, format_checker=FormatChecker()).validate(load(site, address))
    assert sorted(path.name for path in (site / "schemas").iterdir()) == sorted(f"{one}.schema.json" for one in NAMES)


def test_json_is_written_in_one_way(site):
    for path in [*site.glob("*.json"), *site.glob("*/in-force.json")]:
        value = json.loads(path.read_text())
        assert path.read_text() == json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_source_md_holds_the_bytes_that_git_has_and_the_digest_is_of(site, qstore):
    for line in load(site, "postings.json")["postings"]:
        address = f"{line['policy']}/{line['revision']}"
        source = (site / address / "source.md").read_bytes()
        assert hashlib.sha256(source).hexdigest() == line["digest"]
        assert qstore.run("git", "show", f"main:policy_versions/{address}.md").out.encode() == source


def test_postings_stand_in_order_with_what_they_are_known_from(site, qstore):
    lines = load(site, "postings.json")["postings"]
    assert [f"{line['policy']}/{line['revision']}" for line in lines] == [
        "privacy-policy/2014-03-01",
        "user-agreement/2014-03-01",
        "user-agreement/2017-01-01",
        "user-agreement/2017-02-01",
        "user-agreement/2017-03-01",
        "privacy-policy/2018-04-10",
    ]
    assert lines[0]["source"] == "Publication log, page 3"
    assert lines[5]["commit"] == qstore.posted_by()["privacy-policy/2018-04-10"]


def test_policies_json_tells_what_there_is(site):
    privacy, agreement = load(site, "policies.json")["policies"]
    assert (privacy["current_users"], privacy["new_users"], privacy["new_users_basis"], privacy["next_change"]) == (
        "2014-03-01",
        "2018-04-10",
        "offered",
        "2018-05-10T00:00:00+09:00",
    )
    assert (agreement["policy"], agreement["revisions"], agreement["next_change"]) == ("user-agreement", 4, None)


def test_two_builds_of_one_commit_and_one_instant_are_the_same_to_the_byte(qstore, site, build, tmp_path):
    qstore.git("clone", "-q", str(qstore.top), str(tmp_path / "clone"))
    other = qstore.looked_at_from(tmp_path / "clone")
    again = build(other, to="again")[0]
    names = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(site, again, names, shallow=False) == (names, [], [])


def test_a_build_as_of_an_earlier_instant_knows_nothing_of_later_postings(qstore, build):
    early = build(qstore, now="2018-04-02T00:00:00+09:00", to="early")[0]
    assert not (early / "privacy-policy/2018-04-10").exists()
    assert load(early, "privacy-policy/in-force.json")["in_force"]["current_users"][0]["until"] is None
