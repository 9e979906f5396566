# SPDX-License-Identifier: Apache-2.0
"""Enum and typing.Literal: a fixed list of values, checked both ways."""

import enum
import typing
from dataclasses import dataclass, make_dataclass

import pytest

import shimlite
from shimlite import ConversionError, ConversionTypeError, ConversionValueError, UnsupportedTypeError, idl
from shimlite.engine import from_plain

from ..support import (
    Literal,
    LiteralType,
    packed,
    primitive,
    refusal,
    round_trip,
    scalar,
    schema_of,
    shape,
    simple,
    struct,
    unpacked,
)


class Color(enum.Enum):
    RED = "red"
    EMPTY = ""
    ALIAS = "red"


class Word(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(enum.Enum):
    ONE = 1
    TWO = "two"
    HALF = 0.5
    NONE = None


class Nothing(enum.Enum):
    pass


class Pair(enum.Enum):
    ONE = (1, 2)


def enum_type(*values: str) -> LiteralType:
    return LiteralType(enum_type={"values": values})


def test_the_literal_type_lists_the_values_in_order_without_aliases():
    assert shimlite.to_literal_type(Color) == enum_type("red", "")
    assert shimlite.to_literal_type(Word) == enum_type("red", "blue")


def test_an_enum_without_members_is_still_an_enum():
    literal_type = shimlite.to_literal_type(Nothing)
    assert literal_type.WhichOneof("type") == "enum_type" and literal_type == enum_type()
    assert list(shimlite.guess_python_type(literal_type)) == []


@pytest.mark.parametrize("python_type", [Level, Mixed, Pair])
def test_an_enum_of_other_values_is_refused(python_type):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == (
        f"{python_type.__name__} has values that are no str; Flyte's enums hold str only"
    )


@pytest.mark.parametrize(
    ("member", "literal"),
    [(Color.RED, primitive(string_value="red")), (Color.EMPTY, primitive(string_value="")),
     (Word.BLUE, primitive(string_value="blue"))],
)  # fmt: skip
def test_a_member_is_its_value(member, literal):
    assert shimlite.to_literal(member, type(member)) == literal
    assert shimlite.to_python_value(literal, type(member)) is member
    assert shimlite.to_python_value(packed(member.value), type(member)) is member


@pytest.mark.parametrize("value", ["red", Word.RED, Color.ALIAS])
def test_a_value_or_another_enums_member_is_taken(value):
    assert shimlite.to_literal(value, Color) == primitive(string_value="red")


NOT_A_COLOR = "expected Color, got str that is not one of its values"


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("green", ConversionValueError, NOT_A_COLOR),
        (Word.BLUE, ConversionValueError, NOT_A_COLOR),
        (Level.LOW, ConversionTypeError, "expected Color, got Level"),
        (None, ConversionTypeError, "expected Color, got None"),
        (["red"], ConversionTypeError, "expected Color, got list of 1"),
        ({}, ConversionTypeError, "expected Color, got dict of 0"),
    ],
)
def test_anything_else_is_refused(value, kind, message):
    assert refusal(kind, shimlite.to_literal, value, Color) == message


@pytest.mark.parametrize(
    ("literal", "kind", "message"),
    [
        (primitive(string_value="green"), ConversionValueError, NOT_A_COLOR),
        (packed("green"), ConversionValueError, NOT_A_COLOR),
        (packed(1), ConversionTypeError, "expected Color, got int"),
        (packed(["red"]), ConversionTypeError, "expected Color, got list of 1"),
        (primitive(integer=1), ConversionTypeError, "expected Color, got integer"),
        (Literal(), ConversionTypeError, "expected Color, got nothing"),
        (scalar(none_type={}), ConversionTypeError, "expected Color, got none_type"),
    ],
)
def test_another_literal_is_refused(literal, kind, message):
    assert refusal(kind, shimlite.to_python_value, literal, Color) == message


def test_a_long_name_is_cut_in_a_message():
    values = enum.Enum("E" * 101, {"a": "a"})
    assert refusal(ConversionTypeError, shimlite.to_literal, 5, values) == f"expected {'E' * 100}…, got int"


AWKWARD = ["", "mro", "_x_", "__x__", "name", "value", "_ignore_", "_missing_", "class", "a b", "a\nb", "\u2603"]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_guessed_enum_has_every_value_whatever_the_string(value):
    literal_type = enum_type("other", value)
    guessed = shimlite.guess_python_type(literal_type)
    assert guessed.__name__ == "DynamicEnum"
    assert [member.value for member in guessed] == ["other", value]
    assert shimlite.to_python_value(primitive(string_value=value), literal_type) is guessed(value)
    assert shimlite.to_literal(value, literal_type) == primitive(string_value=value)
    assert shimlite.to_literal_type(guessed) == literal_type


