# SPDX-License-Identifier: Apache-2.0
"""Rows as Parquet, and back."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import ipaddress
import itertools
import os
import sqlite3
import sys
import uuid
from decimal import Decimal
from typing import Any

import pytest

from shimlite import Context, MissingExtraError, StorageError, parquet
from shimlite.context import active
from shimlite.parquet import read_rows, row_stream, write_rows

from .exporters import LAZY

UTC = dt.timezone.utc
AT = dt.datetime(2026, 1, 2, 3, 4, 5, 678901)
NUMBER = uuid.UUID(int=1)


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(parquet, "ROWS_OF_A_BATCH", 2)


@pytest.fixture
def surroundings(tmp_path):
    """A context whose working directory is empty at the end, as it was at the start."""
    working_directory = tmp_path / "working"
    working_directory.mkdir()
    with active(Context(working_directory=str(working_directory))):
        yield
    assert os.listdir(working_directory) == []


class Word(str, enum.Enum):
    A = "a"


def column(folder: Any, *values: Any, **options: Any) -> list[Any]:
    """The values of a column ``c`` that was written and read."""
    write_rows(["c"], [(value,) for value in values], str(folder), **options)
    return [row["c"] for row in read_rows(str(folder))]


def refusal(folder: Any, *values: Any, **options: Any) -> str:
    with pytest.raises(ValueError, match=".") as caught:
        column(folder, *values, **options)
    assert caught.value.__cause__ is None
    assert not os.path.exists(folder / "00000")
    return str(caught.value)


def test_every_declared_type_comes_back(tmp_path):
    types = {"i": int, "x": float, "s": str, "b": bool, "at": dt.datetime, "took": dt.timedelta, "raw": bytes}
    row = (-(2**63), -0.0, "é\x00", True, dt.datetime(1, 1, 1, tzinfo=UTC), dt.timedelta(microseconds=-1), b"\x00")
    none = (None,) * len(types)
    write_rows(list(types), [row, none], str(tmp_path), types)
    first, second = read_rows(str(tmp_path))
    assert first == dict(zip(types, row))
    assert {name: type(value) for name, value in first.items()} == types
    assert second == dict.fromkeys(types)
    assert repr(first["x"]) == "-0.0"


OF_SQL: list[tuple[Any, Any, str]] = [
    (True, True, "Boolean"),
    (-(2**63), -(2**63), "Int64"),
    (2**64 - 1, 2**64 - 1, "UInt64"),
    (float("-inf"), float("-inf"), "Float64"),
    (-0.0, -0.0, "Float64"),
    ("é\x00", "é\x00", "Utf8"),
    ("", "", "Utf8"),
    (b"\x00", b"\x00", "Binary"),
    (bytearray(b"\x00"), b"\x00", "Binary"),
    (memoryview(b"abc")[::2], b"ac", "Binary"),
    (Decimal("-1.50"), Decimal("-1.50"), "Decimal128(38, 2)"),
    (Decimal("1E+3"), Decimal(1000), "Decimal128(38, 0)"),
    (Decimal("1E-38"), Decimal("1E-38"), "Decimal128(38, 38)"),
    (Decimal("9" * 38), Decimal("9" * 38), "Decimal128(38, 0)"),
    (dt.date.min, dt.date.min, "Date32"),
    (dt.date.max, dt.date.max, "Date32"),
    (dt.time.min, dt.time.min, "Time64(µs)"),
    (dt.time.max, dt.time.max, "Time64(µs)"),
    (dt.datetime.min, dt.datetime.min, "Timestamp(µs)"),
    (dt.datetime.max, dt.datetime.max, "Timestamp(µs)"),
    (dt.datetime.min.replace(tzinfo=UTC), dt.datetime.min.replace(tzinfo=UTC), 'Timestamp(µs, "UTC")'),
    (dt.datetime.max.replace(tzinfo=UTC), dt.datetime.max.replace(tzinfo=UTC), 'Timestamp(µs, "UTC")'),
    (AT.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))), (AT - dt.timedelta(hours=1)).replace(tzinfo=UTC),
     'Timestamp(µs, "UTC")'),
    (dt.timedelta(microseconds=-1), dt.timedelta(microseconds=-1), "Duration(µs)"),
    (NUMBER, str(NUMBER), "Utf8"),
    (ipaddress.ip_interface("::1/64"), "::1/64", "Utf8"),
    ([1, None, 2], [1, None, 2], "List(Int64)"),
    ([1, 0.5], [1.0, 0.5], "List(Float64)"),
    ((True, False), [True, False], "List(Boolean)"),
    ([Decimal("1.5"), Decimal("2.25")], [Decimal("1.50"), Decimal("2.25")], "List(Decimal128(38, 2))"),
    ([AT], [AT], "List(Timestamp(µs))"),
    ([NUMBER, None], [str(NUMBER), None], "List(Utf8)"),
    ([[1], [2]], "[[1], [2]]", "Utf8"),
    ([{"a": 1}], '[{"a": 1}]', "Utf8"),
    ([1, "é"], '[1, "é"]', "Utf8"),
    ({"a": [1, None, {"b": 0.5}]}, '{"a": [1, null, {"b": 0.5}]}', "Utf8"),
    ({}, "{}", "Utf8"),
    ([], [], "List(Utf8)"),
    ([None], [None], "List(Utf8)"),
    (None, None, "Null"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "back", "arrow"), OF_SQL)
def test_every_value_of_sql_comes_back(tmp_path, value, back, arrow):
    kind = row_stream(["c"], [(value,)]).schema.field("c").type
    assert repr(kind).strip().replace(", field: ''", "") == f"arro3.core.DataType<{arrow}>"
    values = column(tmp_path, None, value)
    assert values == [None, back]
    assert repr(values[1]).replace("zoneinfo.ZoneInfo(key='UTC')", "datetime.timezone.utc") == repr(back)


def test_subclasses_are_what_they_are_of(tmp_path):
    row = (Word.A, enum.IntEnum("N", {"ONE": 1}).ONE, collections.OrderedDict(a=Word.A), type("F", (float,), {})(0.5))
    write_rows(list("abcd"), [row], str(tmp_path))
    assert read_rows(str(tmp_path)) == [{"a": "a", "b": 1, "c": '{"a": "a"}', "d": 0.5}]


def test_rows_of_several_files_come_in_the_order_of_names(tmp_path):
    for name, value in (("b", 2), ("a", 1)):
        write_rows(["n"], [(value,)], str(tmp_path / name))
        (tmp_path / name / "00000").rename(tmp_path / f"{name}.parquet")
        (tmp_path / name).rmdir()
    assert read_rows(str(tmp_path)) == [{"n": 1}, {"n": 2}]
    assert read_rows(str(tmp_path / "b.parquet")) == [{"n": 2}]


def test_columns_without_rows_are_there(tmp_path):
    write_rows(["a", "b"], [], str(tmp_path), {"a": int})
    assert read_rows(str(tmp_path)) == []
    assert [repr(kind).strip() for kind in row_stream(["a", "b"], [], {"a": int}).schema.types] == [
        "arro3.core.DataType<Int64>",
        "arro3.core.DataType<Null>",
    ]


# ------------------------------------------------------------------------------------------------ what declarations do


def test_a_declared_column_takes_what_drivers_give_for_it(tmp_path):
    taken: list[tuple[type, list[Any], list[Any]]] = [
        (int, [True, 2.0, Decimal("3.00")], [1, 2, 3]),
        (float, [1, Decimal("0.1"), Decimal("-Infinity")], [1.0, 0.1, float("-inf")]),
        (
            str,
            [Word.A, NUMBER, [1], {"a": None}, ipaddress.ip_address("::1")],
            ["a", str(NUMBER), "[1]", '{"a": null}', "::1"],
        ),
        (bytes, [bytearray(b"a"), memoryview(b"b")], [b"a", b"b"]),
        (bool, [0, 1.0, Decimal(1)], [False, True, True]),
        (dt.timedelta, [1.5, 2, Decimal("0.5")], [dt.timedelta(seconds=seconds) for seconds in (1.5, 2, 0.5)]),
    ]
    for declared, values, back in taken:
        assert [*map(repr, column(tmp_path, *values, types={"c": declared}))] == [*map(repr, back)]


def test_times_without_a_zone_count_as_utc_where_they_are_declared(tmp_path):
    values = ["2026-01-02T03:04:05.678901", "2026-01-02 03:04:05+01:00", "2026-01-02", AT, dt.date(2026, 1, 2)]
    assert [at.isoformat() for at in column(tmp_path, *values, types={"c": dt.datetime})] == [
        "2026-01-02T03:04:05.678901+00:00",
        "2026-01-02T02:04:05+00:00",
        "2026-01-02T00:00:00+00:00",
        "2026-01-02T03:04:05.678901+00:00",
        "2026-01-02T00:00:00+00:00",
    ]


SECRET = "hush"


@pytest.mark.parametrize(
    ("value", "declared", "got"),
    [
        (SECRET, int, "str"),
        ("1", int, "str"),
        (b"1", float, "bytes"),
        (1.5, int, "float that is no whole number"),
        (2**63, int, "int out of range"),
        (float("nan"), int, "float"),
        (float("inf"), int, "float out of range"),
        (SECRET, float, "str"),
        (2**53 + 1, float, "int that is no float"),
        (Decimal("1E+400"), float, "Decimal that is no float"),
        (1, bytes, "int"),
        (1, str, "int"),
        ("\ud800", str, "str that is no UTF-8"),
        ([b""], str, "list of 1 that is no JSON"),
        (2, bool, "int"),
        (SECRET, bool, "str"),
        (SECRET, dt.datetime, "str"),
        (1, dt.datetime, "int"),
        (dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))), dt.datetime, "datetime out of range"),
        ("1", dt.timedelta, "str"),
        (dt.timedelta.max, dt.timedelta, "timedelta out of range"),
    ],
)
def test_a_value_of_another_type_is_refused_without_being_shown(tmp_path, value, declared, got):
    message = refusal(tmp_path, None, value, types={"c": declared})
    assert message == f"column 'c', row 2: expected {declared.__name__}, got {got}"


def test_what_no_column_is_cannot_be_declared(tmp_path):
    write_rows(["c"], [(1,)], str(tmp_path / "ok"), {"another": complex})
    assert refusal(tmp_path, 1, types={"c": complex}) == "column 'c' is declared as complex, which no column is"


# -------------------------------------------------------------------------------------------- what first values decide


def test_ints_among_floats_are_floats_while_exact(tmp_path):
    assert [*map(repr, column(tmp_path, 1, 0.5, None))] == ["1.0", "0.5", "None"]
    (tmp_path / "00000").unlink()
    message = "column 'c', row 1: expected float, got int that is no float; cast it in the query"
    assert refusal(tmp_path, 2**53 + 1, 0.5) == message


def test_a_nan_is_a_float(tmp_path):
    assert [*map(repr, column(tmp_path, float("nan")))] == ["nan"]


def test_decimals_of_a_column_have_one_scale(tmp_path):
    values = [Decimal("1.5"), 2, Decimal("0.25"), Decimal("-0E+5")]
    assert [*map(str, column(tmp_path, *values))] == ["1.50", "2.00", "0.25", "0.00"]


def test_decimals_are_the_same_in_any_decimal_context(tmp_path):
    with decimal.localcontext(decimal.Context(prec=3, traps=[decimal.Inexact])):
        assert column(tmp_path, Decimal("1234.5678")) == [Decimal("1234.5678")]


class Hostile(dt.tzinfo):
    def utcoffset(self, at):
        raise LookupError(SECRET)


class Range:
    pass


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([Range()], "row 1: Parquet has no type for Range"),
        ([None, {1, 2}, 1], "row 2: Parquet has no type for set"),
        ([1, "x"], " mixes int, str"),
        ([True, 1], " mixes bool, int"),
        ([0.5, Decimal(1)], " mixes Decimal, float"),
        ([dt.date.min, AT, None], " mixes date, datetime"),
        ([{}, "x"], " mixes dict, str"),
        ([2**64], "row 1: expected int without a sign, got int out of range"),
        ([2**63, -1], "row 1: expected int, got int out of range"),
        (["a", "\ud800"], "row 2: expected str, got str that is no UTF-8"),
        ([Decimal("0.1"), Decimal("NaN")],
         "row 2: expected Decimal of 38 digits, 1 of them after the point, got Decimal that is no number"),
        ([Decimal("Infinity")],
         "row 1: expected Decimal of 38 digits, 0 of them after the point, got Decimal that is no number"),
        ([Decimal("1E+1000000000")],
         "row 1: expected Decimal of 38 digits, 0 of them after the point, got Decimal that does not fit"),
        ([Decimal("1E-39")],
         "row 1: expected Decimal of 38 digits, 38 of them after the point, got Decimal that does not fit"),
        ([dt.time(1, tzinfo=UTC)], "row 1: expected time, got time with a zone"),
        ([dt.timedelta.max], "row 1: expected timedelta, got timedelta out of range"),
        ([AT, AT.replace(tzinfo=UTC)], "row 2: expected datetime without a zone, got datetime with a zone"),
        ([AT.replace(tzinfo=UTC), AT], "row 2: expected datetime with a zone, got datetime without a zone"),
        ([AT.replace(tzinfo=Hostile())], "row 1: expected datetime with a zone, got datetime"),
        ([["a", "\ud800"]], "row 1: expected list of str, got list with str that is no UTF-8"),
        ([[1], [{2}]], "row 2: expected list or dict, got list of 1 that is no JSON"),
        ([{"a": b""}], "row 1: expected list or dict, got dict of 1 that is no JSON"),
        ([{"a": float("nan")}], "row 1: expected list or dict, got dict of 1 that is no JSON"),
        ([{"a": [{1: 2, "1": 3}]}], "row 1: expected list or dict, got dict of 1 that is no JSON"),
    ],
)  # fmt: skip
def test_first_values_that_no_column_has_are_refused(tmp_path, values, message):
    start = "column 'c'" if message.startswith(" ") else "column 'c', "
    assert refusal(tmp_path, *values) == f"{start}{message}; cast it in the query"


# ------------------------------------------------------------------------------------------------------ later batches


@pytest.mark.parametrize(
    ("values", "expected", "got"),
    [
        ([1, 2, 0.5], "int", "float"),
        ([1, 2, 2**63], "int", "int out of range"),
        ([2**63, 0, -1], "int without a sign", "int out of range"),
        ([0.5, 1, 2**53 + 1], "float", "int that is no float"),
        ([0.5, 1.0, Decimal(1)], "float", "Decimal"),
        ([True, None, 1], "bool", "int"),
        (["a", "b", b"c"], "str", "bytes"),
        ([None, NUMBER, "c"], "UUID", "str"),
        ([dt.date.min, dt.date.max, AT], "date", "datetime"),
        ([AT, AT, AT.date()], "datetime without a zone", "date"),
        ([AT, AT, AT.replace(tzinfo=UTC)], "datetime without a zone", "datetime with a zone"),
        ([Decimal("0.1"), Decimal(1), Decimal("0.12")], "Decimal of 38 digits, 1 of them after the point",
         "Decimal that does not fit"),
        ([[1], [2], ["a"]], "list of int", "list with str"),
        ([[1], [2], {}], "list of int", "dict of 0"),
        ([{}, [], "c"], "list or dict", "str"),
    ],
)  # fmt: skip
def test_a_later_batch_that_disagrees_is_refused_with_its_row(tmp_path, small_batches, values, expected, got):
    message = f"column 'c', row 3: expected {expected}, got {got}; cast it in the query"
    assert refusal(tmp_path, *values) == message


@pytest.mark.parametrize(
    ("values", "back"),
    [
        ([0.5, None, 1], [0.5, None, 1.0]),
        ([Decimal("0.25"), None, 1, Decimal("0.5")], [Decimal("0.25"), None, Decimal(1), Decimal("0.5")]),
        ([{}, {}, [1]], ["{}", "{}", "[1]"]),
        ([None, None, None, 1], [None, None, None, 1]),
        ([None, None, [], [None], None, ["a"]], [None, None, [], [None], None, ["a"]]),
        ([[], None, {}], ["[]", None, "{}"]),
        ([[], None, [[1]]], ["[]", None, "[[1]]"]),
        ([None, None, []], [None, None, []]),
        ([None] * 5, [None] * 5),
    ],
)
def test_a_later_batch_that_agrees_is_of_the_same_type(tmp_path, small_batches, surroundings, values, back):
    written = column(tmp_path / "table", *values)
    assert (written, [*map(type, written)]) == (back, [*map(type, back)])


def test_columns_tell_their_types_in_different_batches(tmp_path, small_batches, surroundings):
    names = ["a", "b", "c", "d"]
    rows: list[tuple[Any, ...]] = [(None, 1, None, []), (None, 2, None, None), (None, 3, None, None)]
    rows += [(None, 4, AT, None), ("x", 5, None, [0.5]), (None, 6, AT, [])]
    write_rows(names, rows, str(tmp_path / "table"))
    assert [tuple(row.values()) for row in read_rows(str(tmp_path / "table"))] == rows


def test_lists_of_nothing_before_what_is_no_list_are_refused(tmp_path, small_batches, surroundings):
    message = "column 'c', row 2: expected int, got list of 0; cast it in the query"
    assert refusal(tmp_path / "table", None, [], None, 1) == message


# ---------------------------------------------------------------------------------------------------- names and lengths


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "there are no columns"),
        (["a", "b", "a", "a"], "3 columns have the name 'a'; rename them in the query"),
        (["\ud800"], "Parquet has no column of the name '\\ud800'; rename it in the query"),
        (["x\0"], "Parquet has no column of the name 'x\\x00'; rename it in the query"),
    ],
)
def test_names_that_are_refused_before_a_row_is_read(tmp_path, names, message):
    rows = iter([(1,) * len(names)])
    with pytest.raises(ValueError, match=".") as caught:
        write_rows(names, rows, str(tmp_path / "table"))
    assert str(caught.value) == message
    assert len(list(rows)) == 1
    assert not (tmp_path / "table").exists()


def test_any_other_name_is_a_name(tmp_path):
    names = ["", " ", "a.b", "é", "A", "a", "n" * 1000]
    write_rows(names, [range(len(names))], str(tmp_path))
    assert read_rows(str(tmp_path)) == [{name: place for place, name in enumerate(names)}]


@pytest.mark.parametrize("length", [1, 3])
def test_a_row_of_another_length_is_refused(tmp_path, small_batches, length):
    rows = [(1, 2), (1, 2), (1, 2), (0,) * length]
    with pytest.raises(ValueError, match=rf"^row 4 has {length} values for 2 columns$"):
        write_rows(["a", "b"], rows, str(tmp_path / "table"))


@pytest.mark.parametrize("row", [{"a": 1}, "x", b"x"])
def test_a_row_that_is_no_sequence_of_values_is_refused(tmp_path, row):
    message = f"^row 1 is a {type(row).__name__}; give its values in the order of the names$"
    with pytest.raises(ValueError, match=message):
        write_rows(["a"], [row], str(tmp_path / "table"))


def test_a_long_name_is_shown_in_part(tmp_path):
    with pytest.raises(ValueError, match=r"^column 'n{100}…', row 1: expected int, got str$"):
        write_rows(["n" * 1000], [("x",)], str(tmp_path / "table"), {"n" * 1000: int})


# -------------------------------------------------------------------------------------------------------------- streams


def counted(rows: Any, counts: list[int]) -> Any:
    for row in rows:
        counts.append(1)
        yield row


@LAZY
def test_rows_are_read_as_their_batches_are(small_batches):
    counts: list[int] = []
    stream = row_stream(["a"], counted(zip(itertools.count()), counts))
    assert sum(counts) == 2
    assert [next(stream).num_rows, next(stream).num_rows, sum(counts)] == [2, 2, 4]


@LAZY
def test_a_batch_ends_where_its_bytes_do(monkeypatch):
    monkeypatch.setattr(parquet, "BYTES_OF_A_BATCH", 100_000)
    for wide in ("x" * 10_000, b"x" * 10_000, memoryview(b"x" * 10_000), ["x" * 1000] * 10, {"a": ["x" * 10_000]}):
        counts: list[int] = []
        stream = row_stream(["a", "b"], counted(itertools.repeat((1, wide)), counts))
        assert {batch.num_rows for batch in itertools.islice(stream, 3)} <= {9, 10, 11}
        assert sum(counts) <= 33


@LAZY
def test_a_batch_of_many_columns_has_few_rows():
    names = [f"c{place}" for place in range(2000)]
    stream = row_stream(names, itertools.repeat((1,) * len(names)))
    most = parquet.BYTES_OF_A_BATCH // (parquet.BYTES_OF_A_VALUE * len(names))
    assert all(batch.num_rows < most + parquet.ROWS_AT_ONCE for batch in itertools.islice(stream, 3))


@LAZY
def test_wide_rows_after_narrow_ones_end_a_batch_too(monkeypatch):
    monkeypatch.setattr(parquet, "BYTES_OF_A_BATCH", 100_000)
    stream = row_stream(["a"], itertools.chain([("",)] * 1000, itertools.repeat(("x" * 10_000,))))
    first, *others = [batch.num_rows for batch in itertools.islice(stream, 10)]
    assert 1000 < first <= 1000 + parquet.ROWS_AT_ONCE
    assert max(others) <= parquet.ROWS_AT_ONCE
    assert others[-1] == 10


@pytest.mark.parametrize("before", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("value", [None, 1])
def test_an_error_of_the_rows_comes_out_as_it_is(tmp_path, small_batches, surroundings, before, value):
    error = sqlite3.OperationalError("disk I/O error")

    def rows():
        yield from [(value,)] * before
        raise error

    with pytest.raises(sqlite3.OperationalError) as caught:
        write_rows(["a"], rows(), str(tmp_path / "table"))
    assert caught.value is error
    assert not (tmp_path / "table" / "00000").exists()


def test_an_error_after_batches_on_disk_leaves_none(tmp_path, small_batches, surroundings):
    rows: list[tuple[Any]] = [(None,), (None,), (None,), (None,), (1,), (2,), ("x",)]
    with pytest.raises(ValueError, match=r"^column 'a', row 7: expected int, got str; cast it in the query$"):
        write_rows(["a"], rows, str(tmp_path / "table"))


def test_batches_that_cannot_be_put_on_disk_are_an_error_of_storage(monkeypatch, small_batches, surroundings):
    def full(table: Any, path: str) -> None:
        raise Exception("No space left on device")

    monkeypatch.setattr("arro3.io.write_ipc", full)
    with pytest.raises(StorageError, match=r"^cannot write '.*/0'$"):
        row_stream(["a"], [(None,)] * 3)


@LAZY
def test_a_stream_that_is_left_leaves_nothing_on_disk(small_batches, surroundings):
    stream = row_stream(["a"], [(None,)] * 5 + [(1,)])
    next(stream)
    del stream


def test_memory_that_is_used_up_is_no_fault_of_a_value(tmp_path):
    with pytest.raises(MemoryError):
        column(tmp_path, dt.datetime(2026, 1, 1, tzinfo=Exhausted(MemoryError())))
    with pytest.raises(MemoryError):
        column(tmp_path, dt.datetime(2026, 1, 1, tzinfo=Exhausted(LookupError(), MemoryError())))


class Exhausted(dt.tzinfo):
    """Raises one error after the other, then says UTC."""

    def __init__(self, *errors):
        self.errors = list(errors)

    def utcoffset(self, at):
        if self.errors:
            raise self.errors.pop(0)
        return dt.timedelta(0)


def test_a_value_that_fails_once_is_refused_too(tmp_path):
    at = dt.datetime(2026, 1, 1, tzinfo=Exhausted(LookupError(SECRET)))
    message = (
        "column 'c', row 1: expected datetime with a zone, got values that raise LookupError; cast it in the query"
    )
    assert refusal(tmp_path, at) == message


def test_a_time_that_is_finer_than_a_microsecond_is_refused(tmp_path):
    class Fine(dt.datetime):
        def __sub__(self, other):
            return Span(0)

    class Span(dt.timedelta):
        def __mod__(self, other):
            return dt.timedelta(microseconds=1)

    got = f"{Fine.__name__} that is finer than a microsecond"
    message = f"column 'c', row 1: expected datetime without a zone, got {got}; cast it in the query"
    assert refusal(tmp_path, Fine(2026, 1, 1)) == message


# -------------------------------------------------------------------------------------------------------------- reading


def test_what_is_no_parquet_is_refused(tmp_path, capfd):
    path = tmp_path / "x"
    for content in (b"", b"PAR1", b"no parquet", b"PAR1 no parquet"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=".") as caught:
            read_rows(str(path))
        assert str(caught.value) == f"{str(path)!r} is {'a corrupt' if content == b'PAR1' else 'no'} Parquet file"
    path.write_bytes(b"PAR1" + b"\xff" * 50 + b"PAR1")
    with pytest.raises(ValueError, match=".") as caught:
        read_rows(str(path))
    assert str(caught.value) == f"{str(path)!r} is a corrupt Parquet file"


def test_a_file_that_is_corrupt_in_the_middle_is_refused(tmp_path, capfd):
    write_rows(["x"], [(number,) for number in range(1000)], str(tmp_path))
    path = tmp_path / "00000"
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(content)
    with pytest.raises(ValueError, match=".") as caught:
        read_rows(str(path))
    assert str(caught.value) == f"{str(path)!r} is a corrupt Parquet file"


def test_a_time_that_python_lacks_is_refused(tmp_path):
    import arro3.core
    import arro3.io

    kinds = arro3.core.DataType
    array = arro3.core.Array([2**62], kinds.int64()).cast(kinds.timestamp("us"))
    arro3.io.write_parquet(arro3.core.Table.from_arrays([array], names=["at"]), str(tmp_path / "x"))
    with pytest.raises(ValueError, match=".") as caught:
        read_rows(str(tmp_path / "x"))
    assert str(caught.value) == f"{str(tmp_path / 'x')!r} holds what Python has no value for"


def test_an_interrupt_stays_one(tmp_path, monkeypatch):
    write_rows(["x"], [(1,)], str(tmp_path))

    def interrupted(path, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("arro3.io.read_parquet", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_rows(str(tmp_path))


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    write_rows(["x"], [(1,)], str(tmp_path))
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    for call in (
        lambda: read_rows(str(tmp_path)),
        lambda: write_rows(["x"], [(1,)], str(tmp_path / "more")),
        lambda: write_rows(["x"], [(1,)], str(tmp_path / "more"), {"x": int}),
    ):
        with pytest.raises(MissingExtraError) as caught:
            call()
        assert str(caught.value) == "Parquet needs arro3; pip install 'shimlite[parquet]'"
    assert not (tmp_path / "more").exists()
