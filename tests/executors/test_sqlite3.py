# SPDX-License-Identifier: Apache-2.0
"""The SQLite executor, on the task that flytekit registered and on what such tasks may hold."""

from __future__ import annotations

import datetime as dt
import enum
import io
import os
import pathlib
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from contextlib import closing
from typing import Annotated, Any

import pytest

from shimlite import (
    Context,
    ExecutableTemplateShimTask,
    FlyteSchema,
    StorageError,
    StructuredDataset,
    TemplateError,
    dict_to_literal_map,
    parquet,
    to_python_value,
)
from shimlite._idl import LiteralMap, TaskTemplate
from shimlite.executors import sqlite3 as executor_module
from shimlite.executors.sqlite3 import BoundSQLite3TaskExecutor, SQLite3TaskExecutor, interpolate_query
from shimlite.parquet import read_rows

from ..build import template

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3"
UTC = dt.timezone.utc


def test_the_recorded_task_runs_from_its_own_arguments(tmp_path):
    made = TaskTemplate.FromString((GOLDEN / "task_template.pb").read_bytes())
    filled = {
        "{{.input}}": str(GOLDEN / "inputs.pb"),
        "{{.outputPrefix}}": str(tmp_path / "out"),
        "{{.rawOutputDataPrefix}}": str(tmp_path / "raw"),
        "{{.taskTemplatePath}}": str(GOLDEN / "task_template.pb"),
    }
    program, *arguments = made.container.args
    assert program == "pyflyte-execute"
    ended = subprocess.run(
        [sys.executable, "-m", "shimlite", "execute", *(filled.get(word, word) for word in arguments)],
        cwd=GOLDEN,  # the template's uri is "tracks.db"
        env={**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert os.listdir(tmp_path / "out") == ["outputs.pb"]
    outputs = LiteralMap.FromString((tmp_path / "out" / "outputs.pb").read_bytes())
    declared = made.interface.outputs.variables["results"].type
    value = to_python_value(outputs.literals["results"], declared)
    (folder,) = (tmp_path / "raw").glob("*/*")
    assert value == FlyteSchema(str(folder), columns=(("TrackId", int), ("Name", str), ("Seconds", float)))
    assert [path.name for path in folder.iterdir()] == ["00000"]
    assert read_rows(str(folder)) == [
        {"TrackId": 27 + place, "Name": f"track 0{27 + place}", "Seconds": 100.5 + 1.5 * place} for place in range(5)
    ]


def database(path: pathlib.Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return str(path)


@pytest.fixture
def people(tmp_path):
    return database(
        tmp_path / "people.db",
        "create table people (id integer, name text, height real)",
        "insert into people values (1, 'ann', 1.7), (2, 'bob''s', null), (3, 'x', 2)",
        "create table secrets (word text)",
        "insert into secrets values ('hush')",
    )


def query(
    uri: str, text: str, kind: Any = StructuredDataset, executor: Any = SQLite3TaskExecutor, **inputs: Any
) -> Any:
    """What the query gives, and its rows."""
    declared = {} if kind is None else {"results": kind}
    made = template({name: type(value) for name, value in inputs.items()}, declared)
    made.custom.update({"uri": uri, "query_template": text, "compressed": uri.endswith((".zip", ".tar", ".tgz"))})
    literals = dict_to_literal_map(inputs, made.interface.inputs)
    context = Context(raw_output_prefix=os.path.join(os.path.dirname(uri), "raw"))
    outputs = ExecutableTemplateShimTask(made, executor).dispatch_execute(context, literals)
    if kind is None:
        return outputs
    value = to_python_value(outputs.literals["results"], made.interface.outputs.variables["results"].type)
    return value, read_rows(value.uri)


def rows(*given: Any, **inputs: Any) -> list[dict[str, Any]]:
    return query(*given, **inputs)[1]


def test_columns_without_a_declaration_have_the_type_of_their_values(people):
    value, made = query(people, "select * from people order by id")
    assert made == [
        {"id": 1, "name": "ann", "height": 1.7},
        {"id": 2, "name": "bob's", "height": None},
        {"id": 3, "name": "x", "height": 2.0},
    ]
    assert [type(row["height"]) for row in made] == [float, type(None), float]
    assert (value.format, value.columns) == ("parquet", ())


def test_declared_columns_decide(people):
    columns = {"id": float, "is": bool, "at": dt.datetime, "took": dt.timedelta}
    select = "select id, id = 1 as 'is', '2026-01-02 03:04:05' as 'at', 1.5 as took, 'more' as more from people"
    assert rows(people, f"{select} where id < 2", FlyteSchema[columns]) == [
        {
            "id": 1.0,
            "is": True,
            "at": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "took": dt.timedelta(seconds=1.5),
            "more": "more",
        }
    ]
    value, _ = query(people, "select id from people", Annotated[StructuredDataset, {"id": int}, "parquet"])
    assert [name for name, _ in value.columns] == ["id"]


def test_no_rows_keep_their_columns(people):
    assert rows(people, "select id from people where 0") == []


NAME, HEIGHT = FlyteSchema[{"name": int}], FlyteSchema[{"height": int}]
AT = FlyteSchema[{"name": dt.datetime}]


@pytest.mark.parametrize(
    ("select", "kind", "message"),
    [
        ("select name from people", NAME, "column 'name', row 1: expected int, got str"),
        (
            "select height from people",
            FlyteSchema[{"height": int}],
            "column 'height', row 1: expected int, got float that is no whole number",
        ),
        ("select id from people", FlyteSchema[{"id": bool}], "column 'id', row 2: expected bool, got int"),
        ("select id from people", FlyteSchema[{"id": str}], "column 'id', row 1: expected str, got int"),
        (
            "select name from people",
            FlyteSchema[{"name": dt.datetime}],
            "column 'name', row 1: expected datetime, got str",
        ),
        ("select id from people", FlyteSchema[{"x": int}], "the query gives no column 'x', which the task declares"),
        ("select 1 as a union select 'x'", FlyteSchema, "column 'a' mixes int, str; cast it in the query"),
        ("select id, name, id from people", FlyteSchema, "2 columns have the name 'id'; rename them in the query"),
        ("select * from people a join people b", FlyteSchema, "2 columns have the name 'id'; rename them in the query"),
        ("delete from people", FlyteSchema, "the query gives no columns, which the task's output needs"),
        ("", FlyteSchema, "the query gives no columns, which the task's output needs"),
        ("-- nothing", FlyteSchema, "the query gives no columns, which the task's output needs"),
        (
            "select id, cast(x'68757368ff' as text) as \"a 'b' with text \" from people",
            FlyteSchema,
            "column 'a 'b' with text ' has a text that is no UTF-8; cast it to blob in the query",
        ),
    ],
)
def test_rows_that_are_not_as_declared_are_refused(people, select, kind, message):
    with pytest.raises(ValueError, match=".") as caught:
        rows(people, select, kind)
    assert str(caught.value) == message


def test_blobs_and_empty_columns(people):
    assert rows(people, "select x'00ff' as b, null as n") == [{"b": b"\x00\xff", "n": None}]


def test_a_query_for_no_output_runs(people):
    assert query(people, "select 1", None) == LiteralMap()


def test_another_output_is_the_templates_fault(people):
    with pytest.raises(TemplateError) as caught:
        query(people, "select 1", int)
    assert str(caught.value) == "outputs: expected one output, a schema or a structured dataset"


def test_the_database_itself_is_left_alone(people):
    before = pathlib.Path(people).read_bytes()
    query(people, "delete from people", None)
    assert pathlib.Path(people).read_bytes() == before


def test_a_missing_database_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError, match=r"none\.db' to .*: No such file or directory$"):
        query(str(tmp_path / "none.db"), "select 1")


def test_inputs_are_put_in_as_text(people):
    text = "select name from people where id >= {{ .inputs.low }} and name <> '{{.INPUTS.no}}' order by id"
    assert rows(people, text, low=2, no="x") == [{"name": "bob's"}]
    assert interpolate_query("{{.inputs.a}} {{ .inputs.a }}{{.inputs.b}}", {"a": 1.0, "b": None}) == "1.0 1.0None"
    assert interpolate_query("{{ inputs.a }} {{$inputs.a}} {{.input.a}}", {"a": 1}) == "1 1 {{.input.a}}"


def test_a_placeholder_inside_an_input_stays():
    assert interpolate_query("{{.inputs.a}}{{.inputs.b}}", {"a": "{{.inputs.b}}", "b": "B"}) == "{{.inputs.b}}B"


@pytest.mark.parametrize("executor", [SQLite3TaskExecutor, BoundSQLite3TaskExecutor])
def test_inputs_and_places_must_match(people, executor):
    with pytest.raises(ValueError, match=r"^the query asks for the input 'a', which the task does not have$"):
        rows(people, "select {{.inputs.a}}", executor=executor)
    with pytest.raises(ValueError, match=r"^the query has no place for the input 'a'$"):
        rows(people, "select 1", executor=executor, a=1)


INJECTION = "x' union select word from secrets --"


def test_text_can_change_the_query_and_bound_parameters_cannot(people):
    text = "select name from people where name = '{{.inputs.name}}'"
    assert rows(people, text, name=INJECTION) == [{"name": "hush"}, {"name": "x"}]
    bound = "select name from people where name = {{.inputs.name}}"
    assert rows(people, bound, executor=BoundSQLite3TaskExecutor, name=INJECTION) == []
    assert rows(people, bound, executor=BoundSQLite3TaskExecutor, name="bob's") == [{"name": "bob's"}]


def test_bound_values_keep_their_type(people):
    text = "select {{.inputs.i}} as i, {{.inputs.x}} as x, {{.inputs.b}} as b, {{.inputs.t}} as t, {{.inputs.i}} as j"
    given = {"i": 7, "x": 0.5, "b": b"\x00", "t": dt.datetime(2026, 1, 2, tzinfo=UTC)}
    assert rows(people, text, executor=BoundSQLite3TaskExecutor, **given) == [
        {"i": 7, "x": 0.5, "b": b"\x00", "t": "2026-01-02 00:00:00", "j": 7}
    ]


def bound_values(*values: Any) -> list[Any]:
    """What a bound query gives SQLite."""
    inputs = {f"v{place}": value for place, value in enumerate(values)}
    text = ", ".join(f"{{{{.inputs.{name}}}}}" for name in inputs)
    query_text, bound = BoundSQLite3TaskExecutor().query_of(f"select {text}", inputs)
    assert query_text == "select " + ", ".join("?" * len(values))
    return list(bound)


def test_what_sqlite_is_given():
    class Colour(enum.Enum):
        RED = "red"

    at = dt.datetime(2026, 1, 2, 3, 4, 5)
    zone = dt.timezone(dt.timedelta(hours=-1))
    taken = [
        (None, None),
        (True, True),
        (-(2**63), -(2**63)),
        (float("-inf"), float("-inf")),
        ("é\x00", "é\x00"),
        (b"", b""),
        (Colour.RED, "red"),
        (at, "2026-01-02 03:04:05"),
        (at.replace(microsecond=500_000), "2026-01-02 03:04:05.500"),
        (at.replace(microsecond=678_901), "2026-01-02 03:04:05.678901"),
        (at.replace(tzinfo=zone), "2026-01-02 04:04:05"),
        (dt.datetime.min, "0001-01-01 00:00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.timedelta(days=1, milliseconds=-500), 86399.5),
    ]
    assert bound_values(*(value for value, _ in taken)) == [back for _, back in taken]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**63, "is an int of more than 64 bits, which SQLite has no type for"),
        (-(2**63) - 1, "is an int of more than 64 bits, which SQLite has no type for"),
        (float("nan"), "is NaN, which SQLite has no value for"),
        ([1], "is a list, which SQLite has no type for"),
        ({"a": 1}, "is a dict, which SQLite has no type for"),
        (dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-1))),
         "is a datetime out of the years 1 to 9999 in UTC"),
    ],
)  # fmt: skip
def test_what_sqlite_has_no_type_for_is_refused(value, message):
    with pytest.raises(ValueError, match=".") as caught:
        bound_values(value)
    assert str(caught.value) == f"the input 'v0' {message}"