def test_the_members_of_a_guessed_enum_are_named_like_their_values_where_python_allows():
    guessed = shimlite.guess_python_type(enum_type("red", "mro", "", "value_1", "value_3", "_x_"))
    assert {member.name: member.value for member in guessed} == {
        "red": "red", "value_1": "mro", "value_2": "", "value_3": "value_1", "value_4": "value_3", "value_5": "_x_"
    }  # fmt: skip


def test_a_name_that_is_taken_is_lengthened():
    guessed = shimlite.guess_python_type(enum_type("value_1", "mro", "value_1_"))
    assert {member.name: member.value for member in guessed} == {
        "value_1": "value_1", "value_1_": "mro", "value_2": "value_1_"
    }  # fmt: skip


def test_a_value_that_stands_twice_is_one_member():
    guessed = shimlite.guess_python_type(enum_type("a", "a", "b"))
    assert [member.value for member in guessed] == ["a", "b"]


def test_the_same_values_give_the_same_enum():
    assert shimlite.guess_python_type(enum_type("p", "q")) is shimlite.guess_python_type(enum_type("p", "q"))
    assert shimlite.guess_python_type(enum_type("p", "q")) is not shimlite.guess_python_type(enum_type("q", "p"))


def declared(literal_type: LiteralType) -> dict[str, idl.Variable]:
    return {"x": idl.Variable(type=literal_type)}


def test_the_declared_values_are_the_ones_allowed():
    """The Enum may have more members than the interface: those are refused."""
    variables, types = declared(enum_type("red")), {"x": Word}
    assert shimlite.dict_to_literal_map({"x": Word.RED}, variables, types).literals["x"] == (
        primitive(string_value="red")
    )
    assert refusal(ConversionValueError, shimlite.dict_to_literal_map, {"x": Word.BLUE}, variables, types) == (
        "x: expected Word, got str that is not one of its values"
    )


@pytest.mark.parametrize(
    ("literal_type", "message"),
    [
        (enum_type("red", "green", "grey"), "x: Word lacks 2 of the enum's values"),
        (simple("STRING"), "x: Word does not fit STRING"),
    ],
)
def test_a_class_that_does_not_fit_is_refused(literal_type, message):
    call, variables = shimlite.dict_to_literal_map, declared(literal_type)
    assert refusal(UnsupportedTypeError, call, {"x": 1}, variables, {"x": Word}) == message


def test_members_that_are_no_text_do_not_matter_where_the_interface_does_not_name_them():
    literal_map = shimlite.dict_to_literal_map({"x": "two"}, declared(enum_type("two")), {"x": Mixed})
    assert literal_map.literals["x"] == primitive(string_value="two")


@dataclass
class Held:
    color: Color
    level: Level
    mixed: Mixed
    choice: typing.Literal["a", 1, True, None]
    word: typing.Literal["a", "b"] = "a"


HELD = Held(Color.RED, Level.HIGH, Mixed.HALF, True)


def test_in_a_record_any_scalar_may_be_a_value():
    assert shape(unpacked(shimlite.to_literal(HELD, Held))) == shape(
        {"color": "red", "level": 2, "mixed": 0.5, "choice": True, "word": "a"}
    )
    assert shape(round_trip(HELD, Held)) == shape(HELD)


@pytest.mark.parametrize("choice", ["a", 1, True, None])
def test_a_literal_of_many_types_tells_true_from_one(choice):
    assert shape(round_trip(Held(Color.RED, Level.LOW, Mixed.NONE, choice), Held).choice) == shape(choice)


def test_the_json_schema_lists_the_values():
    assert schema_of(Held)["properties"] == {
        "color": {"enum": ["red", ""]},
        "level": {"enum": [1, 2]},
        "mixed": {"enum": [1, "two", 0.5, None]},
        "choice": {"enum": ["a", 1, True, None]},
        "word": {"enum": ["a", "b"], "default": "a"},
    }


GOOD = {"color": "red", "level": 2, "mixed": 0.5, "choice": True}


