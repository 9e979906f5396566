# SPDX-License-Identifier: Apache-2.0
"""What a registered template says of its records, for people: ``inspect`` shows it, ``stub`` and the strategies use it.

Conversions do not know this module, since a pod gets no schema. It reads the JSON Schemas of flytekit (every class in
its place), of pydantic (``$defs`` throughout) and of old flytekits (``definitions``); where there is none, the types of
the fields in ``structure.dataclass_type``, which a pod's template keeps. A schema is data: no name in it is looked up
anywhere, no class is made of it, and one of no known shape is no error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from ._idl import LiteralType, type_kind
from ._types.atoms import BYTES, ERROR
from ._types.parse import LONGEST_TYPE, spell
from ._types.plain_data import EXACT, read_struct
from ._types.references import REFERENCES
from ._types.rows import Atom, JsonSchema, ReferenceRow
from ._types.times import TIMES
from .engine import guess_python_type

__all__ = [
    "Choice",
    "DictOf",
    "Field",
    "ListOf",
    "Named",
    "OneOf",
    "Record",
    "Schema",
    "as_segment",
    "differences",
    "read_schema",
    "read_type",
    "spelled",
]

ROOT = "root"
"""The one field of a pydantic RootModel, whose values are written as what is in it."""
MOST_TYPES = 5000
"""Types read in one schema."""
UNTOLD: Any = object()
"""Stands for the default that a schema does not tell."""


@attrs.frozen
class ListOf:
    item: Any


@attrs.frozen
class DictOf:
    key: Any
    value: Any


@attrs.frozen
class OneOf:
    members: tuple[Any, ...]


@attrs.frozen
class Choice:
    """An Enum, or a Literal."""

    values: tuple[Any, ...]
    is_enum: bool = attrs.field(default=False, eq=False)
    """Whether it is told to be an Enum."""
    title: str = attrs.field(default="", eq=False)
    """The name of the Enum, where the schema tells it."""
    is_whole: bool = attrs.field(default=True, eq=False)
    """Whether all values are told."""


@attrs.frozen
class Field:
    name: str
    type: Any
    required: bool
    """False too where only ``dataclass_type`` tells the field, which does not say."""
    default: Any = attrs.field(default=UNTOLD, eq=False)
    """As JSON holds it. Comparisons leave it and the description out."""
    description: str = attrs.field(default="", eq=False)


@attrs.frozen
class Record:
    """A class, by its title and its fields. The title is empty where only ``dataclass_type`` tells the fields."""

    title: str
    fields: tuple[Field, ...]
    is_open: bool = attrs.field(default=False, eq=False)
    """Whether it says that it takes other fields too."""


@attrs.frozen
class Named:
    """A record of ``Schema.records``, which may hold itself."""

    reference: str


@attrs.frozen
class Schema:
    """A type that is one of the classes above, or a Python type where no more is to be said."""

    root: Any
    records: Mapping[str, Record] = attrs.field(factory=dict)

    def record(self, told: Any) -> Any:
        """The type itself, or the record that it names."""
        return self.records[told.reference] if isinstance(told, Named) else told


def read_schema(literal_type: LiteralType) -> Schema | None:
    """The record that a STRUCT is declared as; None where nothing tells one."""
    if type_kind(literal_type) != "STRUCT":
        return None
    try:
        if literal_type.metadata.fields:
            reader = _Reader(read_struct(literal_type.metadata))
            root = reader.root(literal_type)
            return Schema(root, reader.records)
        root = _told_by_fields(literal_type)
    except Exception:  # a hostile schema may be of any shape, or deeper than Python goes
        return None
    return Schema(root) if isinstance(root, Record) else None


def read_type(literal_type: LiteralType, of_leaf: Callable[[LiteralType], Any]) -> Any:
    """What a type tells, which need be no STRUCT; ``of_leaf`` says it of a type that holds no other."""
    kind = type_kind(literal_type)
    if kind == "collection_type":
        return ListOf(read_type(literal_type.collection_type, of_leaf))
    if kind == "map_value_type":
        return DictOf(str, read_type(literal_type.map_value_type, of_leaf))
    if kind == "union_type":
        return OneOf(tuple(read_type(variant, of_leaf) for variant in literal_type.union_type.variants))
    if kind == "enum_type":
        return Choice(tuple(literal_type.enum_type.values), is_enum=True)
    return of_leaf(literal_type)


def _told_by_fields(literal_type: LiteralType) -> Any:
    """What a type tells where no schema does."""
    return read_type(literal_type, _leaf_by_fields)


def _leaf_by_fields(literal_type: LiteralType) -> Any:
    fields = literal_type.structure.dataclass_type
    if type_kind(literal_type) == "STRUCT" and list(fields) == [ROOT]:
        return Any
    if type_kind(literal_type) == "STRUCT" and fields:
        return Record("", tuple(Field(name, _told_by_fields(fields[name]), False) for name in sorted(fields)))
    return Any if literal_type.blob.format == "PythonPickle" else guess_python_type(literal_type)


SCALARS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": type(None),
}
FORMATS: dict[tuple[str, str], Any] = {(row.schema["type"], row.schema["format"]): row.cls for row in (*TIMES, BYTES)}
FORMATS["number", "integer"] = int  # marshmallow


class _UnreadableError(Exception):
    """This schema tells no record."""


class _Reader:
    def __init__(self, schema: JsonSchema) -> None:
        self._schema = schema
        self._left = MOST_TYPES
        self.records: dict[str, Record] = {}

    def root(self, literal_type: LiteralType) -> Any:
        told = _unrooted(literal_type, self._schema)
        if "$ref" in self._schema:
            root = self.type_of(self._schema, told)
        elif told is not literal_type and not _has_fields(self._schema):
            raise _UnreadableError
        else:
            root = self._record(self._schema, self._schema["title"], told)
        if not isinstance(root, (Named, Record)):
            raise _UnreadableError
        return root

    def type_of(self, schema: Any, told: LiteralType | None = None) -> Any:
        """The type of one property; ``told`` is what ``dataclass_type`` says of it, where it says anything: the format
        of a file, and that strings are an Enum's."""
        self._left -= 1
        if not isinstance(schema, dict) or self._left < 0:
            raise _UnreadableError
        if "$ref" in schema:
            return self._referred(schema["$ref"], told)
        if "anyOf" in schema or "oneOf" in schema:  # pydantic's union, and that of models told apart by a field
            return self._union(schema["anyOf" if "anyOf" in schema else "oneOf"], told)
        if len(schema.get("allOf", ())) == 1:  # a reference beside a default, up to pydantic 2.8
            return self.type_of(schema["allOf"][0], told)
        if "enum" in schema or "const" in schema:
            values = schema["enum"] if "enum" in schema else [schema["const"]]
            self._left -= len(values)
            told_values = tuple(filter(_is_told, values))
            is_enum, is_whole = told is not None and type_kind(told) == "enum_type", len(told_values) == len(values)
            return Choice(told_values, is_enum=is_enum, is_whole=is_whole) if told_values else Any
        kind = schema.get("type")
        if isinstance(kind, list):
            return OneOf(tuple(self.type_of({**schema, "type": one}) for one in kind))
        if kind == "array":
            return self._array(schema, told)
        if kind == "object":
            return self._object(schema, told)
        return FORMATS.get((str(kind), str(schema.get("format"))), SCALARS.get(str(kind), Any))

    def _referred(self, reference: Any, told: LiteralType | None) -> Any:
        if reference in self.records:
            return Named(reference)
        place, _, name = reference.removeprefix("#/").partition("/")
        if place not in ("$defs", "definitions"):
            raise _UnreadableError
        schema = self._schema[place][name]
        told = _unrooted(told, schema)
        if "enum" in schema or _reference(schema) or not _has_fields(schema):
            found = self.type_of(schema, told)
            return attrs.evolve(found, is_enum=True, title=str(name)) if isinstance(found, Choice) else found
        self.records[reference] = Record(name, ())  # before its fields, which may refer to it
        self.records[reference] = self._record(schema, schema.get("title", name), told)
        return Named(reference)

    def _union(self, choices: list[Any], told: LiteralType | None) -> Any:
        variants: list[LiteralType | None] = list(told.union_type.variants) if told is not None else []
        if len(variants) != len(choices):
            variants = [None] * len(choices)
        return OneOf(tuple(self.type_of(choice, variant) for choice, variant in zip(choices, variants)))

    def _array(self, schema: JsonSchema, told: LiteralType | None) -> Any:
        if "items" not in schema or "prefixItems" in schema:
            return list
        return ListOf(self.type_of(schema["items"], told and told.collection_type))

    def _object(self, schema: JsonSchema, told: LiteralType | None) -> Any:
        row = _reference(schema)
        if row is not None:
            is_blob = (
                isinstance(row, ReferenceRow) and row.kind == "blob" and told is not None and type_kind(told) == "blob"
            )
            return guess_python_type(told) if is_blob and told is not None else row.cls
        values = schema.get("additionalProperties")
        if isinstance(values, dict) or "propertyNames" in schema:
            key = self.type_of(schema.get("propertyNames", {"type": "string"}))
            value = self.type_of(values, told and told.map_value_type) if isinstance(values, dict) else Any
            return DictOf(key, value)
        if "title" in schema and _has_fields(schema):
            return self._record(schema, schema["title"], told)
        return dict

    def _record(self, schema: JsonSchema, title: str, told: LiteralType | None) -> Record:
        """pydantic tells a field by its alias, but writes it by its name, as ``dataclass_type`` has it, which also has
        what no parameter sets. The other fields are left open where that does not have all, and where mashumaro may
        write the alias."""
        if schema.get("type") != "object" or not isinstance(title, str):
            raise _UnreadableError
        types = told.structure.dataclass_type if told is not None else {}
        properties, required = schema.get("properties", {}), dict.fromkeys(schema.get("required", ()))
        names = [name for name in required if name in properties]
        names += sorted(set(properties) - set(required))
        by_alias = sorted(set(types) - set(properties)) if set(properties) - set(types) else []
        if by_alias:
            names = [name for name in names if name in types]
        told_types = {name: self.type_of(properties[name], types.get(name)) for name in names}
        fields = [_field(name, one, name in required, properties[name]) for name, one in told_types.items()]
        fields += [Field(name, _told_by_fields(types[name]), False) for name in by_alias]
        is_open = schema.get("additionalProperties") is True
        if by_alias:
            is_open = len(types) != len(properties) or "additionalProperties" in schema
        return Record(title, tuple(fields), is_open)


