# SPDX-License-Identifier: Apache-2.0
"""What Flyte 1.16.8 and the console wrote, inferred, resolved and connected (golden/platform.jsonl), read by shimlite.

Rows that only say what the platform's own code does are for ``tests/test_casting.py``. Where a type comes from
flytekit, flytekit is asked too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import typing
from typing import Any

import pytest

from shimlite import (
    ConversionError,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap, LiteralType
from shimlite.equality import same

from ..casting import accepted, castable
from ..golden import platform_types
from ..golden.platform_types import UTC, Color, Deep, Point, Wide
from ..golden.recorded import message, rows
from ..stripping import stripped_type
from ..support import refusal, simple, union
from .translate import their_literal_type, their_type

NAMES = {
    **vars(typing),
    **vars(platform_types),
    "FlyteError": FlyteError,
    "FlyteSchema": FlyteSchema,
    "StructuredDataset": StructuredDataset,
    "datetime": dt,
    "inf": math.inf,
    "nan": math.nan,
}
SENT = rows("platform.jsonl", "sent")
RESOLVED = rows("platform.jsonl", "resolved")
UNRESOLVED = rows("platform.jsonl", "unresolved")
INFERRED = [row for row in rows("platform.jsonl", "inferred") if row["type"] != "bytes"]
BINARIES = {row["python"]: row for row in rows("platform.jsonl", "inferred") if row["type"] == "bytes"}
HASHED = rows("platform.jsonl", "hashed")
(TYPES,) = rows("platform.jsonl", "types")
(CASTABLE,) = rows("platform.jsonl", "castable")


def name_of(row: dict[str, Any]) -> str:
    return f"{row.get('by', '')}{''.join(f'.{step}' for step in row.get('path', []))} {row['type']}={row['python']}"[
        :70
    ]


def each(choice: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("row", choice, ids=name_of)


def value_of(text: str) -> Any:
    """The value that was printed as ``text``; an Enum's member prints as ``<Color.RED: 'red'>``."""
    return eval(re.sub(r"<(\w+\.\w+): [^>]*>", r"\1", text), dict(NAMES))


def type_of(text: str) -> Any:
    # typing keeps List[…] by equality, so it may answer List[Optional[int]] with a List[Union[None, int]] made before.
    for clear in typing._cleanups:  # type: ignore[attr-defined]
        clear()
    return eval(text, dict(NAMES))


def literal_of(row: dict[str, Any]) -> Literal:
    return message(Literal, row["literal"])


def literal_type_of(row: dict[str, Any]) -> LiteralType:
    return message(LiteralType, row["literal_type"])


def in_bytes(literal: Any) -> bytes:
    return literal.SerializeToString(deterministic=True)


def test_every_line_is_tested():
    counts = list(map(len, (SENT, RESOLVED, UNRESOLVED, INFERRED, BINARIES, HASHED, TYPES["types"], CASTABLE["pairs"])))
    assert counts == [105, 33, 2, 25, 3, 11, 44, 128]
    assert sum(counts[:6]) + 2 == len(rows("platform.jsonl"))


# --------------------------------------------------------------------------------------------------------------- types

DECLARED = {row["type"]: row["literal_type"] for row in (*SENT, *INFERRED, *BINARIES.values())}
DECLARED |= zip(TYPES["types"], TYPES["literal_types"])


@pytest.mark.parametrize("text", DECLARED)
def test_our_literal_type_is_the_recorded_one(text: str):
    assert to_literal_type(type_of(text)) == message(LiteralType, DECLARED[text])


@pytest.mark.parametrize("text", [text for text in DECLARED if text != "bytes"])
def test_flytekits_literal_type_is_the_recorded_one(text: str):
    """It pickles ``bytes``, so that BINARY is ours alone."""
    assert their_literal_type(their_type(type_of(text))) == message(LiteralType, DECLARED[text])


# ---------------------------------------------------------------------------------------- what flytectl and the console send


@each(SENT)
def test_what_a_person_gives_is_read_as_the_value(row: dict[str, Any]):
    assert same(to_python_value(literal_of(row), type_of(row["type"])), value_of(row["python"]))


@each(SENT)
def test_a_pod_without_annotations_reads_the_same_from_what_is_left_of_the_type(row: dict[str, Any]):
    literal, literal_type = literal_of(row), literal_type_of(row)
    assert same(to_python_value(literal, stripped_type(literal_type)), to_python_value(literal, literal_type))


@each(SENT)
def test_our_own_literal_of_the_value_is_accepted_too(row: dict[str, Any]):
    literal = to_literal(value_of(row["python"]), type_of(row["type"]))
    assert accepted(literal, literal_type_of(row))
    assert accepted(literal, stripped_type(literal_type_of(row)))


