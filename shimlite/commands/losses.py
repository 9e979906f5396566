# SPDX-License-Identifier: Apache-2.0
"""What a variable of an interface may lose where only its ``LiteralType`` is known.

Whoever declared it had a Python type at hand, which the template does not say. It is made up here, as rich as it may
have been, and its losses are what a reader without it must reckon with.
"""

from __future__ import annotations

import datetime as dt
import enum
import typing
from typing import Any

from .._idl import LiteralType
from .._mappings.records import fields_of, is_record
from .._mappings.references import CLASSES, LEFT_OPEN
from .._mappings.unions import members, union_of
from ..engine import guess_python_type
from ..fidelity import Loss, fidelity


def losses_of(literal_type: LiteralType) -> list[Loss]:
    """The losses, each once. Raises UnsupportedTypeError for a type that a newer flyteidl adds."""
    guessed = guess_python_type(literal_type)
    found: dict[tuple[str, str], Loss] = {}
    for richest in _Author(dt.datetime, dict), _Author(dt.date, dict[dt.date, dt.date]):
        for loss in fidelity(richest.type_of(guessed), guessed).losses:
            if loss.what != LEFT_OPEN:  # which comes back said: no reader misses it
                found.setdefault((loss.path, loss.what), loss)
    return list(found.values())


class _Author:
    """Turns what a template tells into what its author may have written."""

    def __init__(self, moment: Any, struct: Any) -> None:
        self._moment = moment
        self._struct = struct
        self._records: dict[type, type] = {}

    def type_of(self, guessed: Any) -> Any:
        """Of a literal of its own."""
        if guessed is dt.datetime:
            return self._moment
        return self._struct if guessed is dict else self._held(guessed, self.type_of)

    def _member(self, guessed: Any) -> Any:
        """Of a member of a union, whose variant tells a date from a datetime too."""
        return self._struct if guessed is dict else self._field_type(guessed)

    def _field_type(self, guessed: Any) -> Any:
        """Of a field of a record, whose schema tells a date from a datetime."""
        return self._held(guessed, self._field_type)

    def _held(self, guessed: Any, part: Any) -> Any:
        arguments = typing.get_args(guessed)
        if typing.get_origin(guessed) in (list, dict):
            return typing.get_origin(guessed)[tuple(map(part, arguments))]
        if members(guessed) != (guessed,):
            return union_of(map(self._member, arguments)) if arguments else guessed
        if isinstance(guessed, type) and issubclass(guessed, enum.Enum):
            return enum.Enum("Enum", {member.name: member.value for member in guessed})
        return self._record(guessed) if is_record(guessed) and guessed not in CLASSES else guessed

    def _record(self, guessed: Any) -> type:
        """Another class with the same fields, in the types that they may have had."""
        if guessed not in self._records:
            made = self._records[guessed] = type(guessed.__name__, (guessed,), {})
            made.__annotations__ = {field.name: self._field_type(field.type) for field in fields_of(guessed)}
        return self._records[guessed]
