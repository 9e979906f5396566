# SPDX-License-Identifier: Apache-2.0
"""A task as flytekit's ``SQLAlchemyTask`` registers it, run here or by ``shimlite-execute``."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from typing import Any, NamedTuple

from shimlite import Context, ExecutableTemplateShimTask, StructuredDataset, dict_to_literal_map, to_python_value
from shimlite._idl import ErrorDocument, LiteralMap
from shimlite.executors.sqlalchemy import SQLAlchemyTaskExecutor
from shimlite.parquet import read_rows
from shimlite.parquet_files import read_parquet

from ..build import template

OF_FLYTEKIT = "flytekitplugins.sqlalchemy.task.SQLAlchemyTaskExecutor"


class Table(NamedTuple):
    """``types`` are Arrow's, by column."""

    types: dict[str, str]
    rows: list[dict[str, Any]]


def task(uri: str, query: str, kind: Any = StructuredDataset, *, inputs: Any = None, **custom: Any) -> Any:
    """``kind`` None stands for no output; ``custom`` for arguments of the connection."""
    types = {name: type(value) for name, value in (inputs or {}).items()}
    made = template(types, {} if kind is None else {"results": kind})
    made.custom.update({"uri": uri, "query_template": query, "connect_args": {}, "secret_connect_args": None})
    made.custom.update(custom)
    return made


def run(uri: str, query: str, kind: Any = StructuredDataset, *, executor: Any = SQLAlchemyTaskExecutor,
        inputs: Any = None, **custom: Any) -> Table | None:  # fmt: skip
    made = task(uri, query, kind, inputs=inputs, **custom)
    literals = dict_to_literal_map(inputs or {}, made.interface.inputs)
    context = Context()
    outputs = ExecutableTemplateShimTask(made, executor).dispatch_execute(context, literals)
    return None if kind is None else table_of(outputs)


def table_of(outputs: LiteralMap, name: str = "results") -> Table:
    value = to_python_value(outputs.literals[name], StructuredDataset)
    schema = read_parquet(value.uri).schema
    types = {
        field.name: str(field.type).strip().removeprefix("arro3.core.DataType<").removesuffix(">") for field in schema
    }
    return Table(types, read_rows(value.uri))


class Pod:
    """What ``shimlite-execute`` left of a task in ``folder``, and what it said."""

    def __init__(self, folder: pathlib.Path, made: Any, inputs: Any = None) -> None:
        (folder / "task.pb").write_bytes(made.SerializeToString())
        literals = dict_to_literal_map(inputs or {}, made.interface.inputs)
        (folder / "inputs.pb").write_bytes(literals.SerializeToString())
        self.folder = folder

    def command(self) -> list[str]:
        files = ("--inputs", "inputs.pb", "--output-prefix", "out", "--raw-output-data-prefix", "raw")
        return [sys.executable, "-m", "shimlite", "execute", *files, "--", "task.pb", OF_FLYTEKIT]

    def environment(self, **variables: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2]), **variables}

    def run(self, **variables: str) -> Pod:
        done = subprocess.run(
            self.command(),
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        self.log = done.stderr
        return self

    def error(self) -> Any:
        return ErrorDocument.FromString((self.folder / "out" / "error.pb").read_bytes()).error

    def rows(self) -> list[dict[str, Any]]:
        outputs = LiteralMap.FromString((self.folder / "out" / "outputs.pb").read_bytes())
        value = to_python_value(outputs.literals["results"], StructuredDataset)
        return read_rows(str(self.folder / value.uri))
