# SPDX-License-Identifier: Apache-2.0
"""What a long transfer says on stderr: a line that moves at a terminal, a line when it is done in a log.

A stream that is gone, full or broken is told nothing more, and the transfer goes on.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from ..errors import printable

QUIET = 5.0
"""Seconds that a transfer may take without a word."""
BETWEEN = 0.5
"""Seconds between two words at a terminal."""


class Progress:
    """Of one transfer, of one file or of many, from any thread: ``expect`` bytes, then say which have ``moved``."""

    def __init__(self, done: str, what: str, stream: Any = None, clock: Any = time.monotonic) -> None:
        self._done = done
        self._what = printable(what)
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._lock = threading.Lock()
        self._began = self._said = clock()
        self._expected = self._moved = self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        took = self._clock() - self._began
        if self._width:
            self._overwrite("")
        if kind is None and took >= QUIET:
            self._write(f"{self._done} {self._what}: {_size(self._moved)} in {took:.0f} s\n")

    def expect(self, size: int) -> None:
        with self._lock:
            self._expected += size

    def moved(self, size: int) -> None:
        with self._lock:
            self._moved += size
            now = self._clock()
            if now - self._began >= QUIET and now - self._said >= BETWEEN and self._is_terminal():
                self._said = now
                self._overwrite(f"{self._what}: {_size(self._moved)} of {_size(self._expected)}")

    def _overwrite(self, line: str) -> None:
        self._write(f"\r{line.ljust(self._width)}" + ("" if line else "\r"))
        self._width = len(line)

    def _is_terminal(self) -> bool:
        return bool(self._asked(lambda stream: bool(stream.isatty())))

    def _write(self, text: str) -> None:
        def write(stream: Any) -> None:
            try:
                stream.write(text)
            except UnicodeEncodeError:
                stream.write(text.encode("ascii", "backslashreplace").decode())
            stream.flush()

        self._asked(write)

    def _asked(self, call: Callable[[Any], object]) -> object:
        """What ``call`` returns of the stream; None where there is none. One that raises is not used again."""
        if self._stream is None:
            return None
        try:
            return call(self._stream)
        except BaseException as error:
            self._stream = None
            if _is_of_a_signal(error):
                raise
            return None


def _is_of_a_signal(error: BaseException) -> bool:
    """Whether a handler may have raised it. Handlers run in the main thread, and ours raise no Exception."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and not isinstance(error, (Exception, SystemExit, GeneratorExit))


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 999.5:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
