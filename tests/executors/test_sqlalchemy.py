# SPDX-License-Identifier: Apache-2.0
"""The SQLAlchemy executor on SQLite and on a driver that answers as it is told; tests/databases has real servers."""

from __future__ import annotations

import datetime as dt
import enum
import os
import pathlib
import sqlite3
import sys
import types
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy

from shimlite import (
    Context,
    DatabaseError,
    DatabaseUnreachableError,
    ExecutableTemplateShimTask,
    FlyteSchema,
    MissingExtraError,
    SecretError,
    StructuredDataset,
    TemplateError,
    dict_to_literal_map,
    to_python_value,
)
from shimlite._idl import LiteralMap, TaskTemplate
from shimlite.cli import executed
from shimlite.container.loading import load_executor
from shimlite.container.process import Process, Terminated
from shimlite.executors import sqlalchemy as executor_module
from shimlite.executors.sqlalchemy import BoundSQLAlchemyTaskExecutor, SQLAlchemyTaskExecutor
from shimlite.parquet import read_rows

from ..build import template
from . import standin

UTC = dt.timezone.utc
FIRST = ["rollback"]
"""What SQLAlchemy does by itself when a connection is there."""


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table people (id integer primary key, name text)")
        connection.execute("insert into people values (1, 'ann'), (2, 'bob''s')")
    return f"sqlite:///{path}"


@pytest.fixture
def driver():
    return standin.registered()


def query(
    uri: Any, text: Any, kind: Any = StructuredDataset, executor: Any = SQLAlchemyTaskExecutor,
    custom: dict[str, Any] | None = None, **inputs: Any,
) -> Any:  # fmt: skip
    """The rows that the query gives, or the outputs of a task that declares none."""
    made = template({name: type(value) for name, value in inputs.items()}, {} if kind is None else {"results": kind})
    made.custom.update({"uri": uri, "query_template": text, "connect_args": {}, "secret_connect_args": None})
    made.custom.update(custom or {})
    context = Context()
    literals = dict_to_literal_map(inputs, made.interface.inputs)
    outputs = ExecutableTemplateShimTask(made, executor).dispatch_execute(context, literals)
    if kind is None:
        return outputs
    value = to_python_value(outputs.literals["results"], made.interface.outputs.variables["results"].type)
    return read_rows(value.uri)


def message(error: type[BaseException], *given: Any, **inputs: Any) -> str:
    with pytest.raises(error, match=".") as caught:
        query(*given, **inputs)
    assert caught.value.__cause__ is None
    return str(caught.value)


def ids(uri: str) -> list[Any]:
    return [row["id"] for row in query(uri, "select id from people order by id")]


def test_the_path_that_flytekit_registers_is_an_alias():
    assert load_executor("flytekitplugins.sqlalchemy.task.SQLAlchemyTaskExecutor") is SQLAlchemyTaskExecutor


