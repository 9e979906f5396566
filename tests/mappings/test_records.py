# SPDX-License-Identifier: Apache-2.0
"""Dataclasses and attrs classes, in a module whose annotations are all text (PEP 563)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Any, ClassVar, Literal, Optional

import attr
import attrs
import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, UnsupportedTypeError
from shimlite._idl import LiteralMap, Variable

from ..stripping import stripped_type
from ..support import Literal as LiteralMessage
from ..support import (
    LiteralType,
    SimpleType,
    collection,
    map_of,
    packed,
    primitive,
    refusal,
    round_trip,
    schema_of,
    shape,
    simple,
    struct,
    unpacked,
)

UTC = dt.timezone.utc


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


@dataclass
class Point:
    x: int
    y: float = 0.5


@dataclass
class Empty:
    pass


@dataclass
class Chain:
    value: int
    rest: Optional[Chain] = None


@dataclass
class Tree:
    value: int
    children: list[Tree] = field(default_factory=list)
    named: dict[str, Tree] = field(default_factory=dict)


@dataclass
class Egg:
    hen: Optional[Hen] = None


@dataclass
class Hen:
    eggs: list[Egg] = field(default_factory=list)


@dataclass
class Base:
    x: int
    y: int = 2


@dataclass
class Derived(Base):
    _: KW_ONLY
    z: str
    y: int = 3


@dataclass
class Computed:
    x: int
    twice: int = field(init=False)
    fixed: int = field(init=False, default=7)
    shared: ClassVar[int] = 1

    def __post_init__(self):
        self.twice = 2 * self.x


@dataclass
class WithInitVar:
    x: int
    scale: InitVar[int] = 1

    def __post_init__(self, scale):
        self.x *= scale


@dataclass
class NeedsInitVar:
    x: int
    scale: InitVar[int]


@dataclass(frozen=True, slots=True)
class Slotted:
    x: int
    y: Optional[str] = None


@dataclass
class Positive:
    x: int

    def __post_init__(self):
        if self.x < 0:
            raise ValueError("negative")


@attrs.define
class Private:
    _x: int
    renamed: int = attrs.field(alias="other", default=2)
    many: list[int] = attrs.Factory(list)
    text: str = attrs.field(converter=str, default="t")
    fixed: int = attrs.field(init=False, default=4)


@attrs.define(slots=False)
class Open:
    x: int


@attrs.frozen
class Checked:
    x: int = attrs.field(validator=attrs.validators.gt(0))


@attrs.define
class Untyped:
    x: int
    y = attrs.field(default=None)


@attrs.define
class Node:
    value: int
    rest: Optional[Node] = None


VALUES = [
    Point(1, -0.0),
    Point(2**63 - 1, math.nan),
    Empty(),
    Chain(1, Chain(2, Chain(3))),
    Tree(1, [Tree(2), Tree(3, [Tree(4)])], {"a": Tree(5)}),
    Egg(Hen([Egg(), Egg(Hen())])),
    Derived(1, z="z"),
    Computed(3),
    WithInitVar(3, scale=2),
    Slotted(1, "s"),
    Slotted(1),
    Positive(1),
    Private(1, other=3, many=[1], text=5),
    Open(1),
    Checked(1),
    Untyped(1),
    Node(1, Node(2)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_round_trips(value):
    assert shape(round_trip(value, type(value))) == shape(value)
    assert type(round_trip(value, type(value))) is type(value)
    assert shape(round_trip([value], list[type(value)])) == shape([value])


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (Point(1), {"x": 1, "y": 0.5}),
        (Empty(), {}),
        (Chain(1), {"rest": None, "value": 1}),
        (Derived(1, z="z"), {"x": 1, "y": 3, "z": "z"}),
        (Computed(3), {"x": 3, "twice": 6, "fixed": 7}),
        (WithInitVar(3, scale=2), {"x": 6}),
        (Private(1), {"_x": 1, "many": [], "text": "t", "fixed": 4, "renamed": 2}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_literal_is_a_map_of_all_fields_sorted_by_their_packed_names(value, held):
    literal = shimlite.to_literal(value, type(value))
    assert shape(unpacked(literal)) == shape(held)
    assert list(unpacked(literal)) == sorted(held, key=lambda name: (len(name), name))


def test_the_literal_type():
    literal_type = shimlite.to_literal_type(Point)
    expected = LiteralType(simple=SimpleType.STRUCT)
    expected.annotation.annotations.update({"cache-key-metadata": {"serialization-format": "msgpack"}})
    expected.metadata.update(
        {
            "type": "object",
            "title": "Point",
            "properties": {"x": {"type": "integer"}, "y": {"type": "number", "default": 0.5}},
            "required": ["x"],
            "additionalProperties": False,
        }
    )
    expected.structure.dataclass_type["x"].CopyFrom(simple("INTEGER"))
    expected.structure.dataclass_type["y"].CopyFrom(simple("FLOAT"))
    assert literal_type == expected


def test_a_record_without_fields():
    assert schema_of(Empty) == {"type": "object", "title": "Empty", "additionalProperties": False}
    literal_type = shimlite.to_literal_type(Empty)
    assert literal_type.HasField("structure") and dict(literal_type.structure.dataclass_type) == {}


def test_a_field_that_no_literal_type_describes_is_left_out_of_the_structure():
    @attrs.define
    class Leveled:
        level: Level
        x: int

    Leveled.__annotations__.update(level=Level, x=int)
    assert list(shimlite.to_literal_type(Leveled).structure.dataclass_type) == ["x"]
    assert round_trip(Leveled(Level.LOW, 1), Leveled) == Leveled(Level.LOW, 1)


def test_a_list_that_says_nothing_of_its_elements_is_left_out_of_the_structure():
    record = dataclasses.make_dataclass(
        "Bare", [("l", list), ("ls", list[list]), ("m", dict[str, list]), ("x", Any), ("y", int)]
    )
    described = shimlite.to_literal_type(record).structure.dataclass_type
    assert sorted(described) == ["x", "y"]
    value = record([1, "a"], [[1]], {"a": [1]}, None, 1)
    assert round_trip(value, record) == value


def test_what_is_no_parameter_is_not_in_the_schema():
    assert list(schema_of(Computed)["properties"]) == ["x"]
    assert list(schema_of(WithInitVar)["properties"]) == ["x"]


def test_required_are_those_without_a_default():
    assert schema_of(Derived)["required"] == ["x", "z"]
    assert schema_of(Private)["required"] == ["_x"]
    assert "required" not in schema_of(Egg)


def test_a_class_that_holds_itself_stands_under_defs():
    schema = schema_of(Chain)
    assert schema == {
        "$ref": "#/$defs/Chain",
        "$defs": {
            "Chain": {
                "type": "object",
                "title": "Chain",
                "properties": {
                    "value": {"type": "integer"},
                    "rest": {"anyOf": [{"$ref": "#/$defs/Chain"}, {"type": "null"}], "default": None},
                },
                "required": ["value"],
                "additionalProperties": False,
            }
        },
    }


def test_classes_that_hold_each_other():
    schema = schema_of(Egg)
    assert schema["$ref"] == "#/$defs/Egg" and list(schema["$defs"]) == ["Egg"]
    hen = schema["$defs"]["Egg"]["properties"]["hen"]["anyOf"][0]
    assert hen["title"] == "Hen" and hen["properties"]["eggs"]["items"] == {"$ref": "#/$defs/Egg"}


def test_a_class_that_stands_twice_without_holding_itself_is_written_twice():
    @dataclass
    class Line:
        start: Point
        end: Point
        turns: list[Point]

    Line.__annotations__.update(start=Point, end=Point, turns=list[Point])
    properties = schema_of(Line)["properties"]
    assert properties["start"] == properties["end"] == properties["turns"]["items"] == schema_of(Point)


@dataclass
class TwoChains:
    one: Chain
    two: Chain


def test_a_recursive_class_that_stands_twice_is_written_as_mashumaro_writes_it():
    """A reference the first time, in its place the second: flytekit 1.16.31 gives the same."""
    schema = schema_of(TwoChains)
    assert schema["properties"] == {"one": {"$ref": "#/$defs/Chain"}, "two": schema["$defs"]["Chain"]}
    value = TwoChains(Chain(1, Chain(2)), Chain(3, Chain(4)))
    assert shape(round_trip(value, TwoChains)) == shape(value)
    plain = shimlite.to_python_value(shimlite.to_literal(value, TwoChains), shimlite.to_literal_type(TwoChains))
    assert shape(plain) == shape(dataclasses.asdict(value))


def nested_class() -> type:
    @dataclass
    class Point:
        chain: Chain

    Point.__annotations__["chain"] = Chain
    return Point


def test_a_recursive_class_inside_another():
    outer = nested_class()
    schema = schema_of(outer)
    assert schema["title"] == "Point" and schema["properties"]["chain"] == {"$ref": "#/$defs/Chain"}
    assert shape(round_trip(outer(Chain(1, Chain(2))), outer)) == shape(outer(Chain(1, Chain(2))))


@dataclass
class Defaults:
    b: bool = True
    i: int = 5
    f: float = 1  # an int, which a float holds
    s: str = "s"
    d: bytes = b"\x00\xff"
    at: dt.datetime = dt.datetime(2026, 1, 2, tzinfo=UTC)
    on: dt.date = dt.date(2026, 1, 2)
    took: dt.timedelta = dt.timedelta(seconds=1.5)
    color: Color = Color.RED
    level: Level = Level.LOW
    word: Literal["a", "b"] = "b"
    maybe: Optional[int] = None
    sure: Optional[int] = 3
    any: Any = (1, {2: b"x"})
    point: Slotted = Slotted(1)
    many: list[int] = field(default_factory=lambda: [1])
    names: dict[str, int] = field(default_factory=dict)


def test_defaults_are_in_the_schema_as_json():
    properties = schema_of(Defaults)["properties"]
    assert {name: said["default"] for name, said in properties.items() if "default" in said} == {
        "b": True,
        "i": 5,
        "f": 1,
        "s": "s",
        "d": "AP8=\n",
        "at": "2026-01-02T00:00:00+00:00",
        "on": "2026-01-02",
        "took": 1.5,
        "color": "red",
        "level": 1,
        "word": "b",
        "maybe": None,
        "sure": 3,
        "any": [1, {"2": "eA==\n"}],
        "point": {"x": 1, "y": None},
    }


def test_absent_fields_get_their_defaults():
    assert shape(shimlite.to_python_value(packed({}), Defaults)) == shape(Defaults())
    made = shimlite.to_python_value(packed({"_x": 1}), Private)
    assert shape(made) == shape(Private(1))


def test_from_the_template_alone_absent_fields_stay_absent():
    """The template says the defaults, but a pod does not get to see them."""
    literal_type = shimlite.to_literal_type(Defaults)
    assert shimlite.to_python_value(packed({}), literal_type) == {}
    assert shape(shimlite.to_python_value(packed({"i": 6}), literal_type)) == shape({"i": 6})
    assert unpacked(shimlite.to_literal({"i": 6}, literal_type)) == {"i": 6}


def test_a_class_makes_its_defaults_anew():
    first, second = (shimlite.to_python_value(packed({"value": 1}), Tree) for _ in range(2))
    assert shape(first) == shape(Tree(1))
    assert first.children is not second.children


@dataclass
class WrongDefault:
    x: int = "five"


@dataclass
class Lost:
    x: Missing  # noqa: F821


@dataclass
class HasSet:
    x: set


@dataclass
class HoldsHasSet:
    inner: list[HasSet]


@pytest.mark.parametrize(
    ("python_type", "message"),
    [
        (WrongDefault, "the default of field 'x' is not of its type: expected INTEGER, got str"),
        (Lost, "Lost.x: its annotation cannot be resolved (NameError)"),
        (HasSet, "HasSet.x: set is not supported; use list[T]"),
        (HoldsHasSet, "HasSet.x: set is not supported; use list[T]"),
    ],
)
def test_a_class_that_cannot_be_converted_is_refused_before_any_data(python_type, message):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == message


def test_a_class_that_needs_what_no_field_holds_is_refused_before_any_data():
    """An InitVar without a default is not in the literal, so no value could ever be read."""
    with pytest.raises(UnsupportedTypeError):
        shimlite.to_python_value(packed({"x": 1}), NeedsInitVar)


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        ({"x": 1}, Point, "expected Point, got dict of 1"),
        (None, Point, "expected Point, got None"),
        (Point, Point, "expected Point, got type"),
        (Base(1), Point, "expected Point, got Base"),
        (Base(1), Derived, "expected Derived, got Base"),
        (Derived(1, z="z"), Base, "expected Base, got a Derived with more fields"),
        (Open(1), Private, "expected Private, got Open"),
        (Point("1"), Point, ".x: expected INTEGER, got str"),
        (Point(1, None), Point, ".y: expected FLOAT, got None"),
        (Chain(1, Chain(2, Chain("3"))), Chain, ".rest.rest.value: expected INTEGER, got str"),
        (Tree(1, [Tree(2), Tree(None)]), Tree, ".children[1].value: expected INTEGER, got None"),
        (Tree(1, named={"a": Tree(True)}), Tree, ".named['a'].value: expected INTEGER, got bool"),
    ],
)
def test_another_class_is_refused(value, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, value, python_type) == message


@dataclass
class SamePoint(Point):
    def norm(self) -> float:
        return abs(self.x)


def test_a_subclass_with_the_same_fields_is_taken():
    assert unpacked(shimlite.to_literal(SamePoint(1, 2.0), Point)) == {"x": 1, "y": 2.0}


@pytest.mark.parametrize("python_type", [Computed, Slotted, Open])
def test_a_value_without_one_of_its_fields_is_refused(python_type):
    value = python_type(1)
    object.__delattr__(value, "x")
    assert refusal(ConversionValueError, shimlite.to_literal, value, python_type) == (
        f"expected {python_type.__name__}, got a map without 'x'"
    )


@pytest.mark.parametrize(
    ("literal", "kind", "message"),
    [
        (packed({}), ConversionValueError, "expected Point, got a map without 'x'"),
        (packed({"y": 1.0}), ConversionValueError, "expected Point, got a map without 'x'"),
        (packed({"x": None}), ConversionTypeError, ".x: expected INTEGER, got None"),
        (packed({"x": 1, "y": "1"}), ConversionTypeError, ".y: expected FLOAT, got str"),
        (packed([1]), ConversionTypeError, "expected Point, got list of 1"),
        (packed(None), ConversionTypeError, "expected Point, got None"),
        (struct({"x": 1.5}), ConversionValueError, ".x: expected INTEGER, got a float that is not integral"),
        (primitive(string_value="{}"), ConversionTypeError, "expected Point, got string_value"),
        (collection(), ConversionTypeError, "expected Point, got collection"),
        (LiteralMessage(), ConversionTypeError, "expected Point, got nothing"),
    ],
)
def test_another_literal_is_refused(literal, kind, message):
    assert refusal(kind, shimlite.to_python_value, literal, Point) == message


def test_the_struct_of_older_writers_is_read():
    assert shape(shimlite.to_python_value(struct({"x": 1, "y": 2}), Point)) == shape(Point(1, 2.0))


def test_keys_that_are_no_field_are_not_looked_at():
    assert shimlite.to_python_value(packed({"x": 1, "z": [None], 5: 5}), Point) == Point(1)


@pytest.mark.parametrize(
    ("literal", "python_type", "message"),
    [
        (packed({"x": -1}), Positive, "Positive refused its fields (ValueError)"),
        (packed({"x": 0}), Checked, ".x: Checked refused it (ValueError)"),
    ],
)
def test_a_class_that_refuses_its_fields_is_the_values_fault(literal, python_type, message):
    with pytest.raises(ConversionValueError) as caught:
        shimlite.to_python_value(literal, python_type)
    assert str(caught.value) == message
    assert (caught.value.__cause__, caught.value.__context__) == (None, None), "its words may show the value"


@dataclass
class Refuses:
    x: int

    def __post_init__(self):
        raise shimlite.StorageError("the class's own words")


def test_a_shimlite_error_of_the_class_is_like_any_other():
    assert refusal(ConversionValueError, shimlite.to_python_value, packed({"x": 1}), Refuses) == (
        "Refuses refused its fields (StorageError)"
    )


def test_a_long_chain_and_one_that_never_ends():
    def chain(length: int) -> Chain:
        made = Chain(0)
        for _ in range(length - 1):
            made = Chain(0, made)
        return made

    assert unpacked(shimlite.to_literal(chain(100), Chain))["rest"]["value"] == 0
    assert round_trip(chain(100), Chain) == chain(100)
    for value in (chain(20_000), chain(600)):
        assert refusal(ConversionValueError, shimlite.to_literal, value, Chain) == "nested too deeply"
    endless = Chain(0)
    endless.rest = endless
    assert refusal(ConversionValueError, shimlite.to_literal, endless, Chain) == "nested too deeply"
    deep = packed(None)
    deep.scalar.binary.value = b"\x82\xa5value\x01\xa4rest" * 500 + b"\xc0"
    assert refusal(ConversionValueError, shimlite.to_python_value, deep, Chain) == "nested too deeply"


def test_a_class_that_does_not_fit_is_refused():
    call, types = shimlite.dict_to_literal_map, {"x": Point}
    assert refusal(UnsupportedTypeError, call, {"x": Point(1)}, {"x": Variable(type=simple("STRING"))}, types) == (
        "x: Point does not fit STRING"
    )


# Without an annotation a STRUCT is a dict, whatever its schema says, and takes a record of any class.

BARE = LiteralType(simple=SimpleType.STRUCT)
STRUCTS = [shimlite.to_literal_type(Point), stripped_type(shimlite.to_literal_type(Point)), BARE]
STRUCT_IDS = ["registered", "in a pod", "bare"]


@attrs.define
class AttrsPoint:
    x: int
    y: float = 2.5


@dataclass
class Dated:
    on: dt.date
    at: Optional[AttrsPoint] = None


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
def test_from_the_template_alone_it_is_a_dict(literal_type):
    assert shimlite.guess_python_type(literal_type) is dict
    for value in VALUES:
        literal = shimlite.to_literal(value, type(value))
        assert shape(shimlite.to_python_value(literal, literal_type)) == shape(unpacked(literal))
    for literal, plain in ((packed({}), {}), (packed({"z": [None]}), {"z": [None]}), (struct({"x": 1}), {"x": 1})):
        assert shape(shimlite.to_python_value(literal, literal_type)) == shape(plain)


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
@pytest.mark.parametrize(
    "value",
    [*VALUES, AttrsPoint(1), Dated(dt.date(2026, 1, 2)), Dated(dt.date(2026, 1, 2), AttrsPoint(1))],
    ids=lambda value: type(value).__name__,
)
def test_without_an_annotation_a_record_is_written_by_its_own_class(literal_type, value):
    literal = shimlite.to_literal(value, type(value))
    assert shimlite.to_literal(value, literal_type) == literal
    in_list, in_dict = LiteralType(collection_type=literal_type), LiteralType(map_value_type=literal_type)
    assert shimlite.to_literal([value, {"a": 1}], in_list) == collection(literal, packed({"a": 1}))
    assert shimlite.to_literal({"k": value}, in_dict) == map_of(k=literal)


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
@pytest.mark.parametrize("value", [{"x": 1}, {"x": 1, "y": 3}, {"x": "1", "z": None}, {}, {1: [2, {"a": b"x"}]}])
def test_without_an_annotation_a_dict_is_written_as_it_is(literal_type, value):
    assert shape(unpacked(shimlite.to_literal(value, literal_type))) == shape(value)


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], "expected dict, got list of 1"),
        (None, "expected dict, got None"),
        (Point, "expected dict, got type"),
        (shimlite.FlyteFile("u"), "expected dict, got FlyteFile"),
        (Point("1"), ".x: expected INTEGER, got str"),
        (Dated(dt.date(2026, 1, 2), AttrsPoint(None)), ".at.x: expected INTEGER, got None"),
        (HasSet(set()), "a HasSet cannot be written: HasSet.x: set is not supported; use list[T]"),
        (Lost(1), "a Lost cannot be written: Lost.x: its annotation cannot be resolved (NameError)"),
        ({"a": Point(1)}, "['a']: expected a JSON-like value, got Point; annotate the dict, as in dict[str, Point]"),
        (
            {"a": [AttrsPoint(1)]},
            "['a'][0]: expected a JSON-like value, got AttrsPoint; annotate the dict, as in dict[str, AttrsPoint]",
        ),
        (
            {"a": shimlite.FlyteFile("u")},
            "['a']: expected a JSON-like value, got FlyteFile; annotate the dict, as in dict[str, FlyteFile]",
        ),
        ({"a": Point}, "['a']: expected a JSON-like value, got type"),
        ({"a": {1}}, "['a']: expected a JSON-like value, got set"),
    ],
)
def test_without_an_annotation_what_is_no_record_and_no_plain_data_is_refused(literal_type, value, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, value, literal_type) == message
    listed = LiteralType(collection_type=literal_type)
    path = message if message.startswith((".", "[")) else f": {message}"
    assert refusal(ConversionTypeError, shimlite.to_literal, [{}, value], listed) == f"[1]{path}"


def of_pair(value: Any, literal_type: LiteralType, python_type: Any) -> Any:
    """The literal, written with an annotation."""
    variables = {"x": Variable(type=literal_type)}
    return shimlite.dict_to_literal_map({"x": value}, variables, {"x": python_type}).literals["x"]


def read_as(literal: Any, literal_type: LiteralType, python_type: Any) -> Any:
    """The value, read with an annotation."""
    literals, variables = LiteralMap(literals={"x": literal}), {"x": Variable(type=literal_type)}
    return shimlite.literal_map_to_kwargs(literals, variables, {"x": python_type})["x"]


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_an_annotation_brings_the_class_back(literal_type, value):
    """Of whatever class the STRUCT was registered, since a pod is not told."""
    record, literal = type(value), shimlite.to_literal(value, type(value))
    assert of_pair(value, literal_type, record) == literal
    assert shape(read_as(literal, literal_type, record)) == shape(value)
    assert shape(read_as(collection(literal), LiteralType(collection_type=literal_type), list[record])) == shape(
        [value]
    )
    in_dict = LiteralType(map_value_type=literal_type)
    assert shape(read_as(map_of(k=literal), in_dict, dict[str, record])) == shape({"k": value})


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"x": "1"}, "x.x: expected INTEGER, got str"),
        ({"x": 1, "y": None}, "x.y: expected FLOAT, got None"),
        (None, "x: expected Point, got None"),
        ([1], "x: expected Point, got list of 1"),
    ],
)
def test_what_the_annotated_class_does_not_take_is_an_error_with_its_path(literal_type, plain, message):
    assert refusal(ConversionTypeError, read_as, packed(plain), literal_type, Point) == message


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
def test_without_a_required_field_it_is_an_error_and_unknown_keys_are_not_looked_at(literal_type):
    message = "x: expected Point, got a map without 'x'"
    assert refusal(ConversionValueError, read_as, packed({"z": 1}), literal_type, Point) == message
    assert shape(read_as(packed({"x": 1, "z": [None], 5: 5}), literal_type, Point)) == shape(Point(1))


@pytest.mark.parametrize("literal_type", STRUCTS, ids=STRUCT_IDS)
def test_annotated_with_a_class_no_dict_and_no_other_class_is_taken(literal_type):
    for value, got in (({"x": 1}, "dict of 1"), (Open(1), "Open"), (Chain(1), "Chain"), (None, "None")):
        assert refusal(ConversionTypeError, of_pair, value, literal_type, Point) == f"x: expected Point, got {got}"
    assert of_pair(SamePoint(1, 2.0), literal_type, Point) == packed({"x": 1, "y": 2.0})


def test_the_type_of_an_attribute_may_stand_in_its_definition():
    record = attr.make_class("Old", {"n": attr.ib(type=int), "anything": attr.ib(default=None)})
    literal = shimlite.to_literal(record(5), record)
    assert shimlite.to_python_value(literal, record) == record(5)
    assert refusal(ConversionTypeError, shimlite.to_literal, record("5"), record) == ".n: expected INTEGER, got str"


def test_a_union_of_bytes_in_a_record_has_flytekits_tag():
    @dataclasses.dataclass
    class Holder:
        x: Optional[bytes]

    held = shimlite.to_literal_type(Holder).structure.dataclass_type["x"]
    assert [variant.structure.tag for variant in held.union_type.variants] == ["FlytePickle", "none"]
