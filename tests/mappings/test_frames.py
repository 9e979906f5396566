# SPDX-License-Identifier: Apache-2.0
"""pandas.DataFrame, polars.DataFrame, polars.LazyFrame and pyarrow.Table as types, with stand-ins for the libraries.

``tests/interop/test_frames.py`` has the libraries themselves.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import sys
import types
import typing
from typing import Annotated, Any, NamedTuple, Optional, Union

import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    ExecutableTemplateShimTask,
    ExecutorError,
    FlyteAnnotation,
    FlyteFile,
    FlyteSchema,
    HashMethod,
    InputsError,
    MissingExtraError,
    StructuredDataset,
    UnsupportedTypeError,
    fidelity,
    guess_python_type,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralMap
from shimlite._types.nodes import python_type_of
from shimlite._types.parse import parse, spell
from shimlite.context import Context
from shimlite.errors import NotFoundError, UriError

from ..build import dispatched, template
from ..support import packed, refusal, struct

Table = Annotated[StructuredDataset, {"id": int, "name": str}, "parquet"]
COLUMNS = {"id": int, "name": str}


class Read(NamedTuple):
    """What a stand-in was asked for, in place of a frame's rows."""

    path: Any
    columns: Any
    options: Any = None


class Pandas:
    class DataFrame:
        def __init__(self, content: Any) -> None:
            self.content = content

        def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
            raise ValueError("its rows are secret")

    @classmethod
    def read_parquet(cls, path: Any, columns: Any) -> Any:
        return cls.DataFrame(Read(path, columns))


class Polars:
    class DataFrame:
        def __init__(self, content: Any) -> None:
            self.content = content

    class LazyFrame:
        def __init__(self, content: Any) -> None:
            self.content = content

        def select(self, columns: Any) -> Any:
            return Polars.LazyFrame(self.content._replace(columns=columns))

        def collect(self) -> Any:
            return Pandas.DataFrame(self.content)

    @classmethod
    def read_parquet(cls, source: Any, columns: Any, glob: Any) -> Any:
        return cls.DataFrame(Read(source, columns, {"glob": glob}))

    @classmethod
    def read_parquet_schema(cls, source: Any) -> Any:
        return {"id": None, "info": None, "a.b": None}

    @classmethod
    def scan_parquet(cls, source: Any, glob: Any) -> Any:
        return cls.LazyFrame(Read(source, None, {"glob": glob}))


class Pyarrow:
    class Table:
        def __init__(self, content: Any) -> None:
            self.content = content

    @classmethod
    def read_table(cls, path: Any, columns: Any) -> Any:
        return cls.Table(Read(path, columns))


STAND_INS: dict[str, Any] = {"pandas": Pandas, "polars": Polars, "pyarrow": Pyarrow, "pyarrow.parquet": Pyarrow}
Pandas.DataFrame.__module__, Polars.DataFrame.__module__ = "pandas", "polars.dataframe"
FRAMES = [Pandas.DataFrame, Polars.DataFrame, Polars.LazyFrame, Pyarrow.Table]
EAGER = [Pandas.DataFrame, Polars.DataFrame, Pyarrow.Table]
frames = pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.__qualname__)


@pytest.fixture(autouse=True)
def libraries(monkeypatch):
    for name, stand_in in STAND_INS.items():
        module = types.ModuleType(name)
        vars(module).update({one: getattr(stand_in, one) for one in dir(stand_in) if one[:1] != "_"})
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> str:
    for name in ("00000", "b/00001", "_SUCCESS", ".00000.crc"):
        (tmp_path / "t" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "t" / name).write_bytes(b"PAR1 PAR1" if name[-1].isdigit() else b"")
    return str(tmp_path / "t")


def as_read(frame: Any, folder: str, columns: list[str] | None = None) -> Any:
    """What a stand-in is to be asked for a folder."""
    if frame in (Pandas.DataFrame, Pyarrow.Table):
        return Read(folder, columns)
    return Read([f"{folder}/00000", f"{folder}/b/00001"], columns, {"glob": False})


def content(value: Any, frame: Any) -> Any:
    assert type(value) is frame
    return value.content


