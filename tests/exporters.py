# SPDX-License-Identifier: Apache-2.0
"""Small tables of arro3, and objects that export Arrow in ways of their own."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema, Table
from arro3.io import read_json

from shimlite.arrow import stream_of_batches

LAZY = pytest.mark.skipif(sys.version_info < (3, 11), reason="the last arro3 for Python 3.10 reads a stream at once")


def batch(**columns: tuple[DataType, list[Any]]) -> RecordBatch:
    return RecordBatch.from_arrays([array(*column) for column in columns.values()], names=list(columns))


def array(kind: DataType, values: list[Any]) -> Array:
    """Of JSON, or of the integers that they count, for what arro3 makes of these alone."""
    made_of = DataType.float64() if DataType.is_float16(kind) else DataType.int64()
    if DataType.is_null(kind) or DataType.is_nested(kind):
        lines = "".join(json.dumps({"c": value}) + "\n" for value in values)
        return read_json(io.BytesIO(lines.encode()), Schema([Field("c", kind)])).read_next_batch().column(0)
    if any(is_it(kind) for is_it in (DataType.is_float16, DataType.is_temporal, DataType.is_decimal)):
        return Array(values, made_of).cast(kind)
    return Array(values, kind)


def table(**columns: tuple[DataType, list[Any]]) -> Table:
    return Table.from_batches([batch(**columns)])


def of_kind(kind: DataType, name: str = "c") -> Table:
    """A table without rows of one column."""
    return Schema([Field(name, kind)]).empty_table()


def numbers(*values: int) -> Table:
    return table(n=(DataType.int64(), list(values)))


def stream(batches: Iterable[Any], schema: Schema | None = None) -> RecordBatchReader:
    return stream_of_batches(numbers().schema if schema is None else schema, batches)


def failing(error: BaseException, *before: Table) -> Iterator[RecordBatch]:
    """Batches of which the last one is an error."""
    for one in before:
        yield from one.to_batches()
    raise error


class Exporter:
    """Exports what ``export`` returns as a stream, and counts how often it is asked."""

    def __init__(self, export: Callable[[], Any]) -> None:
        self.export = export
        self.asked = 0

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        self.asked += 1
        return self.export()


class BatchExporter:
    """Exports what ``export`` returns as one batch."""

    def __init__(self, export: Callable[[], Any]) -> None:
        self.export = export

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self.export()


class Frame(Exporter):
    """As other libraries' tables are: with columns, and exported as often as one likes."""

    columns = ("n",)

    def __init__(self, content: Table) -> None:
        super().__init__(content.__arrow_c_stream__)


def raising(error: BaseException) -> Exporter:
    def export() -> Any:
        raise error

    return Exporter(export)
