# SPDX-License-Identifier: Apache-2.0
"""Long lists of numbers through their collection's bytes: as element by element, or left to that."""

from __future__ import annotations

import math
import struct
import sys
import tracemalloc
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.internal import api_implementation

import shimlite
from shimlite import ConversionError, ConversionTypeError, ConversionValueError, HashMethod, to_literal, to_python_value
from shimlite._idl import EncodeError, Literal, LiteralCollection, Primitive, Scalar
from shimlite._types import bulk, literal_codec
from shimlite._types.budget import _BUDGET, MOST_VALUES

from ..both_ways import BULKS, EACH, both_ways, exact, from_length, outcome
from ..support import collection, primitive

COMPILED = api_implementation.Type() == "upb"
SIGNALLING, PAYLOAD = (struct.unpack("<d", bytes.fromhex(f"010000000000f{end}7f"))[0] for end in "08")
ENDS = [sign * (2**bits + change) for bits in range(63) for change in (-1, 0, 1) for sign in (1, -1)]
VALUES: dict[Any, list[Any]] = {
    list[bool]: [True, False, False, True],
    list[int]: [0, 1, -1, 2**63 - 1, -(2**63), *ENDS],
    list[float]: [0.0, -0.0, 1.5, math.inf, 5e-324, 1.7e308, 1.7e308],
}


# --------------------------------------------------------------------------------------------------------- both ways


@pytest.mark.parametrize("python_type", VALUES)
@pytest.mark.parametrize("at_once", [{}, {"values_at_once": 3, "bytes_at_once": 40}])
def test_numbers_of_every_width_are_written_and_read_as_one_by_one(python_type, at_once):
    values = VALUES[python_type]
    content = both_ways(to_literal, values, python_type, **at_once)
    assert both_ways(to_python_value, Literal.FromString(content), python_type, **at_once) == exact(values)


@pytest.mark.parametrize("width", range(1, 11))
def test_ints_of_one_width_alone(width):
    """All are written as wide as the widest, so each width is the widest once."""
    least = 2 ** (7 * width - 7) if width < 10 else -(2**63)
    values = [least, 0, 2 ** min(7 * width, 63) - 1]
    content = both_ways(to_literal, values, list[int])
    assert both_ways(to_python_value, Literal.FromString(content), list[int]) == exact(values)


def test_the_bytes_of_elements():
    with from_length(1):
        ints, floats = to_literal([0, 300, -1], list[int]), to_literal([-0.0], list[float])
        bools = to_literal([False, True], list[bool])
    assert ints.collection.SerializeToString() == bytes.fromhex(
        "0a060a040a020800 0a070a050a0308ac02 0a0f0a0d0a0b08ffffffffffffffffff01"
    )
    assert floats.collection.SerializeToString() == bytes.fromhex("0a0d0a0b0a09110000000000000080")
    assert bools.collection.SerializeToString() == bytes.fromhex("0a060a040a022000 0a060a040a022001")


@pytest.mark.parametrize("python_type", VALUES)
def test_all_of_them_are_taken(python_type):
    """Else the tests of both ways would compare one way with itself."""
    values, numbers = VALUES[python_type], LiteralCollection()
    assert BULKS[python_type].write(values, numbers) == len(values) == len(numbers.literals)
    assert exact(BULKS[python_type].read(numbers)) == exact(values)


def test_nan_is_written_as_one_nan_and_read_as_it_is():
    values = [1.5, PAYLOAD, math.nan, -math.nan, SIGNALLING]
    content = both_ways(to_literal, values, list[float])
    assert content == both_ways(to_literal, [1.5, *[math.nan] * 4], list[float])
    assert both_ways(to_literal, [math.inf, 1.0, -math.inf], list[float])  # whose sum is NaN
    literal = collection(*(primitive(float_value=value) for value in values))
    literal = Literal.FromString(literal.SerializeToString())
    assert BULKS[list[float]].read(literal.collection) is not None
    read = both_ways(to_python_value, literal, list[float])
    assert read == exact(values) or not COMPILED  # pure-Python protobuf reads one NaN


# ------------------------------------------------------------------------------------------------------ what is written


class Int(int):
    pass


class Float(float):
    pass


class Meta(type):
    """Compares and hashes its classes by code that raises."""

    def __eq__(cls, other: object) -> bool:
        raise KeyError

    def __hash__(cls) -> int:
        raise KeyError


