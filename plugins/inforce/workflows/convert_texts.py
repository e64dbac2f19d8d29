"""Convert every text that no build before has converted, in worker processes.

A worker takes texts of one policy at a time: revisions of one policy repeat each other, and passages that were
converted once are not converted again (`formats.passages`). It reads them from git itself and leaves the renditions in
the cache, so that no text goes from process to process. Run as a program, this module is such a worker: it takes its
work from standard input as JSON, and prints the number of texts of each batch that is done::

    {"source": {"folder": "…", "environment": {…}}, "cache": "…", "batches": [[["<blob>", "<digest>"], …], …]}
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

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
"""How many texts of a policy make a batch, so that a large policy does not keep one worker alone."""
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
        progress: told of each batch.
        workers: how many processes may work at once.
    """
    batches = _batches(one for one in revisions if one.digest not in cache)
    if workers == 1 or sum(map(len, batches)) < _FEW:
        for batch in batches:
            progress.step("texts converted", _convert(batch, source, cache))
        return
    shares = [share for share in _shares(batches, workers) if share]
    done: SimpleQueue[int] = SimpleQueue()
    with ThreadPoolExecutor(len(shares)) as pool:
        for share in shares:
            pool.submit(partial(_let_work, share, source, cache, done))
        working = len(shares)
        while working:
            count = done.get()
            working -= count == 0
            progress.step("texts converted", count)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _batches(revisions: Iterable[Revision]) -> list[_Batch]:
    policies: dict[str, dict[str, str]] = {}
    for one in revisions:
        policies.setdefault(one.policy, {})[one.digest] = one.blob
    batches: list[_Batch] = []
    for digests in policies.values():
        texts = [(blob, digest) for digest, blob in digests.items()]
        batches += [texts[start : start + _MOST] for start in range(0, len(texts), _MOST)]
    return batches


def _shares(batches: Iterable[_Batch], workers: int) -> list[list[_Batch]]:
    """The batches, dealt out so that each worker has about as much: the largest first, to whoever has least."""
    shares: list[list[_Batch]] = [[] for _ in range(workers)]
    for batch in sorted(batches, key=len, reverse=True):
        min(shares, key=lambda share: sum(map(len, share))).append(batch)
    return shares


def _let_work(share: list[_Batch], source: TextSource, cache: Cache, done: SimpleQueue[int]) -> None:
    """Have a worker convert its share; tells of each batch, and 0 in the end, whatever that is."""
    told = {"folder": source.folder, "environment": dict(source.environment)}
    work = json.dumps({"source": told, "cache": str(cache.folder), "batches": share})
    command = [sys.executable, "-P", "-m", __name__]
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
            if worker.stdin is not None and worker.stdout is not None:
                worker.stdin.write(work)
                worker.stdin.close()
                for line in worker.stdout:
                    done.put(int(line))
    finally:
        done.put(0)


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


def _work() -> Iterator[int]:
    work = json.load(sys.stdin)
    source, cache = TextSource(**work["source"]), Cache(Path(work["cache"]))
    for batch in work["batches"]:
        yield _convert(batch, source, cache)


if __name__ == "__main__":
    for count in _work():
        sys.stdout.write(f"{count}\n")
        sys.stdout.flush()
