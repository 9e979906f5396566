# SPDX-License-Identifier: Apache-2.0
"""A record's JSON Schema, read for people: flytekit's, pydantic's, marshmallow's, and hostile ones."""

import dataclasses
import datetime as dt
import subprocess
import sys
import typing
from typing import Any, Optional

import pytest

import shimlite
from shimlite import FlyteDirectory, FlyteFile, StructuredDataset
from shimlite._idl import type_kind
from shimlite.schemas import (
    MOST_TYPES,
    UNTOLD,
    Choice,
    DictOf,
    Field,
    ListOf,
    Named,
    OneOf,
    Record,
    Schema,
    differences,
    read_schema,
    read_type,
    spelled,
)

from .stripping import stripped_type
from .support import LiteralType, SimpleType, packed, record_type, shape, simple, struct

NONE = type(None)
TEXT, NUMBER, INTEGER, NULL = ({"type": kind} for kind in ("string", "number", "integer", "null"))


def titled(title: str = "Rec", required: Any = None, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "title": title, "properties": properties}
    return schema if required is None else {**schema, "required": required}


def told(schema: dict[str, Any], **fields: LiteralType) -> Schema | None:
    return read_schema(record_type(schema, **fields))


def field_type(schema: Any, declared: Any = None) -> Any:
    """The type of a required field of this schema."""
    read = told(titled(required=["f"], f=schema), **({"f": declared} if declared else {}))
    assert read is not None
    (field,) = read.root.fields
    assert (field.name, field.required) == ("f", True)
    return field.type


INNER = Record("Inner", (Field("x", int, True),))


def test_a_record_is_its_title_and_its_fields():
    assert told(titled("Point", ["x"], x=INTEGER, y=NUMBER)) == Schema(
        Record("Point", (Field("x", int, True), Field("y", float, False))), {}
    )


def test_fields_are_in_one_order_required_ones_first_as_listed():
    read = told(titled(required=["c", "a"], a=TEXT, b=TEXT, c=TEXT, aa=TEXT))
    assert [field.name for field in read.root.fields] == ["c", "a", "aa", "b"]
    assert [field.required for field in read.root.fields] == [True, True, False, False]


FIELDS = [
    (INTEGER, int),
    (NUMBER, float),
    (TEXT, str),
    ({"type": "boolean"}, bool),
    (NULL, type(None)),
    ({}, Any),
    ({"type": "nonsense"}, Any),
    ({"type": {"a": 1}}, Any),
    ({"type": "string", "format": []}, str),
    ({"type": "string", "format": "date-time"}, dt.datetime),
    ({"type": "string", "format": "date"}, dt.date),
    ({"type": "number", "format": "time-delta"}, dt.timedelta),
    ({"type": "string", "format": "base64"}, bytes),
    ({"type": "number", "format": "integer"}, int),
    ({"type": "string", "format": "uuid"}, str),
    ({"type": "string", "format": "duration"}, str),
    ({"type": "array", "items": INTEGER}, ListOf(int)),
    ({"type": "array", "items": {"type": "array", "items": TEXT}}, ListOf(ListOf(str))),
    ({"type": "array", "items": TEXT, "uniqueItems": True}, ListOf(str)),
    ({"type": "array"}, list),
    ({"type": "array", "prefixItems": [TEXT, INTEGER], "items": TEXT}, list),
    ({"type": "object"}, dict),
    ({"type": "object", "additionalProperties": False}, dict),
    ({"type": "object", "properties": {"x": INTEGER}}, dict),
    ({"type": "object", "additionalProperties": INTEGER}, DictOf(str, int)),
    ({"type": "object", "additionalProperties": TEXT, "propertyNames": INTEGER}, DictOf(int, str)),
    ({"anyOf": [INTEGER, NULL]}, OneOf((int, NONE))),
    ({"anyOf": [INTEGER, TEXT, NULL]}, OneOf((int, str, NONE))),
    ({"anyOf": [{"anyOf": [INTEGER, NULL]}, TEXT]}, OneOf((OneOf((int, NONE)), str))),
    ({"anyOf": [INTEGER]}, OneOf((int,))),
    ({"type": ["integer", "null"]}, OneOf((int, NONE))),
    ({"type": ["string"]}, OneOf((str,))),
    ({"enum": ["a", "b"]}, Choice(("a", "b"))),
    ({"enum": [1.0, 2.0]}, Choice((1, 2))),
    ({"enum": ["a", 1, True, None]}, Choice(("a", 1, True, None))),
    ({"enum": []}, Any),
    ({"enum": [1.5]}, Any),
    ({"enum": [["a"]]}, Any),
]


