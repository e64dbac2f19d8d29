"""Texts as sequences of clauses, and what becomes of them, for laws about redlines and identities."""

from hypothesis import strategies as st

from inforce.core.clause import BORDER, Clause, Kind, Mark, Word

WORDS = st.just(Word(BORDER)) | st.builds(
    Word,
    st.sampled_from(["we", "keep", "data", "30", "60", "days", ".", ",", "you", "個"]),
    st.sampled_from([(), (), (), (Mark.STRONG,), (Mark.STRONG, Mark.EM)]),
    st.sampled_from([None, None, None, "a.md", "b.md"]),
    st.sampled_from(["", " ", "\n"]),
)
CLAUSES = st.builds(
    Clause,
    st.sampled_from(Kind),
    st.lists(WORDS, max_size=14).map(tuple),
    st.sampled_from([(), ("list",), ("list", "list"), ("table",)]),
    st.integers(0, 2),
)
TEXTS = st.lists(CLAUSES, max_size=10)


@st.composite
def revise(draw, old):
    """What somebody made of a text: clauses put elsewhere, left out, cut in two, put together, written anew."""
    new = list(old)
    for _ in range(draw(st.integers(0, 5))):
        place = draw(st.integers(0, len(new)))
        taken = new.pop(place) if place < len(new) else draw(CLAUSES)
        match draw(st.integers(0, 4)):
            case 0:
                new.insert(draw(st.integers(0, len(new))), taken)
            case 1:
                half = len(taken.words) // 2
                new[place:place] = [
                    Clause(taken.kind, taken.words[:half], taken.frames, taken.level),
                    Clause(taken.kind, taken.words[half:], taken.frames, taken.level),
                ]
            case 2 if place < len(new):
                other = new.pop(place)
                new.insert(place, Clause(taken.kind, taken.words + other.words, taken.frames, taken.level))
            case 3:
                words = [draw(WORDS) if draw(st.integers(0, 5)) == 0 else word for word in taken.words]
                new.insert(place, Clause(taken.kind, tuple(words), taken.frames, taken.level))
    return tuple(new)


@st.composite
def revised(draw):
    """A text and what somebody made of it."""
    old = tuple(draw(TEXTS))
    return old, draw(revise(old))