def _unrooted(told: LiteralType | None, schema: JsonSchema) -> LiteralType | None:
    """What ``dataclass_type`` says of a schema's type; of a RootModel it says it of a field that no value has."""
    types = told.structure.dataclass_type if told is not None else {}
    is_root = list(types) == [ROOT] and ROOT not in schema.get("properties", ())
    return types[ROOT] if is_root else told


def _field(name: str, told: Any, is_required: bool, schema: JsonSchema) -> Field:
    return Field(name, told, is_required, schema.get("default", UNTOLD), str(schema.get("description", "")))


def _is_told(value: Any) -> bool:
    """Whether a schema says which value is meant: its numbers are doubles, which hold not every int."""
    return isinstance(value, (str, bool, type(None))) or (isinstance(value, int) and abs(value) < EXACT)


def _reference(schema: JsonSchema) -> ReferenceRow | Atom | None:
    """The row of ours that a schema is of."""
    rows: list[tuple[Any, Any]] = [(row, row.properties) for row in REFERENCES]
    for row, properties in (*rows, (ERROR, ERROR.schema["properties"])):
        if schema.get("title") == row.cls.__name__ and set(schema.get("properties", ())) == set(properties):
            return row  # type: ignore[no-any-return]
    return None


def _has_fields(schema: JsonSchema) -> bool:
    """Whether it is a class: pydantic gives an untyped dict a title too, mashumaro an empty class no properties."""
    return "properties" in schema or schema.get("additionalProperties") is False


