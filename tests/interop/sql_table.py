# SPDX-License-Identifier: Apache-2.0
"""The cases of test_sql.py: tasks on SQLite, through flytekit's ``SQLite3Task`` and its ``SQLAlchemyTask``.

Those on servers are in ``tests/databases/sql_table.py``.
"""

from __future__ import annotations

import datetime as dt
import enum
import io
import pathlib
import tarfile
import zipfile
from collections.abc import Callable
from typing import Annotated, Any, Optional

import attrs
import pandas
from flytekit import StructuredDataset, kwtypes
from flytekit.models.security import Secret
from flytekit.types.schema import FlyteSchema

from ..differences import COLONS, DECLARED, LATE, PLACES
from ..differences import WHOLE as WHOLE_NUMBERS
from .sql import CONNECTION, QUERY, SQLITE3, TEMPLATE, VALUE, Case, case, differs, fails, refused, works

SQLITE_TYPES = """
create table t (i integer, r real, s text, b blob, n numeric);
insert into t values (1, 1.5, 'x', x'00ff', 3), (null, null, null, null, null), (-9, 2.0, '', x'', 2.5)
"""
STOCK = """
create table t (id integer primary key, name text not null);
insert into t values (1, 'one'), (2, 'two')
"""
SERIES = "with recursive c(n) as (select 0 union all select n + 1 from c where n < 69999)"
"""More rows than a batch holds."""
AT = dt.datetime(2024, 2, 29, 12, 30, 0, 500_000, tzinfo=dt.timezone.utc)
ALL_COLUMNS = kwtypes(i=int, r=float, s=str)


class Color(enum.Enum):
    RED = "red"


def zipped(*names: str) -> Callable[[pathlib.Path], bytes]:
    def pack(database: pathlib.Path) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, database.read_bytes())
        return packed.getvalue()

    return pack


