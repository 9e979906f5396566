# SPDX-License-Identifier: Apache-2.0
"""A record's JSON Schema, written as mashumaro writes it for flytekit, and read back into a generated dataclass.

Written: draft 2020-12, every class in its place, only a class that holds itself under ``$defs``. Read: that, pydantic's
(``$defs`` throughout) and the older marshmallow form (``definitions``). A schema is data: no name in it is looked up
anywhere, and one that cannot be made a class is no error, the value is a plain ``dict`` then.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import keyword
import typing
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from .._idl import LiteralType, Struct
from ..errors import ConversionError
from . import times
from .choices import dynamic_enum
from .packing import EXACT, read_struct
from .references import REFERENCES, BlobRow, ReferenceRow
from .row import Compiler, JsonSchema, type_kind
from .scalars import BytesRow
from .unions import MOST_MEMBERS, union_of

MOST_FIELDS = 1000
"""A dataclass of more takes seconds to make; nobody writes one by hand."""
MOST_TYPES = 5000
"""Types read for one schema, and values in the defaults of one record. References let a few kB spell out more of them
than there is time for."""
LONGEST_TITLE = 100
"""Characters. A title is the class's name, which stands in messages."""


GENERATED: weakref.WeakSet[type] = weakref.WeakSet()
"""The classes made from schemas, which are nobody's own."""

SchemaOf = Callable[[Any, "Writer"], JsonSchema]
PropertiesOf = Callable[[type, "Writer"], Iterator[tuple[str, JsonSchema, bool]]]
"""Of each property of a record its name, its schema, and whether it is required."""


class Writer:
    """Writes the schema of one record; remembers which records it is inside of, to find those that hold themselves."""

    def __init__(self, schema_of: SchemaOf, properties_of: PropertiesOf) -> None:
        self._schema_of = schema_of
        self._properties_of = properties_of
        self._open: list[type] = []
        self._recursive: set[type] = set()
        self._defs: dict[str, JsonSchema] = {}

    def schema(self, python_type: Any) -> JsonSchema:
        return self._schema_of(python_type, self)

    def record(self, record: type) -> JsonSchema:
        """The schema of ``record``, or a reference to it."""
        reference: JsonSchema = {"$ref": f"#/$defs/{record.__name__}"}
        if record in self._open:
            if record.__name__ not in self._defs:
                self._recursive.add(record)
            return reference
        self._open.append(record)
        schema = _object(record.__name__, list(self._properties_of(record, self)))
        self._open.pop()
        if record not in self._recursive:
            return schema
        self._recursive.discard(record)
        self._defs[record.__name__] = schema
        return reference

    def document(self, record: type) -> JsonSchema:
        schema = self.schema(record)
        return {**schema, "$defs": self._defs} if self._defs else schema


def _object(title: str, properties: list[tuple[str, JsonSchema, bool]]) -> JsonSchema:
    schema: JsonSchema = {"type": "object", "title": title, "additionalProperties": False}
    if properties:
        schema["properties"] = {name: said for name, said, _ in properties}
    required = [name for name, _, needed in properties if needed]
    return {**schema, "required": required} if required else schema


class _UnreadableError(Exception):
    """This schema makes no class."""


def read_class(metadata: bytes, held: LiteralType, compiler: Compiler) -> type | None:
    """The dataclass that a STRUCT's metadata, a ``Struct``, describes; None where it describes none.

    ``held`` carries the type's ``structure``.
    """
    try:
        made = _Reader(read_struct(Struct.FromString(metadata)), compiler).root(held)
        compiler.packed(made)
        return made
    except Exception:  # a hostile schema may be of any shape, or deeper than protobuf reads: it is no class, then
        return None


SCALARS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": type(None),
}


FORMATS: dict[tuple[str, str], Any] = {
    (row.schema["type"], row.schema["format"]): row.cls for row in (*times.ROWS, BytesRow())
}
FORMATS["number", "integer"] = int  # marshmallow


