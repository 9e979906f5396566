# SPDX-License-Identifier: Apache-2.0
"""Optional, Union and ``X | Y``: the stored type names the variant, and nothing is guessed."""
# ruff: noqa: F821 - the old spellings are types that users write

import concurrent.futures
import datetime as dt
import enum
import typing
from dataclasses import dataclass, field, make_dataclass
from typing import Any, Optional, Union

import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, FlyteFile, UnsupportedTypeError
from shimlite._types.budget import _BUDGET, MOST_TRIES, MOST_VALUES
from shimlite._types.literal_codec import Codecs
from shimlite._types.literal_types import node_of
from shimlite.idl import Variable

from ..stripping import stripped_type
from ..support import (
    Literal,
    LiteralType,
    collection,
    map_of,
    packed,
    primitive,
    refusal,
    round_trip,
    scalar,
    schema_of,
    shape,
    simple,
    struct,
    union,
    unpacked,
)

UTC = dt.timezone.utc
NOON = dt.datetime(2026, 1, 2, 12, tzinfo=UTC)
DAY = dt.date(2026, 1, 2)
INT, STR, NONE = simple("INTEGER", "int"), simple("STRING", "str"), simple("NONE", "none")
FLOAT = simple("FLOAT", "float")
ONE, NIL = primitive(integer=1), scalar(none_type={})


class Color(enum.Enum):
    RED = "red"


class MyInt(int):
    pass


@dataclass
class Point:
    x: int


@dataclass
class Place:
    name: str


def union_type(*variants: LiteralType) -> LiteralType:
    literal_type = LiteralType()
    literal_type.union_type.SetInParent()
    literal_type.union_type.variants.extend(variants)
    return literal_type


def tagged(literal_type: LiteralType, tag: str) -> LiteralType:
    made = LiteralType()
    made.CopyFrom(literal_type)
    made.structure.Clear()
    made.structure.tag = tag
    return made


@pytest.mark.parametrize(
    ("python_type", "literal_type"),
    [
        (Optional[int], union_type(INT, NONE)),
        (int | None, union_type(INT, NONE)),
        (Union[int, str], union_type(INT, STR)),
        (Union[str, int], union_type(STR, INT)),
        (int | str, union_type(INT, STR)),
        (str | int, union_type(STR, INT)),
        (typing.NoReturn, union_type()),
    ],
)
def test_the_literal_type_and_back(python_type, literal_type):
    """In the order they are written, though Python says that ``int | str == str | int``."""
    assert shimlite.to_literal_type(python_type) == literal_type
    guessed = shimlite.guess_python_type(literal_type)
    assert typing.get_args(guessed) == typing.get_args(python_type)
    assert guessed == python_type


def test_order_is_kept_in_what_is_written_after_the_other_order_was_compiled():
    for python_type in (Union[int, str], Union[str, int], list[Union[int, str]], list[Union[str, int]]):
        assert shimlite.to_literal_type(python_type) == shimlite.to_literal_type(python_type)
    assert shimlite.to_literal_type(list[int | str]) != shimlite.to_literal_type(list[str | int])


TAGS = {
    None: "none", bool: "bool", int: "int", float: "float", str: "str", dt.datetime: "datetime", dt.date: "date",
    dt.timedelta: "timedelta", Color: "DefaultEnumTransformer", typing.Literal["a"]: "LiteralTypeTransformer",
    list[int]: "Typed List", dict[str, int]: "Typed Dict", dict: "Typed Dict", Point: "Object-Dataclass-Transformer",
    FlyteFile: "FlyteFilePath", shimlite.FlyteDirectory: "FlyteDirectory", shimlite.FlyteError: "FlyteError",
    shimlite.StructuredDataset: "StructuredDataset Transformer", shimlite.FlyteSchema: "FlyteSchema Transformer",
}  # fmt: skip


@pytest.mark.parametrize(("python_type", "tag"), TAGS.items())
def test_the_tag_of_a_variant_is_flytekits_and_stands_instead_of_the_structure(python_type, tag):
    other = bytes if python_type is not bytes else int
    variant = shimlite.to_literal_type(Union[python_type, other]).union_type.variants[0]
    assert variant == tagged(shimlite.to_literal_type(python_type), tag)