@pytest.mark.parametrize(
    ("field", "value", "kind", "message"),
    [
        ("level", 3, ConversionValueError, ".level: expected Level, got int that is not one of its values"),
        ("level", True, ConversionTypeError, ".level: expected Level, got bool"),
        ("level", "1", ConversionTypeError, ".level: expected Level, got str"),
        ("mixed", [1], ConversionTypeError, ".mixed: expected Mixed, got list of 1"),
        (
            "choice",
            False,
            ConversionValueError,
            ".choice: expected Literal['a', 1, True, None], got bool that is not one of its values",
        ),
        ("choice", 1.5, ConversionTypeError, ".choice: expected Literal['a', 1, True, None], got float"),
        ("word", "c", ConversionValueError, ".word: expected Literal['a', 'b'], got str that is not one of its values"),
        ("word", 1, ConversionTypeError, ".word: expected STRING, got int"),
    ],
)
def test_a_record_with_another_value_is_refused(field, value, kind, message):
    assert refusal(kind, shimlite.to_python_value, packed({**GOOD, field: value}), Held) == message
    assert refusal(kind, shimlite.to_literal, Held(**{**GOOD, field: value}), Held) == message


LITERALS = [
    (typing.Literal["a", "b"], "STRING", ["a", "b"], ["a", "b"], primitive(string_value="a")),
    (typing.Literal[1, 2], "INTEGER", [1.0, 2.0], [1, 2], primitive(integer=1)),
    (typing.Literal[True], "BOOLEAN", [True], [True], primitive(boolean=True)),
]


@pytest.mark.parametrize(("python_type", "name", "annotated", "values", "first"), LITERALS)
def test_a_literal_is_its_scalar_annotated_as_flytekit_does(python_type, name, annotated, values, first):
    literal_type = shimlite.to_literal_type(python_type)
    expected = simple(name)
    expected.annotation.annotations.update({"literal_values": annotated})
    assert literal_type == expected
    assert shimlite.guess_python_type(literal_type) is type(values[0])
    assert shimlite.to_literal(values[0], python_type) == first
    for value in values:
        assert shape(round_trip(value, python_type)) == shape(value)


def test_a_literals_number_may_arrive_as_a_float():
    assert shape(shimlite.to_python_value(primitive(float_value=2.0), typing.Literal[1, 2])) == shape(2)


class Text(str):
    pass


class Size(str, enum.Enum):
    LARGE = "large"


@pytest.mark.parametrize(
    ("plain", "choice", "kind", "message"),
    [
        (42.0, typing.Literal[1], ConversionValueError, "expected Literal[1], got int that is not one of its values"),
        (1.5, typing.Literal[1, 2], ConversionValueError, "expected INTEGER, got a float that is not integral"),
        (3, typing.Literal[0.5], ConversionValueError,
         "expected Literal[0.5], got float that is not one of its values"),
        (2**53 + 1, typing.Literal[1.5], ConversionValueError, "expected FLOAT, got int that no float holds exactly"),
        ("Yg==", typing.Literal[b"a"], ConversionValueError,
         "expected Literal[b'a'], got bytes that is not one of its values"),
        (True, typing.Literal[1], ConversionTypeError, "expected INTEGER, got bool"),
        ("a", typing.Literal[1], ConversionTypeError, "expected INTEGER, got str"),
        (3.5, typing.Literal[1, "a"], ConversionTypeError, "expected Literal[1, 'a'], got float"),
        (3.0, typing.Literal[1, "a"], ConversionValueError,
         "expected Literal[1, 'a'], got int that is not one of its values"),
        ({}, typing.Literal[1], ConversionTypeError, "expected INTEGER, got dict of 0"),
        ([], typing.Literal[1, "a"], ConversionTypeError, "expected Literal[1, 'a'], got list of 0"),
    ],
)  # fmt: skip
def test_what_is_converted_and_none_of_the_values_is_told_as_what_it_became(plain, choice, kind, message):
    assert refusal(kind, from_plain, plain, choice) == message
    record = make_dataclass("Record", [("x", choice)])
    assert refusal(kind, shimlite.to_python_value, packed({"x": plain}), record) == f".x: {message}"


NOT_A = "expected Literal['a'], got str that is not one of its values"


@pytest.mark.parametrize(
    ("value", "python_type", "kind", "message"),
    [
        ("c", typing.Literal["a"], ConversionValueError, NOT_A),
        (3, typing.Literal[1], ConversionValueError, "expected Literal[1], got int that is not one of its values"),
        (True, typing.Literal[1], ConversionTypeError, "expected INTEGER, got bool"),
        (1, typing.Literal[True], ConversionTypeError, "expected BOOLEAN, got int"),
        (None, typing.Literal["a"], ConversionTypeError, "expected STRING, got None"),
        (Text("c"), typing.Literal["a"], ConversionValueError, NOT_A),
        (Size.LARGE, typing.Literal["a"], ConversionValueError, NOT_A),
        (
            3,
            typing.Literal[1.5],
            ConversionValueError,
            "expected Literal[1.5], got float that is not one of its values",
        ),
        (1.0, typing.Literal[1], ConversionTypeError, "expected INTEGER, got float"),
    ],
)
def test_a_literal_takes_its_values_only(value, python_type, kind, message):
    assert refusal(kind, shimlite.to_literal, value, python_type) == message


