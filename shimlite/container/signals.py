# SPDX-License-Identifier: Apache-2.0
"""SIGTERM, with which Kubernetes ends a pod: the executor's clean-up runs, and an error document says what happened.

The first process of a container has no default for SIGTERM and would go on until it is killed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Terminated(BaseException):
    """SIGTERM came. Not an Exception, so that an executor's ``except Exception`` lets it through."""


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """SIGTERM raises Terminated, once; SIGUSR1 writes every thread's stack to stderr, as in flytekit's program.

    Python lets only the main thread decide about signals; in another this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with contextlib.suppress(AttributeError, OSError, RuntimeError, ValueError):  # stderr is closed, or no file
        faulthandler.register(signal.SIGUSR1)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    ignored()
    raise Terminated("SIGTERM")


def ignored() -> None:
    """From now on SIGTERM changes nothing: what is left to do is short, and must not be left half done."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
