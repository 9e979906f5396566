# SPDX-License-Identifier: Apache-2.0
"""FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema and FlyteError: all that their messages hold."""
# ruff: noqa: F821 - the old spellings are types that users write

import datetime as dt
from dataclasses import dataclass, make_dataclass, replace
from typing import Annotated, Any, Optional, Union

import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    idl,
)
from shimlite._types.references import column_types
from shimlite.idl import Variable
from shimlite.values import Columns, Format

from ..support import (
    Literal,
    LiteralType,
    collection,
    packed,
    primitive,
    refusal,
    round_trip,
    scalar,
    schema_of,
    shape,
    simple,
    struct,
    unpacked,
)

MULTIPART = idl.BlobType.MULTIPART
ALL = [FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError]


def blob_type(file_format: str = "", dimensionality: int = 0) -> LiteralType:
    return LiteralType(blob={"format": file_format, "dimensionality": dimensionality})


def blob(uri: str, file_format: str = "", dimensionality: int = 0, **metadata: str) -> Literal:
    kind = {"format": file_format, "dimensionality": dimensionality}
    literal = scalar(blob={"uri": uri, "metadata": {"type": kind}})
    literal.metadata.update(metadata)
    return literal


def dataset_type(**fields: Any) -> LiteralType:
    return LiteralType(structured_dataset_type=idl.StructuredDatasetType(**fields))


def dataset(uri: str, **fields: Any) -> Literal:
    kind = idl.StructuredDatasetType(**fields)
    return scalar(structured_dataset={"uri": uri, "metadata": {"structured_dataset_type": kind}})


def schema_type(**columns: str) -> LiteralType:
    return LiteralType(schema=idl.SchemaType(columns=schema_columns(columns)))


def schema(uri: str, **columns: str) -> Literal:
    return scalar(schema={"uri": uri, "type": idl.SchemaType(columns=schema_columns(columns))})


def schema_columns(columns: dict[str, str]) -> list[idl.SchemaType.SchemaColumn]:
    column = idl.SchemaType.SchemaColumn
    return [column(name=name, type=column.SchemaColumnType.Value(kind)) for name, kind in columns.items()]


def dataset_columns(**columns: LiteralType) -> list[idl.StructuredDatasetType.DatasetColumn]:
    column = idl.StructuredDatasetType.DatasetColumn
    return [column(name=name, literal_type=kind) for name, kind in columns.items()]


SIX = {"i": int, "f": float, "s": str, "b": bool, "d": dt.datetime, "t": dt.timedelta}
SIX_NAMES = {"i": "INTEGER", "f": "FLOAT", "s": "STRING", "b": "BOOLEAN", "d": "DATETIME", "t": "DURATION"}
TABLE = Annotated[StructuredDataset, {"id": int, "tags": list[str]}, "parquet"]
GUESSED_TABLE = Annotated[StructuredDataset, Format("parquet"), Columns((("id", int), ("tags", list[str])))]
TABLE_COLUMNS = dataset_columns(id=simple("INTEGER"), tags=LiteralType(collection_type=simple("STRING")))

TYPES = [
    (FlyteFile, blob_type(), FlyteFile),
    (FlyteFile["csv"], blob_type("csv"), FlyteFile["csv"]),
    (FlyteDirectory, blob_type("", MULTIPART), FlyteDirectory),
    (FlyteDirectory["csv"], blob_type("csv", MULTIPART), FlyteDirectory["csv"]),
    (StructuredDataset, dataset_type(), StructuredDataset),
    (Annotated[StructuredDataset, "csv"], dataset_type(format="csv"), Annotated[StructuredDataset, Format("csv")]),
    (TABLE, dataset_type(format="parquet", columns=TABLE_COLUMNS), GUESSED_TABLE),
    (FlyteSchema, schema_type(), FlyteSchema),
    (FlyteSchema[SIX], schema_type(**SIX_NAMES), FlyteSchema[SIX]),
    (FlyteError, simple("ERROR"), FlyteError),
]


