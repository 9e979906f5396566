# SPDX-License-Identifier: Apache-2.0
"""Flyte 2's SDK writes the names of Enum members into the data of pydantic models; flytekit and shimlite write values.

A text is the value of a member, or else the name of one, in those places where the SDK writes names.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Annotated, Any, Literal, Optional, Union

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, field_serializer, field_validator

from shimlite import ConversionValueError, fidelity, to_literal, to_python_value
from shimlite._types.enum_names import DEEPEST

from .support import packed, refusal, struct, unpacked


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"


class Crossed(enum.Enum):
    RED = "BLUE"
    BLUE = "b"


class Rank(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(enum.Enum):
    TEXT = "t"
    NUMBER = 1.5
    PAIR = (1, 2)


class Told(enum.Enum):
    """Takes any text for a value."""

    KNOWN = "known"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> Told:
        return cls.OTHER


def model_of(python_type: Any, **config: Any) -> type[BaseModel]:
    bases = {"__annotations__": {"x": python_type}, "model_config": ConfigDict(**config), "__module__": __name__}
    return type("Model", (BaseModel,), bases)


def read(python_type: Any, plain: Any, **config: Any) -> Any:
    model = model_of(python_type, **config)
    value = to_python_value(packed({"x": plain}), model)
    assert to_python_value(struct({"x": plain}), model) == value
    return value.x  # type: ignore[attr-defined]


class Inner(BaseModel):
    color: Color


READ: list[tuple[Any, Any, Any]] = [
    (Color, "red", Color.RED),
    (Color, "RED", Color.RED),
    (Color, "CRIMSON", Color.RED),
    (Crossed, "RED", Crossed.RED),
    (Crossed, "BLUE", Crossed.RED),
    (Crossed, "b", Crossed.BLUE),
    (Rank, "HIGH", Rank.HIGH),
    (Rank, 2, Rank.HIGH),
    (Mixed, "NUMBER", Mixed.NUMBER),
    (Mixed, "TEXT", Mixed.TEXT),
    (Told, "KNOWN", Told.KNOWN),
    (Told, "anything", Told.OTHER),
    (Annotated[Color, Field(description="of it")], "BLUE", Color.BLUE),
    (Optional[Color], "BLUE", Color.BLUE),
    (Optional[Color], None, None),
    (list[Color], ["BLUE", "red"], [Color.BLUE, Color.RED]),
    (list[Color], ["blue"], [Color.BLUE]),
    (Optional[list[Optional[Rank]]], ["LOW", None, 2], [Rank.LOW, None, Rank.HIGH]),
    (dict[str, Color], {"RED": "BLUE"}, {"RED": Color.BLUE}),
    (dict[Color, int], {"RED": 1, "blue": 2}, {Color.RED: 1, Color.BLUE: 2}),
    (dict[Color, int], {"red": 1}, {Color.RED: 1}),
    (dict[Rank, list[Color]], {"LOW": ["RED"]}, {Rank.LOW: [Color.RED]}),
    (dict[str, list[dict[str, Color]]], {"a": [{"b": "RED"}]}, {"a": [{"b": Color.RED}]}),
    (dict[str, Inner], {"a": {"color": "BLUE"}}, {"a": Inner(color=Color.BLUE)}),
    (Optional[Inner], {"color": "BLUE"}, Inner(color=Color.BLUE)),
    (list[Inner], [], []),
    # where the SDK writes values
    (Union[Color, int], "red", Color.RED),
    (Union[Color, str], "RED", "RED"),
    (Union[Color, int], 5, 5),
    (dict[str, int], {"RED": 1}, {"RED": 1}),
    (Literal["RED"], "RED", "RED"),
]


@pytest.mark.parametrize(("python_type", "plain", "expected"), READ)
def test_a_value_is_read_before_a_name(python_type, plain, expected):
    value = read(python_type, plain)
    assert value == expected and type(value) is type(expected)
    assert repr(value) == repr(expected)


REFUSED: list[tuple[Any, Any, str]] = [
    (Color, "GREEN", ".x: Model refused it (enum)"),
    (Color, ["RED"], ".x: Model refused it (enum)"),
    (list[Color], "RED", ".x: Model refused it (list_type)"),
    (list[Color], ["RED", "GREEN"], ".x[1]: Model refused it (enum)"),
    (dict[Color, int], {"RED": 1, "CRIMSON": 2}, ".x.RED: Model refused it (enum); and 1 more"),
    (dict[str, Color], ["RED"], ".x: Model refused it (dict_type)"),
    (Inner, ["RED"], ".x: Model refused it (model_type)"),
    (Union[Color, int], "RED", ".x['enum[Color]']: Model refused it (enum); and 1 more"),
    (set[Color], ["RED"], ".x[0]: Model refused it (enum)"),
    (Mixed, "PAIR", ".x: Model refused it (enum)"),
]


@pytest.mark.parametrize(("python_type", "plain", "message"), REFUSED)
def test_all_else_is_refused_as_before(python_type, plain, message):
    model = model_of(python_type)
    found = refusal(ConversionValueError, to_python_value, packed({"x": plain}), model)
    assert found == message


def test_the_error_of_another_field_stands_where_a_name_was_read():
    class Two(BaseModel):
        color: Color
        n: int

    message = ".n: Two refused it (int_parsing)"
    for text in ("RED", "red"):
        literal = packed({"color": text, "n": "secret"})
        assert refusal(ConversionValueError, to_python_value, literal, Two) == message


def test_values_are_written_and_nothing_is_lost():
    class Many(BaseModel):
        color: Color
        crossed: Crossed
        ranks: list[Rank]
        by: dict[Color, Optional[Color]]

    value = Many(color=Color.CRIMSON, crossed=Crossed.RED, ranks=[Rank.HIGH], by={Color.BLUE: Color.RED})
    literal = to_literal(value, Many)
    assert unpacked(literal) == {"by": {"blue": "red"}, "color": "red", "crossed": "BLUE", "ranks": [2]}
    assert to_python_value(literal, Many) == value
    assert fidelity(Many, Many).losses == ()


# ------------------------------------------------------------------------------------------------- kinds of models


class Aliased(BaseModel):
    color: Color = Field(alias="theColor")


class Deep(BaseModel):
    color: Color
    next: Optional[Deep] = None
    all: list[Deep] = []


def test_a_field_is_found_by_its_name_and_by_its_alias():
    for key in ("color", "theColor"):
        for text in ("BLUE", "blue"):
            assert to_python_value(packed({key: text}), Aliased).color is Color.BLUE

    class ByAlias(Aliased):
        model_config = ConfigDict(serialize_by_alias=True)

    assert to_python_value(packed({"theColor": "BLUE"}), ByAlias).color is Color.BLUE


def test_an_alias_that_is_the_name_of_another_field():
    """Both are read by name, as flytekit and the SDK write them."""

    class Exchanged(BaseModel):
        a: Color = Field(alias="b")
        b: Rank = Field(alias="a")

    value = to_python_value(packed({"a": "BLUE", "b": "HIGH"}), Exchanged)
    assert (value.a, value.b) == (Color.BLUE, Rank.HIGH)


def test_a_model_that_holds_itself():
    plain = {"color": "RED", "next": {"color": "blue", "all": [{"color": "BLUE"}]}}
    expected = Deep(color=Color.RED, next=Deep(color=Color.BLUE, all=[Deep(color=Color.BLUE)]))
    assert to_python_value(packed(plain), Deep) == expected


@pytest.mark.parametrize("key", ["next", "all"])
def test_a_model_that_is_nested_too_deeply(key):
    plain: Any = {"color": "RED"}
    for _ in range(DEEPEST):
        plain = {"color": "red", key: plain if key == "next" else [plain]}
    assert refusal(ConversionValueError, to_python_value, packed(plain), Deep) == "nested too deeply"
    deep: Any = {"color": "RED"}
    for _ in range(60):
        deep = {"color": "RED", key: deep if key == "next" else [deep]}
    value = to_python_value(packed(deep), Deep)
    for _ in range(60):
        value = value.next or value.all[0]
    assert value.color is Color.RED


def test_a_model_of_values_alone():
    assert read(Color, "RED", use_enum_values=True) == "red"
    assert read(Rank, "HIGH", use_enum_values=True) == 2


def test_a_model_with_a_form_of_its_own_is_asked_for_values():
    root = RootModel[Color]
    assert to_python_value(packed("red"), root).root is Color.RED
    assert (
        refusal(ConversionValueError, to_python_value, packed("RED"), root)
        == "RootModel[Color] refused its fields (enum)"
    )
    assert read(Optional[root], "red").root is Color.RED


def test_a_model_that_writes_names_itself():
    """Its own validator reads nothing else, and what it refuses is read as it is."""

    class ByName(BaseModel):
        color: Color

        @field_serializer("color")
        def name(self, color: Color) -> str:
            return color.name

        @field_validator("color", mode="before")
        @classmethod
        def named(cls, name: Any) -> Color:
            return name if isinstance(name, Color) else Color[name]

    literal = to_literal(ByName(color=Color.BLUE), ByName)
    assert unpacked(literal) == {"color": "BLUE"}
    assert to_python_value(literal, ByName).color is Color.BLUE
    message = "ByName refused its fields (KeyError)"
    assert refusal(ConversionValueError, to_python_value, packed({"color": "blue"}), ByName) == message
    assert refusal(ConversionValueError, to_python_value, packed({"color": "GREEN"}), ByName) == message


def test_a_dataclass_is_read_by_values_alone():
    """Both SDKs write values there."""

    @dataclasses.dataclass
    class Plain:
        x: Color

    assert to_python_value(packed({"x": "red"}), Plain).x is Color.RED
    message = ".x: expected Color, got str that is not one of its values"
    assert refusal(ConversionValueError, to_python_value, packed({"x": "RED"}), Plain) == message

    @dataclasses.dataclass
    class Holding:
        inner: Inner

    assert to_python_value(packed({"inner": {"color": "RED"}}), Holding).inner.color is Color.RED
    message = ".x.x: Model refused it (enum)"
    assert refusal(ConversionValueError, to_python_value, packed({"x": {"x": "RED"}}), model_of(Plain)) == message


def test_models_in_a_union_are_told_apart_as_before():
    class Cat(BaseModel):
        color: Color
        lives: int

    class Dog(BaseModel):
        color: Color
        tail: bool

    for python_type in (Union[Cat, Dog], Optional[Cat], list[Union[Cat, Dog]]):
        is_list = str(python_type).startswith("list")
        value = [Cat(color=Color.BLUE, lives=9)] if is_list else Cat(color=Color.BLUE, lives=9)
        literal = to_literal(value, python_type)
        one = literal.collection.literals[0] if is_list else literal
        one.scalar.union.value.CopyFrom(packed({"color": "BLUE", "lives": 9}))
        assert to_python_value(literal, python_type) == value
