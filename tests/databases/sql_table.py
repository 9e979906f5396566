# SPDX-License-Identifier: Apache-2.0
"""The cases of test_flytekit.py: tasks of flytekit's ``SQLAlchemyTask`` on PostgreSQL and MariaDB."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pandas
from flytekit import StructuredDataset, kwtypes
from flytekit.models.security import Secret
from flytekit.types.schema import FlyteSchema

from ..differences import AS_TEXT, COLONS, DECIMALS, DECLARED, JSON, WHOLE, ZONED_TIME
from ..interop.sql import CONNECTION, QUERY, TEMPLATE, VALUE, Case, case, differs, fails, refused, works

PSYCOPG, PSYCOPG2, PYMYSQL = "postgresql+psycopg", "postgresql+psycopg2", "mariadb+pymysql"

STOCK = """
drop table if exists t;
create table t (id integer primary key, name varchar(20) not null);
insert into t values (1, 'one'), (2, 'two')
"""
MOOD = """
drop type if exists mood cascade;
create type mood as enum ('sad', 'happy')
"""
COLUMNS = kwtypes(n=int, x=float, s=str, b=bool, at=dt.datetime, took=dt.timedelta)


def of_postgresql(on: str) -> list[Case]:
    """What both drivers give alike."""
    more: dict[str, Any] = {"on": on}
    return [
        case("ints", "select 1::smallint as a, 2 as b, 9223372036854775807 as c", **more),
        case("floats", "select 1.5::real as a, 0.1::float8 as b, 'NaN'::float8 as c, '-Infinity'::float8 as d", **more),
        case("bools", "select true as n union all select false order by n", **more, rows=2),
        case("bools and nulls", "select true as n union all select null order by n", **more, rows=2),
        case("texts", "select 'ř 🦀' as a, 'x'::varchar(9) as b, 'x'::char(3) as c, 'x'::name as d", **more),
        case("bytes", r"select '\x00ff'::bytea as b union all select null", **more, rows=2),
        case(
            "numeric",
            "select 1.50 as n union all select 12345678901234567890.5",
            differs(
                DECIMALS,
                n=(
                    "float64 [1.5, 1.2345678901234567e+19]",
                    "object [Decimal('1.50'), Decimal('12345678901234567890.50')]",
                ),
            ),
            **more,
            rows=2,
        ),
        case(
            "numeric of whole numbers",
            "select 3::numeric as n",
            differs(DECIMALS, n=("float64 [3.0]", "object [Decimal('3')]")),
            **more,
        ),
        case(
            "numeric and nulls",
            "select 0.1::numeric as n union all select null order by n",
            differs(DECIMALS, n=("float64 [0.1, nan]", "object [Decimal('0.1'), None]")),
            **more,
            rows=2,
        ),
        case(
            "numeric that is no number",
            "select 'NaN'::numeric as n",
            refused(
                DECIMALS,
                "column 'n', row 1: expected Decimal of 38 digits, 0 of them after the point, got Decimal "
                "that is no number; cast it in the query",
            ),
            **more,
        ),
        case(
            "sum and avg",
            "select sum(n) as s, avg(n) as a from generate_series(1, 4) as n",
            differs(DECIMALS, a=("float64 [2.5]", "object [Decimal('2.5000000000000000')]")),
            **more,
        ),
        case("date", "select date '2024-02-29' as d union all select null", **more, rows=2),
        case("time", "select time '12:30:00.5' as t", **more),
        case(
            "time with a zone",
            "select timetz '12:30:00+02' as t",
            refused(ZONED_TIME, "column 't', row 1: expected time, got time with a zone; cast it in the query"),
            **more,
        ),
        case("timestamp", "select timestamp '2024-02-29 12:30:00.000005' as at", **more),
        case("timestamp and nulls", "select timestamp '2024-02-29' as at union all select null", **more, rows=2),
        case("timestamp with a zone", "select timestamptz '2024-02-29 12:30:00+02' as at", **more),
        case("timestamp beyond nanoseconds", "select timestamp '9999-12-31' as at", **more),
        case("interval", "select interval '1 day 2 hours' as took", **more),
        case("interval of months", "select interval '1 month' as took", **more),
        case(
            "uuid",
            "select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as u",
            differs(
                AS_TEXT,
                u=(
                    "object [UUID('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')]",
                    "str ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']",
                ),
            ),
            **more,
        ),
        case(
            "json",
            """select '{"a": [1, null]}'::json as j""",
            differs(JSON, j=("object [{'a': array([ 1., nan])}]", "str ['{\"a\": [1, null]}']")),
            **more,
        ),
        case(
            "jsonb",
            """select '{"a": 1}'::jsonb as j union all select null""",
            differs(JSON, j=("object [{'a': 1.0}, None]", "str ['{\"a\": 1}', nan]")),
            **more,
            rows=2,
        ),
        case("jsonb of many kinds", """select '[1, "x"]'::jsonb as j""", works(JSON, "AssertionError"), **more),
        case("jsonb without keys", "select '{}'::jsonb as j", works(JSON, "AssertionError"), **more),
        case("ints in an array", "select array[1, null, 3] as l union all select null", **more, rows=2),
        case("texts in an array", "select array['a', 'ř'] as l", **more),
        case("numeric in an array", "select array[1.5, 2] as l", **more),
        case(
            "arrays in an array",
            "select array[[1, 2], [3, 4]] as l",
            differs(JSON, l=("object [[array([1, 2]), array([3, 4])]]", "str ['[[1, 2], [3, 4]]']")),
            **more,
        ),
        case("an empty array", "select array[]::int[] as l", **more),
        case("enum", "select 'sad'::mood as m", tables=MOOD, **more),
        case(
            "range",
            "select int4range(1, 5) as r",
            fails("AssertionError", f"{VALUE}column 'r', row 1: Parquet has no type for …Range; cast it in the query"),
            **more,
        ),
        case("point", "select point(1, 2) as p", **more),
        case("money and bits", "select 12.34::money as m, b'101' as b", **more),
        case("xml and tsvector", "select '<a/>'::xml as x, 'a b'::tsvector as v", **more),
        case("a composite", "select row(1, 'x') as c", **more),
        case("void", "select pg_sleep(0) as v", **more),
        case(
            "null alone",
            "select null as n, null::int as i, null::timestamp as t",
            **more,
        ),
        case(
            "zero rows",
            "select 1 as n, 1.5 as x, 'x' as s, now() as at where false",
            **more,
            rows=0,
        ),
        case("ints and nulls", "select 1 as n union all select null order by n", **more, rows=2),
        case(
            "two columns of one name",
            "select 1 as n, 2 as n",
            fails("AssertionError", f"{VALUE}2 columns have the name 'n'; rename them in the query"),
            **more,
        ),
        case(
            "declared columns",
            "select 1 as n, 2.5::numeric as x, 's' as s, true as b, timestamptz '2024-02-29 12:30:00+02' as at, "
            "interval '1 second' as took",
            output=FlyteSchema[COLUMNS],
            **more,
        ),
        case("as a StructuredDataset", "select 1 as n, 'x' as s", output=StructuredDataset, **more),
        case("as a DataFrame", "select 1 as n, 'x' as s", output=pandas.DataFrame, **more),
        # ------------------------------------------------------------------------------------------- the query's text
        case("casts with colons", "select '1'::int as n, '2024-02-29'::date::text as s", **more),
        case("slices with colons", "select (array[1, 2, 3])[2\\:3] as l", **more),
        case("percent signs", "select '100 %' as a, 7 % 4 as m, 'x' like '%' as l, '%s %(n)s' as p", **more),
        case("a dollar and a backslash", r"select '$1' as a, 'a\b' as b, $q$x'y$q$ as c", **more),
        case("question marks", """select '{"a": 1}'::jsonb ? 'a' as has""", **more),
        case("a comment in a multi-line query", "select 1 as n -- the number\n, 2 as m", **more),
        case("two statements", "select 1 as n; select 2 as m", **more),
        case(
            "two statements without outputs",
            "delete from t where id = 1; delete from t where id = 2",
            tables=STOCK,
            output=None,
            after="select * from t",
            **more,
        ),
        case(
            "an input of every kind",
            "select {{ .inputs.n }} + 1 as n, '{{ .inputs.at }}'::timestamptz as at, "
            "'{{ .inputs.s }}' as s, {{ .inputs.b }} as b",
            works(COLONS, "DatabaseError"),
            takes={"n": int, "at": dt.datetime, "s": str, "b": bool},
            given={"n": 1, "at": dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc), "s": "50 % :x", "b": True},
            **more,
        ),
        # ------------------------------------------------------------------------------------------------ its effects
        case(
            "INSERT without outputs",
            "insert into t values (3, 'x')",
            tables=STOCK,
            output=None,
            after="select * from t order by id",
            **more,
        ),
        case(
            "INSERT that returns rows",
            "insert into t values (3, 'x') returning id, name",
            tables=STOCK,
            after="select * from t order by id",
            **more,
        ),
        case(
            "INSERT with an output",
            "insert into t values (3, 'x')",
            fails("ResourceClosedError", f"{VALUE}the query gives no columns, which the task's output needs"),
            tables=STOCK,
            after="select * from t order by id",
            **more,
        ),
        case(
            "INSERT that breaks a rule",
            "insert into t values (3, 'x'), (1, 'y')",
            fails("DatabaseError", f"{QUERY}UniqueViolation: …"),
            tables=STOCK,
            output=None,
            after="select * from t order by id",
            **more,
        ),
        case(
            "an error in the middle of the rows",
            "select 10 / (3 - n) as n from generate_series(1, 5) as n",
            fails("DatabaseError", f"{QUERY}DivisionByZero: …"),
            **more,
        ),
        case("a table that is not there", "select * from missing", fails("DatabaseError", f"{QUERY}…: …"), **more),
        case("VACUUM", "vacuum", fails("DatabaseError", f"{QUERY}ActiveSqlTransaction: …"), output=None, **more),
        # --------------------------------------------------------------------------------------------- the connection
        case(
            "a wrong password",
            "select 1 as n",
            fails("OperationalError", f"{CONNECTION}OperationalError: …"),
            config={"connect_args": {"password": "wrong"}},
            **more,
        ),
        case(
            "a wrong database",
            "select 1 as n",
            fails("OperationalError", f"{CONNECTION}OperationalError: …"),
            config={"connect_args": {"dbname": "missing"}},
            **more,
        ),
        case(
            "a wrong port",
            "select 1 as n",
            fails(
                "OperationalError",
                "USER:DatabaseUnreachableError, RECOVERABLE: no connection to the database: OperationalError: …",
            ),
            config={"connect_args": {"port": 1}},
            **more,
        ),
        case(
            "a username",
            "select 1 as n",
            fails(
                "…Error", f"{TEMPLATE}connect_args: the driver … takes no argument 'username'; did you mean 'user'? …"
            ),
            config={"connect_args": {"username": "ann"}},
            **more,
        ),
        case(
            "a secret password",
            "select 1 as n",
            config={"secret_connect_args": {"password": Secret(group="pg", key="word")}},
            environment={"FLYTE_SECRETS_DEFAULT_DIR": "FOLDER/secrets"},
            files={"secrets/pg/word": b"PASSWORD\n"},
            **more,
        ),
    ]


OF_PSYCOPG: list[Case] = [
    case(
        "inet",
        "select '10.0.0.1'::inet as a, '10.0.0.0/8'::cidr as c, '08:00:2b:01:02:03'::macaddr as m",
        works(AS_TEXT, "AssertionError"),
    ),
    case(
        "a statement and a query",
        "create temp table u (n int); select 2 as m",
        fails("ResourceClosedError", f"{VALUE}the query gives no columns, which the task's output needs"),
    ),
    case(
        "a query that sets something first",
        "set local timezone = 'Asia/Tokyo'; select now() as at where false",
        fails("ResourceClosedError", f"{VALUE}the query gives no columns, which the task's output needs"),
    ),
    case("a whole number", "select 1 as n", config={"connect_args": {"connect_timeout": 10}}),
]
OF_PSYCOPG2: list[Case] = [
    case("inet as text", "select '10.0.0.1'::inet as a, '10.0.0.0/8'::cidr as c, '08:00:2b:01:02:03'::macaddr as m"),
    case("a statement, then a query", "create temp table u (n int); select 2 as m"),
    case(
        "a setting, then a query",
        "set local timezone = 'Asia/Tokyo'; select now() as at where false",
        rows=0,
    ),
    case(
        "a whole number that psycopg2 passes on",
        "select 1 as n",
        works(WHOLE, "OperationalError"),
        config={"connect_args": {"connect_timeout": 10}},
    ),
]
"""What only one of the drivers does so."""

MARIADB: list[Case] = [
    case("ints", "select cast(1 as int) as a, cast(18446744073709551615 as unsigned) as b, -9223372036854775808 as c"),
    case("unsigned ints", "select cast(5 as unsigned) as n"),
    case(
        "tinyint, smallint, year and bit",
        "select * from t",
        tables="drop table if exists t;\ncreate table t "
        "(a tinyint, b smallint, c year, d bit(4), e tinyint(1));\ninsert into t values (1, 2, 2024, b'101', 1)",
    ),
    case("floats", "select cast(1.5 as float) as a, cast(0.1 as double) as b"),
    case(
        "decimal",
        "select 1.50 as n union all select 2.25",
        differs(DECIMALS, n=("float64 [1.5, 2.25]", "object [Decimal('1.50'), Decimal('2.25')]")),
        rows=2,
    ),
    case(
        "sums of ints",
        "select sum(n) as s, avg(n) as a from (select 1 as n union all select 2) as u",
        differs(
            DECIMALS, s=("float64 [3.0]", "object [Decimal('3')]"), a=("float64 [1.5]", "object [Decimal('1.5000')]")
        ),
    ),
    case("comparisons", "select 1 < 2 as t, 1 > 2 as f"),
    case("texts", "select 'ř 🦀' as a, cast('x' as char(9)) as b"),
    case("bytes", "select x'00ff' as b, cast('x' as binary(3)) as c"),
    case("date", "select date '2024-02-29' as d union all select null", rows=2),
    case("time", "select time '12:30:00.5' as t"),
    case("time beyond a day", "select time '-100:30:00' as t"),
    case("datetime", "select timestamp '2024-02-29 12:30:00.000005' as at union all select null", rows=2),
    case("json, which is text", """select json_object('a', 1) as j"""),
    case(
        "enum and set",
        "select * from t",
        tables="drop table if exists t;\ncreate table t (e enum('a', 'b'), "
        "s set('a', 'b'));\ninsert into t values ('a', 'a,b')",
    ),
    case(
        "uuid and inet6", "select cast('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' as uuid) as u, cast('::1' as inet6) as i"
    ),
    case("point", "select point(1, 2) as p"),
    case(
        "null alone",
        "select null as n",
    ),
    case(
        "zero rows",
        "select 1 as n, 1.5 as x, 'x' as s, now() as at from dual where false",
        rows=0,
    ),
    case("ints and nulls", "select 1 as n union all select null", rows=2),
    case("percent signs", "select '100 %' as a, 7 % 4 as m, 'x' like '%' as l"),
    case("quotes of both kinds", "select 'it''s' as a, \"it's\" as b, 'a\\\\b' as c"),
    case("colons in text", "select '12:30' as a"),
    case(
        "two statements at once", "select 1 as n; select 2 as m", fails("DatabaseError", f"{QUERY}ProgrammingError: …")
    ),
    case(
        "INSERT without outputs",
        "insert into t values (3, 'x')",
        tables=STOCK,
        output=None,
        after="select * from t order by id",
    ),
    case(
        "INSERT that returns rows",
        "insert into t values (3, 'x') returning id, name",
        tables=STOCK,
        after="select * from t order by id",
    ),
    case(
        "columns of declared types",
        "select 1 as n, 2.5 as x, 's' as s, 1 as b, timestamp '2024-02-29 12:30:00' as at, time '00:00:01' as took",
        differs(
            DECLARED,
            b=("int64 [1]", "bool [True]"),
            at=(
                "datetime64[us] [Timestamp('2024-02-29 12:30:00')]",
                "datetime64[us, UTC] [Timestamp('2024-02-29 12:30:00+0000', tz='UTC')]",
            ),
        ),
        output=FlyteSchema[COLUMNS],
    ),
    case("a table that is not there", "select * from missing", fails("DatabaseError", f"{QUERY}…: …")),
    case(
        "a wrong password",
        "select 1 as n",
        fails("OperationalError", f"{CONNECTION}OperationalError: …"),
        config={"connect_args": {"password": "wrong"}},
    ),
    case(
        "a wrong database",
        "select 1 as n",
        fails("OperationalError", f"{CONNECTION}OperationalError: …"),
        config={"connect_args": {"database": "missing"}},
    ),
    case("a whole number of seconds", "select 1 as n", config={"connect_args": {"connect_timeout": 10}}),
    case(
        "a username",
        "select 1 as n",
        fails("…Error", f"{TEMPLATE}connect_args: the driver … takes no argument 'username'; did you mean 'user'? …"),
        config={"connect_args": {"username": "ann"}},
    ),
]


CASES = [
    *of_postgresql(PSYCOPG),
    *(attrs.evolve(one, on=PSYCOPG) for one in OF_PSYCOPG),
    *of_postgresql(PSYCOPG2),
    *(attrs.evolve(one, on=PSYCOPG2) for one in OF_PSYCOPG2),
    *(attrs.evolve(one, on=PYMYSQL) for one in MARIADB),
]
