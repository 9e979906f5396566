# SPDX-License-Identifier: Apache-2.0
"""The hint for a type outside the fixed set: the nearest type inside it. ``parse`` decides what is outside.

Next: ``msgpack_codec``.
"""

from __future__ import annotations

import collections.abc
import datetime as dt
import os
import typing
from typing import Any

_NEAREST: tuple[tuple[tuple[type, ...], str], ...] = (
    ((int,), "int"),
    ((float,), "float"),
    ((str,), "str"),
    ((bytes, bytearray, memoryview), "bytes"),
    ((dt.datetime,), "datetime"),
    ((dt.date,), "date"),
    ((dt.timedelta,), "timedelta"),
    ((dt.time, dt.tzinfo), "timedelta, or str"),
    ((complex,), "list[float]"),
    ((os.PathLike,), "FlyteFile, or str for a mere path"),
    ((collections.abc.Mapping,), "dict[K, T]"),
    ((collections.abc.Iterable,), "list[T]"),
)
"""Classes; a derived class stands before its base."""

_BY_NAME = {
    "Decimal": "float, or str to keep every digit",
    "Fraction": "float, or str to keep every digit",
    "UUID": "str",
    "DataFrame": "StructuredDataset",
    "Table": "StructuredDataset",
    "RecordBatch": "StructuredDataset",
    "ndarray": "list[float]",
}
"""Classes of modules that are not imported for this."""


def nearest(python_type: Any, cls: Any) -> str:
    """What to write instead of a type outside the set; ``cls`` is the class that it is a subscript of, or itself."""
    if isinstance(python_type, (str, typing.ForwardRef)):
        return "the class itself, not its name"
    if type(python_type).__name__ == "LiteralType":  # another pool's: see errors.no_message
        return "LiteralType.FromString(x.SerializeToString()), of shimlite.idl"
    is_class = isinstance(python_type, type)
    if typing.is_typeddict(python_type) or (is_class and hasattr(python_type, "_fields")):
        return "a dataclass"
    if is_class and any(map(_is_base_model, python_type.__mro__)):
        return "a model of your own" if _is_base_model(python_type) else "a model of pydantic 2, or a dataclass"
    if cls is Any or cls is object:
        return "dict for JSON-like values, or a dataclass"
    if not isinstance(cls, type) or issubclass(cls, type):
        return "a type of the table in the README"
    by_name = (_BY_NAME[one.__name__] for one in cls.__mro__ if one.__name__ in _BY_NAME)
    by_class = (instead for classes, instead in _NEAREST if _is_below(cls, classes))
    return next(by_name, None) or next(by_class, "a dataclass or attrs class")


def _is_base_model(cls: type) -> bool:
    return cls.__name__ == "BaseModel" and cls.__module__.partition(".")[0] == "pydantic"


def _is_below(cls: type, classes: tuple[type, ...]) -> bool:
    try:
        return issubclass(cls, classes)
    except Exception:  # abstract classes ask for a hash, which a metaclass may forbid
        return False
