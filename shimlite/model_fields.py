# SPDX-License-Identifier: Apache-2.0
"""How pydantic reads and writes a reference that is a field of a model: as flytekit's models have it in their JSON.

pydantic calls this when the model's class is made; it is imported only then. ``values`` has the references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def core_schema_of(cls: type, keys: Sequence[tuple[str, str]], write: Callable[[Any], dict[str, Any]]) -> Any:
    """What pydantic does with a field of the class: an instance is taken, and a map with these keys.

    ``keys`` are attributes and their keys; of two keys for one attribute the first that says something counts.
    """
    from pydantic_core import core_schema

    text = core_schema.str_schema()
    texts = core_schema.nullable_schema(core_schema.dict_schema(text, text))
    location, *others = keys
    fields = {location[1]: core_schema.typed_dict_field(text)}
    for name, key in others:
        of_field = texts if name == "metadata" else core_schema.nullable_schema(text)
        fields[key] = core_schema.typed_dict_field(of_field, required=False)

    def read(packed: dict[str, Any]) -> Any:
        attributes = {name: packed[key] for name, key in reversed(keys) if packed.get(key)}
        return cls(**{location[0]: packed[location[1]], **attributes})

    from_map = core_schema.no_info_after_validator_function(read, core_schema.typed_dict_schema(fields))
    return core_schema.json_or_python_schema(
        json_schema=from_map,
        python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_map]),
        serialization=core_schema.plain_serializer_function_ser_schema(write, when_used="json"),
        ref=f"{cls.__module__}.{cls.__qualname__}",
    )


def json_schema_of(cls: type, keys: Mapping[str, str]) -> dict[str, Any]:
    """The JSON Schema that flytekit's class of that name has in a model."""
    properties = {key: _property(cls, name, key) for name, key in keys.items()}
    return {"properties": properties, "title": cls.__name__, "type": "object"}


def _property(cls: type, name: str, key: str) -> dict[str, Any]:
    text = {"type": "string"}
    if name == "metadata":
        first: list[dict[str, Any]] = [{"additionalProperties": text, "type": "object"}, {"type": "null"}]
    else:
        first = [text, {"format": "path", "type": "string"} if key == "path" else {"type": "null"}]
    default = "" if key == "file_format" else None
    return {"anyOf": first, "default": default, "title": key.replace("_", " ").title()}