@pytest.mark.parametrize(("schema", "expected"), FIELDS)
def test_the_type_of_a_field(schema, expected):
    assert field_type(schema) == expected


@pytest.mark.parametrize(
    ("schema", "declared", "expected"),
    [
        (titled("FlyteFile", path=TEXT, metadata=TEXT), LiteralType(blob={"format": "csv"}), FlyteFile["csv"]),
        (titled("FlyteFile", path=TEXT, metadata=TEXT), None, FlyteFile),
        (titled("FlyteFile", path=TEXT, metadata=TEXT), simple("STRUCT"), FlyteFile),
        (titled("FlyteDirectory", path=TEXT), LiteralType(blob={"dimensionality": 1}), FlyteDirectory),
        (titled("StructuredDataset", uri=TEXT, file_format=TEXT), None, StructuredDataset),
        (
            {"type": "array", "items": titled("FlyteFile", path=TEXT, metadata=TEXT)},
            LiteralType(collection_type=LiteralType(blob={"format": "csv"})),
            ListOf(FlyteFile["csv"]),
        ),
        (
            {"type": "object", "additionalProperties": titled("FlyteDirectory", path=TEXT)},
            LiteralType(map_value_type=LiteralType(blob={"format": "csv", "dimensionality": 1})),
            DictOf(str, FlyteDirectory["csv"]),
        ),
        (
            {"anyOf": [titled("FlyteFile", path=TEXT, metadata=TEXT), NULL]},
            LiteralType(union_type={"variants": [LiteralType(blob={"format": "csv"}), simple("NONE")]}),
            OneOf((FlyteFile["csv"], NONE)),
        ),
        (
            {"anyOf": [titled("FlyteFile", path=TEXT, metadata=TEXT), NULL]},
            LiteralType(union_type={"variants": [simple("NONE")]}),
            OneOf((FlyteFile, NONE)),
        ),
        (INTEGER, simple("STRING"), int),  # the schema describes what msgpack holds
    ],
)
def test_the_structure_adds_what_the_schema_cannot_say(schema, declared, expected):
    assert field_type(schema, declared) == expected


def test_an_enum_and_a_literal_are_choices_both():
    for declared in (LiteralType(enum_type={"values": ["a", ""]}), simple("STRING")):
        assert field_type({"enum": ["a", ""]}, declared) == Choice(("a", ""))


def test_a_record_that_only_looks_like_a_reference_is_a_record():
    assert field_type(titled("FlyteFile", name=TEXT)) == Record("FlyteFile", (Field("name", str, False),))
    other = Record("Other", (Field("metadata", str, False), Field("path", str, False)))
    assert field_type(titled("Other", path=TEXT, metadata=TEXT)) == other


def test_records_in_records_in_lists_and_in_maps():
    inner = titled("Inner", ["x"], x=INTEGER)
    read = told(
        titled(
            "Outer",
            ["one", "many", "named", "maybe"],
            one=inner,
            many={"type": "array", "items": inner},
            named={"type": "object", "additionalProperties": inner},
            maybe={"anyOf": [inner, NULL]},
        )
    )
    assert {field.name: field.type for field in read.root.fields} == {
        "one": INNER,
        "many": ListOf(INNER),
        "named": DictOf(str, INNER),
        "maybe": OneOf((INNER, NONE)),
    }


@pytest.mark.parametrize("default", [5, 0.5, "x", None, [1], {"a": 1}])
def test_a_default_is_told_as_json_holds_it_and_not_compared(default):
    read = told(titled(f={"type": "integer", "default": default, "description": "a word"}))
    assert read == Schema(Record("Rec", (Field("f", int, False),)), {})
    (field,) = read.root.fields
    assert (field.default, type(field.default), field.description) == (default, type(default), "a word")


def test_a_field_without_a_default():
    (field,) = told(titled(f=INTEGER)).root.fields
    assert (field.default, field.description) == (UNTOLD, "")


def test_what_a_choice_says_of_itself():
    choices = {
        "inlined": {"enum": ["a", "b"]},
        "half": {"enum": ["a", 1.5]},
        "referred": {"$ref": "#/$defs/Color"},
        "enum": {"enum": ["a", "b"]},
    }
    schema = {**titled(**choices), "$defs": {"Color": {"enum": ["a"]}}}
    read = told(schema, enum=LiteralType(enum_type={"values": ["a", "b"]}), inlined=simple("STRING"))
    said = {field.name: (field.type.is_enum, field.type.title, field.type.is_whole) for field in read.root.fields}
    assert said == {
        "inlined": (False, "", True),
        "half": (False, "", False),
        "referred": (True, "Color", True),
        "enum": (True, "", True),
    }


