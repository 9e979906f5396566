# SPDX-License-Identifier: Apache-2.0
"""What went wrong, as ``ErrorDocument`` says it: whose fault it is, and whether another attempt may help.

Propeller retries SYSTEM errors by itself and USER errors only where they are RECOVERABLE and the task allows retries,
so a bug in an executor must be neither. Storage that fails is the platform's. An exception is somebody else's code: the
code here asks its class, reads what it must of the instance, and takes whatever that raises.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._idl import ContainerError, ErrorDocument, ExecutionError
from ..errors import (
    FlyteRecoverableException,
    IgnoreOutputs,
    LocalFileError,
    ShimliteError,
    StorageError,
    UriError,
    class_name,
    printable,
    traceback_of,
)
from .platforms import Class, Platform, platform_of
from .process import Terminated

if TYPE_CHECKING:
    from traceback import TracebackException

LONGEST_MESSAGE = 32_000
"""Bytes of UTF-8. Flyte 1 cuts what is longer than 102,400 through a character, and then cannot record the failure;
Flyte 2 leaves a run running for ever above 32,768."""
LONGEST_CODE = 100
"""Bytes of UTF-8."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM
RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE
_OF_FLYTEKIT = "flytekit.exceptions.base.FlyteException"
_RECOVERABLE = "flytekit.exceptions.user.FlyteRecoverableException"
_IGNORED = "flytekit.core.base_task.IgnoreOutputs"
_USERS = "flytekit.exceptions.user.FlyteUserRuntimeException"
_SYSTEMS = "flytekit.exceptions.system.FlyteNonRecoverableSystemException"
"""flytekit's own classes, which an executor that was written for it raises. They are known by name, never imported."""

_MRO, _MODULE, _QUALNAME = (type.__dict__[name].__get__ for name in ("__mro__", "__module__", "__qualname__"))
"""What Python itself says of a class: a metaclass may have properties of these names."""


def _plainest(platform: Platform) -> ErrorDocument:
    document = ErrorDocument()
    said = platform.classified(BaseException, (), ("USER:RuntimeError", NON_RECOVERABLE, USER))
    document.error.code, document.error.kind, document.error.origin = said
    document.error.message = "the executor failed, and nothing more can be said of it"
    return document


def documents(
    error: BaseException, environment: Mapping[str, str], platform: Platform | None = None
) -> list[Callable[[], ErrorDocument]]:
    """What makes the document for an exception that ended a run, then plainer ones where that or its writing fails.

    All but the last may raise anything: an exception's methods are the executor's, and memory may be used up. The
    timestamp is the exception's where flytekit's have one, else now; one of many workers gives its name. ``platform``
    None stands for the one of the environment.
    """
    there = platform or platform_of(environment)

    def whole() -> ErrorDocument:
        return _document(error, environment, there, message_of(error))

    def short() -> ErrorDocument:
        raised = _inside(error)
        return _document(error, environment, there, f"{class_name(type(raised))}: {text_of(raised)}")

    def plain() -> ErrorDocument:
        return _document(error, environment, there, f"{class_name(type(error))} was raised, and cannot be shown")

    plainest = _plainest(there)
    return [whole, short, plain, *[lambda: plainest] * 3]  # should a thread raise something in this one


def _document(error: BaseException, environment: Mapping[str, str], platform: Platform, message: str) -> ErrorDocument:
    document = ErrorDocument()
    container_error = document.error
    names = _names(error) | _names(_inside(error))
    said = platform.classified(type(error), names, classify(error))
    container_error.code, container_error.kind, container_error.origin = said
    container_error.message = capped(message)
    container_error.timestamp.FromNanoseconds(_raised_at(error))
    if _is_one_of_many(environment):
        container_error.worker = _writable(one_of(environment, "FLYTE_INTERNAL_WORKER_NAME", "_F_WN"))
    return document


