# SPDX-License-Identifier: Apache-2.0
"""What ``fidelity`` says of whole types: every loss with its path, its reason and its witness."""

import dataclasses
import datetime as dt
import enum
import itertools
import typing
from dataclasses import dataclass, field, make_dataclass
from typing import Annotated, Any, Optional, Union

import attrs
import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    Fidelity,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    Loss,
    StructuredDataset,
    UnsupportedTypeError,
    dict_to_literal_map,
    fidelity,
    literal_map_to_kwargs,
    to_literal_type,
)
from shimlite._idl import LiteralType, Variable
from shimlite._types import witnesses
from shimlite._types.losses import MOST_LOSSES
from shimlite.equality import same

from .stripping import stripped_type
from .support import refusal, simple

UTC = dt.timezone.utc
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=UTC)
DAY = dt.date(2024, 2, 29)
URI = "s3://bucket/key"
JSON = "JSON-like data has no such type"
CLASS = "it is read as another class"
PLAIN = "JSON-like data has a dict for it"
MEMBER = "its value travels, its class does not"
FIXED = "no parameter of its class sets it"
LOCATION = "a record holds little but the location"

DATE = Loss("", "that it was a date", "Flyte has one type for both, DATETIME", DAY)
ZONE = Loss("", "the zone", "a Timestamp is a moment in UTC", NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=2))))
NAIVE = Loss("", "that it was naive", "it counts as UTC", NOON.replace(tzinfo=None))
FOLD = Loss("", "fold", "neither a moment in UTC nor an offset has it", NOON.replace(fold=1))
HOUR = Loss("", "the time of day", "a date has none", NOON)
TUPLE = Loss("", "that it was a tuple", "msgpack has lists alone", (1,))
BYTEARRAY = Loss("", "that it was a bytearray", "msgpack has bytes alone", bytearray(b"a"))
UNTYPED = (
    TUPLE._replace(path="[key]", witness={"a": (1,)}),
    BYTEARRAY._replace(path="[key]", witness={"a": bytearray(b"a")}),
)


def at(path: str, loss: Loss, whole: Any) -> Loss:
    """The loss of a part, as that of the whole that ``whole`` makes of its witness."""
    return Loss(path + loss.path, loss.what, loss.why, whole(loss.witness))


def left_open(value: Any) -> Loss:
    return Loss("", "what it left open", "what its type says is written for it", value)


def sent(value: Any, written: Any, read: Any) -> Any:
    """What really comes back of a value, which is the same for the type as a pod gets it."""
    literal_type = to_literal_type(written)
    in_pod = sent_as(value, written, read, stripped_type(literal_type))
    assert same(in_pod, sent_as(value, written, read, literal_type))
    return in_pod


def sent_as(value: Any, written: Any, read: Any, literal_type: LiteralType) -> Any:
    variables = {"x": Variable(type=literal_type)}
    literals = dict_to_literal_map({"x": value}, variables, {"x": written})
    return literal_map_to_kwargs(literals, variables, {"x": read})["x"]


def check(written: Any, read: Any, *expected: Loss) -> Fidelity:
    """These are the losses, to the last bit, and each witness is lost, both by the projection and in truth."""
    found = fidelity(written, read)
    assert same(found.losses, expected), found.losses
    assert found.exact is (not expected)
    for loss in found.losses:
        if loss.witness is not None:
            back = found.project(loss.witness)
            assert not same(back, loss.witness)
            assert same(sent(loss.witness, found.python_type, found.decoded_as), back)
    return found


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"


class Colors(enum.Enum):
    BLUE = "blue"
    GREEN = "green"
    RED = "red"


class Shade(str, enum.Enum):
    DARK = "dark"


class Rank(enum.IntEnum):
    ONE = 1


class Nobody(enum.Enum):
    pass


@dataclass
class Point:
    x: int


@dataclass
class Wider:
    x: int
    y: int = 0


@dataclass
class Needy:
    x: int
    y: int


@attrs.define
class Place:
    x: int


@dataclass
class Event:
    at: dt.datetime
    name: str = ""


@dataclass
class Refusing:
    day: dt.date

    def __post_init__(self) -> None:
        raise ValueError


@dataclass
class Tree:
    at: dt.datetime
    left: Optional["Tree"] = None
    children: "list[Tree]" = field(default_factory=list)


@attrs.define
class Chain:
    next: Optional["Chain"]
    at: dt.datetime


@dataclass
class Endless:
    again: "Endless"


@dataclass(frozen=True)
class Counted:
    x: int
    version: int = field(default=3, init=False)


# --- every row -------------------------------------------------------------------------------------------------------

SCALARS = [type(None), bool, int, float, str, bytes, dt.timedelta, FlyteError]
REFERENCES: list[tuple[Any, tuple[Loss, ...]]] = [
    (FlyteFile, ()),
    (FlyteFile["csv"], (left_open(FlyteFile(URI)),)),
    (FlyteDirectory, ()),
    (FlyteDirectory["csv"], (left_open(FlyteDirectory(URI)),)),
    (StructuredDataset, ()),
    (Annotated[StructuredDataset, "csv"], (left_open(StructuredDataset(URI)),)),
    (Annotated[StructuredDataset, {"id": int}], (left_open(StructuredDataset(URI)),)),
    (FlyteSchema, ()),
    (FlyteSchema[{"id": int}], (left_open(FlyteSchema(URI)),)),
]


