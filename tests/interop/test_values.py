# SPDX-License-Identifier: Apache-2.0
"""flytekit reads what shimlite writes, shimlite reads what flytekit writes, and both write the same, save as listed."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Literal

import attrs
import pytest
from hypothesis import assume, given, settings

from shimlite import (
    ConversionValueError,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    to_literal,
    to_python_value,
)
from shimlite.equality import same
from shimlite.strategies import any_typed_values
from shimlite.strategies.classes import Chain, Tree
from shimlite.strategies.shapes import parts

from ..property.model import REFERENCES, Refused, kind_of, members, through_literal
from .translate import agree, in_order, their_literal, their_reading, their_type, theirs

PAIRS = 2_000

# ---------------------------------------------------------------------------------------------------- the differences


def references(value: Any) -> Iterator[Any]:
    if isinstance(value, (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema)):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)
    elif dataclasses.is_dataclass(value) or attrs.has(type(value)):
        fields = dataclasses.fields(value) if dataclasses.is_dataclass(value) else attrs.fields(type(value))
        for field in fields:
            yield from references(getattr(value, field.name))


def says_more_than_its_type(python_type: Any, value: Any) -> bool:
    return any(
        getattr(one, "format", "") or getattr(one, "columns", ()) or getattr(one, "external_schema_type", "")
        or getattr(one, "external_schema_bytes", b"")
        for one in references(value)
    )  # fmt: skip


def shape(member: Any) -> Any:
    """What flytekit's transformers of two members both take: a dict for a dataclass, a list for any list."""
    kind = kind_of(member)
    if kind == "Literal":
        return type(members(member)[0])
    if kind in REFERENCES:
        return dict
    if isinstance(kind, str):
        return {"record": dict, "Enum": str}.get(kind, kind)
    return kind


def alike_in_a_union(python_type: Any, value: Any) -> bool:
    return any(
        count > 1
        for part in parts(python_type)
        if kind_of(part) == "Union"
        for count in collections.Counter(map(shape, members(part))).values()
    )


def union_in_msgpack(python_type: Any, value: Any) -> bool:
    """A union of several members, anywhere that mashumaro sees it: in a record or a dict with other keys."""
    holders = [part for part in parts(python_type) if is_struct(part)]
    return any(
        kind_of(inner) == "Union" and len([one for one in members(inner) if one is not type(None)]) > 1
        for holder in holders
        for inner in parts(holder)
    )


def literal_of_several_classes(python_type: Any, value: Any) -> bool:
    literals = [members(part) for part in parts(python_type) if kind_of(part) == "Literal"]
    return any(len(set(map(type, choices))) > 1 for choices in literals)


def columns_in_msgpack(python_type: Any, value: Any) -> bool:
    held = [inner for part in parts(python_type) if is_struct(part) for inner in parts(part)]
    return any(inner is StructuredDataset for inner in held)


def is_struct(part: Any) -> bool:
    return kind_of(part) == "record" or (kind_of(part) is dict and members(part)[:1] not in ((), (str,)))


DIFFERENCES: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "said by the value": (
        says_more_than_its_type,
        "flytekit's references take format and columns from the type alone; ours write what the value says too",
    ),
    "alike in a union": (
        alike_in_a_union,
        "flytekit tries every member, so a dict fits a dataclass; ours go by the exact class and the stored type",
    ),
    "Literal of several classes": (
        literal_of_several_classes,
        "mashumaro finds True where a Literal says 1; ours tells them apart",
    ),
    "columns in msgpack": (
        columns_in_msgpack,
        "mashumaro cannot hash a StructuredDataset's columns as part of a type",
    ),
    "union in msgpack": (
        union_in_msgpack,
        "mashumaro takes the first member that converts, and converts anything to a str; ours refuses to guess",
    ),
}
"""Of each kind of pair that may differ: which, and why ours does."""
USED: collections.Counter[str] = collections.Counter()


def listed(python_type: Any, value: Any) -> bool:
    found = [name for name, (predicate, _) in DIFFERENCES.items() if predicate(python_type, value)]
    USED.update(found)
    return bool(found)


