# SPDX-License-Identifier: Apache-2.0
"""Any table of the six types of columns: written where tables may stand, and read again, it is the same to the bit."""

from __future__ import annotations

import datetime as dt
import math
import pathlib
import tempfile
from dataclasses import dataclass
from typing import Any, Optional

from arro3.core import DataType, Field, RecordBatch, Schema, Table
from hypothesis import given
from hypothesis import strategies as st

from shimlite import Context, FlyteSchema, StructuredDataset, to_literal, to_python_value
from shimlite.arrow import schema_of
from shimlite.context import active
from shimlite.parquet_files import read_parquet
from shimlite.tables import write_table

from ..exporters import BatchExporter, Frame, array, stream

LONG = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = TEXT.filter(lambda name: name and "\0" not in name)
KINDS: dict[type, list[tuple[DataType, st.SearchStrategy[Any]]]] = {
    int: [
        (DataType.int64(), LONG),
        (DataType.int8(), st.integers(-128, 127)),
        (DataType.uint64(), st.integers(0, 2**64 - 1)),
    ],
    float: [(DataType.float64(), st.floats()), (DataType.float32(), st.floats(width=32))],
    str: [(DataType.utf8(), TEXT), (DataType.large_utf8(), TEXT), (DataType.string_view(), TEXT)],
    bool: [(DataType.bool(), st.booleans())],
    dt.datetime: [
        (DataType.timestamp(unit, tz=zone), LONG) for unit in ("ms", "us", "ns") for zone in (None, "UTC", "+02:00")
    ],
    dt.timedelta: [(DataType.duration(unit), LONG) for unit in ("s", "ms", "us", "ns")],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, type], Table]:
    """Declared columns, and a table of several batches that has them."""
    classes = draw(st.dictionaries(NAMES, st.sampled_from(list(KINDS)), max_size=4))
    kinds = {name: draw(st.sampled_from(KINDS[cls])) for name, cls in classes.items()}
    schema = Schema([Field(name, kind) for name, (kind, _) in kinds.items()])
    batches = []
    for length in draw(st.lists(st.integers(0, 5), max_size=3)) if kinds else []:
        cells = [(kind, st.lists(st.none() | cell, min_size=length, max_size=length)) for kind, cell in kinds.values()]
        batches.append(RecordBatch.from_arrays([array(kind, draw(cell)) for kind, cell in cells], schema=schema))
    return classes, Table.from_batches(batches, schema=schema)


def same(found: Table, wanted: Table) -> bool:
    """Compared by bits: no NaN equals another, and Python's times have no nanoseconds."""
    assert found.schema == wanted.schema
    return [list(map(bits, cells(column))) for column in found.columns] == [
        list(map(bits, cells(column))) for column in wanted.columns
    ]


def cells(column: Any) -> list[Any]:
    is_counted = DataType.is_timestamp(column.type) or DataType.is_duration(column.type)
    values: list[Any] = (column.cast(DataType.int64()) if is_counted else column).to_pylist()
    return values


def bits(cell: Any) -> Any:
    if isinstance(cell, float):
        return "nan" if math.isnan(cell) else cell.hex()
    return cell


def exporters(content: Table) -> list[Any]:
    """Each way of handing a table over: whole, as a stream, by another library, and, of one batch, as that."""
    batches = content.to_batches()
    single = [BatchExporter(batches[0].__arrow_c_array__)] if len(batches) == 1 else []
    return [content, stream(batches, content.schema), Frame(content), *single]


BY_NAME = dict[str, StructuredDataset]


@dataclass
class Held:
    one: StructuredDataset
    many: list[Optional[FlyteSchema]]


def uris(value: Any, columns: dict[str, type]) -> list[str]:
    """Where the table is, written in every place where tables stand."""
    schema = FlyteSchema[columns]
    found = [to_python_value(to_literal(value, schema), schema)]
    if not hasattr(value, "closed"):  # a stream is read once
        optional = Optional[schema]
        found += to_python_value(to_literal([value], list[optional]), list[optional])  # type: ignore[valid-type]
        found += [to_python_value(to_literal({"k": value}, BY_NAME), BY_NAME)["k"]]
        held = to_python_value(to_literal(Held(value, [None, value]), Held), Held)
        found += [held.one, held.many[1], write_table(value, declared=schema), write_table([value], declared=schema)]
    assert all(one.columns in ((), tuple(columns.items())) or isinstance(one, StructuredDataset) for one in found)
    return [one.uri for one in found]


@given(tables())
def test_a_table_comes_back_as_it_was(drawn):
    columns, content = drawn
    with tempfile.TemporaryDirectory() as folder, active(Context(working_directory=folder)):
        for value in exporters(content):
            for uri in uris(value, columns):
                assert [path.name for path in pathlib.Path(uri).iterdir()] == ["00000"]
                assert same(read_parquet(uri).read_all(), content)


@given(st.dictionaries(NAMES, st.sampled_from(list(KINDS)), min_size=1, max_size=4))
def test_no_batches_are_a_table_of_the_declared_columns(columns):
    with tempfile.TemporaryDirectory() as folder, active(Context(working_directory=folder)):
        found = read_parquet(write_table([], declared=FlyteSchema[columns]).uri).read_all()
        assert same(found, schema_of(columns).empty_table())
