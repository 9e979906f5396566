# SPDX-License-Identifier: Apache-2.0
"""A column of every type of each server: what it is written as, or how it is refused."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

import pytest

from shimlite import DatabaseError
from shimlite.executors.sqlalchemy import BoundSQLAlchemyTaskExecutor

from .tasks import run

UTC = dt.timezone.utc
UUID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
POINT = bytes.fromhex("000000000101000000000000000000f03f0000000000000040")

POSTGRESQL: dict[str, tuple[str, str, Any]] = {
    "smallint": ("1::smallint", "Int64", 1),
    "integer": ("1", "Int64", 1),
    "bigint": ("9223372036854775807", "Int64", 2**63 - 1),
    "numeric": ("1.50", "Decimal128(38, 2)", Decimal("1.50")),
    "real": ("1.5::real", "Float64", 1.5),
    "double": ("1e300::float8", "Float64", 1e300),
    "infinite": ("'-Infinity'::float8", "Float64", -math.inf),
    "money": ("12.34::money", "Utf8", "$12.34"),
    "text": ("'x☃'", "Utf8", "x☃"),
    "varchar": ("'x'::varchar(3)", "Utf8", "x"),
    "char": ("'x'::char(3)", "Utf8", "x  "),
    "internal_char": ("'x'::\"char\"", "Utf8", "x"),
    "name": ("'x'::name", "Utf8", "x"),
    "bytea": (r"'\x00ff'::bytea", "Binary", b"\x00\xff"),
    "timestamp": ("'2026-01-02 03:04:05.678901'::timestamp", "Timestamp(µs)",
                  dt.datetime(2026, 1, 2, 3, 4, 5, 678901)),
    "timestamptz": ("'2026-01-02 03:04:05+02'::timestamptz", 'Timestamp(µs, "UTC")',
                    dt.datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)),
    "first_year": ("'0001-01-01 00:00:00+00'::timestamptz", 'Timestamp(µs, "UTC")', dt.datetime(1, 1, 1, tzinfo=UTC)),
    "date": ("'2026-01-02'::date", "Date32", dt.date(2026, 1, 2)),
    "time": ("'03:04:05.6'::time", "Time64(µs)", dt.time(3, 4, 5, 600_000)),
    "interval": ("'1 day 02:03:04.5'::interval", "Duration(µs)", dt.timedelta(days=1, seconds=7384.5)),
    "month": ("'1 month'::interval", "Duration(µs)", dt.timedelta(days=30)),
    "boolean": ("true", "Boolean", True),
    "enum": ("'sad'::mood", "Utf8", "sad"),
    "domain": ("3::positive", "Int64", 3),
    "composite": ("row(1, 'x')::pair", "Utf8", "(1,x)"),
    "point": ("'(1,2)'::point", "Utf8", "(1,2)"),
    "line": ("'{1,2,3}'::line", "Utf8", "{1,2,3}"),
    "lseg": ("'[(1,2),(3,4)]'::lseg", "Utf8", "[(1,2),(3,4)]"),
    "box": ("'(1,2),(3,4)'::box", "Utf8", "(3,4),(1,2)"),
    "path": ("'((1,2))'::path", "Utf8", "((1,2))"),
    "polygon": ("'((1,2),(3,4))'::polygon", "Utf8", "((1,2),(3,4))"),
    "circle": ("'<(1,2),3>'::circle", "Utf8", "<(1,2),3>"),
    "cidr": ("'10.0.0.0/8'::cidr", "Utf8", "10.0.0.0/8"),
    "inet": ("'10.0.0.1/8'::inet", "Utf8", "10.0.0.1/8"),
    "macaddr": ("'08:00:2b:01:02:03'::macaddr", "Utf8", "08:00:2b:01:02:03"),
    "macaddr8": ("'08:00:2b:01:02:03:04:05'::macaddr8", "Utf8", "08:00:2b:01:02:03:04:05"),
    "bit": ("B'101'", "Utf8", "101"),
    "varbit": ("B'101'::varbit(5)", "Utf8", "101"),
    "tsvector": ("'a b'::tsvector", "Utf8", "'a' 'b'"),
    "tsquery": ("'a & b'::tsquery", "Utf8", "'a' & 'b'"),
    "uuid": (f"'{UUID}'::uuid", "Utf8", UUID),
    "xml": ("'<a/>'::xml", "Utf8", "<a/>"),
    "json": ("""'{"a":[1,null]}'::json""", "Utf8", '{"a":[1,null]}'),
    "jsonb": ("""'{"a":[1,null]}'::jsonb""", "Utf8", '{"a": [1, null]}'),
    "json_number": ("'12345678901234567890.10'::jsonb", "Utf8", "12345678901234567890.10"),
    "json_text": ("""'"a"'::jsonb""", "Utf8", '"a"'),
    "json_null": ("'null'::json", "Utf8", "null"),
    "json_list": ("'[1, 2]'::jsonb", "Utf8", "[1, 2]"),
    "jsons": ("""array['{"a": 1.10}'::jsonb]""", "List(Utf8, field: '')", ['{"a": 1.10}']),
    "jsonpath": ("'$.a'::jsonpath", "Utf8", '$."a"'),
    "integers": ("array[1, 2]", "List(Int64, field: '')", [1, 2]),
    "texts": ("array['x', null]", "", ["x", None]),
    "numerics": ("array[1.5]", "", [Decimal("1.5")]),
    "uuids": (f"array['{UUID}'::uuid]", "", [UUID]),
    "timestamps": ("array['2026-01-02'::timestamp]", "", [dt.datetime(2026, 1, 2)]),
    "matrix": ("array[[1, 2], [3, 4]]", "Utf8", "[[1, 2], [3, 4]]"),
    "nothing": ("'{}'::int[]", "", []),
    "enums": ("array['sad']::mood[]", "Utf8", "{sad}"),
    "oid": ("1::oid", "Int64", 1),
    "regclass": ("'pg_class'::regclass", "Utf8", "pg_class"),
    "xid": ("'1'::xid", "Utf8", "1"),
    "pg_lsn": ("'0/1'::pg_lsn", "Utf8", "0/1"),
    "tid": ("'(0,1)'::tid", "Utf8", "(0,1)"),
    "refcursor": ("'x'::refcursor", "Utf8", "x"),
    "void": ("pg_sleep(0)", "Utf8", ""),
    "null": ("null", "Null", None),
}  # fmt: skip

TYPES_OF_POSTGRESQL = """
drop type if exists mood cascade; create type mood as enum ('sad');
drop domain if exists positive; create domain positive as int check (value > 0);
drop type if exists pair; create type pair as (a int, b text)
"""

NO_DATE = (
    r"the driver cannot take a value: (ValueError|DataError): [^0-9]+; "
    "cast dates before the year 1 or after 9999, and times of 24:00, to text in the query"
)
NO_NUMBER = "expected Decimal of 38 digits, 0 of them after the point, got Decimal that"
REFUSED_BY_POSTGRESQL = {
    "'NaN'::numeric": f"column 'c', row 1: {NO_NUMBER} is no number; cast it in the query",
    "'Infinity'::numeric": f"column 'c', row 1: {NO_NUMBER} is no number; cast it in the query",
    "repeat('9', 39)::numeric": f"column 'c', row 1: {NO_NUMBER} does not fit; cast it in the query",
    "'03:04:05+02'::timetz": "column 'c', row 1: expected time, got time with a zone; cast it in the query",
    "'0044-03-15 BC'::date": NO_DATE,
    "'0044-03-15 BC'::timestamptz": NO_DATE,
}
REFUSED_BY_PSYCOPG = {
    "'infinity'::timestamp": NO_DATE,
    "'-infinity'::date": NO_DATE,
    "'24:00:00'::time": NO_DATE,
    "'[1,3)'::int4range": "column 'c', row 1: Parquet has no type for Range; cast it in the query",
    "'{[1,3)}'::int4multirange": "column 'c', row 1: Parquet has no type for Multirange; cast it in the query",
}
OF_PSYCOPG2 = {
    "'infinity'::timestamp": dt.datetime.max,
    "'-infinity'::date": dt.date.min,
    "'24:00:00'::time": dt.time(),
    "'{[1,3)}'::int4multirange": "{[1,3)}",
}
"""psycopg2 itself puts the first or last time that Python knows in these places."""


def refusal(*given: Any) -> str:
    with pytest.raises((DatabaseError, ValueError), match=".") as caught:
        run(*given)
    return str(caught.value)


def test_types_of_postgresql(of_postgresql):
    """In a first row, in a table without rows, and in one where all is null."""
    assert run(of_postgresql, TYPES_OF_POSTGRESQL, None) is None
    columns = ", ".join(f'{text} as "{name}"' for name, (text, _, _) in POSTGRESQL.items())
    types, rows = run(of_postgresql, f"select {columns}")
    assert rows == [{name: value for name, (_, _, value) in POSTGRESQL.items()}]
    assert {name: type(value) for name, value in rows[0].items()} == {
        name: type(value) for name, (_, _, value) in POSTGRESQL.items()
    }
    assert {name: arrow for name, arrow in types.items() if POSTGRESQL[name][1]} == {
        name: arrow for name, (_, arrow, _) in POSTGRESQL.items() if arrow
    }
    assert run(of_postgresql, f"select {columns} where false") == (dict.fromkeys(POSTGRESQL, "Null"), [])
    nulls = ", ".join(f'nullif({text}::text, {text}::text) as "{name}"' for name, (text, _, _) in POSTGRESQL.items())
    assert run(of_postgresql, f"select {nulls}").rows == [dict.fromkeys(POSTGRESQL)]


def test_what_postgresql_has_and_python_or_parquet_lack(of_postgresql):
    is_psycopg2 = "psycopg2" in of_postgresql
    refused = REFUSED_BY_POSTGRESQL if is_psycopg2 else {**REFUSED_BY_POSTGRESQL, **REFUSED_BY_PSYCOPG}
    for text, reason in refused.items():
        for query in (f"select {text} as c", f"select null as n, {text} as c union all select 1, null"):
            said = refusal(of_postgresql, query)
            assert re.fullmatch(reason, said) if reason is NO_DATE else said == reason, query
    for text, value in OF_PSYCOPG2.items() if is_psycopg2 else ():
        assert run(of_postgresql, f"select {text} as c").rows == [{"c": value}]


def test_a_time_that_comes_late_is_refused_as_well(of_postgresql):
    late = (
        "select case i when 9000 then '0044-03-15 BC'::date end as day, now() as at, i from generate_series(1, 9999) i"
    )
    assert re.fullmatch(NO_DATE, refusal(of_postgresql, late))


MARIADB: dict[str, tuple[str, str, str, Any]] = {
    "tiny": ("tinyint", "-1", "Int64", -1),
    "flag": ("boolean", "true", "Int64", 1),
    "small": ("smallint unsigned", "65535", "Int64", 65535),
    "medium": ("mediumint", "-8388608", "Int64", -(2**23)),
    "filled": ("int zerofill", "7", "Int64", 7),
    "big": ("bigint", "-9223372036854775808", "Int64", -(2**63)),
    "unsigned_big": ("bigint unsigned", "18446744073709551615", "UInt64", 2**64 - 1),
    "decimal_": ("decimal(10, 2)", "1.5", "Decimal128(38, 2)", Decimal("1.50")),
    "long_decimal": ("decimal(65, 30)", "1.5", "Decimal128(38, 30)", Decimal("1.5")),
    "single": ("float", "1.5", "Float64", 1.5),
    "double_": ("double", "1e300", "Float64", 1e300),
    "bit_": ("bit(1)", "b'1'", "Binary", b"\x01"),
    "bits": ("bit(20)", "b'101'", "Binary", b"\x00\x00\x05"),
    "char_": ("char(3)", "'x'", "Utf8", "x"),
    "varchar_": ("varchar(3)", "'☃'", "Utf8", "☃"),
    "binary_": ("binary(3)", "'x'", "Binary", b"x\x00\x00"),
    "varbinary_": ("varbinary(3)", "x'00ff'", "Binary", b"\x00\xff"),
    "tiny_blob": ("tinyblob", "''", "Binary", b""),
    "blob_": ("longblob", "x'ff'", "Binary", b"\xff"),
    "text_": ("text", "'t'", "Utf8", "t"),
    "long_text": ("longtext", "'t'", "Utf8", "t"),
    "enum_": ("enum('a', 'b')", "'a'", "Utf8", "a"),
    "set_": ("set('a', 'b')", "'a,b'", "Utf8", "a,b"),
    "date_": ("date", "'2026-01-02'", "Date32", dt.date(2026, 1, 2)),
    "time_": ("time(6)", "'-300:00:00.5'", "Duration(µs)", -dt.timedelta(hours=300, seconds=0.5)),
    "datetime_": ("datetime(6)", "'2026-01-02 03:04:05.678901'", "Timestamp(µs)",
                  dt.datetime(2026, 1, 2, 3, 4, 5, 678901)),
    "timestamp_": ("timestamp null", "'2026-01-02 03:04:05'", "Timestamp(µs)", dt.datetime(2026, 1, 2, 3, 4, 5)),
    "zero_date": ("date", "'0000-00-00'", "Utf8", "0000-00-00"),
    "zero_datetime": ("datetime", "'0000-00-00'", "Utf8", "0000-00-00 00:00:00"),
    "year_": ("year", "2026", "Int64", 2026),
    "json_": ("json", """'{"a": [1, null]}'""", "Utf8", '{"a": [1, null]}'),
    "geometry_": ("geometry", "point(1, 2)", "Binary", POINT),
    "point_": ("point", "point(1, 2)", "Binary", POINT),
    "uuid_": ("uuid", f"'{UUID}'", "Utf8", UUID),
    "inet": ("inet6", "'::1'", "Utf8", "::1"),
}  # fmt: skip

ANY_DATE = {"sql_mode": ""}


def test_types_of_mariadb(of_mariadb):
    declared = ", ".join(f"{name} {kind}" for name, (kind, _, _, _) in MARIADB.items())
    run(of_mariadb, f"create or replace table all_types ({declared})", None)
    assert run(of_mariadb, "select * from all_types") == (dict.fromkeys(MARIADB, "Null"), [])
    run(of_mariadb, f"insert into all_types values ({', '.join(text for _, text, _, _ in MARIADB.values())})", None,
        connect_args=ANY_DATE)  # fmt: skip
    types, rows = run(of_mariadb, "select * from all_types")
    assert rows == [{name: value for name, (_, _, _, value) in MARIADB.items()}]
    assert types == {name: arrow for name, (_, _, arrow, _) in MARIADB.items()}
    run(of_mariadb, "delete from all_types", None)
    run(of_mariadb, "insert into all_types (tiny) values (null), (null)", None)
    assert run(of_mariadb, "select * from all_types").rows == [dict.fromkeys(MARIADB)] * 2


def test_what_mariadb_has_and_python_or_parquet_lack(of_mariadb):
    run(of_mariadb, "create or replace table zeros (day date, n decimal(65, 0))", None)
    rows = "insert into zeros values ('2026-01-02', 1), ('0000-00-00', repeat('9', 65))"
    run(of_mariadb, rows, None, connect_args=ANY_DATE)
    assert refusal(of_mariadb, "select day from zeros") == "column 'day' mixes date, str; cast it in the query"
    assert refusal(of_mariadb, "select n from zeros") == (
        "column 'n', row 2: expected Decimal of 38 digits, 0 of them after the point, got Decimal that does not fit; "
        "cast it in the query"
    )


BOUND = {
    "i": 7, "x": 0.5, "s": "it's 100% \\ ☃", "b": b"\x00'\xff", "t": True, "d": dt.timedelta(days=1, seconds=5),
    "at": dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), "none": "x",
}  # fmt: skip


def test_bound_inputs_keep_their_value(uri):
    """MariaDB has neither times with a zone nor long spans of time nor booleans in a query."""
    is_mariadb = uri.startswith("mariadb")
    casts = ("signed", "double", "char", "binary", "signed", "time(6)", "datetime(6)", "char")
    places = [f"{{{{ .inputs.{name} }}}}" for name in BOUND]
    if is_mariadb:
        columns = [f"cast({place} as {cast}) as {name}" for place, cast, name in zip(places, casts, BOUND)]
    else:
        columns = [f"{place} as {name}" for place, name in zip(places, BOUND)]
    (row,) = run(uri, f"select {', '.join(columns)}", executor=BoundSQLAlchemyTaskExecutor, inputs=BOUND).rows
    naive = BOUND["at"].replace(tzinfo=None)
    assert row == ({**BOUND, "t": 1, "at": naive} if is_mariadb else BOUND)
