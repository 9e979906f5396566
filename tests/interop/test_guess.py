# SPDX-License-Identifier: Apache-2.0
"""``guess_python_type`` beside flytekit's: the same where flytekit's works, more where it fails or says less."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import sys
import types
import typing
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shimlite import (
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    guess_python_type,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralMap, LiteralType, SimpleType, Variable
from shimlite.strategies.classes import Chain, Color, Empty

from ..stripping import stripped_type
from .translate import (
    TheirDataset,
    TheirDirectory,
    TheirError,
    TheirFile,
    TheirSchema,
    agree,
    their_guess,
    their_literal_type,
    their_reading,
)

OldDict = vars(typing)["Dict"]
SCALARS = [type(None), bool, int, float, str, dt.datetime, dt.timedelta]
SAME = [
    *SCALARS,
    dict,
    dict[int, str],
    list[int],
    list[list[dict[str, bool]]],
    dict[str, int],
    dict[str, list[dt.datetime]],
    int | None,
    None | int,
    int | str,
    list[int] | None,
    dict[str, int | str | None],
]


def spelled(guess: Any) -> Any:
    """A guess without the spelling: ``typing.List[int]`` and ``list[int]`` are one type, so are both kinds of union."""
    origin, arguments = typing.get_origin(guess), typing.get_args(guess)
    origin = typing.Union if origin is types.UnionType else origin
    if guess is OldDict:
        return dict
    return (origin, *map(spelled, arguments)) if arguments else guess


@pytest.mark.parametrize("python_type", SAME, ids=str)
def test_the_same_guess(python_type):
    literal_type = to_literal_type(python_type)
    assert spelled(guess_python_type(literal_type)) == spelled(their_guess(literal_type))


@settings(max_examples=300)
@given(
    st.recursive(
        st.sampled_from((*SCALARS, dict)),
        lambda below: st.one_of(below.map(lambda one: list[one]), below.map(lambda one: dict[str, one])),
        max_leaves=4,
    )
)
def test_the_same_guess_of_generated_types(python_type):
    literal_type = to_literal_type(python_type)
    assert spelled(guess_python_type(literal_type)) == spelled(their_guess(literal_type)) == spelled(python_type)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (FlyteFile, TheirFile),
        (FlyteDirectory, TheirDirectory),
        (StructuredDataset, TheirDataset),
        (FlyteSchema, TheirSchema),
        (FlyteError, TheirError),
    ],
)
def test_each_reference_is_its_like(ours, theirs):
    literal_type = to_literal_type(ours)
    assert guess_python_type(literal_type) is ours
    assert issubclass(their_guess(literal_type), theirs)


def test_formats_are_kept():
    guess = their_guess(to_literal_type(FlyteFile["csv"]))
    assert guess_python_type(to_literal_type(FlyteFile["csv"])) == FlyteFile["csv"]
    assert guess.extension() == "csv"


def test_a_date_is_a_datetime_to_both():
    literal_type = to_literal_type(dt.date)
    assert guess_python_type(literal_type) is dt.datetime
    assert their_guess(literal_type) is dt.datetime


def test_a_literal_is_its_scalar_to_both():
    literal_type = to_literal_type(Literal["a", "b"])
    assert guess_python_type(literal_type) is str
    assert their_guess(literal_type) is str


def test_an_enum_has_the_same_values():
    ours, theirs = (guess(to_literal_type(Color)) for guess in (guess_python_type, their_guess))
    assert ours.__name__ == theirs.__name__ == "DynamicEnum"
    assert [(one.name, one.value) for one in ours] == [(one.name, one.value) for one in theirs]


@dataclasses.dataclass
class Point:
    x: int
    y: float
    tags: list[str]
    counts: dict[str, int]
    note: str | None = None


def test_a_dataclass_is_a_dict_in_a_pod_to_both_and_to_us_elsewhere_too():
    registered = their_literal_type(Point)
    in_pod = stripped_type(registered)
    assert guess_python_type(registered) is guess_python_type(in_pod) is dict
    assert their_guess(registered).__name__ == "Point"
    assert their_guess(in_pod) is OldDict or their_guess(in_pod) is dict
    literal = to_literal(Point(1, 2.0, ["a"], {"b": 2}), Point)
    wanted = {"x": 1, "y": 2.0, "tags": ["a"], "counts": {"b": 2}, "note": None}
    assert agree(to_python_value(literal, in_pod), wanted)
    assert agree(their_reading(literal, their_guess(in_pod)), wanted)
    assert agree(dataclasses.asdict(their_reading(literal, their_guess(registered))), wanted)


@pytest.mark.parametrize("python_type", [list[Point], dict[str, Point], dict[str, list[Point]]], ids=str)
def test_so_are_those_in_lists_and_dicts(python_type):
    in_pod = stripped_type(to_literal_type(python_type))
    assert spelled(guess_python_type(to_literal_type(python_type))) == spelled(guess_python_type(in_pod))
    assert spelled(guess_python_type(in_pod)) == spelled(their_guess(in_pod))


# --------------------------------------------------------------------------------- where flytekit's guess fails or lies


@dataclasses.dataclass
class Untyped:
    x: typing.Any


@dataclasses.dataclass
class Bare:
    x: list


@dataclasses.dataclass
class Inner:
    x: int


@dataclasses.dataclass
class Holder:
    at: dt.datetime
    took: dt.timedelta
    data: bytes
    color: Color
    inners: list[Inner]


def enum_type(*values: str) -> LiteralType:
    literal_type = LiteralType()
    literal_type.enum_type.values.extend(values)
    return literal_type


def union_type() -> LiteralType:
    literal_type = LiteralType()
    literal_type.union_type.SetInParent()
    return literal_type


def schema_of(**metadata: Any) -> LiteralType:
    literal_type = LiteralType(simple=SimpleType.STRUCT)
    literal_type.metadata.update(metadata)
    return literal_type


FAILS: dict[str, tuple[LiteralType, Any]] = {
    "BINARY": (LiteralType(simple=SimpleType.BINARY), bytes),
    "a field of Any": (to_literal_type(Untyped), dict),
    "a bare list": (to_literal_type(Bare), dict),
    "no fields": (to_literal_type(Empty), dict),
    "a class that holds itself": (to_literal_type(Chain), dict),
    "a schema of an unknown form": (schema_of(type="array"), dict),
    "an empty union": (union_type(), typing.NoReturn),
    "an empty value": (enum_type("", "a"), ["", "a"]),
    "a reserved value": (enum_type("mro"), ["mro"]),
}


@pytest.mark.parametrize("name", FAILS)
def test_flytekit_has_no_guess(name):
    literal_type, _ = FAILS[name]
    with pytest.raises(Exception) as caught:  # noqa: PT011 - KeyError, ValueError, TypeError: each its own way
        their_guess(literal_type)
    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize("name", FAILS)
def test_ours_is_total(name):
    literal_type, expected = FAILS[name]
    for guess in map(guess_python_type, (literal_type, stripped_type(literal_type))):
        if isinstance(expected, list):
            assert issubclass(guess, enum.Enum)
            assert [member.value for member in guess] == expected
        else:
            assert guess is expected


def test_a_skipped_value_of_an_enum_is_there():
    literal_type = enum_type("__x__", "a")
    assert [one.value for one in their_guess(literal_type)] == ["a"]
    assert [one.value for one in guess_python_type(literal_type)] == ["__x__", "a"]


def test_a_module_that_data_names_is_imported_by_flytekit_alone():
    assert "this" not in sys.modules  # the standard library's module that prints when it is imported
    literal_type = schema_of(pb_type="this.d")
    assert guess_python_type(literal_type) is dict
    assert "this" not in sys.modules
    their_guess(literal_type)
    assert sys.modules.pop("this")


def test_a_pickle_is_a_file():
    literal_type = LiteralType()
    literal_type.blob.format = "PythonPickle"
    literal_type.metadata.update({"python_class_name": "X"})
    assert "Pickle" in their_guess(literal_type).__name__
    assert guess_python_type(literal_type) == FlyteFile["PythonPickle"]


def test_an_annotation_keeps_the_types_of_fields_which_flytekits_guess_loses():
    registered = to_literal_type(Holder)
    theirs = typing.get_type_hints(their_guess(registered))
    assert {name: theirs[name] for name in ("at", "took", "data", "color")} == {
        "at": str,
        "took": float,
        "data": str,
        "color": str,
    }
    assert spelled(theirs["inners"]) == (list, dict)
    value = Holder(dt.datetime(2026, 1, 2), dt.timedelta(1), b"x", Color.RED, [Inner(1)])
    literals = LiteralMap(literals={"x": to_literal(value, Holder)})
    for literal_type in (registered, stripped_type(registered)):
        variables = {"x": Variable(type=literal_type)}
        assert literal_map_to_kwargs(literals, variables, {"x": Holder}) == {"x": value}


def test_defaults_are_the_classes_own():
    literal_type = to_literal_type(Point)
    theirs = their_guess(literal_type)
    with pytest.raises(TypeError, match="missing"):
        theirs(x=1, y=2.0, tags=[], counts={})
    literals = LiteralMap(literals={"x": to_literal({"x": 1, "y": 2.0, "tags": [], "counts": {}}, dict)})
    variables = {"x": Variable(type=stripped_type(literal_type))}
    assert literal_map_to_kwargs(literals, variables, {"x": Point}) == {"x": Point(1, 2.0, [], {}, None)}
