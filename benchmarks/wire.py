# SPDX-License-Identifier: Apache-2.0
"""The next step, tried for one type: a task's bytes read and written without protobuf's messages in between.

Times are from bytes to values and back. The loops here know ``list[int]`` as shimlite writes it and nothing else: no
unknown fields, no other order, no other literal that may stand for an int. So they are what could be gained at most.
"""

from __future__ import annotations

import json
import subprocess
import sys
import timeit
from collections.abc import Callable
from typing import Any

from benchmarks import ROOT, tell, with_protobuf
from benchmarks.cases import MANY
from shimlite import to_literal, to_python_value
from shimlite._idl import Literal

CASE = "list[int]"
ELEMENTS = 10_000
# The keys of Literal.scalar, Scalar.primitive and Primitive.integer, each but the last with a length of one byte.
SCALAR, PRIMITIVE, INTEGER = 0x0A, 0x0A, 0x08
COLLECTION, LITERAL = b"\x12", 0x0A
"""The keys of Literal.collection and LiteralCollection.literals."""


def measure(quick: bool) -> dict[str, Any]:
    """Microseconds an element, by kind of protobuf, way and side."""
    found = {}
    for kind in ("compiled", "python"):
        command = [sys.executable, "-m", "benchmarks.wire", str(100 if quick else ELEMENTS)]
        found[kind] = json.loads(subprocess.check_output(command, cwd=ROOT, env=with_protobuf(kind)))
    return found


def _child(elements: int) -> dict[str, dict[str, float]]:
    python_type, make, _, _ = MANY[CASE]
    values = make(elements)
    content = to_literal(values, python_type).SerializeToString()
    assert write(values) == content
    assert read(content) == values
    ways: dict[str, dict[str, Callable[[], Any]]] = {
        "encode": {
            "shimlite": lambda: to_literal(values, python_type).SerializeToString(),
            "on the wire": lambda: write(values),
        },
        "decode": {
            "shimlite": lambda: to_python_value(Literal.FromString(content), python_type),
            "on the wire": lambda: read(content),
        },
    }
    return {way: {side: _best(convert, elements) for side, convert in sides.items()} for way, sides in ways.items()}


def _best(convert: Callable[[], Any], elements: int) -> float:
    return round(min(timeit.repeat(convert, number=1, repeat=7)) / elements * 1e6, 3)


def write(values: list[int]) -> bytes:
    parts = []
    for value in values:
        if type(value) is not int:
            raise TypeError("expected INTEGER")
        number = varint(value & 2**64 - 1)
        size = len(number)
        parts.append(bytes((LITERAL, size + 5, SCALAR, size + 3, PRIMITIVE, size + 1, INTEGER)) + number)
    collection = b"".join(parts)
    return COLLECTION + varint(len(collection)) + collection


def varint(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)


def read(content: bytes) -> list[int]:
    size, place = _read_varint(content, 1)
    end = place + size
    values = []
    while place < end:
        if content[place : place + 7 : 2] != bytes((LITERAL, SCALAR, PRIMITIVE, INTEGER)):
            raise TypeError("expected INTEGER")
        number, place = _read_varint(content, place + 7)
        values.append(number - 2**64 if number >> 63 else number)
    return values


def _read_varint(content: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while content[place] > 127:
        number |= (content[place] & 127) << shift
        shift += 7
        place += 1
    return number | content[place] << shift, place + 1


if __name__ == "__main__":
    if sys.argv[1:] in ([], ["--quick"]):
        tell(measure)
    else:
        json.dump(_child(int(sys.argv[1])), sys.stdout)
