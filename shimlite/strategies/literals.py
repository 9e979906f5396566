# SPDX-License-Identifier: Apache-2.0
"""Literals of a type, in every form that some writer sends.

A type has a message of its own, such as ``Primitive.integer``, and often others: the console sends floats for ints,
Propeller what it took out of a record, older flytekits a ``Struct``, and a constant comes without its union.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgpack
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .._idl import Literal, LiteralType, SchemaType, StructuredDatasetType, literal_kind, type_kind
from .._types.plain_data import is_pickle
from .._types.stripped import essence, parts_of, structs
from ..engine import guess_python_type, to_plain
from ..schemas import Schema, read_schema
from .awkward import from_pool
from .literal_types import BLOB_FORMATS, literal_types
from .packings import binaries, binary, fits_a_struct, struct
from .references import EXTERNAL, LOCATIONS
from .scalars import BLOBS, DAYS, INTEGERS, MOST_ITEMS, NUMBERS, WORDS
from .schema_data import TIMES_AS_TEXT, data, record_data
from .types import MAX_DEPTH
from .values import LEVELS, field_values

EXACT = from_pool((0, 1, -1, 2**53, -(2**53)), st.integers(-(2**53), 2**53))
"""Integers that a double holds."""
SECONDS = from_pool((0, -1, -62_135_596_800, 253_402_300_799), st.integers(-62_135_596_800, 253_402_300_799))
"""Since 1970, of the years 1 to 9999."""
NANOS = from_pool((0, 1, 999, 1000, 999_999_999), st.integers(0, 999_999_999))
LONGEST = -int(dt.timedelta.min.total_seconds()) - 1
"""Seconds of a timedelta: flytekit writes more of them than ``Duration`` may hold."""

Literals = SearchStrategy[Literal]


def literals(literal_type: LiteralType) -> Literals:
    """Literals of a type: ``to_python_value(literal, literal_type)`` decodes each.

    Raises UnsupportedTypeError for what a newer flyteidl may add to ``LiteralType``.
    """
    packed = _packed_as(literal_type)
    own = _OWN.get(type_kind(literal_type))
    return _marked(own(literal_type) | packed if own else packed)


@st.composite
def typed_literals(draw: st.DrawFn, max_depth: int = MAX_DEPTH) -> tuple[LiteralType, Literal]:
    """A ``LiteralType`` together with a literal of it."""
    literal_type = draw(literal_types(max_depth))
    return literal_type, draw(literals(literal_type))


@st.composite
def _marked(draw: st.DrawFn, plain: Literals) -> Literal:
    """Now and then with a hash, by which the platform caches, and metadata."""
    literal = draw(plain)
    if draw(st.integers(0, 4)) == 4:
        literal.hash = draw(WORDS)
        literal.metadata.update(draw(st.dictionaries(WORDS, WORDS, max_size=2)))
    return literal


# --------------------------------------------------------------------------------------------------- as JSON-like data


@st.composite
def _packed(draw: st.DrawFn, guess: Any, kind: str) -> Literal:
    plain = draw(_plain(guess))
    if kind != "union_type" and isinstance(plain, dict) and fits_a_struct(plain) and draw(st.booleans()):
        return struct(plain)
    return draw(binaries(plain))


def _packed_as(literal_type: LiteralType) -> Literals:
    guess, schema = guess_python_type(literal_type), read_schema(literal_type)
    if schema is not None:
        return _records(schema)
    if any(map(read_schema, structs(literal_type))):
        return _binaries_of_records(literal_type)
    return _packed(guess, type_kind(literal_type))


@st.composite
def _binaries_of_records(draw: st.DrawFn, literal_type: LiteralType) -> Literal:
    return draw(binaries(draw(_plain_as(literal_type))))


def _plain_as(literal_type: LiteralType) -> SearchStrategy[Any]:
    """The data of a type that records are a part of, as its author's class reads it."""
    schema, kind = read_schema(literal_type), type_kind(literal_type)
    if schema is not None:
        return data(schema.root, schema, LEVELS)
    if kind == "collection_type":
        return st.lists(_plain_as(literal_type.collection_type), max_size=MOST_ITEMS)
    if kind == "map_value_type":
        return st.dictionaries(WORDS, _plain_as(literal_type.map_value_type), max_size=MOST_ITEMS)
    if kind == "union_type":
        return st.one_of([_plain_as(variant) for variant in literal_type.union_type.variants])
    return _plain(guess_python_type(literal_type))


