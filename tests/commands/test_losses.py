# SPDX-License-Identifier: Apache-2.0
"""What a variable may lose where only its LiteralType is known: as much as the richest type that gives it."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field, make_dataclass
from typing import Any, Literal, NoReturn, Optional, Union

import pytest

from shimlite import FlyteError, FlyteFile, StructuredDataset, UnsupportedTypeError, to_literal_type
from shimlite._idl import LiteralType
from shimlite._types.losses import MOST_LOSSES
from shimlite.commands.losses import losses_of
from shimlite.equality import same

from ..stripping import stripped_type
from ..support import record_type, refusal, simple

MOMENT = ["the zone", "that it was naive", "fold"]
DATETIME = [("", what) for what in (*MOMENT, "that it was a date")]
PLAIN = [
    ("[key]", "that it was a tuple"),
    ("[key]", "that it was a bytearray"),
    ("(key)", "that it was a date"),
    ("[key]", "that it was a date"),
]


class Color(enum.Enum):
    RED = "red"


@dataclass
class Event:
    at: dt.datetime


@dataclass
class Point:
    x: int


@dataclass
class Tree:
    at: dt.datetime
    color: Color
    left: Optional[Tree] = None
    children: list[Tree] = field(default_factory=list)


def told(literal_type: LiteralType) -> list[tuple[str, str]]:
    return [(loss.path, loss.what) for loss in losses_of(literal_type)]


def inside(path: str, losses: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(path + inner, what) for inner, what in losses]


LOSSES: list[tuple[Any, list[tuple[str, str]]]] = [
    (int, []),
    (type(None), []),
    (bytes, []),
    (dt.timedelta, []),
    (Literal["a"], []),
    (FlyteFile, []),
    (FlyteError, []),
    (StructuredDataset, []),
    (dt.datetime, DATETIME),
    (dt.date, DATETIME),
    (list[dt.date], inside("[i]", DATETIME)),
    (dict[str, list[dt.date]], inside("[key][i]", DATETIME)),
    (dict, PLAIN),
    (dict[int, int], PLAIN),
    (list[dict], inside("[i]", PLAIN)),
    (Color, [("", "its class Enum")]),
    (list[Color], [("[i]", "its class Enum")]),
    (Point, [("", "its class Point")]),
    (Event, [("", "its class Event"), (".at", "that it was a datetime")]),
    (Tree, [("", "its class Tree"), (".at", "that it was a datetime"), (".color", "the class of its values")]),
    (Optional[int], []),
    (Optional[dt.datetime], [("", what) for what in MOMENT]),
    (Optional[dt.date], []),
    (Union[dt.date, dt.datetime], [("<datetime>", what) for what in MOMENT]),
    (Union[list[dt.date], int], inside("<list[datetime]>[i]", DATETIME)),
    (
        dict[str, Union[Color, Event]],
        [
            ("[key]<DynamicEnum>", "its class Enum"),
            ("[key]<Event>", "its class Event"),
            ("[key]<Event>.at", "that it was a datetime"),
        ],
    ),
    (make_dataclass("R", [("f", Any), ("g", dict)]), [("", "its class R")]),
    (make_dataclass("R", [("f", Optional[Event])]), [
        ("", "its class R"), (".f", "its class Event"), (".f.at", "that it was a datetime"),
    ]),
    (make_dataclass("R", [("f", dict[dt.date, list[FlyteFile["csv"]]])]), [  # noqa: F821
        ("", "its class R"), (".f(key)", "that it was a date"), (".f[key][i]", "that it was a FlyteFile"),
    ]),
    (make_dataclass("R", [("f", dt.timedelta), ("g", Literal["a", 1])]), [
        ("", "its class R"), (".f", "that it was a timedelta"), (".g", "the class of its values"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("python_type", "losses"), LOSSES)
def test_losses(python_type, losses):
    assert told(to_literal_type(python_type)) == losses


def test_a_loss_is_whole():
    (lost,) = losses_of(to_literal_type(Color))
    assert (lost.path, lost.what, lost.why) == (
        "", "its class Enum", "its value travels, its class does not",
    )  # fmt: skip
    member = lost.witness
    assert (type(member).__name__, member.value) == ("Enum", "red")
    assert same(
        [(loss.why, loss.witness) for loss in losses_of(simple("DATETIME"))],
        [
            (
                "a Timestamp is a moment in UTC",
                dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            ),
            ("it counts as UTC", dt.datetime(2024, 2, 29, 12)),
            (
                "neither a moment in UTC nor an offset has it",
                dt.datetime(2024, 2, 29, 12, fold=1, tzinfo=dt.timezone.utc),
            ),
            ("Flyte has one type for both, DATETIME", dt.date(2024, 2, 29)),
        ],
    )


def union_of(*variants: LiteralType) -> LiteralType:
    return LiteralType(union_type={"variants": variants})


HOSTILE: list[tuple[LiteralType, list[tuple[str, str]]]] = [
    (LiteralType(), []),
    (LiteralType(union_type={}), []),
    (LiteralType(collection_type=LiteralType(union_type={})), []),
    (union_of(union_of()), []),
    (union_of(simple("INTEGER"), simple("INTEGER")), []),
    (union_of(simple("STRUCT"), simple("STRUCT", "x")), inside("<dict>", PLAIN)),
    (union_of(union_of(simple("INTEGER"), simple("STRING")), simple("DATETIME")), [
        ("<datetime>", what) for what in MOMENT
    ]),
    (LiteralType(enum_type={}), []),
    (LiteralType(enum_type={"values": ["a", "a", "", "mro"]}), [("", "its class Enum")]),
    (record_type({"title": 5}), PLAIN),
    (record_type({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}), PLAIN),
    (record_type({"$ref": "#/$defs/A", "$defs": {"A": {
        "type": "object", "title": "A", "required": ["a", "d"],
        "properties": {"a": {"$ref": "#/$defs/A"}, "d": {"type": "string", "format": "date-time"}},
    }}}), [("", "its class A"), (".d", "that it was a datetime")]),
]  # fmt: skip


@pytest.mark.parametrize(("literal_type", "losses"), HOSTILE)
def test_hostile_types(literal_type, losses):
    assert told(literal_type) == losses


def test_a_class_without_an_end_has_no_witness():
    schema = {"type": "object", "title": "A", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/A"}}}
    (lost,) = losses_of(record_type({"$ref": "#/$defs/A", "$defs": {"A": schema}}))
    assert (lost.path, lost.what, lost.witness) == ("", "its class A", None)


def test_classes_that_hold_one_another():
    def maybe(name: str) -> dict[str, Any]:
        return {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}

    time = {"type": "string", "format": "date-time"}
    schema = {
        "A": {"type": "object", "title": "A", "properties": {"d": time, "p": maybe("B"), "q": maybe("B")}},
        "B": {"type": "object", "title": "B", "properties": {"d": time, "p": maybe("A"), "q": maybe("A")}},
    }
    found = told(record_type({"$ref": "#/$defs/A", "$defs": schema}))
    assert found[0] == ("", "its class A")
    assert (".d", "that it was a datetime") in found
    assert (".p", "its class B") in found
    assert (".q.d", "that it was a datetime") in found
    assert len(found) == len(set(found)) < 40


def test_losses_of_classes_that_refer_to_one_another_twice_are_bounded():
    field: Any = {"type": "string", "format": "date-time"}
    defs = {}
    for place in reversed(range(40)):
        properties = {"a": field, "b": field}
        defs[f"C{place}"] = {"type": "object", "title": f"C{place}", "properties": properties, "required": ["a", "b"]}
        field = {"$ref": f"#/$defs/C{place}"}
    assert len(told(record_type({**field, "$defs": defs}))) == MOST_LOSSES


def test_a_stripped_type_has_the_fields_that_its_structure_tells():
    literal_type = stripped_type(to_literal_type(Event))
    assert told(literal_type) == [("", "its class"), (".at", "that it was a datetime")]
    nested = make_dataclass("R", [("f", list[Event]), ("g", dict[str, Optional[Color]]), ("h", Any)])
    assert told(stripped_type(to_literal_type(nested))) == [
        ("", "its class"), (".f[i]", "its class"), (".f[i].at", "that it was a datetime"),
        (".g[key]", "the class of its values"),
    ]  # fmt: skip


def test_a_type_of_a_newer_flyteidl_is_refused():
    message = "the LiteralType simple 42 is not known to this shimlite"
    assert refusal(UnsupportedTypeError, losses_of, LiteralType(simple=42)) == message
    assert refusal(UnsupportedTypeError, losses_of, union_of(simple("INTEGER"), LiteralType(simple=42))) == message
    assert refusal(UnsupportedTypeError, losses_of, int) == "expected a LiteralType, got type"


def test_no_return_is_a_union_of_nothing():
    assert told(to_literal_type(NoReturn)) == []