# ------------------------------------------------------------------------------------------------------------ the types


@frames
def test_the_literal_type_is_that_of_the_reference(frame):
    assert to_literal_type(frame) == to_literal_type(StructuredDataset)
    assert to_literal_type(frame).WhichOneof("type") == "structured_dataset_type"
    for words in (("csv",), (COLUMNS,), (COLUMNS, "parquet"), (FlyteAnnotation({"a": 1}),), (HashMethod(str),)):
        one, other = (Annotated[(cls, *words)] for cls in (frame, StructuredDataset))  # type: ignore[valid-type]
        assert to_literal_type(one) == to_literal_type(other)
    for around in (lambda one: list[one], lambda one: dict[str, one], lambda one: Optional[one], lambda one: int | one):
        assert to_literal_type(around(frame)) == to_literal_type(around(StructuredDataset))  # type: ignore[no-untyped-call]
    assert guess_python_type(to_literal_type(list[frame])) == list[StructuredDataset]


@frames
def test_it_is_spelled_and_parsed_as_itself(frame):
    for python_type in (frame, list[frame | None], Annotated[frame, COLUMNS, "parquet"]):
        assert parse(python_type_of(parse(python_type))) == parse(python_type)
    assert spell(parse(dict[str, frame])) == f"dict[str, {frame.__name__}]"
    assert parse(frame) == parse(frame) and hash(parse(frame)) == hash(parse(frame))
    assert len({parse(one) for one in (*FRAMES, StructuredDataset)}) == 5


def test_a_class_is_known_by_identity_and_not_by_its_name(monkeypatch):
    lookalike = type("DataFrame", (), {"__module__": "pandas"})
    derived = type("GeoDataFrame", (Pandas.DataFrame,), {})
    for cls in (lookalike, derived):
        message = f"{cls.__name__} is not supported; use StructuredDataset"
        assert refusal(UnsupportedTypeError, to_literal_type, cls) == message
    monkeypatch.setitem(sys.modules, "pandas", None)  # an import that is forbidden
    assert refusal(UnsupportedTypeError, to_literal_type, Pandas.DataFrame).startswith("DataFrame is not supported")


def test_a_library_that_loads_late_is_not_loaded(monkeypatch):
    class Late(types.ModuleType):
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(name)

    monkeypatch.setitem(sys.modules, "pandas", Late("pandas"))
    assert to_literal_type(Polars.DataFrame) == to_literal_type(StructuredDataset)


@frames
def test_it_is_refused_where_msgpack_would_hold_it(frame):
    reason = f"{frame.__name__} is not supported in a record, or in a dict whose keys are no str; use StructuredDataset"
    for held in (frame, Optional[frame], list[frame], dict[str, frame], Annotated[frame, COLUMNS]):
        record = dataclasses.make_dataclass("Rec", [("x", int), ("rows", held)])
        assert refusal(UnsupportedTypeError, to_literal_type, record) == f"Rec.rows: {reason}"
        assert refusal(UnsupportedTypeError, to_literal_type, list[record]) == f"Rec.rows: {reason}"
        assert refusal(UnsupportedTypeError, to_literal_type, dict[int, held]) == reason


# ------------------------------------------------------------------------------------------------------------- reading


@frames
@pytest.mark.parametrize("reference", [StructuredDataset, FlyteSchema])
def test_its_own_library_reads_the_files(frame, reference, folder):
    """Whatever of the two is declared, and whatever of the two literals is sent."""
    literal = to_literal(reference(folder), reference)
    assert content(to_python_value(literal, frame), frame) == as_read(frame, folder)
    for declared in (StructuredDataset, FlyteSchema):
        made = template({"rows": declared}, {})
        values = shimlite.literal_map_to_kwargs(
            LiteralMap(literals={"rows": literal}), made.interface.inputs, {"rows": frame}
        )
        assert content(values["rows"], frame) == as_read(frame, folder)


@frames
def test_one_file_is_read(frame, folder):
    path = f"{folder}/b/00001"
    read = content(to_python_value(to_literal(StructuredDataset(path), StructuredDataset), frame), frame)
    assert read.path in (path, [path])


