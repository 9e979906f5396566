# SPDX-License-Identifier: Apache-2.0
"""What is outside the fixed set, and the nearest type inside it."""

from __future__ import annotations

import collections
import collections.abc
import datetime as dt
import decimal
import fractions
import os
import pathlib
import typing
import uuid
from typing import Any

from ..errors import UnsupportedTypeError
from .row import spell

_NEAREST: tuple[tuple[tuple[Any, ...], str], ...] = (
    ((typing.Any, object), "dict for JSON-like values, or a dataclass"),
    ((bytearray, memoryview), "bytes"),
    ((decimal.Decimal, fractions.Fraction), "float, or str to keep every digit"),
    ((uuid.UUID,), "str"),
    ((os.PathLike, pathlib.Path, pathlib.PurePath), "FlyteFile, or str for a mere path"),
    ((complex,), "list[float]"),
    ((dt.time, dt.tzinfo), "timedelta, or str"),
    ((tuple, set, frozenset, collections.deque, range), "list[T]"),
    ((collections.abc.Sequence, collections.abc.Set, collections.abc.Iterable, collections.abc.Iterator), "list[T]"),
    ((collections.OrderedDict, collections.defaultdict, collections.Counter), "dict[K, T]"),
    ((collections.abc.Mapping, collections.abc.MutableMapping), "dict[K, T]"),
)

_BY_NAME = {
    "DataFrame": "StructuredDataset",
    "Table": "StructuredDataset",
    "RecordBatch": "StructuredDataset",
    "ndarray": "list[float]",
}


def unsupported(python_type: Any) -> UnsupportedTypeError:
    """The refusal of a type outside the set, naming the nearest type inside it."""
    name = spell(python_type)
    return UnsupportedTypeError(f"{name} is not supported", got=name, hint=f"use {nearest(python_type)}")


def nearest(python_type: Any) -> str:
    """What to write instead of a type outside the set."""
    if isinstance(python_type, (str, typing.ForwardRef)):
        return "the class itself, not its name"
    if typing.is_typeddict(python_type) or hasattr(python_type, "_fields"):
        return "a dataclass"
    supertype = getattr(python_type, "__supertype__", None)
    if supertype is not None:
        return f"{spell(supertype)}, which it names"
    origin = typing.get_origin(python_type) or python_type
    if origin is type or not isinstance(origin, type):
        return "a type of the table: shimlite types"
    for classes, instead in _NEAREST:
        if origin in classes or issubclass(origin, tuple(c for c in classes if c is not Any and c is not object)):
            return instead
    return _BY_NAME.get(origin.__name__, _of_a_class(origin))


def _of_a_class(cls: type) -> str:
    for base in (bool, int, float, str, bytes, dt.datetime, dt.date, dt.timedelta, list, dict):
        if issubclass(cls, base):
            return spell(base) if base not in (list, dict) else f"{base.__name__}[…]"
    return "a dataclass or attrs class"
