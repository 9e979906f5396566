# SPDX-License-Identifier: Apache-2.0
"""Tables out: what exports Arrow where a table is declared, and ``write_table``, which an executor calls itself."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import os
import pathlib
import sys
import threading
from dataclasses import dataclass, make_dataclass
from typing import Annotated, Any, Optional

import attrs
import pytest
from arro3.core import DataType, Table

from shimlite import (
    Context,
    ConversionTypeError,
    ConversionValueError,
    ExecutableTemplateShimTask,
    FlyteDirectory,
    FlyteFile,
    FlyteRecoverableException,
    FlyteSchema,
    HashMethod,
    MissingExtraError,
    OutputsError,
    StorageError,
    StructuredDataset,
    TableError,
    UnsupportedTypeError,
    dict_to_literal_map,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralMap, LiteralType
from shimlite.container.outgoing import dispatch
from shimlite.context import active, current_context
from shimlite.idl import Variable
from shimlite.parquet_files import read_parquet
from shimlite.tables import write_table

from .build import executor, template
from .exporters import LAZY, BatchExporter, Exporter, Frame, batch, failing, numbers, raising, stream, table
from .support import refusal, unpacked

INTS, TEXT = DataType.int64(), DataType.utf8()
COLUMNS = {"n": int, "s": str}
OF_NUMBERS = Annotated[StructuredDataset, {"n": int}]
TYPED = Annotated[StructuredDataset, COLUMNS, "parquet"]
NUMBERS, LACKS, MISFITS = (FlyteSchema[columns] for columns in ({"n": int}, {"m": int}, {"s": float}))
BOTH = StructuredDataset | FlyteSchema


@pytest.fixture(autouse=True)
def context(tmp_path):
    """Of which every file is under ``tmp_path``."""
    with active(Context(working_directory=str(tmp_path))) as one:
        yield one


def named(*values: int) -> Frame:
    return Frame(table(n=(INTS, list(values)), s=(TEXT, ["x"] * len(values))))


def rows(uri: str) -> list[Any]:
    assert os.listdir(uri) == ["00000"]
    return read_parquet(uri).read_all().column("n").to_pylist()


def written(tmp_path: Any) -> list[str]:
    """The files that were written, as their folders are told apart."""
    return sorted(str(path.relative_to(tmp_path).parent.name) for path in tmp_path.rglob("*") if path.is_file())


# ------------------------------------------------------------------------------------------------------- as literals


@pytest.mark.parametrize("value", [numbers(1, 2), stream(numbers(1, 2).to_batches()), batch(n=(INTS, [1, 2]))])
@pytest.mark.parametrize("declared", [StructuredDataset, FlyteSchema, NUMBERS])
def test_what_exports_arrow_is_a_table(value, declared):
    value = stream(numbers(1, 2).to_batches()) if not isinstance(value, Table) and hasattr(value, "closed") else value
    reference = to_python_value(to_literal(value, declared), declared)
    assert rows(reference.uri) == [1, 2]
    assert os.path.basename(reference.uri) == "table"


def test_the_literal_says_what_is_declared_and_that_it_is_parquet():
    for declared, cls, says in (
        (TYPED, StructuredDataset, {"format": "parquet"}),
        (StructuredDataset, StructuredDataset, {"format": "parquet"}),
        (FlyteSchema[COLUMNS], FlyteSchema, {}),
    ):
        literal = to_literal(named(1), declared)
        uri = literal.scalar.structured_dataset.uri or literal.scalar.schema.uri
        assert literal == to_literal(cls(uri, **says), declared)
    said = to_literal(named(1), TYPED).scalar.structured_dataset.metadata.structured_dataset_type
    assert [column.name for column in said.columns] == ["n", "s"]


def test_an_external_schema_is_the_declared_one():
    declared = LiteralType(structured_dataset_type={"external_schema_type": "arrow", "external_schema_bytes": b"x"})
    literal = to_literal(numbers(), declared)
    said = literal.scalar.structured_dataset.metadata.structured_dataset_type
    assert (said.format, said.external_schema_type, said.external_schema_bytes) == ("parquet", "arrow", b"x")


@dataclass
class Report:
    table: TYPED
    old: NUMBERS
    more: list[Optional[StructuredDataset]]
    named: dict[str, FlyteSchema]
    either: BOTH | int = 0


def test_it_stands_wherever_a_table_does(tmp_path):
    frame = named(1)
    for value, declared in (
        ([frame, frame], list[StructuredDataset]),
        ({"a": frame}, dict[str, FlyteSchema]),
        (frame, Optional[StructuredDataset]),
        ([None, frame], list[Optional[NUMBERS]]),
        ([{"a": frame}], list[dict[str, StructuredDataset | str]]),
    ):
        literal = to_literal(value, declared)
        (one,) = set(_uris(to_python_value(literal, declared)))
        assert rows(one) == [1]
    assert written(tmp_path) == ["table"] * 5


def _uris(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return [uri for one in (value.values() if isinstance(value, dict) else value) for uri in _uris(one)]
    return [] if value is None else [value.uri]


@pytest.mark.parametrize("declared", [Report, to_literal_type(Report), Optional[Report]])
def test_in_a_record_it_is_the_map_that_its_reference_is(declared, tmp_path):
    frame = named(1)
    literal = to_literal(Report(frame, frame, [None, frame], {"a": frame}), declared)
    (uri,) = set(_uris(_record(literal).more))
    assert rows(uri) == [1] and written(tmp_path) == ["table"]
    dataset, schema = {"uri": uri, "file_format": "parquet", "format": "parquet"}, {"remote_path": uri}
    assert unpacked(literal.scalar.union.value if declared == Optional[Report] else literal) == {
        "table": dataset, "old": schema, "more": [None, dataset], "named": {"a": schema}, "either": 0
    }  # fmt: skip


def _record(literal: Any) -> Report:
    value: Report = to_python_value(literal.scalar.union.value if literal.scalar.HasField("union") else literal, Report)
    return value


# ----------------------------------------------------------------------------------------------------- what is refused

HINT = "a table goes where a StructuredDataset or a FlyteSchema is declared"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (str, "STRING"), (int, "INTEGER"), (FlyteFile, "FlyteFile"), (FlyteDirectory, "FlyteDirectory"),
        (dict, "dict"), (dict[str, int], "dict[str, int]"), (list[int], "list[int]"), (Report, "Report"),
        (Optional[str], "str | None"), (LiteralType(simple="STRUCT"), "dict"),
    ],
)  # fmt: skip
def test_where_no_table_is_declared_the_error_says_where_one_goes(declared, expected, tmp_path):
    message = f"expected {expected}, got Frame; {HINT}"
    assert refusal(ConversionTypeError, to_literal, named(1), declared) == message
    assert written(tmp_path) == []


def test_a_value_in_a_dict_of_plain_data_is_refused():
    message = f"['a']: expected a JSON-like value, got Frame; {HINT}"
    assert refusal(ConversionTypeError, to_literal, {"a": named(1)}, dict) == message


class Column(Exporter):
    """As a column of pandas, which exports itself too."""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Frame, "expected StructuredDataset, got type"),
        (Column(numbers().__arrow_c_stream__), "expected int, got Column"),
        (FlyteSchema("s3://b/s"), "expected StructuredDataset, got FlyteSchema"),
        ("s3://b/s", "expected StructuredDataset, got str"),
        (Exporter(lambda: 5), "expected an Arrow table, got Exporter; arro3 cannot read what it exports"),
    ],
)
def test_what_is_no_table_is_refused(value, message):
    declared = int if isinstance(value, Column) else StructuredDataset
    assert refusal(ConversionTypeError, to_literal, value, declared) == message.replace("int,", "INTEGER,")


@pytest.mark.parametrize(
    "declared", [Annotated[StructuredDataset, "csv"], Optional[Annotated[StructuredDataset, "csv"]]]
)
def test_another_declared_format_is_refused_before_anything_is_written(declared, tmp_path):
    message = "expected StructuredDataset of format 'csv', got Frame; a table is written as Parquet only"
    frame = named(1)
    assert refusal(ConversionValueError, to_literal, frame, declared) == message
    assert (frame.asked, written(tmp_path)) == (0, [])


MISSING, MISFIT = "['m']: this column is missing", "['s']: expected a column of float, got Arrow's Utf8; cast it"


@dataclass
class Wrong:
    table: Annotated[StructuredDataset, {"m": int}]


@dataclass
class Perhaps:
    table: Optional[LACKS] = None


@pytest.mark.parametrize(
    ("value", "declared", "message"),
    [
        (named(1), LACKS, MISSING),
        (named(1), Annotated[StructuredDataset, {"m": list[int]}], MISSING),
        ([named(1)], list[MISFITS], f"[0]{MISFIT}"),
        ({"k": named(1)}, dict[str, Annotated[StructuredDataset, {"s": float}]], f"['k']{MISFIT}"),
        (named(1), Optional[LACKS], MISSING),
        (Wrong(named(1)), Wrong, f".table{MISSING}"),
        (Perhaps(named(1)), Perhaps, f".table{MISSING}"),
        (Table.from_arrays(numbers(1).columns * 2, names=["n", "n"]), StructuredDataset,
         "['n']: two columns have this name; rename one"),
    ],
)  # fmt: skip
def test_a_table_without_the_declared_columns_is_refused_before_anything_is_written(value, declared, message, tmp_path):
    assert refusal(ConversionValueError, to_literal, value, declared) == message
    assert written(tmp_path) == []


def test_columns_of_other_types_than_the_six_must_be_there_and_are_not_compared():
    declared = Annotated[StructuredDataset, {"n": list[int], "s": bytes}]
    assert rows(to_literal(named(1), declared).scalar.structured_dataset.uri) == [1]


def test_a_column_declared_as_a_date_takes_what_a_datetime_does():
    content = table(n=(DataType.date32(), [None]), s=(TEXT, ["x"]))
    to_literal(content, Annotated[StructuredDataset, {"n": dt.date}])
    message = "['s']: expected a column of datetime, got Arrow's Utf8; cast it"
    assert refusal(ConversionValueError, to_literal, content, Annotated[StructuredDataset, {"s": dt.date}]) == message


# ------------------------------------------------------------------------------------------------------------ unions


def test_a_table_that_two_members_take_is_ambiguous():
    record = make_dataclass("Either", [("x", BOTH)])
    for value, declared, path in ((named(1), BOTH, ""), (record(named(1)), record, ".x: ")):
        message = f"{path}ambiguous: Frame fits 2 members of StructuredDataset | FlyteSchema"
        assert refusal(ConversionValueError, to_literal, value, declared) == message


def test_columns_may_tell_the_members_apart():
    declared = LACKS | StructuredDataset | None
    value = to_python_value(to_literal(named(1), declared), declared)
    assert type(value) is StructuredDataset and rows(value.uri) == [1]
    misfits = LACKS | FlyteSchema[{"s": int}]
    record = make_dataclass("Misfits", [("x", misfits)])
    message = "expected FlyteSchema | FlyteSchema, got Frame; its columns are those of no member"
    assert refusal(ConversionTypeError, to_literal, named(1), misfits) == message
    assert refusal(ConversionTypeError, to_literal, record(named(1)), record) == f".x: {message}"


def test_a_stream_is_read_once_however_often_it_is_tried_and_stands():
    one = stream(numbers(1, 2).to_batches())
    declared = list[LACKS | StructuredDataset | str]
    first, second = _uris(to_python_value(to_literal([one, one], declared), declared))
    assert first == second and rows(first) == [1, 2]


def test_no_member_takes_what_another_left_of_a_stream(tmp_path):
    """Its second batch cannot be written. The second member would have written the third alone."""
    seconds = DataType.timestamp("s")
    batches = [table(t=(seconds, [count])).to_batches()[0] for count in (1, 2**60, 3)]
    reason = "['t']: a value is out of the range of Timestamp(ms), which Parquet has"
    record = make_dataclass("Half", [("x", BOTH)])
    for declared, value, path in (
        (BOTH, lambda one: one, ""),
        (list[BOTH], lambda one: [one], "[0]"),
        (record, record, ".x"),
    ):

        def half(tt: Any = None, value: Any = value) -> Any:
            return value(stream(batches, batches[0].schema))

        assert refusal(TableError, to_literal, half(), declared) == f"{path}{reason}"
        task = ExecutableTemplateShimTask(template(outputs={"x": declared}), executor(half))
        assert refusal(OutputsError, task.dispatch_execute, None, LiteralMap()) == f"outputs.x{path}{reason}"
    assert written(tmp_path) == []


def test_each_conversion_writes_the_table_as_it_is_then():
    frame = Frame(numbers(1))
    uris = [to_literal(frame, StructuredDataset).scalar.structured_dataset.uri for _ in range(2)]
    assert len(set(uris)) == 2 and frame.asked == 2


# ------------------------------------------------------------------------------------------------------------ hashes


def test_a_hash_method_can_read_what_was_written_of_a_stream():
    """The stream itself has no rows then: all tables would have one hash, and Flyte's cache take one for another."""
    method = HashMethod(lambda table: f"{type(table).__name__} {Table.from_arrow(table).num_rows}")
    for declared in (Annotated[StructuredDataset, method], Optional[Annotated[FlyteSchema, method]]):
        for count in (1, 2):
            literal = to_literal(stream(numbers(*range(count)).to_batches()), declared)
            assert literal.hash == f"StructuredDataset {count}"


