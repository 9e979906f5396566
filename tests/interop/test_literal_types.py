# SPDX-License-Identifier: Apache-2.0
"""``to_literal_type`` gives what flytekit's gives, message for message, save for the differences listed here."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import typing
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from google.protobuf import json_format
from hypothesis import assume, given, settings

from shimlite import (
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    to_literal_type,
)
from shimlite._idl import LiteralType, SimpleType
from shimlite.strategies import python_types
from shimlite.strategies.classes import Chain, Color, Counted, Empty, Level, Rank, Shade, Tree
from shimlite.strategies.shapes import parts

from ..property.model import bare, kind_of, members
from .predicates import outside_records
from .translate import their_literal_type, their_type

# The older spellings are other objects than int | None and list, and people still write them.
Maybe, Either, OldList, OldDict = typing.Optional, typing.Union, vars(typing)["List"], vars(typing)["Dict"]

KWTYPES = {"id": int, "name": str, "at": dt.datetime, "share": float, "ok": bool, "took": dt.timedelta}


def record(field_type: Any, **default: Any) -> Any:
    return dataclasses.make_dataclass("Point", [("x", field_type, dataclasses.field(**default))])


@dataclasses.dataclass
class Inner:
    x: int
    y: float = 0.5


@dataclasses.dataclass
class Outer:
    """Most of what people write."""

    id: int
    name: str
    inner: Inner
    inners: OldList[Inner]
    by_name: OldDict[str, Inner]
    maybe: Maybe[Inner] = None
    either: Either[int, str, None] = 3
    color: Color = Color.RED
    at: dt.datetime = dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)
    file: Maybe[FlyteFile] = None


class Status(str, enum.Enum):
    OK = "ok"


SCALARS = [type(None), bool, int, float, str, dt.datetime, dt.date, dt.timedelta, Color, Shade]
LITERALS = [Literal["a"], Literal["a", "b"], Literal[1, 2], Literal[True], Literal[True, False], Literal[""]]
REFERENCES = [
    FlyteFile,
    FlyteFile["csv"],
    FlyteDirectory,
    FlyteDirectory["parquet"],
    StructuredDataset,
    Annotated[StructuredDataset, KWTYPES],
    Annotated[StructuredDataset, KWTYPES, "parquet"],
    FlyteSchema,
    FlyteSchema[KWTYPES],
    FlyteError,
]
CONTAINERS = [
    list[int],
    OldList[int],
    list[list[str]],
    dict[str, int],
    OldDict[str, OldList[float]],
    dict,
    OldDict,
    dict[int, str],
    dict[int, dict[int, float]],
    dict[str, dict],
    list[dict],
]
UNIONS = [
    Maybe[int],
    int | None,
    None | int,
    Either[int, str],
    str | int,
    int | str | float | bool | None,
    Maybe[list[int]],
    list[int | None],
    dict[str, int | None] | None,
    Either[list[int], list[str]],
    dt.date | dt.datetime,
    Maybe[Color],
    Maybe[FlyteFile],
    FlyteFile["csv"] | str,
    Maybe[Inner],
    Inner | Outer | None,
    Maybe[dict],
    Maybe[FlyteSchema[{"id": int}]],
]
ANNOTATED = [Annotated[int, "a word"], Annotated[list[Annotated[str, 1]], 2], Annotated[int | None, "a word"]]
FIELDS = [
    *SCALARS,
    *LITERALS,
    *(one for one in REFERENCES if typing.get_args(one)[:1] != (StructuredDataset,)),
    *(one for one in CONTAINERS if one is not OldDict),
    *UNIONS,
    *ANNOTATED,
    bytes,
    Any,
    list,
    Level,
    Rank,
    list[Any],
    dict[str, Any],
    dict[Color, int],
    Maybe[Any],
    Literal[1, "a"],
    Literal[None, "a"],
    Maybe[bytes],
    list[bytes],
    bytes | str,
    Inner,
    list[Inner],
    dict[str, list[Inner]],
    Empty,
]
DEFAULTS = [
    record(int, default=5),
    record(int, default=2**53 + 1),
    record(float, default=0.5),
    record(float, default=3),
    record(str, default=""),
    record(bool, default=False),
    record(bytes, default=b"\x00\xff"),
    record(bytes, default=b"x" * 100),
    record(None, default=None),
    record(Maybe[int], default=None),
    record(Maybe[int], default=3),
    record(int | str, default="a"),
    record(Color, default=Color.GREEN),
    record(Level, default=Level.HIGH),
    record(Literal["a", "b"], default="b"),
    record(dt.date, default=dt.date(2024, 2, 29)),
    record(dt.datetime, default=dt.datetime(2024, 2, 29, 1, 2, 3, 4)),
    record(dt.datetime, default=dt.datetime(2024, 2, 29, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))),
    record(dt.timedelta, default=dt.timedelta(seconds=1.5)),
    record(list[int], default_factory=list),
    record(list[int], default_factory=lambda: [1, 2]),
    record(dict[str, int], default_factory=dict),
    record(Maybe[FlyteFile], default=None),
    record(Inner, default_factory=lambda: Inner(1)),
    record(Maybe[Inner], default=None),
]

ALL = [*SCALARS, *LITERALS, *REFERENCES, *CONTAINERS, *UNIONS, *ANNOTATED, Inner, Outer, Empty, Counted, Status]
ALL += [record(field_type) for field_type in FIELDS] + DEFAULTS


# ---------------------------------------------------------------------------------------------------- the differences


def has(python_type: Any, wanted: Callable[[Any], bool]) -> bool:
    return any(map(wanted, parts(python_type)))


def annotates_a_choice(python_type: Any) -> bool:
    if typing.get_origin(python_type) is Annotated and kind_of(python_type) in ("Enum", "Literal"):
        return True
    kind = kind_of(python_type)
    if kind == "record":
        return any(map(annotates_a_choice, typing.get_type_hints(bare(python_type)[0], include_extras=True).values()))
    return kind in ("Union", list, dict) and any(map(annotates_a_choice, members(python_type)))


DIFFERENCES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "bytes": (
        lambda one: bytes in outside_records(one),
        "flytekit has no transformer for bytes and describes a pickle; ours are BINARY",
    ),
    "Annotated choice": (
        annotates_a_choice,
        "flytekit cannot take an Enum or a Literal with a word of Annotated",
    ),
    "dataset in a record": (
        lambda one: has(one, lambda part: kind_of(part) == "record" and has(part, lambda p: p is StructuredDataset)),
        "flytekit forgets a StructuredDataset's columns and format inside a dataclass, since its hints lack Annotated",
    ),
}
USED: collections.Counter[str] = collections.Counter()


def explained(python_type: Any) -> bool:
    found = [name for name, (predicate, _) in DIFFERENCES.items() if predicate(python_type)]
    USED.update(found)
    return bool(found)


def as_dict(literal_type: LiteralType) -> dict[str, Any]:
    return json_format.MessageToDict(literal_type)


@pytest.mark.parametrize("python_type", ALL, ids=repr)
def test_a_type_is_described_as_flytekit_describes_it(python_type):
    assert as_dict(to_literal_type(python_type)) == as_dict(their_literal_type(their_type(python_type)))


@settings(max_examples=600)
@given(python_types())
def test_generated_types_are_described_alike_or_the_difference_is_listed(python_type):
    assume(not has(python_type, lambda part: part in (Tree, Chain)))  # whose description has no end in flytekit
    ours = to_literal_type(python_type)
    try:
        theirs = their_literal_type(their_type(python_type))
    except Exception:
        assert explained(python_type)
        return
    if ours != theirs and not explained(python_type):
        assert as_dict(ours) == as_dict(theirs)


def test_bytes_are_binary_where_flytekit_pickles():
    assert to_literal_type(bytes) == LiteralType(simple=SimpleType.BINARY)
    assert their_literal_type(bytes).blob.format == "PythonPickle"


def test_an_annotated_enum_is_refused_by_flytekit_alone():
    with pytest.raises(ValueError, match="does not currently have support"):
        their_literal_type(Annotated[Color, "a word"])
    assert to_literal_type(Annotated[Color, "a word"]) == to_literal_type(Color)


def test_a_bare_typing_dict_leaves_flytekit_without_a_schema():
    holder = record(OldDict)
    assert not their_literal_type(holder).HasField("metadata")
    assert to_literal_type(holder) == to_literal_type(record(dict)) == their_literal_type(record(dict))


def test_the_columns_of_a_field_are_forgotten_alike():
    holder = record(Annotated[StructuredDataset, {"id": int}, "parquet"])
    assert to_literal_type(holder) == their_literal_type(their_type(holder))
    said = to_literal_type(holder).structure.dataclass_type["x"].structured_dataset_type
    assert (list(said.columns), said.format) == ([], "")


def test_a_class_that_holds_itself_has_the_same_schema():
    """Its fields are described once; flytekit descends until Python's stack ends, and keeps what it has by then."""
    ours, theirs = to_literal_type(Chain), their_literal_type(their_type(Chain))
    assert ours.metadata == theirs.metadata
    assert ours.annotation == theirs.annotation
    assert set(ours.structure.dataclass_type) == set(theirs.structure.dataclass_type)
    assert len(ours.SerializeToString()) < 2_000


@pytest.mark.parametrize("python_type", [set[int], tuple[int, str], complex, object])
def test_what_flytekit_pickles_or_refuses_is_refused(python_type):
    with pytest.raises(UnsupportedTypeError):
        to_literal_type(python_type)
