# SPDX-License-Identifier: Apache-2.0
"""Tables and dataframes of the real libraries: what reads a StructuredDataset, and classes as annotations.

flytekit says what the types are declared as, and each side reads what the other wrote.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import importlib
import pathlib
import subprocess
import sys
from collections.abc import Callable
from typing import Annotated, Any, Optional, Union

import arro3.core
import pandas
import pandas.testing
import pyarrow
import pyarrow.parquet
import pytest
from flytekit import FlyteContextManager, kwtypes
from flytekit import HashMethod as TheirHashMethod
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as TheirLiteral
from flytekit.types.schema import FlyteSchema as TheirSchema
from flytekit.types.structured import StructuredDataset as TheirDataset

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    ExecutableTemplateShimTask,
    FlyteSchema,
    ShimTaskExecutor,
    StructuredDataset,
    UnsupportedTypeError,
    fidelity,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap
from shimlite.cli import main
from shimlite.tables import write_table

from ..build import dispatched, template
from ..support import refusal

UTC = dt.timezone.utc
COLUMNS: dict[str, Any] = {
    "i": [1, None, -(2**63)],
    "x": [0.5, None, float("inf")],
    "s": ["é\x00", None, ""],
    "b": [True, None, False],
    "at": [dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), None, dt.datetime(1, 1, 1, tzinfo=UTC)],
    "raw": [b"\x00\xff", None, b""],
    "many": [[1, 2], None, []],
}
WHOLE = pyarrow.table(COLUMNS)
FEW = ["s", "i"]
HIDDEN = ("_SUCCESS", "._SUCCESS.crc", ".part-00000.snappy.parquet.crc", "sub/_x")


def parquet(path: pathlib.Path, table: Any = WHOLE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(table, path)


@pytest.fixture(params=["one file", "flytekit's folder", "Spark's folder", "a folder in a folder", "odd name"])
def location(request, tmp_path):
    """Where ``WHOLE`` is, written in many ways."""
    if request.param == "one file":
        parquet(tmp_path / "rows.parquet")
        return str(tmp_path / "rows.parquet")
    if request.param == "odd name":
        parquet(tmp_path / "a=1 [x]*?" / ".rows é" / "00000")
        return str(tmp_path / "a=1 [x]*?" / ".rows é")
    if request.param == "flytekit's folder":
        parquet(tmp_path / "t" / "00000")
        return str(tmp_path / "t")
    folder = "" if request.param == "Spark's folder" else "sub/"
    for place, name in enumerate(("part-00000.snappy.parquet", f"{folder}part-00001")):
        parquet(tmp_path / "t" / name, WHOLE.slice(place, 2 if place else 1))
    for name in HIDDEN if folder else HIDDEN[:-1]:
        (tmp_path / "t" / name).touch()
    return str(tmp_path / "t")


def in_pandas(table: Any, columns: list[str] | None = None) -> Any:
    return pyarrow.table(table).to_pandas() if columns is None else pyarrow.table(table).select(columns).to_pandas()


def check_rows(table: Any, columns: list[str] | None = None) -> None:
    """``table`` exports Arrow, and has what ``WHOLE`` has."""
    wanted = WHOLE if columns is None else WHOLE.select(columns)
    read = pyarrow.table(table)
    assert read.column_names == wanted.column_names
    assert read.cast(wanted.schema).equals(wanted)


# ------------------------------------------------------------------------------------------- what reads a reference


@pytest.mark.parametrize("reference", [StructuredDataset, FlyteSchema])
def test_what_takes_arrow_takes_a_table(reference, location):
    table = reference(location)
    check_rows(table)
    check_rows(pyarrow.RecordBatchReader.from_stream(table))
    check_rows(arro3.core.Table(table))
    check_rows(arro3.core.RecordBatchReader.from_arrow(table))
    large = WHOLE.schema.set(WHOLE.schema.get_field_index("s"), pyarrow.field("s", pyarrow.large_string()))
    assert pyarrow.table(table, schema=large).schema == large
    check_rows(pyarrow.table(table, schema=large))
    small = WHOLE.schema.set(WHOLE.schema.get_field_index("i"), pyarrow.field("i", pyarrow.int8()))
    with pytest.raises(pyarrow.ArrowInvalid, match="not in range"):  # where arro3 would give nulls
        pyarrow.table(table, schema=small)


@pytest.mark.parametrize("reference", [StructuredDataset, FlyteSchema])
def test_pandas_reads_a_table(reference, location):
    pandas.testing.assert_frame_equal(pandas.read_parquet(reference(location)), WHOLE.to_pandas())
    if hasattr(pandas.DataFrame, "from_arrow"):  # since 3.0
        pandas.testing.assert_frame_equal(pandas.DataFrame.from_arrow(reference(location)), WHOLE.to_pandas())


@pytest.mark.parametrize("reference", [StructuredDataset, FlyteSchema])
def test_polars_reads_a_table(reference, location):
    polars = pytest.importorskip("polars")
    check_rows(polars.DataFrame(reference(location)))


@pytest.mark.parametrize("reference", [StructuredDataset, FlyteSchema])
def test_duckdb_reads_a_table(reference, location):
    """``table`` itself is a word of SQL."""
    duckdb = pytest.importorskip("duckdb")
    rows = reference(location)
    assert duckdb.sql("from rows").fetchall() == list(zip(*WHOLE.to_pydict().values()))
    assert duckdb.sql("select count(*), min(i) from rows where s is not null").fetchall() == [(2, -(2**63))]
    connection = duckdb.connect()
    connection.register("registered", rows)
    assert connection.sql("select i from registered").fetchall() == [(1,), (None,), (-(2**63),)]


def test_each_reading_is_a_new_one(location):
    table = StructuredDataset(location)
    for _ in range(3):
        check_rows(table)


# ------------------------------------------------------------------------------------------------------------ the types


def frames() -> list[Any]:
    """The classes of the libraries that are here."""
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        return [pandas.DataFrame, pyarrow.Table]
    return [pandas.DataFrame, pyarrow.Table, polars.DataFrame, polars.LazyFrame]


FRAMES = frames()
of_frames = pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.__module__}.{frame.__name__}")
of_theirs = pytest.mark.parametrize("frame", FRAMES[:2], ids=lambda frame: f"{frame.__module__}.{frame.__name__}")


Columns: Any = dataclasses.make_dataclass("Columns", [("a", int), ("b", list[str])])


SPELLINGS: dict[str, Callable[[Any], Any]] = {
    "bare": lambda frame: frame,
    "a format": lambda frame: Annotated[frame, "csv"],
    "columns": lambda frame: Annotated[frame, kwtypes(a=int, b=dt.datetime)],
    "columns in a dict": lambda frame: Annotated[frame, {"a": int, "b": {"c": str}}],
    "columns in a dataclass": lambda frame: Annotated[frame, Columns],
    "both": lambda frame: Annotated[frame, "parquet", kwtypes(a=list[int])],
    "a schema of Arrow": lambda frame: Annotated[frame, pyarrow.schema([("a", pyarrow.int64())])],
    "a hash": lambda frame: Annotated[frame, TheirHashMethod(str)],
    "another word": lambda frame: Annotated[frame, 5],
    "a list": lambda frame: list[frame],  # type: ignore[valid-type]
    "a dict": lambda frame: dict[str, list[frame]],  # type: ignore[valid-type]
    "a dict of columns": lambda frame: dict[str, Annotated[frame, {"a": int}]],
    "Optional": lambda frame: Optional[frame],
    "a union": lambda frame: Union[int, frame, None, str],
}


@of_theirs
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_literal_type_is_flytekits(frame, spelling):
    python_type = SPELLINGS[spelling](frame)
    assert to_literal_type(python_type) == TypeEngine.to_literal_type(python_type).to_flyte_idl()


@of_theirs
def test_two_tables_in_a_union_are_told_apart_by_neither(frame):
    """flytekit makes the type, and writes a value of it that it cannot read."""
    other = pyarrow.Table if frame is pandas.DataFrame else pandas.DataFrame
    for ours, theirs in (
        (Union[frame, other], Union[frame, other]),
        (Union[frame, StructuredDataset], Union[frame, TheirDataset]),
    ):
        literal_type = TypeEngine.to_literal_type(theirs)
        assert len({one.to_flyte_idl().SerializeToString() for one in literal_type.union_type.variants}) == 1
        with pytest.raises(TypeError, match="Ambiguous"):
            value = WHOLE if frame is pyarrow.Table else WHOLE.to_pandas()
            context = FlyteContextManager.current_context()
            TypeEngine.to_python_value(context, TypeEngine.to_literal(context, value, theirs, literal_type), theirs)
        assert "is ambiguous; two members have the same LiteralType" in refusal(
            UnsupportedTypeError, to_literal_type, ours
        )


@of_theirs
def test_neither_has_a_dataframe_in_a_record(frame):
    record: Any = dataclasses.make_dataclass("Rec", [("rows", frame)])
    context = FlyteContextManager.current_context()
    with pytest.raises(Exception, match="is not serializable"):
        TypeEngine.to_literal(context, record(WHOLE), record, TypeEngine.to_literal_type(record))
    reason = f"{frame.__name__} is not supported in a record, or in a dict whose keys are no str; use StructuredDataset"
    assert refusal(UnsupportedTypeError, to_literal_type, record) == f"Rec.rows: {reason}"


@of_frames
def test_the_declared_type_is_that_of_a_reference(frame):
    for make in SPELLINGS.values():
        assert to_literal_type(make(frame)) == to_literal_type(make(StructuredDataset))


# ------------------------------------------------------------------------------------------------------------ both ways


def collected(value: Any) -> Any:
    return value.collect() if type(value).__name__ == "LazyFrame" else value


def of_class(frame: Any, table: Any = WHOLE) -> Any:
    """The table as a value of the class."""
    if frame is pyarrow.Table:
        return table
    if frame is pandas.DataFrame:
        return table.to_pandas()
    polars = importlib.import_module("polars")
    made = polars.from_arrow(table)
    return made if frame is polars.DataFrame else made.lazy()


@of_frames
@pytest.mark.parametrize("reference", [StructuredDataset, FlyteSchema])
def test_a_literal_is_read_as_the_class(frame, reference, location):
    literal = to_literal(reference(location), reference)
    read = to_python_value(literal, frame)
    assert type(read) is frame
    if frame is pandas.DataFrame:
        pandas.testing.assert_frame_equal(read, WHOLE.to_pandas())
    else:
        check_rows(collected(read))
    few = to_python_value(literal, Annotated[frame, dict.fromkeys(FEW, str)])
    assert list(collected(few).columns if frame is not pyarrow.Table else few.column_names) == FEW


def test_what_duckdb_makes_of_a_table_is_written(tmp_path):
    """In a process of its own, which would crash."""
    pytest.importorskip("duckdb")
    parquet(tmp_path / "t" / "00000")
    code = (
        "import arro3.core, duckdb, sys\n"
        "from shimlite import StructuredDataset\n"
        "from shimlite.tables import write_table\n"
        "rows = StructuredDataset(sys.argv[1])\n"
        "relation = duckdb.sql('select i from rows where i < 0')\n"
        "print(arro3.core.Table(write_table(relation)).column('i').to_pylist())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "t")], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"[{-(2**63)}]\n", "")


NULLS = {"n": [None, None], "l": [[], None], "s": [{"x": None, "i": 1}, None]}


def test_nulls_of_polars_are_written():
    """polars exports them in a way that arro3 refuses."""
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(NULLS)
    for value in (frame, frame.clear()):
        assert to_python_value(to_literal(value, StructuredDataset), polars.DataFrame).equals(value)
        lazy = to_python_value(to_literal(value.lazy(), polars.LazyFrame), polars.LazyFrame)
        assert (lazy.collect_schema(), lazy.collect().rows()) == (frame.schema, value.rows())
    assert pyarrow.table(write_table(frame)).to_pydict() == NULLS
    objects = polars.DataFrame({"o": [object()]})
    assert refusal(ConversionValueError, to_literal, objects, StructuredDataset) == (
        "['o']: Arrow has no polars.Object; cast it"
    )


@of_frames
def test_a_field_of_a_struct_is_a_column(frame, tmp_path):
    """flytekit declares it as one."""
    table = pyarrow.table({"info": [{"a": 1, "b": "x"}], "n": [2]})
    declared = Annotated[StructuredDataset, {"info": {"a": int}}]
    literal = to_literal(collected(of_class(frame, table)), declared)
    read = collected(to_python_value(literal, Annotated[frame, {"info": {"a": int}}]))
    if frame in (pandas.DataFrame, pyarrow.Table):  # which call it by its last name
        assert pyarrow.table(read).to_pydict() == {"a": [1]}
    else:
        assert pyarrow.table(read).to_pydict() == {"info": [{"a": 1, "b": "x"}]}


@pytest.mark.parametrize(
    "values",
    [
        *([None, 5], [dt.timedelta(1)], [decimal.Decimal("1.5")], [dt.time(1)]),
        *(pyarrow.array([b"ab"], pyarrow.binary(2)), pyarrow.array([None, "x"]), pyarrow.array([1]).cast("date64")),
    ],
)
def test_a_dictionary_of_anything_is_read_by_others(values):
    """Also one that has a null among its values."""
    values = values if isinstance(values, pyarrow.Array) else pyarrow.array(values)
    places = pyarrow.array([len(values) - 1, None, 0], pyarrow.int8())
    table = pyarrow.table({"c": pyarrow.DictionaryArray.from_arrays(places, values)})
    read = to_python_value(to_literal(table, StructuredDataset), pyarrow.Table)
    assert read.to_pydict() == table.to_pydict()


def test_categories_of_intervals_are_refused(capfd):
    """arro3 panics at them, which is seen."""
    frame = pandas.DataFrame({"c": pandas.cut([1, 5, 9], [0, 4, 10])})
    assert refusal(ConversionValueError, to_literal, frame, StructuredDataset) == (
        '[\'c\']: Parquet has no Dictionary(Int8, Struct("left": Int64, "right": Int64)); cast it'
    )
    assert capfd.readouterr().err == ""


@of_theirs
@pytest.mark.parametrize("declared", [{}, {"s": str}, {"s": str, "i": int}], ids=["no columns", "one", "two"])
@pytest.mark.parametrize("wanted", [{}, {"i": int}], ids=["all", "one"])
def test_flytekit_subsets_the_same_columns(frame, declared, wanted, tmp_path):
    parquet(tmp_path / "00000")
    written = Annotated[StructuredDataset, declared] if declared else StructuredDataset
    literal = to_literal(StructuredDataset(str(tmp_path), format="parquet"), written)
    python_type = Annotated[frame, wanted] if wanted else frame
    theirs = TypeEngine.to_python_value(
        FlyteContextManager.current_context(), TheirLiteral.from_flyte_idl(literal), python_type
    )
    assert in_pandas(to_python_value(literal, python_type)).equals(in_pandas(theirs))


@of_theirs
@pytest.mark.parametrize("spelling", ["bare", "Optional", "a list", "a map"])
def test_each_reads_what_the_other_writes(frame, spelling):
    value, context = of_class(frame), FlyteContextManager.current_context()
    python_type = {**SPELLINGS, "a map": lambda one: dict[str, one]}[spelling](frame)
    held = {"a list": [value], "a map": {"k": value}}.get(spelling, value)
    theirs = TypeEngine.to_literal(context, held, python_type, TypeEngine.to_literal_type(python_type)).to_flyte_idl()
    ours = to_literal(held, python_type)
    for literal in (theirs, ours):
        for read in (
            to_python_value(Literal.FromString(literal.SerializeToString()), python_type),
            TypeEngine.to_python_value(context, TheirLiteral.from_flyte_idl(literal), python_type),
        ):
            one = read[0] if isinstance(read, list) else read["k"] if isinstance(read, dict) else read
            assert type(one) is frame
            assert in_pandas(one).equals(WHOLE.to_pandas())


@of_frames
def test_what_is_written_is_read_again(frame):
    value = of_class(frame)
    for python_type in (frame, Optional[frame], Annotated[frame, {"s": str, "at": dt.datetime}, "parquet"]):
        literal_type = to_literal_type(python_type)
        (table,) = [to_python_value(to_literal(value, python_type), literal_type)]
        assert type(table) is StructuredDataset
        check_rows(table)
    for reference in (StructuredDataset, FlyteSchema):
        literal = shimlite.dict_to_literal_map(
            {"o": value}, template({}, {"o": reference}).interface.outputs, {"o": frame}
        ).literals["o"]
        check_rows(to_python_value(literal, reference))
    read = fidelity(frame, frame).project(value)
    assert type(read) is frame


def test_flytekits_schema_and_its_frames():
    """A FlyteSchema that flytekit wrote of a dataframe."""
    context = FlyteContextManager.current_context()
    declared = TypeEngine.to_literal_type(TheirSchema[kwtypes(s=str, i=int)])
    literal = TypeEngine.to_literal(context, WHOLE.to_pandas()[["s", "i"]], pandas.DataFrame, declared).to_flyte_idl()
    for frame in FRAMES:
        read = to_python_value(Literal.FromString(literal.SerializeToString()), frame)
        assert type(read) is frame


@of_frames
def test_errors_are_one_line_without_data(frame, tmp_path):
    parquet(tmp_path / "00000")
    literal = to_literal(StructuredDataset(str(tmp_path)), StructuredDataset)
    if frame.__name__ != "LazyFrame":  # which finds it later
        library = frame.__module__.partition(".")[0]
        message = refusal(ConversionValueError, to_python_value, literal, Annotated[frame, {"no": int}])
        assert message.startswith(f"{library} cannot read the columns 'no' of {str(tmp_path)!r} (")
        assert message.count("\n") == 0 and message.endswith(")") and "int64" not in message
    (tmp_path / "00000").write_bytes(b"PAR1" + b"\xff" * 100 + b"\x10\x00\x00\x00PAR1")
    if frame.__name__ != "LazyFrame":
        message = refusal(ConversionValueError, to_python_value, literal, frame)
        assert message.startswith(f"{library} cannot read {str(tmp_path)!r} (")
    for value in (5, None, "text", StructuredDataset("s3://b/t")):
        assert refusal(ConversionTypeError, to_literal, value, frame).startswith(f"expected {frame.__name__}, got ")


# --------------------------------------------------------------------------------------------------------- an executor


class Heads(ShimTaskExecutor):
    def execute_from_model(
        self,
        tt: Any,
        rows: pandas.DataFrame,
        few: Annotated[pyarrow.Table, {"i": int}],
        no: Optional[pandas.DataFrame] = None,
    ) -> list[pandas.DataFrame]:
        assert no is None and few.column_names == ["i"]
        return [rows.head(1), rows.tail(1)]


def test_an_executor_takes_and_returns_dataframes(tmp_path):
    parquet(tmp_path / "t" / "00000")
    made = shimlite.task_template(Heads, name="heads", container_image="image:1")
    table = StructuredDataset(str(tmp_path / "t"))
    inputs = shimlite.dict_to_literal_map({"rows": table, "few": table, "no": None}, made.interface.inputs)
    (output,) = ExecutableTemplateShimTask(made, Heads).dispatch_execute(None, inputs).literals.values()
    read = [to_python_value(one, pandas.DataFrame) for one in output.collection.literals]
    assert [list(one["s"]) for one in read] == [["é\x00"], [""]]
    assert [list(one.index) for one in read] == [[0], [2]]


TARGET = """
import pandas
import shimlite

class Count(shimlite.ShimTaskExecutor):
    def execute_from_model(self, tt, rows: pandas.DataFrame) -> int:
        return len(rows)

count = shimlite.task_template(Count, name="count", container_image="image:1")
"""


def test_the_command_runs_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("counting.py").write_text(TARGET)
    parquet(tmp_path / "rows" / "00000")
    for uri in ("rows", "rows/00000", f"file://{tmp_path}/rows", str(tmp_path / "rows")):
        assert main(["run", "counting.py:count", "--input", f"rows={uri}"]) == 0
        assert '"o0": 3' in capsys.readouterr().out
    assert main(["run", "counting.py:count", "--input", "rows=counting.py"]) == 1
    error = capsys.readouterr().err
    assert error == "shimlite run: inputs.rows: 'counting.py' is no Parquet file\n"


def test_what_is_returned_as_literals_is_not_read():
    literal = to_literal(StructuredDataset("s3://b/t", format="csv"), StructuredDataset)

    class Executor:
        def execute_from_model(self, tt: Any) -> pandas.DataFrame:
            return LiteralMap(literals={"o0": literal})  # type: ignore[return-value]

    assert dispatched(Executor, template({}, {"o0": StructuredDataset})).literals["o0"] == literal