def test_a_hash_method_is_given_the_table():
    declared = Annotated[StructuredDataset, HashMethod(lambda frame: f"{type(frame).__name__} {len(frame.columns)}")]
    assert to_literal(named(1), declared).hash == "Frame 1"
    optional = Optional[Annotated[StructuredDataset, HashMethod(lambda frame: type(frame).__name__)]]
    frame = named(1)
    assert (to_literal(frame, optional).hash, frame.asked) == ("Frame", 1)


# ------------------------------------------------------------------------------------------------------------ errors


@LAZY
def test_what_a_tables_own_code_raises_is_the_cause(tmp_path):
    error = KeyError("s3cret")
    for value, declared in (
        (raising(error), StructuredDataset),
        (stream(failing(error, numbers(1))), Optional[FlyteSchema]),
        ([BatchExporter(raising(error).export)], list[StructuredDataset | FlyteSchema]),
    ):
        with pytest.raises(TableError) as caught:
            to_literal(value, declared)
        kind = "RecordBatchReader" if declared == Optional[FlyteSchema] else ""
        assert caught.value.reason.endswith("cannot be written (KeyError)") and kind in caught.value.reason
        assert caught.value.__cause__ is error
    assert written(tmp_path) == []


@LAZY
def test_an_interrupt_stays_one():
    for value in (raising(KeyboardInterrupt()), stream(failing(KeyboardInterrupt()))):
        with pytest.raises(KeyboardInterrupt):
            to_literal(value, StructuredDataset)


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    message = "Parquet needs arro3; pip install 'shimlite[parquet]'"
    assert refusal(MissingExtraError, to_literal, named(1), StructuredDataset) == message
    assert refusal(MissingExtraError, write_table, named(1)) == message
    task = ExecutableTemplateShimTask(template(outputs={"x": StructuredDataset}), executor(lambda tt: named(1)))
    assert refusal(MissingExtraError, task.dispatch_execute, None, LiteralMap()) == f"outputs.x: {message}"


