# SPDX-License-Identifier: Apache-2.0
"""msgpack and Struct: what bytes are read, and what is never made of them."""

import struct as binary
import sys
from dataclasses import dataclass
from typing import Any, Optional

import msgpack
import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, idl
from shimlite._types.rows import MAX_DEPTH

from ..support import Literal, packed, raw, refusal, shape, simple

READERS = [dict, int, str, None, bytes, list[int], dict[str, int], simple("STRUCT")]


@pytest.mark.parametrize("as_type", READERS)
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "ValueError"),
        (b"\xc1", "FormatError"),
        (b"\x01\x02", "ExtraData"),
        (b"\x81\xa1a", "ValueError"),
        (b"\xa1\xff", "UnicodeDecodeError"),
        (b"\x81\x90\x01", "TypeError"),  # a list as a key
        (b"\x81\x80\x01", "TypeError"),
        (b"\xdf\xff\xff\xff\xff", "ValueError"),  # a map of four billion pairs, in five bytes
        (b"\xdd\xff\xff\xff\xff", "ValueError"),
        (b"\xc6\xff\xff\xff\xff", "ValueError"),
        (b"\x91" * 100_000, "StackError"),
    ],
)
def test_bytes_that_are_not_one_msgpack_value_are_refused(data, error, as_type):
    assert refusal(ConversionValueError, shimlite.to_python_value, raw(data), as_type) == (
        f"the Binary is not valid msgpack ({error})"
    )


@pytest.mark.parametrize("as_type", [one for one in READERS if one is not bytes])
@pytest.mark.parametrize("tag", ["", "MSGPACK", "cbor"])
def test_another_tag_is_refused(tag, as_type):
    assert refusal(ConversionValueError, shimlite.to_python_value, raw(b"\xc0", tag), as_type) == (
        "expected a Binary tagged 'msgpack', got another tag"
    )


@pytest.mark.parametrize("as_type", READERS)
@pytest.mark.parametrize("code", [0, 5, 127])
def test_extension_types_are_refused(code, as_type):
    data = msgpack.packb(msgpack.ExtType(code, b"x"))
    assert refusal(ConversionValueError, shimlite.to_python_value, raw(data), as_type) == (
        f"msgpack extension type {code} is not supported"
    )


TIMESTAMPS = [
    b"\xd6\xff" + binary.pack(">I", 1),
    b"\xd7\xff" + binary.pack(">Q", 1),
    b"\xc7\x0c\xff" + binary.pack(">Iq", 1, 1),
]


@pytest.mark.parametrize("data", TIMESTAMPS)
def test_msgpacks_timestamps_are_refused(data):
    call = shimlite.to_python_value
    assert refusal(ConversionTypeError, call, raw(data), int) == "expected INTEGER, got Timestamp"
    assert refusal(ConversionTypeError, call, raw(data), dict) == "expected dict, got Timestamp"
    inside = raw(b"\x81\xa1a" + data)
    assert refusal(ConversionTypeError, call, inside, dict) == "expected a JSON-like value, got msgpack Timestamp"
    as_key = raw(b"\x81" + data + b"\xc0")
    assert refusal(ConversionTypeError, call, as_key, dict) == "expected a JSON-like key, got Timestamp"
    assert refusal(ConversionTypeError, call, as_key, dict[int, None]).endswith("expected INTEGER, got Timestamp")


@pytest.mark.parametrize("as_type", READERS)
@pytest.mark.parametrize(
    "data",
    [
        b"\x82\xa1a\x01\xa1a\x02",
        b"\x82\x01\xa1x\xc3\xa1y",  # 1 and True
        b"\x82\x01\xa1x\xcb" + binary.pack(">d", 1.0) + b"\xa1y",
        b"\x82\x01\xa1x\xcd\x00\x01\xa1y",  # 1 in two spellings
        b"\x91\x81\xa1a\x82\xc0\xc0\xc0\xc0",  # deep inside
    ],
)
def test_a_key_that_stands_twice_is_refused(data, as_type):
    assert refusal(ConversionValueError, shimlite.to_python_value, raw(data), as_type) == (
        "a key stands twice in a msgpack map"
    )


def nested(levels: int, inside: Any = None) -> Any:
    for _ in range(levels):
        inside = [inside]
    return inside


def test_depth_is_bounded():
    assert shape(shimlite.to_python_value(packed({"": nested(MAX_DEPTH)}), dict)) == shape({"": nested(MAX_DEPTH)})
    assert refusal(ConversionValueError, shimlite.to_python_value, packed({"": nested(MAX_DEPTH + 1)}), dict) == (
        f"nested deeper than {MAX_DEPTH} levels"
    )


@dataclass
class Chain:
    rest: Optional["Chain"] = None


def test_a_value_nested_deeper_than_msgpack_is_refused_whatever_python_allows():
    """Python's own limit, which is met first by default, is the user's to raise."""
    value = Chain()
    for _ in range(1_500):
        value = Chain(value)
    before = sys.getrecursionlimit()
    for limit in (before, 20_000):
        sys.setrecursionlimit(limit)
        try:
            assert refusal(ConversionValueError, shimlite.to_literal, value, Chain).endswith("nested too deeply")
        finally:
            sys.setrecursionlimit(before)


def nest_lists(value: idl.Value) -> idl.Value:
    return value.list_value.values.add()


def nest_structs(value: idl.Value) -> idl.Value:
    return value.struct_value.fields[""]


@pytest.mark.parametrize("nest", [nest_lists, nest_structs])
def test_the_depth_of_a_struct_is_bounded(nest):
    """Built in place: compiled protobuf would not parse it, nor copy it, but pure Python's may."""

    def held(levels: int) -> Literal:
        literal = Literal()
        value = literal.scalar.generic.fields["a"]
        for _ in range(levels):
            value = nest(value)
        value.null_value = 0
        return literal

    levels, value = 0, shimlite.to_python_value(held(MAX_DEPTH), dict)["a"]
    while value is not None:
        levels, value = levels + 1, value[0] if isinstance(value, list) else value[""]
    assert levels == MAX_DEPTH
    assert refusal(ConversionValueError, shimlite.to_python_value, held(MAX_DEPTH + 1), dict) == (
        f"the Struct nests deeper than {MAX_DEPTH} levels"
    )


def test_an_unset_value_of_a_struct_is_refused():
    held = Literal()
    held.scalar.generic.fields["a"].SetInParent()
    assert refusal(ConversionValueError, shimlite.to_python_value, held, dict) == "a Value of the Struct is unset"
