# SPDX-License-Identifier: Apache-2.0
"""Literals that hold JSON-like data: a msgpack ``Binary``, in any order of keys, or the ``Struct`` of older writers.

flytekit writes dicts and records so; Propeller sends a value of any type as a ``Binary`` where it was taken out of a
record, ``out.field``.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import msgpack
from hypothesis import strategies as st

from .._idl import Literal


def binary(packed: bytes, tag: str = "msgpack") -> Literal:
    literal = Literal()
    literal.scalar.binary.value, literal.scalar.binary.tag = packed, tag
    return literal


@st.composite
def binaries(draw: st.DrawFn, plain: Any) -> Literal:
    """``plain`` as msgpack, its keys in order or the other way round: a writer's order is its own."""
    return binary(msgpack.packb(backwards(plain) if draw(st.booleans()) else plain))


def struct(plain: dict[str, Any]) -> Literal:
    """``plain``, of which ``fits_a_struct`` is true, as a ``Struct``."""
    literal = Literal()
    literal.scalar.generic.SetInParent()
    literal.scalar.generic.update(_as_json(plain))
    return literal


def fits_a_struct(plain: Any) -> bool:
    """Whether a ``Struct`` says the same: its keys are text, its numbers doubles and, being JSON, finite."""
    if isinstance(plain, dict):
        return all(isinstance(key, str) and fits_a_struct(value) for key, value in plain.items())
    if isinstance(plain, list):
        return all(map(fits_a_struct, plain))
    if isinstance(plain, float):
        return math.isfinite(plain)
    return not isinstance(plain, int) or abs(plain) <= 2**53


def _as_json(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _as_json(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_as_json(value) for value in plain]
    return base64.b64encode(plain).decode() if isinstance(plain, bytes) else plain


def backwards(value: Any) -> Any:
    """An equal value, the keys of its dicts in the opposite order at every level."""
    if isinstance(value, dict):
        return {key: backwards(item) for key, item in reversed(value.items())}
    return [backwards(item) for item in value] if isinstance(value, list) else value
