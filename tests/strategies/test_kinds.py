# SPDX-License-Identifier: Apache-2.0
"""``only`` and ``without``: which types are drawn, which are not, and what is said of arguments that name none."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import types
import typing
from typing import Annotated, Any, Literal

import attrs
import pytest

from shimlite import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._types.parse import spell
from shimlite.strategies import any_typed_values, field_types, python_types, typed_near_values, typed_values
from shimlite.strategies.classes import Chain, Color, Counted, Empty, Level, Tree
from shimlite.strategies.kinds import KINDS, TEXT_DICT, kinds_in
from shimlite.strategies.near import is_of
from shimlite.strategies.shapes import columns_of, is_record

from .drawing import drawn, smallest

# As values of their own, which typing's special forms are not to a type checker.
UNION: Any = typing.Union
OPTIONAL: Any = typing.Optional
DATACLASS, ATTRS = dataclasses.dataclass, attrs.define


NAMES = [getattr(kind, "__name__", str(kind)) for kind in KINDS]


@dataclasses.dataclass
class Point:
    x: int
    y: bytes


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ([int], {"int"}),
        ([None], {"None"}),
        ([type(None), list], {"None", "list[None]"}),
        ([int, list], {"int", "list[int]"}),
        ([int, vars(typing)["List"]], {"int", "list[int]"}),
        ([int, UNION], {"int"}),
        ([int, OPTIONAL], {"int", "int | None", "None | int"}),
        ([int, None, UNION], {"int", "None", "int | None", "None | int"}),
        ([int, str, UNION], {"int", "str", "int | str", "str | int"}),
        ([int, str, types.UnionType], {"int", "str", "int | str", "str | int"}),
        ([int, str, OPTIONAL], {"int", "str", "int | None", "None | int", "str | None", "None | str"}),
        ([bool, dict], {"bool", "dict[bool, bool]", "dict[str, bool]"}),
        ([bool, dict[str, Any]], {"bool", "dict[str, bool]"}),
        ([dict, Any], {"dict", "dict[str, dict]"}),
        ([Point, list], {"Point", "list[Point]"}),
        ([list[int], OPTIONAL], {"list[int]", "list[int] | None", "None | list[int]"}),
        ([Color, list], {"Color", "list[Color]"}),
        ([FlyteDirectory], {"FlyteDirectory", *(f"FlyteDirectory['{one}']" for one in ("csv", "parquet", "tar.gz"))}),
    ],
)
def test_only_these_are_drawn(only, expected):
    """Of two levels."""
    assert set(map(spell, drawn(python_types(2, only=only), 150))) == expected


def test_what_is_drawn_nests():
    assert "list[list[list[int]]]" in map(spell, drawn(python_types(only=(int, list)), 50))
    assert "int | str | None" in map(spell, drawn(python_types(only=(int, str, None, UNION)), 200))


@pytest.mark.parametrize(
    ("only", "in_records"),
    [
        ((DATACLASS,), set()),
        ((ATTRS,), set()),
        ((DATACLASS, int), {"int"}),
        ((ATTRS, Any), {"Any"}),
        ((ATTRS, Any, UNION), {"Any"}),
        ((DATACLASS, Any, list), {"Any", "list"}),
        ((DATACLASS, enum.Enum), {"Color", "Shade", "Level", "Rank", "Generated"}),
    ],
)
def test_records_are_of_these_too(only, in_records):
    made = drawn(python_types(2, only=only), 120)
    classes = [one for one in made if is_record(one)]
    assert classes
    assert all((dataclasses.is_dataclass if DATACLASS in only else attrs.has)(one) for one in classes)
    assert {spell(field) for one in classes for field in columns_of(one).values()} == in_records


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_without_a_kind_it_stands_nowhere(kind):
    made = drawn(field_types(3, without=(kind,)), 40)
    assert not any(kind in kinds_in(one) for one in made)
    assert len({spell(one) for one in made}) > 10


@pytest.mark.parametrize(
    ("without", "also"),
    [((None,), OPTIONAL), ((UNION,), OPTIONAL), ((dict,), TEXT_DICT)],
)
def test_without_a_kind_there_is_nothing_made_of_it(without, also):
    assert not any(also in kinds_in(one) for one in drawn(field_types(3, without=without), 60))


def test_only_and_without_together():
    made = drawn(python_types(2, only=(int, None, UNION), without=(None,)), 40)
    assert set(made) == {int}
    made = drawn(python_types(2, only=(int, dict), without=(TEXT_DICT,)), 40)
    assert set(map(spell, made)) == {"int", "dict[int, int]"}


def test_a_pair_of_kinds_shrinks_to_the_simplest_type():
    assert smallest(python_types(only=(str, bytes, list))) is str
    assert smallest(python_types(only=(str, bytes, list)), lambda one: one is not str) is bytes


@pytest.mark.parametrize("strategy", [typed_values, any_typed_values])
def test_values_are_of_these_types(strategy):
    for python_type, value in drawn(strategy(only=(int, list, OPTIONAL)), 60):
        assert kinds_in(python_type) <= {int, list, OPTIONAL}
        assert is_of(python_type, value)
    assert dict not in {one for one, _ in drawn(strategy(without=(dict,)), 60)}


def test_near_values_are_of_these_types():
    assert {one for one, _ in drawn(typed_near_values(1, only=(int, str)), 60)} == {int, str}


@pytest.mark.parametrize(
    ("python_type", "kinds"),
    [
        (int, {int}),
        (None, {type(None)}),
        (list, {list, Any}),
        (dict, {dict, Any}),
        (list[int], {list, int}),
        (dict[str, int], {TEXT_DICT, int}),
        (dict[int, str], {dict, int, str}),
        (int | None, {OPTIONAL, int}),
        (int | str, {UNION, int, str}),
        (typing.Union[int, str, None], {UNION, OPTIONAL, int, str}),
        (Color, {enum.Enum}),
        (Level, {enum.Enum}),
        (Literal["a"], {Literal}),
        (Annotated[int, "words"], {Annotated, int}),
        (FlyteFile["csv"], {FlyteFile}),
        (Annotated[StructuredDataset, "csv"], {StructuredDataset}),
        (FlyteSchema, {FlyteSchema}),
        (Empty, {DATACLASS}),
        (Counted, {DATACLASS, int}),
        (Tree, {DATACLASS, int, OPTIONAL, list}),
        (Chain, {ATTRS, OPTIONAL, str}),
        (list[dict[str, Point | None]], {list, TEXT_DICT, OPTIONAL, DATACLASS, int, bytes}),
    ],
)
def test_the_kinds_of_a_type(python_type, kinds):
    assert kinds_in(python_type) == kinds


LISTED = (
    "kinds are None, bool, int, float, str, bytes, datetime, date, timedelta, list, dict, dict[str, Any], "
    "typing.Union, typing.Optional, typing.Literal, enum.Enum, typing.Any, typing.Annotated, dataclasses.dataclass, "
    "attrs.define, pydantic.BaseModel, FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError"
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"only": int}, f"only: expected a tuple of kinds of types, got int; {LISTED}"),
        ({"only": "int"}, f"only: expected a tuple of kinds of types, got 'int'; {LISTED}"),
        ({"only": UNION}, f"only: expected a tuple of kinds of types, got typing.Union; {LISTED}"),
        ({"without": 3}, f"without: expected a tuple of kinds of types, got int; {LISTED}"),
        ({"only": ("int",)}, f"only: 'int' is no kind of type; {LISTED}"),
        ({"only": (set,)}, f"only: set is no kind of type; {LISTED}"),
        ({"only": (dataclasses,)}, f"only: dataclasses is no kind of type; {LISTED}"),
        ({"only": (int, [])}, f"only: [] is no kind of type; {LISTED}"),
        ({"without": (Point,)}, f"without: Point is no kind of type; {LISTED}"),
        ({"only": ()}, "no type of 4 levels is of only=()"),
        ({"only": (list, dict)}, "no type of 4 levels is of only=(list, dict)"),
        ({"only": (Any,)}, "no type of 4 levels is of only=(typing.Any)"),
        ({"only": (OPTIONAL,)}, "no type of 4 levels is of only=(typing.Optional)"),
        ({"only": (int,), "without": (int,)}, "no type of 4 levels is of only=(int), without=(int)"),
        ({"max_depth": 1, "only": (DATACLASS,)}, "no type of 1 levels is of only=(dataclasses.dataclass)"),
    ],
)
def test_what_names_no_type_is_refused_at_once(arguments, message):
    with pytest.raises(ValueError, match="kind|level") as caught:
        python_types(**arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize("strategy", [field_types, typed_values, any_typed_values, typed_near_values])
def test_so_it_is_by_the_others(strategy):
    with pytest.raises(ValueError, match=r"^no type of 2 levels is of only=\(int\), without=\(int\)$"):
        strategy(2, only=(int,), without=(int,))


def test_a_field_may_be_of_more_kinds():
    assert set(drawn(field_types(1, only=(Any,)), 5)) == {Any}
    with pytest.raises(ValueError, match="no type of 1 levels is of only=\\(list\\)"):
        field_types(1, only=(list,))


def test_times_of_a_kind():
    made = drawn(typed_values(1, only=(dt.date,)), 20)
    assert {type(value) for _, value in made} == {dt.date}