@pytest.mark.parametrize("python_type", SCALARS)
def test_scalars_lose_nothing(python_type):
    check(python_type, python_type)
    check(python_type, None)


@pytest.mark.parametrize(("python_type", "expected"), REFERENCES)
def test_references_lose_what_they_leave_open_and_their_type_says(python_type, expected):
    check(python_type, python_type, *expected)
    check(python_type, None, *expected)


def test_times():
    check(dt.datetime, dt.datetime, ZONE, NAIVE, FOLD)
    check(dt.datetime, None, ZONE, NAIVE, FOLD)
    check(dt.datetime, dt.date, ZONE, NAIVE, FOLD, HOUR)
    check(dt.date, dt.date)
    check(dt.date, None, DATE)
    check(dt.date, dt.datetime, DATE)


def test_what_comes_back_of_a_time():
    assert same(fidelity(dt.datetime).project(ZONE.witness), dt.datetime(2024, 2, 29, 10, tzinfo=UTC))
    assert same(fidelity(dt.datetime).project(NAIVE.witness), NOON)
    assert same(fidelity(dt.datetime, dt.date).project(NOON), DAY)
    assert same(fidelity(dt.date).project(DAY), dt.datetime(2024, 2, 29, tzinfo=UTC))
    assert same(fidelity(dt.date, dt.date).project(DAY), DAY)


def test_enums():
    lost = Loss("", "its class Color", MEMBER, Color.RED)
    check(Color, Color)
    assert check(Color, None, lost).project(Color.BLUE).value == "blue"
    assert check(Color, Colors, lost).project(Color.RED) is Colors.RED
    assert check(Shade, None, Loss("", "its class Shade", MEMBER, Shade.DARK)).project(Shade.DARK).value == "dark"
    check(Nobody, None)
    check(Nobody, Color)


def test_literals():
    for choice, scalar in ((typing.Literal["a", "b"], str), (typing.Literal[1], int), (typing.Literal[1.5], float)):
        check(choice, choice)
        check(choice, None)
        check(choice, scalar)
    check(typing.Literal["a"], typing.Literal["b", "a"])
    check(typing.Literal[2**63], None)  # refused, so not lost


def test_containers_lose_what_they_hold():
    check(list[dt.date], None, at("[i]", DATE, lambda lost: [lost]))
    check(list[dt.date], list[dt.date])
    check(dict[str, dt.date], None, at("[key]", DATE, lambda lost: {"a": lost}))
    check(dict[str, dt.date], dict[str, dt.date])
    check(dict[str, list[dt.date]], None, at("[key][i]", DATE, lambda lost: {"a": [lost]}))
    check(list[Nobody], None)


def test_an_untyped_dict_loses_what_msgpack_has_no_type_for():
    lost = [at("[key]", one, lambda witness: {"a": witness}) for one in (TUPLE, BYTEARRAY)]
    check(dict, dict, *lost)
    check(dict, None, *lost)


def test_a_dict_of_other_keys():
    pair = dict[dt.date, dt.datetime]
    check(pair, pair, at("[key]", FOLD, lambda lost: {DAY: lost}))
    check(
        pair,
        None,
        Loss("(key)", "that it was a date", JSON, {DAY: NOON}),
        Loss("[key]", "that it was a datetime", JSON, {DAY: NOON}),
    )
    check(
        dict[Rank, Point],
        None,
        Loss("(key)", "its class Rank", MEMBER, {Rank.ONE: Point(1)}),
        Loss("[key]", "its class Point", "JSON-like data has a dict for it", {Rank.ONE: Point(1)}),
    )
    check(dict[typing.Literal[1, 2], int], dict[int, int])
    check(dict[int, Any], None, *(at("[key]", one, lambda lost: {1: lost}) for one in (TUPLE, BYTEARRAY)))


def test_a_key_that_has_no_example_shows_nothing():
    check(dict[Nobody, int], None)
    empty = make_dataclass("Empty", [("by_nobody", dict[Nobody, int]), ("day", dt.date)])
    check(empty, empty)
    assert fidelity(empty).losses[-1] == Loss(".day", "that it was a date", JSON, empty({}, DAY))
    check(dict[Nobody, dt.date], None, Loss("[key]", "that it was a date", JSON, None))


# --- Fidelity itself -------------------------------------------------------------------------------------------------


def test_its_types_are_told():
    found = fidelity(dt.date)
    assert (found.python_type, found.decoded_as) == (dt.date, dt.datetime)
    found = fidelity(to_literal_type(dt.date), dt.date)
    assert (found.python_type, found.decoded_as) == (dt.datetime, dt.date)
    assert fidelity(dt.date) == fidelity(dt.date, dt.datetime)
    assert fidelity(dt.date) != fidelity(dt.date, dt.date)
    assert "_project" not in repr(fidelity(int))


def test_a_literal_type_will_do_on_either_side():
    check(dt.date, to_literal_type(dt.date), DATE)
    check(to_literal_type(dt.datetime), dt.date, ZONE, NAIVE, FOLD, HOUR)
    for literal_type in (to_literal_type(Point), stripped_type(to_literal_type(Point))):
        check(literal_type, None, *UNTYPED)
        check(Point, literal_type, Loss("", "its class Point", PLAIN, Point(1)))
        assert refusal(UnsupportedTypeError, fidelity, literal_type, Point) == "not every dict can be read as Point"
    check(LiteralType(union_type={}), None)


