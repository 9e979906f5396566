# SPDX-License-Identifier: Apache-2.0
"""Waiting so that a signal gets through, and a few things at the same time.

Python runs the handler of a signal between two steps of the main thread's own code, so that one must not be the thread
that waits inside a library. All threads are daemons: whoever was interrupted does not wait for them, nor does the
end of the process.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

AT_ONCE = 4
"""Files that travel at the same time."""

_T = TypeVar("_T")
_R = TypeVar("_R")


def interruptible(method: Callable[..., _R]) -> Callable[..., _R]:
    """Called in the main thread, do it in another, and wait here."""

    @functools.wraps(method)
    def call(*arguments: Any) -> _R:
        if threading.current_thread() is not threading.main_thread():
            return method(*arguments)
        results: list[_R] = []
        at_once(lambda _: results.append(method(*arguments)), [None], most=1)
        return results[0]

    return call


def at_once(work: Callable[[_T], object], items: Iterable[_T], most: int = AT_ONCE) -> None:
    """Do it for each, ``most`` of them at a time. The first failure is raised, and nothing is begun after it.

    Fewer at a time where the system starts no more threads; one after the other, in this thread, where it starts none.
    """
    left = iter(items)
    nothing: Any = object()
    lock = threading.Lock()
    failures: list[BaseException] = []

    def worker() -> None:
        try:
            while not failures:
                with lock:
                    item = next(left, nothing)
                if item is nothing:
                    return
                work(item)
        except BaseException as error:
            failures.append(error)

    threads = _started(worker, most)
    if not threads:
        worker()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def briefly(work: Callable[[], object], seconds: float) -> None:
    """Do it in another thread, and wait this long at most. What it raises is nobody's."""

    def quietly() -> None:
        with contextlib.suppress(BaseException):
            work()

    for thread in _started(quietly, 1):
        thread.join(seconds)


def _started(work: Callable[[], None], most: int) -> list[threading.Thread]:
    """``most`` threads, or as many as the system starts."""
    threads: list[threading.Thread] = []
    with contextlib.suppress(Exception):  # none are left, or threading finds what it needs of sys deleted
        for _ in range(most):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            threads.append(thread)
    return threads
