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


def annotated(python_type: Any, some_words: Iterable[Any]) -> Any:
    """The type with these words of ``Annotated``, if there are any."""
    subscript: Any = Annotated
    told = (python_type, *some_words)
    return subscript[told] if len(told) > 1 else python_type


def is_union(python_type: Any) -> bool:
    return typing.get_origin(python_type) in (typing.Union, types.UnionType)


def is_hashable(one: Any) -> bool:
    try:
        hash(one)
    except TypeError:
        return False
    return True


def is_enum(python_type: Any) -> bool:
    return isinstance(python_type, type) and issubclass(python_type, enum.Enum)


def is_record(python_type: Any) -> bool:
    is_class = isinstance(python_type, type) and python_type not in REFERENCES
    is_own = is_class and (dataclasses.is_dataclass(python_type) or attrs.has(python_type))
    return is_own or is_model(python_type)


def is_model(python_type: Any) -> bool:
    """Whether it is a pydantic model: told by the name of its base, as only the user of one has imported pydantic."""
    return isinstance(python_type, type) and any(map(is_base_model, python_type.__mro__[1:]))


def is_base_model(python_type: Any) -> bool:
    """Whether it is pydantic's ``BaseModel`` itself."""
    names = getattr(python_type, "__module__", ""), getattr(python_type, "__name__", "")
    return names == ("pydantic.main", "BaseModel")


def flat(python_type: Any) -> Iterable[Any]:
    """The members of a union and of the unions inside it; of any other type, the type itself."""
    if is_union(bare(python_type)):
        return [inner for member in typing.get_args(bare(python_type)) for inner in flat(member)]
    return [python_type]


def fields_of(record: Any) -> tuple[Any, ...]:
    """The fields of a dataclass or an attrs class, as these describe them."""
    return tuple(dataclasses.fields(record) if dataclasses.is_dataclass(record) else attrs.fields(record))


def names_of(record: Any) -> list[str]:
    """The attributes that hold a record's fields, and what else a model may hold."""
    if not is_model(record):
        return [field.name for field in fields_of(record)]
    takes_others = record.model_config.get("extra") == "allow"
    return [*record.model_fields, *(["__pydantic_extra__"] if takes_others else [])]


def columns_of(record: Any) -> dict[str, Any]:
    """Names and types of a record's fields; formats, columns and what pydantic asks of a field included."""
    if is_model(record):
        return _columns_of_model(record)
    fields = fields_of(record)
    if not any(isinstance(field.type, str) for field in fields):
        return {field.name: field.type for field in fields}
    hints = typing.get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in fields}


def _columns_of_model(model: Any) -> dict[str, Any]:
    model.model_rebuild()  # it may name classes that were not there yet
    return {name: annotated(field.annotation, field.metadata) for name, field in model.model_fields.items()}


def parts(python_type: Any) -> list[Any]:
    """A type and all that it is made of: elements, keys, members, the types of fields. Each class once."""
    found: list[Any] = []
    waiting = [python_type]
    seen: set[int] = set()
    while waiting:
        part = bare(waiting.pop())
        found.append(part)
        if typing.get_origin(part) in (list, dict, tuple, set, frozenset) or is_union(part):
            waiting += [one for one in typing.get_args(part) if one is not ...]
        elif is_record(part) and id(part) not in seen:
            seen.add(id(part))
            waiting += columns_of(part).values()
    return found