def file_name(environment: Mapping[str, str]) -> str:
    """``error.pb``; another for each of many workers, whose earliest error counts."""
    return f"error-{os.urandom(16).hex()}.pb" if _is_one_of_many(environment) else "error.pb"


def _is_one_of_many(environment: Mapping[str, str]) -> bool:
    return bool(one_of(environment, "FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "_F_DES"))


def one_of(environment: Mapping[str, str], name: str, short: str) -> str:
    """A variable of Flyte's, which has two names; the first that is there counts, also when empty."""
    return environment.get(name, environment.get(short, ""))


# ---------------------------------------------------------------------------------------------------- whose fault it is


def classify(error: BaseException) -> Class:
    """Whose fault an exception is, and whether another attempt may help."""
    cls, names = type(error), _names(error)
    if issubclass(cls, StorageError) and not issubclass(cls, (UriError, LocalFileError)):
        return "SYSTEM:StorageError", RECOVERABLE, SYSTEM
    if issubclass(cls, ShimliteError):
        kind = RECOVERABLE if issubclass(cls, FlyteRecoverableException) else NON_RECOVERABLE
        return _code(f"USER:{class_name(cls)}"), kind, USER
    if issubclass(cls, (KeyboardInterrupt, Terminated)):  # somebody stopped the process, not the executor
        return "SYSTEM:Interrupted", RECOVERABLE, SYSTEM
    if _SYSTEMS in names:
        return "SYSTEM", NON_RECOVERABLE, SYSTEM
    raised = _inside(error)
    if issubclass(type(raised), FlyteRecoverableException) or _RECOVERABLE in _names(raised):
        return _own_code(raised) or "USER:Recoverable", RECOVERABLE, USER
    if issubclass(cls, MemoryError):  # as Propeller counts a pod that was killed for its memory
        return "USER:MemoryError", RECOVERABLE, USER
    return _own_code(raised) or "USER:RuntimeError", NON_RECOVERABLE, USER


def ignores_outputs(error: BaseException) -> bool:
    """Whether an exception is ``IgnoreOutputs``, ours or flytekit's."""
    raised = _inside(error)
    return issubclass(type(raised), IgnoreOutputs) or _IGNORED in _names(raised)


def _names(error: BaseException) -> set[str]:
    """Of an exception's class and all its bases, with their modules."""
    classes = _MRO(type(error))
    return {f"{_MODULE(cls)}.{_QUALNAME(cls)}" for cls in classes if type(_MODULE(cls)) is str}


def _inside(error: BaseException) -> BaseException:
    """The exception that flytekit's wrappers of them carry; any other is its own."""
    if not _names(error) & {_USERS, _SYSTEMS}:
        return error
    value = _attribute(error, "value")
    return value if issubclass(type(value), BaseException) else error


def _attribute(thing: object, name: str) -> Any:
    """None where there is none, whatever its own code raises."""
    try:
        return getattr(thing, name, None)
    except BaseException:
        return None


def _own_code(error: BaseException) -> str:
    """An exception may say its code: text or a number, in ``error_code`` of itself or its class."""
    for thing in (error, type(error)):
        code = _attribute(thing, "error_code")
        if issubclass(type(code), str):  # read by Python's own methods, as a member of an Enum too
            return _code(str.__str__(code))
        if issubclass(type(code), int) and -(2**63) <= int.__index__(code) < 2**63:
            return _code(int.__repr__(code))
    return ""


def _code(text: str) -> str:
    """Of what can be printed alone: Flyte's database refuses NUL, and then the failure is lost."""
    return printable(text).encode()[:LONGEST_CODE].decode(errors="ignore")


def _raised_at(error: BaseException) -> int:
    """Nanoseconds since 1970: flytekit's exceptions, and ours of their names, may say the time."""
    raised = _inside(error)
    if issubclass(type(raised), FlyteRecoverableException) or _OF_FLYTEKIT in _names(raised):
        seconds = _attribute(raised, "timestamp")
        if type(seconds) in (int, float) and math.isfinite(seconds) and 0 <= seconds < 2**33:
            return int(seconds * 1_000_000_000)
    return time.time_ns()


# ---------------------------------------------------------------------------------------------------------- the message


def message_of(error: BaseException) -> str:
    """One line for an error of ours; flytekit's layout for an executor's own, its cause chain without our frames."""
    if issubclass(type(error), ShimliteError) and error.__cause__ is None:
        return text_of(error)
    raised = _inside(error)
    behind = _of_exception("__cause__", error) if raised is not error else None  # of one of flytekit's wrappers
    trace = "".join(formatted(error if behind is None else behind))
    return f"Trace:\n\n{_indented(trace)}\nMessage:\n\n{_indented(f'{class_name(type(raised))}: {text_of(raised)}')}"


def formatted(error: BaseException) -> list[str]:
    """The lines of its traceback and of the errors behind it, without our frames."""
    try:
        from traceback import TracebackException

        report = TracebackException.from_exception(error)
        _leave_out_ours(report)
        return list(report.format())
    except BaseException:  # of an attribute of the exception's own, or for want of memory or of a module
        return ["Traceback (most recent call last):\n", *_frames(error), f"{class_name(type(error))}\n"]


def _frames(error: BaseException) -> Iterator[str]:
    trace = traceback_of(error)
    while trace is not None:
        code = trace.tb_frame.f_code
        if not is_ours(code.co_filename):
            yield f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}\n'
        trace = trace.tb_next


def _of_exception(name: str, error: BaseException) -> Any:
    """An attribute as Python keeps it, whatever the class makes of its name."""
    return BaseException.__dict__[name].__get__(error)


def _leave_out_ours(report: TracebackException | None) -> None:
    """Of the error and of those behind it: an executor's author has no use for how it was called."""
    from traceback import StackSummary

    while report is not None:
        frames = [frame for frame in report.stack if not is_ours(frame.filename)]
        report.stack = StackSummary.from_list(frames)
        for one in getattr(report, "exceptions", None) or ():  # of an ExceptionGroup
            _leave_out_ours(one)
        report = report.__cause__ or report.__context__


def is_ours(filename: str) -> bool:
    """Whether code is the package's or Python's way of importing; our ready executors count as somebody's own."""
    if filename.startswith("<frozen "):
        return True
    return filename.startswith(_PACKAGE) and not filename.startswith(os.path.join(_PACKAGE, "executors"))


def text_of(error: BaseException) -> str:
    """What it says, or that it cannot say it."""
    try:
        return str(error)
    except BaseException as broken:  # an executor's own __str__
        return f"<its text cannot be made: {class_name(type(broken))}>"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def capped(message: str) -> str:
    """The message, its middle left out where it is too long; what UTF-8 cannot write is escaped."""
    content = _writable(message).encode()
    if len(content) <= LONGEST_MESSAGE:
        return content.decode()
    half = LONGEST_MESSAGE // 2 - 50
    start, end = content[:half].decode(errors="ignore"), content[-half:].decode(errors="ignore")
    return f"{start}\n… {len(content) - 2 * half} bytes left out …\n{end}"


def _writable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def forget_locals(error: BaseException) -> None:
    """Free what the frames of an exception hold, which may be all memory and all descriptors of the process."""
    seen: set[int] = set()
    links: list[BaseException | None] = [error]
    while links:
        one = links.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        trace = traceback_of(one)
        while trace is not None:
            with contextlib.suppress(RuntimeError):  # it is still running
                trace.tb_frame.clear()
            trace = trace.tb_next
        links += [_of_exception(name, one) for name in ("__cause__", "__context__")]


def unchain(error: BaseException, before: BaseException | None) -> None:
    """Take an exception that the caller of a run was handling out of the chain of the one that ended the run."""
    one: Any = error if before is not None else None
    while one is not None:
        behind = _of_exception("__context__", one)
        if behind is before:
            BaseException.__dict__["__context__"].__set__(one, None)
        one = behind if behind is not before else None
