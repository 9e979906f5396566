# SPDX-License-Identifier: Apache-2.0
"""Arrow streams, to Parquet and back: what is a table, which columns fit, and how writing ends."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from typing import Any

import arro3.io
import pytest
from arro3.core import Array, ChunkedArray, DataType, Field, RecordBatchReader, Schema, Table

from shimlite import ConversionTypeError, ConversionValueError, MissingExtraError, StorageError
from shimlite import arrow as module
from shimlite.arrow import (
    check_columns,
    exports_arrow,
    in_arrow,
    schema_of,
    stream_of,
    stream_of_batches,
    stream_of_tables,
    write_parquet,
)
from shimlite.parquet_files import read_parquet

from .exporters import (
    LAZY,
    BatchExporter,
    Exporter,
    Frame,
    array,
    batch,
    failing,
    numbers,
    of_kind,
    raising,
    stream,
    table,
)
from .support import refusal

INTS = DataType.int64()


def read(folder: Any) -> Table:
    return read_parquet(str(folder)).read_all()


def values(content: Table) -> list[list[Any]]:
    return [column.to_pylist() for column in content.columns]


def rows(content: Table) -> list[Any]:
    return content.column("n").to_pylist()


class Refuses(Exporter):
    __arrow_c_stream__ = None


class Lying:
    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (numbers(), True), (numbers().to_batches()[:0], False), (stream([]), True), (batch(n=(INTS, [1])), True),
        (Frame(numbers()), True), (BatchExporter(lambda: None), True), (Refuses(lambda: None), False),
        (Lying(), False), (Table, False), (Frame, False), (5, False), (None, False),
    ],
)  # fmt: skip
def test_the_class_of_a_value_says_whether_it_exports_arrow(value, expected):
    assert exports_arrow(value) is expected


@pytest.mark.parametrize(
    "exporter",
    [
        lambda content: content,
        lambda content: RecordBatchReader.from_arrow(content),
        lambda content: content.to_batches()[0],
        lambda content: Frame(content),
        lambda content: BatchExporter(content.to_batches()[0].__arrow_c_array__),
        lambda content: Exporter(stream(content.to_batches(), content.schema).__arrow_c_stream__),
    ],
)
def test_a_table_a_stream_and_a_batch_are_streams(exporter):
    assert stream_of(exporter(numbers(1, 2))).read_all() == numbers(1, 2)


COLUMN = Array([1], INTS)
UNREAD = "arro3 cannot read what it exports"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (COLUMN, "a table, got Array, a column of Int64; give the column a name in a table"),
        (ChunkedArray([COLUMN]), "a table, got ChunkedArray, a column of Int64; give the column a name in a table"),
        (Exporter(lambda: 5), f"an Arrow table, got Exporter; {UNREAD}"),
        (Exporter(lambda: None), f"an Arrow table, got Exporter; {UNREAD}"),
        (Exporter(numbers().schema.__arrow_c_schema__), f"an Arrow table, got Exporter; {UNREAD}"),
        (BatchExporter(lambda: 5), f"an Arrow table, got BatchExporter; {UNREAD}"),
        (BatchExporter(lambda: COLUMN.__arrow_c_array__()[::-1]),
         f"an Arrow table, got BatchExporter; {UNREAD}"),
    ],
)  # fmt: skip
def test_what_exports_no_table_is_refused(value, message):
    assert refusal(ConversionTypeError, stream_of, value) == f"expected {message}"


@LAZY
def test_a_column_of_structs_is_a_table_where_no_row_is_null(tmp_path):
    kind = DataType.struct([Field("n", INTS)])
    structs = array(kind, [{"n": 1}, {"n": None}])
    for value in (structs, ChunkedArray([structs])):
        assert rows(stream_of(value).read_all()) == [1, None]
    message = "a row is null as a whole; give a table, not a column of structs"
    for value in (array(kind, [{"n": 1}, None]), ChunkedArray([array(kind, [{"n": 1}]), array(kind, [None])])):
        assert refusal(ConversionValueError, write_parquet, stream_of(value), str(tmp_path)) == message
        assert os.listdir(tmp_path) == []


def test_a_stream_that_was_read_is_refused():
    reader = stream_of(numbers(1))
    reader.read_all()
    message = "expected a table, got a stream that was read already"
    assert refusal(ConversionValueError, stream_of, reader) == message


class PanicException(BaseException):
    pass


@pytest.mark.parametrize("error", [KeyError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_what_an_exporter_raises_comes_out_as_it_is(error):
    for value in (raising(error), BatchExporter(raising(error).__arrow_c_stream__)):
        with pytest.raises(type(error)) as caught:
            stream_of(value)
        assert caught.value is error


@LAZY
def test_a_panic_of_the_library_that_makes_a_table_is_an_exception(tmp_path):
    message = "the library that makes the table panicked"
    panic = PanicException("at row 5")
    assert refusal(ConversionValueError, stream_of, raising(panic)) == message
    assert refusal(ConversionValueError, write_parquet, stream(failing(panic)), str(tmp_path)) == message


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "arro3.io", None)
    message = "Parquet needs arro3; pip install 'shimlite[parquet]'"
    assert refusal(MissingExtraError, stream_of, Frame(numbers())) == message


# ---------------------------------------------------------------------------------------------------------- columns


TEXT, VIEW = DataType.utf8(), DataType.string_view()
FITTING = {
    int: [
        *(DataType.int8(), DataType.int16(), DataType.int32(), INTS),
        *(DataType.uint8(), DataType.uint16(), DataType.uint32(), DataType.uint64()),
    ],
    float: [DataType.float16(), DataType.float32(), DataType.float64()],
    str: [TEXT, DataType.large_utf8(), VIEW],
    bool: [DataType.bool()],
    dt.datetime: [
        *(DataType.timestamp(unit) for unit in ("s", "ms", "us", "ns")),
        *(DataType.timestamp("us", tz=zone) for zone in ("UTC", "+02:00", "Europe/Berlin")),
        *(DataType.date32(), DataType.date64()),
    ],
    dt.timedelta: [DataType.duration(unit) for unit in ("s", "ms", "us", "ns")],
}
OTHERS = [
    *(DataType.binary(), DataType.decimal128(5, 2), DataType.time32("s"), DataType.time64("us")),
    *(DataType.list(Field("item", INTS)), DataType.struct([Field("a", INTS)])),
]


@pytest.mark.parametrize("wanted", FITTING)
def test_which_arrow_types_fit_a_column(wanted):
    for cls, kinds in FITTING.items():
        for kind in kinds:
            fits = cls is wanted or (wanted is float and cls is int)
            for one in (kind, DataType.dictionary(DataType.int8(), kind)):
                if fits:
                    check_columns(of_kind(one).schema, {"c": wanted})
                else:
                    with pytest.raises(
                        ConversionValueError, match=rf"^\['c'\]: expected a column of {wanted.__name__}, got"
                    ):
                        check_columns(of_kind(one).schema, {"c": wanted})
    check_columns(of_kind(DataType.null()).schema, {"c": wanted})
    for kind in OTHERS:
        with pytest.raises(ConversionValueError, match=r"; cast it$"):
            check_columns(of_kind(kind).schema, {"c": wanted})
        check_columns(of_kind(kind).schema, {"c": None})


def schema(**kinds: DataType) -> Schema:
    return Schema([Field(name, kind) for name, kind in kinds.items()])


def map_of(kind: DataType, key: str = "key") -> DataType:
    return DataType.map(Field(key, TEXT, nullable=False), Field("value", kind), False)


NO_FIELDS = DataType.struct([])
RUNS = DataType.run_end_encoded(Field("ends", DataType.int32(), nullable=False), Field("values", TEXT))
SECONDS = DataType.timestamp("s")
STRUCT = DataType.struct([Field("b", INTS), Field("deep", DataType.struct([Field("er.b", TEXT)]))])


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        (schema(a=INTS), {"b": int}, "['b']: this column is missing"),
        (schema(a=INTS), {"b": None}, "['b']: this column is missing"),
        (schema(a=INTS), {"a": str}, "['a']: expected a column of str, got Arrow's Int64; cast it"),
        (schema(a=SECONDS), {"a": dt.timedelta},
         "['a']: expected a column of timedelta, got Arrow's Timestamp(s); cast it"),
        (Schema([Field("a", INTS), Field("a", TEXT)]), {}, "['a']: two columns have this name; rename one"),
        (schema(a=DataType.month_day_nano_interval()), {}, "['a']: Parquet has no Interval(MonthDayNano); cast it"),
        (schema(a=NO_FIELDS), {}, "['a']: Parquet has no Struct(); cast it"),
        (schema(a=DataType.list(Field("item", NO_FIELDS))), {}, "['a']: Parquet has no List(Struct()); cast it"),
        (schema(a=DataType.list(Field("item", SECONDS))), {}, "['a']: Parquet has no List(Timestamp(s)); cast it"),
        (schema(a=DataType.struct([Field("x", SECONDS)])), {},
         "['a']: Parquet has no Struct(\"x\": Timestamp(s)); cast it"),
        (schema(a=DataType.dictionary(INTS, DataType.list(Field("item", INTS)))), {},
         "['a']: Parquet has no Dictionary(Int64, List(Int64)); cast it"),
        (schema(a=DataType.decimal128(5, -2)), {}, "['a']: Parquet has no Decimal128(5, -2); cast it"),
        (schema(a=map_of(SECONDS)), {},
         "['a']: Parquet has no Map(\"entries\": non-null Struct(\"key\": non-null Utf8, \"value\": Timestamp(s)), "
         "unsorted); cast it"),
        (schema(a=STRUCT), {"a.c": int}, "['a.c']: this column is missing"),
        (schema(a=STRUCT), {"a.b": str}, "['a.b']: expected a column of str, got Arrow's Int64; cast it"),
        (schema(a=INTS), {"a.b": int}, "['a.b']: this column is missing"),
        (schema(a=STRUCT), {"a.": None}, "['a.']: this column is missing"),
        (schema(a=RUNS), {},
         "['a']: Parquet has no RunEndEncoded(\"ends\": non-null Int32, \"values\": Utf8); cast it"),
    ],
)  # fmt: skip
def test_a_table_without_the_declared_columns_is_refused(content, columns, message):
    assert refusal(ConversionValueError, check_columns, content, columns) == message


def test_other_columns_may_stand_beside_the_declared_ones():
    check_columns(schema(a=INTS, b=DataType.binary(), c=DataType.list(Field("item", TEXT))), {"a": int})
    check_columns(schema(), {})
    check_columns(schema(a=STRUCT), {"a.b": int, "a.deep.er.b": str, "a.deep": None})
    check_columns(Schema([Field("a.b", TEXT), Field("a", STRUCT)]), {"a.b": str})


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        *((kind, True) for kind in (INTS, TEXT, DataType.date32(), DataType.timestamp("ms"), DataType.time32("ms"))),
        *((kind, True) for kind in (DataType.decimal128(5, 2), DataType.null(), DataType.dictionary(INTS, TEXT))),
        (DataType.struct([Field("Date64", INTS), Field('a" Timestamp(s', TEXT)]), True),
        *((kind, False) for kind in (SECONDS, DataType.time32("s"), DataType.date64(), NO_FIELDS, RUNS)),
        *((kind, False) for kind in (DataType.month_day_nano_interval(), DataType.decimal256(50, -1))),
        *((DataType.dictionary(INTS, kind), False) for kind in (VIEW, INTS, DataType.duration("us"))),
    ],
)  # fmt: skip
def test_a_map_has_what_a_list_has(kind, fits):
    """arro3 does not tell the types inside of a map."""
    for one in (map_of(kind), DataType.list(Field("item", map_of(kind))), DataType.list(Field("item", kind))):
        if fits:
            check_columns(schema(a=one), {})
        else:
            assert refusal(ConversionValueError, check_columns, schema(a=one), {}).startswith("['a']: Parquet has no ")


# ---------------------------------------------------------------------------------------------------- several tables


@LAZY
def test_several_tables_are_read_as_one_and_as_late_as_can_be():
    asked = []

    def each():
        for place in range(3):
            asked.append(place)
            yield numbers(place, place)

    reader = stream_of_tables(each(), {})
    assert asked == [0]
    assert rows(reader.read_all()) == [0, 0, 1, 1, 2, 2]
    assert asked == [0, 1, 2]


def test_a_column_of_nulls_in_a_later_table_is_of_the_columns_type():
    first = Table.from_arrays([Array([1], INTS)], schema=Schema([Field("n", INTS, nullable=False)]))
    nulls = table(n=(DataType.null(), [None]))
    assert rows(stream_of_tables([first, nulls], {}).read_all()) == [1, None]


@LAZY
@pytest.mark.parametrize(
    ("second", "kind", "message"),
    [
        (5, ConversionTypeError, "[1]: expected a table or batch, got int; it must export Arrow"),
        (of_kind(INTS), ConversionValueError, "[1]: its columns are not those of the first one"),
        (of_kind(TEXT, "n"), ConversionValueError, "[1]['n']: expected Int64 as in the first batch, got Utf8"),
    ],
)
def test_a_later_table_with_other_columns_is_refused(second, kind, message, tmp_path):
    assert refusal(kind, stream_of_tables([numbers(1), second], {}).read_all) == message
    assert refusal(kind, write_parquet, stream_of_tables(iter([numbers(1), second]), {}), str(tmp_path)) == message
    assert os.listdir(tmp_path) == []


def test_the_first_of_several_must_be_a_table_too():
    assert refusal(ConversionTypeError, stream_of_tables, [5], {}) == (
        "[0]: expected a table or batch, got int; it must export Arrow"
    )


SIX = {"i": int, "f": float, "s": str, "b": bool, "d": dt.datetime, "t": dt.timedelta}


def test_no_table_at_all_is_one_of_the_declared_columns():
    empty = stream_of_tables(iter(()), SIX)
    assert empty.schema == schema_of(SIX)
    assert empty.read_all().num_rows == 0
    check_columns(schema_of(SIX), SIX)


def test_an_arro3_that_takes_lists_alone_is_given_one(monkeypatch):
    class Old:
        @staticmethod
        def from_batches(kinds: Any, batches: Any) -> Any:
            if not isinstance(batches, list):
                raise TypeError
            return RecordBatchReader.from_batches(kinds, batches)

    monkeypatch.setattr("arro3.core.RecordBatchReader", Old)
    assert rows(module.stream_of_batches(numbers().schema, iter(numbers(1).to_batches())).read_all()) == [1]


def test_a_name_that_arrow_cannot_have_is_refused(capfd):
    message = "Arrow has no column of such a name"
    assert refusal(ConversionValueError, stream_of_tables, [], {"a\0": int}) == message


@pytest.mark.parametrize("columns", [{}, {"a": int, "b": None}])
def test_no_table_at_all_without_declared_columns_is_refused(columns):
    assert refusal(ConversionValueError, stream_of_tables, [], columns) == (
        "no batch says the columns of the table; give a batch without rows, or declare the columns"
    )


# ---------------------------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize(
    "content",
    [
        numbers(), numbers(1), schema().empty_table(),
        table(n=(TEXT, ["a", None]), v=(VIEW, ["b", None]), l=(DataType.large_utf8(), [None, "c"])),
        table(f=(DataType.float16(), [1.5]), b=(DataType.binary(), [b"\x00"]), d=(DataType.decimal128(5, 2), [None])),
        table(n=(DataType.null(), [None, None])),
        table(z=(DataType.timestamp("ns", tz="Europe/Berlin"), [1, None]), d=(DataType.duration("s"), [-1, None])),
        table(x=(DataType.list(Field("item", INTS)), [[1, None], None])),
        numbers(1).with_schema(numbers().schema.with_metadata({"pandas": "{}"})),
        numbers(1).with_schema(Schema([Field("n", INTS, metadata={"ARROW:extension:name": "x.y"})])),
    ],
)  # fmt: skip
def test_a_table_comes_back_as_it_was(content, tmp_path):
    write_parquet(stream_of(content), str(tmp_path / "new" / "folder"))
    assert os.listdir(tmp_path / "new" / "folder") == ["00000"]
    back = read(tmp_path / "new" / "folder")
    assert back.schema == content.schema
    assert values(back) == values(content)


@pytest.mark.parametrize(
    ("kind", "written", "value", "back"),
    [
        (DataType.timestamp("s", tz="+02:00"), DataType.timestamp("ms", tz="+02:00"), 60, 60_000),
        (DataType.timestamp("s"), DataType.timestamp("ms"), -1, -1000),
        (DataType.date64(), DataType.date32(), 86_400_000, 1),
        (DataType.time32("s"), DataType.time32("ms"), 60, 60_000),
    ],
)
def test_what_readers_would_take_for_ints_is_written_as_what_they_know(kind, written, value, back, tmp_path):
    count = DataType.int32() if DataType.is_time(kind) else INTS
    content = Table.from_arrays([Array([value, None], count).cast(kind), Array([1, 2], INTS)], names=["c", "n"])
    write_parquet(stream_of(content), str(tmp_path))
    found = read(tmp_path)
    assert found.schema.types == [written, INTS]
    number = DataType.int32() if DataType.bit_width.__get__(written) == 32 else INTS
    assert found.column("c").cast(number).to_pylist() == [back, None]


def test_a_value_that_the_written_type_cannot_hold_is_refused(tmp_path):
    content = table(c=(SECONDS, [1, 2**60]))
    assert refusal(ConversionValueError, write_parquet, stream_of(content), str(tmp_path)) == (
        "['c']: a value is out of the range of Timestamp(ms), which Parquet has"
    )
    assert os.listdir(tmp_path) == []


def test_a_dictionary_of_views_is_written_as_one_of_text(tmp_path):
    """polars' categories: arro3 panics at them."""
    views = Array(["a", "b", None, "a"], TEXT).cast(DataType.dictionary(DataType.uint8(), TEXT))
    views = views.cast(DataType.dictionary(DataType.uint8(), VIEW))
    write_parquet(stream_of(Table.from_arrays([views], names=["c"])), str(tmp_path))
    found = read(tmp_path)
    assert found.schema.types == [DataType.dictionary(DataType.int32(), DataType.large_utf8())]
    assert found.column("c").to_pylist() == ["a", "b", None, "a"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Array([5], INTS), INTS),
        (Array([b"ab"], DataType.binary(2)), DataType.binary(2)),
        (Array([60], INTS).cast(SECONDS), DataType.timestamp("ms")),
    ],
)
def test_of_a_dictionary_of_anything_else_the_values_are_written(value, written, tmp_path):
    """pyarrow would read a duration as an int, and no bytes of one length at all."""
    content = Table.from_arrays([value.cast(DataType.dictionary(DataType.int8(), value.type))], names=["c"])
    write_parquet(stream_of(content), str(tmp_path))
    found = read(tmp_path)
    assert found.schema.types == [written]
    assert found.column("c").to_pylist() == value.cast(written).to_pylist()


