# SPDX-License-Identifier: Apache-2.0
"""Long lists of numbers, written and read through the bytes of their collection where protobuf is compiled.

To make Python's objects for the three messages of an element takes longer than to parse or write all the messages. The
bytes of an element are a key and a length of its ``Literal``, its ``Scalar`` and its ``Primitive``, then a key and its
number. All else is left to the closures of ``atoms``, which alone say what a value is. Next: ``times``.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Mapping, Sequence
from itertools import islice, repeat
from operator import is_
from typing import Any

from .._idl import COMPILED, EncodeError, LiteralCollection, message_of_file
from .plain_data import one_nan
from .rows import Bulk, Convert

FEWEST = 32 if COMPILED else sys.maxsize
"""The shortest list that is converted here. A list of 32 takes half the time; some lists of 10 take more time."""
VALUES_AT_ONCE = 1024
"""Values that are written at once, whose bytes are in memory beside the literal. More are no faster."""
BYTES_AT_ONCE = 4096
"""Bytes that are matched at once, for which ``re`` needs up to 20 times as much memory. More are no faster."""

AllInOne: Any = message_of_file(
    b"\n\x08AllInOne"
    b'"&\n\x08AllInOne\x12\x1a\n\x08literals\x18\x01 \x01(\x0b2\x08.Literal'
    b'""\n\x07Literal\x12\x17\n\x06scalar\x18\x01 \x01(\x0b2\x07.Scalar'
    b"\"'\n\x06Scalar\x12\x1d\n\tprimitive\x18\x01 \x01(\x0b2\n.Primitive"
    b'"\x1c\n\tPrimitive\x12\x0f\n\x07integer\x18\x01 \x03(\x03'
)
"""Reads the bytes of a ``LiteralCollection`` of ints. It is made of the bytes of a ``FileDescriptorProto``, one message
a line. ``integer`` alone is repeated: protobuf merges all elements into one, which has their ints in order."""

_MORE = bytes(byte | 0x80 for byte in range(256))
_LAST = bytes(byte & 0x7F for byte in range(256))
_SIGN = bytes(byte & 1 for byte in range(256))
"""For ``bytes.translate``: a byte before the last of a varint, the last one, and the tenth, which has the sign."""


def _bulk(cls: type, key: int, numbers: Mapping[int, bytes], columns_of: Convert, values_in: Convert) -> Bulk:
    """``key`` is the byte before a number; ``numbers`` has the pattern of a number by its width. ``columns_of`` gives
    the first bytes of all numbers, the second ones and so on; ``values_in`` reads the elements that were matched."""
    forms = (re.escape(_before_number(key, width)) + number for width, number in numbers.items())
    pattern = b"(?:%b)*" % b"|".join(forms)

    def write(values: Sequence[Any], collection: LiteralCollection) -> int:
        count, rest = 0, iter(values)
        while some := list(islice(rest, VALUES_AT_ONCE)):
            if not all(map(is_, map(type, some), repeat(cls))):
                break
            try:
                collection.MergeFromString(_joined(key, columns_of(some)))
            except struct.error:  # an int beyond int64
                break
            count += len(some)
        return count

    def read(collection: LiteralCollection) -> list[Any] | None:
        try:
            content = collection.SerializeToString()
        except EncodeError:  # of 2 GB and more
            return None
        elements = re.compile(pattern, re.DOTALL)  # which ``re`` remembers; most programs read no long list
        values: list[Any] = []
        start = 0
        while start < len(content):
            match: Any = elements.match(content, start, start + BYTES_AT_ONCE)
            if not match[0]:  # only whole elements match, so something else starts here
                return None
            values += values_in(match[0])
            start = match.end()
        return values

    return Bulk(write, read)


def _before_number(key: int, width: int) -> bytes:
    return bytes((0x0A, width + 5, 0x0A, width + 3, 0x0A, width + 1, key))


def _joined(key: int, columns: Sequence[bytes]) -> bytes:
    """The bytes of elements, whose numbers are all of one width."""
    width = len(columns)
    elements = bytearray((_before_number(key, width) + bytes(width)) * len(columns[0]))
    for place, column in enumerate(columns, 7):
        elements[place :: width + 7] = column
    return bytes(elements)


def _columns_of_ints(values: Sequence[int]) -> list[bytes]:
    """Varints, all as wide as the widest one: protobuf does not keep widths. A negative int needs ten bytes."""
    width = 10 if min(values) < 0 else max(1, -(-max(values).bit_length() // 7))
    lanes = struct.pack(f"<{len(values)}q", *values)
    bits = int.from_bytes(lanes, "little")  # all values are shifted at once, then each eighth byte is of another value
    columns = [(bits >> 7 * place).to_bytes(len(lanes), "little")[::8].translate(_MORE) for place in range(width)]
    columns[-1] = columns[-1].translate(_SIGN if width == 10 else _LAST)
    return columns


def _columns_of_floats(values: Sequence[float]) -> list[bytes]:
    """Doubles. A sum is NaN wherever a value is."""
    total = sum(values)
    lanes = struct.pack(f"<{len(values)}d", *(values if total == total else map(one_nan, values)))
    return [lanes[place::8] for place in range(8)]


_VARINTS = {width: b"[\x80-\xff]{%d}[\x00-\x7f]" % (width - 1) for width in range(1, 11)}
BULK_OF_BOOLS = _bulk(bool, 0x20, {1: b"[\x00\x01]"}, lambda some: [bytes(some)], lambda data: map(bool, data[7::8]))
BULK_OF_INTS = _bulk(
    int, 0x08, _VARINTS, _columns_of_ints, lambda data: AllInOne.FromString(data).literals.scalar.primitive.integer[:]
)
BULK_OF_FLOATS = _bulk(
    float, 0x11, {8: b"." * 8}, _columns_of_floats, lambda data: struct.unpack("<" + "7xd" * (len(data) // 15), data)
)
