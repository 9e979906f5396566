# SPDX-License-Identifier: Apache-2.0
"""SIGTERM as an exception, once, and not at all where there is little left to do."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest
from shimlite.container.signals import Terminated, ignore_from_now_on, raise_on_sigterm

from shimlite import cli
from shimlite._idl import ErrorDocument


@pytest.fixture(autouse=True)
def as_before():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_it_is_raised_once():
    raise_on_sigterm()
    with pytest.raises(Terminated, match="^SIGTERM$"):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert not issubclass(Terminated, Exception)


def test_it_is_not_raised_when_little_is_left_to_do():
    raise_on_sigterm()
    ignore_from_now_on()
    os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_the_handler_of_another_program_stays():
    def mine(number, frame):
        pass

    signal.signal(signal.SIGTERM, mine)
    ignore_from_now_on()
    assert signal.getsignal(signal.SIGTERM) is mine


def test_stacks_are_not_asked_for_where_stderr_is_closed(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    raise_on_sigterm()
    with pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)


def test_another_thread_leaves_signals_alone():
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=raise_on_sigterm)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is before


def test_sigterm_before_the_run_leaves_an_error_document_where_it_can(tmp_path, monkeypatch, capsys):
    def terminated(parser, argv):
        raise Terminated("SIGTERM")

    monkeypatch.setattr(cli, "parse", terminated)
    assert cli.execute_main(["--output-prefix", str(tmp_path)]) == 0
    assert ErrorDocument.FromString((tmp_path / "error.pb").read_bytes()).error.code == "SYSTEM:Interrupted"
    capsys.readouterr()
    assert cli.execute_main([]) == 2
    assert capsys.readouterr().err == "shimlite-execute: SIGTERM\n"