def test_annotated_words_do_not_matter():
    check(Annotated[dt.date, "a"], Annotated[dt.date, "b"])


PROJECTED: list[tuple[Any, Any, Any, Any]] = [
    (float, None, 3, 3.0),
    (dt.timedelta, None, dt.timedelta(microseconds=-1), dt.timedelta(microseconds=-1)),
    (dt.datetime, None, DAY, dt.datetime(2024, 2, 29, tzinfo=UTC)),
    (Color, Colors, "blue", Colors.BLUE),
    (dict[str, int], None, {"a": 1}, {"a": 1}),
    (dict, None, {"a": (1, bytearray(b"b"))}, {"a": [1, b"b"]}),
    (FlyteFile["csv"], None, FlyteFile("a"), FlyteFile("a", format="csv")),
    (FlyteFile, None, FlyteFile("a", metadata={"k": "v"}), FlyteFile("a", metadata={"k": "v"})),
    (FlyteDirectory["csv"], None, FlyteDirectory("a"), FlyteDirectory("a", format="csv")),
    (
        Annotated[StructuredDataset, {"id": int}, "csv"], None, StructuredDataset("a"),
        StructuredDataset("a", format="csv", columns=(("id", simple("INTEGER")),)),
    ),
    (FlyteSchema[{"id": int}], None, FlyteSchema("a"), FlyteSchema("a", columns=(("id", int),))),
    (FlyteError, None, FlyteError("a", "n0"), FlyteError("a", "n0")),
    (Union[int, str], None, "a", "a"),
    (Union[int, float], None, 1, 1),
    (Optional[dt.date], None, DAY, DAY),
    (Point, dict, Point(2), {"x": 2}),
    (Point, Wider, Point(2), Wider(2, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "read", "value", "back"), PROJECTED)
def test_what_comes_back_is_what_really_does(written, read, value, back):
    found = fidelity(written, read)
    assert same(found.project(value), back)
    assert same(sent(value, found.python_type, found.decoded_as), back)


NOT_PROJECTED: list[tuple[Any, Any, Any, type[Exception], str]] = [
    (int, None, True, ConversionTypeError, "expected INTEGER, got bool"),
    (int, None, 2**63, ConversionValueError, "expected INTEGER, got int beyond int64"),
    (bytes, None, bytearray(b"a"), ConversionTypeError, "expected BINARY, got bytearray"),
    (dt.timedelta, None, 1.5, ConversionTypeError, "expected DURATION, got float"),
    (
        dt.timedelta, None, dt.timedelta.max, ConversionValueError,
        "expected DURATION, got timedelta beyond 10,000 years",
    ),
    (dt.date, None, NOON, ConversionTypeError, "expected DATETIME, got datetime"),
    (
        dt.datetime, None, dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), ConversionValueError,
        "expected DATETIME, got a time outside the years 1 to 9999 in UTC",
    ),
    (Color, Colors, "green", ConversionValueError, "expected Color, got str that is not one of its values"),
    (
        typing.Literal["a"], typing.Literal["a", "b"], "b", ConversionValueError,
        "expected Literal['a'], got str that is not one of its values",
    ),
    (list[dt.date], None, (), ConversionTypeError, "expected list[date], got tuple of 0"),
    (list[dt.date], None, [DAY, 1], ConversionTypeError, "[1]: expected DATETIME, got int"),
    (dict[str, int], None, {1: 1}, ConversionTypeError, "[1]: expected a key of str, got int"),
    (dict[str, int], None, [], ConversionTypeError, "expected dict[str, int], got list of 0"),
    (
        FlyteFile["csv"], None, FlyteFile("a", format="tsv"), ConversionValueError,
        "expected FlyteFile of format 'csv', got format 'tsv'",
    ),
    (FlyteFile, None, "a", ConversionTypeError, "expected FlyteFile, got str; wrap the location: FlyteFile(uri)"),
    (
        FlyteSchema, None, FlyteSchema("a", columns=(("id", dict),)), ConversionTypeError,
        "expected FlyteSchema, got a column of another type; use int, float, str, bool, datetime or timedelta",
    ),
    (Union[int, str], None, 1.5, ConversionTypeError, "expected int | str, got float"),
    (Point, None, Place(2), ConversionTypeError, "expected Point, got Place"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "read", "value", "kind", "message"), NOT_PROJECTED)
def test_what_cannot_be_written_is_refused_in_the_same_words(written, read, value, kind, message):
    found = fidelity(written, read)
    assert refusal(kind, found.project, value) == message
    joint = "" if message.startswith("[") else ": "
    assert refusal(kind, sent, value, found.python_type, found.decoded_as) == f"x{joint}{message}"


# --- records ---------------------------------------------------------------------------------------------------------


def test_a_class_of_its_own_loses_what_its_fields_do():
    check(Point, Point)
    check(Event, Event, at(".at", FOLD, Event))
    check(
        Event,
        None,
        Loss("", "its class Event", PLAIN, Event(NOON)),
        Loss(".at", "that it was a datetime", JSON, Event(NOON)),
    )


