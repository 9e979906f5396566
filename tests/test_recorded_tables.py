# SPDX-License-Identifier: Apache-2.0
"""Tables that crossed between flytekit and shimlite on Flyte 1.16.8 (golden/tables.jsonl), read and written by us.

A pod of flytekit's wrote a table in each place where a type can have one. Pods of ours read them as references, as
dataframes of three libraries and as streams, and returned them, and a pod of flytekit's read what it had written. The
lines have the types as registered and as a pod got them, and the literals of both sides. flytectl wrote others, and
Flyte 2's SDK (2.12.1) those of its own dataframes, which went through the pods of ShimTasks.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Optional, Union

import arro3.core
import arro3.io
import pytest

from shimlite import (
    FlyteSchema,
    StructuredDataset,
    dict_to_literal_map,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralType, Variable
from shimlite.context import Context, active
from shimlite.values import relocating

from .golden.recorded import message, rows
from .stripping import stripped_type
from .support import unpacked

FILE = "tables.jsonl"
CROSSED = {row["name"]: row for row in rows(FILE, "crossed")}
SENT = {row["name"]: row for row in rows(FILE, "sent")}
RECORDS = {row["name"]: row for row in rows(FILE, "record")}
OF_FLYTE_2 = [
    pytest.param(one["type"], one["literal"], id=f"{row['name']}-{side}-{name}")
    for row in rows(FILE, "flyte2")
    for side in ("inputs", "outputs")
    for name, one in row[side].items()
]
(WRITTEN,) = rows(FILE, "parquet")


@dataclasses.dataclass
class Rec:
    """The record that flytekit's task has."""

    table: StructuredDataset
    tables: list[StructuredDataset]
    n: int


@dataclasses.dataclass
class Short:
    """The record that a task of Flyte 2's SDK has, with its DataFrame."""

    table: StructuredDataset
    n: int


COLUMNS = {"n": int, "name": str}
OF_COLUMNS = Annotated[StructuredDataset, COLUMNS]
Make = Callable[[str], Any]
"""Makes a table of its URI."""

TYPES: dict[str, tuple[Any, Callable[[list[str], Make], Any]]] = {
    "frame": (StructuredDataset, lambda uris, make: make(uris[0])),
    "chosen": (OF_COLUMNS, lambda uris, make: make(uris[0])),
    "schema": (FlyteSchema, lambda uris, make: make(uris[0])),
    "schemacols": (FlyteSchema[COLUMNS], lambda uris, make: make(uris[0])),
    "dataset": (StructuredDataset, lambda uris, make: make(uris[0])),
    "datasetcols": (OF_COLUMNS, lambda uris, make: make(uris[0])),
    "arrow": (StructuredDataset, lambda uris, make: make(uris[0])),
    "optional": (Optional[StructuredDataset], lambda uris, make: make(uris[0])),
    "nothing": (Optional[StructuredDataset], lambda uris, make: None),
    "either": (Union[StructuredDataset, str], lambda uris, make: make(uris[0])),
    "list": (list[StructuredDataset], lambda uris, make: list(map(make, uris))),
    "dict": (dict[str, StructuredDataset], lambda uris, make: dict(zip("ab", map(make, uris)))),
    "maybes": (list[Optional[StructuredDataset]], lambda uris, make: [make(uris[0]), None]),
    "deep": (dict[str, list[FlyteSchema]], lambda uris, make: {"a": [make(uris[0])], "b": []}),
    "rec": (Rec, lambda uris, make: Rec(make(uris[0]), [make(uris[1])], 1)),
    "maybedict": (Optional[dict[str, StructuredDataset]], lambda uris, make: {"x": make(uris[0])}),
}
"""The type of ours for each of flytekit's, and a value of it."""

