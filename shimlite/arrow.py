# SPDX-License-Identifier: Apache-2.0
"""Arrow streams, to Parquet and back: the only file that knows arro3, the extra ``[parquet]``.

A stream is read once, one batch at a time, so a table of any length takes the memory of a few batches. arro3 is the
choice for its size and upkeep: 34 MB installed against pyarrow's 171, no dependencies on Python 3.12 and later, wheels
for glibc and musl alike, and it is the Arrow project's own Rust implementation underneath.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from .errors import MissingExtraError

FILE_NAME = "00000"
"""flytekit reads a table as a folder of files with counted names."""

ROWS_OF_A_GROUP = 2**17
"""Rows of a Parquet row group, whose encoded columns are in memory until it is written."""

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


def read_parquet(path: str) -> Any:
    """The ``RecordBatchReader`` of a local Parquet file, or of a folder of them in the order of their names.

    Raises ValueError for a file that is none, and OSError where one cannot be read.
    """
    if not os.path.isdir(path):
        return _read_file(path)
    paths = [os.path.join(path, name) for name in sorted(os.listdir(path)) if not name.startswith((".", "_"))]
    if not paths:
        raise ValueError(f"{path!r} holds no Parquet file")
    first = _read_file(paths[0])
    return stream_of_batches(first.schema, _chained(first, paths[1:]))


def _chained(first: Any, paths: Iterable[str]) -> Iterator[Any]:
    yield from first
    for path in paths:
        yield from _read_file(path)


def _read_file(path: str) -> Any:
    with open(path, "rb") as file:
        head = file.read(len(_MAGIC))
        file.seek(max(0, os.path.getsize(path) - len(_MAGIC)))
        if head != _MAGIC or file.read() != _MAGIC:
            raise ValueError(f"{path!r} is no Parquet file")
    return _in_arrow(lambda: arro3()[1].read_parquet(path), f"{path!r} is a corrupt Parquet file")


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
