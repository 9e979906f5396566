# SPDX-License-Identifier: Apache-2.0
"""``LiteralType`` messages that mean something: those of every writer, not only of shimlite.

Other SDKs tag their types in words of their own or not at all; formats, columns, annotations and the values of an enum
may be any; records are described in older spellings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .._idl import LiteralType, SimpleType, TypeStructure
from .._types.literal_types import node_of, tag_of
from .._types.plain_data import read_struct
from ..engine import to_literal_type
from .awkward import ENUM_VALUES, from_pool
from .json_schemas import as_marshmallow, as_pydantic
from .records import records as record_types
from .references import EXTERNAL
from .scalars import MOST_ITEMS, WORDS
from .types import MAX_DEPTH, field_types

SIMPLE = ("NONE", "BOOLEAN", "INTEGER", "FLOAT", "STRING", "BINARY", "DATETIME", "DURATION", "ERROR", "STRUCT")
BLOB_FORMATS = ("", "csv", "text/plain", "application/octet-stream", "NumpyArray", "PythonPickle", "tar.gz")
TAGS = ("", "nobody's", "java.lang.Long")
"""None, and what no flytekit writes."""
NOTES: tuple[dict[str, Any], ...] = (
    {"cache-key-metadata": {"serialization-format": "msgpack"}},
    {"literal_values": ["a", 1.0, True]},
    {"author": {"of": ["another", None]}},
)


def literal_types(max_depth: int = MAX_DEPTH) -> SearchStrategy[LiteralType]:
    """Every ``LiteralType`` that makes sense: each has a guess, and values of the guess convert."""
    return noted(kinds(max_depth))


def kinds(depth: int) -> SearchStrategy[LiteralType]:
    flat = (simple(), enums(), blobs(), schemas(), datasets(depth))
    below = literal_types(depth - 1) if depth > 1 else st.nothing()
    nested = (collections(below), maps(below), unions(below), records(depth), unions(below), records(depth))
    return st.one_of(flat if depth <= 1 else (*flat, *nested))


@st.composite
def noted(draw: st.DrawFn, kinds: SearchStrategy[LiteralType]) -> LiteralType:
    """Now and then with what a reader needs not: an annotation, somebody's tag."""
    literal_type = draw(kinds)
    if draw(st.integers(0, 4)) == 4:
        literal_type.annotation.annotations.update(draw(st.sampled_from(NOTES)))
    if draw(st.integers(0, 4)) == 4 and not literal_type.structure.tag:
        literal_type.structure.tag = draw(st.sampled_from(TAGS))
    return literal_type


@st.composite
def simple(draw: st.DrawFn) -> LiteralType:
    name = draw(st.sampled_from((*SIMPLE, "date", "message")))
    literal_type = LiteralType(simple=SimpleType.Value({"date": "DATETIME", "message": "STRUCT"}.get(name, name)))
    if name == "date":  # as a union tells it from a datetime
        literal_type.structure.tag = "date"
    if name == "message":  # flytekit, of a protobuf message
        literal_type.metadata.update({"pb_type": "google.type.date_pb2.Date"})
    return literal_type


@st.composite
def enums(draw: st.DrawFn) -> LiteralType:
    literal_type = LiteralType()
    strings = st.lists(from_pool(ENUM_VALUES, WORDS), min_size=1, max_size=4, unique=True)
    literal_type.enum_type.values.extend(draw(strings))
    return literal_type


@st.composite
def blobs(draw: st.DrawFn) -> LiteralType:
    literal_type = LiteralType()
    literal_type.blob.dimensionality = draw(st.sampled_from((0, 1)))
    literal_type.blob.format = draw(st.sampled_from(BLOB_FORMATS))
    if literal_type.blob.format == "PythonPickle":
        literal_type.metadata.update({"python_class_name": "<class 'decimal.Decimal'>"})
    return literal_type


@st.composite
def schemas(draw: st.DrawFn) -> LiteralType:
    literal_type = LiteralType()
    literal_type.schema.SetInParent()
    for name in draw(_column_names()):
        literal_type.schema.columns.add(name=name, type=draw(st.integers(0, 5)))
    return literal_type


@st.composite
def datasets(draw: st.DrawFn, depth: int) -> LiteralType:
    literal_type = LiteralType()
    dataset = literal_type.structured_dataset_type
    dataset.format = draw(st.sampled_from(("", "parquet", "csv")))
    dataset.external_schema_type, dataset.external_schema_bytes = draw(EXTERNAL)
    for name in draw(_column_names()):
        dataset.columns.add(name=name, literal_type=draw(literal_types(min(depth - 1, 2)) if depth > 1 else simple()))
    return literal_type


def _column_names() -> SearchStrategy[list[str]]:
    return st.lists(WORDS, max_size=MOST_ITEMS, unique=True)


@st.composite
def collections(draw: st.DrawFn, below: SearchStrategy[LiteralType]) -> LiteralType:
    return LiteralType(collection_type=draw(below))


@st.composite
def maps(draw: st.DrawFn, below: SearchStrategy[LiteralType]) -> LiteralType:
    return LiteralType(map_value_type=draw(below))


@st.composite
def records(draw: st.DrawFn, depth: int) -> LiteralType:
    """A STRUCT whose metadata describes a record, with or without the ``LiteralType`` of each field."""
    literal_type = to_literal_type(draw(record_types(field_types(depth - 1))))
    spelling = draw(st.sampled_from((None, as_pydantic, as_marshmallow)))
    if spelling:
        schema = spelling(read_struct(literal_type.metadata))
        literal_type.metadata.Clear()
        literal_type.metadata.update(schema)
    if draw(st.booleans()):
        literal_type.ClearField("structure")
    return literal_type


@st.composite
def unions(draw: st.DrawFn, below: SearchStrategy[LiteralType]) -> LiteralType:
    """Variants all tagged by flytekit, or all as another SDK does."""
    drawn = [variant for one in draw(st.lists(below, min_size=1, max_size=MOST_ITEMS)) for variant in _flat(one)]
    if draw(st.booleans()):
        drawn.append(LiteralType(simple=SimpleType.NONE))
    foreign = draw(st.sampled_from((None, None, None, *TAGS)))
    for variant in drawn:
        tag = _flytekit_tag(variant) if foreign is None else foreign
        variant.ClearField("structure")
        if tag:
            variant.structure.CopyFrom(TypeStructure(tag=tag))
    literal_type = LiteralType()
    literal_type.union_type.variants.extend(_distinct(drawn))
    return literal_type


def _flat(literal_type: LiteralType) -> Iterable[LiteralType]:
    """No writer puts a union in a union."""
    return literal_type.union_type.variants if literal_type.HasField("union_type") else [literal_type]


def _flytekit_tag(variant: LiteralType) -> str:
    """The name of flytekit's transformer."""
    if "literal_values" in variant.annotation.annotations.fields:
        return "LiteralTypeTransformer"
    return "FlytePickle" if variant.blob.format == "PythonPickle" else tag_of(node_of(variant))


def _distinct(variants: Iterable[LiteralType]) -> Iterable[LiteralType]:
    return {variant.SerializeToString(deterministic=True): variant for variant in variants}.values()