def test_bound_times_compare_with_those_that_sqlite_writes(tmp_path):
    uri = database(
        tmp_path / "times.db",
        "create table t (n integer, at text)",
        "insert into t values (1, datetime('2026-01-02 03:04:05')), (2, datetime('2026-01-02 03:04:06'))",
        "insert into t values (3, strftime('%Y-%m-%d %H:%M:%f', '2026-01-02 03:04:05.5'))",
        "insert into t values (4, date('2026-01-02')), (5, date('2026-01-03'))",
    )

    def found(condition: str, **inputs: Any) -> list[int]:
        text = f"select n from t where {condition} order by n"
        return [row["n"] for row in rows(uri, text, executor=BoundSQLite3TaskExecutor, **inputs)]

    at = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found("at = {{.inputs.at}}", at=at) == [1]
    assert found("at > {{.inputs.at}}", at=at) == [2, 3, 5]
    assert found("at < {{.inputs.at}}", at=at) == [4]
    assert found("at = {{.inputs.at}}", at=at.replace(microsecond=500_000)) == [3]
    assert found("at <= {{.inputs.at}}", at=at.replace(microsecond=500_001)) == [1, 3, 4]
    assert found("at between {{.inputs.a}} and {{.inputs.b}}", a=at, b=at.replace(second=6)) == [1, 2, 3]
    since = "strftime('%s', at) - strftime('%s', {{.inputs.at}}) = {{.inputs.span}}"
    assert found(since, at=at, span=dt.timedelta(seconds=1)) == [2]