@pytest.mark.parametrize(("python_type", "literal_type", "guess"), TYPES)
def test_the_literal_type_and_the_guess(python_type, literal_type, guess):
    made = shimlite.to_literal_type(python_type)
    assert made == literal_type and made.WhichOneof("type") == literal_type.WhichOneof("type")
    assert shimlite.guess_python_type(literal_type) == guess


@pytest.mark.parametrize("around", [lambda one: one, lambda one: LiteralType(collection_type=one)])
def test_a_blob_of_an_unknown_dimensionality_is_neither_file_nor_directory(around):
    literal_type, message = around(blob_type("csv", 7)), "the LiteralType blob is not known to this shimlite"
    for call, *arguments in (
        (shimlite.guess_python_type,),
        (lambda one: shimlite.to_literal(FlyteFile("a"), one),),
        (lambda one: shimlite.to_python_value(Literal(), one),),
    ):
        assert refusal(UnsupportedTypeError, call, *arguments, literal_type) == message


def test_a_pickle_stays_a_file():
    literal_type = blob_type("PythonPickle")
    assert shimlite.guess_python_type(literal_type) == FlyteFile["PythonPickle"]
    assert shimlite.to_python_value(blob("s3://b/p", "PythonPickle"), literal_type) == (
        FlyteFile("s3://b/p", format="PythonPickle")
    )


OF_SIX = "use int, float, str, bool, datetime or timedelta"


@pytest.mark.parametrize(
    ("python_type", "message"),
    [
        (Annotated[StructuredDataset, {"a": set}], "column 'a': set is not supported; use list[T]"),
        (FlyteSchema[{"a": bytes}], f"column 'a' of a schema cannot be bytes; {OF_SIX}"),
        (FlyteSchema[{"a": list[int]}], f"column 'a' of a schema cannot be list[int]; {OF_SIX}"),
    ],
)
def test_a_column_outside_the_set_is_refused(python_type, message):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == message


LITERALS = [
    (FlyteFile("s3://b/f"), FlyteFile, blob("s3://b/f")),
    (FlyteFile("s3://b/f", format="csv"), FlyteFile, blob("s3://b/f", "csv")),
    (FlyteFile("s3://b/f", format="csv", metadata={"k": "v"}), FlyteFile["csv"], blob("s3://b/f", "csv", k="v")),
    (FlyteFile(""), FlyteFile, blob("")),
    (FlyteDirectory("s3://b/d", format="csv"), FlyteDirectory, blob("s3://b/d", "csv", MULTIPART)),
    (StructuredDataset("s3://b/t"), StructuredDataset, dataset("s3://b/t")),
    (
        StructuredDataset(
            "s3://b/t",
            format="parquet",
            columns=(("id", simple("INTEGER")),),
            external_schema_type="arrow",
            external_schema_bytes=b"\x00",
        ),
        StructuredDataset,
        dataset(
            "s3://b/t",
            format="parquet",
            columns=dataset_columns(id=simple("INTEGER")),
            external_schema_type="arrow",
            external_schema_bytes=b"\x00",
        ),
    ),
    (FlyteSchema("s3://b/s"), FlyteSchema, schema("s3://b/s")),
    (FlyteSchema("s3://b/s", columns=tuple(SIX.items())), FlyteSchema[SIX], schema("s3://b/s", **SIX_NAMES)),
    (FlyteError("m", failed_node_id="n0"), FlyteError, scalar(error={"message": "m", "failed_node_id": "n0"})),
    (FlyteError(""), FlyteError, scalar(error={})),
]


@pytest.mark.parametrize(("value", "python_type", "literal"), LITERALS)
def test_the_literal_and_back(value, python_type, literal):
    written = shimlite.to_literal(value, python_type)
    assert written == literal
    assert written.scalar.WhichOneof("value") == literal.scalar.WhichOneof("value")
    for read_as in (python_type, shimlite.to_literal_type(python_type)):
        assert shape(shimlite.to_python_value(literal, read_as)) == shape(value)


