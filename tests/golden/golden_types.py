# SPDX-License-Identifier: Apache-2.0
"""The classes that the recorded cases name. Plain standard library: importable with or without flytekit."""

import dataclasses
import datetime
import enum
import typing


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class StrColor(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


@dataclasses.dataclass
class Order:
    id: int
    name: str
    paid: bool
    total: float
    tags: typing.List[str]
    counts: typing.Dict[str, int]
    where: Point
    path: typing.List[Point]
    note: typing.Optional[str] = None


@dataclasses.dataclass
class Times:
    at: datetime.datetime
    took: datetime.timedelta


@dataclasses.dataclass
class Painted:
    color: Color
    blob: bytes
    choice: typing.Union[int, str]
