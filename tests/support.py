# SPDX-License-Identifier: Apache-2.0
"""What many tests share: literals made by hand, an exact comparison, and the text of the error that a call raises."""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import Any

import attrs
import msgpack

import shimlite
from shimlite import idl

Literal = idl.Literal
LiteralType = idl.LiteralType
SimpleType = idl.SimpleType


def primitive(**value: Any) -> Literal:
    """``primitive(integer=5)``"""
    return scalar(primitive=idl.Primitive(**value))


def scalar(**value: Any) -> Literal:
    return Literal(scalar=idl.Scalar(**value))


def packed(value: Any) -> Literal:
    """A msgpack Binary, as flytekit and Propeller's attribute access write it."""
    return raw(msgpack.packb(value))


def raw(data: bytes, tag: str = "msgpack") -> Literal:
    return scalar(binary=idl.Binary(value=data, tag=tag))


def unpacked(literal: Literal) -> Any:
    """What our own Binary holds; its tag must be msgpack's and nothing else may be set."""
    value = literal.scalar.binary.value
    assert literal == raw(value)
    return msgpack.unpackb(value, strict_map_key=False)


def struct(values: dict[str, Any]) -> Literal:
    """The ``Struct`` of older writers and of the console."""
    generic = idl.Struct()
    generic.update(values)
    return scalar(generic=generic)


def collection(*literals: Literal) -> Literal:
    return Literal(collection=idl.LiteralCollection(literals=literals))


def map_of(**literals: Literal) -> Literal:
    return Literal(map=idl.LiteralMap(literals=literals))


def union(value: Literal, variant: LiteralType) -> Literal:
    return scalar(union=idl.Union(value=value, type=variant))


def simple(name: str, tag: str = "") -> LiteralType:
    literal_type = LiteralType(simple=SimpleType.Value(name))
    if tag:
        literal_type.structure.tag = tag
    return literal_type


def record_type(schema: dict[str, Any], **dataclass_type: LiteralType) -> LiteralType:
    """A STRUCT with this JSON Schema, and what ``structure`` says of its fields."""
    literal_type = LiteralType(simple=SimpleType.STRUCT)
    literal_type.metadata.update(schema)
    for name, field_type in dataclass_type.items():
        literal_type.structure.dataclass_type[name].CopyFrom(field_type)
    return literal_type


def schema_of(python_type: Any) -> dict[str, Any]:
    """The JSON Schema that our STRUCT carries, as plain Python."""
    return shimlite.to_python_value(scalar(generic=shimlite.to_literal_type(python_type).metadata), dict)


def round_trip(value: Any, python_type: Any) -> Any:
    return shimlite.to_python_value(shimlite.to_literal(value, python_type), python_type)


def shape(value: Any) -> Any:
    """Equal for values that are alike to the last bit: tells ``-0.0`` from ``0.0`` and ``True`` from ``1``, NaN is NaN.

    Classes of records and enums count by name, so that a generated one compares with the one written by hand.
    """
    kind = type(value)
    if isinstance(value, enum.Enum):
        return kind.__name__, value.name, value.value
    if dataclasses.is_dataclass(value):
        return kind.__name__, {field.name: shape(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if attrs.has(kind):
        return kind.__name__, {field.name: shape(getattr(value, field.name)) for field in attrs.fields(kind)}
    if kind in (list, tuple):
        return kind, [shape(one) for one in value]
    if kind is dict:
        return kind, {(type(key), key): shape(one) for key, one in value.items()}
    return kind, repr(value)


def refusal(kind: type[Exception], call: Any, *arguments: Any) -> str:
    """The whole message of the error that ``call`` raises, whose class is exactly ``kind``."""
    try:
        call(*arguments)
    except Exception as error:
        assert type(error) is kind, f"{type(error).__name__}: {error}"
        return str(error)
    raise AssertionError(f"no {kind.__name__} was raised")


def stable(value: Any) -> str:
    """A parameter's name in a test's, the same in every process: without addresses."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
