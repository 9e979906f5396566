# SPDX-License-Identifier: Apache-2.0
"""What went wrong, as ``ErrorDocument`` says it: whose fault it is, and whether another attempt may help.

Propeller retries SYSTEM errors by itself and USER errors only where they are RECOVERABLE and the task allows retries,
so a bug in an executor must be neither. Storage that fails is the platform's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .._idl import ContainerError, ErrorDocument, ExecutionError
from ..errors import FlyteRecoverableException, ShimliteError, StorageError
from .signals import Terminated

if TYPE_CHECKING:
    from traceback import TracebackException

LONGEST_MESSAGE = 100 * 1024
"""Characters. Events cut a message to 100 KiB, and an error.pb beyond the platform's limit is never read at all."""

LONGEST_CODE = 100

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM
RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE


def error_document(error: BaseException, environment: Mapping[str, str]) -> ErrorDocument:
    """The document for an exception that ended a run. Its timestamp is now; one of many workers gives its name."""
    code, kind, origin = classify(error)
    document = ErrorDocument()
    held = document.error
    held.code, held.kind, held.origin, held.message = code, kind, origin, capped(message_of(error))
    held.timestamp.seconds, held.timestamp.nanos = divmod(time.time_ns(), 1_000_000_000)
    if _is_one_of_many(environment):
        held.worker = one_of(environment, "FLYTE_INTERNAL_WORKER_NAME", "_F_WN")
    return document


def file_name(environment: Mapping[str, str]) -> str:
    """``error.pb``; another for each of many workers, whose earliest error counts."""
    return f"error-{os.urandom(16).hex()}.pb" if _is_one_of_many(environment) else "error.pb"


def _is_one_of_many(environment: Mapping[str, str]) -> bool:
    return bool(one_of(environment, "FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "_F_DES"))


def one_of(environment: Mapping[str, str], name: str, short: str) -> str:
    """A variable of Flyte's, which has two names; the first that is there counts, also when empty."""
    return environment.get(name, environment.get(short, ""))


def classify(error: BaseException) -> tuple[str, ContainerError.Kind, ExecutionError.ErrorKind]:
    """Code, kind and origin."""
    if isinstance(error, StorageError):
        return "SYSTEM:StorageError", RECOVERABLE, SYSTEM
    if isinstance(error, ShimliteError):
        return f"USER:{type(error).__name__}", NON_RECOVERABLE, USER
    if isinstance(error, FlyteRecoverableException):
        return _own_code(error) or "USER:Recoverable", RECOVERABLE, USER
    if isinstance(error, (KeyboardInterrupt, Terminated)):  # somebody stopped the process, not the executor
        return "SYSTEM:Interrupted", RECOVERABLE, SYSTEM
    if isinstance(error, MemoryError):  # as Propeller counts a pod that was killed for its memory
        return "USER:MemoryError", RECOVERABLE, USER
    return _own_code(error) or "USER:RuntimeError", NON_RECOVERABLE, USER


def _own_code(error: BaseException) -> str:
    """An executor's exception may say its code: text or a number, in ``error_code``."""
    try:
        code = getattr(error, "error_code", "")
    except Exception:
        return ""
    return _writable(str(code)[:LONGEST_CODE]) if isinstance(code, (str, int)) else ""


def message_of(error: BaseException) -> str:
    """One line for an error of ours; flytekit's layout for an executor's own, its cause chain without our frames."""
    if isinstance(error, ShimliteError) and error.__cause__ is None:
        return str(error)
    trace = "".join(_formatted(error))
    return f"Trace:\n\n{_indented(trace)}\nMessage:\n\n{_indented(f'{type(error).__name__}: {_text(error)}')}"


def _formatted(error: BaseException) -> list[str]:
    import traceback

    report = traceback.TracebackException.from_exception(error)
    _leave_out_ours(report)
    return list(report.format())


def _leave_out_ours(report: TracebackException | None) -> None:
    """Of the error and of those behind it: an executor's author has no use for how it was called."""
    from traceback import StackSummary

    while report is not None:
        frames = [frame for frame in report.stack if not _is_ours(frame.filename)]
        report.stack = StackSummary.from_list(frames)
        for one in getattr(report, "exceptions", None) or ():  # of an ExceptionGroup
            _leave_out_ours(one)
        report = report.__cause__ or report.__context__


def _is_ours(filename: str) -> bool:
    if filename.startswith("<frozen "):
        return True
    return filename.startswith(_PACKAGE) and not filename.startswith(os.path.join(_PACKAGE, "executors"))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:  # an executor's own __str__
        return f"<its text cannot be made: {type(broken).__name__}>"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def capped(message: str) -> str:
    """The message, its middle left out where it is too long; what UTF-8 cannot write is escaped."""
    message = _writable(message)
    if len(message) <= LONGEST_MESSAGE:
        return message
    half = LONGEST_MESSAGE // 2
    return f"{message[:half]}\n… {len(message) - 2 * half} characters left out …\n{message[-half:]}"


def _writable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