@pytest.mark.parametrize(("more", "is_open"), [({}, False), ({"additionalProperties": True}, True)])
def test_a_record_may_take_other_fields_too(more, is_open):
    assert told({**titled(f=INTEGER), **more}).root.is_open is is_open


def test_a_type_that_is_no_struct_is_read_too():
    literal_type = LiteralType(
        union_type={
            "variants": [
                LiteralType(collection_type=simple("INTEGER")),
                LiteralType(map_value_type=LiteralType(enum_type={"values": ["a"]})),
            ]
        }
    )
    assert read_type(literal_type, type_kind) == OneOf((ListOf("INTEGER"), DictOf(str, Choice(("a",)))))


def test_pydantics_form():
    read = told(
        {
            **titled(
                "Order",
                ["item", "color"],
                item={"$ref": "#/$defs/Item"},
                color={"$ref": "#/$defs/Color"},
                more={"type": "array", "items": {"$ref": "#/$defs/Item"}, "default": []},
                any={"$ref": "#/$defs/Loose"},
            ),
            "$defs": {
                "Item": titled("Item", ["n"], n={"type": "integer", "title": "N"}),
                "Color": {"enum": ["red", "green"], "title": "Color", "type": "string"},
                "Loose": {"type": "object"},
            },
        }
    )
    item = Named("#/$defs/Item")
    assert {field.name: field.type for field in read.root.fields} == {
        "item": item,
        "color": Choice(("red", "green")),
        "any": dict,
        "more": ListOf(item),
    }
    assert dict(read.records) == {"#/$defs/Item": Record("Item", (Field("n", int, True),))}
    assert read.record(item) is read.records["#/$defs/Item"]


def test_marshmallows_form():
    read = told(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": "#/definitions/OldSchema",
            "definitions": {
                "OldSchema": {
                    "type": "object",
                    "required": [],
                    "additionalProperties": False,
                    "properties": {
                        "n": {"title": "n", "type": "number", "format": "integer"},
                        "f": {"title": "f", "type": "number", "format": "float", "default": 0.5},
                        "maybe": {"title": "maybe", "type": ["string", "null"], "default": None},
                        "inner": {"type": "object", "$ref": "#/definitions/InnerSchema"},
                    },
                },
                "InnerSchema": {"type": "object", "properties": {"x": INTEGER}, "required": ["x"]},
            },
        }
    )
    assert read.root == Named("#/definitions/OldSchema")
    inner = Named("#/definitions/InnerSchema")
    assert {field.name: field.type for field in read.record(read.root).fields} == {
        "n": int,
        "f": float,
        "maybe": OneOf((str, NONE)),
        "inner": inner,
    }
    assert read.record(inner) == Record("InnerSchema", (Field("x", int, True),))


