"""Work that is dealt out: done once by whoever, and what a worker could not do is done where its failure is met."""

import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from inforce.adapters.workers import dealt


def program(script):
    """A program of its own: pytest has threads, and so is never copied."""
    before = "from inforce.adapters.workers import dealt\nimport os, time\n"
    return [sys.executable, "-c", before + textwrap.dedent(script)]


def run(script):
    return subprocess.run(program(script), capture_output=True, text=True, timeout=60, check=False)


def test_every_task_is_done_once_and_by_other_processes():
    done = run("""
        def work(number):
            time.sleep(0.01)
            return number, os.getpid()
        answers = list(dealt(work, range(20), 3))
        print(sorted(number for number, _ in answers) == list(range(20)))
        print(len({process for _, process in answers}), os.getpid() in {process for _, process in answers})
    """)
    assert (done.stdout, done.stderr) == ("True\n3 False\n", "")


def test_a_worker_has_what_was_there_and_keeps_what_it_changes():
    done = run("""
        there = ["before"]
        def work(word):
            there.append(word)
            return there[0]
        print(list(dealt(work, ["a", "b", "c"], 2)), there)
    """)
    assert done.stdout == "['before', 'before', 'before'] ['before']\n"


def test_the_failure_of_a_task_is_met_where_the_work_was_dealt_out():
    done = run("""
        def work(number):
            if number == 1:
                raise ValueError(f"{number} cannot be done")
            return number
        list(dealt(work, range(4), 2))
    """)
    assert "ValueError: 1 cannot be done" in done.stderr
    assert done.returncode == 1


def test_what_a_worker_that_was_killed_had_to_do_is_done_all_the_same():
    done = run("""
        first = os.getpid()
        def work(number):
            if os.getpid() != first and number in (0, 3):
                os.kill(os.getpid(), 9)
            return number
        print(sorted(dealt(work, range(8), 2)))
    """)
    assert (done.stdout, done.stderr) == ("[0, 1, 2, 3, 4, 5, 6, 7]\n", "")


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_no_worker_is_left_when_whoever_asked_is_gone(name):
    process = subprocess.Popen(
        program("""
            def work(number):
                os.write(1, b"at work\\n")
                time.sleep(0.2)
            list(dealt(work, range(1000), 3))
        """),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(6):
        assert process.stdout.readline() == b"at work\n"

    process.send_signal(getattr(signal, name))

    process.communicate(timeout=20)  # Comes to an end when the last worker does: each holds the other end of the pipe.


def test_a_process_with_threads_is_not_copied():
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert list(dealt(lambda number: (number, os.getpid()), range(3), 2)) == [
            (one, os.getpid()) for one in range(3)
        ]
    finally:
        done.set()
        other.join()