@frames
def test_the_columns_are_those_of_the_type_else_those_of_the_literal(frame, folder):
    bare, told = StructuredDataset(folder), to_literal(StructuredDataset(folder), Table)
    few = Annotated[frame, {"name": str}]
    schema = to_literal(FlyteSchema(folder), FlyteSchema[{"id": int}])
    for literal, python_type, columns in (
        (to_literal(bare, StructuredDataset), few, ["name"]),
        (told, few, ["name"]),
        (told, frame, ["id", "name"]),
        (schema, frame, ["id"]),
    ):
        assert content(to_python_value(literal, python_type), frame) == as_read(frame, folder, columns)


@frames
def test_a_field_of_a_struct_is_read(frame, folder):
    """flytekit declares it as a column of this name. polars alone does not know it as such."""
    told = to_literal(StructuredDataset(folder), Annotated[StructuredDataset, {"info": {"a": int, "b": str}}])
    wanted = ["info.a", "info.b"] if frame in (Pandas.DataFrame, Pyarrow.Table) else ["info"]
    assert content(to_python_value(told, frame), frame) == as_read(frame, folder, wanted)
    told = to_literal(StructuredDataset(folder), Annotated[StructuredDataset, {"id": int, "a.b": int}])
    assert content(to_python_value(told, frame), frame) == as_read(frame, folder, ["id", "a.b"])


@frames
def test_a_declared_schema_drops_no_column_of_a_dataset(frame, folder):
    """One that no schema can have: the platform gives a dataset where a schema is declared."""
    told = Annotated[StructuredDataset, {"id": int, "tags": list[str]}]
    literals = LiteralMap(literals={"x": to_literal(StructuredDataset(folder), told)})
    variables = template({"x": FlyteSchema}).interface.inputs
    read = shimlite.literal_map_to_kwargs(literals, variables, {"x": frame})["x"]
    assert content(read, frame) == as_read(frame, folder, ["id", "tags"])


@frames
def test_it_is_read_in_lists_dicts_and_unions(frame, folder):
    table, read = StructuredDataset(folder), as_read(frame, folder)
    (one,) = to_python_value(to_literal([table], list[StructuredDataset]), list[frame])
    assert content(one, frame) == read
    values = to_python_value(to_literal({"a": table}, dict[str, StructuredDataset]), dict[str, frame])
    assert list(values) == ["a"] and content(values["a"], frame) == read
    for reference in (StructuredDataset, FlyteSchema):
        for written, wanted in ((Optional[reference], Optional[frame]), (int | reference, frame | int)):
            literal = to_literal(reference(folder), written)
            assert (
                content(
                    shimlite.literal_map_to_kwargs(
                        LiteralMap(literals={"x": literal}), template({"x": written}).interface.inputs, {"x": wanted}
                    )["x"],
                    frame,
                )
                == read
            )
    assert to_python_value(to_literal(None, Optional[StructuredDataset]), Optional[frame]) is None
    assert to_python_value(to_literal(5, int | StructuredDataset), int | frame) == 5
    bare = to_literal(table, StructuredDataset)
    assert content(to_python_value(bare, Optional[frame]), frame) == read


@frames
def test_it_is_read_where_attribute_access_gives_the_field_of_a_record(frame, folder):
    for literal in (packed({"uri": folder, "file_format": "parquet"}), struct({"uri": folder})):
        assert content(to_python_value(literal, frame), frame) == as_read(frame, folder)
    (one,) = to_python_value(packed([{"uri": folder}]), list[frame])
    assert content(one, frame) == as_read(frame, folder)
    assert content(to_python_value(packed({"uri": folder}), Optional[frame]), frame) == as_read(frame, folder)


def test_an_executor_gets_it_by_its_annotation(folder):
    class Executor:
        def execute_from_model(
            self,
            tt: Any,
            *,
            rows: Pandas.DataFrame,
            few: Annotated[Pyarrow.Table, {"id": int}],
            no: Optional[Polars.DataFrame],
        ) -> str:
            return repr([rows.content.columns, few.content.columns, no])

    made = template({"rows": FlyteSchema, "few": StructuredDataset, "no": Optional[StructuredDataset]}, {"o0": str})
    inputs = {"rows": FlyteSchema(folder), "few": StructuredDataset(folder), "no": None}
    assert dispatched(Executor, made, inputs).literals["o0"] == to_literal("[None, ['id'], None]", str)


