# SPDX-License-Identifier: Apache-2.0
"""Queries of every kind, as flytekit runs them, on each server by each driver."""

from __future__ import annotations

import pytest

from shimlite import DatabaseError, FlyteSchema, StructuredDataset
from shimlite.executors.sqlalchemy import BoundSQLAlchemyTaskExecutor

from .tasks import run


@pytest.fixture
def people(uri):
    run(uri, "drop table if exists people", None)
    run(uri, "create table people (id int primary key, name varchar(20))", None)
    run(uri, "insert into people values (1, 'ann'), (2, 'bob''s'), (3, null)", None)
    return uri


def rows(*given, **custom):
    return run(*given, **custom).rows


def test_a_query_and_its_inputs(people):
    text = "select name from people where id < {{ .inputs.high }} and name <> '{{ .inputs.no }}' and 'a%' like '%a_'"
    assert rows(people, text, inputs={"high": 3, "no": "ann"}) == [{"name": "bob's"}]
    bound = "select name from people where name = {{ .inputs.name }} and 'a%' like '%a_'"
    assert rows(people, bound, executor=BoundSQLAlchemyTaskExecutor, inputs={"name": "bob's"}) == [{"name": "bob's"}]
    assert rows(people, bound, executor=BoundSQLAlchemyTaskExecutor, inputs={"name": " or 1=1 -- "}) == []


@pytest.mark.parametrize("kind", [FlyteSchema, StructuredDataset, FlyteSchema[{"id": int, "name": str}]])
def test_outputs_in_each_form(people, kind):
    assert rows(people, "select * from people where id > 1 order by id", kind) == [
        {"id": 2, "name": "bob's"},
        {"id": 3, "name": None},
    ]


def test_what_is_no_select_gives_its_rows_and_is_committed(people):
    assert run(people, "insert into people values (4, 'dan')", None) is None
    assert rows(people, "insert into people values (5, 'eve'), (6, 'x') returning id, name") == [
        {"id": 5, "name": "eve"},
        {"id": 6, "name": "x"},
    ]
    assert rows(people, "delete from people where id = 6 returning id") == [{"id": 6}]
    assert rows(people, "select count(*) as n from people") == [{"n": 5}]
    with pytest.raises(ValueError, match=r"^the query gives no columns, which the task's output needs$"):
        run(people, "delete from people")
    assert rows(people, "select count(*) as n from people") == [{"n": 5}]


SELECTS = [
    "with x as (select 1 as a) select * from x",
    "(select 1 as a)",
    " /* ; */ select 1 as a ;\n",
    "select 1 as a -- x",
]


@pytest.mark.parametrize("text", SELECTS)
def test_forms_of_a_select(uri, text):
    assert rows(uri, text) == [{"a": 1}]


def test_statements_that_have_no_cursor(uri):
    explained = rows(uri, "explain select 1 as a")
    assert len(explained) == 1
    shown = rows(uri, "show variables like 'port'" if uri.startswith("mariadb") else "show port")
    assert str(list(shown[0].values())[-1]) in uri


def test_more_that_postgresql_has_no_cursor_for(of_postgresql):
    run(of_postgresql, "drop table if exists made, things; create table things (id int)", None)
    text = "with x as (insert into things values (1) returning id) select id + 1 as id from x"
    assert rows(of_postgresql, text) == [{"id": 2}]
    assert rows(of_postgresql, "table things") == [{"id": 1}]
    assert rows(of_postgresql, "values (1), (2)") == [{"column1": 1}, {"column1": 2}]
    run(of_postgresql, "select 1 as a into made", None)
    assert rows(of_postgresql, "select * from made") == [{"a": 1}]


def test_a_function_runs_where_nobody_wants_its_result(of_postgresql):
    run(of_postgresql, "drop sequence if exists counted; create sequence counted", None)
    run(of_postgresql, "select nextval('counted')", None)
    assert rows(of_postgresql, "select nextval('counted') as n") == [{"n": 2}]


def test_several_statements_give_what_the_driver_gives(of_postgresql):
    """psycopg the rows of the first, psycopg2 those of the last; all are run."""
    run(of_postgresql, "drop table if exists many", None)
    text = "create table many as select 1 as a; insert into many values (2); select a from many order by a"
    if "psycopg2" in of_postgresql:
        assert rows(of_postgresql, text) == [{"a": 1}, {"a": 2}]
    else:
        assert run(of_postgresql, text, None) is None
        assert rows(of_postgresql, "select 1 as a; select 2 as b") == [{"a": 1}]
    assert rows(of_postgresql, "select count(*) as n from many") == [{"n": 2}]


def test_several_statements_are_refused_by_pymysql(of_mariadb):
    with pytest.raises(DatabaseError, match=r"right syntax to use near 'select 2 as b' at line 1$"):
        run(of_mariadb, "select 1 as a; select 2 as b")
    flag = {"client_flag": 65536}
    assert rows(of_mariadb, "select 1 as a; select 2 as b", connect_args=flag) == [{"a": 1}]


def test_a_procedure_of_mariadb_gives_its_first_result(of_mariadb):
    run(of_mariadb, "create or replace table called (id int)", None)
    body = "begin select 1 as a; insert into called values (2); select 3 as c; end"
    run(of_mariadb, f"create or replace procedure three() {body}", None)
    assert rows(of_mariadb, "call three()") == [{"a": 1}]
    assert rows(of_mariadb, "select * from called") == [{"id": 2}]


def test_columns_of_one_name_are_refused(uri):
    with pytest.raises(ValueError, match=r"^2 columns have the name 'a'; rename them in the query$"):
        run(uri, "select 1 as a, 2 as a")


def test_names_and_texts_beyond_ascii(uri):
    quote = "`" if uri.startswith("mariadb") else '"'
    assert rows(uri, f"select '☃ 🐍 ü' as {quote}näme{quote}") == [{"näme": "☃ 🐍 ü"}]


def test_arguments_beside_the_uri(server, drivername):
    """The URI names nothing but the dialect; a port that Struct keeps as a double is an int."""
    names = ("user", "database") if drivername.startswith("mariadb") else ("user", "dbname")
    arguments = dict(zip(names, ("ann", server.database)), host="127.0.0.1", port=server.port)
    from .servers import PASSWORD

    assert rows(f"{drivername}://", "select 1 as a", connect_args={**arguments, "password": PASSWORD}) == [{"a": 1}]


def test_a_uri_without_a_driver(postgresql, mariadb):
    assert rows(postgresql.uri("postgresql"), "select 1 as a") == [{"a": 1}]
    assert rows(mariadb.uri("mysql"), "select 1 as a") == [{"a": 1}]
    assert rows(mariadb.uri("mariadb"), "select 1 as a") == [{"a": 1}]


def test_a_connection_that_commits_by_itself_has_no_cursor(postgresql):
    autocommit = {"autocommit": True}
    assert rows(postgresql.uri("postgresql+psycopg"), "select 1 as a", connect_args=autocommit) == [{"a": 1}]