def test_what_the_value_does_not_say_the_declared_type_does():
    assert shimlite.to_literal(FlyteFile("u"), FlyteFile["csv"]) == blob("u", "csv")
    assert shimlite.to_literal(FlyteDirectory("u"), FlyteDirectory["csv"]) == blob("u", "csv", MULTIPART)
    assert shimlite.to_literal(StructuredDataset("u"), TABLE) == (dataset("u", format="parquet", columns=TABLE_COLUMNS))
    assert shimlite.to_literal(FlyteSchema("u"), FlyteSchema[{"i": int}]) == schema("u", i="INTEGER")
    external = dataset_type(external_schema_type="arrow", external_schema_bytes=b"x")
    assert shimlite.to_literal(StructuredDataset("u"), external) == (
        dataset("u", external_schema_type="arrow", external_schema_bytes=b"x")
    )


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        (FlyteFile("u", format="csv"), FlyteFile["txt"], "expected FlyteFile of format 'txt', got format 'csv'"),
        (
            StructuredDataset("u", format="csv"),
            TABLE,
            "expected StructuredDataset of format 'parquet', got format 'csv'",
        ),
    ],
)
def test_another_format_than_the_declared_one_is_refused(value, python_type, message):
    assert refusal(ConversionValueError, shimlite.to_literal, value, python_type) == message


def test_formats_are_not_compared_when_reading():
    assert shimlite.to_python_value(blob("u", "csv"), FlyteFile["txt"]) == FlyteFile("u", format="csv")


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("value", [None, 5, ["s3://b/f"]])
def test_another_class_is_refused(cls, value):
    got = {list: "list of 1", int: "int"}.get(type(value), "None")
    message = f"expected {cls.__name__}, got {got}"
    assert refusal(ConversionTypeError, shimlite.to_literal, value, cls) == message
    assert refusal(ConversionTypeError, shimlite.to_literal, {1: value}, dict[int, cls]) == f"[1]: {message}"


@pytest.mark.parametrize("cls", ALL)
def test_where_a_template_says_struct_only_no_reference_is_taken_for_a_record(cls):
    message = f"expected dict, got {cls.__name__}"
    assert refusal(ConversionTypeError, shimlite.to_literal, cls("s3://b/f"), simple("STRUCT")) == message


@pytest.mark.parametrize("cls", [FlyteFile, FlyteDirectory])
def test_a_bare_location_is_refused_with_a_hint(cls):
    name = cls.__name__
    message = f"expected {name}, got str; wrap the location: {name}(uri)"
    assert refusal(ConversionTypeError, shimlite.to_literal, "s3://b/f", cls) == message


def test_a_file_is_no_directory():
    assert refusal(ConversionTypeError, shimlite.to_literal, FlyteFile("u"), FlyteDirectory) == (
        "expected FlyteDirectory, got FlyteFile"
    )
    assert refusal(ConversionTypeError, shimlite.to_python_value, blob("u"), FlyteDirectory) == (
        "expected FlyteDirectory, got a blob of the other dimensionality; Flyte lets a file for a directory through"
    )
    assert refusal(ConversionTypeError, shimlite.to_python_value, blob("u", "", MULTIPART), FlyteFile) == (
        "expected FlyteFile, got a blob of the other dimensionality; Flyte lets a directory for a file through"
    )


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize(
    ("literal", "got"),
    [
        (Literal(), "nothing"),
        (primitive(string_value="s3://b/f"), "string_value"),
        (scalar(none_type={}), "none_type"),
        (collection(), "collection"),
        (packed("s3://b/f"), "str"),
        (packed([1]), "list of 1"),
    ],
)
def test_another_literal_is_refused(cls, literal, got):
    hint = ""
    if cls is StructuredDataset and got == "none_type":
        hint = "; Flyte lets None for a structured dataset through"
    message = f"expected {cls.__name__}, got {got}{hint}"
    assert refusal(ConversionTypeError, shimlite.to_python_value, literal, cls) == message


WRONG_ATTRIBUTES = [
    (FlyteFile("u", metadata={"k": 5}), "FlyteFile"),
    (FlyteFile("u", metadata=5), "FlyteFile"),
    (StructuredDataset("u", columns=(("a", 5),)), "StructuredDataset"),
    (StructuredDataset("u", columns=5), "StructuredDataset"),
    (StructuredDataset("u", external_schema_bytes=5), "StructuredDataset"),
    (FlyteSchema("u", columns=((5, int),)), "FlyteSchema"),
    (FlyteSchema("u", columns=5), "FlyteSchema"),
]


