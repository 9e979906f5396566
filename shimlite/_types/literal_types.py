# SPDX-License-Identifier: Apache-2.0
"""The fold for ``LiteralType``: the one that stands for a type, as flytekit gives it; and the type that one tells.

Values are not looked at, save the defaults of a record. Next: ``generated_enums``.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._idl import BlobType, LiteralType, SimpleType, Struct, TypeAnnotation, TypeStructure, type_kind
from ..errors import ConversionError, UnsupportedTypeError, cut
from ..values import ExternalSchema
from .atoms import ANY, ATOMS, pickled_type
from .choices import scalar_of, texts_of
from .generated_enums import dynamic_enum
from .json_schema import SchemaWriter
from .msgpack_codec import Packings, refuse_bytes_in_json
from .nodes import (
    ANY_STRUCT,
    MOST_MEMBERS,
    Choice,
    Dict,
    Foreign,
    Hashed,
    List,
    Map,
    Node,
    Record,
    Reference,
    Union,
    Worded,
    annotation_data,
    holds,
    python_type_of,
    union_of,
)
from .parse import parse, parts, spell
from .pydantic_models import json_schema_of
from .references import (
    COLUMN_TYPES,
    DATASET,
    DIRECTORY,
    FILE,
    SCHEMA,
    SIX,
    dataset_columns,
    schema_columns,
    write_columns,
)
from .rows import Atom
from .stripped import MOST_LEVELS, levels_of
from .times import DATE, TIMES

LEVELS_AROUND = 6
"""Messages around a ``LiteralType`` in a template, from ``TaskSpec`` to ``Variable``."""
DICT_TAG = "Typed Dict"
RECORD_TAG = "Object-Dataclass-Transformer"
BYTES_OF_A_TYPE = 100
"""Of a model's JSON Schema, so that what it describes counts as if it were described here."""
PICKLE_TAG = "FlytePickle"
MODEL_TAG = "Pydantic Transformer"


def tag_of(node: Node) -> str:
    """``TypeStructure.tag`` of a union's variant: the name of flytekit's transformer."""
    match node:
        case Atom(tag=tag):
            return tag
        case List():
            return "Typed List"
        case Map() | Dict():
            return DICT_TAG
        case Record():
            return MODEL_TAG if node.is_model else RECORD_TAG
        case Union():
            return "Typed Union"
        case Choice(enum):
            return "LiteralTypeTransformer" if enum is None else "DefaultEnumTransformer"
        case Reference(row):
            return row.tag
        case Worded(inner) | Hashed(inner):
            return tag_of(inner)
        case Foreign():  # pragma: no cover - its blob tells
            return PICKLE_TAG


def literal_type_of(node: Node) -> LiteralType:
    """The ``LiteralType`` of a whole type. Raises UnsupportedTypeError also for one that nests too deeply."""
    literal_type = TypeWriter().literal_type(node)
    if levels_of(literal_type) > MOST_LEVELS - LEVELS_AROUND:
        raise UnsupportedTypeError("nested too deeply")
    return literal_type


