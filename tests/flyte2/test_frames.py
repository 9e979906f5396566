# SPDX-License-Identifier: Apache-2.0
"""Dataframes as annotations of a ShimTask: what the SDK declares and writes for them, the executor reads, and back."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import flyte
import pytest
from flyte.io import DataFrame

from shimlite import StructuredDataset
from shimlite.flyte2 import ShimTask

from .test_local import run
from .test_registered import IMAGE

pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
polars = pytest.importorskip("polars")
ROWS = pandas.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"]})


class Heads:
    def execute_from_model(
        self,
        tt: Any,
        rows: pandas.DataFrame,
        table: Annotated[pyarrow.Table, {"a": int}],
        no: Optional[pandas.DataFrame] = None,
    ) -> pandas.DataFrame:
        assert no is None and table.column_names == ["a"]
        return rows.head(table.num_rows)


class Least:
    """Of dataframes that the SDK itself would pickle."""

    def execute_from_model(
        self,
        tt: Any,
        rows: polars.DataFrame,
        lazy: Annotated[polars.LazyFrame, {"a": int}, "parquet"],
        more: Optional[dict[str, list[polars.DataFrame]]] = None,
    ) -> Annotated[StructuredDataset, {"a": int}]:
        assert type(rows) is polars.DataFrame and lazy.collect_schema().names() == ["a"]
        assert more is None or type(more["x"][0]) is polars.DataFrame
        return rows.filter(polars.col("a") >= lazy.collect().height)  # type: ignore[no-any-return]


heads = ShimTask(Heads, name="heads", image=IMAGE)
least = ShimTask(Least, name="least", image=IMAGE)
own = flyte.TaskEnvironment("frames", image=IMAGE, depends_on=[flyte.TaskEnvironment.from_task("heads", heads, least)])


@own.task
async def parent(rows: pandas.DataFrame) -> pandas.DataFrame:
    return await heads.aio(rows=rows, table=pyarrow.table({"a": [1, 2], "b": [3, 4]}))


@own.task
async def polars_parent(rows: DataFrame) -> pandas.DataFrame:
    lazy = DataFrame.from_df(pandas.DataFrame({"a": [1, 2]}))
    result = await least.aio(rows=rows, lazy=lazy, more={"x": [rows]})
    return await result.open(pandas.DataFrame).all()


def test_they_are_the_sdks_own_types():
    types = heads.interface.get_input_types()
    assert (types["rows"], heads.interface.outputs) == (pandas.DataFrame, {"o0": pandas.DataFrame})
    assert types["table"] == Annotated[pyarrow.Table, {"a": int}]


def test_the_sdks_dataframes_go_in_and_come_out(service):
    pandas.testing.assert_frame_equal(run(parent, rows=ROWS), ROWS.head(2))
    pandas.testing.assert_frame_equal(run(heads, rows=ROWS, table=pyarrow.table({"a": [1]})), ROWS.head(1))


def test_those_that_the_sdk_does_not_know_are_its_dataframes_with_the_same_columns():
    assert (least.interface.get_input_types(), least.interface.outputs) == (
        {
            "rows": DataFrame,
            "lazy": Annotated[DataFrame, {"a": int}],
            "more": Optional[dict[str, list[DataFrame]]],
        },
        {"o0": Annotated[DataFrame, {"a": int}]},
    )
    columns = least.as_template().interface.inputs.variables["lazy"].type.structured_dataset_type.columns
    assert [one.name for one in columns] == ["a"]


def test_they_go_in_and_come_out(service):
    assert run(polars_parent, rows=DataFrame.from_df(ROWS))["a"].to_list() == [2, 3]


def test_none_of_them_is_pickled_while_the_sdk_says_so(caplog):
    ShimTask(Least, name="quiet", image=IMAGE)
    assert "pickle" not in caplog.text.lower()