@pytest.mark.parametrize(("value", "name"), WRONG_ATTRIBUTES)
def test_an_attribute_of_another_class_is_refused(value, name):
    message = refusal(ConversionTypeError, shimlite.to_literal, value, type(value))
    assert message == f"expected {name}, got TypeError in an attribute"


@pytest.mark.parametrize(
    "value", [FlyteFile("\ud800"), FlyteDirectory("\ud800"), StructuredDataset("\ud800"), FlyteSchema("\ud800"),
              FlyteError("\ud800"), FlyteError("m", failed_node_id="\ud800")]
)  # fmt: skip
def test_a_lone_surrogate_is_refused(value):
    assert refusal(ConversionValueError, shimlite.to_literal, value, type(value)) == (
        "expected STRING, got str with a lone surrogate"
    )


@pytest.mark.parametrize("value", [FlyteFile("u", format="\ud800"), FlyteFile("u", metadata={"k": "\ud800"})])
def test_a_lone_surrogate_elsewhere_is_refused(value):
    with pytest.raises(shimlite.ConversionError):
        shimlite.to_literal(value, FlyteFile)


@pytest.mark.parametrize("column", [set, "s3cr3t", 5])
def test_a_column_of_a_value_that_is_no_column_type_is_the_values_fault(column):
    with pytest.raises(shimlite.ConversionError) as caught:
        shimlite.to_literal(FlyteSchema("u", columns=(("a", column),)), FlyteSchema)
    assert "s3cr3t" not in str(caught.value)


def test_the_columns_of_a_dataset_count_where_a_literal_nests():
    deepest, value = Annotated[StructuredDataset, {"id": int}], StructuredDataset("s3://b/t")
    for _ in range(46):
        deepest, value = list[deepest], [value]
    literals = idl.LiteralMap(literals={"x": shimlite.to_literal(value, deepest)})
    assert idl.LiteralMap.FromString(literals.SerializeToString()) == literals
    message = "nested too deeply: its literals need more than 100 messages"
    assert refusal(UnsupportedTypeError, shimlite.to_literal, [value], list[deepest]) == message


def test_a_schema_and_a_dataset_are_read_as_each_other():
    assert shape(shimlite.to_python_value(schema("u", **SIX_NAMES), StructuredDataset)) == shape(
        StructuredDataset("u", columns=tuple((name, simple(kind)) for name, kind in SIX_NAMES.items()))
    )
    columns = dataset_columns(i=simple("INTEGER"), tags=LiteralType(collection_type=simple("STRING")))
    assert shimlite.to_python_value(dataset("u", format="csv", columns=columns), FlyteSchema) == (
        FlyteSchema("u", columns=(("i", int),))
    )


def test_a_column_of_a_type_that_flyteidl_does_not_name_is_refused():
    literal = schema("u", i="INTEGER")
    literal.scalar.schema.type.columns[0].type = 99
    assert refusal(ConversionValueError, shimlite.to_python_value, literal, FlyteSchema) == (
        "a column of the schema is of unknown type"
    )
    literal_type = LiteralType(schema=literal.scalar.schema.type)
    assert shimlite.guess_python_type(literal_type) == FlyteSchema  # whose type says no columns then


def decoded_as(literal: Literal, literal_type: LiteralType, python_type: Any) -> Any:
    literal_map = idl.LiteralMap(literals={"x": literal})
    return shimlite.literal_map_to_kwargs(literal_map, {"x": Variable(type=literal_type)}, {"x": python_type})["x"]


@pytest.mark.parametrize(
    ("literal_type", "python_type"),
    [(blob_type("csv"), FlyteFile), (blob_type(), FlyteFile["csv"]), (blob_type("csv"), FlyteFile["csv"])],
)
def test_a_format_refines_the_interface(literal_type, python_type):
    assert decoded_as(blob("u"), literal_type, python_type) == FlyteFile("u")