# ------------------------------------------------------------------------------------------------- for people to read


def spelled(told: Any) -> str:
    """A type as one writes it in Python, a record by its name; cut where it is long, and in one line."""
    text = _spelled(told)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= LONGEST_TYPE else f"{text[:LONGEST_TYPE]}…"


def _spelled(told: Any) -> str:
    if isinstance(told, ListOf):
        return f"list[{spelled(told.item)}]"
    if isinstance(told, DictOf):
        return f"dict[{spelled(told.key)}, {spelled(told.value)}]"
    if isinstance(told, OneOf):
        return " | ".join(map(spelled, told.members))
    if isinstance(told, Choice):
        return f"one of {', '.join(map(repr, told.values))}"
    if isinstance(told, Record):
        return told.title or "a record"
    return told.reference.rpartition("/")[2] if isinstance(told, Named) else spell(told)


def as_segment(name: str) -> str:
    """A field as Python would take it of a value: ``.name``. A schema's names may be of any text and length."""
    shown = name if len(name) <= LONGEST_TYPE else f"{name[:LONGEST_TYPE]}…"
    return f".{shown}" if shown.isidentifier() else f"[{shown!r}]"


def differences(declared: Schema, annotated: Schema) -> Iterator[str]:
    """Where a class does not have the fields that a template declares, one line each, with its path."""
    return _Comparison(declared, annotated).lines("", declared.root, annotated.root)


