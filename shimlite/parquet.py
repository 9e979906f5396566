# SPDX-License-Identifier: Apache-2.0
"""Rows as Parquet and back, through the extra ``[parquet]``, in the memory of one batch.

``columns`` knows what values become, ``arrow`` how a file is written. Next: ``tables``.
"""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import functools
import itertools
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .arrow import arro3, in_arrow, stream_of_batches, write_parquet
from .columns import CAST, Kind, array_of, kind_of_declared, kind_of_nothing, kind_of_values
from .context import current_context
from .errors import StorageError, class_name, cut
from .parquet_files import read_parquet

__all__ = ["read_rows", "row_stream", "size_of", "write_rows"]

ROWS_OF_A_BATCH = 10_000
"""Rows that are in memory as Python's values: enough for their types to be told, and few megabytes."""

BYTES_OF_A_BATCH = 16 * 2**20
"""Bytes of values that end a batch of fewer rows, since texts and blobs are of any size, and columns of any number."""

BYTES_OF_A_VALUE = 32
"""Of a number or a time, and of the place of any other value."""

ROWS_AT_ONCE = 64
"""Rows that are read before their bytes are counted, where they are small."""

_SMALL = frozenset({type(None), bool, int, float, uuid.UUID, dt.datetime, dt.date, dt.time, dt.timedelta})
_FLAT = _SMALL | {str, bytes, bytearray}


def write_rows(
    names: Sequence[str], rows: Iterable[Sequence[Any]], folder: str, types: Mapping[str, type] | None = None
) -> None:
    """Write ``rows``, which are read as they are written, as Parquet into the local ``folder``, which is made.

    ``types`` declares columns: int, float, str, bytes, bool, datetime (in UTC) or timedelta, both in microseconds. Any
    other column has the type of its first values, which must agree: one of these, Decimal, date, time, UUID (as text),
    lists of one of them, or other lists and dicts (as JSON text); ints among floats are floats. None is null in every
    column. Raises ValueError for two columns of one name, and, naming the column and the row (they count from 1),
    where a value is of another type; StorageError where it cannot be written; MissingExtraError without the extra; and
    what ``rows`` raises.
    """
    write_parquet(row_stream(names, rows, types), folder)


def read_rows(folder: str) -> list[dict[str, Any]]:
    """The rows of the Parquet files in a local ``folder``, or of one file, in the order of the files' names.

    Raises ValueError for a file that is none, StorageError where one cannot be read, and MissingExtraError without the
    extra.
    """
    rows: list[dict[str, Any]] = []
    for batch in read_parquet(folder):
        columns = in_arrow(functools.partial(_columns, batch), f"{folder!r} holds what Python has no value for")
        rows.extend(dict(zip(batch.column_names, row)) for row in zip(*columns))
    return rows


def _columns(batch: Any) -> list[list[Any]]:
    return [column.to_pylist() for column in batch.columns]


def row_stream(names: Sequence[str], rows: Iterable[Sequence[Any]], types: Mapping[str, type] | None = None) -> Any:
    """``rows`` as the ``RecordBatchReader`` that ``write_rows`` writes.

    It reads rows as it is read, and what it needs to know its schema at once: until each column has a type. Where the
    first value of one is not in the first batch, the batches before it are put on disk. Raises as ``write_rows``.
    """
    _check_names(names)
    declared = {name: kind_of_declared(name, cls) for name, cls in (types or {}).items() if name in names}
    columns = [_Column(name, declared.get(name)) for name in names]
    steps = _Table(columns).read(_batches(rows, len(columns)))
    return stream_of_batches(next(steps), steps)


def _check_names(names: Sequence[str]) -> None:
    if not names:
        raise ValueError("there are no columns")
    for name, count in collections.Counter(names).items():
        if count > 1:
            raise ValueError(f"{count} columns have the name {cut(name)!r}; rename them in the query")
        if "\0" in name or name != name.encode(errors="ignore").decode():
            raise ValueError(f"Parquet has no column of the name {cut(name)!r}; rename it in the query")


class _Column:
    """``kind`` is None until a value tells it; ``of_lists`` is that some were lists of nothing."""

    def __init__(self, name: str, declared: Kind | None) -> None:
        self.name = name
        self.kind = declared
        self.hint = f"; {CAST}" if declared is None else ""
        self.of_lists = False

    def array(self, values: Sequence[Any], classes: set[type], before: int) -> Any:
        assert self.kind is not None  # every column has one before it is written
        return array_of(self.name, self.kind, values, classes, before, self.hint)


class _Batch(NamedTuple):
    """The values of each column, their classes, and how many rows are before them."""

    columns: list[list[Any]]
    classes: list[set[type]]
    before: int


class _Stored(NamedTuple):
    """A batch that is on disk; the columns at the places ``untold`` are there as JSON text."""

    path: str
    untold: list[int]
    before: int


