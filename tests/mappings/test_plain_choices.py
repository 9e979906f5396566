# SPDX-License-Identifier: Apache-2.0
"""Enum and Literal whose values are no plain scalars: reduced to plain ones when compiled, or refused."""

import enum
import itertools
import math
import typing
from dataclasses import make_dataclass
from typing import Any, Optional

import attr
import attrs
import pytest

import shimlite
from shimlite import ConversionError, UnsupportedTypeError
from shimlite._idl import LiteralMap, Variable
from shimlite.engine import from_plain, to_plain
from shimlite.equality import same

from ..support import packed, primitive, refusal, round_trip, schema_of, shape, simple, stable, struct, unpacked


class Word(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


class Plain(enum.Enum):
    RED = "red"


class Rank(enum.IntEnum):
    LOW = 1
    HIGH = 2**60


class Text(str):
    """Its own methods lie; what the built-in class holds is the truth."""

    def __str__(self) -> str:
        return "a lie"

    __repr__ = __format__ = __str__


class Number(int):
    def __int__(self) -> int:
        return 77

    __index__ = __trunc__ = __int__

    def __float__(self) -> float:
        return 77.0


class Real(float):
    def __float__(self) -> float:
        return 77.0

    def __int__(self) -> int:
        return 77


class Data(bytes):
    def __bytes__(self) -> bytes:
        return b"a lie"


class Apart(str):
    """Equal to itself alone, as two NaNs are."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Str_(str):  # noqa: N801
    """As numpy's ``str_``."""


Str_.__module__, Str_.__name__ = "numpy", "str_"


class OfWords(enum.Enum):
    """Each value is a member of another Enum."""

    FIRST = Word.RED
    SECOND = Word.BLUE


class OfTexts(enum.Enum):
    FIRST = Text("a")
    SECOND = Apart("b")
    THIRD = Str_("c")


class OfRanks(enum.Enum):
    FIRST = Rank.LOW
    SECOND = Rank.HIGH


class OfNumbers(enum.Enum):
    FIRST = Number(5)
    SECOND = Number(-1)


class OfReals(enum.Enum):
    FIRST = Real(0.5)
    SECOND = Real(2.0)


class OfData(enum.Enum):
    FIRST = Data(b"x")


class Whole(enum.Enum):
    ONE = 1.0
    HALF = 0.5
    ZERO = -0.0
    BIG = 2.0**60


PLAIN = {
    OfWords: ["red", "blue"],
    OfTexts: ["a", "b", "c"],
    OfRanks: [1, 2**60],
    OfNumbers: [5, -1],
    OfReals: [0.5, 2.0],
    OfData: [b"x"],
    Whole: [1.0, 0.5, -0.0, 2.0**60],
    Rank: [1, 2**60],
    Word: ["red", "blue"],
}
TEXTS = [OfWords, OfTexts, Word]
MEMBERS = [(member, plain) for cls, values in PLAIN.items() for member, plain in zip(cls, values)]


def record_of(field_type: Any, make: Any = make_dataclass) -> Any:
    fields = [("x", field_type)] if make is make_dataclass else {"x": attr.ib(type=field_type)}
    return make("Record", fields)


@pytest.mark.parametrize("make", [make_dataclass, attrs.make_class])
@pytest.mark.parametrize(("member", "plain"), MEMBERS, ids=str)
def test_in_a_record_the_plain_value_travels_and_the_class_finds_its_member(member, plain, make):
    record = record_of(type(member), make)
    literal = shimlite.to_literal(record(member), record)
    assert shape(unpacked(literal)) == shape({"x": plain})
    assert shimlite.to_python_value(literal, record).x is member
    assert shape(shimlite.to_python_value(literal, shimlite.to_literal_type(record))) == shape({"x": plain})


HOLDERS = [
    (lambda one: list[one], lambda value: [value]),
    (lambda one: dict[str, one], lambda value: {"k": value}),
    (lambda one: dict[int, one], lambda value: {1: value}),
    (lambda one: dict[one, int], lambda value: {value: 1}),
    (lambda one: Optional[one], lambda value: value),
    (lambda one: list[dict[one, Optional[one]]], lambda value: [{value: value}]),
]


@pytest.mark.parametrize(("type_of", "held"), HOLDERS)
@pytest.mark.parametrize(("member", "plain"), MEMBERS, ids=str)
def test_so_it_does_at_any_depth(member, plain, type_of, held):
    record = record_of(type_of(type(member)))
    literal = shimlite.to_literal(record(held(member)), record)
    assert shape(unpacked(literal)) == shape({"x": held(plain)})
    assert same(shimlite.to_python_value(literal, record), record(held(member)))
    assert same(from_plain(to_plain(held(member), type_of(type(member))), type_of(type(member))), held(member))


@pytest.mark.parametrize("cls", TEXTS)
def test_an_enum_of_texts_has_a_literal_type_of_plain_ones(cls):
    literal_type = shimlite.to_literal_type(cls)
    assert list(literal_type.enum_type.values) == PLAIN[cls]
    for member, plain in zip(cls, PLAIN[cls]):
        for value in (member, plain):
            assert shimlite.to_literal(value, cls) == primitive(string_value=plain)
        assert shimlite.to_python_value(primitive(string_value=plain), cls) is member
        assert shimlite.to_python_value(packed(plain), cls) is member
        assert shimlite.to_python_value(primitive(string_value=plain), literal_type).value == plain
        variables = {"x": Variable(type=literal_type)}
        literals = LiteralMap(literals={"x": primitive(string_value=plain)})
        assert shimlite.literal_map_to_kwargs(literals, variables, {"x": cls})["x"] is member
        for union in (Optional[cls], typing.Union[int, cls]):
            assert round_trip(member, union) is member


@pytest.mark.parametrize("cls", list(PLAIN))
def test_fidelity_says_exactly_whether_all_members_come_back(cls):
    record = record_of(cls)
    for decoded_as in (record, None, dict):
        kept = shimlite.fidelity(record, decoded_as)
        values = [record(member) for member in cls]
        back = [shimlite.to_python_value(shimlite.to_literal(value, record), kept.decoded_as) for value in values]
        assert all(map(same, map(kept.project, values), back))
        assert kept.exact == all(map(same, back, values)) == (decoded_as is record)
        assert all(not same(kept.project(loss.witness), loss.witness) for loss in kept.losses if loss.witness)


@pytest.mark.parametrize("cls", list(PLAIN))
def test_the_schema_and_the_default_are_plain(cls):
    first = next(iter(cls))
    record = make_dataclass("Record", [("x", cls, first)])
    said = schema_of(record)["properties"]["x"]
    if cls is not OfData:  # JSON has no bytes
        assert said == {"enum": PLAIN[cls], "default": PLAIN[cls][0]}  # a Struct does not tell 1 from 1.0
    assert shimlite.to_python_value(packed({}), record).x is first


@pytest.mark.parametrize(("cls", "value", "member"), [(Rank, 1.0, Rank.LOW), (Rank, 2.0**60, Rank.HIGH)])
def test_an_enum_of_ints_takes_a_whole_float(cls, value, member):
    """A Struct has doubles alone."""
    record = record_of(cls)
    for literal in (packed({"x": value}), struct({"x": value})):
        assert shimlite.to_python_value(literal, record).x is member
    assert shimlite.to_python_value(struct({"x": [value]}), record_of(list[cls])).x[0] is member
    assert shimlite.to_python_value(struct({"x": value}), record_of(Optional[cls])).x is member


@pytest.mark.parametrize(("value", "member"), [(1, Whole.ONE), (2**60, Whole.BIG), (0, Whole.ZERO)])
def test_an_enum_of_floats_takes_an_int(value, member):
    """A Struct's 1.0 is read as 1, as whoever wrote it most likely meant."""
    record = record_of(Whole)
    for literal in (packed({"x": value}), struct({"x": value}), packed({"x": float(value)})):
        assert shimlite.to_python_value(literal, record).x is member
    assert shimlite.to_python_value(struct({"x": value}), record_of(Optional[Whole])).x is member


class IntsAndFloats(enum.Enum):
    ONE = 1.0
    TWO = 2
    THREE = 3
    HALF = 0.5


@pytest.mark.parametrize("member", IntsAndFloats)
def test_an_enum_of_ints_and_floats_takes_either_for_either(member):
    """Of a Struct it is the double or the int, whichever value there is."""
    record = record_of(IntsAndFloats)
    for held in (member.value, float(member.value)):
        for literal in (packed({"x": held}), struct({"x": held})):
            assert shimlite.to_python_value(literal, record).x is member
    assert round_trip(record(member), record).x is member
    assert from_plain(float(member.value), IntsAndFloats) is member


def test_a_literal_of_ints_takes_a_whole_float_and_one_of_floats_an_int():
    ints, floats = record_of(typing.Literal[1, 2**60]), record_of(typing.Literal[1.0, 0.5])
    for number in (1, 2**60):
        for literal in (packed({"x": number}), packed({"x": float(number)}), struct({"x": number})):
            assert shape(shimlite.to_python_value(literal, ints)) == shape(ints(number))
    for literal in (packed({"x": 1}), packed({"x": 1.0}), struct({"x": 1})):
        assert shape(shimlite.to_python_value(literal, floats)) == shape(floats(1.0))


@pytest.mark.parametrize(
    ("field_type", "value"),
    [(Rank, 1.5), (Rank, True), (Rank, "1"), (Rank, 2.0), (Whole, True), (Whole, 2), (Whole, "1.0"),
     (typing.Literal[1], True), (typing.Literal[True], 1), (typing.Literal[True], 1.0), (typing.Literal[1.0], 2),
     (OfWords, "RED"), (OfWords, "FIRST")],
)  # fmt: skip
def test_what_is_none_of_the_values_is_still_refused(field_type, value):
    record = record_of(field_type)
    for literal in (packed({"x": value}), struct({"x": value})):
        with pytest.raises(ConversionError, match=r"^\.x: expected "):
            shimlite.to_python_value(literal, record)


BECOME_ONE = [
    enum.Enum("Two", {"A": Apart("a"), "B": Apart("a")}),
    enum.Enum("Two", {"A": math.nan, "B": float("nan")}),
    enum.Enum("Two", {"A": Real("nan"), "B": 0.5, "C": float("nan")}),
]


@pytest.mark.parametrize("cls", BECOME_ONE)
def test_two_values_that_become_one_are_refused(cls):
    assert len(cls) >= 2
    record = record_of(Optional[list[cls]])
    for call in (shimlite.to_literal_type, shimlite.fidelity, lambda one: shimlite.to_literal(None, one)):
        message = refusal(UnsupportedTypeError, call, record)
        assert message.startswith("Record.x: ") and "Two" in message


@pytest.mark.parametrize("cls", BECOME_ONE[:1])
def test_two_texts_that_become_one_are_refused_in_a_literal_type_too(cls):
    assert "Two" in refusal(UnsupportedTypeError, shimlite.to_literal_type, cls)


@pytest.mark.parametrize("value", [Plain.RED, (1,), object(), 1j, [1], enum.Enum("In", {"B": 1}).B], ids=stable)
def test_a_value_that_is_no_scalar_is_refused(value):
    cls = enum.Enum("Outer", {"A": value})
    for python_type in (cls, record_of(cls), record_of(dict[cls, int]), record_of(cls | None)):
        assert "Outer" in refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)


