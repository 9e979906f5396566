# SPDX-License-Identifier: Apache-2.0
"""``shimlite demo``: a template task from nothing: its files made, the entry point run on them, what it left shown."""

from __future__ import annotations

import argparse
import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing

from .._idl import LiteralMap, TaskTemplate
from ..engine import dict_to_literal_map, literal_map_to_kwargs, to_literal_type
from ..errors import StorageError
from ..parquet import read_rows
from ..values import FlyteSchema
from .show import table

EXECUTOR = "flytekit.extras.sqlite3.task.SQLite3TaskExecutor"
RESOLVER = "flytekit.core.python_customized_container_task.default_task_template_resolver"
QUERY = """select city, day, celsius from weather
where celsius >= {{ .inputs.at_least }} order by celsius desc limit {{ .inputs.limit }}"""
TABLE = FlyteSchema.__class_getitem__({"city": str, "day": str, "celsius": float})
WEATHER = [
    ("Oslo", "2026-01-02", -7.5),
    ("Lagos", "2026-01-02", 31.0),
    ("Lima", "2026-01-02", 24.5),
    ("Pune", "2026-01-02", 27.0),
    ("Perth", "2026-01-02", 33.5),
    ("Quito", "2026-01-02", 17.0),
]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="where to make the files (default: a new folder)")


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    folder = os.path.abspath(options.folder or tempfile.mkdtemp(prefix="shimlite-demo-"))
    template = make_files(folder)
    print(f"In {folder}: weather.db, task.pb (as flytekit registers a SQLite3Task) and inputs.pb\n")
    arguments = [_filled(argument, folder) for argument in template.container.args[1:]]
    print(f"$ shimlite-execute {shlex.join(arguments)}\n", flush=True)
    package = __name__.rpartition(".commands")[0]
    ended = subprocess.run([sys.executable, "-m", package, "execute", *arguments], check=False)
    outputs = os.path.join(folder, "out", "outputs.pb")
    if ended.returncode or not os.path.exists(outputs):
        raise StorageError(f"the run left no {outputs}", hint="see its message above")
    with open(outputs, "rb") as file:
        values = literal_map_to_kwargs(LiteralMap.FromString(file.read()), template.interface.outputs)
    for line in table(read_rows(values["results"].uri)):
        print(f"  {line}")
    print("\nIt wrote:")
    for path in _files(os.path.join(folder, "out"), os.path.join(folder, "raw")):
        print(f"  {os.path.getsize(path):6,} bytes  {path}")
    print(f"\nTry: shimlite inspect {outputs}")
    return 0


def make_files(folder: str) -> TaskTemplate:
    """The database, the template and the inputs; returns the template."""
    database = os.path.join(folder, "weather.db")
    try:
        os.makedirs(folder, exist_ok=True)
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("create table if not exists weather (city text, day text, celsius real)")
            connection.execute("delete from weather")
            connection.executemany("insert into weather values (?, ?, ?)", WEATHER)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"cannot make {database}: {error}") from error
    template = make_template(database)
    inputs = dict_to_literal_map({"at_least": 20.0, "limit": 3}, template.interface.inputs)
    for name, message in (("task.pb", template), ("inputs.pb", inputs)):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(message.SerializeToString(deterministic=True))
    return template


def make_template(database: str) -> TaskTemplate:
    """What flytekit registers for a SQLite3Task, its arguments still holding Propeller's variables."""
    template = TaskTemplate(type="sqlite")
    template.id.name, template.id.project, template.id.domain = "demo.weather", "demo", "development"
    template.metadata.runtime.flavor = "python"
    inputs, outputs = template.interface.inputs.variables, template.interface.outputs.variables
    inputs["at_least"].type.CopyFrom(to_literal_type(float))
    inputs["limit"].type.CopyFrom(to_literal_type(int))
    outputs["results"].type.CopyFrom(to_literal_type(TABLE))
    template.custom.update({"uri": database, "query_template": QUERY, "compressed": False})
    template.container.image = "example.invalid/demo:1"
    template.container.args.extend(
        f"pyflyte-execute --inputs {{{{.input}}}} --output-prefix {{{{.outputPrefix}}}}"
        f" --raw-output-data-prefix {{{{.rawOutputDataPrefix}}}} --resolver {RESOLVER}"
        f" -- {{{{.taskTemplatePath}}}} {EXECUTOR}".split(" ")
    )
    return template


def _filled(argument: str, folder: str) -> str:
    """What Propeller does when it makes the pod."""
    places = {
        "{{.input}}": "inputs.pb",
        "{{.outputPrefix}}": "out",
        "{{.rawOutputDataPrefix}}": "raw",
        "{{.taskTemplatePath}}": "task.pb",
    }
    return os.path.join(folder, places[argument]) if argument in places else argument


def _files(*folders: str) -> list[str]:
    found = [os.path.join(base, name) for folder in folders for base, _, names in os.walk(folder) for name in names]
    return sorted(found)