def _slices(content: Table, count: int) -> Iterator[Table]:
    for at in range(0, content.num_rows, count):
        yield content.slice(at, min(count, content.num_rows - at))


class Polars(Exporter):
    """As a frame of polars is: it writes columns of nulls as it should, and exports what arro3 refuses."""

    __module__, __qualname__ = "polars.dataframe.frame", "DataFrame"

    def __init__(self, content: Table, **kinds: str) -> None:
        super().__init__(content.__arrow_c_stream__)
        self.content = content
        self.schema = kinds or {name: str(kind) for name, kind in zip(content.column_names, content.schema.types)}

    def head(self, count: int) -> Polars:
        return Polars(self.content.slice(0, min(count, self.content.num_rows)))

    def iter_slices(self, count: int) -> Any:
        return (Polars(part) for part in _slices(self.content, count))

    def write_ipc_stream(self, file: Any) -> None:
        arro3.io.write_ipc_stream(self.content, file)


Polars.__name__ = "DataFrame"


def test_nulls_of_polars_are_taken_as_it_writes_them(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ROWS_OF_A_BATCH", 2)
    content = table(n=(INTS, [1, 2, 3]), c=(DataType.null(), [None] * 3))
    frame = Polars(content)
    for value in (frame, Polars(content.slice(0, 0))):
        write_parquet(stream_of(value), str(tmp_path))
        assert read(tmp_path).schema == content.schema
        assert rows(read(tmp_path)) == rows(value.content)
        assert value.asked == 0
    assert rows(stream_of(Polars(numbers(1))).read_all()) == [1]


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({"n": "Object"}, "['n']: Arrow has no polars.Object; cast it"),
        ({"n\0": "Int64"}, "['n\\x00']: Arrow has no column of such a name; rename it"),
    ],
)
def test_what_polars_exports_wrongly_is_refused(kinds, message):
    """It would export addresses, and end the process."""
    frame = Polars(numbers(1), **kinds)
    assert refusal(ConversionValueError, stream_of, frame) == message
    assert frame.asked == 0


