# SPDX-License-Identifier: Apache-2.0
"""The enums and records that the types of the corpus name."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from typing import Any, Literal

import attrs

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset

UTC = dt.timezone.utc
CsvFile = FlyteFile["csv"]
Columns = FlyteSchema[{"b": int, "a": str}]


class Rank(enum.IntEnum):
    FIRST = 1
    SECOND = 2


class Word(str, enum.Enum):
    A = "a"
    ONE = "1"


class Shade(enum.Enum):
    RED = "red"
    GREEN = "green"
    A = "a"


class Again(enum.Enum):
    A = "a"
    ALIAS = "a"
    B = "b"


class Mixed(enum.Enum):
    NO = False
    TEXT = "a"
    TWO = 2
    HALF = 0.5
    NOTHING = None


class Twice(enum.Enum):
    TEXT = "1"
    NUMBER = 1


class Half(float, enum.Enum):
    HALF = 0.5
    WHOLE = 2.0


class Wrapped(enum.Enum):
    """Its values are members of another Enum."""

    A = Word.A
    ONE = Word.ONE


class Bits(enum.Flag):
    """Python 3.11 lists only single bits, where 3.10 lists all that have a name."""

    R = 1
    W = 2
    BOTH = 3


class IntBits(enum.IntFlag):
    R = 1
    W = 2
    BOTH = 3


class Numbered(enum.Enum):
    ONE = enum.auto()
    TWO = enum.auto()


class Wide(enum.Enum):
    NAN = float("nan")
    ZERO = 0.0


class Moment(enum.Enum):
    NOON = dt.datetime(2024, 2, 29, 12, tzinfo=UTC)


@dataclasses.dataclass
class Empty:
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: float = -0.0


@dataclasses.dataclass
class Spot:
    """Point's twin."""

    x: int
    y: float = 0.5


@dataclasses.dataclass(frozen=True)
class Plane:
    x: int
    y: float
    z: float | None = None


@attrs.define
class Cat:
    name: str
    lives: int = 9


@attrs.frozen
class Dog:
    name: str
    age: int | None = None


@attrs.define
class Eel:
    grams: float


@dataclasses.dataclass
class Owner:
    name: str = None
    born: dt.date = None


@dataclasses.dataclass
class Chain:
    value: int
    rest: Chain | None = None


@dataclasses.dataclass
class Team:
    lead: Cat | Dog
    points: list[Point]
    by_name: dict[str, Plane]
    by_rank: dict[Rank, list[Shade]]
    spare: Point | None = None


@attrs.define
class Scalars:
    nothing: None
    flag: bool
    count: int
    ratio: float
    text: str
    raw: bytes
    at: dt.datetime
    day: dt.date
    span: dt.timedelta
    word: Word
    choice: Literal["a", 1, True, None]
    anything: Any


@dataclasses.dataclass
class Links:
    file: FlyteFile
    folder: FlyteDirectory
    csv: CsvFile
    table: StructuredDataset
    schema: Columns
    error: FlyteError


@dataclasses.dataclass
class Base:
    zebra: int
    apple: str = "a"
    hidden: int = dataclasses.field(default=7, init=False)


@dataclasses.dataclass(kw_only=True)
class Child(Base):
    more: list[int] = dataclasses.field(default_factory=list)
    mango: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Choices:
    """One union in several orders: what one field keeps another must not change."""

    first: Literal["a", 1] | Rank
    second: Rank | Literal["a", 1]
    third: Literal[1, "a", "b"] | Rank | None
    fourth: list[int | str]
    fifth: list[str | int]


class SubInt(int):
    pass


class SubStr(str):
    pass


class SubFloat(float):
    pass
