# SPDX-License-Identifier: Apache-2.0
"""What a user's code raised, for the person at the terminal: its text, its line, and its traceback without our frames.

A pod says the same in an error document (``container.failures``). Next: ``targets``.
"""

from __future__ import annotations

import argparse
import os
import sysconfig
from collections.abc import Callable, Iterator
from typing import TypeVar

from ..container.failures import formatted, is_ours, text_of
from ..errors import (
    ConversionError,
    ExecutorError,
    ShimliteError,
    UnsupportedTypeError,
    class_name,
    printable,
    traceback_of,
)
from .show import shortened

_T = TypeVar("_T")
LONGEST_TEXT = 500
"""Characters of an exception's own text in one line; ``--traceback`` shows all of it."""
_LIBRARIES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def add_option(parser: argparse.ArgumentParser) -> None:
    """``--traceback``, of the commands that run code of the user's."""
    parser.add_argument("--traceback", action="store_true", help="show where your code failed")


def of_own_code(doing: str, work: Callable[[], _T]) -> _T:
    """The result of ``work``, which runs code of the user's.

    Raises ExecutorError for what that raises, which is its cause. Ctrl-C passes, and so do errors of ours; but those of
    conversions are the user's, since a run says whose inputs or outputs it converts.
    """
    try:
        return work()
    except KeyboardInterrupt:
        raise
    except SystemExit as error:
        raise ExecutorError(f"{doing} called sys.exit") from error
    except BaseException as error:
        if isinstance(error, ShimliteError) and not isinstance(error, (ConversionError, UnsupportedTypeError)):
            raise
        raise ExecutorError(f"{doing} raised {class_name(type(error))}") from error


def explained(error: ShimliteError, options: argparse.Namespace) -> str:
    """The line for an error; where the user's code raised it, with that code's own words and place."""
    cause, shows = error.__cause__, getattr(options, "traceback", None)
    if not isinstance(error, ExecutorError) or cause is None or shows is None:
        return str(error)
    said = ": ".join(filter(None, (error.path, error.reason, _words(cause))))
    place = _place(cause)
    hints = (error.hint, "" if shows else "--traceback shows more")
    return printable("; ".join(filter(None, (f"{said} ({place})" if place else said, *hints))))


def traceback_lines(error: ShimliteError) -> Iterator[str]:
    """The traceback of what caused an error, from the user's code on; nothing where it has no cause."""
    if error.__cause__ is not None:
        yield from "".join(formatted(error.__cause__)).splitlines()


def _words(cause: BaseException) -> str:
    """The text of an exception; none where our own error says as much."""
    if isinstance(cause, ModuleNotFoundError):
        return ""
    text = cause.msg if isinstance(cause, SyntaxError) else text_of(cause)
    return shortened(" ".join(str(text).split()), LONGEST_TEXT)


def _place(cause: BaseException) -> str:
    """``FILE:LINE``, the innermost of the user's own code: no library's, unless there is no other."""
    if isinstance(cause, SyntaxError) and cause.lineno and os.path.isfile(cause.filename or ""):
        return f"{_shown(str(cause.filename))}:{cause.lineno}"
    places: list[tuple[bool, str]] = []
    trace = traceback_of(cause)
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not is_ours(filename):
            places.append((not _is_library(filename), f"{_shown(filename)}:{trace.tb_lineno}"))
        trace = trace.tb_next
    own = [place for is_own, place in places if is_own]
    return (own or [place for _, place in places] or [""])[-1]


def _is_library(filename: str) -> bool:
    return any(name in filename for name in _LIBRARIES) or filename.startswith(sysconfig.get_path("stdlib") + os.sep)


def _shown(filename: str) -> str:
    """A path from the working directory where it is below that."""
    try:
        below = os.path.relpath(filename)
    except OSError:  # there is no working directory
        return filename
    return filename if below.startswith(os.pardir) else below