class Terminated(BaseException):
    """As SIGTERM's: it may come at any line."""


def test_what_ends_the_process_is_no_corrupt_file():
    for error in (Terminated(), KeyboardInterrupt(), MemoryError(), OSError(5, "x")):
        with pytest.raises(type(error)) as caught:
            in_arrow(raising(error).__arrow_c_stream__, "it is corrupt")
        assert caught.value is error
    for error in (Exception("a value"), PanicException("a value")):
        assert refusal(ConversionValueError, in_arrow, raising(error).__arrow_c_stream__, "it is corrupt") == (
            "it is corrupt"
        )


class Errors(Exception):
    pass


@LAZY
@pytest.mark.parametrize(
    "error", [Errors("own words"), OSError(5, "of the server"), KeyboardInterrupt(), SystemExit(2)]
)
@pytest.mark.parametrize("before", [(), (numbers(1), numbers(2))])
def test_what_makes_the_batches_may_raise_anything(error, before, tmp_path, capfd):
    with pytest.raises(type(error)) as caught:
        write_parquet(stream(failing(error, *before)), str(tmp_path / "t"))
    assert caught.value is error
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)
    assert os.listdir(tmp_path / "t") == []
    assert capfd.readouterr() == ("", "")


def test_the_cause_that_an_error_has_stays(tmp_path):
    error = Errors("own words")
    error.__cause__ = KeyError("inside")
    with pytest.raises(Errors) as caught:
        write_parquet(stream(failing(error)), str(tmp_path))
    assert repr(caught.value.__cause__) == "KeyError('inside')"


