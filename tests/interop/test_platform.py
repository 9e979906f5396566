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
from ..support import simple, union
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
    source = row.get("by") or ".".join(map(str, row.get("path", [])))
    return f"{source} {row['type']}={row['python']}"[:70].strip()


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


def refusal_of(literal: Literal, python_type: Any) -> str:
    """The message, which is one line."""
    with pytest.raises(ConversionError) as caught:
        to_python_value(literal, python_type)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_line_is_tested():
    counts = list(map(len, (SENT, RESOLVED, UNRESOLVED, INFERRED, BINARIES, HASHED, TYPES["types"], CASTABLE["pairs"])))
    assert counts == [105, 33, 2, 25, 3, 11, 44, 128]
    assert sum(counts[:6]) + 2 == len(rows("platform.jsonl"))


# ---------------------------------------------------------------------------------------------------------------- types

DECLARED = {row["type"]: row["literal_type"] for row in (*SENT, *INFERRED, *BINARIES.values())}
DECLARED |= zip(TYPES["types"], TYPES["literal_types"])


@pytest.mark.parametrize("text", DECLARED)
def test_our_literal_type_is_the_recorded_one(text: str):
    assert to_literal_type(type_of(text)) == message(LiteralType, DECLARED[text])


@pytest.mark.parametrize("text", [text for text in DECLARED if text != "bytes"])
def test_flytekits_literal_type_is_the_recorded_one(text: str):
    """It pickles ``bytes``, so that BINARY is ours alone."""
    assert their_literal_type(their_type(type_of(text))) == message(LiteralType, DECLARED[text])


# ----------------------------------------------------------------------------------- what flytectl and the console send


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


# ---------------------------------------------------------------------------------------------- what Propeller resolves

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
    assert refusal_of(whole, int) == "expected INTEGER, got union"


# --------------------------------------------------------------------------------------------- what the platform infers


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
@pytest.mark.parametrize(
    "python_type", [bytes, typing.Optional[bytes], simple("BINARY")], ids=["bytes", "optional", "alone"]
)
def test_bytes_are_read_in_all_three_forms(tag: str, value: bytes, python_type: Any):
    assert same(to_python_value(literal_of(BINARIES[f"a Binary of tag {tag!r}"]), python_type), value)


MIXTURES: dict[str, tuple[Any, Any]] = {
    "a dict beside an empty one": (list[dict[str, int]], [{"a": 1}, {}]),
    "a dict of dicts, one empty": (dict[str, dict[str, int]], {"a": {"b": 1}, "c": {}}),
    "dicts of other variants": (type_of("List[Dict[str, Optional[int]]]"), [{"a": 1}, {"a": None}]),
    "lists of lists of other variants": (type_of("List[List[List[Optional[int]]]]"), [[[1]], [[None]]]),
    "files of two formats": (list[FlyteFile], [FlyteFile("s3://b/f", format="csv"), FlyteFile("s3://b/g")]),
    "datasets of two formats": (
        list[StructuredDataset],
        [StructuredDataset("s3://b/d", format="csv"), StructuredDataset("s3://b/e", format="parquet")],
    ),
}
"""Values of their types that the platform refuses for their types: from the cache, and as a launch plan's default.

It infers a union of the elements' types, and to lists, dicts, files and tables no union casts.
"""


@pytest.mark.parametrize("case", MIXTURES)
def test_a_mixture_is_read_back_and_refused_by_the_cache(case: str):
    python_type, value = MIXTURES[case]
    literal, literal_type = to_literal(value, python_type), to_literal_type(python_type)
    assert same(to_python_value(literal, python_type), value)
    assert not accepted(literal, literal_type)
    elements = [*literal.collection.literals] or [*literal.map.literals.values()]
    part = literal_type.collection_type if literal.HasField("collection") else literal_type.map_value_type
    assert all(accepted(element, part) for element in elements)


# ------------------------------------------------------------------------------------------- what the platform connects

NAMED = TYPES["types"]
CONNECTED = [(NAMED[upstream], NAMED[downstream]) for upstream, downstream in CASTABLE["pairs"]]
MIDNIGHT = dt.datetime(2024, 2, 29, tzinfo=UTC)
FILE, CSV = FlyteFile("s3://b/f"), FlyteFile("s3://b/f", format="csv")
FOLDER, SCHEMA = FlyteDirectory("s3://b/d"), FlyteSchema("s3://b/d")
FULL = {"x": 1, "p": {"x": 2}, "m": {"a": 3}}