def test_a_working_directory_that_is_not_there_is_an_error_of_storage(tmp_path):
    with active(Context(working_directory=str(tmp_path / "gone"))):
        message = "cannot make a folder for a table: No such file or directory"
        with pytest.raises(StorageError) as caught:
            write_table(named(1))
        assert str(caught.value) == message
        with pytest.raises(TableError) as wrapped:
            to_literal(named(1), StructuredDataset)
        assert str(wrapped.value.__cause__) == message


@LAZY
def test_a_source_that_was_refused_is_let_go_of():
    """DuckDB has one open result at a time, and the traceback of an error keeps what its frames hold."""
    alive: set[str] = set()

    class Source:
        def __init__(self) -> None:
            alive.add("source")

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> Any:
            raise AssertionError

        def __del__(self) -> None:
            alive.discard("source")

    kept = []
    for declared in (LACKS, Optional[LACKS], Wrong):
        value = Exporter(lambda: stream(Source()).__arrow_c_stream__())
        with pytest.raises(ConversionValueError) as caught:
            to_literal(Wrong(value) if declared is Wrong else value, declared)
        kept.append(caught)
        assert str(caught.value).endswith(MISSING)
        assert alive == set()
    gc.disable()
    try:
        with contextlib.suppress(ConversionValueError):
            write_table(Exporter(lambda: stream(Source()).__arrow_c_stream__()), declared=LACKS)
        assert alive == set()
    finally:
        gc.enable()


