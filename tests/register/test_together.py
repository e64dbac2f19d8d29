"""Of threads that wait, one works for all: nothing is lost, nothing is done twice, and nobody waits for ever."""

import threading
from collections import Counter

import pytest

from inforce.adapters.acceptance.together import Together


def started(together, *things):
    threads = [threading.Thread(target=together.do, args=(one,)) for one in things]
    for thread in threads:
        thread.start()
    return threads


def waiting(together, count):
    while len(together._waiting) < count:
        pass


def test_who_comes_meanwhile_is_worked_for_together_and_never_too_many_at_once():
    done, may_go = [], threading.Event()

    def work(some):
        if not done:
            assert may_go.wait(30)
        done.append(list(some))

    together = Together(work, 4)
    threads = started(together, 0)
    while not together._is_worked:
        pass
    for number in range(1, 10):
        threads += started(together, number)
        waiting(together, number)
    may_go.set()
    for thread in threads:
        thread.join()
    assert done == [[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]]
    together.do(10)
    assert done[-1] == [10]


def test_one_that_is_interrupted_leaves_the_others_to_do_it_themselves():
    done, gathered = Counter(), threading.Event()

    def work(some):
        assert gathered.wait(30)
        if "interrupted" in some and not done["interrupted"]:
            done["interrupted"] += 1
            raise KeyboardInterrupt
        done.update(some)

    together = Together(work, 10)

    def interrupted():
        with pytest.raises(KeyboardInterrupt):
            together.do("interrupted")

    first = threading.Thread(target=together.do, args=("first",))
    first.start()
    while not together._is_worked:
        pass
    second = threading.Thread(target=interrupted)
    second.start()
    waiting(together, 1)
    others = started(together, "a", "b", "c")
    waiting(together, 4)
    gathered.set()
    for thread in (first, second, *others):
        thread.join(30)
        assert not thread.is_alive()
    assert done == {"first": 1, "interrupted": 1, "a": 1, "b": 1, "c": 1}


def test_a_thousand_are_each_worked_for_once():
    done, busy = Counter(), threading.Lock()

    def work(some):
        assert busy.acquire(blocking=False)
        done.update(some)
        busy.release()

    together = Together(work, 64)

    def several(begin):
        for number in range(begin, begin + 50):
            together.do(number)
            assert done[number] == 1

    threads = [threading.Thread(target=several, args=(begin,)) for begin in range(0, 1000, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), set(done.values()), together._is_worked) == (1000, {1}, False)