def test_a_placeholder_where_nothing_is_bound_is_refused_before_the_database_is_fetched(tmp_path):
    with pytest.raises(
        ValueError, match=r"^the input 'n' stands inside quotes or a comment, where it cannot be bound$"
    ):
        rows(str(tmp_path / "none.db"), "select '{{.inputs.n}}'", executor=BoundSQLite3TaskExecutor, n=1)


@pytest.mark.parametrize("name", ["uri", "query_template"])
def test_a_template_without_a_text_is_refused(name):
    made = template({}, {"results": StructuredDataset})
    made.custom.update({"uri": "none.db", "query_template": "select 1", name: None})
    with pytest.raises(TemplateError, match=rf"^template\.custom\.{name}: expected str, got None$"):
        ExecutableTemplateShimTask(made, SQLite3TaskExecutor).dispatch_execute(Context(), LiteralMap())


def test_another_output_is_refused_before_the_database_is_fetched(tmp_path):
    with pytest.raises(TemplateError, match="^outputs: expected one output, a schema or a structured dataset$"):
        query(str(tmp_path / "none.db"), "select 1", int)


def test_what_sqlite_refuses_comes_out_as_it_is(tmp_path, people):
    with pytest.raises(sqlite3.OperationalError, match=r"^no such table: nobody$"):
        rows(people, "select * from nobody")
    with pytest.raises((sqlite3.ProgrammingError, sqlite3.Warning), match="one statement at a time"):
        rows(people, "select 1; select 2")
    with pytest.raises(sqlite3.OperationalError, match=r"^integer overflow$"):
        rows(people, "select abs(iif(id < 3, id, -9223372036854775808)) as n from people")
    (tmp_path / "no.db").write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError, match=r"^file is not a database$"):
        rows(str(tmp_path / "no.db"), "select 1 from sqlite_master")


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("select {{ .inputs.a }} from people", "hunter2", "no such column: …"),
        ("select {{ .inputs.a }} from people", "hunter2 and 1", "no such column: …"),
        ("select '{{ .inputs.a }} from people", "hunter2", 'unrecognized token: "\'… from people"'),
        ("select '{{ .inputs.a }} from people", "hunter2\n", 'unrecognized token: "\'… from people"'),
        ("select name from people {{ .inputs.a }} limit 1", "hunter2, x", "no such table: …"),
        ("select name from people where {{ .inputs.a }}", "1 hunter2", "near …: syntax error"),
        ("select nobody, '{{ .inputs.a }}' from people", "hunter2", "no such column: nobody"),
    ],
)
def test_no_input_is_shown_where_sqlite_refuses_a_query(people, text, value, said):
    with pytest.raises(sqlite3.OperationalError, match=".") as caught:
        rows(people, text, a=value)
    assert (str(caught.value), caught.value.__cause__) == (said, None)