# -------------------------------------------------------------------------------------------------------------- runs


class Store:
    """Remembers what is uploaded where, and what was in it then."""

    def __init__(self) -> None:
        self.put: dict[str, list[Any]] = {}

    def get_data(self, uri: str, path: str) -> None:
        raise NotImplementedError

    def put_data(self, path: str, uri: str) -> str:
        self.put[uri] = rows(path)
        return uri


def run(work: Any, store: Any, raw: str = "s3://b/raw", **outputs: Any) -> dict[str, Any]:
    task = ExecutableTemplateShimTask(template(outputs=outputs), work if isinstance(work, type) else executor(work))
    literals = dispatch(task, Context(raw_output_prefix=raw, file_access=store), LiteralMap())
    return {name: to_python_value(literals.literals[name], kind) for name, kind in outputs.items()}


def test_a_table_is_uploaded_once_however_often_it_is_returned():
    store, frame = Store(), named(1)
    values = run(
        lambda tt: {"a": frame, "b": [frame, None, frame], "c": Report(frame, frame, [], {})},
        store, a=FlyteSchema[COLUMNS], b=list[Optional[StructuredDataset]], c=Report,
    )  # fmt: skip
    ((uri, content),) = store.put.items()
    assert content == [1] and frame.asked == 1
    assert uri.startswith("s3://b/raw/") and uri.endswith("/table")
    assert values["a"] == FlyteSchema(uri, columns=tuple(COLUMNS.items()))
    assert _uris(values["b"]) == [uri, uri]
    assert values["c"].table.uri == values["c"].old.uri == uri


