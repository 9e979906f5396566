# SPDX-License-Identifier: Apache-2.0
"""The rows of ``FlyteFile``, ``FlyteDirectory``, ``StructuredDataset`` and ``FlyteSchema``.

Each class holds all that its message holds, so nothing is lost; the data that it names stays where it is. Inside a
record flytekit writes a small map with the location (``{"path": …}``), which leaves out formats and columns. Flyte 2's
SDK adds ``format`` and ``hash`` to it, so these are written where there is something to say.
Next: ``frames``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from .._idl import (
    BlobType,
    Literal,
    LiteralType,
    SchemaType,
    SimpleType,
    StructuredDatasetType,
    literal_kind,
    type_kind,
)
from ..errors import ConversionTypeError, ConversionValueError, mismatch
from ..values import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset, relocated
from .atoms import STR, unpack_texts
from .plain_data import in_order
from .rows import Convert, JsonSchema, Packed, ReferenceRow

_TEXT: JsonSchema = {"type": "string"}
_PATH: JsonSchema = {"anyOf": [_TEXT, {"type": "string", "format": "path"}], "default": None}
_MAYBE_TEXT: JsonSchema = {"anyOf": [_TEXT, {"type": "null"}]}
_TEXTS: JsonSchema = {"type": "object", "additionalProperties": _TEXT, "propertyNames": _TEXT}


def uri_of(value: Any) -> str:
    """Where the data will be once the outputs are written."""
    return STR.pack(relocated(value))  # type: ignore[no-any-return]


def let_through(what: str) -> str:
    """A hint: the platform connects an output to an input that cannot read it, so the workflow was registered."""
    return f"Flyte lets {what} through"


def one_format(own: str, declared: str, cls: type) -> str:
    """The format that a value or its type says. Raises ConversionValueError where they differ."""
    if own and declared and own != declared:
        raise ConversionValueError(expected=f"{cls.__name__} of format {declared!r}", got=f"format {own!r}")
    return own or declared


# ------------------------------------------------------------------------------------------------------------ blobs


def _write_blob(value: Any, literal: Literal, declared: LiteralType) -> None:
    blob = literal.scalar.blob
    blob.uri = uri_of(value)
    blob.metadata.type.format = one_format(value.format, declared.blob.format, type(value))
    blob.metadata.type.dimensionality = declared.blob.dimensionality


def _write_file(value: FlyteFile, literal: Literal, declared: LiteralType) -> None:
    _write_blob(value, literal, declared)
    literal.metadata.update(value.metadata or {})


def _read_file(literal: Literal) -> FlyteFile:
    blob = literal.scalar.blob
    if blob.metadata.type.dimensionality != BlobType.SINGLE:
        raise _other_dimensionality("FlyteFile", "a directory for a file")
    return FlyteFile(
        blob.uri, format=blob.metadata.type.format, metadata=dict(literal.metadata) or None, hash=literal.hash
    )


def _read_directory(literal: Literal) -> FlyteDirectory:
    blob = literal.scalar.blob
    if blob.metadata.type.dimensionality != BlobType.MULTIPART:
        raise _other_dimensionality("FlyteDirectory", "a file for a directory")
    return FlyteDirectory(blob.uri, format=blob.metadata.type.format, hash=literal.hash)


def _other_dimensionality(expected: str, pair: str) -> ConversionTypeError:
    return mismatch(expected, "a blob of the other dimensionality", let_through(pair))


FILE = ReferenceRow(
    cls=FlyteFile, kind="blob", tag="FlyteFilePath",
    readers={"blob": _read_file},
    write=_write_file,
    keys=FlyteFile.IN_RECORD, beside=FlyteFile.BESIDE,
    properties={"path": _PATH, "metadata": {"anyOf": [_TEXTS, {"type": "null"}], "default": None}},
    says={"format": "other", "metadata": {"key": "value"}, "hash": "other"},
    of_text="wrap the location: FlyteFile(uri)",
)  # fmt: skip

DIRECTORY = ReferenceRow(
    cls=FlyteDirectory, kind="blob", tag="FlyteDirectory",
    readers={"blob": _read_directory},
    write=_write_blob,
    keys=FlyteDirectory.IN_RECORD, beside=FlyteDirectory.BESIDE, properties={"path": _PATH},
    says={"format": "other", "hash": "other"}, of_text="wrap the location: FlyteDirectory(uri)", directory=True,
)  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- tables


COLUMN_TYPES: dict[type, str] = {
    int: "INTEGER",
    float: "FLOAT",
    str: "STRING",
    bool: "BOOLEAN",
    dt.datetime: "DATETIME",
    dt.timedelta: "DURATION",
}
"""``SchemaColumnType`` and ``SimpleType`` spell the same six types."""
SIX = "use int, float, str, bool, datetime or timedelta"
BY_NAME = {name: column for column, name in COLUMN_TYPES.items()}


def _write_dataset(value: StructuredDataset, literal: Literal, declared: LiteralType) -> None:
    dataset, of_type = literal.scalar.structured_dataset, declared.structured_dataset_type
    dataset.uri = uri_of(value)
    own = dataset.metadata.structured_dataset_type
    own.SetInParent()
    own.format = one_format(value.format, of_type.format, StructuredDataset)
    own.external_schema_type = value.external_schema_type or of_type.external_schema_type
    own.external_schema_bytes = value.external_schema_bytes or of_type.external_schema_bytes
    for name, column in value.columns or dataset_columns(of_type):
        own.columns.add(name=name, literal_type=column)


def _read_dataset(literal: Literal) -> StructuredDataset:
    dataset = literal.scalar.structured_dataset
    own = dataset.metadata.structured_dataset_type
    return StructuredDataset(
        dataset.uri,
        format=own.format,
        columns=dataset_columns(own),
        external_schema_type=own.external_schema_type,
        external_schema_bytes=own.external_schema_bytes,
        hash=literal.hash,
    )


def dataset_columns(dataset: StructuredDatasetType) -> tuple[tuple[str, LiteralType], ...]:
    return tuple((column.name, column.literal_type) for column in dataset.columns)


def _write_schema(value: FlyteSchema, literal: Literal, declared: LiteralType) -> None:
    schema = literal.scalar.schema
    schema.uri = uri_of(value)
    schema.type.SetInParent()
    write_columns(value.columns or schema_columns(declared.schema), schema.type)


def _read_schema(literal: Literal) -> FlyteSchema:
    schema = literal.scalar.schema
    return FlyteSchema(schema.uri, columns=schema_columns(schema.type), hash=literal.hash)


def write_columns(columns: Iterable[tuple[str, Any]], schema: SchemaType) -> None:
    for name, column in columns:
        if column not in COLUMN_TYPES:
            raise mismatch("FlyteSchema", "a column of another type", SIX)
        schema.columns.add(name=name, type=SchemaType.SchemaColumn.SchemaColumnType.Value(COLUMN_TYPES[column]))


def schema_columns(schema: SchemaType) -> tuple[tuple[str, type], ...]:
    names = SchemaType.SchemaColumn.SchemaColumnType.DESCRIPTOR.values_by_number
    try:
        return tuple((column.name, BY_NAME[names[column.type].name]) for column in schema.columns)
    except KeyError:
        raise ConversionValueError("a column of the schema is of unknown type") from None


def column_types(literal_type: LiteralType) -> dict[str, type]:
    """The columns that a schema's or a structured dataset's ``LiteralType`` declares, those of the six types above."""
    if type_kind(literal_type) == "schema":
        return dict(schema_columns(literal_type.schema))
    return dict(_of_six(dataset_columns(literal_type.structured_dataset_type)))


def _of_six(columns: Iterable[tuple[str, LiteralType]]) -> tuple[tuple[str, type], ...]:
    """The columns of a type that a FlyteSchema can hold."""
    kinds = [(name, BY_NAME.get(type_kind(column))) for name, column in columns]
    return tuple((name, column) for name, column in kinds if column is not None)


def _dataset_as_schema(literal: Literal) -> FlyteSchema:
    dataset = _read_dataset(literal)
    return FlyteSchema(dataset.uri, columns=_of_six(dataset.columns), hash=dataset.hash)


def _schema_as_dataset(literal: Literal) -> StructuredDataset:
    schema = _read_schema(literal)
    simple = [(name, SimpleType.Value(COLUMN_TYPES[column])) for name, column in schema.columns]
    columns = tuple((name, LiteralType(simple=kind)) for name, kind in simple)
    return StructuredDataset(schema.uri, columns=columns, hash=schema.hash)


DATASET = ReferenceRow(
    cls=StructuredDataset, kind="structured_dataset_type", tag="StructuredDataset Transformer",
    readers={"structured_dataset": _read_dataset, "schema": _schema_as_dataset},  # the platform casts one to the other
    write=_write_dataset,
    keys=StructuredDataset.IN_RECORD, beside=StructuredDataset.BESIDE,
    properties={"uri": {**_MAYBE_TEXT, "default": None}, "file_format": {**_MAYBE_TEXT, "default": ""}},
    says={
        "format": "parquet",
        "columns": (("id", LiteralType(simple=SimpleType.INTEGER)),),
        "external_schema_type": "arrow",
        "external_schema_bytes": b"\x00",
        "hash": "other",
    },
    hints={"none_type": let_through("None for a structured dataset")},
)  # fmt: skip

SCHEMA = ReferenceRow(
    cls=FlyteSchema, kind="schema", tag="FlyteSchema Transformer",
    readers={"schema": _read_schema, "structured_dataset": _dataset_as_schema},
    write=_write_schema,
    keys=FlyteSchema.IN_RECORD, beside=FlyteSchema.BESIDE, properties={"remote_path": {**_MAYBE_TEXT, "default": None}},
    says={"columns": (("id", int),), "hash": "other"},
)  # fmt: skip

REFERENCES = (FILE, DIRECTORY, DATASET, SCHEMA)


# ---------------------------------------------------------------------------------------------------------- in records


def pack_reference(row: ReferenceRow, file_format: str, texts: Packed, refer: Convert) -> Packed:
    """A reference as a small map. ``file_format`` is what its type says; ``texts`` has a dict of texts; ``refer`` makes
    the reference of a value."""
    keys = tuple((name, key) for name, key in row.keys.items() if name != "metadata")
    beside = tuple(row.beside.items())
    implied = file_format if row.kind == "blob" else ""

    def pack(value: Any) -> dict[str, Any]:
        value = refer(value)
        if row.kind == "blob":
            one_format(value.format, implied, row.cls)
        packed = {key: uri_of(value) if name == "uri" else STR.pack(getattr(value, name)) for name, key in keys}
        own = {key: STR.pack(getattr(value, name)) for name, key in beside}
        packed |= {key: text for key, text in own.items() if text and (key != "format" or text != implied)}
        if "metadata" in row.keys and value.metadata is not None:
            packed["metadata"] = texts.pack(value.metadata)
        return in_order(packed)

    def unpack(value: Any) -> Any:
        attributes: dict[str, Any] = {**unpack_texts(value, (*keys, *beside), row.cls)}
        if implied:
            attributes["format"] = attributes.get("format") or implied
        if "metadata" in row.keys and value.get("metadata") is not None:
            attributes["metadata"] = texts.unpack(value["metadata"])
        return row.cls(**attributes)

    return Packed(pack, unpack, (dict,))


# ------------------------------------------------------------------------------------------------- literals of others


def relocate_blob(literal: Literal) -> bool:
    """Write where the data of a blob, a structured dataset or a schema will be (see ``uri_of``). False for any other
    literal."""
    kind = literal_kind(literal)
    if kind == "blob":
        is_directory = literal.scalar.blob.metadata.type.dimensionality == BlobType.MULTIPART
        literal.scalar.blob.uri = uri_of((_read_directory if is_directory else _read_file)(literal))
    elif kind == "structured_dataset":
        literal.scalar.structured_dataset.uri = uri_of(_read_dataset(literal))
    elif kind == "schema":
        literal.scalar.schema.uri = uri_of(_read_schema(literal))
    else:
        return False
    return True


def holds_references(literal_type: LiteralType) -> bool:
    """Whether the type has references among its literals. Those inside a STRUCT are not told."""
    kind = type_kind(literal_type)
    if kind == "union_type":
        return any(map(holds_references, literal_type.union_type.variants))
    if kind in ("collection_type", "map_value_type"):
        return holds_references(getattr(literal_type, kind))
    return any(kind == row.kind for row in REFERENCES)
