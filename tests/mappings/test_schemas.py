# SPDX-License-Identifier: Apache-2.0
"""A record's JSON Schema read back into a class: flytekit's, pydantic's, marshmallow's, and hostile ones."""
# ruff: noqa: F821 - the old spellings are types that users write

import dataclasses
import datetime as dt
import enum
import subprocess
import sys
import typing
from typing import Any, Optional, Union

import pytest

import shimlite
from shimlite import FlyteDirectory, FlyteFile, StructuredDataset
from shimlite._mappings.json_schemas import MOST_FIELDS
from shimlite._mappings.members import MOST_MEMBERS

from ..support import LiteralType, SimpleType, packed, record_type, refusal, shape, simple, struct, unpacked

TEXT, NUMBER, INTEGER, NULL = ({"type": kind} for kind in ("string", "number", "integer", "null"))


def titled(title: str = "Rec", required: Any = None, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "title": title, "properties": properties}
    return schema if required is None else {**schema, "required": required}


def guessed(schema: dict[str, Any], **held: LiteralType) -> Any:
    return shimlite.guess_python_type(record_type(schema, **held))


def field_type(schema: Any, held: Any = None) -> Any:
    """The type of a required field of this schema."""
    return guessed(titled(required=["f"], f=schema), **({"f": held} if held else {})).__annotations__["f"]


def test_the_class_is_a_dataclass_of_that_name_whose_fields_are_keyword_only():
    made = guessed(titled("Point", ["x"], x=INTEGER, y=NUMBER))
    assert made.__name__ == "Point" and made.__doc__ == "Generated from the JSON Schema of Point."
    assert dataclasses.is_dataclass(made) and dataclasses.asdict(made(x=1)) == {"x": 1, "y": None}
    assert [field.name for field in dataclasses.fields(made)] == ["x", "y"]
    assert made.__annotations__ == {"x": int, "y": Optional[float]}
    with pytest.raises(TypeError):
        made(1)
    with pytest.raises(TypeError):
        made()


def test_the_same_literal_type_gives_the_same_class():
    schema = titled("Same", ["x"], x=INTEGER)
    assert guessed(schema) is guessed(schema)
    assert guessed(schema) is not guessed(titled("Same", ["x"], x=NUMBER))
    assert guessed(schema, x=simple("INTEGER")) is not guessed(schema)
    other = record_type(schema)
    other.annotation.annotations.update({"words": "that say nothing of the fields"})
    assert shimlite.guess_python_type(other) is guessed(schema)


def test_fields_are_in_one_order_required_ones_first_as_listed():
    made = guessed(titled(required=["c", "a"], a=TEXT, b=TEXT, c=TEXT, aa=TEXT))
    assert [field.name for field in dataclasses.fields(made)] == ["c", "a", "aa", "b"]


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
    ({"type": "array", "items": INTEGER}, list[int]),
    ({"type": "array", "items": {"type": "array", "items": TEXT}}, list[list[str]]),
    ({"type": "array", "items": TEXT, "uniqueItems": True}, list[str]),
    ({"type": "array"}, list),
    ({"type": "array", "prefixItems": [TEXT, INTEGER], "items": TEXT}, list),
    ({"type": "object"}, dict),
    ({"type": "object", "additionalProperties": False}, dict),
    ({"type": "object", "properties": {"x": INTEGER}}, dict),
    ({"type": "object", "additionalProperties": INTEGER}, dict[str, int]),
    ({"type": "object", "additionalProperties": TEXT, "propertyNames": INTEGER}, dict[int, str]),
    ({"anyOf": [INTEGER, NULL]}, Optional[int]),
    ({"anyOf": [INTEGER, TEXT, NULL]}, Union[int, str, None]),
    ({"anyOf": [{"anyOf": [INTEGER, NULL]}, TEXT]}, Union[int, None, str]),
    ({"anyOf": [INTEGER]}, int),
    ({"type": ["integer", "null"]}, Optional[int]),
    ({"type": ["string"]}, str),
    ({"enum": ["a", "b"]}, typing.Literal["a", "b"]),
    ({"enum": [1.0, 2.0]}, typing.Literal[1, 2]),
    ({"enum": ["a", 1, True, None]}, typing.Literal["a", 1, True, None]),
    ({"enum": []}, Any),
    ({"enum": [1.5]}, Any),
    ({"enum": [["a"]]}, Any),
]