class _Table:
    """The columns of a table, and its batches as they become Arrow's."""

    def __init__(self, columns: Sequence[_Column]) -> None:
        self._columns = columns
        self._schema: Any = None

    def read(self, batches: Iterator[_Batch]) -> Iterator[Any]:
        """The schema, then each batch."""
        with contextlib.ExitStack() as stack:
            batch = next(batches)
            early: list[_Stored] = []
            self._tell(batch)
            while self._untold() and (following := next(batches, None)):
                if not early:
                    folder = stack.enter_context(tempfile.TemporaryDirectory(dir=current_context().working_directory))
                early.append(self._stored(batch, f"{folder}/{len(early)}"))
                batch = following
                self._tell(batch)
            self._schema = self._final_schema()
            yield self._schema
            yield from map(self._restored, early)
            yield from map(self._arrow, itertools.chain([batch], batches))

    def _tell(self, batch: _Batch) -> None:
        """Give a kind to each column that has none, where the batch tells it."""
        for place in self._untold():
            column, values, classes = self._columns[place], batch.columns[place], batch.classes[place]
            column.kind = kind_of_values(column.name, values, classes, batch.before)
            column.of_lists |= not classes <= {type(None)}

    def _untold(self) -> list[int]:
        return [place for place, column in enumerate(self._columns) if column.kind is None]

    def _final_schema(self) -> Any:
        core, _ = arro3()
        fields = []
        for column in self._columns:
            column.kind = column.kind or kind_of_nothing(column.of_lists)
            fields.append(core.Field(column.name, column.kind.arrow))
        return core.Schema(fields)

    def _arrow(self, batch: _Batch) -> Any:
        parts = zip(self._columns, batch.columns, batch.classes)
        arrays = [column.array(values, classes, batch.before) for column, values, classes in parts]
        return arro3()[0].RecordBatch.from_arrays(arrays, schema=self._schema)

    def _stored(self, batch: _Batch, path: str) -> _Stored:
        """The batch in a file at ``path``: columns of a known kind as they will be written, others as JSON text."""
        core, io = arro3()
        untold = self._untold()
        arrays = []
        for place, (column, values, classes) in enumerate(zip(self._columns, batch.columns, batch.classes)):
            if place in untold:
                texts = [None if value is None else json.dumps(value) for value in values]
                arrays.append(core.Array(texts, core.DataType.utf8()))
            else:
                arrays.append(column.array(values, classes, batch.before))
        table = core.Table.from_arrays(arrays, names=[column.name for column in self._columns])
        try:
            in_arrow(lambda: io.write_ipc(table, path), "")
        except ValueError:
            raise StorageError(f"cannot write {path!r}") from None
        return _Stored(path, untold, batch.before)

    def _restored(self, stored: _Stored) -> Any:
        core, io = arro3()
        arrays = io.read_ipc(stored.path).read_next_batch().columns
        os.remove(stored.path)
        for place in stored.untold:
            values = [None if text is None else json.loads(text) for text in arrays[place].to_pylist()]
            arrays[place] = self._columns[place].array(values, set(map(type, values)), stored.before)
        return core.RecordBatch.from_arrays(arrays, schema=self._schema)


def _batches(rows: Iterable[Sequence[Any]], width: int) -> Iterator[_Batch]:
    """One at least, which may be empty."""
    source, before, at_once = iter(rows), 0, 1
    more = True
    while more:
        batch = _Batch([[] for _ in range(width)], [set() for _ in range(width)], before)
        size = count = 0
        while count < ROWS_OF_A_BATCH and size < BYTES_OF_A_BATCH:
            piece = list(itertools.islice(source, min(at_once, ROWS_OF_A_BATCH - count)))
            if not piece:
                more = False
                break
            grown = _add(piece, batch, before + count)
            at_once = min(2 * at_once, ROWS_AT_ONCE) if 8 * grown < BYTES_OF_A_BATCH else max(1, at_once // 2)
            size += grown
            count += len(piece)
        if count or not before:
            yield batch
        before += count


def _add(piece: Sequence[Sequence[Any]], batch: _Batch, before: int) -> int:
    """Add rows to the columns of a batch; about how many bytes they have."""
    width = len(batch.columns)
    size = BYTES_OF_A_VALUE * width * len(piece)
    if isinstance(piece[0], (dict, str, bytes)):  # it is iterable too, and would give its keys
        kind = class_name(type(piece[0]))
        raise ValueError(f"row {before + 1} is a {kind}; give its values in the order of the names")
    if set(map(len, piece)) != {width}:
        place = next(place for place, row in enumerate(piece) if len(row) != width)
        raise ValueError(f"row {before + place + 1} has {len(piece[place])} values for {width} columns")
    for values, classes, column in zip(zip(*piece), batch.classes, batch.columns):
        own = set(map(type, values))
        if not own <= _SMALL:
            size += sum(map(sys.getsizeof if own <= _FLAT else size_of, values))
        classes |= own
        column.extend(values)
    return size


def size_of(value: Any) -> int:
    """The bytes of a value and of what it holds."""
    size, values = 0, [value]
    for one in values:  # it grows while the loop runs
        size += one.nbytes if isinstance(one, memoryview) else sys.getsizeof(one)
        values.extend(one.values() if isinstance(one, dict) else one if isinstance(one, (list, tuple)) else ())
    return size