def _plain(guess: Any) -> SearchStrategy[Any]:
    if guess is dt.datetime:
        return TIMES_AS_TEXT
    return field_values(guess).map(lambda value: to_plain(value, guess))


@st.composite
def _records(draw: st.DrawFn, schema: Schema) -> Literal:
    plain = draw(record_data(schema))
    return struct(plain) if fits_a_struct(plain) and draw(st.booleans()) else draw(binaries(plain))


# ------------------------------------------------------------------------------------------------- messages of its own


@st.composite
def _primitives(draw: st.DrawFn, name: str, values: SearchStrategy[Any]) -> Literal:
    literal = Literal()
    setattr(literal.scalar.primitive, name, draw(values))
    return literal


def _only(strategy: Literals) -> Callable[[LiteralType], Literals]:
    """Of a type that says no more than its kind."""
    return lambda literal_type: strategy


def _none() -> Literal:
    literal = Literal()
    literal.scalar.none_type.SetInParent()
    return literal


@st.composite
def _timestamps(draw: st.DrawFn) -> Literal:
    literal = Literal()
    timestamp = literal.scalar.primitive.datetime
    timestamp.SetInParent()
    timestamp.seconds, timestamp.nanos = draw(SECONDS), draw(NANOS)
    return literal


def _times(literal_type: LiteralType) -> Literals:
    days = DAYS.map(dt.date.isoformat)  # also for a datetime, save beside the dates of a union, which tags both
    texts = days if guess_python_type(literal_type) is dt.date else TIMES_AS_TEXT
    return _timestamps() | _primitives("string_value", texts if literal_type.structure.tag else texts | days)


@st.composite
def _durations(draw: st.DrawFn) -> Literal:
    literal = Literal()
    duration = literal.scalar.primitive.duration
    duration.SetInParent()
    sign = draw(st.sampled_from((1, -1)))
    duration.seconds, duration.nanos = sign * draw(st.integers(0, LONGEST)), sign * draw(NANOS)
    return literal


@st.composite
def _binaries_of_bytes(draw: st.DrawFn) -> Literal:
    """Ours, msgpack's, and another SDK's without a tag, where they are no pickle."""
    tag = draw(st.sampled_from(("bytes", "msgpack", "")))
    data = draw(BLOBS)
    assume(tag or not is_pickle(data))
    return binary(msgpack.packb(data) if tag == "msgpack" else data, tag)


@st.composite
def _errors(draw: st.DrawFn) -> Literal:
    literal = Literal()
    literal.scalar.error.message, literal.scalar.error.failed_node_id = draw(WORDS), draw(WORDS)
    return literal


def _enums(literal_type: LiteralType) -> Literals:
    return _primitives("string_value", st.sampled_from(list(literal_type.enum_type.values)))


@st.composite
def _blobs(draw: st.DrawFn, literal_type: LiteralType) -> Literal:
    declared = literal_type.blob
    literal = Literal()
    literal.scalar.blob.uri = draw(LOCATIONS)
    held = literal.scalar.blob.metadata.type
    held.dimensionality = declared.dimensionality
    held.format = draw(st.sampled_from(("", declared.format) if declared.format else BLOB_FORMATS))
    return literal


@st.composite
def _schemas(draw: st.DrawFn) -> Literal:
    literal = Literal()
    literal.scalar.schema.uri = draw(LOCATIONS)
    columns = literal.scalar.schema.type
    columns.SetInParent()
    for name in draw(_COLUMN_NAMES):
        columns.columns.add(name=name, type=draw(st.sampled_from(_COLUMN_TYPES)))
    return literal


@st.composite
def _datasets(draw: st.DrawFn, declared: StructuredDatasetType) -> Literal:
    literal = Literal()
    literal.scalar.structured_dataset.uri = draw(LOCATIONS)
    held = literal.scalar.structured_dataset.metadata.structured_dataset_type
    held.format = draw(st.sampled_from(("", declared.format) if declared.format else ("", "parquet", "csv")))
    held.external_schema_type, held.external_schema_bytes = draw(EXTERNAL)
    for name in draw(_COLUMN_NAMES):
        held.columns.add(name=name, literal_type=draw(literal_types(1)))
    return literal