class Annotates:
    async def execute_from_model(self, tt: Any) -> Annotated[StructuredDataset, {"n": int}, "parquet"]:
        await asyncio.sleep(0)
        return stream(numbers(1, 2).to_batches())


class Schemas:
    def execute_from_model(self, tt: Any) -> NUMBERS:
        return named(1, 2)


class Datasets:
    def execute_from_model(self, tt: Any) -> StructuredDataset:
        return numbers(1, 2)


@pytest.mark.parametrize(
    ("work", "declared"),
    [
        (Annotates, StructuredDataset),
        (Datasets, OF_NUMBERS),
        (Datasets, Optional[StructuredDataset]),
        (Schemas, FlyteSchema),
    ],
)
def test_an_annotated_return_takes_a_table(work, declared):
    store = Store()
    assert run(work, store, x=declared)["x"].uri in store.put
    assert list(store.put.values()) == [[1, 2]]


class Asks:
    def execute_from_model(self, tt: Any) -> Annotated[StructuredDataset, {"m": int}]:
        return named(1)


def test_the_columns_of_the_annotation_are_checked_too():
    store = Store()
    with pytest.raises(OutputsError, match=r"^outputs\.x\['s'\]: this column is missing$"):
        run(Datasets, store, x=TYPED)
    with pytest.raises(OutputsError) as caught:
        run(Asks, store, x=StructuredDataset)
    assert str(caught.value) == "outputs.x['m']: this column is missing"
    with pytest.raises(OutputsError) as caught:
        run(Asks, store, x=Annotated[StructuredDataset, {"m": str, "n": str}])
    assert str(caught.value) == "outputs.x['m']: this column is missing"
    assert store.put == {}


