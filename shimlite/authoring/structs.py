# SPDX-License-Identifier: Apache-2.0
"""JSON-like Python values as a ``Struct``, which has doubles for all numbers: what one does not hold is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .._idl import Struct, Value
from .._types.plain_data import EXACT
from ..errors import ShimliteError, TemplateError, described
from .arguments import optional_text

DEEPEST = 30
"""Dicts inside dicts. A level of a Struct is three messages, protobuf reads 100 of them inside one another, and Flyte
hands a template out inside an ``admin.Task``."""


def struct_of(value: Any, argument: str) -> Struct:
    """The message of a dict. Raises TemplateError, with the path of what is no JSON."""
    if not isinstance(value, Mapping):
        raise TemplateError(path=argument, expected="a dict", got=described(value))
    struct = Struct()
    try:
        _fill(struct, value, DEEPEST)
    except ShimliteError as error:
        error.blame(TemplateError, argument)
    return struct


def _fill(struct: Struct, value: Mapping[Any, Any], left: int) -> None:
    for key, one in value.items():
        if not isinstance(key, str):
            raise TemplateError(expected="keys that are str", got=described(key))
        try:
            _set(struct.fields[optional_text("", key)], one, left)
        except ShimliteError as error:
            raise error.at_key(key)


def _set(target: Value, value: Any, left: int) -> None:
    if left == 0:
        raise TemplateError("nests deeper than protobuf reads")
    if value is None:
        target.null_value = 0  # type: ignore[assignment]
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = _number(value)
    elif isinstance(value, str):
        target.string_value = optional_text("", value)
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        _fill(target.struct_value, value, left - 1)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        for place, one in enumerate(value):
            try:
                _set(target.list_value.values.add(), one, left - 1)
            except ShimliteError as error:
                raise error.at(f"[{place}]")
    else:
        raise TemplateError(expected="JSON-like data", got=described(value))


def _number(value: int | float) -> float:
    if isinstance(value, int) and abs(value) > EXACT:
        raise TemplateError("is an int beyond 2**53, which a Struct does not hold exactly", hint="write it as a str")
    if not math.isfinite(value):
        raise TemplateError("is no finite number")
    return float(value)