LITERALS = [
    (3, Optional[int], union(primitive(integer=3), INT)),
    (None, Optional[int], union(NIL, NONE)),
    ("", Optional[str], union(primitive(string_value=""), STR)),
    (1, Union[int, float], union(ONE, INT)),
    (1.0, Union[int, float], union(primitive(float_value=1), FLOAT)),
    (True, Union[int, bool], union(primitive(boolean=True), simple("BOOLEAN", "bool"))),
    (MyInt(3), Union[int, str], union(primitive(integer=3), INT)),
    (3, Union[float, str], union(primitive(float_value=3), FLOAT)),
    ("red", Union[Color, int], union(
        primitive(string_value="red"), tagged(shimlite.to_literal_type(Color), "DefaultEnumTransformer"))),
    (["a"], Union[list[int], list[str]], union(
        collection(primitive(string_value="a")), tagged(shimlite.to_literal_type(list[str]), "Typed List"))),
]  # fmt: skip


@pytest.mark.parametrize(("value", "python_type", "literal"), LITERALS)
def test_a_value_is_written_with_the_type_of_its_variant(value, python_type, literal):
    assert shimlite.to_literal(value, python_type) == literal


ROUND_TRIPS = [
    (DAY, Optional[dt.date]),
    (NOON, Optional[dt.datetime]),
    (DAY, Union[dt.date, dt.datetime]),
    (NOON, Union[dt.date, dt.datetime]),
    (Color.RED, Union[Color, str]),
    ("red", Union[Color, str]),
    ("a", Optional[typing.Literal["a", "b"]]),
    (None, Optional[typing.Literal["a", "b"]]),
    ([1], Union[list[int], list[str]]),
    (["a", None], Optional[list[Optional[str]]]),
    ({"a": None}, Union[int, dict[str, Optional[int]]]),
    (Point(1), Union[Point, Place]),
    (Place("p"), Union[Point, Place]),
    (Place("p"), Optional[Place]),
    (b"x", Union[bytes, str]),
    (FlyteFile("u"), Union[FlyteFile, str]),
    (FlyteFile("u", format="csv"), Optional[FlyteFile["csv"]]),
    (5, Union[int, str, float, bool, None]),
]


@pytest.mark.parametrize(("value", "python_type"), ROUND_TRIPS)
def test_round_trips(value, python_type):
    assert shape(round_trip(value, python_type)) == shape(value)
    assert shape(round_trip([value], list[python_type])) == shape([value])


@pytest.mark.parametrize(("value", "python_type"), ROUND_TRIPS)
def test_round_trips_by_the_template_alone(value, python_type):
    literal_type = shimlite.to_literal_type(python_type)
    literal = shimlite.to_literal(value, python_type)
    guessed = shimlite.to_python_value(literal, literal_type)
    assert shape(shimlite.to_python_value(literal, stripped_type(literal_type)))[1:] == shape(guessed)[1:]
    names = {Color: "DynamicEnum", Point: "dict", Place: "dict"}
    assert type(guessed).__name__ == names.get(type(value), type(value).__name__)
    written = shimlite.to_literal(guessed, literal_type)
    assert written == shimlite.to_literal(guessed, stripped_type(literal_type))
    assert written.scalar.union.value == literal.scalar.union.value
    assert written.scalar.union.type == stripped_type(literal.scalar.union.type)  # a dict is of no class


@pytest.mark.parametrize(
    ("value", "python_type", "kind", "message"),
    [
        (True, Union[int, str], ConversionTypeError, "expected int | str, got bool"),
        (None, Union[int, str], ConversionTypeError, "expected int | str, got None"),
        ({"a": 1}, Union[int, None], ConversionTypeError, "expected int | None, got dict of 1"),
        (1, typing.NoReturn, ConversionTypeError, "expected NoReturn, got int"),
        (2**63, Optional[int], ConversionValueError, "expected INTEGER, got int beyond int64"),
        (["a", 1], Union[list[str], int], ConversionTypeError, "[1]: expected STRING, got int"),
        (MyInt(1), Union[int, float], ConversionValueError, "ambiguous: MyInt fits 2 members of int | float"),
        (
            [],
            Union[list[int], list[str]],
            ConversionValueError,
            "ambiguous: list of 0 fits 2 members of list[int] | list[str]",
        ),
    ],
)
def test_no_member_or_more_than_one_is_refused(value, python_type, kind, message):
    assert refusal(kind, shimlite.to_literal, value, python_type) == message


