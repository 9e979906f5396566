# SPDX-License-Identifier: Apache-2.0
"""Arrow streams, to Parquet and back: the only file that knows arro3, the extra ``[parquet]``.

A stream is read once, one batch at a time, so a table of any length takes the memory of a few batches. arro3 is the
choice for its size and upkeep: 34 MB installed against pyarrow's 171, no dependencies on Python 3.12 and later, wheels
for glibc and musl alike, and it is the Arrow project's own Rust implementation underneath.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from .errors import ConversionValueError, MissingExtraError, cut
from .trees import inside, storage_error, walk

FILE_NAME = "00000"
"""flytekit reads a table as a folder of files with counted names."""

ROWS_OF_A_GROUP = 2**17
"""Rows of a Parquet row group, whose encoded columns are in memory until it is written."""

ROWS_OF_A_BATCH = 2**14
"""Rows that are read at once: few enough for wide rows, and enough that a batch costs little."""

_MAGIC = b"PAR1"
_T = TypeVar("_T")


def exports_arrow(value: Any) -> bool:
    """Whether a value is a table that exports itself by Arrow's PyCapsule interface. Asks its class alone."""
    return any("__arrow_c_stream__" in vars(cls) for cls in type(value).__mro__)


def arro3() -> tuple[Any, Any]:
    """The modules ``arro3.core`` and ``arro3.io``. Raises MissingExtraError without the extra."""
    try:
        import arro3.core
        import arro3.io
    except ImportError:
        raise MissingExtraError("Parquet needs arro3", hint="pip install 'shimlite[parquet]'") from None
    return arro3.core, arro3.io


def stream_of(table: Any) -> Any:
    """The ``RecordBatchReader`` of a table that exports Arrow.

    Raises ValueError where it exports no table, and what its own code raises.
    """
    core, _ = arro3()
    capsule = type(table).__arrow_c_stream__(table)
    return _in_arrow(lambda: core.RecordBatchReader.from_arrow_pycapsule(capsule), "it exports no Arrow stream")


def stream_of_batches(schema: Any, batches: Iterable[Any]) -> Any:
    """The ``RecordBatchReader`` of an iterable of batches, which is read as the stream is."""
    return arro3()[0].RecordBatchReader.from_batches(schema, batches)


def write_parquet(stream: Any, folder: str) -> None:
    """Write a ``RecordBatchReader`` as one Parquet file into the local ``folder``, which is made.

    What the maker of its batches raises comes out as it is. Raises OSError where the file cannot be written, and
    ValueError where Parquet has no such column.
    """
    _, io = arro3()
    os.makedirs(folder, exist_ok=True)
    batches = _Relay(stream)
    whole = stream_of_batches(stream.schema, batches)
    options = {"compression": "snappy", "max_row_group_size": ROWS_OF_A_GROUP}
    with open(os.path.join(folder, FILE_NAME), "wb") as file:
        try:
            _in_arrow(lambda: io.write_parquet(whole, file, **options), "it cannot be written as Parquet")
        except ValueError:
            if batches.error is not None:
                raise batches.error from None
            raise


def parquet_files(path: str) -> list[str]:
    """The path of a Parquet file, or those of the files in a folder and in its folders, in the order of their names.

    What begins with ``.`` or ``_`` is no table's: Spark's ``_SUCCESS``, and its checksums. Raises ConversionValueError
    for another file and where there is none, and StorageError where one cannot be read.
    """
    tree = walk(path, f"cannot read {path!r}", storage_error)
    names = [name for name in tree.files if not any(part[:1] in (".", "_") for part in name.split("/"))]
    if not names:
        raise ConversionValueError(f"{path!r} holds no Parquet file")
    for name in names:
        with tree.open(name) as file:
            ends = [file.read(len(_MAGIC))]
            if file.size > len(_MAGIC):
                file.seek(-len(_MAGIC), os.SEEK_END)
                ends.append(file.read(len(_MAGIC)))
        if ends != [_MAGIC, _MAGIC]:
            raise ConversionValueError(f"{inside(path, name)!r} is no Parquet file")
    return [inside(path, name) for name in names]


def refuse_partitions(path: str, files: Iterable[str]) -> None:
    """Raises ConversionValueError where the names of folders between ``path`` and a file hold a column: ``day=1``."""
    folders = [part for file in files for part in file[len(path) :].split("/")[:-1]]
    partition = next((part for part in folders if "=" in part), "")
    if partition:
        reason = f"{path!r} is partitioned: the names of its folders hold a column, as {cut(partition)!r} does"
        raise ConversionValueError(reason, hint="annotate pandas.DataFrame or pyarrow.Table, which know it")


def read_parquet(path: str) -> Any:
    """The ``RecordBatchReader`` of a local Parquet file, or of a folder of them (see ``parquet_files``).

    Its batches are read when they are asked for, and a corrupt one is found then. Raises ConversionValueError for a
    file that is corrupt or has other columns than the first, and as ``parquet_files`` and ``refuse_partitions``.
    """
    first, *others = parquet_files(path)
    refuse_partitions(path, [first, *others])
    schema = _schema_of(first)
    if others:
        nullable = [field.with_nullable(True) for field in schema]
        schema = arro3()[0].Schema(nullable, metadata=schema.metadata)
    for other in others:
        its_own = _schema_of(other)
        if (its_own.names, its_own.types) != (schema.names, schema.types):
            raise ConversionValueError(f"{other!r} has other columns than {first!r}")
    return stream_of_batches(schema, _batches([first, *others], schema))


def _schema_of(path: str) -> Any:
    return _in_file(path, lambda: _reader_of(path).schema)


def _batches(paths: Iterable[str], schema: Any) -> Iterator[Any]:
    return itertools.chain.from_iterable(_batches_of(path, schema) for path in paths)


def _batches_of(path: str, schema: Any) -> Iterator[Any]:
    reader = _in_file(path, lambda: _reader_of(path))
    while (batch := _in_file(path, lambda: next(reader, None))) is not None:
        yield batch.with_schema(schema)


def _reader_of(path: str) -> Any:
    return iter(arro3()[1].read_parquet(path, batch_size=ROWS_OF_A_BATCH))


def _in_file(path: str, call: Callable[[], _T]) -> _T:
    try:
        return _in_arrow(call, f"{path!r} is a corrupt Parquet file")
    except OSError as error:
        raise storage_error(f"cannot read {path!r}", error) from None
    except ValueError as error:
        raise ConversionValueError(str(error)) from None


class _Relay:
    """The batches of a stream. arro3 makes text of an exception that comes out of Python: this keeps it."""

    def __init__(self, stream: Any) -> None:
        self._batches = iter(stream)
        self.error: BaseException | None = None

    def __iter__(self) -> _Relay:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._batches)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            raise


def _in_arrow(call: Callable[[], _T], reason: str) -> _T:
    """arro3 panics, which Python sees as an exception that is no Exception. Raises ValueError in its place."""
    try:
        return call()
    except (KeyboardInterrupt, OSError):
        raise
    except BaseException:
        raise ValueError(reason) from None
