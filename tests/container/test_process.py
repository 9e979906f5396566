# SPDX-License-Identifier: Apache-2.0
"""The process of a pod: SIGTERM as an exception, once; what is settled before the last file; an end that always comes.

Most of it runs in a forked child, whose signals, limits and end are not those of the tests.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import gzip
import io
import os
import resource
import select
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable

import pytest

from shimlite import ArgumentsError, FlyteFile, cli
from shimlite._idl import ErrorDocument
from shimlite.container import process as module
from shimlite.container.entrypoint import Ending
from shimlite.container.process import Alone, Process, Terminated, TimeIsUp

PASSED = 77


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """What a process that is owned changes of the one that the tests are in."""
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    limits = {limit: resource.getrlimit(limit) for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)}
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    wakeup = signal.set_wakeup_fd(-1)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.set_wakeup_fd(wakeup)
    for number, handler in handlers.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)
    for limit, before in limits.items():
        resource.setrlimit(limit, before)


def in_child(work: Callable[[], object]) -> int:
    """How a forked child ends that does this work: with PASSED where it comes back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads that other tests may have left
        child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(PASSED)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# --- signals ----------------------------------------------------------------------------------------------------------


def test_sigterm_is_raised_once():
    Process(owned=True)
    with pytest.raises(Terminated, match="^SIGTERM$"):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert not issubclass(Terminated, Exception)
    assert not issubclass(TimeIsUp, Exception)


def test_sigterm_ends_a_child_as_if_there_were_no_handler():
    Process(owned=True)
    assert in_child(lambda: os.kill(os.getpid(), signal.SIGTERM)) == -signal.SIGTERM


def test_in_a_child_the_handler_restores_the_default(monkeypatch):
    """As the test before, in this process, where it can be measured."""
    process, sent = Process(owned=True), []
    process.pid -= 1
    monkeypatch.setattr(os, "kill", lambda *arguments: sent.append(arguments))
    signal.raise_signal(signal.SIGTERM)
    assert sent == [(os.getpid(), signal.SIGTERM)]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_process_of_somebody_else_keeps_its_signals():
    before = signal.getsignal(signal.SIGTERM)
    process = Process()
    process.settle()
    assert process.within(1, lambda: signal.getsignal(signal.SIGALRM)) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_thread_leaves_signals_alone():
    before, processes = signal.getsignal(signal.SIGTERM), []
    thread = threading.Thread(target=lambda: processes.append(Process(owned=True)))
    thread.start()
    thread.join()
    processes[0].settle()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_stacks_are_not_asked_for_where_stderr_is_no_file(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    Process(owned=True)
    with pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)


# --- what is settled --------------------------------------------------------------------------------------------------


def raises(number: int, frame: object) -> None:
    raise RuntimeError("from a handler")


def test_settled_signals_interrupt_nothing():
    process = Process(owned=True)
    for number in (signal.SIGALRM, signal.SIGUSR2, signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, raises)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.01)
    process.settle()
    time.sleep(0.1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGALRM, signal.SIGUSR2):
        signal.raise_signal(number)
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) & {signal.SIGTERM, signal.SIGALRM} == set()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_settling_goes_on_where_a_handler_raises(monkeypatch):
    process, calls = Process(owned=True), []

    def broken(limit: int) -> tuple[int, int]:
        calls.append(limit)
        if len(calls) < 3:
            raise RuntimeError
        return resource.RLIM_INFINITY, resource.RLIM_INFINITY

    monkeypatch.setattr(resource, "getrlimit", broken)
    process.settle()
    assert len(calls) == 7


def test_settling_ends_where_something_raises_always(monkeypatch):
    process = Process(owned=True)
    monkeypatch.setattr(resource, "getrlimit", raises)
    process.settle()


