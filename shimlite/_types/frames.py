# SPDX-License-Identifier: Apache-2.0
"""The dataframe classes of other libraries that stand for a table: which they are, and how each reads Parquet.

No library is imported to know its class, since whoever has the class has imported it. Its own library reads a table of
it. Its values are written as all that exports Arrow is. Next: ``plain_data``.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from ..errors import ConversionTypeError, MissingExtraError, ShimliteError, cut, raised
from ..files import shown
from ..values import FlyteSchema, StructuredDataset, parquet_of

Read = Callable[[Any, str, "list[str]", "list[str] | None"], Any]
"""Makes a frame, of the library, a local file or folder, the files in it, and the names of columns; None stands for all
columns."""


@attrs.frozen(repr=False)
class Frame:
    cls: Any = attrs.field(eq=id)
    library: str = attrs.field(eq=False)
    read: Read = attrs.field(eq=False)

    def exported(self, value: Any) -> Any:
        """A value as what exports Arrow. Raises ConversionTypeError where its library is too old to export any."""
        from ..arrow import exports_arrow

        exported = _LazyFrame(value) if self.read is _scan_polars else value
        if exports_arrow(exported):
            return exported
        raise ConversionTypeError(f"this {self.library} exports no Arrow", hint=f"pip install --upgrade {self.library}")


class _LazyFrame:
    """A lazy frame, which is computed when its rows are asked for."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        from ..arrow import stream_of

        return stream_of(self._frame.collect()).__arrow_c_stream__()


def _read_pandas(library: Any, path: str, files: list[str], columns: list[str] | None) -> Any:
    return library.read_parquet(path, columns=columns)


def _read_polars(library: Any, path: str, files: list[str], columns: list[str] | None) -> Any:
    """A folder is no argument for polars where some of its files have an extension and some have none."""
    return library.read_parquet(files, columns=_outer(library, files, columns), glob=False)


def _scan_polars(library: Any, path: str, files: list[str], columns: list[str] | None) -> Any:
    frame = library.scan_parquet(files, glob=False)
    return frame if columns is None else frame.select(_outer(library, files, columns))


def _outer(library: Any, files: list[str], columns: list[str] | None) -> list[str] | None:
    """The names of columns for polars, which reads a struct whole; pandas and pyarrow read its field as ``a.b``."""
    if columns is None or not any("." in name for name in columns):
        return columns
    known = library.read_parquet_schema(files[0])
    return list(dict.fromkeys(name if name in known else name.partition(".")[0] for name in columns))


def _read_pyarrow(library: Any, path: str, files: list[str], columns: list[str] | None) -> Any:
    return importlib.import_module("pyarrow.parquet").read_table(path, columns=columns)


_READERS: dict[tuple[str, str], Read] = {
    ("pandas", "DataFrame"): _read_pandas,
    ("polars", "DataFrame"): _read_polars,
    ("polars", "LazyFrame"): _scan_polars,
    ("pyarrow", "Table"): _read_pyarrow,
}
"""By library and name of the class."""


def frame_of(cls: object) -> Frame | None:
    """The frame that a class is; None for any other. Runs no code of a library: it may be one that loads late."""
    for (library, name), read in _READERS.items():
        module = sys.modules.get(library)
        if isinstance(module, types.ModuleType) and object.__getattribute__(module, "__dict__").get(name) is cls:
            return Frame(cls, library, read)
    return None


def read_frame(frame: Frame, table: StructuredDataset | FlyteSchema, columns: Sequence[str]) -> Any:
    """The table as a frame: those of its columns that are named, or all where none is.

    Raises ConversionValueError for what is no Parquet and what the library refuses, MissingExtraError where the library
    needs another to read it, and StorageError.
    """
    from ..parquet_files import parquet_files

    path = parquet_of(table)
    in_partitions = frame.library != "polars"  # which gets the files
    files = parquet_files(path, shown(table.uri), in_partitions=in_partitions)
    refusal: BaseException
    try:
        return frame.read(sys.modules[frame.library], path, [file.path for file in files], list(columns) or None)
    except (ShimliteError, MemoryError):
        raise
    except ImportError:
        reason = f"{frame.library} lacks what it needs to read Parquet"
        refusal = MissingExtraError(reason, hint="pip install pyarrow")
    except BaseException as error:
        named = cut(", ".join(map(repr, columns)))
        of_columns = f"the columns {named} of " if columns else ""
        refusal = raised(error, f"{frame.library} cannot read {of_columns}{shown(table.uri)!r}")
    raise refusal