EXAMPLES: dict[str, list[Any]] = {
    "int": [5],
    "float": [1.5, -0.0],
    "str": ["red"],
    "bool": [True],
    "datetime.datetime": [MIDNIGHT],
    "datetime.date": [MIDNIGHT.date()],
    "datetime.timedelta": [dt.timedelta(seconds=90)],
    "None": [None],
    "bytes": [b"", b"\x00\xff"],
    "Color": [Color.RED],
    "dict": [FULL],
    "Point": [Point(1, 2.5, ["a"])],
    "Deep": [Deep(Point(1), {"a": 1}, when=MIDNIGHT)],
    "List[int]": [[1, 2], []],
    "List[Optional[int]]": [[1, None], []],
    "List[Union[int, str]]": [[1, "a"]],
    "List[None]": [[None]],
    "List[Color]": [[Color.RED]],
    "List[str]": [["red"]],
    "List[Point]": [[Point(1)]],
    "List[dict]": [[{"x": 1}]],
    "List[List[int]]": [[[1], []]],
    "Dict[str, int]": [{"a": 1}, {}],
    "Dict[str, Optional[int]]": [{"a": 1, "b": None}],
    "Dict[str, str]": [{"a": "b"}],
    "Dict[int, int]": [{1: 2}],
    "Optional[int]": [5, None],
    "Optional[str]": ["red", None],
    "Union[int, str]": [5, "red"],
    "Union[int, str, None]": [5, "red", None],
    "Union[str, float]": ["red", 1.5],
    "Optional[Color]": [Color.RED, None],
    "Optional[Point]": [Point(1), None],
    "Optional[List[int]]": [[1], None],
    "Optional[dict]": [{"a": 1}, None],
    "Union[datetime.timedelta, int]": [dt.timedelta(days=1), 5],
    "FlyteFile": [FILE],
    "FlyteFile['csv']": [CSV],
    "FlyteDirectory": [FOLDER],
    "Optional[FlyteFile]": [FILE, None],
    "FlyteSchema": [SCHEMA],
    "StructuredDataset": [StructuredDataset("s3://b/d", format="parquet")],
    "Optional[StructuredDataset]": [StructuredDataset("s3://b/d"), None],
    "FlyteError": [FlyteError("m")],
}

PLAIN = {"x": 1, "y": 2.5, "tags": ["a"]}
PLAIN_DEEP = {"p": {"x": 1, "y": 0.5, "tags": []}, "m": {"a": 1}, "o": None, "when": "2024-02-29T00:00:00+00:00"}
CHANGED: dict[tuple[str, str], list[Any]] = {
    # What the examples of an output become at an input of another type, where they become another value.
    ("str", "Color"): [Color.RED],
    ("str", "Optional[Color]"): [Color.RED],
    ("datetime.datetime", "datetime.date"): [MIDNIGHT.date()],
    ("datetime.date", "datetime.datetime"): [MIDNIGHT],
    ("Color", "str"): ["red"],
    ("Color", "Optional[str]"): ["red"],
    ("Color", "Union[int, str]"): ["red"],
    ("Color", "Union[int, str, None]"): ["red"],
    ("Color", "Union[str, float]"): ["red"],
    ("dict", "Point"): [Point(1)],
    ("dict", "Optional[Point]"): [Point(1)],
    ("dict", "Deep"): [Deep(Point(2), {"a": 3})],
    ("Point", "dict"): [PLAIN],
    ("Point", "Optional[dict]"): [PLAIN],
    ("Deep", "dict"): [PLAIN_DEEP],
    ("Deep", "Optional[dict]"): [PLAIN_DEEP],
    ("List[Color]", "List[str]"): [["red"]],
    ("List[Color]", "List[Union[int, str]]"): [["red"]],
    ("List[str]", "List[Color]"): [[Color.RED]],
    ("List[Point]", "List[dict]"): [[{"x": 1, "y": 0.5, "tags": []}]],
    ("List[dict]", "List[Point]"): [[Point(1)]],
    ("Optional[str]", "Optional[Color]"): [Color.RED, None],
    ("Optional[Color]", "Optional[str]"): ["red", None],
    ("Optional[Color]", "Union[int, str, None]"): ["red", None],
    ("FlyteSchema", "StructuredDataset"): [StructuredDataset("s3://b/d")],
    ("FlyteSchema", "Optional[StructuredDataset]"): [StructuredDataset("s3://b/d")],
    ("StructuredDataset", "FlyteSchema"): [SCHEMA],
}

OTHER_BLOB = "Flyte does not look at a blob's dimensionality"
OF_NONE = "the type of an empty list is list[None], so that Flyte lets a list[None] be any list"
NONE_FOR_TABLE = "Flyte lets None be a structured dataset"
OTHER_SHAPE = "without a schema, all that is msgpack is one type"
REFUSED: dict[tuple[str, str], str] = {
    # What no value of the examples can be at an input that the platform connects, and why the platform does.
    ("FlyteFile", "FlyteDirectory"): OTHER_BLOB,
    ("FlyteFile['csv']", "FlyteDirectory"): OTHER_BLOB,
    ("FlyteDirectory", "FlyteFile"): OTHER_BLOB,
    ("FlyteDirectory", "FlyteFile['csv']"): OTHER_BLOB,
    ("FlyteDirectory", "Optional[FlyteFile]"): OTHER_BLOB,
    ("List[None]", "List[int]"): OF_NONE,
    ("List[None]", "List[Union[int, str]]"): OF_NONE,
    ("List[None]", "List[Color]"): OF_NONE,
    ("List[None]", "List[str]"): OF_NONE,
    ("List[None]", "List[Point]"): OF_NONE,
    ("List[None]", "List[dict]"): OF_NONE,
    ("List[None]", "List[List[int]]"): OF_NONE,
    ("List[None]", "Optional[List[int]]"): OF_NONE,
    ("None", "StructuredDataset"): NONE_FOR_TABLE,
    ("dict", "Dict[int, int]"): OTHER_SHAPE,
    ("Point", "Dict[int, int]"): OTHER_SHAPE,
    ("Deep", "Dict[int, int]"): OTHER_SHAPE,
    ("Dict[int, int]", "Point"): OTHER_SHAPE,
    ("Dict[int, int]", "Deep"): OTHER_SHAPE,
    ("Dict[int, int]", "Optional[Point]"): OTHER_SHAPE,
}