@pytest.mark.parametrize("nan", [math.nan, -math.nan, Real("nan")], ids=["nan", "-nan", "subclass"])
def test_nan_is_a_value_like_any_other_or_refused(nan):
    cls = enum.Enum("Odd", {"A": nan, "B": 0.5})
    record = record_of(list[cls])
    try:
        literal = shimlite.to_literal(record(list(cls)), record)
    except UnsupportedTypeError as error:
        assert str(error).startswith("Record.x: Odd ")
        return
    assert same(unpacked(literal), {"x": [math.nan, 0.5]})
    assert shimlite.to_python_value(literal, record) == record(list(cls))


NO_PLAIN_LITERALS = [
    typing.Literal[Word.RED],
    typing.Literal[Plain.RED],
    typing.Literal["a", Word.RED],
    typing.Literal[OfWords.FIRST],
    typing.Literal[Rank.LOW],
    typing.Literal[1, Rank.HIGH],
    typing.Literal[Text("a")],
    typing.Literal[Str_("a")],
    typing.Literal[Number(1)],
    typing.Literal[Real(1.5)],
    typing.Literal[Data(b"a")],
]
WRAPPED = [
    lambda one: one,
    lambda one: list[one],
    lambda one: dict[one, int],
    lambda one: typing.Annotated[one, "words"],
    lambda one: Optional[one],
    record_of,
    lambda one: record_of(Optional[dict[str, one]]),
]


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("choice", NO_PLAIN_LITERALS, ids=range(len(NO_PLAIN_LITERALS)))
def test_a_literal_whose_values_are_no_exact_built_ins_is_refused(choice, wrap):
    python_type = wrap(choice)
    for call in (shimlite.to_literal_type, lambda one: shimlite.to_literal(None, one)):
        message = refusal(UnsupportedTypeError, call, python_type)
        assert "Literal[" in message and "\n" not in message


def test_plain_literals_are_what_they_were():
    for word, number in itertools.product(("a", "b"), (1, 2)):
        assert shape(round_trip(word, typing.Literal["a", "b"])) == shape(word)
        assert shape(round_trip(number, typing.Literal[1, 2])) == shape(number)
    literal_type = simple("STRING")
    literal_type.annotation.annotations.update({"literal_values": ["a"]})
    assert shimlite.to_literal_type(typing.Literal["a"]) == literal_type