@pytest.mark.parametrize("batch", [1, 2, 10_000])
def test_a_query_that_fails_half_way_leaves_nothing_behind(tmp_path, people, monkeypatch, batch):
    monkeypatch.setattr(parquet, "ROWS_OF_A_BATCH", batch)
    made = template({}, {"results": StructuredDataset})
    made.custom.update(
        {"uri": people, "query_template": "select abs(iif(id < 3, id, -9223372036854775808)) from people"}
    )
    working_directory = tmp_path / "working"
    working_directory.mkdir()
    context = Context(working_directory=str(working_directory), raw_output_prefix=str(tmp_path / "raw"))
    with pytest.raises(sqlite3.OperationalError, match=r"^integer overflow$"):
        ExecutableTemplateShimTask(made, SQLite3TaskExecutor).dispatch_execute(context, LiteralMap())
    assert [path for path in working_directory.rglob("*") if path.is_file()] == []
    assert not (tmp_path / "raw").exists()


def test_what_a_write_ahead_log_holds_is_no_part_of_the_file(tmp_path):
    with closing(sqlite3.connect(tmp_path / "wal.db")) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table t as select 1 as n")
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("insert into t values (2)")
        connection.commit()
        before = sorted(path.name for path in tmp_path.iterdir())
        assert rows(str(tmp_path / "wal.db"), "select n from t") == [{"n": 1}]
        assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_inserted_rows_come_back_where_the_query_returns_them(people):
    text = "insert into people values (4, 'y', 1), (5, 'z', 1) returning id"
    assert rows(people, text) == [{"id": 4}, {"id": 5}]
    assert rows(people, "select count(*) as n from people") == [{"n": 3}]


