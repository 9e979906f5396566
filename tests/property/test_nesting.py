# SPDX-License-Identifier: Apache-2.0
"""How deep types may nest and how wide unions may be: what is written can be read again, on every kind of protobuf."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import pathlib
import subprocess
import sys
import typing
from typing import Any, Optional, Union

import attr
import attrs
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

import shimlite
from shimlite import ConversionError, UnsupportedTypeError
from shimlite._idl import LiteralMap, LiteralType, Variable
from shimlite.equality import same

from ..support import Literal, primitive, simple

MOST = 100
"""Messages in each other that protobuf's limit leaves room for, the LiteralMap's own among them."""


def depth(message: Any) -> int:
    """The messages in each other, this one counted; an entry of a map is one as well."""
    deepest = 0
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        entry = field.message_type.GetOptions().map_entry
        inner = value.values() if entry else [value] if hasattr(value, "ListFields") else value
        for one in inner:
            below = depth(one) if hasattr(one, "ListFields") else 0
            deepest = max(deepest, below + (1 if entry else 0))
    return deepest + 1


class Color(enum.Enum):
    RED = "red"


LEAVES = [(int, 5), (dt.datetime, dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc)), (bytes, b"a"), (Color, Color.RED),
          (dict, {"a": [1]}), (dict[int, str], {1: "a"}), (bool, True)]  # fmt: skip


def record(make: str, field_type: Any, value: Any) -> tuple[Any, Any]:
    fields = [("x", field_type)] if make == "dataclass" else {"x": attr.ib(type=field_type)}
    cls = (dataclasses.make_dataclass if make == "dataclass" else attrs.make_class)("R", fields)
    return cls, cls(value)


def wrapped(kind: str, one: Any, value: Any) -> tuple[Any, Any]:
    if kind == "list":
        return list[one], [value]
    if kind == "map":
        return dict[str, one], {"k": value}
    if kind == "keyed":
        return dict[int, one], {1: value}
    if kind == "optional":
        return Optional[one], value
    if kind == "union":
        return Union[one, float], value
    return record(kind, one, value)


KINDS = ["list", "map", "optional", "union", "keyed", "dataclass", "attrs"]


@st.composite
def deep(draw: st.DrawFn) -> tuple[Any, Any]:
    """A type and a value that reaches its whole depth. Mostly one kind in itself, up to where nothing can be read."""
    python_type, value = draw(st.sampled_from(LEAVES))
    for _ in range(draw(st.integers(1, 3))):
        kinds, times = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2)), draw(st.integers(1, 12))
        for kind in kinds * times:
            python_type, value = wrapped(kind, python_type, value)
    return python_type, value


def written(python_type: Any, value: Any, as_type: Any = None) -> LiteralMap | None:
    """The LiteralMap around the value, or None where the type is refused: then by every function, before any data."""
    try:
        literal_type = shimlite.to_literal_type(python_type)
        literal = shimlite.to_literal(value, as_type or python_type)
    except UnsupportedTypeError as error:
        assert "\n" not in str(error)
        with pytest.raises(UnsupportedTypeError):
            shimlite.to_literal(object(), as_type or python_type)
        return None
    types = None if as_type else {"x": python_type}
    literals = shimlite.dict_to_literal_map({"x": value}, {"x": Variable(type=literal_type)}, types)
    assert literals.literals["x"] == literal
    return literals


@given(deep())
def test_what_is_written_can_be_read_again_or_the_type_is_refused(typed):
    python_type, value = typed
    literals = written(python_type, value)
    if literals is None:
        return
    assert depth(literals) <= MOST
    again = LiteralMap.FromString(literals.SerializeToString(deterministic=True))
    variables = {"x": Variable(type=shimlite.to_literal_type(python_type))}
    assert same(shimlite.literal_map_to_kwargs(again, variables, {"x": python_type}), {"x": value})
    once = shimlite.literal_map_to_kwargs(again, variables)["x"]
    LiteralMap.FromString(shimlite.dict_to_literal_map({"x": once}, variables).SerializeToString())


@given(st.lists(st.sampled_from(["list", "map", "optional"]), max_size=60), st.sampled_from(LEAVES[:2]))
def test_only_what_nests_too_deeply_is_refused(kinds, leaf):
    """Counted here from the types alone: what stands well within protobuf's limit is no one's business."""
    python_type, value = leaf
    literal_levels, type_levels, last = 5 if python_type is int else 6, 1, ""
    for kind in kinds:
        if kind == "optional" and last == "optional":  # Python makes one of both
            continue
        literal_levels += {"list": 2, "map": 3, "optional": 3}[kind]
        type_levels += {"list": 1, "map": 1, "optional": 2}[kind]
        python_type, value = wrapped(kind, python_type, value)
        last = kind
    literals = written(python_type, value)
    if literals is None:
        assert literal_levels + type_levels > MOST - 6  # a union's stored type stands deeper than its value may
    else:
        assert literal_levels <= depth(literals) <= MOST


def nested(kind: str, times: int, leaf: Any = (int, 5)) -> tuple[Any, Any]:
    for _ in range(times):
        leaf = wrapped(kind, *leaf)
    return leaf


DATETIME = LEAVES[1]
BOUNDS = [("list", 47, (int, 5), True), ("list", 47, DATETIME, True), ("list", 48, DATETIME, False),
          ("list", 49, (int, 5), False), ("list", 50, (int, 5), False), ("list", 500, (int, 5), False),
          ("map", 31, (int, 5), True), ("map", 34, (int, 5), False), ("keyed", 60, (int, 5), True)]  # fmt: skip


@pytest.mark.parametrize(("kind", "times", "leaf", "fits"), BOUNDS)
def test_the_last_level_that_is_written_and_the_first_that_is_refused(kind, times, leaf, fits):
    python_type, value = nested(kind, times, leaf)
    assert (written(python_type, value) is not None) == fits
    if not fits:
        outer = dataclasses.make_dataclass("Outer", [("x", Optional[dict[str, python_type]])])
        written(outer, outer(None))
        with pytest.raises(UnsupportedTypeError):
            shimlite.to_literal(None, Optional[python_type])
        with pytest.raises(UnsupportedTypeError):
            shimlite.to_literal([], list[python_type])
        with pytest.raises(UnsupportedTypeError):
            shimlite.to_python_value(primitive(integer=5), python_type)


@pytest.mark.parametrize("times", [30, 47, 49, 60, 90])
def test_by_the_template_alone_it_is_the_same(times):
    literal_type, value = simple("INTEGER"), 5
    for _ in range(times):
        literal_type, value = LiteralType(collection_type=literal_type), [value]
    if times <= 47:
        literals = shimlite.dict_to_literal_map({"x": value}, {"x": Variable(type=literal_type)})
        assert LiteralMap.FromString(literals.SerializeToString()) == literals
    else:
        for call, argument in ((shimlite.to_literal, value), (shimlite.to_python_value, primitive(integer=5))):
            with pytest.raises(UnsupportedTypeError):
                call(argument, literal_type)


@pytest.mark.parametrize("times", [5, 10, 20, 30])
def test_the_schemas_that_a_union_stores_count_too(times):
    """A record's JSON Schema is a Struct, which nests three messages a level."""
    for make in ("dataclass", "attrs"):
        python_type, value = nested(make, times)
        for around in (Optional[python_type], Union[python_type, int], list[Optional[dict[str, python_type]]]):
            whole = [{"k": value}] if typing.get_origin(around) is list else value
            literals = written(around, whole)
            assert times > 5 or literals is not None
            if literals is not None:
                assert depth(literals) <= MOST
                assert LiteralMap.FromString(literals.SerializeToString()) == literals


