# SPDX-License-Identifier: Apache-2.0
"""The equality of the laws: what a value is, to the last bit, and not only what it compares equal to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
from typing import Any

import attrs

__all__ = ["same"]

_UNSET = object()


def same(a: Any, b: Any) -> bool:
    """Equality that tells -0.0 from 0.0, True from 1, an int from a float and one class from another.

    NaN equals itself and a dict's order does not count, as in Python. Datetimes agree in every field, fold included,
    and in their offset, but not in the name of their zone. Records are compared by class and fields, messages by bytes.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (a != a and b != b) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return _same_dicts(a, b)
    if isinstance(a, dt.datetime):
        naive = a.replace(tzinfo=None), b.replace(tzinfo=None)
        return (naive[0], a.utcoffset(), a.fold) == (naive[1], b.utcoffset(), b.fold)
    if dataclasses.is_dataclass(type(a)) or attrs.has(type(a)):
        fields: Any = (dataclasses.fields if dataclasses.is_dataclass(a) else attrs.fields)(type(a))
        return all(same(*(getattr(one, field.name, _UNSET) for one in (a, b))) for field in fields)
    if hasattr(type(a), "__pydantic_extra__"):  # a model
        return same(vars(a), vars(b)) and same(a.__pydantic_extra__, b.__pydantic_extra__)
    if isinstance(a, enum.Enum):
        return a is b
    if hasattr(a, "SerializeToString"):  # a message of protobuf's, to which NaN is not NaN
        return bool(a.SerializeToString(deterministic=True) == b.SerializeToString(deterministic=True))
    return bool(a == b)


def _same_dicts(a: dict[Any, Any], b: dict[Any, Any]) -> bool:
    others: dict[Any, list[tuple[Any, Any]]] = {}
    for key, value in b.items():
        others.setdefault(_looked_up(key), []).append((key, value))
    for key, value in a.items():
        alike = others.get(_looked_up(key), [])
        place = next((i for i, (other, _) in enumerate(alike) if same(key, other)), None)
        if place is None or not same(value, alike.pop(place)[1]):
            return False
    return len(a) == len(b)


def _looked_up(key: Any) -> Any:
    """Keys that are the same have one; nearly all that differ do not."""
    return (float, "nan") if type(key) is float and key != key else (id(type(key)), key)
