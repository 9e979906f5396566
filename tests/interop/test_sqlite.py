# SPDX-License-Identifier: Apache-2.0
"""flytekit and pandas read the Parquet that the SQLite executor writes, and get what flytekit's own executor gives."""

from __future__ import annotations

import os
import pathlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

import pandas
import pytest
from flytekit import FlyteContextManager, StructuredDataset
from flytekit.core.base_sql_task import SQLTask
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as FlytekitLiteral
from flytekit.types.schema import FlyteSchema

import shimlite
from shimlite import ExecutableTemplateShimTask
from shimlite._idl import LiteralMap, TaskTemplate
from shimlite.executors.sqlite3 import SQLite3TaskExecutor, interpolate_query

from ..build import template

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3"
WANTED = pandas.DataFrame(
    {
        "TrackId": range(27, 32),
        "Name": [f"track 0{number}" for number in range(27, 32)],
        "Seconds": [100.5, 102.0, 103.5, 105.0, 106.5],
    }
)


def read_by_flytekit(literal: Any, python_type: Any) -> Any:
    context = FlyteContextManager.current_context()
    return TypeEngine.to_python_value(context, FlytekitLiteral.from_flyte_idl(literal), python_type)


def test_the_recorded_tasks_outputs(tmp_path):
    made = TaskTemplate.FromString((GOLDEN / "task_template.pb").read_bytes())
    filled = {
        "{{.input}}": "inputs.pb",
        "{{.outputPrefix}}": str(tmp_path / "out"),
        "{{.rawOutputDataPrefix}}": str(tmp_path / "raw"),
        "{{.taskTemplatePath}}": "task_template.pb",
    }
    subprocess.run(
        [sys.executable, "-m", "shimlite", "execute", *(filled.get(word, word) for word in made.container.args[1:])],
        cwd=GOLDEN,
        env={**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2])},
        check=True,
        timeout=60,
    )
    literals = LiteralMap.FromString((tmp_path / "out" / "outputs.pb").read_bytes()).literals
    frame = read_by_flytekit(literals["results"], FlyteSchema).open(pandas.DataFrame).all()
    pandas.testing.assert_frame_equal(frame, WANTED, check_dtype=False)
    assert (str(frame["TrackId"].dtype), str(frame["Seconds"].dtype)) == ("int64", "float64")


def test_a_structured_dataset(tmp_path):
    made = template(outputs={"results": shimlite.StructuredDataset})
    query = "select TrackId, Name, Seconds from tracks where Seconds >= 100 order by TrackId limit 5"
    made.custom.update({"uri": str(GOLDEN / "tracks.db"), "query_template": query, "compressed": False})
    context = shimlite.Context(raw_output_prefix=str(tmp_path))
    outputs = ExecutableTemplateShimTask(made, SQLite3TaskExecutor).dispatch_execute(context, LiteralMap())
    dataset = read_by_flytekit(outputs.literals["results"], StructuredDataset)
    pandas.testing.assert_frame_equal(dataset.open(pandas.DataFrame).all(), WANTED, check_dtype=False)


def test_pandas_reads_what_pandas_would_have_queried(tmp_path):
    query = "select *, Seconds > 100 as long from tracks order by TrackId"
    made = template(outputs={"results": shimlite.StructuredDataset})
    made.custom.update({"uri": str(GOLDEN / "tracks.db"), "query_template": query, "compressed": False})
    context = shimlite.Context(raw_output_prefix=str(tmp_path))
    outputs = ExecutableTemplateShimTask(made, SQLite3TaskExecutor).dispatch_execute(context, LiteralMap())
    ours = pandas.read_parquet(outputs.literals["results"].scalar.structured_dataset.uri)
    with closing(sqlite3.connect(GOLDEN / "tracks.db")) as connection:
        theirs = pandas.read_sql_query(query, connection)
    pandas.testing.assert_frame_equal(ours, theirs, check_dtype=False)


TEMPLATES: list[tuple[str, dict[str, Any]]] = [
    ("select {{ .inputs.a }}", {"a": 1.0}),
    ("select {{.inputs.a}}, '{{  .Inputs.a  }}', {{.inputs.b}}", {"a": "x'; --", "b": None}),
    ("select {{ .inputs.a_1 }}", {"a_1": [1, "x"]}),
    ("{{ inputs.a }}{{.inputs.a}}{{$inputs.a}}", {"a": True}),
    ("select 1", {}),
    ("{{ .inputs.missing }}", {}),
    ("select 1", {"extra": 1}),
]


@pytest.mark.parametrize(("text", "inputs"), TEMPLATES)
def test_queries_are_interpolated_alike(text, inputs):
    try:
        theirs = SQLTask.interpolate_query(text, **inputs)
    except ValueError:
        with pytest.raises(ValueError, match="input"):
            interpolate_query(text, inputs)
    else:
        assert interpolate_query(text, inputs) == theirs