class TypeWriter:
    """Writes the ``LiteralType`` of one type. In a record flytekit declares some types in another way."""

    def __init__(self) -> None:
        self._packings = Packings()
        self._schemas = SchemaWriter()
        self._model_schemas: dict[Record, Struct] = {}
        self._within: list[Record] = []
        self._variants: dict[tuple[Node, ...], LiteralType] = {}

    def literal_type(self, node: Node) -> LiteralType:
        """Raises UnsupportedTypeError where no ``LiteralType`` says the type, or msgpack cannot hold it."""
        match node:
            case Atom():
                return self._atom(node)
            case List(item, bare):
                if bare or (item is ANY and not self._within):
                    raise UnsupportedTypeError("list says nothing of its elements", hint="write list[T]")
                return LiteralType(collection_type=self.literal_type(item))
            case Map(item):
                return LiteralType(map_value_type=self.literal_type(item))
            case Dict():
                self._packings[node]  # refuses what msgpack cannot hold, before any data
                return LiteralType(simple=SimpleType.STRUCT, annotation=msgpack_annotation())
            case Record():
                return self._record(node)
            case Union():
                return self._union(node)
            case Choice(enum):
                return self._literal(node) if enum is None else LiteralType(enum_type={"values": texts_of(node)})
            case Reference():
                return self._reference(node)
            case Hashed(inner):
                return self.literal_type(inner)
            case Foreign(foreign):
                if tuple in getattr(parts(foreign)[0], "__mro__", ()):
                    raise UnsupportedTypeError(f"{spell(foreign)} has no LiteralType")
                return pickled_type(foreign)
            case Worded(inner, annotation):
                literal_type = self.literal_type(inner)
                if not self._within:  # flytekit forgets it in a record
                    literal_type.annotation.annotations.update(annotation_data(annotation))
                    literal_type.annotation.annotations.SetInParent()
                return literal_type

    def variant(self, node: Node) -> LiteralType:
        """The type as a union stores it: told apart by the name of flytekit's transformer."""
        key = (node, *self._within)
        if key not in self._variants:
            self._variants[key] = self._variant(node)
        return self._variants[key]

    def _variant(self, node: Node) -> LiteralType:
        variant = self.literal_type(node)
        pickled = variant.blob.format == "PythonPickle"  # flytekit's answer for bytes in a record
        variant.structure.CopyFrom(TypeStructure(tag=PICKLE_TAG if pickled else tag_of(node)))
        return variant

    def _atom(self, atom: Atom) -> LiteralType:
        literal_type = LiteralType()
        if self._within and atom.record_type is not None:
            literal_type.CopyFrom(atom.record_type)
        elif not atom.simple:
            raise UnsupportedTypeError("Any has no LiteralType", hint="use dict for JSON-like values")
        else:
            literal_type.simple = SimpleType.Value(atom.simple)
        return literal_type

    def _record(self, record: Record) -> LiteralType:
        self._packings[record]  # refuses what msgpack cannot hold, before any data
        if not self._within:
            refuse_bytes_in_json(record)
        literal_type = LiteralType(simple=SimpleType.STRUCT, annotation=msgpack_annotation())
        if record.is_model:
            literal_type.metadata.CopyFrom(self._schema_of_model(record))
        elif not _holds_model(record):  # mashumaro, which flytekit asks for the schema, knows no pydantic
            literal_type.metadata.update(self._schemas.document(record))
        if record in self._within:  # a class that holds itself: its fields are being declared further out
            return literal_type
        literal_type.structure.SetInParent()
        self._within.append(record)
        for field in record.fields:
            try:
                declared = self.literal_type(field.declared)
            except UnsupportedTypeError:
                if self._schemas.is_full:
                    raise
                continue  # msgpack can hold it, but no LiteralType says so: an Enum of ints
            literal_type.structure.dataclass_type[field.name].CopyFrom(declared)
        self._within.pop()
        return literal_type

    def _schema_of_model(self, record: Record) -> Struct:
        if record not in self._model_schemas:
            self._model_schemas[record] = json_schema_of(record.cls)
        schema = self._model_schemas[record]
        self._schemas.count(schema.ByteSize() // BYTES_OF_A_TYPE + 1)
        return schema

    def _union(self, union: Union) -> LiteralType:
        literal_type = LiteralType()
        literal_type.union_type.SetInParent()
        seen = set()
        for member in union.members:
            variant = self.variant(member)
            wire = variant.SerializeToString(deterministic=True)
            if wire in seen:
                hint = "two members have the same LiteralType"
                raise UnsupportedTypeError(f"{spell(union)} is ambiguous", hint=hint)
            seen.add(wire)
            literal_type.union_type.variants.add().CopyFrom(variant)
        return literal_type

    def _literal(self, choice: Choice) -> LiteralType:
        literal_type = self.literal_type(scalar_of(choice))
        values = [float(value) if cls is int else value for cls, value in choice.values]
        literal_type.annotation.annotations.update({"literal_values": values})
        return literal_type

    def _reference(self, reference: Reference) -> LiteralType:
        literal_type, row = LiteralType(), reference.row
        if row.kind == "blob":
            literal_type.blob.dimensionality = BlobType.MULTIPART if row.directory else BlobType.SINGLE
            literal_type.blob.format = reference.format
        elif row is SCHEMA:
            literal_type.schema.SetInParent()
            write_columns(_columns_of_schema(reference), literal_type.schema)
        else:
            dataset = literal_type.structured_dataset_type
            dataset.SetInParent()
            if self._within:  # flytekit looks at a field's type without the words of its Annotated
                return literal_type
            dataset.format = reference.format
            for name, column in reference.columns:
                dataset.columns.add(name=name, literal_type=self.literal_type(column))
            if reference.external is not None:
                dataset.external_schema_type, dataset.external_schema_bytes = reference.external
        return literal_type


def _holds_model(record: Record) -> bool:
    """Whether a model stands in a dataclass or attrs class, at any depth."""
    return holds(record, lambda part: isinstance(part, Record) and part.is_model)


def _columns_of_schema(reference: Reference) -> Iterator[tuple[str, type]]:
    for name, node in reference.columns:
        column = python_type_of(node)
        if not isinstance(node, Atom) or column not in COLUMN_TYPES:
            raise UnsupportedTypeError(f"column {cut(name)!r} of a schema cannot be {spell(node)}", hint=SIX)
        yield name, column


def msgpack_annotation() -> TypeAnnotation:
    """How flytekit marks a type whose literals are msgpack, so that cache keys are computed alike."""
    annotation = TypeAnnotation()
    annotation.annotations.update({"cache-key-metadata": {"serialization-format": "msgpack"}})
    return annotation


# --------------------------------------------------------------------------------------------------------- guessing


_SIMPLE: dict[str, Node] = {"STRUCT": ANY_STRUCT, **{atom.simple: atom for atom in reversed((*ATOMS, *TIMES))}}
"""The first row of each ``SimpleType``."""


def node_of(literal_type: LiteralType) -> Node:
    """The type that a ``LiteralType`` alone tells. Nothing that it names is imported, no schema is read.

    Raises UnsupportedTypeError only for what a newer flyteidl adds, and for unions of too many members.
    """
    kind = type_kind(literal_type)
    match kind:
        case "collection_type":
            return List(node_of(literal_type.collection_type))
        case "map_value_type":
            return Map(node_of(literal_type.map_value_type))
        case "union_type":
            return _node_of_union(literal_type)
        case "enum_type":
            return Choice(dynamic_enum(tuple(literal_type.enum_type.values)))
        case "blob" if literal_type.blob.dimensionality in (BlobType.SINGLE, BlobType.MULTIPART):
            directory = literal_type.blob.dimensionality == BlobType.MULTIPART
            return Reference(DIRECTORY if directory else FILE, literal_type.blob.format)
        case "schema" | "structured_dataset_type":
            return _node_of_table(literal_type)
        case "DATETIME" if literal_type.structure.tag == DATE.tag:
            return DATE
    if kind not in _SIMPLE:
        raise UnsupportedTypeError(f"the LiteralType {kind} is not known to this shimlite", got=kind)
    return _SIMPLE[kind]


def _node_of_union(literal_type: LiteralType) -> Node:
    refuse_too_many_members(literal_type)
    return union_of(map(node_of, literal_type.union_type.variants))


def refuse_too_many_members(literal_type: LiteralType) -> None:
    """Raises UnsupportedTypeError where there are too many to try each of them for a value or a type."""
    if _members_in(literal_type) > MOST_MEMBERS:
        raise UnsupportedTypeError(f"a union of more than {MOST_MEMBERS} types")


def _members_in(literal_type: LiteralType) -> int:
    """The members of a union and of all unions in it."""
    kind = literal_type.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        return _members_in(getattr(literal_type, kind))
    variants = literal_type.union_type.variants if kind == "union_type" else ()
    return max(1, sum(map(_members_in, variants)))


def _node_of_table(literal_type: LiteralType) -> Reference:
    dataset = literal_type.structured_dataset_type
    if literal_type.HasField("schema"):
        try:
            columns = schema_columns(literal_type.schema)
        except ConversionError:  # a column of a type that a newer flyteidl adds
            columns = ()
        return Reference(SCHEMA, columns=tuple((name, parse(column)) for name, column in columns))
    external = ExternalSchema(dataset.external_schema_type, dataset.external_schema_bytes)
    try:
        pairs = tuple((name, node_of(column)) for name, column in dataset_columns(dataset))
    except UnsupportedTypeError:  # likewise
        pairs = ()
    return Reference(DATASET, dataset.format, pairs, external if any(external) else None)
