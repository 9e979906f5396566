# SPDX-License-Identifier: Apache-2.0
"""An Enum for an interface that lists the names of its members, as Flyte 2's SDK does, where flytekit lists values."""

from __future__ import annotations

import enum
import typing
from typing import Any, Optional, Union

import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, UnsupportedTypeError, fidelity, guess_python_type
from shimlite._types.witnesses import Loss
from shimlite.engine import output_type
from shimlite.idl import LiteralMap, Variable

from ..support import Literal, LiteralType, collection, map_of, packed, primitive, refusal, simple, struct, union


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"


class Text(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


class Rank(enum.IntEnum):
    RED = 1
    BLUE = 2


class Odd(enum.Enum):
    """No value can travel, so only names can."""

    RED = (1, 2)
    BLUE = frozenset()


class Crossed(enum.Enum):
    """Its values are names of other members, save one."""

    RED = "BLUE"
    BLUE = "b"


class Swapped(enum.Enum):
    RED = "BLUE"
    BLUE = "RED"


class Bits(enum.Flag):
    RED = 1
    BLUE = 2


class Green(enum.Enum):
    RED = "RED"
    GREEN = "GREEN"


def listing(*texts: str, tag: str = "") -> LiteralType:
    literal_type = LiteralType(enum_type={"values": texts})
    if tag:
        literal_type.structure.tag = tag
    return literal_type


NAMES = listing("RED", "BLUE")
BY_NAME = [Color, Text, Rank, Odd, Crossed, Bits]
by_name = pytest.mark.parametrize("cls", BY_NAME)


def text(value: str) -> Literal:
    return primitive(string_value=value)


def read(literal: Literal, declared: LiteralType, python_type: Any) -> Any:
    variables = {"v": Variable(type=declared)}
    return shimlite.literal_map_to_kwargs(LiteralMap(literals={"v": literal}), variables, {"v": python_type})["v"]


def written(value: Any, declared: LiteralType, python_type: Any) -> Literal:
    variables = {"v": Variable(type=declared)}
    return shimlite.dict_to_literal_map({"v": value}, variables, {"v": python_type}).literals["v"]


# -------------------------------------------------------------------------------------------------------- which it is


@by_name
def test_members_are_read_and_written_by_name(cls):
    for name in ("RED", "BLUE"):
        assert read(text(name), NAMES, cls) is cls[name]
        assert written(cls[name], NAMES, cls) == text(name)


@pytest.mark.parametrize(("cls", "texts"), [(Swapped, ("RED", "BLUE")), (Crossed, ("BLUE", "b")), (Color, ("red",))])
def test_texts_that_all_are_values_are_values(cls, texts):
    """Whatever else they are."""
    for value in texts:
        assert read(text(value), listing(*texts), cls) is cls(value)
        assert written(cls(value), listing(*texts), cls) == text(value)


@pytest.mark.parametrize(
    ("cls", "texts", "message"),
    [
        (Color, ("RED", "blue"), "v: Color lacks 1 of the enum's values"),
        (Color, ("RED", "GREEN"), "v: Color lacks 2 of the enum's values"),
        (Crossed, ("RED", "b"), "v: Crossed lacks 1 of the enum's values"),
        (Rank, ("RED", "1"), "v: Rank lacks 2 of the enum's values"),
        (Odd, ("RED", "GREEN"), "v: Odd has a value that cannot travel: expected a JSON-like value, got tuple of 2"),
        (Odd, (), "v: Odd has a value that cannot travel: expected a JSON-like value, got tuple of 2"),
        (Color, ("RED", ""), "v: Color lacks 2 of the enum's values"),
    ],
)
def test_texts_that_are_neither_are_refused(cls, texts, message):
    assert refusal(UnsupportedTypeError, read, text("RED"), listing(*texts), cls) == message


def test_not_all_members_need_be_listed_to_be_read():
    only = listing("BLUE")
    assert read(text("BLUE"), only, Color) is Color.BLUE
    message = "v: expected Color, got str that is not one of its values"
    assert refusal(ConversionValueError, read, text("RED"), only, Color) == message
    message = "v: expected Color, got a member whose name the interface does not list"
    assert refusal(ConversionValueError, written, Color.RED, only, Color) == message


def test_an_executor_that_may_return_a_member_that_is_not_listed_is_refused_before_it_runs():
    assert output_type(NAMES, Color) is Color
    assert output_type(LiteralType(collection_type=NAMES), list[Rank]) == list[Rank]
    message = "the enum lacks 1 of the names in Color"
    assert refusal(UnsupportedTypeError, output_type, listing("BLUE"), Color) == message
    message = "DynamicEnum lacks 2 of the enum's values"
    assert refusal(UnsupportedTypeError, output_type, listing("RED", "BLUE", "GREEN"), Color) == message


def test_an_empty_list_of_texts_fits_as_before():
    assert fidelity(listing(), Color).losses == ()


# ------------------------------------------------------------------------------------------------------- aliases


def test_an_alias_is_its_member():
    declared = listing("RED", "CRIMSON", "BLUE")
    assert read(text("CRIMSON"), declared, Color) is Color.RED
    assert written(Color.CRIMSON, declared, Color) == text("RED")
    assert read(text("CRIMSON"), listing("BLUE", "CRIMSON"), Color) is Color.RED
    assert written(Color.RED, listing("BLUE", "CRIMSON"), Color) == text("CRIMSON")


def test_that_is_a_loss():
    guessed = guess_python_type(listing("RED", "CRIMSON", "BLUE"))
    losses = fidelity(listing("RED", "CRIMSON", "BLUE"), Color).losses
    assert losses == (
        Loss("", "its class DynamicEnum", "its value travels, its class does not", guessed["RED"]),
        Loss("", "which name of a member it was", "Color has one member of both", guessed["CRIMSON"]),
    )
    assert len(fidelity(NAMES, Color).losses) == 1
    assert fidelity(listing("red", "blue"), Text).losses[1:] == ()


# ------------------------------------------------------------------------------------------- what else may be returned


def test_a_member_is_written_whatever_its_value_is():
    """RED's value is BLUE's name."""
    assert written(Crossed.RED, NAMES, Crossed) == text("RED")


def test_a_text_or_the_member_of_a_generated_enum_is_taken_for_a_name():
    generated = guess_python_type(NAMES)
    for value in ("RED", generated["RED"], Green.RED):
        assert written(value, NAMES, Color) == text("RED")


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("red", ConversionValueError, "v: expected Color, got str that is not one of its values"),
        (1, ConversionTypeError, "v: expected Color, got int"),
        (Green.GREEN, ConversionValueError, "v: expected Color, got str that is not one of its values"),
        (Rank.RED, ConversionTypeError, "v: expected Color, got Rank"),
        (Text.RED, ConversionValueError, "v: expected Color, got str that is not one of its values"),
        (None, ConversionTypeError, "v: expected Color, got None"),
    ],
)
def test_all_else_is_refused(value, error, message):
    assert refusal(error, written, value, NAMES, Color) == message