def test_a_default_stands_in_the_other_fields_witnesses():
    @attrs.frozen
    class Defaulted:
        number: int = 7
        names: list[str] = attrs.field(factory=lambda: ["x"])
        at: dt.datetime = NAIVE.witness

    check(Defaulted, Defaulted, at(".at", FOLD, lambda lost: Defaulted(7, ["x"], lost)))


def test_from_the_template_alone_a_class_is_a_dict_of_plain_data():
    found = check(Point, None, Loss("", "its class Point", PLAIN, Point(1)))
    assert found.decoded_as is dict
    assert same(found.project(Point(4)), {"x": 4})
    assert same(fidelity(Event).losses, fidelity(Event, dict).losses)


def test_a_dict_is_a_dict_whatever_class_it_was_registered_as():
    assert same(fidelity(to_literal_type(Wider)).project({"x": (1, "a")}), {"x": [1, "a"]})
    check(dict, to_literal_type(Wider), *UNTYPED)


def test_another_class_reads_the_fields_that_it_has():
    lost = Loss("", "its class Wider", CLASS, Wider(1))
    check(Point, Wider, Loss("", "its class Point", CLASS, Point(1)))
    check(Point, Place, Loss("", "its class Point", CLASS, Point(1)))
    check(Place, Point, Loss("", "its class Place", CLASS, Place(1)))
    check(Wider, Point, lost, Loss(".y", "what it held", "Point has no such field", Wider(1, 1)))


REFUSED: list[tuple[Any, Any, str]] = [
    (Point, Needy, "not every Point can be read as Needy"),
    (Point, dict[int, int], "not every Point can be read as dict[int, int]"),
    (Point, dict[str, str], "not every int can be read as str"),
    (Point, list[int], "list[int] does not fit STRUCT"),
    (dict, Point, "not every dict can be read as Point"),
    (dict, dict[int, int], "not every Any can be read as int"),
    (dict[int, int], dict[float, int], "not every int can be read as float"),
    (str, typing.Literal["a"], "not every str can be read as Literal['a']"),
    (typing.Literal["a", "b"], typing.Literal["a"], "not every Literal['a', 'b'] can be read as Literal['a']"),
    (typing.Literal[True], int, "int does not fit BOOLEAN"),
    (Colors, Color, "Color lacks 1 of the enum's values"),
    (typing.Literal["red"], Color, "Color does not fit STRING"),
    (int, float, "float does not fit INTEGER"),
    (Optional[dt.date], dt.date, "date does not fit NONE"),
    (dt.date, Union[dt.date, dt.datetime], "date | datetime does not fit DATETIME"),
    (FlyteFile, FlyteDirectory, "FlyteDirectory does not fit blob"),
    (FlyteFile["csv"], FlyteFile["tsv"], "FlyteFile['tsv'] does not fit blob"),
    (list[int], list[str], "str does not fit INTEGER"),
    (list[str], list[typing.Literal["a"]], "not every str can be read as Literal['a']"),
    (int, typing.NoReturn, "NoReturn does not fit INTEGER"),
    (Any, None, "Any has no LiteralType; use dict for JSON-like values"),
    (int, Any, "Any does not fit INTEGER"),
    (Union[Point, Wider], Optional[Point], "not every Point | Wider can be read as Point | None"),
    (tuple, None, "tuple is not supported; use list[T]"),
    ("int", None, "a str is not supported; use the class itself, not its name"),
    (int, "int", "a str is not supported; use the class itself, not its name"),
    (LiteralType(simple=42), None, "the LiteralType simple 42 is not known to this shimlite"),
    (int, LiteralType(simple=42), "the LiteralType simple 42 is not known to this shimlite"),
    (make_dataclass("Odd", [("t", tuple)]), None, "Odd.t: tuple is not supported; use list[T]"),
]


@pytest.mark.parametrize(("written", "read", "message"), REFUSED)
def test_refusals(written, read, message):
    assert refusal(UnsupportedTypeError, fidelity, written, read) == message


def holder(kind: Any) -> Any:
    return make_dataclass("Holder", [("f", kind)])


def check_field(written: Any, read: Any, *expected: Loss) -> None:
    """What a field of the one type loses, read as a field of the other by another class."""
    writer, reader = holder(written), holder(read)
    found = fidelity(writer, reader)
    own, *lost = found.losses
    assert (own.path, own.what, own.why) == ("", "its class Holder", CLASS)
    assert same(tuple(lost), tuple(at(".f", loss, writer) for loss in expected))
    for loss in (own, *lost):
        if loss.witness is not None:
            assert not same(found.project(loss.witness), loss.witness)
            assert same(sent(loss.witness, writer, reader), found.project(loss.witness))


