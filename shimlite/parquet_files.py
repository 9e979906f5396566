# SPDX-License-Identifier: Apache-2.0
"""Parquet files as Arrow streams: one file, or a folder of them as flytekit, Spark and others leave it.

A file is read when its rows are asked for, a batch at a time. ``arrow`` writes them. Next: ``context``, which writes
the tables of a run.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from .arrow import FEWEST_ROWS, ROWS_OF_A_BATCH, arro3, in_arrow, rows_that_fit, stream_of_batches
from .errors import ConversionValueError, cut
from .trees import inside, storage_error, walk

_MAGIC = b"PAR1"
_T = TypeVar("_T")


class ParquetFile(NamedTuple):
    path: str
    name: str
    """What messages call it: where the file lies of which this is a copy."""


def parquet_files(path: str, name: str = "", *, in_partitions: bool = False) -> list[ParquetFile]:
    """The Parquet file at a path, or those in a folder and in its folders, in the order of their names.

    ``name`` stands for ``path`` in messages. What begins with ``.`` or ``_`` is no table's: Spark's ``_SUCCESS``, and
    its checksums. Raises ConversionValueError for another file and where there is none; unless they may be
    ``in_partitions``, where the names of folders hold a column (``day=1``); and StorageError where one cannot be read.
    """
    whole = ParquetFile(path, name.rstrip("/") or path)
    tree = walk(path, f"cannot read {whole.name!r}", storage_error)
    parts = [part for part in tree.files if not any(one[:1] in (".", "_") for one in part.split("/"))]
    if not parts:
        raise ConversionValueError(f"{whole.name!r} holds no Parquet file")
    for part in parts:
        with tree.open(part) as file:
            head = file.read(len(_MAGIC))
            file.seek(max(0, file.size - len(_MAGIC)))
            is_parquet = head == file.read(len(_MAGIC)) == _MAGIC
        if not is_parquet:
            raise ConversionValueError(f"{inside(whole.name, part)!r} is no Parquet file")
    partition = next((one for part in parts for one in part.split("/")[:-1] if "=" in one), "")
    if partition and not in_partitions:
        reason = f"{whole.name!r} is partitioned: the names of its folders hold a column, as {cut(partition)!r} does"
        raise ConversionValueError(reason, hint="annotate pandas.DataFrame or pyarrow.Table, which know it")
    return [ParquetFile(*(inside(one, part) for one in whole)) for part in parts]


def read_parquet(path: str, name: str = "") -> Any:
    """The ``RecordBatchReader`` of a local Parquet file, or of a folder of them (see ``parquet_files``).

    Its batches are read when they are asked for, and a corrupt one is found then. Raises ConversionValueError for a
    file that is corrupt or has other columns than the first, and as ``parquet_files``.
    """
    first, *others = parquet_files(path, name)
    schema = _schema_of(first)
    if others:
        nullable = [field.with_nullable(True) for field in schema]
        schema = arro3()[0].Schema(nullable, metadata=schema.metadata)
    for other in others:
        its_own = _schema_of(other)
        if (its_own.names, its_own.types) != (schema.names, schema.types):
            raise ConversionValueError(f"{other.name!r} has other columns than {first.name!r}")
    return stream_of_batches(schema, _chained([first, *others], schema))


def exported_parquet(path: str, name: str = "") -> Any:
    """What ``read_parquet`` reads, for another library: of one file it is a reader of arro3's own, without Python.

    DuckDB lets go of Python's lock while it reads. Where arro3 in turn reads what DuckDB makes of the table, it takes
    the lock for its own, and the process crashes in the Python code of a stream.
    """
    files = parquet_files(path, name)
    if len(files) > 1:
        return read_parquet(path, name)
    return _in_file(files[0], lambda io: _opened(io, files[0]))


def _schema_of(file: ParquetFile) -> Any:
    return _in_file(file, lambda io: io.read_parquet(file.path).schema)


def _chained(files: Iterable[ParquetFile], schema: Any) -> Iterator[Any]:
    return itertools.chain.from_iterable(_batches_in(file, schema) for file in files)


def _batches_in(file: ParquetFile, schema: Any) -> Iterator[Any]:
    reader = _in_file(file, lambda io: _opened(io, file))
    while (batch := _in_file(file, lambda _: next(reader, None))) is not None:
        yield batch.with_schema(schema)


def _opened(io: Any, file: ParquetFile) -> Any:
    """The reader of a file. Its first rows tell how many are few enough to be in memory at once."""
    with contextlib.suppress(TypeError):
        first = next(iter(io.read_parquet(file.path, batch_size=FEWEST_ROWS)), None)
        return iter(io.read_parquet(file.path, batch_size=rows_that_fit(first, 1, ROWS_OF_A_BATCH)))
    return iter(io.read_parquet(file.path))  # 0.8 has batches of 1024 rows


def _in_file(file: ParquetFile, call: Callable[[Any], _T]) -> _T:
    _, io = arro3()
    try:
        return in_arrow(lambda: call(io), f"{file.name!r} is a corrupt Parquet file")
    except OSError as error:
        raise storage_error(f"cannot read {file.name!r}", error) from None
