# SPDX-License-Identifier: Apache-2.0
"""What a transfer says, and when."""

from __future__ import annotations

import io
import sys
import threading

import pytest

from shimlite.container.progress import Progress


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(terminal: bool, *steps: tuple[float, int], fails: bool = False) -> str:
    """What a transfer of 10 MB says that has moved so many bytes more after so many seconds more."""
    screen, clock = Screen(terminal), Clock()
    try:
        with Progress("downloaded", "s3://b/k", screen, clock) as progress:
            progress.expect(4_000_000)
            progress.expect(6_000_000)
            for seconds, size in steps:
                clock.now += seconds
                progress.moved(size)
            if fails:
                raise KeyError
    except KeyError:
        pass
    return screen.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
def test_a_short_transfer_says_nothing(terminal):
    assert told(terminal, (1, 5_000_000), (3.9, 5_000_000)) == ""


def test_a_long_one_says_in_a_log_that_it_is_done():
    steps = ((2, 1_000_000), (3.1, 2_000_000), (4.9, 7_000_000))
    assert told(False, *steps) == "downloaded s3://b/k: 10 MB in 10 s\n"
    assert told(False, *steps, fails=True) == ""


def test_at_a_terminal_it_says_how_far_it_is():
    line, longer = "s3://b/k: 999 kB of 10 MB", "s3://b/k: 1 MB of 10 MB"
    steps = ((4.9, 900_000), (0.2, 99_000), (0.4, 1), (0.2, 1_000))
    assert told(True, *steps) == (
        f"\r{line}\r{longer.ljust(len(line))}\r{' ' * len(longer)}\rdownloaded s3://b/k: 1 MB in 6 s\n"
    )
    assert told(True, *steps, fails=True) == f"\r{line}\r{longer.ljust(len(line))}\r{' ' * len(longer)}\r"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (10**6, "1 MB"),
        (1_500_000, "2 MB"),
        (10**9, "1.0 GB"),
        (123_456 * 10**6, "123.5 GB"),
    ],
)
def test_sizes(size, text):
    assert told(False, (5, size)) == f"downloaded s3://b/k: {text} in 5 s\n"


def test_it_speaks_on_stderr(capsys):
    clock = Clock()
    with Progress("uploaded", "x", clock=clock):
        clock.now += 7
    assert capsys.readouterr() == ("", "uploaded x: 0 B in 7 s\n")


class Broken:
    """A stream that raises what it is made with, in one of its methods."""

    def __init__(self, method: str, error: BaseException) -> None:
        self.method = method
        self.error = error
        self.called: list[str] = []

    def _do(self, method: str) -> bool:
        self.called.append(method)
        if method == self.method:
            raise self.error
        return True

    def isatty(self) -> bool:
        return self._do("isatty")

    def write(self, text: str) -> None:
        self._do("write")

    def flush(self) -> None:
        self._do("flush")


def moved_over(stream: object) -> int:
    """How much a long transfer has moved that says something in its middle and at its end."""
    clock = Clock()
    with Progress("uploaded", "s3://b/é", stream, clock) as progress:
        for _ in range(3):
            clock.now += 6
            progress.moved(10)
    return progress._moved


def in_a_thread(work, *arguments):
    """What work returns, or raises, in another thread than the main one."""
    results = []

    def run() -> None:
        try:
            results.append(work(*arguments))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left"), ValueError("closed"), RecursionError(), SystemExit(3), GeneratorExit()]
)
@pytest.mark.parametrize(
    ("method", "called"),
    [("isatty", ["isatty"]), ("write", ["isatty", "write"]), ("flush", ["isatty", "write", "flush"])],
)
def test_a_stream_that_raises_is_told_no_more_and_the_transfer_goes_on(method, called, error):
    stream = Broken(method, error)
    assert moved_over(stream) == 30
    assert stream.called == called


def test_a_signal_in_the_main_thread_ends_it_and_what_a_stream_raises_elsewhere_does_not():
    for error in (KeyboardInterrupt(), BaseException()):
        with pytest.raises(type(error)):
            moved_over(Broken("write", error))
        assert in_a_thread(moved_over, Broken("write", error)) == 30


def test_a_stream_that_is_gone_closed_full_or_no_stream(monkeypatch):
    closed = io.StringIO()
    closed.close()
    assert moved_over(closed) == 30
    assert moved_over(object()) == 30
    full = open("/dev/full", "w")  # noqa: SIM115 - closing it fails
    assert moved_over(full) == 30
    with pytest.raises(OSError, match="No space left on device"):
        full.close()
    monkeypatch.setattr(sys, "stderr", None)
    assert moved_over(None) == 30


def test_a_stream_of_another_encoding_is_told_in_escapes():
    content = io.BytesIO()
    ascii_only = io.TextIOWrapper(content, encoding="ascii", errors="strict", newline="")
    assert moved_over(ascii_only) == 30
    assert content.getvalue() == b"uploaded s3://b/\\xe9: 30 B in 18 s\n"


def test_control_characters_of_a_name_are_not_written():
    screen, clock = Screen(False), Clock()
    with Progress("uploaded", "s3://b/\x1b[2J\n", screen, clock):
        clock.now += 7
    assert screen.getvalue() == "uploaded s3://b/\\x1b[2J : 0 B in 7 s\n"