# ------------------------------------------------------------------------------------------------------------ the law


def outcome(call: Any, *arguments: Any) -> tuple[Any, Exception | None]:
    try:
        return call(*arguments), None
    except Exception as error:  # flytekit raises nearly every kind
        return None, error


def comparable(python_type: Any, value: Any) -> bool:
    """What flytekit has no like of is another test's: bytes, and a class that holds itself, which it never ends on.

    A local path would be uploaded.
    """
    unknown = any(part in (Tree, Chain, bytes) for part in parts(python_type))
    return not unknown and all(one.uri.startswith("s3://") for one in references(value))


def test_both_write_and_read_alike(capsys):
    counts: collections.Counter[str] = collections.Counter()

    @settings(max_examples=int(PAIRS * 1.5))
    @given(any_typed_values())
    def compare(typed):
        python_type, value = typed
        assume(comparable(python_type, value))
        try:
            expected = through_literal(python_type, value)
        except Refused:
            return
        counts["pairs"] += 1
        counts["flytekit read ours"] += reads_ours(python_type, value, expected)
        counts["ours read flytekit's"] += writes_alike(python_type, value)

    compare()
    with capsys.disabled():
        print(f"\n{dict(counts)}; listed differences {dict(USED)}")
    assert counts["pairs"] >= PAIRS
    assert min(counts.values()) >= 0.97 * counts["pairs"]


def reads_ours(python_type: Any, value: Any, expected: Any) -> bool:
    read, error = outcome(their_reading, to_literal(value, python_type), their_type(python_type))
    if error is None and agree(read, theirs(python_type, expected)):
        return True
    assert listed(python_type, value), (python_type, value, read, error)
    return False


def writes_alike(python_type: Any, value: Any) -> bool:
    literal, error = outcome(their_literal, their_type(python_type), theirs(python_type, value))
    if error is not None:
        assert listed(python_type, value), (python_type, value, error)
        return False
    if in_order(literal) != to_literal(value, python_type):
        assert listed(python_type, value), (python_type, value, literal)
    read, error = outcome(their_reading, literal, their_type(python_type))
    ours, our_error = outcome(to_python_value, literal, python_type)
    if error is None and our_error is None and agree(theirs(python_type, ours), read):
        return True
    assert listed(python_type, value), (python_type, value, read, error, ours, our_error)
    return False


# ------------------------------------------------------------------------------- differences that generation leaves out


def test_bytes_are_a_pickle_to_flytekit():
    with pytest.raises(Exception, match="has no attribute"):
        their_reading(to_literal(b"x", bytes), bytes)


def test_a_duration_beyond_protobuf_is_refused_by_us_alone():
    beyond = dt.timedelta(days=4_000_000)
    literal = their_literal(dt.timedelta, beyond)
    assert their_reading(literal, dt.timedelta) == beyond == to_python_value(literal, dt.timedelta)
    with pytest.raises(ConversionValueError):
        to_literal(beyond, dt.timedelta)


def test_an_int_is_a_float_to_us_alone():
    with pytest.raises(Exception, match="Expected value of type"):
        their_literal(float, 3)
    assert to_literal(3, float) == their_literal(float, 3.0)


def test_keys_are_sorted_by_us_alone():
    value = {"b": 1, "a": 2}
    literal = their_literal(dict, value)
    assert literal != to_literal(value, dict)
    assert in_order(literal) == to_literal(value, dict)


def test_a_literal_is_checked_by_us_alone():
    choice = Literal["a", "b"]
    literal = their_literal(str, "c")
    assert their_reading(literal, choice) == "c"
    with pytest.raises(ConversionValueError):
        to_python_value(literal, choice)


def test_a_float_is_cut_to_an_int_by_flytekit_alone():
    assert their_reading(to_literal(1.5, float), int) == 1
    with pytest.raises(ConversionValueError, match="not integral"):
        to_python_value(to_literal(1.5, float), int)
    assert same(to_python_value(to_literal(2.0, float), int), 2)