class Odd(int, metaclass=Meta):
    pass


class Reversed(list):
    """Gives its items as its own code says."""

    def __iter__(self) -> Iterator[Any]:
        return iter([*super().__iter__()][::-1])


@pytest.mark.parametrize(
    ("values", "python_type", "as_if"),
    [
        ([1, Int(2), 3], list[int], [1, 2, 3]),
        ([Odd(1), 2], list[int], [1, 2]),
        ([1.5, 2, Float(2.5), Float("nan")], list[float], [1.5, 2.0, 2.5, math.nan]),
        (Reversed([1, 2]), list[int], [2, 1]),
        (Reversed([1.5, 2.5]), list[float], [2.5, 1.5]),
        ([], list[int], []),
    ],
)
def test_other_classes_are_written_one_by_one(values, python_type, as_if):
    assert both_ways(to_literal, values, python_type) == both_ways(to_literal, as_if, python_type)


@pytest.mark.parametrize(
    ("wrong", "python_type", "expected"),
    [
        (True, list[int], (ConversionTypeError, "expected INTEGER, got bool")),
        (1.0, list[int], (ConversionTypeError, "expected INTEGER, got float")),
        (2**63, list[int], (ConversionValueError, "expected INTEGER, got int beyond int64")),
        (-(2**63) - 1, list[int], (ConversionValueError, "expected INTEGER, got int beyond int64")),
        (10**1000, list[int], (ConversionValueError, "expected INTEGER, got int beyond int64")),
        (True, list[float], (ConversionTypeError, "expected FLOAT, got bool")),
        (2**53 + 1, list[float], (ConversionValueError, "expected FLOAT, got int that no float holds exactly")),
        (1, list[bool], (ConversionTypeError, "expected BOOLEAN, got int")),
        (None, list[bool], (ConversionTypeError, "expected BOOLEAN, got None")),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 7, 9])
def test_the_error_of_a_value_has_its_place(wrong, python_type, expected, place):
    values = [python_type.__args__[0](1)] * 10
    values[place] = wrong
    error = (expected[0], f"[{place}]: {expected[1]}")
    assert both_ways(to_literal, values, python_type, values_at_once=4) == error
    assert both_ways(to_literal, [values[:0], values], list[python_type], values_at_once=4) == (
        error[0],
        f"[1]{error[1]}",
    )


def test_a_list_that_another_thread_changes_meanwhile(monkeypatch):
    values = [*range(10)]
    joined = bulk._joined

    def changing(*arguments: Any) -> bytes:
        del values[3:]
        return joined(*arguments)

    monkeypatch.setattr(bulk, "_joined", changing)
    with from_length(1, values_at_once=2):
        literal = to_literal(values, list[int])
    assert exact(literal) == outcome(to_literal, [0, 1, 2], list[int])


# --------------------------------------------------------------------------------------------------------- what is read

INT, BOOL = bytes.fromhex("0a060a040a020805"), bytes.fromhex("0a060a040a022001")
FLOAT = bytes.fromhex("0a0d0a0b0a0911000000000000f83f")
USUAL = {list[int]: INT, list[float]: FLOAT, list[bool]: BOOL}


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


def element(number: bytes, *, primitive: bytes = b"", scalar: bytes = b"", literal: bytes = b"") -> bytes:
    """An element whose messages have more in them."""
    return field(1, field(1, field(1, number + primitive) + scalar) + literal)


HASH, METADATA = field(4, b"hash"), field(5, field(1, b"key") + field(2, b"value"))
UNKNOWN, LOOKALIKE, GROUP = bytes.fromhex("7805"), field(15, INT), bytes.fromhex("0b08050c")
UNUSUAL = {
    "hash": element(b"\x08\x05", literal=HASH),
    "metadata": element(b"\x08\x05", literal=METADATA),
    "unknown in the literal": element(b"\x08\x05", literal=UNKNOWN),
    "unknown in the scalar": element(b"\x08\x05", scalar=UNKNOWN),
    "unknown in the primitive": element(b"\x08\x05", primitive=UNKNOWN),
    "unknown in the collection": UNKNOWN,
    "unknown that looks like an element": LOOKALIKE,
    "unknown that looks like one in an element": element(b"\x08\x05", literal=LOOKALIKE),
    "a group of the element's number": GROUP,
    "a varint of the element's number": b"\x08\x05",
    "a group in an element": element(b"\x08\x05", scalar=GROUP),
    "packed numbers": element(b"\x08\x05", primitive=field(1, b"\x06\x07")),
    "packed numbers alone": element(field(1, b"\x06")),
    "nothing": field(1, b""),
    "no primitive": field(1, field(1, b"")),
    "no number": field(1, field(1, field(1, b""))),
    "a float": FLOAT,
    "an integral float": element(b"\x11" + struct.pack("<d", 3.0)),
    "a bool": BOOL,
    "text": element(field(3, b"text")),
    "None": field(1, field(1, field(5, b""))),
    "msgpack": field(1, field(1, field(4, field(1, b"\x07") + field(2, b"msgpack")))),
    "a list": field(1, field(2, INT)),
}
NOT_UNUSUAL = {list[float]: ("a float", "an integral float"), list[bool]: ("a bool",)}