@pytest.mark.parametrize(("schema", "python_type"), FIELDS)
def test_the_type_of_a_field(schema, python_type):
    assert field_type(schema) == python_type


@pytest.mark.parametrize(
    ("schema", "held", "python_type"),
    [
        (titled("FlyteFile", path=TEXT, metadata=TEXT), LiteralType(blob={"format": "csv"}), FlyteFile["csv"]),
        (titled("FlyteFile", path=TEXT, metadata=TEXT), None, FlyteFile),
        (titled("FlyteFile", path=TEXT, metadata=TEXT), simple("STRUCT"), FlyteFile),
        (titled("FlyteDirectory", path=TEXT), LiteralType(blob={"dimensionality": 1}), FlyteDirectory),
        (titled("StructuredDataset", uri=TEXT, file_format=TEXT), None, StructuredDataset),
        (
            {"type": "array", "items": titled("FlyteFile", path=TEXT, metadata=TEXT)},
            LiteralType(collection_type=LiteralType(blob={"format": "csv"})),
            list[FlyteFile["csv"]],
        ),
        (
            {"type": "object", "additionalProperties": titled("FlyteDirectory", path=TEXT)},
            LiteralType(map_value_type=LiteralType(blob={"format": "csv", "dimensionality": 1})),
            dict[str, FlyteDirectory["csv"]],
        ),
        (
            {"anyOf": [titled("FlyteFile", path=TEXT, metadata=TEXT), NULL]},
            LiteralType(union_type={"variants": [LiteralType(blob={"format": "csv"}), simple("NONE")]}),
            Optional[FlyteFile["csv"]],
        ),
        (
            {"anyOf": [titled("FlyteFile", path=TEXT, metadata=TEXT), NULL]},
            LiteralType(union_type={"variants": [simple("NONE")]}),
            Optional[FlyteFile],
        ),
        (INTEGER, simple("STRING"), int),  # the schema describes what msgpack holds
    ],
)
def test_the_structure_adds_what_the_schema_cannot_say(schema, held, python_type):
    assert field_type(schema, held) == python_type


def test_the_structure_tells_an_enum_from_a_literal():
    made = field_type({"enum": ["a", ""]}, LiteralType(enum_type={"values": ["a", ""]}))
    assert issubclass(made, enum.Enum) and [member.value for member in made] == ["a", ""]
    assert field_type({"enum": ["a"]}, simple("STRING")) == typing.Literal["a"]


def test_a_record_that_only_looks_like_a_reference_is_a_record():
    assert dataclasses.is_dataclass(field_type(titled("FlyteFile", name=TEXT)))
    assert dataclasses.is_dataclass(field_type(titled("Other", path=TEXT, metadata=TEXT)))


def test_records_in_records_in_lists_and_in_maps_are_classes():
    inner = titled("Inner", ["x"], x=INTEGER)
    made = guessed(
        titled(
            "Outer",
            ["one", "many", "named", "maybe"],
            one=inner,
            many={"type": "array", "items": inner},
            named={"type": "object", "additionalProperties": inner},
            maybe={"anyOf": [inner, NULL]},
        )
    )
    value = {"one": {"x": 1}, "many": [{"x": 2}], "named": {"a": {"x": 3}}, "maybe": {"x": 4}}
    decoded = shimlite.to_python_value(packed(value), made)
    assert dataclasses.asdict(decoded) == value
    for record in (decoded.one, decoded.many[0], decoded.named["a"], decoded.maybe):
        assert type(record).__name__ == "Inner"


