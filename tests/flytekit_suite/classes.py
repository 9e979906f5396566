# SPDX-License-Identifier: Apache-2.0
"""The enums and records that the rows name: the shapes of those in flytekit's tests, under names of their own."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from typing import Annotated

from shimlite import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset

Jpeg = FlyteFile["jpeg"]
Logs = FlyteDirectory["tensorboard"]
Texts = FlyteSchema[{"some_str": str}]
People = Annotated[StructuredDataset, "parquet", {"Name": str, "Age": int}]
Parquet = Annotated[StructuredDataset, "parquet"]
Named = Annotated[StructuredDataset, {"Name": str, "Age": int}]


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Hue(str, enum.Enum):
    RED = "red"
    GREEN = "green"


class Status(enum.Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Number(enum.Enum):
    ONE = 1
    TWO = 2


@dataclasses.dataclass
class Inner:
    a: int
    b: str | None
    c: list[int]


@dataclasses.dataclass
class TextMap:
    s: Inner
    m: dict[str, str]


@dataclasses.dataclass
class IntKeys:
    s: Inner
    m: dict[int, str]
    n: list[list[int]] | None = None
    o: dict[int, dict[int, int]] | None = None


@dataclasses.dataclass
class IntMap:
    s: Inner
    m: dict[str, int]


@dataclasses.dataclass
class ListMap:
    s: Inner
    m: dict[str, list[int]]


@dataclasses.dataclass
class Lists:
    v: list[int] | None
    w: list[float] | None


@dataclasses.dataclass
class WithLists:
    a: list[str] | None
    b: Lists


@dataclasses.dataclass
class Several:
    v: int | None
    w: str | None
    x: float
    y: str
    z: dict[str, bool]


@dataclasses.dataclass
class WithSeveral:
    u: int | None
    v: int | None
    w: int
    x: list[int]
    y: dict[str, str]
    z: Several


@dataclasses.dataclass
class One:
    a: int


@dataclasses.dataclass
class OptionalFiles:
    a: FlyteFile
    b: FlyteFile | None
    c: int | bool | FlyteFile | None
    d: list[FlyteFile]
    e: list[FlyteFile | None]
    f: dict[str, FlyteFile]
    g: dict[str, FlyteFile | None]
    h: FlyteFile | None = None
    i: One | None = None
    j: One | None = dataclasses.field(default_factory=lambda: One(a=99))


@dataclasses.dataclass
class TextOrFile:
    j: int | FlyteFile = 0


@dataclasses.dataclass
class InnerFiles:
    a: Jpeg  # type: ignore[valid-type]
    b: list[FlyteFile]
    c: dict[str, FlyteFile]


@dataclasses.dataclass
class OuterFiles:
    a: FlyteFile
    b: InnerFiles


@dataclasses.dataclass
class InnerDirectories:
    a: Logs  # type: ignore[valid-type]
    b: list[FlyteDirectory]
    c: dict[str, FlyteDirectory]


@dataclasses.dataclass
class OuterDirectories:
    a: FlyteDirectory
    b: InnerDirectories


@dataclasses.dataclass
class InnerDatasets:
    a: StructuredDataset
    b: list[Parquet]
    c: dict[str, Named]


@dataclasses.dataclass
class OuterDatasets:
    a: People
    b: InnerDatasets


@dataclasses.dataclass
class Postponed:
    a: int
    f: "FlyteFile"  # noqa: UP037


@dataclasses.dataclass
class Arguments:
    x: int
    y: str | None


@dataclasses.dataclass
class MaybeArguments:
    x: Arguments | None = None


@dataclasses.dataclass
class Datum:
    x: int
    y: Color


@dataclasses.dataclass
class TimedDatum:
    x: int
    y: Color
    z: dt.datetime


@dataclasses.dataclass
class TextOrFloat:
    data: str | float


@dataclasses.dataclass
class Greeting:
    x: int
    y: str
    z: dict[str, int]


@dataclasses.dataclass
class Pair:
    a: int
    b: str


@dataclasses.dataclass
class AnnotatedPair:
    a: int
    b: Annotated[str, "str tag"]


@dataclasses.dataclass
class Result:
    number: int
    schema: Texts  # type: ignore[valid-type]


@dataclasses.dataclass
class Results:
    result: Result
    schema: Texts  # type: ignore[valid-type]


@dataclasses.dataclass
class Base:
    a: int


@dataclasses.dataclass
class Child(Base):
    b: int


@dataclasses.dataclass
class InnerDatum:
    x: int
    y: str


@dataclasses.dataclass
class NestedDatum:
    inner: InnerDatum
    x: int
    y: str
    z: dict[int, int]
    w: list[int]


@dataclasses.dataclass
class MaybeFloat:
    value: float | None = None


@dataclasses.dataclass
class OneText:
    a: str = None  # type: ignore[assignment]


@dataclasses.dataclass
class OtherText:
    b: str = None  # type: ignore[assignment]


@dataclasses.dataclass
class ThirdText:
    c: str = None  # type: ignore[assignment]


@dataclasses.dataclass
class Alike:
    a: int


@dataclasses.dataclass
class Unions:
    a: One | str | bool | int | float | None
    b: One | FlyteFile | bool | int | float | None
    c: One | dict[str, str] | list[int] | None


@dataclasses.dataclass
class Numbers:
    a: int | bool | str | float
    b: int | bool | str | float


@dataclasses.dataclass
class Grid:
    grid: dict[str, list[int | str | Status | float | bool | None]]


@dataclasses.dataclass(frozen=True)
class Frozen:
    a: int = 1
    b: float = 2.0
    c: bool = True
    d: str = "hello"


@dataclasses.dataclass
class Everything:
    a: int = -1
    b: float = 2.1
    c: str = "Hello"
    d: bool = False
    e: list[int] = dataclasses.field(default_factory=lambda: [0, 1, 2, -1, -2])
    f: list[list[int]] = dataclasses.field(default_factory=lambda: [[0], [1], [-1]])
    g: list[dict[int, bool]] = dataclasses.field(default_factory=lambda: [{0: False}, {1: True}, {-1: True}])
    h: dict[int, bool] = dataclasses.field(default_factory=lambda: {0: False, 1: True, -1: False})
    i: dict[int, list[int]] = dataclasses.field(default_factory=lambda: {0: [0, 1, -1]})
    j: dict[int, dict[int, int]] = dataclasses.field(default_factory=lambda: {1: {-1: 0}})
    k: dict = dataclasses.field(default_factory=lambda: {"key": "value"})
    status: Status = Status.PENDING


@dataclasses.dataclass
class MoreThanEverything:
    inner: Everything = dataclasses.field(default_factory=Everything)
    status: Status = Status.PENDING


@dataclasses.dataclass
class Nothing:
    a: int | None = None
    b: float | None = None
    e: list[int] | None = None
    g: list[dict[int, bool]] | None = None
    j: dict[int, FlyteFile] | None = None
    n: FlyteFile | None = None
    o: FlyteDirectory | None = None
    inner: Everything | None = None
    status: Status | None = None


@dataclasses.dataclass
class References:
    file: FlyteFile
    directory: FlyteDirectory
    dataset: StructuredDataset
    schema: FlyteSchema


@dataclasses.dataclass
class NestedReferences:
    file: FlyteFile
    references: References
    listed: list[References]
    named: dict[str, References]
    optional: References | None = None


@dataclasses.dataclass
class OneFile:
    file: FlyteFile


class Plain:
    """No record: flytekit pickles it."""

    def __init__(self, number: int) -> None:
        self.number = number


@dataclasses.dataclass
class WithPlain:
    a: int
    s: Plain
