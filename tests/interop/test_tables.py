# SPDX-License-Identifier: Apache-2.0
"""Tables of every library that speaks Arrow, in pods: returned and read by flytekit, written by flytekit and read.

The pods' program runs in one process for most of them, and in processes of their own for a few.
"""

from __future__ import annotations

import datetime
import decimal
import pathlib
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

import pandas
import pyarrow.parquet
import pytest
from flytekit import FlyteContextManager, StructuredDataset
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as TheirLiteral
from flytekit.types.schema import FlyteSchema

import shimlite
from shimlite._idl import ErrorDocument, Literal, LiteralMap, TaskTemplate

from ..build import template
from . import annotated_tables, table_executors
from .parity import OPTIONS
from .sql import SHIMLITE, Worker, as_process
from .table_executors import NO_TABLES, READERS, ROWS, WHOLE, WRITTEN

Run = Callable[[list[str], Mapping[str, str]], int]
KINDS = {"StructuredDataset": shimlite.StructuredDataset, "FlyteSchema": shimlite.FlyteSchema}
THEIRS = {"StructuredDataset": StructuredDataset, "FlyteSchema": FlyteSchema}


class Failed(Exception):
    pass


@pytest.fixture(scope="module")
def worker():
    with Worker(SHIMLITE) as started:
        yield started


@pytest.fixture
def pod(worker, tmp_path):
    return Pod(tmp_path, worker)


class Pod:
    """Runs an executor in a folder, in the worker's process or in one of its own."""

    def __init__(self, folder: pathlib.Path, worker: Worker | None = None) -> None:
        self.folder, self._worker = folder, worker

    def run(
        self, executor: Any, made: TaskTemplate, inputs: Mapping[str, Literal] | None = None, function: Any = None
    ) -> Mapping[str, Literal]:
        """The literals that it leaves. Raises Failed with the message of its error."""
        made.custom.update({"function": function.__name__} if function else {})
        (self.folder / "task.pb").write_bytes(made.SerializeToString())
        (self.folder / "inputs.pb").write_bytes(LiteralMap(literals=inputs or {}).SerializeToString())
        paths = {"inputs.pb", "out", "raw"}
        options = [str(self.folder / one) if one in paths else one for one in OPTIONS]
        name = f"{executor.__module__}.{executor.__qualname__}"
        arguments = [*options, "--", str(self.folder / "task.pb"), name]
        environment = {"TMPDIR": str(self.folder)}
        if self._worker:
            assert self._worker.run(arguments, environment) == 0
        else:
            assert as_process(SHIMLITE, arguments, environment, self.folder) == 0
        error = self.folder / "out" / "error.pb"
        if error.exists():
            raise Failed(ErrorDocument.FromString(error.read_bytes()).error.message)
        return LiteralMap.FromString((self.folder / "out" / "outputs.pb").read_bytes()).literals


def read_by_flytekit(literal: Literal, python_type: Any) -> pandas.DataFrame:
    context = FlyteContextManager.current_context()
    table = TypeEngine.to_python_value(context, TheirLiteral.from_flyte_idl(literal), python_type)
    return table if isinstance(table, pandas.DataFrame) else table.open(pandas.DataFrame).all()


def written_by_flytekit(kind: str, frame: pandas.DataFrame) -> Literal:
    context, python_type = FlyteContextManager.current_context(), THEIRS[kind]
    value = StructuredDataset(frame) if kind == "StructuredDataset" else frame
    declared = TypeEngine.to_literal_type(python_type)
    return TypeEngine.to_literal(context, value, python_type, declared).to_flyte_idl()


def uri(literal: Literal) -> str:
    scalar = literal.scalar
    return scalar.schema.uri if scalar.WhichOneof("value") == "schema" else scalar.structured_dataset.uri


# ----------------------------------------------------------------------------------------------------------- returned


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", WHOLE, ids=lambda one: one.__name__)
def test_a_table_is_returned(pod, kind, make):
    literals = pod.run(table_executors.Returns, template(outputs={"o0": KINDS[kind]}), function=make)
    assert pyarrow.parquet.read_table(uri(literals["o0"])).to_pylist() == ROWS
    frame = read_by_flytekit(literals["o0"], THEIRS[kind])
    assert list(frame.columns) == list(ROWS[0])
    assert frame["name"].tolist()[0] == ROWS[0]["name"]
    if kind == "StructuredDataset":  # what a task annotated with pandas gets
        pandas.testing.assert_frame_equal(read_by_flytekit(literals["o0"], pandas.DataFrame), frame)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", WRITTEN, ids=lambda one: one.__name__)