def tarred(database: pathlib.Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(database, "db")
    return packed.getvalue()


def archive(name: str) -> dict[str, Any]:
    return {"config": {"uri": f"FOLDER/{name}", "compressed": True}, "tables": STOCK}


BOTH: list[Case] = [
    case("every storage class, and nulls", "select * from t", tables=SQLITE_TYPES, rows=3),
    case("as a StructuredDataset", "select * from t", tables=SQLITE_TYPES, rows=3, output=StructuredDataset),
    case("as a DataFrame", "select * from t", tables=SQLITE_TYPES, rows=3, output=pandas.DataFrame),
    case("declared columns", "select i, r, s from t", tables=SQLITE_TYPES, rows=3, output=FlyteSchema[ALL_COLUMNS]),
    case(
        "declared columns of a StructuredDataset",
        "select i, r, s from t",
        tables=SQLITE_TYPES,
        rows=3,
        output=Annotated[StructuredDataset, ALL_COLUMNS],
    ),
    case(
        "more columns than are declared", "select * from t", tables=STOCK, rows=2, output=FlyteSchema[kwtypes(id=int)]
    ),
    case(
        "fewer columns than are declared",
        "select id from t",
        refused(DECLARED, "the query gives no column 'name', which the task declares"),
        tables=STOCK,
        output=FlyteSchema[kwtypes(id=int, name=str)],
        rows=2,
    ),
    case(
        "a column declared as another type",
        "select id, name from t",
        refused(DECLARED, "column 'name', row 1: expected int, got str"),
        tables=STOCK,
        output=FlyteSchema[kwtypes(id=int, name=int)],
        rows=2,
    ),
    case(
        "ints declared as floats",
        "select 1 as n",
        differs(DECLARED, n=("int64 [1]", "float64 [1.0]")),
        output=FlyteSchema[kwtypes(n=float)],
    ),
    case(
        "whole floats declared as ints",
        "select 2.0 as n",
        differs(DECLARED, n=("float64 [2.0]", "int64 [2]")),
        output=FlyteSchema[kwtypes(n=int)],
    ),
    case(
        "flags declared as bools",
        "select 1 as n union all select 0",
        differs(DECLARED, n=("int64 [1, 0]", "bool [True, False]")),
        output=FlyteSchema[kwtypes(n=bool)],
        rows=2,
    ),
    case(
        "text declared as datetimes",
        "select '2024-02-29 12:30:00' as at union all select null",
        differs(
            DECLARED,
            at=(
                "str ['2024-02-29 12:30:00', nan]",
                "datetime64[us, UTC] [Timestamp('2024-02-29 12:30:00+0000', tz='UTC'), NaT]",
            ),
        ),
        output=FlyteSchema[kwtypes(at=dt.datetime)],
        rows=2,
    ),
    case(
        "seconds declared as timedeltas",
        "select 1.5 as took",
        differs(DECLARED, took=("float64 [1.5]", "timedelta64[us] [Timedelta('0 days 00:00:01.500000')]")),
        output=FlyteSchema[kwtypes(took=dt.timedelta)],
    ),
    case(
        "zero rows",
        "select * from t where 0",
        tables=SQLITE_TYPES,
        rows=0,
    ),
    case(
        "zero rows of declared columns",
        "select i, r, s from t where 0",
        differs(DECLARED, i=("object []", "int64 []"), r=("object []", "float64 []"), s=("object []", "str []")),
        tables=SQLITE_TYPES,
        rows=0,
        output=FlyteSchema[ALL_COLUMNS],
    ),
    case("null alone", "select null as n"),
    case(
        "null alone, declared",
        "select null as n",
        differs(DECLARED, n=("object [None]", "float64 [nan]")),
        output=FlyteSchema[kwtypes(n=int)],
    ),
    case("ints and nulls", "select 1 as n union all select null", rows=2),
    case("ints beyond a float's 53 bits", "select 9007199254740993 as n, -9223372036854775808 as least"),
    case("such ints and nulls", "select 9007199254740993 as n union all select null", rows=2),
    case("ints and floats", "select 1 as n union all select 2.5", rows=2),
    case(
        "ints and text",
        "select 1 as n union all select 'x'",
        fails("AssertionError", f"{VALUE}column 'n' mixes int, str; cast it in the query"),
        rows=2,
    ),
    case("infinities", "select 9e999 as n union all select -9e999", rows=2),
    case("text of every alphabet", "select 'žluťoučký 🦀 \"quoted\" ''s' as s, '50 % \\ {}' as \"a % b\""),
    case("a NUL in text", "select char(97, 0, 98) as s"),
    case("dates and times of SQLite's functions", "select date('2024-02-29') as d, time('12:30') as t"),
    case("JSON", """select json('{"a": [1, null]}') as j, json_array(1, 'x') as k"""),
    case("bytes that are no text", "select x'ff00' as b union all select null", rows=2),
    case("names as SQLite makes them", "select count(*), 1 + 1, 'x' as \"ř 🦀\" from (select 1)"),
    case(
        "two columns of one name",
        "select 1 as n, 2 as n",
        fails("AssertionError", f"{VALUE}2 columns have the name 'n'; rename them in the query"),
    ),
    case("a column without a name", 'select 1 as ""'),
    case("VALUES", "values (1, 'a'), (2, 'b')", rows=2),
    case("many rows", f"{SERIES} select n, n * 0.5 as half, 'row ' || n as s from c", rows=70_000),
    case("nulls, and a value in the last row", f"{SERIES} select nullif(n, n % 69999) as n from c", rows=70_000),
    case(
        "ints, and a float in the last row",
        f"{SERIES} select iif(n = 69999, 0.5, n) as n from c",
        refused(LATE, "column 'n', row 70000: expected int, got float; cast it in the query"),
        rows=70_000,
    ),
    case(
        "ints, and text in the last row",
        f"{SERIES} select iif(n = 69999, 'x', n) as n from c",
        fails("AssertionError", f"{VALUE}column 'n', row 70000: expected int, got str; cast it in the query"),
        rows=70_000,
    ),
    # ---------------------------------------------------------------------------------------------- the query's text
    case("a multi-line query", "\n    select\n\t1 as n,\n\n    'a  b' as s\n", rows=1),
    case("a comment in a multi-line query", "select 1 as n -- the number\n, 2 as m"),
    case("a comment between stars", "select 1 as n /* the\nnumber */, 2 as m"),
    case("a semicolon at the end", "select 1 as n;"),
    case("two statements", "select 1 as n; select 2 as n", fails("DatabaseError", "USER:…")),
    case("a common table expression", "with one as (select 1 as n) select n from one"),
    case("percent signs", "select 'abc' like 'a%c' as n, '100 %' as s, 'a%%b' as t, 7 % 4 as m"),
    case("question marks", "select '?' as s"),
    case("a table that is not there", "select * from missing", fails("DatabaseError", "USER:…")),
    case("a column that is not there", "select missing from t", fails("DatabaseError", "USER:…"), tables=STOCK),
    case("no SQL", "selekt 1", fails("DatabaseError", "USER:…")),
    case("no query", "", fails("…Error", f"{VALUE}the query gives no columns, which the task's output needs")),
    # --------------------------------------------------------------------------------------------------- its inputs
    case(
        "inputs of every type",
        "select {{ .inputs.i }} as i, {{ .inputs.f }} as f, {{ .inputs.b }} as b, '{{ .inputs.s }}' as s, "
        "'{{ .inputs.at }}' as at, '{{ .inputs.took }}' as took, '{{ .inputs.day }}' as day, '{{.inputs.l}}' as l, "
        "\"{{ .inputs.d }}\" as d, '{{ .inputs.m }}' as m, '{{ .inputs.c }}' as c",
        takes={
            "i": int,
            "f": float,
            "b": bool,
            "s": str,
            "at": dt.datetime,
            "took": dt.timedelta,
            "day": dt.date,
            "l": list[int],
            "d": dict[str, float],
            "m": Optional[int],
            "c": Color,
        },
        given={
            "i": -7,
            "f": 0.1,
            "b": True,
            "s": "ř x",
            "at": AT,
            "took": dt.timedelta(hours=1, microseconds=5),
            "day": dt.date(2024, 2, 29),
            "l": [1, 2],
            "d": {"a": 0.5},
            "m": None,
            "c": "red",
        },
    ),
    case(
        "an input twice, spelled in several ways",
        "select {{ .inputs.n }} as a, {{.Inputs.n}} as b, {{$inputs.n}} as c",
        takes={"n": int},
        given={"n": 3},
    ),
    case(
        "an input with quotes changes the query",
        "select name from t where name = '{{ .inputs.s }}'",
        tables=STOCK,
        takes={"s": str},
        given={"s": "x' or '1' = '1"},
        rows=2,
    ),
    case(
        "an input that looks like another",
        "select '{{ .inputs.a }}' as a, '{{ .inputs.b }}' as b",
        differs(PLACES, a=("str ['x']", "str ['{{ .inputs.b }}']")),
        takes={"a": str, "b": str},
        given={"a": "{{ .inputs.b }}", "b": "x"},
    ),
    case(
        "an input that no place asks for",
        "select 1 as n",
        fails("ValueError", f"{VALUE}the query has no place for the input 'n'"),
        takes={"n": int},
        given={"n": 1},
    ),
    case(
        "a place without an input",
        "select {{ .inputs.n }} as n",
        fails("ValueError", f"{VALUE}the query asks for the input 'n', which the task does not have"),
    ),
    case(
        "a place for an input that is not given",
        "select {{ .inputs.n }} as n",
        fails("ValueError", "USER:InputsError, NON_RECOVERABLE: inputs.n: missing"),
        takes={"n": int},
    ),
    case("percent signs in an input", "select '{{ .inputs.s }}' as s", takes={"s": str}, given={"s": "%s %(a)s %"}),
]
"""On SQLite by both tasks."""

SQLITE3_ALONE: list[Case] = [
    case("colons in text", "select '12:30:00' as t, 'a::b' as c, 'a :b c' as d"),
    case("a zip archive", "select * from t", **archive("db.zip"), files={"db.zip": zipped("db")}, rows=2),
    case("a tar archive", "select * from t", **archive("db.tar.gz"), files={"db.tar.gz": tarred}, rows=2),
    case(
        "two files in an archive",
        "select * from t",
        fails("RuntimeError", f"{VALUE}the archive does not hold exactly one file"),
        **archive("db.zip"),
        files={"db.zip": zipped("a", "b")},
    ),
    case(
        "no archive",
        "select * from t",
        fails("ReadError", f"{VALUE}the database is neither a zip nor a tar archive"),
        **archive("db"),
    ),
    case(
        "a database that is not there",
        "select 1 as n",
        fails(
            "FlyteDataNotFoundException",
            "SYSTEM:StorageError, RECOVERABLE: cannot copy … to …: No such file or directory",
        ),
        config={"uri": "FOLDER/missing"},
    ),
    case(
        "no database",
        "select * from t",
        fails("DatabaseError", "USER:RuntimeError, NON_RECOVERABLE: DatabaseError: file is not a database"),
        config={"uri": "FOLDER/db.txt"},
        files={"db.txt": b"no database at all" * 99},
    ),
    case(
        "INSERT",
        "insert into t values (3, 'three')",
        fails("TypeError", f"{VALUE}the query gives no columns, which the task's output needs"),
        tables=STOCK,
        after="select * from t",
    ),
    case("a colon that asks for a parameter", "select :n as n", fails("DatabaseError", "USER:…")),
]

PASSWORD = Secret(group="db", key="level")
LEVEL = {"secret_connect_args": {"isolation_level": PASSWORD}}
SQLALCHEMY_ALONE: list[Case] = [
    case("colons in text", "select '12:30:00' as t, 'a::b' as c"),
    case("a word behind a colon in text", "select 'a :b c' as d", works(COLONS, "DatabaseError")),
    case(
        "INSERT without outputs",
        "insert into t values ({{ .inputs.id }}, '{{ .inputs.name }}')",
        tables=STOCK,
        output=None,
        takes={"id": int, "name": str},
        given={"id": 3, "name": "three"},
        after="select * from t",
    ),
    case(
        "UPDATE without outputs",
        "update t set name = 'x'",
        tables=STOCK,
        output=None,
        after="select * from t",
    ),
    case("a query without outputs", "select * from t", tables=STOCK, output=None),
    case("CREATE TABLE without outputs", "create table u (n)", output=None, after="select * from u"),
    case(
        "INSERT with an output",
        "insert into t values (3, 'three')",
        fails("ResourceClosedError", f"{VALUE}the query gives no columns, which the task's output needs"),
        tables=STOCK,
        after="select * from t",
    ),
    case(
        "INSERT that returns rows",
        "insert into t values (3, 'three'), (4, 'four') returning id, name",
        tables=STOCK,
        rows=2,
        after="select * from t",
    ),
    case(
        "INSERT that breaks a rule",
        "insert into t values (3, 'three'), (1, 'again')",
        fails("DatabaseError", f"{QUERY}IntegrityError: …"),
        tables=STOCK,
        output=None,
        after="select * from t",
    ),
    case("a colon that asks for a parameter", "select :n as n", fails("DatabaseError", "USER:…")),
    case("a colon behind a backslash", "select '\\:n' as n"),
    case("connect_args", "select 1 as n", config={"connect_args": {"timeout": 2.5, "check_same_thread": False}}),
    case(
        "a whole number in connect_args",
        "select 1 as n",
        works(WHOLE_NUMBERS, "TypeError"),
        config={"connect_args": {"cached_statements": 10}},
    ),
    case(
        "a wrong argument",
        "select 1 as n",
        fails("TypeError", f"{TEMPLATE}connect_args: the driver … takes no argument 'username'"),
        config={"connect_args": {"username": "me"}},
    ),
    case(
        "an argument of a wrong type",
        "select 1 as n",
        fails("TypeError", f"{CONNECTION}TypeError: …"),
        config={"connect_args": {"timeout": "long"}},
    ),
    case("a secret of a variable", "select 1 as n", config=LEVEL, environment={"_FSEC_DB_LEVEL": "IMMEDIATE\n"}),
    case(
        "a secret of a file",
        "select 1 as n",
        config=LEVEL,
        environment={"FLYTE_SECRETS_DEFAULT_DIR": "FOLDER/secrets"},
        files={"secrets/db/level": b"EXCLUSIVE\n"},
    ),
    case(
        "a wrong secret",
        "select 1 as n",
        fails("ValueError", f"{CONNECTION}ValueError: …"),
        config=LEVEL,
        environment={"_FSEC_DB_LEVEL": "EVERYTHING"},
    ),
    case(
        "a secret that is not there",
        "select 1 as n",
        fails(
            "ValueError",
            "USER:SecretError, NON_RECOVERABLE: secrets.db.level: neither the variable _FSEC_DB_LEVEL "
            "nor the file /etc/secrets/db/level is there; does the task ask for it?",
        ),
        config=LEVEL,
    ),
    case(
        "a folder that is not there",
        "select 1 as n",
        fails("OperationalError", f"{CONNECTION}OperationalError: …"),
        config={"uri": "sqlite:////nowhere/at/all/db"},
    ),
    case(
        "a dialect that is not there",
        "select 1 as n",
        fails(
            "NoSuchModuleError",
            f"{TEMPLATE}uri: SQLAlchemy knows no dialect 'nosuch'; is its package installed? write it as "
            "postgresql://user@host/database",
        ),
        config={"uri": "nosuch://user@host/db"},
    ),
    case(
        "a driver that is not there",
        "select 1 as n",
        fails(
            "ModuleNotFoundError",
            "USER:MissingExtraError, NON_RECOVERABLE: the driver of oracle is not installed; pip install 'oracledb'",
        ),
        config={"uri": "oracle://user@host/db"},
    ),
    case(
        "no URI",
        "select 1 as n",
        fails(
            "ArgumentError", f"{TEMPLATE}uri: it is no URL of a database; write it as postgresql://user@host/database"
        ),
        config={"uri": "no URI at all"},
    ),
]


CASES = [
    *(attrs.evolve(one, on=SQLITE3) for one in (*BOTH, *SQLITE3_ALONE)),
    *BOTH,
    *SQLALCHEMY_ALONE,
]
WHOLE = [one for one in CASES if one.what in ("declared columns", "INSERT that returns rows", "a wrong argument")]
"""Those that run as processes of their own too."""
