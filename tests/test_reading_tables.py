# SPDX-License-Identifier: Apache-2.0
"""StructuredDataset and FlyteSchema as paths and as Arrow streams: what arro3 reads of the files that others wrote."""

from __future__ import annotations

import os
import pathlib
import sys
import types
from typing import Annotated, Any, Optional

import arro3.core
import arro3.io
import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    ExecutableTemplateShimTask,
    FlyteSchema,
    MissingExtraError,
    StructuredDataset,
    TableError,
    arrow,
    parquet_files,
)
from shimlite._idl import LiteralMap
from shimlite.context import Context, active
from shimlite.errors import LocalFileError, NotFoundError, StorageError, UriError

from .build import template
from .exporters import LAZY
from .support import refusal

BOTH = [StructuredDataset, FlyteSchema]


def batch(**columns: Any) -> Any:
    kinds = {int: arro3.core.DataType.int64(), str: arro3.core.DataType.utf8()}
    arrays = [arro3.core.Array(values, kinds[type(values[0])]) for values in columns.values()]
    return arro3.core.RecordBatch.from_arrays(arrays, names=list(columns))


def write(path: pathlib.Path, one: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arro3.io.write_parquet(one, str(path))


def rows(table: Any) -> dict[str, list[Any]]:
    whole = arro3.core.Table(table)
    return {name: whole[name].to_pylist() for name in whole.column_names}


def exporting(table: Any) -> Any:
    return table.__arrow_c_stream__()


@pytest.mark.parametrize("cls", BOTH)
def test_a_table_is_a_path_and_its_text_is_its_uri(cls, tmp_path):
    write(tmp_path / "t" / "00000", batch(a=[1]))
    for uri in (str(tmp_path / "t"), f"file://{tmp_path / 't'}"):
        assert os.fspath(cls(uri)) == cls(uri).download() == str(tmp_path / "t")
        assert os.listdir(cls(uri)) == ["00000"]
        assert str(cls(uri)) == uri
    assert os.fspath(cls("no/such/table")) == "no/such/table"


@pytest.mark.parametrize("cls", BOTH)
def test_a_table_in_a_store_is_copied_once(cls, tmp_path):
    asked = []

    class Store:
        def get_data(self, uri: str, path: str) -> None:
            asked.append(uri)
            write(pathlib.Path(path, "00000"), batch(a=[1]))

        def put_data(self, path: str, uri: str) -> str:
            raise AssertionError

    with active(Context(working_directory=str(tmp_path), file_access=Store())):
        assert rows(cls("s3://b/t")) == rows(cls("s3://b/t")) == {"a": [1]}
    assert asked == ["s3://b/t"]


def test_messages_say_where_a_table_lies_and_not_where_its_copy_is(tmp_path):
    """The copy is gone with the pod."""
    contents: dict[str, dict[str, Any]] = {
        "empty/": {},
        "csv/": {"a/00000": b"a,b"},
        "corrupt": {"00000": b"PAR1" + b"\0" * 9 + b"PAR1"},
        "differ": {"00000": batch(a=[1]), "00001": batch(a=["x"])},
        "hive": {"day=1/00000": batch(a=[1])},
    }

    class Store:
        def get_data(self, uri: str, path: str) -> None:
            os.mkdir(path)
            for name, content in contents[uri.removeprefix("https://me:word@b/").partition("?")[0]].items():
                target = pathlib.Path(path, name)
                if isinstance(content, bytes):
                    target.parent.mkdir(exist_ok=True)
                    target.write_bytes(content)
                else:
                    write(target, content)

        def put_data(self, path: str, uri: str) -> str:
            raise AssertionError

    with active(Context(working_directory=str(tmp_path), file_access=Store())):
        told = [
            refusal(ConversionValueError, exporting, StructuredDataset(f"https://me:word@b/{name}?sig=s3cr3t"))
            for name in contents
        ]
    assert told == [
        "'https://b/empty' holds no Parquet file",
        "'https://b/csv/a/00000' is no Parquet file",
        "'https://b/corrupt/00000' is a corrupt Parquet file",
        "'https://b/differ/00001' has other columns than 'https://b/differ/00000'",
        "'https://b/hive' is partitioned: the names of its folders hold a column, as 'day=1' does; "
        "annotate pandas.DataFrame or pyarrow.Table, which know it",
    ]


@pytest.mark.parametrize("cls", BOTH)
def test_one_file_is_read(cls, tmp_path):
    write(tmp_path / "f", batch(a=[1, 2], b=["x", "y"]))
    assert rows(cls(str(tmp_path / "f"))) == {"a": [1, 2], "b": ["x", "y"]}


def test_files_are_read_in_the_order_of_their_names_and_what_is_hidden_is_not(tmp_path):
    write(tmp_path / "part-00001-x.snappy.parquet", batch(a=[3]))
    write(tmp_path / "part-00000-x.snappy.parquet", batch(a=[1, 2]))
    write(tmp_path / "a" / "b" / "00000", batch(a=[4]))
    for name in ("_SUCCESS", ".part-00000-x.snappy.parquet.crc", "_metadata", "a/.x", "a/_y"):
        (tmp_path / name).touch()
    write(tmp_path / "_temporary" / "0" / "part", batch(other=[5]))
    write(tmp_path / ".staging" / "part", batch(other=[6]))
    assert rows(StructuredDataset(str(tmp_path))) == {"a": [1, 2, 3, 4]}


def test_it_can_be_read_again(tmp_path):
    write(tmp_path / "f", batch(a=[1, 2]))
    table = StructuredDataset(str(tmp_path / "f"))
    assert rows(table) == rows(table) == {"a": [1, 2]}


def test_no_value_is_lost_to_a_schema_that_a_reader_asks_for(tmp_path):
    """arro3 itself would give null for 300, in a column named ``b``."""
    write(tmp_path / "f", batch(a=[1, 300]))
    table = StructuredDataset(str(tmp_path / "f"))
    small = arro3.core.Schema([arro3.core.Field("b", arro3.core.DataType.int8())])
    read = arro3.core.Table.from_arrow_pycapsule(table.__arrow_c_stream__(small.__arrow_c_schema__()))
    assert read.schema == parquet_files.read_parquet(str(tmp_path / "f")).schema
    assert read.column("a").to_pylist() == [1, 300]


def test_the_schema_and_its_metadata_are_those_of_the_file(tmp_path):
    field = arro3.core.Field("a", arro3.core.DataType.int64(), nullable=False, metadata={"k": "v"})
    schema = arro3.core.Schema([field], metadata={"whose": "mine"})
    one = arro3.core.RecordBatch.from_arrays([arro3.core.Array([1], arro3.core.DataType.int64())], schema=schema)
    write(tmp_path / "t" / "a", one)
    told = parquet_files.read_parquet(str(tmp_path / "t")).schema
    assert (told.metadata, told.field("a").metadata, told.field("a").nullable) == (
        {b"whose": b"mine"},
        {b"k": b"v"},
        False,
    )
    write(tmp_path / "t" / "b", batch(a=[2]))
    told = parquet_files.read_parquet(str(tmp_path / "t")).schema
    assert (told.metadata, told.field("a").metadata, told.field("a").nullable) == (
        {b"whose": b"mine"},
        {b"k": b"v"},
        True,
    )
    assert rows(StructuredDataset(str(tmp_path / "t"))) == {"a": [1, 2]}


@LAZY
def test_few_rows_are_in_memory_at_once(tmp_path):
    count = 3 * arrow.ROWS_OF_A_BATCH + 1
    write(tmp_path / "f", batch(a=list(range(count))))
    sizes = [one.num_rows for one in parquet_files.read_parquet(str(tmp_path / "f"))]
    most = arrow.ROWS_OF_A_BATCH if sys.version_info >= (3, 11) else 1024  # of arro3 0.8
    assert sizes == [most] * (count // most) + [1]


@LAZY
def test_fewer_rows_are_in_memory_at_once_where_they_are_long(tmp_path, monkeypatch):
    monkeypatch.setattr(arrow, "BYTES_OF_A_GROUP", 2**20)
    write(tmp_path / "f", batch(b=["x" * 2**16] * 100))
    assert max(one.nbytes for one in parquet_files.read_parquet(str(tmp_path / "f"))) <= 2**20
    write(tmp_path / "g", batch(b=["x" * 2**21] * 3))
    assert [one.num_rows for one in parquet_files.read_parquet(str(tmp_path / "g"))] == [1, 1, 1]


def test_a_table_without_rows_has_its_columns(tmp_path):
    schema = arro3.core.Schema([arro3.core.Field("a", arro3.core.DataType.int64())])
    write(tmp_path / "f", arro3.core.Table.from_batches([], schema=schema))
    assert rows(StructuredDataset(str(tmp_path / "f"))) == {"a": []}


# --------------------------------------------------------------------------------------------------- what is refused


def test_another_format_is_refused_before_anything_is_copied():
    message = "expected a table of format 'parquet', got format 'csv'; download() copies its files"
    assert refusal(ConversionValueError, exporting, StructuredDataset("s3://b/t", format="csv")) == message


def test_a_table_without_a_uri_is_refused():
    for table in (StructuredDataset(""), FlyteSchema("")):
        assert refusal(UriError, exporting, table) == "'' is neither a path nor a URI"
        assert refusal(UriError, os.fspath, table) == "'' is neither a path nor a URI"


@pytest.mark.parametrize("content", [b"", b"PAR1PAR", b"PAR1 and PAR2", b"CSV, PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet_is_refused_by_its_name(content, tmp_path):
    write(tmp_path / "a", batch(a=[1]))
    (tmp_path / "b").write_bytes(content)
    message = f"{str(tmp_path / 'b')!r} is no Parquet file"
    assert refusal(ConversionValueError, exporting, StructuredDataset(str(tmp_path / "b"))) == message
    assert refusal(ConversionValueError, exporting, StructuredDataset(str(tmp_path))) == message


def test_a_folder_without_files_is_refused(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "_SUCCESS").touch()
    message = f"{str(tmp_path)!r} holds no Parquet file"
    assert refusal(ConversionValueError, exporting, StructuredDataset(str(tmp_path))) == message


def test_what_is_not_there_is_refused(tmp_path):
    path = str(tmp_path / "no")
    message = f"cannot read {path!r}: No such file or directory"
    assert refusal(NotFoundError, exporting, StructuredDataset(path)) == message


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    message = f"cannot read {str(tmp_path)!r}: 'pipe' is a FIFO"
    assert refusal(LocalFileError, exporting, StructuredDataset(str(tmp_path))) == message


def test_a_corrupt_footer_is_refused(tmp_path):
    (tmp_path / "f").write_bytes(b"PAR1" + b"\xff" * 64 + b"\x10\x00\x00\x00PAR1")
    message = f"{str(tmp_path / 'f')!r} is a corrupt Parquet file"
    assert refusal(ConversionValueError, exporting, StructuredDataset(str(tmp_path / "f"))) == message


@LAZY
def test_a_corrupt_batch_is_refused_when_it_is_read(tmp_path):
    write(tmp_path / "f", batch(a=[f"text {number}" for number in range(1000)]))
    content = bytearray((tmp_path / "f").read_bytes())
    content[40:400] = b"\xff" * 360
    (tmp_path / "f").write_bytes(content)
    message = f"{str(tmp_path / 'f')!r} is a corrupt Parquet file"
    with pytest.raises(Exception, match=".") as caught:
        parquet_files.read_parquet(str(tmp_path / "f")).read_all()
    assert message in str(caught.value)


@LAZY
def test_a_file_that_goes_between_two_batches_is_told(tmp_path):
    for name in "ab":
        write(tmp_path / name, batch(a=[1]))
    reader = parquet_files.read_parquet(str(tmp_path))
    (tmp_path / "b").unlink()
    with pytest.raises(Exception, match=".") as caught:
        reader.read_all()
    assert f"cannot read {str(tmp_path / 'b')!r}: " in str(caught.value)


@pytest.mark.parametrize("other", [batch(a=["x"]), batch(b=[1]), batch(a=[1], b=[1])])
def test_files_of_other_columns_are_refused_before_any_row(other, tmp_path):
    write(tmp_path / "a", batch(a=[1]))
    write(tmp_path / "b", batch(a=[1]))
    write(tmp_path / "c", other)
    message = f"{str(tmp_path / 'c')!r} has other columns than {str(tmp_path / 'a')!r}"
    assert refusal(ConversionValueError, exporting, StructuredDataset(str(tmp_path))) == message


def test_partitions_are_refused_since_their_column_would_be_lost(tmp_path):
    write(tmp_path / "x=1" / "t" / "day=2026-01-02" / "part-0", batch(a=[1]))
    table = StructuredDataset(str(tmp_path / "x=1" / "t"))
    assert refusal(ConversionValueError, exporting, table) == (
        f"{table.uri!r} is partitioned: the names of its folders hold a column, as 'day=2026-01-02' does; "
        "annotate pandas.DataFrame or pyarrow.Table, which know it"
    )
    assert rows(StructuredDataset(str(tmp_path / "x=1" / "t" / "day=2026-01-02"))) == {"a": [1]}


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    write(tmp_path / "f", batch(a=[1]))
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    message = "Parquet needs arro3; pip install 'shimlite[parquet]'"
    assert refusal(MissingExtraError, exporting, StructuredDataset(str(tmp_path / "f"))) == message


def test_an_error_of_the_disk_is_the_stores(tmp_path, monkeypatch):
    write(tmp_path / "f", batch(a=[1]))

    def broken(*_: Any, **__: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(arro3.io, "read_parquet", broken)
    message = f"cannot read {str(tmp_path / 'f')!r}: Input/output error"
    assert refusal(StorageError, exporting, StructuredDataset(str(tmp_path / "f"))) == message


# ----------------------------------------------------------------------------------------------------------- dataframes


class Lazy:
    """A stand-in for polars.LazyFrame."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def collect(self) -> Any:
        if isinstance(self._made, Exception):
            raise self._made
        return self._made


@pytest.fixture
def library(monkeypatch):
    """A stand-in for polars whose DataFrame is arro3's table."""
    module = types.ModuleType("polars")
    vars(module).update(
        DataFrame=arro3.core.Table,
        LazyFrame=Lazy,
        read_parquet=lambda files, columns, glob: arro3.core.Table(StructuredDataset(*files)),
        scan_parquet=lambda files, glob: Lazy(arro3.core.Table(StructuredDataset(*files))),
    )
    monkeypatch.setitem(sys.modules, "polars", module)


@pytest.mark.parametrize("reference", BOTH)
@pytest.mark.parametrize("around", [lambda one: one, lambda one: Optional[one], lambda one: int | one])
@pytest.mark.parametrize("make", [lambda table: table, Lazy], ids=["eager", "lazy"])
def test_an_annotated_output_is_written_once_and_read_again(reference, around, make, library):
    made = make(arro3.core.Table.from_batches([batch(a=[1, 2])]))

    class Executor:
        def execute_from_model(self, tt: Any) -> Any:
            return made

    Executor.execute_from_model.__annotations__["return"] = around(type(made))
    task = ExecutableTemplateShimTask(template({}, {"o0": around(reference)}), Executor)
    literals = task.dispatch_execute(None, LiteralMap())
    (table,) = shimlite.literal_map_to_kwargs(literals, task.task_template.interface.outputs).values()
    assert type(table) is reference and rows(table) == {"a": [1, 2]}
    read = shimlite.literal_map_to_kwargs(literals, task.task_template.interface.outputs, {"o0": around(type(made))})[
        "o0"
    ]
    assert type(read) is type(made) and rows(read.collect() if make is Lazy else read) == {"a": [1, 2]}


def test_columns_are_checked_as_those_of_any_table(library):
    table = arro3.core.Table.from_batches([batch(a=[1])])
    message = "['b']: this column is missing"
    call = shimlite.to_literal
    assert refusal(ConversionValueError, call, table, Annotated[arro3.core.Table, {"b": int}]) == message


def test_what_a_lazy_frame_raises_is_its_own(library):
    error = KeyError("secret")
    with pytest.raises(TableError) as caught:
        shimlite.to_literal(Lazy(error), Lazy)
    assert str(caught.value) == "_LazyFrame cannot be written (KeyError)" and caught.value.__cause__ is error


@pytest.mark.parametrize("reference", BOTH)
def test_a_reference_that_is_returned_is_itself(reference, tmp_path):
    """Though it exports Arrow too: nothing is read or written."""
    table = reference("s3://b/t")
    assert shimlite.to_python_value(shimlite.to_literal(table, reference), reference) == table
    other = BOTH[1 - BOTH.index(reference)]
    message = f"expected {other.__name__}, got {reference.__name__}"
    assert refusal(ConversionTypeError, shimlite.to_literal, table, other) == message
