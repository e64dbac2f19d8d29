"""What may be posted, and what keeps a file a draft (rules 4, 5, 6 and 8)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from inforce.core.effect import Audience, parse_rule
from inforce.core.policy import ChangeClass, Declaration, Posting, Terms
from inforce.core.posting import Candidate, Posted, judge
from inforce.formats.time_zones import time_zone

TERMS = Terms("Privacy Policy", "en", "Asia/Seoul", time_zone("Asia/Seoul"))
LINES = {key: line for line, key in enumerate(
    ("title", "change", "summary", "effective", "accept_by", "overtakes", "keeps", "corrects", "posted", "source"), 2
)}  # fmt: skip


def seoul(text):
    """An instant by the clocks of Seoul; of a bare date, nine in the morning."""
    clock = text if " " in text else f"{text} 09:00"
    return datetime.fromisoformat(f"{clock}+09:00").astimezone(UTC)


def declaration(**said):
    """What a revision declares of itself, every key on the line that LINES gives it."""
    lines = {key: LINES[key] for key in said}
    if "change" in said:
        said["change"] = said["change"] and ChangeClass(said["change"])
    if "effective" in said:
        effective = said["effective"]
        rules = effective if isinstance(effective, dict) else {audience.value: effective for audience in Audience}
        said["effective"] = {Audience(audience): parse_rule(text) for audience, text in rules.items()}
    return Declaration("0" * 64, lines=lines, **said)


def first(**said):
    return declaration(**said)


def material(**said):
    return declaration(**{"change": "material", "summary": ("We share more.",), **said})


def editorial(**said):
    return declaration(**{"change": "editorial", "summary": ("A typo.",), **said})


def stated(posted, **said):
    return declaration(**{"posted": seoul(posted), "source": "the Internet Archive", **said})


def ask(declared, on, posted=(), name="asked", terms=TERMS):
    """Ask for the posting of a declaration by a commit of that morning."""
    candidate = Candidate("privacy-policy", name, f"blob of {name}", declared)
    return judge(candidate, terms, Posting(seoul(on), f"commit of {on}"), Posted(posted))


def record(*postings):
    """A record from `(name, morning of the commit, declaration)`: all of them may be posted."""
    posted = []
    for name, on, declared in postings:
        judgement = ask(declared, on, posted, name)
        assert judgement.faults == (), name
        posted = sorted([*posted, judgement.revision], key=lambda one: one.order)
    return posted


def faults(judgement):
    """What is wrong, as (line, what)."""
    assert judgement.revision is None
    assert all(fault.todo for fault in judgement.faults)
    return [(fault.line, fault.what) for fault in judgement.faults]


def allowed(judgement):
    assert judgement.faults == ()
    return judgement.revision


SIMPLE = record(("2014", "2014-03-01", first()))
SCHEDULED = record(
    ("2014", "2014-03-01", first()), ("2018", "2018-04-10", material(effective={"current_users": "2018-05-10"}))
)
OFFERED = record(
    ("2014", "2014-03-01", first()),
    ("2018", "2018-04-10", material(effective={"current_users": "2018-05-10", "new_users": "on acceptance"})),
)


# A posted revision


def test_a_revision_is_posted_with_everything_that_it_declares():
    declared = material(
        title="Privacy Notice",
        effective={"current_users": "2018-05-10", "new_users": "on acceptance"},
        accept_by=date(2018, 6, 10),
    )
    revision = allowed(ask(declared, "2018-04-10", SIMPLE, "2018"))
    assert (revision.policy, revision.name, revision.title) == ("privacy-policy", "2018", "Privacy Notice")
    assert (revision.posted, revision.posting.commit) == (seoul("2018-04-10"), "commit of 2018-04-10")
    assert revision.effects[Audience.CURRENT_USERS].start == seoul("2018-05-10 00:00")
    assert revision.effects[Audience.NEW_USERS].start is None
    assert revision.effects[Audience.NEW_USERS].rule.needs_acceptance
    assert revision.accept_by == seoul("2018-06-10 00:00")
    assert (revision.zone, revision.time_zone) == (TERMS.zone, "Asia/Seoul")


def test_where_nothing_is_said_it_takes_effect_on_posting_for_everybody():
    revision = allowed(ask(material(), "2018-04-10", SIMPLE))
    assert {effect.start for effect in revision.effects.values()} == {seoul("2018-04-10")}
    assert revision.title == "Privacy Policy"


def test_an_audience_that_is_left_out_gets_the_default_rule_of_the_policy():
    terms = replace(TERMS, effective={**TERMS.effective, Audience.NEW_USERS: parse_rule("on acceptance")})
    revision = allowed(ask(material(effective={"current_users": "never"}), "2018-04-10", SIMPLE, terms=terms))
    assert {audience: effect.rule.text for audience, effect in revision.effects.items()} == {
        "current_users": "never",
        "new_users": "on acceptance",
    }


# Classes and summaries


@pytest.mark.parametrize("change", ["material", "clarifying", "editorial"])
def test_the_first_revision_changes_nothing(change):
    judgement = ask(declaration(change=change), "2014-03-01")
    assert (LINES["change"], f"`change: {change}` on the first revision of a policy, which changes nothing") in faults(
        judgement
    )


def test_from_the_second_revision_on_class_and_summary_are_required_and_missed_together():
    assert faults(ask(declaration(), "2018-04-10", SIMPLE)) == [
        (None, "`change` is missing"),
        (None, "`summary` is missing"),
    ]


def test_an_editorial_revision_has_a_summary_too():
    assert faults(ask(editorial(corrects="2014", summary=()), "2018-04-10", SIMPLE)) == [(None, "`summary` is missing")]


def test_nobody_but_an_import_leaves_a_revision_unclassed():
    judgement = ask(declaration(change="imported"), "2018-04-10", SIMPLE)
    assert faults(judgement) == [(LINES["change"], "`change: imported` is for stated postings alone")]


# Effects (rule 6)


@pytest.mark.parametrize(
    ("effective", "wrong"),
    [
        ({"current_users": "2018-04-09"}, "takes effect on 2018-04-09, before the day of its posting, 2018-04-10"),
        (
            {"current_users": "2018-04-10T08:59:59+09:00"},
            "takes effect at 2018-04-10T08:59:59+09:00, before its posting",
        ),
    ],
)
def test_nothing_takes_effect_backwards(effective, wrong):
    judgement = ask(material(effective=effective), "2018-04-10", SIMPLE)
    what = f"`effective` for current_users: {wrong} (2018-04-10T09:00:00+09:00)"
    assert faults(judgement) == [(LINES["effective"], what)]


def test_both_audiences_are_told():
    judgement = ask(material(effective="2018-04-09"), "2018-04-10", SIMPLE)
    assert [what.split(":")[0] for _, what in faults(judgement)] == ["`effective` for current_users and new_users"]


@pytest.mark.parametrize("day", [date(2018, 4, 9), date(2018, 4, 10), seoul("2018-04-10")])
def test_nobody_can_answer_before_being_asked(day):
    judgement = ask(material(accept_by=day), "2018-04-10", SIMPLE)
    assert faults(judgement) == [(LINES["accept_by"], "`accept_by` is not after the posting")]


# Overtaking (rule 4)

SILENT = (
    "2018 is still scheduled (2018-05-10T00:00:00+09:00 for current_users), "
    "and this revision does not say what becomes of it"
)


def test_saying_nothing_of_a_scheduled_revision_is_an_error():
    assert faults(ask(material(), "2018-05-01", SCHEDULED)) == [(None, SILENT)]


@pytest.mark.parametrize("word", ["overtakes", "keeps"])
def test_saying_what_becomes_of_it_is_enough(word):
    revision = allowed(ask(material(**{word: ("2018",)}), "2018-05-01", SCHEDULED))
    assert getattr(revision, word) == ("2018",)


def test_nothing_is_to_be_said_once_it_has_taken_effect():
    allowed(ask(material(), "2018-05-10 00:00", SCHEDULED))


def test_nothing_is_to_be_said_once_it_is_overtaken():
    posted = [*SCHEDULED, allowed(ask(material(overtakes=("2018",)), "2018-05-01", SCHEDULED, "2018-may"))]
    allowed(ask(material(), "2018-05-02", posted))


def test_each_scheduled_revision_is_to_be_named():
    posted = [
        *SCHEDULED,
        allowed(ask(material(keeps=("2018",), effective="2018-06-01"), "2018-05-01", SCHEDULED, "june")),
    ]
    assert [what.split()[0] for _, what in faults(ask(material(), "2018-05-02", posted))] == ["2018", "june"]
    assert [what.split()[0] for _, what in faults(ask(material(keeps=("june",)), "2018-05-02", posted))] == ["2018"]
    allowed(ask(material(keeps=("june",), overtakes=("2018",)), "2018-05-02", posted))


def test_an_offer_may_be_overtaken_or_left():
    allowed(ask(material(effective={"new_users": "never"}), "2018-06-01", OFFERED))
    allowed(ask(material(overtakes=("2018",), effective={"new_users": "never"}), "2018-06-01", OFFERED))


@pytest.mark.parametrize("word", ["overtakes", "keeps", "corrects"])
def test_only_what_is_posted_can_be_named(word):
    declared = {
        "overtakes": material(overtakes=("2019",)),
        "keeps": material(keeps=("2019",)),
        "corrects": editorial(corrects="2019"),
    }[word]
    what = f'`{word}` names 2019, which is not posted before this one (did you mean "2014"?)'
    assert faults(ask(declared, "2018-04-10", SIMPLE)) == [(LINES[word], what)]


def test_what_has_taken_effect_cannot_be_overtaken():
    what = "`overtakes` names 2014, of which nothing is scheduled or offered any more at this posting"
    assert faults(ask(material(overtakes=("2014",)), "2018-04-10", SIMPLE)) == [(LINES["overtakes"], what)]


def test_what_has_taken_effect_cannot_be_kept():
    what = "`keeps` names 2014, which is not scheduled any more at this posting"
    assert faults(ask(material(keeps=("2014",)), "2018-04-10", SIMPLE)) == [(LINES["keeps"], what)]


def test_an_offer_needs_no_keeping():
    what = "`keeps` names 2018, which is not scheduled any more at this posting"
    assert faults(ask(material(keeps=("2018",)), "2018-06-01", OFFERED)) == [(LINES["keeps"], what)]


def test_overtaking_and_keeping_one_revision_is_a_contradiction():
    what = "2018 stands in `overtakes` and in `keeps`"
    declared = material(overtakes=("2018",), keeps=("2018",))
    assert faults(ask(declared, "2018-05-01", SCHEDULED)) == [(LINES["keeps"], what)]


# Corrections (rule 5), of a revision that is still scheduled as well

CORRECTED = [*SCHEDULED, allowed(ask(editorial(corrects="2018"), "2018-04-20", SCHEDULED, "2018-typo"))]


def test_a_correction_has_no_effects_of_its_own():
    assert allowed(ask(editorial(corrects="2014"), "2018-04-10", SIMPLE)).effects == {}


def test_a_correction_names_what_it_corrects():
    what = "`change: editorial` without `corrects`"
    assert faults(ask(editorial(), "2018-04-10", SIMPLE)) == [(LINES["change"], what)]


@pytest.mark.parametrize(
    ("key", "value"), [("effective", "on posting"), ("overtakes", ("2018",)), ("accept_by", date(2018, 6, 10))]
)
def test_a_correction_says_nothing_of_effects(key, value):
    judgement = ask(editorial(corrects="2018", **{key: value}), "2018-04-20", SCHEDULED)
    what = f"`{key}` in an editorial revision, which stands for the one it corrects"
    assert (LINES[key], what) in faults(judgement)


@pytest.mark.parametrize("change", ["material", "clarifying"])
def test_only_a_correction_corrects(change):
    what = f"`corrects` in a revision that is not editorial but {change}"
    judgement = ask(material(change=change, corrects="2014"), "2018-04-10", SIMPLE)
    assert faults(judgement) == [(LINES["corrects"], what)]


def test_the_first_revision_corrects_nothing():
    what = "`corrects` names 2014, which is not posted before this one"
    assert (LINES["corrects"], what) in faults(ask(first(corrects="2014"), "2018-04-10"))


def test_a_correction_need_not_name_what_is_scheduled():
    allowed(ask(editorial(corrects="2014"), "2018-04-20", SCHEDULED))


def test_a_correction_may_be_of_what_is_scheduled():
    allowed(ask(editorial(corrects="2018"), "2018-04-20", SCHEDULED))


@pytest.mark.parametrize("corrected", ["2018", "2018-typo"])
def test_a_corrected_revision_may_be_corrected_again_by_either_name(corrected):
    allowed(ask(editorial(corrects=corrected), "2018-04-21", CORRECTED))


def test_a_correction_that_another_one_has_replaced_is_corrected_no_more():
    posted = [*CORRECTED, allowed(ask(editorial(corrects="2018-typo"), "2018-04-21", CORRECTED, "2018-typos"))]
    what = "`corrects` names 2018-typo, for which 2018-typos stands already"
    assert faults(ask(editorial(corrects="2018-typo"), "2018-04-22", posted)) == [(LINES["corrects"], what)]


def test_what_is_scheduled_stays_scheduled_when_it_is_corrected():
    assert faults(ask(material(), "2018-05-01", CORRECTED)) == [(None, SILENT)]


@pytest.mark.parametrize("word", ["overtakes", "keeps"])
@pytest.mark.parametrize("name", ["2018", "2018-typo"])
def test_a_corrected_revision_is_overtaken_or_kept_by_either_name(word, name):
    allowed(ask(material(**{word: (name,)}), "2018-05-01", CORRECTED))


def test_overtaking_a_revision_and_keeping_its_correction_is_a_contradiction():
    judgement = ask(material(overtakes=("2018",), keeps=("2018-typo",)), "2018-05-01", CORRECTED)
    assert [line for line, _ in faults(judgement)] == [LINES["keeps"]]


# Stated postings (rule 8)

IMPORT = "2024-01-01"
STATED = record(
    ("2010", IMPORT, stated("2010-01-01")),
    ("2014", IMPORT, stated("2014-03-01", change="imported")),
)


def test_a_stated_posting_is_known_from_its_source():
    posting = allowed(ask(stated("2014-03-01"), IMPORT)).posting
    assert posting.is_stated
    assert (posting.instant, posting.commit) == (seoul("2014-03-01"), f"commit of {IMPORT}")
    assert posting.source == "the Internet Archive"


def test_a_stated_day_means_its_beginning():
    judgement = ask(declaration(posted=date(2014, 3, 1), source="a printed copy"), IMPORT)
    assert allowed(judgement).posted == seoul("2014-03-01 00:00")


def test_an_imported_revision_needs_no_summary():
    allowed(ask(stated("2014-03-01", change="imported"), IMPORT, STATED[:1]))


def test_the_first_revision_may_be_imported():
    allowed(ask(stated("2014-03-01", change="imported"), IMPORT))


def test_a_stated_posting_may_be_classed_by_counsel():
    allowed(ask(stated("2014-03-01", change="material", summary=("We share more.",)), IMPORT, STATED[:1]))


@pytest.mark.parametrize(("said", "missing"), [("posted", "source"), ("source", "posted")])
def test_a_stated_posting_has_an_instant_and_a_source(said, missing):
    declared = declaration(**{"posted": {"posted": seoul("2014-03-01")}, "source": {"source": "a copy"}}[said])
    what = f"a stated posting has both `posted` and `source`; `{missing}` is missing"
    assert faults(ask(declared, IMPORT)) == [(LINES[said], what)]


def test_a_stated_posting_may_join_before_others():
    assert allowed(ask(stated("2012-06-01", change="imported"), IMPORT, STATED, "2012")).posted == seoul("2012-06-01")


def test_a_stated_posting_comes_before_the_first_recorded_one():
    posted = [*STATED, allowed(ask(material(), "2024-01-02", STATED, "2024"))]
    what = "a stated posting comes after 2024, which git recorded in commit commit of 20"
    assert faults(ask(stated("2012-06-01", change="imported"), "2024-01-03", posted)) == [(LINES["posted"], what)]


@pytest.mark.parametrize("posted", ["2024-01-01", "2024-01-02"])
def test_a_stated_posting_comes_before_its_commit(posted):
    what = "`posted` is not before the commit that brings the file"
    assert faults(ask(stated(posted), IMPORT)) == [(LINES["posted"], what)]


def test_a_stated_posting_must_not_make_a_later_one_untrue():
    """2014 came when nothing was scheduled; a revision of 2013 that was still to take effect then cannot be."""
    kept = stated("2013-12-01", change="imported", effective="2014-04-01")
    [(line, what)] = faults(ask(kept, IMPORT, STATED, "2013"))
    assert line is None
    assert what.startswith("this revision would still be scheduled at the posting of 2014")
    allowed(ask(stated("2013-12-01", change="imported", effective="2014-02-01"), IMPORT, STATED, "2013"))


def test_a_stated_posting_that_would_be_scheduled_at_a_mere_correction_is_allowed():
    corrected = record(
        ("2010", IMPORT, stated("2010-01-01")),
        ("2010-typo", IMPORT, stated("2014-03-01", change="editorial", summary=("A typo.",), corrects="2010")),
    )
    allowed(ask(stated("2013-12-01", change="imported", effective="2014-04-01"), IMPORT, corrected, "2013"))


def test_a_stated_overtaking_must_not_make_a_later_keeping_untrue():
    """2014-c kept 2014-a; a revision between the two that withdraws 2014-a makes nonsense of that."""
    kept = record(
        ("2010", IMPORT, stated("2010-01-01")),
        ("2014-a", IMPORT, stated("2014-03-01", change="imported", effective="2014-06-01")),
        ("2014-c", IMPORT, stated("2014-05-01", change="imported", keeps=("2014-a",))),
    )
    between = stated("2014-04-01", change="imported", overtakes=("2014-a",))
    assert faults(ask(between, IMPORT, kept, "2014-b")) != []


# The order of postings (rule 1)


def test_whatever_order_revisions_are_taken_in_they_stand_in_order_and_the_first_recorded_one_is_known():
    revisions = record(
        ("2012", "2018-01-01", stated("2012-03-01")),
        ("2014", "2018-01-01", stated("2014-03-01", change="imported")),
        ("2018", "2018-04-10", material()),
        ("2019", "2019-04-10", material()),
    )
    for one in permutations(revisions):
        posted = Posted(one)
        assert list(posted) == revisions
        assert posted.first_recorded == revisions[2]
        assert posted.last_start == revisions[3].posted


def test_revisions_of_one_instant_and_different_commits_stand_in_the_order_of_the_commits():
    """Names decide among those of one commit. Here b was posted first, and the next commit came in the same second."""
    posted = record(("b", "2018-04-10", first()))
    posting = Posting(seoul("2018-04-10"), "next", sequence=1)
    judgement = judge(Candidate("privacy-policy", "a", "blob", material()), TERMS, posting, Posted(posted))
    assert judgement.faults == ()