def zipped(path: pathlib.Path, **members: bytes) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("UP", "../"), content)
    return str(path)


@pytest.mark.parametrize("name", ["inner.db", "folder/inner.db", "../../escaped.db", "/tmp/shimlite-escaped.db"])
def test_an_archive_writes_only_its_own_file(tmp_path, people, name):
    inner = tmp_path / "in"
    inner.mkdir()
    content = pathlib.Path(people).read_bytes()
    with zipfile.ZipFile(inner / "a.zip", "w") as archive:
        archive.writestr("folder/", b"")
        archive.writestr(name, content)
    with tarfile.open(inner / "a.tgz", "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    before = sorted(path for path in tmp_path.rglob("*") if "raw" not in path.parts)
    for kind in ("a.zip", "a.tgz"):
        assert rows(str(inner / kind), "select count(*) as n from people") == [{"n": 3}]
    assert sorted(path for path in tmp_path.rglob("*") if "raw" not in path.parts) == before
    assert not os.path.exists("/tmp/shimlite-escaped.db")


def test_archives_that_are_refused(tmp_path, people, monkeypatch):
    (tmp_path / "no.zip").write_bytes(b"not an archive")
    link = tmp_path / "link.tar"
    with tarfile.open(link, "w") as archive:
        member = tarfile.TarInfo("passwd")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    cases = {
        zipped(tmp_path / "two.zip", a=b"1", b=b"2"): "the archive does not hold exactly one file",
        zipped(tmp_path / "none.zip"): "the archive does not hold exactly one file",
        str(tmp_path / "no.zip"): "the database is neither a zip nor a tar archive",
        str(link): "the archive holds a link or a device",
    }
    for uri, message in cases.items():
        with pytest.raises(ValueError, match=".") as caught:
            query(uri, "select 1")
        assert str(caught.value) == message
    whole = pathlib.Path(zipped(tmp_path / "whole.zip", a=os.urandom(2**20))).read_bytes()
    corrupt = {"half.zip": whole[:100] + b"x" * 100 + whole[200:]}
    for kind, mode in {"half.tgz": "w:gz", "half.tar": "w"}.items():
        with tarfile.open(tmp_path / kind, mode) as archive:
            archive.add(people)
        content = (tmp_path / kind).read_bytes()
        corrupt[kind] = content[: len(content) // 3]
    for name, content in corrupt.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=r"^the archive is corrupt or encrypted$"):
            query(str(tmp_path / name), "select 1")
    monkeypatch.setattr(executor_module, "LARGEST_DATABASE", 2**20)
    with pytest.raises(ValueError, match=r"^the archive unpacks to more than 1048576 bytes$"):
        query(zipped(tmp_path / "bomb.zip", a=bytes(2**20 + 1)), "select 1")