@pytest.mark.parametrize("python_type", VALUES)
@pytest.mark.parametrize("unusual", UNUSUAL)
def test_what_is_unusual_is_read_one_by_one(unusual, python_type):
    usual, other = USUAL[python_type], UNUSUAL[unusual]
    for content in (other + usual * 9, usual * 9 + other, usual * 4 + other + usual * 5):
        literal = Literal(collection=LiteralCollection.FromString(content))
        if unusual not in NOT_UNUSUAL.get(python_type, ()):
            assert BULKS[python_type].read(literal.collection) is None
        both_ways(to_python_value, literal, python_type)
        both_ways(to_python_value, literal, python_type, bytes_at_once=40)


def test_numbers_that_were_written_wide_are_read_at_once():
    """protobuf keeps the number alone, and writes it anew in the fewest bytes."""
    wide = bytes.fromhex("0a8c00 0a8900 0a8600 088580808000")
    twice = field(1, field(1, field(1, b"\x08\x06\x08\x05")) + field(1, field(1, b"\x08\x05")))
    for content in (wide, twice, element(b"\x20\x01\x08\x05")):
        numbers = LiteralCollection.FromString(INT + content + INT)
        assert numbers.SerializeToString() == INT * 3
        assert BULKS[list[int]].read(numbers) == [5, 5, 5]
        both_ways(to_python_value, Literal(collection=numbers), list[int])
    numbers = LiteralCollection.FromString(element(bytes.fromhex("20ac02")))
    assert BULKS[list[bool]].read(numbers) == [True]


def too_large() -> bytes:
    """What protobuf says of more than 2 GB."""
    raise EncodeError


@pytest.mark.parametrize("python_type", VALUES)
def test_what_protobuf_does_not_write_is_read_one_by_one(python_type):
    assert BULKS[python_type].read(types.SimpleNamespace(SerializeToString=too_large)) is None


def test_an_element_that_is_nested_deeper_than_protobuf_reads():
    literal = collection(primitive(integer=1), collection())
    deep = literal.collection.literals[1]
    for _ in range(150):
        deep = deep.collection.literals.add()
    error = (ConversionTypeError, "[1]: expected INTEGER, got collection")
    assert both_ways(to_python_value, literal, list[int]) == error


@pytest.mark.parametrize("python_type", VALUES)
def test_a_list_of_other_elements_fails_at_the_first_and_its_bytes_are_not_written(monkeypatch, python_type):
    """They may be gigabytes: a list of texts is read as one of ints, say, where a union has both."""
    monkeypatch.setattr(bulk, "re", None)  # reading in bulk would fail
    literal = collection(*[primitive(string_value="text")] * 40)
    name = {list[bool]: "BOOLEAN", list[int]: "INTEGER", list[float]: "FLOAT"}[python_type]
    error = (ConversionTypeError, f"[0]: expected {name}, got string_value")
    assert both_ways(to_python_value, literal, python_type) == error
    texts = both_ways(to_python_value, literal, Union[python_type, list[str]])
    assert texts == exact(["text"] * 40)


def test_where_unions_read_a_list_many_times_its_bytes_are_not_written(monkeypatch):
    """The budget counts its values, so that one list of gigabytes would be written as often as types may say."""
    literal = collection(collection(*[primitive(integer=1)] * 40))
    inside = Union[list[int], list[bool]]
    outer = Union[list[inside], list[str]]
    assert both_ways(to_python_value, literal, outer) == exact([[1] * 40])
    monkeypatch.setattr(bulk, "re", None)
    assert both_ways(to_python_value, literal, outer) == exact([[1] * 40])


