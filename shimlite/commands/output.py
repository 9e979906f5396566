# SPDX-License-Identifier: Apache-2.0
"""Standard output, kept for the result of a command that runs code of the user's.

What the result is, ``run`` knows, which is next.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import sys
from typing import IO, Any


class kept_for_result:  # noqa: N801 - used as a function
    """Give the block a stream to standard output; whatever else is printed there goes to stderr instead.

    The descriptor itself leads to stderr, since code in C and child processes print too. ``for_good`` leaves it so at
    the end of the block, for threads and exit handlers of a program that has nothing more to print.
    """

    def __init__(self, *, for_good: bool) -> None:
        self._for_good = for_good

    def __enter__(self) -> IO[str]:
        self._before: Any = sys.stdout
        _flush(self._before)
        self._descriptor = _duplicate_of_stdout()
        self._result = self._opened()
        if self._descriptor is not None:
            _lead_stdout_to_stderr()
        return self._result

    def _opened(self) -> IO[str]:
        """A stream of our own where ``sys.stdout`` writes to the descriptor; what stands in its place otherwise stays,
        and the block gets stderr."""
        before = self._before
        if self._descriptor is not None and _is_on_stdout(before):
            before.reconfigure(line_buffering=True)  # what is printed in the block comes in time
            own = self._descriptor
            return open(own, "w", closefd=False, encoding=before.encoding, errors=before.errors)
        sys.stdout = sys.stderr
        return open(os.devnull, "w") if before is None else before

    def __exit__(self, *error: object) -> None:
        try:
            self._result.flush()
        finally:
            if self._result is not self._before:
                with contextlib.suppress(OSError):  # that was lost with the flush
                    self._result.close()
            for stream in (getattr(sys, "stdout", None), sys.__stdout__):  # which the block may have deleted
                _flush(stream)
            if not self._for_good:
                sys.stdout = self._before
            if self._descriptor is not None:
                if not self._for_good:
                    os.dup2(self._descriptor, 1)
                os.close(self._descriptor)


def _is_on_stdout(stream: Any) -> bool:
    try:
        return isinstance(stream, io.TextIOWrapper) and stream.fileno() == 1
    except (OSError, ValueError):  # it is closed, or in memory
        return False


def _duplicate_of_stdout() -> int | None:
    try:
        return fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 3)  # not the number of a closed stderr
    except OSError:  # it is closed
        return None


def _lead_stdout_to_stderr() -> None:
    try:
        os.dup2(2, 1)
    except OSError:  # that is closed
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.close(nothing)


def _flush(stream: Any) -> None:
    """Of a stream that may be none, closed, or the executor's own."""
    with contextlib.suppress(Exception):
        stream.flush()
