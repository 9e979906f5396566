# SPDX-License-Identifier: Apache-2.0
"""Arrow streams and their way to Parquet, by arro3, the extra ``[parquet]``.

A stream is read once, one batch at a time, so a table of any length takes the memory of a few batches. arro3 is the
choice for its size and upkeep: 34 MB installed against pyarrow's 171, no dependencies on Python 3.12 and later, wheels
for glibc and musl alike, and it is the Arrow project's own Rust implementation underneath.
What is declared as a table is not known here. Next: ``parquet_files``, the way back.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any, ClassVar, TypeVar

from .errors import (
    ConversionError,
    ConversionTypeError,
    ConversionValueError,
    MissingExtraError,
    StorageError,
    cut,
    described,
    is_foreign,
    unlike,
)
from .trees import storage_error

FILE_NAME = "00000"
"""flytekit reads a table as a folder of files with counted names."""

ROWS_OF_A_GROUP = 2**17
"""Rows of a Parquet row group, whose encoded columns are in memory until it is written."""
BYTES_OF_A_GROUP = 2**26
"""Of a table with long rows a row group has fewer rows, so that it takes some 64 MiB in memory."""
FEWEST_ROWS = 2**7
_OPTIONS: Mapping[str, Any] = {"compression": "snappy", "dictionary_page_size_limit": 2**16}
"""A dictionary of values that hardly repeat takes three times the time and makes a larger file: arro3 gives it up once
it has so many bytes, by default 2**20."""

ROWS_OF_A_BATCH = 2**14
"""Rows that are read at once: few enough for wide rows, and enough that a batch costs little."""

_STREAM, _ARRAY = "__arrow_c_stream__", "__arrow_c_array__"
_T = TypeVar("_T")


def exports_arrow(value: Any) -> bool:
    """Whether a value exports itself by Arrow's PyCapsule interface, as a stream or as one batch. Asks its class."""
    return _has(value, _STREAM) or _has(value, _ARRAY)


def _has(value: Any, name: str) -> bool:
    """Whether the class of a value has a method of this name. None in its place says that it has not."""
    found = (vars(cls)[name] for cls in type(value).__mro__ if name in vars(cls))
    return next(found, None) is not None


def arro3() -> tuple[Any, Any]:
    """The modules ``arro3.core`` and ``arro3.io``. Raises MissingExtraError without the extra."""
    try:
        import arro3.core
        import arro3.io
    except ImportError:
        raise MissingExtraError("Parquet needs arro3", hint="pip install 'shimlite[parquet]'") from None
    return arro3.core, arro3.io


# ---------------------------------------------------------------------------------------------------------- streams


def stream_of(table: Any) -> Any:
    """The ``RecordBatchReader`` of what exports Arrow: a table, a stream of batches, or one batch.

    Raises ConversionTypeError where it exports something else, ConversionValueError for a stream of arro3's that was
    read already, MissingExtraError, and what its own code raises.
    """
    core, _ = arro3()
    if isinstance(table, core.RecordBatchReader):  # whose own iterator keeps the exceptions of who makes its batches
        if table.closed:
            raise ConversionValueError(expected="a table", got="a stream that was read already")
        return table
    if any(is_foreign(cls, "polars", "DataFrame") for cls in type(table).__mro__):
        _check_polars(table)
        if "Null" in str(table.schema):
            return _by_ipc(table)
    if _has(table, _STREAM):
        capsule = _by_its_code(table.__arrow_c_stream__)
        exported = _read(table, lambda: core.ArrayReader.from_arrow_pycapsule(capsule))
    else:
        capsules = _by_its_code(table.__arrow_c_array__)
        exported = _read(table, lambda: _reader_of(core.Array.from_arrow_pycapsule(*capsules)))
    kind = exported.field.type
    if not kind.is_struct(kind):
        got = f"{described(table)}, a column of {_spelled(kind)}"
        raise ConversionTypeError(expected="a table", got=got, hint="give the column a name in a table")
    if not exported.field.nullable:
        return _read(table, lambda: core.RecordBatchReader.from_arrow(exported))
    schema = core.Schema(kind.fields, metadata=exported.field.metadata)
    return stream_of_batches(schema, _whole_rows(exported, schema))