def test_a_lazy_frame_that_no_annotation_tells_is_refused_with_what_to_do():
    lazy = Polars.LazyFrame(None)
    for cls in (StructuredDataset, FlyteSchema):
        message = f"expected {cls.__name__}, got LazyFrame; annotate what is returned as LazyFrame"
        assert refusal(ConversionTypeError, to_literal, lazy, cls) == message
    assert refusal(ConversionTypeError, to_literal, lazy, FlyteFile) == "expected FlyteFile, got LazyFrame"


def test_what_an_author_declares_is_refused_where_it_does_not_fit():
    class Executor:
        def execute_from_model(self, tt: Any, rows: Pandas.DataFrame) -> None: ...

    message = "inputs.rows: annotated DataFrame, but declared int; DataFrame does not fit INTEGER"
    made = template({"rows": int}, {})
    assert refusal(ExecutorError, dispatched, Executor, made, {"rows": 5}) == message


# -------------------------------------------------------------------------------------------------- what is not read


def reading(frame: Any, uri: str, **said: Any) -> Any:
    return to_python_value(to_literal(StructuredDataset(uri, **said), StructuredDataset), frame)


@frames
def test_another_format_is_refused(frame, folder):
    message = "expected a table of format 'parquet', got format 'csv'; download() copies its files"
    assert refusal(ConversionValueError, lambda: reading(frame, folder, format="csv")) == message
    message = f"{frame.__name__} travels as Parquet, and 'csv' is declared; use StructuredDataset"
    csv = to_literal_type(Annotated[StructuredDataset, "csv"])
    variables = {"x": shimlite.idl.Variable(type=csv)}
    literals = LiteralMap(literals={"x": to_literal(StructuredDataset(folder), csv)})
    call = shimlite.literal_map_to_kwargs
    assert refusal(UnsupportedTypeError, call, literals, variables, {"x": frame}) == f"x: {message}"
    named = f"{frame.__name__}['csv'] travels as Parquet, and 'csv' is declared; use StructuredDataset"
    assert refusal(UnsupportedTypeError, to_literal, None, Annotated[frame, "csv"]) == named


@frames
def test_what_is_no_table_is_refused_before_the_library_is_asked(frame, folder):
    (pathlib.Path(folder) / "c").write_text("id,name\n")
    message = f"{folder + '/c'!r} is no Parquet file"
    assert refusal(ConversionValueError, lambda: reading(frame, folder)) == message
    assert refusal(UriError, lambda: reading(frame, "")) == "'' is neither a path nor a URI"
    message = f"cannot read {folder + '/no'!r}: No such file or directory"
    assert refusal(NotFoundError, lambda: reading(frame, f"{folder}/no")) == message


def test_polars_is_given_no_partitions_since_their_column_would_be_lost(folder):
    os.rename(f"{folder}/b", f"{folder}/day=1")
    message = (
        f"{folder!r} is partitioned: the names of its folders hold a column, as 'day=1' does; "
        "annotate pandas.DataFrame or pyarrow.Table, which know it"
    )
    for frame in (Polars.DataFrame, Polars.LazyFrame):
        assert refusal(ConversionValueError, lambda frame=frame: reading(frame, folder)) == message
    for frame in (Pandas.DataFrame, Pyarrow.Table):
        assert content(reading(frame, folder), frame) == Read(folder, None)


READERS = {Pandas.DataFrame: "read_parquet", Polars.DataFrame: "read_parquet", Pyarrow.Table: "read_table"}


