# SPDX-License-Identifier: Apache-2.0
"""Lists of numbers are converted in bulk as they are element by element: good, mixed and hostile ones."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shimlite import to_literal, to_python_value
from shimlite._idl import Literal, LiteralCollection

from ..both_ways import BULKS, FIELDS, both_ways
from ..mappings.test_bulk import FLOAT, UNUSUAL, Float, Int, element
from ..refusals import parsed

TYPES = st.sampled_from(list(BULKS))
AT_ONCE = st.fixed_dictionaries({"values_at_once": st.integers(1, 9), "bytes_at_once": st.integers(18, 99)})
INTS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 63).flatmap(lambda bits: st.integers(0, 2**bits - 1))
DOUBLES = st.binary(min_size=8, max_size=8).map(lambda data: struct.unpack("<d", data)[0])
FLOATS = st.floats() | DOUBLES | st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan])
NUMBERS: dict[Any, st.SearchStrategy[Any]] = {list[bool]: st.booleans(), list[int]: INTS, list[float]: FLOATS}
OTHERS = st.one_of(
    *(st.sampled_from([None, "a", b"", [], 2**63, -(2**63) - 1, 2**53 + 1]), INTS.map(Int), FLOATS.map(Float)),
    *NUMBERS.values(),
)


def varint(number: int, more: int = 0) -> bytes:
    """In the fewest bytes, or in so many more."""
    number, data = number & 2**64 - 1, bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)
    for _ in range(min(more, 10 - len(data))):
        data[-1] |= 128
        data.append(0)
    return bytes(data)


WIDER = st.sampled_from([0, 0, 0, 0, 1, 9])
PRIMITIVES: dict[Any, st.SearchStrategy[bytes]] = {
    list[bool]: st.builds(lambda value, more: b"\x20" + varint(value, more), st.integers(0, 2), WIDER),
    list[int]: st.builds(lambda value, more: b"\x08" + varint(value, more), INTS, WIDER),
    list[float]: (st.binary(min_size=8, max_size=8) | st.sampled_from([FLOAT[:8], FLOAT[7:]])).map(b"\x11".__add__),
}
UNKNOWN = st.just(b"") | st.sampled_from([*UNUSUAL.values()]) | st.binary(max_size=4)


def field(content: bytes, more: int) -> bytes:
    """protobuf reads a length of at most five bytes."""
    return b"\x0a" + varint(len(content), min(more, 3)) + content


@st.composite
def collections(draw: Any, python_type: Any) -> bytes:
    """Bytes of a collection: of such numbers alone, or with anything at any level; then maybe damaged."""
    damage = draw(st.sampled_from(["none", "one", "many", "bytes"]))
    number = PRIMITIVES[python_type] if damage != "many" else st.one_of(*PRIMITIVES.values())

    def one(inside: st.SearchStrategy[bytes]) -> bytes:
        content = draw(number) + draw(inside)
        for _ in range(3):
            content = field(content, draw(WIDER)) + draw(inside)
        return content

    elements = [one(UNKNOWN if damage == "many" else st.just(b"")) for _ in range(draw(st.integers(0, 12)))]
    if damage == "one":
        elements.insert(draw(st.integers(0, len(elements))), draw(UNKNOWN))
    content = bytearray(b"".join(elements))
    for place in draw(st.lists(st.integers(0, len(content) - 1), max_size=3)) if content and damage == "bytes" else ():
        content[place] = draw(st.integers(0, 255))
    return bytes(content)


@given(st.data(), TYPES, AT_ONCE)
def test_a_list_is_written_the_same(data, python_type, at_once):
    numbers = NUMBERS[python_type]
    values = data.draw(st.lists(numbers, max_size=40) | st.lists(numbers | OTHERS, max_size=40))
    both_ways(to_literal, values, python_type, **at_once)


@given(st.data(), TYPES, AT_ONCE)
def test_a_collection_of_any_bytes_is_read_the_same(data, python_type, at_once):
    content = parsed(LiteralCollection, data.draw(collections(python_type)))
    if content is None:
        return
    both_ways(to_python_value, Literal(collection=content), python_type, **at_once)
    numbers = BULKS[python_type].read(content)
    if numbers is not None:  # then there is nothing else in it
        alone = LiteralCollection()
        for number in numbers:
            setattr(alone.literals.add().scalar.primitive, FIELDS[python_type], number)
        assert alone.SerializeToString() == content.SerializeToString()


@pytest.mark.parametrize("python_type", BULKS)
@given(st.data())
def test_numbers_alone_are_read_in_bulk(python_type, data):
    """However wide they were written, so that the tests above compare two ways."""
    content = b"".join(map(element, data.draw(st.lists(PRIMITIVES[python_type], min_size=1, max_size=40))))
    numbers = LiteralCollection.FromString(content)
    assert len(BULKS[python_type].read(numbers) or ()) == len(numbers.literals)