@LAZY
@pytest.mark.parametrize(
    "error", [FlyteRecoverableException("again"), ConnectionError("lost"), SystemExit(3), KeyboardInterrupt()]
)
@pytest.mark.parametrize("makes", [lambda error: raising(error), lambda error: stream(failing(error, numbers(1)))])
def test_what_a_table_raises_while_it_is_written_the_executor_raised(error, makes):
    store = Store()
    for declared in (StructuredDataset, Optional[StructuredDataset]):
        with pytest.raises(type(error)) as caught:
            run(lambda tt: {"x": makes(error), "y": 1}, store, x=declared, y=int)
        assert caught.value is error or type(error) is KeyboardInterrupt
        assert caught.value.__cause__ is None
    assert store.put == {}


def test_a_run_that_fails_leaves_nothing_in_the_store():
    store = Store()

    def work(tt: Any) -> Any:
        write_table(named(1))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        run(work, store, x=StructuredDataset)
    with pytest.raises(OutputsError, match=r"^outputs\.y: expected INTEGER, got None$"):
        run(lambda tt: {"x": named(1), "y": None}, store, x=StructuredDataset, y=int)
    assert store.put == {}


def test_a_local_prefix_has_a_copy(tmp_path):
    from shimlite.files import LocalFiles

    raw = tmp_path / "raw"
    value = run(lambda tt: named(1), LocalFiles(), str(raw), x=StructuredDataset)["x"]
    assert value.uri.startswith(f"{raw}/") and rows(value.uri) == [1]


def test_without_a_run_that_takes_it_elsewhere_a_table_stays():
    """The local context of ``dispatch_execute(None, …)`` is gone once it returns."""
    made = template(outputs={"x": StructuredDataset})
    for work in (lambda tt: write_table(named(1)), lambda tt: named(1)):
        literals = ExecutableTemplateShimTask(made, executor(work)).dispatch_execute(None, LiteralMap())
        gc.collect()
        assert rows(literals.literals["x"].scalar.structured_dataset.uri) == [1]


def test_outputs_by_name_are_written_without_a_run():
    variables = {name: Variable(type=to_literal_type(StructuredDataset)) for name in "ab"}
    literals = dict_to_literal_map({"a": named(1), "b": named(2)}, variables).literals
    assert [rows(literals[name].scalar.structured_dataset.uri) for name in "ab"] == [[1], [2]]


# ------------------------------------------------------------------------------------------------------- write_table


@pytest.mark.parametrize(
    ("declared", "reference"),
    [
        (None, StructuredDataset("", format="parquet")),
        (StructuredDataset, StructuredDataset("", format="parquet")),
        (TYPED, to_python_value(to_literal(StructuredDataset("", format="parquet"), TYPED), TYPED)),
        (to_literal_type(TYPED), to_python_value(to_literal(StructuredDataset("", format="parquet"), TYPED), TYPED)),
        (Variable(type=to_literal_type(FlyteSchema[COLUMNS])), FlyteSchema("", columns=tuple(COLUMNS.items()))),
        (Optional[FlyteSchema], FlyteSchema("")),
        (Annotated[StructuredDataset, HashMethod(str)], StructuredDataset("", format="parquet")),
        (
            LiteralType(structured_dataset_type={"external_schema_type": "arrow", "external_schema_bytes": b"x"}),
            StructuredDataset("", format="parquet", external_schema_type="arrow", external_schema_bytes=b"x"),
        ),
    ],
)
def test_write_table_returns_the_declared_reference(declared, reference):
    for value in (named(1, 2), stream(_batches(1, 2), _batches()[0].schema), iter([named(1), named(2)]), [named(1, 2)]):
        found = write_table(value, declared=declared)
        assert rows(found.uri) == [1, 2]
        assert _attributes(found) == _attributes(reference)


def _batches(*values: int) -> list[Any]:
    return table(n=(INTS, list(values)), s=(TEXT, ["x"] * len(values))).to_batches()


def _attributes(reference: Any) -> Any:
    return type(reference), attrs.asdict(attrs.evolve(reference, uri=""), recurse=False)


