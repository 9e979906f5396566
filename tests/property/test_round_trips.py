# SPDX-License-Identifier: Apache-2.0
"""The whole fixed set, nested four deep: what test_laws.py does not draw, examples, literal types and maps."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import typing
from typing import Any, Literal

import attr
import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shimlite import (
    ConversionError,
    ConversionValueError,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    _idl,
    dict_to_literal_map,
    guess_python_type,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import BlobType, LiteralType, SchemaType, SimpleType, Variable
from shimlite.equality import same
from shimlite.strategies import any_typed_values, any_values, field_types, python_types, typed_values
from shimlite.strategies.awkward import AWKWARD
from shimlite.strategies.classes import Counted, Rank, Shade
from shimlite.strategies.shapes import parts
from shimlite.strategies.types import MAX_DEPTH

from ..kinds import of_type
from ..refusals import wire
from ..support import collection, packed, struct
from .comparing import assert_comes_back
from .model import Refused, kind_of, members, read, said, through_literal
from .pods import without_stored_schemas

Maybe, Either = typing.Optional, typing.Union


def written(python_type: Any, value: Any) -> _idl.Literal:
    """A literal of a value that the type can hold; those that it cannot are another test's."""
    try:
        through_literal(python_type, value)
    except Refused:
        assume(False)
    return to_literal(value, python_type)


TAGS = {
    "none": type(None),
    "Typed List": list,
    "Typed Dict": dict,
    "Object-Dataclass-Transformer": "record",
    "DefaultEnumTransformer": "Enum",
    "LiteralTypeTransformer": "Literal",
    "FlyteFilePath": FlyteFile,
    "StructuredDataset Transformer": StructuredDataset,
    "FlyteSchema Transformer": FlyteSchema,
    **{cls.__name__: cls for cls in (bool, int, float, str, bytes, dt.datetime, dt.date, dt.timedelta)},
    **{cls.__name__: cls for cls in (FlyteDirectory, FlyteError)},
}
"""What flytekit calls the kinds of a union's members. The model tells members apart by the kinds alone."""
SCALARS = {
    "NONE": type(None),
    "BOOLEAN": bool,
    "INTEGER": int,
    "FLOAT": float,
    "STRING": str,
    "BINARY": bytes,
    "DATETIME": "DATETIME",
    "DURATION": dt.timedelta,
    "STRUCT": "STRUCT",
    "ERROR": (FlyteError, ""),
}


def said_by(literal_type: LiteralType) -> Any:
    """What a LiteralType says to a pod, in the words of the model's ``said``."""
    kind = literal_type.WhichOneof("type")
    if kind == "collection_type":
        return list, said_by(literal_type.collection_type)
    if kind == "map_value_type":
        return dict, said_by(literal_type.map_value_type)
    if kind == "union_type":
        variants = literal_type.union_type.variants
        return "Union", *dict.fromkeys((TAGS[one.structure.tag], said_by(one)) for one in variants)
    if kind == "enum_type":
        return "Enum", *literal_type.enum_type.values
    if kind == "blob":
        cls = FlyteFile if literal_type.blob.dimensionality == BlobType.SINGLE else FlyteDirectory
        return cls, literal_type.blob.format
    if kind == "schema":
        names = SchemaType.SchemaColumn.SchemaColumnType.Name
        return FlyteSchema, "", *((one.name, names(one.type)) for one in literal_type.schema.columns)
    if kind == "structured_dataset_type":
        dataset = literal_type.structured_dataset_type
        columns = ((one.name, SimpleType.Name(one.literal_type.simple)) for one in dataset.columns)
        return StructuredDataset, dataset.format, *columns
    return SCALARS[SimpleType.Name(literal_type.simple)]


@given(python_types())
def test_every_type_of_the_set_has_a_literal_type_and_compiles(python_type):
    literal_type = to_literal_type(python_type)
    assert said_by(literal_type) == said(python_type)
    for as_type in (python_type, literal_type):
        with pytest.raises(ConversionError):
            to_literal(object(), as_type)


