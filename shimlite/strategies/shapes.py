# SPDX-License-Identifier: Apache-2.0
"""Questions about Python types, answered apart from the engine: a test that asked it would test nothing."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any

import attrs

from ..values import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset

REFERENCES = (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError)


def bare(python_type: Any) -> Any:
    """The type without ``Annotated``."""
    if python_type is None:
        return type(None)
    return bare(python_type.__origin__) if typing.get_origin(python_type) is Annotated else python_type


def words(python_type: Any) -> tuple[Any, ...]:
    """What ``Annotated`` says: the formats and columns of our references, and anything else."""
    return getattr(python_type, "__metadata__", ())


def is_union(python_type: Any) -> bool:
    return typing.get_origin(python_type) in (typing.Union, types.UnionType)


def is_enum(python_type: Any) -> bool:
    return isinstance(python_type, type) and issubclass(python_type, enum.Enum)


def is_record(python_type: Any) -> bool:
    is_class = isinstance(python_type, type) and python_type not in REFERENCES
    return is_class and (dataclasses.is_dataclass(python_type) or attrs.has(python_type))


def flat(python_type: Any) -> Iterable[Any]:
    """The members of a union and of the unions inside it; of any other type, the type itself."""
    if is_union(bare(python_type)):
        return [inner for member in typing.get_args(bare(python_type)) for inner in flat(member)]
    return [python_type]


def fields_of(record: Any) -> tuple[Any, ...]:
    return tuple(dataclasses.fields(record) if dataclasses.is_dataclass(record) else attrs.fields(record))


def columns_of(record: Any) -> dict[str, Any]:
    """Names and types of a record's fields, formats and columns included."""
    fields = fields_of(record)
    if not any(isinstance(field.type, str) for field in fields):
        return {field.name: field.type for field in fields}
    hints = typing.get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in fields}


def parts(python_type: Any) -> list[Any]:
    """A type and all that it is made of: elements, keys, members, the types of fields. Each class once."""
    found: list[Any] = []
    waiting = [python_type]
    seen: set[int] = set()
    while waiting:
        part = bare(waiting.pop())
        found.append(part)
        if typing.get_origin(part) in (list, dict) or is_union(part):
            waiting += typing.get_args(part)
        elif is_record(part) and id(part) not in seen:
            seen.add(id(part))
            waiting += columns_of(part).values()
    return found