def test_uris_of_sqlite(people, tmp_path, monkeypatch):
    assert query(people, "select * from people order by id") == [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob's"}]
    monkeypatch.chdir(tmp_path)
    assert ids("sqlite:///people.db") == [1, 2]
    assert query("sqlite://", "select 1 as a") == [{"a": 1}]
    assert query(people, "select id from people where 0") == []
    assert ids("sqlite:///file:people.db?mode=ro&uri=true") == [1, 2]


def test_declared_columns_decide(people):
    assert query(people, "select id, name from people where id = 1", FlyteSchema[{"id": float}]) == [
        {"id": 1.0, "name": "ann"}
    ]
    assert message(ValueError, people, "select id from people", FlyteSchema[{"x": int}]) == (
        "the query gives no column 'x', which the task declares"
    )
    assert message(ValueError, people, "select id, id from people") == (
        "2 columns have the name 'id'; rename them in the query"
    )


def test_what_a_query_changes_is_committed(people):
    assert query(people, "insert into people values (3, 'x')", None) == LiteralMap()
    assert query(people, "insert into people values (4, 'y') returning id") == [{"id": 4}]
    assert ids(people) == [1, 2, 3, 4]


def test_what_fails_is_rolled_back(people):
    columns = FlyteSchema[{"id": str}]
    assert message(ValueError, people, "insert into people values (3, 'x')") == (
        "the query gives no columns, which the task's output needs"
    )
    assert message(ValueError, people, "insert into people values (3, 'x') returning id", columns) == (
        "column 'id', row 1: expected str, got int"
    )
    assert ids(people) == [1, 2]


def test_other_outputs_are_refused_before_anything_runs(people):
    assert message(TemplateError, people, "delete from people", int) == (
        "outputs: expected one output, a schema or a structured dataset"
    )
    assert ids(people) == [1, 2]


def test_the_query_reaches_the_driver_as_flytekit_sends_it():
    text = r"select '%' as p, '%(x)s' as s, '12\:30' as t, ' \:x' as c, 'a:b' as d, '\\:' as e, '\:x:' as f"
    assert query("sqlite://", text) == [
        {"p": "%", "s": "%(x)s", "t": "12:30", "c": " :x", "d": "a:b", "e": "\\:", "f": "\\:x:"}
    ]


def test_inputs_are_put_in_as_text(people):
    text = "select name from people where id >= {{ .inputs.low }} and name <> '{{.INPUTS.no}}'"
    assert query(people, text, low=1, no="ann") == [{"name": "bob's"}]
    assert query(people, "select '{{ .inputs.a }}' as a", a=r" :b C\:x 100%") == [{"a": r" :b C\:x 100%"}]
    assert query(people, "select name from people where id = {{ .inputs.id }}", id="1 or 1") == [
        {"name": "ann"},
        {"name": "bob's"},
    ]


@pytest.mark.parametrize("executor", [SQLAlchemyTaskExecutor, BoundSQLAlchemyTaskExecutor])
def test_inputs_and_places_must_match(executor):
    assert message(ValueError, "sqlite://", "select {{.inputs.a}}", executor=executor) == (
        "the query asks for the input 'a', which the task does not have"
    )
    assert message(ValueError, "sqlite://", "select 1", executor=executor, a=1) == (
        "the query has no place for the input 'a'"
    )


class Color(enum.Enum):
    RED = "red"


def test_bound_inputs_of_sqlite_are_those_of_its_own_executor(people):
    bound = BoundSQLAlchemyTaskExecutor
    text = "select name from people where name = {{ .inputs.name }}"
    assert query(people, text, executor=bound, name="bob's") == [{"name": "bob's"}]
    assert query(people, text, executor=bound, name="x' or 1=1 --") == []
    assert query(
        people, "select {{ .inputs.at }} as at, '%' as p", executor=bound, at=dt.datetime(2026, 1, 2, tzinfo=UTC)
    ) == [{"at": "2026-01-02 00:00:00", "p": "%"}]
    assert query(people, r"select ' \:x' as c", executor=bound) == [{"c": " :x"}]
    assert message(ValueError, people, "select '{{ .inputs.a }}'", executor=bound, a="x") == (
        "the input 'a' stands inside quotes or a comment, where it cannot be bound"
    )


BOUND = {
    "qmark": ("select ? as a, '%' as b, ? as c", ("x", 1)),
    "format": ("select %s as a, '%%' as b, %s as c", ("x", 1)),
    "pyformat": ("select %s as a, '%%' as b, %s as c", ("x", 1)),
    "named": ("select :p1 as a, '%' as b, :p2 as c", {"p1": "x", "p2": 1}),
    "numeric": ("select :1 as a, '%' as b, :2 as c", ("x", 1)),
    "numeric_dollar": ("select $1 as a, '%' as b, $2 as c", ("x", 1)),
}


@pytest.mark.parametrize("style", BOUND)
def test_parameters_are_in_the_style_of_the_driver(driver, style):
    driver.paramstyle = style
    driver.answers = [standin.Answer([("a", None)], [(1,)])]
    text = "select {{ .inputs.a }} as a, '%' as b, {{ .inputs.c }} as c"
    assert query("standin://h", text, executor=BoundSQLAlchemyTaskExecutor, a="x", c=1) == [{"a": 1}]
    assert driver.asked == [("of the server", *BOUND[style])]


def test_a_style_that_is_not_known_is_refused(driver):
    driver.paramstyle = "letters"
    assert (
        message(ValueError, "standin://h", "select {{ .inputs.a }}", executor=BoundSQLAlchemyTaskExecutor, a="x")
        == "the driver standin has parameters in the style 'letters'"
    )


HIDDEN = "the input 'a' stands inside quotes or a comment, where it cannot be bound"
OWN = "the query has a parameter of its own, '?', which nothing is bound to"
JOINED = "the input 'a' is joined to other text, where it cannot be bound"


@pytest.mark.parametrize("name", ["postgresql", "mysql", "standin"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select '{{ .inputs.a }}'", HIDDEN),
        ('select "{{ .inputs.a }}"', HIDDEN),
        ("select 'it''s {{ .inputs.a }}'", HIDDEN),
        (r"select '\' {{ .inputs.a }}'", HIDDEN),
        (r"select E'\' {{ .inputs.a }}", HIDDEN),
        ("select 1 -- {{ .inputs.a }}", HIDDEN),
        ("select 1 /* {{ .inputs.a }} */", HIDDEN),
        ("select /* /* */ {{ .inputs.a }} */ 1", HIDDEN),
        ("select /* {{ .inputs.a }}", HIDDEN),
        ("select x{{ .inputs.a }}", JOINED),
        ("select {{ .inputs.a }}x", JOINED),
        (r"select '\\', {{ .inputs.a }}, 'C:\', 1", ""),
        ("select 'a' /* b */, \"c\", {{ .inputs.a }}::int", ""),
    ],
)
def test_where_an_input_can_be_bound(driver, monkeypatch, name, text, reason):
    """What servers read differently hides what comes after it."""
    monkeypatch.setattr(standin.Dialect, "name", name)
    driver.answers = [standin.Answer([("a", None)], [(1,)])]
    bound = BoundSQLAlchemyTaskExecutor
    if reason:
        assert message(ValueError, "standin://h", text, executor=bound, a="x") == reason
        assert driver.asked == []
    else:
        assert query("standin://h", text, executor=bound, a="x") == [{"a": 1}]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("postgresql", "select $$ {{ .inputs.a }} $$", HIDDEN),
        ("postgresql", "select $t$ $$ {{ .inputs.a }} $t$", HIDDEN),
        ("postgresql", "select $t$ $T$ {{ .inputs.a }} $t$", HIDDEN),
        ("postgresql", "select $☃$ {{ .inputs.a }} $☃$", HIDDEN),
        ("postgresql", "select $t$ {{ .inputs.a }}", HIDDEN),
        ("postgresql", "select 1 as a$t$, {{ .inputs.a }}, 2 as b$t$", ""),
        ("postgresql", "select 1 as ☃$t$, {{ .inputs.a }}, 2 as ☃$t$", ""),
        ("postgresql", "select -- x\r ' \n {{ .inputs.a }} '", HIDDEN),
        ("postgresql", "select j #>> {{ .inputs.a }}, j ` {{ .inputs.a }} ` 1", ""),
        ("postgresql", "select x <@{{ .inputs.a }}, 5 &{{ .inputs.a }}, a[1:{{ .inputs.a }}]", ""),
        ("postgresql", "select U&{{ .inputs.a }}", JOINED),
        ("postgresql", "select ☃{{ .inputs.a }}", JOINED),
        ("postgresql", "select {{ .inputs.a }}☃", JOINED),
        ("postgresql", "select ' {{ .inputs.a }}\\", HIDDEN),
        ("mysql", "select `{{ .inputs.a }}`", HIDDEN),
        ("mysql", "select 1 # {{ .inputs.a }}", HIDDEN),
        ("mysql", "select 1--1, {{ .inputs.a }}", ""),
        ("mysql", "select 1 --\xa0' \n {{ .inputs.a }} '", HIDDEN),
        ("mysql", "select 1 --\x01 ' \n ' {{ .inputs.a }} '", HIDDEN),
        ("mysql", "select /*! ' */ {{ .inputs.a }} /* ' */", HIDDEN),
        ("mysql", "select /*M!99 -- */ {{ .inputs.a }}", HIDDEN),
        ("mysql", "select /*+ MAX_EXECUTION_TIME(9) */ /*! straight_join */ {{ .inputs.a }}", ""),
        ("mysql", "select @{{ .inputs.a }}", JOINED),
        ("mariadb", "select 1 # {{ .inputs.a }}", HIDDEN),
        ("standin", "select 1 # {{ .inputs.a }}", HIDDEN),
        ("standin", "select 1 -- it's\n, a# b\n, '{' // b\n, {{ .inputs.a }}, a[1]", ""),
        ("standin", "select a--1' \n {{ .inputs.a }} '", HIDDEN),
        ("standin", "select [it's], ' {{ .inputs.a }} '", HIDDEN),
        ("standin", "select [ {{ .inputs.a }} ]", HIDDEN),
        ("standin", "select q'[it's]', ' {{ .inputs.a }} '", HIDDEN),
        ("standin", "select ''' a'b ''', ' {{ .inputs.a }} '", HIDDEN),
        ("standin", "select $$ it's $$, ' {{ .inputs.a }} '", HIDDEN),
        ("standin", "select ?, {{ .inputs.a }}", OWN),
    ],
)
def test_where_an_input_can_be_bound_in_a_dialect(driver, monkeypatch, name, text, reason):
    test_where_an_input_can_be_bound(driver, monkeypatch, name, text, reason)


