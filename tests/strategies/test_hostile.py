# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import functools

import msgpack
import pytest

from shimlite import ShimliteError, to_literal_type, to_python_value
from shimlite._idl import DecodeError, Literal, LiteralType
from shimlite.strategies import hostile_bytes, hostile_literal_types, hostile_literals
from shimlite.strategies.hostile import BOMBS, DEEPEST_MESSAGE, MEGABYTE, msgpack_values, mutated

from ..kinds import literal_kind
from .drawing import drawn, some

AS = [to_literal_type(python_type) for python_type in (int, dict, list[int], dict[str, int], int | str | None)]


def reaches(literal: Literal) -> int:
    """Literals in literals, along the first of each."""
    held = [*literal.collection.literals, *literal.map.literals.values()]
    if literal.scalar.HasField("union"):
        held.append(literal.scalar.union.value)
    return 1 + max(map(reaches, held), default=0)


def parses(data: bytes) -> bool:
    try:
        Literal.FromString(data)
    except (DecodeError, UnicodeDecodeError):
        return False
    return True


@functools.cache
def some_literals() -> list[Literal]:
    return drawn(hostile_literals(), 500)


FORMS = {
    "nothing": lambda one: literal_kind(one) == "nothing",
    "an unset primitive": lambda one: one.scalar.HasField("primitive") and literal_kind(one) == "nothing",
    "elsewhere": lambda one: one.HasField("offloaded_metadata"),
    "no time at all": lambda one: one.scalar.primitive.datetime.nanos < 0,
    "a union of no known type": lambda one: one.scalar.HasField("union") and not one.scalar.union.type.ByteSize(),
    "another tag": lambda one: one.scalar.binary.tag == "json",
    "deep": lambda one: reaches(one) > 20,
    "a deep Struct": lambda one: one.scalar.HasField("generic") and one.ByteSize() > 100,
    "a megabyte": lambda one: one.ByteSize() > MEGABYTE,
    "a bomb": lambda one: one.scalar.binary.value in BOMBS[1:],
    "what decodes": lambda one: any(decodes(one, literal_type) for literal_type in AS),
}


def decodes(literal: Literal, literal_type: LiteralType) -> bool:
    try:
        to_python_value(literal, literal_type)
    except ShimliteError:
        return False
    return True


@pytest.mark.parametrize("wanted", FORMS.values(), ids=FORMS)
def test_every_kind_of_trouble_is_drawn(wanted):
    assert any(map(wanted, some_literals())) or wanted(some(hostile_literals(), wanted))


def test_all_are_literals_that_serialize():
    for literal in some_literals():
        assert type(literal) is Literal
        assert reaches(literal) <= DEEPEST_MESSAGE + 1
        again = Literal.FromString(literal.SerializeToString())
        assert again.SerializeToString(deterministic=True) == literal.SerializeToString(deterministic=True)


def test_some_bytes_parse_and_some_do_not():
    found = drawn(hostile_bytes(), 100)
    assert {type(one) for one in found} == {bytes}
    assert {parses(one) for one in found} == {True, False}


def test_bytes_deeper_than_a_message_may_be_are_among_them():
    bomb = some(hostile_bytes(), lambda one: len(one) > 500 and one[:1] == b"\x12" and one[-4:] == b"\x12\x02\x0a\x00")
    assert not parses(bomb) or reaches(Literal.FromString(bomb)) > 100  # pure Python's 4.25 has no such limit


@pytest.mark.parametrize("cls", [msgpack.ExtType, msgpack.Timestamp])
def test_msgpack_that_flyte_never_writes(cls):
    assert some(msgpack_values(), lambda one: isinstance(one, cls))


def test_mutations_of_every_kind():
    found = drawn(mutated(b"abcdef"), 300)
    assert b"" in found
    assert any(len(one) > 6 for one in found)
    assert any(len(one) == 6 and one != b"abcdef" for one in found)
    assert any(one.startswith(b"abcdef") and len(one) > 6 for one in found)


def test_literal_types_of_no_sense_are_among_the_hostile():
    found = drawn(hostile_literal_types(1), 400)
    assert None in {one.WhichOneof("type") for one in found}
    assert any(one.simple == 42 for one in found)
