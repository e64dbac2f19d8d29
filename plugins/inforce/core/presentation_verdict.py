"""Whether a copy of a presentation is what the publisher kept: it has no signature, so a manifest has to tell of it.

=================================================  ==============================================================
what is found                                      verdict
=================================================  ==============================================================
a trusted manifest has another digest of it;       altered
 it shows another text than the record has
no manifest that is trusted tells of it;           cannot tell
 its name is that of another one; it is none;
 the record cannot be read, or does not know it
a trusted manifest has its digest, and none of     authentic
 the above
=================================================  ==============================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inforce.core.archive import KeptPresentation, PresentationKey, presentation_place
from inforce.core.verdict import About, Checked, Manifested, Reason, Recorded, Verdict, worst


@dataclass(frozen=True, slots=True)
class PresentationEvidence:
    """What a copy of a presentation shows of itself.

    `digest` is of its bytes. `key` and `source` are what it says that it is, and the digest of the text that it says it
    shows; where it does not even say that, `unreadable` says why.
    """

    digest: str
    key: PresentationKey | None = None
    source: str = ""
    unreadable: str = ""


def judge_presentation(
    evidence: PresentationEvidence,
    name: str,
    said: Iterable[tuple[Manifested, KeptPresentation | None]],
    recorded: Recorded | None,
) -> Checked:
    """What the evidence comes to.

    Args:
        evidence: what the copy shows.
        name: the copy's own name, without folders.
        said: the manifests that are asked, and what each has of this presentation.
        recorded: what the record says of its revision, if it is asked.
    """
    reasons = [*_of_itself(evidence, name)]
    manifests = [_of_manifest(evidence, *one) for one in said]
    if not any(one.verdict is not None for one in manifests):
        words = "it carries no signature of its own, and no manifest that is trusted tells of it"
        reasons.append(Reason(About.SIGNATURE, words, Verdict.CANNOT_TELL))
    reasons += manifests
    if recorded is not None:
        reasons += _of_record(evidence, recorded)
    policy, revision = evidence.key[:2] if evidence.key is not None else (None, None)
    return Checked(worst(one.verdict for one in reasons if one.verdict is not None), tuple(reasons), policy, revision)


def _of_itself(evidence: PresentationEvidence, name: str) -> Iterable[Reason]:
    if evidence.key is None:
        yield Reason(About.FILE, evidence.unreadable, Verdict.CANNOT_TELL)
        return
    policy, revision, audience = evidence.key
    whom = audience.value.replace("_", " ")
    yield Reason(About.SOURCE, f"it is what {whom} are asked of the text with the digest {evidence.source}", None)
    if name not in (presentation_place(*evidence.key).rpartition("/")[2], f"{audience.value}.html"):
        words = f"it is of {policy}/{revision} for {whom}, though its name is {name}"
        yield Reason(About.FILE, words, Verdict.CANNOT_TELL)


def _of_manifest(evidence: PresentationEvidence, said: Manifested, kept: KeptPresentation | None) -> Reason:
    if said.is_broken:
        return Reason(About.MANIFEST, f"{said.where} was itself changed, and is not asked", None)
    if kept is None:
        return Reason(About.MANIFEST, f"{said.where} does not know of it", None)
    if kept.digest == evidence.digest:
        words, verdict = f"byte for byte what {said.where} tells of", Verdict.AUTHENTIC
    else:
        words, verdict = f"these are not the bytes that {said.where} tells of", Verdict.ALTERED
    if said.is_vouched_for:
        return Reason(About.MANIFEST, words, verdict)
    return Reason(About.MANIFEST, f"{words}, which proves nothing by itself", None)


def _of_record(evidence: PresentationEvidence, said: Recorded) -> Iterable[Reason]:
    yield from (Reason(About.RECORD, f"{said.where}: {words}", Verdict.CANNOT_TELL) for words in said.errors)
    if evidence.key is None:
        return
    policy, revision, _ = evidence.key
    if said.revision is None:
        if not said.errors:
            words = f"{said.where} has no revision {policy}/{revision}"
            yield Reason(About.RECORD, words, Verdict.CANNOT_TELL)
    elif said.revision.digest != evidence.source:
        words = f"{said.where} has that revision with the digest {said.revision.digest}"
        yield Reason(About.RECORD, words, Verdict.ALTERED)
    else:
        yield Reason(About.RECORD, f"{said.where} has that revision, with that digest")
