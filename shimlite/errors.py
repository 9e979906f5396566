# SPDX-License-Identifier: Apache-2.0
"""Every exception of shimlite, and the words that their messages share. This file knows no protobuf and no types.

A message is one line, ``path: what is wrong; hint``. The path is written as Python would subscript the value
(``inputs.rows[3]['price']``) and grows outwards while the error unwinds, so a conversion that succeeds pays nothing
for it. No message shows a value: it may be a secret. Types, names, lengths and keys are shown.
Next: ``values``.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

__all__ = [
    "ArgumentsError",
    "ConversionError",
    "ConversionTypeError",
    "ConversionValueError",
    "DatabaseError",
    "DatabaseUnreachableError",
    "ExecutorError",
    "FlyteRecoverableException",
    "IgnoreOutputs",
    "InputsError",
    "LocalFileError",
    "MissingExtraError",
    "NotFoundError",
    "OutputsError",
    "SecretError",
    "ShimliteError",
    "StorageError",
    "TableError",
    "TemplateError",
    "UnsupportedTypeError",
    "UriError",
]

LONGEST_KEY = 40
"""Characters of a key shown in a path: enough to find it, too few to fill a log with a hostile one."""

LONGEST_NAME = 100
"""Characters of a class's name: it may be of any length."""

LARGEST_INT_SHOWN = 2**128
"""Python refuses to write very long ints in decimals, and is slow with long ones."""

_PLAIN = (str, bytes, int, float, bool, type(None))
_NATIVE = {
    **dict.fromkeys(("bool", "int", "float", "str", "bytes", "list", "dict", "tuple", "set"), "builtins"),
    **dict.fromkeys(("date", "datetime", "timedelta"), "datetime"),
}
"""The modules of the classes that messages name without their module."""
_OWN_NAME = type.__dict__["__name__"].__get__
_OWN_MODULE = type.__dict__["__module__"].__get__
"""What Python itself says of a class: a metaclass may have properties of these names."""
_OWN_TRACEBACK = BaseException.__dict__["__traceback__"].__get__
_PACKAGE = __name__.rpartition(".")[0]
_FOR_TABLES = "a table goes where a StructuredDataset or a FlyteSchema is declared"
_WRITE = {"BOOLEAN": "bool(x)", "INTEGER": "int(x)", "FLOAT": "float(x)", "STRING": "str(x)", "BINARY": "bytes(x)"}
"""What to write instead of a numpy scalar, by what is expected."""

_E = TypeVar("_E", bound="ShimliteError")