CSV = FlyteFile(URI, format="csv", metadata={"key": "value"})
FULL = StructuredDataset(
    URI,
    format="parquet",
    columns=(("id", simple("INTEGER")),),
    external_schema_type="arrow",
    external_schema_bytes=b"\x00",
    hash="other",
)
OTHER = attrs.evolve(CSV, format="other", hash="other")
HASHED = attrs.evolve(CSV, hash="other")
TABLE = FlyteSchema(URI, columns=(("id", int),), hash="other")
IN_FIELDS: list[tuple[Any, Any, tuple[Loss, ...]]] = [
    (int, int, ()),
    (int, Any, ()),
    (dt.date, dt.date, ()),
    (dt.date, Any, (Loss("", "that it was a date", JSON, DAY),)),
    (dt.datetime, dt.datetime, (FOLD,)),
    (dt.datetime, Any, (Loss("", "that it was a datetime", JSON, NOON),)),
    (Any, Any, (TUPLE, BYTEARRAY)),
    (list, list[Any], tuple(at("[i]", one, lambda lost: [lost]) for one in (TUPLE, BYTEARRAY))),
    (list[int], list, ()),
    (list[dt.date], Any, (Loss("[i]", "that it was a date", JSON, [DAY]),)),
    (dict[str, int], dict, ()),
    (dict[str, dt.date], dict[str, Any], (Loss("[key]", "that it was a date", JSON, {"a": DAY}),)),
    (Point, Point, ()),
    (Point, Any, (Loss("", "its class Point", "JSON-like data has a dict for it", Point(1)),)),
    (Point, dict, (Loss("", "its class Point", PLAIN, Point(1)),)),
    (Point, dict[str, int], (Loss("", "its class Point", PLAIN, Point(1)),)),
    (dt.date, dt.datetime, (Loss("", DATE.what, DATE.why, DAY),)),
    (Color, Color, ()),
    (Color, str, (Loss("", "its class Color", MEMBER, Color.RED),)),
    (Color, typing.Literal["blue", "red"], (Loss("", "its class Color", MEMBER, Color.RED),)),
    (Rank, float, (Loss("", "its class Rank", MEMBER, Rank.ONE),)),
    (typing.Literal["red"], Color, (Loss("", "its class str", MEMBER, "red"),)),
    (typing.Literal[1], float, (Loss("", "its class int", MEMBER, 1),)),
    (typing.Literal["a", 1], typing.Literal[1, "b", "a"], ()),
    (FlyteFile, FlyteFile, ()),
    (FlyteFile["csv"], FlyteFile["csv"], (left_open(FlyteFile(URI)),)),
    (FlyteFile, Any, (Loss("", "that it was a FlyteFile", JSON, FlyteFile(URI)),)),
    (FlyteDirectory, FlyteDirectory, ()),
    (
        StructuredDataset,
        StructuredDataset,
        tuple(
            Loss("", f"its {name}", LOCATION, FULL)
            for name in ("columns", "external_schema_type", "external_schema_bytes")
        ),
    ),
    (FlyteSchema, FlyteSchema, (Loss("", "its columns", LOCATION, TABLE), Loss("", "its hash", LOCATION, TABLE))),
    (FlyteError, FlyteError, ()),
]


@pytest.mark.parametrize(("written", "read", "expected"), IN_FIELDS)
def test_in_a_field(written, read, expected):
    check_field(written, read, *expected)


FIELDS_REFUSED: list[tuple[Any, Any, str]] = [
    (int, str, "not every int can be read as str"),
    (int, float, "not every int can be read as float"),
    (Any, int, "not every Any can be read as int"),
    (dt.datetime, dt.date, "not every datetime can be read as date"),
    (list[int], dict, "not every list[int] can be read as dict"),
    (dict[str, int], list, "not every dict[str, int] can be read as list"),
    (dict, dict[str, int], "not every Any can be read as str"),
    (Point, int, "not every Point can be read as int"),
    (Point, dict[str, str], "not every int can be read as str"),
    (Color, typing.Literal["red"], "not every Color can be read as Literal['red']"),
    (Colors, Color, "not every Colors can be read as Color"),
    (FlyteFile["csv"], FlyteFile["tsv"], "not every FlyteFile['csv'] can be read as FlyteFile['tsv']"),
    (FlyteFile, dict, "not every FlyteFile can be read as dict"),
    (StructuredDataset, FlyteSchema, "not every StructuredDataset can be read as FlyteSchema"),
]


@pytest.mark.parametrize(("written", "read", "message"), FIELDS_REFUSED)
def test_a_field_that_cannot_be_read(written, read, message):
    assert refusal(UnsupportedTypeError, fidelity, holder(written), holder(read)) == message


def test_a_class_read_as_a_dict():
    check(
        Event,
        dict,
        Loss("", "its class Event", PLAIN, Event(NOON)),
        Loss(".at", "that it was a datetime", JSON, Event(NOON)),
    )


def test_what_no_parameter_sets_is_lost():
    lost = Loss(".version", "what it held", FIXED, Counted(1))
    object.__setattr__(lost.witness, "version", 1)
    found = check(Counted, Counted, lost)
    assert found.project(lost.witness) == Counted(1)
    plain = check(Counted, None, Loss("", "its class Counted", PLAIN, Counted(1)))
    assert same(plain.project(lost.witness), {"x": 1, "version": 1})


def test_what_a_frozen_class_with_slots_does_not_set_is_lost():
    @attrs.frozen
    class Slotted:
        day: dt.date = attrs.field(alias="when")
        made: str = attrs.field(default="here", init=False)

    held = Slotted(DAY)
    object.__setattr__(held, "made", "a")
    check(Slotted, Slotted, Loss(".made", "what it held", FIXED, held))


