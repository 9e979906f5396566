# SPDX-License-Identifier: Apache-2.0
"""Settings of a dataclass for mashumaro, by which flytekit writes records. They are found here, and not supported.

A class with such a setting would be written in another way, and have another schema. mashumaro need not be installed:
its classes are recognised by module and name, its options by attribute. Next: ``words``.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Mapping
from typing import Any

from .plain_data import text

_HOOKS = ("__pre_serialize__", "__post_serialize__", "__pre_deserialize__", "__post_deserialize__")
_STRATEGIES = ("SerializableType", "GenericSerializableType")
_OF_A_FIELD = ("serialize", "deserialize", "serialization_strategy")


def mashumaro_setting(record: type) -> str:
    """The first setting that is not supported, in words; empty where there is none."""
    if not dataclasses.is_dataclass(record):
        return ""  # mashumaro knows no attrs classes
    return next(_of_methods(record), "") or next(_of_config(record), "") or next(_of_fields(record), "")


def is_json_mixin(record: type) -> bool:
    """Whether flytekit writes the class as JSON first, where it is no field of another."""
    return ("mashumaro.mixins.json", "DataClassJSONMixin") in _bases(record)


def _bases(record: type) -> set[tuple[str, str]]:
    return {(base.__module__, base.__name__) for base in record.__mro__}


def mashumaro_word(word: Any) -> str:
    """The name of a word of ``Annotated``, or of a class, that mashumaro heeds inside a record; empty for any other."""
    for base in (word if isinstance(word, type) else type(word)).__mro__:
        if base.__module__ == "mashumaro.types" and base.__name__ in _STRATEGIES:
            return base.__name__
        if base.__module__ == "mashumaro.types" and base.__name__ in ("Alias", "Discriminator"):
            return base.__name__
        if base.__module__ in ("mashumaro.jsonschema.annotations", "mashumaro.jsonschema.models"):
            return type(word).__name__
    return ""


def _of_methods(record: type) -> Iterator[str]:
    yield from (name for name in _STRATEGIES if ("mashumaro.types", name) in _bases(record))
    for hook in _HOOKS:
        owner = _owner(record, hook)
        if owner.__module__ != "mashumaro.mixins.dict" and vars(owner).get(hook) is not None:
            yield hook
    if is_json_mixin(record):  # flytekit calls these two of its methods
        yield from (
            name for name in ("to_json", "from_json") if _owner(record, name).__module__ != "mashumaro.mixins.json"
        )


def _owner(record: type, name: str) -> type:
    return next((base for base in record.__mro__ if name in vars(base)), object)


def _of_config(record: type) -> Iterator[str]:
    config = getattr(record, "Config", None)
    if not isinstance(config, type):
        return
    dialect = _option(config, "dialect")
    for name in ("omit_none", "omit_default"):
        option = _option(dialect, name)
        if _is_true(_option(config, name) if option is None else option):
            yield f"Config.{name}"
    for name in ("serialization_strategy", "forbid_extra_keys"):
        if _is_true(_option(config, name)) or _is_true(_option(dialect, name)):
            yield f"Config.{name}"
    schema = _mapping(config, "json_schema")
    properties: Any = schema.get("properties") if isinstance(schema.get("properties"), Mapping) else {}
    names = [field.name for field in dataclasses.fields(record)]
    if schema.get("additionalProperties", False) is not False or any(name in properties for name in names):
        yield "Config.json_schema"
    if _is_true(_option(vars(record).get("Config"), "discriminator")):  # it does not count for subclasses
        yield "Config.discriminator"


def _of_fields(record: Any) -> Iterator[str]:
    config = getattr(record, "Config", None)
    aliases = _mapping(config, "aliases") if isinstance(config, type) else {}
    for field in dataclasses.fields(record):
        metadata, of_field = field.metadata, f"of field {field.name!r}"
        yield from (f"{name} {of_field}" for name in _OF_A_FIELD if metadata.get(name) is not None)
        alias: Any = metadata.get("alias") if metadata.get("alias") is not None else aliases.get(field.name)
        alias = [alias] if isinstance(alias, str) else alias  # other libraries use the word too
        if isinstance(alias, (list, tuple, set, frozenset)) and any(one != field.name for one in alias):
            yield f"alias {of_field}"
        if not _is_text(metadata.get("description")):
            yield f"description {of_field}"


def _option(space: Any, name: str) -> Any:
    """An option of a Config or dialect; None where that leaves it open, for which mashumaro has a member of an Enum."""
    option = getattr(space, name, None)
    return None if isinstance(option, enum.Enum) else option


def _is_true(option: Any) -> bool:
    try:
        return bool(option)
    except Exception:  # an object of another library raised it
        return False


def _is_text(description: Any) -> bool:
    """Whether a schema can hold it, or leaves it out."""
    try:
        return not description or bool(text(description))
    except Exception:
        return False


def _mapping(space: Any, name: str) -> Mapping[str, Any]:
    option = _option(space, name)
    return option if isinstance(option, Mapping) else {}
