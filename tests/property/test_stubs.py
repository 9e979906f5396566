# SPDX-License-Identifier: Apache-2.0
"""The types of a stub read and write the literals of the types that the template was made of.

Of a registered template: the same bytes, save the types that unions store, which name the stub's own classes. Of a
pod's, which tells less: what was written in full is read.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pydantic
import pytest
from hypothesis import assume, given, settings

from shimlite import (
    ConversionError,
    ConversionValueError,
    ShimliteError,
    dict_to_literal_map,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap
from shimlite.equality import same
from shimlite.strategies import literal_types, typed_values
from shimlite.strategies.interfaces import task_templates
from shimlite.strategies.shapes import parts

from ..authoring.stubbed import stub_types
from ..build import template
from ..stripping import stripped
from .drawn_types import each_kind
from .drawn_types import types_of as types_of_kind
from .model import kind_of, members
from .pods import without_stored_schemas
from .pool import pool

MOST_VALUES = 12


def is_told(python_type: Any) -> bool:
    """Whether a registered template tells all of a type: not the fields that no parameter sets, not which of two dicts
    in a union is meant, not which of two records of one name."""
    names = [part.__name__ for part in parts(python_type) if kind_of(part) == "record"]
    return len(set(names)) == len(names) and not any(map(_is_untold, parts(python_type)))


def _is_untold(part: Any) -> bool:
    if dataclasses.is_dataclass(part):
        return not all(field.init for field in dataclasses.fields(part))
    inside = [inner for one in (members(part) if kind_of(part) == "Union" else ()) for inner in parts(one)]
    dicts = [one for one in inside if kind_of(one) is dict]
    return len(dicts) > 1 and any(members(one)[:1] != (str,) for one in dicts)


def literals_of(python_type: Any) -> list[Literal]:
    found = []
    for value in pool(python_type)[:MOST_VALUES]:
        try:
            found.append(to_literal(value, python_type))
        except ConversionError:  # some values are such as the type cannot hold after all
            continue
    return found


def echoed(literal: Literal, variables: Any, stubs: tuple[dict[str, Any], dict[str, Any]]) -> Literal:
    """A literal, read and written again as the two sides of a stub say."""
    read, write = stubs
    values = literal_map_to_kwargs(LiteralMap(literals={"x": literal}), variables, read)
    return dict_to_literal_map(values, variables, write).literals["x"]


def wire(literal: Literal) -> bytes:
    return without_stored_schemas(literal).SerializeToString(deterministic=True)


def check(python_type: Any, literals: list[Literal]) -> None:
    registered = template({"x": python_type}, {"x": python_type})
    variables = registered.interface.inputs
    stubs = stub_types(registered)
    for literal in literals:
        assert wire(echoed(literal, variables, stubs)) == wire(literal)
    in_pod = stub_types(stripped(registered))
    for literal in literals:
        try:
            literal_map_to_kwargs(LiteralMap(literals={"x": literal}), variables, in_pod[0])
        except ConversionValueError as error:  # two members of a union, which a pod cannot tell apart
            assert "ambiguous" in str(error), error


@pytest.mark.parametrize("kind", each_kind)
def test_the_types_of_every_kind(kind):
    @given(types_of_kind(kind))
    @settings(max_examples=max(1, settings.default.max_examples // 6))
    def each(python_type):
        try:
            to_literal_type(python_type)
        except ShimliteError:
            assume(False)
        assume(is_told(python_type))
        check(python_type, literals_of(python_type))

    each()


@given(typed_values())
def test_drawn_types(typed):
    python_type, value = typed
    assume(is_told(python_type))
    check(python_type, [to_literal(value, python_type)])


@given(typed_values(only=(pydantic.BaseModel, int, float, str, bool, None, list, dict)))
def test_models(typed):
    """pydantic's own JSON may spell a value in other ways, so that the model is asked."""
    python_type, value = typed
    assume(is_told(python_type))
    registered = template({"x": python_type}, {"x": python_type})
    literal = to_literal(value, python_type)
    try:
        back = to_python_value(literal, python_type)
    except ConversionError:  # JSON has no infinity, so that pydantic writes what it does not read
        assume(False)
    again = echoed(literal, registered.interface.inputs, stub_types(registered))
    assert same(to_python_value(again, python_type), back)


@given(literal_types())
def test_types_of_every_writer_fit(literal_type):
    made = template({"x": literal_type}, {"x": literal_type})
    stub_types(made)
    stub_types(stripped(made))


@given(task_templates())
def test_whole_templates(made):
    stub_types(made)
    stub_types(stripped(made))