@pytest.mark.parametrize("python_type", [Union[dict, dict[int, str]], Union[dict[int, str], dict[bytes, int]]])
def test_members_that_flyte_cannot_tell_apart_are_refused_before_any_data(python_type):
    message = refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)
    assert message.endswith(" is ambiguous; two members have the same LiteralType")


@pytest.mark.parametrize("python_type", [Optional[set], Union[int, tuple], Optional[list]])
def test_a_member_outside_the_set_is_refused(python_type):
    with pytest.raises(UnsupportedTypeError):
        shimlite.to_literal_type(python_type)


STORED = [
    (union(ONE, INT), Union[int, str], 1),
    (union(ONE, simple("INTEGER")), Union[int, str], 1),  # no tag: other SDKs
    (union(primitive(float_value=1), INT), Union[int, str], 1),
    (union(packed(1), INT), Union[int, float], 1),
    (union(primitive(string_value="red"), simple("STRING")), Union[Color, str], "red"),
    (union(collection(), tagged(shimlite.to_literal_type(list[str]), "Typed List")), Union[list[int], list[str]], []),
    (union(ONE, simple("STRING", "int")), Union[int, str], 1),  # the tag counts
]


@pytest.mark.parametrize(("literal", "python_type", "value"), STORED)
def test_the_stored_type_names_the_variant(literal, python_type, value):
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


@pytest.mark.parametrize(
    ("literal", "python_type", "kind", "message"),
    [
        (union(ONE, STR), Union[int, str], ConversionTypeError, "expected STRING, got integer"),
        (
            union(ONE, simple("INTEGER", "Pydantic Transformer")),
            Union[int, str],
            ConversionTypeError,
            "expected int | str, got a union of another variant, INTEGER",
        ),
        (
            union(primitive(float_value=1), FLOAT),
            Optional[int],
            ConversionTypeError,
            "expected int | None, got a union of another variant, FLOAT",
        ),
        (
            union(primitive(boolean=True), simple("BOOLEAN")),
            Optional[int],
            ConversionTypeError,
            "expected int | None, got a union of another variant, BOOLEAN",
        ),
        (
            union(ONE, INT),
            typing.NoReturn,
            ConversionTypeError,
            "expected NoReturn, got a union of another variant, INTEGER",
        ),
        (
            union(collection(), LiteralType(structure={"tag": "Typed List"})),
            Union[list[int], list[str]],
            ConversionValueError,
            "ambiguous: collection fits 2 members of list[int] | list[str]",
        ),
        (
            union(scalar(primitive={"datetime": {}}), simple("DATETIME")),
            Union[dt.date, dt.datetime],
            ConversionValueError,
            "ambiguous: datetime fits 2 members of date | datetime",
        ),
        (union(Literal(), INT), Optional[int], ConversionTypeError, "expected INTEGER, got nothing"),
        (
            scalar(union={}),
            Optional[int],
            ConversionTypeError,
            "expected int | None, got a union of another variant, NONE",
        ),
    ],
)  # fmt: skip
def test_a_stored_type_that_names_no_variant_or_two_is_refused(literal, python_type, kind, message):
    assert refusal(kind, shimlite.to_python_value, literal, python_type) == message


