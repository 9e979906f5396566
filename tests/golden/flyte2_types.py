# SPDX-License-Identifier: Apache-2.0
"""The types and values of flyte2_literals.jsonl as shimlite has them, by the names of its lines.

The SDK's own types are in interop/flyte2_sdk.py. Both have the classes of this file, save those that hold files.
"""

import dataclasses
import datetime as dt
import enum
import math
from typing import Any, Optional, Union

import attrs
from pydantic import BaseModel, Field

from shimlite import FlyteDirectory, FlyteFile, StructuredDataset

UTC = dt.timezone.utc


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"


class Crossed(enum.Enum):
    """A value is the name of another member."""

    RED = "BLUE"
    BLUE = "b"
    GREEN = "green"


class Shade(str, enum.Enum):
    DARK = "dark"
    LIGHT = "light"


class Rank(enum.IntEnum):
    LOW = 1
    HIGH = 2**40


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5
    label: Optional[str] = None


@dataclasses.dataclass
class Drawn:
    at: Point
    color: Color
    ranks: list[Rank]
    by: dict[str, Point]
    when: dt.datetime
    span: dt.timedelta
    maybe: Optional[Color] = None


@dataclasses.dataclass
class Line:
    begin: Point
    end: Point


class Inner(BaseModel):
    color: Color
    n: int = 1


class Painted(BaseModel):
    color: Color
    shade: Shade
    rank: Rank
    maybe: Optional[Color]
    many: list[Color]
    by: dict[str, Color]
    keyed: dict[Color, int]
    deep: dict[str, list[Optional[Rank]]]
    inner: Inner
    inners: list[Inner]
    either: Union[Color, int]
    renamed: Color = Field(alias="reNamed", default=Color.RED)
    self_: Optional["Painted"] = None


class Mistaken(BaseModel):
    crossed: Crossed


@attrs.define
class Pair:
    item_0: int
    item_1: str


@dataclasses.dataclass
class Named:
    name: str
    size: int


@dataclasses.dataclass
class Filed:
    file: FlyteFile
    folder: FlyteDirectory
    table: StructuredDataset
    maybe: Optional[FlyteFile] = None
    files: list[FlyteFile] = dataclasses.field(default_factory=list)


class FiledModel(BaseModel):
    file: FlyteFile
    folder: FlyteDirectory
    table: StructuredDataset
    maybe: Optional[FlyteFile] = None
    files: list[FlyteFile] = []


MOMENT = dt.datetime(2024, 2, 29, 12, 0, 0, 5, tzinfo=UTC)
POINT, OTHER = Point(-(2**53) - 1, math.inf, "é\x00"), Point(0)
DRAWN = Drawn(POINT, Color.BLUE, [Rank.HIGH, Rank.LOW], {"": OTHER, "k": POINT}, MOMENT, dt.timedelta(0, 5, 7))
PAINTED = Painted(
    color=Color.BLUE,
    shade=Shade.LIGHT,
    rank=Rank.HIGH,
    maybe=Color.RED,
    many=[Color.BLUE, Color.RED],
    by={"a": Color.BLUE},
    keyed={Color.RED: 1, Color.BLUE: 2},
    deep={"k": [Rank.LOW, None]},
    inner=Inner(color=Color.BLUE),
    inners=[Inner(color=Color.RED, n=0)],
    either=Color.BLUE,
    reNamed=Color.BLUE,
)
FILE = FlyteFile("s3://bucket/data.csv", format="csv", hash="é")
FOLDER = FlyteDirectory("s3://bucket/folder", format="parts", hash="h")
TABLE = StructuredDataset("s3://bucket/table", format="csv")
FILED: dict[str, Any] = {"file": FILE, "folder": FOLDER, "table": TABLE, "files": [FlyteFile("s3://bucket/x"), FILE]}

