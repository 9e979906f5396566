# SPDX-License-Identifier: Apache-2.0
"""The cases: types with values to write, and types with data to read that other writers send.

A type stands here as text and is made anew for each case, once typing's own tables are empty: what ``Union[…]``,
``List[…]`` and ``Literal[…]`` were asked before changes the order that they give later. No key of a Flyte map begins
another: of such two, protobuf's compiled and its pure back end write different ones first.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite.values import Format

from . import classes
from .classes import (
    Again,
    Base,
    Bits,
    Cat,
    Chain,
    Child,
    Choices,
    Dog,
    Eel,
    Empty,
    Half,
    IntBits,
    Links,
    Mixed,
    Moment,
    Numbered,
    Owner,
    Plane,
    Point,
    Rank,
    Scalars,
    Shade,
    Spot,
    SubFloat,
    SubInt,
    SubStr,
    Team,
    Twice,
    Wide,
    Word,
    Wrapped,
)

NAMES = {
    **vars(typing),
    **vars(classes),
    "date": dt.date,
    "datetime": dt.datetime,
    "timedelta": dt.timedelta,
    "Format": Format,
}


def type_of(text: str) -> Any:
    """The type that ``text`` spells, as a fresh process makes it."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()
    return eval(text, dict(NAMES))


class Case(NamedTuple):
    type: str
    values: tuple[Any, ...]


class Foreign(NamedTuple):
    """Plain data as msgpack holds it: what a record's field, or a literal of the type, is to be read from."""

    type: str
    data: tuple[Any, ...]


def orders(*members: str) -> list[str]:
    """A union's members in every order."""
    return [" | ".join(one) for one in itertools.permutations(members)]


UTC = dt.timezone.utc
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=UTC)
MIDNIGHT = dt.datetime(2024, 2, 29, tzinfo=UTC)
DAY = dt.date(2024, 2, 29)
HOUR = dt.timedelta(hours=1)
FAR = dt.timezone(dt.timedelta(hours=5, minutes=45))
NAN = math.nan

SCALARS = [
    Case("None", (None, False, 0)),
    Case("bool", (True, False, 1, "true")),
    Case("int", (0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, True, 1.0, SubInt(5), Rank.FIRST, 10**5000)),
    Case("float", (0.0, -0.0, 1.0, 0.1, 5e-324, 1e16, 1e22, math.inf, -math.inf, NAN, 3, 2**53 + 1, SubFloat(2))),
    Case("str", ("", "a", "zo\xeb", "\U0001f600", "\ud800", "\x00", "2024-02-29", SubStr("a"), Word.A, b"a")),
    Case("bytes", (b"", b"a", b"\xff\x00", bytearray(b"a"), "a")),
    Case(
        "datetime",
        (
            *(NOON, NOON.replace(tzinfo=None), dt.datetime(2021, 10, 31, 2, 30, fold=1), NOON.replace(tzinfo=FAR)),
            *(
                dt.datetime(1, 1, 1),
                dt.datetime(1, 1, 1, tzinfo=FAR),
                dt.datetime.max,
                dt.datetime.max.replace(tzinfo=UTC),
            ),
            *(dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), dt.datetime(2024, 1, 1, 0, 0, 0, 1), DAY, "2024-02-29"),
            dt.datetime(
                2024, 1, 1, tzinfo=dt.timezone(-dt.timedelta(hours=11, minutes=59, seconds=59, microseconds=1))
            ),
        ),
    ),
    Case("date", (DAY, dt.date.min, dt.date.max, NOON, MIDNIGHT, "2024-02-29")),
    Case(
        "timedelta",
        (
            *(dt.timedelta(0), HOUR, -HOUR, dt.timedelta(microseconds=1), dt.timedelta(microseconds=-1)),
            *(
                dt.timedelta(days=-1, microseconds=1),
                dt.timedelta(days=10**6, microseconds=1),
                dt.timedelta(days=-(10**6)),
            ),
            *(dt.timedelta(seconds=315_576_000_000), dt.timedelta.max, dt.timedelta.min, 3600, 1.5),
        ),
    ),
    Case("Any", (1, None)),
]

