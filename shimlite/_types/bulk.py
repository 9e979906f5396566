# SPDX-License-Identifier: Apache-2.0
"""Long lists of numbers, written and read through the bytes of their collection where protobuf is compiled.

Python's objects for the three messages of an element take longer to make than all messages to parse or write. An
element's bytes are ``0a LENGTH`` of its ``Literal``, ``Scalar`` and ``Primitive`` each, and the field of its number.
Whatever is unusual is left to the closures of ``atoms``, which alone say what a value is. Next: ``times``.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, repeat
from operator import is_
from typing import Any

from .._idl import COMPILED, DecodeError, EncodeError, LiteralCollection, message_of_file
from .plain_data import one_nan
from .rows import Bulk

FEWEST = 32 if COMPILED else sys.maxsize
"""Elements of a list from which on this is used. With 10 it is no faster everywhere, with 32 it takes half the time."""
VALUES_AT_ONCE = 1024
"""Values whose bytes are in memory beside the literal. More are no faster."""
BYTES_AT_ONCE = 65_536
"""Bytes of a collection whose numbers are in memory beside the result. More are no faster."""

AllInOne: Any = message_of_file(
    b"\n\x08AllInOne"
    b'"&\n\x08AllInOne\x12\x1a\n\x08literals\x18\x01 \x01(\x0b2\x08.Literal'
    b'""\n\x07Literal\x12\x17\n\x06scalar\x18\x01 \x01(\x0b2\x07.Scalar'
    b"\"'\n\x06Scalar\x12\x1d\n\tprimitive\x18\x01 \x01(\x0b2\n.Primitive"
    b'"B\n\tPrimitive\x12\x0f\n\x07integer\x18\x01 \x03(\x03\x12\x13\n\x0bfloat_value\x18\x02 \x03(\x01'
    b"\x12\x0f\n\x07boolean\x18\x04 \x03(\x08"
)
"""Reads the bytes of a ``LiteralCollection``, with ``literals`` not repeated and the numbers of ``Primitive`` repeated.
So protobuf merges all elements into one, which has all numbers in their order."""

_MORE = bytes(byte | 0x80 for byte in range(256))
_LAST = bytes(byte & 0x7F for byte in range(256))
_SIGN = bytes(byte & 1 for byte in range(256))
"""For ``bytes.translate``: a byte of a varint, its last one, and the tenth, which has the last bit of an int64."""


def _bulk(cls: type, field: str, key: int, columns: Callable[[Sequence[Any]], list[bytes]]) -> Bulk:
    """``columns`` makes all first bytes of numbers, all second ones and so on; ``key`` stands before each number."""
    beginning = re.compile(b"\n[\x06-\x0f]\n[\x04-\x0d]\n[\x02-\x0b]" + re.escape(bytes([key])))

    def write(values: Sequence[Any], collection: LiteralCollection) -> int:
        count, rest = 0, iter(values)
        while some := list(islice(rest, VALUES_AT_ONCE)):
            if not all(map(is_, map(type, some), repeat(cls))):
                break
            try:
                collection.MergeFromString(_elements(key, columns(some)))
            except struct.error:  # an int beyond int64
                break
            count += len(some)
        return count

    def read(collection: LiteralCollection) -> list[Any] | None:
        values: list[Any] = []
        try:
            for content in _parts(collection.SerializeToString(), beginning):
                # protobuf writes an element's oneof once, and lengths and numbers in the fewest bytes. So each number
                # is of another element, which takes six bytes more; a byte beyond those is of something else.
                one = AllInOne.FromString(content)
                one.DiscardUnknownFields()
                numbers = one.literals.scalar.primitive
                some = getattr(numbers, field)[:]
                if len(content) != 6 * len(some) + numbers.ByteSize():
                    return None
                values += some
        except (DecodeError, EncodeError):  # a part ends inside an element, or an element is nested too deeply
            return None
        return values if len(values) == len(collection.literals) else None

    return Bulk(write, read)


def _elements(key: int, columns: Sequence[bytes]) -> bytes:
    """The bytes of elements whose numbers are all of one width."""
    width = len(columns)
    element = bytes((0x0A, width + 5, 0x0A, width + 3, 0x0A, width + 1, key, *bytes(width)))
    elements = bytearray(element * len(columns[0]))
    for place, column in enumerate(columns, 7):
        elements[place :: len(element)] = column
    return bytes(elements)


def _parts(content: bytes, beginning: re.Pattern[bytes]) -> Iterator[bytes]:
    """The bytes of a collection, cut where an element seems to begin. protobuf parses no part that ends inside one."""
    start = 0
    while start < len(content):
        match = beginning.search(content, start + BYTES_AT_ONCE)
        end = match.start() if match else len(content)
        yield content[start:end]
        start = end


def _of_ints(values: Sequence[int]) -> list[bytes]:
    """Varints, as wide as the widest needs, for protobuf forgets how wide they were. A negative int needs ten bytes."""
    width = 10 if min(values) < 0 else max(1, -(-max(values).bit_length() // 7))
    lanes = struct.pack(f"<{len(values)}q", *values)
    bits = int.from_bytes(lanes, "little")
    columns = [(bits >> 7 * place).to_bytes(len(lanes), "little")[::8].translate(_MORE) for place in range(width)]
    columns[-1] = columns[-1].translate(_SIGN if width == 10 else _LAST)
    return columns


def _of_floats(values: Sequence[float]) -> list[bytes]:
    """Doubles. A sum is NaN wherever a value is."""
    total = sum(values)
    lanes = struct.pack(f"<{len(values)}d", *(values if total == total else map(one_nan, values)))
    return [lanes[place::8] for place in range(8)]


BULK_OF_BOOLS = _bulk(bool, "boolean", 0x20, lambda values: [bytes(values)])
BULK_OF_INTS = _bulk(int, "integer", 0x08, _of_ints)
BULK_OF_FLOATS = _bulk(float, "float_value", 0x11, _of_floats)
