# SPDX-License-Identifier: Apache-2.0
"""What a schema describes, the class that wrote it reads: whatever ``strategies.literals`` draws of a record's type."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from shimlite import ConversionError, to_literal_type, to_python_value
from shimlite.schemas import differences, read_schema, spelled
from shimlite.strategies import field_types, literals
from shimlite.strategies.records import records
from shimlite.strategies.shapes import columns_of, parts

from ..stripping import stripped_type
from .model import kind_of


@st.composite
def typed(draw: st.DrawFn) -> tuple[Any, Any]:
    record = draw(records(field_types(2)))
    assume(not any(map(says_no_value, parts(record))))
    holds = draw(st.sampled_from((lambda one: one, lambda one: list[one], lambda one: dict[str, one], _optional)))
    python_type = holds(holds(record) if draw(st.booleans()) else record)
    return python_type, draw(literals(to_literal_type(python_type)))


def _optional(python_type: Any) -> Any:
    return typing.Optional[python_type]


def says_no_value(part: Any) -> bool:
    """Whether a schema, whose numbers are doubles and which has no bytes, says none of a choice's values."""
    values = typing.get_args(part) if kind_of(part) == "Literal" else ()
    return bool(values) and all(type(value) is int and abs(value) >= 2**53 for value in values)


@given(typed())
def test_a_class_reads_what_its_schema_describes(typed):
    python_type, literal = typed
    try:
        to_python_value(literal, python_type)
    except ConversionError as error:  # two records of a union in it have the same fields
        assert "ambiguous" in str(error), error


@given(records(field_types(3)))
def test_a_schema_tells_the_fields_of_its_class_and_no_others(record):
    literal_type = to_literal_type(record)
    schema = read_schema(literal_type)
    told = schema.record(schema.root)
    assert told.title == record.__name__
    assert {field.name for field in told.fields} == {name for name in columns_of(record) if takes(record, name)}
    assert list(differences(schema, schema)) == []
    assert all(map(spelled, (schema.root, *(field.type for field in told.fields))))


def takes(record: Any, name: str) -> bool:
    if not dataclasses.is_dataclass(record):
        return True
    return next(field.init for field in dataclasses.fields(record) if field.name == name)


@given(records(field_types(3)))
def test_a_stripped_type_tells_fields_too(record):
    schema = read_schema(stripped_type(to_literal_type(record)))
    if schema is not None:
        assert {field.name for field in schema.root.fields} <= set(columns_of(record))
        assert list(differences(schema, schema)) == []
    else:  # an empty record, or one that msgpack alone describes
        assert not to_literal_type(record).structure.dataclass_type