def test_bits_that_are_no_member_are_refused():
    message = "v: expected Bits, got a member whose name the interface does not list"
    assert refusal(ConversionValueError, written, Bits.RED | Bits.BLUE, NAMES, Bits) == message


# ------------------------------------------------------------------------------------------------ in other types

TAGGED = listing("RED", "BLUE", tag="DefaultEnumTransformer")
NONE, INT = simple("NONE", "none"), simple("INTEGER", "int")


def variants(*types: LiteralType) -> LiteralType:
    return LiteralType(union_type={"variants": types})


@pytest.mark.parametrize("cls", [cls for cls in BY_NAME if cls is not Odd])
def test_inside_lists_maps_and_unions(cls):
    red, blue = text("RED"), text("BLUE")
    optional = variants(TAGGED, NONE)
    cases = [
        (LiteralType(collection_type=NAMES), list[cls], [cls.RED, cls.BLUE], collection(red, blue)),
        (LiteralType(map_value_type=NAMES), dict[str, cls], {"a": cls.BLUE}, map_of(a=blue)),
        (optional, Optional[cls], cls.RED, union(red, TAGGED)),
        (optional, Optional[cls], None, union(Literal(scalar={"none_type": {}}), NONE)),
        (variants(TAGGED, INT), Union[cls, int], cls.BLUE, union(blue, TAGGED)),
        (variants(INT, TAGGED), Union[int, cls], 1, union(primitive(integer=1), INT)),
        (LiteralType(collection_type=optional), list[Optional[cls]], [cls.RED], collection(union(red, TAGGED))),
    ]
    for declared, python_type, value, literal in cases:
        assert written(value, declared, python_type) == literal
        back = read(literal, declared, python_type)
        assert back == value and type(back) is type(value)


def test_inside_others_its_values_must_be_scalars():
    """msgpack may stand for a whole list, and holds the values of an Enum."""
    message = "v: Odd has a value that cannot travel: expected a JSON-like value, got tuple of 2"
    assert refusal(UnsupportedTypeError, read, collection(), LiteralType(collection_type=NAMES), list[Odd]) == message