@pytest.mark.parametrize(
    ("literal_type", "python_type", "message"),
    [
        (blob_type("csv"), FlyteFile["txt"], "x: FlyteFile['txt'] does not fit blob"),
        (blob_type(), FlyteDirectory, "x: FlyteDirectory does not fit blob"),
        (simple("STRING"), FlyteFile, "x: FlyteFile does not fit STRING"),
        (schema_type(), StructuredDataset, "x: StructuredDataset does not fit schema"),
        (dataset_type(), FlyteSchema, "x: FlyteSchema does not fit structured_dataset_type"),
        (simple("NONE"), FlyteError, "x: FlyteError does not fit NONE"),
    ],
)
def test_a_type_that_does_not_fit_is_refused(literal_type, python_type, message):
    assert refusal(UnsupportedTypeError, decoded_as, blob("u"), literal_type, python_type) == message


@pytest.mark.parametrize(
    ("literal_type", "columns"),
    [
        (schema_type(**SIX_NAMES), SIX),
        (schema_type(), {}),
        (dataset_type(columns=TABLE_COLUMNS), {"id": int}),
        (dataset_type(), {}),
    ],
)
def test_the_declared_columns_of_a_tables_type(literal_type, columns):
    assert column_types(literal_type) == columns


@dataclass
class Held:
    file: FlyteFile
    folder: FlyteDirectory
    table: StructuredDataset
    schema: FlyteSchema
    error: FlyteError
    maybe: Optional[FlyteFile] = None


HELD = Held(
    FlyteFile("f", metadata={"k": "v"}),
    FlyteDirectory("d"),
    StructuredDataset("t"),
    FlyteSchema("s"),
    FlyteError("m", failed_node_id="n"),
)


def test_in_a_record_a_reference_is_a_map_in_flytekits_spelling():
    assert unpacked(shimlite.to_literal(HELD, Held)) == {
        "file": {"path": "f", "metadata": {"k": "v"}},
        "folder": {"path": "d"},
        "table": {"uri": "t", "file_format": ""},
        "schema": {"remote_path": "s"},
        "error": {"message": "m", "failed_node_id": "n"},
        "maybe": None,
    }
    assert shape(round_trip(HELD, Held)) == shape(HELD)


SAYING_MORE = Held(
    FlyteFile("f", format="csv", metadata={"k": "v"}, hash="é"),
    FlyteDirectory("d", format="parts", hash="h"),
    StructuredDataset("t", format="csv", hash="h"),
    FlyteSchema("s"),
    FlyteError("m"),
    FlyteFile("f", hash="h"),
)


def test_what_only_flyte_2_has_a_key_for_is_written_where_there_is_something_to_say():
    """``format`` of a dataset too: Flyte 2's SDK does not know flytekit's ``file_format``."""
    assert unpacked(shimlite.to_literal(SAYING_MORE, Held)) == {
        "file": {"path": "f", "metadata": {"k": "v"}, "format": "csv", "hash": "é"},
        "folder": {"path": "d", "format": "parts", "hash": "h"},
        "table": {"uri": "t", "file_format": "csv", "format": "csv", "hash": "h"},
        "schema": {"remote_path": "s"},
        "error": {"message": "m", "failed_node_id": ""},
        "maybe": {"path": "f", "hash": "h"},
    }
    assert shape(round_trip(SAYING_MORE, Held)) == shape(SAYING_MORE)


def test_a_format_that_the_type_says_is_not_written():
    record = make_dataclass("Typed", [("x", FlyteFile["csv"]), ("y", FlyteDirectory["csv"])])
    value = record(FlyteFile("f", format="csv", hash="h"), FlyteDirectory("d"))
    assert unpacked(shimlite.to_literal(value, record)) == {"x": {"path": "f", "hash": "h"}, "y": {"path": "d"}}
    back = round_trip(value, record)
    assert shape(back) == shape(record(value.x, FlyteDirectory("d", format="csv")))


def test_a_reference_that_says_what_is_no_text_is_refused():
    for key in ("format", "hash"):
        for python_type, location in ((FlyteFile, "path"), (FlyteDirectory, "path"), (StructuredDataset, "uri")):
            error = refusal(ConversionTypeError, shimlite.to_python_value, packed({location: "u", key: 5}), python_type)
            assert error == "expected STRING, got int"
    error = refusal(ConversionValueError, shimlite.to_literal, replace(HELD, file=FlyteFile("f", hash="\ud800")), Held)
    assert error == ".file: expected STRING, got str with a lone surrogate"