DEFAULTS = [
    ({"type": "integer", "default": 5.0}, int, 5),
    ({"type": "number", "default": 5}, float, 5.0),
    ({"type": "string", "default": ""}, str, ""),
    ({"type": "boolean", "default": False}, bool, False),
    ({"type": "string", "format": "date", "default": "2026-01-02"}, dt.date, dt.date(2026, 1, 2)),
    ({"type": "number", "format": "time-delta", "default": 1.5}, dt.timedelta, dt.timedelta(seconds=1.5)),
    ({"type": "string", "format": "base64", "default": "AP8=\n"}, bytes, b"\x00\xff"),
    ({"type": "integer", "default": None}, Optional[int], None),
    ({"type": "integer"}, Optional[int], None),
    ({"type": "array", "items": INTEGER}, list[int], []),
    ({"type": "array"}, list, []),
    ({"type": "object"}, dict, {}),
    ({"type": "object", "additionalProperties": INTEGER}, dict[str, int], {}),
    ({"type": "array", "items": INTEGER, "default": [1]}, list[int], [1]),
    ({"type": "object", "default": {"a": 1}}, dict, {"a": 1}),
    ({"anyOf": [INTEGER, NULL], "default": 3}, Optional[int], 3),
    ({"enum": ["a", "b"], "default": "b"}, typing.Literal["a", "b"], "b"),
    ({}, Any, None),
    ({"default": [1]}, Any, [1]),
]


@pytest.mark.parametrize(("schema", "python_type", "value"), DEFAULTS)
def test_an_absent_field_gets_its_default(schema, python_type, value):
    made = guessed(titled(f=schema))
    assert made.__annotations__["f"] == python_type
    assert shape(made().f) == shape(value)
    assert shape(shimlite.to_python_value(packed({}), made).f) == shape(value)
    if isinstance(value, (list, dict)):
        assert made().f is not made().f


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "integer", "default": "x"}, "expected INTEGER, got str"),
        (
            {"type": "string", "format": "date", "default": "x"},
            "expected date, got str that is no ISO 8601 date",
        ),
        ({"type": "array", "items": INTEGER, "default": ["x"]}, "[0]: expected INTEGER, got str"),
    ],
)
def test_a_default_that_does_not_fit_its_field_is_an_error_when_it_is_needed(schema, message):
    made = guessed(titled(f=schema))
    with pytest.raises(shimlite.ConversionError) as caught:
        shimlite.to_python_value(packed({}), made)
    assert str(caught.value) == message
    assert shimlite.to_python_value(packed({"f": [1] if "items" in schema else _fitting(schema)}), made).f is not None


def _fitting(schema):
    return "2026-01-02" if schema["type"] == "string" else 1