def test_in_a_union_with_str():
    declared = variants(TAGGED, simple("STRING", "str"))
    assert read(union(text("RED"), TAGGED), declared, Union[Color, str]) is Color.RED
    assert read(union(text("RED"), simple("STRING", "str")), declared, Union[Color, str]) == "RED"
    assert written("RED", declared, Union[Color, str]) == union(text("RED"), simple("STRING", "str"))
    assert written(Color.RED, declared, Union[Color, str]) == union(text("RED"), TAGGED)


def test_two_enums_are_told_apart_by_their_names():
    other = listing("RED", "GREEN", tag="DefaultEnumTransformer")
    declared, python_type = variants(TAGGED, other), Union[Color, Green]
    assert read(union(text("RED"), TAGGED), declared, python_type) is Color.RED
    assert read(union(text("RED"), other), declared, python_type) is Green.RED
    assert written(Green.RED, declared, python_type) == union(text("RED"), other)


def test_by_attribute_access_a_name_is_a_text():
    assert read(packed("BLUE"), NAMES, Color) is Color.BLUE
    assert refusal(ConversionTypeError, read, struct({"a": "RED"}), NAMES, Color) == "v: expected Color, got dict of 1"


def test_from_the_template_alone_nothing_changes():
    guessed = guess_python_type(NAMES)
    assert [(member.name, member.value) for member in guessed] == [("RED", "RED"), ("BLUE", "BLUE")]
    assert shimlite.to_python_value(text("RED"), NAMES) is guessed["RED"]
    assert shimlite.to_literal(Color.RED, Color) == text("red")
    assert list(shimlite.to_literal_type(Color).enum_type.values) == ["red", "blue"]


# ------------------------------------------------------------------ a Literal, which Flyte 2 declares as an enum

LOW_HIGH = listing("low", "high")
LEVEL: Any = typing.Literal["low", "high"]


def test_a_literal_has_the_values_of_an_enum():
    assert read(text("low"), LOW_HIGH, LEVEL) == "low"
    assert written("high", LOW_HIGH, LEVEL) == text("high")
    assert read(packed("low"), LOW_HIGH, LEVEL) == "low"
    message = "v: expected Literal['low', 'high'], got str that is not one of its values"
    assert refusal(ConversionValueError, read, text("LOW"), LOW_HIGH, LEVEL) == message
    assert refusal(ConversionValueError, written, "LOW", LOW_HIGH, LEVEL) == message
    assert refusal(ConversionTypeError, written, 1, LOW_HIGH, LEVEL) == "v: expected STRING, got int"


def test_a_literal_inside_others():
    tagged = listing("low", "high", tag="DefaultEnumTransformer")
    declared = LiteralType(collection_type=variants(tagged, NONE))
    literal = collection(union(text("low"), tagged), union(Literal(scalar={"none_type": {}}), NONE))
    assert read(literal, declared, list[Optional[LEVEL]]) == ["low", None]
    assert written(["low", None], declared, list[Optional[LEVEL]]) == literal


@pytest.mark.parametrize(
    ("python_type", "message"),
    [
        (typing.Literal["low"], "v: Literal['low'] lacks 1 of the enum's values"),
        (typing.Literal["LOW", "HIGH"], "v: Literal['LOW', 'HIGH'] lacks 2 of the enum's values"),
        (typing.Literal[1, 2], "v: Literal[1, 2] lacks 2 of the enum's values"),
        (str, "v: str does not fit enum_type"),
    ],
)
def test_a_literal_that_lacks_values_is_refused(python_type, message):
    assert refusal(UnsupportedTypeError, read, text("low"), LOW_HIGH, python_type) == message


def test_a_literal_may_be_returned_whose_values_are_all_listed():
    assert output_type(LOW_HIGH, LEVEL) == LEVEL
    assert output_type(LOW_HIGH, typing.Literal["low"]) is guess_python_type(LOW_HIGH)
    assert written("low", LOW_HIGH, output_type(LOW_HIGH, typing.Literal["low"])) == text("low")
    message = "DynamicEnum lacks 1 of the enum's values"
    assert refusal(UnsupportedTypeError, output_type, LOW_HIGH, typing.Literal["low", "high", "top"]) == message
    message = "Literal[1] has values that are no str; Flyte's enums hold str only"
    assert refusal(UnsupportedTypeError, output_type, LOW_HIGH, typing.Literal[1]) == message


def test_what_a_literal_loses_of_an_enum():
    (loss,) = fidelity(LOW_HIGH, LEVEL).losses
    assert loss.what == "its class DynamicEnum"