LITERALS = [
    pytest.param(name, text, id=f"{name}-{writer}")
    for name, row in CROSSED.items()
    for writer, text in {"flytekit": row["literal"], **row["returned"]}.items()
]
OF_TABLES = [
    pytest.param(name, row["returned"][library], id=f"{name}-{library}")
    for name, row in CROSSED.items()
    if name not in ("rec", "nothing")
    for library in ("pandas", "polars", "pyarrow")
]


def uris_of(literal: Literal) -> Iterator[str]:
    """Those in a literal, in the order of lists and of keys."""
    kind = literal.WhichOneof("value")
    if kind == "collection":
        for one in literal.collection.literals:
            yield from uris_of(one)
    elif kind == "map":
        for _, one in sorted(literal.map.literals.items()):
            yield from uris_of(one)
    elif literal.scalar.HasField("union"):
        yield from uris_of(literal.scalar.union.value)
    elif literal.scalar.HasField("binary"):
        record = unpacked(literal)
        yield from (one["uri"] for one in (record["table"], *record.get("tables", ())))
    elif not literal.scalar.HasField("none_type"):
        yield (literal.scalar.schema if literal.scalar.HasField("schema") else literal.scalar.structured_dataset).uri


def referring(name: str) -> Make:
    """Makes the reference that is read of a table, in the class and with the columns of its type."""
    if name in ("schema", "deep"):
        return FlyteSchema
    if name == "schemacols":
        return lambda uri: FlyteSchema(uri, columns=(("n", int), ("name", str)))
    if name not in ("chosen", "datasetcols"):
        return lambda uri: StructuredDataset(uri, format="parquet")
    columns = tuple((key, to_literal_type(cls)) for key, cls in COLUMNS.items())
    return lambda uri: StructuredDataset(uri, format="parquet", columns=columns)


def value(name: str, literal: Literal, make: Make | None = None) -> Any:
    return TYPES[name][1](list(uris_of(literal)), make or referring(name))


def test_every_line_is_tested():
    assert list(CROSSED) == list(TYPES)
    assert all(set(row["returned"]) == set(CROSSED["frame"]["returned"]) for row in CROSSED.values())
    assert (len(LITERALS), len(SENT), set(RECORDS)) == (16 * 7, 6, {"echo-records", "again-records"})
    assert len(OF_FLYTE_2) == 17
    assert len(CROSSED) + len(SENT) + len(RECORDS) + len(rows(FILE, "flyte2")) + 1 == len(rows(FILE)) == 31


@pytest.mark.parametrize("name", [name for name in TYPES if name != "rec"])
def test_our_types_are_those_that_flytekit_registers(name):
    registered = message(LiteralType, CROSSED[name]["registered"])
    assert to_literal_type(TYPES[name][0]) == registered
    assert stripped_type(registered) == message(LiteralType, CROSSED[name]["in_pod"])


@pytest.mark.parametrize(("name", "text"), LITERALS)
def test_what_either_side_wrote_is_read(name, text):
    literal = message(Literal, text)
    assert to_python_value(literal, TYPES[name][0]) == value(name, literal)
    if name != "rec":  # which the template alone says to be a dict
        assert to_python_value(literal, message(LiteralType, CROSSED[name]["in_pod"])) == value(name, literal)


@pytest.mark.parametrize(("name", "text"), LITERALS)
def test_references_are_written_as_either_side_wrote_them(name, text):
    literal = message(Literal, text)
    variables = {"o0": Variable(type=message(LiteralType, CROSSED[name]["in_pod"]))}
    types = {"o0": Rec} if name == "rec" else None
    ours = dict_to_literal_map({"o0": value(name, literal)}, variables, types).literals["o0"]
    if name == "rec":  # flytekit leaves out what Flyte 2's SDK looks for
        kept = {"uri", "file_format"}
        theirs, ours = unpacked(literal), unpacked(ours)
        for one in (theirs["table"], *theirs["tables"], ours["table"], *ours["tables"]):
            for key in set(one) - kept:
                del one[key]
        assert ours == theirs
    else:
        assert ours == literal