BARE = [
    (ONE, Optional[int], 1),
    (NIL, Optional[int], None),
    (ONE, Union[int, float], 1),
    (ONE, Union[float, int], 1),
    (primitive(float_value=1.5), Union[int, float], 1.5),
    (primitive(float_value=1), Union[int, float], 1.0),
    (primitive(float_value=1), Optional[int], 1),
    (ONE, Optional[float], 1.0),
    (primitive(boolean=True), Union[int, bool], True),
    (primitive(string_value="x"), Union[Color, str], "x"),
    (primitive(string_value="red"), Optional[Color], Color.RED),
    (collection(ONE), Union[list[int], list[str]], [1]),
    (packed(1), Union[int, float], 1),
    (packed(1.0), Union[int, float], 1.0),
    (packed(1), Union[float, str], 1.0),
    (packed(None), Optional[int], None),
    (packed("x"), Union[int, str], "x"),
    (packed({"x": 1}), Optional[Point], Point(1)),
    (packed("2026-01-02"), Union[int, dt.date], DAY),
    (struct({"x": 1}), Optional[Point], Point(1)),
]


@pytest.mark.parametrize(("literal", "python_type", "value"), BARE)
def test_a_bare_literal_is_taken_where_one_member_fits(literal, python_type, value):
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


@pytest.mark.parametrize(
    ("literal", "python_type", "kind", "message"),
    [
        (
            primitive(string_value="red"),
            Union[Color, str],
            ConversionValueError,
            "ambiguous: string_value fits 2 members of Color | str",
        ),
        (
            collection(),
            Union[list[int], list[str]],
            ConversionValueError,
            "ambiguous: collection fits 2 members of list[int] | list[str]",
        ),
        (
            scalar(primitive={"datetime": {}}),
            Union[dt.date, dt.datetime],
            ConversionValueError,
            "ambiguous: datetime fits 2 members of date | datetime",
        ),
        (primitive(boolean=True), Union[int, str], ConversionTypeError, "expected int | str, got boolean"),
        (Literal(), Optional[int], ConversionTypeError, "expected int | None, got nothing"),
        (
            primitive(float_value=1.5),
            Optional[int],
            ConversionValueError,
            "expected INTEGER, got a float that is not integral",
        ),
        (packed([1]), Optional[int], ConversionTypeError, "expected int | None, got list of 1"),
        (packed(True), Union[int, str], ConversionTypeError, "expected int | str, got bool"),
        (packed("x"), Union[Color, dt.date], ConversionTypeError, "expected Color | date, got str"),
        (packed(1), typing.NoReturn, ConversionTypeError, "expected NoReturn, got int"),
        (ONE, typing.NoReturn, ConversionTypeError, "expected NoReturn, got integer"),
    ],
)
def test_a_bare_literal_that_fits_none_or_two_is_refused(literal, python_type, kind, message):
    assert refusal(kind, shimlite.to_python_value, literal, python_type) == message


def test_one_variant_is_a_union_still():
    literal_type = union_type(simple("INTEGER"))
    assert shimlite.guess_python_type(literal_type) is int
    assert shimlite.to_literal(5, literal_type) == union(primitive(integer=5), simple("INTEGER"))
    assert shape(shimlite.to_python_value(shimlite.to_literal(5, literal_type), literal_type)) == shape(5)
    assert refusal(ConversionTypeError, shimlite.to_literal, "x", literal_type) == "expected INTEGER, got str"


def test_a_union_in_a_union_is_written_as_it_is_declared():
    inner = union_type(INT, NONE)
    outer = union_type(inner, STR)
    assert shimlite.guess_python_type(outer) == Union[int, None, str]
    assert shimlite.to_literal("a", outer) == union(primitive(string_value="a"), STR)
    for value, literal in ((1, union(union(ONE, INT), inner)), (None, union(union(NIL, NONE), inner))):
        assert shimlite.to_literal(value, outer) == literal
        assert shape(shimlite.to_python_value(literal, outer)) == shape(value)


def test_a_union_without_variants_takes_nothing():
    assert refusal(ConversionTypeError, shimlite.to_literal, None, union_type()) == "expected NoReturn, got None"


def test_two_variants_that_say_the_same_are_one():
    literal_type = union_type(simple("INTEGER"), simple("INTEGER"), STR)
    assert shimlite.to_literal(1, literal_type) == union(ONE, simple("INTEGER"))
    assert shape(shimlite.to_python_value(union(ONE, simple("INTEGER")), literal_type)) == shape(1)
    assert refusal(ConversionTypeError, shimlite.to_literal, 1.5, literal_type) == "expected int | str, got float"