def _check_polars(frame: Any) -> None:
    """Raises ConversionValueError for columns of which polars exports addresses, or at which it ends the process."""
    for name, kind in frame.schema.items():
        if str(kind) == "Object":
            raise ConversionValueError("Arrow has no polars.Object", hint="cast it").at_key(name)
        if "\0" in name:
            raise ConversionValueError("Arrow has no column of such a name", hint="rename it").at_key(name)


def _by_ipc(frame: Any) -> Any:
    """The stream of a polars frame with nulls' columns, of which polars exports a buffer that arro3 refuses. It reads
    what polars writes of them."""

    def read(part: Any) -> Any:
        file = io.BytesIO()
        part.write_ipc_stream(file)
        file.seek(0)
        return arro3()[1].read_ipc_stream(file)

    parts = frame.iter_slices(ROWS_OF_A_BATCH)
    return stream_of_batches(read(frame.head(0)).schema, itertools.chain.from_iterable(map(read, parts)))


def _reader_of(array: Any) -> Any:
    return arro3()[0].ArrayReader.from_arrays(array.field, [array])


def _whole_rows(structs: Any, schema: Any) -> Iterator[Any]:
    """The batches of structs, of which none may be null: arro3 would make a row of it."""
    for struct in structs:
        if struct.null_count:
            raise ConversionValueError("a row is null as a whole", hint="give a table, not a column of structs")
        yield arro3()[0].RecordBatch.from_struct_array(struct).with_schema(schema)


def _by_its_code(export: Callable[[], _T]) -> _T:
    try:
        return export()
    except BaseException as error:
        stopped = _stopped(error)
    raise stopped


def _read(table: Any, read: Callable[[], _T]) -> _T:
    try:
        return in_arrow(read, "")
    except ConversionValueError:
        hint = "arro3 cannot read what it exports"
        raise ConversionTypeError(expected="an Arrow table", got=described(table), hint=hint) from None


def stream_of_batches(schema: Any, batches: Iterable[Any]) -> Any:
    """The ``RecordBatchReader`` of an iterable of batches, which is read as the stream is.

    arro3 0.8, the last one for Python 3.10, takes a list alone: there all batches are read at once.
    """
    reader = arro3()[0].RecordBatchReader
    with contextlib.suppress(TypeError):
        return reader.from_batches(schema, iter(batches))
    return reader.from_batches(schema, list(batches))


def stream_of_tables(tables: Iterable[Any], columns: Mapping[str, type | None]) -> Any:
    """The ``RecordBatchReader`` of all batches of several tables or batches, of which each exports Arrow.

    They are read as the stream is. The first one says the columns; where there is none, ``columns`` do, which have a
    type each then. Raises ConversionError where there is neither, and, while it is read, for one with other columns.
    """
    streams = _streams_of(tables)
    head = next(streams, None)
    if head is None:
        if not columns or None in columns.values():
            hint = "give a batch without rows, or declare the columns"
            raise ConversionValueError("no batch says the columns of the table", hint=hint)
        return stream_of_batches(schema_of({name: cls for name, cls in columns.items() if cls is not None}), [])
    schema = head.schema
    for place in range(len(schema)):
        schema = schema.set(place, schema.field(place).with_nullable(True))
    return stream_of_batches(schema, _batches_of(schema, itertools.chain([head], streams)))


def _streams_of(tables: Iterable[Any]) -> Iterator[Any]:
    """A generator, to which a StopIteration that the code of a table raises is no end of them."""
    for place, table in enumerate(tables):
        try:
            if not exports_arrow(table):
                raise unlike("a table or batch", table, "it must export Arrow")
            stream = stream_of(table)
        except ConversionError as error:
            raise error.at(f"[{place}]") from None
        yield stream


def _batches_of(schema: Any, streams: Iterable[Any]) -> Iterator[Any]:
    """The batches of all streams as those of one. A column of nulls is of any type."""
    core, _ = arro3()
    for place, stream in enumerate(streams):
        _check_alike(schema, stream.schema, f"[{place}]")
        for batch in stream:
            pairs = zip(batch.columns, schema.types)
            arrays = [column if column.type == kind else column.cast(kind) for column, kind in pairs]
            yield core.RecordBatch.from_arrays(arrays, schema=schema)


