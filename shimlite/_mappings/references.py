# SPDX-License-Identifier: Apache-2.0
"""``FlyteFile``, ``FlyteDirectory``, ``StructuredDataset``, ``FlyteSchema`` and ``FlyteError``.

Each holds all that its message holds, so nothing is lost; the data that it names stays where it is. Inside a record
flytekit writes a small map with the location (``{"path": …}``), which leaves out formats and columns.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import typing
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar

import attrs

from .._idl import BlobType, Literal, LiteralType, SchemaType, SimpleType, StructuredDatasetType
from ..errors import ConversionTypeError, ConversionValueError, ShimliteError, UnsupportedTypeError
from ..values import Columns, FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, Format, StructuredDataset
from .atoms import AtomRow
from .losses import Accountant, Loss, Project
from .packing import in_order, read_packed
from .row import (
    Codec,
    Compiler,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    let_through,
    literal_kind,
    misfit,
    mismatch,
    spell,
    type_kind,
)
from .scalars import StrRow

_T = typing.TypeVar("_T", Format, Columns)

LEFT_OPEN = "what it left open"
_URI = "s3://bucket/key"
_TEXT: JsonSchema = {"type": "string"}
_PATH: JsonSchema = {"anyOf": [_TEXT, {"type": "string", "format": "path"}], "default": None}
_MAYBE_TEXT: JsonSchema = {"anyOf": [_TEXT, {"type": "null"}]}
_TEXTS: JsonSchema = {"type": "object", "additionalProperties": _TEXT, "propertyNames": _TEXT}


_relocation: ContextVar[Callable[[Any], str] | None] = ContextVar("shimlite.relocation", default=None)


@contextlib.contextmanager
def relocating(relocate: Callable[[Any], str] | None) -> typing.Iterator[None]:
    """While values are encoded: write what ``relocate`` returns of a reference in place of its URI.

    It must return the same for equal references, since a union may encode a value more than once.
    """
    token = _relocation.set(relocate)
    try:
        yield
    finally:
        _relocation.reset(token)


def _located(value: Any) -> str:
    relocate = _relocation.get()
    uri: str = value.uri if relocate is None else relocate(value)
    return uri


class ReferenceRow(AtomRow):
    """A class of ours that one kind of ``LiteralType`` stands for."""

    cls: ClassVar[type]
    sayable: ClassVar[dict[str, Any]]
    """What a value may say besides where its data lies, each with an example."""
    keys: ClassVar[dict[str, str]]
    """In a record: the key of each attribute, in flytekit's spelling."""
    properties: ClassVar[dict[str, JsonSchema]]

    def takes(self, python_type: Any) -> bool:
        return _class_of(python_type) is self.cls

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) not in self.literal_types or not self.fits(python_type, literal_type):
            raise misfit(python_type, literal_type)
        packed = self.packed(python_type, compiler)

        def encode(value: Any, literal: Literal) -> None:
            if not isinstance(value, self.cls):
                raise mismatch(self.cls.__name__, described(value), self.hint(value))
            try:
                self.write(value, literal, literal_type)
            except ShimliteError:
                raise
            except (TypeError, ValueError) as error:  # protobuf, of an attribute that is no text
                raise mismatch(self.cls.__name__, f"{type(error).__name__} in an attribute") from None

        def decode(literal: Literal) -> Any:
            kind = literal_kind(literal)
            if kind in ("binary", "generic"):
                return packed.unpack(read_packed(literal, self.cls.__name__))
            if kind not in self.literals:
                raise mismatch(self.cls.__name__, kind, self.hint_of_kind(kind))
            return self.read(literal)

        return Codec(encode, decode)

    def fits(self, python_type: Any, literal_type: LiteralType) -> bool:
        return True

    def hint(self, value: Any) -> str:
        return ""

    def hint_of_kind(self, kind: str) -> str:
        """For a literal of another kind."""
        return ""

    def check(self, value: Any, python_type: Any) -> None:
        """Refuse a value that the type's own words rule out."""

    def implied(self, python_type: Any) -> dict[str, Any]:
        """What the type alone says of a value in a record."""
        return {}

    def losses(self, python_type: Any, project: Project, accountant: Accountant) -> tuple[Loss, ...]:
        bare = self.cls(_URI)
        declared = accountant.project(python_type, accountant.compiler.literal_type(python_type), python_type)(bare)
        full = attrs.evolve(declared, **{name: getattr(declared, name) or said for name, said in self.sayable.items()})
        back = project(full)
        lost = (name for name in self.sayable if getattr(back, name) != getattr(full, name))
        left_open = Loss("", LEFT_OPEN, "what its type says is written for it", bare)
        return (left_open, *(Loss("", f"its {name}", "a record holds little but the location", full) for name in lost))

    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        return self.takes(decoded_as)

    def reads(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> bool:
        return self.takes(decoded_as) and len({_format_of(python_type), _format_of(decoded_as)} - {""}) <= 1

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        return self.cls(_URI)

    @abstractmethod
    def write(self, value: Any, literal: Literal, declared: LiteralType) -> None: ...

    @abstractmethod
    def read(self, literal: Literal) -> Any: ...

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        text, texts = compiler.packed(str), compiler.packed(dict[str, str])

        def attribute(key: str) -> Packed:
            return texts if key == "metadata" else text

        def pack(value: Any) -> dict[str, Any]:
            if not isinstance(value, self.cls):
                raise mismatch(self.cls.__name__, described(value), self.hint(value))
            self.check(value, python_type)
            made = {key: _located(value) if name == "uri" else getattr(value, name) for name, key in self.keys.items()}
            return in_order({key: attribute(key).pack(held) for key, held in made.items() if held is not None})

        def unpack(value: Any) -> Any:
            if type(value) is not dict:
                raise mismatch(self.cls.__name__, described(value))
            given = {
                name: attribute(key).unpack(value[key]) for name, key in self.keys.items() if value.get(key) is not None
            }
            if next(iter(self.keys)) not in given:
                raise mismatch(self.cls.__name__, f"dict without {next(iter(self.keys.values()))!r}")
            return self.cls(**self.implied(python_type), **given)

        return Packed(pack, unpack, (dict,))

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        properties = {name: dict(schema) for name, schema in self.properties.items()}
        schema = {"type": "object", "title": self.cls.__name__, "properties": properties}
        return {**schema, "additionalProperties": False}

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return (self.cls,)


class BlobRow(ReferenceRow):
    """``Blob``: its dimensionality tells files from directories."""

    dimensionality: ClassVar[BlobType.BlobDimensionality]
    literal_types = ("blob",)
    literals = ("blob", "generic")

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        blob = BlobType(format=_format_of(python_type), dimensionality=self.dimensionality)
        return LiteralType(blob=blob)

    def guesses(self, literal_type: LiteralType) -> bool:
        return bool(literal_type.blob.dimensionality == self.dimensionality)

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        file_format = literal_type.blob.format
        return self.cls[file_format] if file_format else self.cls  # type: ignore[index]

    def fits(self, python_type: Any, literal_type: LiteralType) -> bool:
        formats = {_format_of(python_type), literal_type.blob.format} - {""}
        return self.guesses(literal_type) and len(formats) <= 1

    def hint(self, value: Any) -> str:
        return f"wrap the location: {self.cls.__name__}(uri)" if isinstance(value, str) else ""

    def check(self, value: Any, python_type: Any) -> None:
        _one_format(value.format, _format_of(python_type), self.cls)

    def implied(self, python_type: Any) -> dict[str, Any]:
        return {"format": _format_of(python_type)}

    def write(self, value: Any, literal: Literal, declared: LiteralType) -> None:
        blob = literal.scalar.blob
        blob.uri = StrRow.pack(_located(value))
        blob.metadata.type.format = _one_format(value.format, declared.blob.format, self.cls)
        blob.metadata.type.dimensionality = self.dimensionality

    def read(self, literal: Literal) -> Any:
        blob = literal.scalar.blob
        if blob.metadata.type.dimensionality != self.dimensionality:
            other = "a directory for a file" if self.dimensionality == BlobType.SINGLE else "a file for a directory"
            raise mismatch(self.cls.__name__, "a blob of the other dimensionality", let_through(other))
        return self.cls(blob.uri, format=blob.metadata.type.format)


class FileRow(BlobRow):
    python, literal, tag = "FlyteFile", "blob, single", "FlyteFilePath"
    lost = "that it left open the format that its type says; in a record: a format that the type does not say"
    cls = FlyteFile
    sayable = {"format": "other", "metadata": {"key": "value"}}
    example_type = typing.Annotated[FlyteFile, Format("csv")]
    dimensionality = BlobType.SINGLE
    keys = {"uri": "path", "metadata": "metadata"}
    properties = {"path": _PATH, "metadata": {"anyOf": [_TEXTS, {"type": "null"}], "default": None}}

    def write(self, value: Any, literal: Literal, declared: LiteralType) -> None:
        super().write(value, literal, declared)
        literal.metadata.update(value.metadata or {})

    def read(self, literal: Literal) -> FlyteFile:
        file: FlyteFile = super().read(literal)
        return FlyteFile(file.uri, format=file.format, metadata=dict(literal.metadata) or None)


class DirectoryRow(BlobRow):
    python, literal, tag = "FlyteDirectory", "blob, multipart", "FlyteDirectory"
    lost = "that it left open the format that its type says; in a record: a format that the type does not say"
    cls = FlyteDirectory
    sayable = {"format": "other"}
    example_type = typing.Annotated[FlyteDirectory, Format("csv")]
    dimensionality = BlobType.MULTIPART
    keys = {"uri": "path"}
    properties = {"path": _PATH}


def _class_of(python_type: Any) -> Any:
    return typing.get_args(python_type)[0] if typing.get_origin(python_type) is typing.Annotated else python_type


def annotated(python_type: Any, words: typing.Iterable[Any]) -> Any:
    """A class of ours with those words of its ``Annotated`` that mean something for it.

    flytekit gives a StructuredDataset its columns as a mapping and its format as text.
    """
    if python_type is StructuredDataset:
        words = map(_dataset_word, words)
    arguments = (python_type, *(word for word in words if isinstance(word, (Format, Columns))))
    subscript: Any = typing.Annotated
    return subscript[arguments] if len(arguments) > 1 else python_type


def _dataset_word(word: Any) -> Any:
    if isinstance(word, str):
        return Format(word)
    return Columns(tuple(word.items())) if isinstance(word, Mapping) else word


def _words(python_type: Any, kind: type[_T]) -> list[_T]:
    return [word for word in typing.get_args(python_type)[1:] if isinstance(word, kind)]


def _format_of(python_type: Any) -> str:
    return next((word.name for word in _words(python_type, Format)), "")


def _columns_of(python_type: Any) -> tuple[tuple[str, Any], ...]:
    return next((word.pairs for word in _words(python_type, Columns)), ())


def _one_format(given: str, declared: str, cls: type) -> str:
    if given and declared and given != declared:
        raise ConversionValueError(expected=f"{cls.__name__} of format {declared!r}", got=f"format {given!r}")
    return given or declared


class DatasetRow(ReferenceRow):
    """``StructuredDataset``, and a ``Schema`` where the platform casts one to the other."""

    python, literal, tag = "StructuredDataset", "structured dataset", "StructuredDataset Transformer"
    lost = "that it left open what the type says; in a record: columns and the external schema"
    cls = StructuredDataset
    sayable = {
        "format": "parquet",
        "columns": (("id", LiteralType(simple=SimpleType.INTEGER)),),
        "external_schema_type": "arrow",
        "external_schema_bytes": b"\x00",
    }
    example_type = typing.Annotated[StructuredDataset, Format("parquet")]
    keys = {"uri": "uri", "format": "file_format"}
    properties = {"uri": {**_MAYBE_TEXT, "default": None}, "file_format": {**_MAYBE_TEXT, "default": ""}}
    literal_types = ("structured_dataset_type",)
    literals = ("structured_dataset", "schema", "generic")

    def hint_of_kind(self, kind: str) -> str:
        return let_through("None for a structured dataset") if kind == "none_type" else ""

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        literal_type = LiteralType()
        dataset = literal_type.structured_dataset_type
        dataset.SetInParent()
        if compiler.within:  # flytekit looks at a field's type without the words of its Annotated
            return literal_type
        dataset.format = _format_of(python_type)
        for name, column in _columns_of(python_type):
            dataset.columns.add(name=name, literal_type=compiler.literal_type(column))
        return literal_type

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return StructuredDataset

    def write(self, value: StructuredDataset, literal: Literal, declared: LiteralType) -> None:
        dataset, wanted = literal.scalar.structured_dataset, declared.structured_dataset_type
        dataset.uri = StrRow.pack(_located(value))
        written = dataset.metadata.structured_dataset_type
        written.SetInParent()
        written.format = _one_format(value.format, wanted.format, self.cls)
        written.external_schema_type = value.external_schema_type or wanted.external_schema_type
        written.external_schema_bytes = value.external_schema_bytes or wanted.external_schema_bytes
        for name, column in value.columns or _columns(wanted):
            written.columns.add(name=name, literal_type=column)

    def read(self, literal: Literal) -> StructuredDataset:
        if literal.scalar.HasField("schema"):
            return _as_dataset(SchemaRow().read(literal))
        dataset = literal.scalar.structured_dataset
        held = dataset.metadata.structured_dataset_type
        return StructuredDataset(
            dataset.uri,
            format=held.format,
            columns=_columns(held),
            external_schema_type=held.external_schema_type,
            external_schema_bytes=held.external_schema_bytes,
        )


def _columns(dataset: StructuredDatasetType) -> tuple[tuple[str, LiteralType], ...]:
    return tuple((column.name, column.literal_type) for column in dataset.columns)


COLUMN_TYPES: dict[type, str] = {
    int: "INTEGER",
    float: "FLOAT",
    str: "STRING",
    bool: "BOOLEAN",
    dt.datetime: "DATETIME",
    dt.timedelta: "DURATION",
}
"""``SchemaColumnType`` and ``SimpleType`` spell the same six types."""
_SIX = "use int, float, str, bool, datetime or timedelta"
_BY_NAME = {name: column for column, name in COLUMN_TYPES.items()}


class SchemaRow(ReferenceRow):
    """``Schema``, and a ``StructuredDataset`` where the platform casts one to the other."""

    python, literal, tag = "FlyteSchema", "schema", "FlyteSchema Transformer"
    lost = "that it left open what the type says; in a record: columns"
    cls = FlyteSchema
    sayable = {"columns": (("id", int),)}
    example_type = typing.Annotated[FlyteSchema, Columns((("id", int),))]
    keys = {"uri": "remote_path"}
    properties = {"remote_path": {**_MAYBE_TEXT, "default": None}}
    literal_types = ("schema",)
    literals = ("schema", "structured_dataset", "generic")

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        literal_type = LiteralType()
        literal_type.schema.SetInParent()
        _write_columns(_columns_of(python_type), literal_type.schema)
        return literal_type

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return FlyteSchema

    def write(self, value: FlyteSchema, literal: Literal, declared: LiteralType) -> None:
        schema = literal.scalar.schema
        schema.uri = StrRow.pack(_located(value))
        schema.type.SetInParent()
        try:
            _write_columns(value.columns or _schema_columns(declared.schema), schema.type)
        except UnsupportedTypeError:
            raise _no_column() from None

    def read(self, literal: Literal) -> FlyteSchema:
        if literal.scalar.HasField("structured_dataset"):
            return _as_schema(DatasetRow().read(literal))
        schema = literal.scalar.schema
        return FlyteSchema(schema.uri, columns=_schema_columns(schema.type))


def _no_column() -> ConversionTypeError:
    return mismatch("FlyteSchema", "a column of another type", _SIX)


def _write_columns(columns: typing.Iterable[tuple[str, type]], schema: SchemaType) -> None:
    for name, column in columns:
        if column not in COLUMN_TYPES:
            raise UnsupportedTypeError(f"column {name!r} of a schema cannot be {spell(column)}", hint=_SIX)
        schema.columns.add(name=name, type=SchemaType.SchemaColumn.SchemaColumnType.Value(COLUMN_TYPES[column]))


def _schema_columns(schema: SchemaType) -> tuple[tuple[str, type], ...]:
    names = SchemaType.SchemaColumn.SchemaColumnType.DESCRIPTOR.values_by_number
    try:
        return tuple((column.name, _BY_NAME[names[column.type].name]) for column in schema.columns)
    except KeyError:
        raise ConversionValueError("a column of the schema is of unknown type") from None


def _dataset_columns(columns: typing.Iterable[tuple[str, LiteralType]]) -> tuple[tuple[str, type], ...]:
    """Those whose type a schema can say."""
    kinds = [(name, _BY_NAME.get(type_kind(column))) for name, column in columns]
    return tuple((name, column) for name, column in kinds if column is not None)


def column_types(literal_type: LiteralType) -> dict[str, type]:
    """The columns that a schema's or a structured dataset's ``LiteralType`` declares, those of the six types above."""
    if type_kind(literal_type) == "schema":
        return dict(_schema_columns(literal_type.schema))
    return dict(_dataset_columns(_columns(literal_type.structured_dataset_type)))


def _as_schema(dataset: StructuredDataset) -> FlyteSchema:
    return FlyteSchema(dataset.uri, columns=_dataset_columns(dataset.columns))


def _as_dataset(schema: FlyteSchema) -> StructuredDataset:
    simple = [(name, SimpleType.Value(COLUMN_TYPES[column])) for name, column in schema.columns]
    return StructuredDataset(schema.uri, columns=tuple((name, LiteralType(simple=kind)) for name, kind in simple))


class ErrorRow(ReferenceRow):
    python, literal, tag = "FlyteError", "ERROR", "FlyteError"
    cls = FlyteError
    sayable = {"failed_node_id": "n0"}
    example_type = FlyteError
    keys = {"message": "message", "failed_node_id": "failed_node_id"}
    properties = {"message": _TEXT, "failed_node_id": _TEXT}
    literal_types = ("ERROR",)
    literals = ("error", "generic")

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        return LiteralType(simple=SimpleType.ERROR)

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return FlyteError

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return {**super().json_schema(python_type, writer), "required": list(self.properties)}

    def write(self, value: FlyteError, literal: Literal, declared: LiteralType) -> None:
        literal.scalar.error.SetInParent()
        literal.scalar.error.message = StrRow.pack(value.message)
        literal.scalar.error.failed_node_id = StrRow.pack(value.failed_node_id)

    def read(self, literal: Literal) -> FlyteError:
        return FlyteError(literal.scalar.error.message, literal.scalar.error.failed_node_id)


REFERENCES: tuple[ReferenceRow, ...] = (FileRow(), DirectoryRow(), DatasetRow(), SchemaRow(), ErrorRow())
CLASSES = tuple(row.cls for row in REFERENCES)
ROWS: tuple[Row, ...] = REFERENCES
