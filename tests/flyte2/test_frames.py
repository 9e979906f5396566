# SPDX-License-Identifier: Apache-2.0
"""Dataframes as annotations of a ShimTask: what the SDK declares and writes for them, the executor reads, and back."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import flyte
import pytest

from shimlite.flyte2 import ShimTask

from .test_local import run
from .test_registered import IMAGE

pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
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


heads = ShimTask(Heads, name="heads", image=IMAGE)
own = flyte.TaskEnvironment("frames", image=IMAGE, depends_on=[flyte.TaskEnvironment.from_task("heads", heads)])


@own.task
async def parent(rows: pandas.DataFrame) -> pandas.DataFrame:
    return await heads.aio(rows=rows, table=pyarrow.table({"a": [1, 2], "b": [3, 4]}))


def test_they_are_the_sdks_own_types():
    types = heads.interface.get_input_types()
    assert (types["rows"], heads.interface.outputs) == (pandas.DataFrame, {"o0": pandas.DataFrame})
    assert types["table"] == Annotated[pyarrow.Table, {"a": int}]


def test_the_sdks_dataframes_go_in_and_come_out(service):
    pandas.testing.assert_frame_equal(run(parent, rows=ROWS), ROWS.head(2))
    pandas.testing.assert_frame_equal(run(heads, rows=ROWS, table=pyarrow.table({"a": [1]})), ROWS.head(1))