@st.composite
def values_in_records(draw: st.DrawFn) -> tuple[Any, Any]:
    field_type = draw(field_types(MAX_DEPTH - 1))
    make = draw(st.sampled_from((dataclasses.make_dataclass, attrs.make_class)))
    fields = [("held", field_type)] if make is dataclasses.make_dataclass else {"held": attr.ib(type=field_type)}
    record = make("Holder", fields)
    return record, record(draw(any_values(field_type)))


@given(values_in_records())
def test_what_comes_back_of_a_field_is_what_the_model_says(typed):
    assert_comes_back(*typed)


def holding(field_type: Any, value: Any, **default: Any) -> tuple[Any, Any]:
    record = dataclasses.make_dataclass("Holder", [("held", field_type, dataclasses.field(**default))])
    return record, record(value)


class Fine(dt.timedelta):
    """A nanosecond more than its fields say, as pandas has it."""

    nanoseconds = 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fine)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = dt.timedelta.__hash__


class Several(enum.Enum):
    NUMBER = 1
    TEXT = "x"


class Text(str):
    """Of which two that look alike are two keys."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other


Words = enum.Enum("Words", {"DARK": Shade.DARK, "OTHER": str.__new__(Text, "other")})
Halves = enum.Enum("Halves", {"WHOLE": 1.0, "HALF": 0.5})
Large = enum.Enum("Large", {"LARGE": 2**60})
NAN = float("nan")
NoNumber = enum.Enum("NoNumber", {"NAN": NAN})
KEPT = [
    holding(FlyteFile["csv"], FlyteFile("s3://b")),
    holding(FlyteSchema[{"id": int}], FlyteSchema("s3://b")),
    holding(Literal[2**53 + 1], 2**53 + 1),
    holding(FlyteFile, FlyteFile("s3://b", metadata={})),
    (Counted, Counted(1)),
    (dt.date | dt.datetime, dt.date(2024, 2, 29)),
    (dt.date | dt.datetime, dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)),
    # FINDINGS A1, A6, A11
    holding(Words, Words.DARK),
    holding(Words, Words.OTHER),
    holding(Halves, Halves.WHOLE),
    holding(NoNumber, NoNumber.NAN),
    holding(Literal["a", 1] | Rank, Rank.FIRST),
    holding(Literal[1, "b"] | Rank, 1),
    holding(str, None, default=None),
    holding(list[int], None, default=None),
    (dict, {NAN: 1}),
]
REFUSED = [
    holding(list[float] | list[int], [1]),  # read back as [1.0]
    holding(list[int] | list[float], [1.0]),  # read back as [1]
    holding(list[int] | list[float], [-0.0]),
    holding(dict[str, int] | dict[str, float], {"x": 2.0}),
    holding(dt.date | str, "2024-01-01"),  # FINDINGS A12
    holding(Literal["a", 1] | Rank, 1),  # FINDINGS A1: an Enum of ints is read from ints first, on every Python
    holding(Literal[1, "b"] | Rank, Rank.FIRST),  # both are, so the first of them
]
REFUSED_IN_OTHER_WORDS = [  # FINDINGS A5, A7
    (dict, {NAN: 1, float("nan"): 2}),
    holding(Any, {NAN: 1, float("nan"): 2}),
    holding(dict[float, int], {NAN: 1, float("nan"): 2}),
    (dict, {Text("a"): 1, Text("a"): 2}),
    (dict[str, int], {Text("a"): 1, Text("a"): 2}),
    (dt.timedelta, Fine(1)),
    holding(dt.timedelta, Fine(1)),
]


@pytest.mark.parametrize("typed", KEPT, ids=str)
def test_what_these_laws_once_missed_is_kept(typed):
    python_type, value = typed
    assert_comes_back(*typed)
    literal = written(python_type, value)
    assert wire(to_literal(to_python_value(literal, python_type), python_type)) == wire(literal)
    assert_echoed_by_the_template_alone(*typed)


@pytest.mark.parametrize("typed", REFUSED, ids=str)
def test_what_these_laws_once_missed_is_refused(typed):
    with pytest.raises(Refused):
        through_literal(*typed)
    with pytest.raises(ConversionError, match="ambiguous"):
        to_literal(typed[1], typed[0])


@pytest.mark.parametrize("typed", REFUSED_IN_OTHER_WORDS, ids=str)
def test_what_would_be_another_value_is_refused(typed):
    with pytest.raises(Refused):
        through_literal(*typed)
    with pytest.raises(ConversionValueError):
        to_literal(typed[1], typed[0])


OTHER_NUMBERS = [  # FINDINGS A6
    (holding(Large, Large.LARGE), struct({"held": float(2**60)})),
    (holding(Literal[2**60], 2**60), struct({"held": float(2**60)})),
    (holding(Halves, Halves.WHOLE), packed({"held": 1})),
    (holding(Literal["a", 2**60], 2**60), struct({"held": float(2**60)})),
]


@pytest.mark.parametrize(("typed", "literal"), OTHER_NUMBERS, ids=str)
def test_a_choice_of_ints_takes_a_whole_float_and_one_of_floats_an_int(typed, literal):
    record, value = typed
    assert same(to_python_value(literal, record), value)


NO_TYPES = [  # FINDINGS A6
    enum.Enum("Twice", {"ONE": str.__new__(Text, "x"), "OTHER": "x"}),
    Literal[Shade.DARK],
    Literal[str.__new__(Text, "x")],
]


@pytest.mark.parametrize("python_type", NO_TYPES, ids=str)
def test_a_choice_whose_values_say_no_plain_one_is_refused(python_type):
    for as_type in (python_type, dataclasses.make_dataclass("Holder", [("held", python_type)])):
        with pytest.raises(UnsupportedTypeError):
            to_literal_type(as_type)


KEYS: list[tuple[Any, str, Any]] = [  # FINDINGS A8
    (int, "-5", -5),
    (float, "1.5", 1.5),
    (float, "1e3", 1000.0),
    (float, "NaN", NAN),
    (float, "-inf", float("-inf")),
    (bool, "true", True),
    (bool, "False", False),
    (type(None), "null", None),
    (Maybe[int], "7", 7),
    (Maybe[int], "None", None),
    (dt.timedelta, "1.5", dt.timedelta(seconds=1.5)),
    (Rank, "1", Rank.FIRST),
    (Literal[1, 2], "2", 2),
    (str | None, "null", "null"),
    (int | str, "1", "1"),
    (dt.date | int, "1", 1),
    (dt.date | int, "2024-02-29", dt.date(2024, 2, 29)),
    (dt.date | bool | None, "true", True),
    (int | float, "1.5", 1.5),
    (Several, "1", Several.NUMBER),
    (Several, "x", Several.TEXT),
    (Literal["a", 1], "1", 1),
    (Literal["1", 1], "1", "1"),
]
NO_KEYS: list[tuple[Any, str]] = [
    (int, "1.5"),
    (int, "05"),
    (int, "+5"),
    (float, "x"),
    (bool, "1"),
    (Rank, "3"),
    (dt.date | int, "x"),
    (Several, "2"),
    (Several, "y"),
]


@pytest.mark.parametrize(("key_type", "text", "key"), KEYS)
def test_a_text_spells_a_key_of_another_type(key_type, text, key):
    """As a Struct has it, and msgpack of flytekit's dataclasses."""
    python_type = dict[key_type, int]
    expected = {key: 1}
    assert same(read(python_type, {text: 1}), expected)
    for literal in (packed({text: 1}), struct({text: 1})):
        assert same(to_python_value(literal, python_type), expected)
        assert same(to_python_value(collection(literal), list[python_type]), [expected])