def _check_alike(first: Any, other: Any, path: str) -> None:
    if other.names != first.names:
        raise ConversionValueError("its columns are not those of the first one", path=path)
    for name, kind, wanted in zip(first.names, other.types, first.types):
        if kind != wanted and not kind.is_null(kind):
            error = ConversionValueError(expected=f"{_spelled(wanted)} as in the first batch", got=_spelled(kind))
            raise error.at_key(name).at(path)


def schema_of(columns: Mapping[str, type]) -> Any:
    """The Arrow schema of columns of int, float, str, bool, datetime (in UTC) and timedelta."""
    core, _ = arro3()
    kinds = {name: _TYPES[wanted](core.DataType) for name, wanted in columns.items()}
    reason = "Arrow has no column of such a name"  # one with a NUL
    return in_arrow(lambda: core.Schema([core.Field(name, kind) for name, kind in kinds.items()]), reason)


def check_columns(schema: Any, columns: Mapping[str, type | None]) -> None:
    """Check that a schema's columns can be written, and that those which are declared are there and of their types.

    ``columns`` has int, float, str, bool, datetime or timedelta by the column's name, None for one that may be of any
    type. Other columns may stand beside them. Raises ConversionValueError, its path naming the column, for one that is
    missing, does not fit, stands twice, or is of an Arrow type that Parquet lacks.
    """
    kinds: dict[str, Any] = {}
    for name, kind in zip(schema.names, schema.types):
        if name in kinds:
            raise ConversionValueError("two columns have this name", hint="rename one").at_key(name)
        if not _is_in_parquet(kind):
            raise ConversionValueError(f"Parquet has no {_spelled(kind)}", hint="cast it").at_key(name)
        kinds[name] = kind
    for name, wanted in columns.items():
        kind = _type_of(name, kinds)
        if kind is None:
            raise ConversionValueError("this column is missing").at_key(name)
        if wanted is not None and not _fits(kind, wanted):
            raise ConversionValueError(
                expected=f"a column of {wanted.__name__}", got=f"Arrow's {_spelled(kind)}", hint="cast it"
            ).at_key(name)


def _type_of(name: str, kinds: Mapping[str, Any]) -> Any:
    """The type of a column; ``a.b`` is the field ``b`` of the struct ``a`` too, as flytekit declares it. None where
    there is none."""
    outer, _, inner = name.partition(".")
    if name in kinds or not inner or outer not in kinds:
        return kinds.get(name)
    return _type_of(inner, {field.name: field.type for field in kinds[outer].fields or ()})


def _fits(kind: Any, wanted: type) -> bool:
    """Whether all values of an Arrow type are of a Python type. Those of a dictionary are, where its own values are;
    those of a column of nulls are of any."""
    if kind.is_dictionary(kind):
        return _fits(kind.value_type, wanted)
    return kind.is_null(kind) or any(is_it(kind) for is_it in _TESTS[wanted](type(kind)))


_TESTS: dict[type, Callable[[Any], tuple[Callable[[Any], bool], ...]]] = {
    int: lambda kinds: (kinds.is_integer,),
    float: lambda kinds: (kinds.is_floating, kinds.is_integer),  # as a FLOAT takes an int
    str: lambda kinds: (kinds.is_string, kinds.is_large_string, kinds.is_string_view),
    bool: lambda kinds: (kinds.is_boolean,),
    dt.datetime: lambda kinds: (kinds.is_timestamp, kinds.is_date),  # Flyte has one type for both
    dt.timedelta: lambda kinds: (kinds.is_duration,),
}


_TYPES: dict[type, Callable[[Any], Any]] = {
    int: lambda kinds: kinds.int64(),
    float: lambda kinds: kinds.float64(),
    str: lambda kinds: kinds.utf8(),
    bool: lambda kinds: kinds.bool(),
    dt.datetime: lambda kinds: kinds.timestamp("us", tz="UTC"),
    dt.timedelta: lambda kinds: kinds.duration("us"),
}


def _spelled(kind: Any) -> str:
    return cut(repr(kind).strip().removeprefix("arro3.core.DataType<").removesuffix(">"))


# ----------------------------------------------------------------------------------------------------- what Parquet has