class ShimliteError(Exception):
    """The base of all errors that shimlite raises on purpose.

    ``path``, ``expected``, ``got`` and ``hint`` are strings, empty where they do not apply.
    """

    def __init__(self, reason: str = "", *, path: str = "", expected: str = "", got: str = "", hint: str = "") -> None:
        super().__init__(reason)
        self.reason: str = reason or f"expected {expected}, got {got}"
        self.path: str = path
        self.expected = expected
        self.got = got
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return printable(f"{where}{self.reason}" + (f"; {self.hint}" if self.hint else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._fields())

    def _fields(self) -> dict[str, str]:
        names = ("reason", "path", "expected", "got", "hint")
        return {name: getattr(self, name) for name in names}

    def at(self: _E, segment: str) -> _E:
        """This error, seen from one level further out."""
        self.path = segment + self.path
        return self

    def at_key(self: _E, key: object) -> _E:
        """This error, seen from the mapping that holds ``key``."""
        shown = shown_scalar(key)
        return self.at(f"[{shown if len(shown) <= LONGEST_KEY else shown[:LONGEST_KEY] + '…'}]")

    def at_variable(self: _E, name: str) -> _E:
        """This error, seen from the interface that has the variable ``name``."""
        is_plain = name.isascii() and name.isidentifier() and len(name) <= LONGEST_KEY
        inside = self.at("." if self.path[:1] not in ("", ".", "[") else "")  # a path may begin with a class
        return inside.at(name) if is_plain else inside.at_key(name)

    def blame(self, whose: type[ShimliteError], side: str) -> NoReturn:
        """Raise this error again as ``whose`` fault, its path starting at ``side`` ("inputs" or "outputs")."""
        raise self.blamed(whose, side) from self.__cause__

    def blamed(self, whose: type[ShimliteError], side: str) -> ShimliteError:
        """The error that ``blame`` raises."""
        fields = self._fields()
        joint = "." if self.path and not self.path.startswith("[") else ""
        fields["path"] = f"{side}{joint}{self.path}"
        error = whose(**fields)
        error.__cause__ = self.__cause__
        return error


def _rebuild(cls: type[ShimliteError], fields: dict[str, str]) -> ShimliteError:
    return cls(**fields)


class UnsupportedTypeError(ShimliteError, TypeError):
    """A Python type, a ``LiteralType`` or a pair of both that is outside the fixed set. Raised before any data."""


# The words that conversions share. ``_types.parse`` spells types.


def described(value: Any) -> str:
    """What a value is, without showing it: its class, and its length where it is a container."""
    if value is None:
        return "None"
    kind = class_name(type(value))
    for container in (list, tuple, dict):
        if issubclass(type(value), container):
            return f"{kind} of {container.__len__(value)}"  # len() would ask a subclass
    return kind


def class_name(cls: type) -> str:
    """The name of a class; with its module for numpy's, and for any that has the name of a class of Python's."""
    name, module = _OWN_NAME(cls), _module_of(cls)
    is_clear = module == _NATIVE.get(name, module) and not _is_numpy(cls)
    return cut(name if is_clear else f"{module}.{name}")


def cut(name: str) -> str:
    """A name that somebody else chose, no longer than a line."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def printable(text: str) -> str:
    """The text in one line: line breaks are spaces, control characters and lone surrogates are escaped."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else " " if one.isspace() else repr(one)[1:-1] for one in text)


def _module_of(cls: type) -> str:
    module = _OWN_MODULE(cls)
    return module if type(module) is str else ""  # a class may set it to anything


def is_foreign(cls: type, package: str, name: str) -> bool:
    """Whether a class is the one of this name in a library that is not imported."""
    return _OWN_NAME(cls) == name and _module_of(cls).partition(".")[0] == package


def _is_table(cls: type) -> bool:
    """Whether it is the class of somebody's tables or streams of batches, not of columns, which export Arrow too."""
    names = {name for base in cls.__mro__ for name in vars(base)}
    return "__arrow_c_stream__" in names and bool(names & {"columns", "schema"}) and not _is_in_package(_module_of(cls))


def _is_numpy(cls: type) -> bool:
    return _module_of(cls).partition(".")[0] == "numpy"


def shown_scalar(value: Any) -> str:
    """The repr of a plain scalar, such as a key; for all else the name of its class, since a repr may do anything."""
    is_plain = any(type(value) is plain for plain in _PLAIN)
    if not is_plain or (type(value) is int and abs(value) >= LARGEST_INT_SHOWN):
        return class_name(type(value))
    return repr(value[: LONGEST_KEY + 1] if isinstance(value, (str, bytes)) else value)


def mismatch(expected: str, got: str, hint: str = "") -> ConversionTypeError:
    """The error for a value or literal of another kind; ``expected`` and ``got`` are words."""
    return ConversionTypeError(expected=expected, got=got, hint=hint)


def unlike(expected: str | type, value: Any, hint: str = "") -> ConversionTypeError:
    """The error for a value that is no instance of a class, or not what the words say."""
    cls = type(value)
    words, name = expected if isinstance(expected, str) else cut(_OWN_NAME(expected)), _OWN_NAME(cls)
    if _is_numpy(cls) and not hint:
        hint = f"write {'x.tolist()' if name == 'ndarray' else _WRITE.get(words, 'x.item()')}"
    if words != cut(name):
        return mismatch(words, described(value), hint or (_FOR_TABLES if _is_table(cls) else ""))
    if expected is cls:
        return mismatch(f"the fields of {words}", described(value))
    if not isinstance(expected, str):
        words = f"{_module_of(expected)}.{words}"
    return mismatch(words, cut(f"{_module_of(cls)}.{name}"), hint or "another class of that name")


def no_message(message_type: type, value: Any) -> ConversionTypeError:
    """The error for what is no message of a class, which may be of that name: flyteidl and shimlite's own copy of it
    have different classes, and so have two releases of flyteidl."""
    name = message_type.__name__
    if _OWN_NAME(type(value)) != name:
        return mismatch(f"a {name}", described(value))
    return unlike(message_type, value, f"write {name}.FromString(x.SerializeToString())")


# What is said of an error that somebody else's code raised while a value was converted: its words may show the value.


def raised(error: BaseException, reason: str, path: str = "") -> BaseException:
    """What to raise where the code of a class raised ``error``: ``reason`` and the kind of error, none of its words.

    An error that stops the process stays what it is, without the errors that it is chained to. Raise the result outside
    the ``except`` block, which would chain it to ``error``.
    """
    cls = type(error)
    if issubclass(cls, KeyboardInterrupt):
        return KeyboardInterrupt().with_traceback(traceback_of(error))
    if not issubclass(cls, Exception) and _is_in_package(_module_of(cls)):  # SIGTERM's
        error.__cause__ = error.__context__ = None
        vars(error).clear()  # its notes
        return error
    return ConversionValueError(f"{reason} ({class_name(cls)})", path=path)


def wordless(error: BaseException) -> BaseException:
    """What to raise where ``error`` ended a conversion: itself if it is ours, and chained to no other; see ``raised``.

    An error of our classes that the code of another class raised is not ours.
    """
    if issubclass(type(error), ShimliteError) and _is_raised_here(error):
        error.__context__ = None
        return error
    if issubclass(type(error), MemoryError):
        return MemoryError()
    return raised(error, "the code of a class raised an error")


def _is_raised_here(error: BaseException) -> bool:
    trace = traceback_of(error)
    while trace.tb_next is not None:
        trace = trace.tb_next
    return _is_in_package(str(trace.tb_frame.f_globals.get("__name__")))


def traceback_of(error: BaseException) -> Any:
    """As Python keeps it: the class may have a property of that name."""
    return _OWN_TRACEBACK(error)


def _is_in_package(module: str) -> bool:
    return module.startswith(f"{_PACKAGE}.")


class ConversionError(ShimliteError):
    """A value or a literal that is not of the type it should be."""


class ConversionTypeError(ConversionError, TypeError):
    """Another kind of value or literal than the type asks for."""


class ConversionValueError(ConversionError, ValueError):
    """The right kind, but outside what the type can hold."""


class TemplateError(ShimliteError, ValueError):
    """The template is at fault: unreadable, or its interface cannot be served."""


class InputsError(ShimliteError, ValueError):
    """The inputs are at fault: one is missing, extra, or of the wrong type."""


class OutputsError(ShimliteError, ValueError):
    """The executor returned something other than the interface's outputs."""


class ExecutorError(ShimliteError, TypeError):
    """The executor cannot be used: not importable, not callable without arguments, or misfitting the interface."""


class StorageError(ShimliteError, ValueError):
    """A file could not be read or written: the platform's fault, and worth another try."""


class NotFoundError(StorageError):
    """There is no file or directory where one was to be read."""


class UriError(StorageError):
    """What a URI says can be reached by no attempt: its scheme is unknown, it is malformed, or there is none."""


class LocalFileError(StorageError):
    """A local file or directory cannot be copied: it is not there, unreadable, no plain file, or links in a circle."""


class SecretError(ShimliteError, ValueError):
    """A secret does not exist, or its name could lead to another file."""


class ArgumentsError(ShimliteError, ValueError):
    """The command line is not one of ``pyflyte-execute``."""


class MissingExtraError(ShimliteError, ValueError):
    """A library that belongs to one of shimlite's extras is not installed."""


class TableError(ShimliteError, ValueError):
    """A table could not be written, and no other member of a union may try to.

    ``__cause__`` is what the code of the table raised, if it did. A run raises that error instead.
    """


class FlyteRecoverableException(Exception):  # noqa: N818 - flytekit's name
    """An executor raises this where another attempt may succeed (``ContainerError.kind`` RECOVERABLE).

    ``timestamp`` is when that was, in seconds since 1970; None stands for the end of the run.
    """

    def __init__(self, *args: object, timestamp: float | None = None) -> None:
        super().__init__(*args)
        self.timestamp: float | None = timestamp


class DatabaseError(ShimliteError, ValueError):
    """A database refused a connection or a query, and would refuse the next one too."""


class DatabaseUnreachableError(ShimliteError, FlyteRecoverableException):
    """A database was not reached, or was lost before the end of a query. Another attempt may succeed."""


class IgnoreOutputs(Exception):  # noqa: N818 - flytekit's name
    """An executor raises this when its outputs should not be written, as on all but one worker of a group."""