@pytest.mark.parametrize("times", [5, 15, 25])
def test_a_literal_type_can_be_read_again_or_is_refused(times):
    """Of a record, whose schema nests deeper than its values: a template that nobody can parse helps nobody."""
    for make in ("dataclass", "attrs"):
        python_type: Any = int
        for _ in range(times):
            python_type = record(make, Optional[list[python_type]], None)[0]
        try:
            literal_type = shimlite.to_literal_type(python_type)
        except UnsupportedTypeError:
            assert times > 5
        else:
            assert LiteralType.FromString(literal_type.SerializeToString()) == literal_type


CODE = """
import datetime as dt, sys
from typing import Optional
from google.protobuf.internal import api_implementation
import shimlite
WRAPS = ((lambda one: list[one], 52), (lambda one: dict[str, one], 36), (lambda one: Optional[list[one]], 24))
for leaf in (int, dt.datetime, dict):
    for wrap, most in WRAPS:
        python_type = leaf
        for level in range(1, most):
            python_type = wrap(python_type)
            if level < most - 6:
                continue
            try:
                shimlite.to_literal(object(), python_type)
            except shimlite.UnsupportedTypeError:
                break
            except shimlite.ConversionError:
                pass
        print(level, end=" ")
    print()
print(api_implementation.Type(), file=sys.stderr)
"""


def test_both_kinds_of_protobuf_refuse_the_same_types():
    root, said = pathlib.Path(shimlite.__file__).parents[len(shimlite.__name__.split("."))], {}
    for kind in ("python", "upb"):
        environment = {"PYTHONPATH": str(root), "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": kind}
        command = [sys.executable, "-c", CODE]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
        if done.stderr.strip() == kind:
            said[kind] = done.stdout
    assert "python" in said and len(set(said.values())) == 1
    first = [int(level) for level in said["python"].splitlines()[0].split()]
    assert first == [49, 33, 20]


def enums(count: int) -> list[Any]:
    return [enum.Enum(f"E{number}", {"A": f"a{number}"}) for number in range(count)]