# ------------------------------------------------------------------------------------------------------ where it stands


@pytest.mark.parametrize(
    ("value", "python_type"),
    [
        ([[1, 2], [3, 4]], list[list[int]]),
        ({"a": [1.5, 2.5], "b": []}, dict[str, list[float]]),
        ([True, False], Union[list[bool], list[str]]),
        ([1, 2], Union[list[int], list[str], None]),
        ([1.5, 2.5], Union[list[float], dict[str, int], None]),
        ([1, None], list[Union[int, None]]),
        ([1, 2], list[Annotated[int, HashMethod(str)]]),
        ([1, 2], Annotated[list[int], HashMethod(str)]),
    ],
)
def test_lists_inside_other_types(value, python_type):
    literal = Literal.FromString(both_ways(to_literal, value, python_type))
    assert both_ways(to_python_value, literal, python_type) == exact(value)


def test_an_offloaded_literal_is_no_list():
    literal = Literal()
    literal.offloaded_metadata.uri = "s3://bucket/key"
    assert both_ways(to_python_value, literal, list[int])[0] is ConversionTypeError


def test_the_budget_counts_the_same():
    inner = Union[list[int], list[str]]
    outer = Union[list[inner], list[bool]]
    declared = shimlite.to_literal_type(Union[list[bool], list[Union[list[int], list[str]]]])
    literal = collection(*[collection(*[primitive(integer=5)] * 40)] * 3)
    spent = []
    for fewest in (EACH, 1):
        with from_length(fewest):
            outcome(to_python_value, literal, outer)
        spent.append(MOST_VALUES - _BUDGET.values)
    assert spent[0] == spent[1] > 0
    assert both_ways(to_python_value, literal, declared)


# -------------------------------------------------------------------------------------------------------- from a length


def test_it_is_used_from_a_length_on_where_protobuf_is_compiled(monkeypatch):
    assert literal_codec.FEWEST == bulk.FEWEST == (32 if COMPILED else sys.maxsize)
    values = [*range(32)]
    literals = [to_literal(values[1:], list[int]), to_literal(values, list[int])]
    monkeypatch.setattr(bulk, "AllInOne", None)
    monkeypatch.setattr(bulk, "_joined", None)
    assert to_python_value(literals[0], list[int]) == values[1:]
    assert to_literal(values[1:], list[int]) == literals[0]
    if COMPILED:
        for call, value in ((to_python_value, literals[1]), (to_literal, values)):
            with pytest.raises(ConversionError, match="the code of a class raised an error"):
                call(value, list[int])


def test_the_message_that_reads_all_is_flyteidls_with_other_labels():
    """Its fields have the numbers and types of flyteidl's, and nothing but the ints is repeated."""
    file = FileDescriptorProto()
    bulk.AllInOne.DESCRIPTOR.file.CopyToProto(file)
    theirs = [message.DESCRIPTOR for message in (LiteralCollection, Literal, Scalar, Primitive)]
    assert [one.name for one in file.message_type] == ["AllInOne", "Literal", "Scalar", "Primitive"]
    for ours, their in zip(file.message_type, theirs):
        for one in ours.field:
            field = their.fields_by_name[one.name]
            assert (one.number, one.type) == (field.number, field.type)
            assert one.type_name == (f".{field.message_type.name}" if field.message_type else "")
            assert (one.label == one.LABEL_REPEATED) is (ours.name == "Primitive")
    assert [one.name for one in file.message_type[-1].field] == ["integer"]


# -------------------------------------------------------------------------------------------------------------- memory


@pytest.mark.skipif(not COMPILED, reason="where it is not used")
@pytest.mark.parametrize("python_type", VALUES)
def test_memory_beside_the_result_is_at_most_twice_the_collections_bytes(python_type):
    values = VALUES[python_type] * (20_000 // len(VALUES[python_type]))
    literal = to_literal(values, python_type)
    most = 2 * len(literal.collection.SerializeToString())
    with from_length(1):
        for call, given in ((to_literal, values), (to_python_value, literal)):
            call(given[:1] if given is values else collection(), python_type)  # compiled
            tracemalloc.start()
            result = call(given, python_type)
            kept, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak - kept < most, call
            del result