@pytest.mark.parametrize(("key_type", "text"), NO_KEYS)
def test_a_text_that_spells_no_key_is_refused(key_type, text):
    with pytest.raises(Refused):
        read(dict[key_type, int], {text: 1})
    for literal in (packed({text: 1}), struct({text: 1})):
        with pytest.raises(ConversionError):
            to_python_value(literal, dict[key_type, int])


def test_two_texts_that_spell_one_key_are_refused():
    twice = {"1": 1, "1.0": 2}
    with pytest.raises(Refused):
        read(dict[float, int], twice)
    with pytest.raises(ConversionValueError):
        to_python_value(packed(twice), dict[float, int])


@pytest.mark.parametrize("within", [None, list, "record"], ids=str)
@pytest.mark.parametrize("python_type", AWKWARD, ids=lambda one: one.__name__)
def test_every_awkward_value_is_taken_or_refused_as_the_model_says(python_type, within):
    """Of every scalar, so also of the wrong one."""
    for value in (value for pool in AWKWARD.values() for value in pool):
        typed = python_type, value
        if within is list:
            typed = list[python_type], [value]
        elif within == "record":
            typed = holding(python_type, value)
        assert_comes_back(*typed)


@given(python_types(max_depth=2), any_typed_values(max_depth=2))
def test_a_value_of_another_type_is_taken_or_refused_as_the_model_says(python_type, typed):
    assert_comes_back(python_type, typed[1])