def test_two_variants_of_one_type_and_two_tags_are_two():
    literal_type = union_type(INT, simple("INTEGER", "other"))
    assert shimlite.to_literal(1, literal_type) == union(ONE, INT)
    assert refusal(
        ConversionValueError, shimlite.to_literal, 1, union_type(simple("INTEGER", "a"), simple("INTEGER", "b"))
    ) == ("ambiguous: int fits 2 members of int")
    for stored in literal_type.union_type.variants:
        assert shape(shimlite.to_python_value(union(ONE, stored), literal_type)) == shape(1)


def encoded_as(value: Any, literal_type: LiteralType, python_type: Any) -> Literal:
    variables = {"x": Variable(type=literal_type)}
    return shimlite.dict_to_literal_map({"x": value}, variables, {"x": python_type}).literals["x"]


@pytest.mark.parametrize(
    ("value", "literal_type", "python_type", "literal"),
    [
        (1, simple("INTEGER"), Optional[int], ONE),  # an annotation wider than the interface
        (1, union_type(INT, NONE), int, None),  # or narrower: one of the variants has no member
        (1, union_type(FLOAT, NONE), Optional[float], union(primitive(float_value=1), FLOAT)),
        (DAY, union_type(simple("DATETIME")), dt.date, union(
            primitive(datetime={"seconds": 1767312000}), simple("DATETIME"))),
    ],
)  # fmt: skip
def test_an_annotation_and_an_interface_that_are_not_alike(value, literal_type, python_type, literal):
    if literal is None:
        message = refusal(UnsupportedTypeError, encoded_as, value, literal_type, python_type)
        assert message == "x: int does not fit NONE"
    else:
        assert encoded_as(value, literal_type, python_type) == literal


@pytest.mark.parametrize(
    ("literal_type", "python_type", "message"),
    [
        (simple("STRING"), Optional[int], "x: int | None does not fit STRING"),
        (simple("STRING"), typing.NoReturn, "x: NoReturn does not fit STRING"),
        (simple("DATETIME"), Union[dt.date, dt.datetime], "x: date | datetime does not fit DATETIME"),
        (union_type(INT, FLOAT), Union[int, str], "x: int | str does not fit FLOAT"),
    ],
)
def test_an_annotation_that_does_not_fit_is_refused(literal_type, python_type, message):
    assert refusal(UnsupportedTypeError, encoded_as, 1, literal_type, python_type) == message


def test_an_annotation_with_a_member_outside_the_set_fits_by_its_other_members():
    """The tuple has no LiteralType, and none of the variants asks for one."""
    assert encoded_as(1, union_type(simple("INTEGER")), Union[int, Any]) == union(ONE, simple("INTEGER"))


@dataclass
class Holder:
    number: Union[int, float] = 0
    maybe: Optional[str] = None
    when: Union[dt.date, dt.datetime, None] = None
    place: Union[Point, Place, None] = None
    many: Union[list[int], list[str], None] = None
    word: Union[Color, int, None] = None
    nested: list[Optional[int]] = field(default_factory=list)


HELD = [
    {"number": 1}, {"number": 1.0}, {"number": 2**53 + 1}, {"maybe": "x"}, {"when": NOON}, {"when": DAY},
    {"place": Point(1)}, {"place": Place("p")}, {"many": [1]}, {"many": ["a"]}, {"word": Color.RED}, {"word": 1},
    {"nested": [1, None]},
]  # fmt: skip


@pytest.mark.parametrize("fields", HELD)
def test_in_a_record(fields):
    assert shape(round_trip(Holder(**fields), Holder)) == shape(Holder(**fields))


def test_in_a_record_an_empty_list_is_itself_whichever_member_wrote_it():
    assert shape(round_trip(Holder(many=[]), Holder)) == shape(Holder(many=[]))


