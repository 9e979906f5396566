# SPDX-License-Identifier: Apache-2.0
"""How well the keys of a map fit the fields of a record: what tells several records apart where no title does.

flytekit and shimlite write all fields of a record, so the right one has exactly the keys as its fields. Whoever writes
by hand may leave out what has a default.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

from .._idl import Literal
from .members import members
from .packing import TAG, read_packed
from .records import fields_of, is_record
from .references import CLASSES
from .row import literal_kind

NO, IN_PART, EXACTLY = range(3)
Fit = Callable[[Any], int]
"""Of JSON-like data: NO where a key is no field or a required field is missing, IN_PART where one with a default is."""


def is_own_record(python_type: Any) -> bool:
    """Whether it is a dataclass or attrs class that is not one of our references."""
    return is_record(python_type) and python_type not in CLASSES


def fit_of(python_type: Any) -> Fit | None:
    """The fit of a type that is a record, or whose literals are made of literals that are; None for any other."""
    if is_own_record(python_type):
        return _fit_of_record(python_type)
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if origin is typing.Annotated:
        return fit_of(arguments[0])
    if origin is list or (origin is dict and arguments[0] is str):
        inner = fit_of(arguments[-1])
        return None if inner is None else _fit_of_all(inner, origin)
    choices = members(python_type)
    if choices == (python_type,):
        return None
    fits = list(map(fit_of, choices))
    others = {_container_of(one) for one, fit in zip(choices, fits) if fit is None}
    return _best([fit for fit in fits if fit is not None], others) if any(fits) else None


def _fit_of_record(record: type) -> Fit:
    fields = fields_of(record)
    names = frozenset(field.name for field in fields)
    required = frozenset(field.name for field in fields if field.init and field.required)

    def fit(plain: Any) -> int:
        if type(plain) is not dict:
            return NO
        keys = plain.keys()
        if keys == names:
            return EXACTLY
        return IN_PART if required <= keys <= names else NO

    return fit


def _fit_of_all(inner: Fit, container: type) -> Fit:
    def fit(plain: Any) -> int:
        if type(plain) is not container:
            return NO
        items: Any = plain.values() if isinstance(plain, dict) else plain
        return min(map(inner, items), default=EXACTLY)

    return fit


def _container_of(python_type: Any) -> type | None:
    """``list`` or ``dict``; None for any other type."""
    origin = typing.get_origin(python_type) or python_type
    if origin is typing.Annotated:
        return _container_of(typing.get_args(python_type)[0])
    return origin if origin in (list, dict) else None


def _best(fits: list[Fit], others: set[type | None]) -> Fit:
    """Of a union. ``others`` are the containers of its members without records, which tell nothing against a value."""

    def fit(plain: Any) -> int:
        container = type(plain) if type(plain) in (list, dict) else None
        return EXACTLY if container in others else max(one(plain) for one in fits)

    return fit


def plain_of(literal: Literal) -> Any:
    """The data that a literal is made of, as far as records are asked for: a primitive is None, and so are bytes."""
    kind = literal_kind(literal)
    if kind == "collection":
        return list(map(plain_of, literal.collection.literals))
    if kind == "map":
        return {key: plain_of(value) for key, value in literal.map.literals.items()}
    if kind == "union":
        return plain_of(literal.scalar.union.value)
    is_packed = kind == "generic" or (kind == "binary" and literal.scalar.binary.tag == TAG)
    return read_packed(literal, kind) if is_packed else None