@given(typed_values())
def test_the_template_alone_gives_the_same_literal_back(typed):
    assert_echoed_by_the_template_alone(*typed)


def assert_echoed_by_the_template_alone(python_type: Any, value: Any) -> None:
    """Less the schemas in the types that unions store, since a dict is of no class."""
    literal, literal_type = written(python_type, value), to_literal_type(python_type)
    once = to_python_value(literal, literal_type)
    try:
        again = to_literal(once, literal_type)
    except ConversionError as error:
        assert guesses_collapse(python_type), error
        return
    if not guesses_collapse(python_type):
        assert wire(without_stored_schemas(again)) == wire(without_stored_schemas(literal))


@pytest.mark.parametrize("first", [dt.datetime | str, str | dt.datetime], ids=["as declared", "the other way round"])
def test_a_guess_does_not_depend_on_what_the_process_did_before(first):
    """typing keeps what it has made, and takes ``list[str | datetime]`` for ``list[datetime | str]``."""
    declared = Either[dt.datetime, str]
    literal_type = to_literal_type(Maybe[list[declared]])
    literal_type.union_type.variants[0].structure.tag = f"{typing.get_args(first)[0].__name__}"  # not compiled before
    for forget in typing._cleanups:
        forget()
    kept = Maybe[list[Either[typing.get_args(first)]]]
    assert typing.get_args(typing.get_args(typing.get_args(kept)[0])[0]) == typing.get_args(first)
    back = to_python_value(packed(["2024-02-29T00:00:00+00:00"]), literal_type)
    assert same(back, [dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)])


def guesses_collapse(python_type: Any) -> bool:
    """Whether two members of a union are guessed as types that hold the same values, and so cannot be told apart."""
    return any(overlap(part) for part in parts(python_type))


def overlap(python_type: Any) -> bool:
    if kind_of(python_type) != "Union":
        return False
    guessed = collections.Counter(guessed_as(member) for member in members(python_type))
    return any(count > 1 for count in guessed.values())


def guessed_as(member: Any) -> Any:
    """The class of values that a member's guess has; enums are one class, records are dicts."""
    kind = kind_of(member)
    if kind == "Literal":
        return type(members(member)[0])
    return {dt.date: dt.datetime, "record": dict}.get(kind, kind)


@given(st.dictionaries(st.sampled_from(("x", "y", "o0", "tt")), typed_values(max_depth=2), max_size=3))
def test_a_map_of_literals_gives_each_variable_its_own(by_name):
    variables = {name: Variable(type=to_literal_type(python_type)) for name, (python_type, _) in by_name.items()}
    python_types = {name: python_type for name, (python_type, _) in by_name.items()}
    given_values = {name: value for name, (_, value) in by_name.items()}
    for python_type, value in by_name.values():
        written(python_type, value)
    literal_map = dict_to_literal_map(given_values, variables, python_types)
    assert set(literal_map.literals) == set(by_name)
    back = literal_map_to_kwargs(literal_map, variables, python_types)
    assert same(back, {name: through_literal(*pair) for name, pair in by_name.items()})


@given(python_types())
def test_a_guess_has_the_literal_type_it_was_guessed_from_or_a_poorer_one(python_type):
    literal_type = to_literal_type(python_type)
    guess = guess_python_type(literal_type)
    assert guess_python_type(literal_type) == guess
    try:
        poorer = to_literal_type(guess)
    except UnsupportedTypeError as error:  # two members guessed alike
        assert "ambiguous" in str(error) or "NoReturn" in str(error)
        return
    assert of_type(guess_python_type(poorer)) is of_type(guess)
