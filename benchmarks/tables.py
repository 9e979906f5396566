# SPDX-License-Identifier: Apache-2.0
"""What a query costs as a process, from a few rows to a million: shimlite's program beside flytekit's, in turn.

The templates are what flytekit's ``SQLite3Task`` and ``SQLAlchemyTask`` register. PostgreSQL is this machine's, started
here, and read with psycopg; its own memory is not counted. The last program reads it by ADBC, as the README's recipe
does. Not measured: servers on other machines, wide rows, inputs that are tables.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import pyarrow.dataset
import sqlalchemy
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.tools.translator import get_serializable
from flytekitplugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask

from benchmarks import start_up, tell
from shimlite._idl import LiteralMap
from tests.databases import servers

ROWS = (10, 1_000_000)
OURS, THEIRS, ADBC = "shimlite-execute", "pyflyte-execute", "shimlite-execute with ADBC"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
COLUMNS = "id bigint, price double precision, name varchar(40), at timestamp"
ONE = "insert into t select n, n * 0.5, 'the name of ' || n, {at} from "
"""A row of each number ``n``."""
SERIES = "(with recursive c(n) as (select 1 union all select n + 1 from c where n < {rows}) select n from c)"
EXECUTOR = """
import sys

sys.modules["pyarrow"] = None  # a slim image has none, and ADBC imports it where it is

import adbc_driver_postgresql.dbapi

import shimlite
from shimlite.tables import write_table


class Adbc(shimlite.ShimTaskExecutor):
    def execute_from_model(self, tt):
        with adbc_driver_postgresql.dbapi.connect(tt.custom["uri"].replace("+psycopg", "")) as connection:
            with connection.cursor() as cursor:
                cursor.execute(tt.custom["query_template"])
                return write_table(cursor.fetch_arrow(), declared=tt.interface.outputs["results"])
"""


def measure(quick: bool) -> dict[str, Any]:
    """Seconds and MB of each run, by database, rows and program."""
    rows, runs = ((10, 1_000), 1) if quick else (ROWS, 7)
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as server:
        pathlib.Path(name, "adbc.py").write_text(EXECUTOR)
        uris = {SQLITE: f"sqlite:///{name}/db", POSTGRESQL: server.uri("postgresql+psycopg", database="postgres")}
        found: dict[str, Any] = {"rows": rows, "runs": {database: {} for database in uris}}
        for database, uri in uris.items():
            for count in rows:
                _fill(uri, count)
                folder = pathlib.Path(name, database, str(count))
                folder.mkdir(parents=True)
                found["runs"][database][str(count)] = _measured(folder, database, uri, count, runs)
        return found


def _fill(uri: str, rows: int) -> None:
    at = "'2024-02-29 12:30:00'" if uri.startswith("sqlite") else "timestamp '2024-02-29 12:30:00'"
    with _transaction(uri) as connection:
        connection.exec_driver_sql("drop table if exists t")
        connection.exec_driver_sql(f"create table t ({COLUMNS})")
        connection.exec_driver_sql(f"{ONE.format(at=at)}{SERIES.format(rows=rows)} as numbers")


@contextlib.contextmanager
def _transaction(uri: str) -> Iterator[sqlalchemy.Connection]:
    engine = sqlalchemy.create_engine(uri)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _measured(folder: pathlib.Path, database: str, uri: str, rows: int, runs: int) -> dict[str, Any]:
    arguments = _arguments(folder, database, uri)
    scripts = os.path.dirname(sys.executable)
    commands = {program: [f"{scripts}/{program}", *_with_outputs(arguments, program)] for program in (OURS, THEIRS)}
    if database == POSTGRESQL:
        commands[ADBC] = [f"{scripts}/{OURS}", *_with_outputs([*arguments[:-1], "adbc.Adbc"], ADBC)]
    found = start_up.measured(commands, runs, str(folder.parents[1]), {})
    for program in commands:
        _check(folder / program, rows)
    return found


def _arguments(folder: pathlib.Path, database: str, uri: str) -> list[str]:
    """What the registered task's container gets, save where its outputs go."""
    task: Any
    if database == SQLITE:
        task = SQLite3Task("t", "select * from t", task_config=SQLite3Config(uri.removeprefix("sqlite:///")))
    else:
        task = SQLAlchemyTask("t", "select * from t", SQLAlchemyConfig(uri))
    settings = SerializationSettings(ImageConfig(Image("default", "image", "1")), "p", "d", "v1")
    template = get_serializable(OrderedDict(), settings, task).template.to_flyte_idl()
    (folder / "task.pb").write_bytes(template.SerializeToString())
    (folder / "inputs.pb").write_bytes(b"")
    values = {"{{.input}}": f"{folder}/inputs.pb", "{{.taskTemplatePath}}": f"{folder}/task.pb"}
    values |= {"{{.outputPrefix}}": f"{folder}/PROGRAM", "{{.rawOutputDataPrefix}}": f"{folder}/PROGRAM/raw"}
    return [values.get(one, one) for one in template.container.args[1:]]


def _with_outputs(arguments: list[str], program: str) -> list[str]:
    return [one.replace("PROGRAM", program) for one in arguments]


def _check(folder: pathlib.Path, rows: int) -> None:
    """What the last run left: the programs end with 0 where the task failed."""
    if (folder / "error.pb").exists():
        sys.exit(f"a task failed: {folder / 'error.pb'} is there")
    scalar = LiteralMap.FromString((folder / "outputs.pb").read_bytes()).literals["results"].scalar
    table = scalar.schema if scalar.WhichOneof("value") == "schema" else scalar.structured_dataset
    if pyarrow.dataset.dataset(table.uri).count_rows() != rows:
        sys.exit(f"{folder} has not {rows} rows")


if __name__ == "__main__":
    tell(measure)