@pytest.mark.parametrize(
    ("literal", "python_type", "value"),
    [
        (packed({"path": "u"}), FlyteFile, FlyteFile("u")),
        (packed({"path": "u", "metadata": None}), FlyteFile, FlyteFile("u")),
        (struct({"path": "u", "metadata": {"k": "v"}}), FlyteFile, FlyteFile("u", metadata={"k": "v"})),
        (struct({"path": "u"}), FlyteDirectory, FlyteDirectory("u")),
        (struct({"uri": "u", "file_format": "csv"}), StructuredDataset, StructuredDataset("u", format="csv")),
        (packed({"uri": "u", "format": "csv"}), StructuredDataset, StructuredDataset("u", format="csv")),
        (
            packed({"uri": "u", "file_format": "", "format": "csv", "hash": "h"}),
            StructuredDataset,
            StructuredDataset("u", format="csv", hash="h"),
        ),
        (
            packed({"uri": "u", "file_format": "a", "format": "b"}),
            StructuredDataset,
            StructuredDataset("u", format="a"),
        ),
        (
            struct({"path": "u", "name": "n", "format": "csv", "hash": "h"}),
            FlyteFile,
            FlyteFile("u", format="csv", hash="h"),
        ),
        (packed({"path": "u", "name": "u", "format": ""}), FlyteFile["csv"], FlyteFile("u", format="csv")),
        (packed({"path": "u", "format": None, "hash": None}), FlyteFile, FlyteFile("u")),
        (packed({"path": "u", "format": "tsv"}), FlyteFile["csv"], FlyteFile("u", format="tsv")),
        (
            packed({"path": "u", "name": None, "format": "x", "hash": "h"}),
            FlyteDirectory,
            FlyteDirectory("u", format="x", hash="h"),
        ),
        (struct({"remote_path": "u"}), FlyteSchema, FlyteSchema("u")),
        (packed({"message": "m"}), FlyteError, FlyteError("m")),
        (struct({"message": "m", "failed_node_id": "n"}), FlyteError, FlyteError("m", "n")),
        (struct({"message": "m", "failed_node_id": "n"}), Union[str, FlyteError], FlyteError("m", "n")),
        (struct({"message": "m"}), Optional[FlyteError], FlyteError("m")),
        (struct({"message": "m"}), Union[FlyteFile, FlyteError], FlyteError("m")),
        (struct({"path": "u"}), Union[FlyteFile, FlyteError], FlyteFile("u")),
    ],
)
def test_by_attribute_access_a_reference_is_a_map(literal, python_type, value):
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


@pytest.mark.parametrize(
    ("held", "python_type", "message"),
    [
        ({}, FlyteFile, "expected FlyteFile, got dict without 'path'"),
        ({"path": None}, FlyteFile, "expected FlyteFile, got dict without 'path'"),
        ({"uri": "u"}, FlyteDirectory, "expected FlyteDirectory, got dict without 'path'"),
        ({"file_format": "csv"}, StructuredDataset, "expected StructuredDataset, got dict without 'uri'"),
        ({"path": 5}, FlyteFile, "expected STRING, got int"),
        ({"path": "u", "metadata": {"k": 5}}, FlyteFile, "['k']: expected STRING, got int"),
        ({"path": "u", "metadata": "x"}, FlyteDirectory, None),
    ],
)
def test_a_map_that_is_no_reference_is_refused(held, python_type, message):
    if message is None:  # a key that the class does not know is not looked at
        assert shimlite.to_python_value(packed(held), python_type) == FlyteDirectory("u")
    else:
        assert refusal(ConversionTypeError, shimlite.to_python_value, packed(held), python_type) == message