def test_what_can_be_bound(driver):
    values = {
        "i": 7, "x": 0.5, "b": b"\x00", "t": True, "s": "x", "d": dt.timedelta(1), "e": Color.RED,
        "at": dt.datetime(2026, 1, 2, tzinfo=UTC),
    }  # fmt: skip
    driver.answers = [standin.Answer([("a", None)], [(1,)])]
    text = f"select {', '.join(f'{{{{ .inputs.{name} }}}}' for name in values)}"
    query("standin://h", text, executor=BoundSQLAlchemyTaskExecutor, **values)
    assert driver.asked[0][2] == tuple({**values, "e": "red"}.values())
    made = template({"a": list[int]}, {"results": FlyteSchema})
    made.custom.update({"uri": "standin://h", "query_template": "select {{ .inputs.a }}"})
    literals = dict_to_literal_map({"a": [1]}, made.interface.inputs)
    with pytest.raises(ValueError, match=r"^the input 'a' is a list, which cannot be bound$"):
        ExecutableTemplateShimTask(made, BoundSQLAlchemyTaskExecutor).dispatch_execute(Context(), literals)


NO_URL = "template.custom.uri: it is no URL of a database; write it as postgresql://user@host/database"


@pytest.mark.parametrize(
    ("custom", "reason"),
    [
        ({"uri": ""}, NO_URL),
        ({"uri": "hunter2"}, NO_URL),
        ({"uri": "standin://ann:hunter2@host:port/shop"}, NO_URL),
        ({"uri": "sqlite://hunter2/x.db"}, NO_URL),
        ({"uri": None}, "template.custom.uri: expected str, got None"),
        ({"uri": "sqlite://?plugin=hunter2"}, "template.custom.uri: a URL cannot name plug-ins of SQLAlchemy"),
        ({"query_template": 1}, "template.custom.query_template: expected str, got int"),
        ({"connect_args": "hunter2"}, "template.custom.connect_args: expected dict, got str"),
        ({"secret_connect_args": ["x"]}, "template.custom.secret_connect_args: expected dict, got list of 1"),
        ({"secret_connect_args": {"password": "x"}},
         "template.custom.secret_connect_args.password: expected a group and a key, got str"),
        ({"uri": "postgres://ann:hunter2@host/shop"},
         "template.custom.uri: SQLAlchemy knows no dialect 'postgres'; is its package installed? write it as postgresql://user@host/database"),
        ({"uri": "postgresql+x://ann:hunter2@host/shop"},
         "template.custom.uri: SQLAlchemy knows no dialect 'postgresql+x'; is its package installed? "
         "write it as postgresql://user@host/database"),
        ({"uri": "snowflake://ann:hunter2@host/shop"},
         "template.custom.uri: SQLAlchemy knows no dialect 'snowflake'; is its package installed? write it as postgresql://user@host/database"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_used(custom, reason):
    assert message(TemplateError, "sqlite://", "select 1", custom=custom) == reason


def test_an_asynchronous_driver_is_refused(driver, monkeypatch):
    monkeypatch.setattr(standin.Dialect, "is_async", True)
    assert message(TemplateError, "standin://h", "select 1") == (
        "template.custom.uri: the driver standin is asynchronous; name another one"
    )


def test_what_is_not_installed_is_named(monkeypatch):
    for module in ("psycopg", "psycopg2", "MySQLdb", "pymysql", "oracledb"):
        monkeypatch.setitem(sys.modules, module, None)
    assert message(MissingExtraError, "postgresql://h/d", "select 1") == (
        "the driver of postgresql is not installed; pip install 'psycopg2-binary' or pip install 'psycopg[binary]'"
    )
    assert message(MissingExtraError, "postgresql+psycopg2://h/d", "select 1") == (
        "the driver of postgresql+psycopg2 is not installed; pip install 'psycopg2-binary'"
    )
    assert message(MissingExtraError, "mysql://h/d", "select 1") == (
        "the driver of mysql is not installed; pip install 'mysqlclient' or pip install 'pymysql'"
    )
    assert message(MissingExtraError, "oracle+oracledb://h/d", "select 1") == (
        "the driver of oracle+oracledb is not installed; pip install 'oracledb'"
    )
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert message(MissingExtraError, "sqlite://", "select 1") == (
        "the query needs SQLAlchemy; pip install 'shimlite[sql]'"
    )


def test_a_uri_without_a_driver_takes_the_one_that_is_there(monkeypatch):
    def connect(**arguments: Any) -> None:
        raise standin.OperationalError(2003, "Can't connect to MySQL server on 'h'")

    there = types.ModuleType("pymysql")
    vars(there).update(vars(standin), paramstyle="format", connect=connect, VERSION=(1, 1, 0))
    monkeypatch.setitem(sys.modules, "MySQLdb", None)
    monkeypatch.setitem(sys.modules, "pymysql", there)
    assert message(DatabaseUnreachableError, "mysql://h/d", "select 1") == (
        "no connection to the database: OperationalError: Can't connect to MySQL server on 'h'"
    )


def test_arguments_and_secrets_reach_the_driver(driver, monkeypatch):
    monkeypatch.setenv("_FSEC_SHOP_WORD", " hunter2 ")
    driver.answers = [standin.Answer()]
    custom = {
        "connect_args": {"port": 5432, "ratio": 0.5, "ssl": {"ca": ["x"]}, "word": "old"},
        "secret_connect_args": {"word": {"group": "shop", "key": "word", "group_version": "v1"}},
    }
    query("standin://ann@h/d", "delete from t", None, custom=custom)
    assert driver.arguments == {"port": 5432, "ratio": 0.5, "ssl": {"ca": ["x"]}, "word": "hunter2"}
    assert type(driver.arguments["port"]) is int
    assert driver.asked == [("of the client", "delete from t")]
    assert driver.did == [*FIRST, "commit", "close"]


def test_a_secret_that_is_missing(driver):
    custom = {"secret_connect_args": {"password": {"group": "shop", "key": "nothing"}}}
    assert message(SecretError, "standin://h", "select 1", custom=custom).startswith("secrets.shop.nothing: ")
    assert driver.asked == []


def raises(error: BaseException) -> Any:
    def refuse() -> None:
        raise error

    return refuse


def test_an_aborted_run_has_the_server_stop_the_query(driver):
    for answer in (standin.Answer(error=Terminated()), standin.Answer([("n", 23)], [(1,), Terminated()])):
        driver.answers, driver.did = [answer], []
        with pytest.raises(Terminated):
            query("standin://ann@host/d", "select n from t")
        assert driver.did == [*FIRST, "cancel", "close"]


OPTIONS = "it takes user, host, database"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TypeError("connect() got an unexpected keyword argument 'username'"),
         "template.custom.connect_args: the driver standin takes no argument 'username'; "
         "did you mean 'user'? It takes user, host, database"),
        (standin.ProgrammingError('invalid dsn: invalid connection option "zzz"'),
         "template.custom.secret_connect_args: the driver standin takes no argument 'zzz'; "
         "it takes user, host, database"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named(driver, monkeypatch, error, reason):
    monkeypatch.setenv("_FSEC_G_K", "s3cr3t")
    driver.refuses = raises(error)
    custom = {"connect_args": {"username": "x"}, "secret_connect_args": {"zzz": {"group": "g", "key": "k"}}}
    assert message(TemplateError, "standin://h", "select 1", custom=custom) == reason


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (standin.OperationalError("timeout of hunter2, s3cr3t and pa/ss"), DatabaseUnreachableError,
         "OperationalError: timeout of …, … and …"),
        (standin.OperationalError("password authentication failed for user \"ann\"\nHINT: no"), DatabaseError,
         'OperationalError: password authentication failed for user "ann"'),
        (standin.OperationalError('no host "hunter2\nof two lines", nor \'hunter2\\nof two lines\''),
         DatabaseUnreachableError, 'OperationalError: no host "…", nor \'…\''),
        (standin.OperationalError("no key for hunter3"), DatabaseUnreachableError, "OperationalError: no key for …"),
        (standin.OperationalError('unrecognized configuration parameter "hunter2"'), DatabaseError,
         'OperationalError: unrecognized configuration parameter "…"'),
        (ConnectionRefusedError(111, "Connection refused"), DatabaseUnreachableError,
         "ConnectionRefusedError: Connection refused"),
        (FileNotFoundError(2, "No such file"), DatabaseError, "FileNotFoundError: No such file"),
        (ValueError("port should be of type int"), DatabaseError, "ValueError: port should be of type int"),
        (ValueError(), DatabaseError, "ValueError"),
        (standin.OperationalError("x" * 999), DatabaseUnreachableError, f"OperationalError: {'x' * 300}…"),
    ],
)  # fmt: skip
def test_a_connection_that_fails(driver, monkeypatch, error, raised, reason):
    """It is recoverable, unless the driver says that it would fail again. No message shows a secret."""
    monkeypatch.setenv("_FSEC_G_K", "s3cr3t")
    driver.refuses = raises(error)
    tokens = {"api_token": "hunter2", "other_token": "hunter2\nof two lines", "tls": {"x_password": "hunter3"}}
    custom = {"connect_args": tokens, "secret_connect_args": {"zzz": {"group": "g", "key": "k"}}}
    assert message(raised, "standin://ann:pa%2Fss@h", "select 1", custom=custom) == (
        f"no connection to the database: {reason}"
    )


def test_sqlite_has_no_server_that_another_attempt_could_reach():
    assert message(DatabaseError, "sqlite:////no/such/folder/x.db", "select 1") == (
        "no connection to the database: OperationalError: unable to open database file"
    )


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (standin.ProgrammingError('relation "nope" does not exist\nLINE 1: select hunter2'), DatabaseError,
         'the query failed: ProgrammingError: relation "nope" does not exist'),
        (standin.DataError(1366, "Incorrect integer value: 'it's' for column `shop`.`t`.`id` at row 1"), DatabaseError,
         "the query failed: DataError: Incorrect integer value: … for column `shop`.`t`.`id` at row 1"),
        (standin.ProgrammingError("no such column: hunter2"), DatabaseError,
         "the query failed: ProgrammingError: no such column: …"),
        (standin.OperationalError("the server is gone"), DatabaseUnreachableError,
         "the query was cut off: OperationalError: the server is gone"),
        (standin.OperationalError(1205, "Lock wait timeout exceeded"), DatabaseUnreachableError,
         "the query was cut off: OperationalError: Lock wait timeout exceeded"),
        (TypeError("nothing of hunter2"), DatabaseError, "the query failed: TypeError: nothing of …"),
    ],
)  # fmt: skip
def test_a_query_that_fails(driver, error, raised, reason):
    driver.answers = [standin.Answer(error=error)]
    assert message(raised, "standin://h", "select * from nope where '{{ .inputs.a }}' <> ''", a="hunter2") == reason
    assert driver.did == [*FIRST, "close"]