CHOICES = [
    Case("Rank", (Rank.FIRST, 1, 1.0, True, 3, "1")),
    Case("Word", (Word.A, Word.ONE, "a", "1", "b", 1, Shade.A)),
    Case("Shade", (Shade.RED, Shade.A, "red", Word.A)),
    Case("Again", (Again.A, Again.B)),
    Case("Mixed", (*Mixed, 0, False, 2.0, "a", None, 0.5)),
    Case("Twice", (*Twice, 1, "1", True)),
    Case("Half", (*Half, 0.5, 2, 2.0)),
    Case("Wrapped", (*Wrapped, Word.A, "a")),
    Case("Bits", (Bits.R, Bits.BOTH, Bits(0), 1, 3)),
    Case("IntBits", (IntBits.R, IntBits.BOTH, IntBits(0), IntBits(4), 1, 3)),
    Case("Numbered", (*Numbered, 1)),
    Case("Wide", (*Wide, 0.0, -0.0, NAN)),
    Case("Moment", (*Moment, NOON)),
    *(
        Case(f"Literal[{values}]", ("a", "b", 1, True, 1.0, Word.A, Rank.FIRST, None))
        for values in (
            "'a'",
            "'b', 'a'",
            "1",
            "True",
            "1, True",
            "True, 1",
            "'a', 1",
            "1, 'a'",
            "True, 'a', 1",
            "None, 'a'",
            "'a', None",
            "b'a', 'a'",
            "Word.A",
            "Word.A, 'a'",
            "'a', Literal[1, 'b']",
            "1.5",
        )
    ),
    Case("Literal[0, False, 2]", (0, False, 2, 0.0, -0.0, "0")),
    Case("Literal[10 ** 5000]", (10**5000,)),
]

LISTS_AND_DICTS = [
    Case("list[int]", ([], [1, 2], [True], [1, 2.5], (1,), None)),
    Case("list[float]", ([0.0, -0.0, NAN, 1], [math.inf])),
    Case("list[list[date]]", ([[], [DAY]], [[NOON]])),
    Case("list[Rank | None]", ([Rank.FIRST, None], [1])),
    Case("list[int | str]", ([1, "a", "1"], [1.0])),
    Case("list[str | int]", ([1, "a", "1"], [1.0])),
    Case("dict[str, int]", ({}, {"b": 1, "A": 2, "zo\xeb": 3, "\U0001f600": 4}, {1: 1}, {"a": "b"}, {"\ud800": 1})),
    Case("dict[str, dict[str, timedelta]]", ({"b": {"c": HOUR}, "a": {}},)),
    Case("dict[str, list[Point]]", ({"a": [Point(1)]}, {"a": [Spot(1)]})),
    Case(
        "dict",
        (
            {},
            {"b": 1, "a": [1, 2.0, None, True, b"x"], "": {"z": -0.0, "y": NAN}},
            {1: 1, "1": 2, 1.5: 3, None: 4, b"1": 5, False: 6},
            {True: 1, 2: {3: {}}},
            {-1: 1, 2: 2, 10: 3, 300: 4, -300: 5, 2**40: 6},
            {"bb": 1, "c": 2, "aaa": 3, "\xeb": 4},
            {NAN: 1},
            {float("nan"): 1, float("nan"): 2},
            {0.0: 1},
            {-0.0: 1},
            {"x": (1, 2), "y": bytearray(b"a")},
            {"x": DAY},
            {"x": Point(1)},
            {"x": Rank.FIRST},
            {10**5000: 1},
            {"\U00031350": object()},
        ),
    ),
    Case("dict[int, str]", ({2: "b", 10: "a", -1: "c"}, {True: "a"}, {2**64: "a"})),
    Case("dict[float, int]", ({1.5: 1, -0.0: 2, math.inf: 3, NAN: 4}, {1: 1}, {float("nan"): 1, float("nan"): 2})),
    Case("dict[bool, int]", ({True: 1, False: 2}, {1: 1})),
    Case("dict[bytes, int]", ({b"b": 1, b"a": 2, b"aa": 3},)),
    Case("dict[date, int]", ({DAY: 1, dt.date.min: 2}, {NOON: 1})),
    Case("dict[datetime, int]", ({NOON: 1, MIDNIGHT: 2},)),
    Case("dict[timedelta, int]", ({HOUR: 1, -HOUR: 2},)),
    Case("dict[Rank, int]", ({Rank.SECOND: 1, Rank.FIRST: 2}, {1: 1})),
    Case("dict[Word, int]", ({Word.ONE: 1, Word.A: 2}, {"a": 1})),
    Case("dict[Literal['a', 1], int]", ({"a": 1, 1: 2}, {True: 1})),
    Case("dict[Literal[1, 'a'], int]", ({"a": 1, 1: 2}, {True: 1})),
    Case("dict[int | str, int]", ({1: 1, "1": 2, "a": 3},)),
    Case("dict[str | int | None, int]", ({1: 1, "1": 2, None: 3},)),
    Case("dict[date | str, int]", ({DAY: 1, "a": 2}, {"2024-02-29": 1})),
    Case("dict[Rank | Literal['a', 1], int]", ({Rank.FIRST: 1}, {1: 1}, {"a": 1})),
    Case("dict[int, dict[str, Rank | Literal['a', 1]]]", ({1: {"x": Rank.FIRST, "y": "a"}}, {1: {"x": 1}})),
    Case("dict[str, Any]", ({"a": 1},)),
    Case("dict[Any, int]", ({"a": 1, 1: 2, NAN: 3},)),
]

