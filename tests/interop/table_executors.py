# SPDX-License-Identifier: Apache-2.0
"""The executors of test_tables.py: they return a table of one library, or read their input with one.

The template says which function does it. Each library is imported where it is used.
"""

from __future__ import annotations

import datetime as dt
import decimal
import os
import tempfile
from collections.abc import Callable
from typing import Any

from shimlite.tables import write_table

ROWS: list[dict[str, Any]] = [
    {
        "n": 1,
        "share": 1.5,
        "name": "žlutý 🦀",
        "ready": True,
        "raw": b"\x00\xff",
        "day": dt.date(2024, 2, 29),
        "at": dt.datetime(2024, 2, 29, 12, 30, 0, 5, tzinfo=dt.timezone.utc),
        "price": decimal.Decimal("1.50"),
        "sizes": [1, 2],
    },
    dict.fromkeys(("n", "share", "name", "ready", "raw", "day", "at", "price", "sizes")),
]


def pyarrow_table() -> Any:
    import pyarrow

    kinds = {
        "n": pyarrow.int64(),
        "share": pyarrow.float64(),
        "name": pyarrow.string(),
        "ready": pyarrow.bool_(),
        "raw": pyarrow.binary(),
        "day": pyarrow.date32(),
        "at": pyarrow.timestamp("us", tz="UTC"),
        "price": pyarrow.decimal128(10, 2),
        "sizes": pyarrow.list_(pyarrow.int64()),
    }
    return pyarrow.Table.from_pylist(ROWS, schema=pyarrow.schema(list(kinds.items())))


def parquet_file() -> str:
    """A local file of the rows, where a library makes its tables of files."""
    import pyarrow.parquet

    path = os.path.join(tempfile.mkdtemp(), "rows.parquet")
    pyarrow.parquet.write_table(pyarrow_table(), path)
    return path


# ------------------------------------------------------------------------------------------------------------------ out


def pandas_frame() -> Any:
    return pyarrow_table().to_pandas()


def pandas_frame_of_arrow() -> Any:
    import pandas

    table = pyarrow_table()
    lists = table.schema.field("sizes").type  # pandas does not read its own name of this type
    return table.to_pandas(types_mapper=lambda kind: None if kind == lists else pandas.ArrowDtype(kind))


def polars_frame() -> Any:
    import polars

    return polars.DataFrame(pyarrow_table())


def polars_scan() -> Any:
    import polars

    return polars.scan_parquet(parquet_file()).collect()


def pyarrow_batch() -> Any:
    return pyarrow_table().combine_chunks().to_batches()[0]


def pyarrow_reader() -> Any:
    return pyarrow_table().to_reader(max_chunksize=1)


def pyarrow_scanner() -> Any:
    import pyarrow.dataset

    return pyarrow.dataset.dataset(parquet_file()).scanner().to_reader()


def duckdb_relation() -> Any:
    import duckdb

    return duckdb.sql(f"from '{parquet_file()}'")


def duckdb_result() -> Any:
    import duckdb

    return duckdb.sql(f"from '{parquet_file()}'").fetch_record_batch()


def arro3_table() -> Any:
    import arro3.core

    return arro3.core.Table.from_arrow(pyarrow_table())


def arro3_reader() -> Any:
    import arro3.core

    return arro3.core.RecordBatchReader.from_arrow(pyarrow_table())


ADBC = "select 1 as n, 1.5 as share, 'žlutý 🦀' as name union all select null, null, null"
"""SQLite has no more types than these."""


def adbc_written_inside(declared: Any) -> Any:
    import adbc_driver_sqlite.dbapi

    with adbc_driver_sqlite.dbapi.connect() as connection, connection.cursor() as cursor:
        cursor.execute(ADBC)
        return write_table(cursor.fetch_record_batch(), declared=declared)


def adbc_handle_written_inside(declared: Any) -> Any:
    import adbc_driver_sqlite.dbapi

    with adbc_driver_sqlite.dbapi.connect() as connection, connection.cursor() as cursor:
        cursor.execute(ADBC)
        return write_table(cursor.fetch_arrow(), declared=declared)


OPEN: list[Any] = []
"""A cursor that nothing refers to is closed."""


def adbc_left_open() -> Any:
    import adbc_driver_sqlite.dbapi

    cursor = adbc_driver_sqlite.dbapi.connect().cursor()
    OPEN.append(cursor)
    cursor.execute(ADBC)
    return cursor.fetch_record_batch()


