# SPDX-License-Identifier: Apache-2.0
"""What a transfer says, and when."""

from __future__ import annotations

import io

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