class _Reader:
    def __init__(self, schema: JsonSchema, compiler: Compiler) -> None:
        self._schema = schema
        self._compiler = compiler
        self._made: dict[str, type] = {}
        self._weights: dict[type, int] = {}
        self._left = MOST_TYPES

    def root(self, held: LiteralType) -> type:
        if "$ref" not in self._schema:
            return self._class(self._schema, self._schema["title"], held)
        made = self.type_of(self._schema, held)
        if not isinstance(made, type) or not dataclasses.is_dataclass(made):
            raise _UnreadableError
        return made

    def type_of(self, schema: Any, held: LiteralType | None = None) -> Any:
        """The type of one property; ``held`` is what ``dataclass_type`` says of it, where it says anything.

        The schema decides, since it describes what msgpack holds; ``held`` adds what it cannot say: a format of files,
        and whether strings are an Enum's.
        """
        self._left -= 1
        if not isinstance(schema, dict) or self._left < 0:
            raise _UnreadableError
        if "$ref" in schema:
            return self._referred(schema["$ref"], held)
        if "anyOf" in schema:
            return self._union(schema["anyOf"], held)
        if "enum" in schema or "const" in schema:
            values = schema["enum"] if "enum" in schema else [schema["const"]]
            self._left -= len(values)
            return _choice(values, held)
        kind = schema.get("type")
        if isinstance(kind, list):
            return union_of([self.type_of({**schema, "type": one}) for one in kind])
        if kind == "array":
            return self._array(schema, held)
        if kind == "object":
            return self._object(schema, held)
        return FORMATS.get((str(kind), str(schema.get("format"))), SCALARS.get(str(kind), Any))

    def _referred(self, reference: Any, held: LiteralType | None) -> Any:
        if reference in self._made:
            return self._made[reference]
        place, _, name = reference.removeprefix("#/").partition("/")
        if place not in ("$defs", "definitions"):
            raise _UnreadableError
        schema = self._schema[place][name]
        if "enum" in schema or _reference(schema) or not _has_fields(schema):
            return self.type_of(schema, held)
        return self._class(schema, schema.get("title", name), held, reference)

    def _union(self, choices: list[Any], held: LiteralType | None) -> Any:
        if len(choices) > MOST_MEMBERS:
            raise _UnreadableError
        variants: list[LiteralType | None] = list(held.union_type.variants) if held is not None else []
        if len(variants) != len(choices):
            variants = [None] * len(choices)
        return union_of([self.type_of(choice, variant) for choice, variant in zip(choices, variants)])

    def _array(self, schema: JsonSchema, held: LiteralType | None) -> Any:
        if "items" not in schema or "prefixItems" in schema:
            return list
        return list[self.type_of(schema["items"], held and held.collection_type)]  # type: ignore[misc]

    def _object(self, schema: JsonSchema, held: LiteralType | None) -> Any:
        row = _reference(schema)
        if row is not None:
            is_blob = isinstance(row, BlobRow) and held is not None and type_kind(held) == "blob"
            return self._compiler.guess(held) if is_blob and held is not None else row.cls
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            key = self.type_of(schema.get("propertyNames", {"type": "string"}))
            return dict[key, self.type_of(values, held and held.map_value_type)]  # type: ignore[valid-type,misc]
        if "title" in schema and _has_fields(schema):
            return self._class(schema, schema["title"], held)
        return dict

    def _class(self, schema: JsonSchema, title: str, held: LiteralType | None, reference: str = "") -> type:
        if schema.get("type") != "object" or len(title) > LONGEST_TITLE or not title.isprintable():
            raise _UnreadableError
        made = type(title, (), {"__doc__": f"Generated from the JSON Schema of {title}."})
        GENERATED.add(made)
        if reference:
            self._made[reference] = made  # before its fields, which may refer to it
        required = list(schema.get("required", ()))
        properties = schema.get("properties", {})
        names = [name for name in required if name in properties]
        names += sorted(set(properties) - set(required))
        if len(names) > MOST_FIELDS or not all(map(_can_name_a_field, names)):
            raise _UnreadableError
        types = held.structure.dataclass_type if held is not None else {}
        annotations = {}
        for name in names:
            held_field = types.get(name)
            annotations[name] = self.type_of(properties[name], held_field)
            if name in required:
                setattr(made, name, dataclasses.field())  # or dataclass takes what `type` has of that name: `mro`
            else:
                annotations[name] = self._set_default(made, name, annotations[name], properties[name])
        made.__annotations__ = annotations
        self._weigh(made, {name: properties[name] for name in names if name not in required})
        return dataclasses.dataclass(kw_only=True)(made)

    def _weigh(self, made: type, optional: dict[str, JsonSchema]) -> None:
        """Refuse a class whose defaults hold records whose defaults hold records, and so on, too many times over."""
        weight = 1
        for name, schema in optional.items():
            records = (self._weights.get(part, 0) for part in _parts(made.__annotations__[name]))
            weight += _count(schema.get("default")) * (1 + sum(records))
        if weight > MOST_TYPES:
            raise _UnreadableError
        self._weights[made] = weight

    def _set_default(self, record: type, name: str, field_type: Any, schema: Any) -> Any:
        """Give a field that may be absent its default; returns its type, which None joins where nothing is known."""
        default = schema.get("default")
        if default is not None:
            setattr(record, name, self._default(field_type, default))
            return field_type
        if field_type in (list, dict) or typing.get_origin(field_type) in (list, dict):
            setattr(record, name, dataclasses.field(default_factory=typing.get_origin(field_type) or field_type))
            return field_type
        setattr(record, name, None)
        return field_type if field_type is Any else union_of([field_type, type(None)])

    def _default(self, field_type: Any, default: Any) -> Any:
        """A scalar's default as it is. Any other is made when it is needed, each time a new one; so is one that does
        not fit its own field, which is an error then."""
        unpacked = functools.partial(_unpacked, self._compiler, field_type, default)
        if field_type in SCALARS.values() or field_type in FORMATS.values():
            with contextlib.suppress(ConversionError):
                return unpacked()
        return dataclasses.field(default_factory=unpacked)


