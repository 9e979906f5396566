# SPDX-License-Identifier: Apache-2.0
"""What is converted, and the loop that a user of protobuf would write for it: nothing is checked in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Callable
from typing import Any, Optional

from shimlite._idl import Literal


@dataclasses.dataclass
class Nine:
    count: int
    share: float
    ready: bool
    name: str
    at: dt.datetime
    took: dt.timedelta
    limit: Optional[int]
    sizes: list[int]
    weights: dict[str, float]


AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc)
SINGLE: dict[str, tuple[Any, Any]] = {
    "int": (int, 1234),
    "float": (float, 2.5),
    "bool": (bool, True),
    "str": (str, "a short text"),
    "datetime": (dt.datetime, AT),
    "Optional[int]": (Optional[int], 1234),
    "dict[str, list[int]], 10 of 10": (dict[str, list[int]], {f"key {n}": list(range(n, n + 10)) for n in range(10)}),
    "dataclass of 9 fields": (
        Nine,
        Nine(1234, 2.5, True, "a short text", AT, dt.timedelta(hours=1), None, [1, 2, 3], {"a": 0.5, "b": 1.5}),
    ),
}
"""A type and a value by name."""


def _encode_ints(values: list[int]) -> Literal:
    literal = Literal()
    add = literal.collection.literals.add
    for value in values:
        add().scalar.primitive.integer = value
    return literal


def _decode_ints(literal: Literal) -> list[int]:
    return [one.scalar.primitive.integer for one in literal.collection.literals]


def _encode_texts(values: list[str]) -> Literal:
    literal = Literal()
    add = literal.collection.literals.add
    for value in values:
        add().scalar.primitive.string_value = value
    return literal


def _decode_texts(literal: Literal) -> list[str]:
    return [one.scalar.primitive.string_value for one in literal.collection.literals]


def _encode_doubles(values: list[float]) -> Literal:
    literal = Literal()
    add = literal.collection.literals.add
    for value in values:
        add().scalar.primitive.float_value = value
    return literal


def _decode_doubles(literal: Literal) -> list[float]:
    return [one.scalar.primitive.float_value for one in literal.collection.literals]


def _encode_bools(values: list[bool]) -> Literal:
    literal = Literal()
    add = literal.collection.literals.add
    for value in values:
        add().scalar.primitive.boolean = value
    return literal


def _decode_bools(literal: Literal) -> list[bool]:
    return [one.scalar.primitive.boolean for one in literal.collection.literals]


def _any_int64(size: int) -> list[int]:
    numbers = random.Random(1)
    return [numbers.randrange(-(2**63), 2**63) for _ in range(size)]


def _encode_floats(values: dict[str, float]) -> Literal:
    literal = Literal()
    literals = literal.map.literals
    for key, value in values.items():
        literals[key].scalar.primitive.float_value = value
    return literal


def _decode_floats(literal: Literal) -> dict[str, float]:
    return {key: one.scalar.primitive.float_value for key, one in literal.map.literals.items()}


MANY: dict[str, tuple[Any, Callable[[int], Any], Callable[[Any], Literal], Callable[[Literal], Any]]] = {
    "list[int]": (list[int], lambda size: list(range(1000, size + 1000)), _encode_ints, _decode_ints),
    "list[int], any int64": (list[int], _any_int64, _encode_ints, _decode_ints),
    "list[float]": (list[float], lambda size: [n + 0.5 for n in range(size)], _encode_doubles, _decode_doubles),
    "list[bool]": (list[bool], lambda size: [n % 3 == 0 for n in range(size)], _encode_bools, _decode_bools),
    "list[str]": (list[str], lambda size: [f"text {n}" for n in range(size)], _encode_texts, _decode_texts),
    "dict[str, float]": (
        dict[str, float],
        lambda size: {f"key {n}": n + 0.5 for n in range(size)},
        _encode_floats,
        _decode_floats,
    ),
}
"""A type, what makes a value of so many elements, and the loops by name."""
