# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import datetime as dt
import sys
import types
import typing
from typing import Any, Literal

import attrs
import pytest

from shimlite import (
    ConversionError,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    to_literal,
    to_literal_type,
)
from shimlite.engine import to_plain
from shimlite.strategies import any_typed_values, any_values, field_types, python_types, typed_values, values
from shimlite.strategies.awkward import AWKWARD
from shimlite.strategies.classes import Chain, Color, Counted, Tree
from shimlite.strategies.values import field_values

from .drawing import drawn, smallest, some


def test_every_value_is_taken():
    for python_type, value in drawn(typed_values(), 100):
        to_literal(value, python_type)


def test_every_value_of_a_field_is_taken():
    for field_type in drawn(field_types(3), 50):
        for value in drawn(field_values(field_type), 3):
            to_plain(value, field_type)


NARROW = [
    dt.datetime,
    dt.timedelta,
    dict[int, dt.timedelta],
    list[int] | list[float],
    dict[str, int] | dict[str, float] | None,
    FlyteFile | FlyteFile["csv"],
    Literal["a", ""] | str,
    Literal[True] | bool,
    Tree | Chain,
    list[Tree] | list[Chain],
]


@pytest.mark.parametrize("python_type", NARROW, ids=str)
def test_values_that_are_easily_refused_are_taken(python_type):
    for value in drawn(values(python_type), 20):
        to_literal(value, python_type)


UNIONS_OF_A_FIELD = [str | dt.datetime | dt.date | Color, int | float, list[float] | list[int], bytes | str | None]


@pytest.mark.parametrize("union", UNIONS_OF_A_FIELD, ids=str)
def test_values_of_a_union_in_a_record_are_taken(union):
    record = dataclasses.make_dataclass("Holder", [("held", union)])
    for value in drawn(values(record), 30):
        to_literal(value, record)


def is_refused(value: Any, python_type: Any) -> bool:
    try:
        to_literal(value, python_type)
    except ConversionError:
        return True
    return False


@pytest.mark.parametrize("python_type", [dt.datetime, dt.timedelta, list[int] | list[str]], ids=str)
def test_any_values_has_those_that_must_be_refused(python_type):
    assert some(any_values(python_type), lambda one: is_refused(one, python_type)) is not None


def test_any_typed_values_has_them_too():
    python_type, value = smallest(any_typed_values(1), lambda typed: is_refused(typed[1], typed[0]))
    assert python_type in (dt.datetime, dt.timedelta)
    assert is_refused(value, python_type)


@attrs.frozen
class Renamed:
    _x: int
    y: list[int] = attrs.field(factory=list)


SMALLEST = [
    (type(None), None),
    (bool, False),
    (int, 0),
    (float, 0.0),
    (str, ""),
    (bytes, b""),
    (dt.datetime, dt.datetime(1970, 1, 1)),
    (dt.date, dt.date(1970, 1, 1)),
    (dt.timedelta, dt.timedelta(0)),
    (Color, Color.RED),
    (Literal["b", "a"], "b"),
    (list[int], []),
    (dict, {}),
    (dict[str, int], {}),
    (int | str, 0),
    (int | None, None),
    (Chain, Chain(None)),
    (Counted, Counted(0)),
    (Renamed, Renamed(0)),
    (FlyteFile["csv"], FlyteFile("")),
    (FlyteDirectory, FlyteDirectory("")),
    (StructuredDataset, StructuredDataset("")),
    (FlyteSchema, FlyteSchema("")),
    (FlyteError, FlyteError("")),
    (typing.Annotated[int, "a word"], 0),
]


@pytest.mark.parametrize(("python_type", "value"), SMALLEST, ids=lambda one: str(one))
def test_the_smallest_value(python_type, value):
    assert smallest(values(python_type)) == value


def test_a_value_shrinks_to_what_fails():
    assert smallest(values(list[int]), lambda one: any(item < 0 for item in one)) == [-1]
    assert smallest(values(dict[str, bool]), lambda one: True in one.values()) == {"": True}
    assert smallest(values(int | str), lambda one: one == "a") == "a"
    record = dataclasses.make_dataclass("Holder", [("x", int), ("y", str)])
    assert smallest(values(record), lambda one: one.y) == record(0, "a")


@pytest.mark.parametrize("python_type", AWKWARD, ids=lambda one: one.__name__)
def test_awkward_values_are_among_them(python_type):
    taken = [value for value in AWKWARD[python_type] if not is_refused(value, python_type)]
    found = drawn(values(python_type), 300)
    assert {repr(one) for one in taken} - {repr(one) for one in found} == set()


def test_what_has_no_value_gives_none():
    assert values(typing.NoReturn).is_empty
    assert drawn(values(list[typing.NoReturn]), 1) == [[]]


def test_a_class_that_holds_itself_ends():
    def height(tree: Tree) -> int:
        below = [*tree.children, *([tree.left] if tree.left else [])]
        return 1 + max(map(height, below), default=0)

    assert 3 <= max(map(height, drawn(values(Tree), 60))) <= 7


def test_a_type_outside_the_set_is_refused():
    with pytest.raises(UnsupportedTypeError) as caught:
        values(set[int])
    with pytest.raises(UnsupportedTypeError) as named:
        to_literal_type(set[int])
    assert str(caught.value) == str(named.value)


def test_no_dataframes_are_drawn(monkeypatch):
    library = types.ModuleType("polars")
    frame: Any = type("DataFrame", (), {})
    vars(library).update(DataFrame=frame)
    monkeypatch.setitem(sys.modules, "polars", library)
    for python_type in (frame, list[frame]):
        with pytest.raises(UnsupportedTypeError) as caught:
            values(python_type)
        assert str(caught.value) == "no values of DataFrame are drawn; draw rows, and make it of them"
    assert set(drawn(python_types(1, only=(frame,)), 5)) == {frame}