def each_pair(pairs: typing.Iterable[tuple[str, str]]) -> Any:
    return pytest.mark.parametrize("pair", pairs, ids=" to ".join)


def test_the_lists_are_of_what_is_connected():
    assert list(EXAMPLES) == NAMED
    assert set(CHANGED) | set(REFUSED) <= set(CONNECTED)
    assert not set(CHANGED) & set(REFUSED)
    assert all(len(CHANGED[pair]) == len(EXAMPLES[pair[0]]) for pair in CHANGED)


@each_pair([pair for pair in CONNECTED if pair not in REFUSED])
def test_what_is_connected_is_read(pair: tuple[str, str]):
    upstream, downstream = map(type_of, pair)
    literals = [to_literal(value, upstream) for value in EXAMPLES[pair[0]]]
    assert same([to_python_value(literal, downstream) for literal in literals], CHANGED.get(pair, EXAMPLES[pair[0]]))


@each_pair(REFUSED)
def test_what_is_connected_and_cannot_be_read_says_so(pair: tuple[str, str]):
    upstream, downstream = map(type_of, pair)
    (value,) = EXAMPLES[pair[0]]
    words = refusal_of(to_literal(value, upstream), downstream)
    assert ("Flyte lets" in words) == (REFUSED[pair] != OTHER_SHAPE), words


@pytest.mark.parametrize("text", [downstream for upstream, downstream in CONNECTED if upstream == "List[None]"])
def test_an_empty_list_is_any_list(text: str):
    assert same(to_python_value(to_literal([], list[None]), type_of(text)), [])


@pytest.mark.parametrize(
    "text", ["Dict[str, int]", "Dict[str, List[int]]", "Dict[str, Point]", "Optional[Dict[str, int]]"]
)
def test_a_dict_of_none_is_like_a_list_of_none(text: str):
    python_type = type_of(text)
    assert castable(to_literal_type(dict[str, None]), to_literal_type(python_type))
    assert same(to_python_value(to_literal({}, dict[str, None]), python_type), {})
    assert "Flyte lets" in refusal_of(to_literal({"a": None}, dict[str, None]), python_type)


def test_a_dict_of_none_is_read_where_none_may_be():
    literal = to_literal({"a": None}, dict[str, None])
    assert same(to_python_value(literal, type_of("Dict[str, Optional[int]]")), {"a": None})


@each_pair([("str", "Color"), ("str", "Optional[Color]"), ("Optional[str]", "Optional[Color]")])
def test_a_text_that_is_no_value_of_the_enum_is_refused(pair: tuple[str, str]):
    upstream, downstream = map(type_of, pair)
    assert pair in CONNECTED
    assert "Flyte lets" not in refusal_of(to_literal("green", upstream), downstream)


# ----------------------------------------------------------------------------------------- what the cache takes for one

BY_HASH = "dict with Literal.hash 'abc'"


def our_map(row: dict[str, Any], place: int) -> LiteralMap:
    """``{"x": value}``; where the row says so with the hash that a writer may put beside a value."""
    with_hash = row["type"] == BY_HASH
    literal = to_literal(value_of(row["python"][place]), dict if with_hash else type_of(row["type"]))
    literal.hash = "abc" if with_hash else ""
    return LiteralMap(literals={"x": literal})


@pytest.mark.parametrize("row", HASHED, ids=lambda row: " and ".join(row["python"])[:70])
def test_the_hashes_are_of_what_we_write(row: dict[str, Any]):
    for place in (0, 1):
        assert in_bytes(our_map(row, place)) == in_bytes(message(LiteralMap, row["literals"][place]))


def test_other_bytes_are_another_entry_of_the_cache_but_for_zeros_and_what_has_a_hash():
    exceptions = []
    for row in HASHED:
        same_bytes = in_bytes(our_map(row, 0)) == in_bytes(our_map(row, 1))
        if (row["hash"][0] == row["hash"][1]) != same_bytes:
            exceptions.append((row["type"], *row["python"]))
    assert exceptions == [("float", "0.0", "-0.0"), (BY_HASH, "{'x': 1}", "{'x': 2}")]