def test_pydantics_form():
    made = guessed(
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
    assert made.__annotations__["color"] == typing.Literal["red", "green"]
    assert made.__annotations__["any"] is dict
    assert made.__annotations__["more"] == list[made.__annotations__["item"]]
    decoded = shimlite.to_python_value(packed({"item": {"n": 1}, "color": "red", "more": [{"n": 2}]}), made)
    assert dataclasses.asdict(decoded) == {"item": {"n": 1}, "color": "red", "more": [{"n": 2}], "any": {}}


def test_marshmallows_form():
    made = guessed(
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
    assert made.__name__ == "OldSchema"
    decoded = shimlite.to_python_value(struct({"n": 5, "inner": {"x": 1}}), made)
    assert dataclasses.asdict(decoded) == {"n": 5, "f": 0.5, "maybe": None, "inner": {"x": 1}}
    assert type(decoded.n) is int and type(decoded.inner.x) is int


def test_a_schema_that_refers_to_itself():
    node = titled("Node", ["v"], v=INTEGER, rest={"anyOf": [{"$ref": "#/$defs/Node"}, NULL]})
    made = guessed({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    assert made.__annotations__["rest"] == Optional[made]
    value = {"v": 1, "rest": {"v": 2, "rest": {"v": 3, "rest": None}}}
    decoded = shimlite.to_python_value(packed(value), made)
    assert type(decoded.rest.rest) is made and dataclasses.asdict(decoded) == value
    assert unpacked(shimlite.to_literal(decoded, made)) == value


HOSTILE = {
    "title is a number": titled(5),
    "title is null": titled(None),
    "title is a list": titled(["Rec"]),
    "title has a nul": titled("a\0b"),
    "no type": {"title": "Rec", "properties": {"x": INTEGER}},
    "another type": {"title": "Rec", "type": "array"},
    "properties is a list": {"type": "object", "title": "Rec", "properties": [1]},
    "properties is text": {"type": "object", "title": "Rec", "properties": "abc"},
    "properties is a number": {"type": "object", "title": "Rec", "properties": 5},
    "a property is a number": titled(x=5),
    "a property is null": titled(x=None),
    "a property is a list": titled(x=[]),
    "a keyword": titled(**{"class": TEXT}),
    "a dunder": titled(__init__=TEXT),
    "a docstring": titled(__doc__=TEXT),
    "no identifier": titled(**{"a-b": TEXT}),
    "an empty name": titled(**{"": TEXT}),
    "required is a number": titled(required=5),
    "required holds lists": titled(required=[["x"]], x=TEXT),
    "anyOf is a number": titled(x={"anyOf": 5}),
    "anyOf is empty": titled(x={"anyOf": []}),
    "anyOf holds numbers": titled(x={"anyOf": [5]}),
    "enum is a number": titled(x={"enum": 5}),
    "type is empty": titled(x={"type": []}),
    "items is a number": titled(x={"type": "array", "items": 5}),
    "a key is a list": titled(x={"type": "object", "additionalProperties": TEXT, "propertyNames": {"type": "array"}}),
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
    "too many fields": titled(**{f"f{i}": TEXT for i in range(MOST_FIELDS + 1)}),
    "a message's name": {"pb_type": "os.system"},
    "nothing that is known": {"hello": "world"},
    "definitions alone": {"$defs": {"X": titled("X")}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_schema_that_makes_no_class_is_a_dict(name):
    literal_type = record_type(HOSTILE[name])
    assert shimlite.guess_python_type(literal_type) is dict
    value = {"x": [1, None], "a-b": {"c": 1.5}}
    assert shape(shimlite.to_python_value(packed(value), literal_type)) == shape(value)


def test_without_metadata_it_is_a_dict():
    assert shimlite.guess_python_type(LiteralType(simple=SimpleType.STRUCT)) is dict


def test_a_schema_nested_as_deep_as_a_message_may_be_is_no_error():
    """The reader's own limit, not Python's stack, nor an error of protobuf's, decides: a class or a dict."""
    for levels in (5, 20, 30):
        schema: dict[str, Any] = INTEGER
        for _ in range(levels):
            schema = {"type": "array", "items": schema}
        literal_type = LiteralType(simple=SimpleType.STRUCT)
        literal_type.metadata.update(titled(x=schema))
        made = shimlite.guess_python_type(literal_type)
        assert made is dict or made.__name__ == "Rec"


ODD_BUT_USABLE = {
    "self": titled(required=["self"], self=INTEGER),
    "mro": titled(required=["mro"], mro=INTEGER),
    "field": titled(required=["field"], field=INTEGER),
    "_private": titled(required=["_private"], _private=INTEGER),
    "KW_ONLY": titled(required=["KW_ONLY"], KW_ONLY=INTEGER),
    "object": titled("object", ["object"], object=INTEGER),
    "type": titled("type", ["type"], type=INTEGER),
    "int": titled("int", ["int"], int=INTEGER),
}


@pytest.mark.parametrize("name", ODD_BUT_USABLE)
def test_odd_names_are_kept(name):
    made = guessed(ODD_BUT_USABLE[name])
    assert dataclasses.asdict(shimlite.to_python_value(packed({name: 5}), made)) == {name: 5}
    assert unpacked(shimlite.to_literal({name: 5}, made)) == {name: 5}


@pytest.mark.parametrize("title", ["a\nb", "x" * 10_000, "", "not an identifier", "class", "\u2603"])
def test_whatever_the_title_an_error_is_one_short_line(title):
    made = record_type(titled(title, ["x"], x=INTEGER))
    for literal in (packed({}), packed(5), packed({"x": "y"})):
        try:
            assert type(shimlite.to_python_value(literal, made)) is dict  # a title that makes no class
        except shimlite.ConversionError as error:
            assert "\n" not in str(error)
            assert len(str(error)) < 300


BOMB = """
from flyteidl.core.types_pb2 import LiteralType
import shimlite

choices = {"D0": {"type": "integer"}}
for i in range(1, 40):
    one = {"$ref": f"#/$defs/D{i - 1}"}
    choices[f"D{i}"] = {"anyOf": [one, {"type": "array", "items": one}]}
schema = {"type": "object", "title": "Bomb", "properties": {"x": {"$ref": "#/$defs/D39"}}, "$defs": choices}
literal_type = LiteralType(simple=9)
literal_type.metadata.update(schema)
shimlite.guess_python_type(literal_type)
"""


def test_a_small_schema_that_would_make_an_endless_type_is_refused_in_time():
    """Each definition refers to the one before it twice: 2**39 members in 5 kB."""
    subprocess.run([sys.executable, "-c", BOMB], check=True, timeout=30)


def test_no_name_in_a_schema_is_looked_up():
    before = set(sys.modules)
    for schema in ({"pb_type": "antigravity.X"}, titled("antigravity.X"), {"$ref": "#/$defs/antigravity"}):
        guessed(schema)
    assert "antigravity" not in set(sys.modules) - before


def test_a_map_without_a_required_field_is_refused():
    made = guessed(titled("Rec", ["x"], x=INTEGER))
    assert refusal(shimlite.ConversionValueError, shimlite.to_python_value, packed({}), made) == (
        "expected Rec, got a map without 'x'"
    )


@dataclasses.dataclass
class Chosen:
    one: typing.Literal["only"]
    big: typing.Literal[9007199254740993, 1]


def test_choices_are_read_from_const_and_from_enum_unless_a_double_cannot_say_them():
    literal_type = shimlite.to_literal_type(Chosen)
    properties = literal_type.metadata["properties"]
    assert dict(properties["one"].items()) == {"const": "only"}
    assert list(properties["big"]["enum"]) == [9007199254740992.0, 1.0]
    guessed = shimlite.guess_python_type(literal_type)
    assert guessed.__annotations__ == {"one": typing.Literal["only"], "big": typing.Any}
    literal = shimlite.to_literal(Chosen("only", 9007199254740993), Chosen)
    value = shimlite.to_python_value(literal, literal_type)
    assert dataclasses.asdict(value) == {"one": "only", "big": 9007199254740993}
    assert refusal(
        shimlite.ConversionValueError, shimlite.to_python_value, packed({"one": "x", "big": 1}), literal_type
    ) == (".one: expected Literal['only'], got str that is not one of its values")


def test_pydantics_untyped_dict_is_a_dict():
    """It has a title of its own, and so looks like a class without fields."""
    schema = {"title": "Meta", "type": "object", "additionalProperties": True}
    assert field_type(schema) is dict
    assert field_type({"title": "Meta", "type": "object"}) is dict
    made = guessed(titled(required=["meta"], meta=schema))
    held = record_type(titled(required=["meta"], meta=schema))
    assert shimlite.to_python_value(packed({"meta": {"a": 1}}), held) == made(meta={"a": 1})


def test_an_empty_class_is_a_class_all_the_same():
    made = field_type({"title": "Empty", "type": "object", "additionalProperties": False})
    assert dataclasses.is_dataclass(made) and made.__name__ == "Empty"


def test_pydantic_refers_to_our_files():
    path = {"anyOf": [TEXT, {"type": "string", "format": "path"}], "default": None}
    schema = {"title": "FlyteFile", "type": "object", "properties": {"path": path, "metadata": {}}}
    made = guessed({**titled(required=["f"], f={"$ref": "#/$defs/FlyteFile"}), "$defs": {"FlyteFile": schema}})
    assert made.__annotations__ == {"f": FlyteFile}


def test_a_long_union_is_not_spelled_out():
    def several(count: int) -> Any:
        return {"anyOf": [{"const": f"value{place}"} for place in range(count)]}

    assert len(typing.get_args(field_type(several(MOST_MEMBERS)))) == MOST_MEMBERS
    assert guessed(titled(required=["f"], f=several(MOST_MEMBERS + 1))) is dict