def _reference(schema: JsonSchema) -> ReferenceRow | None:
    """The row of ours that a schema is of."""
    for row in REFERENCES:
        if schema.get("title") == row.cls.__name__ and set(schema.get("properties", ())) == set(row.properties):
            return row
    return None


def _has_fields(schema: JsonSchema) -> bool:
    """Whether it is a class: pydantic gives an untyped dict a title too, mashumaro an empty class no properties."""
    return "properties" in schema or schema.get("additionalProperties") is False


def _parts(python_type: Any) -> Iterator[Any]:
    yield python_type
    for argument in typing.get_args(python_type):
        yield from _parts(argument)


def _count(plain: Any) -> int:
    """The values in JSON-like data."""
    if isinstance(plain, dict):
        plain = list(plain.values())
    return 1 + sum(map(_count, plain)) if isinstance(plain, list) else 1


def _unpacked(compiler: Compiler, field_type: Any, default: Any) -> Any:
    return compiler.packed(field_type).unpack(copy.deepcopy(default))


def _choice(values: list[Any], held: LiteralType | None) -> Any:
    if held is not None and held.enum_type.values:
        return dynamic_enum(tuple(held.enum_type.values))
    if not values or not all(isinstance(value, (str, int, bool, type(None))) for value in values):
        return Any
    if any(isinstance(value, int) and abs(value) >= EXACT for value in values):
        return Any  # the schema's numbers are doubles, which do not say which int was meant
    return typing.Literal[tuple(values)]


def _can_name_a_field(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")