class _Comparison:
    """Of two schemas, each pair of records once: records that hold one another have paths without end."""

    def __init__(self, declared: Schema, annotated: Schema) -> None:
        self._declared = declared
        self._annotated = annotated
        self._seen: set[tuple[Any, Any]] = set()

    def lines(self, path: str, declared: Any, annotated: Any) -> Iterator[str]:
        one, other = self._declared.record(declared), self._annotated.record(annotated)
        if isinstance(one, Record) and isinstance(other, Record):
            if (declared, annotated) not in self._seen:
                self._seen.add((declared, annotated))
                tells_defaults = _tells_defaults(declared, one) and _tells_defaults(annotated, other)
                yield from self._of_fields(path, one, other, tells_defaults)
        elif isinstance(one, ListOf) and isinstance(other, ListOf):
            yield from self.lines(f"{path}[i]", one.item, other.item)
        elif isinstance(one, DictOf) and isinstance(other, DictOf):
            yield from self.lines(f"{path}(key)", one.key, other.key)
            yield from self.lines(f"{path}[key]", one.value, other.value)
        elif isinstance(one, OneOf) and isinstance(other, OneOf):
            yield from self._of_members(path, one, other)
        elif isinstance(one, Choice) and isinstance(other, Choice) and set(one.values) == set(other.values):
            pass
        elif one != other:
            yield f"{path or 'it'} is declared {spelled(one)}, annotated {spelled(other)}"

    def _of_fields(self, path: str, declared: Record, annotated: Record, tells_defaults: bool) -> Iterator[str]:
        fields = {field.name: field for field in annotated.fields}
        for field in declared.fields:
            place = f"{path}{as_segment(field.name)}"
            if field.name not in fields:
                yield f"{place} is declared, and {spelled(annotated)} has no such field"
                continue
            own = fields.pop(field.name)
            yield from self.lines(place, field.type, own.type)
            if tells_defaults and field.required is not own.required:
                told, said = ("needed", "with a default") if field.required else ("with a default", "needed")
                yield f"{place} is declared {told}, annotated {said}"
        for name, field in fields.items():
            if field.required and not declared.is_open:
                yield f"{path}{as_segment(name)} is not declared, and {spelled(annotated)} needs it"

    def _of_members(self, path: str, declared: OneOf, annotated: OneOf) -> Iterator[str]:
        """The order of members says nothing. Those without a namesake are compared where one is left on each side. Of
        several of one name on both sides nothing tells which is which."""
        sides = [_by_name(side.members) for side in (declared, annotated)]
        names = [name for name, found in sides[0].items() if len(sides[1].get(name, ())) == len(found)]
        for name in names:
            if len(sides[0][name]) == 1:
                yield from self.lines(path, sides[0][name][0], sides[1][name][0])
        left, right = ([one for name, found in side.items() if name not in names for one in found] for side in sides)
        if len(left) == len(right) == 1:
            yield from self.lines(path, left[0], right[0])
        elif left or right:
            yield f"{path or 'it'} is declared {spelled(declared)}, annotated {spelled(annotated)}"


def _tells_defaults(told: Any, record: Record) -> bool:
    """Whether the schema says which fields have defaults: not ``dataclass_type``, nor what marshmallow writes."""
    return bool(record.title) and not (isinstance(told, Named) and told.reference.startswith("#/definitions/"))


def _by_name(members: tuple[Any, ...]) -> dict[str, list[Any]]:
    named: dict[str, list[Any]] = {}
    for member in members:
        named.setdefault(spelled(member), []).append(member)
    return named
