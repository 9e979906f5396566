# SPDX-License-Identifier: Apache-2.0
"""SIGTERM, with which Kubernetes ends a pod: the executor's clean-up runs, and an error document says what happened.

The first process of a container has no default for SIGTERM and would go on until it is killed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import threading
from types import FrameType


class Terminated(BaseException):
    """SIGTERM came. Not an Exception, so that an executor's ``except Exception`` lets it through."""


def raise_on_sigterm() -> None:
    """From now on SIGTERM raises Terminated, once; SIGUSR1 writes every thread's stack to stderr, as in flytekit's.

    For a program, which owns its process; outside its main thread, where Python lets nobody do this, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    with contextlib.suppress(AttributeError, OSError, RuntimeError, ValueError):  # stderr is closed, or no file
        faulthandler.register(signal.SIGUSR1)
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> None:
    ignore_from_now_on()
    raise Terminated("SIGTERM")


def ignore_from_now_on() -> None:
    """Where SIGTERM would raise, it now changes nothing: what is left to do is short, and must not be left half done.

    That lasts until the process is gone, since Propeller takes a process that a signal ended for one that failed.
    """
    if signal.getsignal(signal.SIGTERM) is _terminate:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
