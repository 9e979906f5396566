# SPDX-License-Identifier: Apache-2.0
"""Every exception of shimlite. This file knows nothing of protobuf.

A message is one line, ``path: what is wrong; hint``. The path is written as Python would subscript the value
(``inputs.rows[3]['price']``) and grows outwards while the error unwinds, so a conversion that succeeds pays nothing
for it. No message shows a value: it may be a secret. Types, names, lengths and keys are shown.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

__all__ = [
    "ArgumentsError",
    "ConversionError",
    "ConversionTypeError",
    "ConversionValueError",
    "ExecutorError",
    "FlyteRecoverableException",
    "IgnoreOutputs",
    "InputsError",
    "MissingExtraError",
    "NotFoundError",
    "OutputsError",
    "SecretError",
    "ShimliteError",
    "StorageError",
    "TemplateError",
    "UnsupportedTypeError",
]

LONGEST_KEY = 40
"""Characters of a key shown in a path: enough to find it, too few to fill a log with a hostile one."""

_PLAIN = (str, bytes, int, float, bool, type(None))

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
        return f"{where}{self.reason}" + (f"; {self.hint}" if self.hint else "")

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
        # Another class's repr may be of any length, hold line breaks, or raise.
        shown = repr(key) if type(key) in _PLAIN else type(key).__name__
        return self.at(f"[{shown if len(shown) <= LONGEST_KEY else shown[:LONGEST_KEY] + '…'}]")

    def at_variable(self: _E, name: str) -> _E:
        """This error, seen from the interface that has the variable ``name``."""
        return self.at(name) if name.isidentifier() and len(name) <= LONGEST_KEY else self.at_key(name)

    def blame(self, whose: type[ShimliteError], side: str) -> NoReturn:
        """Raise this error again as ``whose`` fault, its path starting at ``side`` ("inputs" or "outputs")."""
        fields = self._fields()
        joint = "." if self.path and not self.path.startswith("[") else ""
        fields["path"] = f"{side}{joint}{self.path}"
        raise whose(**fields) from self.__cause__


def _rebuild(cls: type[ShimliteError], fields: dict[str, str]) -> ShimliteError:
    return cls(**fields)


class UnsupportedTypeError(ShimliteError, TypeError):
    """A Python type, a ``LiteralType`` or a pair of both that is outside the fixed set. Raised before any data."""


class ConversionError(ShimliteError):
    """A value or a literal that is not of the type it should be."""


class ConversionTypeError(ConversionError, TypeError):
    """Another kind of value or literal than the type asks for."""


class ConversionValueError(ConversionError, ValueError):
    """The right kind, but outside what the type can hold."""


class TemplateError(ShimliteError, ValueError):
    """The template is at fault: unreadable, or its interface cannot be served."""


class InputsError(ShimliteError, ValueError):
    """Whoever supplied the inputs is at fault: one is missing, extra, or of the wrong type."""


class OutputsError(ShimliteError, ValueError):
    """The executor returned something other than the interface's outputs."""


class ExecutorError(ShimliteError, TypeError):
    """The executor cannot be used: not importable, not callable without arguments, or misfitting the interface."""


class StorageError(ShimliteError, ValueError):
    """A file could not be read or written: nobody's fault but the platform's, and worth another try."""


class NotFoundError(StorageError):
    """There is no file or directory where one was to be read."""


class SecretError(ShimliteError, ValueError):
    """A secret that is not there, or whose name could lead elsewhere."""


class ArgumentsError(ShimliteError, ValueError):
    """The command line is not one of ``pyflyte-execute``."""


class MissingExtraError(ShimliteError, ValueError):
    """A library that belongs to one of shimlite's extras is not installed."""


class FlyteRecoverableException(Exception):  # noqa: N818 - flytekit's name
    """An executor raises this where another attempt may succeed (``ContainerError.kind`` RECOVERABLE)."""


class IgnoreOutputs(Exception):  # noqa: N818 - flytekit's name
    """An executor raises this when its outputs should not be written, as on all but one worker of a group."""