RECORDS = [
    Case("Empty", (Empty(), Point(1), {})),
    Case("Point", (Point(1), Point(1, NAN), Point(True), Point(1, 2), Spot(1), {"x": 1})),
    Case("Plane", (Plane(1, 0.1), Plane(1, 0.0, -0.0))),
    Case("Cat", (Cat("a"), Cat(1), Dog("a"))),
    Case("Owner", (Owner(), Owner("a"), Owner("a", DAY))),
    Case("Chain", (Chain(1), Chain(1, Chain(2, Chain(3))), Chain(1, Chain("2")))),
    Case(
        "Team",
        (
            Team(
                Cat("a"),
                [Point(1)],
                {"b": Plane(1, 2.0), "a": Plane(2, NAN)},
                {Rank.SECOND: [Shade.RED], Rank.FIRST: []},
            ),
            Team(Dog("a", 3), [], {}, {}, Point(2)),
            Team(Eel(1.0), [], {}, {}),
            Team(Cat("a"), [Point(1), Point("a")], {}, {}),
        ),
    ),
    Case(
        "Scalars",
        (
            Scalars(
                None, True, -1, -0.0, "zo\xeb", b"\xff", NOON.replace(tzinfo=FAR), DAY, HOUR, Word.A, "a", {1: [b"x"]}
            ),
            Scalars(
                None, False, 0, NAN, "", b"", dt.datetime(2021, 10, 31, 2, 30, fold=1), DAY, -HOUR, Word.ONE, True, None
            ),
            Scalars(None, False, 0, 0.0, "", b"", NOON, DAY, HOUR, Word.ONE, 1.0, None),
        ),
    ),
    Case(
        "Links",
        (
            Links(
                FlyteFile("s3://b/f"),
                FlyteDirectory("s3://b/d"),
                FlyteFile("s3://b/c", format="csv"),
                StructuredDataset("s3://b/t", format="parquet"),
                FlyteSchema("s3://b/s"),
                FlyteError("failed", "n0"),
            ),
        ),
    ),
    Case("Child", (Child(zebra=1), Child(zebra=1, apple="b", more=[2], mango={"b": 1, "a": {}}), Base(1))),
    Case(
        "Choices",
        (
            Choices("a", "a", "a", [1, "a"], [1, "a"]),
            Choices(Rank.FIRST, Rank.FIRST, None, [], []),
            Choices(1, 1, 1, ["1"], ["1"]),
            Choices(Rank.SECOND, Rank.SECOND, Rank.SECOND, [1], [1]),
        ),
    ),
]

