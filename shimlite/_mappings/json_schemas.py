# SPDX-License-Identifier: Apache-2.0
"""A record's JSON Schema, as mashumaro writes it for flytekit.

Draft 2020-12, every class in its place, only a class that holds itself under ``$defs``. Conversions never read a
schema, which a pod does not get; ``shimlite.schemas`` reads it, for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .row import JsonSchema

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