def test_limits_and_what_was_reserved_are_given_back():
    def work() -> None:
        process = Process(owned=True)
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (30, before[1]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        taken = []
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        process.settle()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
        assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
        assert [os.open(os.devnull, os.O_RDONLY) for _ in range(module.DESCRIPTORS)]

    assert in_child(work) == PASSED


@pytest.mark.parametrize(("owned", "after"), [(True, (1000, 5000)), (False, (200, 5000))])
def test_recursion_is_allowed_again_where_the_process_is_owned(owned, after):
    before, found = sys.getrecursionlimit(), []
    try:
        for limit in (200, 5000):
            sys.setrecursionlimit(limit)
            Process(owned=owned).settle()
            found.append(sys.getrecursionlimit())
    finally:
        sys.setrecursionlimit(before)
    assert tuple(found) == after


def test_the_numbers_of_closed_streams_are_taken():
    """Whoever still writes to them must not write to our files."""

    def work() -> None:
        process = Process(owned=True)
        for standard in range(3):
            os.close(standard)
        process.settle()
        assert {os.fstat(standard).st_rdev for standard in range(3)} == {os.stat(os.devnull).st_rdev}

    assert in_child(work) == PASSED


def test_of_the_reserve_only_what_is_still_it_is_closed(tmp_path):
    process = Process(owned=True)
    gone, another, *rest = process._descriptors
    os.close(gone)
    os.dup2(os.open(tmp_path / "text", os.O_WRONLY | os.O_CREAT), another)
    os.close(gone)  # the number that was free
    process.settle()
    assert os.write(another, b"text") == 4
    os.close(another)
    for one in (gone, *rest):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(one)


def test_a_watchdog_of_the_executors_is_called_off():
    def work() -> None:
        import faulthandler

        process = Process(owned=True)
        faulthandler.dump_traceback_later(0.2, exit=True)
        process.settle()
        time.sleep(0.4)

    assert in_child(work) == PASSED


# --- work that must end -----------------------------------------------------------------------------------------------


def test_work_has_its_result_or_none():
    for process in (Process(), Process(owned=True)):
        assert process.within(1, lambda: 5) == 5
        for error in (ValueError, SystemExit, KeyboardInterrupt, TimeIsUp):
            assert process.within(1, lambda error=error: (_ for _ in ()).throw(error)) is None


def test_work_that_takes_too_long_is_interrupted():
    process = Process(owned=True)
    began = time.monotonic()
    assert process.within(0.1, lambda: time.sleep(30)) is None
    assert time.monotonic() - began < 25
    time.sleep(module.AGAIN * 1.2)


def test_work_that_goes_on_is_interrupted_again():
    interrupted = []

    def work() -> str:
        for _ in range(2):
            try:
                time.sleep(30)
            except TimeIsUp:
                interrupted.append(1)
        return "done"

    assert Process(owned=True).within(0.05, work) == "done"
    assert interrupted == [1, 1]


def test_work_that_takes_no_notice_is_escaped_from():
    class Escaped(BaseException):
        pass

    def escape() -> None:
        raise Escaped

    def work() -> None:
        while True:
            with contextlib.suppress(TimeIsUp):
                time.sleep(30)

    process = Process(owned=True)
    process.escape = escape
    assert process.within(0.05, work) is None
    assert process.escape is None


# --- the end ----------------------------------------------------------------------------------------------------------


class Ended(BaseException):
    pass


class Observed:
    """A process whose end can be looked at: what ``os._exit`` was called with, and in which order things were done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[object] = []
        self.process = Process(owned=True)
        self.process.settle()
        monkeypatch.setattr(os, "_exit", self._exit)
        monkeypatch.setattr(module, "_leave_at", lambda until, reader, leave: None)  # it would end the tests
        monkeypatch.setattr(module, "_open_files", lambda: [self])  # it would close those of the tests
        monkeypatch.setattr(threading, "_shutdown", lambda: self.done.append("threads"))
        monkeypatch.setattr(atexit, "_run_exitfuncs", lambda: self.done.append("handlers"))

    def close(self) -> None:
        self.done.append("files")

    def _exit(self, code: int) -> None:
        self.done.append(code)
        raise Ended

    def end(self, code: int = 0, words: str = "") -> list[object]:
        with pytest.raises(Ended):
            self.process.end(code, words)
        return self.done


@pytest.fixture
def ending(monkeypatch, capfd):
    return Observed(monkeypatch)


def test_words_then_threads_then_handlers_then_the_code(ending, capfd):
    ending.process._streams = sys.stdout, sys.stderr
    print("text", end="")
    assert ending.end(3, "words") == ["threads", "handlers", "files", 3]
    assert capfd.readouterr() == ("text", "words\n")


def test_no_words_are_no_line(ending, capfd):
    assert ending.end() == ["threads", "handlers", "files", 0]
    assert capfd.readouterr() == ("", "")


def test_threads_that_are_left_are_counted(ending, capfd):
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    ending.process._streams = sys.stdout, sys.stderr
    ending.end()
    over.set()
    thread.join()
    assert capfd.readouterr().err == "the process ends without 1 of its threads\n"


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_whatever_raises_the_code_is_the_same(ending, monkeypatch, error):
    class Broken:
        encoding = "utf-8"

        def write(self, text: str) -> None:
            raise error

        flush = write

    def broken() -> None:
        raise error

    monkeypatch.setattr(sys, "stdout", Broken())
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(threading, "_shutdown", broken)
    monkeypatch.setattr(atexit, "_run_exitfuncs", broken)
    ending.process._streams = Broken(), Broken()
    assert ending.end(1, "words") == ["files", 1]


@pytest.mark.parametrize(
    ("encoding", "line"), [("ascii", b"m\\xfc\\u2603\n"), (None, "mü☃\n".encode()), ("latin-1", b"m\xfc\\u2603\n")]
)
def test_words_that_the_log_cannot_encode_are_escaped(ending, encoding, line):
    written = io.BytesIO()
    streams = {
        True: lambda: type(
            "Stream", (), {"encoding": None, "write": lambda self, text: written.write(text.encode())}
        )(),
        False: lambda: io.TextIOWrapper(written, encoding=encoding),
    }
    stream = streams[encoding is None]()
    ending.process._streams = None, stream
    ending.end(0, "mü☃")
    assert written.getvalue() == line


def test_a_process_of_somebody_else_keeps_its_handlers_at_its_end(ending):
    before = signal.getsignal(signal.SIGTERM)
    ending.process = Process()
    assert ending.end(2) == ["threads", "handlers", "files", 2]
    assert signal.getsignal(signal.SIGTERM) is before


def test_files_that_are_open_are_closed_from_the_outside_in(monkeypatch, tmp_path):
    class Odd(io.TextIOWrapper):
        def close(self) -> None:
            closed.append("odd")
            raise OSError

    closed: list[str] = []
    text, odd = open(tmp_path / "text", "w"), Odd(io.BytesIO())  # noqa: SIM115
    text.write("text")
    packed = gzip.open(tmp_path / "packed", "wt")  # noqa: SIM115
    packed.write("packed")
    reader = open(tmp_path / "text", "rb")  # noqa: SIM115
    things = [packed.buffer.fileobj, packed.buffer, packed, reader, sys.__stdout__, odd, text, text.buffer, 5]
    monkeypatch.setattr(gc, "get_objects", lambda: things)
    for file in module._open_files():
        Process().within(1, file.close)
    monkeypatch.undo()
    assert (closed, reader.closed) == (["odd"], False)
    reader.close()
    assert (tmp_path / "text").read_text() == "text"
    assert gzip.decompress((tmp_path / "packed").read_bytes()) == b"packed"
    monkeypatch.setattr(sys, "__stderr__", None)
    monkeypatch.setattr(gc, "get_objects", list)
    assert module._open_files() == []
    monkeypatch.setattr(Odd, "close", lambda self: None)


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_a_file_that_its_executor_would_have_had_to_close_is_not_there(monkeypatch, tmp_path, mode):
    """Neither whole nor half."""
    opened = FlyteFile(f"{tmp_path}/a").open(mode)
    opened.write("x" if mode == "w" else b"x")
    assert os.listdir(tmp_path) != []
    monkeypatch.setattr(gc, "get_objects", lambda: [opened, getattr(opened, "buffer", opened)])
    for file in module._open_files():
        module._ending(file)()
    monkeypatch.undo()
    assert opened.closed
    assert os.listdir(tmp_path) == []


def test_without_a_stderr_words_are_lost(ending):
    ending.process._streams = None, None
    assert ending.end(0, "words") == ["threads", "handlers", "files", 0]


def test_sigterm_ends_it_at_once(ending, monkeypatch):
    monkeypatch.setattr(threading, "_shutdown", lambda: signal.raise_signal(signal.SIGTERM))
    assert ending.end(1)[0] == 1


def test_what_is_ignored_of_time_that_is_up_and_what_not(ending, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)

    class Odd:
        def __init__(self, error: type[BaseException]) -> None:
            self.error = error

        def __del__(self) -> None:
            raise self.error

    monkeypatch.setattr(threading, "_shutdown", lambda: [Odd(TimeIsUp), Odd(ValueError)].clear())
    ending.end()
    assert [error.exc_type for error in seen] == [ValueError]


@pytest.mark.parametrize("sent", [b"", bytes([signal.SIGINT]), bytes([signal.SIGINT, signal.SIGTERM])])
def test_another_thread_ends_the_process_when_the_time_is_up_or_sigterm_came(sent):
    left = []
    reader, writer = os.pipe()
    os.write(writer, sent)
    began = time.monotonic()
    module._leave_at(began + 0.3, reader, lambda: left.append(time.monotonic() - began))
    os.close(reader)
    os.close(writer)
    assert left[0] < 0.3 if signal.SIGTERM in sent else left[0] >= 0.3
    assert select.select  # imported before there may be no descriptor to import it with


def test_a_real_end():
    def work() -> None:
        process = Process(owned=True)
        threading.Thread(target=threading.Event().wait).start()
        process.settle()
        process.end(5, "")

    began = time.monotonic()
    assert in_child(lambda: (os.close(2), work())) == 5
    assert time.monotonic() - began < 8


# --- children ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0), (ValueError("x"), 1), (SystemExit(), 0), (SystemExit(0), 0), (SystemExit(7), 7),
        (SystemExit(True), 1), (SystemExit(256 + 3), 3), (SystemExit(-1), 255), (SystemExit("words"), 1),
        (SystemExit(10**30), 0), (KeyboardInterrupt(), 1),
    ],
)  # fmt: skip
def test_a_child_that_comes_back_out_ends(monkeypatch, error, code):
    def work() -> None:
        with alone:
            os.getpid()
            if error is not None:
                raise error

    alone = Alone()
    assert in_child(lambda: forked(work)) == PASSED
    codes = []
    monkeypatch.setattr(os, "_exit", codes.append)
    with contextlib.suppress(BaseException), alone:
        alone._pid -= 1
        if error is not None:
            raise error
    assert codes == [code]


def forked(work: Callable[[], None]) -> None:
    """In a parent, all that ``Alone`` does is nothing."""
    with contextlib.suppress(BaseException):
        work()


def test_a_child_really_ends():
    def work() -> None:
        with Alone():
            child = os.fork()
            if child == 0:
                raise SystemExit(7)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) + 1)

    assert in_child(work) == 8


# --- before a run -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Terminated("SIGTERM"), "SYSTEM:Interrupted", "SIGTERM"),
        (KeyboardInterrupt(), "SYSTEM:Interrupted", ""),
        (RuntimeError("from a handler"), "USER:RuntimeError", "from a handler"),
        (ArgumentsError("wrong", path="arguments"), "USER:ArgumentsError", "arguments: wrong"),
    ],
)
def test_what_comes_before_the_run_leaves_an_error_document_where_it_can(tmp_path, monkeypatch, error, code, said):
    def broken(parser: object, argv: object) -> None:
        raise error

    monkeypatch.setattr(cli, "parse", broken)
    ending = cli.executed(["--output-prefix", str(tmp_path)], Process())
    document = ErrorDocument.FromString((tmp_path / "error.pb").read_bytes()).error
    assert (ending.code, document.code) == (0, code)
    assert ending.words.endswith(document.message)
    ending = cli.executed([], Process())
    assert ending.code == 2
    assert ending.words.endswith(f"shimlite-execute: {said}")
    assert ending.words.startswith("usage: ") == isinstance(error, ArgumentsError)


def test_a_signal_while_the_parser_is_made_leaves_an_error_document(tmp_path, monkeypatch):
    added = cli._add_version

    def interrupted(parser: object) -> None:
        monkeypatch.setattr(cli, "_add_version", added)
        raise Terminated("SIGTERM")

    monkeypatch.setattr(cli, "_add_version", interrupted)
    assert cli.executed(["--output-prefix", str(tmp_path)], Process()).code == 0
    document = ErrorDocument.FromString((tmp_path / "error.pb").read_bytes()).error
    assert document.code == "SYSTEM:Interrupted"
    assert document.message.endswith("\nMessage:\n\n    Terminated: SIGTERM\n")


def test_the_program_ends_its_process(monkeypatch):
    ended = []
    monkeypatch.setattr(Process, "end", lambda self, *ending: ended.append((self.owned, *ending)))
    monkeypatch.setattr(cli, "executed", lambda argv, process: Ending(3, repr(argv)))
    monkeypatch.setattr(sys, "argv", ["shimlite-execute", "a", "b"])
    cli.execute_main()
    cli.execute_main(["c"])
    assert ended == [(True, 3, "['a', 'b']"), (True, 3, "['c']")]


def test_what_handlers_interrupt_is_begun_again(monkeypatch, tmp_path):
    """And given up where that goes on."""
    failures = [RuntimeError("first"), RuntimeError("second")]

    def interrupted(*arguments: object) -> object:
        if failures:
            raise failures.pop(0)
        return fail(*arguments)

    fail = cli.fail
    monkeypatch.setattr(cli, "parse", interrupted)
    monkeypatch.setattr(cli, "fail", interrupted)
    assert cli.executed(["--output-prefix", str(tmp_path)], Process()).code == 0
    error = ErrorDocument.FromString((tmp_path / "error.pb").read_bytes()).error
    assert error.message.endswith("\nMessage:\n\n    RuntimeError: first\n")
    monkeypatch.setattr(cli, "TRIES", 3)
    failures += [RuntimeError("again")] * 3
    assert cli.executed(["--output-prefix", str(tmp_path)], Process()) == Ending(1)