REFERENCES = [
    Case(
        "FlyteFile",
        (
            FlyteFile("s3://b/f"),
            FlyteFile("s3://b/f", format="csv"),
            FlyteFile("s3://b/f", metadata={"b": "1", "a": "2"}),
            "s3://b/f",
        ),
    ),
    Case(
        "FlyteFile['csv']",
        (FlyteFile("s3://b/f"), FlyteFile("s3://b/f", format="csv"), FlyteFile("s3://b/f", format="txt")),
    ),
    Case("FlyteDirectory['csv']", (FlyteDirectory("s3://b/d"), FlyteDirectory("s3://b/d", format="csv"))),
    Case(
        "StructuredDataset",
        (
            StructuredDataset("s3://b/t"),
            StructuredDataset("s3://b/t", format="parquet", external_schema_type="arrow"),
            FlyteSchema("s3://b/s"),
        ),
    ),
    Case("Annotated[StructuredDataset, {'b': int, 'a': str}, 'parquet']", (StructuredDataset("s3://b/t"),)),
    Case("FlyteSchema", (FlyteSchema("s3://b/s"), FlyteSchema("s3://b/s", columns=(("b", int), ("a", str))))),
    Case("FlyteSchema[{'b': int, 'a': float}]", (FlyteSchema("s3://b/s"),)),
    Case("FlyteError", (FlyteError("failed"), FlyteError("failed", "n0"))),
    Case("list[FlyteFile | FlyteDirectory]", ([FlyteFile("s3://b/f"), FlyteDirectory("s3://b/d")],)),
    Case("Annotated[int, 'words']", (1,)),
]


def _unions() -> Iterator[Case]:
    """Members that msgpack cannot always tell apart, in every order: what A1 of the findings is about."""
    for members, values in (
        (("Literal['a', 1]", "Rank"), ("a", 1, Rank.FIRST, Rank.SECOND, True, 2, "b")),
        (("Literal[1, 'a']", "Rank"), ("a", 1, Rank.FIRST, Rank.SECOND)),
        (("Literal[True, 1]", "Rank"), (True, 1, Rank.FIRST, Rank.SECOND)),
        (("Literal[1, True]", "bool"), (True, 1, False)),
        (("Literal['a', 1]", "str", "int"), ("a", 1, "b", 2, True)),
        (("Literal['a', 1, 2.5]", "float", "Word"), ("a", 1, 1.0, 2.5, Word.A, Word.ONE)),
        (("Literal['a', 1, None]", "Shade", "Rank"), ("a", 1, None, Shade.A, Shade.RED, Rank.FIRST, Rank.SECOND)),
        (("Literal['2024-02-29', 1]", "date"), ("2024-02-29", 1, DAY)),
        (("Literal[b'YQ==', 'YQ==']", "bytes"), (b"YQ==", "YQ==", b"a")),
        (("Mixed", "Rank", "Word"), (*Mixed, *Rank, *Word, 1, "a")),
        (("Mixed", "int | bool"), (*Mixed, 0, 2, False)),
        (("Twice", "Rank"), (*Twice, Rank.FIRST, 1)),
        (("Word", "Shade"), (Word.A, Shade.A, Shade.RED, "a", "red")),
        (("Word", "str"), (Word.A, "a", "b")),
        (("Half", "float"), (Half.HALF, 0.5, 2.0, 3.0)),
        (("Half", "int"), (Half.HALF, Half.WHOLE, 2)),
        (("IntBits", "int"), (IntBits.R, IntBits.BOTH, 1, 4)),
        (("int", "float"), (1, 1.0, -0.0, 2**53 + 1, True, NAN)),
        (("int", "bool"), (1, True, 1.0)),
        (("int", "float", "bool"), (1, 1.0, True, -0.0)),
        (("float", "timedelta"), (1.0, 1.5, HOUR, NAN)),
        (("int", "timedelta"), (1, HOUR, dt.timedelta(seconds=1.5))),
        (("date", "datetime"), (DAY, NOON, MIDNIGHT, NOON.replace(tzinfo=None))),
        (("date", "datetime", "str"), (DAY, NOON, "a", "2024-02-29", "2024-02-29T12:00:00Z", "20240229")),
        (("str", "bytes"), ("a", b"a", "YQ==", "a b")),
        (("bytes", "date"), (b"a", DAY, b"2024-02-29")),
        (("None", "str"), (None, "", "null")),
        (("int", "str", "None"), (1, "1", None)),
        (("list[int]", "list[str]"), ([], [1], ["a"], [1, "a"])),
        (("list[int]", "list[float]"), ([], [1], [1.0], [1, 1.0])),
        (("list[int]", "dict[str, int]"), ([], {}, {"a": 1})),
        (("dict[str, int]", "dict[str, str]"), ({}, {"a": 1}, {"a": "a"})),
        (("dict[str, int]", "dict[int, int]"), ({}, {"a": 1}, {1: 1}, {"1": 1})),
        (("dict", "dict[str, int]"), ({}, {"a": 1}, {"a": "a"})),
        (("dict", "Cat"), ({}, {"name": "a"}, {"name": "a", "lives": 9}, Cat("a"))),
        (("dict[str, int]", "Point"), ({"x": 1}, Point(1), Spot(1))),
        (("Cat", "Dog"), (Cat("a"), Dog("a"), Dog("a", 1), {"name": "a"})),
        (("Cat", "Dog", "None"), (Cat("a"), Dog("a", 1), None)),
        (("Point", "Spot"), (Point(1), Spot(1), Plane(1, 2.0))),
        (("Point", "Plane"), (Point(1), Plane(1, 2.0), Plane(1, 2.0, 3.0))),
        (("Point", "Empty"), (Point(1), Empty())),
        (("list[Cat]", "list[Eel]"), ([], [Cat("a")], [Eel(1.0)])),
        (("list[Cat | Dog]", "dict[str, Cat]"), ([Cat("a"), Dog("b")], {"a": Cat("a")})),
        (("Chain", "Point"), (Chain(1, Chain(2)), Point(1))),
        (("FlyteFile", "FlyteDirectory"), (FlyteFile("s3://b/f"), FlyteDirectory("s3://b/d"))),
        (("FlyteFile", "str"), (FlyteFile("s3://b/f"), "s3://b/f")),
        (("StructuredDataset", "FlyteSchema"), (StructuredDataset("s3://b/t"), FlyteSchema("s3://b/s"))),
        (("Any", "int"), (1, "a")),
    ):
        yield from (Case(one, values) for one in orders(*members))
    yield Case("Literal['a', 1] | Rank | Word | None", ("a", 1, Rank.FIRST, Word.A, Word.ONE, None))
    yield Case("(int | None) | (str | None)", (1, "a", None))
    yield Case("Optional[list[Union[int, str]]]", (None, [1, "a"]))
    yield Case("Union[List[Union[int, str]], Dict[str, Union[str, int]]]", ([1, "a"], {"a": 1}))


