# SPDX-License-Identifier: Apache-2.0
"""``same``: what the laws take for equal."""

import datetime as dt
import enum
import math
import zoneinfo
from dataclasses import dataclass

import attrs
import pytest

from shimlite import to_literal
from shimlite.equality import same

UTC = dt.timezone.utc
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=UTC)
TWO = dt.timezone(dt.timedelta(hours=2))


class Color(enum.Enum):
    RED = "red"


class Paint(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: object


@attrs.define
class Place:
    x: object


@dataclass(eq=False)
class ById:
    x: object


ALIKE = [
    (None, None),
    (1, 1),
    (math.nan, -math.nan),
    (-0.0, -0.0),
    (1.5, 1.5),
    ([1, [2.0]], [1, [2.0]]),
    ((1,), (1,)),
    ({"a": 1, "b": [math.nan]}, {"b": [math.nan], "a": 1}),
    ({math.nan: 1, True: 2}, {True: 2, math.nan: 1}),
    (NOON, NOON.replace(tzinfo=dt.timezone(dt.timedelta(0), "Z"))),
    (NOON.replace(tzinfo=None), NOON.replace(tzinfo=None)),
    (NOON.replace(tzinfo=zoneinfo.ZoneInfo("UTC")), NOON),
    (Color.RED, Color.RED),
    (Point([math.nan]), Point([math.nan])),
    (Place(-0.0), Place(-0.0)),
    (ById(1), ById(1)),
]
UNLIKE = [
    (1, True),
    (1, 1.0),
    (0.0, -0.0),
    (0.0, math.nan),
    (math.nan, 0.0),
    (1.5, 2.5),
    ([1], (1,)),
    ([1], [1, 2]),
    ([0.0], [-0.0]),
    ({"a": 1}, {"a": True}),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, {}),
    ({}, {"a": 1}),
    ({1: 1}, {True: 1}),
    ({0.0: 1}, {-0.0: 1}),
    (NOON, NOON.astimezone(TWO)),
    (NOON, NOON.replace(tzinfo=None)),
    (NOON, NOON.replace(fold=1)),
    (NOON, NOON.replace(hour=13)),
    (NOON, NOON.date()),
    (Color.RED, Paint.RED),
    (Color.RED, "red"),
    (Point(1), Point(True)),
    (Point(1), Place(1)),
    (Place(0.0), Place(-0.0)),
    (ById(1), ById(2)),
    ("a", "b"),
]


@pytest.mark.parametrize(("a", "b"), ALIKE)
def test_alike(a, b):
    assert same(a, b) is True
    assert same(b, a) is True


@pytest.mark.parametrize(("a", "b"), UNLIKE)
def test_unlike(a, b):
    assert same(a, b) is False
    assert same(b, a) is False


def test_messages_are_the_same_by_their_bytes():
    """Protobuf's own equality says that NaN is not NaN, and that -0.0 is 0.0."""
    assert same(to_literal(math.nan, float), to_literal(math.nan, float))
    assert not same(to_literal(0.0, float), to_literal(-0.0, float))
    assert not same(to_literal(0, int), to_literal(0.0, float))
