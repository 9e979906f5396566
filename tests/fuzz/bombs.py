# SPDX-License-Identifier: Apache-2.0
"""Small inputs made to take much time, depth or memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shimlite._idl import Literal, LiteralType

from .invariant import (
    Node,
    TypedLiteral,
    an_input,
    any_file,
    any_literal,
    any_msgpack,
    any_schema,
    any_struct,
    any_template,
    any_type,
    wire,
)


def nested(prefix: bytes, levels: int, inner: bytes = b"") -> bytes:
    """``inner`` in that many protobuf fields, each the first and only one of the message around it."""
    for _ in range(levels):
        inner = prefix + _length(len(inner)) + inner
    return inner


def _length(number: int) -> bytes:
    return bytes([number & 0x7F | 0x80]) + _length(number >> 7) if number > 0x7F else bytes([number])


def packed() -> Iterator[tuple[str, bytes]]:
    """msgpack for an untyped dict, and for a record that holds itself."""
    for levels in (256, 511, 1024, 100_000):
        yield f"{levels} lists", b"\x81\xa1x" + b"\x91" * levels + b"\xc0"
        yield f"{levels} maps", b"\x81\xa1x" * levels + b"\xc0"
        yield f"{levels} records", b"\x82\xa5items\x90\xa4next" * levels + b"\xc0"
    yield "4 G elements", b"\xdd\xff\xff\xff\xff"
    yield "4 G keys", b"\xdf\xff\xff\xff\xff"
    yield "4 G characters", b"\xdb\xff\xff\xff\xffx"
    yield "4 G bytes", b"\xc6\xff\xff\xff\xffx"
    yield "4 G of an extension", b"\xc9\xff\xff\xff\xff\x01x"
    yield "lists that are not there", b"\xdc\x10\x00" * 1000
    yield "a key of 100,000 digits", b"\x81\xdb\x00\x01\x86\xa0" + b"9" * 100_000 + b"\x01"
    yield "2,000 keys", b"\xde\x07\xd0" + b"".join(b"\xcd" + key.to_bytes(2, "big") + b"\x90" for key in range(2000))


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "title": "Record", "properties": properties}


def ref(name: object) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def schemas() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """JSON Schemas, and a value for each."""
    yield "a reference to itself", {**record(x=ref(0)), "$defs": {"0": ref(0)}}, {"x": 1}
    twice = {str(n): {"anyOf": [ref(n + 1), ref(n + 1)]} for n in range(40)}
    yield "references twice each", {**record(x=ref(0)), "$defs": {**twice, "40": {"type": "integer"}}}, {"x": 1}
    many = {**twice, "12": {"enum": [f"value {n}" for n in range(100)]}}
    yield "references twice each, to an enum", {**record(x=ref(0)), "$defs": many}, {"x": "value 7"}
    arrays = {str(n): {"type": "array", "items": ref(n + 1)} for n in range(500)}
    yield "arrays in arrays", {**record(x=ref(0)), "$defs": arrays}, {"x": []}
    yield "1,001 fields", record(**{f"x{n}": {} for n in range(1001)}), {}
    yield "100 fields", record(**{f"x{n}": {"type": "integer"} for n in range(100)}), {}
    yield "50 members", record(x={"anyOf": [record() | {"title": f"Record{n}"} for n in range(50)]}), {"x": {}}
    yield "500 constants", record(x={"anyOf": [{"const": str(n)} for n in range(500)]}), {"x": "7"}
    yield "1,000 types", record(x={"type": ["integer", "string"] * 500}), {"x": "7"}
    yield "an enum of 1,000", record(x={"enum": list(range(1000))}), {"x": 7}
    yield "a title of 100,000", record() | {"title": "x" * 100_000}, {}
    yield "a title of lines", record() | {"title": "x\ny"}, {}
    yield "fields named by Python", record(**{key: {} for key in ("mro", "__class__", "self", "class")}), {"mro": 1}
    yield "a default of lists", record(x={"type": "array", "default": _lists(90)}), {}
    holds_itself = record(x=ref(0) | {"default": {}})
    yield "a default of itself", {**ref(0), "$defs": {"0": holds_itself}}, {}
    yield "records twice each", _twice(40, {}), {}
    yield "defaults twice each", _twice(40, {"default": {}}), {}
    yield "two records that look alike", _alike(), _chain(40)
    yield "1,001 required", record(x={}) | {"required": ["x"] * 1001}, {}


def _lists(levels: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(levels):
        made = [made]
    return made


def _twice(levels: int, words: dict[str, Any]) -> dict[str, Any]:
    """Each record has two fields of the next."""
    made = {str(n): record(x=ref(n + 1) | words, y=ref(n + 1) | words) for n in range(levels)}
    return {**ref(0), "$defs": {**made, str(levels): record()}}


def _alike() -> dict[str, Any]:
    """Two records, each of which may be followed by either."""
    follower = {"anyOf": [ref("A"), ref("B"), {"type": "null"}]}
    return {**ref("A"), "$defs": {name: record(next=follower) | {"required": ["next"]} for name in ("A", "B")}}


def _chain(levels: int) -> Any:
    made = None
    for _ in range(levels):
        made = {"next": made}
    return made


def types() -> Iterator[tuple[str, LiteralType, Literal]]:
    """LiteralTypes, and a literal for each."""
    text = Literal()
    text.scalar.primitive.string_value = "7"
    enums, lists, words = LiteralType(), LiteralType(), LiteralType()
    for n in range(200):
        enums.union_type.variants.add().enum_type.values.append(str(n))
        variant = lists.union_type.variants.add(structure={"tag": "Typed List"})
        variant.collection_type.enum_type.values.append(str(n))
    words.enum_type.values.extend(map(str, range(1000)))
    yield "a union of 200 enums", enums, text
    yield "a union of 200 lists", lists, Literal(collection={"literals": [text] * 10})
    yield "an enum of 1,000", words, text
    same = LiteralType()
    same.union_type.variants.extend([LiteralType(simple=3, structure={"tag": "str"})] * 300)
    yield "a union of 300 alike", same, text
    for kind, levels in (("collection_type", 30), ("map_value_type", 30), ("union_type", 30)):
        made = LiteralType(simple=3)
        for _ in range(levels):
            outer = LiteralType()
            getattr(outer, kind).CopyFrom(type(getattr(outer, kind))(variants=[made]) if kind == "union_type" else made)
            made = outer
        yield f"{levels} times {kind}", made, text


def bombs() -> Iterator[tuple[str, bytes]]:
    """Each input under its name."""
    for name, data in packed():
        yield f"msgpack: {name}", an_input(any_msgpack, data, dict)
        yield f"msgpack: {name}, for a record", an_input(any_msgpack, data, Node)
    for name, schema, value in schemas():
        yield f"schema: {name}", an_input(any_schema, json.dumps([schema, value]).encode())
    for name, literal_type, literal in types():
        yield f"type: {name}", an_input(any_type, wire(TypedLiteral(type=literal_type, value=literal)))
    for levels in (30, 30_000):
        yield f"{levels} collections", an_input(any_literal, nested(b"\x12", levels), list[list[str]])
        yield f"{levels} list values", an_input(any_struct, nested(b"\x0a", levels), dict)
        yield f"{levels} collection types", an_input(any_type, nested(b"\x12", 1, nested(b"\x1a", levels)))
        yield f"{levels} in a file", an_input(any_file, nested(b"\x12", levels))
        yield f"{levels} in a template", an_input(any_template, nested(b"\x1a", levels))
