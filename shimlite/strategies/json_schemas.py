# SPDX-License-Identifier: Apache-2.0
"""A record's JSON Schema in the spellings of those who wrote one for Flyte.

mashumaro, for flytekit's dataclasses, puts every class in its place, and shimlite writes the same. From that the others
are made: pydantic puts all but the outermost class under ``$defs``, marshmallow, of older flytekits, all of them under
``definitions``, with lists of types; both give each property a title.
"""

from __future__ import annotations

from typing import Any

from .shapes import REFERENCES

Schema = dict[str, Any]

_REFERENCES = {cls.__name__ for cls in REFERENCES}


def as_pydantic(schema: Schema) -> Schema:
    pydantic = _Pydantic(schema)
    root = pydantic.spelled(schema) if "$ref" in schema else pydantic.record(schema)
    return {**root, "$defs": pydantic.records} if pydantic.records else root


def as_marshmallow(schema: Schema) -> Schema:
    marshmallow = _Marshmallow(schema)
    root = marshmallow.spelled(schema)
    return {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": marshmallow.records, **root}


class _Pydantic:
    place = "$defs"

    def __init__(self, schema: Schema) -> None:
        self.records: dict[str, Schema] = {}
        for name, held in sorted(schema.get("$defs", {}).items()):  # those that hold themselves
            self.records[name] = self.record(held)

    def spelled(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            return self.reference(schema["$ref"].rpartition("/")[2])
        if "anyOf" in schema:
            return self.union(schema)
        if schema.get("type") == "array":
            return {**schema, "items": self.spelled(schema["items"])} if "items" in schema else schema
        if schema.get("type") == "object":
            return self.object(schema)
        return self.scalar(schema)

    def object(self, schema: Schema) -> Schema:
        if schema.get("title") in _REFERENCES:
            return schema
        if "title" in schema:
            default = {"default": schema["default"]} if "default" in schema else {}
            return {**self.reference(self.named(schema["title"], self.record(schema))), **default}
        return {word: self.spelled(said) if isinstance(said, dict) else said for word, said in schema.items()}

    def record(self, schema: Schema) -> Schema:
        properties = schema.get("properties", {})
        titled = {name: self.titled(name, self.spelled(properties[name])) for name in sorted(properties)}
        made: Schema = {word: schema[word] for word in ("type", "title", "required") if word in schema}
        return {**made, "properties": titled}

    def named(self, name: str, record: Schema) -> str:
        """``name``, or a longer one where that stands for another class."""
        while self.records.setdefault(name, record) != record:
            name += "_"
        return name

    def titled(self, name: str, schema: Schema) -> Schema:
        return schema if "$ref" in schema else {"title": name.title(), **schema}

    def reference(self, name: str) -> Schema:
        return {"$ref": f"#/{self.place}/{name}"}

    def union(self, schema: Schema) -> Schema:
        return {**schema, "anyOf": [self.spelled(one) for one in schema["anyOf"]]}

    def scalar(self, schema: Schema) -> Schema:
        return schema


class _Marshmallow(_Pydantic):
    place = "definitions"

    def reference(self, name: str) -> Schema:
        return {"type": "object", **super().reference(name)}

    def union(self, schema: Schema) -> Schema:
        spelled = super().union(schema)
        kinds = [one["type"] for one in spelled["anyOf"] if one.keys() == {"type"}]
        if len(kinds) != len(spelled["anyOf"]):
            return spelled
        return {"type": kinds, **{word: said for word, said in spelled.items() if word != "anyOf"}}

    def scalar(self, schema: Schema) -> Schema:
        return {**schema, "type": "number", "format": "integer"} if schema.get("type") == "integer" else schema
