# SPDX-License-Identifier: Apache-2.0
"""The fold for JSON Schemas: a record's, as mashumaro writes it for flytekit.

Draft 2020-12, every class in its place, only a class that holds itself under ``$defs``. Conversions never read a
schema, which a pod does not get; ``shimlite.schemas`` reads it, for people. Next: ``literal_types``.
"""

from __future__ import annotations

import binascii
from typing import Any

from ..errors import ConversionError, UnsupportedTypeError
from .classes import MISSING
from .msgpack_codec import Packings
from .nodes import Choice, Dict, Field, Foreign, Hashed, List, Map, Node, Record, Reference, Union, Worded
from .parse import spell_apart
from .rows import Atom, JsonSchema

MOST_DESCRIBED = 20_000
"""Types in the JSON Schemas of one LiteralType, some 100 us each. A schema spells out a class wherever it stands, so a
few classes that hold one another twice would take more than there is memory for."""


class SchemaWriter:
    """Writes the schemas of one ``LiteralType``, so that all its types are counted together."""

    def __init__(self) -> None:
        self._packings = Packings()
        self._described = 0

    @property
    def is_full(self) -> bool:
        return self._described > MOST_DESCRIBED

    def count(self, types: int) -> None:
        """Raises UnsupportedTypeError where there are too many."""
        self._described += types
        if self.is_full:
            raise UnsupportedTypeError(f"holds more than {MOST_DESCRIBED} types")

    def document(self, record: Record) -> JsonSchema:
        """The schema of a record, with those that it refers to."""
        self._open: list[Record] = []
        self._recursive: set[Record] = set()
        self._defs: dict[str, tuple[Record, JsonSchema]] = {}
        schema = self._schema(record)
        return {**schema, "$defs": {name: one for name, (_, one) in self._defs.items()}} if self._defs else schema

    def _schema(self, node: Node) -> JsonSchema:
        self.count(1)
        match node:
            case Atom(schema=schema):
                return dict(schema)
            case List(item):
                element = self._schema(item)
                return {"type": "array", "items": element} if element else {"type": "array"}
            case Map(item):
                return {
                    "type": "object",
                    **_unless_empty(additionalProperties=self._schema(item)),
                    "propertyNames": {"type": "string"},
                }
            case Dict(key, value):
                keys, values = self._schema(key), self._schema(value)
                return {"type": "object", **_unless_empty(additionalProperties=values, propertyNames=keys)}
            case Record():
                return self._record(node)
            case Union(choices):
                return {"anyOf": [self._schema(choice) for choice in choices]}
            case Choice():
                return _of_choice(node)
            case Reference(row):
                properties = {name: dict(schema) for name, schema in row.properties.items()}
                return {
                    "type": "object",
                    "title": row.cls.__name__,
                    "properties": properties,
                    "additionalProperties": False,
                }
            case Worded(inner) | Hashed(inner):
                return self._schema(inner)
            case Foreign():  # pragma: no cover - only models have such fields, and schemas of their own
                return {}

    def _record(self, record: Record) -> JsonSchema:
        """The schema of a record, or a reference to it."""
        name = record.cls.__name__
        reference: JsonSchema = {"$ref": f"#/$defs/{name}"}
        if record in self._open:
            if self._defs.get(name, (None,))[0] != record:
                self._recursive.add(record)
            return reference
        self._open.append(record)
        schema = {**_object(name), **self._properties(record)}
        self._open.pop()
        if record not in self._recursive:
            return schema
        self._recursive.discard(record)
        other, _ = self._defs.setdefault(name, (record, schema))
        if other != record:
            one, another = spell_apart(other, record)
            raise UnsupportedTypeError(f"{one} and {another} have one name in a JSON Schema", hint="rename one")
        self._defs[name] = record, schema
        return reference

    def _properties(self, record: Record) -> JsonSchema:
        """Names are the fields', as msgpack holds them."""
        fields = [field for field in record.fields if field.init]
        properties = {field.name: self._property(field) for field in fields}
        return _unless_empty(properties=properties, required=[field.name for field in fields if field.required])

    def _property(self, field: Field) -> JsonSchema:
        schema = self._schema(field.declared)
        if field.default is not MISSING:
            schema["default"] = self._default(field)
        return {**schema, **_unless_empty(description=field.description)}

    def _default(self, field: Field) -> Any:
        try:
            return None if field.default is None else _as_json(self._packings[field.node].pack(field.default))
        except ConversionError as error:
            raise UnsupportedTypeError(
                f"the default of field {field.name!r} is not of its type: {error.reason}"
            ) from None


def _object(title: str) -> JsonSchema:
    return {"type": "object", "title": title, "additionalProperties": False}


def _unless_empty(**words: Any) -> JsonSchema:
    return {word: value for word, value in words.items() if value}


def _of_choice(node: Choice) -> JsonSchema:
    """JSON has no bytes, so a schema says nothing of a choice among them."""
    values = [value for _, value in node.values]
    if any(isinstance(value, bytes) for value in values):
        return {}
    return {"const": values[0]} if node.enum is None and len(values) == 1 else {"enum": values}


def _as_json(packed: Any) -> Any:
    if isinstance(packed, bytes):
        return "".join(binascii.b2a_base64(packed[at : at + 57]).decode() for at in range(0, len(packed), 57))
    if isinstance(packed, dict):
        return {str(key): _as_json(value) for key, value in packed.items()}
    return [_as_json(value) for value in packed] if isinstance(packed, list) else packed
