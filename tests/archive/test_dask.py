"""Rendering on a Dask cluster: a real scheduler and two workers, in processes of their own."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

from inforce.adapters.cache import edition
from inforce.adapters.executors import begun, result_of, see_same
from inforce.core.errors import ConfigurationError

CLUSTER = """
    import sys
    from distributed import LocalCluster

    if __name__ == "__main__":
        with LocalCluster(
            n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None,
            host="127.0.0.1", local_directory=sys.argv[2],
        ) as cluster:
            print(cluster.scheduler_address, flush=True)
            sys.stdin.read()
"""


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory):
    """The address of a scheduler with two workers."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "cluster.py").write_text(textwrap.dedent(CLUSTER))
    command = [sys.executable, str(folder / "cluster.py"), "2", str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as cluster:
        yield cluster.stdout.readline().strip()
        cluster.communicate()


def unsigned(project):
    """The digests of the PDFs before they were signed."""
    text = project.files()["manifest.json"].decode()
    return re.findall(r'"unsigned": \{\s+"digest": "(\w+)"', text)


def test_the_same_pdfs_as_from_processes(posted, archived, scheduler):
    said = posted.export("--executor", f"dask:{scheduler}")
    assert said.out.splitlines()[-1] == "archive: 2 signed, 0 there already"
    assert unsigned(posted) == unsigned(archived) != []


def test_work_is_done_by_the_workers(scheduler):
    with begun(f"dask:{scheduler}", 1, "os") as workers:
        assert workers.number == 2
        pids = {result_of(workers.pool.submit(os.getpid)) for _ in range(20)}
    assert os.getpid() not in pids


def test_no_scheduler(posted):
    said = posted.export("--executor", "dask:tcp://127.0.0.1:9", status=2)
    assert said.err.splitlines()[-2].startswith("--executor: no Dask scheduler answers at tcp://127.0.0.1:9: ")
    assert posted.pdfs() == {}


def test_an_executor_that_nobody_knows(posted):
    said = posted.export("--executor", "cloud", status=2)
    assert "'cloud' is neither `processes` nor `dask:ADDRESS`" in said.err


def test_workers_of_another_edition_are_refused():
    with pytest.raises(ConfigurationError) as refused:
        see_same("tcp://10.0.0.7:8786", {"tcp://10.0.0.8:1": edition(), "tcp://10.0.0.9:1": "another"})
    assert str(refused.value).splitlines()[0] == (
        "--executor: the Dask worker tcp://10.0.0.9:1 has another edition of Inforce or of its libraries"
    )


def test_a_cluster_without_workers_is_refused():
    with pytest.raises(ConfigurationError, match=r"the Dask scheduler at tcp://10\.0\.0\.7:8786 has no worker"):
        see_same("tcp://10.0.0.7:8786", {})