@pytest.mark.parametrize("python_type", [Union[int, float], Union[float, int]])
def test_in_a_record_a_subclass_that_two_members_take_differently_is_refused(python_type):
    """``1 == 1.0``, but they are no equal values."""
    holder = make_dataclass("Numbers", [("held", python_type)])
    with pytest.raises(ConversionValueError) as caught:
        shimlite.to_literal(holder(MyInt(1)), holder)
    assert caught.value.path == ".held"


@dataclass
class Confusing:
    held: Union[str, dt.date, bytes]


@dataclass
class Alike:
    held: Union[Point, dict]


def test_in_a_record_what_would_be_read_as_another_member_is_refused():
    """msgpack holds no stored type beside a value: both are strings there."""
    assert shape(round_trip(Confusing("2026-01-02"), Confusing)) == shape(Confusing("2026-01-02"))
    assert refusal(ConversionValueError, shimlite.to_literal, Confusing(DAY), Confusing) == (
        ".held: ambiguous: a record would read it back as another member of str | date | bytes"
    )
    assert refusal(ConversionValueError, shimlite.to_literal, Alike({"x": 1}), Alike) == (
        ".held: ambiguous: a record would read it back as another member of Point | dict"
    )
    assert shape(round_trip(Alike({"y": 1}), Alike)) == shape(Alike({"y": 1}))


@dataclass
class Strict:
    x: int

    def __post_init__(self):
        if self.x < 0:
            raise ValueError("negative")


@dataclass
class HoldsStrict:
    held: Optional[Strict] = None


def test_in_a_record_what_its_own_class_would_refuse_is_written_as_without_the_union():
    value = HoldsStrict(Strict(1))
    value.held.x = -1
    assert unpacked(shimlite.to_literal(value.held, Strict)) == {"x": -1}
    assert unpacked(shimlite.to_literal(value, HoldsStrict)) == {"held": {"x": -1}}


@dataclass
class Mapped:
    held: Union[dict[str, int], Strict]


def test_in_a_record_what_no_other_member_reads_is_written_too():
    """The dict is asked first, and cannot read it; then the class refuses its own value."""
    value = Mapped(Strict(1))
    value.held.x = -1
    with pytest.raises(ConversionValueError) as caught:
        shimlite.to_literal(value, Mapped)
    assert caught.value.path == ".held"


@dataclass
class NoneTwice:
    held: Optional[typing.Literal["a", None]] = None


@pytest.mark.parametrize("value", ["a", None])
def test_none_among_a_literals_values_is_none(value):
    assert shape(round_trip(NoneTwice(value), NoneTwice)) == shape(NoneTwice(value))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"number": True}, ".number: expected int | float, got bool"),
        ({"maybe": 1}, ".maybe: expected str | None, got int"),
        ({"place": {"x": 1}}, ".place: expected Point | Place | None, got dict of 1"),
        ({"nested": [None, "x"]}, ".nested[1]: expected int | None, got str"),
    ],
)
def test_in_a_record_another_class_is_refused(fields, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, Holder(**fields), Holder) == message