@pytest.mark.parametrize(
    "held",
    [{"path": {"a": "b"}}, {"path": "u", "metadata": "text"}, {"path": "u", "metadata": ["a"]}],
)
def test_an_attribute_of_another_kind_in_a_map_is_refused(held):
    with pytest.raises(ConversionTypeError):
        shimlite.to_python_value(packed(held), FlyteFile)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("file", "s3://b/f", ".file: expected FlyteFile, got str; wrap the location: FlyteFile(uri)"),
        ("file", FlyteDirectory("d"), ".file: expected FlyteFile, got FlyteDirectory"),
        ("file", object(), ".file: expected FlyteFile, got object"),
        ("file", FlyteFile("u", metadata={"k": 5}), ".file['k']: expected STRING, got int"),
        ("error", ValueError("m"), ".error: expected FlyteError, got ValueError"),
    ],
)
def test_in_a_record_another_class_is_refused(field, value, message):
    given = {**{name: getattr(HELD, name) for name in vars(HELD)}, field: value}
    assert refusal(ConversionTypeError, shimlite.to_literal, Held(**given), Held) == message


@dataclass
class Formats:
    file: FlyteFile["csv"]
    folder: FlyteDirectory["parquet"]
    schema: FlyteSchema[{"id": int}]
    table: TABLE
    many: list[FlyteFile["txt"]]


def test_the_type_of_a_field_keeps_its_format_and_columns():
    types = shimlite.to_literal_type(Formats).structure.dataclass_type
    assert types["file"] == blob_type("csv")
    assert types["folder"] == blob_type("parquet", MULTIPART)
    assert types["schema"] == schema_type(id="INTEGER")
    assert types["many"] == LiteralType(collection_type=blob_type("txt"))


def test_the_formats_of_fields_are_read_back_by_the_class_and_by_people():
    literal_type = shimlite.to_literal_type(Formats)
    value = Formats(
        FlyteFile("s3://b/f", format="csv"),
        FlyteDirectory("s3://b/d", format="parquet"),
        FlyteSchema("s3://b/s", columns=(("id", int),)),
        StructuredDataset("s3://b/t", format="parquet"),
        [FlyteFile("s3://b/g", format="txt")],
    )
    literal = shimlite.to_literal(value, Formats)
    assert shape(shimlite.to_python_value(literal, Formats).file) == shape(value.file)
    assert shape(shimlite.to_python_value(literal, Formats).many) == shape(value.many)
    assert shimlite.to_python_value(literal, literal_type)["file"] == {"path": "s3://b/f"}


def test_the_json_schemas_are_flytekits():
    properties = schema_of(Held)["properties"]
    text, null = {"type": "string"}, {"type": "null"}
    path = {"anyOf": [text, {"type": "string", "format": "path"}], "default": None}
    texts = {"type": "object", "additionalProperties": text, "propertyNames": text}
    maybe = {"anyOf": [text, null]}

    def titled(title: str, **fields: Any) -> dict[str, Any]:
        return {"type": "object", "title": title, "properties": fields, "additionalProperties": False}

    assert properties["file"] == titled("FlyteFile", path=path, metadata={"anyOf": [texts, null], "default": None})
    assert properties["folder"] == titled("FlyteDirectory", path=path)
    assert properties["table"] == titled(
        "StructuredDataset", uri={**maybe, "default": None}, file_format={**maybe, "default": ""}
    )
    assert properties["schema"] == titled("FlyteSchema", remote_path={**maybe, "default": None})
    assert properties["error"] == {
        **titled("FlyteError", message=text, failed_node_id=text),
        "required": ["message", "failed_node_id"],
    }


def test_a_field_forgets_the_columns_of_a_dataset_as_flytekit_does():
    record = make_dataclass("Holder", [("t", Annotated[StructuredDataset, {"id": int}, "parquet"])])
    held = shimlite.to_literal_type(record).structure.dataclass_type["t"]
    assert held == LiteralType(structured_dataset_type={})


def test_columns_of_which_one_is_of_a_type_that_a_newer_flyteidl_adds_are_left_out():
    """A guess is total."""
    unknown = LiteralType.FromString(b"\x08\x2a")
    declared = dataset_type(format="csv", columns=dataset_columns(a=unknown, b=simple("STRING")))
    assert shimlite.guess_python_type(declared) == Annotated[StructuredDataset, Format("csv")]
