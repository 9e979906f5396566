# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import typing
from typing import Any, Literal

import pytest
from hypothesis import strategies as st

from shimlite import FlyteFile, UnsupportedTypeError, to_literal_type
from shimlite.strategies import field_types, python_types
from shimlite.strategies.awkward import CLASS_NAMES
from shimlite.strategies.classes import Chain, Color, Level, Tree
from shimlite.strategies.records import records
from shimlite.strategies.shapes import bare, columns_of, flat, is_record, is_union, parts, words
from shimlite.strategies.unions import unions

from ..kinds import KINDS, in_type
from .drawing import drawn, smallest


def depth(python_type: Any) -> int:
    """Keys aside, which are no deeper than a union."""
    part = bare(python_type)
    inside = typing.get_args(part) if typing.get_origin(part) is list or is_union(part) else ()
    if typing.get_origin(part) is dict:
        inside = typing.get_args(part)[1:]
    if is_record(part) and not any(one in (Tree, Chain) for one in parts(part)):  # which have no end
        inside = tuple(columns_of(part).values())
    return 1 + max(map(depth, inside), default=0)


def test_every_kind_is_drawn():
    assert {kind for python_type in drawn(field_types(), 400) for kind in in_type(python_type)} == set(KINDS)


def test_every_type_has_a_literal_type():
    for python_type in drawn(python_types(), 100):
        to_literal_type(python_type)


def test_every_field_type_may_stand_in_a_record():
    for field_type in drawn(field_types(), 100):
        to_literal_type(dataclasses.make_dataclass("Holder", [("held", field_type)]))


def test_of_a_field_more_types_may_be_than_of_a_literal():
    without = smallest(field_types(), lambda one: not has_a_literal_type(one))
    assert without is Any


def has_a_literal_type(python_type: Any) -> bool:
    try:
        to_literal_type(python_type)
    except UnsupportedTypeError:
        return False
    return True


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_types_nest_as_deep_as_they_may(levels):
    nested = [one for one in drawn(python_types(levels), 120) if not any(part in (Tree, Chain) for part in parts(one))]
    assert max(map(depth, nested)) == levels


SMALLEST = {
    "any": (lambda one: True, type(None)),
    "a date": (lambda one: dt.date in parts(one), dt.date),
    "a list": (lambda one: typing.get_origin(one) is list, list[type(None)]),
    "another dict": (lambda one: typing.get_origin(one) is dict and int in parts(one), dict[int, type(None)]),
    "a file": (lambda one: FlyteFile in parts(one), FlyteFile),
    "a union": (is_union, typing.Optional[bool]),
}


@pytest.mark.parametrize("what", SMALLEST)
def test_a_type_shrinks_to_a_simple_one(what):
    wanted, expected = SMALLEST[what]
    found = smallest(python_types(), wanted)
    assert found == expected


def test_members_of_a_union_are_told_apart():
    """Else shimlite refuses it; and no member takes all that there is."""
    unions = [one for one in drawn(python_types(2), 150) if is_union(one)]
    assert len(unions) > 25
    for union in unions:
        members = typing.get_args(union)
        assert Any not in members
        assert not (bool in members and {Literal[True, False], Literal[False, True]} & set(members))


def test_unions_in_another_order_are_two_types():
    """Of which flytekit, and so Flyte, says other things."""
    lists = [list[int | str], list[str | int], list[int | str | None]]
    found = drawn(unions(st.sampled_from(lists)), 40)
    assert max(len(typing.get_args(one)) for one in found if is_union(one)) >= 3
    for union in found:
        to_literal_type(union)


def test_defaults_are_of_every_kind():
    """A value, None, a factory; and none."""
    seen: dict[Any, set[str]] = collections.defaultdict(set)
    fields = (int, float, Color, Literal["a"], dt.timedelta, str | None, list[int], dict, FlyteFile)
    for record in drawn(records(st.sampled_from(fields)), 250):
        if dataclasses.is_dataclass(record) and record.__name__ in CLASS_NAMES:
            for field in dataclasses.fields(record):
                seen[field.type].add("factory" if callable(field.default_factory) else type(field.default).__name__)
    none = "_MISSING_TYPE"
    assert seen == {
        int: {none, "int"},
        float: {none, "float"},
        Color: {none, "Color"},
        Literal["a"]: {none, "str"},
        dt.timedelta: {none, "timedelta"},
        str | None: {none, "NoneType"},
        list[int]: {none, "factory"},
        dict: {none, "factory"},
        FlyteFile: {none},
    }


@dataclasses.dataclass
class Annotated:
    """Its annotations are text here."""

    x: int
    y: typing.Annotated[str, "a word"]


def test_questions_about_types():
    assert bare(typing.Annotated[int, "a word"]) is int
    assert bare(None) is type(None)
    assert words(typing.Annotated[int, "a word"]) == ("a word",)
    assert words(int) == ()
    assert flat(int | typing.Annotated[str | None, "a word"]) == [int, str, type(None)]
    assert columns_of(Annotated) == {"x": int, "y": typing.Annotated[str, "a word"]}
    assert parts(dict[str, list[Annotated | None]]) == [
        *(dict[str, list[Annotated | None]], list[Annotated | None], Annotated | None),
        *(type(None), Annotated, str, int, str),
    ]
    assert len(parts(Tree)) == 7
    assert not is_record(FlyteFile)
    assert Level in parts(list[Level])
