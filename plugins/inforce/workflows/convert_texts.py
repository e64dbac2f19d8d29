"""Convert every text that no build before has converted, in worker processes.

A worker takes the texts of one policy at a time: revisions of one policy repeat each other, and passages that were
converted once are not converted again (`formats.passages`). It reads them from git itself and leaves the renditions in
the cache, so that no text goes from process to process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from inforce.adapters.cache import Cache
from inforce.adapters.git_texts import TextSource
from inforce.core.policy import Revision
from inforce.formats.markdown import Renderer
from inforce.formats.rendition_file import dump
from inforce.formats.revision_file import body
from inforce.workflows.progress import Progress

_FEW = 60
"""Below this many texts, workers would take longer to begin than the texts to convert."""
_MOST = 150
"""How many texts of a policy a worker takes at a time, so that a large policy does not keep one of them alone."""
_Batch = Sequence[tuple[str, str]]
"""Texts of one policy: the id and the digest of each."""


def convert_texts(
    revisions: Iterable[Revision], source: TextSource, cache: Cache, progress: Progress, workers: int
) -> None:
    """Put the renditions of all these revisions into the cache, as far as they are not there.

    What a worker could not do is left: whoever needs that rendition converts it then, and meets the reason.

    Args:
        revisions: the revisions whose renditions will be needed.
        source: where their texts are.
        cache: where the renditions go.
        progress: told of each text.
        workers: how many processes may work at once.
    """
    batches = _batches([one for one in revisions if one.digest not in cache])
    if workers == 1 or sum(map(len, batches)) < _FEW:
        for batch in batches:
            progress.step("texts converted", _convert(batch, source, cache))
        return
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(min(workers, len(batches)), context) as pool:
        tasks = [pool.submit(_convert, batch, source, cache) for batch in batches]
        try:
            for task in as_completed(tasks):
                progress.step("texts converted", task.result())
        except BrokenProcessPool:
            progress.say("a worker process was ended from outside; its texts are converted one after the other")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _batches(revisions: Iterable[Revision]) -> list[_Batch]:
    """The largest first, so that no worker is left alone with one in the end."""
    policies: dict[str, dict[str, str]] = {}
    for one in revisions:
        policies.setdefault(one.policy, {})[one.digest] = one.blob
    batches: list[_Batch] = []
    for digests in policies.values():
        texts = [(blob, digest) for digest, blob in digests.items()]
        batches += [texts[start : start + _MOST] for start in range(0, len(texts), _MOST)]
    return sorted(batches, key=len, reverse=True)


def _convert(batch: _Batch, source: TextSource, cache: Cache) -> int:
    """Convert a batch; the number of its texts."""
    renderer = Renderer(None)
    with source.opened() as texts:
        for blob, _ in batch:
            texts.foresee(blob)
        for blob, digest in batch:
            if (data := texts.read(blob)) is not None:
                cache.put(digest, dump(renderer.render(body(data))))
    return len(batch)