def test_want_of_memory_stays_what_it_is(driver):
    driver.answers = [standin.Answer(error=MemoryError())]
    with pytest.raises(MemoryError):
        query("standin://h", "select 1")


def test_a_commit_that_fails(driver):
    driver.answers = [standin.Answer()]
    driver.fails_to_commit = standin.OperationalError("gone")
    assert message(DatabaseUnreachableError, "standin://h", "delete from t", None) == (
        "the query was cut off: OperationalError: gone"
    )


class StateError(standin.ProgrammingError):
    sqlstate = "42601"


def test_a_statement_without_a_cursor_of_the_server_runs_without_one(driver):
    driver.answers = [standin.Answer(error=StateError("near show")), standin.Answer([("a", None)], [(1,)])]
    assert query("standin://h", "show x") == [{"a": 1}]
    assert driver.asked == [("of the server", "show x"), ("of the client", "show x")]
    assert driver.did == [*FIRST, "rollback", "commit", "close"]
    driver.answers = [standin.Answer(error=StateError("near show")), standin.Answer(error=StateError("near show"))]
    assert message(DatabaseError, "standin://h", "show x") == "the query failed: StateError: near show"


def test_several_statements_have_no_cursor_of_the_server(driver):
    driver.answers = [standin.Answer([("a", None)], [(1,)]), standin.Answer([("a", None)], [(1,)])]
    query("standin://h", "select 1; select 2")
    query("standin://h", "select 1 ;\n")
    assert driver.asked == [("of the client", "select 1; select 2"), ("of the server", "select 1 ;\n")]