def test_what_no_parameter_sets_is_not_read_by_another_class_either():
    wider = make_dataclass("Other", [("x", int), ("version", int)])
    held = Counted(1)
    object.__setattr__(held, "version", 1)
    check(Counted, wider, Loss("", "its class Counted", CLASS, Counted(1)))
    check(
        wider,
        Counted,
        Loss("", "its class Other", CLASS, wider(1, 1)),
        Loss(".version", "what it held", "Counted has no such field", wider(1, 1)),
    )


def test_a_class_that_refuses_its_example_has_no_witness():
    refused, day = Loss("", "its class Refusing", PLAIN, None), Loss(".day", "that it was a date", JSON, None)
    check(Refusing, None, refused, day)
    check(list[Refusing], None, *(loss._replace(path="[i]" + loss.path) for loss in (refused, day)))
    check(Optional[Refusing], None, refused, day)
    check(Union[Refusing, int], None, *(loss._replace(path="<Refusing>" + loss.path) for loss in (refused, day)))
    check(Refusing, make_dataclass("Other", [("day", dt.date)]), refused._replace(why=CLASS))
    both = make_dataclass("Both", [("a", Refusing), ("b", dt.datetime)])
    check(
        both,
        both,
        Loss(".b", FOLD.what, FOLD.why, None),
    )


def test_classes_that_hold_themselves():
    check(Tree, Tree, at(".at", FOLD, Tree))
    lost = [(loss.path, loss.what, loss.why) for loss in fidelity(Tree).losses]
    assert lost[:2] == [("", "its class Tree", PLAIN), (".at", "that it was a datetime", JSON)]
    check(Chain, Chain, at(".at", FOLD, lambda lost: Chain(None, lost)))
    check(Endless, Endless)
    check(Endless, None, Loss("", "its class Endless", PLAIN, None), Loss(".again", "its class Endless", PLAIN, None))
    deep = Tree(NOON, Tree(FOLD.witness), [Tree(NOON)])
    assert same(fidelity(Tree, Tree).project(deep), Tree(NOON, Tree(NOON), [Tree(NOON)]))


def test_names_with_dots_in_them():
    dotted = make_dataclass("a.b", [("x", dt.datetime)])
    check(
        Union[dotted, int],
        Union[dotted, int],
        at("<a.b>.x", FOLD, dotted),
    )


def test_a_class_with_a_parameter_that_is_no_field():
    @dataclass
    class Asking:
        x: int
        y: dataclasses.InitVar[int]

    @dataclass
    class Offering:
        x: int
        y: dataclasses.InitVar[int] = 1

    assert refusal(UnsupportedTypeError, fidelity, Asking) == (
        "Asking cannot be made from its fields: it asks for 'y' too"
    )
    check(Offering, Offering)


T = typing.TypeVar("T")


def test_generic_classes_are_outside_the_set():
    @dataclass
    class Box(typing.Generic[T]):
        x: T

    assert refusal(UnsupportedTypeError, fidelity, Box) == (
        "Box.x: T is not supported; use a type of the table in the README"
    )
    assert refusal(UnsupportedTypeError, fidelity, Box[int]) == (
        "Box[int] is not supported; use a dataclass or attrs class"
    )


def test_a_class_knows_more_of_its_fields_than_plain_data_do():
    half = enum.Enum("half", {"HALF": 0.5})
    own = make_dataclass("Own", [("x", half), ("xs", list[half])])
    check(own, own)
    assert same(fidelity(own).project(own(half.HALF, [half.HALF])), {"x": 0.5, "xs": [0.5]})
    lost = [(loss.path, loss.what, loss.why) for loss in fidelity(own).losses]
    assert lost == [
        ("", "its class Own", PLAIN),
        (".x", "its class half", MEMBER),
        (".xs[i]", "its class half", MEMBER),
    ]


def test_fields_that_have_no_example_are_empty():
    @dataclass
    class Family:
        at: dt.datetime
        children: list
        by_name: dict
        members: list[Nobody]

    Family.__annotations__.update(children=list[Family], by_name=dict[str, Family])
    check(Family, Family, at(".at", FOLD, lambda lost: Family(lost, [], {}, [])))


# --- unions ----------------------------------------------------------------------------------------------------------


def test_members_of_several_are_named_and_those_of_optional_are_not():
    check(Optional[dt.datetime], None, ZONE, NAIVE, FOLD)
    check(Optional[dt.date], None)
    check(
        Union[Color, Point, None],
        None,
        Loss("<Color>", "its class Color", MEMBER, Color.RED),
        Loss("<Point>", "its class Point", PLAIN, Point(1)),
    )
    check(
        Union[dt.date, dt.datetime],
        Union[dt.datetime, dt.date],
        *(at("<datetime>", loss, lambda lost: lost) for loss in (ZONE, NAIVE, FOLD)),
    )
    check(Optional[typing.Literal["a"]], Optional[str])
    check(Union[int, str], Union[str, int])
    check(typing.NoReturn, None)
    check(list[typing.NoReturn], None)


def test_a_union_reads_what_is_none():
    check(int, Optional[int])
    check(dt.date, Optional[dt.date])
    check(dt.datetime, Union[str, dt.date, None], ZONE, NAIVE, FOLD, HOUR)
    check(
        Union[Point, Wider],
        dict,
        Loss("<Point>", "its class Point", PLAIN, Point(1)),
        Loss("<Wider>", "its class Wider", PLAIN, Wider(1)),
    )