TYPES: dict[str, tuple[Any, list[Any]]] = {
    "int": (int, [0, -(2**63), 2**63 - 1]),
    "float": (float, [0.0, -0.0, math.inf, 5e-324, math.nan]),
    "bool": (bool, [False, True]),
    "str": (str, ["", "é\x00𝄞"]),
    "none": (type(None), [None]),
    "datetime": (dt.datetime, [MOMENT, dt.datetime(1, 1, 1, tzinfo=UTC)]),
    "date": (dt.date, [dt.date(2024, 2, 29), dt.date(1, 1, 1)]),
    "timedelta": (dt.timedelta, [dt.timedelta(0), dt.timedelta(-400, microseconds=1)]),
    "enum": (Color, [Color.RED, Color.BLUE]),
    "str enum": (Shade, [Shade.LIGHT]),
    "int enum": (Rank, [Rank.LOW, Rank.HIGH]),
    "crossed enum": (Crossed, [Crossed.RED, Crossed.BLUE]),
    "list": (list[int], [[], [1, -1]]),
    "list of lists": (list[list[str]], [[[], ["a"]]]),
    "map": (dict[str, float], [{}, {"": 1.5, "é": -0.0}]),
    "dict": (dict, [{}, {"": None, "a": [1, 1.5, True, {"b": "é"}]}]),
    "dict of ints": (dict[int, str], [{-1: "a", 2**40: ""}]),
    "dict of enums": (dict[Color, int], [{Color.RED: 1}]),
    "optional": (Optional[int], [None, 0]),
    "union": (Union[int, str, bool], [1, "1", True]),
    "optional enum": (Optional[Color], [Color.BLUE, None]),
    "union of enums": (Union[Color, Shade, int], [Color.BLUE, Shade.DARK, 5]),
    "list of enums": (list[Color], [[Color.BLUE, Color.RED]]),
    "map of enums": (dict[str, Optional[Rank]], [{"a": Rank.HIGH, "b": None}]),
    "dataclass": (Point, [POINT, OTHER]),
    "deep dataclass": (Drawn, [DRAWN]),
    "optional dataclass": (Optional[Point], [POINT, None]),
    "dataclasses": (list[Point], [[], [POINT, OTHER]]),
    "map of dataclasses": (dict[str, Point], [{"k": POINT}]),
    "union of dataclasses": (Union[Point, Line, int], [OTHER, Line(OTHER, OTHER), 1]),
    "union of lists": (Union[list[Point], list[Line], dict[str, Point]], [[OTHER], [Line(OTHER, OTHER)], {"k": OTHER}]),
    "model": (Inner, [Inner(color=Color.BLUE, n=0)]),
    "deep model": (Painted, [PAINTED, PAINTED.model_copy(update={"self_": PAINTED, "maybe": None})]),
    "optional model": (Optional[Inner], [Inner(color=Color.RED), None]),
    "union of models": (Union[Inner, Painted, Point], [Inner(color=Color.RED), PAINTED, OTHER]),
    "model of a crossed enum": (Mistaken, [Mistaken(crossed=one) for one in Crossed]),
    "tuple": (Pair, [Pair(1, "")]),
    "named tuple": (Named, [Named("é", -1)]),
    "typed dict": (dict, [{"name": "é", "size": -1}]),
    "file": (FlyteFile, [FlyteFile("s3://bucket/x"), FILE]),
    "directory": (FlyteDirectory, [FlyteDirectory("s3://bucket/x"), FOLDER]),
    "table": (StructuredDataset, [attrs.evolve(TABLE, hash="h")]),
    "optional file": (Optional[FlyteFile], [FILE, None]),
    "union of references": (
        Union[FlyteFile, FlyteDirectory, StructuredDataset, None],
        [FILE, FOLDER, attrs.evolve(TABLE, hash="h"), None],
    ),
    "files": (list[FlyteFile], [[FILE, FlyteFile("s3://bucket/x")]]),
    "map of directories": (dict[str, FlyteDirectory], [{"k": FOLDER}]),
    "dataclass of files": (Filed, [Filed(**FILED), Filed(FILE, FOLDER, TABLE, maybe=FILE)]),
    "model of files": (FiledModel, [FiledModel(**FILED), FiledModel(**FILED, maybe=FILE)]),
    "named file in a dataclass": (Filed, [Filed(FILE, FOLDER, TABLE)]),
}
"""By name: the annotation of an executor, and what it gets."""
PICKLES = ("bytes", "literal", "set", "any", "attrs class", "optional bytes", "list of sets")
"""What the SDK pickles, which nobody here reads."""