@pytest.mark.parametrize(
    ("value", "sizes"),
    [(1, [1, 15, 64, 200, 200, 200, 200]), ("x" * 1000, [1, 15, *[18] * 34]), ("x" * 20_000, [1, 15, *[1] * 585])],
)
def test_rows_are_asked_for_as_many_as_their_size_allows(driver, monkeypatch, value, sizes):
    """One is asked for to learn what columns there are, and the last answer is empty."""
    monkeypatch.setattr(executor_module, "ROWS_AT_ONCE", 200)
    monkeypatch.setattr(executor_module, "BYTES_AT_ONCE", 20_000)
    asked = []

    def fetchmany(self, size: int = 1) -> list[Any]:
        asked.append(size)
        return many(self, size)

    many = standin.Cursor.fetchmany
    monkeypatch.setattr(standin.Cursor, "fetchmany", fetchmany)
    driver.answers = [standin.Answer([("a", None)], [(value,)] * 600)]
    assert query("standin://h", "select a from t") == [{"a": value}] * 600
    assert asked == sizes


@pytest.mark.parametrize("place", [0, 3])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("year -44 is out of range"), "ValueError: year -… is out of range"),
        (standin.DataError("date too small: '0044-03-15 BC'"), "DataError: date too small: …"),
    ],
)
def test_a_value_that_python_lacks_is_not_shown(driver, monkeypatch, place, error, said):
    monkeypatch.setattr(executor_module, "ROWS_AT_FIRST", 2)
    rows: list[Any] = [(1,)] * 4
    rows[place] = error
    driver.answers = [standin.Answer([("a", 1)], rows)]
    hint = "cast dates before the year 1 or after 9999, and times of 24:00, to text in the query"
    assert message(DatabaseError, "standin://h", "select * from t") == f"the driver cannot take a value: {said}; {hint}"