def adbc_closed() -> Any:
    import adbc_driver_sqlite.dbapi

    with adbc_driver_sqlite.dbapi.connect() as connection, connection.cursor() as cursor:
        cursor.execute(ADBC)
        return cursor.fetch_record_batch()


def batches(declared: Any) -> Any:
    return write_table(iter(pyarrow_table().to_batches(max_chunksize=1)), declared=declared)


WHOLE: tuple[Callable[[], Any], ...] = (
    *(pandas_frame, pandas_frame_of_arrow, polars_frame, polars_scan, pyarrow_table, pyarrow_batch, pyarrow_reader),
    *(pyarrow_scanner, duckdb_relation, duckdb_result, arro3_table, arro3_reader),
)
"""What gives every column of the rows."""
WRITTEN = (adbc_written_inside, adbc_handle_written_inside, batches)
"""What writes its table itself, in the declared form."""


def pandas_column() -> Any:
    return pandas_frame()["n"]


def polars_column() -> Any:
    return polars_frame()["n"]


def pyarrow_column() -> Any:
    return pyarrow_table()["n"]


def polars_lazy() -> Any:
    import polars

    return polars.scan_parquet(parquet_file())


def two_of_a_name() -> Any:
    import pyarrow

    return pyarrow.table([[1], [2]], names=["n", "n"])


NO_TABLES = (adbc_closed, pandas_column, polars_column, pyarrow_column, polars_lazy, two_of_a_name)


class Returns:
    def execute_from_model(self, tt: Any) -> Any:
        """What the function that ``custom`` names gives."""
        return globals()[tt.custom["function"]]()


class Writes:
    def execute_from_model(self, tt: Any) -> Any:
        return globals()[tt.custom["function"]](tt.interface.outputs["o0"])


class Several:
    def execute_from_model(self, tt: Any) -> Any:
        """Tables of several libraries in a list and in a dict."""
        return {"listed": [polars_frame(), pandas_frame()], "named": {"a": pyarrow_reader(), "b": arro3_table()}}


# ------------------------------------------------------------------------------------------------------------------- in


def told(frame: Any) -> list[dict[str, Any]]:
    """The rows of a pyarrow table, or of anything that exports Arrow."""
    import pyarrow

    return pyarrow.table(frame).to_pylist()


def by_pyarrow(table: Any) -> Any:
    import pyarrow

    return pyarrow.table(table)


def by_pyarrow_reader(table: Any) -> Any:
    import pyarrow

    return pyarrow.RecordBatchReader.from_stream(table).read_all()


def by_pyarrow_parquet(table: Any) -> Any:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(os.fspath(table))


def by_pyarrow_dataset(table: Any) -> Any:
    import pyarrow.dataset

    return pyarrow.dataset.dataset(os.fspath(table)).to_table()


def by_pandas(table: Any) -> Any:
    import pandas

    return pandas.read_parquet(table, dtype_backend="pyarrow")


def by_pandas_from_arrow(table: Any) -> Any:
    import pandas

    return pandas.DataFrame.from_arrow(table)


def by_polars(table: Any) -> Any:
    import polars

    return polars.DataFrame(table)


def by_polars_parquet(table: Any) -> Any:
    import polars

    return polars.read_parquet(os.fspath(table))


def by_polars_lazily(table: Any) -> Any:
    import polars

    return polars.scan_parquet(os.fspath(table)).collect()


def by_duckdb(table: Any) -> Any:
    import duckdb

    rows = table  # noqa: F841 - the name that the query has, since "table" is a word of SQL
    return duckdb.sql("from rows")


def by_duckdb_parquet(table: Any) -> Any:
    import duckdb

    return duckdb.read_parquet(f"{os.fspath(table)}/*")


def by_arro3(table: Any) -> Any:
    import arro3.core

    return arro3.core.Table.from_arrow(table)


def by_arro3_reader(table: Any) -> Any:
    import arro3.core

    return arro3.core.RecordBatchReader.from_arrow(table)


READERS: tuple[Callable[[Any], Any], ...] = (
    *(by_pyarrow, by_pyarrow_reader, by_pyarrow_parquet, by_pyarrow_dataset, by_pandas, by_pandas_from_arrow),
    *(by_polars, by_polars_parquet, by_polars_lazily, by_duckdb, by_duckdb_parquet, by_arro3, by_arro3_reader),
)


class Reads:
    def execute_from_model(self, tt: Any, table: Any) -> str:
        return repr(told(globals()[tt.custom["function"]](table)))