def test_an_executor_writes_its_table_itself(pod, kind, make):
    literals = pod.run(table_executors.Writes, template(outputs={"o0": KINDS[kind]}), function=make)
    table = pyarrow.parquet.read_table(uri(literals["o0"]))
    assert table.to_pylist() == [{name: row[name] for name in table.column_names} for row in ROWS]
    assert list(read_by_flytekit(literals["o0"], THEIRS[kind]).columns) == table.column_names


def test_a_cursor_that_stays_open_is_read_after_the_executor(pod):
    made = template(outputs={"o0": shimlite.StructuredDataset})
    literals = pod.run(table_executors.Returns, made, function=table_executors.adbc_left_open)
    assert pyarrow.parquet.read_table(uri(literals["o0"])).to_pylist()[0] == {"n": 1, "share": 1.5, "name": "žlutý 🦀"}


def test_tables_in_lists_and_dicts_are_returned(pod):
    kind = shimlite.StructuredDataset
    literals = pod.run(table_executors.Several, template(outputs={"listed": list[kind], "named": dict[str, kind]}))
    listed, named = literals["listed"].collection.literals, literals["named"].map.literals
    assert sorted(named) == ["a", "b"]
    for literal in (*listed, *named.values()):
        assert pyarrow.parquet.read_table(uri(literal)).to_pylist() == ROWS
        assert list(read_by_flytekit(literal, StructuredDataset).columns) == list(ROWS[0])


CLOSED = "C Data interface error: Invalid: Attempt to read from a stream that has already been closed"
ALONE = "a column of {}; give the column a name in a table"
REFUSED = {
    "adbc_closed": f"Exception: C Data interface error: {CLOSED}",
    "pandas_column": f"outputs.o0: expected a table, got Series, {ALONE.format('Float64')}",
    "polars_column": f"outputs.o0: expected a table, got Series, {ALONE.format('Int64')}",
    "pyarrow_column": f"outputs.o0: expected a table, got ChunkedArray, {ALONE.format('Int64')}",
    "polars_lazy": "outputs.o0: expected StructuredDataset, got LazyFrame",
    "two_of_a_name": "outputs.o0['n']: two columns have this name; rename one",
}


@pytest.mark.parametrize("make", NO_TABLES, ids=lambda one: one.__name__)
def test_what_is_no_table_is_refused(pod, make):
    with pytest.raises(Failed) as failed:
        pod.run(table_executors.Returns, template(outputs={"o0": shimlite.StructuredDataset}), function=make)
    assert str(failed.value).rpartition("Message:\n\n")[2].strip() == REFUSED[make.__name__]
    assert not list((pod.folder / "raw").rglob("*"))


# --------------------------------------------------------------------------------------------------------------- read

NAMES = {"datetime": datetime, "zoneinfo": zoneinfo, "Decimal": decimal.Decimal}
"""What the values of the rows are written with."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", READERS, ids=lambda one: one.__name__)
def test_a_table_of_flytekits_is_read(pod, kind, read):
    literal = written_by_flytekit(kind, table_executors.pandas_frame())
    made = template({"table": KINDS[kind]}, {"o0": str})
    literals = pod.run(table_executors.Reads, made, {"table": literal}, read)
    assert eval(literals["o0"].scalar.primitive.string_value, NAMES) == ROWS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Pandas", "Polars", "Pyarrow"])
def test_an_annotation_gives_a_dataframe_and_takes_one(pod, kind, name):
    literal = written_by_flytekit(kind, table_executors.pandas_frame()[["n", "name"]])
    made = template({"table": KINDS[kind]}, {"o0": KINDS[kind]})
    literals = pod.run(getattr(annotated_tables, name), made, {"table": literal})
    wanted = [{"n": 1, "name": ROWS[0]["name"], "doubled": 2}, {"n": None, "name": None, "doubled": None}]
    assert pyarrow.parquet.read_table(uri(literals["o0"])).to_pylist() == wanted
    assert list(read_by_flytekit(literals["o0"], THEIRS[kind]).columns) == ["n", "name", "doubled"]


def test_processes_of_their_own(tmp_path):
    made = template(outputs={"o0": shimlite.StructuredDataset})
    (written := tmp_path / "written").mkdir()
    literals = Pod(written).run(table_executors.Returns, made, function=table_executors.polars_frame)
    (read := tmp_path / "read").mkdir()
    made = template({"table": shimlite.StructuredDataset}, {"o0": shimlite.StructuredDataset})
    again = Pod(read).run(annotated_tables.Polars, made, {"table": literals["o0"]})
    assert pyarrow.parquet.read_table(uri(again["o0"])).drop_columns(["doubled"]).to_pylist() == ROWS