def _is_in_parquet(kind: Any) -> bool:
    """Whether Parquet has a type whose readers know it again. What is written as another type is so only in a column of
    its own, not inside of other types."""
    kinds = type(kind)
    is_run_end_encoded = kind.num_fields and not (kinds.is_nested(kind) or kinds.is_dictionary(kind))
    if is_run_end_encoded or kinds.is_union(kind) or kinds.is_interval(kind):
        return False
    if kinds.is_dictionary(kind):
        return not kinds.is_nested(kind.value_type) and _is_in_parquet(kind.value_type)
    if kinds.is_struct(kind) and not kind.num_fields:
        return False
    if kinds.is_map(kind):
        return not _NOT_IN_A_MAP.search(_without_names(kind))
    if kinds.is_decimal(kind) and _BELOW_ZERO.search(_spelled(kind)):
        return False
    return all(_is_in_parquet(one) and _rewritten(one) is None for one in _types_inside(kind))


_NAME = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOT_IN_A_MAP = re.compile(
    r"Timestamp\(s|Time32\(s|Date64|Interval|Union|RunEndEncoded|Struct\(\)|, -\d"
    r"|Dictionary\(\w+, (?!(Large)?(Utf8|Binary)\))"
)
"""What ``_is_in_parquet`` refuses inside of other types. arro3 tells the types inside of a map in text alone."""
_BELOW_ZERO = re.compile(r", -\d+\)$")
"""Of a decimal whose scale is below zero. arro3 tells the scale in text alone."""


def _without_names(kind: Any) -> str:
    return _NAME.sub("", repr(kind))


def _types_inside(kind: Any) -> list[Any]:
    """Those of a list and of a struct."""
    fields = [kind.value_field] if kind.value_field is not None else kind.fields or ()
    return [field.type for field in fields]


def _rewritten(kind: Any) -> Any:
    """The type to write instead of one that pyarrow would read as int, since Parquet counts no seconds and no
    milliseconds of a date, or that arro3 cannot write, such as polars' categories. None for any other.

    A dictionary of text or bytes stays one. Readers know no other again, so its values are written."""
    kinds = type(kind)
    if kinds.is_timestamp(kind) and kind.time_unit == "s":
        return kinds.timestamp("ms", tz=kind.tz)
    if kinds.is_time32(kind) and kind.time_unit == "s":
        return kinds.time32("ms")
    if kinds.is_dictionary(kind):
        values = kind.value_type
        if kinds.is_string_view(values):
            return kinds.dictionary(kinds.int32(), kinds.large_utf8())
        is_text = any(is_it(values) for is_it in (kinds.is_string, kinds.is_large_string))
        is_bytes = any(is_it(values) for is_it in (kinds.is_binary, kinds.is_large_binary))
        return None if is_text or is_bytes else _rewritten(values) or values
    return kinds.date32() if kinds.is_date64(kind) else None


