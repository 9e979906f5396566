# SPDX-License-Identifier: Apache-2.0
"""The classes that platform.jsonl names, as they were when it was recorded."""

import dataclasses
import datetime
import enum
from typing import Dict, List, Optional

from shimlite import FlyteDirectory, FlyteFile

UTC = datetime.timezone.utc


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5
    tags: List[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Deep:
    p: Point
    m: Dict[str, int]
    o: Optional[Point] = None
    when: Optional[datetime.datetime] = None


@dataclasses.dataclass
class Wide:
    """A field of each kind that Propeller took out of it."""

    i: int = 5
    negative: int = -70_000
    big: int = 2**63 - 1
    whole: float = 1.0
    f: float = 1.5
    infinite: float = float("inf")
    text: str = "x"
    b: bool = True
    nothing: Optional[int] = None
    maybe: Optional[float] = 2.0
    numbers: List[int] = dataclasses.field(default_factory=lambda: [1, -2, 300])
    floats: List[float] = dataclasses.field(default_factory=lambda: [1.0, 2.5])
    nested: List[List[int]] = dataclasses.field(default_factory=lambda: [[1], []])
    counts: Dict[str, int] = dataclasses.field(default_factory=lambda: {"k": 1})
    keyed: Dict[int, str] = dataclasses.field(default_factory=lambda: {1: "a"})
    point: Point = dataclasses.field(default_factory=lambda: Point(1, 2.0, ["q"]))
    points: List[Point] = dataclasses.field(default_factory=lambda: [Point(1), Point(2, 1.0)])
    when: datetime.datetime = datetime.datetime(2024, 2, 29, 12, tzinfo=UTC)
    day: datetime.date = datetime.date(2024, 2, 29)
    span: datetime.timedelta = datetime.timedelta(seconds=90, microseconds=5)
    color: Color = Color.BLUE
    file: FlyteFile = dataclasses.field(default_factory=lambda: FlyteFile("s3://b/f"))
    folder: FlyteDirectory = dataclasses.field(default_factory=lambda: FlyteDirectory("s3://b/d"))