def _tables(literal_type: LiteralType) -> Literals:
    """The platform casts schemas and datasets to each other."""
    datasets = _datasets(literal_type.structured_dataset_type)
    return _schemas() | datasets if literal_type.HasField("schema") else datasets | _schemas()


_COLUMN_NAMES = st.lists(WORDS, max_size=MOST_ITEMS, unique=True)
_COLUMN_TYPES = SchemaType.SchemaColumn.SchemaColumnType.values()


@st.composite
def _collections(draw: st.DrawFn, literal_type: LiteralType) -> Literal:
    literal = Literal()
    literal.collection.SetInParent()
    literal.collection.literals.extend(draw(st.lists(literals(literal_type.collection_type), max_size=MOST_ITEMS)))
    return literal


@st.composite
def _maps(draw: st.DrawFn, literal_type: LiteralType) -> Literal:
    literal = Literal()
    literal.map.SetInParent()
    held = draw(st.dictionaries(WORDS, literals(literal_type.map_value_type), max_size=MOST_ITEMS))
    for key, value in held.items():
        literal.map.literals[key].CopyFrom(value)
    return literal


# -------------------------------------------------------------------------------------------------------------- unions


@st.composite
def _unions(draw: st.DrawFn, literal_type: LiteralType) -> Literal:
    """With the stored type as declared, without its tag, or bare: each only where it names one variant."""
    variants = list(literal_type.union_type.variants)
    place = draw(st.integers(0, len(variants) - 1))
    stored, others = variants[place], variants[:place] + variants[place + 1 :]
    value = draw(literals(_with_tagged_times(stored)))
    if _may_stand_bare(value, stored, others) and draw(st.booleans()):
        return value
    literal = Literal()
    literal.scalar.union.value.CopyFrom(value)
    literal.scalar.union.type.CopyFrom(stored)
    if essence(stored) not in map(essence, others) and draw(st.booleans()):
        literal.scalar.union.type.ClearField("structure")
    return literal


def _with_tagged_times(variant: LiteralType) -> LiteralType:
    """For ``_times``: the text of a date beside a variant of texts would be one of these."""
    copy = LiteralType()
    copy.CopyFrom(variant)
    for part in parts_of(copy):
        if type_kind(part) == "DATETIME" and not part.structure.tag:
            part.structure.tag = "datetime"
    return copy


_NATIVE = {
    "integer": {"INTEGER"},
    "float_value": {"FLOAT"},
    "string_value": {"STRING", "enum_type"},
    "boolean": {"BOOLEAN"},
    "datetime": {"DATETIME"},
    "duration": {"DURATION"},
    "none_type": {"NONE"},
}
"""The types that a primitive is the own message of."""


def _may_stand_bare(value: Literal, stored: LiteralType, others: list[LiteralType]) -> bool:
    """Whether a value tells its variant by itself: the only one that is not None, or the only one of its kind.

    A ``Binary`` is read as one of the whole union.
    """
    kind, other_kinds = literal_kind(value), set(map(type_kind, others))
    if kind == "binary":
        return False
    if other_kinds <= {"NONE"} and type_kind(stored) != "NONE":
        return True
    native = _NATIVE.get(kind, set())
    return type_kind(stored) in native and not native & other_kinds


_OWN: dict[str, Callable[[LiteralType], Literals]] = {
    "NONE": _only(st.builds(_none)),
    "BOOLEAN": _only(_primitives("boolean", st.booleans())),
    "INTEGER": _only(_primitives("integer", INTEGERS) | _primitives("float_value", EXACT.map(float))),
    "FLOAT": _only(_primitives("float_value", NUMBERS) | _primitives("integer", EXACT)),
    "STRING": _only(_primitives("string_value", WORDS)),
    "BINARY": _only(_binaries_of_bytes()),
    "DATETIME": _times,
    "DURATION": _only(_durations() | _primitives("float_value", st.floats(-LONGEST, LONGEST))),
    "ERROR": _only(_errors()),
    "enum_type": _enums,
    "blob": _blobs,
    "schema": _tables,
    "structured_dataset_type": _tables,
    "collection_type": _collections,
    "map_value_type": _maps,
    "union_type": _unions,
}
"""By kind of type. A STRUCT has no message but those of JSON-like data."""