def test_the_json_schema():
    properties = schema_of(Holder)["properties"]
    assert properties["number"] == {"anyOf": [{"type": "integer"}, {"type": "number"}], "default": 0}
    assert properties["maybe"] == {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


@dataclass
class Left:
    next: Union["Left", "Right", None] = None


@dataclass
class Right:
    next: Union[Left, "Right", None] = None


def nested(depth: int, last: Any) -> Any:
    value = last
    for _ in range(depth):
        value = {"next": value}
    return value


def test_readings_of_unions_in_unions_are_counted():
    """Both classes have the same fields, so a wrong value has as many readings as there are ways down to it."""
    message = refusal(ConversionTypeError, shimlite.to_python_value, packed(nested(8, 5)), Left)
    assert message == ".next: expected Left | Right | None, got dict of 1"
    assert _BUDGET.tries > MOST_TRIES - 1000
    assert refusal(ConversionValueError, shimlite.to_python_value, packed(nested(60, 5)), Left) == (
        ".next: its unions have more than 20000 readings"
    )
    assert _BUDGET.tries < 0
    assert shimlite.to_python_value(packed({}), Left) == Left()  # the next conversion starts anew


@dataclass
class Long:
    items: list[int]
    next: Union["Long", "Longer", None] = None


@dataclass
class Longer:
    items: list[int]
    next: Union[Long, "Longer", None] = None


def test_values_in_the_readings_of_unions_in_unions_are_counted():
    """A list that stands in a union inside a union of two records is read four times."""
    value = {"items": [0], "next": {"items": [0], "next": {"items": [0] * 10, "next": None}}}
    message = refusal(ConversionTypeError, shimlite.to_python_value, packed(value), Long)
    assert message == ".next: expected Long | Longer | None, got dict of 2"
    assert MOST_VALUES - _BUDGET.values == 4 * 10


def test_they_are_too_many_at_some_time():
    """The next conversion starts anew."""
    plain: Any = {"items": [0] * 25_000}
    for _ in range(6):
        plain = {"items": [], "next": plain}
    for _ in range(2):
        message = refusal(ConversionValueError, shimlite.to_python_value, packed(plain), Long)
        assert message == ".next: the readings of its unions have more than 1000000 values"
        assert _BUDGET.values < 0
    assert shimlite.to_python_value(packed({"items": [1]}), Long) == Long([1])


def test_a_default_is_tried_in_a_thread_that_has_converted_nothing():
    default = field(default="a")
    one, other = (make_dataclass("Record", [("held", Union[dt.date, str], default)]) for _ in range(2))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert pool.submit(shimlite.to_literal_type, one).result() == shimlite.to_literal_type(other)


def test_elements_that_are_tried_one_by_one_are_not_counted():
    record = make_dataclass("Record", [("held", list[Union[dt.date, str]])])
    value = record(["x"] * 10)
    assert shimlite.to_python_value(shimlite.to_literal(value, record), record) == value
    assert _BUDGET.tries == MOST_TRIES


def test_a_python_type_of_more_than_256_members_is_refused_too():
    choices = Union[tuple(enum.Enum(f"E{place}", {"A": f"a{place}"}) for place in range(257))]
    for python_type in (choices, list[choices]):
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == "a union of more than 256 types"


def test_a_union_whose_literals_would_nest_too_deeply_is_refused():
    python_type: Any = Optional[int]
    for _ in range(32):
        python_type = dict[str, python_type]
    message = "nested too deeply: its literals need more than 100 messages"
    assert refusal(UnsupportedTypeError, shimlite.to_literal, {}, python_type) == message
    assert shimlite.to_literal({}, python_type.__args__[1]) == map_of()


@pytest.mark.parametrize("count", [256, 257])
def test_a_union_of_more_than_256_types_is_refused(count):
    literal_type = LiteralType()
    literal_type.union_type.SetInParent()
    for place in range(count):
        literal_type.union_type.variants.add(enum_type={"values": [f"value{place}"]})
    if count == 256:
        assert len(typing.get_args(shimlite.guess_python_type(literal_type))) == 256
    else:
        message = refusal(UnsupportedTypeError, shimlite.guess_python_type, literal_type)
        assert message == "a union of more than 256 types"


def test_the_types_in_lists_of_unions_count_before_any_is_compared():
    literal_type = LiteralType(union_type={})
    for prefix in "ab":
        variants = [LiteralType(enum_type={"values": [f"{prefix}{place}"]}) for place in range(200)]
        literal_type.union_type.variants.add().collection_type.union_type.variants.extend(variants)
    variables, types = {"x": Variable(type=literal_type)}, {"x": list[int]}
    message = refusal(UnsupportedTypeError, shimlite.dict_to_literal_map, {"x": [1]}, variables, types)
    assert message == "x: a union of more than 256 types"


def test_a_type_that_nests_too_deeply_counts_for_no_other_of_its_compilation():
    """A member that is refused is passed over, and the next is asked."""
    deep, shallow = LiteralType(simple=3), LiteralType(simple=3)
    for _ in range(60):
        deep = LiteralType(collection_type=deep)
    for _ in range(40):
        shallow = LiteralType(collection_type=shallow)
    codecs = Codecs()
    for _ in range(20):
        refusal(UnsupportedTypeError, codecs.codec, node_of(deep), deep)
        assert codecs.codec(node_of(shallow), shallow)