@pytest.mark.parametrize(
    ("value", "declared", "kind", "message"),
    [
        (named(1), str, UnsupportedTypeError, "str is not one table; declare the table that is written"),
        (named(1), BOTH, UnsupportedTypeError,
         "StructuredDataset | FlyteSchema is not one table; declare the table that is written"),
        (named(1), list[FlyteSchema], UnsupportedTypeError,
         "list[FlyteSchema] is not one table; declare the table that is written"),
        (named(1), LiteralType(simple="INTEGER"), UnsupportedTypeError,
         "int is not one table; declare the table that is written"),
        (named(1), set, UnsupportedTypeError, "set is not supported; use list[T]"),
        (5, None, ConversionTypeError, "expected a table or an iterable of batches, got int"),
        ("text", None, ConversionTypeError, "expected a table or an iterable of batches, got str"),
        ({"n": [1]}, None, ConversionTypeError, "expected a table or an iterable of batches, got dict of 1"),
        ([], None, ConversionValueError,
         "no batch says the columns of the table; give a batch without rows, or declare the columns"),
        ([5], None, ConversionTypeError, "[0]: expected a table or batch, got int; it must export Arrow"),
        ([None], None, ConversionTypeError, "[0]: expected a table or batch, got None; it must export Arrow"),
        ([table(n=(INTS, [1])).column("n")], None, ConversionTypeError,
         "[0]: expected a table, got ChunkedArray, a column of Int64; give the column a name in a table"),
        (named(1), LACKS, ConversionValueError, MISSING),
        (named(1), Annotated[StructuredDataset, "csv"], ConversionValueError,
         "expected StructuredDataset of format 'csv', got RecordBatchReader; a table is written as Parquet only"),
    ],
)  # fmt: skip
def test_write_table_refuses(value, declared, kind, message, tmp_path):
    assert refusal(kind, lambda: write_table(value, declared=declared)) == message
    assert written(tmp_path) == []


def test_a_table_that_lies_elsewhere_may_be_written(tmp_path):
    for cls in (StructuredDataset, FlyteSchema):
        assert rows(write_table(cls(write_table(named(1, 2)).uri)).uri) == [1, 2]
    content = pathlib.Path(write_table(named(*range(100))).uri, "00000")
    content.write_bytes(content.read_bytes().replace(content.read_bytes()[4:60], b"\xff" * 56))
    message = f"{str(content)!r} is a corrupt Parquet file"
    assert refusal(ConversionValueError, write_table, StructuredDataset(str(content))) == message
    message = "expected a table of format 'parquet', got format 'csv'; download() copies its files"
    assert refusal(ConversionValueError, write_table, StructuredDataset("x", format="csv")) == message


def test_no_batches_are_a_table_of_the_declared_columns():
    assert rows(write_table((), declared=FlyteSchema[COLUMNS]).uri) == []


@LAZY
def test_a_table_that_stops_an_iteration_is_not_the_last_one(tmp_path):
    with pytest.raises(RuntimeError, match="^generator raised StopIteration$"):
        write_table([named(1), raising(StopIteration())])
    assert written(tmp_path) == []


@LAZY
@pytest.mark.parametrize("error", [FlyteRecoverableException("no"), KeyError("k"), KeyboardInterrupt(), SystemExit(2)])
def test_write_table_raises_what_makes_the_table_raises(error, tmp_path):
    for value in (raising(error), stream(failing(error)), failing(error, numbers(1)), failing(error)):
        with pytest.raises(type(error)) as caught:
            write_table(value)
        assert caught.value is error or type(error) is KeyboardInterrupt
    assert written(tmp_path) == []


def test_write_table_writes_in_the_run_of_its_thread():
    """A thread that an executor starts has the context of the process, which in a pod is the run's."""
    found: list[Any] = []

    def work(tt: Any) -> Any:
        thread = threading.Thread(target=lambda: found.append(write_table(numbers(1))))
        thread.start()
        thread.join()
        return found[0]

    store = Store()
    assert run(work, store, x=StructuredDataset)["x"].uri in store.put
    assert rows(found[0].uri) == [1]


def test_a_run_whose_outputs_are_taken_elsewhere_writes_in_its_own_directory():
    places: list[str] = []

    def work(tt: Any) -> Any:
        table = write_table(numbers(1))
        places.append(os.path.relpath(table.uri, current_context().working_directory))
        return table

    run(work, Store(), x=StructuredDataset)
    assert places[0].startswith("output-")
