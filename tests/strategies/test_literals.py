# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from typing import Any, Literal

import msgpack
import pytest

from shimlite import (
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    _idl,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralType, SimpleType
from shimlite.strategies import literals, typed_literals
from shimlite.strategies.packings import backwards, fits_a_struct

from ..kinds import DECLARABLE, literal_kind, of_literal_type
from .drawing import drawn, smallest, some


def test_every_literal_decodes():
    for literal_type, literal in drawn(typed_literals(), 100):
        to_python_value(literal, literal_type)


class Pet(enum.Enum):
    CAT = "cat"
    DOG = "dog"


@dataclasses.dataclass
class Owner:
    name: str
    pets: list[Pet] = dataclasses.field(default_factory=list)
    since: dt.date | None = None


DATE = LiteralType(simple=SimpleType.DATETIME)
DATE.structure.tag = "date"
OF_EVERY_KIND = [
    *map(to_literal_type, (type(None), bool, int, float, str, bytes, dt.datetime, dt.timedelta, Pet, FlyteFile["csv"])),
    *map(
        to_literal_type, (FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError, Owner, list[int], dict[str, int])
    ),
    *map(to_literal_type, (dict, int | str | None)),
    DATE,
]


def test_there_is_one_of_every_kind():
    assert set(map(of_literal_type, OF_EVERY_KIND)) == set(DECLARABLE)


@pytest.mark.parametrize("literal_type", OF_EVERY_KIND, ids=lambda one: of_literal_type(one).name)
def test_every_form_that_is_read_is_drawn(literal_type):
    bare = ("integer", "string_value", "none_type") if literal_type.HasField("union_type") else ()
    kinds = {*of_literal_type(literal_type).literals, *bare, "binary"}
    for literal in drawn(literals(literal_type), 30):
        to_python_value(literal, literal_type)
        assert literal_kind(literal) in kinds
    for kind in kinds:
        assert some(literals(literal_type), lambda one, kind=kind: literal_kind(one) == kind)


def unpacked(literal: _idl.Literal) -> Any:
    return msgpack.unpackb(literal.scalar.binary.value, strict_map_key=False)


OPTIONAL, OWNER, TREE = map(to_literal_type, (int | None, Owner, dict))
EITHER = to_literal_type(dt.date | dt.datetime)
FORMS = {
    "a float for an int": (int, lambda one: one.scalar.primitive.float_value),
    "a hash": (int, lambda one: one.hash),
    "metadata of a file": (FlyteFile, lambda one: one.metadata),
    "nanoseconds": (dt.datetime, lambda one: one.scalar.primitive.datetime.nanos % 1000),
    "negative nanoseconds": (dt.timedelta, lambda one: one.scalar.primitive.duration.nanos < 0),
    "beyond 10,000 years": (dt.timedelta, lambda one: one.scalar.primitive.duration.seconds > 315_576_000_000),
    "a time as text": (dt.datetime, lambda one: one.scalar.primitive.string_value.endswith("Z")),
    "seconds": (dt.timedelta, lambda one: one.scalar.primitive.float_value),
    "foreign bytes": (bytes, lambda one: one.scalar.binary.value and not one.scalar.binary.tag),
    "int in msgpack": (int, lambda one: one.scalar.HasField("binary") and unpacked(one) == 1),
    "a file in msgpack": (FlyteFile, lambda one: one.scalar.HasField("binary") and unpacked(one)["path"]),
    "a Struct for a dict": (dict, lambda one: one.scalar.generic.fields),
    "a Struct for a map": (
        dict[str, bytes],
        lambda one: any(field.string_value for field in one.scalar.generic.fields.values()),
    ),
    "keys that are not in order": (dict, lambda one: in_disorder(one)),
    "a list of msgpack": (
        list[int],
        lambda one: any(item.scalar.HasField("binary") for item in one.collection.literals),
    ),
    "a field of a newer version": (Owner, lambda one: "of a newer version" in one.scalar.generic.fields),
    "a field left out": (Owner, lambda one: one.scalar.HasField("binary") and "pets" not in unpacked(one)),
    "a schema for a dataset": (StructuredDataset, lambda one: one.scalar.HasField("schema")),
    "a dataset for a schema": (FlyteSchema, lambda one: one.scalar.HasField("structured_dataset")),
    "a constant without its union": (int | None, lambda one: one.scalar.primitive.integer),
    "a union without its tag": (int | None, lambda one: is_union(one) and not one.scalar.union.type.structure.tag),
}


def is_union(literal: _idl.Literal) -> bool:
    return literal.scalar.HasField("union")


def in_disorder(literal: _idl.Literal) -> bool:
    keys = list(unpacked(literal)) if literal.scalar.HasField("binary") else []
    return sorted(keys, key=msgpack.packb) != keys


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_every_writer_are_among_them(form):
    python_type, wanted = FORMS[form]
    literal_type = to_literal_type(python_type)
    to_python_value(some(literals(literal_type), wanted), literal_type)


def test_a_tag_that_tells_variants_apart_stays():
    """Where two are one ``LiteralType`` but for it."""
    for literal in drawn(literals(EITHER), 60):
        assert not is_union(literal) or literal.scalar.union.type.structure.tag in ("date", "datetime")
        to_python_value(literal, EITHER)


def test_of_two_that_read_alike_none_stands_bare():
    literal_type = to_literal_type(Pet | str)
    assert {literal_kind(one) for one in drawn(literals(literal_type), 60)} == {"union", "binary"}


def test_two_variants_of_none_never_stand_bare():
    literal_type = to_literal_type(int | None)
    literal_type.union_type.variants.add(simple=SimpleType.NONE).structure.tag = "nobody's"
    for literal in drawn(literals(literal_type), 60):
        assert literal_kind(literal) != "none_type"
        to_python_value(literal, literal_type)


def test_formats_are_those_declared():
    for python_type in (FlyteFile["csv"], FlyteDirectory["csv"]):
        found = drawn(literals(to_literal_type(python_type)), 60)
        assert {one.scalar.blob.metadata.type.format for one in found if one.scalar.HasField("blob")} == {"", "csv"}


SMALLEST = [
    (int, "scalar { primitive { integer: 0 } }"),
    (None, "scalar { none_type { } }"),
    (str, 'scalar { primitive { string_value: "" } }'),
    (bytes, 'scalar { binary { tag: "bytes" } }'),
]


@pytest.mark.parametrize(("python_type", "text"), SMALLEST, ids=str)
def test_the_smallest_literal(python_type, text):
    assert " ".join(str(smallest(literals(to_literal_type(python_type)))).split()) == text


def test_what_a_newer_flyteidl_adds_is_refused():
    with pytest.raises(UnsupportedTypeError) as caught:
        literals(LiteralType(simple=42))
    assert str(caught.value) == "the LiteralType simple 42 is not known to this shimlite"


def test_what_a_struct_can_say():
    for plain in ({}, {"a": [None, True, 1.5, 2**53, b"x", "y"]}, {"a": {"b": {}}}):
        assert fits_a_struct(plain)
    for plain in ({1: 2}, {"a": 2**53 + 1}, {"a": [float("nan")]}, {"a": {"b": float("inf")}}):
        assert not fits_a_struct(plain)


def test_backwards():
    assert repr(backwards({"a": [{"x": 1, "y": 2}], "b": 3})) == "{'b': 3, 'a': [{'y': 2, 'x': 1}]}"


def test_a_literal_of_one_value_is_as_its_scalar():
    """A ``LiteralType`` alone does not bind a reader to the values of a ``Literal``."""
    literal_type = to_literal_type(Literal["a"])
    assert {type(to_python_value(one, literal_type)) for one in drawn(literals(literal_type), 20)} == {str}


@pytest.mark.parametrize(
    "python_type", [list[Owner], dict[str, Owner], Owner | None, list[dict[str, Owner | int]]], ids=str
)
def test_a_class_reads_what_is_drawn_of_it_at_any_depth(python_type):
    found = drawn(literals(to_literal_type(python_type)), 60)
    for literal in found:
        to_python_value(literal, python_type)
    assert {"binary"} < set(map(literal_kind, found))


def test_the_text_of_a_date_is_not_drawn_beside_texts():
    literal_type = to_literal_type(list[dt.datetime] | list[str])
    for literal in drawn(literals(literal_type), 200):
        to_python_value(literal, literal_type)