REFUSED = [
    *("set", "set[int]", "tuple[int, ...]", "tuple[int, str]", "complex", "object", "type", "list", "list[set]"),
    *(
        "dict[str, set]",
        "dict[Point, int]",
        "dict[list[int], int]",
        "Callable[[], int]",
        "list[int, str]",
        "(list, float)",
    ),
    *("NamedTuple", "Union[int, set]", "5", "'int'", "frozenset[int]", "bytearray", "Sequence[int]", "Optional[tuple]"),
]

TIME_TEXTS = (
    *("2024-02-29", "20240229", "2024-W09-4", "2024-060", "2024-2-29", " 2024-02-29", "2024-02-29\n", "2023-02-29"),
    *("0000-01-01", "10000-01-01", "٢٠٢٤-٠٢-٢٩", "2024-02-29T12", "2024-02-29T12Z", "2024-02-29T12:30", "2024-02-29T"),
    *(
        "2024-02-29T12:30:00Z",
        "2024-02-29t12:30:00z",
        "20240229T123000Z",
        "2024-02-29T12:30:00.1",
        "2024-02-29T12:30:00,5",
    ),
    *("2024-02-29T12:30:00.1234567", "2024-02-29T12:30:00.", "2024-02-29T24:00:00", "2024-02-29T23:59:60Z"),
    *("2024-02-29T12:30:00+0530", "2024-02-29T12:30:00+05", "2024-02-29T12:30:00+05:30:15.123456"),
    *("2024-02-29 12:30:00-00:00", "2024-02-29T12:30:00+24:00", "2024-02-29T12:30:00+23:59:59.999999"),
    *(
        "2024-02-29T12:30:00 +05:30",
        "2024-02-29\U0001f60012:30:00",
        "2024-02-29T12:30:00[Europe/Berlin]",
        "",
        0,
        1.5,
        None,
    ),
)
NUMBER_TEXTS = (
    *(
        "1",
        "-1",
        "+1",
        "01",
        "-0",
        "1_000",
        " 1",
        "1 ",
        "٣",
        "\U0001e4f3",
        "²",
        "1.0",
        "1.5",
        "1e3",
        "1.",
        ".5",
        "1_0.5",
    ),
    *("9223372036854775808", "9" * 5000, "1e400", "nan", "NaN", "-nan", "inf", "Infinity", "-Infinity", "INF", "0x1p3"),
    *("true", "True", "TRUE", "false", "null", "None", "", "a", "2024-02-29", "1e-7", "-0.0", "0.1", "1E3", "3600"),
)
BYTES_TEXTS = (
    *(
        "",
        "YQ==",
        "YQ=",
        "YQ",
        "YQ===",
        "YQ==YQ==",
        "Y Q==",
        "YR==",
        "YQ==\n",
        "_-8=",
        "/+8=",
        "YQ=a",
        "=",
        "====",
        "é",
    ),
    *(b"a", [97], "YWE=", "YWE", "YWFh", "YWFh=", "YWFh=="),
)
PLAIN = (
    0,
    1,
    -1,
    1.0,
    1.5,
    -0.0,
    NAN,
    math.inf,
    2**63,
    2**64 - 1,
    1e19,
    1e300,
    1e-7,
    True,
    None,
    "a",
    "1",
    b"a",
    [],
    {},
)