def test_two_members_that_take_a_value_make_it_ambiguous():
    choice = Union[typing.Literal["a"], typing.Literal["b"]]
    either = Union[list[int], list[str]]
    assert refusal(ConversionValueError, fidelity(either).project, []) == (
        "ambiguous: list of 0 fits 2 members of list[int] | list[str]"
    )
    assert fidelity(either).project(["a"]) == ["a"]
    assert (
        refusal(ConversionTypeError, fidelity(either).project, [1.5]) == "expected list[int] | list[str], got list of 1"
    )
    assert fidelity(choice).project("b") == "b"


def test_a_member_whose_witness_the_union_refuses_has_none():
    check(
        Union[list[Nobody], list[Color]],
        None,
        Loss("<list[Color]>[i]", "its class Color", MEMBER, [Color.RED]),
    )
    either = Union[list[str], list[Shade]]
    check(either, None, Loss("<list[Shade]>[i]", "its class Shade", MEMBER, None))
    assert refusal(ConversionValueError, fidelity(either).project, [Shade.DARK]) == (
        "ambiguous: list of 1 fits 2 members of list[str] | list[Shade]"
    )


FIELD_UNIONS: list[tuple[Any, Any, tuple[Loss, ...]]] = [
    (Union[int, str], Union[str, int], ()),
    (Union[int, str], Union[int, str, None], ()),
    (int, Union[str, int], ()),
    (int, Optional[int], ()),
    (Union[dt.date, str], Union[dt.date, str], ()),
    (Union[dt.date, str], Any, (Loss("<date>", "that it was a date", JSON, DAY),)),
    (Union[Point, Place], Union[Point, Place], ()),
    (dt.date, Union[dt.date, dt.datetime], ()),
    (int, Union[int, typing.Literal[0]], ()),
    (Union[dt.timedelta, typing.Literal[0]], Union[dt.timedelta, typing.Literal[0], None], ()),
    (
        Union[int, Point],
        Union[dict, int],
        (Loss("<Point>", "its class Point", PLAIN, Point(1)),),
    ),
    (
        Union[Color, int],
        Union[int, str],
        (Loss("<Color>", "its class Color", MEMBER, Color.RED),),
    ),
    (
        Color,
        Union[typing.Literal["red"], typing.Literal["blue"]],
        (Loss("", "its class Color", MEMBER, Color.RED),),
    ),
    (  # the last is read as the first, which is asked before the second all the same
        Union[FlyteSchema, FlyteFile, FlyteSchema[{"id": int}]],
        Union[FlyteSchema, FlyteFile],
        (
            Loss("<FlyteSchema>", "its columns", LOCATION, TABLE),
            Loss("<FlyteSchema>", "its hash", LOCATION, TABLE),
            Loss("<FlyteSchema>", "its columns", LOCATION, TABLE),
            Loss("<FlyteSchema>", "its hash", LOCATION, TABLE),
        ),
    ),
]


@pytest.mark.parametrize(("written", "read", "expected"), FIELD_UNIONS)
def test_a_union_in_a_field(written, read, expected):
    check_field(written, read, *expected)


def test_a_field_that_has_no_value():
    for read in (typing.NoReturn, int):
        found = fidelity(holder(typing.NoReturn), holder(read))
        assert found.losses == (Loss("", "its class Holder", CLASS, None),)


FIELD_UNIONS_REFUSED: list[tuple[Any, Any, str]] = [
    (Union[int, str], int, "not every str can be read as int"),
    (Optional[int], int, "not every None can be read as int"),
    (Union[int, float], Union[float, int], "not every int | float can be read as float | int"),
    (dt.date, Union[str, dt.date], "not every date can be read as str | date"),
    (Union[dt.date, str], Union[str, dt.date], "not every date | str can be read as str | date"),
    (Union[Point, Needy], Union[Needy, Point], "not every Point | Needy can be read as Needy | Point"),
    (int, Union[float, int], "not every int can be read as float | int"),
    (dt.date, Union[dt.datetime, dt.date], "not every date can be read as datetime | date"),
    (Any, Union[int, str], "not every Any can be read as int | str"),
    (bytes, Union[int, str], "not every bytes can be read as int | str"),
]


@pytest.mark.parametrize(("written", "read", "message"), FIELD_UNIONS_REFUSED)
def test_a_union_in_a_field_that_cannot_be_read(written, read, message):
    assert refusal(UnsupportedTypeError, fidelity, holder(written), holder(read)) == message


# --- classes of the reader's own -------------------------------------------------------------------------------------

WRITERS_POINT = make_dataclass("Point", [("x", int), ("y", int, 0)])
READERS_POINT = make_dataclass("Point", [("x", int), ("w", str, "w")])
CAT = make_dataclass("Cat", [("name", str)])
AROUND: list[tuple[Any, str, Any]] = [
    (lambda point: Union[CAT, point], "<Point>", lambda value: value),
    (lambda point: Union[point, CAT, None], "<Point>", lambda value: value),
    (lambda point: Optional[point], "", lambda value: value),
    (lambda point: Union[list[CAT], list[point]], "<list[Point]>[i]", lambda value: [value]),
    (lambda point: Union[dict[str, CAT], dict[str, point]], "<dict[str, Point]>[key]", lambda value: {"a": value}),
    (lambda point: list[Union[CAT, point]], "[i]<Point>", lambda value: [value]),
    (lambda point: dict[str, Union[point, CAT]], "[key]<Point>", lambda value: {"a": value}),
]


