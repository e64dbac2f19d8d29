"""Clauses keep their identities over any history, and no posting changes what was given before."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws.texts import TEXTS, revise

from inforce.core.identity import Identities, groups_of
from inforce.core.redline import Done, redline
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of

POLICIES = sorted((Path(__file__).parents[2] / "policy_versions").iterdir())


@st.composite
def histories(draw):
    """The texts of a policy; some are made from the one before, some bring back what an earlier one said."""
    texts = [tuple(draw(TEXTS))]
    for _ in range(draw(st.integers(1, 4))):
        base = draw(st.sampled_from([texts[-1], texts[-1], draw(st.sampled_from(texts))]))
        texts.append(tuple(draw(revise(base))))
    return texts


def named(texts):
    """The identities of each text, and the redline with the one before."""
    identities = Identities()
    given = [identities.begin(texts[0])]
    redlines = [redline(old, new) for old, new in pairwise(texts)]
    for one in redlines:
        given.append(identities.follow(given[-1].names, one))
    return given, redlines


def real(folder):
    return [clauses_of(body(path.read_bytes())) for path in sorted(folder.glob("*.md"))]


def hold(texts):
    """What is promised of any history."""
    given, redlines = named(texts)
    for one, text in zip(given, texts, strict=True):
        assert len(set(one.names)) == len(one.names) == len(text)
    for (old, new), changes in zip(pairwise(given), redlines, strict=True):
        for change in changes.changes:
            if change.old and change.new:
                assert old.names[change.old[0].place] == new.names[change.new[0].place]
            if change.done is Done.INSERTED:
                assert new.names[change.new[0].place] not in old.names


@settings(max_examples=150, deadline=None)
@given(histories())
def test_identities_are_unique_and_last(texts):
    hold(texts)


@pytest.mark.parametrize("folder", POLICIES, ids=lambda one: one.name)
def test_identities_of_real_policies_are_unique_and_last(folder):
    hold(real(folder))


@settings(max_examples=100, deadline=None)
@given(histories())
def test_a_posting_changes_no_earlier_identity(texts):
    assert named(texts)[0][:-1] == named(texts[:-1])[0]


@settings(max_examples=150, deadline=None)
@given(histories())
def test_identities_lead_to_the_same_redline_as_the_words(texts):
    given, redlines = named(texts)
    for (old, new), (before, after), expected in zip(pairwise(texts), pairwise(given), redlines, strict=True):
        assert redline(old, new, groups_of(before.names, after)).changes == expected.changes


@pytest.mark.parametrize("folder", POLICIES, ids=lambda one: one.name)
def test_identities_of_real_policies_lead_to_the_same_redline(folder):
    texts = real(folder)
    given, redlines = named(texts)
    for (old, new), (before, after), expected in zip(pairwise(texts), pairwise(given), redlines, strict=True):
        assert redline(old, new, groups_of(before.names, after)).changes == expected.changes


@settings(max_examples=100, deadline=None)
@given(histories())
def test_any_two_revisions_are_compared_whole(texts):
    given, _ = named(texts)
    for place, newer in enumerate(given):
        for other, older in enumerate(given[:place]):
            found = redline(texts[other], texts[place], groups_of(older.names, newer))
            assert found.accepted() == texts[place]
            assert found.rejected() == texts[other]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_what_was_removed_and_returns_is_the_same_again(text):
    identities = Identities()
    first = identities.begin(text)
    gone = identities.follow(first.names, redline(text, ()))
    back = identities.follow(gone.names, redline((), text))
    assert sorted(back.names) == sorted(first.names)
