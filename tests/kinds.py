# SPDX-License-Identifier: Apache-2.0
"""The kinds of types in the fixed set, and the kinds of Flyte's messages, in the tests' own words.

No table of the package is read here, so that a test over every kind does not ask the package what there is to test.
``tests/test_idl_coverage.py`` compares the messages' kinds with flyteidl.
"""

from __future__ import annotations

import datetime as dt
import enum
import typing
from collections.abc import Callable
from typing import Annotated, Any

import attrs

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import BlobType, Literal, LiteralType, SimpleType

from .property.model import bare, is_map, kind_of, parts_of


class Red(enum.Enum):
    RED = "red"


@attrs.frozen
class Record:
    x: int


@attrs.frozen(eq=False)
class Kind:
    name: str
    title: str
    """As ``shimlite types`` calls it."""
    example: Any
    """A type of this kind that shows what it loses; for ``Any``, which has no LiteralType, a type that holds it."""
    takes: Callable[[Any], bool] = attrs.field(repr=False)
    """Whether a type, without its ``Annotated``, is of this kind."""
    declared: tuple[str, ...] = ()
    """The kinds of LiteralType (see ``type_kind``) whose guess is of this kind."""
    literals: tuple[str, ...] = ()
    """The kinds of Literal (see ``literal_kind``) that are written or read, beside msgpack's and a union's."""


def _scalar(cls: type, declared: str, *literals: str) -> Kind:
    name = "None" if cls is type(None) else cls.__name__
    return Kind(name, name, cls, lambda one: one is cls, (declared,), literals)


def _reference(cls: Any, example: Any, declared: str, *literals: str) -> Kind:
    return Kind(cls.__name__, cls.__name__, example, lambda one: one is cls, (declared,), literals)


def _named(kind: str) -> Callable[[Any], bool]:
    return lambda one: kind_of(one) == kind


KINDS = (
    _scalar(type(None), "NONE", "none_type"),
    _scalar(bool, "BOOLEAN", "boolean"),
    _scalar(int, "INTEGER", "integer", "float_value"),
    _scalar(float, "FLOAT", "float_value", "integer"),
    _scalar(str, "STRING", "string_value"),
    _scalar(bytes, "BINARY", "binary"),
    Kind("Any", "Any (in a record or a dict)", dict, lambda one: one is Any),
    _scalar(dt.datetime, "DATETIME", "datetime", "string_value"),
    _scalar(dt.date, "DATETIME", "datetime", "string_value"),
    _scalar(dt.timedelta, "DURATION", "duration", "float_value"),
    Kind("Enum", "Enum with str values", Red, _named("Enum"), ("enum_type",), ("string_value",)),
    Kind(
        "Literal",
        "Literal[...] of one scalar type",
        typing.Literal["a", "b"],
        _named("Literal"),
        literals=("string_value", "integer", "boolean", "float_value"),
    ),
    _reference(FlyteFile, FlyteFile["csv"], "blob", "blob", "generic"),
    _reference(FlyteDirectory, FlyteDirectory["csv"], "blob", "blob", "generic"),
    _reference(
        StructuredDataset,
        Annotated[StructuredDataset, "parquet"],
        "structured_dataset_type",
        *("structured_dataset", "schema", "generic"),
    ),
    _reference(FlyteSchema, FlyteSchema[{"id": int}], "schema", "schema", "structured_dataset", "generic"),
    _reference(FlyteError, FlyteError, "ERROR", "error", "generic"),
    Kind("Record", "dataclass, attrs class", Record, _named("record"), literals=("binary", "generic")),
    Kind(
        "Union",
        "Optional[T], Union[T, U], T | U",
        dt.datetime | None,
        _named("Union"),
        ("union_type",),
        ("union",),
    ),
    Kind("List", "list[T]", list[dt.date], lambda one: kind_of(one) is list, ("collection_type",), ("collection",)),
    Kind("Map", "dict[str, T]", dict[str, dt.date], is_map, ("map_value_type",), ("map", "generic")),
    Kind(
        "Struct",
        "dict, dict[K, T] with other keys",
        dict[dt.date, int],
        lambda one: kind_of(one) is dict and not is_map(one),
        ("STRUCT",),
        ("binary", "generic"),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
DECLARABLE = tuple(kind for kind in KINDS if kind.declared)
"""Those that a LiteralType alone tells."""


def of_type(python_type: Any) -> Kind:
    """The only kind that a type is of."""
    (kind,) = (one for one in KINDS if one.takes(bare(python_type)[0]))
    return kind


def in_type(python_type: Any) -> set[Kind]:
    """The kinds of a type and of all types in it."""
    return set(map(of_type, parts_of(python_type)))


def of_literal_type(literal_type: LiteralType) -> Kind:
    """The kind of a LiteralType's guess."""
    found = [kind for kind in KINDS if type_kind(literal_type) in kind.declared]
    if literal_type.HasField("blob"):
        is_single = literal_type.blob.dimensionality == BlobType.SINGLE
        return BY_NAME["FlyteFile" if is_single else "FlyteDirectory"]
    if len(found) > 1:
        return BY_NAME["date" if literal_type.structure.tag == "date" else "datetime"]
    return found[0]


def type_kind(literal_type: LiteralType) -> str:
    """``INTEGER`` and the like for a simple type, else the name of the oneof's field. What is unset is NONE."""
    kind = literal_type.WhichOneof("type")
    if kind in (None, "simple"):
        return str(SimpleType.Name(literal_type.simple))
    return str(kind)


def literal_kind(literal: Literal) -> str:
    """The innermost field that is set, such as ``integer``, ``collection`` or ``binary``; ``nothing`` if none is."""
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        kind = literal.scalar.WhichOneof("value")
    if kind == "primitive":
        kind = literal.scalar.primitive.WhichOneof("value")
    return kind or "nothing"
