# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import functools
from typing import Any

import pytest

from shimlite import ConversionError, FlyteFile, guess_python_type, to_literal, to_literal_type, to_python_value
from shimlite._idl import Literal, LiteralType, SimpleType, Struct
from shimlite.strategies import literal_types
from shimlite.strategies.classes import Chain, Empty
from shimlite.strategies.json_schemas import as_marshmallow, as_pydantic
from shimlite.strategies.literal_types import SIMPLE, blobs, datasets, enums, noted, records, schemas, simple, unions

from ..kinds import DECLARABLE, of_literal_type, type_kind
from ..support import scalar
from .drawing import drawn, smallest, some


def inside(literal_type: LiteralType) -> list[LiteralType]:
    """A type, its elements and its variants."""
    found = [literal_type]
    for one in found:
        if one.WhichOneof("type") in ("collection_type", "map_value_type"):
            found.append(getattr(one, one.WhichOneof("type")))
        found += one.union_type.variants
    return found


@functools.cache
def found() -> list[LiteralType]:
    return [one for drawn_one in drawn(literal_types(), 500) for one in inside(drawn_one)]


def test_each_has_a_guess_that_converts():
    for literal_type in drawn(literal_types(), 100):
        assert guess_python_type(literal_type) is not None
        with pytest.raises(ConversionError):  # and no UnsupportedTypeError
            to_python_value(Literal(), literal_type)
        with pytest.raises(ConversionError):
            to_literal(object(), literal_type)


def test_every_kind_is_drawn():
    assert {type_kind(one) for one in found()} == {
        *SIMPLE,
        *("blob", "collection_type", "enum_type", "map_value_type", "schema", "structured_dataset_type", "union_type"),
    }
    assert set(map(of_literal_type, found())) == set(DECLARABLE)


def read_struct(struct: Struct) -> Any:
    return to_python_value(scalar(generic=struct), dict)


def tags(literal_type: LiteralType) -> set[str]:
    return {variant.structure.tag for variant in literal_type.union_type.variants}


def titles(literal_type: LiteralType) -> set[Any]:
    return {said.get("title") for said in read_struct(literal_type.metadata).get("properties", {}).values()}


SIMPLE_UNIONS, RECORDS = unions(simple()), records(2)
FORMS = {
    "a union without tags": (SIMPLE_UNIONS, lambda one: tags(one) == {""}),
    "a union of another SDK": (SIMPLE_UNIONS, lambda one: tags(one) == {"java.lang.Long"}),
    "a union of flytekit": (SIMPLE_UNIONS, lambda one: {"int", "none"} <= tags(one)),
    "a date in a union": (SIMPLE_UNIONS, lambda one: {"date", "datetime"} <= tags(one)),
    "a Literal in a union": (unions(noted(simple())), lambda one: "LiteralTypeTransformer" in tags(one)),
    "a pickle in a union": (unions(blobs()), lambda one: "FlytePickle" in tags(one)),
    "a protobuf message": (simple(), lambda one: "pb_type" in one.metadata.fields),
    "a pickle": (blobs(), lambda one: one.blob.format == "PythonPickle"),
    "a record of mashumaro": (RECORDS, lambda one: titles(one) == {None}),
    "a record of pydantic": (RECORDS, lambda one: {"X", "Y", "Id"} & titles(one)),
    "a record of marshmallow": (RECORDS, lambda one: "definitions" in one.metadata.fields),
    "a record without its fields' types": (RECORDS, lambda one: not one.HasField("structure")),
    "a record with its fields' types": (RECORDS, lambda one: one.structure.dataclass_type),
    "an annotation": (noted(blobs()), lambda one: "author" in one.annotation.annotations.fields),
    "a tag": (noted(blobs()), lambda one: one.structure.tag == "nobody's"),
    "an odd enum": (enums(), lambda one: "mro" in one.enum_type.values),
    "columns of a schema": (schemas(), lambda one: one.schema.columns),
    "columns of a dataset": (datasets(3), lambda one: lists_in_columns(one)),
}


def lists_in_columns(literal_type: LiteralType) -> bool:
    columns = literal_type.structured_dataset_type.columns
    return any(column.literal_type.HasField("collection_type") for column in columns)


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_every_writer_are_among_them(form):
    strategy, wanted = FORMS[form]
    assert wanted(some(strategy, wanted))


def test_no_union_lies_in_a_union():
    for one in found():
        assert all(type_kind(variant) != "union_type" for variant in one.union_type.variants)