@pytest.mark.parametrize(("type_of", "path", "whole"), AROUND, ids=range(len(AROUND)))
def test_a_union_of_records_is_read_by_their_titles(type_of, path, whole):
    """The commonest annotated reading: the reader has classes of its own of the same names."""
    written, read = type_of(WRITERS_POINT), type_of(READERS_POINT)
    check(
        written,
        read,
        at(path, Loss("", "its class Point", CLASS, WRITERS_POINT(1)), whole),
        at(path, Loss(".y", "what it held", "Point has no such field", WRITERS_POINT(1, 1)), whole),
    )
    assert sent(whole(WRITERS_POINT(5, 6)), written, read) == whole(READERS_POINT(5))


@pytest.mark.parametrize("other", [dict[str, float], dict[str, list[float]], list[int], int])
def test_a_record_of_a_union_is_read_as_its_dict(other):
    written, read = Union[Point, other], Union[dict, other]
    check(written, read, Loss("<Point>", "its class Point", PLAIN, Point(1)))
    assert same(sent(Point(2), written, read), {"x": 2})


def test_a_dataset_of_one_format_is_read_as_one_of_another():
    """The value says its own, and an interface takes the one for the other."""
    parquet, csv = Annotated[StructuredDataset, "parquet"], Annotated[StructuredDataset, "csv"]
    for written, read in ((parquet, csv), (csv, StructuredDataset)):
        check(written, read, left_open(StructuredDataset(URI)))
    check(StructuredDataset, csv)
    assert sent(StructuredDataset("a"), parquet, csv) == StructuredDataset("a", format="parquet")


def test_classes_that_hold_others_twice_have_examples_while_there_is_room():
    made = bomb(9, "C", int)
    losses = fidelity(made).losses
    assert len(losses) == 2**9 - 1
    assert [loss.witness is None for loss in (losses[0], losses[-1])] == [False, True]
    check(made, made)


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_witnesses_are_bounded(monkeypatch):
    fields, most = 40, 1000
    monkeypatch.setattr(witnesses, "MOST_AGAIN", most)
    required = make_dataclass("Required", [(f"f{place}", dt.datetime) for place in range(fields)])
    losses = fidelity(required, required).losses
    assert [loss.path for loss in losses] == [f".f{place}" for place in range(fields)]
    shown = most // (fields + 1)  # each holds an example of every field, and is one itself
    assert [loss.witness is None for loss in losses] == [False] * shown + [True] * (fields - shown)


def bomb(levels: int, title: str, kind: Any = dt.datetime) -> Any:
    """A class of classes that refer to one another twice."""
    for place in reversed(range(levels)):
        kind = make_dataclass(f"{title}{place}", [("a", kind), ("b", kind)])
    return kind


def paths_of(levels: int) -> list[str]:
    return ["".join(path) for path in itertools.product((".a", ".b"), repeat=levels)]


def test_losses_of_classes_that_refer_to_one_another_twice_are_bounded():
    made = bomb(10, "C")
    assert [loss.path for loss in fidelity(made, made).losses] == paths_of(10)[:MOST_LOSSES]


def test_losses_of_all_members_together_are_bounded():
    either = Union[bomb(9, "C"), bomb(9, "D")]
    paths = [f"<{title}0>{path}" for title in "CD" for path in paths_of(9)]
    assert [loss.path for loss in fidelity(either, either).losses] == paths[:MOST_LOSSES]


def test_a_type_that_is_nested_too_deeply():
    deep: Any = int
    for _ in range(2000):
        deep = list[deep]
    assert refusal(UnsupportedTypeError, fidelity, deep) == "nested too deeply"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, deep) == "nested too deeply"


@dataclass
class Twin:
    x: int


READ_BY_ONE_OF_SEVERAL: list[tuple[Any, Any, Any, Any]] = [
    (Point, Union[Point, dict], Point(1), {"x": 1}),
    (Point, Union[Wider, Point], Point(1), Point(1)),
    (list[Point], Union[list[Point], list[dict]], [Point(1)], [{"x": 1}]),
    (dict, Union[Point, dict], {"x": 1}, {"x": 1}),
]


@pytest.mark.parametrize(("written", "read", "value", "back"), READ_BY_ONE_OF_SEVERAL)
def test_what_is_no_union_is_read_by_one_member(written, read, value, back):
    kept = fidelity(written, read)
    assert same(kept.project(value), back)
    assert same(value, back) or not kept.exact


def test_what_two_members_read_is_refused():
    message = "not every Point can be read as Point | Twin"
    assert refusal(UnsupportedTypeError, fidelity, Point, Union[Point, Twin]) == message
    message = "not every list[Point] can be read as list[Point] | list[Twin]"
    assert refusal(UnsupportedTypeError, fidelity, list[Point], Union[list[Point], list[Twin]]) == message


def test_a_variant_that_two_members_take_is_refused():
    """Of two Enums of the same values nothing tells which is meant."""
    one, other = (enum.Enum(name, {"A": "a"}) for name in ("One", "Other"))
    message = "not every One | int can be read as One | int | Other"
    assert refusal(UnsupportedTypeError, fidelity, Union[one, int], Union[one, int, other]) == message
