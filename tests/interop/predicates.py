# SPDX-License-Identifier: Apache-2.0
"""Which types and values may differ for a reason that ``tests/differences.py`` lists. Needs no flytekit."""

from __future__ import annotations

import collections
import dataclasses
import math
import struct
from collections.abc import Iterator
from typing import Any

import attrs

from shimlite import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset
from shimlite.strategies.shapes import fields_of, parts

from ..property.model import REFERENCES, bare, kind_of, members

REFERENCE = (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema)


def leaves(value: Any) -> Iterator[Any]:
    """What stands in containers and records; references are leaves."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    elif not isinstance(value, REFERENCE) and (dataclasses.is_dataclass(value) or attrs.has(type(value))):
        for field in fields_of(type(value)):
            yield from leaves(getattr(value, field.name))
    else:
        yield value


def odd_nan(python_type: Any, value: Any) -> bool:
    nans = (one for one in leaves(value) if isinstance(one, float) and one != one)
    return any(struct.pack(">d", one) != struct.pack(">d", math.nan) for one in nans)


def references(value: Any) -> Iterator[Any]:
    return (one for one in leaves(value) if isinstance(one, REFERENCE))


def says_more_than_its_type(python_type: Any, value: Any) -> bool:
    said = ("format", "columns", "external_schema_type", "external_schema_bytes")
    return any(getattr(one, word, None) for one in references(value) for word in said)


def table_of_a_format_in_msgpack(python_type: Any, value: Any) -> bool:
    tables = (one for one in references(value) if isinstance(one, StructuredDataset) and one.format)
    return StructuredDataset in inside_msgpack(python_type) and any(tables)


def has_a_hash(python_type: Any, value: Any) -> bool:
    return any(getattr(one, "hash", "") for one in references(value))


def outside_records(python_type: Any) -> list[Any]:
    """The parts that are literals of their own."""
    kind, arguments = kind_of(python_type), members(python_type)
    found = [bare(python_type)[0]]
    if kind == "Union" or kind is list or (kind is dict and arguments[:1] == (str,)):
        for argument in arguments:
            found += outside_records(argument)
    return found


def bytes_of_its_own(python_type: Any, value: Any) -> bool:
    return bytes in outside_records(python_type)


def shape(member: Any) -> Any:
    """What flytekit's transformers of two members both take: a dict for a dataclass, a list for any list."""
    kind = kind_of(member)
    if kind == "Literal":
        return type(members(member)[0])
    if kind in REFERENCES:
        return dict
    if isinstance(kind, str):
        return {"record": dict, "Enum": str}.get(kind, kind)
    return kind


def alike_in_a_union(python_type: Any, value: Any) -> bool:
    return any(
        count > 1
        for part in parts(python_type)
        if kind_of(part) == "Union"
        for count in collections.Counter(map(shape, members(part))).values()
    )


def is_struct(part: Any) -> bool:
    return kind_of(part) == "record" or (kind_of(part) is dict and members(part)[:1] not in ((), (str,)))


def inside_msgpack(python_type: Any) -> list[Any]:
    """The parts that mashumaro sees: of a record, or of a dict with other keys."""
    return [inner for part in parts(python_type) if is_struct(part) for inner in parts(part)]


def union_in_msgpack(python_type: Any, value: Any) -> bool:
    unions = [members(part) for part in inside_msgpack(python_type) if kind_of(part) == "Union"]
    return any(len([one for one in union if one is not type(None)]) > 1 for union in unions)


def literal_of_several_classes(python_type: Any, value: Any) -> bool:
    literals = [members(part) for part in parts(python_type) if kind_of(part) == "Literal"]
    return any(len(set(map(type, choices))) > 1 for choices in literals)


def columns_in_msgpack(python_type: Any, value: Any) -> bool:
    return StructuredDataset in inside_msgpack(python_type)
