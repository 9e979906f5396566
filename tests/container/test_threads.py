# SPDX-License-Identifier: Apache-2.0
"""A few things at the same time, and waits that a signal ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from shimlite.container.process import Process, Terminated
from shimlite.container.threads import AT_ONCE, at_once, interruptible


def test_all_are_done_a_few_at_a_time():
    done, now, most, lock = [], [0], [0], threading.Lock()

    def work(number: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
            done.append(number)

    at_once(work, (number for number in range(20)))
    assert sorted(done) == list(range(20))
    assert 1 < most[0] <= AT_ONCE
    at_once(work, [])
    assert len(done) == 20


@pytest.mark.parametrize("failure", [ValueError, StopIteration, SystemExit])
def test_the_first_failure_is_raised_and_nothing_begun_after_it(failure):
    done = []

    def work(number: int) -> None:
        if number == 3:
            raise failure
        time.sleep(0.01)
        done.append(number)

    with pytest.raises(failure):
        at_once(work, range(1000))
    assert len(done) < 20


def test_items_that_cannot_be_listed():
    def items():
        yield 1
        raise OSError("listing")

    with pytest.raises(OSError, match="^listing$"):
        at_once(lambda item: None, items())


def test_a_result_and_a_failure_come_back_from_the_other_thread():
    @interruptible
    def where(fails: bool) -> threading.Thread:
        if fails:
            raise ValueError("as it was")
        return threading.current_thread()

    assert where(False) is not threading.main_thread()
    with pytest.raises(ValueError, match="^as it was$"):
        where(True)
    inside = []
    thread = threading.Thread(target=lambda: inside.append(where(False)))
    thread.start()
    thread.join()
    assert inside == [thread]


def test_a_signal_ends_the_wait():
    over = threading.Event()
    before = signal.getsignal(signal.SIGTERM)
    Process(owned=True)
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
    with pytest.raises(Terminated):
        interruptible(over.wait)()
    over.set()
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()])
@pytest.mark.parametrize("started", [0, 1, 3])
def test_where_no_more_threads_can_be_started_each_is_done_once_all_the_same(monkeypatch, error, started):
    start, workers, done = threading.Thread.start, [], []

    def limited(thread: threading.Thread) -> None:
        if len(workers) == started:
            raise error
        workers.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    at_once(lambda number: done.append((number, threading.current_thread())), range(200))
    assert sorted(number for number, _ in done) == list(range(200))
    assert {thread for _, thread in done} <= set(workers or [threading.main_thread()])
    workers[:] = [threading.main_thread()] * started
    assert interruptible(lambda: threading.current_thread())() is threading.main_thread()
    with pytest.raises(SystemExit):
        interruptible(sys.exit)()


def test_where_the_system_starts_none():
    """A process that may have no thread beside the one that it is."""
    program = (
        "import resource, threading; from shimlite.container.threads import at_once, interruptible\n"
        "threading.stack_size(2**30)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))\n"
        "done = []\n"
        "at_once(done.append, range(9))\n"
        "print(done, interruptible(threading.current_thread)() is threading.main_thread())\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("[0, 1, 2, 3, 4, 5, 6, 7, 8] True\n", "")