def test_a_text_that_cannot_be_read_is_no_time(driver):
    driver.answers = [standin.Answer([("day", 1082), ("s", 1)], [UnicodeDecodeError("utf-8", b"hunter2", 0, 1, "no")])]
    assert message(DatabaseError, "standin://h", "select * from t") == "the query failed: UnicodeDecodeError: no"


def test_rows_that_are_lost_half_way(driver, monkeypatch):
    monkeypatch.setattr(executor_module, "ROWS_AT_FIRST", 2)
    driver.answers = [standin.Answer([("day", 1082)], [(1,), (2,), (3,), standin.OperationalError("gone")])]
    assert message(DatabaseUnreachableError, "standin://h", "select day from t") == (
        "the query was cut off: OperationalError: gone"
    )
    assert driver.did == [*FIRST, "close"]


def test_the_variable_that_sqlalchemy_reads_logs_nothing(capfd, people):
    """SQLAlchemy logs what fails where a connection is given back."""
    message(DatabaseError, people, "select hunter2")
    assert capfd.readouterr() == ("", "")
    assert os.path.exists(people.removeprefix("sqlite:///"))


GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlalchemy"
BOB = [{"id": 2, "name": "bob's"}]


@pytest.mark.parametrize(
    ("name", "inputs", "kind", "columns"),
    [
        ("schema", {"low": 1, "no": "ann"}, FlyteSchema, ()),
        ("columns", {"low": 1, "no": "ann"}, FlyteSchema, (("id", int), ("name", str))),
        ("dataset", {"low": 1, "no": "ann"}, StructuredDataset, ()),
        ("frame", {"low": 1, "no": "ann"}, StructuredDataset, ()),
        ("insert", {"id": 7}, None, ()),
    ],
)
def test_recorded_tasks_run_from_their_own_arguments(people, tmp_path, monkeypatch, capfd, name, inputs, kind, columns):
    """As flytekitplugins-sqlalchemy 1.16.31 registers them: an output in each of its forms, and none; a query of
    several lines; numbers and secrets among the arguments of the connection."""
    made = TaskTemplate.FromString((GOLDEN / f"{name}.pb").read_bytes())
    literals = dict_to_literal_map(inputs, made.interface.inputs)
    (tmp_path / "inputs.pb").write_bytes(literals.SerializeToString())
    filled = {
        "{{.input}}": "inputs.pb",
        "{{.outputPrefix}}": "out",
        "{{.rawOutputDataPrefix}}": "raw",
        "{{.taskTemplatePath}}": str(GOLDEN / f"{name}.pb"),
    }
    monkeypatch.setenv("_FSEC_SHOP_LEVEL", "IMMEDIATE")
    monkeypatch.chdir(tmp_path)  # the URI is sqlite:///people.db
    program, *arguments = made.container.args
    assert program == "pyflyte-execute"
    assert executed([filled.get(word, word) for word in arguments], Process()).code == 0
    assert os.listdir("out") == ["outputs.pb"]
    outputs = LiteralMap.FromString((tmp_path / "out" / "outputs.pb").read_bytes())
    if kind is None:
        assert outputs == LiteralMap()
        assert ids(people) == [1, 2, 7]
    else:
        value = to_python_value(outputs.literals["results"], made.interface.outputs.variables["results"].type)
        assert (type(value), value.columns) == (kind, columns)
        assert os.path.relpath(value.uri, "raw")[:2] != ".."
        assert read_rows(value.uri) == BOB
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["12345678901234567890.10", b"12345678901234567890.10"])
def test_json_of_postgresql_stays_text(text):
    pytest.importorskip("psycopg")
    url = sqlalchemy.make_url("postgresql+psycopg://h")
    engine = executor_module._engine(sqlalchemy, url, {})
    assert engine.dialect._json_deserializer(text) == "12345678901234567890.10"
