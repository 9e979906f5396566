# SPDX-License-Identifier: Apache-2.0
"""The executors of test_tables.py whose parameters and results are annotated with a dataframe of a library."""

from __future__ import annotations

from typing import Any

import pandas
import polars
import pyarrow

import shimlite


class Pandas(shimlite.ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: shimlite.TaskTemplate, table: pandas.DataFrame) -> pandas.DataFrame:
        assert type(table) is pandas.DataFrame
        return table.assign(doubled=table["n"] * 2)


class Polars(shimlite.ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: shimlite.TaskTemplate, table: polars.DataFrame) -> polars.DataFrame:
        assert type(table) is polars.DataFrame
        return table.with_columns((polars.col("n") * 2).alias("doubled"))


class Pyarrow(shimlite.ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: shimlite.TaskTemplate, table: pyarrow.Table) -> pyarrow.Table:
        assert type(table) is pyarrow.Table
        return table.append_column("doubled", [pyarrow.compute.multiply(table["n"], 2).combine_chunks()])