FOREIGN = [
    *(Foreign(one, TIME_TEXTS) for one in ("date", "datetime", "date | str", "datetime | date | str")),
    *(Foreign(one, BYTES_TEXTS) for one in ("bytes", "str | bytes", "bytes | str")),
    *(
        Foreign(one, PLAIN)
        for one in ("bool", "int", "float", "str", "timedelta", "Any", "None", "Rank", "Half", "Mixed")
    ),
    *(
        Foreign(one, PLAIN)
        for one in ("int | float", "float | int", "bool | int | None", "Literal['a', 1] | Rank", "dict", "list")
    ),
    *(
        Foreign(f"dict[{key}, int]", tuple({text: 0} for text in texts if not isinstance(text, list)))
        for keys, texts in (
            (("int", "float", "bool", "None", "timedelta", "Rank", "Literal[1, True]", "int | bool"), NUMBER_TEXTS),
            (("int | None", "float | int", "Mixed", "str | int"), NUMBER_TEXTS),
            (("date", "datetime"), TIME_TEXTS),
            (("bytes",), BYTES_TEXTS),
        )
        for key in keys
    ),
    Foreign(
        "dict[float, int]", ({"1.5": 0, "1.50": 1}, {"nan": 0, "NaN": 1}, {NAN: 0, "nan": 1}, {"0.0": 1, "-0.0": 2})
    ),
    Foreign("Point", ({"x": 1}, {"x": 1, "y": 2, "more": 3}, {}, {"x": 1.0, "y": "a"}, {1: 2}, [], None)),
    Foreign(
        "Cat | Dog", ({"name": "a"}, {"name": "a", "lives": 1}, {"name": "a", "age": None}, {"name": "a", "x": 1}, {})
    ),
    Foreign("Owner", ({}, {"name": None}, {"name": None, "born": None}, {"name": "a", "born": "2024-02-29"})),
    Foreign("Chain", ({"value": 1, "rest": {"value": 2, "rest": None}}, {"value": 1, "rest": {"value": "a"}})),
]

VARIABLES = ("x", "a b", "", "é", "1", "x" * 50, "\u0378", "\U0001fae8", "a\nb")
"""Names in paths. No letters of Unicode 14 and later: Pythons differ in which of them may stand in an identifier."""


def cases() -> list[Case]:
    every = [*SCALARS, *CHOICES, *LISTS_AND_DICTS, *RECORDS, *REFERENCES, *_unions()]
    return [*every, *(Case(one, ()) for one in REFUSED)]