@pytest.mark.parametrize(("name", "text"), OF_TABLES)
def test_tables_are_written_as_pods_wrote_them(name, text, tmp_path):
    """The tables of other libraries go out as the same literals, save for where they lie."""
    literal = message(Literal, text)
    kinds = arro3.core.DataType
    table = arro3.core.Table.from_pydict(
        {"n": arro3.core.Array([1], kinds.int64()), "name": arro3.core.Array(["é"], kinds.utf8())}
    )
    later: dict[str, str] = {}
    uris = uris_of(literal)
    variables = {"o0": Variable(type=message(LiteralType, CROSSED[name]["in_pod"]))}
    tables = value(name, literal, lambda uri: arro3.core.Table.from_arrow(table))
    context = Context(working_directory=str(tmp_path))
    with active(context), relocating(lambda one: later.setdefault(one.uri, next(uris, "none is left"))):
        ours = dict_to_literal_map({"o0": tables}, variables).literals["o0"]
    assert (ours, next(uris, None)) == (literal, None)
    assert all(arro3.io.read_parquet(f"{folder}/00000").read_all().num_rows == 1 for folder in later)


@pytest.mark.parametrize("name", RECORDS)
def test_records_have_tables_of_other_libraries(name):
    literal = message(Literal, RECORDS[name]["literal"])
    assert to_python_value(literal, Rec) == value("rec", literal)
    assert to_literal(value("rec", literal), Rec) == literal


@pytest.mark.parametrize("name", SENT)
def test_what_flytectl_writes_is_read_and_what_a_pod_returned_is_written(name):
    row = SENT[name]
    literal_type, literal = message(LiteralType, row["literal_type"]), message(Literal, row["literal"])
    variables = {"o0": Variable(type=literal_type)}
    read = to_python_value(literal, literal_type)
    assert dict_to_literal_map({"o0": read}, variables).literals["o0"] == message(Literal, row["returned"])
    (uri,) = uris_of(literal)
    tables = read if isinstance(read, list) else read.values() if isinstance(read, dict) else [read]
    assert [one.uri for one in tables] == [uri]


def tables_in(read: Any) -> list[Any]:
    if isinstance(read, (list, dict)):
        parts = read if isinstance(read, list) else [read[key] for key in sorted(read)]
        return [table for part in parts for table in tables_in(part)]
    return [read]


@pytest.mark.parametrize(("type_text", "text"), OF_FLYTE_2)
def test_flyte_2s_dataframes_are_read_and_written(type_text, text):
    literal_type, literal = message(LiteralType, type_text), message(Literal, text)
    if literal.scalar.HasField("binary"):
        record = to_python_value(literal, Short)
        assert record == Short(StructuredDataset(*uris_of(literal), format="parquet"), unpacked(literal)["n"])
        theirs = {"file_format": "parquet", **unpacked(literal)["table"]}  # which flytekit looks for
        assert unpacked(to_literal(record, Short)) == {"n": record.n, "table": theirs}
        return
    read = to_python_value(literal, literal_type)
    ours = dict_to_literal_map({"o0": read}, {"o0": Variable(type=literal_type)}).literals["o0"]
    assert ours == literal
    if not literal.scalar.HasField("primitive"):
        assert [(type(one), one.uri) for one in tables_in(read)] == [
            (StructuredDataset, uri) for uri in uris_of(literal)
        ]


def test_the_file_that_flytekit_wrote_is_read(tmp_path):
    (tmp_path / "00000").write_bytes(base64.b64decode(WRITTEN["file"]))
    table = arro3.core.Table(StructuredDataset(str(tmp_path)))
    assert table.column_names == WRITTEN["columns"]
    assert {name: table[name].to_pylist() for name in ("n", "name", "ok", "word", "list")} == {
        "n": [1, 2],
        "name": ["é", None],
        "ok": [True, False],
        "word": [b"\x00\xff", None],
        "list": [[1, 2], []],
    }