def test_a_schema_that_refers_to_itself():
    node = titled("Node", ["v"], v=INTEGER, rest={"anyOf": [{"$ref": "#/$defs/Node"}, NULL]})
    read = told({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    name = Named("#/$defs/Node")
    assert read == Schema(
        name, {name.reference: Record("Node", (Field("v", int, True), Field("rest", OneOf((name, NONE)), False)))}
    )


HOSTILE = {
    "title is a number": titled(5),
    "title is null": titled(None),
    "title is a list": titled(["Rec"]),
    "no type": {"title": "Rec", "properties": {"x": INTEGER}},
    "another type": {"title": "Rec", "type": "array"},
    "properties is a list": {"type": "object", "title": "Rec", "properties": [1]},
    "properties is text": {"type": "object", "title": "Rec", "properties": "abc"},
    "properties is a number": {"type": "object", "title": "Rec", "properties": 5},
    "a property is a number": titled(x=5),
    "a property is null": titled(x=None),
    "a property is a list": titled(x=[]),
    "required is a number": titled(required=5),
    "required holds lists": titled(required=[["x"]], x=TEXT),
    "anyOf is a number": titled(x={"anyOf": 5}),
    "anyOf holds numbers": titled(x={"anyOf": [5]}),
    "enum is a number": titled(x={"enum": 5}),
    "items is a number": titled(x={"type": "array", "items": 5}),
    "no definitions": {"$ref": "#/$defs/X"},
    "not in the definitions": {"$ref": "#/$defs/X", "$defs": {"Y": titled("Y")}},
    "a reference to another document": {"$ref": "http://example.com/schema"},
    "a reference to elsewhere": {"$ref": "#/properties/x", "properties": {"x": titled("X")}},
    "a reference deeper": {"$ref": "#/$defs/X/properties/x", "$defs": {"X": titled("X", x=titled("Y"))}},
    "a reference is a number": {"$ref": 5, "$defs": {"X": titled("X")}},
    "definitions is a list": {"$ref": "#/$defs/X", "$defs": ["X"]},
    "a definition is a number": {"$ref": "#/$defs/X", "$defs": {"X": 5}},
    "a definition is itself": {"$ref": "#/$defs/X", "$defs": {"X": {"$ref": "#/$defs/X"}}},
    "a definition is a choice of itself": {
        "$ref": "#/$defs/X",
        "$defs": {"X": {"anyOf": [{"$ref": "#/$defs/X"}, NULL]}},
    },
    "the root is an enum": {"$ref": "#/$defs/X", "$defs": {"X": {"enum": ["a"]}}},
    "the root is a dict": {"$ref": "#/$defs/X", "$defs": {"X": {"type": "object"}}},
    "the root is a file": {"$ref": "#/$defs/X", "$defs": {"X": {"type": "array", "items": TEXT}}},
    "a reference's properties are odd": titled(x={"type": "object", "title": "FlyteFile", "properties": 5}),
    "a message's name": {"pb_type": "os.system"},
    "nothing that is known": {"hello": "world"},
    "definitions alone": {"$defs": {"X": titled("X")}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_schema_of_no_known_shape_tells_nothing_and_is_no_error(name):
    assert told(HOSTILE[name]) is None


@pytest.mark.parametrize("schema", [*HOSTILE.values(), titled("Point", ["x"], x=INTEGER)])
def test_the_engine_reads_no_schema(schema):
    literal_type, value = record_type(schema), {"x": [1, None], "a-b": {"c": 1.5}}
    for declared in (literal_type, stripped_type(literal_type)):
        assert shimlite.guess_python_type(declared) is dict
        assert shape(shimlite.to_python_value(packed(value), declared)) == shape(value)
        assert shape(shimlite.to_python_value(struct(value), declared)) == shape(value)
        assert shimlite.to_literal(value, declared) == shimlite.to_literal(value, dict)


def test_without_a_schema_the_structure_tells_the_fields():
    """As far as a pod's template keeps them."""
    registered = shimlite.to_literal_type(Outer)
    assert read_schema(stripped_type(registered)) == Schema(
        Record("", (
            Field("inners", ListOf(Record("", (Field("x", int, False),))), False),
            Field("maybe", OneOf((str, NONE)), False),
            Field("named", DictOf(str, float), False),
            Field("odd", Any, False),
        ))
    )  # fmt: skip
    assert read_schema(LiteralType(simple=SimpleType.STRUCT)) is None
    assert read_schema(shimlite.to_literal_type(dict)) is None


def test_what_is_no_struct_has_no_schema():
    for python_type in (int, list[int], dict[str, int], Optional[int], FlyteFile):
        assert read_schema(shimlite.to_literal_type(python_type)) is None


@dataclasses.dataclass
class Inner:
    x: int


@dataclasses.dataclass
class Outer:
    inners: list[Inner]
    maybe: Optional[str]
    named: dict[str, float]
    odd: bytes = b""


def test_our_own_schemas_are_read():
    assert read_schema(shimlite.to_literal_type(Outer)) == Schema(
        Record("Outer", (
            Field("inners", ListOf(INNER), True),
            Field("maybe", OneOf((str, NONE)), True),
            Field("named", DictOf(str, float), True),
            Field("odd", bytes, False),
        ))
    )  # fmt: skip


@pytest.mark.parametrize("levels", [5, 20, 30])
def test_a_schema_nested_as_deep_as_a_message_may_be_is_no_error(levels):
    schema: dict[str, Any] = INTEGER
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    read = told(titled(x=schema))
    if read is not None:
        whole = "list[" * levels + "int" + "]" * levels
        assert spelled(read.root.fields[0].type).startswith(whole[:80])
    assert levels > 20 or read is not None


@pytest.mark.parametrize("name", ["self", "class", "__init__", "__doc__", "a-b", "", "a\nb"])
def test_odd_names_are_kept_as_they_are(name):
    assert told(titled(required=[name], **{name: INTEGER})).root.fields == (Field(name, int, True),)
    assert told(titled(name or "Rec")).root.title == (name or "Rec")


BOMB = """
from shimlite.idl import LiteralType
from shimlite.schemas import read_schema

choices = {"D0": {"type": "integer"}}
for i in range(1, 40):
    one = {"$ref": f"#/$defs/D{i - 1}"}
    choices[f"D{i}"] = {"anyOf": [one, {"type": "array", "items": one}]}
schema = {"type": "object", "title": "Bomb", "properties": {"x": {"$ref": "#/$defs/D39"}}, "$defs": choices}
literal_type = LiteralType(simple=9)
literal_type.metadata.update(schema)
assert read_schema(literal_type) is None
"""


def test_a_small_schema_that_would_make_an_endless_type_is_refused_in_time():
    """Each definition refers to the one before it twice: 2**39 members in 5 kB."""
    subprocess.run([sys.executable, "-c", BOMB], check=True, timeout=30)


def test_a_schema_tells_so_many_types_and_no_more():
    assert told(titled(f={"anyOf": [INTEGER] * (MOST_TYPES - 1)})) is not None
    assert told(titled(f={"anyOf": [INTEGER] * MOST_TYPES})) is None


def test_no_name_in_a_schema_is_looked_up():
    before = set(sys.modules)
    for schema in ({"pb_type": "antigravity.X"}, titled("antigravity.X"), {"$ref": "#/$defs/antigravity"}):
        told(schema)
    assert "antigravity" not in set(sys.modules) - before


@dataclasses.dataclass
class Chosen:
    one: typing.Literal["only"]
    big: typing.Literal[9007199254740993, 1]


def test_choices_are_read_from_const_and_from_enum_unless_a_double_cannot_say_them():
    literal_type = shimlite.to_literal_type(Chosen)
    properties = literal_type.metadata["properties"]
    assert dict(properties["one"].items()) == {"const": "only"}
    assert list(properties["big"]["enum"]) == [9007199254740992.0, 1.0]
    assert {field.name: field.type for field in read_schema(literal_type).root.fields} == {
        "one": Choice(("only",)),
        "big": Choice((1,)),
    }


def test_pydantics_untyped_dict_is_a_dict():
    """It has a title of its own, and so looks like a class without fields."""
    for schema in (
        {"title": "Meta", "type": "object", "additionalProperties": True},
        {"title": "Meta", "type": "object"},
    ):
        assert field_type(schema) is dict


def test_an_empty_class_is_a_class_all_the_same():
    assert field_type({"title": "Empty", "type": "object", "additionalProperties": False}) == Record("Empty", ())


def test_pydantic_refers_to_our_files():
    path = {"anyOf": [TEXT, {"type": "string", "format": "path"}], "default": None}
    schema = {"title": "FlyteFile", "type": "object", "properties": {"path": path, "metadata": {}}}
    read = told({**titled(required=["f"], f={"$ref": "#/$defs/FlyteFile"}), "$defs": {"FlyteFile": schema}})
    assert read == Schema(Record("Rec", (Field("f", FlyteFile, True),)), {})


# --- for people ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (int, "int"),
        (NONE, "None"),
        (ListOf(int), "list[int]"),
        (DictOf(str, ListOf(INNER)), "dict[str, list[Inner]]"),
        (OneOf((int, NONE)), "int | None"),
        (Choice(("a", 1)), "one of 'a', 1"),
        (INNER, "Inner"),
        (Record("", ()), "a record"),
        (Record("a\nb", ()), "'a\\nb'"),
        (Record("a" * 101, ()), "a" * 100 + "…"),
        (Named("#/$defs/Node"), "Node"),
        (FlyteFile["csv"], "FlyteFile['csv']"),
    ],
)
def test_a_type_as_one_writes_it(told, words):
    assert spelled(told) == words


def between(declared: Any, annotated: Any) -> list[str]:
    return list(differences(*(read_schema(shimlite.to_literal_type(one)) for one in (declared, annotated))))


def made(*fields: Any) -> Any:
    return dataclasses.make_dataclass("Made", fields)


DEFAULT = dataclasses.field(default=1)
DIFFERENCES = [
    (made(("x", int)), made(("x", int)), []),
    (made(("x", int)), made(("x", int), ("y", int, DEFAULT)), []),
    (made(("x", int)), made(("x", int), ("y", int)), [".y is not declared, and Made needs it"]),
    (made(("x", int), ("y", int)), made(("x", int)), [".y is declared, and Made has no such field"]),
    (made(("x", int)), made(("x", str)), [".x is declared int, annotated str"]),
    (made(("x", list[int])), made(("x", list[str])), [".x[i] is declared int, annotated str"]),
    (made(("x", dict[str, int])), made(("x", dict[str, str])), [".x[key] is declared int, annotated str"]),
    (made(("x", Optional[int])), made(("x", Optional[str])), [".x is declared int, annotated str"]),
    (made(("x", Optional[int])), made(("x", int)), [".x is declared int | None, annotated int"]),
    (made(("x", list[Inner])), made(("x", list[made(("x", str))])), [".x[i].x is declared int, annotated str"]),
    (Outer, made(("x", int)), [
        ".inners is declared, and Made has no such field",
        ".maybe is declared, and Made has no such field",
        ".named is declared, and Made has no such field",
        ".odd is declared, and Made has no such field",
        ".x is not declared, and Made needs it",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "annotated", "lines"), DIFFERENCES)
def test_where_a_class_is_not_the_declared_one(declared, annotated, lines):
    assert between(declared, annotated) == lines


@dataclasses.dataclass
class Node:
    value: int
    rest: Optional["Node"] = None


def test_classes_that_hold_themselves_are_compared_once():
    other = dataclasses.make_dataclass("Node", [("value", str), ("rest", Optional[Node], None)])
    assert between(Node, Node) == []
    assert between(Node, other) == [".value is declared int, annotated str"]


def nodes(count: int, fields: tuple[str, ...] = ("l", "r")) -> LiteralType:
    """Of a record whose fields are two of the next, whose fields are two of the next."""
    defs = {}
    for place in range(count):
        maybe = {"anyOf": [{"$ref": f"#/$defs/N{(place + 1) % count}"}, {"type": "null"}]}
        defs[f"N{place}"] = {"type": "object", "title": f"N{place}", "properties": dict.fromkeys(fields, maybe)}
    return record_type({"$ref": "#/$defs/N0", "$defs": defs})


def test_records_that_hold_one_another_are_compared_once_each():
    assert list(differences(read_schema(nodes(60)), read_schema(nodes(60)))) == []
    found = list(differences(read_schema(nodes(60)), read_schema(nodes(60, ("l", "x")))))
    assert len(found) == 60
    assert found[-1] == ".r is declared, and N0 has no such field"


def test_the_order_of_a_unions_members_says_nothing():
    one, other = (
        Schema(Record("R", (Field("x", OneOf(kinds), True),))) for kinds in ((int, str, NONE), (NONE, str, int))
    )
    assert list(differences(one, other)) == []
    third = Schema(Record("R", (Field("x", OneOf((int, float, NONE)), True),)))
    assert list(differences(one, third)) == [".x is declared str, annotated float"]
    fourth = Schema(Record("R", (Field("x", OneOf((int, NONE)), True),)))
    assert list(differences(one, fourth)) == [".x is declared int | str | None, annotated int | None"]


def test_odd_names_are_shown_in_one_line():
    one = Schema(Record("R", (Field("a\nb", int, True), Field("c" * 200, int, True))))
    assert list(differences(one, Schema(Record("S", ())))) == [
        "['a\\nb'] is declared, and S has no such field",
        f"['{'c' * 100}…'] is declared, and S has no such field",
    ]


def test_of_members_of_one_name_nothing_tells_which_is_which():
    one = Record("Cat", (Field("n", int, True),))
    other = Record("Cat", (Field("m", str, True),))
    both, swapped = (Schema(Record("R", (Field("x", OneOf(kinds), True),))) for kinds in ((one, other), (other, one)))
    assert list(differences(both, swapped)) == []


def test_the_order_of_a_choice_says_nothing():
    one, other = (Schema(Record("R", (Field("x", Choice(values), True),))) for values in (("a", "b"), ("b", "a")))
    assert list(differences(one, other)) == []


def test_formats_stand_in_the_structure():
    text = FlyteFile["txt"]
    kinds = {"file": FlyteFile["csv"], "folder": FlyteDirectory["parquet"], "many": list[text]}
    record = dataclasses.make_dataclass("Formats", list(kinds.items()))
    fields = {field.name: field.type for field in read_schema(shimlite.to_literal_type(record)).root.fields}
    assert fields == {**kinds, "many": ListOf(text)}
