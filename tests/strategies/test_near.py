# SPDX-License-Identifier: Apache-2.0
"""Near values: all of the type, none the same as the first, and what a careless key takes for one among them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import Any, Literal

import attrs
import hypothesis
import pytest

from shimlite import FlyteFile, FlyteSchema, UnsupportedTypeError, to_literal, to_literal_type
from shimlite.equality import same
from shimlite.strategies import near_values, typed_near_values
from shimlite.strategies.classes import Color, Level
from shimlite.strategies.near import MOST_NEAR, is_of, near_to, neighbours

from .drawing import drawn

NOON = dt.datetime(2024, 2, 29, 12)
UTC_NOON = NOON.replace(tzinfo=dt.timezone.utc)


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    tags: list[str]


@attrs.frozen
class Named:
    name: str


def test_all_are_of_the_type_and_none_is_the_first():
    for python_type, (first, *others) in drawn(typed_near_values(3), 100):
        assert 1 <= len(others) <= MOST_NEAR
        for one in (first, *others):
            assert is_of(python_type, one)
            to_literal(one, python_type)
        assert not any(same(first, one) for one in others)


@pytest.mark.parametrize(
    ("python_type", "one", "other"),
    [
        (float, 0.0, -0.0),
        (float, 0.0, math.nan),
        (float, 1.0, math.nextafter(1.0, math.inf)),
        (int, 2**53, 2**53 + 1),
        (int, 1, -1),
        (str, "a", "a "),
        (str, "é", "e\u0301"),
        (bytes, b"", b"\0"),
        (bool | int, True, 1),
        (int | float, 1, 1.0),
        (int | str, 5, "5"),
        (str | None, None, ""),
        (str | None, None, "None"),
        (bytes | str, b"", ""),
        (list[int] | None, None, []),
        (dt.datetime | str, dt.datetime(1970, 1, 1), "1970-01-01T00:00:00"),
        (Color | str, Color.RED, "red"),
        (Literal[2, 1], 1, 2),
        (Literal["b", "a"], "b", "a"),
        (Color, Color.RED, Color.GREEN),
        (list[str], ["a", "b"], ["ab"]),
        (list[int], [0, 1], [1, 0]),
        (dict[str, int], {"": 0, "a": 1}, {"": 1, "a": 0}),
        (dict, {1: None}, {"1": None}),
        (dict, {"": [1]}, {"": (1,)}),
        (dict, {"": True}, {"": 1}),
        (dict, {"": {}}, {"": None}),
    ],
    ids=str,
)
def test_near_values_are_among_them(python_type, one, other):
    assert any(same(near, other) for near in near_to(one, python_type))


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (UTC_NOON, UTC_NOON.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=45)))),
        (UTC_NOON.astimezone(dt.timezone(dt.timedelta(hours=1))), UTC_NOON),
        (UTC_NOON, NOON),
        (NOON, UTC_NOON),
        (NOON, NOON.replace(fold=1)),
        (NOON, NOON + dt.timedelta(microseconds=1)),
        (NOON, dt.date(2024, 2, 29)),
        (dt.date(2024, 2, 29), dt.datetime(2024, 2, 29)),
        (dt.timedelta(1), dt.timedelta(-1)),
        (Point(1, ["a"]), Point(2, ["a"])),
        (Point(1, ["a"]), Point(1, ["a "])),
        (Named("a"), Named("A")),
        ([Named("a")], [Named("A")]),
        (FlyteFile("s3://b/k"), FlyteFile("s3://b/k ")),
        ((1, 2), [1, 2]),
        ([1], [1, 1]),
        ({"k": 1}, {}),
        ({b"k": 1}, {"k": 1}),
        (Level.LOW, 1),
    ],
    ids=repr,
)
def test_a_neighbour(value, other):
    assert any(same(other, near) for near in neighbours(value))


@pytest.mark.parametrize("value", [dt.datetime.max, dt.date.max, dt.timedelta.max, math.inf, math.nan, "x", b"\xff"])
def test_what_cannot_be_made_is_no_neighbour(value):
    assert list(neighbours(value))


def test_of_a_reference_only_texts_change():
    schema = FlyteSchema("s3://b/k", columns=(("x", to_literal_type(int)),))
    assert all(near.columns == schema.columns for near in neighbours(schema))
    assert {near.uri for near in neighbours(schema)} > {"s3://b/k "}


@pytest.mark.parametrize(
    ("python_type", "value", "expected"),
    [
        (float, 1, False),
        (int, True, False),
        (dt.date, NOON, False),
        (Any, object(), True),
        (list, [object()], True),
        (dict, {1: object()}, True),
        (list[int], (1,), False),
        (list[int], [1.0], False),
        (dict[str, int], {"": 1.0}, False),
        (dict[int, int], {True: 1}, False),
        (int | None, None, True),
        (Literal[1], True, False),
        (Color, "red", False),
        (Point, Point(1.0, []), False),  # type: ignore[arg-type]
        (Point, Point(1, ["a"]), True),
    ],
)
def test_what_is_of_a_type(python_type, value, expected):
    assert is_of(python_type, value) is expected


def test_of_a_type_of_one_value_there_is_no_pair():
    with pytest.raises(hypothesis.errors.Unsatisfiable):
        drawn(near_values(type(None)), 5)
    with pytest.raises(UnsupportedTypeError):
        near_values(set[int])