def test_a_literal_is_checked_when_it_is_read():
    literal, python_type = primitive(string_value="c"), typing.Literal["a"]
    assert refusal(ConversionValueError, shimlite.to_python_value, literal, python_type) == NOT_A


def test_a_long_list_of_values_is_cut_in_a_message():
    python_type = typing.Literal[tuple(f"value{i}" for i in range(100))]
    shown = ("Literal[" + ", ".join(f"'value{i}'" for i in range(100)))[:100]
    assert refusal(ConversionValueError, shimlite.to_literal, "x", python_type) == (
        f"expected {shown}…, got str that is not one of its values"
    )


@pytest.mark.parametrize(
    ("python_type", "name"),
    [
        (typing.Literal["a", 1], "Literal['a', 1]"),
        (typing.Literal[1, True], "Literal[1, True]"),
        (typing.Literal[None], "Literal[None]"),
        (typing.Literal[b"a"], "Literal[b'a']"),
    ],
)
def test_a_literal_of_no_one_scalar_type_is_refused(python_type, name):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == (
        f"{name} is not of one scalar type; give values that are all str, int or bool"
    )


def test_literal_1_and_literal_true_are_different_types():
    """Python's own ``==`` and caches take them for the same."""
    assert shape(round_trip(1, typing.Literal[1])) == shape(1)
    assert shape(round_trip(True, typing.Literal[True])) == shape(True)
    assert refusal(ConversionTypeError, shimlite.to_literal, 1, typing.Literal[True]) == "expected BOOLEAN, got int"


@dataclass
class WithInt:
    choice: typing.Literal["a", 1]


@dataclass
class WithFloat:
    choice: typing.Literal["a", 1.0]


@pytest.mark.parametrize("value", [1.5, 2.0, True])
def test_of_several_types_another_number_is_refused(value):
    with pytest.raises(ConversionError):
        shimlite.to_python_value(packed({"choice": value}), WithInt)


def test_of_several_types_a_whole_float_is_the_int_and_plain_data_keep_it():
    assert shape(shimlite.to_python_value(packed({"choice": 1.0}), WithInt)) == shape(WithInt(1))
    literal = shimlite.to_literal(WithFloat(1.0), WithFloat)
    assert shape(shimlite.to_python_value(literal, WithFloat)) == shape(WithFloat(1.0))
    assert shape(shimlite.to_python_value(literal, WithInt)) == shape(WithInt(1))
    assert shape(shimlite.to_python_value(literal, shimlite.to_literal_type(WithFloat))) == shape({"choice": 1.0})


CANNOT_TRAVEL = "has a value that cannot travel: expected STRING, got str with a lone surrogate"


class Bytes(enum.Enum):
    A = b"a"


def test_the_values_of_an_enum_are_no_level_of_its_type():
    deepest = Color
    for _ in range(93):
        deepest = list[deepest]
    shimlite.to_literal_type(deepest)
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, list[deepest]) == "nested too deeply"


@pytest.mark.parametrize("choice", [Bytes, typing.Literal[b"a"], typing.Literal[b"a", "b"]], ids=str)
def test_a_choice_of_bytes_has_no_schema_but_travels(choice):
    record = make_dataclass("Record", [("choice", choice)])
    value = record(Bytes.A if choice is Bytes else b"a")
    assert schema_of(record)["properties"] == {"choice": {}}
    assert shimlite.to_python_value(shimlite.to_literal(value, record), record) == value
    assert shimlite.to_python_value(struct({"choice": "YQ=="}), record) == value


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (enum.Enum("Odd", {"A": "\ud800"}), f"Odd {CANNOT_TRAVEL}"),
        (typing.Literal["\ud800"], f"Literal['\\ud800'] {CANNOT_TRAVEL}"),
    ],
    ids=["enum", "literal"],
)  # fmt: skip
def test_a_value_that_cannot_travel_is_refused_with_its_type(choice, message):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, choice) == message
    record = make_dataclass("Record", [("choice", choice)])
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, record) == f"Record.choice: {message}"
