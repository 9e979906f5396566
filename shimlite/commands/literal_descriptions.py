# SPDX-License-Identifier: Apache-2.0
"""Literals, literal maps and error documents as plain data: what ``inspect --json`` prints and ``prose`` puts in words.

A description is made of dicts, lists, texts and numbers, as JSON has them, under keys that stay the same.
Next: ``template_descriptions``.
"""

from __future__ import annotations

import itertools
from typing import Any

from .._idl import ContainerError, ErrorDocument, ExecutionError, Literal, LiteralMap, literal_kind
from .._types.plain_data import checked, read_packed
from ..errors import ShimliteError
from .durations import overlong
from .show import as_json, moment_in_words, type_in_words

_PRIMITIVES = {"integer": "integer", "float_value": "float", "string_value": "string", "boolean": "boolean"}


def literal_map_description(literal_map: LiteralMap, most: int | None) -> dict[str, Any]:
    """The literals by name; of each collection the first ``most`` elements, or all."""
    literals = literal_map.literals
    warnings = [line for name in sorted(literals) for line in overlong(literals[name], name)]
    return {"kind": "literal-map", **_elements_by_name(literal_map, most), "warnings": warnings}


def literal_description(literal: Literal, most: int | None) -> dict[str, Any]:
    """A literal alone, under ``value``."""
    return {"kind": "literal", "value": _literal(literal, most), "warnings": list(overlong(literal, "Literal"))}


def error_description(document: ErrorDocument) -> dict[str, Any]:
    error = document.error
    return {
        "kind": "error",
        "code": error.code,
        "recoverable": _name(ContainerError.Kind, error.kind),
        "origin": _name(ExecutionError.ErrorKind, error.origin),
        "at": moment_in_words(error.timestamp) if error.HasField("timestamp") else None,
        "message": error.message,
    }


def _name(kinds: Any, number: int) -> str:
    return str(kinds.Name(number)) if number in kinds.values() else f"number {number}"


def _elements_by_name(literal_map: LiteralMap, most: int | None) -> dict[str, Any]:
    names = sorted(literal_map.literals)
    elements = {name: _literal(literal_map.literals[name], most) for name in names[:most]}
    return {"length": len(names), "elements": elements}


def _literal(literal: Literal, most: int | None) -> dict[str, Any]:
    kind = literal_kind(literal)
    scalar = literal.scalar
    if kind == "collection":
        items = literal.collection.literals
        elements = [_literal(item, most) for item in itertools.islice(items, most)]
        return {"kind": "list", "length": len(items), "elements": elements}
    if kind == "map":
        return {"kind": "map", **_elements_by_name(literal.map, most)}
    if kind == "union":
        return {"kind": "union", "as": type_in_words(scalar.union.type), "value": _literal(scalar.union.value, most)}
    if kind in _PRIMITIVES:
        return {"kind": _PRIMITIVES[kind], "value": as_json(getattr(scalar.primitive, kind))}
    if kind in ("datetime", "duration"):
        return {"kind": kind, "value": moment_in_words(getattr(scalar.primitive, kind))}
    if kind in ("binary", "generic"):
        return {"kind": kind, **_packed(literal)}
    if kind == "offloaded_metadata":
        return {
            "kind": "offloaded",
            "uri": literal.offloaded_metadata.uri,
            "bytes": literal.offloaded_metadata.size_bytes,
        }
    if kind == "error":
        return {"kind": kind, "node": scalar.error.failed_node_id, "message": scalar.error.message}
    if kind in ("nothing", "none_type"):
        return {"kind": kind.removesuffix("_type")}
    return {"kind": kind.replace("_", " "), "uri": getattr(scalar, kind).uri}


def _packed(literal: Literal) -> dict[str, Any]:
    """What msgpack or a ``Struct`` holds; of what cannot be read, what is known."""
    try:
        return {"value": as_json(checked(read_packed(literal, "JSON-like")))}
    except ShimliteError as error:
        if literal_kind(literal) == "generic":
            return {"unreadable": error.reason}
        binary = literal.scalar.binary
        return {"bytes": len(binary.value), "tag": binary.tag}