@LAZY
def test_a_library_that_fails_behind_its_capsule_says_why_in_its_own_words(tmp_path):
    """Arrow's interface keeps the text of an exception alone."""
    broken = stream_of(Exporter(stream(failing(Errors("own words"), numbers(1))).__arrow_c_stream__))
    with pytest.raises(Exception, match="own words"):
        write_parquet(broken, str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_an_error_of_storage(tmp_path, capfd):
    (tmp_path / "00000").symlink_to("/dev/full")
    message = f"cannot write {str(tmp_path / '00000')!r}: No space left on device"
    many = [numbers(*range(place, place + 10_000)).to_batches()[0] for place in range(100)]
    for content in (stream(numbers(1).to_batches()), stream(many)):
        assert refusal(StorageError, write_parquet, content, str(tmp_path)) == message
        assert os.listdir(tmp_path) == []
        (tmp_path / "00000").symlink_to("/dev/full")
    assert capfd.readouterr() == ("", "")


@LAZY
def test_a_full_disk_ends_the_stream(tmp_path, monkeypatch):
    (tmp_path / "00000").symlink_to("/dev/full")
    monkeypatch.setattr(module, "ROWS_OF_A_GROUP", 1000)
    asked = []

    def each():
        for place in range(1000):
            asked.append(place)
            yield from numbers(*range(1000)).to_batches()

    with pytest.raises(StorageError):
        write_parquet(stream(each()), str(tmp_path))
    assert len(asked) < 100


def test_a_folder_that_cannot_be_made_is_an_error_of_storage(tmp_path):
    (tmp_path / "file").write_text("")
    message = f"cannot write {str(tmp_path / 'file' / '00000')!r}: File exists"
    assert refusal(StorageError, write_parquet, stream([]), str(tmp_path / "file")) == message


def test_an_interrupt_while_arro3_writes_stays_one(tmp_path, monkeypatch):
    def interrupted(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("arro3.io.write_parquet", interrupted)
    for content in (stream([]), stream_of(numbers(1))):
        with pytest.raises(KeyboardInterrupt):
            write_parquet(content, str(tmp_path))
        assert os.listdir(tmp_path) == []


def test_an_interrupt_while_the_file_is_written_stays_one(tmp_path, monkeypatch):
    class Interrupted:
        name = ""

        def write(self, data: bytes) -> int:
            raise KeyboardInterrupt

        flush = close = lambda self: None

    monkeypatch.setattr(module, "open", lambda *arguments: Interrupted(), raising=False)
    with pytest.raises(KeyboardInterrupt):
        write_parquet(stream_of(numbers(1)), str(tmp_path))


def test_what_parquet_cannot_hold_is_refused_where_only_arro3_knows(tmp_path, capfd):
    inside = map_of(NO_FIELDS)
    message = "it cannot be written as Parquet"
    assert refusal(ConversionValueError, write_parquet, stream([], schema(c=inside)), str(tmp_path)) == message
    assert os.listdir(tmp_path) == []


def test_long_rows_make_small_row_groups(tmp_path, monkeypatch):
    options: list[dict[str, Any]] = []
    monkeypatch.setattr("arro3.io.write_parquet", lambda whole, file, **given: options.append(given))
    for content in (numbers(1, 2), numbers(), table(s=(TEXT, ["x" * 2**20] * 4)), table(s=(TEXT, ["x" * 2**26]))):
        write_parquet(stream_of(content), str(tmp_path))
    groups = [one["max_row_group_size"] for one in options]
    assert groups[:2] == [module.ROWS_OF_A_GROUP] * 2
    assert groups[3] == module.FEWEST_ROWS or groups[3] < groups[2]
    assert groups[2] < 200
    assert [one["compression"] for one in options] == ["snappy"] * 4


# ---------------------------------------------------------------------------------------------------------- reading


def test_a_folder_of_files_is_one_table_in_the_order_of_names(tmp_path):
    for place in (2, 0, 1):
        write_parquet(stream_of(numbers(place)), str(tmp_path / str(place)))
        (tmp_path / str(place) / "00000").rename(tmp_path / f"{place:05}")
        (tmp_path / str(place)).rmdir()
    for name in (".hidden", "_SUCCESS"):
        (tmp_path / name).write_text("no Parquet")
    assert rows(read(tmp_path)) == [0, 1, 2]
    assert rows(read(tmp_path / "00001")) == [1]


def test_a_folder_without_files_is_no_table(tmp_path):
    assert refusal(ConversionValueError, read_parquet, str(tmp_path)) == f"{str(tmp_path)!r} holds no Parquet file"


@pytest.mark.parametrize(("content", "what"), [(b"", "no"), (b"PAR1", "a corrupt"), (b"PAR1 no parquet", "no")])
def test_what_is_no_parquet_is_refused(content, what, tmp_path, capfd):
    (tmp_path / "x").write_bytes(content)
    path = str(tmp_path / "x")
    assert refusal(ConversionValueError, read_parquet, path) == f"{path!r} is {what} Parquet file"


def test_rows_that_become_far_longer_begin_another_file(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BYTES_OF_A_GROUP", 2**20)
    texts = ["x"] * 1000, *([f"{place:01000}"] * 1000 for place in range(10)), ["y"]
    batches = [table(s=(TEXT, one)).to_batches()[0] for one in texts]
    write_parquet(stream(iter(batches), batches[0].schema), str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["00000", "00001"]
    values = [value for batch in read_parquet(str(tmp_path)) for value in batch.column(0).to_pylist()]
    assert values == [text for one in texts for text in one]


@LAZY
def test_no_file_is_left_of_several(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BYTES_OF_A_GROUP", 1000)
    error = RuntimeError("gone")

    def each():
        yield from table(s=(TEXT, [""] * 100)).to_batches()
        for _ in range(5):
            yield from table(s=(TEXT, ["x" * 1000] * 10)).to_batches()
        assert len(os.listdir(tmp_path)) > 1
        raise error

    with pytest.raises(RuntimeError) as caught:
        write_parquet(stream(each(), schema(s=TEXT)), str(tmp_path))
    assert caught.value is error
    assert os.listdir(tmp_path) == []


def test_a_file_that_cannot_be_opened_is_an_error_of_storage(tmp_path):
    (tmp_path / "00000").mkdir()
    message = f"cannot write {str(tmp_path / '00000')!r}: Is a directory"
    for content in (stream([]), stream_of(numbers(1))):
        assert refusal(StorageError, write_parquet, content, str(tmp_path)) == message


def test_arro3_that_takes_a_list_alone_gets_one(monkeypatch):
    class Older:
        @staticmethod
        def from_batches(schema: Any, batches: Any) -> Any:
            if not isinstance(batches, list):
                raise TypeError
            return RecordBatchReader.from_batches(schema, batches)

    monkeypatch.setattr("arro3.core.RecordBatchReader", Older)
    batches = numbers(1, 2).to_batches()
    assert stream_of_batches(batches[0].schema, iter(batches)).read_all() == numbers(1, 2)


def test_arro3_that_knows_no_size_of_batches_reads_too(tmp_path, monkeypatch):
    write_parquet(stream_of(numbers(1, 2)), str(tmp_path))
    newer = arro3.io.read_parquet
    monkeypatch.setattr("arro3.io.read_parquet", lambda path: newer(path))
    assert rows(read(tmp_path)) == [1, 2]
