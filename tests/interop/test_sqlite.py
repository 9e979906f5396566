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


COUNTED = "with recursive t(i) as (select 1 union all select i + 1 from t limit 25000)"
FRAMES = [
    "select *, Seconds > 100 as long from tracks order by TrackId",
    "select TrackId from tracks where 0",
    "select null as n from tracks",
    "select null as n, TrackId from tracks",
    "select iif(TrackId > 3, TrackId, null) as n from tracks order by TrackId",
    "select iif(TrackId > 3, Seconds, null) as n from tracks order by TrackId",
    "select iif(TrackId > 3, Name, null) as n from tracks order by TrackId",
    "select iif(TrackId > 3, cast(Name as blob), null) as n from tracks order by TrackId",
    "select iif(TrackId > 3, TrackId, 0.5) as n from tracks order by TrackId",
    "select 9223372036854775807 as n union all select -9223372036854775808",
    "select 1e999 as n union all select -1e999",
    "select '' as n union all select 'é' || char(0)",
    "select x'' as n union all select x'00ff'",
    "select datetime('2026-01-02') as at, date('2026-01-02') as day",
    "select 1 as n, 2 as N, 3 as ''",
    "select count(*), avg(Seconds), group_concat(Name) from tracks",
    f"{COUNTED} select i, i / 2.0 as x from t",
    f"{COUNTED} select iif(i > 21000, i, null) as n from t",
    f"{COUNTED} select iif(i > 21000, 'x', null) as n from t",
]


def frame_of(query: str, folder: pathlib.Path) -> pandas.DataFrame:
    """What pandas reads of the query's rows, as our executor writes them."""
    made = template(outputs={"results": shimlite.StructuredDataset})
    made.custom.update({"uri": str(GOLDEN / "tracks.db"), "query_template": query, "compressed": False})
    context = shimlite.Context(raw_output_prefix=str(folder))
    outputs = ExecutableTemplateShimTask(made, SQLite3TaskExecutor).dispatch_execute(context, LiteralMap())
    return pandas.read_parquet(outputs.literals["results"].scalar.structured_dataset.uri)


@pytest.mark.parametrize("query", FRAMES)
def test_pandas_reads_what_it_would_have_queried_and_written(tmp_path, query):
    with closing(sqlite3.connect(GOLDEN / "tracks.db")) as connection:
        queried = pandas.read_sql_query(query, connection)
    queried.to_parquet(tmp_path / "theirs")
    pandas.testing.assert_frame_equal(frame_of(query, tmp_path), pandas.read_parquet(tmp_path / "theirs"))


@pytest.mark.parametrize(
    ("query", "theirs", "ours"),
    [
        (
            "select 1 as n union all select 'x'",
            "Conversion failed",
            "^column 'n' mixes int, str; cast it in the query$",
        ),
        ("select 1 as n, 2 as n", "Duplicate column names", "^2 columns have the name 'n'; rename them in the query$"),
    ],
)
def test_what_neither_writes(tmp_path, query, theirs, ours):
    with closing(sqlite3.connect(GOLDEN / "tracks.db")) as connection:
        queried = pandas.read_sql_query(query, connection)
    with pytest.raises(ValueError, match=theirs):
        queried.to_parquet(tmp_path / "theirs")
    with pytest.raises(ValueError, match=ours):
        frame_of(query, tmp_path)


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
