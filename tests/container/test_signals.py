# SPDX-License-Identifier: Apache-2.0
"""SIGTERM as an exception, once, and only where Python lets a signal be handled."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from shimlite.container import signals
from shimlite.container.signals import Terminated


def test_it_is_raised_once_and_handled_as_before_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with signals.raised():
        with pytest.raises(Terminated):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) == before
    assert not issubclass(Terminated, Exception)


def test_other_threads_leave_signals_alone():
    seen = []

    def work() -> None:
        with signals.raised():
            signals.ignored()
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_stacks_are_not_asked_for_where_stderr_is_closed(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with signals.raised():
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
