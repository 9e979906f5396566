# SPDX-License-Identifier: Apache-2.0
"""Literals that nobody writes on purpose: whatever arrives must decode or be refused.

Nothing is promised of these but that each is a ``Literal``, or bytes.
"""

from __future__ import annotations

from typing import Any

import msgpack
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .._idl import DecodeError, Literal
from .hostile_types import hostile_literal_types
from .literals import typed_literals
from .packings import binary
from .scalars import json_values

DEEPEST_MESSAGE = 30
"""Levels of maps in maps: three messages each, of which protobuf reads 100."""
DEEPEST_BYTES = 500
DEEPEST_MSGPACK = 100_000
MEGABYTE = 2**20
BOMBS = (
    b"",
    b"\x01\x02",  # two values
    b"\xa1\xff",  # no UTF-8
    b"\x81\x90\x01",  # a list as a key
    b"\x82\xc0\x01\xc0\x02",  # a key twice
    b"\x82\x01\x01\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00\x02",  # 1 and 1.0, which Python takes for one key
    b"\xdd\xff\xff\xff\xff",  # four billion elements, none of them there
    b"\xdf\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xc1",  # never used
    b"\x81\xa1x\xd6\xff\x00\x00\x00\x00",  # a timestamp
    b"\x91" * DEEPEST_MSGPACK,
    b"\x81\xa1x" * DEEPEST_MSGPACK + b"\xc0",
    msgpack.packb({"k" * MEGABYTE: 1}),
    msgpack.packb("k" * MEGABYTE),
)
"""msgpack that is none, or is all of a kind that readers trip over."""


def hostile_literals() -> SearchStrategy[Literal]:
    """Any message of flyteidl's ``Literal``: damaged, of no type at all, nested, huge, or out of range."""
    return st.one_of(
        _unset(), _tampered(), _hostile_binaries(), _out_of_range(), _elsewhere(), _nested(), _unions(), _damaged()
    )


def hostile_bytes() -> SearchStrategy[bytes]:
    """What may stand in a file where a ``Literal`` should; some of it parses."""
    whole = hostile_literals().map(_wire)
    bombs = st.integers(1, DEEPEST_BYTES).map(_bomb)
    twice = st.tuples(whole, whole).map(b"".join)
    return st.one_of(st.binary(max_size=20), whole, whole.flatmap(mutated), twice, bombs)


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """``data`` cut short, or with bytes changed, dropped, inserted or repeated."""
    made = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(made)))
        how = draw(st.sampled_from(("cut", "change", "drop", "insert", "repeat")))
        if how == "cut":
            del made[place:]
        elif how == "change":
            made[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
        elif how == "drop":
            del made[place : place + draw(st.integers(1, 4))]
        elif how == "insert":
            made[place:place] = draw(st.binary(min_size=1, max_size=4))
        else:
            made[place:place] = made[place : place + draw(st.integers(1, 8))]
    return bytes(made)


def msgpack_values() -> SearchStrategy[Any]:
    """All that msgpack can say, what Flyte never writes among it: extension types, timestamps."""
    extensions = st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=4))
    times = st.builds(msgpack.Timestamp, st.integers(0, 2**34), st.integers(0, 999_999_999))
    atoms = st.one_of(json_values(1), extensions, times)
    return st.recursive(
        atoms, lambda below: st.lists(below, max_size=3) | st.dictionaries(json_values(1), below, max_size=3)
    )


def _wire(literal: Literal) -> bytes:
    return bytes(literal.SerializeToString(deterministic=True))


def _parsed(data: bytes) -> Literal:
    """The message, or one whose value was lost where protobuf itself refuses the bytes."""
    try:
        return Literal.FromString(data)
    except (DecodeError, UnicodeDecodeError):  # the latter from pure-Python protobuf
        return Literal()


@st.composite
def _damaged(draw: st.DrawFn) -> Literal:
    _, literal = draw(typed_literals(2))
    return _parsed(draw(mutated(_wire(literal))))


@st.composite
def _unset(draw: st.DrawFn) -> Literal:
    """Without a value at one level or another; at some, presence is all there is."""
    literal = Literal()
    scalar = literal.scalar
    inside = (scalar.primitive, scalar.blob, scalar.union, scalar.generic, scalar.schema, scalar.binary)
    draw(st.sampled_from((literal, scalar, literal.collection, literal.map, *inside))).SetInParent()
    return literal


@st.composite
def _tampered(draw: st.DrawFn) -> Literal:
    """Two literals in one, the second read over the first; and a field that no flyteidl has."""
    (_, first), (_, second) = draw(typed_literals(2)), draw(typed_literals(2))
    unknown = draw(st.sampled_from((b"", b"\xfa\x7f\x01x", b"\xf8\x7f\x01")))
    return _parsed(_wire(first) + _wire(second) + unknown)


@st.composite
def _hostile_binaries(draw: st.DrawFn) -> Literal:
    packed = msgpack_values().map(msgpack.packb)
    held = st.one_of(st.sampled_from(BOMBS), packed, packed.flatmap(mutated), st.binary(max_size=20))
    return binary(draw(held), draw(st.sampled_from(("msgpack", "msgpack", "", "json", "MSGPACK"))))


@st.composite
def _out_of_range(draw: st.DrawFn) -> Literal:
    literal = Literal()
    times = literal.scalar.primitive
    held = draw(st.sampled_from((times.datetime, times.duration)))
    held.SetInParent()
    held.seconds = draw(st.integers(-(2**63), 2**63 - 1))
    held.nanos = draw(st.integers(-(2**31), 2**31 - 1))
    return literal


@st.composite
def _elsewhere(draw: st.DrawFn) -> Literal:
    """Offloaded: its value lies at a location, which no reader should go to unasked."""
    literal = Literal()
    literal.offloaded_metadata.uri = draw(st.sampled_from(("", "s3://b/k", "file:///etc/passwd", "http://localhost")))
    literal.offloaded_metadata.size_bytes = draw(st.integers(0, 2**64 - 1))
    literal.offloaded_metadata.inferred_type.CopyFrom(draw(hostile_literal_types(2)))
    return literal


@st.composite
def _unions(draw: st.DrawFn) -> Literal:
    """Of a value and a type that have nothing to do with each other."""
    literal = Literal()
    literal.scalar.union.type.CopyFrom(draw(hostile_literal_types(2)))
    literal.scalar.union.value.CopyFrom(draw(typed_literals(2))[1])
    return literal


@st.composite
def _nested(draw: st.DrawFn) -> Literal:
    """Lists, maps, unions or a ``Struct``, as deep as a message may be; or a key of a megabyte."""
    literal = inner = Literal()
    how = draw(st.sampled_from(("collection", "map", "union", "generic", "key")))
    levels = draw(st.integers(1, DEEPEST_MESSAGE))
    if how == "generic":
        literal.scalar.generic.update({"x": _lists(levels)})
    for _ in range(levels if how != "generic" else 0):
        if how == "collection":
            inner = inner.collection.literals.add()
        elif how == "union":
            inner = inner.scalar.union.value
        else:
            inner = inner.map.literals["k" * MEGABYTE if how == "key" and inner is literal else ""]
    return literal


def _lists(levels: int) -> Any:
    made: Any = None
    for _ in range(levels):
        made = [made]
    return made


def _bomb(levels: int) -> bytes:
    """Collections in collections: deeper than a message may be, each level a tag and a length."""
    made = b""
    for _ in range(levels):
        for tag in (b"\x0a", b"\x12"):
            made = tag + _varint(len(made)) + made
    return made


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*made, number))