def enum_variants(first: int, count: int) -> list[LiteralType]:
    return [LiteralType(enum_type={"values": [f"v{first + number}"]}) for number in range(count)]


def union_type(variants: Any) -> LiteralType:
    return LiteralType(union_type={"variants": variants})


@pytest.mark.parametrize("count", [257, 600])
def test_a_union_of_more_than_256_members_is_refused(count):
    flat = Union[tuple(enums(count))]
    holder = dataclasses.make_dataclass("Holder", [("x", flat)])
    for python_type in (flat, list[flat], dict[int, flat], holder, Optional[dict[str, holder]]):
        for call in (shimlite.to_literal_type, lambda one: shimlite.to_literal("a1", one)):
            with pytest.raises(UnsupportedTypeError, match="256"):
                call(python_type)
    with pytest.raises(UnsupportedTypeError, match="256"):
        shimlite.to_python_value(primitive(string_value="v1"), union_type(enum_variants(0, count)))


def test_a_union_of_256_members_is_none_too_many():
    members = enums(256)
    assert shimlite.to_python_value(primitive(string_value="a200"), Union[tuple(members)]) is members[200]("a200")
    read = shimlite.to_python_value(primitive(string_value="v255"), union_type(enum_variants(0, 256)))
    assert read.value == "v255"


@pytest.mark.parametrize(("outer", "inner", "fits"), [(15, 15, True), (17, 17, False), (24, 24, False), (2, 200, False),
                                                      (200, 2, False), (40, 40, False), (1, 257, False)])  # fmt: skip
@pytest.mark.parametrize("levels", [1, 3])
def test_the_members_of_nested_unions_count(outer, inner, fits, levels):
    variants = []
    for number in range(outer):
        one = union_type(enum_variants(number * inner, inner))
        for _ in range(levels - 1):
            one = union_type([one])
        variants.append(one)
    literal_type, literal = union_type(variants), primitive(string_value=f"v{outer * inner - 1}")
    declared = {"x": Variable(type=LiteralType(collection_type=literal_type))}
    if fits:
        with pytest.raises(ConversionError):  # so the type was compiled
            shimlite.to_python_value(Literal(), literal_type)
        return
    for call in (shimlite.to_literal, shimlite.to_python_value):
        with pytest.raises(UnsupportedTypeError, match="256"):
            call("v1" if call is shimlite.to_literal else literal, literal_type)
    with pytest.raises(UnsupportedTypeError, match=r"^x: .*256"):
        shimlite.literal_map_to_kwargs(LiteralMap(literals={"x": literal}), declared)


@given(st.recursive(st.integers(1, 60), lambda inner: st.lists(inner, min_size=1, max_size=5), max_leaves=12))
def test_any_union_of_unions_is_read_or_refused_by_the_number_of_its_members(shape):
    """A number stands for that many enums, a list for a union of what it holds."""
    count = 0

    def built(one: Any) -> LiteralType:
        nonlocal count
        if isinstance(one, list):
            return union_type(map(built, one))
        count += one
        return union_type(enum_variants(count - one, one))

    literal_type = built(shape)
    if count > 256:
        with pytest.raises(UnsupportedTypeError):
            shimlite.to_python_value(Literal(), literal_type)
    elif count < 200:  # above that, the unions themselves may count as members
        with pytest.raises(ConversionError):
            shimlite.to_python_value(Literal(), literal_type)


def test_enums_of_20_000_values_are_looked_up():
    first, second = ([f"{letter}{number}" for number in range(20_000)] for letter in "ab")
    literal_type = union_type([LiteralType(enum_type={"values": values}) for values in (first, second)])
    for variant, letter in zip(literal_type.union_type.variants, "ab"):
        variant.structure.tag = letter
    texts = [f"{letter}{number}" for number in range(19_800, 20_000) for letter in "ab"]
    whole = LiteralType(collection_type=literal_type)
    literal = LiteralMap().literals["x"]
    literal.collection.literals.extend(primitive(string_value=text) for text in texts)
    assert [member.value for member in shimlite.to_python_value(literal, whole)] == texts
    with pytest.raises(ConversionError):
        shimlite.to_python_value(primitive(string_value="c1"), literal_type)


def test_protobuf_itself_refuses_what_is_deeper():
    """The limit that the tests above rely on."""
    data = primitive(integer=5).SerializeToString()

    def field(number: int, inner: bytes) -> bytes:
        size = bytes([len(inner) & 127 | 128, len(inner) >> 7]) if len(inner) > 127 else bytes([len(inner)])
        return bytes([number << 3 | 2]) + size + inner

    for times in range(60):
        literals = field(1, field(1, b"x") + field(2, data))
        if times <= 47:
            assert depth(LiteralMap.FromString(literals)) == 5 + 2 * times
        elif times >= 49:
            with pytest.raises(DecodeError):
                LiteralMap.FromString(literals)
        data = field(2, field(1, data))