# ------------------------------------------------------------------------------------------------ what Propeller resolves

WIDE = [row for row in RESOLVED if row["literal"] == RESOLVED[0]["literal"]]


def test_what_it_is_taken_out_of_is_what_we_write():
    assert len(WIDE) == 28
    assert in_bytes(to_literal(Wide(), Wide)) == in_bytes(literal_of(WIDE[0]))
    assert same(to_python_value(literal_of(WIDE[0]), Wide), Wide())
    assert {row["path"][0] for row in WIDE} == {*vars(Wide())}


@each(RESOLVED)
def test_what_is_taken_out_is_read_as_its_own_type(row: dict[str, Any]):
    assert same(to_python_value(message(Literal, row["result"]), type_of(row["type"])), value_of(row["python"]))


def of_wide(name: str) -> Literal:
    (row,) = [row for row in WIDE if row["path"] == [name]]
    return message(Literal, row["result"])


def test_a_date_that_is_taken_out_is_midnight_where_no_annotation_says_that_it_is_a_date():
    midnight = dt.datetime(2024, 2, 29, tzinfo=UTC)
    assert same(to_python_value(of_wide("day"), simple("DATETIME")), midnight)
    assert same(to_python_value(of_wide("day"), dt.datetime), midnight)
    assert same(to_python_value(of_wide("day"), typing.Union[dt.datetime, dt.date]), dt.date(2024, 2, 29))


@pytest.mark.parametrize(
    ("name", "literal_type", "value"),
    [
        ("when", simple("DATETIME"), Wide().when),
        ("span", simple("DURATION"), Wide().span),
        ("color", to_literal_type(Color), "blue"),
        ("point", stripped_type(to_literal_type(Point)), {"x": 1, "y": 2.0, "tags": ["q"]}),
        ("file", to_literal_type(FlyteFile), FlyteFile("s3://b/f")),
        ("nothing", to_literal_type(typing.Optional[int]), None),
    ],
)
def test_what_is_taken_out_is_read_by_the_template_alone(name: str, literal_type: LiteralType, value: Any):
    alone = to_python_value(of_wide(name), literal_type)
    assert same(alone.value if name == "color" else alone, value)


def test_a_key_that_is_an_int_cannot_be_reached():
    row = UNRESOLVED[0]
    assert (row["path"], row["result"]) == (["keyed", "1"], None)
    error = "failed at Node[n0]. PromiseAttributeResolveError: key [1] does not exist in literal map[1:a]"
    assert row["error"] == error


def test_out_of_a_union_nothing_is_taken_and_the_union_itself_is_refused():
    row = UNRESOLVED[1]
    whole = message(Literal, row["result"])
    assert (row["path"], row["error"], whole) == (["i"], None, literal_of(row))
    assert in_bytes(whole) == in_bytes(union(literal_of(WIDE[0]), whole.scalar.union.type))
    assert same(to_python_value(whole, typing.Optional[Wide]), Wide())
    assert refusal_of(whole, int) == "?"


def refusal_of(literal: Literal, python_type: Any) -> str:
    """The message, which is one line."""
    with pytest.raises(ConversionError) as caught:
        to_python_value(literal, python_type)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ------------------------------------------------------------------------------------------ what the platform infers


@each(INFERRED)
def test_we_write_the_recorded_literal(row: dict[str, Any]):
    assert in_bytes(to_literal(value_of(row["python"]), type_of(row["type"]))) == in_bytes(literal_of(row))
    assert same(to_python_value(literal_of(row), type_of(row["type"])), value_of(row["python"]))


def test_bytes_are_written_in_the_form_that_is_accepted_and_says_what_it_is():
    assert {name: row["accepted"] for name, row in BINARIES.items()} == {
        "a Binary of tag 'msgpack'": False,
        "a Binary of tag ''": True,
        "a Binary of tag 'bytes'": True,
    }
    ours = to_literal(b"\xc4\x01a", bytes)
    assert in_bytes(ours) == in_bytes(literal_of(BINARIES["a Binary of tag 'bytes'"]))
    assert accepted(ours, simple("BINARY"))


@pytest.mark.parametrize(
    ("tag", "value"), [("msgpack", b"a"), ("", b"\xc4\x01a"), ("bytes", b"\xc4\x01a")], ids=["msgpack", "none", "bytes"]
)
@pytest.mark.parametrize("python_type", [bytes, typing.Optional[bytes], simple("BINARY")], ids=str)
def test_bytes_are_read_in_all_three_forms(tag: str, value: bytes, python_type: Any):
    assert same(to_python_value(literal_of(BINARIES[f"a Binary of tag {tag!r}"]), python_type), value)