def test_it_shrinks_to_none():
    assert smallest(literal_types()) == LiteralType(simple=SimpleType.NONE)
    a_list = smallest(literal_types(), lambda one: one.HasField("collection_type"))
    assert a_list == LiteralType(collection_type=LiteralType(simple=SimpleType.NONE))


@dataclasses.dataclass
class Inner:
    x: int


@dataclasses.dataclass
class Outer:
    inner: Inner
    file: FlyteFile
    plain: dict
    by_name: dict[str, Inner]
    ints: list[int]
    items: list
    maybe: int | None = None
    either: Inner | None = None
    given: Inner = dataclasses.field(default_factory=lambda: Inner(1))


SCHEMA = read_struct(to_literal_type(Outer).metadata)
FILE = SCHEMA["properties"]["file"]
REQUIRED = ["inner", "file", "plain", "by_name", "ints", "items"]


def test_pydantic_keeps_classes_apart():
    reference = {"$ref": "#/$defs/Inner"}
    assert as_pydantic(SCHEMA) == {
        "type": "object",
        "title": "Outer",
        "required": REQUIRED,
        "properties": {
            "inner": reference,
            "file": {**FILE, "title": "FlyteFile"},
            "plain": {"title": "Plain", "type": "object"},
            "by_name": {
                "title": "By_Name",
                "type": "object",
                "additionalProperties": reference,
                "propertyNames": {"type": "string"},
            },
            "ints": {"title": "Ints", "type": "array", "items": {"type": "integer"}},
            "items": {"title": "Items", "type": "array"},
            "maybe": {"title": "Maybe", "anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
            "either": {"title": "Either", "anyOf": [reference, {"type": "null"}], "default": None},
            "given": reference,
        },
        "$defs": {
            "Inner": {
                "type": "object",
                "title": "Inner",
                "required": ["x"],
                "properties": {"x": {"title": "X", "type": "integer"}},
            }
        },
    }


def test_pydantic_has_no_definitions_where_there_are_no_classes():
    schema = read_struct(to_literal_type(Empty).metadata)
    assert as_pydantic(schema) == {"type": "object", "title": "Empty", "properties": {}}


def test_a_class_that_holds_itself_is_defined_once():
    (pydantic, marshmallow) = (
        spell(read_struct(to_literal_type(Chain).metadata)) for spell in (as_pydantic, as_marshmallow)
    )
    assert (pydantic["$ref"], list(pydantic["$defs"])) == ("#/$defs/Chain", ["Chain"])
    assert (marshmallow["$ref"], list(marshmallow["definitions"])) == ("#/definitions/Chain", ["Chain"])


def test_marshmallow_defines_all():
    spelled = as_marshmallow(SCHEMA)
    reference = {"type": "object", "$ref": "#/definitions/Inner"}
    properties = spelled["definitions"]["Outer"]["properties"]
    assert {word: said for word, said in spelled.items() if word != "definitions"} == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "$ref": "#/definitions/Outer",
    }
    assert spelled["definitions"]["Inner"]["properties"] == {"x": {"title": "X", "type": "number", "format": "integer"}}
    assert properties["inner"] == reference
    assert properties["maybe"] == {
        "title": "Maybe",
        "anyOf": [{"type": "number", "format": "integer"}, {"type": "null"}],
        "default": None,
    }


def test_marshmallow_lists_the_types_of_a_scalar():
    holder = dataclasses.make_dataclass("Holder", [("x", str | None, None)])
    spelled = as_marshmallow(read_struct(to_literal_type(holder).metadata))
    assert spelled["definitions"]["Holder"]["properties"]["x"] == {
        "title": "X",
        "type": ["string", "null"],
        "default": None,
    }


def test_two_classes_of_one_name_are_two():
    one, other = (dataclasses.make_dataclass("Point", [(name, int)]) for name in "xy")
    holder = dataclasses.make_dataclass("Holder", [("a", one), ("b", other), ("c", one)])
    spelled = as_pydantic(read_struct(to_literal_type(holder).metadata))
    assert list(spelled["$defs"]) == ["Point", "Point_"]
    references = [said["$ref"] for said in spelled["properties"].values()]
    assert references == ["#/$defs/Point", "#/$defs/Point_", "#/$defs/Point"]


def test_a_default_that_is_a_record_stands_beside_its_class():
    holder = dataclasses.make_dataclass("Holder", [("a", Frozen, FROZEN)])
    spelled = as_pydantic(read_struct(to_literal_type(holder).metadata))
    assert spelled["properties"]["a"] == {"$ref": "#/$defs/Frozen", "default": {"x": 1}}


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int


FROZEN = Frozen(1)
