# SPDX-License-Identifier: Apache-2.0
"""Whatever arrives decodes or raises an error of shimlite's, nothing else: types, literals and msgpack of any shape."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shimlite import (
    ConversionError,
    UnsupportedTypeError,
    dict_to_literal_map,
    guess_python_type,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap, LiteralType, SimpleType, Variable
from shimlite.strategies import any_typed_values as typed_values
from shimlite.strategies import hostile_literal_types, python_types
from shimlite.strategies.hostile import msgpack_values, mutated
from shimlite.strategies.hostile_types import hostile_json_schemas
from shimlite.strategies.scalars import json_values

from ..refusals import REFUSED, decodes_or_is_refused, only_our_errors, parsed, wire

KNOWN_SIMPLE = range(10)


def names_an_unknown_kind(literal_type: LiteralType) -> bool:
    """Whether a newer flyteidl is needed to say what this is."""
    kind = literal_type.WhichOneof("type")
    if kind == "simple":
        return literal_type.simple not in KNOWN_SIMPLE
    if kind == "blob":
        return literal_type.blob.dimensionality not in (0, 1)
    if kind in ("collection_type", "map_value_type"):
        return names_an_unknown_kind(getattr(literal_type, kind))
    return kind == "union_type" and any(map(names_an_unknown_kind, literal_type.union_type.variants))


@given(hostile_literal_types())
def test_every_literal_type_has_a_guess(literal_type):
    if names_an_unknown_kind(literal_type):
        with pytest.raises(UnsupportedTypeError):
            guess_python_type(literal_type)
    else:
        assert guess_python_type(literal_type) == guess_python_type(LiteralType.FromString(wire(literal_type)))


@given(hostile_json_schemas())
def test_every_schema_of_a_struct_has_a_guess(schema):
    literal_type = LiteralType(simple=SimpleType.STRUCT)
    literal_type.metadata.update(schema)
    assert isinstance(guess_python_type(literal_type), type)


@given(hostile_literal_types(), json_values(4))
def test_a_guess_compiles_or_is_refused(literal_type, value):
    """Where no guess suits the type at all, a union of what is guessed alike, this is the place that says so."""
    literal = only_our_errors(to_literal, value, literal_type)
    if literal is not REFUSED:
        to_python_value(literal, literal_type)
    only_our_errors(to_python_value, Literal(), literal_type)


@given(hostile_literal_types(), python_types())
def test_a_type_that_does_not_fit_is_refused_before_any_data(literal_type, python_type):
    """Which types fit, test_laws asks of types that have a model. Here reading and writing must be of one mind, and the
    data, of which no type can make anything, must not matter."""
    variables, python_types = {"x": Variable(type=literal_type)}, {"x": python_type}
    with pytest.raises((UnsupportedTypeError, ConversionError)) as writing:
        dict_to_literal_map({"x": object()}, variables, python_types)
    with pytest.raises((UnsupportedTypeError, ConversionError)) as reading:
        literal_map_to_kwargs(LiteralMap(literals={"x": Literal()}), variables, python_types)
    is_refused = isinstance(writing.value, UnsupportedTypeError)
    assert is_refused is isinstance(reading.value, UnsupportedTypeError)
    assert not is_refused or str(writing.value) == str(reading.value)


def decodes_as(literal: Literal, *types: Any) -> None:
    for as_type in types:
        decodes_or_is_refused(
            literal,
            lambda one, as_type=as_type: to_python_value(one, as_type),
            lambda one, as_type=as_type: to_literal(one, as_type),
        )


@given(typed_values(), st.data())
def test_a_damaged_literal_decodes_or_is_refused(typed, data):
    python_type, value = typed
    literal = only_our_errors(to_literal, value, python_type)
    if literal is REFUSED or (damaged := parsed(Literal, data.draw(mutated(wire(literal))))) is None:
        return
    decodes_as(damaged, python_type, to_literal_type(python_type))


@given(typed_values(), st.data())
def test_damaged_msgpack_decodes_or_is_refused(typed, data):
    python_type, value = typed
    literal = only_our_errors(to_literal, value, python_type)
    if literal is REFUSED or not literal.scalar.HasField("binary"):
        return
    literal.scalar.binary.value = data.draw(mutated(literal.scalar.binary.value))
    decodes_as(literal, python_type, to_literal_type(python_type))


@given(python_types(), typed_values())
def test_a_literal_of_another_type_decodes_or_is_refused(python_type, typed):
    literal = only_our_errors(to_literal, typed[1], typed[0])
    assume(literal is not REFUSED)
    decodes_as(literal, python_type, to_literal_type(python_type))


def binary(value: bytes, tag: str = "msgpack") -> Literal:
    literal = Literal()
    literal.scalar.binary.value, literal.scalar.binary.tag = value, tag
    return literal


@given(st.one_of(st.binary(max_size=20), msgpack_values().map(msgpack.packb)), python_types())
@example(b"\x91" * 100_000, dict)
@example(b"\x81\x90\x01", dict)  # a list as a key
@example(b"\x82\xc0\x01\xc0\x02", dict)  # a key twice
@example(b"\xdd\xff\xff\xff\xff", list[int])  # four billion elements, none of them there
@example(b"\xdf\xff\xff\xff\xff", dict)
@example(b"\xc6\xff\xff\xff\xff", bytes)
@example(b"\x81\xa1x\xd6\xff\x00\x00\x00\x00", dict)  # a timestamp
@example(b"\xa1\xff", str)  # no UTF-8
@example(b"", int)
@example(b"\x01\x02", int)  # two values
def test_any_msgpack_decodes_or_is_refused(data, python_type):
    decodes_as(binary(data), python_type, to_literal_type(python_type))


@given(st.text(max_size=8).filter(lambda tag: tag not in ("", "bytes", "msgpack")), python_types())
def test_a_binary_of_a_foreign_tag_is_refused(tag, python_type):
    with pytest.raises(ConversionError):
        to_python_value(binary(b"\x01", tag), python_type)


@given(st.sampled_from(("", "bytes")), st.binary(), python_types())
def test_a_binary_of_bytes_is_bytes_or_refused(tag, data, python_type):
    if python_type is bytes and (tag or data[:1] != b"\x80"):
        assert to_python_value(binary(data, tag), bytes) == data
    else:
        decodes_as(binary(data, tag), python_type)


@given(st.integers(2, 5), st.binary(), python_types())
def test_a_pickle_is_refused_everywhere(protocol, data, python_type):
    with pytest.raises(ConversionError):
        to_python_value(binary(bytes((0x80, protocol)) + data + b"."), python_type)


@pytest.mark.parametrize("depth", [10, 255, 256, 257, 511, 512, 2000, 100_000])
def test_depth_is_an_error_of_ours(depth):
    lists: Any = None
    for _ in range(depth):
        lists = [lists]
    only_our_errors(to_literal, {"x": lists}, dict)
    decodes_as(binary(b"\x81\xa1x" + b"\x91" * depth + b"\xc0"), dict)
    decodes_as(binary(b"\x81\xa1x" * depth + b"\xc0"), dict)