def _rewriting(schema: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The schema to write, and what makes its batches of those that the stream has."""
    core, _ = arro3()
    others = {place: other for place, kind in enumerate(schema.types) if (other := _rewritten(kind)) is not None}
    if not others:
        return schema, lambda batch: batch
    for place, other in others.items():
        schema = schema.set(place, schema.field(place).with_type(other))

    def rewritten(batch: Any) -> Any:
        arrays = batch.columns
        for place, other in others.items():
            before = _values_of(arrays[place], other)
            array = before.cast(other)
            if array.null_count != before.null_count:  # arro3 makes null of what the other type cannot hold
                reason = f"a value is out of the range of {_spelled(other)}, which Parquet has"
                raise ConversionValueError(reason).at_key(schema.names[place])
            arrays[place] = array
        return core.RecordBatch.from_arrays(arrays, schema=schema)

    return schema, rewritten


def _values_of(array: Any, other: Any) -> Any:
    """A dictionary's values where it is to become no dictionary: it may have nulls that are values of it."""
    kind = array.type
    return array.cast(kind.value_type) if kind.is_dictionary(kind) and not kind.is_dictionary(other) else array


# ---------------------------------------------------------------------------------------------------------- writing


def write_parquet(stream: Any, folder: str) -> None:
    """Write a ``RecordBatchReader`` as Parquet into the local ``folder``, which is made: as one file, and as another
    wherever rows that are far longer than those before would make a row group too large for the memory.

    What the maker of its batches raises comes out as it is. Raises StorageError where a file cannot be written, and
    ConversionValueError where Parquet has no such column. No file is left then.
    """
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise _unwritten(os.path.join(folder, FILE_NAME), error) from None
    writing = _Writing(stream, folder)
    writing.run()
    if writing.error is not None:
        for path in writing.paths:
            with contextlib.suppress(OSError):
                os.unlink(path)  # half a table, which on a full disk would take the room of an error document
        raise writing.error


class _Writing:
    """A stream on its way to files, which it is to arro3 too.

    arro3 makes text of an exception that comes out of Python, and panics where it cannot write. So what fails is kept
    here, and to arro3 the stream ends there.
    """

    seek: ClassVar[None] = None
    """arro3 asks for one, and never calls it."""

    def __init__(self, stream: Any, folder: str) -> None:
        self._stream = stream
        self._folder = folder
        self._path: str
        self._file: IO[bytes]
        self.paths: list[str] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            schema, rewritten = _rewriting(self._stream.schema)
            batches = self._batches(rewritten)
            first = next(batches, None)
            while self.error is None and (first is not None or not self.paths):
                self._write_file(schema, first, batches)
                first = next(batches, None)
        except BaseException as error:
            self.error = self.error or error

    def _write_file(self, schema: Any, first: Any, batches: Iterator[Any]) -> None:
        rows = rows_that_fit(first, FEWEST_ROWS, ROWS_OF_A_GROUP)
        options = {"max_row_group_size": rows, **_OPTIONS}

        def write() -> None:
            whole = stream_of_batches(schema, _of_one_file(first, batches, rows))
            arro3()[1].write_parquet(whole, self, **options)

        self._path = os.path.join(self._folder, f"{len(self.paths):0{len(FILE_NAME)}}")
        self._on_disk(self._open)
        if self.error is None:
            try:
                in_arrow(write, "it cannot be written as Parquet")
            finally:
                self._on_disk(self._file.close)

    def _open(self) -> None:
        self._file = open(self._path, "wb")  # noqa: SIM115 - who writes it closes it
        self.paths.append(self._path)

    def _batches(self, rewritten: Callable[[Any], Any]) -> Iterator[Any]:
        try:
            for batch in self._stream:
                if self.error is not None:
                    break
                yield rewritten(batch)
        except BaseException as error:
            self.error = self.error or _stopped(error)

    def write(self, data: bytes) -> int:
        self._on_disk(lambda: self._file.write(data))
        return len(data)

    def flush(self) -> None:
        self._on_disk(self._file.flush)

    def _on_disk(self, call: Callable[[], Any]) -> None:
        try:
            call()
        except BaseException as error:
            failure = _unwritten(self._path, error) if isinstance(error, OSError) else error
            self.error = self.error or failure


def _unwritten(path: str, error: OSError) -> StorageError:
    return storage_error(f"cannot write {path!r}", error)


def _stopped(error: BaseException) -> BaseException:
    """What a stream raised; a panic of the library that makes it is no exception that others know."""
    return ConversionValueError("the library that makes the table panicked") if _is_panic(error) else error


def _of_one_file(first: Any, batches: Iterator[Any], rows_of_a_group: int) -> Iterator[Any]:
    """The batches up to one that makes a row group of so many rows take twice its bytes. arro3 ends row groups by their
    rows alone, and a file ends them too."""
    rows = size = 0
    for batch in itertools.chain([first] if first is not None else (), batches):
        yield batch
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= rows_of_a_group:
            rows, size = 0, 0
        elif size > 2 * BYTES_OF_A_GROUP:
            break


def rows_that_fit(first: Any, fewest: int, most: int) -> int:
    """How many rows to have in memory at once, where they are as long as those of the first batch."""
    if first is None or not first.num_rows:
        return most
    fitting: int = BYTES_OF_A_GROUP * first.num_rows // max(1, first.nbytes)
    return max(fewest, min(most, fitting))


# ------------------------------------------------------------------------------------------------------------ errors


def in_arrow(call: Callable[[], _T], reason: str) -> _T:
    """What ``call`` returns. Raises ConversionValueError, which is a ValueError, for an Exception and a panic of arro3.

    What ends the process, as SIGTERM does, and a MemoryError come out as they are.
    """
    try:
        return call()
    except (OSError, MemoryError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and not _is_panic(error):
            raise
    raise ConversionValueError(reason)


def _is_panic(error: BaseException) -> bool:
    """Whether a library in Rust panicked. To Python that is an exception which is no Exception."""
    return type(error).__name__ == "PanicException"