def breaking(monkeypatch: Any, frame: Any, error: BaseException) -> str:
    """Make a library raise; returns its name."""
    library = frame.__qualname__.partition(".")[0].lower()
    module = sys.modules["pyarrow.parquet" if library == "pyarrow" else library]

    def raising(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(module, READERS[frame], raising)
    return str(library)


@pytest.mark.parametrize("frame", EAGER, ids=lambda frame: frame.__qualname__)
def test_what_a_library_raises_is_one_line_without_its_words(frame, folder, monkeypatch):
    class PanicException(BaseException):
        pass

    for error in (ValueError("secret"), PanicException("secret")):
        library = breaking(monkeypatch, frame, error)
        message = f"{library} cannot read {folder!r} ({type(error).__name__})"
        assert refusal(ConversionValueError, lambda: reading(frame, folder)) == message
        message = f"{library} cannot read the columns 'id', 'name' of {folder!r} ({type(error).__name__})"
        told = to_literal(StructuredDataset(folder), Table)
        assert refusal(ConversionValueError, to_python_value, told, frame) == message
    breaking(monkeypatch, frame, ImportError("secret"))
    message = f"{library} lacks what it needs to read Parquet; pip install pyarrow"
    assert refusal(MissingExtraError, lambda: reading(frame, folder)) == message
    for stopping in (MemoryError(), KeyboardInterrupt()):
        breaking(monkeypatch, frame, stopping)
        with pytest.raises(type(stopping)):
            reading(frame, folder)


def test_the_query_of_a_signed_uri_is_not_shown(tmp_path, monkeypatch):
    class Store:
        def get_data(self, uri: str, path: str) -> None:
            pathlib.Path(path).write_bytes(b"PAR1 PAR1")

        def put_data(self, path: str, uri: str) -> str:
            raise AssertionError

    class Executor:
        def execute_from_model(self, tt: Any, rows: Pandas.DataFrame) -> None: ...

    breaking(monkeypatch, Pandas.DataFrame, ValueError("secret"))
    task = ExecutableTemplateShimTask(template({"rows": StructuredDataset}), Executor)
    inputs = LiteralMap(literals={"rows": to_literal(StructuredDataset("https://h/t?secret"), StructuredDataset)})
    context = Context(working_directory=str(tmp_path), file_access=Store())
    message = "inputs.rows: pandas cannot read 'https://h/t' (ValueError)"
    assert refusal(InputsError, task.dispatch_execute, context, inputs) == message


def test_what_may_be_there_at_another_attempt_is_told_apart(tmp_path):
    """The class of the error decides whether the platform tries again."""

    class Executor:
        def execute_from_model(self, tt: Any, rows: Pandas.DataFrame) -> None: ...

    path = str(tmp_path / "no")
    task = ExecutableTemplateShimTask(template({"rows": StructuredDataset}), Executor)
    inputs = LiteralMap(literals={"rows": to_literal(StructuredDataset(path), StructuredDataset)})
    message = f"inputs.rows: cannot read {path!r}: No such file or directory"
    assert refusal(NotFoundError, task.dispatch_execute, None, inputs) == message


@frames
def test_two_classes_for_one_table_are_refused_before_there_is_data(frame):
    """Where each of them would read it; FlyteSchema is another declaration."""
    other = Pyarrow.Table if frame is not Pyarrow.Table else Pandas.DataFrame
    dataset, schema = to_literal_type(StructuredDataset), to_literal_type(FlyteSchema)
    for union, declared in (
        (Union[frame, StructuredDataset], [dataset, to_literal_type(Optional[StructuredDataset])]),
        (Union[frame, other], [dataset, schema, to_literal_type(Optional[FlyteSchema])]),
        (Union[frame, FlyteSchema], [schema]),
        (Union[list[frame], list[other]], [to_literal_type(Optional[list[StructuredDataset]])]),
    ):
        message = f"x: {spell(union)} is ambiguous; a table fits several of its members"
        for literal_type in declared:
            variables, literals = (
                {"x": shimlite.idl.Variable(type=literal_type)},
                LiteralMap(literals={"x": shimlite.idl.Literal()}),
            )
            call = shimlite.literal_map_to_kwargs
            assert refusal(UnsupportedTypeError, call, literals, variables, {"x": union}) == message
    message = f"{frame.__name__} | StructuredDataset is ambiguous; two members have the same LiteralType"
    assert refusal(UnsupportedTypeError, to_literal_type, frame | StructuredDataset) == message


def test_a_dataframe_beside_a_schema_is_none_of_it(folder):
    union = Union[Pandas.DataFrame, FlyteSchema]
    assert to_literal_type(union) == to_literal_type(Union[StructuredDataset, FlyteSchema])
    read = to_python_value(to_literal(StructuredDataset(folder), Union[StructuredDataset, FlyteSchema]), union)
    assert content(read, Pandas.DataFrame) == Read(folder, None)
    schema = FlyteSchema(folder)
    assert to_python_value(to_literal(schema, Union[StructuredDataset, FlyteSchema]), union) == schema


# ------------------------------------------------------------------------------------------------------------- outputs


@frames
def test_an_output_is_of_the_annotated_class(frame):
    other = Pyarrow.Table if frame is not Pyarrow.Table else Pandas.DataFrame
    name = frame.__name__
    for value in (5, None, StructuredDataset("s3://b/t"), other(())):
        message = f"expected {name}, got {type(value).__name__}".replace("NoneType", "None")
        assert refusal(ConversionTypeError, to_literal, value, frame) == message
        assert refusal(ConversionTypeError, shimlite.engine.to_plain, value, frame) == message
    assert to_literal(None, Optional[frame]) == to_literal(None, Optional[StructuredDataset])


def test_a_library_that_is_too_old_to_export_arrow_is_named():
    for value, library in ((Polars.DataFrame(()), "polars"), (Pyarrow.Table(()), "pyarrow")):
        message = f"this {library} exports no Arrow; pip install --upgrade {library}"
        assert refusal(ConversionTypeError, to_literal, value, type(value)) == message


def test_two_classes_of_one_name_are_told_apart():
    assert refusal(ConversionTypeError, to_literal, Polars.DataFrame(()), Pandas.DataFrame) == (
        "expected pandas.DataFrame, got polars.dataframe.DataFrame; another class of that name"
    )


def test_a_literal_that_an_executor_returns_is_not_read():
    """It would be read and written again for nothing, and need not be Parquet."""
    csv = to_literal(StructuredDataset("s3://b/t", format="csv"), StructuredDataset)
    literals = LiteralMap(literals={"t": csv, "n": to_literal(5, int)})

    class Executor:
        def execute_from_model(self, tt: Any) -> typing.TypedDict("Outputs", {"t": Pandas.DataFrame, "n": int}):  # type: ignore[valid-type]
            return literals

    assert dispatched(Executor, template({}, {"t": StructuredDataset, "n": int})) == literals


# ------------------------------------------------------------------------------------------------------------ fidelity


def lost(*what: str, path: str = "") -> list[tuple[str, str, str, Any]]:
    return [(path, one, "a table travels as Parquet", None) for one in what]


@frames
def test_what_is_lost(frame):
    kept, cls = "what Parquet does not keep", f"its class {frame.__name__}"
    assert list(fidelity(frame, frame).losses) == lost(kept)
    assert list(fidelity(frame).losses) == lost(kept, cls)
    assert fidelity(frame).decoded_as is StructuredDataset
    assert list(fidelity(frame, Optional[frame]).losses) == lost(kept)
    assert list(fidelity(dict[str, list[frame]]).losses) == lost(kept, cls, path="[key][i]")
    union = Union[frame, int, None]
    assert list(fidelity(union, union).losses) == lost(kept, path=f"<{frame.__name__}>")
    assert list(fidelity(union).losses) == lost(kept, cls, path=f"<{frame.__name__}>")
    other = Pyarrow.Table if frame is not Pyarrow.Table else Pandas.DataFrame
    assert list(fidelity(frame, other).losses) == lost(kept, cls)


def test_not_every_table_can_be_read_as_a_dataframe():
    message = "not every StructuredDataset can be read as DataFrame"
    assert refusal(UnsupportedTypeError, fidelity, StructuredDataset, Pandas.DataFrame) == message
    message = "FlyteSchema does not fit structured_dataset_type"
    assert refusal(UnsupportedTypeError, fidelity, Pandas.DataFrame, FlyteSchema) == message
    message = "Table does not fit INTEGER"
    assert refusal(UnsupportedTypeError, fidelity, int, Pyarrow.Table) == message
