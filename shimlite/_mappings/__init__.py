# SPDX-License-Identifier: Apache-2.0
"""The fixed set: every type that shimlite converts, one row each. Adding a type means adding a row.

The order matters where one type is another's special case (our references are attrs classes too): the first row that
takes a type has it.
"""

from __future__ import annotations

from typing import Any

from .._idl import LiteralType
from ..errors import UnsupportedTypeError
from . import choices, containers, records, references, scalars, times, unions
from .row import Row, type_kind
from .unsupported import unsupported

ROWS: tuple[Row, ...] = (
    *scalars.ROWS,
    *times.ROWS,
    *choices.ROWS,
    *references.ROWS,
    *records.ROWS,
    *unions.ROWS,
    *containers.ROWS,
)

__all__ = ["ROWS", "Row", "row_for", "row_of"]


def row_for(python_type: Any) -> Row:
    """The row that takes a Python type. Raises UnsupportedTypeError, naming the nearest type that has one."""
    for row in ROWS:
        if row.takes(python_type):
            return row
    raise unsupported(python_type)


def row_of(literal_type: LiteralType) -> Row:
    """The row that answers for a ``LiteralType``. Raises UnsupportedTypeError only for what a newer flyteidl adds."""
    kind = type_kind(literal_type)
    for row in ROWS:
        if kind in row.literal_types and row.guesses(literal_type):
            return row
    raise UnsupportedTypeError(f"the LiteralType {kind} is not known to this shimlite", got=kind)
