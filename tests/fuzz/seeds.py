# SPDX-License-Identifier: Apache-2.0
"""What the fuzzer starts from: flytekit's recorded literals and the values of the property tests, as inputs."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import msgpack
from google.protobuf.json_format import MessageToDict

from shimlite import to_literal, to_literal_type
from shimlite._idl import ContainerError, ErrorDocument, Literal, LiteralMap, LiteralType, Struct, TaskTemplate

from ..mappings.test_bulk import UNUSUAL, USUAL
from ..property.corpus import CORPUS
from ..refusals import wire
from ..test_golden import WRITTEN, literal_of, literal_type_of
from .invariant import (
    TYPES,
    Node,
    TypedLiteral,
    an_input,
    any_file,
    any_literal,
    any_msgpack,
    any_numbers,
    any_schema,
    any_struct,
    any_template,
    any_type,
)

SCHEMAS = (
    # pydantic's
    b'[{"title":"A","type":"object","properties":{"b":{"$ref":"#/$defs/B"},"c":{"anyOf":[{"type":"integer"},'
    b'{"type":"null"}],"default":null}},"required":["b"],"$defs":{"B":{"title":"B","type":"object","properties":'
    b'{"a":{"type":"array","items":{"$ref":"#/$defs/B"}},"d":{"type":"string","format":"date","default":"2024-02-29"}}'
    b'}}},{"b":{"a":[{"a":[]}]}}]',
    # marshmallow's
    b'[{"$ref":"#/definitions/ASchema","definitions":{"ASchema":{"type":"object","properties":{"x":{"title":"x","type":'
    b'"number","format":"integer"},"y":{"title":"y","type":["string","null"]},"z":{"title":"z","type":"object",'
    b'"additionalProperties":{"type":"number"}},"e":{"enum":["a","b"]},"k":{"const":1}}}}},{"x":1,"y":"z","e":"a"}]',
)

WRITTEN_AS = [(python_type, to_literal_type(python_type)) for python_type in TYPES]
SQLITE = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3"


def seeds() -> list[bytes]:
    """Each input once, in the same order every time."""
    schemas = (an_input(any_schema, schema) for schema in SCHEMAS)
    pairs = (one for pair in _pairs() for one in _of_pair(*pair))
    return list(dict.fromkeys([*_of_templates(), *schemas, *_of_numbers(), *pairs]))


def _pairs() -> Iterator[tuple[LiteralType, Literal]]:
    for case in WRITTEN:
        yield literal_type_of(case), literal_of(case)
    for python_type, value in (*CORPUS, (Node, Node({"a": 1}, [Node(Node(None, []), [])]))):
        yield to_literal_type(python_type), to_literal(value, python_type)


def _of_pair(literal_type: LiteralType, literal: Literal) -> Iterator[bytes]:
    yield an_input(any_type, wire(TypedLiteral(type=literal_type, value=literal)))
    yield an_input(any_file, wire(literal))
    yield an_input(any_file, wire(LiteralMap(literals={"o0": literal})))
    template = TaskTemplate(type="seed")
    template.interface.inputs.variables["x"].type.CopyFrom(literal_type)
    yield from (an_input(check, wire(template)) for check in (any_template, any_file))
    for python_type, written_as in WRITTEN_AS:
        if written_as == literal_type:
            yield an_input(any_literal, wire(literal), python_type)
            yield from _of_packed(python_type, literal)
    yield from _of_record(literal_type, literal)


def _of_packed(python_type: Any, literal: Literal) -> Iterator[bytes]:
    if literal.scalar.HasField("binary"):
        yield an_input(any_msgpack, literal.scalar.binary.value, python_type)
    struct = _as_struct(literal)
    if struct is not None:
        yield an_input(any_struct, wire(struct), python_type)


def _of_record(literal_type: LiteralType, literal: Literal) -> Iterator[bytes]:
    struct = _as_struct(literal)
    if struct is not None and literal_type.HasField("metadata"):
        schema_and_value = [MessageToDict(literal_type.metadata), MessageToDict(struct)]
        yield an_input(any_schema, json.dumps(schema_and_value, separators=(",", ":")).encode())


def _as_struct(literal: Literal) -> Struct | None:
    """A record as older writers had it, where JSON can say it."""
    struct = Struct()
    if literal.scalar.HasField("generic"):
        struct.CopyFrom(literal.scalar.generic)
        return struct
    try:
        struct.update(msgpack.unpackb(literal.scalar.binary.value, strict_map_key=False))
    except (AttributeError, TypeError, ValueError):
        return None
    return struct


def _of_numbers() -> Iterator[bytes]:
    for usual in USUAL.values():
        yield an_input(any_numbers, usual * 40)
        for unusual in UNUSUAL.values():
            yield an_input(any_numbers, usual * 3 + unusual + usual * 3)


def _of_templates() -> Iterator[bytes]:
    error = ContainerError(code="USER", message="a\nb", kind=ContainerError.RECOVERABLE)
    yield an_input(any_file, wire(ErrorDocument(error=error)))
    yield an_input(any_file, (SQLITE / "task_spec.pb").read_bytes())
    for check in (any_template, any_file):
        yield an_input(check, (SQLITE / "task_template.pb").read_bytes())
